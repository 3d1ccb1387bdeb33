//! Train rows in batches, in an order that is a function of seed and epoch.

use crate::{Augmenter, Buckets, Encoded};
use ikhim_numeric::{Stream, stream_id};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};

/// How many rows a batch has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchSize {
    /// All rows.
    Full,
    /// So many, the last batch of an epoch fewer.
    Rows(usize),
}

impl From<usize> for BatchSize {
    fn from(rows: usize) -> BatchSize {
        BatchSize::Rows(rows)
    }
}

impl BatchSize {
    /// Rows of a batch out of `rows`; at least 1.
    pub fn of(self, rows: usize) -> usize {
        match self {
            BatchSize::Full => rows.max(1),
            BatchSize::Rows(size) => size.clamp(1, rows.max(1)),
        }
    }
}

/// Where a training loop stands: after a save it goes on with exactly this
/// batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    /// The epoch, from 0.
    pub epoch: u64,
    /// The next batch of it, from 0.
    pub batch: usize,
}

/// The batches of one epoch.
///
/// The order of the rows is a function of seed and epoch alone, so a loop that
/// stops and goes on later sees the batches that it would have seen.
///
/// ```
/// # fn main() -> ikhim_text::Result<()> {
/// # use ikhim_data::{Dataset, Preprocessing, Split};
/// # let parts = Dataset::digits().load()?.split(Split::new())?;
/// # let train = Preprocessing::fit(&parts.train)?.encode_train(&parts.train)?;
/// for epoch in 0..2 {
///     let batches = train.batches(100).shuffled(7, epoch);
///     assert_eq!(batches.count(), 13); // 1,257 rows: the last batch has 57
///     for batch in train.batches(100).shuffled(7, epoch) {
///         let batch = batch?;
///         assert_eq!(batch.rows.inputs[0].shape, [8, 8, 1]);
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Batches<'a> {
    rows: &'a Encoded,
    order: Vec<usize>,
    size: BatchSize,
    drop_last: bool,
    position: Position,
    /// The seed that drew the order.
    seed: Option<u64>,
    /// What changes the rows, with the seed that drives it.
    augmenter: Option<(&'a Augmenter, u64)>,
    /// Rows of an epoch, of which those here may be some.
    all: usize,
}

/// Some train rows.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Batch {
    /// The rows.
    pub rows: Encoded,
    /// Where this batch stands.
    pub position: Position,
}

impl<'a> Batches<'a> {
    pub(crate) fn new(rows: &'a Encoded, size: BatchSize) -> Batches<'a> {
        let order = (0..rows.rows).collect();
        Batches {
            rows,
            order,
            size,
            drop_last: false,
            position: Position::default(),
            seed: None,
            augmenter: None,
            all: rows.rows,
        }
    }

    /// Says how many rows an epoch has, of which those here are some.
    pub(crate) fn out_of(mut self, all: usize) -> Batches<'a> {
        self.all = all;
        self
    }

    /// Draws the order of an epoch.
    pub fn shuffled(mut self, seed: u64, epoch: u64) -> Batches<'a> {
        self.order = epoch_order(seed, epoch, self.rows.rows);
        self.position.epoch = epoch;
        self.seed = Some(seed);
        self
    }

    /// Puts rows of one bucket in one batch, as far as they fill it. In an order that
    /// was drawn before, the batches are in a drawn order too, a function of seed and
    /// epoch; without one the short rows come first. Rows that fill no batch come
    /// last, whatever their length.
    pub fn in_buckets(mut self, buckets: &Buckets) -> Batches<'a> {
        let size = self.size.of(self.order.len());
        let whole = self.order.len() / size;
        let rest = self.order.split_off(whole * size);
        // A stable order: within a bucket the rows stay as they were drawn.
        self.order.sort_by_key(|row| buckets.bucket(*row));
        let turns = match self.seed {
            Some(seed) => {
                let stream = Stream::new(seed, stream_id("data", "batches"));
                stream.permutation(whole, self.position.epoch)
            }
            None => (0..whole).collect(),
        };
        let batches = turns.iter().flat_map(|turn| &self.order[turn * size..(turn + 1) * size]);
        self.order = batches.chain(&rest).copied().collect();
        self
    }

    /// Changes the rows as an augmentation says, by a seed and the epoch.
    pub fn augmented(mut self, augmenter: &'a Augmenter, seed: u64) -> Batches<'a> {
        self.augmenter = Some((augmenter, seed));
        self
    }

    /// Lays the rows in as many streams as a batch has rows: row i of a batch
    /// stands behind row i of the batch before, as a network needs that goes on
    /// from its state. Rows that fill no batch are left out.
    pub fn in_streams(mut self) -> Batches<'a> {
        let width = self.size.of(self.rows.rows);
        let length = self.rows.rows / width;
        let place = |at: usize| at % width * length + at / width;
        self.order = (0..width * length).map(place).collect();
        self.all = self.order.len();
        self
    }

    /// Leaves out the last batch when it has fewer rows than the others.
    pub fn drop_last(mut self, drop_last: bool) -> Batches<'a> {
        self.drop_last = drop_last;
        self
    }

    /// Goes on with a batch, from 0.
    pub fn starting_at(mut self, batch: usize) -> Batches<'a> {
        self.position.batch = batch;
        self
    }

    /// Number of batches of the whole epoch.
    pub fn per_epoch(&self) -> usize {
        let (rows, size) = (self.all, self.size.of(self.all));
        if self.drop_last { rows / size } else { rows.div_ceil(size) }
    }

    /// The rows of a batch of the epoch, by their index in the encoded rows:
    /// for an engine that holds the rows already. Empty behind the last batch.
    pub fn indices(&self, batch: usize) -> &[usize] {
        if batch >= self.per_epoch() {
            return &[];
        }
        let size = self.size.of(self.all);
        let rows = batch * size..((batch + 1) * size).min(self.order.len());
        self.order.get(rows).unwrap_or_default()
    }

    /// Where the loop stands: what the next batch is.
    pub fn position(&self) -> Position {
        self.position
    }
}

