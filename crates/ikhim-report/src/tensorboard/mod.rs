//! Event files that `tensorboard --logdir` reads: scalars, histograms and the
//! graph of the layers.
//!
//! The format is written by hand: a record frame with two checksums around a
//! small protocol buffer message. The published writers bring a protobuf
//! runtime and code generated at build time for the same bytes.

mod event;
mod protobuf;
mod record;
mod writer;

pub use event::Node;
pub use writer::{EventWriter, RunEvents};
