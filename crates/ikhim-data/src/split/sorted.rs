//! Many hashes, in order.

use crate::RowHash;
use crate::ledger::short;

/// Hashes among which one is looked for.
const TOGETHER: usize = 16;

/// The first 64 bits of different hashes in ascending order. They are spread evenly, so
/// the first of them lead near to where one stands. A hash that is not among ten
/// million meets one of them by chance with a probability of 5 · 10⁻¹³.
#[derive(Debug, Clone, Default)]
pub(super) struct Sorted {
    hashes: Vec<u64>,
    /// Where those begin whose first bits are a number; empty for few hashes.
    starts: Vec<u32>,
}

impl PartialEq for Sorted {
    fn eq(&self, other: &Sorted) -> bool {
        self.hashes == other.hashes
    }
}

impl Eq for Sorted {}

impl Sorted {
    pub(super) fn of(mut hashes: Vec<u64>) -> Sorted {
        if !hashes.is_sorted_by(|one, other| one < other) {
            hashes.sort_unstable();
            hashes.dedup();
        }
        let mut sorted = Sorted { hashes, starts: Vec::new() };
        sorted.index();
        sorted
    }

    fn index(&mut self) {
        let bits = (self.hashes.len() / TOGETHER).max(1).ilog2().min(20);
        self.starts = Vec::with_capacity((1 << bits) + 1);
        self.starts.push(0);
        for next in 1..=1_u32 << bits {
            let from = self.starts.last().map_or(0, |start| *start as usize);
            let few = self.hashes[from..].iter().take_while(|hash| place(**hash, bits) < next);
            self.starts.push((from + few.count()) as u32);
        }
    }

    pub(super) fn contains(&self, hash: &RowHash) -> bool {
        self.has(short(hash))
    }

    pub(super) fn has(&self, hash: u64) -> bool {
        let Some(bits) = self.starts.len().checked_sub(1).and_then(usize::checked_ilog2) else {
            return false;
        };
        let place = place(hash, bits) as usize;
        let range = self.starts[place] as usize..self.starts[place + 1] as usize;
        self.hashes[range].binary_search(&hash).is_ok()
    }

    /// The same with others that are not among them.
    pub(super) fn extend(&mut self, mut others: Vec<u64>) {
        if others.is_empty() {
            return;
        }
        if self.hashes.is_empty() {
            // Many hashes are not copied.
            others.shrink_to_fit();
            self.hashes = others;
        } else {
            self.hashes.reserve_exact(others.len());
            self.hashes.extend(others);
        }
        *self = Sorted::of(std::mem::take(&mut self.hashes));
    }

    pub(super) fn as_slice(&self) -> &[u64] {
        &self.hashes
    }
}

/// The first bits of a hash, at most 20.
fn place(hash: u64, bits: u32) -> u32 {
    hash.checked_shr(64 - bits).unwrap_or(0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn knows_what_a_set_of_any_size_knows() {
        for count in [0_u32, 1, 2, 15, 32, 33, 1_000, 70_000] {
            let hash = |number: u32| RowHash::of(&number.to_le_bytes());
            let mut sorted = Sorted::of((0..count).map(|number| short(&hash(number))).collect());
            let mut set: BTreeSet<u64> = (0..count).map(|number| short(&hash(number))).collect();
            let agree = |sorted: &Sorted, set: &BTreeSet<u64>| {
                assert!(sorted.as_slice().iter().eq(set));
                let asked = (0..2 * count + 40).map(hash);
                assert!(asked.clone().all(|it| sorted.contains(&it) == set.contains(&short(&it))));
                for edge in [RowHash([0; 16]), RowHash([255; 16])] {
                    assert_eq!(sorted.contains(&edge), set.contains(&short(&edge)));
                }
            };
            agree(&sorted, &set);
            let more = [RowHash([255; 16]), hash(count), RowHash([0; 16]), hash(count)];
            let more = more.map(|hash| short(&hash));
            sorted.extend(more.to_vec());
            set.extend(more);
            agree(&sorted, &set);
        }
    }
}
