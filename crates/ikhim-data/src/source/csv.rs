//! Files of separated values.
//!
//! RFC 4180 with the freedoms found in the wild: lines that start with `#`, or
//! with another sign, are comments, the separator may be a comma, a semicolon or a tab, a byte order
//! mark is passed over, gzip is unpacked, the last line may lack its end, and
//! a header may be missing. What was decided is told by a notice.

#[cfg(test)]
mod agreement;
mod number;
mod scan;
mod stray;
mod typed;

pub(crate) use scan::{Form, Scanned, one};
pub(crate) use stray::{Cut, find as stray_quotes};
pub(crate) use typed::{Typed, Words};

use super::dialect::{self, Dialect, Header};
use super::encoding;
use super::place::{self, Places, content, fields, mark, skip_comments};
use super::table::{Cells, Raw, Table, stem};
use crate::{ContentHash, Notice, Origin, RowHash};
use csv::StringRecord;
use ikhim_text::brief::{SHOWN, brief};
use ikhim_text::{Fault, Result, sentence};
use scan::scan;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A shorter text is cut cell by cell: it is done before threads would begin.
const SHORT: usize = 1 << 20;

/// Ragged rows told in one go.
const TOLD: usize = 10;

/// What a person says about a file of separated values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Options {
    pub(crate) separator: Option<u8>,
    pub(crate) header: Option<bool>,
    /// Names that columns are known to have: a first record that holds one of
    /// them is a header.
    pub(crate) known: Vec<String>,
    /// The inputs of the model that the file is read for.
    pub(crate) inputs: Vec<String>,
    /// Names for the columns of a file whose first record is a row.
    pub(crate) names: Option<Vec<String>>,
    /// What a line starts with that is a comment; without it no line is one.
    pub(crate) comment: Option<u8>,
    /// A person's own words for a missing value.
    pub(crate) missing: Vec<String>,
    /// A text of so many bytes is read by stretches of this length.
    pub(crate) stretch: (usize, usize),
}

impl Default for Options {
    fn default() -> Options {
        Options {
            separator: None,
            header: None,
            known: Vec::new(),
            inputs: Vec::new(),
            names: None,
            comment: Some(b'#'),
            missing: Vec::new(),
            stretch: (SHORT, scan::STRETCH),
        }
    }
}

/// Cuts the content of a file that was read from a path into cells.
pub(crate) fn parse_file(content: Vec<u8>, path: &Path, options: &Options) -> Result<Table> {
    parse(content, Origin::File(path.to_path_buf()), path, options)
}

/// Cuts content into cells; `path` is what faults call it.
pub(crate) fn parse(
    content: Vec<u8>,
    origin: Origin,
    path: &Path,
    options: &Options,
) -> Result<Table> {
    let length = content.len();
    let early = (length < options.stretch.0).then(|| ContentHash::of(&content));
    // What is no plain text is hashed as it stands in the file.
    let early = early.or_else(|| {
        let plain =
            !content.starts_with("\u{feff}".as_bytes()) && std::str::from_utf8(&content).is_ok();
        (!plain).then(|| ContentHash::of(&content))
    });
    let (text, encoding) = encoding::decode(content, path)?;
    let top = Top::of(&text, options.comment);
    let dialect = top.dialect(&text, options);
    let (content_hash, mut records) = match early {
        Some(hash) => (hash, Records::of(text, top.end, dialect, path, options)?),
        None => {
            let text = Arc::new(text);
            let (hash, records) = scan::hashed_beside(&text, || {
                Records::of(Arc::clone(&text), top.end, dialect, path, options)
            });
            (hash, records?)
        }
    };

    let mut notices = Vec::new();
    if let Some(encoding) = encoding {
        let notice = Notice::new("data.encoding", sentence::DATA_ENCODING);
        notices.push(notice.with("encoding", encoding));
    }
    let comments = top.comments + records.comments;
    if comments > 0 {
        notices.push(Notice::new("data.comments", sentence::DATA_COMMENTS).with("count", comments));
    }
    if options.separator.is_none() && dialect.separator != b',' {
        let name = if dialect.separator == b'\t' { "tab" } else { "`;`" };
        notices
            .push(Notice::new("data.separator", sentence::DATA_SEPARATOR).with("separator", name));
    }
    notices.extend(records.stray.take());
    if dialect.is_ended {
        records.pass_over_end()?;
        notices.push(Notice::new("data.trailing_separator", sentence::DATA_TRAILING_SEPARATOR));
    }
    let (names, class_names) = records.names(dialect.header, &top, options, &mut notices)?;
    if records.starts.is_empty() {
        if let (true, Some(sign)) = (records.first.is_empty() && comments > 0, options.comment) {
            return Err(Fault::of("data.only_comments")
                .with("path", path.display())
                .with("count", comments)
                .with("sign", char::from(sign))
                .file(path));
        }
        return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
    }
    Ok(Table {
        name: stem(path),
        origin,
        content_hash,
        named: dialect.header == Header::Names
            || options.names.is_some()
            || !names_are_counted(&names),
        kinds: vec![None; names.len()],
        names,
        columns: records.columns,
        class_names,
        notices,
        places: Places::File {
            path: path.to_path_buf(),
            text: records.text,
            separator: dialect.separator,
            starts: records.starts,
            header: (dialect.header == Header::Names).then_some(records.first_start),
        },
        default_target: None,
        parts: None,
        credit: None,
        row_hashes: records.row_hashes,
    })
}

