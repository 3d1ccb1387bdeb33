//! What makes a split impossible.

use super::{Size, SplitMethod};
use crate::source::csv::list;
use crate::{
    ColumnData, Dataset, HandleUnknown, Part, Role, Task, TokenWindows, Transform, Values,
};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result};

pub(super) fn word(part: Part) -> &'static str {
    match part {
        Part::Train => "train",
        Part::Validation => "validation",
        Part::Test => "test",
    }
}

pub(super) fn size(part: Part, found: Size) -> Fault {
    let expected = "a share below 1 or a whole number of rows";
    Fault::of("data.split_size")
        .with("key", format!("split.{}", word(part)))
        .with("expected", expected)
        .with("found", found)
}

pub(super) fn too_few_rows(part: Part, rows: usize) -> Fault {
    Fault::of("data.too_few_rows").with("rows", rows).with("part", word(part))
}

pub(super) fn too_large(validation: usize, test: usize, rows: usize) -> Fault {
    Fault::of("data.split_too_large")
        .with("validation", validation)
        .with("test", test)
        .with("rows", rows)
}

pub(super) fn not_stratifiable(data: &Dataset) -> Fault {
    let target = data.targets().next().map_or("", |target| &target.name);
    Fault::of("data.not_stratifiable").with("column", target)
}

pub(super) fn no_parts(data: &Dataset) -> Fault {
    Fault::of("data.no_part_files").with("name", data.name())
}

pub(super) fn no_group_named() -> Fault {
    Fault::of("data.no_split_group")
}

pub(super) fn folds(folds: usize, rows: usize) -> Fault {
    Fault::of("data.folds").with("folds", folds).with("rows", rows)
}

/// As [`folds`], of rows that stay together by a column.
pub(super) fn folds_of_groups(folds: usize, groups: usize, column: &str) -> Fault {
    Fault::of("data.folds_of_groups")
        .with("folds", folds)
        .with("groups", groups)
        .with("column", column)
}

pub(super) fn folds_of_what_is_not_drawn(method: SplitMethod) -> Fault {
    Fault::of("data.folds_not_drawn").with("method", method)
}

/// Windows of a text may overlap, so neighbors in two parts would share tokens.
pub(super) fn windows_not_in_time(data: &Dataset, method: SplitMethod) -> Fault {
    let code = if data.series().is_some() { "data.series_split" } else { "data.text_split" };
    Fault::of(code).with("method", method)
}

pub(super) fn no_column_named() -> Fault {
    Fault::of("data.no_split_column")
}

/// `key` is the key that names the column.
pub(super) fn no_such_column(key: &str, name: &str, data: &Dataset) -> Fault {
    let known: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
    let fault = Fault::of("data.unknown_split_column")
        .with("key", key)
        .with("column", name)
        .with("expected", list(&known));
    match nearest(name, known) {
        Some(nearest) => fault
            .help_words(format!("did you mean `{nearest}`?"), format!("혹시 `{nearest}`인가요?")),
        None => fault,
    }
}

pub(super) fn no_part_word(column: &str, row: u64, found: Option<&str>) -> Fault {
    Fault::of("data.split_word")
        .with("column", column)
        .with("row", row + 1)
        .with("expected", "train, validation or test")
        .with("found", found.map_or("nothing".to_string(), |word| list(&[word])))
}

/// A target of one class can be learned by saying it.
pub(super) fn check_classes(data: &Dataset) -> Result<()> {
    if data.task() != Task::Classification {
        return Ok(());
    }
    let Some(target) = data.targets().next() else { return Ok(()) };
    let classes = levels_in(target);
    match classes.as_slice() {
        [] | [_, _, ..] => Ok(()),
        [only] => Err(Fault::of("data.one_class").with("column", &target.name).with("class", only)),
    }
}

/// What would fail only when a part is read, and in the sealed part only after
/// a look was counted, is found here.
pub(super) fn check_parts(train: &Dataset, validation: &Dataset, test: &Dataset) -> Result<()> {
    if train.is_empty() {
        return Err(too_few_rows(Part::Train, validation.len() + test.len()));
    }
    for other in [validation, test] {
        check_tokens(train, other)?;
    }
    for (index, column) in train.columns().iter().enumerate() {
        let known = levels_in(column);
        for (part, other) in [(Part::Validation, validation), (Part::Test, test)] {
            let Some(other) = other.columns().get(index) else { continue };
            if let Some(new) = levels_in(other).iter().find(|level| !known.contains(level)) {
                check_new_level(column, new, part)?;
            }
            check_logarithm(other)?;
        }
        check_logarithm(column)?;
    }
    Ok(())
}

/// A token of a text that no train row has, where that is a fault.
fn check_tokens(train: &Dataset, other: &Dataset) -> Result<()> {
    let windows = |data: &Dataset| -> Vec<TokenWindows> {
        let strict = |column: &&ColumnData| column.policy.handle_unknown == HandleUnknown::Error;
        let columns = data.columns().iter().filter(strict);
        let of_text = columns.filter_map(|column| match &column.values {
            Values::Tokens(windows) => Some(windows.clone()),
            _ => None,
        });
        of_text.collect()
    };
    let known = windows(train);
    let Some(text) = known.first().map(|windows| windows.text.clone()) else { return Ok(()) };
    let mut used = vec![false; text.symbols().len()];
    for place in known.iter().flat_map(TokenWindows::places) {
        used[text.symbol(place)] = true;
    }
    let new = windows(other);
    let mut places = new.iter().flat_map(TokenWindows::places);
    match places.find(|place| !used[text.symbol(*place)]) {
        Some(place) => Err(text.outside(place)),
        None => Ok(()),
    }
}

fn check_new_level(column: &ColumnData, level: &str, part: Part) -> Result<()> {
    let fault = match column.role {
        Role::Target => Fault::of("data.class_not_in_train").with("class", level),
        Role::Input if column.policy.handle_unknown == HandleUnknown::Error => {
            Fault::of("data.level_not_in_train").with("level", level)
        }
        _ => return Ok(()),
    };
    Err(fault.with("column", &column.name).with("part", word(part)))
}

fn check_logarithm(column: &ColumnData) -> Result<()> {
    let Values::Number(values) = &column.values else { return Ok(()) };
    let used = column.role != Role::Ignored && column.policy.transform == Transform::Log;
    match values.iter().find(|value| used && **value <= 0.0) {
        Some(value) => Err(not_positive(&column.name, *value)),
        None => Ok(()),
    }
}

/// A logarithm of a number that has none.
pub(crate) fn not_positive(column: &str, value: f64) -> Fault {
    Fault::of("data.logarithm")
        .with("column", column)
        .with("expected", "positive numbers")
        .with("found", value)
}

/// The levels that rows of a category column really have.
fn levels_in(column: &ColumnData) -> Vec<&str> {
    let Values::Category { levels, indices } = &column.values else { return Vec::new() };
    let mut present = vec![false; levels.len()];
    for index in indices.iter().flatten() {
        if let Some(level) = present.get_mut(*index as usize) {
            *level = true;
        }
    }
    levels
        .iter()
        .zip(present)
        .filter(|(_, present)| *present)
        .map(|(level, _)| level.as_str())
        .collect()
}
