//! Symbolic tensors, automatic differentiation as graphs, and the reference evaluator.
