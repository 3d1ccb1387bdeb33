//! The run folder: experiment, log, checkpoints, metrics, predicting and testing.
