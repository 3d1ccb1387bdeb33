use crate::Module;
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// All axes but the first joined into one: `[N, 7, 7, 64]` becomes `[N, 3136]`,
/// a row of single numbers `[N]` becomes `[N, 1]`.
///
/// ```
/// let layer = ikhim_nn::Flatten::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Flatten {}

impl Flatten {
    /// The layer; it has no settings.
    pub fn new() -> Flatten {
        Flatten {}
    }
}

impl Module for Flatten {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        x.flatten()
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
