//! Figures, report pages, terminal plots and TensorBoard events.
