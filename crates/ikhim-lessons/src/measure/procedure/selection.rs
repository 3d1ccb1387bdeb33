//! The best of many models that know nothing: what the rows say that it was
//! chosen on, and what fresh rows say.

use ikhim_numeric::{Stream, stream_id};
use serde::Deserialize;

/// Random linear models on normal features and labels that are noise. One is
/// chosen by its accuracy on a part; another number is then reported of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Selection {
    models: u64,
    columns: usize,
    rows: usize,
    fresh: usize,
    /// The part that the best is chosen on: `validation` or `test`.
    by: String,
    /// What is told: its accuracy on `test`, or on `fresh` rows.
    of: String,
}

struct Part {
    features: Vec<f64>,
    labels: Vec<bool>,
}

impl Part {
    fn draw(name: &str, rows: usize, columns: usize, seed: u64) -> Part {
        let features = Stream::new(seed, stream_id("selection features", name));
        let labels = Stream::new(seed, stream_id("selection labels", name));
        Part {
            features: (0..rows * columns)
                .map(|at| f64::from(features.normal(0, at as u64)))
                .collect(),
            labels: (0..rows).map(|row| labels.bits(0, row as u64) & 1 == 1).collect(),
        }
    }

    fn accuracy(&self, weights: &[f64]) -> f64 {
        let rows = self.features.chunks(weights.len()).zip(&self.labels);
        let right = rows.filter(|(row, label)| {
            let sum: f64 = row.iter().zip(weights).map(|(x, w)| x * w).sum();
            (sum > 0.0) == **label
        });
        right.count() as f64 / self.labels.len() as f64
    }
}

impl Selection {
    pub(crate) fn take(&self, seed: u64) -> f64 {
        let part = |name: &str, rows: usize| Part::draw(name, rows, self.columns, seed);
        let (validation, test) = (part("validation", self.rows), part("test", self.rows));
        let weights = Stream::new(seed, stream_id("selection", "weights"));
        let model = |index: u64| -> Vec<f64> {
            (0..self.columns).map(|at| f64::from(weights.normal(index, at as u64))).collect()
        };
        let judged = if self.by == "test" { &test } else { &validation };
        let mut best = (0, f64::NEG_INFINITY);
        for index in 0..self.models {
            let accuracy = judged.accuracy(&model(index));
            if accuracy > best.1 {
                best = (index, accuracy);
            }
        }
        match self.of.as_str() {
            "test" => test.accuracy(&model(best.0)),
            _ => part("fresh", self.fresh).accuracy(&model(best.0)),
        }
    }
}
