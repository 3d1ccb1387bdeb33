use super::Descent;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// RMSprop (Hinton, lecture 6e, 2012):
/// ```text
/// s ← rho · s + (1 − rho) · g²
/// v ← momentum · v + g / (√s + epsilon)
/// w ← w − rate · v
/// ```
/// Slots: `squared_gradient` (s) and, only with momentum, `velocity` (v). As
/// PyTorch; Keras divides by `√(s + epsilon)` and holds `rate · v`. The defaults
/// are Keras's, rho 0.9 and epsilon 1e-7 (PyTorch: 0.99 and 1e-8).
///
/// ```
/// let optimizer = ikhim_nn::Rmsprop::new(0.001).momentum(0.9);
/// # let _ = optimizer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Rmsprop {
    pub(super) learning_rate: f64,
    rho: f64,
    momentum: f64,
    epsilon: f64,
}

impl Default for Rmsprop {
    fn default() -> Rmsprop {
        Rmsprop::new(0.001)
    }
}

impl Rmsprop {
    /// With Keras's settings.
    pub fn new(learning_rate: f64) -> Rmsprop {
        Rmsprop { learning_rate, rho: 0.9, momentum: 0.0, epsilon: 1e-7 }
    }

    /// The rate before any schedule.
    pub fn learning_rate(mut self, learning_rate: f64) -> Rmsprop {
        self.learning_rate = learning_rate;
        self
    }

    /// How much of the running square stays from step to step.
    pub fn rho(mut self, rho: f64) -> Rmsprop {
        self.rho = rho;
        self
    }

    /// How much of the velocity stays from step to step.
    pub fn momentum(mut self, momentum: f64) -> Rmsprop {
        self.momentum = momentum;
        self
    }

    /// What keeps the divisor away from 0.
    pub fn epsilon(mut self, epsilon: f64) -> Rmsprop {
        self.epsilon = epsilon;
        self
    }

    pub(super) fn descent<'g>(&self, d: &Descent<'_, 'g>) -> Tensor<'g> {
        let slot = d.slot("squared_gradient", 0.0);
        let square = (1.0 - self.rho) * d.gradient.square();
        let size = d.keep(slot, self.rho * slot + square);
        let direction = d.gradient / (size.sqrt() + self.epsilon);
        if self.momentum == 0.0 {
            return d.rate * direction;
        }
        let slot = d.slot("velocity", 0.0);
        d.rate * d.keep(slot, self.momentum * slot + direction)
    }
}
