//! Values added into an axis at their indices, the transpose of a
//! [`Gather`](super::Gather): `y[a…, s, b…] = Σ x[a…, i…, b…]` over all `i…` with
//! `I[i…] = s`, and 0 where no index is `s`.
//!
//! The additions into an element start from 0 and follow the row-major order of
//! the indices. Slope: the derivative gathered at the indices.

use super::gather::checked;
use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::tensor::axis_fault;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Values added into an axis at their indices.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct ScatterAdd {
    /// The axis of the result that the indices count.
    pub axis: usize,
    /// The size of that axis.
    pub size: Dim,
}

impl<'g> Tensor<'g> {
    /// Values added into an axis of `size` entries at integer indices. The axes
    /// of the indices stand in the values from `axis` on, and leave the result.
    #[track_caller]
    pub fn scatter_add(self, indices: Tensor<'g>, axis: usize, size: Dim) -> Tensor<'g> {
        self.graph().push(Op::ScatterAdd(ScatterAdd { axis, size }), &[self, indices])
    }
}

impl Primitive for ScatterAdd {
    fn name(&self) -> &'static str {
        "scatter_add"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::over("scatter_add", inputs, &[self.axis])
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("scatter_add", &inputs[..1])?;
        rule::of_type("scatter_add", &inputs[1..], DType::I32)?;
        let (values, indices) = (inputs[0].shape, inputs[1].shape);
        let end = self.axis.saturating_add(indices.rank());
        let Some(place) = values.get(self.axis..end) else {
            return Err(axis_fault(self.axis as isize, values));
        };
        if *place != indices[..] {
            return Err(Fault::of("shape.unequal")
                .with("op", "scatter_add")
                .with("expected", indices)
                .with("found", Shape::from(place)));
        }
        let (before, after) = (&values[..self.axis], &values[end..]);
        let shape: Shape = before.iter().chain([&self.size]).chain(after).copied().collect();
        rule::one_batch_axis(&shape)?;
        Ok((DType::F32, shape))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let indices = derivative.inputs[1];
        vec![Some(derivative.upstream().gather(indices, self.axis as isize)), None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let size = sizes[self.axis];
        let values = inputs[0].value.reals();
        let entries = checked(inputs[1].value.integers(), size)?;
        let outer: usize = sizes[..self.axis].iter().product();
        let inner: usize = sizes[self.axis + 1..].iter().product();
        let mut sums = vec![T::ZERO; outer * size * inner];
        for block in 0..outer {
            for (place, entry) in entries.iter().enumerate() {
                let from = (block * entries.len() + place) * inner;
                let to = (block * size + entry) * inner;
                for (sum, value) in sums[to..to + inner].iter_mut().zip(&values[from..]) {
                    *sum += *value;
                }
            }
        }
        Ok(Value::real(&sizes, sums))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, batch_array, check_gradient, evaluate, fault, fixed};
    use crate::{Array, Dim, gradients};

    #[test]
    fn values() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let inputs = [fixed(&[3, 2], &values), array(Array::i32(&[3], vec![2, 0, 2]))];
        let found = evaluate::<f32>(&inputs, |x| x[0].scatter_add(x[1], 0, Dim::Fixed(4)));
        let expected = vec![3.0, 4.0, 0.0, 0.0, 6.0, 8.0, 0.0, 0.0];
        assert_eq!(found, Array::f32(&[4, 2], expected));
        let inputs = [fixed(&[2, 3], &values), array(Array::i32(&[3], vec![1, 1, 0]))];
        let found = evaluate::<f32>(&inputs, |x| x[0].scatter_add(x[1], 1, Dim::Fixed(2)));
        assert_eq!(found, Array::f32(&[2, 2], vec![3.0, 3.0, 6.0, 9.0]));
    }

    #[test]
    fn adds_in_order() {
        // 2²⁴ swallows a 1 that comes after it, and not the 2 of two ones.
        let indices = array(Array::i32(&[3], vec![0, 0, 0]));
        let sum = |values: &[f64]| {
            let inputs = [fixed(&[3], values), indices.clone()];
            evaluate::<f32>(&inputs, |x| x[0].scatter_add(x[1], 0, Dim::Fixed(1))).to_f64()
        };
        assert_eq!(sum(&[16_777_216.0, 1.0, 1.0]), [16_777_216.0]);
        assert_eq!(sum(&[1.0, 1.0, 16_777_216.0]), [16_777_218.0]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let values = [0.5, -1.0, 2.0, 3.0, 0.25, -4.0];
        let inputs = [batch(&[3, 2], &values), batch_array(Array::i32(&[3], vec![2, 0, 2]))];
        check_gradient(&inputs, |x| {
            let sums = x[0].scatter_add(x[1], 0, Dim::Fixed(4));
            sums * sums
        });
        check_gradient(&inputs, |x| {
            let sums = x[0].scatter_add(x[1], 0, Dim::Fixed(3));
            gradients((sums * sums * sums).sum_all(), &[x[0]])[0]
        });
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let inputs = [fixed(&[2, 2], &[0.0; 4]), array(Array::i32(&[3], vec![0; 3]))];
        let unequal = fault(&inputs, |x| x[0].scatter_add(x[1], 0, Dim::Fixed(4)));
        assert_eq!(unequal, "shape.unequal");
        let outside = fault(&inputs, |x| x[0].scatter_add(x[1], 2, Dim::Fixed(4)));
        assert_eq!(outside, "shape.axis");
    }
}
