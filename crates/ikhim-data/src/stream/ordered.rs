//! The columns of a table in the order of its parts, so that a part is a range of
//! rows.

use super::scratch::{Blocks, Cells, MISSING, Scratch, codes, doubles, hashes};
use crate::{ColumnData, Dataset, Role, RowHash, Values};
use ikhim_text::{Fault, Result};
use std::collections::HashMap;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Rows that are brought into their order at a time.
const TOGETHER: usize = 1 << 16;

/// Bytes of a hash.
const HASH: usize = 16;

/// All rows in the order of their parts.
#[derive(Debug)]
pub(crate) struct Ordered {
    scratch: Scratch,
    /// Where each column begins; none of those that are not used.
    columns: Vec<Option<u64>>,
    ids: u64,
    row_hashes: u64,
    input_hashes: u64,
}

/// Some rows that follow each other in that order.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    of: Arc<Ordered>,
    range: Range<usize>,
}

impl PartialEq for Rows {
    fn eq(&self, other: &Rows) -> bool {
        Arc::ptr_eq(&self.of, &other.of) && self.range == other.range
    }
}

impl Ordered {
    /// Lays the rows of `order` behind each other. `data` holds the sample, whose
    /// columns say what each is.
    pub(crate) fn new(
        blocks: &Blocks,
        data: &Dataset,
        order: &[u32],
        beside: &Path,
    ) -> Result<Ordered> {
        let scratch = Scratch::beside(beside)?;
        let mut append = |bytes: &[u8]| scratch.append(bytes);
        let mut columns = Vec::new();
        let mut place = 0;
        for (index, column) in data.columns.iter().enumerate() {
            if column.role == Role::Ignored {
                columns.push(None);
                continue;
            }
            columns.push(Some(place));
            place += match &column.values {
                Values::Category { levels, .. } => {
                    let all = all_codes(blocks, index, column, levels)?;
                    laid(&all, order, |code| code.to_le_bytes(), &mut append)?
                }
                _ => {
                    let all = all_numbers(blocks, index)?;
                    laid(&all, order, |number| number.to_le_bytes(), &mut append)?
                }
            };
        }
        let ids = place;
        let own: Vec<u32> = (0..blocks.rows() as u32).collect();
        let row_hashes = ids + laid(&own, order, |id| id.to_le_bytes(), &mut append)?;
        drop(own);
        let mut all: Vec<RowHash> = Vec::with_capacity(blocks.rows());
        match counted(data) {
            None => blocks.row_hashes(|bytes| {
                all.extend(hashes(bytes));
                Ok(())
            })?,
            Some(columns) => blocks.hashes_of(&columns, |hashes| {
                all.extend(hashes);
                Ok(())
            })?,
        }
        let input_hashes = row_hashes + laid(&all, order, |hash| hash.0, &mut append)?;
        all.clear();
        blocks.hashes_of(&inputs(data), |hashes| {
            all.extend(hashes);
            Ok(())
        })?;
        laid(&all, order, |hash| hash.0, &mut append)?;
        Ok(Ordered { scratch, columns, ids, row_hashes, input_hashes })
    }
}

/// The places of the inputs.
pub(crate) fn inputs(data: &Dataset) -> Vec<usize> {
    let columns = data.columns.iter().enumerate();
    columns.filter(|(_, column)| column.role == Role::Input).map(|(index, _)| index).collect()
}

/// The columns that a row is known by, where these are not all.
fn counted(data: &Dataset) -> Option<Vec<usize>> {
    let columns = data.columns.iter().enumerate();
    let counted: Vec<usize> = columns
        .filter(|(_, column)| column.kind != crate::ColumnType::Part)
        .map(|(index, _)| index)
        .collect();
    (counted.len() < data.columns.len()).then_some(counted)
}

/// Writes the values of the rows in their order; gives how many bytes these are.
fn laid<T: Copy, const N: usize>(
    all: &[T],
    order: &[u32],
    bytes: impl Fn(T) -> [u8; N],
    append: &mut impl FnMut(&[u8]) -> Result<()>,
) -> Result<u64> {
    let mut written = Vec::with_capacity(TOGETHER * N);
    for rows in order.chunks(TOGETHER) {
        written.clear();
        rows.iter().for_each(|row| written.extend(bytes(all[*row as usize])));
        append(&written)?;
    }
    Ok((order.len() * N) as u64)
}

/// The numbers of a column in the order of the source, NaN where one is missing.
pub(crate) fn all_numbers(blocks: &Blocks, column: usize) -> Result<Vec<f64>> {
    let mut all = Vec::with_capacity(blocks.rows());
    for block in 0..blocks.count() {
        match blocks.cells(block, column)? {
            Cells::Numbers(numbers) => all.extend(numbers),
            Cells::Missing(rows) => all.resize(all.len() + rows, f64::NAN),
            Cells::Words(codes) => all.resize(all.len() + codes.len(), f64::NAN),
        }
    }
    Ok(all)
}

