//! What cells look like that are no numbers and no dates as they are written.

use super::infer::Leaving;
use std::collections::HashSet;

/// The most letters of a unit behind a number.
const UNIT: usize = 4;

/// What all of these cells look like: numbers with the same sign or unit beside them,
/// or dates in another form than year, month, day.
pub(super) fn of(levels: &HashSet<&str>) -> Option<Leaving> {
    if levels.iter().all(|level| is_other_date(level)) {
        return Some(Leaving::OtherDate);
    }
    let mut beside = HashSet::new();
    for level in levels {
        beside.insert(beside_number(level)?);
    }
    // A sign that is no minus stands before some of the numbers only.
    beside.remove(&(String::new(), String::new()));
    (beside.len() <= 1).then_some(Leaving::Unit)
}

/// Whether a cell is written as a day: four digits, one or two, one or two.
pub(super) fn is_day(cell: &str) -> bool {
    let day = cell.split(['T', ' ']).next().unwrap_or_default();
    let widths: Vec<usize> = day.split(['-', '/', '.']).map(digits).collect();
    matches!(widths[..], [4, 1 | 2, 1 | 2])
}

/// Whether a cell is a day with the year at its end.
fn is_other_date(cell: &str) -> bool {
    let widths: Vec<usize> = cell.split(['-', '/', '.']).map(|part| digits(part.trim())).collect();
    matches!(widths[..], [1 | 2, 1 | 2, 4])
}

/// How many digits a text has that is nothing else; 0 for any other.
fn digits(text: &str) -> usize {
    if text.bytes().all(|byte| byte.is_ascii_digit()) { text.len() } else { 0 }
}

/// What stands before and behind the one number of a cell; `None` where it is no number
/// with a short sign or unit beside it. Letters before a number make a code of it.
fn beside_number(cell: &str) -> Option<(String, String)> {
    let first = cell.find(|sign: char| sign.is_ascii_digit())?;
    let last = cell.rfind(|sign: char| sign.is_ascii_digit())?;
    // Blanks that keep a number on one line group its thousands.
    let number = cell[first..=last].replace([',', '\u{a0}', '\u{202f}'], "");
    let before = cell[..first].trim().trim_matches(['-', '+', '.']).trim();
    let behind = cell[last + 1..].trim().trim_start_matches('.').trim();
    let names = |sign: char| sign.is_alphabetic() || ['#', '№', '_'].contains(&sign);
    let is_sign = before.chars().count() <= 2 && !before.contains(names);
    let is_unit = behind.chars().count() <= UNIT && !behind.contains(['-', '_', '/', ':']);
    (number.parse::<f64>().is_ok() && is_sign && is_unit)
        .then(|| (before.to_string(), behind.to_string()))
}
