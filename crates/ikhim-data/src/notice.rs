//! What must be said about data that is not wrong.

use ikhim_text::Language;
use ikhim_text::sentence::Sentence;
use serde::{Serialize, Serializer, ser::SerializeStruct};
use std::fmt;

/// Something that was decided while data was read and that a person must hear
/// of: a header was recognized, a column is left out, rows were dropped.
#[derive(Debug, Clone)]
pub struct Notice {
    code: &'static str,
    sentence: Sentence,
    arguments: Vec<(&'static str, String)>,
}

impl Notice {
    /// A notice with its stable code, e.g. `data.header`.
    pub fn new(code: &'static str, sentence: Sentence) -> Notice {
        Notice { code, sentence, arguments: Vec::new() }
    }

    /// Fills the hole `name` of the sentence.
    pub fn with(mut self, name: &'static str, value: impl fmt::Display) -> Notice {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The sentence in a language.
    pub fn text(&self, language: Language) -> String {
        self.sentence.say(language, &self.arguments)
    }

    /// The value given for a hole of the sentence.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

impl PartialEq for Notice {
    fn eq(&self, other: &Notice) -> bool {
        self.code == other.code && self.arguments == other.arguments
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Language::English))
    }
}

impl Serialize for Notice {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut notice = serializer.serialize_struct("Notice", 2)?;
        notice.serialize_field("code", self.code)?;
        notice.serialize_field("text", &self.to_string())?;
        notice.end()
    }
}
