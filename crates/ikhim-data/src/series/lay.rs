//! From one row for each moment to one row for each window.

use super::{Gaps, Series, SeriesWindows};
use crate::split::{in_order, no_such_column};
use crate::statistics::median;
use crate::{ColumnData, ColumnType, Dataset, Notice, Role, RowHash, RowHasher, Task, Values};
use ikhim_text::{Fault, Result, sentence};
use std::sync::Arc;

/// Neighboring moments this many usual steps apart have one missing between them.
/// Months differ from each other by less, a missing one makes it two.
const GAP: f64 = 1.5;

/// Lays windows over the rows of a table. Rows to learn from have a target, so a
/// window ends `horizon` steps before the series does; new rows, of which the names
/// of the targets are known, are those of every moment that has enough of a past.
///
/// # Errors
/// A window, horizon or stride of 0, another task than regression, a moment that
/// cannot be read or that two rows have, a series that is shorter than a window
/// with its target, gaps where they are faults.
pub(crate) fn lay(table: Dataset, series: &Series, targets: Option<&[String]>) -> Result<Dataset> {
    let is_new = targets.is_some();
    let settings =
        [("window", series.window), ("horizon", series.horizon), ("stride", series.stride)];
    for (key, found) in settings {
        if found == 0 {
            return Err(Fault::of("data.series_setting").with("key", key).with("found", found));
        }
    }
    if table.task != Task::Regression {
        return Err(Fault::of("data.series_task").with("task", table.task));
    }
    let mut series = series.clone();
    series.time = time_column(&table, &series, is_new)?;
    let order = in_order(&table, series.time.as_deref(), series.order)?;
    let stretches = Stretches::of(&table, &series, &order)?;
    let order: Vec<usize> = order.into_iter().map(|(row, _)| row).collect();

    let (needed, stride) = match is_new {
        true => (series.window, 1),
        false => (series.window + series.horizon, series.stride),
    };
    let starts: Vec<usize> = stretches
        .ranges
        .iter()
        .flat_map(|stretch| {
            let ends = (stretch.end + 1).saturating_sub(needed).max(stretch.start);
            (stretch.start..ends).step_by(stride)
        })
        .collect();
    if starts.is_empty() {
        return Err(stretches.too_short(&series, needed));
    }
    let mut laid = windows(&table, &series, &order, &starts, stride);
    let behind = |start: usize| {
        let target = start + series.window - 1 + series.horizon;
        stretches.ranges.iter().any(|it| it.contains(&start) && it.contains(&target))
    };
    let behind: Vec<bool> = starts.iter().map(|start| behind(*start)).collect();
    let of_table: Vec<String> = table.targets().map(|target| target.name.clone()).collect();
    let names = targets.unwrap_or(&of_table);
    add_targets(&mut laid, &table, names, &series, &order, &starts, &behind);
    laid.notices.extend(stretches.notice(&table, &order));
    hash(&mut laid);
    laid.series = Some(series);
    Ok(laid)
}

/// The column that tells the time: the one that was named, or the one of dates.
fn time_column(table: &Dataset, series: &Series, is_new: bool) -> Result<Option<String>> {
    if let Some(name) = &series.time {
        // New rows may come without it, in their order.
        let known = table.column(name).is_some();
        return match known || is_new {
            true => Ok(Some(name.clone()).filter(|_| known)),
            false => Err(no_such_column(name, table)),
        };
    }
    let mut dates = table.columns.iter().filter(|column| column.kind == ColumnType::Date);
    match (dates.next(), dates.next()) {
        (Some(date), None) => Ok(Some(date.name.clone())),
        _ => Ok(None),
    }
}

/// The stretches of a series without a gap.
struct Stretches {
    ranges: Vec<std::ops::Range<usize>>,
}

