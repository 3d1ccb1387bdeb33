//! The values of parameters at step 0.
//!
//! Every random initializer draws element `i` of a parameter as a function of
//! the seed, the parameter's path and `i` alone, so that adding a layer moves no
//! number of another one. Names and parameters are Keras's.

mod draw;
mod fan;
mod orthogonal;

use fan::{Fan, fans};
use ikhim_graph::{Array, Initial};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A rule for the values of a parameter at step 0.
///
/// ```
/// use ikhim_nn::Initializer;
/// let initial = Initializer::glorot_uniform().initial("dense_1.kernel", &[784, 256]);
/// let kernel = initial(7).to_f64(); // the kernel of seed 7
/// assert!(kernel.iter().all(|value| value.abs() <= (6.0f64 / (784.0 + 256.0)).sqrt()));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Initializer {
    /// All 0.
    Zeros,
    /// All 1.
    Ones,
    /// All the same number.
    Constant {
        /// The number.
        value: f64,
    },
    /// Uniform on `[minval, maxval)`.
    Uniform {
        /// Lower end.
        minval: f64,
        /// Upper end.
        maxval: f64,
    },
    /// Normal.
    Normal {
        /// Mean.
        mean: f64,
        /// Standard deviation.
        stddev: f64,
    },
    /// Normal, drawn again where farther than two deviations from the mean.
    TruncatedNormal {
        /// Mean before truncation.
        mean: f64,
        /// Standard deviation before truncation.
        stddev: f64,
    },
    /// Uniform on `±√(6 / (fan_in + fan_out))`: Glorot and Bengio 2010,
    /// equation 16. PyTorch calls it Xavier.
    GlorotUniform,
    /// Truncated normal with the deviation `√(2 / (fan_in + fan_out))` after
    /// truncation (Glorot and Bengio 2010, equation 12). PyTorch does not
    /// truncate.
    GlorotNormal,
    /// Uniform on `±√(6 / fan_in)`: He et al. 2015, for ReLU.
    HeUniform,
    /// Truncated normal with the deviation `√(2 / fan_in)` after truncation: He
    /// et al. 2015, equation 10. PyTorch does not truncate.
    HeNormal,
    /// Uniform on `±√(3 / fan_in)`: LeCun et al. 1998, for SELU and tanh.
    LecunUniform,
    /// Truncated normal with the deviation `√(1 / fan_in)` after truncation:
    /// LeCun et al. 1998.
    LecunNormal,
    /// A matrix with orthonormal rows or columns, uniform among them, times
    /// `gain`: Saxe et al. 2014. A parameter of more axes is seen as the matrix
    /// of all axes but the last by the last.
    Orthogonal {
        /// Factor on the matrix.
        gain: f64,
    },
}

impl Initializer {
    /// The names that an experiment file may use.
    pub const NAMES: &[&str] = &[
        "zeros",
        "ones",
        "constant",
        "uniform",
        "normal",
        "truncated_normal",
        "glorot_uniform",
        "glorot_normal",
        "he_uniform",
        "he_normal",
        "lecun_uniform",
        "lecun_normal",
        "orthogonal",
    ];

    /// All 0.
    pub fn zeros() -> Initializer {
        Initializer::Zeros
    }

    /// All 1.
    pub fn ones() -> Initializer {
        Initializer::Ones
    }

    /// All the same number.
    pub fn constant(value: f64) -> Initializer {
        Initializer::Constant { value }
    }

    /// Uniform on `[minval, maxval)`.
    pub fn uniform(minval: f64, maxval: f64) -> Initializer {
        Initializer::Uniform { minval, maxval }
    }

    /// Normal.
    pub fn normal(mean: f64, stddev: f64) -> Initializer {
        Initializer::Normal { mean, stddev }
    }

    /// Normal within two deviations of the mean.
    pub fn truncated_normal(mean: f64, stddev: f64) -> Initializer {
        Initializer::TruncatedNormal { mean, stddev }
    }

