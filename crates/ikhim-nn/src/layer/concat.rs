use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Several values side by side along one axis, the last by default: `[N, 3]`
/// and `[N, 5]` give `[N, 8]`.
///
/// In Rust code, `Tensor::concat(&[a, b], -1)` does the same; this is its form
/// in a [`Network`](crate::Network).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Concat {
    axis: isize,
}

impl Default for Concat {
    fn default() -> Concat {
        Concat { axis: -1 }
    }
}

impl Concat {
    /// Along the last axis.
    pub fn new() -> Concat {
        Concat::default()
    }

    /// Along another axis, counted from the end when negative.
    pub fn axis(mut self, axis: isize) -> Concat {
        self.axis = axis;
        self
    }

    #[track_caller]
    pub(super) fn join<'g>(&self, inputs: &[Tensor<'g>]) -> Tensor<'g> {
        Tensor::concat(inputs, self.axis)
    }
}
