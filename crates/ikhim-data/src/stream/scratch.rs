//! Typed columns on the disk, while a process needs them.

use crate::cores::on_all_cores;
use crate::source::csv::Typed;
use crate::{RowHash, RowHasher};
use ikhim_text::{Fault, Result};
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The folder of the scratch files, beside the data.
const FOLDER: &str = ".ikhim-cache";

/// Stands for a missing word.
pub(super) const MISSING: u32 = u32::MAX;

/// Blocks that are hashed before their hashes are written.
const TOGETHER: usize = 16;

const HASH: u64 = 16;

/// A file that ends with the process: on Unix it has no name from the beginning,
/// so nothing is left of it however the process ends.
#[derive(Debug)]
pub(super) struct Scratch {
    file: Mutex<File>,
    path: PathBuf,
}

impl Scratch {
    /// A new file beside the data.
    pub(super) fn beside(data: &Path) -> Result<Scratch> {
        let folder = data.parent().unwrap_or(Path::new("")).join(FOLDER);
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        let mut number = 0;
        let (file, path) = loop {
            let path = folder.join(format!("table-{}-{number}", std::process::id()));
            match options.open(&path) {
                Ok(file) => break (file, path),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(unwritable(&folder, &error)),
            }
        };
        let scratch = Scratch { file: Mutex::new(file), path };
        if cfg!(unix) {
            scratch.unlink();
        }
        Ok(scratch)
    }

    /// Takes the name away; the folder goes with the last one.
    fn unlink(&self) {
        // A file that is left behind harms nobody.
        let _ = fs::remove_file(&self.path);
        let _ = self.path.parent().map(fs::remove_dir);
    }

    fn with<T>(&self, work: impl FnOnce(&mut File) -> io::Result<T>) -> Result<T> {
        let mut file = self.file.lock().map_err(|_| Fault::of("bug.invariant"))?;
        work(&mut file).map_err(|error| unwritable(&self.path, &error))
    }

    /// Adds bytes at the end.
    pub(super) fn append(&self, bytes: &[u8]) -> Result<()> {
        self.with(|file| file.write_all(bytes))
    }

    /// Reads from a place on.
    pub(super) fn read(&self, place: u64, length: usize) -> Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(length);
        self.with(|file| {
            file.seek(SeekFrom::Start(place))?;
            Read::by_ref(file).take(length as u64).read_to_end(&mut bytes)
        })?;
        Ok(bytes)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if !cfg!(unix) {
            self.unlink();
        }
    }
}

fn unwritable(path: &Path, error: &io::Error) -> Fault {
    let code = match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "file.disk_full",
        _ => "data.scratch",
    };
    Fault::of(code).with("path", path.display()).with("found", error).file(path)
}

/// How a column stands in a block.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Form {
    Missing,
    Numbers,
    Words,
    /// Nothing is kept of it.
    Left,
}

/// Rows that were read together.
#[derive(Debug)]
struct Block {
    rows: usize,
    /// For each column its form and where it begins; last where the hashes do.
    columns: Vec<(Form, u64)>,
}

/// The cells of a column in a block.
pub(super) enum Cells {
    Missing(usize),
    Numbers(Vec<f64>),
    /// Places in the list of the column's words.
    Words(Vec<u32>),
}

/// All columns of a table as they were read, block by block, with the hash of
/// each row.
#[derive(Debug)]
pub(crate) struct Blocks {
    scratch: Option<Scratch>,
    end: u64,
    blocks: Vec<Block>,
    words: Vec<Words>,
    rows: usize,
}

/// The words of a column in the order of their first row.
#[derive(Debug, Default)]
struct Words {
    names: Vec<String>,
    known: HashMap<String, u32>,
}

impl Words {
    fn place(&mut self, word: &str) -> u32 {
        if let Some(place) = self.known.get(word) {
            return *place;
        }
        let place = self.names.len() as u32;
        self.names.push(word.to_string());
        self.known.insert(word.to_string(), place);
        place
    }
}

