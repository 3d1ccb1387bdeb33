use ikhim_text::Language;
use ikhim_text::sentence::Sentence;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Information,
    /// Likely to harm the result.
    Warning,
    /// The result cannot be trusted, or the run could not go on.
    Error,
}

/// Something that is wrong, or may be, with a run: what, where, with what
/// numbers, and what to do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Kebab-case name of the rule, e.g. `loss-not-finite`.
    pub id: String,
    /// How much it weighs.
    pub severity: Severity,
    /// How sure the rule is, 0 to 1.
    pub confidence: f64,
    /// Path of the layer, name of the column, or `training`.
    #[serde(rename = "where")]
    pub place: String,
    /// First and last step that show it.
    pub steps: (u64, u64),
    /// What is wrong, in one sentence that a student understands; empty where
    /// the evidence says it all.
    #[serde(default)]
    pub sentence: Wording,
    /// The numbers that show it, as sentences.
    pub evidence: Vec<Wording>,
    /// What could have spoken against it and was looked at.
    #[serde(default)]
    pub counter_evidence: Vec<Wording>,
    /// The lesson of the course that it belongs to, e.g. `07-1`; empty where
    /// there is none.
    #[serde(default)]
    pub lesson: String,
    /// What to try, most promising first.
    pub treatments: Vec<Treatment>,
}

impl Finding {
    /// A finding of a rule at a place, certain and without any words yet.
    pub fn new(id: impl Into<String>, severity: Severity, place: impl Into<String>) -> Finding {
        Finding {
            id: id.into(),
            severity,
            confidence: 1.0,
            place: place.into(),
            steps: (0, 0),
            sentence: Wording::default(),
            evidence: Vec::new(),
            counter_evidence: Vec::new(),
            lesson: String::new(),
            treatments: Vec::new(),
        }
    }
}

/// A change of the experiment that may cure a finding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Treatment {
    /// What to do, as a sentence.
    pub text: Wording,
    /// The same as `--set` arguments, empty when it is no change of a key.
    pub set: Vec<String>,
}

/// What a finding says, in both languages. Files and documents hold the English
/// form: programs read them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wording {
    english: String,
    korean: String,
}

impl Wording {
    /// A sentence of the table with its holes filled.
    pub fn of(sentence: Sentence, arguments: &[(&'static str, String)]) -> Wording {
        Wording::in_each(|language| sentence.say(language, arguments))
    }

    /// What `say` says in each language.
    pub fn in_each(say: impl Fn(Language) -> String) -> Wording {
        Wording { english: say(Language::English), korean: say(Language::Korean) }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.english.is_empty()
    }

    /// The form of a language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Korean => &self.korean,
        }
    }
}

/// A text that has no Korean form.
impl From<String> for Wording {
    fn from(text: String) -> Wording {
        Wording { korean: text.clone(), english: text }
    }
}

impl From<&str> for Wording {
    fn from(text: &str) -> Wording {
        Wording::from(text.to_string())
    }
}

impl fmt::Display for Wording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.english)
    }
}

impl Serialize for Wording {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.english)
    }
}

impl<'de> Deserialize<'de> for Wording {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Wording, D::Error> {
        String::deserialize(deserializer).map(Wording::from)
    }
}
