//! Recurrent networks over sequences `[N, steps, …]`, unrolled.
//!
//! A recurrence takes what its inputs contribute to every gate of every step
//! already projected, `x·W + b` as one product over all rows and steps, and adds
//! what the state of the step before contributes, `h·R`. The gates stand beside
//! each other in the order of Keras and PyTorch where those agree:
//!
//! | recurrence | gates | step |
//! |---|---|---|
//! | simple_rnn | | `h = f(x + h·R)` |
//! | lstm | i, f, g, o | `c = σ(f)·c + σ(i)·tanh(g)`, `h = σ(o)·tanh(c)` |
//! | gru | z, r, n | `h = σ(z)·h + (1 − σ(z))·tanh(n)`, `n = x + σ(r)·(h·R + b)` |
//!
//! The lstm is that of Hochreiter and Schmidhuber 1997 with the forget gate of
//! Gers et al. 2000; the gru that of Cho et al. 2014 with the reset gate behind
//! the product, as in PyTorch and in Keras with `reset_after`. PyTorch writes the
//! gates of a gru as r, z, n.
//!
//! A row of a mask that is false leaves the state as it was, so the state after
//! the last step is the state at the length of the row, also where time runs
//! backwards.
//!
//! A recurrence is one primitive, [`Recur`], and its way back another,
//! [`RecurGrad`], whatever the number of steps. [`Recurrence::unroll`] builds the
//! same from primitives, cell by cell: every number of every step is then a value
//! of its own, to look at and to be the oracle. Both give the same bits.
//!
//! The slopes go through the steps once, from the last to the first, and take one
//! product over all rows and steps for the recurrent kernel; the rules of the
//! primitives would take one for each step and pad every slice.

mod gru;
mod lstm;
mod simple_rnn;

pub use gru::GruValues;
pub use lstm::LstmValues;
pub use simple_rnn::RnnActivation;

use crate::autodiff::{Derivative, Rule, sum_to};
use crate::op::{Cell, Recur, RecurGrad};
use crate::{DType, Dim, Op, Shape, Tensor};
use ikhim_text::Fault;
use std::rc::Rc;

/// How a recurrence goes through the steps.
///
/// ```
/// use ikhim_graph::Recurrence;
/// let backwards = Recurrence::new().reverse(true);
/// # let _ = backwards;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Recurrence<'g> {
    mask: Option<Tensor<'g>>,
    keep: Option<Tensor<'g>>,
    reverse: bool,
    unroll: bool,
}

impl<'g> Recurrence<'g> {
    /// From the first step to the last, every step of every row.
    pub fn new() -> Recurrence<'g> {
        Recurrence::default()
    }

    /// Only where the mask, truth values `[N, steps]`, is true; elsewhere the
    /// state stays.
    pub fn mask(mut self, mask: Option<Tensor<'g>>) -> Recurrence<'g> {
        self.mask = mask;
        self
    }

    /// A factor `[N, units]` on the state before it enters the recurrent product:
    /// recurrent dropout with one mask for all steps (Gal and Ghahramani 2016).
    /// It counts as constant for derivatives.
    pub fn keep(mut self, keep: Option<Tensor<'g>>) -> Recurrence<'g> {
        self.keep = keep.map(Tensor::stop_gradient);
        self
    }

    /// From the last step to the first.
    pub fn reverse(mut self, reverse: bool) -> Recurrence<'g> {
        self.reverse = reverse;
        self
    }

    /// Cell by cell from primitives, so that every number of every step is a value
    /// of its own: many nodes, and the same bits.
    pub fn unroll(mut self, unroll: bool) -> Recurrence<'g> {
        self.unroll = unroll;
        self
    }

    /// What the recurrence reads besides the inputs of its cell.
    fn inputs(&self) -> impl Iterator<Item = Tensor<'g>> {
        self.mask.into_iter().chain(self.keep)
    }

    /// The primitive that goes this way.
    fn op(&self, cell: Cell) -> Recur {
        let (mask, keep) = (self.mask.is_some(), self.keep.is_some());
        Recur { cell, mask, keep, reverse: self.reverse }
    }

    /// The state as the recurrent product sees it.
    fn kept(&self, state: Tensor<'g>) -> Tensor<'g> {
        self.keep.map_or(state, |keep| state * keep)
    }

    /// The new state where the mask of a step is true, else the old one.
    fn taken(&self, step: usize, new: Tensor<'g>, old: Tensor<'g>) -> Tensor<'g> {
        self.mask.map_or(new, |mask| mask.slice(1, step..step + 1).select(new, old))
    }
}

