//! Deep learning you can check.
