//! The words that stand for a missing value.

/// The words of pandas' `read_csv` and `?`, the word of the UCI repository.
pub(crate) const MISSING_WORDS: &[&str] = &[
    "", "?", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN",
    "<NA>", "N/A", "NA", "NULL", "NaN", "None", "n/a", "nan", "null",
];

/// Whether a cell, without the blanks around it, says that its value is
/// missing.
pub(crate) fn is_missing_word(text: &str) -> bool {
    text.len() <= 9 && MISSING_WORDS.contains(&text)
}