/// The steps in the order in which a recurrence takes them.
pub(crate) fn order(steps: usize, reverse: bool) -> Vec<usize> {
    if reverse { (0..steps).rev().collect() } else { (0..steps).collect() }
}

/// The values of one step, `[N, width]`.
fn at<'g>(sequence: Tensor<'g>, step: usize) -> Tensor<'g> {
    sequence.slice(1, step..step + 1).squeeze(&[1])
}

/// The part `part` of `[N, parts · width]`.
fn part<'g>(gates: Tensor<'g>, part: usize, width: usize) -> Tensor<'g> {
    gates.slice(1, part * width..(part + 1) * width)
}

/// For each step the state before it: the initial one, then those of the steps
/// that were taken before.
fn before<'g>(states: Tensor<'g>, initial: Tensor<'g>, reverse: bool) -> Tensor<'g> {
    let steps = states.dim(1);
    let initial = initial.expand_dims(1);
    match (steps, reverse) {
        (..=1, _) => initial,
        (_, false) => Tensor::concat(&[initial, states.slice(1, 0..steps - 1)], 1),
        (_, true) => Tensor::concat(&[states.slice(1, 1..steps), initial], 1),
    }
}

/// `[N, steps, width]` as a table of `N · steps` rows.
fn as_rows(sequence: Tensor<'_>) -> Tensor<'_> {
    let shape = sequence.shape();
    let (rows, width) = shape.split_at(2);
    let rows = Shape::from(rows).elements();
    sequence.reshape(&[rows, width[0]])
}

/// States of all steps as the recurrent product saw them, row by row.
fn kept_rows<'g>(how: &Recurrence<'g>, states: Tensor<'g>) -> Tensor<'g> {
    as_rows(how.keep.map_or(states, |keep| states * keep.expand_dims(1)))
}

/// Builds a recurrence and gives the parts of its value, each `[N, steps, width]`.
/// `cells` builds the same cell by cell.
#[track_caller]
fn build<'g>(
    cell: Cell,
    inputs: &[Tensor<'g>],
    sizes: (usize, usize),
    how: &Recurrence<'g>,
    cells: impl FnOnce() -> Vec<Tensor<'g>>,
) -> Vec<Tensor<'g>> {
    let (units, steps) = sizes;
    let graph = inputs[0].graph();
    let inputs: Vec<Tensor<'g>> = inputs.iter().copied().chain(how.inputs()).collect();
    let op = how.op(cell);
    let by = move |d: &Derivative<'_, '_>| -> Vec<bool> {
        (0..d.outputs.len()).map(|part| d.upstream_of(part).is_some()).collect()
    };
    if how.unroll {
        let rule: Rule = Rc::new(move |d| {
            let upstreams: Vec<_> = (0..by(d).len()).map(|part| d.upstream_of(part)).collect();
            let how = of_inputs(&op, d.inputs, op.start());
            let back = Back {
                kernel: d.inputs[1],
                starts: &d.inputs[op.start()..][..cell.states()],
                parts: d.outputs,
                by: &upstreams,
                how: &how,
            };
            by_inputs(&op, d.inputs, d.outputs[0], back.walk(cell))
        });
        return graph.composite(cell.name(), &inputs, Some(rule), cells);
    }
    let rule: Rule = Rc::new(move |d| {
        let upstreams: Vec<_> = (0..by(d).len()).map(|part| d.upstream_of(part)).collect();
        // The first part is the value itself or cut out of it.
        let mut all = d.outputs[0];
        while all.op_name() != cell.name() {
            all = all.inputs()[0];
        }
        slopes_of_recur(&op, d.inputs, all, &upstreams)
    });
    graph.composite(cell.name(), &inputs, Some(rule), || {
        let all = crate::op::recur(op, &inputs);
        split(all, cell.parts(), steps, units)
    })
}

