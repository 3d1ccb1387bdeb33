//! A file of separated values, cut and typed on all cores.
//!
//! The text is cut into stretches of lines. Each is read as if no quoted field
//! went through its beginning, and typed while it is read: no cell is copied. Where
//! the stretch before ends somewhere else, because a quoted field holds the line's
//! end, the stretch is read again from there, so that what is read is what one
//! reader would read from the first byte to the last.

use super::number::decimal;
use super::typed::{Cell, Typed};
use crate::cores::on_all_cores;
use crate::source::place::{content, fields, is_comment};
use crate::{ContentHash, RowHash, RowHasher};
use std::ops::Range;

/// Bytes of a stretch.
pub(super) const STRETCH: usize = 1 << 22;

/// How the text is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Form<'a> {
    pub(crate) separator: u8,
    pub(crate) comment: Option<u8>,
    /// Cells of a record.
    pub(crate) width: usize,
    /// A person's own words for a missing value.
    pub(crate) missing: &'a [String],
    /// Whether the rows are hashed.
    pub(crate) hashes: bool,
}

/// What was found in a stretch, or in a whole file.
#[derive(Debug, Default)]
pub(crate) struct Scanned {
    pub(crate) columns: Vec<Typed>,
    pub(crate) row_hashes: Vec<RowHash>,
    /// Byte at which each row starts.
    pub(crate) starts: Vec<usize>,
    pub(crate) comments: usize,
    /// Records of another width: where they start, how many cells they have, and
    /// how many records of the stretch stand before them.
    pub(crate) ragged: Vec<(usize, usize, usize)>,
    /// Where the records start that go over several lines.
    pub(crate) spread: Vec<usize>,
    /// Where the last record starts.
    pub(crate) last: Option<usize>,
    /// Where the next stretch starts.
    end: usize,
}

/// Reads the records that start in a range of bytes, by stretches of so many.
pub(super) fn scan(text: &str, range: Range<usize>, stretch: usize, form: Form<'_>) -> Scanned {
    let bytes = text.as_bytes();
    let ranges = stretches(bytes, range.clone(), stretch);
    let parts = on_all_cores(ranges.clone(), |range| one(text, range, form));
    let mut whole: Vec<Scanned> = Vec::with_capacity(parts.len());
    let mut next = past_ends(bytes, range.start);
    for (meant, part) in ranges.into_iter().zip(parts) {
        let part = match past_ends(bytes, meant.start) == next {
            true => part,
            // A quoted field goes on beyond the stretch before.
            false if next < meant.end => one(text, next..meant.end, form),
            false => Scanned { end: next, ..Scanned::default() },
        };
        next = past_ends(bytes, part.end);
        whole.push(part);
    }
    joined(whole, form.width)
}

/// Ranges that begin behind the end of a line.
fn stretches(bytes: &[u8], range: Range<usize>, stretch: usize) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = range.start;
    while start < range.end {
        let meant = start.saturating_add(stretch.max(1)).min(range.end);
        let rest = &bytes[meant..range.end];
        let end = rest.iter().position(|byte| *byte == b'\n');
        let end = end.map_or(range.end, |length| meant + length + 1);
        ranges.push(start..end);
        start = end;
    }
    ranges
}

/// The first byte from a place on that ends no line.
fn past_ends(bytes: &[u8], mut place: usize) -> usize {
    while matches!(bytes.get(place), Some(b'\n' | b'\r')) {
        place += 1;
    }
    place
}

/// Reads the records that start in a range.
pub(crate) fn one(text: &str, range: Range<usize>, form: Form<'_>) -> Scanned {
    let bytes = text.as_bytes();
    let mut found = Scanned::default();
    found.columns.resize_with(form.width, Typed::default);
    let mut row = RowHasher::new();
    // About as many rows as records of the first one's length would be.
    let mut room = 0;
    let mut place = range.start;
    while place < range.end {
        match bytes[place] {
            b'\n' | b'\r' => place += 1,
            _ if is_comment(&bytes[place..], form.comment) => {
                found.comments += 1;
                let rest = &bytes[place..];
                place += rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            }
            _ => {
                found.last = Some(place);
                let (end, width, lines) =
                    record(text, place, form, &mut found.columns, &mut row, room);
                if lines == Lines::Several {
                    found.spread.push(place);
                }
                let hash = form.hashes.then(|| row.next_row());
                if width == form.width {
                    found.starts.push(place);
                    found.row_hashes.extend(hash);
                } else {
                    found.ragged.push((place, width, found.starts.len() + found.ragged.len() + 1));
                }
                if room == 0 {
                    room = range.len() / (end - place).max(1) * 9 / 8 + 1;
                    found.starts.reserve(room);
                    found.row_hashes.reserve(if form.hashes { room } else { 0 });
                }
                place = end;
            }
        }
    }
    found.end = place;
    found
}

