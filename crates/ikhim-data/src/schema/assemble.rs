//! From the cells of a source to a [`Dataset`].

use super::levels::Levels;
use super::plan::{Plan, plan};
use super::request::Request;
use super::scan::{MissingWords, Scan};
use super::{check, known, seen};
use crate::cores::by_rows;
use crate::sequence;
use crate::source::table::{Raw, Table};
use crate::{
    ColumnData, ColumnType, Dataset, FileFormat, Missing, Notice, Role, RowHash, RowHasher, Task,
    Values,
};
use ikhim_text::{Fault, Result, sentence};

/// Makes data of a table: by a known schema, or by finding one.
pub(crate) fn assemble(mut table: Table, request: &Request) -> Result<Dataset> {
    let mut notices = std::mem::take(&mut table.notices);
    let typed = |raw: &Raw| matches!(raw, Raw::Typed(_));
    let is_large =
        |raw: &Raw| Scan::of_raw(raw, MissingWords(&[])).is_some_and(|it| it.is_beyond_whole());
    // What numbers cannot tell apart their text may.
    let large: Vec<usize> = (0..table.columns.len())
        .filter(|&index| typed(&table.columns[index]) && is_large(&table.columns[index]))
        .collect();
    table.as_text(&large);
    if let Some(schema) = &request.schema {
        let (table, plans, counted, in_source) = known::plan(table, schema, request, &mut notices)?;
        let data = finish(table, plans, counted, schema.task, request, notices)?;
        return Ok(Dataset { in_source, ..data });
    }
    let targets = request.targets(&table, &mut notices)?;
    if request.task == Some(Task::Reconstruction)
        && let Some(target) = table.default_target
        && let Some(index) = table.names.iter().position(|name| name == target)
    {
        // What the source would have learned is no input either.
        table.kinds[index] = Some(ColumnType::Ignore);
    }
    request.check_names(&table)?;
    if let Some(column) = &request.sequence
        && targets.iter().any(|target| table.names[*target] == *column)
    {
        return Err(sequence::is_target(column));
    }
    let (task, mut plans) = plan(&table, &targets, request, &mut notices)?;
    if let Some(column) = &request.sequence {
        sequence::alone(column, &table.names, &mut plans, &mut notices);
    }
    check::left_out(&table, &plans, request, &mut notices)?;
    table.keep_text(plans.iter().map(|plan| plan.kind).enumerate());
    let counted = plans.len();
    finish(table, plans, counted, task, request, notices)
}

/// Converts values, hashes rows and drops those that a policy drops. Row
/// hashes count the first `counted` columns.
fn finish(
    mut table: Table,
    plans: Vec<Plan>,
    counted: usize,
    task: Task,
    request: &Request,
    mut notices: Vec<Notice>,
) -> Result<Dataset> {
    let rows = table.len();
    // A row stays the same when it comes into another part.
    let is_part = |index: usize| plans[index].kind == ColumnType::Part;
    let counts = |index: usize| index < counted && !is_part(index);
    let are_all = (0..table.names.len()).all(counts);
    let known = table.row_hashes.take().filter(|_| are_all);
    let row_hashes = known.unwrap_or_else(|| hashes(&table, rows, counts));
    let input_hashes = hashes(&table, rows, |index| plans[index].role == Role::Input);
    let missing = MissingWords(&request.missing_values);
    let Table { names, columns, class_names, places, .. } = table;
    let last = names.len().saturating_sub(1);
    let mut data = Vec::new();
    for (index, ((name, raw), plan)) in names.into_iter().zip(columns).zip(plans).enumerate() {
        let mut values = convert(raw, plan.kind, plan.scan, missing);
        let mut kind = plan.kind;
        if let (Values::Category { levels, .. }, Role::Target) = (&mut values, plan.role) {
            if index == last {
                rename(levels, &class_names);
            }
            if request.schema.is_none() && levels.len() == 2 {
                kind = ColumnType::Binary;
            }
        }
        let (role, is_given) = (plan.role, plan.is_given);
        let column = ColumnData { name, kind, role, policy: plan.policy, is_given, values };
        check::column(&column, &places, index, request.schema.is_some())?;
        data.push(column);
    }
    let whole = Dataset {
        name: request.name.clone().unwrap_or(table.name),
        origin: table.origin,
        task,
        columns: data,
        row_ids: (0..rows as u64).collect(),
        row_hashes,
        input_hashes,
        content_hash: table.content_hash,
        parts: table.parts,
        notices: Vec::new(),
        credit: table.credit,
        format: FileFormat::default(),
        series: None,
        sequence: None,
        stream: None,
        in_source: Vec::new(),
    };
    // New rows are all answered: dropping is for rows to learn from. In a series a
    // moment without its value is a gap, in new rows too.
    let is_series = request.schema.as_ref().is_some_and(|it| it.series_and_targets().is_some());
    let drops = match request.schema.is_none() || is_series {
        true => drops(&whole, &mut notices),
        false => Vec::new(),
    };
    let kept: Vec<usize> = (0..rows).filter(|row| drops.binary_search(row).is_err()).collect();
    if kept.is_empty() {
        return Err(places.whole(Fault::of("data.all_dropped").with("count", rows)));
    }
    let mut data = if drops.is_empty() { whole } else { whole.take(&kept) };
    if request.schema.is_none() {
        check::targets(&data, &places)?;
        // Of a series the moments are no rows yet, and may well repeat.
        if !request.sees_targets {
            seen::notices(&data, &mut notices);
        }
    }
    check::missing(&data, &mut notices);
    data.notices = notices;
    Ok(data)
}

