//! The training loop, its control and its baselines.
//!
//! [`Trainer`] is a plain list of settings; [`Trainer::fit`] takes the train and
//! the validation part of a split and gives a [`Run`]. No type here can be given
//! rows of a sealed test part.

mod baseline;
mod calibration;
mod centroid;
mod data;
#[cfg(feature = "experiment")]
pub mod experiment;
mod finding;
mod importance;
#[cfg(feature = "experiment")]
mod launch;
#[cfg(feature = "least-squares")]
mod least_squares;
mod narrow;
mod observer;
mod online;
#[cfg(feature = "experiment")]
mod range_test;
mod replay;
mod run;
mod score;
mod session;
mod step;
mod stopping;
mod store;
#[cfg(feature = "experiment")]
mod trace;
mod trainer;
#[cfg(feature = "experiment")]
pub mod tune;

pub use baseline::{Baseline, LeastSquaresGap};
pub use calibration::DecisionThreshold;
pub use data::TrainingData;
pub use importance::{Importance, permutation_importance};
#[cfg(feature = "experiment")]
pub use launch::{Launch, prepared_again, reopen};
#[cfg(feature = "least-squares")]
pub use least_squares::least_squares;
pub use observer::{EpochReport, Flow, Interrupt, Observer, Start, StepReport, StepStart};
pub use online::{Learned, Online};
#[cfg(feature = "experiment")]
pub use range_test::{RangeTest, range_test};
pub use replay::Moment;
#[cfg(feature = "experiment")]
pub use replay::rewind;
pub use run::{Run, Status};
pub use step::{CompiledStep, Step, StepOutput};
pub use stopping::EarlyStopping;
#[cfg(feature = "experiment")]
pub use trace::{TraceRow, trace};
pub use trainer::{
    Length, OnNonFinite, Trainer, default_epochs, default_epochs_of_images, default_epochs_of_text,
    default_loss, default_metrics,
};
