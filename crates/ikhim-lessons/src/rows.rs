//! Everything that the course says, row by row, each with the place where it is
//! shown or the reason why it is not.

use ikhim_text::{Fault, Result};
use serde::Deserialize;

const TEXT: &str = include_str!("../../../lessons/rows.toml");

/// A row of the course.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id, e.g. `P7.2`, `lab 10-6`, `F12`, `pitfall 9`.
    pub id: String,
    /// The lesson that shows it.
    #[serde(default)]
    pub lesson: Option<String>,
    /// The command that does it.
    #[serde(default)]
    pub command: Option<String>,
    /// The finding of the doctor that tells it.
    #[serde(default)]
    pub finding: Option<String>,
    /// The test that holds its numbers, where no lesson does: a file of the
    /// repository and the name of the test.
    #[serde(default)]
    pub test: Option<String>,
    /// Why there is none yet, or why there can be none.
    #[serde(default)]
    pub reason: Option<String>,
}

#[derive(Deserialize)]
struct File {
    row: Vec<Row>,
}

/// All rows, in the order of the course.
///
/// # Errors
/// None: a test reads them.
pub fn rows() -> Result<Vec<Row>> {
    let file: File = toml::from_str(TEXT).map_err(|error| {
        Fault::of("experiment.lesson").with("lesson", "rows").with("found", error.message())
    })?;
    Ok(file.row)
}
