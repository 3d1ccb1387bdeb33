//! The sentences of progress, summaries and reports, each in both languages.
//!
//! A sentence is a [`Sentence`] constant named after what it says; holes are
//! `{name}`.

use crate::{Language, template::fill};

/// One sentence in English and Korean, with named holes.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// English form.
    pub english: &'static str,
    /// Korean form, with the same holes.
    pub korean: &'static str,
}

impl Sentence {
    /// The sentence with its holes filled.
    pub fn say(&self, language: Language, arguments: &[(&'static str, String)]) -> String {
        let template = match language {
            Language::English => self.english,
            Language::Korean => self.korean,
        };
        fill(template, arguments)
    }
}

/// Declares the table: a constant for each sentence and the list of all.
macro_rules! sentences {
    ($($(#[$meta:meta])* $name:ident: $english:literal, $korean:literal;)*) => {
        $($(#[$meta])* pub const $name: Sentence = Sentence { english: $english, korean: $korean };)*

        /// All sentences with their names.
        pub const ALL: &[(&str, Sentence)] = &[$((stringify!($name), $name)),*];
    };
}

sentences! {
    /// Title of the table of results of a run.
    EPOCH: "epoch {epoch}/{epochs}", "에포크 {epoch}/{epochs}";
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::template::holes;
    use std::collections::BTreeSet;

    #[test]
    fn every_sentence_has_both_forms_with_the_same_holes() {
        for (name, sentence) in ALL {
            assert!(!sentence.english.is_empty() && !sentence.korean.is_empty(), "{name}");
            let set = |text| holes(text).into_iter().collect::<BTreeSet<_>>();
            assert_eq!(set(sentence.english), set(sentence.korean), "{name}");
            assert!(
                sentence.korean.chars().any(|c| ('가'..='힣').contains(&c)),
                "{name} has no Korean letter"
            );
        }
    }
}
