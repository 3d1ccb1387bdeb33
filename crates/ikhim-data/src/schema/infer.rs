//! The type of a column, found from its cells.
//!
//! Rules, first match wins; "every" counts the cells that hold something:
//!
//! 1. no cell holds anything: left out (empty);
//! 2. at least four of five are numbers: a column of numbers. Then every cell
//!    must be a finite number, else it is a fault. It is left out when one
//!    number fills the whole column (constant), binary when every cell is 0 or
//!    1 and none is missing, an id when it holds whole numbers of which no two
//!    are equal and its name says so (`id`, `…_id`, `index`, `번호`);
//! 3. else text. Left out when one text fills the whole column (constant),
//!    when every text is `train`, `validation` or `test` (part), or
//!    when every text is a date; binary for two texts and nothing missing; from ten rows on, left out when
//!    no two cells are equal and they are single words (id); text when no two
//!    are equal and they are sentences; a category when there are at most 50 levels, or
//!    at most 1,000 with two rows each on average; else text, which is left out
//!    where it has fewer than two words on average: numbers of tickets, codes.
//!
//! Rules look at inputs of all parts of the data: they use no target.

use super::form;
use super::levels::in_one_spelling;
use super::scan::{MissingWords, Scan, counted, merges};
use crate::source::table::Raw;
use crate::{ColumnType, date};
use std::collections::HashSet;

/// Categories with at most this number of levels are always taken.
const FEW_LEVELS: usize = 50;
/// Categories with more levels than this are never taken.
const MANY_LEVELS: usize = 1000;
/// From this number of rows on, cells that all differ are names or sentences.
const ROWS_TO_CALL_NAMES: usize = 10;

/// The words of a column that says the part of each row.
const PARTS: [&str; 3] = ["train", "validation", "test"];

/// Why a column that was given no type is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    Empty,
    Constant,
    Id,
    Text,
    Date,
    Part,
    /// Whole numbers that are one number to a network.
    Merged,
    /// Numbers with a sign or a unit beside them.
    Unit,
    /// Dates that are not written year first.
    OtherDate,
}

impl Leaving {
    /// The word for it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Leaving::Empty => "empty",
            Leaving::Constant => "constant",
            Leaving::Id => "id",
            Leaving::Text => "text",
            Leaving::Date => "date",
            Leaving::Part => "part",
            Leaving::Merged => "numbers too large",
            Leaving::Unit => "numbers with a unit",
            Leaving::OtherDate => "dates in another form",
        }
    }
}

/// What a column is found to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Finding {
    Kind(ColumnType),
    Left(Leaving),
    /// Rows whose cells are no finite number in a column of numbers.
    Wrong,
    /// All cells are numbers with a comma, as `1,5` or `1,000`.
    Commas,
    /// A column of dates has a cell that is written as one and is no day.
    NoDay,
}

/// Finds what an input column is.
pub(crate) fn infer(name: &str, raw: &Raw, scan: &Scan, missing: MissingWords<'_>) -> Finding {
    if scan.present() == 0 {
        return Finding::Left(Leaving::Empty);
    }
    if scan.is_numeric() {
        return if scan.words.is_empty() && scan.infinite.is_empty() {
            numbers(name, scan, merges(raw, scan, missing))
        } else {
            Finding::Wrong
        };
    }
    // Only thousands or decimals written with a comma are in the way.
    if only_commas(raw, missing) {
        return Finding::Commas;
    }
    texts(raw, scan, missing)
}

/// Whether all cells would be numbers without their commas, and not all are
/// numbers with them.
pub(crate) fn only_commas(raw: &Raw, missing: MissingWords<'_>) -> bool {
    let present = || counted(raw, missing).map(|(cell, _)| cell);
    present().any(has_comma) && present().all(|cell| has_comma(cell) || cell.parse::<f64>().is_ok())
}