/// The comment lines at the top of a file. There, and only there, a comment
/// may stand in quotes: below, a quoted sign is a value.
struct Top {
    /// What a line of Excel says: the separator.
    separator: Option<u8>,
    end: usize,
    comments: usize,
    last: String,
}

impl Top {
    fn of(text: &str, comment: Option<u8>) -> Top {
        let sign = comment.map(char::from);
        let is_comment = |line: &str| {
            place::is_comment(line.strip_prefix('"').unwrap_or(line).as_bytes(), comment)
        };
        let (separator, end) = match dialect::announced(text) {
            Some((separator, end)) => (Some(separator), end),
            None => (None, 0),
        };
        let mut top = Top { separator, end, comments: 0, last: String::new() };
        for line in text[end..].split_inclusive('\n') {
            let content = line.trim();
            if is_comment(content) {
                top.comments += 1;
                let content = content.trim_matches('"');
                top.last = content.trim_start_matches(|c| Some(c) == sign).to_string();
            } else if !content.is_empty() {
                break;
            }
            top.end += line.len();
        }
        top
    }

    /// How the text behind it is written.
    fn dialect(&self, text: &str, options: &Options) -> Dialect {
        dialect::detect(&text[self.end..], options.separator.or(self.separator), options)
    }

    /// The last comment as names of columns: files without a header often
    /// have it there.
    fn names(&self, width: usize, separator: u8) -> Option<Vec<String>> {
        let names: Vec<String> =
            self.last.split(char::from(separator)).map(|name| name.trim().to_string()).collect();
        let word = |name: &String| !name.is_empty() && name.parse::<f64>().is_err();
        let fits = width > 1 && names.len() == width && names.iter().all(word);
        (fits && first_repeated(&names).is_none()).then_some(names)
    }
}

/// What the first bytes of a file say of all others.
pub(crate) struct Head {
    pub(crate) separator: u8,
    /// Cells of a record.
    pub(crate) width: usize,
    /// Where the rows begin.
    pub(crate) rows: usize,
    /// Whether the first record names the columns; `None` where it counts rows.
    pub(crate) has_names: Option<bool>,
    /// Whether each row ends with a separator that the names lack.
    pub(crate) is_ended: bool,
}

/// Reads the beginning of a text, which ends where a line does.
pub(crate) fn head(text: &str, path: &Path, options: &Options) -> Result<Head> {
    let top = Top::of(text, options.comment);
    let Dialect { separator, header, comment, is_ended } = top.dialect(text, options);
    let (start, _) = skip_comments(text.as_bytes(), top.end, comment);
    let first = fields(text.as_bytes(), start, separator);
    if let Some(field) = first.iter().find(|field| field.unclosed) {
        let fault = Fault::of("data.unclosed_quote").file(path);
        return Err(mark(fault, text, field.start, field.start + 1));
    }
    let (rows, has_names) = match header {
        Header::Absent => (start, Some(false)),
        Header::Names => (first.last().map_or(text.len(), |field| field.end), Some(true)),
        Header::Counts { .. } => (start, None),
    };
    Ok(Head { separator, width: first.len(), rows, has_names, is_ended })
}

