//! The integers 0, 1, 2, … as a vector. No inputs, so no gradient.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Graph, Op, Result, Shape, Tensor};

/// The integers from 0 up to a length.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Iota {
    /// How many.
    pub length: usize,
}

impl Graph {
    /// The integers `0, 1, …, length − 1`.
    #[track_caller]
    pub fn iota(&self, length: usize) -> Tensor<'_> {
        self.push(Op::Iota(Iota { length }), &[])
    }
}

impl Primitive for Iota {
    fn name(&self) -> &'static str {
        "iota"
    }

    fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
        Ok((DType::I32, Shape::from([self.length].as_slice())))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        Vec::new()
    }

    fn evaluate<T: Precise>(&self, _: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        Ok(Value::i32(&run.sizes(), (0..self.length).map(|index| index as i32).collect()))
    }
}
