//! A look into the network at one moment: what its layers give and what
//! back-propagation hands to its parameters, over some train rows.

use crate::anatomy::{Anatomy, Function};
use crate::loose;
use crate::through_time::{StepSlopes, WayBack};
use ikhim_cpu::Runtime;
use ikhim_graph::{Array, Data, Definition, Precision, State};
use ikhim_numeric::{sum_of_squared_differences, sum_of_squares};
use ikhim_run::{Program, Rows};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What was seen at one moment.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Look {
    /// Steps done before it.
    pub step: u64,
    /// Train rows that it was taken over.
    pub rows: usize,
    /// The rate of the step that came then.
    #[serde(with = "loose", default)]
    pub learning_rate: f64,
    /// The loss of a row, without penalties.
    #[serde(with = "loose")]
    pub loss: f64,
    /// What penalties add to it.
    #[serde(with = "loose", default)]
    pub penalty: f64,
    /// What each layer gives.
    pub layers: Vec<LayerLook>,
    /// What each trained parameter is given.
    pub parameters: Vec<ParameterLook>,
    /// The prediction.
    pub prediction: LayerLook,
    /// The slopes by the steps of each recurrent layer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through_time: Vec<StepSlopes>,
}

/// The values that a layer gives.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct LayerLook {
    /// The path of the layer.
    pub path: String,
    /// Whether all of them are finite.
    pub finite: bool,
    /// The root of their mean square.
    #[serde(with = "loose")]
    pub rms: f64,
    /// How much a unit differs between rows: the root of its mean variance.
    #[serde(with = "loose")]
    pub spread: f64,
    /// The share of units that are 0 for every row.
    #[serde(with = "loose")]
    pub dead: f64,
    /// The share of values where the slope of sigmoid or tanh is under a
    /// hundredth of its largest; 0 for other functions.
    #[serde(with = "loose")]
    pub saturated: f64,
    /// The largest distance from 0.
    #[serde(with = "loose")]
    pub reach: f64,
}

/// What back-propagation hands to a parameter.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ParameterLook {
    /// The path of the parameter.
    pub path: String,
    /// How many numbers it has.
    pub count: usize,
    /// Its Euclidean norm.
    #[serde(with = "loose")]
    pub weight: f64,
    /// The norm of its gradient.
    #[serde(with = "loose")]
    pub gradient: f64,
    /// The norm of the update that followed; absent when none was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<f64>,
    /// Whether all units have the same weights and the same gradient.
    #[serde(default)]
    pub twins: bool,
}

/// A program that looks.
pub(crate) struct Probe {
    program: Program,
    layers: Vec<(String, Function)>,
    parameters: Vec<String>,
    ways_back: Vec<WayBack>,
    rows: Rows,
    summed: bool,
}

impl Probe {
    /// A probe over at most so many train rows, evenly spaced.
    pub(crate) fn new(
        prepared: &Prepared,
        step: &Arc<Definition>,
        anatomy: &Anatomy,
        most_rows: usize,
        runtime: &Runtime,
    ) -> Result<Probe> {
        let names = step.names();
        let layers: Vec<(String, Function)> =
            anatomy.layers.iter().map(|layer| (layer.path.clone(), layer.own)).collect();
        let parameters: Vec<String> = step
            .variables()
            .iter()
            .map(|variable| variable.path.clone())
            .filter(|path| step.outputs().contains_key(&format!("{path}.grad")))
            .collect();
        let mut fetches = vec!["loss".to_string(), "objective".into(), "prediction".into()];
        fetches.extend(anatomy.layers.iter().map(|layer| names[layer.out.index()].clone()));
        fetches.extend(parameters.iter().map(|path| format!("{path}.grad")));
        let ways_back = WayBack::all(step);
        fetches.extend(ways_back.iter().map(|way| names[way.node().index()].clone()));
        let fetches: Vec<&str> = fetches.iter().map(String::as_str).collect();
        let precision = match prepared.experiment.training.precision() {
            "f64" => Precision::F64,
            _ => Precision::F32,
        };
        let program = Program::reading(step.clone(), &fetches, precision)?.on(runtime.clone());
        let train = prepared.data.train();
        let rows = Rows::of(train.encoded(), &spaced(train.len(), most_rows));
        let summed = is_summed(prepared);
        Ok(Probe { program, layers, parameters, ways_back, rows, summed })
    }

    /// The paths of the parameters that learn.
    pub(crate) fn parameters(&self) -> &[String] {
        &self.parameters
    }

