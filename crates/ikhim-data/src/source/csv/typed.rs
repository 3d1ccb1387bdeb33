//! The cells of one column, typed while the file is cut: numbers, or words of
//! which few differ. Anything else is read again as text.

use crate::RowHasher;
use crate::source::is_missing_word;
use crate::values::pick;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// More different words are no levels of a category; such a column is read as text.
const MOST_WORDS: usize = 4096;

/// Stands for a missing word.
const MISSING: u32 = u32::MAX;

/// What the cells of a column are, as long as they are of one kind.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Typed {
    /// Every cell so far is missing.
    Missing(usize),
    /// Numbers, NaN where one is missing.
    Numbers { numbers: Vec<f64>, missing: usize },
    /// Words, each a number of the list.
    Words(Words),
    /// Numbers among words, too many words, or a missing value by a word of the
    /// person's own: only the text itself tells what to make of it.
    Mixed(usize),
}

/// Cells of few different words.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Words {
    /// The words in the order of their first row, without blanks around them.
    pub(crate) names: Vec<String>,
    /// For each row the place of its word in the list.
    codes: Vec<u32>,
    known: HashMap<String, u32, BuildHasherDefault<WordHasher>>,
}

/// FNV-1a: the words of a file attack nobody, and a column has few of them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> WordHasher {
        WordHasher(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// What a cell is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Cell<'a> {
    Missing,
    Number(f64),
    Word(&'a str),
    /// Text that a number column and a hash take in different ways: infinity, a
    /// spelling of NaN, a person's own word for a missing value.
    Odd(&'a str),
}

impl<'a> Cell<'a> {
    /// What a text is. `missing` are a person's own words for a missing value.
    pub(super) fn of(text: &'a str, missing: &[String]) -> Cell<'a> {
        let text = text.trim();
        if text.is_empty() || is_missing_word(text) {
            return Cell::Missing;
        }
        if missing.iter().any(|word| word == text) {
            return Cell::Odd(text);
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Cell::Number(number + 0.0),
            Ok(_) => Cell::Odd(text),
            Err(_) => Cell::Word(text),
        }
    }

    /// Adds this cell to the hash of its row.
    pub(super) fn hash(self, hasher: &mut RowHasher) {
        match self {
            Cell::Missing => hasher.missing(),
            Cell::Number(number) => hasher.number(number),
            Cell::Word(word) => hasher.text(word),
            // The hash knows no words of a person's own.
            Cell::Odd(text) => hasher.cell(text),
        }
    }
}

impl Default for Typed {
    fn default() -> Typed {
        Typed::Missing(0)
    }
}

impl Typed {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        match self {
            Typed::Missing(rows) | Typed::Mixed(rows) => *rows,
            Typed::Numbers { numbers, .. } => numbers.len(),
            Typed::Words(words) => words.len(),
        }
    }

    /// Adds a cell; `room` is about how many there will be.
    pub(super) fn push(&mut self, cell: Cell<'_>, room: usize) {
        match (&mut *self, cell) {
            (Typed::Numbers { numbers, .. }, Cell::Number(number)) => numbers.push(number),
            (Typed::Numbers { numbers, missing }, Cell::Missing) => {
                numbers.push(f64::NAN);
                *missing += 1;
            }
            (Typed::Words(words), Cell::Word(word)) => {
                words.push(word);
                if words.names.len() > MOST_WORDS {
                    *self = Typed::Mixed(self.len());
                }
            }
            (Typed::Words(words), Cell::Missing) => words.codes.push(MISSING),
            (Typed::Missing(rows), Cell::Missing) | (Typed::Mixed(rows), _) => *rows += 1,
            (Typed::Missing(missing), Cell::Number(number)) => {
                let missing = *missing;
                let mut numbers = Vec::with_capacity(room.max(missing + 1));
                numbers.resize(missing, f64::NAN);
                numbers.push(number);
                *self = Typed::Numbers { numbers, missing };
            }
            (Typed::Missing(missing), Cell::Word(word)) => {
                let codes = Vec::with_capacity(room.max(*missing + 1));
                let mut words = Words { codes, ..Words::default() };
                words.codes.resize(*missing, MISSING);
                words.push(word);
                *self = Typed::Words(words);
            }
            _ => *self = Typed::Mixed(self.len() + 1),
        }
    }

    /// Adds the cell of a row to the hash of its row. What is mixed is read as text.
    pub(crate) fn hash(&self, row: usize, hasher: &mut RowHasher) {
        match self {
            Typed::Numbers { numbers, .. } => {
                hasher.number(numbers.get(row).copied().unwrap_or(f64::NAN));
            }
            Typed::Words(words) => match words.get(row) {
                Some(word) => hasher.text(word),
                None => hasher.missing(),
            },
            Typed::Missing(_) | Typed::Mixed(_) => hasher.missing(),
        }
    }

    /// These rows only.
    pub(crate) fn take(&self, rows: &[usize]) -> Typed {
        match self {
            Typed::Missing(_) => Typed::Missing(rows.len()),
            Typed::Mixed(_) => Typed::Mixed(rows.len()),
            Typed::Numbers { numbers, .. } => {
                let numbers = pick(numbers, rows);
                let missing = numbers.iter().filter(|number| number.is_nan()).count();
                Typed::Numbers { numbers, missing }
            }
            Typed::Words(words) => {
                Typed::Words(Words { codes: pick(&words.codes, rows), ..words.clone() })
            }
        }
    }

    /// Pieces of a column, one behind the other.
    pub(crate) fn joined(pieces: Vec<Typed>) -> Typed {
        let rows = pieces.iter().map(Typed::len).sum();
        let is = |kind: fn(&Typed) -> bool| pieces.iter().any(kind);
        let numbers = is(|piece| matches!(piece, Typed::Numbers { .. }));
        let words = is(|piece| matches!(piece, Typed::Words(_)));
        if is(|piece| matches!(piece, Typed::Mixed(_))) || (numbers && words) {
            return Typed::Mixed(rows);
        }
        if numbers {
            return Typed::of_numbers(rows, pieces);
        }
        if words { Typed::of_words(rows, pieces) } else { Typed::Missing(rows) }
    }

    fn of_numbers(rows: usize, pieces: Vec<Typed>) -> Typed {
        let mut all = Vec::with_capacity(rows);
        let mut absent = 0;
        for piece in pieces {
            match piece {
                Typed::Numbers { numbers, missing } => {
                    all.extend_from_slice(&numbers);
                    absent += missing;
                }
                other => {
                    all.resize(all.len() + other.len(), f64::NAN);
                    absent += other.len();
                }
            }
        }
        Typed::Numbers { numbers: all, missing: absent }
    }

    fn of_words(rows: usize, pieces: Vec<Typed>) -> Typed {
        let mut all = Words { codes: Vec::with_capacity(rows), ..Words::default() };
        for piece in pieces {
            match piece {
                Typed::Words(words) => {
                    let places: Vec<u32> = words.names.iter().map(|name| all.place(name)).collect();
                    let place = |code: &u32| places.get(*code as usize).copied();
                    let codes = words.codes.iter().map(|code| place(code).unwrap_or(MISSING));
                    all.codes.extend(codes);
                }
                other => all.codes.resize(all.codes.len() + other.len(), MISSING),
            }
        }
        if all.names.len() > MOST_WORDS { Typed::Mixed(rows) } else { Typed::Words(all) }
    }
}

impl Words {
    pub(crate) fn len(&self) -> usize {
        self.codes.len()
    }

    fn push(&mut self, word: &str) {
        // Words often come in runs.
        let code = match self.codes.last().and_then(|last| self.names.get(*last as usize)) {
            Some(last) if last == word => self.codes[self.codes.len() - 1],
            _ => self.place(word),
        };
        self.codes.push(code);
    }

    /// The place of a word in the list, to which it is added when it is new.
    fn place(&mut self, word: &str) -> u32 {
        if let Some(place) = self.known.get(word) {
            return *place;
        }
        let place = self.names.len() as u32;
        self.names.push(word.to_string());
        self.known.insert(word.to_string(), place);
        place
    }

    /// For each row the place of its word; `None` where it is missing.
    pub(crate) fn codes(&self) -> impl ExactSizeIterator<Item = Option<u32>> + '_ {
        self.codes.iter().map(|code| (*code != MISSING).then_some(*code))
    }

    /// The word of a row.
    pub(crate) fn get(&self, row: usize) -> Option<&str> {
        self.names.get(*self.codes.get(row)? as usize).map(String::as_str)
    }

    /// Each word with its rows.
    pub(crate) fn counted(&self) -> impl Iterator<Item = (&str, usize)> {
        let mut counts = vec![0; self.names.len()];
        for code in self.codes().flatten() {
            counts[code as usize] += 1;
        }
        self.names.iter().map(String::as_str).zip(counts)
    }

    pub(crate) fn missing(&self) -> usize {
        self.codes.iter().filter(|code| **code == MISSING).count()
    }
}
