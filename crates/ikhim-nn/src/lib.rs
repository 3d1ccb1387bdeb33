//! Layers, initializers, losses, optimizers and schedules that build graphs.
