//! A trained model: its network, its weights and its preprocessing in one file
//! that needs nothing else.

use crate::calibration::Calibration;
use crate::checkpoint::{read_tensors, state_to_bytes};
use crate::generation::zeros;
use crate::metric::{Direction, Interval, Metric, Outcome, TokenScores};
use crate::streams::{carried, read_rows};
use crate::{Judgement, Predictions, Program, durable, insert_number};
use ikhim_cpu::Runtime;
use ikhim_data::{
    Encoded, EncodedTarget, Examination, Examinee, MetricScale, NewRows, OpenedRows, Preprocessing,
};
use ikhim_graph::{Array, Definition, Precision, Role, State};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

const FORMAT: &str = "ikhim/model/1";
const KEY: &str = "ikhim";

/// The level of the intervals whose coverage an examination tells.
const COVERED: f64 = 0.95;

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    about: About,
    preprocessing: Preprocessing,
    program: Program,
    /// The same network one step at a time, where that gives the same bits.
    stepping: Option<Program>,
    state: State,
    calibration: Calibration,
}

/// What a model says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// Name of the experiment.
    pub name: String,
    /// The run that it comes from; empty for one that has no folder.
    pub run: String,
    /// Names of the metrics, the selecting one first.
    pub metrics: Vec<String>,
    /// Whether it computes in double precision.
    pub double: bool,
}

#[derive(Serialize, Deserialize)]
struct Header {
    format: String,
    about: About,
    preprocessing: Preprocessing,
    graph: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stepping: Option<String>,
    #[serde(default, skip_serializing_if = "Calibration::is_empty")]
    calibration: Calibration,
    digest: String,
}

impl Model {
    /// A model of a prediction graph, the parameters and statistics of a state,
    /// and what was fitted to the train rows.
    ///
    /// # Errors
    /// The graph has no outputs `prediction` and `probability`.
    pub fn new(
        about: About,
        preprocessing: Preprocessing,
        definition: Arc<Definition>,
        state: &State,
    ) -> Result<Model> {
        let kept = definition
            .variables()
            .iter()
            .filter(|variable| matches!(variable.role, Role::Parameter | Role::Statistic))
            .filter_map(|variable| {
                Some((variable.path.clone(), state.get(&variable.path)?.clone()))
            })
            .collect();
        let precision = if about.double { Precision::F64 } else { Precision::F32 };
        let carried = carried(&definition);
        let mut fetches = vec!["probability"];
        fetches.extend(carried.iter().map(String::as_str));
        let program = Program::reading(definition, &fetches, precision)?;
        let calibration = Calibration::default();
        Ok(Model { about, preprocessing, program, stepping: None, state: kept, calibration })
    }

    /// With what was chosen on the validation rows after training.
    pub fn with_calibration(mut self, calibration: Calibration) -> Model {
        self.calibration = calibration;
        self
    }

    /// What was chosen on the validation rows after training.
    pub fn calibration(&self) -> &Calibration {
        &self.calibration
    }

    /// The probability above which the second of two classes is predicted; `None`
    /// where it is one half.
    pub fn threshold(&self) -> Option<f64> {
        self.calibration.threshold.as_ref().map(|threshold| threshold.value)
    }

    /// Computes on the threads and at the level of a runtime, instead of on the
    /// calling thread at the best level.
    pub fn on(mut self, runtime: Runtime) -> Model {
        self.stepping = self.stepping.map(|program| program.on(runtime.clone()));
        self.program = self.program.on(runtime);
        self
    }

    /// With the graph of its network that takes one step at a time
    /// ([`stepping`](ikhim_nn::stepping)), so that a text can go on without reading
    /// its window again. A network to which other steps matter in another way than
    /// by its state stays without it.
    ///
    /// # Errors
    /// The graph has no output `probability`.
    pub fn with_stepping(mut self, definition: Arc<Definition>) -> Result<Model> {
        let carried: Vec<String> = zeros(&definition, 1).into_keys().collect();
        let mut fetches = vec!["probability"];
        fetches.extend(carried.iter().map(String::as_str));
        let same = definition.variables().iter().all(|variable| {
            self.state.get(&variable.path).is_some_and(|array| array.shape() == variable.shape)
        });
        if !same {
            return Ok(self);
        }
        let precision = if self.about.double { Precision::F64 } else { Precision::F32 };
        self.stepping = Some(Program::reading(definition, &fetches, precision)?);
        if !self.steps_are_exact() {
            self.stepping = None;
        }
        Ok(self)
    }

