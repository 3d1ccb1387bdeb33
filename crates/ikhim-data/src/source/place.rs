//! Where a cell stands in its file: line and column, found only when a fault
//! is told, so that reading keeps nothing but the start of each record.

use super::is_missing_word;
use super::table::Cells;
use ikhim_text::Fault;
use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

/// The separator of records of which each is a line with names of its own, as JSON lines
/// are: the line is the place of all its cells.
pub(crate) const WHOLE_LINES: u8 = b'\n';

/// Longest line that a fault shows.
const SHOWN: usize = 4096;

/// What is needed to find the place of a cell.
#[derive(Debug, Default)]
pub(crate) enum Places {
    /// A text file of separated values.
    File {
        path: PathBuf,
        /// The whole text.
        text: Arc<String>,
        separator: u8,
        /// Byte at which each row starts.
        starts: Vec<usize>,
        /// Byte at which the header starts.
        header: Option<usize>,
    },
    /// Several files as one.
    Files {
        /// Each file, and for each column where it stands there.
        parts: Vec<(Places, Vec<usize>)>,
        /// For each row its file and its place in it.
        rows: Vec<(u32, u32)>,
    },
    /// A folder whose files are rows, or a file that is no text.
    Folder(PathBuf),
    /// Rows that were never in a file.
    #[default]
    Inline,
}

/// One field of a record: the bytes that it takes in the file, quotes
/// included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether a quote was opened and never closed.
    pub(crate) unclosed: bool,
}

impl Places {
    /// Adds the place of a cell to a fault.
    pub(crate) fn cell(&self, fault: Fault, row: usize, column: usize) -> Fault {
        match self {
            Places::File { starts, .. } => self.field(fault, starts.get(row).copied(), column),
            Places::Files { parts, rows } => {
                let place = rows.get(row).and_then(|(file, row)| {
                    let (places, order) = parts.get(*file as usize)?;
                    Some((places, *row as usize, *order.get(column)?))
                });
                match place {
                    Some((places, row, column)) => places.cell(fault, row, column),
                    None => fault,
                }
            }
            _ => self.whole(fault),
        }
    }

    /// Adds the place of a column's name to a fault.
    pub(crate) fn header(&self, fault: Fault, column: usize) -> Fault {
        match self {
            Places::File { header, .. } => self.field(fault, *header, column),
            Places::Files { parts, .. } => match parts.first() {
                Some((places, _)) => places.header(fault, column),
                None => fault,
            },
            _ => self.whole(fault),
        }
    }

    /// Whether the source has a line of names.
    pub(crate) fn has_header(&self) -> bool {
        match self {
            Places::File { header, .. } => header.is_some(),
            Places::Files { parts, .. } => {
                parts.first().is_some_and(|(places, _)| places.has_header())
            }
            _ => false,
        }
    }

    /// Adds the line of names to a fault that is about all of them.
    pub(crate) fn names(&self, fault: Fault) -> Fault {
        match self {
            Places::File { path, text, header: Some(start), .. } => {
                mark(fault.file(path), text, *start, text.len())
            }
            Places::Files { parts, .. } => match parts.first() {
                Some((places, _)) => places.names(fault),
                None => fault,
            },
            _ => self.whole(fault),
        }
    }

    /// Adds the file to a fault that is about all of it.
    pub(crate) fn whole(&self, fault: Fault) -> Fault {
        match self {
            Places::File { path, .. } | Places::Folder(path) => fault.file(path),
            Places::Files { parts, .. } => match parts.first() {
                Some((places, _)) => places.whole(fault),
                None => fault,
            },
            Places::Inline => fault,
        }
    }

