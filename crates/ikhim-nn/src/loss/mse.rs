use super::{Reduction, paired};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Mean squared error: `(prediction − target)²`, mean over columns and rows.
///
/// ```
/// let loss = ikhim_nn::Mse::new();
/// # let _ = loss;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Mse {
    pub(super) reduction: Reduction,
}

impl Mse {
    /// The mean over rows.
    pub fn new() -> Mse {
        Mse::default()
    }

    #[track_caller]
    pub(super) fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        (prediction - paired(prediction, target)).square()
    }
}
