//! The training loop, its control and its baselines.
