//! What a training leaves on the disk: nothing, without a folder.

use crate::trainer::Trainer;
use ikhim_graph::State;
use ikhim_run::{Checkpoint, Control, EpochRecord, Log, Model, RunFolder, durable, epochs};
use ikhim_text::Result;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// About as much work as one is ready to do again.
const INTERVAL: Duration = Duration::from_secs(1);

/// The most checkpoints of epochs that a run leaves.
const MOST_KEPT: u64 = 10;

/// Bytes that they may have together; one is always kept.
const ROOM: u64 = 256 << 20;

/// How many epochs lie between two checkpoints that stay: as many for every
/// machine and every try, so that a resumed run leaves the same files.
pub(crate) fn epochs_between(epochs: u64, state: &State) -> u64 {
    const BYTES: u64 = 4;
    let size: usize = state.iter().map(|(_, array)| array.shape().iter().product::<usize>()).sum();
    let kept = (ROOM / (BYTES * size as u64).max(1)).clamp(1, MOST_KEPT);
    epochs.div_ceil(kept).max(1)
}

/// The name of the checkpoint of an epoch.
pub(crate) fn of_epoch(epoch: u64) -> String {
    format!("epoch-{epoch:04}")
}

/// The log and the checkpoints of a run.
pub(crate) struct Store {
    folder: Option<Arc<RunFolder>>,
    log: Option<Log>,
    every: Option<u64>,
    saved: Instant,
    saved_step: u64,
    best_step: Option<u64>,
}

impl Store {
    /// Opens the store of a trainer where the control stands; with it the best
    /// state so far of a run that goes on.
    pub(crate) fn open(trainer: &Trainer, control: &Control) -> Result<(Store, Option<State>)> {
        let folder = trainer.folder.clone();
        let log = match &folder {
            Some(folder) => Some(Log::open(folder.path(), control.epoch)?),
            None => None,
        };
        let best = match (&folder, control.best) {
            (Some(folder), Some(_)) => Some(Checkpoint::load(&folder.checkpoint("best"))?.state),
            _ => None,
        };
        let store = Store {
            folder,
            log,
            every: trainer.checkpoint_every,
            saved: Instant::now(),
            saved_step: control.step,
            best_step: None,
        };
        Ok((store, best))
    }

    /// The epochs that were logged before.
    pub(crate) fn history(&self) -> Result<Vec<EpochRecord>> {
        self.folder.as_ref().map_or(Ok(Vec::new()), |folder| epochs(folder.path()))
    }

    /// The id of the run; empty without a folder.
    pub(crate) fn run_id(&self) -> String {
        let Some(folder) = &self.folder else { return String::new() };
        folder.record().map_or_else(|_| folder.name(), |record| record.id)
    }

    /// Whether it is time for a checkpoint.
    pub(crate) fn is_due(&self, step: u64) -> bool {
        match self.every {
            Some(every) => step >= self.saved_step + every,
            None => self.saved.elapsed() >= INTERVAL,
        }
    }

    /// Writes one epoch to the log.
    pub(crate) fn log(&mut self, record: &EpochRecord, role: &str) -> Result<()> {
        self.log.as_mut().map_or(Ok(()), |log| log.epoch(record, role))
    }

    /// Writes the best state when it is a new one, then the checkpoint. The last
    /// one stays beside it as `previous`, for the day when `last` is damaged.
    pub(crate) fn save(&mut self, last: &Checkpoint, best: Option<&State>) -> Result<()> {
        self.saved = Instant::now();
        self.saved_step = last.control.step;
        if let Some(log) = &mut self.log {
            log.flush()?;
        }
        let Some(folder) = &self.folder else { return Ok(()) };
        let path = folder.checkpoint("last");
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| durable::fault(parent, &error))?;
        }
        let best_step = last.control.best.map(|best| best.step);
        if let Some(best) = best.filter(|_| best_step != self.best_step) {
            let control = Control {
                seed: last.control.seed,
                step: last.control.best.map_or(0, |best| best.step),
                epoch: last.control.best.map_or(0, |best| best.epoch),
                best: last.control.best,
                ..Control::default()
            };
            Checkpoint { state: best.clone(), control }.save(&folder.checkpoint("best"))?;
            self.best_step = best_step;
        }
        if path.exists() {
            durable::rename(&path, &folder.checkpoint("previous"))?;
        }
        last.save(&path)
    }

    /// Keeps the state after an epoch, beside the last one. What the log says of
    /// the epochs until then is brought to the disk first.
    pub(crate) fn keep(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        if let Some(log) = &mut self.log {
            log.flush()?;
        }
        let Some(folder) = &self.folder else { return Ok(()) };
        checkpoint.save(&folder.checkpoint(&of_epoch(checkpoint.control.epoch)))
    }

    /// The last checkpoint that was written.
    pub(crate) fn last(&self) -> Result<Option<Checkpoint>> {
        let Some(folder) = &self.folder else { return Ok(None) };
        Checkpoint::load(&folder.checkpoint("last")).map(Some)
    }

    /// Writes the model.
    pub(crate) fn finish(&mut self, model: &Model) -> Result<()> {
        if let Some(log) = &mut self.log {
            log.flush()?;
        }
        let Some(folder) = &self.folder else { return Ok(()) };
        model.save(folder.file("model.safetensors"))
    }
}
