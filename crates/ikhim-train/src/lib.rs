//! The training loop, its control and its baselines.

mod least_squares;

pub use least_squares::least_squares;
