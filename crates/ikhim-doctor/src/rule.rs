//! A rule: when it looks, what it says, and what must and must not fire it.

use crate::chart::Chart;
use ikhim_run::{Finding, Severity, Treatment, Wording};
use ikhim_text::Language;
use ikhim_text::sentence::Sentence;

/// When a rule has what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Before training: experiment, graph, rows, one pass of the first state.
    Before,
    /// While it runs: looks at chosen steps.
    During,
    /// After it: the log and what validation says.
    After,
}

impl Moment {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Moment::Before => "before",
            Moment::During => "during",
            Moment::After => "after",
        }
    }
}

/// One finding with all that belongs to it; a file of `finding/` each.
pub struct Rule {
    /// Kebab-case name.
    pub id: &'static str,
    /// When it looks.
    pub moment: Moment,
    /// What is wrong, in one sentence that a student understands.
    pub sentence: Sentence,
    /// Why it harms, and what to learn from it.
    pub lesson: Sentence,
    /// The lesson of the course, e.g. `07-1`; empty where there is none.
    pub course: &'static str,
    /// Where each of its numbers comes from.
    pub numbers: &'static str,
    pub(crate) examine: fn(&Chart<'_>) -> Vec<Finding>,
    /// An experiment that must fire it.
    pub red: &'static str,
    /// Its healthy twin.
    pub green: &'static str,
    /// An experiment that comes near and must not fire it.
    pub near: &'static str,
}

impl Rule {
    /// A finding of this rule.
    pub(crate) fn finding(
        &self,
        severity: Severity,
        confidence: f64,
        place: impl Into<String>,
    ) -> Finding {
        Finding {
            confidence,
            sentence: Wording::of(self.sentence, &[]),
            lesson: self.course.to_string(),
            ..Finding::new(self.id, severity, place)
        }
    }

    /// The page of `ikhim explain`.
    pub fn page(&self, language: Language) -> String {
        let words = |sentence: &Sentence| sentence.say(language, &[]);
        format!(
            "{}\n\n{}\n\n{}\n\n{}",
            words(&self.sentence),
            words(&self.lesson),
            self.numbers,
            self.red.trim()
        )
    }
}

/// A sentence in English and Korean with its holes filled.
macro_rules! say {
    ($english:literal, $korean:literal $(, $name:ident = $value:expr)* $(,)?) => {
        ikhim_run::Wording::of(
            ikhim_text::sentence::Sentence { english: $english, korean: $korean },
            &[$((stringify!($name), $value.to_string())),*],
        )
    };
}
pub(crate) use say;

/// A sentence in English and Korean.
pub(crate) const fn sentence(english: &'static str, korean: &'static str) -> Sentence {
    Sentence { english, korean }
}

/// A treatment with the settings that it is.
pub(crate) fn treatment(
    text: Wording,
    set: impl IntoIterator<Item = impl Into<String>>,
) -> Treatment {
    // Layers that have a key in common name it once.
    let mut once: Vec<String> = Vec::new();
    for setting in set.into_iter().map(Into::into) {
        if !once.contains(&setting) {
            once.push(setting);
        }
    }
    Treatment { text, set: once }
}

/// A number for a sentence.
pub(crate) fn short(value: f64) -> String {
    ikhim_text::number::rounded(value, 3)
}

/// A share as percent.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}
