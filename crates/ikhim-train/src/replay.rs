//! A moment of a training, for looking at it: reached by the trainer's own loop,
//! so that it is what the training had, to the last bit.

use crate::session::Session;
use crate::{Trainer, TrainingData};
use ikhim_graph::State;
use ikhim_run::Control;
use ikhim_text::{Fault, Result};
#[cfg(feature = "experiment")]
use {
    crate::experiment::Prepared,
    crate::store::of_epoch,
    ikhim_cpu::Runtime,
    ikhim_data::BatchSize,
    ikhim_run::{Checkpoint, RunFolder},
};

/// What a training stands at before one of its steps.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Moment {
    /// Parameters, slots and counters after the steps done so far.
    pub state: State,
    /// Steps and epochs done, and the seed.
    pub control: Control,
    /// The train rows of the next batch, by their index in the encoded rows.
    pub batch: Vec<usize>,
    /// The rate of the next update.
    pub learning_rate: f64,
}

impl Trainer {
    /// Trains for so many steps and gives what the next one starts from; 0 is
    /// the state before the first. After [`Trainer::resume`] it goes on from the
    /// checkpoint. Nothing is kept in a folder.
    ///
    /// # Errors
    /// Training ends before that step, or stands behind it already; what
    /// [`Trainer::fit_encoded`] says.
    pub fn moment(mut self, data: &TrainingData, step: u64) -> Result<Moment> {
        self.folder = None;
        Session::new(self, data)?.moment(step)?.map_err(|end| no_such_step(step, end))
    }
}

/// The moment of a run before one of its steps, from the newest of its
/// checkpoints that is not behind it; the last checkpoint without a step.
///
/// # Errors
/// The run never came so far, its checkpoints are damaged, or it began with the
/// weights of another run and no checkpoint is early enough.
#[cfg(feature = "experiment")]
pub fn rewind(
    folder: &RunFolder,
    prepared: &Prepared,
    step: Option<u64>,
    runtime: &Runtime,
) -> Result<Moment> {
    let record = folder.record()?;
    let last = match folder.checkpoint("last") {
        path if path.exists() => Some(Checkpoint::load(&path)?),
        _ => Checkpoint::load(&folder.checkpoint("previous")).ok(),
    };
    let saved = last.as_ref().map_or(0, |checkpoint| checkpoint.control.step);
    let step = step.unwrap_or(saved);
    let end = saved.max(record.steps);
    if step > end {
        return Err(no_such_step(step, end));
    }
    let mut trainer = prepared.trainer(record.seed)?.runtime(runtime.clone());
    // The run is known to have come so far, so nothing is left to decide.
    trainer.early_stopping = None;
    // The best state is kept without what a schedule has watched until then.
    let has_memory = trainer.schedule.plateau().is_some();
    let others = ["previous", "best"].into_iter().filter(|name| *name != "best" || !has_memory);
    let newest = others
        .filter_map(|name| Checkpoint::load(&folder.checkpoint(name)).ok())
        .chain(of_epochs(folder, prepared, step))
        .chain(last)
        .filter(|checkpoint| checkpoint.control.step <= step)
        .max_by_key(|checkpoint| checkpoint.control.step);
    let from = match newest {
        Some(checkpoint) => checkpoint,
        None => start(prepared, record.seed, record.parent.as_deref(), step)?,
    };
    trainer.resume(from).moment(&prepared.data, step)
}

/// The newest checkpoint of an epoch that is not behind a step.
#[cfg(feature = "experiment")]
fn of_epochs(folder: &RunFolder, prepared: &Prepared, step: u64) -> Option<Checkpoint> {
    let size = prepared.experiment.training.batch_size().map_or(BatchSize::Full, BatchSize::Rows);
    let per_epoch = prepared.data.train().batches(size).per_epoch() as u64;
    let last = step / per_epoch.max(1);
    let entries = std::fs::read_dir(folder.path().join("checkpoints")).ok()?;
    let epoch = |entry: std::fs::DirEntry| -> Option<u64> {
        let name = entry.file_name();
        name.to_str()?.strip_prefix("epoch-")?.strip_suffix(".safetensors")?.parse().ok()
    };
    let epochs = entries.filter_map(|entry| epoch(entry.ok()?));
    let newest = epochs.filter(|epoch| *epoch <= last).max()?;
    Checkpoint::load(&folder.checkpoint(&of_epoch(newest))).ok()
}

/// The state before the first step, which a run that began with the weights of
/// another one did not keep.
#[cfg(feature = "experiment")]
fn start(prepared: &Prepared, seed: u64, parent: Option<&str>, step: u64) -> Result<Checkpoint> {
    match parent {
        Some(parent) => {
            Err(Fault::of("train.no_early_checkpoint").with("step", step).with("parent", parent))
        }
        None => prepared.start(seed),
    }
}

fn no_such_step(found: u64, end: u64) -> Fault {
    Fault::of("usage.no_such_step").with("found", found).with("expected", end)
}
