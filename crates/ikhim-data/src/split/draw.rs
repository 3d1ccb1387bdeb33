use super::apportion::apportion;
use crate::cores::{by_rows, on_all_cores};
use crate::{Part, RowHash};
use std::collections::HashMap;

/// Rows with equal inputs: they go into one part, or the network would be
/// examined on a row that it has seen.
pub(super) struct Group<'a> {
    pub(super) rows: &'a [usize],
    pub(super) stratum: usize,
}

/// Where a row stands in the order of the draw: a function of the seed and of
/// the row's inputs, never of its target or its place in the file.
pub(super) fn key(seed: u64, inputs: &RowHash) -> RowHash {
    let mut bytes = [0; 24];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..].copy_from_slice(&inputs.0);
    RowHash::of(&bytes)
}

/// The keys of all rows.
pub(super) fn keys(seed: u64, inputs: &[RowHash]) -> Vec<RowHash> {
    by_rows(inputs.len(), |range| inputs[range].iter().map(|inputs| key(seed, inputs)).collect())
}

/// The rows in the order of their keys, those with equal keys in their own.
pub(super) fn in_order(keys: &[RowHash]) -> Vec<usize> {
    // Keys are spread evenly, so the first byte makes buckets of one size.
    let mut buckets: Vec<Vec<(RowHash, usize)>> = vec![Vec::new(); 256];
    for (row, key) in keys.iter().enumerate() {
        buckets[usize::from(key.0[0])].push((*key, row));
    }
    let sorted = on_all_cores(buckets, |mut rows| {
        rows.sort_unstable();
        rows
    });
    let mut order = Vec::with_capacity(keys.len());
    sorted.iter().for_each(|rows| order.extend(rows.iter().map(|(_, row)| *row)));
    order
}

/// Draws the part of each row. `keys` gives the order, `strata` the stratum of
/// each row, `sizes` the rows of train, validation and test, which sum to the
/// number of rows.
///
/// Each stratum hands its first groups to test, the next to validation. A group
/// that is larger than what a part still takes is passed over, so that sizes
/// are exact as long as there are single rows to fill the gap.
pub(super) fn draw(keys: &[RowHash], strata: &[usize], sizes: [usize; 3]) -> Vec<Part> {
    let order = in_order(keys);
    let groups = groups(&order, keys, strata);
    let count = strata.iter().max().map_or(0, |last| last + 1);
    let mut rows_of = vec![0; count];
    for group in &groups {
        rows_of[group.stratum] += group.rows.len();
    }
    let mut quotas = apportion(&rows_of, sizes);

    let mut parts = vec![Part::Train; keys.len()];
    for group in groups {
        let quota = &mut quotas[group.stratum];
        for (place, part) in [(2, Part::Test), (1, Part::Validation)] {
            if group.rows.len() <= quota[place] {
                quota[place] -= group.rows.len();
                group.rows.iter().for_each(|&row| parts[row] = part);
                break;
            }
        }
    }
    parts
}

/// The groups in the order of the draw. A group whose rows have different
/// targets belongs to the stratum that most of them have.
pub(super) fn groups<'a>(order: &'a [usize], keys: &[RowHash], strata: &[usize]) -> Vec<Group<'a>> {
    order
        .chunk_by(|&left, &right| keys[left] == keys[right])
        .map(|rows| Group { stratum: most_frequent(rows, strata), rows })
        .collect()
}

/// The most frequent stratum of some rows; the first of those that tie.
fn most_frequent(rows: &[usize], strata: &[usize]) -> usize {
    if let [row] = rows {
        return strata[*row];
    }
    let mut counts = HashMap::new();
    for &row in rows {
        *counts.entry(strata[row]).or_insert(0) += 1;
    }
    let most =
        counts.into_iter().max_by_key(|&(stratum, count)| (count, std::cmp::Reverse(stratum)));
    most.map_or(0, |(stratum, _)| stratum)
}

/// Gives a part that was asked for and got nothing, because every group is larger
/// than it, the smallest group of train rows; the last one stays in train.
pub(super) fn fill(keys: &[RowHash], parts: &mut [Part], [validation, test]: [usize; 2]) {
    for (size, part) in [(test, Part::Test), (validation, Part::Validation)] {
        if size == 0 || parts.contains(&part) {
            continue;
        }
        let order = in_order(keys);
        let mut groups = groups(&order, keys, &vec![0; keys.len()]);
        groups.retain(|group| group.rows.iter().all(|&row| parts[row] == Part::Train));
        let smallest = groups.iter().min_by_key(|group| group.rows.len());
        if let Some(group) = smallest.filter(|_| groups.len() > 1) {
            group.rows.iter().for_each(|&row| parts[row] = part);
        }
    }
}
