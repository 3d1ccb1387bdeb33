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
        let mut back = vec![0; self.order.len()];
        for (to, from) in self.order.iter().enumerate() {
            back[*from] = to;
        }
        vec![Some(derivative.upstream().transpose(&back))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let from = strides(&inputs[0].value.shape);
        let strides: Vec<usize> = self.order.iter().map(|axis| from[*axis]).collect();
        Ok(inputs[0].value.strided(&run.sizes(), &strides))
    }
}