    /// The network one step at a time, where that gives the same bits.
    pub(crate) fn stepping(&self) -> Option<&Program> {
        self.stepping.as_ref()
    }

    pub(crate) fn program(&self) -> &Program {
        &self.program
    }

    /// The same network with the weights of another state: for looking at a
    /// training under way.
    pub fn with_state(&self, state: &State) -> Model {
        let mut model = self.clone();
        let paths: Vec<String> = self.state.iter().map(|(path, _)| path.to_string()).collect();
        for path in paths {
            if let Some(array) = state.get(&path) {
                model.state.set(path, array.clone());
            }
        }
        model
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// What was fitted to the train rows.
    pub fn preprocessing(&self) -> &Preprocessing {
        &self.preprocessing
    }

    /// Its parameters and statistics.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Its network.
    pub fn definition(&self) -> &Arc<Definition> {
        self.program.definition()
    }

    /// The metrics that it was trained with; one that was a function of the
    /// program that trained it is not known any more.
    pub fn metrics(&self) -> Vec<Metric> {
        self.about.metrics.iter().filter_map(|name| Metric::named(name)).collect()
    }

    /// Predicts encoded rows.
    ///
    /// # Errors
    /// Rows that were encoded for another network.
    pub fn predict(&self, rows: &Encoded) -> Result<Predictions> {
        let values = self.scaled_outputs(rows)?;
        Ok(self.read(rows.rows, values))
    }

    fn read(&self, rows: usize, scaled: Vec<f64>) -> Predictions {
        Predictions::read(&self.preprocessing, rows, scaled).with_threshold(self.threshold())
    }

    /// Predicts encoded rows; of numbers, also between which values the truth lies
    /// with the chance of a level, row-major: a margin of the validation rows
    /// around what the network gives, transformed back. No intervals where there
    /// are no [`Margins`](crate::Margins) of the level.
    ///
    /// # Errors
    /// Rows that were encoded for another network.
    pub fn predict_within(
        &self,
        rows: &Encoded,
        level: f64,
    ) -> Result<(Predictions, Option<Vec<[f64; 2]>>)> {
        let scaled = self.scaled_outputs(rows)?;
        let halves = self.calibration.margins.as_ref().and_then(|it| it.halves(level));
        let intervals = halves.map(|halves| {
            let moved = |sign: f64| -> Vec<f64> {
                let outputs = scaled.iter().zip(halves.iter().cycle());
                let ends: Vec<f32> = outputs.map(|(x, half)| (x + sign * half) as f32).collect();
                self.preprocessing.invert(&ends)
            };
            moved(-1.0).into_iter().zip(moved(1.0)).map(|(low, high)| [low, high]).collect()
        });
        Ok((self.read(rows.rows, scaled), intervals))
    }

    /// The share of true numbers that lie within their intervals of a level;
    /// `None` where there are no intervals or no numbers.
    ///
    /// # Errors
    /// Rows that were encoded for another network.
    pub fn coverage(&self, rows: &Encoded, level: f64) -> Result<Option<f64>> {
        let EncodedTarget::Number { original, .. } = &rows.target else { return Ok(None) };
        let Some(intervals) = self.predict_within(rows, level)?.1 else { return Ok(None) };
        if original.is_empty() {
            return Ok(None);
        }
        let held = original.iter().zip(&intervals);
        let held = held.filter(|(truth, [low, high])| low <= truth && *truth <= high).count();
        Ok(Some(held as f64 / original.len() as f64))
    }

    /// The outputs in the units that the network learns in, before any
    /// transformation back.
    ///
    /// # Errors
    /// Rows that were encoded for another network.
    pub fn scaled_outputs(&self, rows: &Encoded) -> Result<Vec<f64>> {
        let output = in_chunks(&self.program, &self.state, rows)?;
        Ok(output.into_iter().flatten().collect())
    }

    /// Predicts new rows.
    ///
    /// # Errors
    /// Rows that were encoded for another network.
    pub fn predict_new(&self, rows: &NewRows) -> Result<Predictions> {
        self.predict(&rows.encoded)
    }

    /// Judges the model on encoded rows with targets.
    ///
    /// # Errors
    /// Rows without targets, or encoded for another network.
    pub fn judge(&self, rows: &Encoded, metrics: &[Metric]) -> Result<Judgement> {
        if let EncodedTarget::Sequence { .. } = &rows.target {
            return self.judge_text(rows, metrics);
        }
        let outcome =
            self.predict(rows)?.beside(rows).ok_or_else(|| Fault::of("data.no_target_values"))?;
        Ok(Judgement::of(outcome, f64::NAN, metrics))
    }

    /// Judges a text chunk by chunk: the probabilities of all of its tokens
    /// together may not fit in memory.
    fn judge_text(&self, rows: &Encoded, metrics: &[Metric]) -> Result<Judgement> {
        let scores = text_scores(self.program(), &self.state, &self.preprocessing, rows)?;
        Ok(Judgement::of(Outcome::Tokens(scores), f64::NAN, metrics))
    }

    /// The bytes of the model's file.
    ///
    /// # Errors
    /// None that a trained model can cause.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let header = Header {
            format: FORMAT.to_string(),
            about: self.about.clone(),
            preprocessing: self.preprocessing.clone(),
            graph: self.program.definition().to_json()?,
            stepping: self.stepping.as_ref().map(|it| it.definition().to_json()).transpose()?,
            calibration: self.calibration.clone(),
            digest: digest(&self.state)?,
        };
        let header = serde_json::to_string(&header).map_err(damaged)?;
        state_to_bytes(&self.state, HashMap::from([(KEY.to_string(), header)]))
    }

    /// Reads the bytes of a model's file.
    ///
    /// # Errors
    /// The bytes are cut, altered, no model, or of a newer version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Model> {
        let (state, mut metadata) = read_tensors(bytes)
            .map_err(|fault| damaged(fault.argument("found").unwrap_or_default().to_string()))?;
        let header = metadata.remove(KEY).ok_or_else(|| damaged("it has no header of ikhim"))?;
        let header: Header = serde_json::from_str(&header).map_err(damaged)?;
        if header.format != FORMAT {
            return Err(damaged(format!("its format is `{}`, not `{FORMAT}`", header.format)));
        }
        if digest(&state)? != header.digest {
            return Err(damaged("its weights are not those that its header was written for"));
        }
        let definition = Definition::from_json(&header.graph)?;
        for variable in definition.variables() {
            let found = state.get(&variable.path).map(|array| array.shape());
            if found != Some(variable.shape.as_slice()) {
                return Err(damaged(format!("`{}` is missing or misshapen", variable.path)));
            }
        }
        let stepping = header.stepping.as_deref().map(Definition::from_json).transpose()?;
        let model = Model::new(header.about, header.preprocessing, definition.into(), &state)?
            .with_calibration(header.calibration);
        match stepping {
            Some(stepping) => model.with_stepping(stepping.into()),
            None => Ok(model),
        }
    }

    /// Writes the model's file.
    ///
    /// # Errors
    /// The folder cannot be written or the disk is full.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        durable::replace(path.as_ref(), &self.to_bytes()?)
    }

    /// Reads a model's file.
    ///
    /// # Errors
    /// The file is missing, cut or altered.
    pub fn load(path: impl AsRef<Path>) -> Result<Model> {
        let path = path.as_ref();
        let bytes = std::fs::read(path).map_err(|error| durable::fault(path, &error))?;
        Model::from_bytes(&bytes).map_err(|fault| fault.with("path", path.display()).file(path))
    }

    /// The SHA-256 over weights, network and a threshold that is not one half: the
    /// model's identity.
    ///
    /// # Errors
    /// As [`Model::to_bytes`].
    pub fn hash(&self) -> Result<String> {
        let mut hasher = Sha256::new();
        hasher.update(self.program.definition().to_json()?);
        hasher.update(digest(&self.state)?);
        if let Some(threshold) = self.threshold() {
            hasher.update(threshold.to_le_bytes());
        }
        Ok(hexadecimal(&hasher.finalize()))
    }
}

