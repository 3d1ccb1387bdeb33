//! The largest and the smallest element over axes, which leave the shape; −∞
//! and ∞ over no elements. A NaN among the elements is the result.
//!
//! Slope: the derivative shared evenly among the elements that are the
//! extremum, 0 for the others.

use super::groups::{Groups, remaining, restore};
use super::{Argument, Operand, Primitive, Run, form, rule};
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

/// The rules of both: the extremum of two numbers has the op's name too.
macro_rules! extremum {
    ($op:ident, $name:ident, $identity:expr) => {
        impl Primitive for $op {
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn equation(&self, inputs: &[&str]) -> String {
                form::over(stringify!($name), inputs, &self.axes)
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::reals(stringify!($name), inputs)?;
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
                let extrema = groups.reduce(inputs[0].value.reals(), $identity, |x, y| x.$name(y));
                Ok(Value::real(&run.sizes(), extrema))
            }
        }
    };
}

extremum!(Max, max, -T::INFINITY);
extremum!(Min, min, T::INFINITY);

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, batch, check_gradient, evaluate, fixed, slopes};
    use crate::{Array, gradients};

    const TABLE: [f64; 6] = [0.5, -1.0, 2.0, 3.0, 0.25, -4.0];
    const NAN: f64 = f64::NAN;

    #[test]
    fn values() {
        let table = [fixed(&[2, 3], &TABLE)];
        assert_eq!(evaluate::<f32>(&table, |x| x[0].max(&[0])).to_f64(), [3.0, 0.25, 2.0]);
        assert_eq!(evaluate::<f32>(&table, |x| x[0].min(&[0])).to_f64(), [0.5, -1.0, -4.0]);
        assert_eq!(evaluate::<f32>(&table, |x| x[0].max(&[-1])).to_f64(), [2.0, 3.0]);
        assert_eq!(evaluate::<f32>(&table, |x| x[0].max_all()), Array::scalar(3.0));
        assert_eq!(evaluate::<f32>(&table, |x| x[0].min_all()), Array::scalar(-4.0));
        let rows: Vec<f64> = (0..100).map(|at| f64::from((at * 37) % 100)).collect();
        let found = evaluate::<f32>(&[batch(&[100], &rows)], |x| x[0].max_all());
        assert_eq!(found, Array::scalar(99.0));
    }

    #[test]
    fn of_nothing_and_of_nan() {
        let nothing = [fixed(&[0], &[])];
        assert_eq!(evaluate::<f32>(&nothing, |x| x[0].max_all()), Array::scalar(-f32::INFINITY));
        assert_eq!(evaluate::<f32>(&nothing, |x| x[0].min_all()), Array::scalar(f32::INFINITY));
        let table = [fixed(&[3, 2], &[NAN, 1.0, 2.0, NAN, 5.0, 6.0])];
        let found = evaluate::<f32>(&table, |x| x[0].max(&[1])).to_f64();
        assert_close(&found, &[NAN, NAN, 6.0], 0.0);
        let found = evaluate::<f32>(&table, |x| x[0].min(&[1])).to_f64();
        assert_close(&found, &[NAN, NAN, 5.0], 0.0);
    }

    #[test]
    fn gradients_agree_with_differences() {
        for table in [[fixed(&[2, 3], &TABLE)], [batch(&[2, 3], &TABLE)]] {
            check_gradient(&table, |x| x[0].max(&[0]));
            check_gradient(&table, |x| x[0].min(&[-1]) * x[0].max_all());
            check_gradient(&table, |x| {
                // The derivative of a square: a second derivative.
                gradients((x[0].max(&[1]) * x[0].max(&[1])).sum_all(), &[x[0]])[0]
            });
        }
    }

    #[test]
    fn ties_share_the_slope() {
        let table = [fixed(&[2, 4], &[1.0, 3.0, 3.0, 2.0, 5.0, 5.0, 5.0, 5.0])];
        let found = slopes::<f64>(&table, |x| x[0].max(&[1]));
        assert_eq!(found, [[0.0, 0.5, 0.5, 0.0, 0.25, 0.25, 0.25, 0.25]]);
        let found = slopes::<f64>(&table, |x| x[0].min_all());
        assert_eq!(found, [[1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]]);
    }
}
