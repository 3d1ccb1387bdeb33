//! Deep learning you can check.
//!
//! A network is trained on train rows, chosen on validation rows and tested on
//! rows that stay sealed until they are opened on purpose; every opening is
//! counted. The same experiment, data and seed give the same bits. Nothing here
//! prints, reads an environment variable or keeps global state.
//!
//! [`prelude`] holds what most programs need; the modules hold everything.
//!
//! | feature | gives |
//! |---|---|
//! | `images` | PNG and JPEG files as data |
//! | `training` (default) | [`Trainer`](prelude::Trainer), [`Step`](prelude::Step), baselines |
//! | `least-squares` | the exact line beside a regression: `train::least_squares`, a baseline, and how far the network is from it |
//! | `experiment` | experiment files and run folders, as the command has them: `run::experiment`, `train::Launch` |
//!
//! Without features the crate builds and evaluates graphs and predicts with
//! trained models.
#![cfg_attr(feature = "training", doc = include_str!("guide.md"))]

pub use ikhim_cpu as cpu;
pub use ikhim_data as data;
pub use ikhim_graph as graph;
pub use ikhim_nn as nn;
pub use ikhim_run as run;
pub use ikhim_text as text;
#[cfg(feature = "training")]
pub use ikhim_train as train;

pub mod prelude;

pub use ikhim_text::{Fault as Error, Result};
