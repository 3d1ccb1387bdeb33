//! Layers that bring values to mean 0 and variance 1.

use crate::module::declare;
use crate::{Initializer, Module};
use ikhim_graph::{Array, DType, Dim, Mode, Role, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// PyTorch's ε for all three.
const EPSILON: f64 = 1e-5;

fn epsilon() -> f64 {
    EPSILON
}

fn tenth() -> f64 {
    0.1
}

/// Each channel brought to mean 0 and variance 1 over the batch, then scaled by γ
/// and shifted by β (Ioffe and Szegedy 2015).
///
/// In training the statistics are those of the batch, with the biased variance,
/// and the running ones take a share `momentum` of the batch's mean and unbiased
/// variance: `running = (1 − momentum) · running + momentum · batch` (PyTorch;
/// Keras calls `1 − momentum` its momentum). In use the running statistics
/// normalize. A batch of one value for each channel is refused in training, and
/// so is a layer that is used twice.
///
/// # Shapes
/// `x` is `[N, channels]` or `[N, height, width, channels]`; the parameters
/// `gamma` and `beta` and the statistics `moving_mean` and `moving_variance` are
/// `[channels]`.
///
/// ```
/// let layer = ikhim_nn::BatchNorm::new().momentum(0.05);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct BatchNorm {
    #[serde(default = "tenth")]
    momentum: f64,
    #[serde(default = "epsilon")]
    epsilon: f64,
}

impl Default for BatchNorm {
    fn default() -> BatchNorm {
        BatchNorm { momentum: tenth(), epsilon: EPSILON }
    }
}

impl BatchNorm {
    /// Momentum 0.1 and ε = 10⁻⁵.
    pub fn new() -> BatchNorm {
        BatchNorm::default()
    }

    /// The share of the batch in the running statistics.
    pub fn momentum(mut self, momentum: f64) -> BatchNorm {
        self.momentum = momentum;
        self
    }

    /// What is added to the variance.
    pub fn epsilon(mut self, epsilon: f64) -> BatchNorm {
        self.epsilon = epsilon;
        self
    }
}

impl Module for BatchNorm {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let Some(channels) = channels(x) else { return refused(x) };
        let (graph, momentum) = (x.graph(), self.momentum);
        let (gamma, beta) = scale_and_shift(x, channels);
        let statistic = |name: &str, value: f32| {
            let initial = Array::f32(&[channels], vec![value; channels]);
            let initial = Arc::new(move |_| initial.clone());
            graph.variable(name, &[channels], DType::F32, Role::Statistic, initial)
        };
        let (mean, variance) = (statistic("moving_mean", 0.0), statistic("moving_variance", 1.0));
        if graph.mode() == Mode::Evaluation {
            return x.normalized(mean, variance, gamma, beta, self.epsilon);
        }
        let of_batch = x.batch_norm(gamma, beta, self.epsilon);
        let moved = |running: Tensor<'g>, batch: Tensor<'g>| {
            graph.update(running, running * (1.0 - momentum) + batch.stop_gradient() * momentum);
        };
        moved(mean, of_batch.mean);
        moved(variance, of_batch.variance);
        of_batch.value
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// Each row brought to mean 0 and variance 1 over its last axis, then scaled by γ
/// and shifted by β (Ba, Kiros and Hinton 2016).
///
/// # Shapes
/// `x` is `[N, …, channels]`; the parameters `gamma` and `beta` are `[channels]`.
///
/// ```
/// let layer = ikhim_nn::LayerNorm::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct LayerNorm {
    #[serde(default = "epsilon")]
    epsilon: f64,
}

impl Default for LayerNorm {
    fn default() -> LayerNorm {
        LayerNorm { epsilon: EPSILON }
    }
}

impl LayerNorm {
    /// ε = 10⁻⁵.
    pub fn new() -> LayerNorm {
        LayerNorm::default()
    }

