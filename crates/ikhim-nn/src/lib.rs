//! Layers, initializers, losses, optimizers and schedules that build graphs.
//!
//! Everything here is a plain value that says what to build; nothing runs. A
//! [`Model`] builds a prediction from inputs, and [`training`], [`evaluation`]
//! and [`prediction`] make the three graphs of it that a loop runs over one
//! state.

mod function;
mod initializer;
mod inputs;
mod layer;
mod loss;
mod model;
mod module;
mod objective;
mod optimizer;
mod penalty;
mod schedule;
mod spec;
mod step;
mod summary;
mod trace;
mod wrapper;

pub use function::{FromFn, FromInputs, from_fn, from_inputs};
pub use initializer::Initializer;
pub use inputs::{FEATURES, Inputs, Model};
pub use layer::{
    Activation, AlphaDropout, Concat, Dense, Dropout, Embedding, Flatten, Layer, Reshape,
    Sequential,
};
pub use loss::{
    BinaryCrossEntropy, CrossEntropy, CustomLoss, Huber, Loss, Mae, Mse, Reduction, SumSquaredError,
};
pub use model::{Entry, Linear, Mlp, Network};
pub use module::{Apply, Module, Sizes};
pub use objective::{GradientHook, Group, Objective};
pub use optimizer::{Adadelta, Adagrad, Adam, AdamW, Optimizer, Rmsprop, Sgd};
pub use penalty::Penalty;
pub use schedule::{
    Clock, Cosine, Course, Exponential, OneCycle, Plateau, ReduceOnPlateau, Schedule, StepDecay,
    Warmup,
};
pub use spec::{ModelInput, Spec, Target};
pub use step::{evaluation, prediction, training};
pub use summary::{LayerRow, layers, summary};
pub use trace::{Traced, TracedNode, traced};
pub use wrapper::{Named, Shared, Trainable, Wrap};

/// The result of every fallible call of this crate.
pub type Result<T> = ikhim_text::Result<T>;
