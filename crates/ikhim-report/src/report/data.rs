use super::Role;
use serde::{Deserialize, Serialize};

/// What the network learned from.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Data {
    /// Name of the data, e.g. a file name without its folder.
    pub source: String,
    /// Hash of the data, in hexadecimal.
    pub sha256: String,
    /// How the rows were parted, e.g. `stratified`.
    pub split: String,
    /// The parts and their rows.
    pub parts: Vec<Part>,
    /// The columns; of images one, e.g. `image` `8×8×1`.
    pub columns: Vec<Column>,
    /// Sentences on how the data were read.
    pub notices: Vec<String>,
}

/// A part of the rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which part.
    pub role: Role,
    /// Its rows.
    pub rows: u64,
}

impl Part {
    /// A part with its rows.
    pub fn new(role: Role, rows: u64) -> Part {
        Part { role, rows }
    }
}

/// A column of the data.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// Its type, e.g. `number`, `category`.
    pub kind: String,
    /// Whether it is the target.
    pub target: bool,
    /// Missing values over all rows of train.
    pub missing: u64,
    /// How it enters the network, e.g. `standard` or `one_hot, 5 levels`.
    pub encoding: String,
}

/// A layer of the network.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Layer {
    /// Its path, e.g. `residual_1/conv2d_1`.
    pub path: String,
    /// Its type, e.g. `dense`.
    pub kind: String,
    /// The shape of its output, e.g. `[N, 64]`.
    pub output: String,
    /// Number of its parameters.
    pub parameters: u64,
}

/// A choice that the experiment left open and the data made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Decision {
    /// The key of the experiment, e.g. `training.loss`.
    pub key: String,
    /// Its value, as TOML.
    pub value: String,
    /// The facts that decided.
    pub because: String,
}

/// Something that a watch over the run found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Finding {
    /// Its id, e.g. `learning-rate-too-high`.
    pub id: String,
    /// How grave it is.
    pub severity: Severity,
    /// What it is about: a layer, a column, a key; empty for the whole run.
    pub place: String,
    /// What was seen, in sentences.
    pub evidence: Vec<String>,
    /// What to do, in sentences.
    pub treatments: Vec<String>,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// The result is worse than it could be, or less certain.
    #[default]
    Warning,
    /// The result cannot be used.
    Error,
}
