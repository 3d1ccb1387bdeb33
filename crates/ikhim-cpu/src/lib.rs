//! The compiled engine: graph → program, kernels, workers.

mod kernel;
mod level;
mod vector;

pub use level::Level;
