//! What a report is made of: the numbers of one run, as plain values.

use super::{
    Comparison, Data, Decision, Epoch, Examination, Finding, Importance, Layer, Score, Status, Test,
};
use crate::figure::Picture;
use serde::{Deserialize, Serialize};

/// Everything that the page of a run shows. All fields have a default, so that
/// a run that was stopped before its first epoch has a page as well.
///
/// ```
/// use ikhim_report::report::{Role, RunReport, Score, Test};
/// use ikhim_text::Language;
///
/// let report = RunReport {
///     name: "digits-0001".into(),
///     scores: vec![Score::new("accuracy", 0.974, Role::Validation, 269)],
///     test: Test::Sealed { n: 270, looks: 0 },
///     ..RunReport::default()
/// };
/// let page = report.html(Language::English);
/// assert!(page.starts_with("<!doctype html>"));
/// assert!(page.contains("0.9740"));
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunReport {
    /// Name of the run, e.g. `digits-0003`.
    pub name: String,
    /// Version of ikhim that made the run.
    pub ikhim: String,
    /// The task, e.g. `classification`.
    pub task: String,
    /// How the run ended.
    pub status: Status,
    /// The seed of weights, order of batches and dropout.
    pub seed: u64,
    /// When the run was made, ISO 8601 in UTC.
    pub created: String,
    /// Wall time of training in seconds.
    pub seconds: f64,
    /// Steps of the optimizer.
    pub steps: u64,
    /// The numbers of the run; the first is the one that chose the best epoch.
    pub scores: Vec<Score>,
    /// What the network learned from.
    pub data: Data,
    /// The layers in the order of the computation.
    pub layers: Vec<Layer>,
    /// One entry for each epoch, from the first.
    pub epochs: Vec<Epoch>,
    /// The epoch whose weights were kept.
    pub best_epoch: Option<u64>,
    /// The network beside simple rules on the same rows.
    pub comparison: Option<Comparison>,
    /// The validation part looked at row by row.
    pub validation: Examination,
    /// How much the network depends on each column, where that was measured.
    pub importance: Option<Importance>,
    /// What the network holds and looks at.
    pub pictures: Vec<Picture>,
    /// The test part: sealed, or what a look at it gave.
    pub test: Test,
    /// What a watch over the run found.
    pub findings: Vec<Finding>,
    /// Sentences that stand on top of the page, such as the notice of a
    /// `[fault]` section.
    pub notices: Vec<String>,
    /// What the experiment left open and the data decided.
    pub decisions: Vec<Decision>,
    /// The resolved experiment, as TOML.
    pub experiment: String,
}
