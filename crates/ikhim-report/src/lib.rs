//! Figures, report pages, terminal plots and TensorBoard events.
//!
//! This crate draws numbers that others computed. Its inputs are plain structs
//! of its own ([`RunReport`] and the types beside it), so it knows no network,
//! no data set and no training loop, and it computes no metric.
//!
//! - [`report`]: one offline page for a run.
//! - [`figure`]: SVG figures with text alternatives, for the page and for files.
//! - [`terminal`]: curves, sparklines and tables in characters.
//! - [`tensorboard`]: event files that `tensorboard --logdir` reads.

mod checksum;
pub mod figure;
mod markup;
mod number;
pub mod report;
pub mod tensorboard;
pub mod terminal;

pub use markup::escape;
pub use number::{count, number};
pub use report::RunReport;
