//! Free text as numbers: its words and the pieces of its words, weighed by how
//! rare they are among the train rows.
//!
//! A text is in lower case, Hangul letters are joined to syllables, and words are
//! what stands between blanks. The terms of a word `w` are the pieces of one, two
//! and three characters of ` w ` with its two blanks, and the whole ` w ` without
//! the marks around it. The vocabulary is the terms that stand in most train rows,
//! at least in two, in the order of their code points.
//!
//! With n train rows, a term that stands in d of them has the weight
//! `1 + ln((1 + n) / (1 + d))`; a term that a text has c times counts
//! `1 + ln(c)`; and the numbers of a text are divided by their Euclidean length
//! (Salton and Buckley 1988, with the smoothed weight of scikit-learn).

use super::fault;
use crate::composed::composed;
use crate::{Encoding, Missing, Policy};
use ikhim_text::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// Characters of the longest piece.
const LONGEST_PIECE: usize = 3;
/// The most terms of a vocabulary unless asked for more.
const TERMS: usize = 4_000;
/// The fewest terms that many rows leave.
const FEWEST_TERMS: usize = 256;
/// Numbers that all train rows may have: 1 GiB of them.
const MOST_NUMBERS: usize = 1 << 28;
/// A word may take one in so many places of a vocabulary.
const WORDS: usize = 4;
/// Inputs of hashed terms.
const HASH_WIDTH: usize = 1024;

/// A fitted column of text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct TextStep {
    terms: Terms,
    /// The weight of each input.
    weights: Vec<f32>,
    missing: MissingText,
}

/// Which input a term has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Terms {
    /// Its place in a sorted vocabulary.
    Vocabulary(Vec<String>),
    /// Its hash, modulo this number.
    Hashed(usize),
}

/// What a missing text becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MissingText {
    /// This text; an empty one has no term.
    Fill(String),
    /// A fault.
    Needed,
}

impl TextStep {
    /// Fits to the texts of the train rows.
    pub(super) fn fit(name: &str, texts: &[Option<String>], policy: &Policy) -> Result<TextStep> {
        let missing = match &policy.missing {
            Missing::Constant(text) => MissingText::Fill(text.clone()),
            Missing::Drop | Missing::Error => MissingText::Needed,
            other => return Err(fault::misfit(name, "missing", other.word(), "text")),
        };
        let fill = match &policy.missing {
            Missing::Constant(text) => text.as_str(),
            _ => "",
        };
        let filled: Vec<&str> = texts.iter().map(|text| text.as_deref().unwrap_or(fill)).collect();
        let terms = match policy.encoding {
            Encoding::Hash => Terms::Hashed(HASH_WIDTH),
            _ => {
                let mut rows_with: HashMap<String, usize> = HashMap::new();
                for text in &filled {
                    for term in counted(text).into_keys() {
                        *rows_with.entry(term).or_insert(0) += 1;
                    }
                }
                let room = (MOST_NUMBERS / texts.len().max(1)).clamp(FEWEST_TERMS, TERMS);
                Terms::Vocabulary(vocabulary(&rows_with, policy.max_features.unwrap_or(room)))
            }
        };
        let width = match &terms {
            Terms::Vocabulary(terms) => terms.len(),
            Terms::Hashed(width) => *width,
        };
        if width == 0 {
            return Err(fault::no_values(name));
        }
        let mut step = TextStep { terms, weights: vec![0.0; width], missing };
        let mut rows = vec![0_usize; width];
        for text in &filled {
            for place in step.places(text).into_keys() {
                rows[place] += 1;
            }
        }
        let n = texts.len() as f64;
        for (weight, rows) in step.weights.iter_mut().zip(rows) {
            *weight = (1.0 + libm::log((1.0 + n) / (1.0 + rows as f64))) as f32;
        }
        Ok(step)
    }

    /// How many numbers a text becomes.
    pub(super) fn width(&self) -> usize {
        self.weights.len()
    }

    /// A name for each of them: `Q~안녕`, with `_` for a blank, or `Q#7` of hashed
    /// terms.
    pub(super) fn feature_names(&self, name: &str) -> Vec<String> {
        match &self.terms {
            Terms::Vocabulary(terms) => {
                terms.iter().map(|term| format!("{name}~{}", term.replace(' ', "_"))).collect()
            }
            Terms::Hashed(width) => (0..*width).map(|place| format!("{name}#{place}")).collect(),
        }
    }

