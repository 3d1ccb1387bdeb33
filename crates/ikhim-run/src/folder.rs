//! The folder of a run: where it is made, found and locked.

use crate::durable;
#[cfg(feature = "experiment")]
use crate::experiment::{Experiment, written};
use ikhim_data::LedgerHead;
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

/// The format of run folders that this version writes; older ones stay
/// readable.
pub const FORMAT: u32 = 1;

/// `run.json`: what a run is and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Format of the folder.
    pub format: u32,
    /// Random-looking but reproducible id: a hash of the resolved experiment,
    /// the seed and the folder's name.
    pub id: String,
    /// Name of the experiment.
    pub name: String,
    /// `running`, `completed`, `early_stopped`, `interrupted` or
    /// `stopped_by_finding`.
    pub status: String,
    /// Version of ikhim that wrote it.
    pub ikhim: String,
    /// What ran it last: a level of the processor, or `reference` for the
    /// evaluator of f64.
    pub cpu: String,
    /// Number of threads that ran it last.
    pub threads: usize,
    /// The seed of weights, order and dropout.
    pub seed: u64,
    /// SHA-256 of the resolved experiment.
    pub experiment_hash: String,
    /// SHA-256 of the data's content.
    pub data_hash: String,
    /// Path of the data as found when training; empty for embedded data.
    pub data_path: String,
    /// When it began, ISO 8601 in UTC.
    pub started: String,
    /// When it ended.
    pub ended: Option<String>,
    /// Seconds of training, over all resumptions.
    pub seconds: f64,
    /// Epochs done.
    pub epochs: u64,
    /// Steps done.
    pub steps: u64,
    /// The epoch whose weights are the model.
    pub best_epoch: Option<u64>,
    /// The run whose weights this one began with.
    pub parent: Option<String>,
    /// The end of the ledger's chain that the run saw when it drew its split.
    pub ledger_head: Option<LedgerHead>,
    /// The line of command, as a person would type it.
    pub command: String,
}

/// Why the folder of a run cannot be made, which may as well stand elsewhere.
fn unmade(path: &Path, error: &std::io::Error) -> Fault {
    let fault = durable::fault(path, error);
    match fault.code() {
        "file.no_permission" | "file.failed" => fault.help_words(
            "check who may write there, or choose another folder with `--out`",
            "쓰기 권한을 확인하거나 `--out`으로 다른 폴더를 고르세요",
        ),
        _ => fault,
    }
}

/// The file that the one who writes a run holds locked.
const LOCK: &str = ".lock";

/// A run's folder, locked while it is open for writing.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    /// Held for its lock, which ends with it.
    _lock: Option<File>,
}

