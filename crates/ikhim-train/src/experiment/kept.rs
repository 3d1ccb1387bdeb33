//! The assignment of rows to parts, kept in the project beside the ledger, so
//! that rows which are appended later change nobody's part.

use ikhim_data::{Assignment, Dataset, Ledger, Origin, Parts, Split};
use ikhim_run::durable;
use ikhim_run::experiment::Experiment;
use ikhim_text::Result;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// The folder of the assignments, beside the ledger.
const FOLDER: &str = "splits";

/// Where the assignment of an experiment's rows is kept.
#[derive(Debug)]
pub(super) struct Kept {
    file: PathBuf,
}

impl Kept {
    /// The place of the assignment of a file under this split; none for data that
    /// are no file and so never change.
    pub(super) fn of(experiment: &Experiment, dataset: &Dataset, ledger: &Ledger) -> Option<Kept> {
        // Of several files those may become more, so their folder and the names or
        // patterns as they are said stand for them.
        let (path, said) = match dataset.origin() {
            Origin::File(path) => (path.as_path(), Vec::new()),
            Origin::Files(paths) => (paths.first()?.parent()?, experiment.data.paths()),
            _ => return None,
        };
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        let folder = ledger.path().parent()?.to_path_buf();
        let whole = std::fs::canonicalize(path).ok()?;
        // A project that moves keeps its assignments.
        let project = folder.parent().and_then(|project| std::fs::canonicalize(project).ok());
        let place =
            project.and_then(|project| whole.strip_prefix(project).ok().map(Path::to_path_buf));
        let place = place.unwrap_or(whole);
        let files: String = said.iter().map(|name| format!("{name}\0")).collect();
        let name = format!("{}\0{files}{}", place.display(), section(experiment));
        let digest = Sha256::digest(name.as_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Some(Kept { file: folder.join(FOLDER).join(format!("{name}.json")) })
    }

    /// Splits the rows: those that were assigned before keep their part.
    pub(super) fn split(&self, dataset: &Dataset, split: &Split) -> Result<Parts> {
        match self.read() {
            Some(kept) => dataset.split_keeping(split, &kept),
            None => dataset.split(split),
        }
    }

    /// An assignment that cannot be read is as good as none: it only spares rows
    /// a new draw.
    fn read(&self) -> Option<Assignment> {
        serde_json::from_slice(&std::fs::read(&self.file).ok()?).ok()
    }

    /// Writes down the assignment of rows that it does not know. Rows that are
    /// not there now keep their part too: they may come back, and what was sealed
    /// must not come back as a train row.
    pub(super) fn write(&self, now: &Assignment) -> Result<()> {
        let before = self.read().unwrap_or_default();
        let whole = before.joined(now);
        if whole == before {
            return Ok(());
        }
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| durable::fault(folder, &error))?;
        }
        let bytes = serde_json::to_vec(&whole).unwrap_or_default();
        durable::replace(&self.file, &bytes)
    }
}

/// What the assignment depends on beside the rows: the section of the split,
/// without the fold. Rows are known by their inputs, so what is done to them
/// later, as scaling, has no part in it.
fn section(experiment: &Experiment) -> String {
    let whole = experiment.resolved_toml();
    let start = whole.find("[split]").unwrap_or(whole.len());
    let lines = whole[start..].lines().take_while(|line| !line.starts_with("[model"));
    let lines = lines.filter(|line| {
        let key = line.split('=').next().unwrap_or("").trim();
        !matches!(key, "fold" | "folds" | "repeats" | "ladder")
    });
    lines.collect::<Vec<_>>().join("\n")
}
