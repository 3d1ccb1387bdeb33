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
use ikhim_text::Fault;

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
    /// The size of the axis after padding `size` entries, when there is such a
    /// number.
    fn padded(&self, size: usize) -> Option<usize> {
        let between = self.interior.checked_mul(size.saturating_sub(1))?;
        self.low.checked_add(size)?.checked_add(between)?.checked_add(self.high)
    }
}

impl Primitive for Pad {
    fn name(&self) -> &'static str {
        "pad"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        let Pad { axis, low, high, interior } = self;
        let between = if *interior == 0 { String::new() } else { format!(", between={interior}") };
        format!("pad({}, axis={axis}, low={low}, high={high}{between})", inputs.join(", "))
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let shape = inputs[0].shape;
        let Some(Dim::Fixed(size)) = shape.get(self.axis).copied() else {
            return Err(axis_fault(self.axis as isize, shape));
        };
        match self.padded(size) {
            Some(padded) => Ok((inputs[0].dtype, shape.replace(self.axis, Dim::Fixed(padded)))),
            None => Err(Fault::of("shape.setting")
                .with("op", "pad")
                .with("setting", "low, high and interior")
                .with("expected", "an axis that can be counted")
                .with("found", format!("{}, {} and {}", self.low, self.high, self.interior))),
        }
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let slope = derivative.upstream();
        let end = slope.dim(self.axis as isize) - self.high;
        vec![Some(slope.slice_step(self.axis as isize, self.low..end, self.interior + 1))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let value = inputs[0].value;
        let shape = run.sizes();
        let buffer = match &value.buffer {
            Buffer::Real(values) => Buffer::Real(self.spread(values, T::ZERO, value, &shape)),
            Buffer::I32(values) => Buffer::I32(self.spread(values, 0, value, &shape)),
            Buffer::Bool(values) => Buffer::Bool(self.spread(values, false, value, &shape)),
        };
        Ok(Value { shape, buffer })
    }
}

impl Pad {
    fn spread<E: Copy, T>(&self, values: &[E], zero: E, value: &Value<T>, to: &[usize]) -> Vec<E> {
        let size = value.shape[self.axis];
        let outer: usize = value.shape[..self.axis].iter().product();
        let inner: usize = value.shape[self.axis + 1..].iter().product();
        let padded = to[self.axis];
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

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, check_gradient, evaluate, fault, fixed};
    use crate::{Array, gradients};

    #[test]
    fn values() {
        let table = [fixed(&[2, 2], &[1.0, 2.0, 3.0, 4.0])];
        let found = evaluate::<f32>(&table, |x| x[0].pad(1, 1, 2));
        let expected = vec![0.0, 1.0, 2.0, 0.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0];
        assert_eq!(found, Array::f32(&[2, 5], expected));
        let found = evaluate::<f32>(&table, |x| x[0].pad_with(0, 0, 1, 1));
        let expected = vec![1.0, 2.0, 0.0, 0.0, 3.0, 4.0, 0.0, 0.0];
        assert_eq!(found, Array::f32(&[4, 2], expected));
        let found = evaluate::<f32>(&[fixed(&[0], &[])], |x| x[0].pad_with(0, 1, 2, 5));
        assert_eq!(found, Array::f32(&[3], vec![0.0; 3]));
        let found = evaluate::<f32>(&[array(Array::i32(&[1], vec![7]))], |x| x[0].pad(0, 1, 0));
        assert_eq!(found, Array::i32(&[2], vec![0, 7]));
        let found = evaluate::<f32>(&[array(Array::bool(&[1], vec![true]))], |x| x[0].pad(0, 0, 1));
        assert_eq!(found, Array::bool(&[2], vec![true, false]));
    }

    #[test]
    fn gradients_agree_with_differences() {
        let table = [1.0, -2.0, 0.5, 4.0, 0.25, -1.5];
        for table in [[fixed(&[2, 3], &table)], [batch(&[2, 3], &table)]] {
            check_gradient(&table, |x| x[0].pad(-1, 2, 1) * x[0].pad(1, 1, 2));
            check_gradient(&table, |x| x[0].pad_with(1, 1, 0, 2));
            check_gradient(&table, |x| {
                let padded = x[0].pad(1, 1, 1);
                gradients((padded * padded * padded).sum_all(), &[x[0]])[0]
            });
        }
    }

    #[test]
    fn what_cannot_be_padded_is_a_fault() {
        let rows = [batch(&[2, 1], &[1.0, 2.0])];
        assert_eq!(fault(&rows, |x| x[0].pad(0, 1, 1)), "shape.axis");
        assert_eq!(fault(&rows, |x| x[0].pad(2, 1, 1)), "shape.axis");
        assert_eq!(fault(&rows, |x| x[0].pad(1, usize::MAX, 1)), "shape.setting");
    }
}