fn hashes(table: &Table, rows: usize, counts: impl Fn(usize) -> bool) -> Vec<RowHash> {
    let columns: Vec<&Raw> = table
        .columns
        .iter()
        .enumerate()
        .filter(|(index, _)| counts(*index))
        .map(|(_, raw)| raw)
        .collect();
    by_rows(rows, |range| {
        let mut hasher = RowHasher::new();
        let hash = |row| {
            columns.iter().for_each(|raw| raw.hash(row, &mut hasher));
            hasher.next_row()
        };
        range.map(hash).collect()
    })
}

fn convert(raw: Raw, kind: ColumnType, scan: Option<Scan>, missing: MissingWords<'_>) -> Values {
    use ColumnType::{Binary, Category, Number};
    match (raw, kind, scan) {
        (Raw::Arrays { shape, data, full_scale, .. }, ..) => {
            Values::Array { shape, data, full_scale }
        }
        (Raw::Numbers(values), Category | Binary, _) => Levels::of_numbers(&values).into_values(),
        (Raw::Numbers(values), ..) => Values::Number(values),
        (raw @ (Raw::Text(_) | Raw::Typed(_)), Number, Some(scan)) => {
            drop(raw);
            Values::Number(scan.into_numbers())
        }
        (raw @ (Raw::Text(_) | Raw::Typed(_)), Category | Binary, Some(scan)) => {
            Levels::of_raw(&raw, &scan, missing).into_values()
        }
        // Such a column was made text again.
        (Raw::Typed(typed), ..) => Values::Text(vec![None; typed.len()]),
        (Raw::Names(cells), ..) => {
            Values::Text(cells.iter().map(|name| Some(name.to_string())).collect())
        }
        (Raw::Text(cells), ..) => Values::Text(
            cells
                .iter()
                .map(|cell| missing.present(cell).is_some().then(|| cell.to_string()))
                .collect(),
        ),
    }
}

/// Gives the levels `0`, `1`, … the names that the source has for them.
fn rename(levels: &mut [String], names: &[String]) {
    let index = |level: &String| level.parse::<usize>().ok().filter(|&index| index < names.len());
    if levels.iter().all(|level| index(level).is_some()) {
        for level in levels {
            if let Some(name) = index(level).and_then(|index| names.get(index)) {
                *level = name.clone();
            }
        }
    }
}

/// Rows, in order, that a policy drops.
fn drops(data: &Dataset, notices: &mut Vec<Notice>) -> Vec<usize> {
    let mut dropped = std::collections::BTreeSet::new();
    for column in data.columns.iter().filter(|column| column.role != Role::Ignored) {
        if column.policy.missing != Missing::Drop {
            continue;
        }
        let rows: Vec<usize> =
            (0..data.len()).filter(|&row| column.values.is_missing(row)).collect();
        if !rows.is_empty() {
            notices.push(
                Notice::new("data.rows_dropped", sentence::DATA_ROWS_DROPPED)
                    .with("column", &column.name)
                    .with("count", rows.len())
                    .with("rows", data.len()),
            );
        }
        dropped.extend(rows);
    }
    dropped.into_iter().collect()
}