/// The recurrence whose tensors stand behind the states among the inputs of an op.
fn of_inputs<'g>(op: &Recur, inputs: &[Tensor<'g>], start: usize) -> Recurrence<'g> {
    let mut rest = inputs[start + op.cell.states()..].iter().copied();
    let mask = if op.mask { rest.next() } else { None };
    let keep = if op.keep { rest.next() } else { None };
    Recurrence { mask, keep, reverse: op.reverse, unroll: false }
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

/// The derivatives by the inputs of a recurrence, whose value is `all`, from those
/// by the parts of its value.
pub(crate) fn slopes_of_recur<'g>(
    op: &Recur,
    inputs: &[Tensor<'g>],
    all: Tensor<'g>,
    by: &[Option<Tensor<'g>>],
) -> Vec<Option<Tensor<'g>>> {
    let cell = op.cell;
    let (units, steps) = (inputs[1].dim(0), inputs[0].dim(1));
    let mut given = vec![all, inputs[1]];
    given.extend(&inputs[op.start()..]);
    given.extend(by.iter().flatten());
    let mut reached = [false; 3];
    by.iter().zip(&mut reached).for_each(|(by, reached)| *reached = by.is_some());
    let grad = RecurGrad { recur: *op, by: reached };
    let slopes = all.graph().push(Op::RecurGrad(grad), &given);
    if slopes.node().is_none() {
        return vec![None; inputs.len()];
    }
    let mut parts = split(slopes, cell.slope_parts(), steps, units).into_iter();
    let by_projected = parts.next().unwrap_or(slopes);
    let first = cell.slope_parts().iter().sum::<usize>() * steps * units;
    let start = |state: usize| first + state * units..first + (state + 1) * units;
    let slopes = Slopes {
        by_projected,
        by_candidates: parts.next(),
        by_starts: (0..cell.states()).map(|state| slopes.slice(1, start(state))).collect(),
    };
    let states = split(all, cell.parts(), steps, units)[0];
    by_inputs(op, inputs, states, slopes)
}

/// What a [`Recur`] computes, cell by cell.
#[cfg(test)]
pub(crate) fn values_by_cells<'g>(op: &Recur, inputs: &[Tensor<'g>]) -> Tensor<'g> {
    let how = of_inputs(op, inputs, op.start()).unroll(true);
    let (x, kernel, start) = (inputs[0], inputs[1], op.start());
    let parts = match op.cell {
        Cell::SimpleRnn(activation) => vec![x.simple_rnn(kernel, inputs[start], activation, how)],
        Cell::Lstm => {
            let values = x.lstm(kernel, inputs[start], inputs[start + 1], how);
            vec![values.states, values.cells, values.gates]
        }
        Cell::Gru => {
            let values = x.gru(kernel, inputs[2], inputs[start], how);
            vec![values.states, values.gates, values.candidates]
        }
    };
    Tensor::concat(&parts.into_iter().map(Tensor::flatten).collect::<Vec<_>>(), 1)
}

/// What a [`RecurGrad`] computes, cell by cell.
pub(crate) fn slopes_by_cells<'g>(grad: &RecurGrad, inputs: &[Tensor<'g>]) -> Tensor<'g> {
    let cell = grad.recur.cell;
    let units = inputs[1].dim(0);
    let in_step = units * cell.parts().iter().sum::<usize>();
    let steps = inputs[0].dim(1) / in_step;
    let how = of_inputs(&grad.recur, inputs, 2);
    let by: Vec<Option<Tensor<'g>>> =
        (0..cell.parts().len()).map(|part| grad.by_at(part).map(|at| inputs[at])).collect();
    let back = Back {
        kernel: inputs[1],
        starts: &inputs[2..2 + cell.states()],
        parts: &split(inputs[0], cell.parts(), steps, units),
        by: &by,
        how: &how,
    };
    let slopes = back.walk(cell);
    let flat = [slopes.by_projected].into_iter().chain(slopes.by_candidates);
    let all: Vec<Tensor<'g>> = flat.map(Tensor::flatten).chain(slopes.by_starts).collect();
    Tensor::concat(&all, 1)
}

