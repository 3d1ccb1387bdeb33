//! A classifier of labels that say nothing: it can be right on the rows that it
//! learned and on no others.

use ikhim_cpu::Runtime;
use ikhim_data::{Cell, Column, ColumnType, Dataset, Scaling, Split, Task};
use ikhim_nn::{BinaryCrossEntropy, Linear, Sgd};
use ikhim_numeric::{Stream, stream_id};
use ikhim_run::metric::Metric;
use ikhim_text::{Fault, Result};
use ikhim_train::Trainer;
use serde::Deserialize;

/// Logistic regression by full-batch gradient descent on normal features.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Noise {
    rows: usize,
    columns: usize,
    fresh: usize,
    steps: u64,
    rate: f64,
    /// `train` or `fresh`: the rows that the accuracy is of; or their `gap`.
    of: String,
    /// Whether labels follow the first columns instead of chance.
    #[serde(default)]
    real: bool,
}

impl Noise {
    pub(crate) fn take(&self, seed: u64) -> Result<f64> {
        let features = Stream::new(seed, stream_id("noise", "features"));
        let coins = Stream::new(seed, stream_id("noise", "labels"));
        let header: Vec<String> = (1..=self.columns)
            .map(|column| format!("x{column}"))
            .chain(["y".to_string(), "part".to_string()])
            .collect();
        let rows = (0..self.rows + self.fresh).map(|row| {
            let values: Vec<f64> = (0..self.columns)
                .map(|column| f64::from(features.normal(row as u64, column as u64)))
                .collect();
            let yes = match self.real {
                true => values.iter().take(3).sum::<f64>() > 0.0,
                false => coins.bits(0, row as u64) & 1 == 1,
            };
            let part = if row < self.rows { "train" } else { "validation" };
            let mut cells: Vec<Cell> = values.into_iter().map(Cell::Number).collect();
            cells.push(Cell::Text(if yes { "yes" } else { "no" }.to_string()));
            cells.push(Cell::Text(part.to_string()));
            cells
        });
        let parts = Dataset::rows(header, rows)
            .target("y")
            .task(Task::Classification)
            .defaults(ColumnType::Number, Column::inferred().scaling(Scaling::None))
            .load()?
            .split(Split::column("part"))?;
        let run = Trainer::new(Linear::new())
            .loss(BinaryCrossEntropy::new())
            .optimizer(Sgd::new(self.rate))
            .metrics([Metric::Accuracy])
            .batch_size(self.rows)
            .steps(self.steps)
            .restore_best(false)
            .runtime(Runtime::single())
            .seed(seed)
            .fit(&parts.train, &parts.validation)?;
        let both = run.train.first().zip(run.validation.first());
        let ((_, train), (_, fresh)) = both.ok_or_else(|| Fault::of("data.no_target_values"))?;
        Ok(match self.of.as_str() {
            "train" => train,
            "fresh" => fresh,
            _ => train - fresh,
        })
    }
}