    /// What is added to the variance.
    pub fn epsilon(mut self, epsilon: f64) -> LayerNorm {
        self.epsilon = epsilon;
        self
    }
}

impl Module for LayerNorm {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let Some(channels) = channels(x) else { return refused(x) };
        let (gamma, beta) = scale_and_shift(x, channels);
        x.layer_norm(gamma, beta, self.epsilon)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// Each row and each group of neighboring channels brought to mean 0 and variance
/// 1, then scaled by γ and shifted by β (Wu and He 2018).
///
/// # Shapes
/// `x` is `[N, …, channels]`; the parameters `gamma` and `beta` are `[channels]`.
///
/// ```
/// let layer = ikhim_nn::GroupNorm::new(8);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GroupNorm {
    groups: usize,
    #[serde(default = "epsilon")]
    epsilon: f64,
}

impl GroupNorm {
    /// So many groups, which divide the channels; ε = 10⁻⁵.
    pub fn new(groups: usize) -> GroupNorm {
        GroupNorm { groups, epsilon: EPSILON }
    }

    /// What is added to the variance.
    pub fn epsilon(mut self, epsilon: f64) -> GroupNorm {
        self.epsilon = epsilon;
        self
    }
}

impl Module for GroupNorm {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let Some(channels) = channels(x) else { return refused(x) };
        let (gamma, beta) = scale_and_shift(x, channels);
        x.group_norm(self.groups, gamma, beta, self.epsilon)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

fn scale_and_shift<'g>(x: Tensor<'g>, channels: usize) -> (Tensor<'g>, Tensor<'g>) {
    let gamma = declare(x, "gamma", &[channels], None, &Initializer::Ones);
    (gamma, declare(x, "beta", &[channels], None, &Initializer::Zeros))
}

/// The size of the last axis, which stands behind another one.
fn channels(x: Tensor<'_>) -> Option<usize> {
    match (x.rank(), x.shape().last()) {
        (2.., Some(Dim::Fixed(channels))) => Some(*channels),
        _ => None,
    }
}

#[track_caller]
fn refused(x: Tensor<'_>) -> Tensor<'_> {
    if x.node().is_none() {
        return x;
    }
    let fault = Fault::of("shape.rank").with("expected", "[N, …, channels]");
    x.graph().fail(fault.with("found", x.shape()))
}

/// In training, whole channels of an image are 0 with the probability `rate`, and
/// the others are divided by `1 − rate`; in use, nothing happens. Neighboring
/// cells of a channel are alike, so dropping single ones would take nothing away
/// (Tompson et al. 2015).
///
/// ```
/// let layer = ikhim_nn::SpatialDropout::new(0.2);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SpatialDropout {
    rate: f64,
}

impl SpatialDropout {
    /// Drops the share `rate` of the channels, at least 0 and below 1.
    pub fn new(rate: f64) -> SpatialDropout {
        SpatialDropout { rate }
    }
}

impl Module for SpatialDropout {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let (graph, rate) = (x.graph(), self.rate);
        if !(0.0..1.0).contains(&rate) {
            let fault = Fault::of("shape.setting").with("op", "spatial_dropout");
            let fault = fault.with("setting", "rate").with("expected", "at least 0 and below 1");
            return graph.fail(fault.with("found", rate));
        }
        if channels(x).is_none() {
            return refused(x);
        }
        if graph.mode() == Mode::Evaluation || rate == 0.0 {
            return x;
        }
        let shape = x.shape();
        let last = shape.rank() - 1;
        let of_channels: Vec<Dim> = (0..=last)
            .map(|axis| if axis == 0 || axis == last { shape[axis] } else { Dim::Fixed(1) })
            .collect();
        let draws = graph.random_uniform("spatial_dropout", &ikhim_graph::Shape::from(of_channels));
        let kept = draws.greater_equal(graph.scalar(rate));
        x * kept.select(graph.scalar(1.0 / (1.0 - rate)), graph.scalar(0.0))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
