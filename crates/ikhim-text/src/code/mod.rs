//! Every error code of ikhim, declared once with the sentences a person reads
//! and the page that `ikhim explain CODE` prints.
//!
//! A code is `kind.name`; the kind names the file here and the
//! [`Kind`](crate::Kind) of the fault.

mod bug;
mod data;
mod experiment;
mod file;
mod image;
mod seal;
mod series;
mod shape;
mod train;
mod usage;

/// One error code: its sentences and its page.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// Stable name, `kind.name`.
    pub code: &'static str,
    /// The one-line message, lower case, without a final period; `{name}` is a
    /// hole for the argument `name`.
    pub english: &'static str,
    /// The same in Korean. Empty where a learner does not meet the error first.
    pub korean: &'static str,
    /// What to do, in English; may be empty when the place that raises the
    /// fault gives better help.
    pub help: &'static str,
    /// What to do, in Korean; empty exactly where `help` or `korean` is empty.
    pub help_korean: &'static str,
    /// The page of `ikhim explain`: why it happens, an example, the cure.
    pub page: &'static str,
}

/// All codes, kind by kind.
pub fn all() -> impl Iterator<Item = &'static Code> {
    [
        shape::CODES,
        data::CODES,
        series::CODES,
        data::source::CODES,
        data::split::CODES,
        data::value::CODES,
        image::CODES,
        experiment::CODES,
        train::CODES,
        seal::CODES,
        file::CODES,
        usage::CODES,
        bug::CODES,
    ]
    .into_iter()
    .flatten()
}

/// The declaration of a code.
pub fn find(code: &str) -> Option<&'static Code> {
    all().find(|entry| entry.code == code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::holes;
    use std::collections::BTreeSet;

    #[test]
    fn codes_are_unique_and_complete() {
        let mut seen = BTreeSet::new();
        for entry in all() {
            assert!(seen.insert(entry.code), "{} is declared twice", entry.code);
            assert!(!entry.english.is_empty(), "{} has no sentence", entry.code);
            assert!(entry.page.len() > 40, "{} has no page", entry.code);
            assert!(!entry.english.ends_with('.'), "{} ends with a period", entry.code);
        }
    }

    /// Codes that only somebody meets who writes a program, or that carry the
    /// words of the program that reads arguments.
    const ENGLISH_ONLY: [&str; 9] = [
        "data.row_of_fields",
        "shape.gradient_of_array",
        "shape.graphs_mixed",
        "shape.not_a_variable",
        "shape.stored_graph",
        "train.missing_variable",
        "train.row_ids",
        "train.unknown_fetch",
        "usage.arguments",
    ];

    #[test]
    fn what_a_learner_meets_has_both_languages() {
        let english_only: Vec<&str> =
            all().filter(|entry| entry.korean.is_empty()).map(|entry| entry.code).collect();
        let others: Vec<&&str> =
            english_only.iter().filter(|code| !ENGLISH_ONLY.contains(code)).collect();
        assert!(others.is_empty(), "no Korean form: {others:?}");
    }

    #[test]
    fn both_languages_have_the_same_holes() {
        for entry in all().filter(|entry| !entry.korean.is_empty()) {
            let set = |text| holes(text).into_iter().collect::<BTreeSet<_>>();
            assert_eq!(set(entry.english), set(entry.korean), "{}", entry.code);
            assert_eq!(set(entry.help), set(entry.help_korean), "{} (help)", entry.code);
            assert_eq!(entry.help.is_empty(), entry.help_korean.is_empty(), "{}", entry.code);
        }
    }
}
