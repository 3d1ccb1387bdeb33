//! Descent with slopes that are put together by hand, as one might write them
//! down without looking at what the cost says.

use super::gradient::in_double;
use super::{Ways, largest};
use ikhim_data::EncodedTarget;
use ikhim_graph::{Array, Definition, Precision, State};
use ikhim_nn::{
    BinaryCrossEntropy, Initializer, Linear, Loss, Objective, Reduction, Sgd, Spec,
    SumSquaredError, Target, training,
};
use ikhim_run::Program;
use ikhim_text::{Fault, Result};
use ikhim_train::experiment::Prepared;
use serde::Deserialize;

/// A dense layer on the rows of an experiment: half the squared error of a
/// number, or one sigmoid for each class with the sum of their cross-entropies.
/// The slopes come from back-propagation; how those of the rows are joined is
/// said here, for weights and biases apart.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manual {
    weights: Joined,
    biases: Joined,
    rate: f64,
    steps: u64,
    /// What all weights and all biases begin with; normal numbers without.
    weight: Option<f64>,
    bias: Option<f64>,
    /// `loss` before the step after the last, `accuracy` by then, a `weight` or
    /// `bias`, or how often the loss `rose`.
    of: String,
    #[serde(default)]
    index: usize,
}

/// How the slopes of all rows become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Joined {
    Sum,
    Mean,
    /// The sum over rows and over all outputs: each gets the same number.
    Shared,
}

/// The rows as the network is given them.
struct Table {
    features: Array,
    target: Array,
    labels: Vec<i32>,
    rows: usize,
    width: usize,
    outputs: usize,
}

impl Table {
    fn of(prepared: &Prepared) -> Option<Table> {
        let encoded = prepared.data.train().encoded();
        let input = encoded.input("features")?;
        let width = input.shape.iter().product();
        let features = Array::f32(&[encoded.rows, width], input.values.as_f32()?.to_vec());
        let rows = encoded.rows;
        let (outputs, target, labels) = match &encoded.target {
            EncodedTarget::Class(labels) => {
                let outputs = labels.iter().max().map_or(0, |most| *most as usize + 1);
                let hot = labels.iter().flat_map(|label| {
                    (0..outputs).map(move |class| f32::from(class == *label as usize))
                });
                (outputs, hot.collect(), labels.clone())
            }
            EncodedTarget::Number { width: 1, values, .. } => (1, values.clone(), Vec::new()),
            _ => return None,
        };
        let target = Array::f32(&[rows, outputs], target);
        Some(Table { features, target, labels, rows, width, outputs })
    }

    fn of_classes(&self) -> bool {
        !self.labels.is_empty()
    }

    /// The graph of a step. What the engine calls the cost of a row is the whole
    /// square of a number, and the mean over the outputs for classes.
    fn step(&self, manual: &Manual) -> Result<Definition> {
        let (loss, target, scale): (Loss, _, f64) = match self.of_classes() {
            true => (
                BinaryCrossEntropy::new().reduction(Reduction::Sum).into(),
                Target::multi_label(self.outputs),
                self.outputs as f64,
            ),
            false => (SumSquaredError::new().into(), Target::number(1), 0.5),
        };
        let rows = self.rows as f64;
        let (weights, biases) = (manual.weights, manual.biases);
        let objective =
            Objective::new(loss, Sgd::new(manual.rate)).gradient_hook(move |path, slope| {
                let slope = slope * scale;
                match if path.ends_with(".bias") { biases } else { weights } {
                    Joined::Sum => slope,
                    Joined::Mean => slope / rows,
                    Joined::Shared => slope.sum_all().broadcast_to(&slope.shape()),
                }
            });
        let start = |value: Option<f64>| match value {
            Some(value) => Initializer::constant(value),
            None => Initializer::normal(0.0, 1.0),
        };
        let layer = Linear::new()
            .kernel_initializer(start(manual.weight))
            .bias_initializer(start(manual.bias));
        training(&layer, &Spec::new([self.width], target), &objective)
    }

    /// The share of rows whose largest output is that of their class.
    fn accuracy(&self, prediction: &Array) -> f64 {
        let values = prediction.to_f64();
        let rows = values.chunks(self.outputs).zip(&self.labels);
        let right = rows.filter(|(row, label)| {
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            row.iter().position(|value| *value == most) == Some(**label as usize)
        });
        right.count() as f64 / self.rows as f64
    }
}

impl Manual {
    pub(super) fn take(&self, ways: &Ways<'_>, seed: Option<u64>) -> Result<f64> {
        let prepared = ways.prepared()?;
        let table = Table::of(&prepared).ok_or_else(|| Fault::of("data.no_target_values"))?;
        let definition = std::sync::Arc::new(table.step(self)?);
        let seed = seed.unwrap_or(prepared.experiment.seed);
        let mut state = in_double(&State::initial(&definition, seed));
        let names = ["loss", "prediction"];
        let program = Program::updating(definition, &names, Precision::F64)?;
        let rate = Array::f64(&[], vec![self.rate]);
        let feed = ikhim_graph::Feed::rows(table.rows)
            .input("features", &table.features)
            .input("target", &table.target)
            .input("learning_rate", &rate);
        let (mut losses, mut last) = (Vec::new(), None);
        // One more than the updates: it looks at what the last one has made.
        for step in 0..=self.steps {
            let before = state.clone();
            let values = program.run(&mut state, &feed)?;
            losses.extend(values.first().map(|loss| largest(loss.to_f64())));
            if step == self.steps {
                state = before;
                last = values.get(1).cloned();
            }
        }
        let scale = if table.of_classes() { table.outputs as f64 } else { 0.5 };
        let parameter = |ending: &str| {
            let found = state.iter().find(|(path, _)| path.ends_with(ending));
            found.and_then(|(_, array)| array.to_f64().get(self.index).copied())
        };
        let found = match self.of.as_str() {
            "loss" => losses.last().map(|loss| loss * scale),
            "rose" => Some(
                losses
                    .windows(2)
                    .filter(|pair| pair[1] > pair[0] || pair.iter().any(|loss| loss.is_nan()))
                    .count() as f64,
            ),
            "weight" => parameter(".kernel"),
            "bias" => parameter(".bias"),
            "accuracy" if table.of_classes() => last.map(|outputs| table.accuracy(&outputs)),
            _ => None,
        };
        found.ok_or_else(|| ways.wrong(format!("there is no {} {}", self.of, self.index)))
    }
}
