//! The largest and the smallest element over axes, which leave the shape; −∞
//! and ∞ over no elements. A NaN among the elements is the result.
//!
//! Slope: the derivative shared evenly among the elements that are the
//! extremum, 0 for the others.

use super::groups::{Groups, remaining, restore};
use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// The largest element over axes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Max {
    /// The axes, ascending.
    pub axes: Vec<usize>,
}

/// The smallest element over axes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Min {
    /// The axes, ascending.
    pub axes: Vec<usize>,
}

impl<'g> Tensor<'g> {
    /// The largest element over the given axes, counted from the end when
    /// negative; they leave the shape.
    #[track_caller]
    pub fn max(self, axes: &[isize]) -> Tensor<'g> {
        match self.resolve_axes(axes) {
            Some(axes) if axes.is_empty() => self,
            Some(axes) => self.then(Op::Max(Max { axes })),
            None => Tensor::faulty(self.graph()),
        }
    }

    /// The largest of all elements.
    #[track_caller]
    pub fn max_all(self) -> Tensor<'g> {
        self.max(&(0..self.rank() as isize).collect::<Vec<_>>())
    }

    /// The smallest element over the given axes, counted from the end when
    /// negative; they leave the shape.
    #[track_caller]
    pub fn min(self, axes: &[isize]) -> Tensor<'g> {
        match self.resolve_axes(axes) {
            Some(axes) if axes.is_empty() => self,
            Some(axes) => self.then(Op::Min(Min { axes })),
            None => Tensor::faulty(self.graph()),
        }
    }

    /// The smallest of all elements.
    #[track_caller]
    pub fn min_all(self) -> Tensor<'g> {
        self.min(&(0..self.rank() as isize).collect::<Vec<_>>())
    }
}

/// The rules of both, with where they start and whether a second element takes
/// the place of a first.
macro_rules! extremum {
    ($op:ident, $name:literal, $identity:expr, |$first:ident, $second:ident| $better:expr) => {
        impl Primitive for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::reals($name, inputs)?;
                Ok((DType::F32, remaining(inputs[0].shape, &self.axes)?))
            }

            fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                let input = derivative.inputs[0];
                let shape = input.shape();
                let extremum = restore(derivative.output(), &self.axes, &shape);
                let chosen = input.equal(extremum).cast(DType::F32);
                let share = derivative.upstream() / chosen.sum_over(&self.axes);
                vec![Some(chosen * restore(share, &self.axes, &shape))]
            }

            fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let groups = Groups::new(inputs[0].shape, &self.axes, run.rows);
                let identity = T::from_f64($identity);
                let extrema = groups.reduce(inputs[0].value.reals(), identity, |$first, $second| {
                    if $better || $second != $second { $second } else { $first }
                });
                Ok(Value::real(&run.sizes(), extrema))
            }
        }
    };
}

extremum!(Max, "max", f64::NEG_INFINITY, |first, second| second > first);
extremum!(Min, "min", f64::INFINITY, |first, second| second < first);
