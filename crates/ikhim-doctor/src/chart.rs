//! Everything that a rule may look at.

use crate::anatomy::Anatomy;
use crate::course::Course;
use crate::facts::{ColumnFacts, TargetFacts, columns};
use crate::look::{Look, Probe, is_summed};
use ikhim_cpu::Runtime;
use ikhim_data::EncodedTarget;
use ikhim_graph::Definition;
use ikhim_run::Severity;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows of the look at the state before the first step: enough to tell a unit
/// that is dead from one that is rarely active.
const START_ROWS: usize = 256;

/// What is known of a training before, while and after it runs.
#[derive(Clone)]
pub struct Chart<'a> {
    pub(crate) prepared: &'a Prepared,
    pub(crate) anatomy: Anatomy,
    pub(crate) columns: Vec<ColumnFacts>,
    pub(crate) target: TargetFacts,
    /// One forward and backward pass of the state before the first step.
    pub(crate) start: Option<Look>,
    /// What happened while it ran.
    pub(crate) course: Option<&'a Course>,
    /// The largest curvature of the loss of a row at the start, of a network
    /// that is one product.
    pub(crate) curvature: Option<f64>,
}

impl<'a> Chart<'a> {
    /// What is known before a training: experiment, graph, train rows, and one
    /// forward and backward pass of the state that a seed gives.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn before(prepared: &'a Prepared, seed: u64) -> Result<Chart<'a>> {
        let step = Arc::new(prepared.step()?);
        let anatomy = Anatomy::of(&step);
        let start = start(prepared, &step, &anatomy, seed);
        let curvature = match anatomy.is_linear() {
            true => crate::curvature::largest(prepared, seed),
            false => None,
        };
        Ok(Chart {
            curvature,
            anatomy,
            columns: columns(&prepared.data),
            target: TargetFacts::of(&prepared.data),
            start,
            course: None,
            prepared,
        })
    }

    /// The same with what happened while it ran.
    pub fn with(mut self, course: &'a Course) -> Chart<'a> {
        self.course = Some(course);
        self
    }

    /// The name of the loss.
    pub(crate) fn loss(&self) -> &'static str {
        self.prepared.experiment.training.loss().kind
    }

    /// Whether the loss is a cross-entropy that takes logits (`Some(true)`) or
    /// probabilities; `None` for other losses.
    pub(crate) fn takes_logits(&self) -> Option<bool> {
        let loss = self.prepared.experiment.training.loss();
        matches!(loss.kind, "cross_entropy" | "binary_cross_entropy")
            .then(|| loss.settings.boolean("from_logits").unwrap_or(true))
    }

    /// The rate before its schedule.
    pub(crate) fn rate(&self) -> f64 {
        let experiment = &self.prepared.experiment;
        let flips = experiment.fault.as_ref().is_some_and(|fault| fault.flips_gradient());
        let rate = experiment.training.learning_rate();
        if flips { -rate } else { rate }
    }

    /// Rows of a batch.
    pub(crate) fn batch(&self) -> usize {
        let train = self.prepared.data.train().len();
        self.prepared.experiment.training.batch_size().unwrap_or(train).clamp(1, train.max(1))
    }

    /// Whether the loss of a batch is a sum over its rows.
    pub(crate) fn is_summed(&self) -> bool {
        is_summed(self.prepared)
    }

    /// The loss of a row under the best constant answer.
    pub(crate) fn baseline(&self) -> f64 {
        self.target.baseline(self.loss(), self.anatomy.width)
    }

    /// The share of what a constant answer leaves that the model has learned on the
    /// train rows; of a text by the loss beside the entropy of its tokens, because
    /// its judgement keeps no answers. NaN while the training goes on.
    pub(crate) fn train_gain(&self) -> f64 {
        let Some(ending) = self.course.and_then(|course| course.ending.as_ref()) else {
            return f64::NAN;
        };
        match &self.prepared.data.train().encoded().target {
            EncodedTarget::Sequence { values, .. } if self.loss() == "cross_entropy" => {
                1.0 - ending.train.loss / entropy(values)
            }
            _ => ending.train.gain,
        }
    }

    /// How grave something is that harms most trainings: only worth knowing where
    /// this one has done well all the same.
    pub(crate) fn unless_well(&self, severity: Severity) -> Severity {
        if self.course.is_some_and(Course::went_well) { Severity::Information } else { severity }
    }

    /// The settings of the loss with or without sigmoid or softmax of its own.
    pub(crate) fn loss_from_logits(&self, from_logits: bool) -> Vec<String> {
        let loss = self.prepared.experiment.training.loss();
        if !from_logits {
            return vec!["training.loss.from_logits=false".to_string()];
        }
        // The word alone takes away what has no meaning with logits.
        let mut set = vec![format!("training.loss='{}'", loss.kind)];
        let smoothing = loss.settings.number("label_smoothing").filter(|share| *share > 0.0);
        set.extend(smoothing.map(|share| format!("training.loss.label_smoothing={share:?}")));
        if loss.settings.word("reduction") == Some("sum") {
            set.push("training.loss.reduction='sum'".to_string());
        }
        set
    }

    /// The settings that give every hidden layer another activation, with the
    /// initial weights that belong to it.
    pub(crate) fn hidden_activation(&self, activation: &str) -> Vec<String> {
        let initializer = match activation {
            "relu" | "leaky_relu" | "elu" => "he_uniform",
            _ => "glorot_uniform",
        };
        let model = &self.prepared.experiment.model;
        if model.layers().is_none() {
            return match model.kind() {
                "mlp" => vec![
                    format!("model.activation='{activation}'"),
                    format!("model.kernel_initializer='{initializer}'"),
                ],
                "cnn" => vec![format!("model.activation='{activation}'")],
                _ => Vec::new(),
            };
        }
        let mut set = Vec::new();
        for (layer, _) in self.anatomy.hidden() {
            set.extend(self.layer_key(&layer.path, "activation", &format!("'{activation}'")));
            set.extend(self.layer_key(
                &layer.path,
                "kernel_initializer",
                &format!("'{initializer}'"),
            ));
        }
        // Activations that are lines of their own.
        for layer in model.layers().unwrap_or_default() {
            let is_activation = ikhim_nn::Activation::NAMES.contains(&layer.kind);
            if is_activation && layer.path != self.anatomy.output_layer && layer.kind != "softmax" {
                set.extend(self.layer_key(&layer.path, "type", &format!("'{activation}'")));
            }
        }
        set
    }

    /// The setting of a lower rate, by a factor.
    pub(crate) fn rate_times(&self, factor: f64) -> String {
        let rate = self.prepared.experiment.training.learning_rate();
        let rate = ikhim_text::number::rounded(rate * factor, 2);
        format!("training.learning_rate={rate}")
    }

    /// The setting that changes a key of a layer. Where the file names a kind of
    /// network instead of its layers, they have their initializers in common, and
    /// the hidden ones their activation.
    pub(crate) fn layer_key(&self, layer: &str, key: &str, value: &str) -> Option<String> {
        let model = &self.prepared.experiment.model;
        let Some(layers) = model.layers() else {
            let shared = match model.kind() {
                "mlp" => {
                    key.ends_with("_initializer")
                        || key == "activation" && layer != self.anatomy.output_layer
                }
                "cnn" => key == "activation" && layer != self.anatomy.output_layer,
                "linear" => key.ends_with("_initializer"),
                _ => false,
            };
            return shared.then(|| format!("model.{key}={value}"));
        };
        layers
            .iter()
            .any(|entry| entry.path == layer)
            .then(|| format!("model.layers.{layer}.{key}={value}"))
    }
}

/// The entropy of tokens in nats.
fn entropy(tokens: &[i32]) -> f64 {
    let mut counts = BTreeMap::new();
    tokens.iter().for_each(|token| *counts.entry(*token).or_insert(0_usize) += 1);
    let shares = counts.values().map(|count| *count as f64 / tokens.len().max(1) as f64);
    shares.map(|share| -share * share.ln()).sum()
}

/// What cannot be computed is not there: the rules that need it stay silent.
fn start(
    prepared: &Prepared,
    step: &Arc<Definition>,
    anatomy: &Anatomy,
    seed: u64,
) -> Option<Look> {
    let state = ikhim_graph::State::initial(step, seed);
    let probe = Probe::new(prepared, step, anatomy, START_ROWS, &Runtime::single()).ok()?;
    probe.look(&state, seed, 0, prepared.experiment.training.learning_rate()).ok()
}
