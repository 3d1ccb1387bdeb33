//! What a training leaves behind.

use super::largest;
use ikhim_cpu::Runtime;
use ikhim_data::{EncodedTarget, Ledger};
use ikhim_graph::State;
use ikhim_run::{About, EpochRecord, Model};
use ikhim_text::{Fault, Result};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Flow, Observer, StepReport};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// A training in numbers.
#[derive(Debug)]
pub(crate) struct Trained {
    /// The loss that each update started from.
    pub(crate) losses: Vec<f64>,
    /// Metrics by the rows of `train` and of `validation`, by name.
    metrics: Vec<(&'static str, String, f64)>,
    /// What the network gives for each train row: a probability or a number.
    pub(crate) outputs: Vec<f64>,
    /// Parameters after the last update.
    pub(crate) state: State,
    /// The measured epochs.
    pub(crate) history: Vec<EpochRecord>,
}

struct Losses(Arc<Mutex<Vec<f64>>>);

impl Observer for Losses {
    fn on_step(&mut self, step: &StepReport) -> Flow {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(step.loss);
        Flow::Continue
    }
}

/// Trains to the end; the weights are those of the last update.
pub(crate) fn train(prepared: &Prepared, seed: Option<u64>, runtime: &Runtime) -> Result<Trained> {
    let seed = seed.unwrap_or(prepared.experiment.seed);
    let losses = Arc::new(Mutex::new(Vec::new()));
    let run = prepared
        .trainer(seed)?
        .restore_best(false)
        .runtime(runtime.clone())
        .observer(Losses(losses.clone()))
        .fit_encoded(&prepared.data)?;
    let losses = std::mem::take(&mut *losses.lock().unwrap_or_else(PoisonError::into_inner));
    let mut metrics = Vec::new();
    let judged = [("train", &run.train), (run.role, &run.validation)];
    for (role, judgement) in judged {
        metrics.push((role, "loss".to_string(), judgement.loss));
        let of_part = judgement.metrics.iter();
        metrics.extend(of_part.map(|(metric, value)| (role, metric.name().to_string(), *value)));
    }
    let state = run.model.state().clone();
    Ok(Trained {
        losses,
        metrics,
        outputs: run.model.scaled_outputs(prepared.data.train().encoded())?,
        state,
        history: run.history,
    })
}

impl Trained {
    pub(crate) fn loss(&self, step: usize) -> Option<f64> {
        self.losses.get(step).copied()
    }

    pub(crate) fn steps_to(&self, below: f64) -> f64 {
        let first = self.losses.iter().position(|loss| *loss < below);
        first.map_or(f64::INFINITY, |step| step as f64)
    }

    /// A metric by the rows of a part, the selecting one without a name; of `gap`
    /// what train has more than validation.
    pub(crate) fn metric(&self, role: &str, name: Option<&str>) -> Option<f64> {
        if role == "gap" {
            return Some(self.metric("train", name)? - self.metric("validation", name)?);
        }
        let found = self.metrics.iter().find(|(part, metric, _)| {
            *part == role && name.map_or(metric != "loss", |name| metric == name)
        });
        found.map(|(.., value)| *value)
    }

