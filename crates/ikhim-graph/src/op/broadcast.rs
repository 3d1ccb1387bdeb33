//! Repetition along axes, by the rule of NumPy: axes are aligned from the
//! right, a size of 1 repeats, a missing axis counts as 1.
//!
//! Slope: the derivative summed over the repeated axes.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::{Derivative, sum_to};
use crate::value::{Precise, Value, strides};
use crate::{DType, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Repetition along axes of size 1.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Broadcast {
    /// The sizes to reach.
    pub shape: Shape,
}

impl<'g> Tensor<'g> {
    /// The value repeated to a larger shape.
    #[track_caller]
    pub fn broadcast_to(self, shape: &Shape) -> Tensor<'g> {
        if self.node().is_none() || self.shape() == *shape {
            return self;
        }
        self.then(Op::Broadcast(Broadcast { shape: shape.clone() }))
    }

    /// Both values repeated to their common shape.
    #[track_caller]
    pub(crate) fn broadcast_with(
        self,
        other: Tensor<'g>,
        name: &'static str,
    ) -> (Tensor<'g>, Tensor<'g>) {
        if self.node().is_none() || other.node().is_none() {
            return (self, other);
        }
        let (left, right) = (self.shape(), other.shape());
        match left.broadcast(&right) {
            Some(shape) => (self.broadcast_to(&shape), other.broadcast_to(&shape)),
            None => {
                let fault = Fault::of("shape.unequal")
                    .with("op", name)
                    .with("expected", left)
                    .with("found", right);
                let faulty = self.graph().fail(fault);
                (faulty, faulty)
            }
        }
    }
}

impl Primitive for Broadcast {
    fn name(&self) -> &'static str {
        "broadcast"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        if inputs[0].shape.broadcast(&self.shape).as_ref() == Some(&self.shape) {
            return Ok((inputs[0].dtype, self.shape.clone()));
        }
        Err(Fault::of("shape.unequal")
            .with("op", "broadcast")
            .with("expected", &self.shape)
            .with("found", inputs[0].shape))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![Some(sum_to(derivative.upstream(), &derivative.inputs[0].shape()))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let (from, to) = (&inputs[0].value.shape, run.sizes());
        let repeated = |axis: &usize| from[*axis] == 1;
        let own = strides(from).into_iter().enumerate();
        let own = own.map(|(axis, stride)| if repeated(&axis) { 0 } else { stride });
        let strides: Vec<usize> = vec![0; to.len() - from.len()].into_iter().chain(own).collect();
        Ok(inputs[0].value.strided(&to, &strides))
    }
}
