use super::{Reduction, paired};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Cross-entropy over classes: `−Σ y · log p`, mean over rows, for labels that
/// are class numbers (i32) or one-hot or other probabilities (f32).
///
/// By default the prediction holds logits and `p` is their softmax, computed
/// so that no probability underflows. With `from_logits(false)` the
/// prediction itself is `p`, and
/// - `clip` moves it into `[clip, 1 − clip]` (1e-7 by default, as Keras);
/// - `renormalize` divides it by its sum first (Keras always does);
/// - `clip(0.0)` without it is the bare formula: a true class of probability 0
///   gives infinity, and any other class of probability 0 gives NaN, because
///   `0 · log 0` is NaN in IEEE arithmetic, as in TensorFlow and PyTorch.
///
/// `label_smoothing(ε)` replaces `y` by `(1 − ε)·y + ε/classes`.
///
/// ```
/// let stable = ikhim_nn::CrossEntropy::new().label_smoothing(0.1);
/// let naive = ikhim_nn::CrossEntropy::new().from_logits(false).clip(0.0);
/// # let _ = (stable, naive);
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CrossEntropy {
    pub(super) from_logits: bool,
    clip: f64,
    renormalize: bool,
    label_smoothing: f64,
    pub(super) reduction: Reduction,
}

impl Default for CrossEntropy {
    fn default() -> CrossEntropy {
        CrossEntropy {
            from_logits: true,
            clip: 1e-7,
            renormalize: false,
            label_smoothing: 0.0,
            reduction: Reduction::Mean,
        }
    }
}

impl CrossEntropy {
    /// On logits, without smoothing.
    pub fn new() -> CrossEntropy {
        CrossEntropy::default()
    }

    /// Whether the prediction holds logits; else it holds probabilities.
    pub fn from_logits(mut self, from_logits: bool) -> CrossEntropy {
        self.from_logits = from_logits;
        self
    }

    /// How near to 0 and 1 a probability may come; 0 for no limit.
    pub fn clip(mut self, clip: f64) -> CrossEntropy {
        self.clip = clip;
        self
    }

    /// Whether probabilities are divided by their sum.
    pub fn renormalize(mut self, renormalize: bool) -> CrossEntropy {
        self.renormalize = renormalize;
        self
    }

    /// The share of each label that is spread over all classes.
    pub fn label_smoothing(mut self, label_smoothing: f64) -> CrossEntropy {
        self.label_smoothing = label_smoothing;
        self
    }

    #[track_caller]
    pub(super) fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        if self.from_logits {
            return prediction.cross_entropy_smoothed(target, self.label_smoothing);
        }
        let labels = paired(prediction, target);
        let labels = match self.label_smoothing {
            0.0 => labels,
            share => (1.0 - share) * labels + share / prediction.dim(-1) as f64,
        };
        let mut probability = prediction;
        if self.renormalize {
            probability = probability / probability.sum(&[-1]).expand_dims(-1);
        }
        if self.clip > 0.0 {
            probability = probability.clip(self.clip, 1.0 - self.clip);
        }
        -(labels * probability.log()).sum(&[-1])
    }
}