    /// Writes the numbers of a text; `row` is for the fault.
    pub(super) fn write(
        &self,
        name: &str,
        row: u64,
        text: Option<&str>,
        out: &mut [f32],
    ) -> Result<()> {
        out.fill(0.0);
        let text = match (text, &self.missing) {
            (Some(text), _) => text,
            (None, MissingText::Fill(text)) => text,
            (None, MissingText::Needed) => return Err(fault::value_needed(name, row)),
        };
        let mut found: Vec<(usize, f64)> = self
            .places(text)
            .into_iter()
            .map(|(place, count)| {
                (place, (1.0 + libm::log(f64::from(count))) * f64::from(self.weights[place]))
            })
            .collect();
        // A map has no order, and a sum must have one.
        found.sort_unstable_by_key(|(place, _)| *place);
        let length = found.iter().map(|(_, value)| value * value).sum::<f64>().sqrt();
        for (place, value) in found {
            out[place] = (value / length) as f32;
        }
        Ok(())
    }

    /// The inputs that a text has, and how often.
    fn places(&self, text: &str) -> HashMap<usize, u32> {
        let mut places = HashMap::new();
        for (term, count) in counted(text) {
            let place = match &self.terms {
                Terms::Vocabulary(terms) => match terms.binary_search(&term) {
                    Ok(place) => place,
                    Err(_) => continue,
                },
                Terms::Hashed(width) => hashed(&term) % width,
            };
            *places.entry(place).or_insert(0) += count;
        }
        places
    }
}

/// The terms that stand in most rows, sorted; those of a single row only where
/// there are no others. Of terms in equally many rows the first in order is taken.
fn vocabulary(rows_with: &HashMap<String, usize>, most: usize) -> Vec<String> {
    let mut ranked: Vec<(&String, usize)> =
        rows_with.iter().map(|(term, rows)| (term, *rows)).collect();
    if ranked.iter().any(|(_, rows)| *rows > 1) {
        ranked.retain(|(_, rows)| *rows > 1);
    }
    ranked.sort_unstable_by(|(a, rows), (b, other)| other.cmp(rows).then(a.cmp(b)));
    // Long words are rarer than pieces, and would get no place without one of
    // their own.
    let (words, pieces): (Vec<_>, Vec<_>) = ranked.into_iter().partition(|(term, _)| is_word(term));
    let words_kept = words.len().min(most / WORDS).max(most.saturating_sub(pieces.len()));
    let kept = words.into_iter().take(words_kept);
    let room = most - kept.len().min(most);
    let mut terms: Vec<String> =
        kept.chain(pieces.into_iter().take(room)).map(|(term, _)| term.clone()).collect();
    terms.sort_unstable();
    terms
}

/// Whether a term is a whole word that is no piece.
fn is_word(term: &str) -> bool {
    term.len() > LONGEST_PIECE && term.chars().count() > LONGEST_PIECE
}

/// The terms of a text, and how often it has each.
fn counted(text: &str) -> HashMap<String, u32> {
    let mut counts: HashMap<String, u32> = HashMap::new();
    let mut count = |term: String| *counts.entry(term).or_insert(0) += 1;
    for word in composed(text).to_lowercase().split_whitespace() {
        let letters: Vec<char> = [' '].into_iter().chain(word.chars()).chain([' ']).collect();
        for length in 1..=LONGEST_PIECE {
            for piece in letters.windows(length).filter(|piece| *piece != [' ']) {
                count(piece.iter().collect());
            }
        }
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let whole = format!(" {bare} ");
        if is_word(&whole) {
            count(whole);
        }
    }
    counts
}

