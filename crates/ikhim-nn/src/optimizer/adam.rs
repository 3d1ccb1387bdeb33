use super::Descent;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Adam (Kingma and Ba 2015, algorithm 1), with the number of the update t:
/// ```text
/// m ← beta_1 · m + (1 − beta_1) · g
/// v ← beta_2 · v + (1 − beta_2) · g²
/// w ← w − rate / (1 − beta_1ᵗ) · m / (√v / √(1 − beta_2ᵗ) + epsilon)
/// ```
/// Slots: `first_moment` (m) and `second_moment` (v). As PyTorch; Keras adds
/// epsilon to `√v` before the correction. The default epsilon is Keras's 1e-7
/// (PyTorch: 1e-8).
///
/// ```
/// let optimizer = ikhim_nn::Adam::new(1e-3).beta_2(0.99);
/// # let _ = optimizer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Adam {
    pub(super) learning_rate: f64,
    beta_1: f64,
    beta_2: f64,
    epsilon: f64,
}

impl Default for Adam {
    fn default() -> Adam {
        Adam::new(0.001)
    }
}

impl Adam {
    /// With Keras's settings.
    pub fn new(learning_rate: f64) -> Adam {
        Adam { learning_rate, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7 }
    }

    /// The rate before any schedule.
    pub fn learning_rate(mut self, learning_rate: f64) -> Adam {
        self.learning_rate = learning_rate;
        self
    }

    /// How much of the running mean stays from step to step.
    pub fn beta_1(mut self, beta_1: f64) -> Adam {
        self.beta_1 = beta_1;
        self
    }

    /// How much of the running square stays from step to step.
    pub fn beta_2(mut self, beta_2: f64) -> Adam {
        self.beta_2 = beta_2;
        self
    }

    /// What keeps the divisor away from 0.
    pub fn epsilon(mut self, epsilon: f64) -> Adam {
        self.epsilon = epsilon;
        self
    }

    pub(super) fn descent<'g>(&self, d: &Descent<'_, 'g>) -> Tensor<'g> {
        let (first, second) = (d.slot("first_moment", 0.0), d.slot("second_moment", 0.0));
        let fresh = (1.0 - self.beta_1) * d.gradient;
        let mean = d.keep(first, self.beta_1 * first + fresh);
        let fresh = (1.0 - self.beta_2) * d.gradient.square();
        let size = d.keep(second, self.beta_2 * second + fresh);
        // The corrections are single numbers: as factors they spare each element
        // two divisions, the slowest part of the update.
        let rate = d.rate / correction(self.beta_1, d.step);
        let unbiased = 1.0 / correction(self.beta_2, d.step).sqrt();
        rate * mean / (unbiased * size.sqrt() + self.epsilon)
    }
}

/// `1 − βᵗ`, computed as `−expm1(t · ln β)`: in f32 the plain difference loses
/// five digits at the first step of β = 0.999.
fn correction(beta: f64, step: Tensor<'_>) -> Tensor<'_> {
    -(step * libm::log(beta)).exp_m1()
}

/// Adam with decoupled weight decay (Loshchilov and Hutter 2019): before each
/// step, kernels are multiplied by `1 − rate · weight_decay`. The default decay
/// is 0.01 as in PyTorch (Keras: 0.004). Slots as [`Adam`]'s, under `adamw`.
///
/// ```
/// let optimizer = ikhim_nn::AdamW::new(1e-3).weight_decay(0.05);
/// # let _ = optimizer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AdamW {
    #[serde(flatten)]
    pub(super) adam: Adam,
    pub(super) weight_decay: f64,
}

impl Default for AdamW {
    fn default() -> AdamW {
        AdamW::new(0.001)
    }
}

impl AdamW {
    /// With Keras's settings of Adam and a decay of 0.01.
    pub fn new(learning_rate: f64) -> AdamW {
        AdamW { adam: Adam::new(learning_rate), weight_decay: 0.01 }
    }

    /// The rate before any schedule.
    pub fn learning_rate(mut self, learning_rate: f64) -> AdamW {
        self.adam = self.adam.learning_rate(learning_rate);
        self
    }

    /// How much of the running mean stays from step to step.
    pub fn beta_1(mut self, beta_1: f64) -> AdamW {
        self.adam = self.adam.beta_1(beta_1);
        self
    }

    /// How much of the running square stays from step to step.
    pub fn beta_2(mut self, beta_2: f64) -> AdamW {
        self.adam = self.adam.beta_2(beta_2);
        self
    }

    /// What keeps the divisor away from 0.
    pub fn epsilon(mut self, epsilon: f64) -> AdamW {
        self.adam = self.adam.epsilon(epsilon);
        self
    }

    /// The share of each kernel taken away per step, times the rate.
    pub fn weight_decay(mut self, weight_decay: f64) -> AdamW {
        self.weight_decay = weight_decay;
        self
    }
}