    /// Looks at a state, which stays as it is.
    pub(crate) fn look(&self, state: &State, seed: u64, step: u64, rate: f64) -> Result<Look> {
        let feed = self.rows.feed().random(seed, step);
        let rows = self.rows.len();
        let mut look = Look { step, rows, learning_rate: rate, ..Look::default() };
        // In the order of the fetches.
        let mut layers = self.layers.iter();
        let mut parameters = self.parameters.iter();
        let mut ways_back = self.ways_back.iter();
        let mut at = 0;
        self.program.view(state, &feed, &mut |sizes, values| {
            match at {
                0 => look.loss = first(values),
                1 => look.penalty = first(values) - look.loss,
                2 => look.prediction = of_layer("prediction", sizes, values, Function::Linear),
                _ => {
                    if let Some((path, function)) = layers.next() {
                        look.layers.push(of_layer(path, sizes, values, *function));
                    } else if let Some(path) = parameters.next() {
                        let weight = state.get(path);
                        let of = |weight| of_parameter(path, weight, values, units(state, path));
                        look.parameters.extend(weight.map(of));
                    } else if let Some(way) = ways_back.next() {
                        look.through_time.push(way.slopes(sizes, values));
                    }
                }
            }
            at += 1;
        })?;
        let per_row = if self.summed { rows.max(1) as f64 } else { 1.0 };
        look.loss /= per_row;
        look.penalty /= per_row;
        Ok(look)
    }
}

/// The one number of a scalar.
fn first(values: &[f32]) -> f64 {
    values.first().copied().map_or(f64::NAN, f64::from)
}

/// Whether the loss of a batch is a sum over its rows.
pub(crate) fn is_summed(prepared: &Prepared) -> bool {
    let loss = prepared.experiment.training.loss();
    loss.kind == "sum_squared_error" || loss.settings.word("reduction") == Some("sum")
}

/// So many of the first `all` numbers, evenly spaced.
fn spaced(all: usize, most: usize) -> Vec<usize> {
    let count = all.min(most.max(1));
    (0..count).map(|at| at * all / count.max(1)).collect()
}

/// The numbers of an array, copied only where they are of another kind.
fn numbers(array: &Array) -> Cow<'_, [f32]> {
    match array.data() {
        Data::F32(values) => Cow::Borrowed(values),
        _ => Cow::Owned(array.to_f32()),
    }
}

fn of_layer(path: &str, sizes: &[usize], values: &[f32], function: Function) -> LayerLook {
    let units = sizes.last().copied().unwrap_or(1).max(1);
    let each = (values.len() / units).max(1) as f64;
    // Of each unit, in arrays of their own so that a row is added as a whole. No
    // square of an f32 vanishes or is infinite in f64.
    let mut sums = vec![0.0_f64; units];
    let mut squares = vec![0.0_f64; units];
    let mut tops = vec![0.0_f32; units];
    for row in values.chunks_exact(units) {
        for (((value, sum), square), top) in
            row.iter().zip(&mut sums).zip(&mut squares).zip(&mut tops)
        {
            let wide = f64::from(*value);
            *sum += wide;
            *square += wide * wide;
            *top = if value.abs() > *top { value.abs() } else { *top };
        }
    }
    let saturated = match function {
        Function::Sigmoid | Function::Tanh => {
            values.iter().filter(|value| is_saturated(**value, function)).count()
        }
        _ => 0,
    };
    let count = values.len().max(1) as f64;
    let all: f64 = squares.iter().sum();
    let unit = |(sum, square): (&f64, &f64)| (square / each - (sum / each).powi(2)).max(0.0);
    let variance: f64 = sums.iter().zip(&squares).map(unit).sum();
    LayerLook {
        path: path.to_string(),
        finite: all.is_finite(),
        rms: (all / count).sqrt(),
        spread: (variance / units as f64).sqrt(),
        dead: squares.iter().filter(|square| **square == 0.0).count() as f64 / units as f64,
        saturated: saturated as f64 / count,
        reach: f64::from(tops.iter().fold(0.0_f32, |most, top| most.max(*top))),
    }
}

/// A slope of less than a hundredth of the largest: σ′ = σ(1 − σ) ≤ 1/4 and
/// tanh′ = 1 − tanh² ≤ 1.
fn is_saturated(value: f32, function: Function) -> bool {
    match function {
        Function::Sigmoid => value * (1.0 - value) < 0.0025,
        Function::Tanh => 1.0 - value * value < 0.01,
        _ => false,
    }
}