fn numbers(name: &str, scan: &Scan, merged: bool) -> Finding {
    let mut values = scan.finite();
    let first = values.next();
    if scan.missing == 0 && values.all(|value| Some(value) == first) && scan.rows() > 1 {
        return Finding::Left(if merged { Leaving::Merged } else { Leaving::Constant });
    }
    // One row has one of the two levels only.
    let is_binary = scan.finite().all(|value| value == 0.0 || value == 1.0);
    if scan.missing == 0 && is_binary && scan.rows() > 1 {
        return Finding::Kind(ColumnType::Binary);
    }
    if names_rows(name) && scan.finite().all(|value| value.fract() == 0.0) {
        let mut seen = HashSet::new();
        if merged || scan.finite().all(|value| seen.insert(value.to_bits())) {
            return Finding::Left(Leaving::Id);
        }
    }
    Finding::Kind(ColumnType::Number)
}

fn texts(raw: &Raw, scan: &Scan, missing: MissingWords<'_>) -> Finding {
    if let Some(cells) = in_one_spelling(raw) {
        return texts(&Raw::Text(cells), scan, missing);
    }
    let mut levels = HashSet::new();
    let (mut words, mut present) = (0, 0);
    for (cell, rows) in counted(raw, missing) {
        levels.insert(cell);
        words += cell.split_whitespace().count() * rows;
        present += rows;
    }
    let days = levels.iter().filter(|level| date::seconds(level).is_some()).count();
    let dates = days == levels.len();
    let parts = levels.iter().all(|level| PARTS.contains(level));
    match levels.len() {
        2.. if parts => Finding::Left(Leaving::Part),
        2.. if dates => Finding::Left(Leaving::Date),
        2.. if days * 5 >= levels.len() * 4
            && levels.iter().all(|level| date::seconds(level).is_some() || form::is_day(level)) =>
        {
            Finding::NoDay
        }
        1 if scan.missing == 0 && present > 1 => Finding::Left(Leaving::Constant),
        2 if scan.missing == 0 => Finding::Kind(ColumnType::Binary),
        count if count == present && present >= ROWS_TO_CALL_NAMES => {
            let sentences = words >= present * 3;
            match sentences {
                true => Finding::Kind(ColumnType::Text),
                false => Finding::Left(form::of(&levels).unwrap_or(Leaving::Id)),
            }
        }
        count if count <= FEW_LEVELS => Finding::Kind(ColumnType::Category),
        count if count <= MANY_LEVELS && count * 2 <= present => {
            Finding::Kind(ColumnType::Category)
        }
        _ if words >= present * 2 => Finding::Kind(ColumnType::Text),
        _ => Finding::Left(form::of(&levels).unwrap_or(Leaving::Text)),
    }
}

/// Whether a name says that the column numbers rows.
fn names_rows(name: &str) -> bool {
    let lower = name.to_lowercase();
    let whole = ["id", "index", "idx", "row", "no", "no.", "번호", "순번", "unnamed: 0"];
    let camel = name.ends_with("Id") || name.ends_with("ID");
    whole.contains(&lower.as_str())
        || camel
        || ["_id", " id", "-id", "번호"].iter().any(|end| lower.ends_with(end))
}

