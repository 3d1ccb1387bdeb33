//! What a reader has passed: one small file in the folder of the lessons.

use crate::{Checked, Verdict};
use ikhim_run::durable;
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const NAME: &str = "progress.json";

/// How the claims of each lesson came out when they were checked last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// By the name of the lesson.
    pub lessons: BTreeMap<String, Standing>,
}

/// How the claims of a lesson came out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Claims that were as expected.
    pub passed: usize,
    /// Claims that were not.
    pub failed: usize,
    /// Claims that needed data that were not given.
    pub skipped: usize,
}

impl Standing {
    /// How some claims came out.
    pub fn of(checked: &[Checked]) -> Standing {
        let count = |verdict| checked.iter().filter(|claim| claim.verdict == verdict).count();
        Standing {
            passed: count(Verdict::Passed),
            failed: count(Verdict::Failed),
            skipped: count(Verdict::Skipped),
        }
    }

    /// Whether everything that could be checked was as expected.
    pub fn is_passed(&self) -> bool {
        self.failed == 0 && self.passed > 0
    }
}

impl Progress {
    /// What is kept in a folder; nothing where there is no file yet.
    ///
    /// # Errors
    /// The file is there and cannot be read.
    pub fn read(folder: &Path) -> Result<Progress> {
        let path = place(folder);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                Fault::of("file.failed")
                    .with("path", path.display())
                    .with("found", error)
                    .file(path)
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Progress::default()),
            Err(error) => Err(durable::fault(&path, &error)),
        }
    }

    /// Keeps it in a folder.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn write(&self, folder: &Path) -> Result<()> {
        std::fs::create_dir_all(folder).map_err(|error| durable::fault(folder, &error))?;
        let text = serde_json::to_string_pretty(self).unwrap_or_default() + "\n";
        durable::replace(&place(folder), text.as_bytes())
    }
}

fn place(folder: &Path) -> PathBuf {
    folder.join(NAME)
}
