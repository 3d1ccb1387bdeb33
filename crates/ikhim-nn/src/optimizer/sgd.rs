use super::Descent;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Gradient descent on the rows of a batch, with momentum where asked for:
/// ```text
/// v ← momentum · v + g
/// w ← w − rate · v                        without nesterov
/// w ← w − rate · (g + momentum · v)       with nesterov
/// ```
/// Slot: `velocity` (only with momentum). This is PyTorch's form; Keras holds
/// `−rate · v` in its slot, which differs only while the rate changes.
///
/// ```
/// let optimizer = ikhim_nn::Sgd::new(0.1).momentum(0.9).nesterov(true);
/// # let _ = optimizer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Sgd {
    pub(super) learning_rate: f64,
    momentum: f64,
    nesterov: bool,
}

impl Default for Sgd {
    fn default() -> Sgd {
        Sgd::new(0.01)
    }
}

impl Sgd {
    /// Without momentum.
    pub fn new(learning_rate: f64) -> Sgd {
        Sgd { learning_rate, momentum: 0.0, nesterov: false }
    }

    /// The rate before any schedule.
    pub fn learning_rate(mut self, learning_rate: f64) -> Sgd {
        self.learning_rate = learning_rate;
        self
    }

    /// How much of the velocity stays from step to step (Polyak 1964).
    pub fn momentum(mut self, momentum: f64) -> Sgd {
        self.momentum = momentum;
        self
    }

    /// Whether the gradient counts as seen from where the momentum leads
    /// (Nesterov 1983 in the form of Sutskever et al. 2013).
    pub fn nesterov(mut self, nesterov: bool) -> Sgd {
        self.nesterov = nesterov;
        self
    }

    pub(super) fn descent<'g>(&self, d: &Descent<'_, 'g>) -> Tensor<'g> {
        if self.momentum == 0.0 {
            return d.rate * d.gradient;
        }
        let slot = d.slot("velocity", 0.0);
        let velocity = d.keep(slot, self.momentum * slot + d.gradient);
        if self.nesterov {
            d.rate * (d.gradient + self.momentum * velocity)
        } else {
            d.rate * velocity
        }
    }
}
