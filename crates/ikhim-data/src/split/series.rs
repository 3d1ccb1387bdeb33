//! Rows that are a series in time, though no column says so.

use crate::statistics::lag_1_autocorrelation;
use crate::{Dataset, Role, Task, Values};

/// Fewer rows tell nothing of their order.
const FEWEST_ROWS: usize = 30;
/// Neighbors that are so alike are no accident: independent rows have an
/// autocorrelation of 0 ± 2/√n, and rows that are sorted by a class, as those of
/// iris, stay below.
const ALIKE: f64 = 0.95;

/// The autocorrelation of neighboring rows where it says that a table is a
/// series in time: the median over its inputs, which are all numbers. A column
/// that only rises or only falls is a sorted one and is not counted, and neither
/// is any target: the parts must not depend on it.
pub fn neighbors(data: &Dataset) -> Option<f64> {
    if data.task() != Task::Regression || data.len() < FEWEST_ROWS {
        return None;
    }
    let mut found = Vec::new();
    for column in data.columns().iter().filter(|column| column.role == Role::Input) {
        let Values::Number(values) = &column.values else { return None };
        if !is_sorted(values) {
            found.push(lag_1_autocorrelation(values));
        }
    }
    found.retain(|value| value.is_finite());
    found.sort_by(f64::total_cmp);
    // The lower of the two in the middle: one column that is alike by accident
    // does not make a series.
    found.get(found.len().checked_sub(1)? / 2).copied().filter(|median| *median >= ALIKE)
}

fn is_sorted(values: &[f64]) -> bool {
    values.is_sorted_by(|a, b| a <= b) || values.is_sorted_by(|a, b| a >= b)
}