impl RunFolder {
    /// Makes the next folder `runs/NAME-0001`, `-0002`, … of a project.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn next(runs: &Path, name: &str) -> Result<RunFolder> {
        fs::create_dir_all(runs).map_err(|error| unmade(runs, &error))?;
        let name = folder_name(name);
        let mut number =
            1 + list(runs)?.iter().filter_map(|run| counter(run, &name)).max().unwrap_or(0);
        loop {
            let path = runs.join(format!("{name}-{number:04}"));
            match fs::create_dir(&path) {
                Ok(()) => return RunFolder::locked(path),
                // Another process took the number in between.
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => number += 1,
                Err(error) => return Err(unmade(&path, &error)),
            }
        }
    }

    /// Makes a folder at a path of the person's choice.
    ///
    /// # Errors
    /// The folder holds a run already, or cannot be made.
    pub fn create(path: &Path) -> Result<RunFolder> {
        RunFolder::check_free(path)?;
        fs::create_dir_all(path).map_err(|error| unmade(path, &error))?;
        let folder = RunFolder::locked(path.to_path_buf())?;
        // Another process may have been faster.
        RunFolder::check_empty(path)?;
        Ok(folder)
    }

    /// Whether [`create`](RunFolder::create) would find the place free, told
    /// before any work is done.
    ///
    /// # Errors
    /// A file or a run is there, or another process is writing one.
    pub fn check_free(path: &Path) -> Result<()> {
        if path.exists() && !path.is_dir() {
            return Err(Fault::of("file.not_a_folder").with("path", path.display()).file(path));
        }
        let lock = File::open(path.join(LOCK)).ok();
        if lock.is_some_and(|lock| matches!(lock.try_lock(), Err(TryLockError::WouldBlock))) {
            return Err(in_use(path));
        }
        RunFolder::check_empty(path)
    }

    fn check_empty(path: &Path) -> Result<()> {
        match path.join("run.json").exists() {
            true => Err(Fault::of("file.run_exists").with("path", path.display()).file(path)),
            false => Ok(()),
        }
    }

    /// Opens a run for going on with it.
    ///
    /// # Errors
    /// It is no run, or another process writes it.
    pub fn resume(path: &Path) -> Result<RunFolder> {
        RunFolder::read(path)?.record()?;
        RunFolder::locked(path.to_path_buf())
    }

    /// Opens a folder that holds no run, as that of a tuning, for going on with it.
    ///
    /// # Errors
    /// There is no such folder, or another process writes it.
    pub fn reopen(path: &Path) -> Result<RunFolder> {
        RunFolder::read(path)?;
        RunFolder::locked(path.to_path_buf())
    }

    /// Opens a run for reading.
    ///
    /// # Errors
    /// There is no such folder.
    pub fn read(path: &Path) -> Result<RunFolder> {
        if !path.is_dir() {
            return Err(Fault::of("file.no_run").with("path", path.display()).file(path));
        }
        Ok(RunFolder { path: path.to_path_buf(), _lock: None })
    }

    fn locked(path: PathBuf) -> Result<RunFolder> {
        let place = path.join(LOCK);
        let lock = File::create(&place).map_err(|error| durable::fault(&place, &error))?;
        match lock.try_lock() {
            Ok(()) => Ok(RunFolder { path, _lock: Some(lock) }),
            Err(TryLockError::WouldBlock) => Err(in_use(&path)),
            Err(TryLockError::Error(error)) => Err(durable::fault(&place, &error)),
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder's own name, e.g. `housing-0003`.
    pub fn name(&self) -> String {
        let whole = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        whole.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// The path of a file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The path of a checkpoint: `last`, `best`, `previous`, or `epoch-0010` as every
    /// tenth part of a training leaves it.
    pub fn checkpoint(&self, name: &str) -> PathBuf {
        self.path.join("checkpoints").join(format!("{name}.safetensors"))
    }

    /// `run.json`.
    ///
    /// # Errors
    /// It is missing, cut, or of a newer format.
    pub fn record(&self) -> Result<RunRecord> {
        let path = self.file("run.json");
        let no_run = || Fault::of("file.no_run").with("path", self.path.display());
        let text = fs::read(&path).map_err(|_| no_run().file(&self.path))?;
        let record: RunRecord =
            serde_json::from_slice(&text).map_err(|error| damaged(&path, &error))?;
        if record.format > FORMAT {
            return Err(Fault::of("file.newer_format")
                .with("path", path.display())
                .with("expected", FORMAT)
                .with("found", record.format)
                .file(&path));
        }
        Ok(record)
    }

    /// The resolved experiment that was trained.
    ///
    /// # Errors
    /// It is missing, cannot be read, or is not the one that `run.json` knows.
    #[cfg(feature = "experiment")]
    pub fn experiment(&self) -> Result<Experiment> {
        let path = self.file("experiment.toml");
        let experiment = Experiment::read(&path, &[])?;
        let trained = self.record()?.experiment_hash;
        // A build that knows more keys resolves the file to more than was hashed. What
        // was written is what was trained, for a key that is not said changes nothing.
        let is_as_written = match experiment.sources() {
            [only] => written::hash(&only.text) == trained,
            _ => false,
        };
        if !is_as_written && experiment.hash() != trained {
            let fault = Fault::of("file.edited_experiment").with("path", path.display());
            return Err(fault.file(path));
        }
        Ok(experiment)
    }

    /// Writes `run.json`.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn set_record(&self, record: &RunRecord) -> Result<()> {
        self.write_json("run.json", record)
    }

    /// Writes a file as a whole.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> Result<()> {
        let path = self.file(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| durable::fault(parent, &error))?;
        }
        durable::replace(&path, bytes.as_ref())
    }

    /// Writes a value as JSON for people to read.
    ///
    /// # Errors
    /// The disk is full or the folder gone.
    pub fn write_json<V: Serialize>(&self, name: &str, value: &V) -> Result<()> {
        let text = serde_json::to_string_pretty(value)
            .map_err(|error| Fault::of("file.failed").with("path", name).with("found", error))?;
        self.write(name, text + "\n")
    }

    /// Reads a JSON file of the folder.
    ///
    /// # Errors
    /// It is missing or cut.
    pub fn read_json<V: serde::de::DeserializeOwned>(&self, name: &str) -> Result<V> {
        let path = self.file(name);
        let bytes = fs::read(&path).map_err(|error| durable::fault(&path, &error))?;
        serde_json::from_slice(&bytes).map_err(|error| damaged(&path, &error))
    }
}

fn in_use(path: &Path) -> Fault {
    Fault::of("file.run_in_use").with("path", path.display()).file(path)
}

/// The fault of a file that is no JSON, or not of the form that was written.
fn damaged(path: &Path, error: &serde_json::Error) -> Fault {
    let place = format!(" at line {} column {}", error.line(), error.column());
    let found = error.to_string();
    let found = found.strip_suffix(&place).unwrap_or(&found);
    let fault = Fault::of("file.damaged").with("path", path.display()).with("found", found);
    fault.file(path).line(error.line().max(1), error.column().max(1))
}