/// All records of a file.
struct Records {
    text: Arc<String>,
    path: PathBuf,
    separator: u8,
    first: StringRecord,
    first_start: usize,
    columns: Vec<Raw>,
    row_hashes: Option<Vec<RowHash>>,
    starts: Vec<usize>,
    /// Where the rows start that go over several lines.
    spread: Vec<usize>,
    /// What is to be said of cells that look like rows.
    stray: Option<Notice>,
    comments: usize,
}

impl Records {
    /// Cuts a short text cell by cell, a long one on all cores.
    fn of(
        text: impl Into<Arc<String>>,
        top: usize,
        dialect: Dialect,
        path: &Path,
        options: &Options,
    ) -> Result<Records> {
        let text = text.into();
        let plain = dialect.separator.is_ascii() && dialect.separator != b'"';
        match text.len() >= options.stretch.0 && plain {
            true => Records::scan(text, top, dialect, path, options),
            false => Records::read(text, top, dialect, path),
        }
    }

    /// Reads the first record cell by cell, and types all rows while they are cut.
    fn scan(
        text: Arc<String>,
        top: usize,
        dialect: Dialect,
        path: &Path,
        options: &Options,
    ) -> Result<Records> {
        let Dialect { separator, header, comment, .. } = dialect;
        let (first_start, comments) = skip_comments(text.as_bytes(), top, comment);
        let mut first = StringRecord::new();
        let mut reader = dialect::reader(&text[first_start..], separator, None);
        reader.read_record(&mut first).map_err(|error| broken(path, &error))?;
        let width = match header {
            Header::Counts { inputs, .. } => inputs + 1,
            _ => first.len() + usize::from(dialect.is_ended),
        };
        let fields = fields(text.as_bytes(), first_start, separator);
        let rows = match header {
            Header::Absent => first_start,
            _ => fields.last().map_or(text.len(), |field| field.end),
        };
        let form = Form { separator, comment, width, missing: &options.missing, hashes: true };
        let found = scan(&text, rows..text.len(), options.stretch.1, form);
        let mut records = Records {
            text,
            path: path.to_path_buf(),
            separator,
            first,
            first_start,
            columns: Vec::new(),
            row_hashes: Some(found.row_hashes),
            starts: found.starts,
            spread: found.spread,
            stray: None,
            comments: comments + found.comments,
        };
        records.check_quotes(found.last.unwrap_or(first_start), width)?;
        records.check_widths(width, &found.ragged)?;
        let is_mixed = |typed: &Typed| matches!(typed, Typed::Mixed(_));
        let columns = found.columns.iter().enumerate();
        let mixed: Vec<usize> =
            columns.filter(|(_, typed)| is_mixed(typed)).map(|(column, _)| column).collect();
        let texts = place::cells(&records.text, &records.starts, separator, &mixed);
        let mut texts = texts.into_iter();
        let raw = |typed| match typed {
            Typed::Mixed(_) => Raw::Text(texts.next().unwrap_or_default()),
            typed => Raw::Typed(Arc::new(typed)),
        };
        records.columns = found.columns.into_iter().map(raw).collect();
        Ok(records)
    }

