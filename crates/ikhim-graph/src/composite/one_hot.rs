//! Integers as rows of zeros with a single 1: `y[…, k] = 1` where the integer is
//! `k`, else 0. An integer outside of `0..depth` has a row of zeros.

use crate::{DType, Tensor};
use ikhim_text::Fault;

impl<'g> Tensor<'g> {
    /// Integers `[…]` as real rows `[…, depth]` with a 1 at the integer's place.
    #[track_caller]
    pub fn one_hot(self, depth: usize) -> Tensor<'g> {
        let graph = self.graph();
        if self.node().is_some() && self.dtype() != DType::I32 {
            let fault = Fault::of("shape.dtype").with("op", "one_hot");
            return graph.fail(fault.with("expected", DType::I32).with("found", self.dtype()));
        }
        let outputs = graph.composite("one_hot", &[self], None, || {
            let places = graph.iota(depth);
            vec![self.expand_dims(-1).equal(places).cast(DType::F32)]
        });
        outputs[0]
    }
}

#[cfg(test)]
mod tests {
    use crate::Array;
    use crate::check::{array, batch_array, check_gradient, evaluate, fault, fixed};

    #[test]
    fn values() {
        let classes = [array(Array::i32(&[4], vec![0, 2, -1, 3]))];
        let found = evaluate::<f32>(&classes, |x| x[0].one_hot(3));
        let expected = vec![1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert_eq!(found, Array::f32(&[4, 3], expected));
        let table = [batch_array(Array::i32(&[1, 2], vec![1, 0]))];
        let found = evaluate::<f32>(&table, |x| x[0].one_hot(2));
        assert_eq!(found, Array::f32(&[1, 2, 2], vec![0.0, 1.0, 1.0, 0.0]));
        let single = [array(Array::i32(&[], vec![1]))];
        let found = evaluate::<f32>(&single, |x| x[0].one_hot(2));
        assert_eq!(found, Array::f32(&[2], vec![0.0, 1.0]));
    }

    #[test]
    fn reals_are_refused() {
        assert_eq!(fault(&[fixed(&[1], &[1.0])], |x| x[0].one_hot(2)), "shape.dtype");
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [
            fixed(&[2, 3], &[0.5, -1.0, 2.0, 0.3, 1.2, -0.4]),
            array(Array::i32(&[2], vec![2, 0])),
        ];
        check_gradient(&inputs, |x| x[0] * x[0] * x[1].one_hot(3));
    }
}
