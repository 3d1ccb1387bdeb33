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

/// So many of the rows repeat what the row before held.
const REPEATED: f64 = 0.95;
/// Values of a column that is looked at: few values are equal by chance.
const DIFFERENT: usize = 20;
/// Columns that are compared, each with each.
const COMPARED: usize = 64;

/// An input and another one that holds in nearly every row what the first held in the
/// row before, as tables of a series do: what is known now and what was known then.
/// The rows then follow each other in time, however jumpy they are. No target is
/// looked at, as sealed rows have one.
pub fn row_before(data: &Dataset) -> Option<(String, String)> {
    if data.len() < FEWEST_ROWS {
        return None;
    }
    let inputs = data.columns().iter().filter(|column| column.role == Role::Input);
    let numbers = inputs.filter_map(|column| match &column.values {
        Values::Number(values) if is_varied(values) => Some((&column.name, values)),
        _ => None,
    });
    let numbers: Vec<(&String, &Vec<f64>)> = numbers.take(COMPARED).collect();
    for (value, now) in &numbers {
        for (before, later) in numbers.iter().filter(|(other, _)| other != value) {
            let alike = |shift: usize| share_of_equal(now, &later[shift..]);
            if alike(1) >= REPEATED && alike(0) < 0.5 {
                return Some((value.to_string(), before.to_string()));
            }
        }
    }
    None
}

fn is_varied(values: &[f64]) -> bool {
    let mut bits: Vec<u64> = values.iter().filter(|v| v.is_finite()).map(|v| v.to_bits()).collect();
    bits.sort_unstable();
    bits.dedup();
    bits.len() >= DIFFERENT
}

/// The share of pairs that are equal, of those in which both are known.
fn share_of_equal(left: &[f64], right: &[f64]) -> f64 {
    let known = || left.iter().zip(right).filter(|(a, b)| a.is_finite() && b.is_finite());
    // Most pairs of columns have nothing in common.
    if known().take(FEWEST_ROWS).all(|(a, b)| a != b) {
        return 0.0;
    }
    known().filter(|(a, b)| a == b).count() as f64 / known().count().max(1) as f64
}

fn is_sorted(values: &[f64]) -> bool {
    values.is_sorted_by(|a, b| a <= b) || values.is_sorted_by(|a, b| a >= b)
}