    fn read(text: Arc<String>, top: usize, dialect: Dialect, path: &Path) -> Result<Records> {
        let Dialect { separator, header, comment, .. } = dialect;
        let mut first = None;
        let mut columns = Vec::new();
        let mut starts = Vec::new();
        let mut comments = 0;
        let (mut ragged, mut spread) = (Vec::new(), Vec::new());
        let mut last = top;
        // What the reader would take for a comment may be a row.
        let mut reader = dialect::reader(&text[top..], separator, None);
        let mut record = StringRecord::new();
        loop {
            let position = top + reader.position().byte() as usize;
            let (start, passed) = skip_comments(text.as_bytes(), position, comment);
            comments += passed;
            if start >= text.len() {
                break;
            }
            if passed > 0 {
                let mut behind = reader.position().clone();
                behind.set_byte((start - top) as u64);
                reader.seek(behind).map_err(|error| broken(path, &error))?;
            }
            if !reader.read_record(&mut record).map_err(|error| broken(path, &error))? {
                break;
            }
            last = start;
            if first.is_none() {
                let width = match header {
                    Header::Counts { inputs, .. } => inputs + 1,
                    _ => record.len() + usize::from(dialect.is_ended),
                };
                columns.resize_with(width, Cells::default);
                first = Some((record.clone(), start));
                if header != Header::Absent {
                    continue;
                }
            }
            // Only a quoted cell holds the end of a line.
            if record.iter().any(|cell| cell.contains('\n')) {
                spread.push(start);
            }
            if record.len() != columns.len() {
                ragged.push((start, record.len(), starts.len() + ragged.len() + 1));
                continue;
            }
            starts.push(start);
            for (column, cell) in columns.iter_mut().zip(&record) {
                column.push(cell);
            }
        }
        let (first, first_start) = first.unwrap_or_default();
        let width = columns.len();
        let mut records = Records {
            text,
            path: path.to_path_buf(),
            separator,
            first,
            first_start,
            columns: columns.into_iter().map(Raw::Text).collect(),
            row_hashes: None,
            starts,
            spread,
            stray: None,
            comments,
        };
        // A quote that is never closed swallows the rest of the file, and what
        // it leaves looks ragged: it is told first.
        records.check_quotes(last, width)?;
        records.check_widths(width, &ragged)?;
        Ok(records)
    }

    fn check_quotes(&mut self, last: usize, width: usize) -> Result<()> {
        let fields = fields(self.text.as_bytes(), last, self.separator);
        if let Some(field) = fields.iter().find(|field| field.unclosed) {
            let fault = Fault::of("data.unclosed_quote").file(&self.path);
            return Err(mark(fault, &self.text, field.start, field.start + 1));
        }
        let cut = Cut {
            text: &self.text,
            separator: self.separator,
            width,
            starts: &self.starts,
            spread: &self.spread,
        };
        self.stray = stray::check(cut, &self.path)?;
        Ok(())
    }

    /// Leaves out the column behind the last name, which must be empty in all rows.
    fn pass_over_end(&mut self) -> Result<()> {
        let value = match self.columns.pop() {
            Some(Raw::Text(cells)) => cells.iter().position(|cell| !cell.trim().is_empty()),
            Some(Raw::Typed(typed)) if matches!(*typed, Typed::Missing(_)) => None,
            _ => self.starts.iter().position(|start| {
                let fields = fields(self.text.as_bytes(), *start, self.separator);
                let last = fields.last().map(|field| content(&self.text, field));
                last.is_some_and(|cell| !cell.trim().is_empty())
            }),
        };
        // The hashes counted the cell that is left out.
        self.row_hashes = None;
        let width = self.columns.len();
        match value {
            Some(row) => self.check_widths(width, &[(self.starts[row], width + 1, row + 1)]),
            None => Ok(()),
        }
    }

    fn check_widths(&self, width: usize, ragged: &[(usize, usize, usize)]) -> Result<()> {
        let mut faults = ragged.iter().take(TOLD).map(|&(start, found, row)| {
            let fields = fields(self.text.as_bytes(), start, self.separator);
            let fault = Fault::of("data.ragged_row")
                .with("expected", width)
                .with("found", found)
                .with("row", row)
                .file(&self.path);
            match fields.get(width).or(fields.last()) {
                Some(field) => mark(fault, &self.text, field.start, field.end),
                None => fault,
            }
        });
        match faults.next() {
            Some(fault) => Err(fault.also(faults)),
            None => Ok(()),
        }
    }

