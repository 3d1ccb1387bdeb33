//! Penalties on the size of single kernels.
//!
//! A layer knows its penalty, the training graph needs all of them. So a layer
//! marks its kernel with an output whose name holds the two factors, and the
//! training graph reads the marks from the model built alone.

use ikhim_graph::{Definition, Mode, Tensor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A penalty `l1 · Σ|w| + l2 · Σw²` on a kernel, added to the objective.
///
/// ```
/// use ikhim_nn::{Dense, Penalty};
/// let layer = Dense::new(10).kernel_regularizer(Penalty::l2(1e-4));
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Penalty {
    /// Factor on the sum of absolute values.
    pub l1: f64,
    /// Factor on the sum of squares (Keras; PyTorch's `weight_decay` is twice
    /// this factor).
    pub l2: f64,
}

impl Penalty {
    /// `l1 · Σ|w|`.
    pub fn l1(l1: f64) -> Penalty {
        Penalty { l1, l2: 0.0 }
    }

    /// `l2 · Σw²`.
    pub fn l2(l2: f64) -> Penalty {
        Penalty { l1: 0.0, l2 }
    }

    /// Both.
    pub fn new(l1: f64, l2: f64) -> Penalty {
        Penalty { l1, l2 }
    }

    /// Whether it is nothing.
    pub fn is_none(&self) -> bool {
        self.l1 == 0.0 && self.l2 == 0.0
    }

    /// Of two penalties on one kernel, both.
    pub(crate) fn plus(self, other: Penalty) -> Penalty {
        Penalty { l1: self.l1 + other.l1, l2: self.l2 + other.l2 }
    }

    /// The penalty's value, `None` when it is nothing.
    pub(crate) fn value<'g>(self, kernel: Tensor<'g>) -> Option<Tensor<'g>> {
        let absolute = (self.l1 != 0.0).then(|| self.l1 * kernel.abs().sum_all());
        let square = (self.l2 != 0.0).then(|| self.l2 * kernel.square().sum_all());
        match (absolute, square) {
            (Some(absolute), Some(square)) => Some(absolute + square),
            (one, other) => one.or(other),
        }
    }

    /// Marks the kernel at `path`, in graphs for training only: no other graph
    /// has a use for it.
    pub(crate) fn mark(self, path: &str, kernel: Tensor<'_>) {
        if !self.is_none() && kernel.graph().mode() == Mode::Training {
            kernel.named(&format!("{path}{MARK}{},{}", self.l1, self.l2));
        }
    }
}

const MARK: &str = ".penalty=";

/// The marked kernels of a model with their penalties.
pub(crate) fn marked(definition: &Definition) -> BTreeMap<String, Penalty> {
    let read = |name: &String| {
        let (path, factors) = name.split_once(MARK)?;
        let (l1, l2) = factors.split_once(',')?;
        Some((path.to_string(), Penalty { l1: l1.parse().ok()?, l2: l2.parse().ok()? }))
    };
    definition.outputs().keys().filter_map(read).collect()
}
