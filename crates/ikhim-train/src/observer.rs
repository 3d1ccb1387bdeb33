use ikhim_graph::State;
use ikhim_run::{EpochRecord, Finding};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether training goes on.
#[derive(Debug, Clone, PartialEq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one is made an epoch, and a finding is given as it is"
)]
pub enum Flow {
    /// It goes on.
    Continue,
    /// It stops for a reason that the run will name.
    Stop(Finding),
}

/// Training as it begins, or goes on after a resumption.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Start {
    /// Epochs in all.
    pub epochs: u64,
    /// Steps in all.
    pub steps: u64,
    /// Steps of a whole epoch.
    pub steps_per_epoch: u64,
    /// Steps done before: 0 unless resumed.
    pub step: u64,
    /// Number of train rows.
    pub train_rows: usize,
    /// Number of validation rows.
    pub validation_rows: usize,
    /// Numbers in all parameters.
    pub parameters: usize,
}

/// One step, after its update.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct StepReport {
    /// The epoch under way, from 1.
    pub epoch: u64,
    /// Steps done.
    pub step: u64,
    /// Loss of the batch before the update.
    pub loss: f64,
    /// The rate of the update.
    pub learning_rate: f64,
}

/// A step that comes, for those who look into the network.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StepStart<'a> {
    /// Steps done before it.
    pub step: u64,
    /// The rate of its update.
    pub learning_rate: f64,
    /// The seed of the training, which drives dropout.
    pub seed: u64,
    /// Parameters, slots and statistics before it.
    pub state: &'a State,
}

/// One epoch, after its measurement on validation.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct EpochReport<'a> {
    /// What it gave.
    pub record: &'a EpochRecord,
    /// The part that its metrics were measured on: `validation` or `train`.
    pub role: &'static str,
    /// Whether it is the best so far.
    pub best: bool,
    /// Parameters, slots and statistics after it.
    pub state: &'a State,
}

/// Someone who watches a training and may stop it. An observer sees values and
/// cannot change a bit of them.
pub trait Observer {
    /// Training begins.
    fn on_start(&mut self, _start: &Start) {}

    /// Whether the step that comes shall be shown, after so many steps.
    fn looks_at(&mut self, _step: u64) -> bool {
        false
    }

    /// The step that comes, where [`Observer::looks_at`] asked for it.
    fn before_step(&mut self, _start: &StepStart<'_>) {}

    /// The state after the update of a step that was shown.
    fn after_step(&mut self, _state: &State) {}

    /// A step is done.
    fn on_step(&mut self, _step: &StepReport) -> Flow {
        Flow::Continue
    }

    /// An epoch is done and measured.
    fn on_epoch(&mut self, _epoch: &EpochReport<'_>) -> Flow {
        Flow::Continue
    }
}

/// A request to stop after the step under way, e.g. from a signal handler. It is
/// cheap to clone, and all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// A request that nobody has made yet.
    pub fn new() -> Interrupt {
        Interrupt::default()
    }

    /// Asks the training to stop.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether someone has asked.
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A flag that a signal handler sets, as a request.
impl From<Arc<AtomicBool>> for Interrupt {
    fn from(flag: Arc<AtomicBool>) -> Interrupt {
        Interrupt(flag)
    }
}
