//! Integers as rows of zeros with a single 1: `y[…, k] = 1` where the integer is
//! `k`, else 0. An integer outside of `0..depth` has a row of zeros.

use crate::{DType, Tensor};

impl<'g> Tensor<'g> {
    /// Integers `[…]` as real rows `[…, depth]` with a 1 at the integer's place.
    #[track_caller]
    pub fn one_hot(self, depth: usize) -> Tensor<'g> {
        let graph = self.graph();
        let outputs = graph.composite("one_hot", &[self], None, || {
            let places = graph.iota(depth);
            vec![self.expand_dims(-1).equal(places).cast(DType::F32)]
        });
        outputs[0]
    }
}
