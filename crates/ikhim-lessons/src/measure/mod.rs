//! What can be measured of an experiment, of an operation, or of a procedure.

mod after;
mod filters;
mod gradient;
mod image;
mod linear;
mod manual;
mod network;
mod procedure;
mod training;

pub(crate) use filters::{answers, by_class};
pub(crate) use gradient::{Slopes, kernels, norm};
pub(crate) use image::{convolved, output_size};
pub(crate) use linear::bound;
pub(crate) use network::{activation_values, first_step, layer_values};
pub(crate) use procedure::polynomial::{
    Polynomial, Sample, fit as fit_polynomial, value as polynomial_value,
};
pub(crate) use training::{Trained, state_at, train};

use crate::claim::{Claim, Found};
use crate::lesson::Lesson;
use crate::study::Study;
use ikhim_text::{Fault, Result};
use ikhim_train::experiment::Prepared;
use serde::Deserialize;
use std::sync::Arc;

/// What a claim measures.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Measure {
    /// The loss that the update after so many others starts from.
    Loss { step: usize },
    /// The loss after the last step over that of the first.
    LossRatio {},
    /// Updates until the loss is below a bound; infinite when it never is.
    StepsTo { below: f64 },
    /// A number of a parameter after so many updates, else after the last.
    Parameter {
        name: String,
        #[serde(default)]
        index: usize,
        step: Option<u64>,
    },
    /// The mean loss of the batches of an epoch, from 1.
    EpochLoss { epoch: u64 },
    /// A metric after training, by the rows of a part; `test` opens the seal and
    /// gives the selecting one.
    Metric { role: String, name: Option<String> },
    /// What the trained network gives for a train row, from 1.
    Output { row: usize },
    /// What the trained network gives for values of the input columns: a
    /// number, or the probability of a class, the last one unless it is named.
    Prediction { values: toml::Table, class: Option<String> },
    /// The largest change of a parameter by training.
    Moved { name: String },
    /// The largest difference of outputs or losses to another experiment.
    Difference {
        experiment: Option<String>,
        #[serde(default)]
        set: Vec<String>,
        of: String,
    },
    /// What a metric of a part is more than that of another experiment.
    Gain {
        experiment: Option<String>,
        #[serde(default)]
        set: Vec<String>,
        role: String,
        name: Option<String>,
    },
    /// How many trained networks of these seeds are right on every row and far
    /// from each other.
    Solutions { seeds: u64, apart: f64 },
    /// The code of the fault that refuses the experiment, or an expression;
    /// `accepted` without.
    Refused { text: Option<String> },
    /// The largest difference of the weights to those of gradient descent that
    /// is written out number by number.
    ByColumns {},
    /// The batch of a step, from 0: its `first` row, from 1, or its `rows`.
    Batch { step: u64, of: String },
    /// The root of the mean squared error of the `naive` answer, the value of an
    /// input, on the rows of `validation`; or what the trained network has of
    /// it, as a share: `ratio`.
    Naive { input: usize, of: String },
    /// Rows of a part: `train`, `validation`, `test`, or `shared` by two.
    Rows { part: String },
    /// The rate above which gradient descent cannot settle: 2 over the largest
    /// curvature.
    Bound {},
    /// The smallest mean squared error of any linear model.
    Floor {},
    /// The best accuracy over a grid of all parameters.
    Grid { from: f64, to: f64, step: f64 },
    /// A number of a layer's output for a train row, before any update.
    LayerOutput {
        layer: String,
        row: usize,
        #[serde(default)]
        index: usize,
    },
    /// The size of an axis of a layer's output.
    LayerSize { layer: String, axis: usize },
    /// The slope by a parameter before any update.
    Slope {
        name: String,
        #[serde(default)]
        index: usize,
    },
    /// The norm of the slopes of the first kernel over that of the last.
    GradientRatio {},
    /// The largest relative difference of back-propagation and central
    /// differences; `flip` turns the sign of the slopes first.
    GradientError {
        #[serde(default)]
        flip: bool,
    },
    /// The largest relative difference of back-propagation and the chain rule
    /// written out by hand, of sigmoid layers under a binary cross-entropy.
    ByHand {
        #[serde(default)]
        flip: bool,
    },
    /// Descent with slopes joined by hand.
    Manual(manual::Manual),
    /// Going on from a checkpoint.
    Resumed(after::Resumed),
    /// Answers to all rows at once and to some at a time.
    Chunks(after::Chunks),
    /// Several networks that answer together.
    Together(after::Together),
    /// What a model of a text writes on.
    Written { prefix: String, length: usize },
    /// How differently the filters of a layer answer to the classes, after
    /// training: the largest mean of a class over the mean of all.
    Selectivity { layer: String },
    /// How many `parameters` have a name in the graph of a step, or how many
    /// `layers` hold values of their own there.
    Named { of: String },
    /// The multiply-adds of a row forward.
    MultiplyAdds {},
    /// The numbers in all parameters.
    Parameters {},
    /// The smallest or largest output of all hidden layers, or of the slopes of
    /// their activations.
    Hidden { of: String },
    /// An element of the value of an expression.
    Expression {
        text: String,
        #[serde(default)]
        index: usize,
    },
    /// An activation, or its slope by the engine, at a point; or the largest
    /// slope anywhere.
    Activation { function: String, of: String, at: Option<f64> },
    /// A cell, the size or the largest magnitude of an image under a filter.
    Convolution(image::Convolution),
    /// The size of what a filter gives.
    OutputSize { size: usize, filter: usize, stride: usize, padding: toml::Value },
    /// A polynomial through a few noisy points: the median over repeats.
    Polynomial(Polynomial),
    /// A linear classifier of labels that are noise.
    Noise(procedure::noise::Noise),
    /// The best of many random models, and what it is worth.
    Selection(procedure::selection::Selection),
    /// An encoder and a decoder between two alphabets.
    Translation(procedure::translation::Translation),
}