/// Runs a program over all rows and gives the first fetched value of each.
pub(crate) fn in_chunks(program: &Program, state: &State, rows: &Encoded) -> Result<Vec<Vec<f64>>> {
    let mut outputs = vec![Vec::new(); rows.rows];
    read_rows(program, state, rows, |indices, values| {
        let Some(values) = values.first().map(Array::to_f64) else { return };
        let width = values.len() / indices.len().max(1);
        for (row, values) in indices.iter().zip(values.chunks(width.max(1))) {
            outputs[*row] = values.to_vec();
        }
    })?;
    Ok(outputs)
}

/// What a text comes to by the `probability` that a program fetches first.
///
/// # Errors
/// Rows that were encoded for another network.
pub fn text_scores(
    program: &Program,
    state: &State,
    preprocessing: &Preprocessing,
    rows: &Encoded,
) -> Result<TokenScores> {
    let characters = preprocessing.vocabulary().map(|all| all.characters()).unwrap_or_default();
    let mut all = TokenScores::of_rows(rows.rows);
    if let EncodedTarget::Sequence { steps, values: tokens } = &rows.target {
        read_rows(program, state, rows, |indices, values| {
            let Some(values) = values.first().map(Array::to_f64) else { return };
            let width = steps * characters.len();
            for (row, probabilities) in indices.iter().zip(values.chunks(width.max(1))) {
                let tokens = &tokens[row * steps..(row + 1) * steps];
                all.set(*row, probabilities, tokens, &characters);
            }
        })?;
    }
    Ok(all)
}

