//! The run folder: experiment, log, checkpoints, metrics, predicting and
//! testing.

mod calibration;
mod checkpoint;
mod control;
pub mod durable;
#[cfg(feature = "experiment")]
pub mod experiment;
mod finding;
pub mod folder;
mod generation;
mod inspection;
mod judgement;
mod log;
pub mod memory;
pub mod metric;
mod model;
mod outcome;
mod predictor;
mod program;
mod streams;

pub use calibration::{Calibration, Margin, Margins, Threshold, ThresholdChoice};
pub use checkpoint::{Checkpoint, read_tensors};
pub use control::{Best, Control, Finish, RunningMean, Watched};
pub use finding::{Finding, Severity, Treatment, Wording};
pub use folder::{RunFolder, RunRecord};
pub use generation::{Sampling, held, zeros};
pub use judgement::{Judgement, WrongRow};
pub use log::{EpochRecord, Log, epochs, insert_number, logged_epochs, non_finite};
pub use memory::LedgerMemory;
pub use model::{About, Model, text_scores};
pub use outcome::Predictions;
pub use predictor::{Prediction, Predictor};
pub use program::{Program, Rows};
pub use streams::{carried, read_rows};
