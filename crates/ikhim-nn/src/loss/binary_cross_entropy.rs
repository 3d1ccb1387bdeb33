use super::{Reduction, paired};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Cross-entropy of yes or no: `−(y · log p + (1 − y) · log(1 − p))`, mean over
/// columns and rows. Each column is a question of its own.
///
/// By default the prediction holds logits and `p` is their sigmoid, computed so
/// that no probability underflows. With `from_logits(false)` the prediction
/// itself is `p`, moved into `[clip, 1 − clip]` (1e-7 by default, as Keras);
/// `clip(0.0)` is the bare formula, in which a probability that is exactly 0 or
/// 1 gives infinity or NaN (`0 · log 0` is NaN in IEEE arithmetic).
///
/// `label_smoothing(ε)` replaces `y` by `(1 − ε)·y + ε/2`.
///
/// ```
/// let naive = ikhim_nn::BinaryCrossEntropy::new().from_logits(false).clip(0.0);
/// # let _ = naive;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BinaryCrossEntropy {
    pub(super) from_logits: bool,
    clip: f64,
    label_smoothing: f64,
    pub(super) reduction: Reduction,
}

impl Default for BinaryCrossEntropy {
    fn default() -> BinaryCrossEntropy {
        BinaryCrossEntropy {
            from_logits: true,
            clip: 1e-7,
            label_smoothing: 0.0,
            reduction: Reduction::Mean,
        }
    }
}

impl BinaryCrossEntropy {
    /// On logits, without smoothing.
    pub fn new() -> BinaryCrossEntropy {
        BinaryCrossEntropy::default()
    }

    /// Whether the prediction holds logits; else it holds probabilities.
    pub fn from_logits(mut self, from_logits: bool) -> BinaryCrossEntropy {
        self.from_logits = from_logits;
        self
    }

    /// How near to 0 and 1 a probability may come; 0 for no limit.
    pub fn clip(mut self, clip: f64) -> BinaryCrossEntropy {
        self.clip = clip;
        self
    }

    /// The share of each label that moves to the middle.
    pub fn label_smoothing(mut self, label_smoothing: f64) -> BinaryCrossEntropy {
        self.label_smoothing = label_smoothing;
        self
    }

    #[track_caller]
    pub(super) fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        let target = paired(prediction, target);
        let target = match self.label_smoothing {
            0.0 => target,
            share => (1.0 - share) * target + share / 2.0,
        };
        if self.from_logits {
            return prediction.sigmoid_cross_entropy(target);
        }
        let probability = match self.clip {
            clip if clip > 0.0 => prediction.clip(clip, 1.0 - clip),
            _ => prediction,
        };
        -(target * probability.log() + (1.0 - target) * (1.0 - probability).log())
    }
}
