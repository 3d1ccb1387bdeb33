use crate::Module;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// In training, each value is 0 with the probability `rate` and divided by
/// `1 − rate` otherwise, so its mean stays (Srivastava et al. 2014); in use,
/// nothing happens. The mask is a function of seed, path, step and row.
///
/// ```
/// let layer = ikhim_nn::Dropout::new(0.3);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Dropout {
    rate: f64,
}

impl Dropout {
    /// Drops the share `rate` of the values, at least 0 and below 1.
    pub fn new(rate: f64) -> Dropout {
        Dropout { rate }
    }
}

impl Module for Dropout {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        x.dropout(self.rate)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
