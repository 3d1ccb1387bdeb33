//! What a stratified draw keeps the proportions of.

use crate::values::ascending;
use crate::{Dataset, Task, Values};

/// Bins of a target of numbers.
const BINS: usize = 10;
/// A bin with fewer rows would hardly give one to each part.
const ROWS_OF_A_BIN: usize = 10;

/// The stratum of each row; `None` where the target has neither classes nor one
/// number.
pub(super) fn strata(data: &Dataset) -> Option<Vec<usize>> {
    match data.task() {
        Task::Classification => classes(data),
        Task::Regression => bins(data),
        Task::MultiLabel | Task::Reconstruction | Task::NextToken => None,
    }
}

/// For each row the index of its class; `None` without classes.
pub(super) fn classes(data: &Dataset) -> Option<Vec<usize>> {
    match &data.targets().next()?.values {
        Values::Category { indices, .. } if data.task() == Task::Classification => {
            Some(indices.iter().map(|index| index.unwrap_or(0) as usize).collect())
        }
        _ => None,
    }
}

/// For each row the tenth of the values of the target that it lies in; equal
/// values lie in one, and few rows make few bins.
fn bins(data: &Dataset) -> Option<Vec<usize>> {
    let mut targets = data.targets();
    let (Some(target), None) = (targets.next(), targets.next()) else { return None };
    let Values::Number(values) = &target.values else { return None };
    let bins = (values.len() / ROWS_OF_A_BIN).clamp(1, BINS);
    let order = ascending(values);
    let mut strata = vec![0; values.len()];
    let mut place = 0;
    for equal in order.chunk_by(|&a, &b| values[a] == values[b]) {
        equal.iter().for_each(|&row| strata[row] = place * bins / values.len());
        place += equal.len();
    }
    Some(strata)
}