/// The levels of a column in the order of the source, [`MISSING`] where one is.
pub(crate) fn all_codes(
    blocks: &Blocks,
    index: usize,
    column: &ColumnData,
    levels: &[String],
) -> Result<Vec<u32>> {
    let place = |name: &str| levels.iter().position(|level| level == name);
    let mut of_words: HashMap<&str, u32> = HashMap::new();
    levels.iter().enumerate().for_each(|(level, name)| {
        of_words.insert(name, level as u32);
    });
    let words: Vec<u32> = blocks
        .words(index)
        .iter()
        .map(|word| of_words.get(word.as_str()).copied().unwrap_or(MISSING))
        .collect();
    let mut of_numbers: HashMap<u64, u32, crate::values::Mixing> = HashMap::default();
    let unknown = |found: f64| {
        Fault::of("data.streaming_column")
            .with("column", &column.name)
            .with("found", format!("it has more than 1,000 different numbers, one of them {found}"))
    };
    let mut all = Vec::with_capacity(blocks.rows());
    for block in 0..blocks.count() {
        match blocks.cells(block, index)? {
            Cells::Missing(rows) => all.resize(all.len() + rows, MISSING),
            Cells::Words(found) => {
                all.extend(found.iter().map(|code| words.get(*code as usize).unwrap_or(&MISSING)));
            }
            Cells::Numbers(numbers) => {
                for number in numbers {
                    if number.is_nan() {
                        all.push(MISSING);
                        continue;
                    }
                    let level = match of_numbers.get(&number.to_bits()) {
                        Some(level) => *level,
                        None => {
                            let name = (number + 0.0).to_string();
                            let level = place(&name).ok_or_else(|| unknown(number))? as u32;
                            of_numbers.insert(number.to_bits(), level);
                            level
                        }
                    };
                    all.push(level);
                }
            }
        }
    }
    Ok(all)
}

impl Rows {
    pub(crate) fn new(of: Arc<Ordered>, range: Range<usize>) -> Rows {
        Rows { of, range }
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.range.len()
    }

    /// The first of them.
    pub(crate) fn first(&self, rows: usize) -> Rows {
        let end = self.range.end.min(self.range.start + rows);
        Rows { of: Arc::clone(&self.of), range: self.range.start..end }
    }

    fn bytes(&self, start: u64, range: &Range<usize>, width: usize) -> Result<Vec<u8>> {
        let first = (self.range.start + range.start) * width;
        self.of.scratch.read(start + first as u64, range.len() * width)
    }

    /// The values of a column, which `like` describes.
    pub(crate) fn column(
        &self,
        index: usize,
        like: &ColumnData,
        range: Range<usize>,
    ) -> Result<ColumnData> {
        let start = self.of.columns.get(index).copied().flatten();
        let values = match (&like.values, start) {
            (Values::Category { levels, .. }, Some(start)) => {
                let codes = codes(&self.bytes(start, &range, 4)?);
                let index = |code: u32| (code != MISSING).then_some(code);
                let indices = codes.into_iter().map(index).collect();
                Values::Category { levels: levels.clone(), indices }
            }
            (_, Some(start)) => Values::Number(doubles(&self.bytes(start, &range, 8)?)),
            (_, None) => Values::Text(vec![None; range.len()]),
        };
        Ok(ColumnData {
            name: like.name.clone(),
            kind: like.kind,
            role: like.role,
            policy: like.policy.clone(),
            is_given: like.is_given,
            values,
        })
    }

    /// The places of the rows in the source.
    pub(crate) fn ids(&self, range: Range<usize>) -> Result<Vec<u64>> {
        let ids = codes(&self.bytes(self.of.ids, &range, 4)?);
        Ok(ids.into_iter().map(u64::from).collect())
    }

    /// The hashes of whole rows.
    pub(crate) fn row_hashes(&self, range: Range<usize>) -> Result<Vec<RowHash>> {
        Ok(hashes(&self.bytes(self.of.row_hashes, &range, HASH)?))
    }

    /// The hashes of the inputs of rows.
    pub(crate) fn input_hashes(&self, range: Range<usize>) -> Result<Vec<RowHash>> {
        Ok(hashes(&self.bytes(self.of.input_hashes, &range, HASH)?))
    }

    /// Rows as a data set whose columns are those of `like`; of others than the
    /// wanted ones nothing is read.
    pub(crate) fn read(
        &self,
        like: &Dataset,
        range: Range<usize>,
        wanted: impl Fn(&ColumnData) -> bool,
    ) -> Result<Dataset> {
        let mut columns = Vec::new();
        for (index, column) in like.columns.iter().enumerate() {
            columns.push(match wanted(column) {
                true => self.column(index, column, range.clone())?,
                false => {
                    let empty = match &column.values {
                        Values::Category { levels, .. } => {
                            Values::Category { levels: levels.clone(), indices: Vec::new() }
                        }
                        Values::Number(_) => Values::Number(Vec::new()),
                        _ => Values::Text(Vec::new()),
                    };
                    ColumnData { values: empty, ..column_of(column) }
                }
            });
        }
        Ok(Dataset {
            columns,
            row_ids: self.ids(range.clone())?,
            row_hashes: self.row_hashes(range.clone())?,
            input_hashes: self.input_hashes(range)?,
            ..like.take(&[])
        })
    }
}

/// A column without its values.
fn column_of(column: &ColumnData) -> ColumnData {
    ColumnData {
        name: column.name.clone(),
        kind: column.kind,
        role: column.role,
        policy: column.policy.clone(),
        is_given: column.is_given,
        values: Values::Text(Vec::new()),
    }
}