impl Examinee for Model {
    fn run(&self) -> &str {
        &self.about.run
    }

    fn model(&self) -> String {
        self.hash().unwrap_or_default()
    }

    fn metric(&self) -> String {
        self.about.metrics.first().cloned().unwrap_or_default()
    }

    fn scale(&self) -> MetricScale {
        let metrics = self.metrics();
        let metric = metrics.first().unwrap_or(&Metric::Accuracy);
        let scale = MetricScale::new(metric.direction() == Direction::Higher, metric.range());
        scale.influence(metric.influence())
    }

    fn examine(&self, rows: &OpenedRows<'_>) -> Result<Examination> {
        let encoded = self.preprocessing.encode_opened(rows)?;
        let judgement = self.judge(&encoded, &self.metrics())?;
        let mut found = examination(&judgement, &encoded, rows.looks(), rows.models())?;
        if let (Some(share), Value::Object(extra)) =
            (self.coverage(&encoded, COVERED)?, &mut found.extra)
        {
            insert_number(extra, "coverage", share);
        }
        Ok(found)
    }
}

/// What is kept of an examination that is one of so many looks, by so many
/// models.
fn examination(
    judgement: &Judgement,
    encoded: &Encoded,
    looks: usize,
    models: usize,
) -> Result<Examination> {
    let Some((metric, value)) = judgement.first() else {
        return Err(Fault::of("train.no_metric"));
    };
    let one = judgement.interval(metric);
    let luck = one.luck_of_the_best(models);
    let Interval { low, high, level, method } =
        Interval::after_looks(metric, &judgement.outcome, looks);
    let mut metrics = Map::new();
    for (metric, value) in &judgement.metrics {
        insert_number(&mut metrics, metric.name(), *value);
    }
    let mut extra = Map::new();
    extra.insert("metrics".to_string(), Value::Object(metrics));
    insert_number(&mut extra, "luck", luck);
    if let Some(confusion) = judgement.confusion() {
        extra.insert("confusion".to_string(), json!(confusion.rows().collect::<Vec<_>>()));
        extra.insert("wrong".to_string(), json!(judgement.wrong_rows(encoded, 24)));
    }
    Ok(Examination {
        metric: metric.name().to_string(),
        value,
        interval: [low, high],
        level,
        method,
        n: judgement.rows,
        extra: Value::Object(extra),
    })
}

fn digest(state: &State) -> Result<String> {
    let bytes = state_to_bytes(state, HashMap::new())?;
    Ok(hexadecimal(&Sha256::digest(bytes)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn damaged(reason: impl ToString) -> Fault {
    Fault::of("file.model_damaged").with("found", reason.to_string())
}