    /// The cells of some columns as they stand in the file, all in one pass; nothing
    /// of what is no file.
    pub(crate) fn cells(&self, columns: &[usize]) -> Vec<Cells> {
        match self {
            Places::File { text, separator, starts, .. } => {
                cells(text, starts, *separator, columns)
            }
            Places::Files { parts, .. } => {
                let mut all = vec![Cells::default(); columns.len()];
                for (places, order) in parts {
                    let of_file = |column: &usize| order.get(*column).copied().unwrap_or(*column);
                    let here: Vec<usize> = columns.iter().map(of_file).collect();
                    let more = places.cells(&here);
                    all.iter_mut().zip(more).for_each(|(all, mut more)| all.append(&mut more));
                }
                all
            }
            _ => vec![Cells::default(); columns.len()],
        }
    }

    fn field(&self, fault: Fault, start: Option<usize>, column: usize) -> Fault {
        let Places::File { path, text, separator, .. } = self else { return fault };
        let fault = fault.file(path);
        let Some(start) = start else { return fault };
        let column = if *separator == WHOLE_LINES { 0 } else { column };
        let fields = fields(text.as_bytes(), start, *separator);
        // A record that is too short is shown at its end.
        match fields.get(column).or(fields.last()) {
            Some(field) => mark(fault, text, field.start, field.end),
            None => fault,
        }
    }
}

/// Adds line, column and source line of the bytes `start..end` to a fault.
pub(crate) fn mark(fault: Fault, text: &str, start: usize, end: usize) -> Fault {
    let (line, line_start) = line_of(text.as_bytes(), start);
    let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |length| start + length);
    let column = text[line_start..start].chars().count() + 1;
    let fault = fault.line(line, column);
    let shown = &text[line_start..line_end];
    if shown.chars().count() > SHOWN {
        return fault;
    }
    let width = text[start..end.clamp(start, line_end)].chars().count().max(1);
    fault.source_line(shown, width)
}

/// The line, from 1, that holds a byte, and the byte at which that line starts.
pub(crate) fn line_of(bytes: &[u8], position: usize) -> (usize, usize) {
    let before = &bytes[..position.min(bytes.len())];
    let lines = before.iter().filter(|&&byte| byte == b'\n').count();
    let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |last| last + 1);
    (lines + 1, start)
}

/// Whether a line is a comment: it starts with the sign, and not with a first cell that
/// says a value is missing, as `#N/A` does.
pub(crate) fn is_comment(line: &[u8], sign: Option<u8>) -> bool {
    if sign.is_none() || line.first().copied() != sign {
        return false;
    }
    // No such word is longer, and a comment may be.
    let start = &line[..line.len().min(16)];
    let end = start.iter().position(|byte| matches!(byte, b',' | b';' | b'\t' | b'"' | b'\n'));
    let cell = end.and_then(|end| Some((std::str::from_utf8(&start[..end]).ok()?, start[end])));
    !cell.is_some_and(|(cell, next)| next != b'\n' && is_missing_word(cell.trim()))
}

/// Passes blank lines and comments. Returns where the next record starts and how many comment
/// lines were passed.
pub(crate) fn skip_comments(
    bytes: &[u8],
    mut position: usize,
    comment: Option<u8>,
) -> (usize, usize) {
    let mut comments = 0;
    while let Some(byte) = bytes.get(position) {
        match byte {
            b'\n' | b'\r' => position += 1,
            _ if is_comment(&bytes[position..], comment) => {
                comments += 1;
                let rest = &bytes[position..];
                position += rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
            }
            _ => break,
        }
    }
    (position, comments)
}

/// The fields of the record that starts at a byte, cut as RFC 4180 says and as
/// the csv reader does.
pub(crate) fn fields(bytes: &[u8], start: usize, separator: u8) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut start = start;
    loop {
        let (end, unclosed) = end_of_field(bytes, start, separator);
        fields.push(Field { start, end, unclosed });
        if bytes.get(end) != Some(&separator) {
            return fields;
        }
        start = end + 1;
    }
}

