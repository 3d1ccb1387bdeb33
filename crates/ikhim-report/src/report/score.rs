use crate::number::{optional, plain};
use ikhim_text::sentence::{self, Sentence};
use serde::{Deserialize, Serialize};

/// The part of the data that a number was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The rows that the weights were fitted to.
    Train,
    /// The rows that chose the best epoch.
    #[default]
    Validation,
    /// The sealed rows.
    Test,
}

impl Role {
    pub(crate) fn sentence(self) -> Sentence {
        match self {
            Role::Train => sentence::ROLE_TRAIN,
            Role::Validation => sentence::ROLE_VALIDATION,
            Role::Test => sentence::ROLE_TEST,
        }
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// All epochs were trained.
    #[default]
    Completed,
    /// Early stopping ended the run.
    EarlyStopped,
    /// A person or the system ended the run; it can be resumed.
    Interrupted,
    /// A finding ended the run.
    StoppedByFinding,
}

impl Status {
    pub(crate) fn sentence(self) -> Sentence {
        match self {
            Status::Completed => sentence::STATUS_COMPLETED,
            Status::EarlyStopped => sentence::STATUS_EARLY_STOPPED,
            Status::Interrupted => sentence::STATUS_INTERRUPTED,
            Status::StoppedByFinding => sentence::STATUS_STOPPED_BY_FINDING,
        }
    }
}

/// A number with the part that it was measured on and its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// Name of the metric, e.g. `accuracy`.
    pub metric: String,
    /// The value.
    #[serde(with = "plain")]
    pub value: f64,
    /// The part of the data.
    pub role: Role,
    /// Rows behind the value.
    pub n: u64,
}

impl Score {
    /// A number with its role and rows.
    pub fn new(metric: impl Into<String>, value: f64, role: Role, n: u64) -> Score {
        Score { metric: metric.into(), value, role, n }
    }
}

/// The network and simple rules, measured on the same rows by one metric.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Comparison {
    /// Name of the metric.
    pub metric: String,
    /// Whether a greater value is better.
    pub higher_is_better: bool,
    /// The part of the data.
    pub role: Role,
    /// Rows behind each value.
    pub n: u64,
    /// The value of the network.
    #[serde(with = "plain")]
    pub network: f64,
    /// The values of the simple rules.
    pub baselines: Vec<Baseline>,
    /// Whether the network's distance from the best rule is below two standard
    /// errors of the paired differences.
    pub is_uncertain: bool,
    /// Sentences below them, e.g. on the exact least-squares solution.
    pub remarks: Vec<String>,
}

/// A simple rule that a network has to beat.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Baseline {
    /// Its name, e.g. `most frequent class`.
    pub name: String,
    /// Its value of the metric.
    #[serde(with = "plain")]
    pub value: f64,
}

impl Baseline {
    /// A rule with its value.
    pub fn new(name: impl Into<String>, value: f64) -> Baseline {
        Baseline { name: name.into(), value }
    }
}

/// How a train loss was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossMode {
    /// The mean over the batches of the epoch, dropout on, weights moving.
    #[default]
    Running,
    /// After the epoch with fixed weights and dropout off.
    Eval,
}

/// The numbers of one epoch.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Epoch {
    /// Its number.
    pub epoch: u64,
    /// Mean train loss.
    #[serde(with = "plain")]
    pub train_loss: f64,
    /// How the train loss was measured.
    pub train_loss_mode: LossMode,
    /// Mean validation loss; `None` without a validation part.
    #[serde(with = "optional")]
    pub validation_loss: Option<f64>,
    /// The metrics; any number of them, of either part.
    pub metrics: Vec<EpochMetric>,
}

/// A metric of an epoch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EpochMetric {
    /// Its name, e.g. `accuracy`.
    pub name: String,
    /// The part of the data.
    pub role: Role,
    /// The value.
    #[serde(with = "plain")]
    pub value: f64,
}

impl EpochMetric {
    /// A metric of a part.
    pub fn new(name: impl Into<String>, role: Role, value: f64) -> EpochMetric {
        EpochMetric { name: name.into(), role, value }
    }
}

/// How much the network depends on each column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Importance {
    /// The metric that gets worse.
    pub metric: String,
    /// The rows that it was measured on.
    pub role: Role,
    /// Their number.
    pub n: u64,
    /// How often the values of a column changed places.
    pub repetitions: u64,
    /// The columns, the most important first.
    pub columns: Vec<ColumnImportance>,
}

/// How much the network depends on a column.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnImportance {
    /// The column.
    pub column: String,
    /// By how much the metric gets worse without it, on average.
    #[serde(with = "plain")]
    pub mean: f64,
    /// The standard deviation over the repetitions.
    #[serde(with = "plain")]
    pub standard_deviation: f64,
}
