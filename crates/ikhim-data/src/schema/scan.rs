//! One pass over the cells of a column: what is a number, what is missing.

use crate::source::csv::Typed;
use crate::source::is_missing_word;
use crate::source::table::{Cells, Raw};
use std::collections::HashMap;
use std::sync::Arc;

/// The words that a person adds to those that stand for a missing value.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MissingWords<'a>(pub(crate) &'a [String]);

impl MissingWords<'_> {
    /// The cell without the blanks around it; `None` when it is missing.
    pub(crate) fn present<'c>(&self, cell: &'c str) -> Option<&'c str> {
        let cell = cell.trim();
        let missing = is_missing_word(cell) || self.0.iter().any(|word| word == cell);
        (!missing).then_some(cell)
    }
}

/// From here on, 2⁵³, neighboring whole numbers are one number in double precision.
const WHOLE: f64 = 9_007_199_254_740_992.0;

/// Whether cells of text are whole numbers that differ and are one number in double
/// precision.
pub(crate) fn merges(raw: &Raw, scan: &Scan, missing: MissingWords<'_>) -> bool {
    if !scan.is_numeric() || !scan.is_beyond_whole() {
        return false;
    }
    let mut known: HashMap<u64, i128> = HashMap::new();
    counted(raw, missing).any(|(cell, _)| {
        let whole: Option<i128> = cell.parse().ok();
        whole.is_some_and(|whole| *known.entry((whole as f64).to_bits()).or_insert(whole) != whole)
    })
}

/// Cells told in one go.
pub(super) const TOLD: usize = 10;

/// Some rows: how many there are, and the first of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Found {
    pub(crate) count: usize,
    pub(crate) first: Vec<usize>,
}

impl Found {
    fn add(&mut self, row: usize) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(row);
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// What the cells of a column are.
#[derive(Debug, Clone)]
pub(crate) struct Scan {
    numbers: Numbers,
    rows: usize,
    /// How many cells are finite numbers.
    pub(crate) finite: usize,
    /// Rows whose cell is infinite or too large for a number.
    pub(crate) infinite: Found,
    /// Rows whose cell is text.
    pub(crate) words: Found,
    /// How many cells are missing.
    pub(crate) missing: usize,
}

/// The number of each row; NaN where there is none.
#[derive(Debug, Clone)]
enum Numbers {
    Own(Vec<f64>),
    /// Those of a column that was typed while it was read; no number at all where
    /// it is no column of numbers.
    Shared(Arc<Typed>),
}

impl Scan {
    /// Looks at a column of text; `None` for what is no text.
    pub(crate) fn of_raw(raw: &Raw, missing: MissingWords<'_>) -> Option<Scan> {
        match raw {
            Raw::Text(cells) => Some(Scan::of(cells, missing)),
            Raw::Typed(typed) => Some(Scan::of_typed(typed)),
            _ => None,
        }
    }

    fn of_typed(typed: &Arc<Typed>) -> Scan {
        let (rows, mut words) = (typed.len(), Found::default());
        let missing = match typed.as_ref() {
            Typed::Numbers { missing, .. } => *missing,
            Typed::Words(of) => {
                let present = of.codes().enumerate().filter(|(_, code)| code.is_some());
                words.first = present.map(|(row, _)| row).take(TOLD).collect();
                words.count = rows - of.missing();
                of.missing()
            }
            Typed::Missing(_) | Typed::Mixed(_) => rows,
        };
        Scan {
            numbers: Numbers::Shared(Arc::clone(typed)),
            rows,
            finite: rows - missing - words.count,
            infinite: Found::default(),
            words,
            missing,
        }
    }

    pub(crate) fn of(cells: &Cells, missing: MissingWords<'_>) -> Scan {
        let mut numbers = Vec::with_capacity(cells.len());
        let (mut finite, mut absent) = (0, 0);
        let (mut infinite, mut words) = (Found::default(), Found::default());
        for (row, cell) in cells.iter().enumerate() {
            let number = match missing.present(cell).map(str::parse::<f64>) {
                None => {
                    absent += 1;
                    f64::NAN
                }
                Some(Ok(number)) if number.is_finite() => {
                    finite += 1;
                    number + 0.0
                }
                // A spelling of NaN that is not among the missing words.
                Some(Ok(number)) if number.is_nan() => {
                    absent += 1;
                    f64::NAN
                }
                Some(Ok(_)) => {
                    infinite.add(row);
                    f64::NAN
                }
                Some(Err(_)) => {
                    words.add(row);
                    f64::NAN
                }
            };
            numbers.push(number);
        }
        let (numbers, rows) = (Numbers::Own(numbers), cells.len());
        Scan { numbers, rows, finite, infinite, words, missing: absent }
    }

