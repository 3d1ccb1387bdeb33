//! Everything that a rule may look at.

use crate::anatomy::Anatomy;
use crate::course::{Course, Score, WELL};
use crate::facts::{ColumnFacts, TargetFacts, columns};
use crate::look::{Look, Probe, is_summed};
use crate::neighbors::{Neighbors, copies};
use crate::parts::Parts;
use ikhim_cpu::Runtime;
use ikhim_graph::Definition;
use ikhim_run::Severity;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
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
    /// What the nearest rows know.
    pub(crate) neighbors: Option<Neighbors>,
    /// How validation lies beside train.
    pub(crate) parts: Parts,
    /// The share of validation rows that stand in train too.
    pub(crate) copies: f64,
}

/// A network is behind its neighbors when they know so much more …
const BEHIND: f64 = 0.15;

/// … and leave at most so much of what it leaves; …
const LEAVES: f64 = 0.6;

/// … or half as much more, and leave a third, where train rows are left too, …
const HALF_BEHIND: (f64, f64) = (0.075, 1.0 / 3.0);

/// … or, of numbers, it leaves as much more than a straight line does, and not
/// next to nothing.
const OFF_A_LINE: f64 = 0.03;
const LEAVES_OF_A_LINE: f64 = 0.75;

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
            neighbors: Neighbors::of(&prepared.data),
            parts: Parts::of(prepared),
            copies: copies(&prepared.data),
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

    /// Rows that the loss of a batch counts as: all of them where it is their sum,
    /// one where it is their mean.
    pub(crate) fn rows_of_loss(&self) -> f64 {
        if is_summed(self.prepared) { self.batch() as f64 } else { 1.0 }
    }

    /// The gains of the network and of its neighbors, or of the best rule that needs
    /// no network, where these are clearly ahead, by three standard errors: what is
    /// there to be learned was not learned.
    pub(crate) fn behind(&self) -> Option<(f64, f64)> {
        let ending = self.course.filter(|course| course.steps > 0)?.ending.as_ref()?;
        let neighbors = self.neighbors.as_ref();
        let (own, near) = match (&ending.validation, neighbors.and_then(|it| it.across)) {
            (Some(own), Some(near)) => (own, Some(near)),
            (Some(own), None) if ending.rule.is_some() => (own, None),
            _ => (&ending.train, neighbors.map(|it| it.train)),
        };
        let gain = if own.gain.is_finite() { own.gain } else { 0.0 };
        let is_learned = ending.train.gain >= WELL;
        let is_ahead = |known: &Score| {
            let gap = known.gain - gain;
            let left = (1.0 - known.gain) / (1.0 - gain).max(1e-12);
            let clear = gap > 3.0 * own.error().hypot(known.error());
            let (half, third) = HALF_BEHIND;
            clear
                && (gap >= BEHIND && left <= LEAVES || !is_learned && gap >= half && left <= third)
        };
        let near = near.filter(is_ahead);
        let rule = ending.rule.filter(|rule| is_ahead(rule) || is_off(own, rule));
        let known = near.into_iter().chain(rule).map(|score| score.gain).max_by(f64::total_cmp)?;
        Some((gain, known))
    }

    /// Whether the model has not learned half of its train rows, or less than its
    /// neighbors know.
    pub(crate) fn went_badly(&self) -> bool {
        self.course.is_some_and(Course::went_badly) || self.behind().is_some()
    }

    /// Whether neighbors find next to nothing to be learned, within the parts and
    /// across them, and yet more than chance: noise that outweighs what there is.
    pub(crate) fn is_mostly_noise(&self) -> bool {
        let Some(neighbors) = &self.neighbors else { return false };
        let all = [Some(neighbors.train), neighbors.validation, neighbors.across];
        let all: Vec<_> = all.into_iter().flatten().collect();
        let little = all.iter().all(|score| score.rows >= 50 && score.gain < 0.1);
        // Of independent numbers the correlation is within 3/√rows of 0.
        let some = all.iter().any(|score| {
            score.gain > 3.0 * score.error() || score.fit > 9.0 / score.rows.max(1) as f64
        });
        little && some
    }

    /// The loss of a row under the best constant answer.
    pub(crate) fn baseline(&self) -> f64 {
        self.target.baseline(self.loss(), self.anatomy.width)
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

/// Whether a network misses numbers by clearly more than a simple rule on the same
/// rows: the ratio of two variances over n rows has a logarithm of standard error
/// √(4/n), and less where both miss the same rows, as they do.
fn is_off(own: &Score, rule: &Score) -> bool {
    let left = (1.0 - rule.gain) / (1.0 - own.gain).max(1e-12);
    let error = (2.0 / own.rows.max(1) as f64).sqrt();
    own.majority <= 0.0
        && rule.gain - own.gain >= OFF_A_LINE
        && left <= LEAVES_OF_A_LINE
        && -left.max(1e-12).ln() > 3.0 * error
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