/// How many lines a record goes over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lines {
    One,
    Several,
}

/// Reads one record into the columns; gives where it ends, how many cells it
/// has, and whether a quoted one goes over several lines. A record of another width leaves the columns uneven: it is a fault that is
/// told instead of them.
fn record(
    text: &str,
    start: usize,
    form: Form<'_>,
    columns: &mut [Typed],
    row: &mut RowHasher,
    room: usize,
) -> (usize, usize, Lines) {
    let bytes = text.as_bytes();
    let (mut place, mut width) = (start, 0);
    loop {
        let (end, number) = match bytes.get(place) {
            Some(b'"') => return quoted(text, start, form, columns, row, width),
            _ => decimal(bytes, place),
        };
        let ends = |place: usize| match bytes.get(place) {
            Some(byte) => *byte == form.separator || *byte == b'\n' || *byte == b'\r',
            None => true,
        };
        let (end, cell) = match number {
            Some(number) if ends(end) && form.missing.is_empty() => {
                (end, Cell::Number(number + 0.0))
            }
            _ => {
                let mut end = end;
                while !ends(end) {
                    end += 1;
                }
                (end, Cell::of(&text[place..end], form.missing))
            }
        };
        if form.hashes {
            cell.hash(row);
        }
        if let Some(column) = columns.get_mut(width) {
            column.push(cell, room);
        }
        width += 1;
        if bytes.get(end) != Some(&form.separator) {
            return (end, width, Lines::One);
        }
        place = end + 1;
    }
}

/// The cells of a record that has quotes, from one on.
fn quoted(
    text: &str,
    start: usize,
    form: Form<'_>,
    columns: &mut [Typed],
    row: &mut RowHasher,
    from: usize,
) -> (usize, usize, Lines) {
    let fields = fields(text.as_bytes(), start, form.separator);
    for (index, field) in fields.iter().enumerate().skip(from) {
        let content = content(text, field);
        let cell = Cell::of(&content, form.missing);
        if form.hashes {
            cell.hash(row);
        }
        if let Some(column) = columns.get_mut(index) {
            column.push(cell, 0);
        }
    }
    let end = fields.last().map_or(text.len(), |field| field.end);
    let lines = if text[start..end].contains('\n') { Lines::Several } else { Lines::One };
    (end, fields.len(), lines)
}

/// Puts stretches one behind the other.
fn joined(parts: Vec<Scanned>, width: usize) -> Scanned {
    let rows = parts.iter().map(|part| part.starts.len()).sum();
    let mut whole = Scanned {
        row_hashes: Vec::with_capacity(rows),
        starts: Vec::with_capacity(rows),
        ..Scanned::default()
    };
    let mut columns: Vec<Vec<Typed>> = (0..width).map(|_| Vec::new()).collect();
    for part in parts {
        let before = whole.starts.len() + whole.ragged.len();
        let ragged = part.ragged.into_iter();
        whole.ragged.extend(ragged.map(|(start, found, row)| (start, found, before + row)));
        whole.starts.extend_from_slice(&part.starts);
        whole.spread.extend_from_slice(&part.spread);
        whole.row_hashes.extend_from_slice(&part.row_hashes);
        whole.comments += part.comments;
        whole.last = part.last.or(whole.last);
        for (column, piece) in columns.iter_mut().zip(part.columns) {
            column.push(piece);
        }
    }
    whole.columns = on_all_cores(columns, Typed::joined);
    whole
}

/// The hash of a text, while other work goes on.
pub(super) fn hashed_beside<R>(text: &str, work: impl FnOnce() -> R) -> (ContentHash, R) {
    std::thread::scope(|scope| {
        let hash = scope.spawn(|| ContentHash::of(text.as_bytes()));
        let result = work();
        let hash = hash.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        (hash, result)
    })
}
