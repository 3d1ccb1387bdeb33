//! How a model does on rows with a known truth.

use crate::metric::{Confusion, Interval, Metric, Outcome};
use ikhim_data::Encoded;
use serde::{Deserialize, Serialize};

/// The value of every asked metric over some rows.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Number of rows.
    pub rows: usize,
    /// Mean loss over the rows.
    pub loss: f64,
    /// Each metric with its value, the selecting one first.
    pub metrics: Vec<(Metric, f64)>,
    /// What was judged.
    pub outcome: Outcome,
}

/// One row that was predicted wrongly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WrongRow {
    /// Its id in the data.
    pub row: u64,
    /// Its true class.
    pub truth: usize,
    /// The class that was predicted.
    pub predicted: usize,
    /// The probability that the network gave to that class.
    pub probability: f64,
}

impl Judgement {
    /// Judges an outcome by metrics.
    pub fn of(outcome: Outcome, loss: f64, metrics: &[Metric]) -> Judgement {
        let metrics =
            metrics.iter().map(|metric| (metric.clone(), metric.value(&outcome))).collect();
        Judgement { rows: outcome.rows(), loss, metrics, outcome }
    }

    /// The same rows decided at another threshold of the second of two classes.
    pub fn with_threshold(self, threshold: Option<f64>) -> Judgement {
        let metrics: Vec<Metric> = self.metrics.into_iter().map(|(metric, _)| metric).collect();
        Judgement::of(self.outcome.with_threshold(threshold), self.loss, &metrics)
    }

    /// The selecting metric and its value.
    pub fn first(&self) -> Option<(&Metric, f64)> {
        self.metrics.first().map(|(metric, value)| (metric, *value))
    }

    /// The 95 % interval of a metric.
    pub fn interval(&self, metric: &Metric) -> Interval {
        Interval::of(metric, &self.outcome)
    }

    /// The confusion matrix, where there are classes.
    pub fn confusion(&self) -> Option<Confusion> {
        let Outcome::Classes { classes, labels, .. } = &self.outcome else { return None };
        let pairs = labels.iter().copied().zip(self.outcome.predicted_classes());
        Some(Confusion::new(*classes, pairs))
    }

    /// The rows that were predicted wrongly with the most confidence.
    pub fn wrong_rows(&self, encoded: &Encoded, most: usize) -> Vec<WrongRow> {
        let Outcome::Classes { classes, probabilities, labels, .. } = &self.outcome else {
            return Vec::new();
        };
        let predicted = self.outcome.predicted_classes();
        let mut wrong: Vec<WrongRow> = (0..labels.len())
            .filter(|row| labels[*row] != predicted[*row])
            .map(|row| WrongRow {
                row: encoded.row_ids.get(row).copied().unwrap_or(row as u64),
                truth: labels[row],
                predicted: predicted[row],
                probability: probabilities[row * classes + predicted[row]],
            })
            .collect();
        wrong.sort_by(|a, b| b.probability.total_cmp(&a.probability).then(a.row.cmp(&b.row)));
        wrong.truncate(most);
        wrong
    }
}
