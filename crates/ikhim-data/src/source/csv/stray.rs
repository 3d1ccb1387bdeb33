//! A quote that nobody meant: it makes one cell of all lines up to the next quote.
//!
//! RFC 4180 lets a quoted cell go over several lines, so the lines themselves must tell.
//! Were the quotes letters, each line of a cell that swallowed rows would be a row: as
//! many cells as all others have. A sentence over several lines hardly is, and what
//! makes it certain is one of these:
//!
//! - letters stand behind the quote that closes the cell, which RFC 4180 does not allow;
//! - two columns of numbers at least hold numbers in each of these lines.
//!
//! Then it is a fault. Without either, a cell of three lines and more is told.

use crate::Notice;
use crate::source::dialect;
use crate::source::is_missing_word;
use crate::source::place::{Field, content, fields, line_of, mark};
use ikhim_text::{Fault, sentence};
use std::path::Path;

/// Rows that show which columns hold numbers.
const LOOKED_AT: usize = 50;
/// Cells told in one go.
const TOLD: usize = 10;
/// A cell of fewer lines has no whole row in it.
const LINES_TO_TELL: usize = 3;
/// Columns of numbers that agree by no chance.
const AGREEING: usize = 2;

/// How a text is cut, and where its records are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cut<'a> {
    pub(crate) text: &'a str,
    pub(crate) separator: u8,
    /// Cells of a record.
    pub(crate) width: usize,
    /// Where rows start.
    pub(crate) starts: &'a [usize],
    /// Where the records start that go over several lines.
    pub(crate) spread: &'a [usize],
}

/// A quoted cell of which each line reads like a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stray {
    /// The byte of the quote that opens it.
    pub(crate) at: usize,
    /// Lines that it goes over.
    pub(crate) lines: usize,
    /// Whether nothing else can be meant.
    pub(crate) is_certain: bool,
}

impl Stray {
    /// The fault that tells it, without its place.
    pub(crate) fn fault(&self) -> Fault {
        Fault::of("data.stray_quote").with("lines", self.lines)
    }
}

/// All quoted cells that look like rows.
pub(crate) fn find(cut: Cut<'_>) -> Vec<Stray> {
    // One column has no separators that could be counted.
    if cut.width < 2 || cut.spread.is_empty() {
        return Vec::new();
    }
    let numeric = numeric(cut);
    cut.spread.iter().filter_map(|start| in_record(cut, *start, &numeric)).collect()
}

/// The certain ones as a fault with their places; of the others what to say.
pub(super) fn check(cut: Cut<'_>, path: &Path) -> Result<Option<Notice>, Fault> {
    let found = find(cut);
    let certain = found.iter().filter(|stray| stray.is_certain).take(TOLD);
    let told = |stray: &Stray| mark(stray.fault().file(path), cut.text, stray.at, stray.at + 1);
    let mut faults = certain.map(told);
    if let Some(first) = faults.next() {
        return Err(first.also(faults));
    }
    let Some(first) = found.first() else { return Ok(None) };
    let (line, line_start) = line_of(cut.text.as_bytes(), first.at);
    let column = cut.text[line_start..first.at].chars().count() + 1;
    let place = format!("{}:{line}:{column}", path.display());
    let notice = Notice::new("data.lines_in_cell", sentence::DATA_LINES_IN_CELL)
        .with("count", found.len())
        .with("place", place)
        .with("lines", first.lines);
    Ok(Some(notice))
}

/// The columns whose cells are numbers in at least four of five rows of one line.
fn numeric(cut: Cut<'_>) -> Vec<usize> {
    let mut counts = vec![(0_usize, 0_usize); cut.width];
    let mut spread = cut.spread.iter().peekable();
    let mut looked_at = 0;
    for start in cut.starts {
        while spread.next_if(|other| *other < start).is_some() {}
        if spread.peek() == Some(&start) {
            continue;
        }
        let fields = fields(cut.text.as_bytes(), *start, cut.separator);
        for ((numbers, present), field) in counts.iter_mut().zip(&fields) {
            let cell = content(cut.text, field);
            let is_there = !is_missing_word(cell.trim());
            *present += usize::from(is_there);
            *numbers += usize::from(is_there && dialect::is_number(&cell));
        }
        looked_at += 1;
        if looked_at == LOOKED_AT {
            break;
        }
    }
    let is_numeric = |(numbers, present): (usize, usize)| numbers > 0 && numbers * 5 >= present * 4;
    (0..cut.width).filter(|column| is_numeric(counts[*column])).collect()
}

/// The cell over several lines of a record, where each of them reads like a row.
fn in_record(cut: Cut<'_>, start: usize, numeric: &[usize]) -> Option<Stray> {
    let Cut { text, separator, .. } = cut;
    let bytes = text.as_bytes();
    let fields = fields(bytes, start, separator);
    let field = fields.iter().find(|field| text[field.start..field.end].contains('\n'))?;
    let end = fields.last()?.end;
    let mut lines = 0;
    let mut agreeing: Vec<usize> = numeric.to_vec();
    for line in text[start..end].split('\n') {
        let line = line.strip_suffix('\r').unwrap_or(line);
        let cells = as_row(line, separator, cut.width)?;
        agreeing.retain(|column| dialect::is_number(cells[*column].trim_matches('"')));
        lines += 1;
    }
    let has_letters = has_letters_behind(text, field);
    let is_certain = has_letters || agreeing.len() >= AGREEING;
    (is_certain || lines >= LINES_TO_TELL).then_some(Stray { at: field.start, lines, is_certain })
}

/// The cells of a line that is a row of so many, with its quotes as they are meant, or as
/// letters.
fn as_row(line: &str, separator: u8, width: usize) -> Option<Vec<&str>> {
    let meant = fields(line.as_bytes(), 0, separator);
    if meant.len() == width {
        return Some(meant.iter().map(|field| &line[field.start..field.end]).collect());
    }
    let letters: Vec<&str> = line.split(char::from(separator)).collect();
    (letters.len() == width).then_some(letters)
}

/// Whether something but blanks stands between the quote that closes a field and its end.
fn has_letters_behind(text: &str, field: &Field) -> bool {
    let raw = &text[field.start..field.end];
    let mut close = 1;
    let bytes = raw.as_bytes();
    loop {
        match (bytes.get(close), bytes.get(close + 1)) {
            (None, _) => return false,
            (Some(b'"'), Some(b'"')) => close += 2,
            (Some(b'"'), _) => return !raw[close + 1..].trim().is_empty(),
            _ => close += 1,
        }
    }
}