    /// Uniform on `±√(6 / (fan_in + fan_out))`.
    pub fn glorot_uniform() -> Initializer {
        Initializer::GlorotUniform
    }

    /// Truncated normal of deviation `√(2 / (fan_in + fan_out))`.
    pub fn glorot_normal() -> Initializer {
        Initializer::GlorotNormal
    }

    /// Uniform on `±√(6 / fan_in)`.
    pub fn he_uniform() -> Initializer {
        Initializer::HeUniform
    }

    /// Truncated normal of deviation `√(2 / fan_in)`.
    pub fn he_normal() -> Initializer {
        Initializer::HeNormal
    }

    /// Uniform on `±√(3 / fan_in)`.
    pub fn lecun_uniform() -> Initializer {
        Initializer::LecunUniform
    }

    /// Truncated normal of deviation `√(1 / fan_in)`.
    pub fn lecun_normal() -> Initializer {
        Initializer::LecunNormal
    }

    /// An orthogonal matrix times `gain`.
    pub fn orthogonal(gain: f64) -> Initializer {
        Initializer::Orthogonal { gain }
    }

    /// The initializer of a name with Keras's default parameters; `None` for an
    /// unknown name.
    pub fn of(name: &str) -> Option<Initializer> {
        Some(match name {
            "zeros" => Initializer::Zeros,
            "ones" => Initializer::Ones,
            "constant" => Initializer::constant(0.0),
            "uniform" => Initializer::uniform(-0.05, 0.05),
            "normal" => Initializer::normal(0.0, 0.05),
            "truncated_normal" => Initializer::truncated_normal(0.0, 0.05),
            "glorot_uniform" => Initializer::GlorotUniform,
            "glorot_normal" => Initializer::GlorotNormal,
            "he_uniform" => Initializer::HeUniform,
            "he_normal" => Initializer::HeNormal,
            "lecun_uniform" => Initializer::LecunUniform,
            "lecun_normal" => Initializer::LecunNormal,
            "orthogonal" => Initializer::orthogonal(1.0),
            _ => return None,
        })
    }

    /// The values of the parameter at `path` as a function of the seed.
    pub fn initial(&self, path: &str, shape: &[usize]) -> Initial {
        let (rule, path, shape) = (self.clone(), path.to_string(), shape.to_vec());
        Arc::new(move |seed| {
            let values = rule.values(&path, &shape, seed);
            Array::f32(&shape, values.into_iter().map(|value| value as f32).collect())
        })
    }

    fn values(&self, path: &str, shape: &[usize], seed: u64) -> Vec<f64> {
        let Fan { into, out } = fans(shape);
        let count = shape.iter().product();
        let source = draw::Source::new(seed, path);
        let uniform = |limit: f64| source.uniform(count, -limit, limit);
        let scaled = |variance: f64| source.truncated(count, 0.0, variance.sqrt() / TRUNCATED);
        match *self {
            Initializer::Zeros => vec![0.0; count],
            Initializer::Ones => vec![1.0; count],
            Initializer::Constant { value } => vec![value; count],
            Initializer::Uniform { minval, maxval } => source.uniform(count, minval, maxval),
            Initializer::Normal { mean, stddev } => source.normal(count, mean, stddev),
            Initializer::TruncatedNormal { mean, stddev } => source.truncated(count, mean, stddev),
            Initializer::GlorotUniform => uniform((6.0 / (into + out)).sqrt()),
            Initializer::GlorotNormal => scaled(2.0 / (into + out)),
            Initializer::HeUniform => uniform((6.0 / into).sqrt()),
            Initializer::HeNormal => scaled(2.0 / into),
            Initializer::LecunUniform => uniform((3.0 / into).sqrt()),
            Initializer::LecunNormal => scaled(1.0 / into),
            Initializer::Orthogonal { gain } => orthogonal::matrix(&source, shape, gain),
        }
    }
}

/// The standard deviation of a standard normal cut at ±2:
/// `√(1 − 4 φ(2) / (2 Φ(2) − 1))`.
const TRUNCATED: f64 = 0.879_625_661_034_239_8;
