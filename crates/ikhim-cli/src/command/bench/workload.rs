//! The workloads: their networks by the calls that an experiment file makes, and
//! their rows.

use clap::ValueEnum;
use ikhim_graph::{Array, Precision, State};
use ikhim_nn::{
    Activation, Adam, BinaryCrossEntropy, Conv2d, CrossEntropy, Dense, Dropout, Embedding,
    FEATURES, Flatten, Layer, Linear, Loss, Lstm, MaxPool2d, Mlp, Model, ModelInput, Mse, Network,
    Objective, Optimizer, Padding, ResNet, Sequential, Sgd, Spec, Target, evaluation, prediction,
    training,
};
use ikhim_numeric::{Stream, stream_id};
use ikhim_run::Program;
use ikhim_text::Result;

/// The names of the workloads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub(super) enum Task {
    Linreg,
    Xor,
    Softmax,
    Mlp,
    MlpDeep,
    InferMlp,
    Cnn,
    CnnSmall,
    Resnet20,
    InferCnn,
    Lstm,
}

/// One network, its rows, its loss and its optimizer.
#[derive(Debug, Clone)]
pub(super) struct Workload {
    /// The sizes of a row.
    features: &'static [usize],
    /// Filters of 3×3, each with ReLU and a pooling of 2×2.
    filters: &'static [usize],
    hidden: &'static [usize],
    is_residual: bool,
    text: Option<Text>,
    activation: Activation,
    pub(super) dropout: f64,
    target: Target,
    optimizer: Rule,
    learning_rate: f64,
    pub(super) rows: usize,
    /// Whether a step updates the network; else it predicts.
    pub(super) is_trained: bool,
    /// As many steps as are timed as one.
    pub(super) whole_loop: Option<u64>,
}

/// Tokens whose next ones are to be told, by layers of long short-term memory.
#[derive(Debug, Clone, Copy)]
struct Text {
    vocabulary: usize,
    embedding: usize,
    units: &'static [usize],
}

/// How the network is updated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    Sgd,
    Momentum,
    Adam,
}

/// The numbers of an optimizer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rates {
    pub(super) learning_rate: f64,
    pub(super) beta_1: f64,
    pub(super) beta_2: f64,
    pub(super) epsilon: f64,
}

/// The share of the last update that the next one keeps.
const MOMENTUM: f64 = 0.9;

impl Rates {
    pub(super) fn of(workload: &Workload) -> Rates {
        Rates { learning_rate: workload.learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-8 }
    }
}

/// A compiled step and what it begins with.
pub(super) struct Built {
    pub(super) program: Program,
    pub(super) initial: State,
}

impl Task {
    /// Its name on the command line and in documents.
    pub(super) fn name(self) -> &'static str {
        match self {
            Task::Linreg => "linreg",
            Task::Xor => "xor",
            Task::Softmax => "softmax",
            Task::Mlp => "mlp",
            Task::MlpDeep => "mlp_deep",
            Task::InferMlp => "infer_mlp",
            Task::Cnn => "cnn",
            Task::CnnSmall => "cnn_small",
            Task::Resnet20 => "resnet20",
            Task::InferCnn => "infer_cnn",
            Task::Lstm => "lstm",
        }
    }

    pub(super) fn workload(self) -> Workload {
        let classes = Workload {
            features: &[784],
            filters: &[],
            hidden: &[],
            is_residual: false,
            text: None,
            activation: Activation::Relu,
            dropout: 0.0,
            target: Target::class(10),
            optimizer: Rule::Adam,
            learning_rate: 1e-3,
            rows: 100,
            is_trained: true,
            whole_loop: None,
        };
        let cnn = Workload {
            features: &[28, 28, 1],
            filters: &[32, 64, 128],
            hidden: &[625],
            dropout: 0.3,
            ..classes.clone()
        };
        match self {
            Task::Linreg => Workload {
                features: &[3],
                target: Target::number(1),
                optimizer: Rule::Sgd,
                learning_rate: 0.01,
                rows: 1_000_000,
                ..classes
            },
            Task::Xor => Workload {
                features: &[2],
                hidden: &[2],
                activation: Activation::Sigmoid,
                target: Target::multi_label(1),
                optimizer: Rule::Sgd,
                learning_rate: 1.0,
                rows: 4,
                whole_loop: Some(10_001),
                ..classes
            },
            Task::Softmax => Workload { optimizer: Rule::Sgd, learning_rate: 0.1, ..classes },
            Task::Mlp => Workload { hidden: &[256, 256], ..classes },
            Task::MlpDeep => Workload { hidden: &[512, 512, 512, 512], dropout: 0.3, ..classes },
            Task::InferMlp => {
                Workload { hidden: &[256, 256], rows: 1, is_trained: false, ..classes }
            }
            Task::Cnn => cnn,
            Task::CnnSmall => Workload { filters: &[32, 64], hidden: &[], dropout: 0.0, ..cnn },
            Task::InferCnn => Workload { rows: 1, is_trained: false, ..cnn },
            Task::Lstm => Workload {
                features: &[64],
                text: Some(Text { vocabulary: 64, embedding: 64, units: &[128, 128] }),
                target: Target::sequence(64, 64),
                rows: 32,
                ..classes
            },
            Task::Resnet20 => Workload {
                features: &[32, 32, 3],
                is_residual: true,
                optimizer: Rule::Momentum,
                learning_rate: 0.1,
                rows: 128,
                ..classes
            },
        }
    }
}