/// What the way back through the steps gives.
struct Slopes<'g> {
    /// The derivative by what the inputs give to the gates, `[N, steps, gates ·
    /// units]`.
    by_projected: Tensor<'g>,
    /// That by what the reset gate of a gru multiplies, `[N, steps, units]`.
    by_candidates: Option<Tensor<'g>>,
    /// Those by the states before the first step.
    by_starts: Vec<Tensor<'g>>,
}

/// The derivatives by the inputs of a recurrence with these states.
fn by_inputs<'g>(
    op: &Recur,
    inputs: &[Tensor<'g>],
    states: Tensor<'g>,
    slopes: Slopes<'g>,
) -> Vec<Option<Tensor<'g>>> {
    let how = of_inputs(op, inputs, op.start());
    let units = inputs[1].dim(0);
    let by_product = match slopes.by_candidates {
        None => slopes.by_projected,
        Some(by_candidates) => {
            let gates = slopes.by_projected.slice(2, 0..2 * units);
            Tensor::concat(&[gates, by_candidates], 2)
        }
    };
    let old = kept_rows(&how, before(states, inputs[op.start()], op.reverse));
    let by_kernel = old.matrix_transpose().matmul(as_rows(by_product));
    let mut all = vec![Some(slopes.by_projected), Some(by_kernel)];
    if let Some(bias) = op.bias() {
        all.push(Some(sum_to(by_product, &inputs[bias].shape())));
    }
    all.extend(slopes.by_starts.into_iter().map(Some));
    all.resize(inputs.len(), None);
    all
}

/// What the way back through the steps reads.
struct Back<'a, 'g> {
    kernel: Tensor<'g>,
    /// The states before the first step.
    starts: &'a [Tensor<'g>],
    /// The parts of the recurrence's value.
    parts: &'a [Tensor<'g>],
    /// The derivative by each of them.
    by: &'a [Option<Tensor<'g>>],
    how: &'a Recurrence<'g>,
}

impl<'g> Back<'_, 'g> {
    /// The way back cell by cell.
    fn walk(&self, cell: Cell) -> Slopes<'g> {
        match cell {
            Cell::SimpleRnn(activation) => simple_rnn::slopes(self, activation),
            Cell::Lstm => lstm::slopes(self),
            Cell::Gru => gru::slopes(self),
        }
    }

    fn steps(&self) -> usize {
        self.parts[0].dim(1)
    }

    fn units(&self) -> usize {
        self.kernel.dim(0)
    }

    /// A state before each step that is taken, by its place.
    fn before(&self, state: usize, place: usize) -> Tensor<'g> {
        let taken = order(self.steps(), self.how.reverse);
        match place.checked_sub(1) {
            None => self.starts[state],
            Some(place) => at(self.parts[state], taken[place]),
        }
    }

    /// The derivative by a part of a step, added to what there is.
    fn with(&self, part: usize, step: usize, sum: Tensor<'g>) -> Tensor<'g> {
        self.by[part].map_or(sum, |by| sum + at(by, step))
    }

    /// Walks from the last step that was taken to the first with the derivative by
    /// the state after it, and gives the derivative by the state before the first.
    ///
    /// `step` gets the step, its place, and the derivative by its new state, and
    /// gives the derivative by its old one; where the mask is false the derivative
    /// goes by the step as it is.
    fn through(&self, mut step: impl FnMut(usize, usize, Tensor<'g>) -> Tensor<'g>) -> Tensor<'g> {
        let how = self.how;
        let zeros = crate::autodiff::zeros(self.starts[0]);
        let mut carried = zeros;
        for (place, taken) in order(self.steps(), how.reverse).into_iter().enumerate().rev() {
            carried = self.with(0, taken, carried);
            let new = how.taken(taken, carried, zeros);
            let passed = how.mask.map(|_| how.taken(taken, zeros, carried));
            let old = step(taken, place, new);
            carried = passed.map_or(old, |passed| old + passed);
        }
        carried
    }
}

