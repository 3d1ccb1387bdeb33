//! The format of a lesson: `lesson.toml` beside the two texts.

use crate::claim::Claim;
use crate::text::{Block, blocks};
use ikhim_text::{Fault, Language, Result};
use serde::Deserialize;

/// Words in both languages.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    /// English.
    pub en: String,
    /// Korean.
    pub ko: String,
}

impl Words {
    /// The words in a language.
    pub fn say(&self, language: Language) -> &str {
        match language {
            Language::English => &self.en,
            Language::Korean => &self.ko,
        }
    }
}

/// A lesson with all that belongs to it.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// Its name, e.g. `lec04`.
    pub name: String,
    /// What it is called.
    pub title: Words,
    /// What is learned, in one sentence.
    pub goal: Words,
    /// The lessons that it leads to.
    pub leads_to: Vec<String>,
    /// Its ideas, for the course map.
    pub ideas: Vec<Idea>,
    /// What it claims.
    pub claims: Vec<Claim>,
    /// What the reader works out.
    pub exercises: Vec<Exercise>,
    pub(crate) figures: Vec<toml::Table>,
    english: String,
    korean: String,
    /// The experiment files with their texts.
    pub(crate) files: Vec<(String, String)>,
}

/// An idea of a lesson, and where else it lives.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idea {
    /// The idea.
    pub words: Words,
    /// The findings of the doctor that watch over it.
    #[serde(default)]
    pub findings: Vec<String>,
    /// What a Rust program calls for it, e.g. `nn::Linear`.
    #[serde(default)]
    pub library: Vec<String>,
}

/// A question whose answer can be checked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exercise {
    /// The question.
    pub question: Words,
    /// The right answer.
    pub answer: Answer,
    /// Why it is right.
    pub because: Words,
    /// The claim that measures the answer, where it is a number that the
    /// lesson finds.
    #[serde(default)]
    pub measured_by: Option<String>,
}

/// The answer of an exercise.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
pub enum Answer {
    /// A number, right within a distance.
    Number {
        /// The number.
        value: f64,
        /// How far an answer may be off.
        within: f64,
    },
    /// One of several sentences.
    Choice {
        /// The sentences.
        choices: Vec<Words>,
        /// The number of the right one, from 1.
        right: usize,
    },
}

/// `lesson.toml` as it stands in the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: Words,
    goal: Words,
    #[serde(default)]
    leads_to: Vec<String>,
    #[serde(default)]
    idea: Vec<Idea>,
    #[serde(default)]
    claim: Vec<Claim>,
    #[serde(default)]
    figure: Vec<toml::Table>,
    #[serde(default)]
    exercise: Vec<Exercise>,
}

impl Lesson {
    /// Reads a lesson from its texts.
    ///
    /// # Errors
    /// `lesson.toml` is not as it must be.
    pub fn read(
        name: &str,
        settings: &str,
        english: &str,
        korean: &str,
        files: &[(&str, &str)],
    ) -> Result<Lesson> {
        let file: File = toml::from_str(settings).map_err(|error| {
            Fault::of("experiment.lesson").with("lesson", name).with("found", error.message())
        })?;
        Ok(Lesson {
            name: name.to_string(),
            title: file.title,
            goal: file.goal,
            leads_to: file.leads_to,
            ideas: file.idea,
            claims: file.claim,
            exercises: file.exercise,
            figures: file.figure,
            english: english.to_string(),
            korean: korean.to_string(),
            files: files.iter().map(|(name, text)| (name.to_string(), text.to_string())).collect(),
        })
    }

    /// The names of its experiments.
    pub fn experiments(&self) -> impl Iterator<Item = &str> {
        self.files.iter().filter_map(|(name, _)| name.strip_suffix(".toml"))
    }

    /// The text as it stands in the file.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::English => &self.english,
            Language::Korean => &self.korean,
        }
    }

    pub(crate) fn blocks(&self, language: Language) -> Vec<Block> {
        blocks(self.text(language))
    }
}
