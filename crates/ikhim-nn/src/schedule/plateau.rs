use serde::{Deserialize, Serialize};

/// The rate times `factor` whenever a metric has not become better for more
/// than `patience` epochs: PyTorch's `ReduceLROnPlateau` with its relative
/// threshold (Keras counts with an absolute one). Better means by more than the
/// share `threshold` of the size of the best so far; PyTorch takes the share of the
/// value itself, so that of a negative one even a worse value counts as better.
///
/// ```
/// use ikhim_nn::{Plateau, ReduceOnPlateau};
/// let rule = ReduceOnPlateau::new().factor(0.5).patience(1);
/// let mut plateau = Plateau::default();
/// for loss in [1.0, 1.0, 1.0] {
///     plateau.observe(&rule, loss, false, 1e-3);
/// }
/// assert_eq!(plateau.factor(), 0.5);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ReduceOnPlateau {
    factor: f64,
    patience: u64,
    threshold: f64,
    cooldown: u64,
    min_learning_rate: f64,
}

impl Default for ReduceOnPlateau {
    fn default() -> ReduceOnPlateau {
        ReduceOnPlateau {
            factor: 0.1,
            patience: 10,
            threshold: 1e-4,
            cooldown: 0,
            min_learning_rate: 0.0,
        }
    }
}

impl ReduceOnPlateau {
    /// A tenth after more than ten epochs without progress.
    pub fn new() -> ReduceOnPlateau {
        ReduceOnPlateau::default()
    }

    /// The factor of each fall.
    pub fn factor(mut self, factor: f64) -> ReduceOnPlateau {
        self.factor = factor;
        self
    }

    /// How many epochs without progress are borne.
    pub fn patience(mut self, patience: u64) -> ReduceOnPlateau {
        self.patience = patience;
        self
    }

    /// The share by which a value must be better.
    pub fn threshold(mut self, threshold: f64) -> ReduceOnPlateau {
        self.threshold = threshold;
        self
    }

    /// Epochs after a fall during which none is counted.
    pub fn cooldown(mut self, cooldown: u64) -> ReduceOnPlateau {
        self.cooldown = cooldown;
        self
    }

    /// The rate that is never gone below.
    pub fn min_learning_rate(mut self, min_learning_rate: f64) -> ReduceOnPlateau {
        self.min_learning_rate = min_learning_rate;
        self
    }
}

/// What a [`ReduceOnPlateau`] remembers from epoch to epoch; part of a
/// checkpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plateau {
    factor: f64,
    best: Option<f64>,
    bad_epochs: u64,
    cooldown_left: u64,
}

impl Default for Plateau {
    fn default() -> Plateau {
        Plateau { factor: 1.0, best: None, bad_epochs: 0, cooldown_left: 0 }
    }
}

impl Plateau {
    /// The factor on the learning rate after the epochs seen so far.
    pub fn factor(&self) -> f64 {
        self.factor
    }

    /// Sees the metric of an epoch; gives whether the rate fell. A value that is
    /// NaN is never better. `learning_rate` is the rate without this factor.
    pub fn observe(
        &mut self,
        rule: &ReduceOnPlateau,
        value: f64,
        larger_is_better: bool,
        learning_rate: f64,
    ) -> bool {
        if self.is_better(rule, value, larger_is_better) {
            self.best = Some(value);
            self.bad_epochs = 0;
        } else {
            self.bad_epochs += 1;
        }
        if self.cooldown_left > 0 {
            self.cooldown_left -= 1;
            self.bad_epochs = 0;
        }
        if self.bad_epochs <= rule.patience {
            return false;
        }
        self.cooldown_left = rule.cooldown;
        self.bad_epochs = 0;
        self.fall(rule, learning_rate)
    }

    fn is_better(&self, rule: &ReduceOnPlateau, value: f64, larger_is_better: bool) -> bool {
        match self.best {
            None => !value.is_nan(),
            Some(best) if larger_is_better => value > best + best.abs() * rule.threshold,
            Some(best) => value < best - best.abs() * rule.threshold,
        }
    }

    /// A rate that would change by no more than 1e-8 stays (PyTorch's `eps`).
    fn fall(&mut self, rule: &ReduceOnPlateau, learning_rate: f64) -> bool {
        let old = learning_rate * self.factor;
        let new = (old * rule.factor).max(rule.min_learning_rate);
        if old - new <= 1e-8 {
            return false;
        }
        self.factor = new / learning_rate;
        true
    }
}
