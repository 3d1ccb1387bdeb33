//! Sum over axes, which leave the shape.
//!
//! The order of additions is part of the numeric contract. Without the batch
//! axis among the summed ones: the summed elements in row-major order go to 16
//! lanes in turn, and the lanes are joined by a fixed tree. With it: each row is
//! first summed over the other axes by that rule, the rows of a leaf are added
//! in ascending order, and the leaves are joined pairwise.
//!
//! Slope: the derivative is repeated along the summed axes.

use super::groups::{Groups, remaining, restore};
use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::shape::N;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};

/// Sum over axes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Sum {
    /// The summed axes, ascending.
    pub axes: Vec<usize>,
}

impl<'g> Tensor<'g> {
    /// The sum over the given axes, counted from the end when negative; they
    /// leave the shape.
    #[track_caller]
    pub fn sum(self, axes: &[isize]) -> Tensor<'g> {
        match self.resolve_axes(axes) {
            Some(axes) => self.sum_over(&axes),
            None => Tensor::faulty(self.graph()),
        }
    }

    /// The sum of all elements.
    #[track_caller]
    pub fn sum_all(self) -> Tensor<'g> {
        self.sum_over(&(0..self.rank()).collect::<Vec<_>>())
    }

    /// The mean over the given axes, `Σx / count`.
    #[track_caller]
    pub fn mean(self, axes: &[isize]) -> Tensor<'g> {
        let Some(axes) = self.resolve_axes(axes) else { return Tensor::faulty(self.graph()) };
        self.sum_over(&axes) / self.count_over(&axes)
    }

    /// The mean of all elements.
    #[track_caller]
    pub fn mean_all(self) -> Tensor<'g> {
        let axes: Vec<usize> = (0..self.rank()).collect();
        self.sum_over(&axes) / self.count_over(&axes)
    }

    #[track_caller]
    pub(crate) fn sum_over(self, axes: &[usize]) -> Tensor<'g> {
        if axes.is_empty() { self } else { self.then(Op::Sum(Sum { axes: axes.to_vec() })) }
    }

    /// The number of elements along axes, as a real number.
    #[track_caller]
    pub(crate) fn count_over(self, axes: &[usize]) -> Tensor<'g> {
        let shape = self.shape();
        let over: Shape = axes.iter().filter_map(|axis| shape.get(*axis).copied()).collect();
        match over.elements() {
            Dim::Fixed(count) => self.number(count as f64),
            N => self.graph().row_count(),
            Dim::Batch(multiple) => self.graph().row_count() * multiple as f64,
        }
    }
}

impl Primitive for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("sum", inputs)?;
        Ok((DType::F32, remaining(inputs[0].shape, &self.axes)?))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let input = derivative.inputs[0];
        vec![Some(restore(derivative.upstream(), &self.axes, &input.shape()))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let groups = Groups::new(inputs[0].shape, &self.axes, run.rows);
        let sums = groups.reduce(inputs[0].value.reals(), T::from_f64(0.0), |x, y| x + y);
        Ok(Value::real(&run.sizes(), sums))
    }
}
