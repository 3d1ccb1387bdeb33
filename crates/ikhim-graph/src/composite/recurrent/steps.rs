//! The steps of a sequence: their order, the values of one of them, and the parts
//! of a value that holds all of them.

use super::Recurrence;
use crate::{Shape, Tensor};

/// The steps in the order in which a recurrence takes them.
pub(crate) fn order(steps: usize, reverse: bool) -> Vec<usize> {
    if reverse { (0..steps).rev().collect() } else { (0..steps).collect() }
}

/// The values of one step, `[N, width]`.
pub(super) fn at<'g>(sequence: Tensor<'g>, step: usize) -> Tensor<'g> {
    sequence.slice(1, step..step + 1).squeeze(&[1])
}

/// The part `part` of `[N, parts · width]`.
pub(super) fn part<'g>(gates: Tensor<'g>, part: usize, width: usize) -> Tensor<'g> {
    gates.slice(1, part * width..(part + 1) * width)
}

/// For each step the state before it: the initial one, then those of the steps
/// that were taken before.
pub(super) fn before<'g>(states: Tensor<'g>, initial: Tensor<'g>, reverse: bool) -> Tensor<'g> {
    let steps = states.dim(1);
    let initial = initial.expand_dims(1);
    match (steps, reverse) {
        (..=1, _) => initial,
        (_, false) => Tensor::concat(&[initial, states.slice(1, 0..steps - 1)], 1),
        (_, true) => Tensor::concat(&[states.slice(1, 1..steps), initial], 1),
    }
}

/// `[N, steps, width]` as a table of `N · steps` rows.
pub(super) fn as_rows(sequence: Tensor<'_>) -> Tensor<'_> {
    let shape = sequence.shape();
    let (rows, width) = shape.split_at(2);
    let rows = Shape::from(rows).elements();
    sequence.reshape(&[rows, width[0]])
}

/// States of all steps as the recurrent product saw them, row by row.
pub(super) fn kept_rows<'g>(how: &Recurrence<'g>, states: Tensor<'g>) -> Tensor<'g> {
    as_rows(how.keep.map_or(states, |keep| states * keep.expand_dims(1)))
}

/// The parts `[N, steps, width · units]` of values `[N, …]` that hold them one
/// after the other.
pub(crate) fn split<'g>(
    all: Tensor<'g>,
    parts: &[usize],
    steps: usize,
    units: usize,
) -> Vec<Tensor<'g>> {
    if all.node().is_none() {
        return vec![all; parts.len()];
    }
    let rows = all.shape()[0];
    let mut first = 0;
    let part = |width: &usize| {
        let end = first + steps * width * units;
        let part = all.slice(1, first..end);
        first = end;
        part.reshape(&[rows, steps.into(), (width * units).into()])
    };
    parts.iter().map(part).collect()
}