/// The cells of some columns of records that start at these bytes.
pub(crate) fn cells(text: &str, starts: &[usize], separator: u8, columns: &[usize]) -> Vec<Cells> {
    let mut found = vec![Cells::default(); columns.len()];
    if columns.is_empty() {
        return found;
    }
    for &start in starts {
        let fields = fields(text.as_bytes(), start, separator);
        for (cells, column) in found.iter_mut().zip(columns) {
            match fields.get(*column) {
                Some(field) => cells.push(&content(text, field)),
                None => cells.push(""),
            }
        }
    }
    found
}

/// What a field says: without the quotes around it, and one quote for two.
pub(crate) fn content<'a>(text: &'a str, field: &Field) -> Cow<'a, str> {
    let raw = &text[field.start..field.end];
    let Some(inside) = raw.strip_prefix('"') else { return Cow::Borrowed(raw) };
    if let Some(plain) = inside.strip_suffix('"').filter(|plain| !plain.contains('"')) {
        return Cow::Borrowed(plain);
    }
    let mut content = String::with_capacity(inside.len());
    let mut rest = inside;
    loop {
        let Some(quote) = rest.find('"') else {
            content.push_str(rest);
            return Cow::Owned(content);
        };
        content.push_str(&rest[..quote]);
        rest = &rest[quote + 1..];
        match rest.strip_prefix('"') {
            Some(more) => {
                content.push('"');
                rest = more;
            }
            // Behind the quote that closes, quotes are letters.
            None => {
                content.push_str(rest);
                return Cow::Owned(content);
            }
        }
    }
}

/// Where a field ends, and whether its quote is never closed.
pub(crate) fn end_of_field(bytes: &[u8], start: usize, separator: u8) -> (usize, bool) {
    let mut position = start;
    if bytes.get(start) == Some(&b'"') {
        position += 1;
        loop {
            match (bytes.get(position), bytes.get(position + 1)) {
                (None, _) => return (bytes.len(), true),
                (Some(b'"'), Some(b'"')) => position += 2,
                (Some(b'"'), _) => break,
                _ => position += 1,
            }
        }
    }
    let ends = |byte: &u8| *byte == separator || *byte == b'\n' || *byte == b'\r';
    let length = bytes[position..].iter().position(ends);
    (length.map_or(bytes.len(), |length| position + length), false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_a_record_as_rfc_4180_says() {
        let text = "a,\"b,\"\"\nc\",,d\r\nnext";
        let cut: Vec<&str> = fields(text.as_bytes(), 0, b',')
            .iter()
            .map(|field| &text[field.start..field.end])
            .collect();
        assert_eq!(cut, ["a", "\"b,\"\"\nc\"", "", "d"]);
        let open = fields(b"1,\"never", 0, b',');
        assert!(open[1].unclosed && !open[0].unclosed);
    }

    #[test]
    fn passes_comments_and_blank_lines() {
        let (start, comments) = skip_comments(b"\r\n# a\n\n#b\r\n1,2\n", 0, Some(b'#'));
        assert_eq!((start, comments), (11, 2));
        assert_eq!(skip_comments(b"\n# a", 0, None), (1, 0));
        assert_eq!(skip_comments(b"# a", 0, Some(b'#')), (3, 1));
        // A first cell that is missing begins a row; a word alone is a comment.
        for row in [&b"#N/A,1"[..], b"#NA;1", b"#N/A N/A\t1", b"#N/A ,1"] {
            assert_eq!(skip_comments(row, 0, Some(b'#')), (0, 0), "{row:?}");
        }
        for comment in [&b"#NA\n"[..], b"#NAME,1\n", b"#,1\n", b"# N/A,1\n"] {
            assert_eq!(skip_comments(comment, 0, Some(b'#')), (comment.len(), 1), "{comment:?}");
        }
    }

    #[test]
    fn marks_line_and_column_in_characters() {
        let text = "이름,값\n가나,다라\n";
        let start = text.find("다라").unwrap();
        let fault = mark(Fault::of("file.empty"), text, start, start + "다라".len());
        let location = fault.location();
        assert_eq!((location.line, location.column, location.width), (Some(2), Some(4), Some(2)));
        assert_eq!(location.source.as_deref(), Some("가나,다라"));
    }
}