    pub(crate) fn difference(&self, other: &Trained, of: &str) -> Option<f64> {
        let (own, other) = match of {
            "outputs" => (&self.outputs, &other.outputs),
            "losses" => (&self.losses, &other.losses),
            _ => return None,
        };
        let same = own.len() == other.len() && !own.is_empty();
        let pairs = own.iter().zip(other);
        same.then(|| largest(pairs.map(|(a, b)| (a - b).abs())))
    }
}

/// The largest change of a parameter by training; `None` without such one.
pub(super) fn moved(
    prepared: &Prepared,
    trained: &Trained,
    seed: Option<u64>,
    name: &str,
) -> Result<Option<f64>> {
    let start = prepared.start(seed.unwrap_or(prepared.experiment.seed))?.state;
    let both = start.get(name).zip(trained.state.get(name));
    Ok(both.map(|(before, now)| {
        let pairs = before.to_f64().into_iter().zip(now.to_f64());
        largest(pairs.map(|(before, now)| (now - before).abs()))
    }))
}

/// The state before the update that follows after so many.
pub(crate) fn state_at(prepared: &Prepared, seed: Option<u64>, step: u64) -> Result<State> {
    let trainer = prepared.trainer(seed.unwrap_or(prepared.experiment.seed))?;
    Ok(trainer.runtime(Runtime::single()).moment(&prepared.data, step)?.state)
}

/// The train rows, from 0, of the batch of a step.
pub(super) fn batch_at(prepared: &Prepared, seed: Option<u64>, step: u64) -> Result<Vec<usize>> {
    let trainer = prepared.trainer(seed.unwrap_or(prepared.experiment.seed))?;
    Ok(trainer.runtime(Runtime::single()).moment(&prepared.data, step)?.batch)
}

/// The error of an input that is taken as the answer, on validation rows, or the
/// share of it that the trained network has.
pub(super) fn naive(
    prepared: &Prepared,
    input: usize,
    of: &str,
    trained: &dyn Fn() -> Result<Arc<Trained>>,
) -> Result<Option<f64>> {
    let encoded = prepared.data.validation().encoded();
    let features =
        encoded.input("features").filter(|features| input < features.shape.iter().product());
    let values = features.and_then(|features| {
        Some((features.shape.iter().product::<usize>(), features.values.as_f32()?))
    });
    let (Some((width, values)), EncodedTarget::Number { width: 1, values: truth, .. }) =
        (values, &encoded.target)
    else {
        return Ok(None);
    };
    let squares = values.chunks(width).zip(truth).map(|(row, y)| f64::from(row[input] - y).powi(2));
    let naive = (squares.sum::<f64>() / truth.len() as f64).sqrt();
    Ok(match of {
        "naive" => Some(naive),
        "ratio" => trained()?.metric("validation", Some("rmse")).map(|own| own / naive),
        _ => None,
    })
}

/// The predicted number for values of the input columns, or the probability of
/// the second of two classes.
pub(crate) fn prediction(
    prepared: &Prepared,
    trained: &Trained,
    values: &toml::Table,
    class: Option<&str>,
) -> Result<f64> {
    let row: BTreeMap<&String, f64> = values
        .iter()
        .filter_map(|(name, value)| {
            let number = value.as_float().or(value.as_integer().map(|whole| whole as f64));
            Some((name, number?))
        })
        .collect();
    let model = model(prepared, trained)?;
    let predicted = ikhim_run::Predictor::new(model).predict(&row)?;
    let value = match class {
        Some(class) => predicted.probability(class),
        None => predicted.number().or_else(|| predicted.values().last().copied()),
    };
    value.ok_or_else(|| Fault::of("data.no_target_values"))
}

/// The model of a training, for rows that it has not seen.
pub(super) fn model(prepared: &Prepared, trained: &Trained) -> Result<Model> {
    let network = prepared.experiment.network()?;
    let objective = prepared.objective()?;
    let definition =
        ikhim_nn::prediction(network.as_ref(), &prepared.data.spec(), objective.loss())?;
    let preprocessing = prepared.data.preprocessing().clone();
    Model::new(about(prepared), preprocessing, definition.into(), &trained.state)
}

/// What a model of a lesson says of itself.
pub(super) fn about(prepared: &Prepared) -> About {
    let metrics = prepared.experiment.training.metrics().unwrap_or_default();
    About {
        name: prepared.experiment.name.clone(),
        run: format!("lesson {}", prepared.experiment.name),
        metrics: metrics.into_iter().map(str::to_string).collect(),
        double: prepared.experiment.training.precision() == "f64",
    }
}

/// The selecting metric on the sealed rows, which are opened for it: the look
/// is counted in the ledger of the lessons.
pub(super) fn examined(prepared: Prepared, trained: &Trained, ledger: Ledger) -> Result<f64> {
    let model = model(&prepared, trained)?;
    let mut test = prepared.in_ledger(ledger).test;
    test.seal()?;
    Ok(test.open(&model, "a claim of a lesson states this number")?.examination.value)
}

/// Networks that are right on every row, each farther than `apart` from those
/// before it, by the Euclidean distance of all parameters.
pub(crate) fn solutions(trained: &[Arc<Trained>], apart: f64) -> usize {
    let mut kept: Vec<Vec<f64>> = Vec::new();
    for one in trained.iter().filter(|one| one.metric("train", Some("accuracy")) == Some(1.0)) {
        let own: Vec<f64> = one.state.iter().flat_map(|(_, value)| value.to_f64()).collect();
        let far = |other: &Vec<f64>| {
            let squares = own.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
            squares.sum::<f64>().sqrt() > apart
        };
        if kept.iter().all(far) {
            kept.push(own);
        }
    }
    kept.len()
}

/// Rows of a part of the split.
pub(crate) fn rows(prepared: &Prepared, part: &str) -> Option<usize> {
    let report = &prepared.report;
    Some(match part {
        "train" => report.train.rows,
        "validation" => report.validation.rows,
        "test" => report.test.rows,
        "sum" => report.train.rows + report.validation.rows + report.test.rows,
        "shared" => {
            let shared = &report.shared;
            shared.train_validation + shared.train_test + shared.validation_test
        }
        _ => return None,
    })
}
