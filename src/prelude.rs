//! What most programs need: `use ikhim::prelude::*`.

pub use crate::{Error, Result};
pub use ikhim_cpu::{Level, Runtime};
pub use ikhim_data::{
    Augmentation, BatchSize, Column, ColumnType, Dataset, Encoding, Fill, Flip, HandleUnknown,
    ImageOptions, Ledger, Look, Missing, Parts, Preprocessing, Resize, Scaler, Scaling, SealedTest,
    SequenceColumn, Series, Split, Task, Train, Transform, Unreadable, Validation,
};
pub use ikhim_graph::{
    Array, DType, Definition, Dim, Evaluator, Feed, Graph, Mode, N, Precision, State, Tensor,
    gradients,
};
pub use ikhim_nn::{
    Activation, Adadelta, Adagrad, Adam, AdamW, AdaptiveAveragePool2d, AdaptiveMaxPool2d,
    AlphaDropout, Apply, Autoencoder, AveragePool1d, AveragePool2d, BatchNorm, BinaryCrossEntropy,
    Cnn, Combine, Concat, Conv1d, Conv2d, Conv2dTranspose, Cosine, CourseNet, CrossEntropy,
    CustomLoss, Dense, Dropout, Embedding, Ensemble, Entry, Exponential, Flatten,
    GlobalAveragePool1d, GlobalAveragePool2d, GlobalMaxPool1d, GlobalMaxPool2d, Group, GroupNorm,
    Gru, Huber, Inception, InceptionNet, InitialState, Initializer, Inputs, Lab, Layer, LayerNorm,
    LeNet5, Linear, Loss, Lstm, Mae, MaxPool1d, MaxPool2d, Mlp, Model, ModelInput, Module, Mse,
    MultiHeadAttention, Network, Objective, OneCycle, OneHot, Optimizer, Padding, Penalty,
    PositionEmbedding, ReduceOnPlateau, Reduction, RepeatVector, ResNet, Reshape, Rmsprop,
    Schedule, Sequential, Sgd, SimpleRnn, SinePositionEncoding, SpatialDropout, Spec, StepDecay,
    SumSquaredError, Target, TransformerBlock, UpSampling2d, Vgg, Wrap, ZeroPadding2d, from_fn,
    from_inputs,
};
/// A trained model; [`Model`] is the trait of what can be trained.
pub use ikhim_run::Model as TrainedModel;
pub use ikhim_run::metric::{Interval, Metric};
pub use ikhim_run::{Checkpoint, Finding, Judgement, Prediction, Predictor};
#[cfg(feature = "least-squares")]
pub use ikhim_train::least_squares;
#[cfg(feature = "training")]
pub use ikhim_train::{
    CompiledStep, EarlyStopping, EpochReport, Flow, Interrupt, Observer, OnNonFinite, Run, Status,
    Step, StepOutput, Trainer, TrainingData,
};
