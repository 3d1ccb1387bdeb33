//! The levels of a category: names and order.

use super::scan::{MissingWords, Scan, counted};
use crate::Values;
use crate::composed::composed;
use crate::source::csv::{Typed, Words};
use crate::source::table::{Cells, Raw};
use crate::values::{Mixing, ascending};
use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

/// Level names with the index of each row's level.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Levels {
    pub(crate) names: Vec<String>,
    pub(crate) indices: Vec<Option<u32>>,
}

impl Levels {
    /// The levels of text cells. Where every cell is a number, a level is
    /// named by the number's shortest form, so that `1` and `1.0` are one
    /// level, and levels are ordered by value. Letters that Unicode can write in two ways
    /// are one. Whole numbers that would become one
    /// number are kept apart by their text.
    pub(crate) fn of_raw(raw: &Raw, scan: &Scan, missing: MissingWords<'_>) -> Levels {
        if are_numbers(raw, scan) {
            return Levels::of_numbers(scan.numbers());
        }
        if let Some(cells) = in_one_spelling(raw) {
            return Levels::of_texts(&cells, missing);
        }
        match raw {
            Raw::Text(cells) => Levels::of_texts(cells, missing),
            Raw::Typed(typed) => match typed.as_ref() {
                Typed::Words(words) => Levels::of_words(words),
                _ => Levels { names: Vec::new(), indices: vec![None; typed.len()] },
            },
            _ => Levels { names: Vec::new(), indices: Vec::new() },
        }
    }

    /// The levels of words that were counted while they were read.
    fn of_words(words: &Words) -> Levels {
        let names = words.names.clone();
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|&a, &b| names[a].cmp(&names[b]));
        Levels { names, indices: words.codes().collect() }.reordered(&order)
    }

    fn of_texts(cells: &Cells, missing: MissingWords<'_>) -> Levels {
        let mut known: HashMap<&str, u32> = HashMap::new();
        let mut names = Vec::new();
        let mut indices = Vec::with_capacity(cells.len());
        for cell in cells.iter() {
            indices.push(missing.present(cell).map(|cell| {
                *known.entry(cell).or_insert_with(|| {
                    names.push(cell.to_string());
                    names.len() as u32 - 1
                })
            }));
        }
        let mut order: Vec<usize> = (0..names.len()).collect();
        order.sort_by(|&a, &b| names[a].cmp(&names[b]));
        Levels { names, indices }.reordered(&order)
    }

    /// The levels of numbers, ordered by value; NaN has none.
    pub(crate) fn of_numbers(numbers: &[f64]) -> Levels {
        let mut known: HashMap<u64, u32, Mixing> = HashMap::default();
        let mut values = Vec::new();
        let mut indices = Vec::with_capacity(numbers.len());
        for &number in numbers {
            let number = number + 0.0;
            indices.push((!number.is_nan()).then(|| {
                *known.entry(number.to_bits()).or_insert_with(|| {
                    values.push(number);
                    values.len() as u32 - 1
                })
            }));
        }
        let order = ascending(&values);
        let names = values.iter().map(f64::to_string).collect();
        Levels { names, indices }.reordered(&order)
    }

    fn reordered(self, order: &[usize]) -> Levels {
        let mut place = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            place[old] = new as u32;
        }
        let mut names = self.names;
        let taken: Vec<String> = order.iter().map(|&old| std::mem::take(&mut names[old])).collect();
        let indices = self
            .indices
            .into_iter()
            .map(|index| index.map(|index| place[index as usize]))
            .collect();
        Levels { names: taken, indices }
    }

    pub(crate) fn into_values(self) -> Values {
        Values::Category { levels: self.names, indices: self.indices }
    }
}

/// The cells of a column of which some have letters that Unicode writes in another way
/// too, all in one way; `None` where there are none.
pub(super) fn in_one_spelling(raw: &Raw) -> Option<Cells> {
    let is_decomposed = |cell: &str| matches!(composed(cell), Cow::Owned(_));
    let mut all = Cells::default();
    match raw {
        Raw::Text(cells) if cells.iter().any(is_decomposed) => {
            cells.iter().for_each(|cell| all.push(&composed(cell)));
        }
        Raw::Typed(typed) => {
            let Typed::Words(words) = typed.as_ref() else { return None };
            if !words.names.iter().any(|name| is_decomposed(name)) {
                return None;
            }
            let cells = (0..words.len()).map(|row| words.get(row).unwrap_or_default());
            cells.for_each(|cell| all.push(&composed(cell)));
        }
        _ => return None,
    }
    Some(all)
}

/// Whether levels are told apart by their numbers: every cell is one, and none so large
/// that another whole number is the same to it.
fn are_numbers(raw: &Raw, scan: &Scan) -> bool {
    scan.finite > 0
        && scan.words.is_empty()
        && scan.infinite.is_empty()
        && !(matches!(raw, Raw::Text(_)) && scan.is_beyond_whole())
}

/// How many different values a column has; no more than so many are counted.
pub(crate) fn different(raw: &Raw, scan: &Scan, missing: MissingWords<'_>, most: usize) -> usize {
    if are_numbers(raw, scan) {
        let mut known: HashSet<u64, Mixing> = HashSet::default();
        for number in scan.finite() {
            known.insert(number.to_bits());
            if known.len() >= most {
                break;
            }
        }
        return known.len();
    }
    if let Some(cells) = in_one_spelling(raw) {
        return different(&Raw::Text(cells), scan, missing, most);
    }
    let mut known: HashSet<&str> = HashSet::new();
    for (cell, _) in counted(raw, missing) {
        known.insert(cell);
        if known.len() >= most {
            break;
        }
    }
    known.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn levels(cells: &[&str]) -> Levels {
        let mut column = Cells::default();
        cells.iter().for_each(|cell| column.push(cell));
        let missing = MissingWords(&[]);
        let scan = Scan::of(&column, missing);
        Levels::of_raw(&Raw::Text(column), &scan, missing)
    }

    #[test]
    fn are_sorted_and_named_once() {
        let found = levels(&["b", "a", " b", "NA"]);
        assert_eq!(found.names, ["a", "b"]);
        assert_eq!(found.indices, [Some(1), Some(0), Some(1), None]);
    }

    #[test]
    fn of_numbers_are_sorted_by_value() {
        let found = levels(&["10", "9", "9.0", "-0"]);
        assert_eq!(found.names, ["0", "9", "10"]);
        assert_eq!(found.indices, [Some(2), Some(1), Some(1), Some(0)]);
    }

    #[test]
    fn of_numbers_beyond_2_to_53_are_kept_apart_by_their_text() {
        let found = levels(&["9007199254740993", "9007199254740992", "7"]);
        assert_eq!(found.names, ["7", "9007199254740992", "9007199254740993"]);
        assert_eq!(found.indices, [Some(2), Some(1), Some(0)]);
    }

    #[test]
    fn of_two_spellings_of_unicode_are_one() {
        let decomposed = "\u{1100}\u{1161}\u{11bc}\u{110b}\u{1161}\u{110c}\u{1175}";
        let cells = ["강아지", decomposed, "cafe\u{301}", "café"];
        let found = levels(&cells);
        assert_eq!(found.names, ["café", "강아지"]);
        assert_eq!(found.indices, [Some(1), Some(1), Some(0), Some(0)]);
    }
}
