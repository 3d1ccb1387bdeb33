//! New rows read by the schema of a model.

use super::Schema;
use super::plan::{Plan, check_values};
use super::request::Request;
use super::scan::{MissingWords, Scan};
use crate::source::csv::list;
use crate::source::table::{Raw, Table};
use crate::{Column, ColumnType, Notice, Role};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result, sentence};
use std::collections::{HashMap, HashSet};

/// Puts the columns in the order of the schema, those that it does not know
/// behind them. A missing input is a fault, a missing target or unused column
/// is not. Returns how many columns the schema knows, and all of them in the order of
/// the source.
pub(crate) fn plan(
    mut table: Table,
    schema: &Schema,
    request: &Request,
    notices: &mut Vec<Notice>,
) -> Result<(Table, Vec<Plan>, usize, Vec<String>)> {
    name_by_place(&mut table, schema, notices);
    let missing = MissingWords(&request.missing_values);
    let places: HashMap<&str, usize> =
        table.names.iter().enumerate().map(|(index, name)| (name.as_str(), index)).collect();
    let mut order = Vec::new();
    let mut plans = Vec::new();
    let mut faults = Vec::new();
    for column in &schema.columns {
        let Some(&index) = places.get(column.name.as_str()) else {
            if column.role == Role::Input {
                faults.push(absent(&table, &column.name));
            }
            continue;
        };
        let scan = Scan::of_raw(&table.columns[index], missing);
        if let Err(fault) = fits(&table, index, column.kind, &column.shape).and_then(|()| {
            check_values(&table, index, column.kind, scan.as_ref(), "data.number_expected")
        }) {
            faults.push(fault);
        }
        order.push(index);
        plans.push(Plan {
            kind: column.kind,
            role: column.role,
            policy: column.policy.clone(),
            leaving: None,
            is_given: false,
            scan,
        });
    }
    let mut faults = faults.into_iter();
    if let Some(fault) = faults.next() {
        return Err(fault.also(faults));
    }
    let known = order.len();
    let taken: HashSet<usize> = order.iter().copied().collect();
    let extra: Vec<usize> = (0..table.names.len()).filter(|i| !taken.contains(i)).collect();
    // The names of files are shown beside what is said of them.
    let unused = extra.iter().filter(|&&index| !matches!(table.columns[index], Raw::Names(_)));
    let names: Vec<&String> = unused.map(|&index| &table.names[index]).collect();
    if !names.is_empty() {
        notices.push(
            Notice::new("data.extra_columns", sentence::DATA_EXTRA_COLUMNS)
                .with("columns", list(&names)),
        );
    }
    for index in extra {
        order.push(index);
        plans.push(Plan {
            kind: ColumnType::Ignore,
            role: Role::Ignored,
            policy: Column::ignore().decide(ColumnType::Ignore, false),
            leaving: None,
            is_given: false,
            scan: None,
        });
    }
    table.keep_text(order.iter().copied().zip(plans.iter().map(|plan| plan.kind)));
    let in_source = table.names.clone();
    Ok((reorder(table, &order), plans, known, in_source))
}

/// Columns that are only counted take the names of the schema by their place,
/// when there are as many as inputs or as all columns.
fn name_by_place(table: &mut Table, schema: &Schema, notices: &mut Vec<Notice>) {
    if table.named {
        return;
    }
    let all: Vec<String> = schema.columns.iter().map(|column| column.name.clone()).collect();
    let without_target = schema.columns.iter().filter(|column| column.role != Role::Target);
    let without_target: Vec<String> = without_target.map(|column| column.name.clone()).collect();
    let width = table.names.len();
    let Some(names) = [all, without_target].into_iter().find(|names| names.len() == width) else {
        return;
    };
    if names != table.names {
        notices.push(
            Notice::new("data.named_by_place", sentence::DATA_NAMED_BY_PLACE)
                .with("columns", list(&names)),
        );
    }
    table.names = names;
}

fn absent(table: &Table, name: &str) -> Fault {
    let fault =
        Fault::of("data.missing_column").with("column", name).with("found", list(&table.names));
    let fault = table.places.names(fault);
    match nearest(name, table.names.iter().map(String::as_str)) {
        Some(near) => fault.help_words(
            format!("did you mean `{near}`? Rename it to `{name}`"),
            format!("혹시 `{near}`인가요? 이름을 `{name}`(으)로 바꾸세요"),
        ),
        None => fault,
    }
}

/// Arrays must be arrays of the same shape.
fn fits(table: &Table, index: usize, kind: ColumnType, expected: &[usize]) -> Result<()> {
    let found = match &table.columns[index] {
        Raw::Arrays { shape, .. } => shape.clone(),
        _ => Vec::new(),
    };
    if (kind == ColumnType::Image || !found.is_empty()) && found != expected {
        let fault = Fault::of("data.image_shape")
            .with("column", &table.names[index])
            .with("expected", format!("{expected:?}"))
            .with("found", format!("{found:?}"));
        return Err(table.places.whole(fault));
    }
    Ok(())
}

fn reorder(table: Table, order: &[usize]) -> Table {
    let Table { names, columns, kinds, .. } = &table;
    let picked_names = order.iter().map(|&index| names[index].clone()).collect();
    let picked_kinds = order.iter().map(|&index| kinds[index]).collect();
    let picked = order.iter().map(|&index| columns[index].clone()).collect();
    let in_place = order.iter().enumerate().all(|(place, index)| place == *index);
    let row_hashes = table.row_hashes.filter(|_| in_place);
    Table { names: picked_names, columns: picked, kinds: picked_kinds, row_hashes, ..table }
}