/// The units of the layer of a kernel: its columns, or of a recurrent layer, whose
/// gates stand side by side, the columns of one gate.
fn units(state: &State, path: &str) -> usize {
    let layer = path.rsplit_once('.').map_or("", |(layer, _)| layer);
    let recurrent = state.get(&format!("{layer}.recurrent_kernel"));
    let columns = || state.get(path)?.shape().last().copied();
    recurrent.and_then(|kernel| kernel.shape().first().copied()).or_else(columns).unwrap_or(1)
}

fn of_parameter(path: &str, weight: &Array, slopes: &[f32], units: usize) -> ParameterLook {
    let weights = numbers(weight);
    ParameterLook {
        path: path.to_string(),
        count: weights.len(),
        weight: norm_by_runs(&weights),
        gradient: norm_by_runs(slopes),
        update: None,
        twins: weight.shape().len() >= 2 && are_twins(&weights, units) && are_twins(slopes, units),
    }
}

/// Whether all units of a gate are the same, of two or more.
fn are_twins(values: &[f32], units: usize) -> bool {
    units >= 2
        && values.chunks_exact(units).all(|row| {
            let scale = row.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
            row.iter().all(|value| (value - row[0]).abs() <= 1e-5 * scale)
        })
}

/// Numbers of a parameter that its norms are taken over, in so many runs: enough
/// to know a norm to a hundredth, and few enough that a look costs little. Numbers
/// of a row of weights are alike, so many short runs tell more than a few long ones.
const SAMPLE: usize = 8_192;
const RUNS: usize = 256;

/// All of a parameter, or evenly spaced runs of a large one.
fn runs(values: &[f32]) -> impl Iterator<Item = &[f32]> {
    let (count, length) = match values.len() {
        all @ 0..=SAMPLE => (1, all),
        _ => (RUNS, SAMPLE / RUNS),
    };
    (0..count).map(move |run| {
        let from = run * (values.len() - length) / count.saturating_sub(1).max(1);
        &values[from..from + length]
    })
}

/// The Euclidean norm of so many numbers by the squares of some of them.
fn norm(squares: f64, seen: usize, count: usize) -> f64 {
    (squares * count as f64 / seen.max(1) as f64).sqrt()
}

fn norm_by_runs(values: &[f32]) -> f64 {
    let squares = runs(values).map(sum_of_squares).sum();
    norm(squares, runs(values).map(<[f32]>::len).sum(), values.len())
}

/// What norms are taken over, of each of some parameters.
pub(crate) fn sampled(paths: &[String], state: &State) -> Vec<Vec<f32>> {
    let of = |path: &String| {
        let mut sample = Vec::new();
        if let Some(array) = state.get(path) {
            runs(&numbers(array)).for_each(|run| sample.extend_from_slice(run));
        }
        sample
    };
    paths.iter().map(of).collect()
}

/// The norm of what changed in each parameter since it was sampled.
pub(crate) fn changes(
    paths: &[String],
    before: &[Vec<f32>],
    after: &State,
) -> BTreeMap<String, f64> {
    let of = |(path, old): (&String, &Vec<f32>)| {
        let array = after.get(path)?;
        let (mut squares, mut seen) = (0.0, 0);
        for run in runs(&numbers(array)) {
            squares += sum_of_squared_differences(run, old.get(seen..).unwrap_or_default());
            seen += run.len();
        }
        Some((path.clone(), norm(squares, seen, array.len())))
    };
    paths.iter().zip(before).filter_map(of).collect()
}

impl Look {
    /// The look at a layer.
    pub fn layer(&self, path: &str) -> Option<&LayerLook> {
        self.layers.iter().find(|layer| layer.path == path)
    }

    /// The look at a parameter.
    pub fn parameter(&self, path: &str) -> Option<&ParameterLook> {
        self.parameters.iter().find(|parameter| parameter.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_norm_of_a_large_parameter_is_known_by_runs_of_it() {
        // Numbers without a pattern in the runs, by multiples of the golden ratio.
        let values: Vec<f32> =
            (0..500_000).map(|at| (f64::from(at) * 0.618_033_988_75).fract() as f32).collect();
        let whole = values.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
        let found = norm_by_runs(&values);
        assert!((found / whole - 1.0).abs() < 0.01, "{found} {whole}");
        assert_eq!(runs(&values).map(<[f32]>::len).sum::<usize>(), SAMPLE);
        let last = runs(&values).last().unwrap();
        assert!(std::ptr::eq(&last[last.len() - 1], &values[values.len() - 1]));
        // A small one is summed as a whole.
        assert_eq!(norm_by_runs(&[3.0, 4.0]), 5.0);
        assert_eq!(norm_by_runs(&[]), 0.0);
    }
}