    /// Names of the columns, and of the classes where the file has them.
    fn names(
        &self,
        header: Header,
        top: &Top,
        options: &Options,
        notices: &mut Vec<Notice>,
    ) -> Result<(Vec<String>, Vec<String>)> {
        let width = self.columns.len();
        match header {
            Header::Names => {
                let names = self.header_names()?;
                if options.header != Some(true) {
                    notices.push(
                        Notice::new("data.header", sentence::DATA_HEADER)
                            .with("columns", list(&names)),
                    );
                }
                Ok((names, Vec::new()))
            }
            Header::Absent if options.names.is_some() => {
                let names = options.names.clone().unwrap_or_default();
                self.check_names(&names)?;
                Ok((names, Vec::new()))
            }
            Header::Absent => {
                // A comment that does not name what a model needs is only a
                // comment where the file is known to have no names.
                let fits = |names: &Vec<String>| {
                    let all = options.inputs.iter().all(|input| names.contains(input));
                    options.header.is_none() || all
                };
                let names = top.names(width, self.separator).filter(fits);
                let notice = match names {
                    Some(_) => Notice::new("data.comment_header", sentence::DATA_COMMENT_HEADER),
                    None => Notice::new("data.no_header", sentence::DATA_NO_HEADER),
                };
                let names = names.unwrap_or_else(|| (1..=width).map(numbered).collect());
                notices.push(notice.with("columns", list(&names)));
                Ok((names, Vec::new()))
            }
            Header::Counts { rows, inputs } => {
                if rows != self.starts.len() {
                    let fault = Fault::of("data.row_count")
                        .with("expected", rows)
                        .with("found", self.starts.len())
                        .file(&self.path);
                    return Err(self.mark_header(fault, 0));
                }
                let classes: Vec<String> =
                    self.first.iter().skip(2).map(|name| name.trim().to_string()).collect();
                notices.push(
                    Notice::new("data.counts_header", sentence::DATA_COUNTS_HEADER)
                        .with("rows", rows)
                        .with("inputs", inputs)
                        .with("classes", list(&classes)),
                );
                Ok(((1..=width).map(numbered).collect(), classes))
            }
        }
    }

    /// Names that were given fit the columns, and no two are the same.
    fn check_names(&self, names: &[String]) -> Result<()> {
        if let Some((earlier, later)) = first_repeated(names) {
            return Err(Fault::of("data.duplicate_column")
                .with("column", &names[later])
                .with("first", earlier + 1)
                .with("second", later + 1)
                .file(&self.path));
        }
        if names.len() == self.columns.len() {
            return Ok(());
        }
        let fault = Fault::of("data.names_width")
            .with("expected", names.len())
            .with("found", self.columns.len())
            .file(&self.path);
        Err(self.mark_header(fault, names.len().min(self.columns.len().saturating_sub(1))))
    }

    fn header_names(&self) -> Result<Vec<String>> {
        let names: Vec<String> = self
            .first
            .iter()
            .enumerate()
            .map(|(index, name)| match name.trim() {
                "" => numbered(index + 1),
                name => name.to_string(),
            })
            .collect();
        let Some((earlier, later)) = first_repeated(&names) else { return Ok(names) };
        let fault = Fault::of("data.duplicate_column")
            .with("column", &names[later])
            .with("first", earlier + 1)
            .with("second", later + 1)
            .file(&self.path);
        Err(self.mark_header(fault, later))
    }

    /// Adds the place of a field of the first record.
    fn mark_header(&self, fault: Fault, field: usize) -> Fault {
        let fields = fields(self.text.as_bytes(), self.first_start, self.separator);
        match fields.get(field) {
            Some(field) => mark(fault, &self.text, field.start, field.end),
            None => fault,
        }
    }
}

fn broken(path: &Path, error: &::csv::Error) -> Fault {
    Fault::of("file.failed").with("path", path.display()).with("found", error).file(path)
}

/// Whether columns are only counted.
fn names_are_counted(names: &[String]) -> bool {
    names.iter().enumerate().all(|(index, name)| *name == numbered(index + 1))
}

/// The name of a column that has none, counted from 1.
fn numbered(number: usize) -> String {
    format!("column_{number}")
}

/// Positions of the first name that stands twice.
pub(crate) fn first_repeated(names: &[String]) -> Option<(usize, usize)> {
    let mut seen = std::collections::HashMap::new();
    for (index, name) in names.iter().enumerate() {
        if let Some(earlier) = seen.insert(name, index) {
            return Some((earlier, index));
        }
    }
    None
}

/// Names for a sentence.
pub(crate) fn list<S: AsRef<str>>(names: &[S]) -> String {
    let quoted: Vec<String> =
        names.iter().map(|name| format!("`{}`", brief(name.as_ref(), SHOWN))).collect();
    shortened(&quoted)
}

/// The first ten of a list and how many follow.
pub(crate) fn shortened(told: &[String]) -> String {
    const SHOWN: usize = 10;
    let shown = told.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match told.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown}, … (+{more})"),
    }
}
