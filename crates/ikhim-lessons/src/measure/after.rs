//! What can be done with a network once it is trained: going on from a
//! checkpoint, judging in pieces, answering together.

use super::training::{Trained, about};
use super::{Ways, largest};
use ikhim_cpu::Runtime;
use ikhim_graph::{Array, Precision, State};
use ikhim_nn::prediction;
use ikhim_run::{Checkpoint, Model, Program, Rows, Sampling};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use serde::Deserialize;
use std::sync::Arc;

/// Stops after some steps, writes a checkpoint, reads it again and goes on: the
/// largest difference of a parameter to training without a stop.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Resumed {
    step: u64,
    /// Whether only the weights are kept, not what the optimizer remembers.
    #[serde(default)]
    weights_only: bool,
}

impl Resumed {
    pub(super) fn take(&self, ways: &Ways<'_>, seed: Option<u64>) -> Result<f64> {
        let whole = ways.trained(seed)?;
        let prepared = ways.prepared()?;
        let seed = seed.unwrap_or(prepared.experiment.seed);
        let trainer = || -> Result<_> {
            Ok(prepared.trainer(seed)?.restore_best(false).runtime(Runtime::single()))
        };
        let moment = trainer()?.moment(&prepared.data, self.step)?;
        let mut state = moment.state;
        if self.weights_only {
            let fresh = prepared.start(seed)?.state;
            let kept = |path: &str| whole.state.get(path).is_some();
            for (path, array) in fresh.iter().filter(|(path, _)| !kept(path)) {
                state.set(path, array.clone());
            }
        }
        let bytes = Checkpoint { state, control: moment.control }.to_bytes()?;
        let resumed = trainer()?.resume(Checkpoint::from_bytes(&bytes)?);
        let resumed = resumed.fit_encoded(&prepared.data)?;
        let other = resumed.model.state();
        Ok(largest(whole.state.iter().map(|(path, array)| match other.get(path) {
            Some(other) if other.len() == array.len() => {
                let pairs = array.to_f64().into_iter().zip(other.to_f64());
                largest(pairs.map(|(a, b)| (a - b).abs()))
            }
            _ => f64::NAN,
        })))
    }
}

/// The largest difference of an answer for a validation row between a network
/// that is given all of them at once and one that is given so many at a time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chunks {
    rows: usize,
    /// Whether the graph of training answers, as by a forgotten mode.
    #[serde(default)]
    training: bool,
}

impl Chunks {
    pub(super) fn take(&self, ways: &Ways<'_>, seed: Option<u64>) -> Result<f64> {
        let trained = ways.trained(seed)?;
        let prepared = ways.prepared()?;
        let network = prepared.experiment.network()?;
        let spec = prepared.data.spec();
        let definition = match self.training {
            true => prepared.step()?,
            false => prediction(network.as_ref(), &spec, prepared.objective()?.loss())?,
        };
        let mut state = match self.training {
            true => prepared.start(prepared.experiment.seed)?.state,
            false => State::new(),
        };
        for (path, array) in trained.state.iter() {
            state.set(path, array.clone());
        }
        let program = Program::reading(Arc::new(definition), &["prediction"], Precision::F32)?;
        let encoded = prepared.data.validation().encoded();
        let answers = |rows: &[usize]| -> Result<Vec<f64>> {
            let rows = Rows::of(encoded, rows);
            let feed = rows.feed().random(1, 0);
            Ok(program.read(&state, &feed)?.first().map(Array::to_f64).unwrap_or_default())
        };
        let all: Vec<usize> = (0..encoded.rows).collect();
        let whole = answers(&all)?;
        let mut pieces = Vec::new();
        for rows in all.chunks(self.rows.max(1)) {
            pieces.extend(answers(rows)?);
        }
        if whole.is_empty() || whole.len() != pieces.len() {
            return Err(ways.wrong("there are no validation rows"));
        }
        Ok(largest(whole.iter().zip(&pieces).map(|(a, b)| (a - b).abs())))
    }
}

/// The accuracy of several networks together on validation, beside that of each
/// alone.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Together {
    /// `whole`, the `mean` or the `best` of the members, or what the whole has
    /// more than the mean: `gain`.
    of: String,
}

impl Together {
    pub(super) fn take(&self, ways: &Ways<'_>, seed: Option<u64>) -> Result<f64> {
        let trained = ways.trained(seed)?;
        let whole = trained.metric("validation", Some("accuracy")).unwrap_or(f64::NAN);
        let mut settings = ways.settings.clone();
        settings.push("model.ensemble='none'".to_string());
        let single = ways.study.prepared(ways.lesson, ways.name()?, &settings)?;
        let members = members(&trained);
        let mut alone = Vec::new();
        for state in &members {
            alone.push(accuracy(&single, state)?);
        }
        let mean = alone.iter().sum::<f64>() / alone.len() as f64;
        Ok(match self.of.as_str() {
            "whole" => whole,
            "mean" => mean,
            "best" => alone.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            "gain" => whole - mean,
            _ => return Err(ways.wrong(format!("there is no {}", self.of))),
        })
    }
}

/// The parameters of each member, by the names that they have alone.
fn members(trained: &Trained) -> Vec<State> {
    let of = |number: usize| -> State {
        let prefix = format!("member_{number}/");
        let all = trained.state.iter();
        let own = all.filter_map(|(path, array)| Some((path.strip_prefix(&prefix)?, array)));
        own.map(|(path, array)| (path.to_string(), array.clone())).collect()
    };
    (1..).map(of).take_while(|state| !state.is_empty()).collect()
}

fn accuracy(prepared: &Prepared, state: &State) -> Result<f64> {
    let network = prepared.experiment.network()?;
    let definition =
        prediction(network.as_ref(), &prepared.data.spec(), prepared.objective()?.loss())?;
    let preprocessing = prepared.data.preprocessing().clone();
    let model = Model::new(about(prepared), preprocessing, definition.into(), state)?;
    let accuracy = ikhim_run::metric::Metric::Accuracy;
    let judged = model.judge(prepared.data.validation().encoded(), &[accuracy])?;
    Ok(judged.metrics.first().map_or(f64::NAN, |(_, value)| *value))
}

/// What a model of a text writes on, always with the most probable token.
pub(super) fn written(
    prepared: &Prepared,
    trained: &Trained,
    prefix: &str,
    length: usize,
) -> Result<String> {
    let model = super::training::model(prepared, trained)?;
    model.generate(prefix, length, &Sampling::greedy(), |_| {})
}