/// Writes `runs/latest`, the name of the newest run: a text file, because not
/// every system has links.
///
/// # Errors
/// The folder cannot be written.
pub fn set_latest(runs: &Path, name: &str) -> Result<()> {
    durable::replace(&runs.join("latest"), format!("{name}\n").as_bytes())
}

/// The names of the runs of a project, in order.
///
/// # Errors
/// The folder cannot be read. A folder that is not there holds none.
pub fn list(runs: &Path) -> Result<Vec<String>> {
    let entries = match fs::read_dir(runs) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(durable::fault(runs, &error)),
    };
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    Ok(names)
}

/// Finds a run by path, name, unique prefix of its name, or `latest`.
///
/// # Errors
/// No run, or several, are meant.
pub fn find(runs: &Path, meant: &str) -> Result<PathBuf> {
    let as_path = Path::new(meant);
    if as_path.join("run.json").exists() {
        return Ok(as_path.to_path_buf());
    }
    let names: Vec<String> =
        list(runs)?.into_iter().filter(|name| runs.join(name).join("run.json").exists()).collect();
    if meant == "latest" {
        let latest = fs::read_to_string(runs.join("latest")).unwrap_or_default();
        if names.iter().any(|name| name == latest.trim()) {
            return Ok(runs.join(latest.trim()));
        }
        return Err(Fault::of("file.no_runs").with("path", runs.display()));
    }
    if names.iter().any(|name| name == meant) {
        return Ok(runs.join(meant));
    }
    let matching: Vec<&String> = names.iter().filter(|name| name.starts_with(meant)).collect();
    match matching.as_slice() {
        [one] => Ok(runs.join(one)),
        [] => {
            let fault = Fault::of("file.no_run").with("path", meant);
            Err(match nearest(meant, names.iter().map(String::as_str)) {
                Some(near) => {
                    fault.help(format!("the nearest run is `{near}`; `ikhim runs` lists all"))
                }
                None => fault,
            })
        }
        several => {
            let several: Vec<&str> = several.iter().map(|name| name.as_str()).collect();
            Err(Fault::of("file.several_runs")
                .with("path", meant)
                .with("found", several.join(", ")))
        }
    }
}

/// A name that is one part of a path on every system. Letters of any script
/// stay.
fn folder_name(name: &str) -> String {
    let cleaned: String = name
        .chars()
        .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '-' })
        .collect();
    let trimmed = cleaned.trim_matches(['.', '-']);
    if trimmed.is_empty() { "run".to_string() } else { trimmed.to_string() }
}

fn counter(run: &str, name: &str) -> Option<u32> {
    run.strip_prefix(name)?.strip_prefix('-')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Another folder is a way out where one is made, and none where a file is read.
    #[test]
    fn only_a_folder_that_is_made_may_stand_elsewhere() {
        use ikhim_text::Language;
        let error = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        for language in [Language::English, Language::Korean] {
            let names_out = |fault: Fault| fault.help_text(language).unwrap().contains("`--out`");
            assert!(names_out(unmade(Path::new("runs"), &error)));
            assert!(!names_out(durable::fault(Path::new("data.csv"), &error)));
        }
    }

    #[test]
    fn counts_on_and_never_overwrites() {
        let project = tempfile::tempdir().unwrap();
        let runs = project.path().join("runs");
        let names: Vec<String> =
            (0..3).map(|_| RunFolder::next(&runs, "집값 예측").unwrap().name()).collect();
        assert_eq!(names, ["집값-예측-0001", "집값-예측-0002", "집값-예측-0003"]);
        assert_eq!(RunFolder::next(&runs, "../..").unwrap().name(), "run-0001");
    }

    #[test]
    fn one_writer_at_a_time() {
        let project = tempfile::tempdir().unwrap();
        let first = RunFolder::create(&project.path().join("mine")).unwrap();
        let fault = RunFolder::create(first.path()).unwrap_err();
        assert_eq!(fault.code(), "file.run_in_use");
    }

    #[test]
    fn finds_by_prefix_name_and_latest() {
        let project = tempfile::tempdir().unwrap();
        let runs = project.path();
        for name in ["iris-0001", "iris-0002", "wine-0001"] {
            fs::create_dir(runs.join(name)).unwrap();
            fs::write(runs.join(name).join("run.json"), "{}").unwrap();
        }
        set_latest(runs, "iris-0002").unwrap();
        assert_eq!(find(runs, "latest").unwrap(), runs.join("iris-0002"));
        assert_eq!(find(runs, "wi").unwrap(), runs.join("wine-0001"));
        assert_eq!(find(runs, "iris").unwrap_err().code(), "file.several_runs");
        assert_eq!(find(runs, "irys-0001").unwrap_err().code(), "file.no_run");
    }
}
