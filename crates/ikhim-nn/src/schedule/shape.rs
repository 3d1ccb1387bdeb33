use super::Clock;
use serde::{Deserialize, Serialize};
use std::f64::consts::PI;

/// The rate times `gamma` after every `step_size` epochs: `gamma^⌊epoch /
/// step_size⌋` (PyTorch's `StepLR`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct StepDecay {
    step_size: u64,
    gamma: f64,
}

impl Default for StepDecay {
    fn default() -> StepDecay {
        StepDecay::new(10)
    }
}

impl StepDecay {
    /// A tenth after every so many epochs.
    pub fn new(step_size: u64) -> StepDecay {
        StepDecay { step_size, gamma: 0.1 }
    }

    /// The factor of each fall.
    pub fn gamma(mut self, gamma: f64) -> StepDecay {
        self.gamma = gamma;
        self
    }

    pub(super) fn factor(&self, clock: Clock) -> f64 {
        power(self.gamma, clock.epoch() / self.step_size.max(1))
    }
}

/// The rate times `gamma` after every epoch: `gamma^epoch` (PyTorch's
/// `ExponentialLR`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Exponential {
    gamma: f64,
}

impl Default for Exponential {
    fn default() -> Exponential {
        Exponential::new(0.95)
    }
}

impl Exponential {
    /// The factor of each fall.
    pub fn new(gamma: f64) -> Exponential {
        Exponential { gamma }
    }

    pub(super) fn factor(&self, clock: Clock) -> f64 {
        power(self.gamma, clock.epoch())
    }
}

/// Half a cosine from the rate down to `min_factor` of it over all steps:
/// `min + (1 − min)(1 + cos(π · step / total)) / 2` (Loshchilov and Hutter 2017;
/// PyTorch's `CosineAnnealingLR` stepped every batch).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Cosine {
    min_factor: f64,
}

impl Cosine {
    /// Down to 0.
    pub fn new() -> Cosine {
        Cosine::default()
    }

    /// Where it ends, as a share of the rate.
    pub fn min_factor(mut self, min_factor: f64) -> Cosine {
        self.min_factor = min_factor;
        self
    }

    pub(super) fn factor(&self, clock: Clock) -> f64 {
        let part = share(clock.step as f64, clock.total_steps as f64);
        anneal(1.0, self.min_factor, part)
    }
}

/// One cycle (Smith and Topin 2018): from `1 / div_factor` of the rate up to the
/// rate during the share `pct_start` of all steps, then down to
/// `1 / (div_factor · final_div_factor)` at the last step, both along half a
/// cosine. PyTorch's `OneCycleLR`, where the rate is `max_lr`; the momentum is
/// left alone (PyTorch cycles it against the rate unless told not to).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct OneCycle {
    pct_start: f64,
    div_factor: f64,
    final_div_factor: f64,
}

impl Default for OneCycle {
    fn default() -> OneCycle {
        OneCycle { pct_start: 0.3, div_factor: 25.0, final_div_factor: 1e4 }
    }
}

impl OneCycle {
    /// With PyTorch's settings: 30 % up, from a 25th, down to a 250,000th.
    pub fn new() -> OneCycle {
        OneCycle::default()
    }

    /// The share of steps on the way up.
    pub fn pct_start(mut self, pct_start: f64) -> OneCycle {
        self.pct_start = pct_start;
        self
    }

    /// The rate over the first rate.
    pub fn div_factor(mut self, div_factor: f64) -> OneCycle {
        self.div_factor = div_factor;
        self
    }

    /// The first rate over the last rate.
    pub fn final_div_factor(mut self, final_div_factor: f64) -> OneCycle {
        self.final_div_factor = final_div_factor;
        self
    }

    pub(super) fn factor(&self, clock: Clock) -> f64 {
        let first = 1.0 / self.div_factor;
        let last = first / self.final_div_factor;
        let (step, total) = (clock.step as f64, clock.total_steps as f64);
        let (peak, end) = (self.pct_start * total - 1.0, total - 1.0);
        if step <= peak {
            anneal(first, 1.0, share(step, peak))
        } else {
            anneal(1.0, last, share(step - peak, end - peak))
        }
    }
}

/// From `start` to `end` along half a cosine.
fn anneal(start: f64, end: f64, part: f64) -> f64 {
    end + (start - end) * (1.0 + libm::cos(PI * part)) / 2.0
}

/// A share of a way, 1 when the way has no length or is over.
fn share(part: f64, whole: f64) -> f64 {
    if part < whole { part / whole } else { 1.0 }
}

fn power(base: f64, exponent: u64) -> f64 {
    base.powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}
