use ikhim_nn::Plateau;
use serde::{Deserialize, Serialize};

/// Everything of a run besides its [`State`](ikhim_graph::State) that the next
/// step depends on. With the state it is a checkpoint.
///
/// It holds no time, path, host, level or thread count, so the bytes of a
/// checkpoint depend on what the experiment computes, its rows and the step.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    /// The seed of weights, order of batches and dropout.
    pub seed: u64,
    /// Steps done.
    pub step: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Batches done of the epoch under way.
    pub position: u64,
    /// The training loss of the epoch under way.
    pub running: RunningMean,
    /// The best epoch so far, by the selecting metric on validation.
    pub best: Option<Best>,
    /// The best value of what early stopping watches.
    pub patience_best: Watched,
    /// Epochs since then without improvement.
    pub epochs_without_improvement: u64,
    /// The state of a schedule that watches a metric.
    pub plateau: Option<Plateau>,
    /// Why the run is over, once it is.
    pub finished: Option<Finish>,
}

/// A value that is watched for improvement; not a number before the first.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Watched(#[serde(with = "bits")] pub f64);

/// Two are the same by their bits, so before the first value too.
impl PartialEq for Watched {
    fn eq(&self, other: &Watched) -> bool {
        self.0.to_bits() == other.0.to_bits()
    }
}

impl Default for Watched {
    fn default() -> Watched {
        Watched(f64::NAN)
    }
}

/// Why a run is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// All epochs or steps were done.
    Completed,
    /// Validation did not improve for long enough.
    EarlyStopped,
    /// A finding stopped it.
    StoppedByFinding,
}

/// The best epoch by the selecting metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Best {
    /// The epoch, from 1; 0 is the state before the first step.
    pub epoch: u64,
    /// Steps done at its end.
    pub step: u64,
    /// The value of the metric there.
    #[serde(with = "bits")]
    pub value: f64,
    /// The loss there, which decides between epochs of the same value.
    #[serde(with = "bits", default = "nan")]
    pub loss: f64,
}

/// The loss that earlier versions did not write down.
fn nan() -> f64 {
    f64::NAN
}

/// A mean over rows under way.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct RunningMean {
    /// Sum over rows.
    #[serde(with = "bits")]
    pub sum: f64,
    /// Number of rows.
    pub rows: u64,
}

impl RunningMean {
    /// Adds a batch: its mean counts by its rows.
    pub fn add(&mut self, mean: f64, rows: u64) {
        self.sum += mean * rows as f64;
        self.rows += rows;
    }

    /// The mean so far; not a number before the first row.
    pub fn mean(&self) -> f64 {
        self.sum / self.rows as f64
    }
}

/// Real numbers as the bits of f64: exact, and JSON has no word for infinity
/// or for what is not a number.
mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(value.to_bits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(f64::from_bits)
    }
}
