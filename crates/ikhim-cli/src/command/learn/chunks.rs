//! A table that is read chunk by chunk.

use ikhim_data::{Dataset, Schema};
use ikhim_run::durable;
use ikhim_text::{Fault, Result};
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// The first bytes of what gzip has packed.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// The chunks of a table with a header, read while they are asked for.
pub(super) struct Chunks<'a> {
    lines: Box<dyn BufRead>,
    name: PathBuf,
    header: Vec<u8>,
    /// Lines that were read.
    line: usize,
    size: usize,
    schema: &'a Schema,
    ended: bool,
}

impl<'a> Chunks<'a> {
    /// Opens a file, or standard input for `-`, and reads its header.
    pub(super) fn open(meant: &str, size: usize, schema: &'a Schema) -> Result<Chunks<'a>> {
        let (name, lines): (PathBuf, Box<dyn BufRead>) = match meant {
            "-" => ("standard input".into(), Box::new(BufReader::new(io::stdin()))),
            path => {
                let file =
                    File::open(path).map_err(|error| durable::fault(Path::new(path), &error))?;
                (path.into(), Box::new(BufReader::new(file)))
            }
        };
        let header = Vec::new();
        let mut chunks = Chunks { lines, name, header, line: 0, size, schema, ended: false };
        let start =
            chunks.lines.fill_buf().map_err(|error| durable::fault(&chunks.name, &error))?;
        if start.starts_with(&GZIP) {
            return Err(Fault::of("usage.packed_stream").with("path", chunks.name.display()));
        }
        // Comments and blank lines in front of the header are passed over.
        while chunks.header.trim_ascii().is_empty() && !chunks.ended {
            let record = chunks.record()?;
            if !record.starts_with(b"#") {
                chunks.header = record;
            }
        }
        Ok(chunks)
    }

    /// The bytes of the next record, its end included: a line, or several where a
    /// quote is open at the end of one.
    fn record(&mut self) -> Result<Vec<u8>> {
        let mut record = Vec::new();
        loop {
            let read = self.lines.read_until(b'\n', &mut record);
            let read = read.map_err(|error| durable::fault(&self.name, &error))?;
            if read == 0 {
                self.ended = true;
                return Ok(record);
            }
            self.line += 1;
            let quotes = record.iter().filter(|byte| **byte == b'"').count();
            if quotes % 2 == 0 || record.starts_with(b"#") {
                return Ok(record);
            }
        }
    }

    fn chunk(&mut self) -> Result<Option<Dataset>> {
        let mut bytes = self.header.clone();
        let before = self.line;
        let mut records = 0;
        while records < self.size && !self.ended {
            let record = self.record()?;
            records += usize::from(!record.trim_ascii().is_empty());
            bytes.extend(record);
        }
        if records == 0 {
            return Ok(None);
        }
        // A line of the chunk is one further down in the stream.
        let placed = |fault: Fault| match (fault.location().line, fault.location().column) {
            (Some(line), Some(column)) if line > 1 => fault.line(line + before - 1, column),
            _ => fault,
        };
        let data = Dataset::csv_bytes(&self.name, bytes).schema(self.schema).load();
        let data = data.map(Dataset::with_targets);
        data.map(Some).map_err(|fault| fault.each(placed))
    }
}

impl Iterator for Chunks<'_> {
    type Item = Result<Dataset>;

    fn next(&mut self) -> Option<Result<Dataset>> {
        if self.ended {
            return None;
        }
        let chunk = self.chunk();
        // After a fault there is nothing to go on with.
        self.ended |= chunk.is_err();
        chunk.transpose()
    }
}
