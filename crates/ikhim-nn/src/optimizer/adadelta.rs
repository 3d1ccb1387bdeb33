use super::Descent;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Adadelta (Zeiler 2012):
/// ```text
/// s ← rho · s + (1 − rho) · g²
/// Δ = g · √(u + epsilon) / √(s + epsilon)
/// u ← rho · u + (1 − rho) · Δ²
/// w ← w − rate · Δ
/// ```
/// Slots: `squared_gradient` (s) and `squared_update` (u). The same in Keras and
/// PyTorch; the defaults are Keras's, rho 0.95 and epsilon 1e-7 (PyTorch: 0.9
/// and 1e-6). The paper's rate is 1.
///
/// ```
/// let optimizer = ikhim_nn::Adadelta::new(1.0);
/// # let _ = optimizer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Adadelta {
    pub(super) learning_rate: f64,
    rho: f64,
    epsilon: f64,
}

impl Default for Adadelta {
    fn default() -> Adadelta {
        Adadelta::new(0.001)
    }
}

impl Adadelta {
    /// With Keras's settings.
    pub fn new(learning_rate: f64) -> Adadelta {
        Adadelta { learning_rate, rho: 0.95, epsilon: 1e-7 }
    }

    /// The rate before any schedule.
    pub fn learning_rate(mut self, learning_rate: f64) -> Adadelta {
        self.learning_rate = learning_rate;
        self
    }

    /// How much of the running squares stays from step to step.
    pub fn rho(mut self, rho: f64) -> Adadelta {
        self.rho = rho;
        self
    }

    /// What starts the first steps.
    pub fn epsilon(mut self, epsilon: f64) -> Adadelta {
        self.epsilon = epsilon;
        self
    }

    pub(super) fn descent<'g>(&self, d: &Descent<'_, 'g>) -> Tensor<'g> {
        let fresh = 1.0 - self.rho;
        let (gradients, updates) = (d.slot("squared_gradient", 0.0), d.slot("squared_update", 0.0));
        let size = d.keep(gradients, self.rho * gradients + fresh * d.gradient.square());
        let ratio = (updates + self.epsilon).sqrt() / (size + self.epsilon).sqrt();
        let update = ratio * d.gradient;
        d.keep(updates, self.rho * updates + fresh * update.square());
        d.rate * update
    }
}