/// What a measurement has at hand.
pub(crate) struct Ways<'a> {
    pub(crate) study: &'a Study,
    pub(crate) lesson: &'a Lesson,
    pub(crate) claim: &'a Claim,
    pub(crate) settings: Vec<String>,
}

impl Ways<'_> {
    fn name(&self) -> Result<&str> {
        self.claim.experiment.as_deref().ok_or_else(|| self.wrong("it names no experiment"))
    }

    fn prepared(&self) -> Result<Prepared> {
        self.study.prepared(self.lesson, self.name()?, &self.settings)
    }

    fn trained(&self, seed: Option<u64>) -> Result<Arc<Trained>> {
        self.study.trained(self.lesson, self.name()?, &self.settings, seed)
    }

    /// A claim that says something that cannot be measured.
    fn wrong(&self, why: impl std::fmt::Display) -> Fault {
        wrong(&self.lesson.name, &self.claim.name, why)
    }
}

/// The largest of some distances, 0 of none. Unlike `f64::max` it keeps what is
/// not a number: a claim that something is small must not hold of it.
fn largest(distances: impl IntoIterator<Item = f64>) -> f64 {
    distances.into_iter().fold(0.0, |most, distance| {
        if distance > most || distance.is_nan() { distance } else { most }
    })
}

fn wrong(lesson: &str, claim: &str, why: impl std::fmt::Display) -> Fault {
    Fault::of("experiment.lesson").with("lesson", lesson).with("found", format!("{claim}: {why}"))
}

impl Measure {
    pub(crate) fn read(lesson: &str, claim: &Claim) -> Result<Measure> {
        let table = toml::Value::Table(claim.measure.clone());
        table
            .try_into()
            .map_err(|error: toml::de::Error| wrong(lesson, &claim.name, error.message()))
    }

