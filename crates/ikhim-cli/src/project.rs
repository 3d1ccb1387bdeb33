//! The project folder: the nearest one upwards with a ledger, or the current
//! one.

use ikhim_data::Ledger;
use ikhim_run::folder;
use ikhim_text::Result;
use std::path::{Path, PathBuf};

/// The folder that holds `.ikhim` and `runs`.
#[derive(Debug, Clone)]
pub(crate) struct Project {
    folder: PathBuf,
}

impl Project {
    /// The project that the current folder belongs to.
    pub(crate) fn find() -> Project {
        let ledger = Ledger::find(".").path();
        let folder = ledger.ancestors().nth(2).unwrap_or(Path::new("."));
        Project { folder: relative(folder) }
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::in_project(&self.folder)
    }

    /// The folder of the runs.
    pub(crate) fn runs(&self) -> PathBuf {
        match self.folder.as_os_str().is_empty() {
            true => PathBuf::from("runs"),
            false => self.folder.join("runs"),
        }
    }

    /// The folder of the run that is meant by a path, a name, a unique prefix or
    /// `latest`.
    pub(crate) fn run(&self, meant: &str) -> Result<PathBuf> {
        folder::find(&self.runs(), meant)
    }
}

/// A path below the current folder as a person would type it.
pub(crate) fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().ok();
    let below = here.as_ref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).to_path_buf()
}

/// A path as it can be typed into a shell.
pub(crate) fn typed(path: &Path) -> String {
    let path = relative(path).display().to_string();
    let plain = |letter: char| letter.is_alphanumeric() || "/\\._-:~+".contains(letter);
    if path.chars().all(plain) { path } else { format!("\"{path}\"") }
}
