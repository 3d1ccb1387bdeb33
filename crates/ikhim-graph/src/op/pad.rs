//! Zeros before, after and between the entries of one axis: entry `i` of the
//! input is entry `low + i·(interior + 1)` of the result, for tensors of any
//! type.
//!
//! Slope: the derivative at the entries that are not padding, a
//! [`Slice`](super::Slice).

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Buffer, Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};

/// Zeros along one axis.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Pad {
    /// The axis.
    pub axis: usize,
    /// Zeros before the first entry.
    pub low: usize,
    /// Zeros after the last entry.
    pub high: usize,
    /// Zeros between neighbors.
    pub interior: usize,
}

impl<'g> Tensor<'g> {
    /// Zeros before and after the entries of an axis, which is not the batch
    /// axis.
    #[track_caller]
    pub fn pad(self, axis: isize, low: usize, high: usize) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()) {
            Some(axis) => self.pad_with(axis, low, high, 0),
            None => self.graph().fail(axis_fault(axis, &shape)),
        }
    }

    /// Zeros before, after and between the entries of an axis.
    #[track_caller]
    pub(crate) fn pad_with(
        self,
        axis: usize,
        low: usize,
        high: usize,
        interior: usize,
    ) -> Tensor<'g> {
        self.then(Op::Pad(Pad { axis, low, high, interior }))
    }
}

impl Pad {
    /// The size of the axis after padding `size` entries.
    fn padded(&self, size: usize) -> usize {
        self.low + size + self.interior * size.saturating_sub(1) + self.high
    }
}

impl Primitive for Pad {
    fn name(&self) -> &'static str {
        "pad"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let shape = inputs[0].shape;
        match shape.get(self.axis).copied() {
            Some(Dim::Fixed(size)) => {
                Ok((inputs[0].dtype, shape.replace(self.axis, Dim::Fixed(self.padded(size)))))
            }
            _ => Err(axis_fault(self.axis as isize, shape)),
        }
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let slope = derivative.upstream();
        let end = slope.dim(self.axis as isize) - self.high;
        vec![Some(slope.slice_step(self.axis as isize, self.low..end, self.interior + 1))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let value = inputs[0].value;
        let buffer = match &value.buffer {
            Buffer::Real(values) => Buffer::Real(self.spread(values, T::from_f64(0.0), value)),
            Buffer::I32(values) => Buffer::I32(self.spread(values, 0, value)),
            Buffer::Bool(values) => Buffer::Bool(self.spread(values, false, value)),
        };
        Ok(Value { shape: run.sizes(), buffer })
    }
}

impl Pad {
    fn spread<E: Copy, T>(&self, values: &[E], zero: E, value: &Value<T>) -> Vec<E> {
        let size = value.shape[self.axis];
        let outer: usize = value.shape[..self.axis].iter().product();
        let inner: usize = value.shape[self.axis + 1..].iter().product();
        let padded = self.padded(size);
        let mut spread = vec![zero; outer * padded * inner];
        for block in 0..outer {
            for entry in 0..size {
                let from = (block * size + entry) * inner;
                let to = (block * padded + self.low + entry * (self.interior + 1)) * inner;
                spread[to..to + inner].copy_from_slice(&values[from..from + inner]);
            }
        }
        spread
    }
}
