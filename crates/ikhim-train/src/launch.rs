//! A training with a folder: what a run leaves behind for people and for other
//! commands.

use crate::experiment::{Prepared, placed};
use crate::session::adopt;
use crate::{Interrupt, Observer, Run, Status, Trainer};
use ikhim_cpu::Runtime;
use ikhim_data::{EncodedTarget, Ledger, Preprocessing, iso_8601};
use ikhim_graph::State;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Checkpoint, Predictions, RunFolder, RunRecord, durable, folder};
use ikhim_text::{Fault, Result};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

/// How an experiment is run into a folder.
pub struct Launch {
    folder: Arc<RunFolder>,
    ledger: Ledger,
    seed: Option<u64>,
    original: Option<String>,
    command: String,
    parent: Option<(String, State)>,
    observers: Vec<Box<dyn Observer + Send>>,
    interrupt: Interrupt,
    checkpoint_every: Option<u64>,
    runtime: Runtime,
}

impl Launch {
    /// A run into a fresh folder; looks at its sealed rows are counted in the
    /// ledger.
    pub fn new(folder: RunFolder, ledger: Ledger) -> Launch {
        Launch {
            folder: Arc::new(folder),
            ledger,
            seed: None,
            original: None,
            command: String::new(),
            parent: None,
            observers: Vec::new(),
            interrupt: Interrupt::new(),
            checkpoint_every: None,
            runtime: Runtime::default(),
        }
    }

    /// A seed in the place of the experiment's.
    pub fn seed(mut self, seed: u64) -> Launch {
        self.seed = Some(seed);
        self
    }

    /// The text of the experiment as the person wrote it, kept beside the
    /// resolved one.
    pub fn original(mut self, text: impl Into<String>) -> Launch {
        self.original = Some(text.into());
        self
    }

    /// The line of command, kept in `run.json`.
    pub fn command(mut self, command: impl Into<String>) -> Launch {
        self.command = command.into();
        self
    }

    /// Begins with the weights of another run, whose id is kept.
    pub fn from_run(mut self, id: impl Into<String>, state: State) -> Launch {
        self.parent = Some((id.into(), state));
        self
    }

    /// Adds someone who watches.
    pub fn observer(mut self, observer: impl Observer + Send + 'static) -> Launch {
        self.observers.push(Box::new(observer));
        self
    }

    /// The request on which training stops after the step under way.
    pub fn interrupt(mut self, interrupt: Interrupt) -> Launch {
        self.interrupt = interrupt;
        self
    }

    /// Saves a checkpoint every so many steps; without it about once a second.
    pub fn checkpoint_every(mut self, steps: u64) -> Launch {
        self.checkpoint_every = Some(steps);
        self
    }

    /// Computes on the threads and at the level of a runtime; without it on all
    /// cores at the best level.
    pub fn runtime(mut self, runtime: Runtime) -> Launch {
        self.runtime = runtime;
        self
    }

    /// What computes and on how many threads, as the record says it.
    fn computing(&self, prepared: &Prepared) -> (String, usize) {
        match prepared.experiment.training.precision() {
            "f64" => ("reference".to_string(), 1),
            _ => (self.runtime.level().to_string(), self.runtime.threads()),
        }
    }

    /// Trains, leaving in the folder the resolved experiment, the split, the
    /// log, checkpoints, the model, the predictions of the validation rows and
    /// the findings.
    ///
    /// # Errors
    /// A network that does not fit the data, a folder or a ledger that cannot be
    /// written.
    pub fn run(mut self, prepared: &Prepared) -> Result<Run> {
        let seed = self.seed.unwrap_or(prepared.experiment.seed);
        let experiment = recorded(prepared, seed)?;
        // A network that does not fit shows before anything is written.
        let trainer = prepared.trainer(seed)?;
        prepared.layers()?;
        self.folder.write("experiment.toml", experiment.resolved_toml())?;
        if let Some(original) = &self.original {
            self.folder.write("experiment.original.toml", original)?;
        }
        self.folder.write_json("split.json", &prepared.split)?;
        if prepared.goes_on() {
            // Who opens the run again needs it, also without the other run.
            self.folder.write_json(PREPROCESSING, prepared.data.preprocessing())?;
        }
        let rows = prepared.test.len();
        let ledger_head = if rows > 0 { Some(prepared.test.seal()?) } else { None };
        self.folder.write("ledger.jsonl", self.ledger.bytes()?)?;
        let (cpu, threads) = self.computing(prepared);
        let record = RunRecord {
            format: folder::FORMAT,
            id: run_id(&experiment, &self.folder.name()),
            name: experiment.name.clone(),
            status: "running".to_string(),
            ikhim: env!("CARGO_PKG_VERSION").to_string(),
            cpu,
            threads,
            seed,
            experiment_hash: experiment.hash(),
            data_hash: prepared.dataset.content_hash().to_string(),
            data_path: experiment.data.paths().join(", "),
            started: iso_8601(SystemTime::now()),
            ended: None,
            seconds: 0.0,
            epochs: 0,
            steps: 0,
            best_epoch: None,
            parent: self.parent.as_ref().map(|(id, _)| id.clone()),
            ledger_head,
            command: self.command.clone(),
        };
        // The weights of the other run are nowhere else in this folder: from here
        // on it can be resumed at any moment.
        let trainer = match self.parent.take() {
            Some((_, weights)) => {
                let mut start = prepared.start(seed)?;
                adopt(&mut start.state, &weights);
                let path = self.folder.checkpoint("last");
                if let Some(parent) = path.parent() {
                    std::fs::create_dir_all(parent)
                        .map_err(|error| durable::fault(parent, &error))?;
                }
                start.save(&path)?;
                trainer.initial(weights)
            }
            None => trainer,
        };
        self.folder.set_record(&record)?;
        self.finish(trainer, prepared, record)
    }

