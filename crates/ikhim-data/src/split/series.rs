//! Rows that are a series in time, though no column says so.

use crate::statistics::lag_1_autocorrelation;
use crate::{ColumnData, Dataset, Role, Task, Values};
use ikhim_text::Result;

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
    let values = |_, column: &ColumnData| match &column.values {
        Values::Number(values) => Ok(Some(values.clone())),
        _ => Ok(None),
    };
    neighbors_of(data, data.len(), values).ok().flatten()
}

/// The same of columns whose numbers are read one after the other.
pub(super) fn neighbors_of(
    data: &Dataset,
    rows: usize,
    values: impl Fn(usize, &ColumnData) -> Result<Option<Vec<f64>>>,
) -> Result<Option<f64>> {
    if data.task() != Task::Regression || rows < FEWEST_ROWS {
        return Ok(None);
    }
    let mut found = Vec::new();
    let columns = data.columns().iter().enumerate();
    for (index, column) in columns.filter(|(_, column)| column.role == Role::Input) {
        let Some(values) = values(index, column)? else { return Ok(None) };
        if !is_sorted(&values) {
            found.push(lag_1_autocorrelation(&values));
        }
    }
    found.retain(|value| value.is_finite());
    found.sort_by(f64::total_cmp);
    // The lower of the two in the middle: one column that is alike by accident
    // does not make a series.
    let Some(middle) = found.len().checked_sub(1) else { return Ok(None) };
    Ok(found.get(middle / 2).copied().filter(|median| *median >= ALIKE))
}

fn is_sorted(values: &[f64]) -> bool {
    values.is_sorted_by(|a, b| a <= b) || values.is_sorted_by(|a, b| a >= b)
}
