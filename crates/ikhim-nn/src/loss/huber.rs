use super::{Reduction, paired};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Huber 1964: with the error `e`, `e²/2` where `|e| ≤ delta` and
/// `delta · (|e| − delta/2)` beyond, mean over columns and rows.
///
/// ```
/// let loss = ikhim_nn::Huber::new().delta(0.5);
/// # let _ = loss;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Huber {
    delta: f64,
    pub(super) reduction: Reduction,
}

impl Default for Huber {
    fn default() -> Huber {
        Huber { delta: 1.0, reduction: Reduction::Mean }
    }
}

impl Huber {
    /// Squared up to an error of 1.
    pub fn new() -> Huber {
        Huber::default()
    }

    /// The error up to which the loss is squared.
    pub fn delta(mut self, delta: f64) -> Huber {
        self.delta = delta;
        self
    }

    #[track_caller]
    pub(super) fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        let error = (prediction - paired(prediction, target)).abs();
        let near = error.minimum(error.graph().scalar(self.delta));
        0.5 * near.square() + self.delta * (error - near)
    }
}