impl Iterator for Batches<'_> {
    type Item = Result<Batch>;

    fn next(&mut self) -> Option<Result<Batch>> {
        if self.size == BatchSize::Rows(0) {
            // One fault, then the end, as from any source that breaks off.
            self.size = BatchSize::Full;
            self.position.batch = usize::MAX;
            return Some(Err(Fault::of("data.batch_size")));
        }
        let position = self.position;
        let indices = self.indices(position.batch);
        if indices.is_empty() {
            return None;
        }
        let rows = match self.augmenter {
            Some((augmenter, seed)) => augmenter.rows(self.rows, indices, seed, position.epoch),
            None => self.rows.gather(indices),
        };
        self.position.batch += 1;
        Some(Ok(Batch { rows, position }))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.per_epoch().saturating_sub(self.position.batch);
        (left, Some(left.max(1)))
    }
}

/// The order of the rows in an epoch.
pub fn epoch_order(seed: u64, epoch: u64, rows: usize) -> Vec<usize> {
    Stream::new(seed, stream_id("data", "order")).permutation(rows, epoch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{EncodedInput, EncodedTarget, EncodedValues};
    use proptest::prelude::*;

    fn rows(count: usize) -> Encoded {
        Encoded {
            inputs: vec![EncodedInput {
                name: "features".to_string(),
                shape: vec![2],
                values: EncodedValues::F32((0..2 * count).map(|value| value as f32).collect()),
            }],
            target: EncodedTarget::Class((0..count as i32).collect()),
            row_ids: (0..count as u64).map(|row| 100 + row).collect(),
            rows: count,
        }
    }

    fn ids(batches: Batches<'_>) -> Vec<Vec<u64>> {
        batches.map(|batch| batch.unwrap().rows.row_ids).collect()
    }

    #[test]
    fn rows_come_in_order_until_they_are_shuffled() {
        let rows = rows(5);
        let batches = Batches::new(&rows, BatchSize::Rows(2));
        assert_eq!(ids(batches.clone()), [vec![100, 101], vec![102, 103], vec![104]]);
        assert_eq!(ids(batches.clone().drop_last(true)), [[100, 101], [102, 103]]);
        assert_eq!(ids(Batches::new(&rows, BatchSize::Full).drop_last(true)).len(), 1);
        assert_eq!(ids(Batches::new(&rows, BatchSize::Rows(9))).len(), 1);
    }

    #[test]
    fn a_batch_keeps_inputs_targets_and_ids_together() {
        let rows = rows(7);
        for batch in Batches::new(&rows, BatchSize::Rows(3)).shuffled(1, 4) {
            let batch = batch.unwrap().rows;
            let EncodedTarget::Class(classes) = &batch.target else { panic!() };
            let features = batch.inputs[0].values.as_f32().unwrap();
            for (row, &class) in classes.iter().enumerate() {
                assert_eq!(batch.row_ids[row], 100 + class as u64);
                let expected = [2.0 * class as f32, 2.0 * class as f32 + 1.0];
                assert_eq!(features[2 * row..2 * row + 2], expected);
            }
        }
    }

    #[test]
    fn streams_go_on_where_the_batch_before_ended() {
        let rows = rows(8);
        let batches = Batches::new(&rows, BatchSize::Rows(3)).in_streams();
        assert_eq!(ids(batches), [[100, 102, 104], [101, 103, 105]]);
        let whole = Batches::new(&rows, BatchSize::Full).in_streams();
        assert_eq!(ids(whole), [(100..108).collect::<Vec<u64>>()]);
    }

    #[test]
    fn batches_of_buckets_hold_rows_of_like_length() {
        let rows = rows(47);
        // Half of the rows are short, the others long; one of each would be 100 steps.
        let lengths: Vec<usize> = (0..47).map(|row| if row % 2 == 0 { 5 } else { 100 }).collect();
        let buckets = Buckets::new(lengths, 100, 2);
        let batches = |seed: u64, epoch: u64| {
            Batches::new(&rows, BatchSize::Rows(4)).shuffled(seed, epoch).in_buckets(&buckets)
        };
        let found = batches(3, 8);
        let all: Vec<Vec<usize>> =
            (0..found.per_epoch()).map(|batch| found.indices(batch).to_vec()).collect();
        let mut seen = all.concat();
        seen.sort_unstable();
        assert_eq!(seen, (0..47).collect::<Vec<_>>());
        assert_eq!(all.len(), 12);
        assert_eq!(all[11].len(), 3);
        // Of eleven whole batches one at most holds both.
        let mixed = |batch: &&Vec<usize>| batch.iter().any(|row| row % 2 != batch[0] % 2);
        assert!(all[..11].iter().filter(mixed).count() <= 1, "{all:?}");
        // Short and long batches take turns by chance, not in order of length.
        let steps: Vec<usize> = all[..11].iter().map(|batch| buckets.steps(batch)).collect();
        assert!(!steps.is_sorted(), "{steps:?}");
        assert_eq!(ids(batches(3, 8)), ids(batches(3, 8)));
        assert_ne!(ids(batches(3, 8)), ids(batches(3, 9)));
        assert_ne!(ids(batches(3, 8)), ids(batches(4, 8)));
        // From file to file the order is the file's, the short rows first.
        let plain = Batches::new(&rows, BatchSize::Rows(4)).in_buckets(&buckets);
        assert_eq!(plain.indices(0), [0, 2, 4, 6]);
    }

    #[test]
    fn no_rows_are_no_batches_and_no_size_is_a_fault() {
        let none = rows(0);
        assert_eq!(Batches::new(&none, BatchSize::Full).count(), 0);
        let some = rows(3);
        let mut batches = Batches::new(&some, BatchSize::Rows(0));
        assert_eq!(batches.next().unwrap().unwrap_err().code(), "data.batch_size");
        assert!(batches.next().is_none());
    }

    proptest! {
        #[test]
        fn every_epoch_is_another_order_of_all_rows(
            count in 20_usize..200, size in 1_usize..50, seed: u64, epoch in 0_u64..1000,
        ) {
            let rows = rows(count);
            let batches = Batches::new(&rows, BatchSize::Rows(size)).shuffled(seed, epoch);
            let drawn = ids(batches).concat();
            let mut sorted = drawn.clone();
            sorted.sort_unstable();
            prop_assert_eq!(&sorted, &rows.row_ids);
            let next = ids(Batches::new(&rows, BatchSize::Rows(size)).shuffled(seed, epoch + 1));
            prop_assert_ne!(next.concat(), drawn);
        }

        #[test]
        fn a_loop_goes_on_where_it_stopped(
            count in 1_usize..60, size in 1_usize..20, stop in any::<prop::sample::Index>(),
            seed: u64, epoch: u64,
        ) {
            let rows = rows(count);
            let all = || Batches::new(&rows, BatchSize::Rows(size)).shuffled(seed, epoch);
            let mut first = all();
            let stop = stop.index(all().per_epoch());
            let seen: Vec<_> = first.by_ref().take(stop).collect();
            let json = serde_json::to_string(&first.position()).unwrap();
            let position: Position = serde_json::from_str(&json).unwrap();
            let again = Batches::new(&rows, BatchSize::Rows(size))
                .shuffled(seed, position.epoch)
                .starting_at(position.batch);
            let resumed: Vec<_> = seen.into_iter().chain(again).collect();
            prop_assert_eq!(resumed, all().collect::<Vec<_>>());
        }
    }
}
