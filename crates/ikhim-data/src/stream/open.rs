//! From files of separated values to a data set of sample rows, behind which all
//! rows stand.

use super::pass::{Broken, Piece, pass};
use super::pieces::Pieces;
use super::scratch::{Blocks, Scratch};
use super::witness::{self, Seen};
use super::{Reading, Source, Stream};
use crate::schema::{Request, assemble};
use crate::source::csv::{self, Cut, Form, Head};
use crate::source::place::{fields, line_of};
use crate::source::{bytes, encoding};
use crate::{ColumnType, ContentHash, Dataset, Notice, Origin, Role};
use flate2::read::MultiGzDecoder;
use ikhim_text::{Fault, Result, sentence};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// What a line begins with in a file of UTF-8, where somebody wrote it.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// Columns that are kept while rows are read.
const MOST_COLUMNS: usize = 10_000;

/// How tables are read.
pub(crate) struct Wanted<'a> {
    pub(crate) files: Vec<PathBuf>,
    pub(crate) options: &'a csv::Options,
    pub(crate) request: &'a Request,
    pub(crate) reading: &'a Reading,
    /// Whether all rows are kept for a training, or only looked at.
    pub(crate) keeps: bool,
}

/// A file whose bytes are counted while they are read.
struct Counted<'a> {
    file: File,
    reading: &'a Reading,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read(into)?;
        self.reading.add(read as u64);
        Ok(read)
    }
}

/// What is gathered over all files.
struct Gathered {
    blocks: Blocks,
    seen: Vec<Seen>,
    /// The first rows as they stand in the first file.
    sample: String,
    /// Further rows that could change what a column is, by their number.
    witnesses: BTreeMap<usize, String>,
    comments: usize,
}

/// Reads the files in one pass.
pub(crate) fn load(wanted: &Wanted<'_>) -> Result<Dataset> {
    let all = wanted.files.iter().filter_map(|path| path.metadata().ok());
    wanted.reading.set_all(all.map(|about| about.len()).sum());
    let Some(first) = wanted.files.first() else {
        return Err(Fault::of("file.missing").with("path", ""));
    };
    let mut gathered: Option<Gathered> = None;
    let mut hashes: Vec<ContentHash> = Vec::new();
    let mut heading: Option<(Head, Vec<u8>)> = None;
    for path in &wanted.files {
        let before = state(path)?;
        let mut source = open(path, wanted.reading)?;
        let mut start = Vec::new();
        let length = wanted.options.stretch.1;
        let read = source.by_ref().take(length as u64).read_to_end(&mut start);
        read.map_err(|error| bytes::unreadable(path, &error))?;
        if start.is_empty() {
            return Err(Fault::of("file.empty").with("path", path.display()).file(path));
        }
        let mut digest = Sha256::new();
        let (head, before_rows) = head_of(&start, path, wanted)?;
        digest.update(&start[..before_rows]);
        let (head, header) = match heading.take() {
            None => (head, start[..before_rows].to_vec()),
            Some((known, header)) => {
                let names = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
                if head.width != known.width || names(&start[..before_rows]) != names(&header) {
                    return Err(Fault::of("data.columns_differ")
                        .with("path", path.display())
                        .with("expected", names(&header))
                        .with("found", names(&start[..before_rows]))
                        .file(path));
                }
                (known, header)
            }
        };
        let gathered = gathered.get_or_insert_with(|| Gathered {
            blocks: Blocks::new(None, 0),
            seen: Vec::new(),
            sample: String::new(),
            witnesses: BTreeMap::new(),
            comments: 0,
        });
        if gathered.seen.is_empty() {
            let scratch = wanted.keeps.then(|| Scratch::beside(first)).transpose()?;
            gathered.blocks = Blocks::new(scratch, head.width);
            gathered.seen = (0..head.width).map(|_| Seen::new()).collect();
        }
        let rest = start.split_off(before_rows);
        let signs = [Some(head.separator), wanted.options.comment];
        let pieces = Pieces::new(source, rest, signs, length);
        let form = Form {
            separator: head.separator,
            comment: wanted.options.comment,
            width: head.width,
            missing: &wanted.request.missing_values,
            hashes: wanted.keeps,
        };
        // Bytes before the piece, for telling where a fault stands.
        let mut place = before_rows;
        let passed = pass(pieces, form, &mut digest, wanted.reading, |piece| {
            let result = gathered.take(&piece, form, (path, place));
            place += piece.text.len();
            result
        });
        passed.map_err(|broken| match broken {
            Broken::Io(error) => bytes::unreadable(path, &error),
            Broken::Encoding => unfit(path, "it is not all UTF-8"),
            Broken::Stopped => Fault::of("data.reading_stopped").with("path", path.display()),
            Broken::Told(fault) => fault,
        })?;
        if state(path)? != before {
            return Err(Fault::of("file.changed").with("path", path.display()).file(path));
        }
        hashes.push(ContentHash(digest.finalize().into()));
        heading = Some((head, header));
    }
    let (Some(gathered), Some((head, header))) = (gathered, heading) else {
        return Err(Fault::of("file.missing").with("path", first.display()));
    };
    let content_hash = match hashes.as_slice() {
        [one] => *one,
        several => ContentHash::of(&several.iter().flat_map(|hash| hash.0).collect::<Vec<_>>()),
    };
    let source = Source { content_hash, comments: gathered.comments };
    gathered.dataset(wanted, &head, &header, source)
}

