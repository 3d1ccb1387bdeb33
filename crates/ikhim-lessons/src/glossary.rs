//! The words of the course: the term of Korean textbooks beside the English
//! one.

use ikhim_text::{Fault, Result};
use serde::Deserialize;

const TEXT: &str = include_str!("../../../lessons/glossary.toml");

/// A term of the course.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// The English term.
    pub en: String,
    /// The Korean term.
    pub ko: String,
    /// What it means, in Korean.
    pub meaning: String,
}

#[derive(Deserialize)]
struct File {
    term: Vec<Term>,
}

/// The terms, in the order in which the course meets them.
///
/// # Errors
/// None: a test reads them.
pub fn glossary() -> Result<Vec<Term>> {
    let file: File = toml::from_str(TEXT).map_err(|error| {
        Fault::of("experiment.lesson").with("lesson", "glossary").with("found", error.message())
    })?;
    Ok(file.term)
}