    /// Measures, with a seed in the place of the experiment's own.
    pub(crate) fn take(&self, ways: &Ways<'_>, seed: Option<u64>) -> Result<Found> {
        let number = |value: Result<f64>| value.map(Found::Number);
        let missing = |what: &str| ways.wrong(format!("there is no {what}"));
        match self {
            Measure::Loss { step } => {
                let trained = ways.trained(seed)?;
                number(trained.loss(*step).ok_or_else(|| missing("such step")))
            }
            Measure::LossRatio {} => {
                let trained = ways.trained(seed)?;
                let ends = trained.losses.first().zip(trained.losses.last());
                number(ends.map(|(first, last)| last / first).ok_or_else(|| missing("step")))
            }
            Measure::StepsTo { below } => number(Ok(ways.trained(seed)?.steps_to(*below))),
            Measure::Parameter { name, index, step } => {
                let state = match step {
                    Some(step) => training::state_at(&ways.prepared()?, seed, *step)?,
                    None => ways.trained(seed)?.state.clone(),
                };
                let value = state.get(name).and_then(|array| array.to_f64().get(*index).copied());
                number(value.ok_or_else(|| missing(name)))
            }
            Measure::Metric { role, name } if role == "test" && name.is_none() => {
                let ledger = ikhim_data::Ledger::in_project(ways.study.folder());
                let trained = ways.trained(seed)?;
                number(training::examined(ways.prepared()?, &trained, ledger))
            }
            Measure::EpochLoss { epoch } => {
                let trained = ways.trained(seed)?;
                let found = trained.history.iter().find(|record| record.epoch == *epoch);
                number(found.map(|record| record.train_loss).ok_or_else(|| missing("such epoch")))
            }
            Measure::Metric { role, name } => {
                let trained = ways.trained(seed)?;
                number(trained.metric(role, name.as_deref()).ok_or_else(|| missing("such metric")))
            }
            Measure::Output { row } => {
                let trained = ways.trained(seed)?;
                let value = trained.outputs.get(row.wrapping_sub(1)).copied();
                number(value.ok_or_else(|| missing("such row")))
            }
            Measure::Prediction { values, class } => {
                let trained = ways.trained(seed)?;
                number(training::prediction(&ways.prepared()?, &trained, values, class.as_deref()))
            }
            Measure::Moved { name } => {
                let trained = ways.trained(seed)?;
                let moved = training::moved(&ways.prepared()?, &trained, seed, name);
                number(moved?.ok_or_else(|| missing(name)))
            }
            Measure::Difference { experiment, set, of } => {
                let mut settings = ways.settings.clone();
                settings.extend(set.iter().cloned());
                let own = ways.trained(seed)?;
                let name = experiment.as_deref().map_or_else(|| ways.name(), Ok)?;
                let other = ways.study.trained(ways.lesson, name, &settings, seed)?;
                let difference = own.difference(&other, of);
                number(difference.ok_or_else(|| missing("pair of values to compare")))
            }
            Measure::Gain { experiment, set, role, name } => {
                let mut settings = ways.settings.clone();
                settings.extend(set.iter().cloned());
                let own = ways.trained(seed)?.metric(role, name.as_deref());
                let other = experiment.as_deref().map_or_else(|| ways.name(), Ok)?;
                let other = ways.study.trained(ways.lesson, other, &settings, seed)?;
                let both = own.zip(other.metric(role, name.as_deref()));
                number(both.map(|(own, other)| own - other).ok_or_else(|| missing("such metric")))
            }
            Measure::Solutions { seeds, apart } => {
                let trained: Result<Vec<_>> =
                    (1..=*seeds).map(|seed| ways.trained(Some(seed))).collect();
                number(Ok(training::solutions(&trained?, *apart) as f64))
            }
            Measure::Refused { text } => {
                let tried = match text {
                    Some(text) => ikhim_graph::expression::evaluate(text).map(|_| ()),
                    None => ways.prepared().and_then(|prepared| prepared.step()).map(|_| ()),
                };
                let word = tried.map_or_else(|fault| fault.code(), |()| "accepted");
                Ok(Found::Word(word.to_string()))
            }
            Measure::ByColumns {} => {
                let trained = ways.trained(seed)?;
                let gap = linear::by_columns(&ways.prepared()?, &trained, seed)?;
                number(gap.ok_or_else(|| missing("network of one product with a bias")))
            }
            Measure::Batch { step, of } => {
                let batch = training::batch_at(&ways.prepared()?, seed, *step)?;
                number(
                    match of.as_str() {
                        "first" => batch.first().map(|row| *row as f64 + 1.0),
                        "rows" => Some(batch.len() as f64),
                        _ => None,
                    }
                    .ok_or_else(|| missing(of)),
                )
            }
            Measure::Naive { input, of } => {
                let trained = || ways.trained(seed);
                let found = training::naive(&ways.prepared()?, *input, of, &trained)?;
                number(found.ok_or_else(|| missing("series of numbers")))
            }
            Measure::Rows { part } => {
                let rows = training::rows(&ways.prepared()?, part);
                number(rows.map(|rows| rows as f64).ok_or_else(|| missing("such part")))
            }
            Measure::Bound {} => number(bound(&ways.prepared()?, seed)),
            Measure::Floor {} => number(linear::floor(&ways.prepared()?)),
            Measure::Grid { from, to, step } => {
                let best = linear::grid(&ways.prepared()?, *from, *to, *step)?;
                number(best.ok_or_else(|| missing("grid that can be gone through")))
            }
            Measure::LayerOutput { layer, row, index } => {
                let value = network::output(&ways.prepared()?, seed, layer, *row, *index)?;
                number(value.ok_or_else(|| missing("such value")))
            }
            Measure::LayerSize { layer, axis } => {
                let size = network::size(&ways.prepared()?, layer, *axis)?;
                number(size.map(|size| size as f64).ok_or_else(|| missing("such axis")))
            }
            Measure::Slope { name, index } => {
                let slopes = Slopes::of(&ways.prepared()?, seed)?;
                let value = slopes.get(name).and_then(|values| values.get(*index).copied());
                number(value.ok_or_else(|| missing(name)))
            }
            Measure::GradientRatio {} => number(gradient::ratio(&ways.prepared()?, seed)),
            Measure::GradientError { flip } => {
                number(gradient::error(&ways.prepared()?, seed, *flip))
            }
            Measure::ByHand { flip } => {
                let gap = gradient::by_hand(&ways.prepared()?, seed, *flip)?;
                let chain = "chain of dense layers from a table to one unit for two classes";
                number(gap.ok_or_else(|| missing(chain)))
            }
            Measure::Manual(manual) => number(manual.take(ways, seed)),
            Measure::Resumed(resumed) => number(resumed.take(ways, seed)),
            Measure::Chunks(chunks) => number(chunks.take(ways, seed)),
            Measure::Together(together) => number(together.take(ways, seed)),
            Measure::Written { prefix, length } => {
                let trained = ways.trained(seed)?;
                after::written(&ways.prepared()?, &trained, prefix, *length).map(Found::Word)
            }
            Measure::Selectivity { layer } => {
                let trained = ways.trained(seed)?;
                let found = filters::selectivity(&ways.prepared()?, &trained, layer)?;
                number(found.ok_or_else(|| missing("layer of filters before classes")))
            }
            Measure::Named { of } => {
                let count = network::named(&ways.prepared()?, seed, of)?;
                number(count.map(|count| count as f64).ok_or_else(|| missing(of)))
            }
            Measure::MultiplyAdds {} => {
                let layers = ways.prepared()?.layers()?;
                let all: usize = layers.iter().map(|layer| layer.multiply_adds).sum();
                number(Ok(all as f64))
            }
            Measure::Parameters {} => {
                let layers = ways.prepared()?.layers()?;
                let all: usize = layers.iter().map(|layer| layer.parameters).sum();
                number(Ok(all as f64))
            }
            Measure::Hidden { of } => {
                let value = network::hidden(&ways.prepared()?, seed, of)?;
                number(value.ok_or_else(|| missing("hidden layer")))
            }
            Measure::Expression { text, index } => {
                let value = ikhim_graph::expression::evaluate(text)?.to_f64();
                number(value.get(*index).copied().ok_or_else(|| missing("such element")))
            }
            Measure::Activation { function, of, at } => {
                let value = network::activation(function, of, *at)?;
                number(value.ok_or_else(|| missing("such function")))
            }
            Measure::Convolution(convolution) => {
                number(convolution.take()?.ok_or_else(|| missing("such cell")))
            }
            Measure::OutputSize { size, filter, stride, padding } => {
                number(output_size(*size, *filter, *stride, padding).map(|size| size as f64))
            }
            Measure::Polynomial(polynomial) => number(Ok(polynomial.take())),
            Measure::Noise(noise) => number(noise.take(seed.unwrap_or(1))),
            Measure::Translation(translation) => number(translation.take(seed.unwrap_or(1))),
            Measure::Selection(selection) => number(Ok(selection.take(seed.unwrap_or(1)))),
        }
    }
}
