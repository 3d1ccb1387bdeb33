//! Preprocessing of rows that are read in pieces: fitted column by column, applied
//! window by window.

use super::encoded::Encoded;
use super::target::{TargetStep, used_levels};
use super::{InputStep, Preprocessing};
use crate::stream::Rows;
use crate::{BatchSize, ColumnData, Dataset, Role, RowHash, Task, Train, Values};
use ikhim_numeric::{Stream, stream_id};
use ikhim_text::{Fault, Result};
use std::collections::HashSet;
use std::ops::Range;

/// Rows that are shuffled among each other.
const WINDOW: usize = 1 << 16;

/// Rows of a block. Blocks are drawn in another order in each epoch, and those of a
/// window are shuffled row by row.
const BLOCK: usize = 1 << 12;

impl Preprocessing {
    /// Fits to train rows of which one column at a time is in memory. What is found
    /// are the numbers that are found of them all at once.
    pub(super) fn fit_streamed(like: &Dataset, rows: &Rows) -> Result<Preprocessing> {
        let mut schema = like.schema();
        let mut inputs = Vec::new();
        let mut targets = Vec::new();
        for (index, column) in like.columns.iter().enumerate() {
            schema.columns[index].levels = Vec::new();
            if column.role == Role::Ignored {
                continue;
            }
            let whole = rows.column(index, column, 0..rows.len())?;
            schema.columns[index].levels = used_levels(&whole);
            match column.role {
                Role::Target => targets.push(whole),
                _ => inputs.push(InputStep::fit(&whole)?),
            }
        }
        let targets = Dataset { columns: targets, ..like.take(&[]) };
        if targets.task() == Task::Reconstruction {
            return Err(not_in_pieces("reconstruction"));
        }
        let target = TargetStep::fit(&targets)?;
        Ok(Preprocessing { format: 1, schema, inputs, target })
    }
}

/// What needs all rows in memory.
fn not_in_pieces(what: &str) -> Fault {
    Fault::of("data.streaming_training").with("found", what)
}

/// Train rows that are encoded while they are read.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct StreamedTrain {
    pub(super) preprocessing: Preprocessing,
    /// The columns without values.
    pub(super) like: Dataset,
    pub(super) rows: Rows,
    /// Rows of each class.
    pub(super) classes: Vec<usize>,
}

impl StreamedTrain {
    pub(super) fn new(preprocessing: &Preprocessing, train: &Train, rows: &Rows) -> Result<Self> {
        let like = train.dataset().take(&[]);
        let classes = classes(&like, rows, preprocessing.classes())?;
        let (preprocessing, rows) = (preprocessing.clone(), rows.clone());
        Ok(StreamedTrain { preprocessing, like, rows, classes })
    }

    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// Those of the wanted rows that are here.
    pub(super) fn among(&self, wanted: &HashSet<RowHash>) -> Result<HashSet<RowHash>> {
        let mut found = HashSet::new();
        for start in (0..self.len()).step_by(WINDOW) {
            let hashes = self.rows.row_hashes(start..(start + WINDOW).min(self.len()))?;
            found.extend(hashes.into_iter().filter(|hash| wanted.contains(hash)));
        }
        Ok(found)
    }

    fn encoded(&self, range: Range<usize>) -> Result<Encoded> {
        let used = |column: &ColumnData| column.role != Role::Ignored;
        self.preprocessing.encode_with_target(&self.rows.read(&self.like, range, used)?)
    }
}

/// How many rows each class has.
fn classes(like: &Dataset, rows: &Rows, names: &[String]) -> Result<Vec<usize>> {
    let mut counts = vec![0; names.len()];
    let targets = like.columns.iter().enumerate();
    for (index, column) in targets.filter(|(_, column)| column.role == Role::Target) {
        if names.is_empty() {
            break;
        }
        for start in (0..rows.len()).step_by(WINDOW) {
            let part = rows.column(index, column, start..(start + WINDOW).min(rows.len()))?;
            let Values::Category { levels, indices } = &part.values else { break };
            let place = |level: &String| names.iter().position(|name| name == level);
            let places: Vec<Option<usize>> = levels.iter().map(place).collect();
            for index in indices.iter().flatten() {
                if let Some(Some(class)) = places.get(*index as usize) {
                    counts[*class] += 1;
                }
            }
        }
    }
    Ok(counts)
}

