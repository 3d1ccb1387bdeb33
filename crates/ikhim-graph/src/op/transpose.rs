//! Axes in another order: axis `i` of the result is axis `order[i]` of the
//! input.
//!
//! Slope: the derivative with the axes put back.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value, strides};
use crate::{DType, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Axes in another order.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Transpose {
    /// For each axis of the result the axis of the input.
    pub order: Vec<usize>,
}

impl<'g> Tensor<'g> {
    /// The axes in another order.
    #[track_caller]
    pub fn transpose(self, order: &[usize]) -> Tensor<'g> {
        self.then(Op::Transpose(Transpose { order: order.to_vec() }))
    }

    /// The last two axes exchanged.
    #[track_caller]
    pub fn matrix_transpose(self) -> Tensor<'g> {
        let rank = self.rank();
        if rank < 2 {
            if self.node().is_none() {
                return self;
            }
            let fault = Fault::of("shape.rank")
                .with("expected", "at least 2 axes")
                .with("found", self.shape());
            return self.graph().fail(fault);
        }
        let mut order: Vec<usize> = (0..rank).collect();
        order.swap(rank - 1, rank - 2);
        self.transpose(&order)
    }
}

impl Primitive for Transpose {
    fn name(&self) -> &'static str {
        "transpose"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("transpose({}, {:?})", inputs.join(", "), self.order)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let shape = inputs[0].shape;
        let mut sorted = self.order.clone();
        sorted.sort_unstable();
        if sorted != (0..shape.rank()).collect::<Vec<_>>() {
            return Err(Fault::of("shape.mismatch")
                .with("expected", format!("an order of the axes of {shape}"))
                .with("found", format!("{:?}", self.order)));
        }
        Ok((inputs[0].dtype, self.order.iter().map(|axis| shape[*axis]).collect()))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![Some(derivative.upstream().transpose(&inverse(&self.order)))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let from = strides(&inputs[0].value.shape);
        let strides: Vec<usize> = self.order.iter().map(|axis| from[*axis]).collect();
        Ok(inputs[0].value.strided(&run.sizes(), &strides))
    }
}

/// The order that undoes an order of axes.
pub(super) fn inverse(order: &[usize]) -> Vec<usize> {
    let mut inverse = vec![0; order.len()];
    for (to, from) in order.iter().enumerate() {
        inverse[*from] = to;
    }
    inverse
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, check_gradient, evaluate, fault, fixed};
    use crate::{Array, gradients};

    #[test]
    fn values() {
        let table = [array(Array::i32(&[2, 3], vec![0, 1, 2, 3, 4, 5]))];
        let found = evaluate::<f32>(&table, |x| x[0].matrix_transpose());
        assert_eq!(found, Array::i32(&[3, 2], vec![0, 3, 1, 4, 2, 5]));
        // np.arange(24).reshape(2, 3, 4).transpose(order).ravel()
        let block = [array(Array::i32(&[2, 3, 4], (0..24).collect()))];
        let cases: [(&[usize], &[usize], &[i32]); 3] = [
            (
                &[2, 0, 1],
                &[4, 2, 3],
                &[
                    0, 4, 8, 12, 16, 20, 1, 5, 9, 13, 17, 21, 2, 6, 10, 14, 18, 22, 3, 7, 11, 15,
                    19, 23,
                ],
            ),
            (
                &[1, 0, 2],
                &[3, 2, 4],
                &[
                    0, 1, 2, 3, 12, 13, 14, 15, 4, 5, 6, 7, 16, 17, 18, 19, 8, 9, 10, 11, 20, 21,
                    22, 23,
                ],
            ),
            (
                &[2, 1, 0],
                &[4, 3, 2],
                &[
                    0, 12, 4, 16, 8, 20, 1, 13, 5, 17, 9, 21, 2, 14, 6, 18, 10, 22, 3, 15, 7, 19,
                    11, 23,
                ],
            ),
        ];
        for (order, sizes, expected) in cases {
            let found = evaluate::<f32>(&block, |x| x[0].transpose(order));
            assert_eq!(found, Array::i32(sizes, expected.to_vec()));
        }
        let empty = [batch(&[0, 3], &[])];
        let found = evaluate::<f32>(&empty, |x| x[0].matrix_transpose());
        assert_eq!(found, Array::f32(&[3, 0], vec![]));
    }

    #[test]
    fn gradients_agree_with_differences() {
        let values: Vec<f64> = (0..12).map(|at| f64::from(at).sin()).collect();
        check_gradient(&[batch(&[2, 3, 2], &values), fixed(&[2, 2], &values[..4])], |x| {
            let turned = x[0].transpose(&[1, 2, 0]);
            turned * turned
        });
        check_gradient(&[fixed(&[3, 4], &values)], |x| {
            let turned = x[0].matrix_transpose();
            gradients((turned * turned * turned).sum_all(), &[x[0]])[0]
        });
    }

    #[test]
    fn an_order_that_is_none_is_a_fault() {
        let table = [fixed(&[2, 1], &[1.0, 2.0])];
        assert_eq!(fault(&table, |x| x[0].transpose(&[0, 0])), "shape.mismatch");
        assert_eq!(fault(&table, |x| x[0].transpose(&[0])), "shape.mismatch");
        assert_eq!(fault(&[fixed(&[2], &[1.0, 2.0])], |x| x[0].matrix_transpose()), "shape.rank");
    }
}
