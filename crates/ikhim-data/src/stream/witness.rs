//! Rows beyond the sample that could change what a column is found to be.

use crate::source::csv::Typed;
use std::collections::{BTreeSet, HashSet};

/// Beyond so many different numbers a column is no category and no constant.
const MOST_LEVELS: usize = 1000;

/// What is known of a column so far.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Different numbers; none any more once they are too many.
    levels: Option<HashSet<u64>>,
    has_missing: bool,
    has_fraction: bool,
    pub(super) missing: usize,
    numbers: bool,
    words: bool,
    /// Whether cells were found that are neither all numbers nor few words.
    pub(super) is_mixed: bool,
}

/// What the columns of some rows show by themselves, found beside other work.
#[derive(Debug)]
pub(super) struct Shown {
    /// For each of the first different numbers its bits and its first row.
    levels: Vec<(u64, usize)>,
    missing: Option<usize>,
    fraction: Option<usize>,
}

impl Shown {
    pub(super) fn of(typed: &Typed) -> Shown {
        let mut shown = Shown { levels: Vec::new(), missing: None, fraction: None };
        match typed {
            Typed::Numbers { numbers, .. } => {
                let mut known: HashSet<u64, crate::values::Mixing> = HashSet::default();
                let levels = &mut shown.levels;
                for (row, value) in numbers.iter().enumerate() {
                    if value.is_nan() {
                        shown.missing.get_or_insert(row);
                        continue;
                    }
                    if shown.fraction.is_none() && value.fract() != 0.0 {
                        shown.fraction = Some(row);
                    }
                    if levels.len() <= MOST_LEVELS && known.insert(value.to_bits()) {
                        levels.push((value.to_bits(), row));
                    }
                }
            }
            Typed::Words(words) => shown.missing = words.codes().position(|code| code.is_none()),
            Typed::Missing(_) => shown.missing = Some(0),
            Typed::Mixed(_) => {}
        }
        shown
    }
}

impl Seen {
    pub(super) fn new() -> Seen {
        Seen { levels: Some(HashSet::new()), ..Seen::default() }
    }

    /// Takes note of some rows of a column; gives those that could change what it is.
    /// `fresh` are the words that no row before has.
    fn add(&mut self, typed: &Typed, shown: &Shown, fresh: &[u32], rows: &mut BTreeSet<usize>) {
        match typed {
            Typed::Missing(count) => self.missing += count,
            Typed::Numbers { missing, .. } => {
                self.missing += missing;
                self.numbers = true;
            }
            Typed::Words(words) => {
                self.missing += words.missing();
                self.words = true;
                let mut wanted = fresh.iter().copied().peekable();
                // Codes count words by their first row.
                for (row, code) in words.codes().enumerate() {
                    if wanted.peek().is_none() {
                        break;
                    }
                    if code == wanted.peek().copied() {
                        rows.insert(row);
                        wanted.next();
                    }
                }
            }
            Typed::Mixed(_) => self.is_mixed = true,
        }
        self.is_mixed |= self.numbers && self.words;
        let first = |seen: &mut bool, row: Option<usize>, rows: &mut BTreeSet<usize>| {
            if let Some(row) = row.filter(|_| !*seen) {
                *seen = true;
                rows.insert(row);
            }
        };
        first(&mut self.has_missing, shown.missing, rows);
        first(&mut self.has_fraction, shown.fraction, rows);
        let Some(known) = &mut self.levels else { return };
        for (bits, row) in &shown.levels {
            if known.insert(*bits) {
                rows.insert(*row);
            }
        }
        if known.len() > MOST_LEVELS {
            self.levels = None;
        }
    }
}

/// Takes note of rows in all columns; gives those that could change what one is.
pub(super) fn add(
    seen: &mut [Seen],
    columns: &[Typed],
    shown: &[Shown],
    fresh: &[Vec<u32>],
) -> BTreeSet<usize> {
    let mut rows = BTreeSet::new();
    for (((seen, typed), shown), fresh) in seen.iter_mut().zip(columns).zip(shown).zip(fresh) {
        seen.add(typed, shown, fresh, &mut rows);
    }
    rows
}
