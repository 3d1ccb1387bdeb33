//! Rows in the order of time.

use super::config::Order;
use super::fault;
use crate::values::ascending;
use crate::{Dataset, Part, Values, date};
use ikhim_text::{Fault, Result};

/// The rows from the oldest to the newest, each with the moment that the column
/// tells; without a column the place in the source tells it.
pub(crate) fn in_order(
    data: &Dataset,
    column: Option<&str>,
    order: Order,
) -> Result<Vec<(usize, f64)>> {
    let moments: Vec<f64> = match column {
        Some(name) => moments(data, name)?,
        None => {
            let sign = if order == Order::NewestFirst { -1.0 } else { 1.0 };
            data.row_ids().iter().map(|&id| sign * id as f64).collect()
        }
    };
    Ok(ascending(&moments).into_iter().map(|row| (row, moments[row])).collect())
}

/// The same of data that may be windows of a series, which lie in their order.
pub(super) fn rows_in_order(
    data: &Dataset,
    column: Option<&str>,
    order: Order,
) -> Result<Vec<(usize, f64)>> {
    match data.series() {
        Some(_) => Ok((0..data.len()).map(|row| (row, row as f64)).collect()),
        None => in_order(data, column, order),
    }
}

/// The moment of each row, as a number.
fn moments(data: &Dataset, name: &str) -> Result<Vec<f64>> {
    let key = if data.series().is_some() { "data.series.time" } else { "split.column" };
    let column = data.column(name).ok_or_else(|| fault::no_such_column(key, name, data))?;
    let text = |row: usize| match &column.values {
        Values::Text(texts) => texts.get(row)?.clone(),
        Values::Category { levels, indices } => {
            levels.get(indices.get(row).copied().flatten()? as usize).cloned()
        }
        _ => None,
    };
    let moment = |row: usize| match &column.values {
        Values::Number(values) => values.get(row).copied().filter(|value| !value.is_nan()),
        _ => {
            let text = text(row)?;
            date::seconds(&text).or_else(|| text.trim().parse().ok())
        }
    };
    (0..data.len())
        .map(|row| {
            moment(row).ok_or_else(|| {
                Fault::of("data.no_moment")
                    .with("column", name)
                    .with("row", data.row_ids()[row] + 1)
                    .with("found", text(row).map_or("nothing".to_string(), |it| format!("`{it}`")))
            })
        })
        .collect()
}

/// Cuts rows in order of time: the last are sealed, those before are validation
/// rows, all before these are train rows; `gap` rows between two parts belong to
/// none. A cut never goes through one moment: rows of the same moment as the
/// first of a part belong to that part.
pub(super) fn cut(
    rows: &[(usize, f64)],
    [validation, test]: [usize; 2],
    gap: usize,
) -> Result<Vec<Option<Part>>> {
    let n = rows.len();
    let sizes = || fault::too_large(validation, test, n);
    let mut parts = vec![None; n];
    let mut end = n;
    for (size, part) in [(test, Part::Test), (validation, Part::Validation)] {
        if size == 0 {
            continue;
        }
        let mut start = end.checked_sub(size).ok_or_else(sizes)?;
        while start > 0 && start < end && rows[start - 1].1 == rows[start].1 {
            start -= 1;
        }
        rows[start..end].iter().for_each(|&(row, _)| parts[row] = Some(part));
        end = start.checked_sub(gap).ok_or_else(sizes)?;
    }
    if end == 0 {
        return Err(sizes());
    }
    rows[..end].iter().for_each(|&(row, _)| parts[row] = Some(Part::Train));
    Ok(parts)
}