/// Whether a cell would be a number if its commas were points or nothing.
fn has_comma(cell: &str) -> bool {
    cell.contains(',')
        && cell.replace(',', "").parse::<f64>().is_ok_and(f64::is_finite)
        && !cell.starts_with(',')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::table::Cells;

    fn found(name: &str, cells: &[&str]) -> Finding {
        let mut column = Cells::default();
        cells.iter().for_each(|cell| column.push(cell));
        let missing = MissingWords(&[]);
        let scan = Scan::of(&column, missing);
        infer(name, &Raw::Text(column), &scan, missing)
    }

    fn numbered(rows: usize, cell: impl Fn(usize) -> String) -> Vec<String> {
        (0..rows).map(cell).collect()
    }

    fn found_in(name: &str, cells: &[String]) -> Finding {
        found(name, &cells.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn numbers() {
        use ColumnType::{Binary, Number};
        assert_eq!(found("x", &["1", "2", "3"]), Finding::Kind(Number));
        assert_eq!(found("x", &["0", "1", "1"]), Finding::Kind(Binary));
        assert_eq!(found("x", &["0", "1", ""]), Finding::Kind(Number));
        assert_eq!(found("x", &["3", "3", "3.0"]), Finding::Left(Leaving::Constant));
        assert_eq!(found("x", &["3"]), Finding::Kind(Number), "one row tells nothing");
        assert_eq!(found("x", &["1"]), Finding::Kind(Number), "one row tells nothing");
        assert_eq!(found("x", &["3", "NA"]), Finding::Kind(Number));
        assert_eq!(found("x", &["", "?"]), Finding::Left(Leaving::Empty));
        assert_eq!(found("PassengerId", &["7", "8", "9"]), Finding::Left(Leaving::Id));
        assert_eq!(found("학생번호", &["7", "8", "9"]), Finding::Left(Leaving::Id));
        assert_eq!(found("user_id", &["7", "8", "7"]), Finding::Kind(Number));
        assert_eq!(found("x", &["1", "2", "3", "4", "x"]), Finding::Wrong);
        assert_eq!(found("x", &["1", "inf"]), Finding::Wrong);
        assert_eq!(found("x", &["1,5", "2,25"]), Finding::Commas);
        assert_eq!(found("x", &["1,000", "2,000,000", "500"]), Finding::Commas);
    }

    #[test]
    fn texts() {
        use ColumnType::{Binary, Category};
        assert_eq!(found("x", &["a", "b", "a"]), Finding::Kind(Binary));
        assert_eq!(found("x", &["가", "\u{1100}\u{1161}", "나"]), Finding::Kind(Binary));
        assert_eq!(found("x", &["a", "b", ""]), Finding::Kind(Category));
        assert_eq!(found("x", &["a", "b", "c"]), Finding::Kind(Category));
        assert_eq!(found("x", &["a", "a"]), Finding::Left(Leaving::Constant));
        assert_eq!(found("x", &["1", "2", "b"]), Finding::Kind(Category));
        assert_eq!(found("x", &["2024-01-02", "2024-01-03"]), Finding::Left(Leaving::Date));
        assert_eq!(found("x", &["2024-01-02", "soon", ""]), Finding::Kind(Category));
        assert_eq!(found("x", &["train", "test", ""]), Finding::Left(Leaving::Part));
        assert_eq!(found("x", &["train", "bus", "test"]), Finding::Kind(Category));
        let days = numbered(10, |i| format!("2024-02-{}", 21 + i));
        assert_eq!(found_in("x", &days), Finding::NoDay, "2024-02-30");
        let other = |form: fn(usize) -> String| found_in("x", &numbered(12, form));
        let unit = Finding::Left(Leaving::Unit);
        assert_eq!(other(|i| format!("${i}.92")), unit);
        assert_eq!(other(|i| format!("{i}%")), unit);
        assert_eq!(other(|i| format!("{i},000원")), unit);
        assert_eq!(other(|i| format!("\u{2212}{i}.5")), unit);
        assert_eq!(other(|i| format!("{i}.5 kg")), unit);
        assert_eq!(other(|i| format!("A{i}")), Finding::Left(Leaving::Id), "a code");
        assert_eq!(other(|i| format!("{i}A{i}")), Finding::Left(Leaving::Id), "a code");
        assert_eq!(other(|i| format!("01/{i:02}/2024")), Finding::Left(Leaving::OtherDate));
        let names = numbered(10, |i| format!("name{i}"));
        assert_eq!(found_in("x", &names), Finding::Left(Leaving::Id));
        let sentences = numbered(10, |i| format!("this is sentence {i}"));
        assert_eq!(found_in("x", &sentences), Finding::Kind(ColumnType::Text));
        let cities = numbered(200, |i| format!("city {}", i % 60));
        assert_eq!(found_in("x", &cities), Finding::Kind(Category));
        let varied = numbered(100, |i| format!("value {}", i % 99));
        assert_eq!(found_in("x", &varied), Finding::Kind(ColumnType::Text));
        let codes = numbered(100, |i| format!("C{}", i % 99));
        assert_eq!(found_in("x", &codes), Finding::Left(Leaving::Text));
    }
}
