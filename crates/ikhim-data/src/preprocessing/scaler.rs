use crate::Scaling;
use crate::statistics::{maximum, mean, minimum, quantiles, standard_deviation};
use serde::{Deserialize, Serialize};

/// A straight line fitted to train values: `(x − center) / scale`, which
/// [`invert`](Scaler::invert) undoes. When all train values are equal the scale
/// is 0 and every value becomes 0.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scaler {
    center: f64,
    scale: f64,
}

impl Scaler {
    /// What leaves values as they are.
    pub(super) const IDENTITY: Scaler = Scaler { center: 0.0, scale: 1.0 };

    /// Fits to values, which are not missing.
    ///
    /// - standard: mean and standard deviation (of the rows themselves, with
    ///   divisor n, as scikit-learn has it);
    /// - min_max: minimum and range;
    /// - robust: median and distance of the quartiles, 1 where the quartiles
    ///   are equal and the values are not.
    pub(super) fn fit(scaling: Scaling, values: &[f64]) -> Scaler {
        let (low, high) = (minimum(values), maximum(values));
        let (center, scale) = match scaling {
            Scaling::Standard => (mean(values), population_deviation(values)),
            Scaling::MinMax => (low, high - low),
            Scaling::Robust => {
                let quartiles = quantiles(values, &[0.25, 0.5, 0.75]);
                let distance = quartiles[2] - quartiles[0];
                (quartiles[1], if distance > 0.0 { distance } else { 1.0 })
            }
            _ => return Scaler::IDENTITY,
        };
        // Rounding leaves a mean that differs from values that are all equal.
        if low == high { Scaler { center: low, scale: 0.0 } } else { Scaler { center, scale } }
    }

    /// Divides by a number.
    pub(super) fn divisor(scale: f64) -> Scaler {
        Scaler { center: 0.0, scale }
    }

    /// The scaled value.
    pub fn apply(&self, value: f64) -> f64 {
        if self.scale == 0.0 { 0.0 } else { (value - self.center) / self.scale }
    }

    /// The value that was scaled to this one.
    pub fn invert(&self, scaled: f64) -> f64 {
        scaled * self.scale + self.center
    }
}

/// The standard deviation with divisor n.
fn population_deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    if values.len() < 2 { 0.0 } else { standard_deviation(values) * ((n - 1.0) / n).sqrt() }
}