impl Workload {
    /// The step of the workload: an update that gives the loss, or a prediction.
    pub(super) fn build(&self, rates: &Rates, dropout: f64) -> Result<Built> {
        let (model, spec) = (self.model(dropout), self.spec());
        let (definition, fetches) = if self.is_trained {
            let objective = Objective::new(self.loss(), self.optimizer(rates));
            (training(model.as_ref(), &spec, &objective)?, "loss")
        } else {
            (prediction(model.as_ref(), &spec, &self.loss())?, "prediction")
        };
        let initial = State::initial(&definition, 0);
        let new = if self.is_trained { Program::updating } else { Program::reading };
        Ok(Built { program: new(definition.into(), &[fetches], Precision::F32)?, initial })
    }

    /// The loss of the network as it is in use.
    pub(super) fn measure(&self) -> Result<Program> {
        let definition = evaluation(self.model(0.0).as_ref(), &self.spec(), &self.loss())?;
        Program::reading(definition.into(), &["loss"], Precision::F32)
    }

    fn model(&self, dropout: f64) -> Box<dyn Model> {
        if self.is_residual {
            return Box::new(ResNet::new(20));
        }
        if let Some(text) = &self.text {
            return Box::new(text.network());
        }
        if !self.filters.is_empty() {
            return Box::new(self.convolutions(dropout));
        }
        if self.hidden.is_empty() {
            return Box::new(Linear::new());
        }
        Box::new(Mlp::new(self.hidden).activation(self.activation).dropout(dropout))
    }

    fn convolutions(&self, dropout: f64) -> Sequential {
        let dropped = |layers: Sequential| match dropout > 0.0 {
            true => layers.then(Dropout::new(dropout)),
            false => layers,
        };
        let mut layers = Sequential::new();
        for filters in self.filters {
            let conv = Conv2d::new(*filters, 3).padding(Padding::Same).activation(self.activation);
            layers = layers.then(conv).then(MaxPool2d::new(2).padding(Padding::Same));
            layers = dropped(layers);
        }
        layers = layers.then(Flatten::new());
        for units in self.hidden {
            layers = dropped(layers.then(Dense::new(*units).activation(self.activation)));
        }
        layers.then(Dense::auto())
    }

    fn spec(&self) -> Spec {
        match &self.text {
            None => Spec::new(self.features, self.target.clone()),
            Some(Text { vocabulary, .. }) => {
                let tokens = ModelInput::integers(FEATURES, self.features, Some(*vocabulary));
                Spec::with_inputs([tokens], self.target.clone())
            }
        }
    }

    fn loss(&self) -> Loss {
        match self.target {
            Target::Class { .. } | Target::Sequence { .. } => CrossEntropy::new().into(),
            Target::Number { .. } => Mse::new().into(),
            _ => BinaryCrossEntropy::new().into(),
        }
    }

    fn optimizer(&self, rates: &Rates) -> Optimizer {
        let sgd = Sgd::new(rates.learning_rate);
        match self.optimizer {
            Rule::Sgd => sgd.into(),
            Rule::Momentum => sgd.momentum(MOMENTUM).into(),
            Rule::Adam => {
                let adam = Adam::new(rates.learning_rate).beta_1(rates.beta_1);
                adam.beta_2(rates.beta_2).epsilon(rates.epsilon).into()
            }
        }
    }

    /// Features and target: drawn, the same at every start.
    pub(super) fn data(&self) -> (Array, Array) {
        let draw = |purpose: &str, count: usize| -> Vec<f32> {
            let stream = Stream::new(0, stream_id("bench", purpose));
            let blocks = (0..count.div_ceil(4) as u64).flat_map(|block| stream.block(0, block));
            blocks.take(count).map(ikhim_numeric::random::uniform).collect()
        };
        let width = self.features.iter().product();
        let shape = [&[self.rows], self.features].concat();
        if self.rows == 4 {
            let corners = vec![0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0];
            let target = Array::f32(&[4, 1], vec![0.0, 1.0, 1.0, 0.0]);
            return (Array::f32(&shape, corners), target);
        }
        let integers = |values: &[f32], below: usize| -> Vec<i32> {
            values.iter().map(|value| (value * below as f32) as i32).collect()
        };
        if let Some(Text { vocabulary, .. }) = self.text {
            // Each row is a text of one token more; the target is the text without
            // its first.
            let text = integers(&draw("features", self.rows * (width + 1)), vocabulary);
            let cut = |from: usize| -> Array {
                let rows = text.chunks(width + 1);
                let cut = rows.flat_map(|row| row[from..from + width].to_vec()).collect();
                Array::i32(&shape, cut)
            };
            return (cut(0), cut(1));
        }
        let features = draw("features", self.rows * width);
        let target = match self.target {
            Target::Class { count } => {
                Array::i32(&[self.rows], integers(&draw("target", self.rows), count))
            }
            _ => {
                let noise = draw("target", self.rows);
                let weigh = |row: &[f32]| -> f32 {
                    row.iter().zip(1_u8..).map(|(x, weight)| f32::from(weight) * x).sum()
                };
                let rows = features.chunks_exact(width).zip(noise);
                let numbers = rows.map(|(row, noise)| weigh(row) + 0.5 + 0.1 * noise).collect();
                Array::f32(&[self.rows, 1], numbers)
            }
        };
        (Array::f32(&shape, features), target)
    }
}

impl Text {
    fn network(&self) -> Network {
        let recurrent = self.units.iter().map(|units| Layer::from(Lstm::new(*units)));
        let first = [Layer::from(Embedding::new(self.embedding))];
        let last = [Layer::from(Dense::new(self.vocabulary))];
        first.into_iter().chain(recurrent).chain(last).collect()
    }
}