    /// Goes on with the run of the folder from a checkpoint: the result has the
    /// bits of a run that was never stopped.
    ///
    /// # Errors
    /// The checkpoint is damaged or of another network; the folder cannot be
    /// written.
    pub fn resume(self, prepared: &Prepared, checkpoint: Checkpoint) -> Result<Run> {
        let mut record = self.folder.record()?;
        record.status = "running".to_string();
        (record.cpu, record.threads) = self.computing(prepared);
        self.folder.set_record(&record)?;
        let trainer = prepared.trainer(record.seed)?.resume(checkpoint);
        self.finish(trainer, prepared, record)
    }

    fn finish(
        self,
        mut trainer: Trainer,
        prepared: &Prepared,
        mut record: RunRecord,
    ) -> Result<Run> {
        trainer.observers = self.observers;
        trainer.checkpoint_every = self.checkpoint_every;
        trainer.runtime = self.runtime;
        let trainer = trainer.folder(self.folder.clone()).interrupt(self.interrupt);
        let run = trainer.fit_encoded(&prepared.data)?;
        self.folder.write_json("findings.json", &run.findings)?;
        if run.status != Status::Interrupted {
            let table = predictions(&run, prepared)?;
            self.folder.write(&format!("predictions/{}.csv", run.role), table)?;
        }
        record.status = run.status.word().to_string();
        record.ended = Some(iso_8601(SystemTime::now()));
        record.seconds += run.seconds;
        record.epochs = run.epochs;
        record.steps = run.steps;
        record.best_epoch = run.best_epoch;
        self.folder.set_record(&record)?;
        Ok(run)
    }
}

/// The preprocessing of a run that goes on from another one.
const PREPROCESSING: &str = "preprocessing.json";

/// The rows of a run in their parts, encoded as it encoded them. `experiment` is that
/// of the run, with the place where its data are now.
///
/// # Errors
/// The data changed since, or the folder cannot be read.
pub fn prepared_again(folder: &RunFolder, experiment: &Experiment) -> Result<Prepared> {
    let split = folder.read_json("split.json")?;
    let prepared = Prepared::again(experiment, folder.path(), &split)?;
    if !folder.file(PREPROCESSING).exists() {
        return Ok(prepared);
    }
    let kept: Preprocessing = folder.read_json(PREPROCESSING)?;
    Ok(prepared.going_on(&kept)?.unwrap_or(prepared))
}

/// Opens a run for going on: its folder, its experiment and rows, and the
/// checkpoint to go on from: `last`, or the one that the path names. When `last`
/// is gone because the process ended between two renames, the one before it;
/// when there is none yet, the state before the first step.
///
/// # Errors
/// No such run, another process writes it, the data changed, or the checkpoint
/// is damaged; then the fault names the checkpoints that are whole.
pub fn reopen(path: &Path) -> Result<(RunFolder, Prepared, Checkpoint)> {
    let named = path.extension().is_some_and(|extension| extension == "safetensors");
    let of_checkpoint = || path.parent().and_then(Path::parent).map(Path::to_path_buf);
    let place = if named { of_checkpoint().unwrap_or_default() } else { path.to_path_buf() };
    let folder = RunFolder::resume(&place)?;
    let experiment = folder.experiment()?;
    let prepared = prepared_again(&folder, &experiment)?;
    let (last, previous) = (folder.checkpoint("last"), folder.checkpoint("previous"));
    let checkpoint = if named {
        Checkpoint::load(path)?
    } else if last.exists() {
        Checkpoint::load(&last).map_err(|fault| offer(fault, &folder, &last))?
    } else if previous.exists() {
        Checkpoint::load(&previous)?
    } else {
        start(&folder, &prepared)?
    };
    Ok((folder, prepared, checkpoint))
}