/// A hash of a term.
fn hashed(term: &str) -> usize {
    let digest = Sha256::digest(term);
    usize::from(digest[0]) | usize::from(digest[1]) << 8 | usize::from(digest[2]) << 16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Column, ColumnType};

    fn fitted(texts: &[&str], column: Column) -> TextStep {
        let policy = column.decide(ColumnType::Text, false);
        let texts: Vec<Option<String>> = texts.iter().map(|text| Some(text.to_string())).collect();
        TextStep::fit("x", &texts, &policy).unwrap()
    }

    fn row(step: &TextStep, text: &str) -> Vec<f32> {
        let mut out = vec![9.0; step.width()];
        step.write("x", 0, Some(text), &mut out).unwrap();
        out
    }

    #[test]
    fn terms_are_pieces_of_words_and_words() {
        let mut terms: Vec<(String, u32)> = counted("Ab, ab abcd!").into_iter().collect();
        terms.sort();
        let expected = [
            (" a", 3),
            (" ab", 3),
            (" ab ", 2),
            (" abcd ", 1),
            ("!", 1),
            ("! ", 1),
            (",", 1),
            (", ", 1),
            ("a", 3),
            ("ab", 3),
            ("ab ", 1),
            ("ab,", 1),
            ("abc", 1),
            ("b", 3),
            ("b ", 1),
            ("b,", 1),
            ("b, ", 1),
            ("bc", 1),
            ("bcd", 1),
            ("c", 1),
            ("cd", 1),
            ("cd!", 1),
            ("d", 1),
            ("d!", 1),
            ("d! ", 1),
        ];
        let expected: Vec<(String, u32)> =
            expected.iter().map(|(term, count)| (term.to_string(), *count)).collect();
        assert_eq!(terms, expected);
        // The decomposed form of 한글 is the same text.
    }

    /// `TfidfVectorizer(analyzer=..., sublinear_tf=True)` of scikit-learn 1.9.1 over
    /// the same terms gives these numbers: see `fixtures/tf_idf.py`.
    #[test]
    fn numbers_are_those_of_scikit_learn() {
        let fixture: serde_json::Value =
            serde_json::from_str(include_str!("../../fixtures/tf_idf.json")).unwrap();
        let texts: Vec<&str> = fixture["train"]
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap())
            .collect();
        let step = fitted(&texts, Column::text());
        let names: Vec<String> = step.feature_names("x");
        let expected: Vec<String> = fixture["terms"]
            .as_array()
            .unwrap()
            .iter()
            .map(|term| format!("x~{}", term.as_str().unwrap().replace(' ', "_")))
            .collect();
        assert_eq!(names, expected);
        for (text, numbers) in fixture["rows"].as_object().unwrap() {
            let expected = numbers.as_array().unwrap().iter().map(|it| it.as_f64().unwrap());
            for (found, expected) in row(&step, text).iter().zip(expected) {
                assert!((f64::from(*found) - expected).abs() < 1e-6, "{text}: {found} {expected}");
            }
        }
    }

    #[test]
    fn a_text_without_a_known_term_is_zeros() {
        let step = fitted(&["good day", "good night", "bad day"], Column::text());
        assert!(row(&step, "ㅋㅋ").iter().all(|number| *number == 0.0));
        let mut out = vec![1.0; step.width()];
        step.write("x", 0, None, &mut out).unwrap();
        assert!(out.iter().all(|number| *number == 0.0));
        let length: f32 = row(&step, "good good day").iter().map(|x| x * x).sum();
        assert!((length - 1.0).abs() < 1e-6);
    }

    #[test]
    fn the_vocabulary_is_sorted_and_no_longer_than_asked() {
        let texts = ["one two three", "two three four", "three four five"];
        let step = fitted(&texts, Column::text().max_features(8));
        let Terms::Vocabulary(terms) = &step.terms else { panic!("hashed") };
        assert_eq!(terms.len(), 8);
        assert!(terms.is_sorted());
        // Two of eight places are for words: those of three rows, then of two.
        assert_eq!(
            terms.iter().filter(|term| is_word(term)).collect::<Vec<_>>(),
            [" four ", " three "]
        );
        let all = fitted(&texts, Column::text().max_features(10_000));
        let Terms::Vocabulary(terms) = &all.terms else { panic!("hashed") };
        assert!(terms.iter().any(|term| term == " two "));
        assert!(!terms.iter().any(|term| term == " five "), "it stands in one row");
    }

    #[test]
    fn hashed_terms_need_no_vocabulary() {
        let step = fitted(&["good day", "bad night"], Column::text().encoding(Encoding::Hash));
        assert_eq!((step.width(), step.feature_names("x")[7].as_str()), (HASH_WIDTH, "x#7"));
        let new = row(&step, "something else");
        assert!(new.iter().any(|number| *number > 0.0));
    }
}
