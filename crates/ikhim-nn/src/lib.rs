//! Layers, initializers, losses, optimizers and schedules that build graphs.
//!
//! Everything here is a plain value that says what to build; nothing runs. A
//! [`Model`] builds a prediction from inputs, and [`training`], [`evaluation`]
//! and [`prediction`] make the three graphs of it that a loop runs over one
//! state.

mod curvature;
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
mod window;
mod wrapper;

pub use curvature::curvature;
pub use function::{FromFn, FromInputs, from_fn, from_inputs};
pub use ikhim_graph::RnnActivation;
pub use initializer::Initializer;
pub use inputs::{CARRIED, FEATURES, Inputs, LENGTHS, Model};
pub use layer::{
    Activation, AdaptiveAveragePool2d, AdaptiveMaxPool2d, AlphaDropout, AveragePool1d,
    AveragePool2d, BatchNorm, Concat, Conv1d, Conv2d, Conv2dTranspose, Dense, Dropout, Embedding,
    Flatten, GlobalAveragePool1d, GlobalAveragePool2d, GlobalMaxPool1d, GlobalMaxPool2d, GroupNorm,
    Gru, InitialState, Layer, LayerNorm, Lstm, MaxPool1d, MaxPool2d, MultiHeadAttention, OneHot,
    Padding, Pair, PositionEmbedding, RecurrentValues, RepeatVector, Reshape, Sequence, Sequential,
    SimpleRnn, SinePositionEncoding, SpatialDropout, TransformerBlock, UpSampling2d, ZeroPadding2d,
    dot_product_attention,
};
pub use loss::{
    BinaryCrossEntropy, CrossEntropy, CustomLoss, Huber, Loss, Mae, Mse, Reduction, SumSquaredError,
};
pub use model::{
    Autoencoder, Cnn, Combine, CourseNet, Ensemble, Entry, Inception, InceptionNet, Lab, LeNet5,
    Linear, Mlp, Network, ResNet, Vgg,
};
pub use module::{Apply, Module, Sizes};
pub use objective::{GradientHook, Group, Objective};
pub use optimizer::{Adadelta, Adagrad, Adam, AdamW, Optimizer, Rmsprop, Sgd};
pub use penalty::Penalty;
pub use schedule::{
    Clock, Cosine, Course, Exponential, OneCycle, Plateau, ReduceOnPlateau, Schedule, StepDecay,
    Warmup,
};
pub use spec::{ModelInput, Spec, Target};
pub use step::{evaluation, prediction, stepping, training};
pub use summary::{LayerRow, layers, summary};
pub use trace::{Traced, TracedNode, traced};
pub use window::{SkippedCells, skipped_cells};
pub use wrapper::{Named, Shared, Trainable, Wrap};

/// The result of every fallible call of this crate.
pub type Result<T> = ikhim_text::Result<T>;