impl Stretches {
    fn of(table: &Dataset, series: &Series, order: &[(usize, f64)]) -> Result<Stretches> {
        let steps: Vec<f64> = order.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
        let id = |place: usize| table.row_ids[order[place].0] + 1;
        if let (Some(column), Some(place)) =
            (&series.time, steps.iter().position(|step| *step == 0.0))
        {
            let count = steps.iter().filter(|step| **step == 0.0).count();
            return Err(Fault::of("data.series_repeated")
                .with("column", column)
                .with("row", id(place))
                .with("other", id(place + 1))
                .with("count", count));
        }
        // Without a column the rows themselves are the moments, and one that was
        // dropped is missing.
        let usual = if series.time.is_some() { median(&steps) } else { 1.0 };
        let mut ranges = Vec::new();
        let mut start = 0;
        for (place, step) in steps.iter().enumerate() {
            if *step < GAP * usual || series.gaps == Gaps::Ignore {
                continue;
            }
            if series.gaps == Gaps::Error {
                return Err(Fault::of("data.series_gap")
                    .with("row", id(place))
                    .with("other", id(place + 1))
                    .with("steps", format!("{:.1}", step / usual)));
            }
            ranges.push(start..place + 1);
            start = place + 1;
        }
        ranges.push(start..order.len());
        Ok(Stretches { ranges })
    }

    fn too_short(&self, series: &Series, needed: usize) -> Fault {
        let longest = self.ranges.iter().map(|range| range.len()).max().unwrap_or(0);
        let fault = match self.ranges.len() {
            1 => Fault::of("data.series_too_short"),
            _ => Fault::of("data.series_all_gaps").with("gaps", self.ranges.len() - 1),
        };
        fault.with("found", longest).with("expected", needed).with("window", series.window)
    }

    /// What must be said of the gaps that windows do not cross.
    fn notice(&self, table: &Dataset, order: &[usize]) -> Option<Notice> {
        let first = self.ranges.get(1)?.start;
        let id = |place: usize| table.row_ids[order[place]] + 1;
        let notice = Notice::new("data.series_gaps", sentence::DATA_SERIES_GAPS);
        Some(
            notice
                .with("count", self.ranges.len() - 1)
                .with("row", id(first - 1))
                .with("other", id(first)),
        )
    }
}

/// The inputs of all windows; other columns as they stand at the last moment.
fn windows(
    table: &Dataset,
    series: &Series,
    order: &[usize],
    starts: &[usize],
    stride: usize,
) -> Dataset {
    let ids = Arc::new(crate::values::pick(&table.row_ids, order));
    let last: Vec<usize> = starts.iter().map(|start| order[start + series.window - 1]).collect();
    let column = |column: &ColumnData| {
        let is_time = series.time.as_ref() == Some(&column.name);
        let is_seen = column.role != Role::Ignored && !is_time;
        let values = match is_seen {
            false => column.values.take(&last),
            true => Values::Series(SeriesWindows {
                values: Arc::new(column.values.take(order)),
                ids: ids.clone(),
                length: series.window,
                stride,
                horizon: series.horizon,
                starts: starts.to_vec(),
            }),
        };
        let role = if is_seen { Role::Input } else { Role::Ignored };
        ColumnData { role, values, ..column.clone() }
    };
    let laid = table.take(&last);
    Dataset { columns: table.columns.iter().map(column).collect(), parts: None, ..laid }
}

/// The targets behind the windows, under names of their own, because their past is
/// an input. Where the series ends before, or has a gap, there is none.
fn add_targets(
    laid: &mut Dataset,
    table: &Dataset,
    names: &[String],
    series: &Series,
    order: &[usize],
    starts: &[usize],
    behind: &[bool],
) {
    let at = |start: usize| order.get(start + series.window - 1 + series.horizon);
    for name in names {
        let Some(column) = table.column(name) else { continue };
        let Values::Number(values) = &column.values else { continue };
        let value = |(start, is_there): (&usize, &bool)| match (at(*start), is_there) {
            (Some(row), true) => values[*row],
            _ => f64::NAN,
        };
        laid.columns.push(ColumnData {
            name: format!("{name}+{}", series.horizon),
            role: Role::Target,
            values: Values::Number(starts.iter().zip(behind).map(value).collect()),
            ..column.clone()
        });
    }
}

fn hash(laid: &mut Dataset) {
    let of = |row: usize, counts: &dyn Fn(Role) -> bool| -> RowHash {
        let mut hasher = RowHasher::new();
        for column in laid.columns.iter().filter(|column| counts(column.role)) {
            column.values.hash(row, &mut hasher);
        }
        hasher.finish()
    };
    let rows = 0..laid.row_ids.len();
    let row_hashes = rows.clone().map(|row| of(row, &|role| role != Role::Ignored)).collect();
    let input_hashes = rows.map(|row| of(row, &|role| role == Role::Input)).collect();
    (laid.row_hashes, laid.input_hashes) = (row_hashes, input_hashes);
}
