//! Whole models as plain values: what `[model]` of an experiment file holds.

mod linear;
mod mlp;
mod network;

pub use linear::Linear;
pub use mlp::Mlp;
pub use network::{Entry, Network};