/// The batches of an epoch over rows that are read in pieces.
///
/// The order is a function of seed, epoch and number of rows alone: blocks of rows
/// that lie behind each other are drawn in an order, windows are filled by them, and
/// the rows of a window are shuffled. A training that stops within an epoch goes on
/// with the same batches.
#[derive(Debug)]
pub struct StreamedEpoch {
    train: StreamedTrain,
    size: usize,
    /// The blocks in their order.
    blocks: Vec<Range<usize>>,
    /// The place of the first row of each window in the epoch, and its blocks.
    windows: Vec<(usize, Range<usize>)>,
    shuffle: Option<(u64, u64)>,
    /// The windows that were read last, each with the order of its rows.
    held: Vec<(usize, Encoded, Vec<usize>)>,
}

impl StreamedEpoch {
    pub(super) fn new(
        train: &StreamedTrain,
        size: BatchSize,
        shuffle: Option<(u64, u64)>,
    ) -> Result<StreamedEpoch> {
        let rows = train.len();
        if size == BatchSize::Full {
            return Err(not_in_pieces("a batch of all rows (training.batch_size = \"full\")"));
        }
        let mut blocks: Vec<Range<usize>> =
            (0..rows).step_by(BLOCK).map(|start| start..(start + BLOCK).min(rows)).collect();
        if let Some((seed, epoch)) = shuffle {
            let order = Stream::new(seed, stream_id("data", "blocks"));
            let order = order.permutation(blocks.len(), epoch);
            blocks = order.into_iter().map(|block| blocks[block].clone()).collect();
        }
        let mut windows = Vec::new();
        let (mut start, mut first) = (0, 0);
        let per_window = WINDOW / BLOCK;
        while first < blocks.len() {
            let end = (first + per_window).min(blocks.len());
            windows.push((start, first..end));
            start += blocks[first..end].iter().map(Range::len).sum::<usize>();
            first = end;
        }
        let (train, size) = (train.clone(), size.of(rows));
        Ok(StreamedEpoch { train, size, blocks, windows, shuffle, held: Vec::new() })
    }

    /// The rows of a batch, from 0; none behind the last one.
    ///
    /// # Errors
    /// The rows cannot be read or encoded.
    pub fn batch(&mut self, batch: usize) -> Result<Encoded> {
        let rows = self.train.len();
        let (start, end) = (batch.saturating_mul(self.size), rows);
        let end = end.min(start.saturating_add(self.size));
        let mut place = start;
        let mut found: Option<Encoded> = None;
        while place < end {
            let window = self.windows.partition_point(|(first, _)| *first <= place) - 1;
            let (held, first) = (self.window(window)?, self.windows[window].0);
            let (_, encoded, order) = &self.held[held];
            let until = (end - first).min(order.len());
            let part = encoded.gather(&order[place - first..until]);
            place = first + until;
            match &mut found {
                Some(found) => found.append(&part),
                None => found = Some(part),
            }
        }
        Ok(found.unwrap_or_default())
    }

    /// Where a window is held, which is read when it is not.
    fn window(&mut self, window: usize) -> Result<usize> {
        if let Some(held) = self.held.iter().position(|(known, ..)| *known == window) {
            return Ok(held);
        }
        let mut encoded: Option<Encoded> = None;
        for block in &self.blocks[self.windows[window].1.clone()] {
            let part = self.train.encoded(block.clone())?;
            match &mut encoded {
                Some(encoded) => encoded.append(&part),
                None => encoded = Some(part),
            }
        }
        let encoded = encoded.unwrap_or_default();
        let order = match self.shuffle {
            Some((seed, epoch)) => {
                let stream = Stream::new(seed, stream_id("data", &format!("window {window}")));
                stream.permutation(encoded.rows, epoch)
            }
            None => (0..encoded.rows).collect(),
        };
        // A batch may reach into the next window and not beyond it.
        if self.held.len() > 1 {
            self.held.remove(0);
        }
        self.held.push((window, encoded, order));
        Ok(self.held.len() - 1)
    }
}
