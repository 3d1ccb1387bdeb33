//! Files of separated values.
//!
//! RFC 4180 with the freedoms found in the wild: lines that start with `#`, or
//! with another sign, are comments, the separator may be a comma, a semicolon or a tab, a byte order
//! mark is passed over, gzip is unpacked, the last line may lack its end, and
//! a header may be missing. What was decided is told by a notice.

use super::dialect::{self, Dialect, Header};
use super::place::{Places, fields, line_of, mark, skip_comments};
use super::table::{Cells, Raw, Table, stem};
use crate::{ContentHash, Notice, Origin};
use csv::StringRecord;
use ikhim_text::{Fault, Result, sentence};
use std::path::{Path, PathBuf};

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
    let content_hash = ContentHash::of(&content);
    let text = decode(content, path)?;
    let top = Top::of(&text, options.comment);
    let dialect = dialect::detect(&text[top.end..], options);
    let records = Records::read(text, top.end, dialect, path)?;

    let mut notices = Vec::new();
    let comments = top.comments + records.comments;
    if comments > 0 {
        notices.push(Notice::new("data.comments", sentence::DATA_COMMENTS).with("count", comments));
    }
    if options.separator.is_none() && dialect.separator != b',' {
        let name = if dialect.separator == b'\t' { "tab" } else { "`;`" };
        notices
            .push(Notice::new("data.separator", sentence::DATA_SEPARATOR).with("separator", name));
    }
    let (names, class_names) = records.names(dialect.header, &top, options, &mut notices)?;
    if records.starts.is_empty() {
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
        columns: records.columns.into_iter().map(Raw::Text).collect(),
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
    })
}

/// The text without its byte order mark.
pub(crate) fn decode(content: Vec<u8>, path: &Path) -> Result<String> {
    let mut text = String::from_utf8(content).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let (line, start) = line_of(error.as_bytes(), valid);
        let before = String::from_utf8_lossy(&error.as_bytes()[start..valid]);
        let column = before.trim_start_matches('\u{feff}').chars().count() + 1;
        let fault = Fault::of("data.not_utf8").with("path", path.display()).with("byte", valid + 1);
        recognized(fault, error.as_bytes()).file(path).line(line, column)
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    Ok(text)
}

/// What to do with bytes that are no UTF-8, where one can tell what they are.
fn recognized(fault: Fault, bytes: &[u8]) -> Fault {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return fault.help_words(
            "this is UTF-16: save the file as UTF-8 (Excel: \"CSV UTF-8\"), or convert it: iconv -f UTF-16 -t UTF-8",
            "UTF-16 파일입니다. UTF-8로 저장하거나(엑셀: \"CSV UTF-8\") 변환하세요: iconv -f UTF-16 -t UTF-8",
        );
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return fault.help_words(
            "this is a packed file, as a workbook of Excel is: save the sheet as \"CSV UTF-8\"",
            "압축된 파일입니다(엑셀 통합 문서도 그렇습니다). 시트를 \"CSV UTF-8\"로 저장하세요",
        );
    }
    if bytes.contains(&0) {
        return fault.help_words(
            "this is no text: a table is a text file with one row on each line (CSV)",
            "텍스트 파일이 아닙니다. 표는 한 줄에 한 행씩 적은 텍스트 파일(CSV)이어야 합니다",
        );
    }
    fault
}

/// The comment lines at the top of a file. There, and only there, a comment
/// may stand in quotes: below, a quoted sign is a value.
struct Top {
    end: usize,
    comments: usize,
    last: String,
}

impl Top {
    fn of(text: &str, comment: Option<u8>) -> Top {
        let sign = comment.map(char::from);
        let is_comment = |line: &str| {
            sign.is_some_and(|sign| line.strip_prefix('"').unwrap_or(line).starts_with(sign))
        };
        let mut top = Top { end: 0, comments: 0, last: String::new() };
        for line in text.split_inclusive('\n') {
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

/// All records of a file.
struct Records {
    text: String,
    path: PathBuf,
    separator: u8,
    first: StringRecord,
    first_start: usize,
    columns: Vec<Cells>,
    starts: Vec<usize>,
    comments: usize,
}

impl Records {
    fn read(text: String, top: usize, dialect: Dialect, path: &Path) -> Result<Records> {
        let Dialect { separator, header, comment } = dialect;
        let mut first = None;
        let mut columns = Vec::new();
        let mut starts = Vec::new();
        let mut comments = 0;
        let mut ragged = Vec::new();
        let mut last = top;
        let mut reader = dialect::reader(&text[top..], separator, comment);
        let mut record = StringRecord::new();
        loop {
            let position = top + reader.position().byte() as usize;
            let more = reader.read_record(&mut record).map_err(|error| {
                Fault::of("file.failed")
                    .with("path", path.display())
                    .with("found", error)
                    .file(path)
            })?;
            // The reader passes comments and blank lines without a word.
            let (start, passed) = skip_comments(text.as_bytes(), position, comment);
            comments += passed;
            // A comment in the last line, without an end, is an empty record.
            if !more || start >= text.len() {
                break;
            }
            last = start;
            if first.is_none() {
                let width = match header {
                    Header::Counts { inputs, .. } => inputs + 1,
                    _ => record.len(),
                };
                columns.resize_with(width, Cells::default);
                first = Some((record.clone(), start));
                if header != Header::Absent {
                    continue;
                }
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
        let path = path.to_path_buf();
        let records =
            Records { text, path, separator, first, first_start, columns, starts, comments };
        // A quote that is never closed swallows the rest of the file, and what
        // it leaves looks ragged: it is told first.
        records.check_quotes(last)?;
        records.check_widths(&ragged)?;
        Ok(records)
    }

    fn check_quotes(&self, last: usize) -> Result<()> {
        let fields = fields(self.text.as_bytes(), last, self.separator);
        match fields.iter().find(|field| field.unclosed) {
            Some(field) => {
                let fault = Fault::of("data.unclosed_quote").file(&self.path);
                Err(mark(fault, &self.text, field.start, field.start + 1))
            }
            None => Ok(()),
        }
    }

    fn check_widths(&self, ragged: &[(usize, usize, usize)]) -> Result<()> {
        let mut faults = ragged.iter().take(TOLD).map(|&(start, found, row)| {
            let fields = fields(self.text.as_bytes(), start, self.separator);
            let fault = Fault::of("data.ragged_row")
                .with("expected", self.columns.len())
                .with("found", found)
                .with("row", row)
                .file(&self.path);
            match fields.get(self.columns.len()).or(fields.last()) {
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
    let quoted: Vec<String> = names.iter().map(|name| format!("`{}`", name.as_ref())).collect();
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
