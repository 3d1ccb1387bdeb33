//! What most programs need: `use ikhim::prelude::*`.

pub use crate::{Error, Result};
pub use ikhim_cpu::{Level, Runtime};
pub use ikhim_data::{
    BatchSize, Column, ColumnType, Dataset, Encoding, HandleUnknown, Ledger, Look, Missing, Parts,
    Preprocessing, Scaler, Scaling, SealedTest, Split, Task, Train, Transform, Validation,
};
pub use ikhim_graph::{
    Array, DType, Definition, Dim, Evaluator, Feed, Graph, Mode, N, Precision, State, Tensor,
    gradients,
};
pub use ikhim_nn::{
    Activation, Adadelta, Adagrad, Adam, AdamW, AlphaDropout, Apply, BinaryCrossEntropy, Concat,
    Cosine, CrossEntropy, CustomLoss, Dense, Dropout, Embedding, Entry, Exponential, Flatten,
    Group, Huber, Initializer, Inputs, Layer, Linear, Loss, Mae, Mlp, Model, ModelInput, Module,
    Mse, Network, Objective, OneCycle, Optimizer, Penalty, ReduceOnPlateau, Reduction, Reshape,
    Rmsprop, Schedule, Sequential, Sgd, Spec, StepDecay, SumSquaredError, Target, Wrap, from_fn,
    from_inputs,
};
/// A trained model; [`Model`] is the trait of what can be trained.
pub use ikhim_run::Model as TrainedModel;
pub use ikhim_run::metric::{Interval, Metric};
pub use ikhim_run::{Checkpoint, Finding, Judgement, Prediction, Predictor};
#[cfg(feature = "training")]
pub use ikhim_train::{
    CompiledStep, EarlyStopping, EpochReport, Flow, Interrupt, Observer, OnNonFinite, Run, Status,
    Step, StepOutput, Trainer, TrainingData, least_squares,
};
