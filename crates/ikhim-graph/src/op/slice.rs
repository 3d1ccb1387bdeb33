//! Every `step`-th entry of a part of one axis: entry `i` of the result is entry
//! `start + i·step` of the input, for tensors of any type.
//!
//! Slope: the derivative put back between zeros, a [`Pad`](super::Pad).

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;
use std::ops::Range;

/// A part of one axis.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Slice {
    /// The axis.
    pub axis: usize,
    /// Its first entry.
    pub start: usize,
    /// The entry after the last that may be taken.
    pub end: usize,
    /// The distance between neighbors, at least 1.
    pub step: usize,
}

impl<'g> Tensor<'g> {
    /// The entries `range` of an axis, which stays; the batch axis cannot be
    /// cut.
    #[track_caller]
    pub fn slice(self, axis: isize, range: Range<usize>) -> Tensor<'g> {
        self.slice_step(axis, range, 1)
    }

    /// Every `step`-th of the entries `range` of an axis.
    #[track_caller]
    pub fn slice_step(self, axis: isize, range: Range<usize>, step: usize) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        let Some(axis) = resolve_axis(axis, shape.rank()) else {
            return self.graph().fail(axis_fault(axis, &shape));
        };
        if range == (0..self.size_or_zero(axis)) && step == 1 && !shape[axis].is_batch() {
            return self;
        }
        self.then(Op::Slice(Slice { axis, start: range.start, end: range.end, step }))
    }

    /// The size of a fixed axis, and 0 for the batch axis.
    fn size_or_zero(self, axis: usize) -> usize {
        match self.shape()[axis] {
            Dim::Fixed(size) => size,
            Dim::Batch(_) => 0,
        }
    }
}

impl Primitive for Slice {
    fn name(&self) -> &'static str {
        "slice"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        let axes_before = ":, ".repeat(self.axis);
        let step = if self.step == 1 { String::new() } else { format!(":{}", self.step) };
        format!("{}[{axes_before}{}:{}{step}]", inputs.join(", "), self.start, self.end)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let shape = inputs[0].shape;
        let Some(Dim::Fixed(size)) = shape.get(self.axis).copied() else {
            return Err(axis_fault(self.axis as isize, shape));
        };
        if self.start > self.end || self.end > size || self.step == 0 {
            return Err(Fault::of("shape.mismatch")
                .with("expected", format!("a part of axis {} of {shape}", self.axis))
                .with("found", format!("{}..{} by {}", self.start, self.end, self.step)));
        }
        let count = (self.end - self.start).div_ceil(self.step);
        Ok((inputs[0].dtype, shape.replace(self.axis, Dim::Fixed(count))))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let size = derivative.inputs[0].size_or_zero(self.axis);
        let count = (self.end - self.start).div_ceil(self.step);
        let covered = if count == 0 { 0 } else { (count - 1) * self.step + 1 };
        let high = size - self.start - covered;
        let slope = derivative.upstream();
        vec![Some(slope.pad_with(self.axis, self.start, high, self.step - 1))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let value = inputs[0].value;
        let size = value.shape[self.axis];
        let outer: usize = value.shape[..self.axis].iter().product();
        let inner: usize = value.shape[self.axis + 1..].iter().product();
        let whole = self.step == 1;
        let width = if whole { self.end - self.start } else { 1 };
        let parts = (0..outer).flat_map(|block| {
            (self.start..self.end).step_by(if whole { width.max(1) } else { self.step }).map(
                move |entry| {
                    let from = (block * size + entry) * inner;
                    (0, from..from + width * inner)
                },
            )
        });
        Ok(Value::joined(&[value], &run.sizes(), parts))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, gradients};

    const TABLE: [f64; 10] = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0];

    #[test]
    fn values() {
        let table = [fixed(&[2, 5], &TABLE)];
        let found = evaluate::<f32>(&table, |x| x[0].slice(1, 1..4));
        assert_eq!(found, Array::f32(&[2, 3], vec![1.0, 2.0, 3.0, 6.0, 7.0, 8.0]));
        let found = evaluate::<f32>(&table, |x| x[0].slice_step(-1, 1..5, 2));
        assert_eq!(found, Array::f32(&[2, 2], vec![1.0, 3.0, 6.0, 8.0]));
        let found = evaluate::<f32>(&table, |x| x[0].slice_step(1, 0..5, 4));
        assert_eq!(found, Array::f32(&[2, 2], vec![0.0, 4.0, 5.0, 9.0]));
        let found = evaluate::<f32>(&table, |x| x[0].slice(0, 1..2));
        assert_eq!(found, Array::f32(&[1, 5], vec![5.0, 6.0, 7.0, 8.0, 9.0]));
        let found = evaluate::<f32>(&table, |x| x[0].slice(1, 3..3));
        assert_eq!(found, Array::f32(&[2, 0], vec![]));
        let truths = [array(Array::bool(&[3], vec![true, false, true]))];
        let found = evaluate::<f32>(&truths, |x| x[0].slice(0, 1..3));
        assert_eq!(found, Array::bool(&[2], vec![false, true]));
    }

    #[test]
    fn the_slope_stands_between_zeros() {
        let found = slopes::<f64>(&[fixed(&[2, 5], &TABLE)], |x| x[0].slice_step(1, 1..5, 2));
        assert_eq!(found, [[0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0]]);
        let found = slopes::<f64>(&[fixed(&[5], &TABLE[..5])], |x| x[0].slice(0, 2..2) * 3.0);
        assert_eq!(found, [[0.0; 5]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        for table in [[fixed(&[2, 5], &TABLE)], [batch(&[2, 5], &TABLE)]] {
            check_gradient(&table, |x| x[0].slice(1, 0..3) * x[0].slice(1, 2..5));
            check_gradient(&table, |x| {
                let part = x[0].slice_step(1, 0..4, 3);
                gradients((part * part * part).sum_all(), &[x[0]])[0]
            });
        }
    }

    #[test]
    fn parts_that_are_not_there_are_faults() {
        let table = [fixed(&[2, 5], &TABLE)];
        assert_eq!(fault(&table, |x| x[0].slice(1, 2..6)), "shape.mismatch");
        #[allow(clippy::reversed_empty_ranges)] // The fault under test.
        let reversed = fault(&table, |x| x[0].slice(1, 3..2));
        assert_eq!(reversed, "shape.mismatch");
        assert_eq!(fault(&table, |x| x[0].slice_step(1, 0..5, 0)), "shape.mismatch");
        assert_eq!(fault(&table, |x| x[0].slice(2, 0..1)), "shape.axis");
        assert_eq!(fault(&[batch(&[2, 5], &TABLE)], |x| x[0].slice(0, 0..1)), "shape.axis");
    }
}