/// Length and last change of a file.
fn state(path: &Path) -> Result<(u64, Option<SystemTime>)> {
    let about = path.metadata().map_err(|error| bytes::unreadable(path, &error))?;
    Ok((about.len(), about.modified().ok()))
}

fn open<'a>(path: &Path, reading: &'a Reading) -> Result<Box<dyn Read + Send + 'a>> {
    let unreadable = |error| bytes::unreadable(path, &error);
    let mut file = File::open(path).map_err(unreadable)?;
    let is_packed = bytes::is_packed(&mut file).map_err(unreadable)?;
    let counted = Counted { file, reading };
    Ok(match is_packed {
        true => Box::new(MultiGzDecoder::new(counted)),
        false => Box::new(counted),
    })
}

/// Why a source is no table that can be read in pieces.
pub(crate) fn unfit(path: &Path, why: &str) -> Fault {
    Fault::of("data.streaming_source").with("path", path.display()).with("found", why).file(path)
}

/// What the first bytes of a file say, and how many of them are no rows.
fn head_of(start: &[u8], path: &Path, wanted: &Wanted<'_>) -> Result<(Head, usize)> {
    let mark = if start.starts_with(MARK) { MARK.len() } else { 0 };
    let end = start.iter().rposition(|byte| *byte == b'\n').map_or(start.len(), |end| end + 1);
    let text = std::str::from_utf8(&start[mark..end.max(mark)]);
    let text = text.map_err(|_| unfit(path, "it is not all UTF-8"))?;
    if encoding::is_marked(start) {
        return Err(unfit(path, "it is not all UTF-8"));
    }
    let head = csv::head(text, path, wanted.options)?;
    if head.has_names.is_none() {
        return Err(unfit(path, "its first line counts rows instead of naming columns"));
    }
    if head.is_ended {
        return Err(unfit(path, "its rows end with a separator that the line of names lacks"));
    }
    if head.width > MOST_COLUMNS {
        return Err(unfit(path, &format!("it has {} columns", head.width)));
    }
    let rows = mark + head.rows;
    Ok((head, rows))
}

impl Gathered {
    fn take(&mut self, piece: &Piece, form: Form<'_>, (path, place): (&Path, usize)) -> Result<()> {
        let Piece { text, scanned, shown } = piece;
        let placed = |fault: Fault, start: usize, column: usize| {
            let fields = fields(text.as_bytes(), start, form.separator);
            let at = fields.get(column).or(fields.last()).map_or(start, |field| field.start);
            located(fault, path, (place, text), at)
        };
        let last = scanned.last.map(|last| fields(text.as_bytes(), last, form.separator));
        if let (Some(last), Some(fields)) = (scanned.last, last)
            && let Some(open) = fields.iter().position(|field| field.unclosed)
        {
            return Err(placed(Fault::of("data.unclosed_quote"), last, open));
        }
        let cut = Cut {
            text,
            separator: form.separator,
            width: form.width,
            starts: &scanned.starts,
            spread: &scanned.spread,
        };
        if let Some(stray) = csv::stray_quotes(cut).iter().find(|stray| stray.is_certain) {
            return Err(located(stray.fault(), path, (place, text), stray.at));
        }
        if let Some((start, found, row)) = scanned.ragged.first() {
            let fault = Fault::of("data.ragged_row")
                .with("expected", form.width)
                .with("found", found)
                .with("row", self.blocks.rows() + row);
            return Err(placed(fault, *start, form.width));
        }
        self.comments += scanned.comments;
        let before = self.blocks.rows();
        let fresh =
            self.blocks.push(&scanned.columns, scanned.starts.len(), &scanned.row_hashes)?;
        let rows = witness::add(&mut self.seen, &scanned.columns, shown, &fresh);
        if before == 0 {
            self.sample.push_str(text);
            return Ok(());
        }
        for row in rows {
            let Some(start) = scanned.starts.get(row) else { continue };
            let fields = fields(text.as_bytes(), *start, form.separator);
            let end = fields.last().map_or(*start, |field| field.end);
            self.witnesses.insert(before + row, text[*start..end].to_string());
        }
        Ok(())
    }

