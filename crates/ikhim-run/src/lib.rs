//! The run folder: experiment, log, checkpoints, metrics, predicting and
//! testing.

mod checkpoint;
mod control;
pub mod durable;
mod finding;
pub mod folder;
mod log;

pub use checkpoint::Checkpoint;
pub use control::{Best, Control, Finish, Plateau, RunningMean};
pub use finding::{Finding, Severity, Treatment};
pub use folder::{RunFolder, RunRecord};
pub use log::{EpochRecord, Log, epochs, insert_number, non_finite};
