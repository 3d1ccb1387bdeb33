//! A run that was kept in a folder, opened again.

use crate::console::Console;
use crate::project::{Project, relative};
use ikhim_cpu::Runtime;
use ikhim_data::{Ledger, LedgerState};
use ikhim_report::RunReport;
use ikhim_run::experiment::Experiment;
use ikhim_run::{LedgerMemory, Model, RunFolder, RunRecord, Wording};
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::prepared_again;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A run with what its folder says.
#[derive(Debug)]
pub(crate) struct KeptRun {
    pub(crate) folder: RunFolder,
    pub(crate) record: RunRecord,
}

/// The project's ledger, after it was asked whether it is what a run saw.
pub(crate) struct AskedLedger {
    pub(crate) ledger: Ledger,
    /// How it was found.
    pub(crate) state: LedgerState,
    /// What was told of it.
    pub(crate) told: Vec<Wording>,
}

impl KeptRun {
    /// The run that is meant by a path, a name, a unique prefix or `latest`.
    pub(crate) fn find(project: &Project, meant: &str) -> Result<KeptRun> {
        KeptRun::open(&project.run(meant)?)
    }

    pub(crate) fn open(path: &Path) -> Result<KeptRun> {
        let folder = RunFolder::read(path)?;
        let record = folder.record()?;
        Ok(KeptRun { folder, record })
    }

    /// The folder as a person would type it.
    pub(crate) fn path(&self) -> PathBuf {
        relative(self.folder.path())
    }

    /// Its model, computing on a runtime.
    pub(crate) fn model(&self, runtime: &Runtime) -> Result<Model> {
        let path = self.folder.file("model.safetensors");
        let is_unfinished = ["running", "interrupted"].contains(&self.record.status.as_str());
        if is_unfinished && !path.exists() {
            return Err(Fault::of("file.run_unfinished").with("path", self.path().display()));
        }
        Ok(Model::load(path)?.on(runtime.clone()))
    }

    /// The resolved experiment, with the place of its data as they are found
    /// now.
    pub(crate) fn experiment(&self, project: &Project) -> Result<Experiment> {
        let experiment = self.folder.experiment()?;
        let paths = experiment.data.paths();
        let moved: Vec<Option<PathBuf>> =
            paths.iter().map(|path| self.moved_data(Path::new(path), project)).collect();
        if moved.iter().all(Option::is_none) {
            return Ok(experiment);
        }
        let found = paths.iter().zip(&moved).map(|(path, moved)| {
            let path = moved.as_deref().unwrap_or(Path::new(path));
            crate::arguments::toml_string(&path.to_string_lossy())
        });
        let found: Vec<String> = found.collect();
        let value = match experiment.data.path() {
            Some(_) => found.concat(),
            None => format!("[{}]", found.join(", ")),
        };
        experiment.with(&[format!("data.path={value}")])
    }

    /// Where data lie now that are not where they were: by their name, in the
    /// current folder, in the project, or where the run's own project is. The
    /// hashes of the split tell whether they are the same data.
    fn moved_data(&self, path: &Path, project: &Project) -> Option<PathBuf> {
        let name = path.file_name()?;
        let own_project = self.folder.path().ancestors().nth(2).map(Path::to_path_buf);
        let folders = [Some(PathBuf::new()), Some(project.folder().to_path_buf()), own_project];
        let candidates = folders.into_iter().flatten().map(|folder| folder.join(name));
        if path.exists() {
            return None;
        }
        let found = candidates.into_iter().find(|candidate| candidate.exists())?;
        std::path::absolute(found).ok()
    }

    /// The rows of the run in the parts that it drew.
    pub(crate) fn prepared(&self, project: &Project) -> Result<Prepared> {
        let experiment = self.experiment(project)?;
        let prepared = prepared_again(&self.folder, &experiment)?;
        Ok(prepared.in_ledger(self.ledger(project)?))
    }

    /// The project's ledger; this run remembers what it appends there.
    pub(crate) fn ledger(&self, project: &Project) -> Result<Ledger> {
        Ok(project.ledger().witnessed(LedgerMemory::of(&self.folder)?))
    }

    /// How the project's ledger stands to what this run saw of it.
    pub(crate) fn ledger_state(&self, project: &Project) -> Result<LedgerState> {
        LedgerMemory::of(&self.folder)?.state(&project.ledger())
    }

    /// The ledger before sealed rows are looked at or looked for. Where it is not what
    /// the run saw, that is told, and what the run's own copy knows is taken over: a
    /// ledger that is gone unseals nothing and forgets no look.
    ///
    /// # Errors
    /// The ledger cannot be read or written.
    pub(crate) fn whole_ledger(&self, project: &Project, console: &Console) -> Result<AskedLedger> {
        let (ledger, state) = (self.ledger(project)?, self.ledger_state(project)?);
        let mut told = Vec::new();
        if let Some(notice) = state.notice() {
            told.push(Wording::in_each(|language| notice.text(language)));
            let copy = LedgerMemory::of(&self.folder)?.copy();
            let looks = if copy.exists() { ledger.adopt(&copy)? } else { 0 };
            if looks > 0 {
                let looks = ("looks", looks.to_string());
                told.push(Wording::of(sentence::LEDGER_ADOPTED, &[looks]));
            }
        }
        told.iter().for_each(|told| console.warn(told.text(console.language)));
        Ok(AskedLedger { ledger, state, told })
    }

    /// What its page was made of.
    pub(crate) fn report(&self) -> Result<RunReport> {
        let mut kept: Value = self.folder.read_json("report.json")?;
        serde_json::from_value(kept["report"].take()).map_err(|error| {
            Fault::of("file.damaged").with("path", "report.json").with("found", error)
        })
    }
}

/// A model by its file, or that of a run.
pub(crate) fn model(project: &Project, meant: &str, runtime: &Runtime) -> Result<Model> {
    let path = Path::new(meant);
    let is_file = path.is_file() || path.extension().is_some_and(|end| end == "safetensors");
    if is_file {
        Ok(Model::load(path)?.on(runtime.clone()))
    } else {
        KeptRun::find(project, meant)?.model(runtime)
    }
}
