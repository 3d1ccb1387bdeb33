//! One pass over the cells of a column: what is a number, what is missing.

use crate::source::is_missing_word;
use crate::source::table::Cells;

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

/// What the cells of a text column are.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scan {
    /// The number of each row; NaN where there is none.
    pub(crate) numbers: Vec<f64>,
    /// How many cells are finite numbers.
    pub(crate) finite: usize,
    /// Rows whose cell is infinite or too large for a number.
    pub(crate) infinite: Vec<usize>,
    /// Rows whose cell is text.
    pub(crate) words: Vec<usize>,
    /// How many cells are missing.
    pub(crate) missing: usize,
}

impl Scan {
    pub(crate) fn of(cells: &Cells, missing: MissingWords<'_>) -> Scan {
        let mut scan = Scan { numbers: Vec::with_capacity(cells.len()), ..Scan::default() };
        for (row, cell) in cells.iter().enumerate() {
            let number = match missing.present(cell).map(str::parse::<f64>) {
                None => {
                    scan.missing += 1;
                    f64::NAN
                }
                Some(Ok(number)) if number.is_finite() => {
                    scan.finite += 1;
                    number + 0.0
                }
                // A spelling of NaN that is not among the missing words.
                Some(Ok(number)) if number.is_nan() => {
                    scan.missing += 1;
                    f64::NAN
                }
                Some(Ok(_)) => {
                    scan.infinite.push(row);
                    f64::NAN
                }
                Some(Err(_)) => {
                    scan.words.push(row);
                    f64::NAN
                }
            };
            scan.numbers.push(number);
        }
        scan
    }

    /// How many cells hold something.
    pub(crate) fn present(&self) -> usize {
        self.numbers.len() - self.missing
    }

    /// Whether the column is one of numbers: at least four of five cells that
    /// hold something are numbers.
    pub(crate) fn is_numeric(&self) -> bool {
        self.finite > 0 && (self.finite + self.infinite.len()) * 5 >= self.present() * 4
    }

    /// The numbers that are there.
    pub(crate) fn finite(&self) -> impl Iterator<Item = f64> + Clone {
        self.numbers.iter().copied().filter(|number| !number.is_nan())
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
        assert_eq!((found.infinite, found.words), (vec![3, 6], vec![4]));
        assert_eq!(scan(&["1", "-"], &["-".to_string()]).missing, 1);
    }

    #[test]
    fn is_numeric_from_four_fifths_on() {
        assert!(scan(&["1", "2", "3", "4", "x", ""], &[]).is_numeric());
        assert!(!scan(&["1", "2", "3", "x"], &[]).is_numeric());
        assert!(!scan(&["", "?"], &[]).is_numeric());
    }
}
