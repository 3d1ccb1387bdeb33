//! Running sums along one axis: `y[i] = x[0] + x[1] + … + x[i]`, added in that
//! order; in reverse, `y[i] = x[n−1] + … + x[i]`.
//!
//! Slope: the running sum of the derivative in the other direction.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// Running sums along one axis.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Cumsum {
    /// The axis.
    pub axis: usize,
    /// Whether the sums run from the end to the beginning.
    pub reverse: bool,
}

impl<'g> Tensor<'g> {
    /// Running sums along an axis.
    #[track_caller]
    pub fn cumsum(self, axis: isize) -> Tensor<'g> {
        self.cumsum_from(axis, false)
    }

    /// Running sums along an axis from its end to its beginning.
    #[track_caller]
    pub fn cumsum_reverse(self, axis: isize) -> Tensor<'g> {
        self.cumsum_from(axis, true)
    }

    #[track_caller]
    fn cumsum_from(self, axis: isize, reverse: bool) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()) {
            Some(axis) => self.then(Op::Cumsum(Cumsum { axis, reverse })),
            None => self.graph().fail(axis_fault(axis, &shape)),
        }
    }
}

impl Primitive for Cumsum {
    fn name(&self) -> &'static str {
        "cumsum"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        let reverse = if self.reverse { ", reverse=true" } else { "" };
        format!("cumsum({}, axis={}{reverse})", inputs.join(", "), self.axis)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::unary("cumsum", inputs)
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let slope = derivative.upstream();
        vec![Some(slope.cumsum_from(self.axis as isize, !self.reverse))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let size = sizes[self.axis];
        let inner: usize = sizes[self.axis + 1..].iter().product();
        let mut sums = inputs[0].value.reals().to_vec();
        for block in sums.chunks_exact_mut((size * inner).max(1)) {
            for step in 1..size {
                let (from, to) =
                    if self.reverse { (size - step, size - step - 1) } else { (step - 1, step) };
                for place in 0..inner {
                    block[to * inner + place] =
                        block[from * inner + place] + block[to * inner + place];
                }
            }
        }
        Ok(Value::real(&sizes, sums))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient, evaluate, fixed, slopes};
    use crate::{Array, gradients};

    const TABLE: [f64; 6] = [0.5, -1.0, 2.0, 3.0, 0.25, -4.0];

    #[test]
    fn values() {
        let table = [fixed(&[2, 3], &TABLE)];
        let found = evaluate::<f32>(&table, |x| x[0].cumsum(1));
        assert_eq!(found, Array::f32(&[2, 3], vec![0.5, -0.5, 1.5, 3.0, 3.25, -0.75]));
        let found = evaluate::<f32>(&table, |x| x[0].cumsum_reverse(-1));
        assert_eq!(found, Array::f32(&[2, 3], vec![1.5, 1.0, 2.0, -0.75, -3.75, -4.0]));
        let found = evaluate::<f32>(&[batch(&[2, 3], &TABLE)], |x| x[0].cumsum(0));
        assert_eq!(found, Array::f32(&[2, 3], vec![0.5, -1.0, 2.0, 3.5, -0.75, -2.0]));
        for empty in [[0, 3], [3, 0]] {
            let found = evaluate::<f32>(&[batch(&empty, &[])], |x| x[0].cumsum(0));
            assert_eq!(found, Array::f32(&empty, vec![]));
        }
    }

    #[test]
    fn adds_in_order() {
        // 2²⁴ swallows each 1 that is added to it alone, and not their sum.
        let found = evaluate::<f32>(&[fixed(&[3], &[16_777_216.0, 1.0, 1.0])], |x| x[0].cumsum(0));
        assert_eq!(found.to_f64(), [16_777_216.0, 16_777_216.0, 16_777_216.0]);
        let found =
            evaluate::<f32>(&[fixed(&[3], &[16_777_216.0, 1.0, 1.0])], |x| x[0].cumsum_reverse(0));
        assert_eq!(found.to_f64(), [16_777_218.0, 2.0, 1.0]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let found = slopes::<f64>(&[fixed(&[3], &TABLE[..3])], |x| x[0].cumsum(0));
        assert_eq!(found, [[3.0, 2.0, 1.0]]);
        for table in [[fixed(&[2, 3], &TABLE)], [batch(&[2, 3], &TABLE)]] {
            check_gradient(&table, |x| x[0].cumsum(0) * x[0]);
            check_gradient(&table, |x| x[0].cumsum_reverse(1));
            check_gradient(&table, |x| {
                let sums = x[0].cumsum(1);
                gradients((sums * sums).sum_all(), &[x[0]])[0]
            });
        }
    }
}