    /// The sample as a data set, with what the whole pass has shown.
    fn dataset(
        mut self,
        wanted: &Wanted<'_>,
        head: &Head,
        header: &[u8],
        source: Source,
    ) -> Result<Dataset> {
        let Some(path) = wanted.files.first() else { return Err(Fault::of("bug.invariant")) };
        let rows = self.blocks.rows();
        if rows == 0 {
            return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
        }
        let mut text = header.to_vec();
        text.extend_from_slice(b"\n");
        text.extend_from_slice(self.sample.trim_end_matches(['\n', '\r']).as_bytes());
        self.sample = String::new();
        for line in self.witnesses.values() {
            text.extend_from_slice(b"\n");
            text.extend_from_slice(line.as_bytes());
        }
        let options = csv::Options {
            separator: Some(head.separator),
            header: head.has_names,
            stretch: (usize::MAX, 1),
            ..wanted.options.clone()
        };
        let origin = match wanted.files.as_slice() {
            [one] => Origin::File(one.clone()),
            several => Origin::Files(several.to_vec()),
        };
        let mut table = csv::parse(text, origin, path, &options)?;
        // What was said of the sample is said of the whole.
        table.notices.retain(|notice| notice.code() != "data.comments");
        if source.comments > 0 {
            let notice = Notice::new("data.comments", sentence::DATA_COMMENTS);
            table.notices.push(notice.with("count", source.comments));
        }
        let own = table.len() - self.witnesses.len();
        let ids: Vec<u64> =
            (0..own as u64).chain(self.witnesses.keys().map(|row| *row as u64)).collect();
        let mut data = assemble(table, wanted.request)?;
        for id in &mut data.row_ids {
            *id = ids.get(*id as usize).copied().unwrap_or(*id);
        }
        data.content_hash = source.content_hash;
        self.check(&data, path)?;
        data.notices.retain(|notice| notice.code() != "data.missing_values");
        let missing: Vec<(usize, usize)> =
            self.seen.iter().map(|seen| seen.missing).enumerate().collect();
        crate::schema::tell_missing(&data.columns, &missing, &mut data.notices);
        if rows > data.len() {
            let notice = Notice::new("data.streamed", sentence::DATA_STREAMED);
            data.notices.push(notice.with("rows", rows).with("sample", data.len()));
        }
        data.stream = Some(Stream { blocks: Arc::new(self.blocks), part: None });
        Ok(data)
    }

    /// Whether every column that is used can be read in pieces.
    fn check(&self, data: &Dataset, path: &Path) -> Result<()> {
        for (column, seen) in data.columns.iter().zip(&self.seen) {
            let why = match column.kind {
                _ if column.role == Role::Ignored => continue,
                ColumnType::Text => "it is text",
                ColumnType::Image => "it names images",
                _ if seen.is_mixed => {
                    "it has numbers among words, values that are not finite, or more than 4,096 \
                     different words"
                }
                _ => continue,
            };
            return Err(Fault::of("data.streaming_column")
                .with("column", &column.name)
                .with("found", why)
                .file(path));
        }
        Ok(())
    }
}

/// Adds the place of a byte of a piece to a fault. Only then are lines counted.
fn located(fault: Fault, path: &Path, (before, text): (usize, &str), at: usize) -> Fault {
    let fault = fault.file(path);
    let quiet = Reading::default();
    let Ok(source) = open(path, &quiet) else { return fault };
    let mut head = Vec::new();
    if source.take(before as u64).read_to_end(&mut head).is_err() {
        return fault;
    }
    let lines = head.iter().filter(|byte| **byte == b'\n').count();
    let (line, start) = line_of(text.as_bytes(), at);
    let column = text[start..at].chars().count() + 1;
    let fault = fault.line(lines + line, column);
    let end = text[start..].find(['\n', '\r']).map_or(text.len(), |end| start + end);
    match end - start <= 4096 {
        true => fault.source_line(&text[start..end], 1),
        false => fault,
    }
}
