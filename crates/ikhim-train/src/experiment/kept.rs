//! The assignment of rows to parts, kept in the project beside the ledger, so
//! that rows which are appended later change nobody's part.

use ikhim_data::{Assigned, Assignment, Dataset, Ledger, Origin, Parts, Split};
use ikhim_run::durable;
use ikhim_run::experiment::Experiment;
use ikhim_text::Result;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::BufReader;
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
        let whole = fs::canonicalize(path).ok()?;
        // A project that moves keeps its assignments.
        let project = folder.parent().and_then(|project| fs::canonicalize(project).ok());
        let place =
            project.and_then(|project| whole.strip_prefix(project).ok().map(Path::to_path_buf));
        let place = place.unwrap_or(whole);
        let files: String = said.iter().map(|name| format!("{name}\0")).collect();
        let name = format!("{}\0{files}{}", place.display(), section(experiment));
        let digest = Sha256::digest(name.as_bytes());
        let name: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        Some(Kept { file: folder.join(FOLDER).join(format!("{name}.parts")) })
    }

    /// Splits the rows: those that were assigned before keep their part.
    pub(super) fn split(&self, dataset: &Dataset, split: &Split) -> Result<Parts> {
        match self.read() {
            Some(kept) => dataset.split_keeping(split, kept),
            None => dataset.split(split),
        }
    }

    /// The file of earlier versions.
    fn first(&self) -> PathBuf {
        self.file.with_extension("json")
    }

    /// An assignment that cannot be read is as good as none: it only spares rows
    /// a new draw.
    fn read(&self) -> Option<Assignment> {
        let read =
            |path: PathBuf| Assignment::read(&mut BufReader::new(File::open(path).ok()?)).ok();
        read(self.file.clone()).or_else(|| read(self.first()))
    }

    /// Writes down the assignment of rows that it does not know. Rows that are
    /// not there now keep their part too: they may come back, and what was sealed
    /// must not come back as a train row.
    pub(super) fn write(&self, now: &Assigned) -> Result<()> {
        let mut whole = self.read().unwrap_or_default();
        if whole.join(now)? == 0 {
            return Ok(());
        }
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder).map_err(|error| durable::fault(folder, &error))?;
        }
        durable::replace_by(&self.file, |file| whole.write(file))?;
        // What it said stands in the new one.
        let _ = fs::remove_file(self.first());
        Ok(())
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