impl Blocks {
    /// No rows yet; without a scratch file they are only counted.
    pub(super) fn new(scratch: Option<Scratch>, width: usize) -> Blocks {
        let words = (0..width).map(|_| Words::default()).collect();
        Blocks { scratch, end: 0, blocks: Vec::new(), words, rows: 0 }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// The words of a column.
    pub(super) fn words(&self, column: usize) -> &[String] {
        &self.words[column].names
    }

    /// Adds rows, hashed where they are kept. Gives for each column the words that are new.
    pub(super) fn push(
        &mut self,
        columns: &[Typed],
        rows: usize,
        hashes: &[RowHash],
    ) -> Result<Vec<Vec<u32>>> {
        let mut fresh = Vec::with_capacity(columns.len());
        let mut block = Block { rows, columns: Vec::new() };
        let mut bytes = Vec::new();
        for (typed, words) in columns.iter().zip(&mut self.words) {
            let place = self.end + bytes.len() as u64;
            let before = words.names.len() as u32;
            let mut new = Vec::new();
            let form = match typed {
                Typed::Missing(_) => Form::Missing,
                Typed::Numbers { numbers, .. } => {
                    if self.scratch.is_some() {
                        numbers.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
                    }
                    Form::Numbers
                }
                Typed::Words(found) => {
                    let places: Vec<u32> =
                        found.names.iter().map(|name| words.place(name)).collect();
                    new = (0..places.len() as u32)
                        .filter(|code| places[*code as usize] >= before)
                        .collect();
                    if self.scratch.is_some() {
                        let code = |code: Option<u32>| {
                            code.and_then(|code| places.get(code as usize)).copied()
                        };
                        found.codes().for_each(|found| {
                            bytes.extend(code(found).unwrap_or(MISSING).to_le_bytes());
                        });
                    }
                    Form::Words
                }
                Typed::Mixed(_) => Form::Left,
            };
            block.columns.push((form, place));
            fresh.push(new);
        }
        block.columns.push((Form::Left, self.end + bytes.len() as u64));
        if let Some(scratch) = &self.scratch {
            hashes.iter().for_each(|hash| bytes.extend(hash.0));
            scratch.append(&bytes)?;
        }
        self.end += bytes.len() as u64;
        self.rows += rows;
        self.blocks.push(block);
        Ok(fresh)
    }

    fn scratch(&self) -> Result<&Scratch> {
        self.scratch.as_ref().ok_or_else(|| Fault::of("bug.invariant"))
    }

    /// How many blocks there are.
    pub(super) fn count(&self) -> usize {
        self.blocks.len()
    }

    /// The cells of a column in a block.
    pub(super) fn cells(&self, block: usize, column: usize) -> Result<Cells> {
        let Block { rows, columns } = &self.blocks[block];
        let (form, place) = columns[column];
        let read = |width: usize| self.scratch()?.read(place, rows * width);
        Ok(match form {
            Form::Missing | Form::Left => Cells::Missing(*rows),
            Form::Numbers => Cells::Numbers(doubles(&read(8)?)),
            Form::Words => Cells::Words(codes(&read(4)?)),
        })
    }

    /// The hashes of whole rows, in their order, given out by blocks.
    pub(super) fn row_hashes(&self, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        for block in &self.blocks {
            let place = block.columns.last().map_or(0, |(_, place)| *place);
            take(&self.scratch()?.read(place, block.rows * HASH as usize)?)?;
        }
        Ok(())
    }

    /// The hashes of some columns of each row, in their order, given out by blocks.
    pub(crate) fn hashes_of(
        &self,
        columns: &[usize],
        mut take: impl FnMut(Vec<RowHash>) -> Result<()>,
    ) -> Result<()> {
        let all: Vec<usize> = (0..self.count()).collect();
        for together in all.chunks(TOGETHER) {
            let hashed =
                on_all_cores(together.to_vec(), |block| self.hashes_of_block(block, columns));
            for hashes in hashed {
                take(hashes?)?;
            }
        }
        Ok(())
    }

    fn hashes_of_block(&self, block: usize, columns: &[usize]) -> Result<Vec<RowHash>> {
        let cells = columns.iter().map(|column| Ok((*column, self.cells(block, *column)?)));
        let cells = cells.collect::<Result<Vec<(usize, Cells)>>>()?;
        let mut hasher = RowHasher::new();
        let row = |row: usize| {
            for (column, cells) in &cells {
                match cells {
                    Cells::Missing(_) => hasher.missing(),
                    Cells::Numbers(numbers) => hasher.number(numbers[row]),
                    Cells::Words(codes) => match self.words(*column).get(codes[row] as usize) {
                        Some(word) => hasher.text(word),
                        None => hasher.missing(),
                    },
                }
            }
            hasher.next_row()
        };
        Ok((0..self.blocks[block].rows).map(row).collect())
    }
}

/// Numbers of double precision, as they stand in a scratch file.
pub(super) fn doubles(bytes: &[u8]) -> Vec<f64> {
    let number = |bytes: &[u8]| f64::from_le_bytes(bytes.try_into().unwrap_or_default());
    bytes.chunks_exact(8).map(number).collect()
}

/// Codes, as they stand in a scratch file.
pub(super) fn codes(bytes: &[u8]) -> Vec<u32> {
    let code = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap_or_default());
    bytes.chunks_exact(4).map(code).collect()
}

/// Hashes, as they stand in a scratch file.
pub(super) fn hashes(bytes: &[u8]) -> Vec<RowHash> {
    let hash = |bytes: &[u8]| RowHash(bytes.try_into().unwrap_or_default());
    bytes.chunks_exact(HASH as usize).map(hash).collect()
}