    /// Looks at numbers of a source that has no text; NaN is missing.
    pub(crate) fn of_numbers(values: &[f64]) -> Scan {
        let mut infinite = Found::default();
        let (mut finite, mut missing) = (0, 0);
        for (row, value) in values.iter().enumerate() {
            finite += usize::from(value.is_finite());
            missing += usize::from(value.is_nan());
            if value.is_infinite() {
                infinite.add(row);
            }
        }
        let known = values.iter().map(|value| if value.is_finite() { *value } else { f64::NAN });
        let (numbers, words) = (Numbers::Own(known.collect()), Found::default());
        Scan { numbers, rows: values.len(), finite, infinite, words, missing }
    }

    /// Number of rows.
    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// How many cells hold something.
    pub(crate) fn present(&self) -> usize {
        self.rows - self.missing
    }

    /// Whether the column is one of numbers: at least four of five cells that
    /// hold something are numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        self.finite > 0 && (self.finite + self.infinite.count) * 5 >= self.present() * 4
    }

    /// The number of each row, NaN where there is none; nothing where no row has one.
    pub(crate) fn numbers(&self) -> &[f64] {
        match &self.numbers {
            Numbers::Own(numbers) => numbers,
            Numbers::Shared(typed) => match typed.as_ref() {
                Typed::Numbers { numbers, .. } => numbers,
                _ => &[],
            },
        }
    }

    /// The number of each row, NaN where there is none.
    pub(crate) fn into_numbers(self) -> Vec<f64> {
        let mut numbers = match self.numbers {
            Numbers::Own(numbers) => numbers,
            // Whoever asks last is given the numbers themselves.
            Numbers::Shared(typed) => match Arc::try_unwrap(typed) {
                Ok(Typed::Numbers { numbers, .. }) => numbers,
                Ok(_) => Vec::new(),
                Err(typed) => match typed.as_ref() {
                    Typed::Numbers { numbers, .. } => numbers.clone(),
                    _ => Vec::new(),
                },
            },
        };
        numbers.resize(self.rows, f64::NAN);
        numbers
    }

    /// Whether a number is so large that neighboring whole numbers are one to it.
    pub(crate) fn is_beyond_whole(&self) -> bool {
        self.finite().any(|number| number.abs() >= WHOLE)
    }

    /// The numbers that are there.
    pub(crate) fn finite(&self) -> impl Iterator<Item = f64> + Clone {
        self.numbers().iter().copied().filter(|number| !number.is_nan())
    }
}

/// The cells of a column that hold something, each with the rows that it stands
/// for; a column of few words gives each of them once.
pub(crate) fn counted<'a>(
    raw: &'a Raw,
    missing: MissingWords<'a>,
) -> Box<dyn Iterator<Item = (&'a str, usize)> + 'a> {
    match raw {
        Raw::Text(cells) => {
            Box::new(cells.iter().filter_map(move |cell| Some((missing.present(cell)?, 1))))
        }
        Raw::Typed(typed) => match typed.as_ref() {
            Typed::Words(words) => Box::new(words.counted()),
            _ => Box::new(std::iter::empty()),
        },
        _ => Box::new(std::iter::empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(cells: &[&str], missing: &[String]) -> Scan {
        let mut column = Cells::default();
        cells.iter().for_each(|cell| column.push(cell));
        Scan::of(&column, MissingWords(missing))
    }

    #[test]
    fn tells_numbers_words_and_absence_apart() {
        let found = scan(&["1", " 2.5 ", "NA", "inf", "abc", "", "1e400", "NAN"], &[]);
        assert_eq!((found.finite, found.missing), (2, 3));
        assert_eq!((found.infinite.first, found.words.first), (vec![3, 6], vec![4]));
        assert_eq!(scan(&["1", "-"], &["-".to_string()]).missing, 1);
    }

    #[test]
    fn is_numeric_from_four_fifths_on() {
        assert!(scan(&["1", "2", "3", "4", "x", ""], &[]).is_numeric());
        assert!(!scan(&["1", "2", "3", "x"], &[]).is_numeric());
        assert!(!scan(&["", "?"], &[]).is_numeric());
    }
}
