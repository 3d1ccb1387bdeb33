//! What must hold for data to be learned from, and what must be said of it.

use super::infer::Leaving;
use super::plan::Plan;
use super::request::Request;
use super::scan::{MissingWords, counted, merges};
use crate::source::csv::{list, shortened};
use crate::source::place::Places;
use crate::source::table::Table;
use crate::{
    ColumnData, ColumnType, Dataset, Missing, Notice, Role, Scaling, Task, Transform, Values,
};
use ikhim_text::sentence::{self, Sentence};
use ikhim_text::{Fault, Result};

/// From this number of rows on, classes of mostly one row each are no classes.
const ROWS_TO_CALL_NAMES: usize = 10;

/// Says which columns are left out and why; at least one input must stay.
pub(crate) fn left_out(
    table: &Table,
    plans: &[Plan],
    request: &Request,
    notices: &mut Vec<Notice>,
) -> Result<()> {
    let reasons: [(Leaving, &'static str, Sentence); 7] = [
        (Leaving::Empty, "data.empty_columns", sentence::DATA_EMPTY_COLUMNS),
        (Leaving::Constant, "data.constant_columns", sentence::DATA_CONSTANT_COLUMNS),
        (Leaving::Id, "data.id_columns", sentence::DATA_ID_COLUMNS),
        (Leaving::Text, "data.text_columns", sentence::DATA_TEXT_COLUMNS),
        (Leaving::Date, "data.date_columns", sentence::DATA_DATE_COLUMNS),
        (Leaving::Part, "data.part_columns", sentence::DATA_PART_COLUMNS),
        (Leaving::Merged, "data.merged_columns", sentence::DATA_MERGED_COLUMNS),
    ];
    for (leaving, code, said) in reasons {
        let names: Vec<&String> = table
            .names
            .iter()
            .zip(plans)
            .filter(|(_, plan)| plan.leaving == Some(leaving))
            .map(|(name, _)| name)
            .collect();
        if !names.is_empty() {
            notices.push(Notice::new(code, said).with("columns", list(&names)));
        }
    }
    written_otherwise(table, plans, notices);
    let missing = MissingWords(&request.missing_values);
    let merged: Vec<&String> = (0..plans.len())
        .filter(|&index| {
            plans[index].kind == ColumnType::Number && plans[index].role == Role::Input
        })
        .filter(|&index| {
            let scan = plans[index].scan.as_ref();
            scan.is_some_and(|scan| merges(&table.columns[index], scan, missing))
        })
        .map(|index| &table.names[index])
        .collect();
    if !merged.is_empty() {
        let notice = Notice::new("data.numbers_merged", sentence::DATA_NUMBERS_MERGED);
        notices.push(notice.with("columns", list(&merged)));
    }
    let texts: Vec<&String> = table
        .names
        .iter()
        .zip(plans)
        .filter(|(_, plan)| plan.kind == ColumnType::Text && plan.role == Role::Input)
        .map(|(name, _)| name)
        .collect();
    if !texts.is_empty() && request.sequence.is_none() {
        let notice = Notice::new("data.text_inputs", sentence::DATA_TEXT_INPUTS);
        notices.push(notice.with("columns", list(&texts)));
    }
    let is_seen =
        |plan: &Plan| plan.role == Role::Input || request.sees_targets && plan.role == Role::Target;
    if !plans.iter().any(is_seen) {
        let told: Vec<String> = table
            .names
            .iter()
            .zip(plans)
            .map(|(name, plan)| match plan.role {
                Role::Target => format!("`{name}` (target)"),
                _ => format!("`{name}` ({})", plan.leaving.map_or(plan.kind.word(), Leaving::word)),
            })
            .collect();
        let fault = Fault::of("data.no_inputs").with("found", shortened(&told));
        return Err(table.places.whole(fault));
    }
    Ok(())
}

/// Says which columns are left out because numbers or dates are written in them in a
/// way that is not read, each with its first cell.
fn written_otherwise(table: &Table, plans: &[Plan], notices: &mut Vec<Notice>) {
    let reasons = [
        (Leaving::Unit, "data.unit_columns", sentence::DATA_UNIT_COLUMNS),
        (Leaving::OtherDate, "data.other_dates", sentence::DATA_OTHER_DATES),
    ];
    for (leaving, code, said) in reasons {
        let left = (0..plans.len()).filter(|&index| plans[index].leaving == Some(leaving));
        let told: Vec<String> = left
            .map(|index| {
                let raw = &table.columns[index];
                let first = counted(raw, MissingWords(&[])).next().map_or("", |(cell, _)| cell);
                format!("`{}` (`{first}`)", table.names[index])
            })
            .collect();
        if !told.is_empty() {
            notices.push(Notice::new(code, said).with("columns", shortened(&told)));
        }
    }
}

/// Beyond this size the squares of numbers, of which errors and variances are made,
/// are beyond double precision; below its inverse they are 0.
const LARGEST: f64 = 1e150;

/// The size of numbers with which a network computes as they are, without scaling.
const SINGLE: (f64, f64) = (f32::MIN_POSITIVE as f64, f32::MAX as f64);

/// Numbers that a network or its metrics cannot compute with are told before training.
fn size(column: &ColumnData, places: &Places, index: usize) -> Result<()> {
    let Values::Number(values) = &column.values else { return Ok(()) };
    let is_target = column.role == Role::Target;
    let (log, none) = (Transform::Log, Scaling::None);
    // The logarithm of an input is of a usual size, whatever the input.
    if column.role == Role::Ignored || (!is_target && column.policy.transform == log) {
        return Ok(());
    }
    let as_it_is = column.policy.scaling == none && column.policy.transform != log;
    let (least, most) = if as_it_is { SINGLE } else { (1.0 / LARGEST, LARGEST) };
    let (mut low, mut high, mut top) = (f64::INFINITY, f64::NEG_INFINITY, (0, 0.0));
    for (row, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
        (low, high) = (low.min(*value), high.max(*value));
        if value.abs() > top.1 {
            top = (row, value.abs());
        }
    }
    let power = |size: f64| format!("1e{}", size.log10().abs().round());
    if top.1 > most {
        let fault = Fault::of("data.too_large")
            .with("column", &column.name)
            .with("row", top.0 + 1)
            .with("found", format!("{:e}", values[top.0]))
            .with("most", format!("{most:.1e}"))
            .with("power", power(top.1));
        return Err(places.cell(fault, top.0, index));
    }
    if low < high && high - low < least {
        let fault = Fault::of("data.too_small")
            .with("column", &column.name)
            .with("found", format!("{:.1e}", high - low))
            .with("least", format!("{least:.1e}"))
            .with("power", power(high - low));
        return Err(places.header(fault, index));
    }
    Ok(())
}

/// Checks one column after its values are known.
pub(crate) fn column(
    column: &ColumnData,
    places: &Places,
    index: usize,
    new_rows: bool,
) -> Result<()> {
    let fault = |code| Fault::of(code).with("column", &column.name);
    if column.policy.missing == Missing::Error
        && column.role != Role::Ignored
        && !(new_rows && column.role == Role::Target)
    {
        let mut rows = (0..column.values.len()).filter(|&row| column.values.is_missing(row));
        if let Some(row) = rows.next() {
            let fault =
                fault("data.missing_value").with("row", row + 1).with("count", rows.count() + 1);
            return Err(places.cell(fault, row, index));
        }
    }
    if !new_rows {
        size(column, places, index)?;
    }
    match (&column.values, column.kind) {
        (Values::Category { levels, .. }, ColumnType::Binary) if !new_rows && levels.len() != 2 => {
            let fault = fault("data.not_binary").with("count", levels.len());
            Err(places.header(fault.with("found", list(levels)), index))
        }
        _ => Ok(()),
    }
}

/// Checks that there is something to learn.
pub(crate) fn targets(data: &Dataset, places: &Places) -> Result<()> {
    for (index, target) in data.columns().iter().enumerate() {
        if target.role != Role::Target {
            continue;
        }
        let fault = |code| {
            let fault = Fault::of(code).with("column", &target.name).with("rows", data.len());
            places.header(fault, index)
        };
        match &target.values {
            Values::Category { levels, indices } if data.task == Task::Classification => {
                let mut used: Vec<u32> = indices.iter().flatten().copied().collect();
                used.sort_unstable();
                used.dedup();
                if used.len() < 2 {
                    let class = used.first().and_then(|&class| levels.get(class as usize));
                    let class = class.map_or("", String::as_str);
                    return Err(fault("data.one_class").with("class", class));
                }
                if data.len() >= ROWS_TO_CALL_NAMES && used.len() * 2 > data.len() {
                    return Err(fault("data.labels_almost_unique").with("count", used.len()));
                }
            }
            Values::Number(values) if data.len() > 1 => {
                let first = values.first().copied().unwrap_or(f64::NAN);
                if values.iter().all(|&value| value == first) {
                    return Err(fault("data.constant_target").with("found", first));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Says where values are missing and what takes their place.
pub(crate) fn missing(data: &Dataset, notices: &mut Vec<Notice>) {
    let inputs = data.columns().iter().enumerate();
    let inputs = inputs.filter(|(_, column)| column.role == Role::Input);
    let counts: Vec<(usize, usize)> =
        inputs.map(|(index, column)| (index, column.values.missing())).collect();
    tell_missing(data.columns(), &counts, notices);
}

/// The same of counts that are known, each with the place of its column.
pub(crate) fn tell_missing(
    columns: &[ColumnData],
    counts: &[(usize, usize)],
    notices: &mut Vec<Notice>,
) {
    let told: Vec<String> = counts
        .iter()
        .filter_map(|(index, count)| Some((columns.get(*index)?, *count)))
        .filter(|(column, count)| *count > 0 && column.role == Role::Input)
        .map(|(column, count)| {
            format!("`{}` {count} ({})", column.name, column.policy.missing.word())
        })
        .collect();
    if !told.is_empty() {
        notices.push(
            Notice::new("data.missing_values", sentence::DATA_MISSING_VALUES)
                .with("columns", shortened(&told)),
        );
    }
}