/// The state before the first step, of a run that ended before its first
/// checkpoint. One that began with the weights of another run always has one;
/// where it is gone, so are the weights.
fn start(folder: &RunFolder, prepared: &Prepared) -> Result<Checkpoint> {
    let record = folder.record()?;
    if record.parent.is_some() {
        let path = folder.checkpoint("last");
        return Err(Fault::of("file.missing").with("path", path.display()).file(path));
    }
    prepared.start(record.seed)
}

/// Names the checkpoints that are whole beside a damaged one.
fn offer(fault: Fault, folder: &RunFolder, damaged: &Path) -> Fault {
    let entries = std::fs::read_dir(folder.path().join("checkpoints"));
    let mut whole: Vec<PathBuf> = entries
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path != damaged && Checkpoint::load(path).is_ok())
        .collect();
    whole.sort_by_key(|path| std::cmp::Reverse(path.ends_with("previous.safetensors")));
    match whole.first() {
        Some(path) => fault.help_words(
            format!("a whole one lies beside it: ikhim train --resume {}", path.display()),
            format!("온전한 것이 곁에 있습니다: ikhim train --resume {}", path.display()),
        ),
        None => fault.help_words(
            "no other checkpoint of the run is whole; train again",
            "이 실행에는 온전한 체크포인트가 없습니다. 다시 학습하세요",
        ),
    }
}

/// The experiment as it is kept: with the run's seed and with the place of its
/// data as found, so that it can be run from the folder.
fn recorded(prepared: &Prepared, seed: u64) -> Result<Experiment> {
    let mut settings = vec![format!("seed={seed}")];
    settings.extend(placed(prepared.dataset.origin()));
    prepared.experiment.with(&settings)
}

/// A name for a run that no other has: a hash of what it computes and of the
/// folder that it was made in.
fn run_id(experiment: &Experiment, folder: &str) -> String {
    let digest = Sha256::digest(format!("{}\0{folder}", experiment.hash()));
    digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
}

/// What the model says of each row that it was selected on, as CSV.
fn predictions(run: &Run, prepared: &Prepared) -> Result<String> {
    let (rows, _) = prepared.data.judged();
    let preprocessing = prepared.data.preprocessing();
    let classes = preprocessing.classes();
    let names = preprocessing.target_names();
    let found = run.model.predict(rows)?;
    let decided = found.decided();
    let mut table = Vec::new();
    let mut header = vec!["row".to_string()];
    match &found {
        Predictions::Classes { .. } => {
            header.extend([names.concat(), "prediction".to_string()]);
            header.extend(classes.iter().map(|class| format!("probability_{class}")));
        }
        _ => {
            for name in &names {
                header.extend([name.to_string(), format!("prediction_{name}")]);
            }
        }
    }
    table.push(header);
    for row in 0..rows.rows {
        let mut cells = vec![rows.row_ids[row].to_string()];
        match (&found, &rows.target) {
            (
                Predictions::Classes { classes: count, probabilities, .. },
                EncodedTarget::Class(labels),
            ) => {
                let of_row = &probabilities[row * count..(row + 1) * count];
                let name = |class: usize| classes.get(class).cloned().unwrap_or_default();
                cells.extend([name(labels[row] as usize), name(decided[row])]);
                cells.extend(of_row.iter().map(f64::to_string));
            }
            (Predictions::Numbers { width, values }, EncodedTarget::Number { original, .. }) => {
                for column in row * width..(row + 1) * width {
                    cells.extend([original[column].to_string(), values[column].to_string()]);
                }
            }
            (
                Predictions::Tokens { steps, classes: count, probabilities, .. },
                EncodedTarget::Sequence { values, .. },
            ) => {
                let Some(vocabulary) = preprocessing.vocabulary() else { continue };
                let of_row = &probabilities[row * steps * count..(row + 1) * steps * count];
                let guessed: Vec<usize> =
                    of_row.chunks(*count).map(ikhim_run::metric::most_probable).collect();
                let tokens: Vec<usize> = values[row * steps..(row + 1) * steps]
                    .iter()
                    .map(|token| *token as usize)
                    .collect();
                cells.extend([vocabulary.decode(&tokens), vocabulary.decode(&guessed)]);
            }
            (
                Predictions::Labels { width, probabilities },
                EncodedTarget::MultiLabel { values, .. },
            ) => {
                for column in row * width..(row + 1) * width {
                    cells.extend([values[column].to_string(), probabilities[column].to_string()]);
                }
            }
            _ => {}
        }
        table.push(cells);
    }
    Ok(table
        .iter()
        .map(|row| row.iter().map(|cell| quoted(cell)).collect::<Vec<_>>().join(",") + "\n")
        .collect())
}

/// A cell as RFC 4180 writes it.
fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_string()
    }
}
