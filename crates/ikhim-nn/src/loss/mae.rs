use super::{Reduction, paired};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Mean absolute error: `|prediction − target|`, mean over columns and rows; its
/// slope at 0 is 0.
///
/// ```
/// let loss = ikhim_nn::Mae::new();
/// # let _ = loss;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Mae {
    pub(super) reduction: Reduction,
}

impl Mae {
    /// The mean over rows.
    pub fn new() -> Mae {
        Mae::default()
    }

    #[track_caller]
    pub(super) fn elements<'g>(&self, prediction: Tensor<'g>, target: Tensor<'g>) -> Tensor<'g> {
        (prediction - paired(prediction, target)).abs()
    }
}
