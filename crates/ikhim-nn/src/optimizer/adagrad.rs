use super::Descent;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Adagrad (Duchi et al. 2011):
/// ```text
/// a ← a + g²
/// w ← w − rate · g / (√a + epsilon)
/// ```
/// Slot: `accumulator`. As PyTorch without `lr_decay`; Keras divides by
/// `√(a + epsilon)`. The defaults are Keras's: accumulators start at 0.1
/// (PyTorch: 0) and epsilon is 1e-7 (PyTorch: 1e-10).
///
/// ```
/// let optimizer = ikhim_nn::Adagrad::new(0.01).initial_accumulator_value(0.0);
/// # let _ = optimizer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Adagrad {
    pub(super) learning_rate: f64,
    epsilon: f64,
    initial_accumulator_value: f64,
}

impl Default for Adagrad {
    fn default() -> Adagrad {
        Adagrad::new(0.001)
    }
}

impl Adagrad {
    /// With Keras's settings.
    pub fn new(learning_rate: f64) -> Adagrad {
        Adagrad { learning_rate, epsilon: 1e-7, initial_accumulator_value: 0.1 }
    }

    /// The rate before any schedule.
    pub fn learning_rate(mut self, learning_rate: f64) -> Adagrad {
        self.learning_rate = learning_rate;
        self
    }

    /// What keeps the divisor away from 0.
    pub fn epsilon(mut self, epsilon: f64) -> Adagrad {
        self.epsilon = epsilon;
        self
    }

    /// Where the sums of squares start.
    pub fn initial_accumulator_value(mut self, value: f64) -> Adagrad {
        self.initial_accumulator_value = value;
        self
    }

    pub(super) fn descent<'g>(&self, d: &Descent<'_, 'g>) -> Tensor<'g> {
        let slot = d.slot("accumulator", self.initial_accumulator_value);
        let sum = d.keep(slot, slot + d.gradient.square());
        d.rate * d.gradient / (sum.sqrt() + self.epsilon)
    }
}
