//! A training of a changed experiment on the same train and validation rows: how
//! a suspicion is put to the proof.

use crate::course::Score;
use ikhim_cpu::Runtime;
use ikhim_run::experiment::Experiment;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// How a changed training went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// On the train rows.
    pub train: Score,
    /// On the validation rows, or on the train rows where there are no others.
    pub judged: Score,
    /// The first metric on those.
    pub metric: f64,
}

impl Trial {
    /// Trains an experiment once, on the thread that asks.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn of(prepared: &Prepared, seed: u64) -> Result<Trial> {
        let trainer = prepared.trainer(seed)?.runtime(Runtime::single());
        let run = trainer.fit_encoded(&prepared.data)?;
        Ok(Trial {
            train: Score::of(&run.train),
            judged: Score::of(&run.validation),
            metric: run.validation.first().map_or(f64::NAN, |(_, value)| value),
        })
    }

    /// The gain on the rows that are judged; of a training that broke, 0.
    pub fn gain(&self) -> f64 {
        finite(self.judged.gain)
    }
}

/// A gain below 0 is no worse than none, and what is not a number is none.
pub(crate) fn finite(gain: f64) -> f64 {
    if gain.is_finite() { gain.max(0.0) } else { 0.0 }
}

/// The same rows under a changed experiment. The parts stay what they are unless
/// the change is about them.
///
/// # Errors
/// A setting that the experiment does not take.
pub fn changed(prepared: &Prepared, base: &Path, settings: &[String]) -> Result<Prepared> {
    let experiment: Experiment = prepared.experiment.with(settings)?;
    if settings.iter().any(|setting| setting.starts_with("split")) {
        return Prepared::new(&experiment, base);
    }
    Prepared::again(&experiment, base, &prepared.split)
}
