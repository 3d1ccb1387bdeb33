use crate::Module;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// A function of each value, or of each row, between two layers.
///
/// ```
/// use ikhim_nn::Activation;
/// assert_eq!(Activation::of("relu"), Some(Activation::Relu));
/// assert_eq!(Activation::leaky_relu(0.2).name(), "leaky_relu");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Activation {
    /// `x`.
    #[default]
    Linear,
    /// `max(x, 0)`.
    Relu,
    /// `x` where positive, else `negative_slope · x` (Maas et al. 2013).
    LeakyRelu {
        /// Slope for negative values; 0.01 as in the paper and PyTorch.
        #[serde(default = "leaky_slope")]
        negative_slope: f64,
    },
    /// `x` where positive, else `alpha · (eˣ − 1)` (Clevert et al. 2016).
    Elu {
        /// Limit for large negative values, with its sign changed.
        #[serde(default = "elu_alpha")]
        alpha: f64,
    },
    /// `1.0507 · elu(x, 1.67326)`, which keeps mean 0 and variance 1
    /// (Klambauer et al. 2017).
    Selu,
    /// `x · Φ(x)` with the exact error function (Hendrycks and Gimpel 2016).
    Gelu,
    /// `x · σ(x)`, also called swish.
    Silu,
    /// `log(1 + eˣ)`.
    Softplus,
    /// `1 / (1 + e⁻ˣ)`.
    Sigmoid,
    /// `tanh x`.
    Tanh,
    /// `eˣ`.
    Exponential,
    /// `eˣ / Σ eˣ` along the last axis.
    Softmax,
    /// The largest of each group of `pieces` neighboring columns, so the width
    /// falls to one part in `pieces` (Goodfellow et al. 2013).
    Maxout {
        /// Columns in a group.
        #[serde(default = "maxout_pieces")]
        pieces: usize,
    },
}

fn leaky_slope() -> f64 {
    0.01
}

fn elu_alpha() -> f64 {
    1.0
}

fn maxout_pieces() -> usize {
    2
}

impl Activation {
    /// The names that an experiment file may use.
    pub const NAMES: &[&str] = &[
        "linear",
        "relu",
        "leaky_relu",
        "elu",
        "selu",
        "gelu",
        "silu",
        "softplus",
        "sigmoid",
        "tanh",
        "exponential",
        "softmax",
        "maxout",
    ];

    /// Leaky ReLU of a slope.
    pub fn leaky_relu(negative_slope: f64) -> Activation {
        Activation::LeakyRelu { negative_slope }
    }

    /// ELU of a limit.
    pub fn elu(alpha: f64) -> Activation {
        Activation::Elu { alpha }
    }

    /// Maxout of groups.
    pub fn maxout(pieces: usize) -> Activation {
        Activation::Maxout { pieces }
    }

    /// The activation of a name with its default parameters; `None` for an
    /// unknown name.
    pub fn of(name: &str) -> Option<Activation> {
        Some(match name {
            "linear" => Activation::Linear,
            "relu" => Activation::Relu,
            "leaky_relu" => Activation::leaky_relu(leaky_slope()),
            "elu" => Activation::elu(elu_alpha()),
            "selu" => Activation::Selu,
            "gelu" => Activation::Gelu,
            "silu" => Activation::Silu,
            "softplus" => Activation::Softplus,
            "sigmoid" => Activation::Sigmoid,
            "tanh" => Activation::Tanh,
            "exponential" => Activation::Exponential,
            "softmax" => Activation::Softmax,
            "maxout" => Activation::maxout(maxout_pieces()),
            _ => return None,
        })
    }

    /// The name in an experiment file.
    pub fn name(&self) -> &'static str {
        match self {
            Activation::Linear => "linear",
            Activation::Relu => "relu",
            Activation::LeakyRelu { .. } => "leaky_relu",
            Activation::Elu { .. } => "elu",
            Activation::Selu => "selu",
            Activation::Gelu => "gelu",
            Activation::Silu => "silu",
            Activation::Softplus => "softplus",
            Activation::Sigmoid => "sigmoid",
            Activation::Tanh => "tanh",
            Activation::Exponential => "exponential",
            Activation::Softmax => "softmax",
            Activation::Maxout { .. } => "maxout",
        }
    }
}

impl Module for Activation {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        match *self {
            Activation::Linear => x,
            Activation::Relu => x.relu(),
            Activation::LeakyRelu { negative_slope } => x.leaky_relu(negative_slope),
            Activation::Elu { alpha } => x.elu(alpha),
            Activation::Selu => x.selu(),
            Activation::Gelu => x.gelu(),
            Activation::Silu => x.silu(),
            Activation::Softplus => x.softplus(),
            Activation::Sigmoid => x.sigmoid(),
            Activation::Tanh => x.tanh(),
            Activation::Exponential => x.exp(),
            Activation::Softmax => x.softmax(-1),
            Activation::Maxout { pieces } => x.maxout(pieces),
        }
    }

    fn kind(&self) -> Option<String> {
        Some(self.name().to_string())
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