/// The number of units and of steps of a recurrence of so many gates, or the
/// fault of inputs that do not fit together.
#[track_caller]
fn checked(
    name: &str,
    gates: usize,
    projected: Tensor<'_>,
    kernel: Tensor<'_>,
    states: &[Tensor<'_>],
    recurrence: &Recurrence<'_>,
) -> Option<(usize, usize)> {
    let graph = projected.graph();
    let given = [projected, kernel].into_iter().chain(states.iter().copied());
    if given.chain(recurrence.inputs()).any(|tensor| tensor.node().is_none()) {
        return None;
    }
    let shape = projected.shape();
    let kernel_shape = kernel.shape();
    let units = match *kernel_shape {
        [Dim::Fixed(units), Dim::Fixed(width)] if width == gates * units && units > 0 => units,
        _ => {
            let expected = match gates {
                1 => "[units, units]".to_string(),
                gates => format!("[units, {gates}·units]"),
            };
            let fault = Fault::of("shape.rank").with("expected", expected);
            graph.fail(fault.with("found", kernel_shape));
            return None;
        }
    };
    let steps = match *shape {
        [_, Dim::Fixed(steps), width] if steps > 0 && width == Dim::Fixed(gates * units) => steps,
        _ => {
            let expected = format!("[N, steps, {}]", gates * units);
            graph.fail(Fault::of("shape.rank").with("expected", expected).with("found", shape));
            return None;
        }
    };
    let state = Shape::from(vec![shape[0], Dim::Fixed(units)]);
    let mask = Shape::from(vec![shape[0], Dim::Fixed(steps)]);
    let unequal = |found: Tensor<'_>, expected: &Shape| {
        let fault = Fault::of("shape.unequal").with("op", name).with("expected", expected);
        graph.fail(fault.with("found", found.shape()));
    };
    for found in states.iter().copied().chain(recurrence.keep) {
        if found.shape() != state {
            unequal(found, &state);
            return None;
        }
    }
    match recurrence.mask {
        Some(found) if found.shape() != mask => {
            unequal(found, &mask);
            None
        }
        Some(found) if found.dtype() != DType::Bool => {
            let fault = Fault::of("shape.dtype").with("op", name).with("expected", DType::Bool);
            graph.fail(fault.with("found", found.dtype()));
            None
        }
        _ => Some((units, steps)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Given, array, batch, batch_array, check_gradient, evaluate, fault, fixed};
    use crate::{Array, gradients};

    const ROWS: usize = 2;
    const STEPS: usize = 3;
    const UNITS: usize = 2;

    /// Numbers between −0.9 and 0.9 that are all different.
    fn numbers(count: usize, phase: f64) -> Vec<f64> {
        (0..count).map(|i| 0.9 * (1.3 * i as f64 + phase).sin()).collect()
    }

    /// Projected inputs, a recurrent kernel, two states, a bias, a factor on the
    /// state and a mask by lengths 3 and 1.
    fn inputs(gates: usize) -> Vec<Given> {
        let width = gates * UNITS;
        vec![
            batch(&[ROWS, STEPS, width], &numbers(ROWS * STEPS * width, 0.1)),
            fixed(&[UNITS, width], &numbers(UNITS * width, 1.0)),
            batch(&[ROWS, UNITS], &numbers(ROWS * UNITS, 2.0)),
            batch(&[ROWS, UNITS], &numbers(ROWS * UNITS, 3.0)),
            fixed(&[width], &numbers(width, 4.0)),
            batch_array(Array::bool(&[ROWS, STEPS], vec![true, true, true, true, false, false])),
        ]
    }

    type Build = for<'a, 'g> fn(&'a [Tensor<'g>], Recurrence<'g>) -> Vec<Tensor<'g>>;

    const CELLS: [(usize, Build); 4] = [
        (1, |x, how| vec![x[0].simple_rnn(x[1], x[2], RnnActivation::Tanh, how)]),
        (1, |x, how| vec![x[0].simple_rnn(x[1], x[2], RnnActivation::Sigmoid, how)]),
        (4, |x, how| {
            let values = x[0].lstm(x[1], x[2], x[3], how);
            vec![values.states, values.cells, values.gates]
        }),
        (3, |x, how| {
            let values = x[0].gru(x[1], x[4], x[2], how);
            vec![values.states, values.gates, values.candidates]
        }),
    ];

    /// Every way to go through the steps: with and without mask and factor, in
    /// both directions; then the same again cell by cell.
    fn ways<'g>(x: &[Tensor<'g>]) -> Vec<Recurrence<'g>> {
        let keep = x[2].graph().scalar(1.25) * x[2].ones_like();
        let mut ways = Vec::new();
        for unroll in [false, true] {
            for reverse in [false, true] {
                for mask in [None, Some(x[5])] {
                    for keep in [None, Some(keep)] {
                        let how = Recurrence::new().reverse(reverse).mask(mask).keep(keep);
                        ways.push(how.unroll(unroll));
                    }
                }
            }
        }
        ways
    }

    /// The sums of squares of the slopes of Σ of².
    fn squares<'g>(of: Tensor<'g>, by: &[Tensor<'g>]) -> Vec<Tensor<'g>> {
        let slopes = gradients(of.square().sum_all(), by);
        slopes.iter().map(|slope| slope.square().sum_all()).collect()
    }

    /// A recurrence has the bits of its cells built one by one, its slopes and the
    /// slopes of these too, in both precisions.
    #[test]
    fn has_the_bits_of_its_cells() {
        fn check<T: crate::Precise>(gates: usize, cell: Build, way: usize) {
            let mut inputs = inputs(gates);
            // Numbers of very different sizes show another order of sums.
            let width = gates * UNITS;
            let uneven = |count: usize| -> Vec<f64> {
                let number = |i: usize| numbers(count, 0.3)[i] * 10f64.powi((i * 5 % 7) as i32 - 4);
                (0..count).map(number).collect()
            };
            inputs[1] = fixed(&[UNITS, width], &uneven(UNITS * width));
            let run = |way: usize, what: usize| {
                evaluate::<T>(&inputs, |x| {
                    let values = cell(x, ways(x)[way]);
                    let flat: Vec<Tensor<'_>> = values.iter().map(|v| v.flatten()).collect();
                    let all = Tensor::concat(&flat, 1);
                    if what == 0 {
                        return all;
                    }
                    let by = [x[0], x[1], x[2]];
                    let of = if what == 1 { values[0] } else { all };
                    let slopes = squares(of, &by);
                    if what < 3 {
                        return Tensor::stack(&slopes, 0);
                    }
                    Tensor::stack(&squares(slopes[0] + slopes[1], &by), 0)
                })
            };
            for what in 0..3 {
                assert_eq!(run(way, what), run(8 + way, what), "{gates} gates, {way}, {what}");
            }
            let (found, expected) = (run(way, 3).to_f64(), run(8 + way, 3).to_f64());
            for (found, expected) in found.into_iter().zip(expected) {
                let bound = 1e-3 * expected.abs();
                assert!((found - expected).abs() <= bound, "{found}, {expected}");
            }
        }
        for (gates, cell) in CELLS {
            for way in 0..8 {
                check::<f32>(gates, cell, way);
                check::<f64>(gates, cell, way);
            }
        }
    }

    #[test]
    fn a_recurrence_is_few_nodes_whatever_its_steps() {
        let count = |steps: usize, unroll: bool| {
            let graph = crate::Graph::new();
            let x = graph.input("x", DType::F32, &[crate::N, steps.into(), 8.into()]);
            let kernel = graph.input("kernel", DType::F32, &[2.into(), 8.into()]);
            let state = graph.input("state", DType::F32, &[crate::N, 2.into()]);
            let values = x.lstm(kernel, state, state, Recurrence::new().unroll(unroll));
            gradients(values.states.sum_all(), &[x, kernel]);
            graph.finish().unwrap().nodes().len()
        };
        assert_eq!(count(1000, false), count(2, false));
        assert!(count(100, true) > 50 * count(100, false));
    }

    #[test]
    fn gradients_agree_with_differences() {
        for (gates, cell) in CELLS {
            for way in 0..16 {
                check_gradient(&inputs(gates), |x| {
                    let values = cell(x, ways(x)[way]);
                    values
                        .into_iter()
                        .map(|value| value.sum_all())
                        .fold(x[4].sum_all() * 0.0, |sum, value| sum + value.square())
                });
            }
        }
    }

    #[test]
    fn gradients_of_each_state_agree_with_differences() {
        for (gates, cell) in CELLS {
            for way in [0, 7, 8, 15] {
                check_gradient(&inputs(gates), |x| cell(x, ways(x)[way])[0]);
            }
        }
    }

    #[test]
    fn second_derivatives_agree_with_differences() {
        for (gates, cell) in CELLS {
            for way in [0, 6, 7, 8, 14] {
                let inputs = inputs(gates);
                check_gradient(&inputs, |x| {
                    let loss = cell(x, ways(x)[way])[0].square().sum_all();
                    gradients(loss, &x[1..2])[0]
                });
            }
        }
    }

    #[test]
    fn a_masked_step_leaves_the_state() {
        for (gates, cell) in CELLS {
            let x = inputs(gates);
            let found = evaluate::<f32>(&x, |x| cell(x, Recurrence::new().mask(Some(x[5])))[0]);
            let states = found.to_f64();
            let of = |row: usize, step: usize| &states[(row * STEPS + step) * UNITS..][..UNITS];
            assert_eq!(of(1, 1), of(1, 0));
            assert_eq!(of(1, 2), of(1, 0));
            // The full row is what it is without a mask.
            let whole = evaluate::<f32>(&x, |x| cell(x, Recurrence::new())[0]).to_f64();
            assert_eq!(states[..STEPS * UNITS], whole[..STEPS * UNITS]);
        }
    }

    #[test]
    fn backwards_is_forwards_on_the_turned_sequence() {
        for (gates, cell) in CELLS {
            let x = inputs(gates);
            let turned = |x: Tensor<'_>| -> Vec<usize> { (0..x.dim(1)).rev().collect() };
            let found = evaluate::<f32>(&x, |x| cell(x, Recurrence::new().reverse(true))[0]);
            let expected = evaluate::<f32>(&x, |x| {
                let steps: Vec<Tensor<'_>> =
                    turned(x[0]).into_iter().map(|step| at(x[0], step)).collect();
                let mut given = x.to_vec();
                given[0] = Tensor::stack(&steps, 1);
                let states = cell(&given, Recurrence::new())[0];
                let steps: Vec<Tensor<'_>> =
                    turned(states).into_iter().map(|step| at(states, step)).collect();
                Tensor::stack(&steps, 1)
            });
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let x = inputs(4);
        assert_eq!(
            fault(&x, |x| x[2].lstm(x[1], x[2], x[3], Recurrence::new()).states),
            "shape.rank"
        );
        assert_eq!(
            fault(&x, |x| x[0].lstm(x[2], x[2], x[3], Recurrence::new()).states),
            "shape.rank"
        );
        assert_eq!(
            fault(&x, |x| x[0].lstm(x[1], x[4], x[3], Recurrence::new()).states),
            "shape.unequal"
        );
        assert_eq!(
            fault(&x, |x| x[0].lstm(x[1], x[2], x[3], Recurrence::new().mask(Some(x[2]))).states),
            "shape.unequal"
        );
        let empty =
            [array(Array::f64(&[2, 0, 8], vec![])), x[1].clone(), fixed(&[2, 2], &[0.0; 4])];
        assert_eq!(
            fault(&empty, |x| x[0].lstm(x[1], x[2], x[2], Recurrence::new()).states),
            "shape.rank"
        );
    }
}
