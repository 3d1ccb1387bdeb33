//! Values added into an axis at their indices, the transpose of a
//! [`Gather`](super::Gather): `y[a…, s, b…] = Σ x[a…, i…, b…]` over all `i…` with
//! `I[i…] = s`, and 0 where no index is `s`.
//!
//! The additions into an element start from 0 and follow the row-major order of
//! the indices. Slope: the derivative gathered at the indices.

use super::gather::checked;
use super::{Argument, Operand, Primitive, Run, rule};
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

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("scatter_add", &inputs[..1])?;
        rule::of_type("scatter_add", &inputs[1..], DType::I32)?;
        let (values, indices) = (inputs[0].shape, inputs[1].shape);
        let end = self.axis + indices.rank();
        if end > values.rank() {
            return Err(axis_fault(self.axis as isize, values));
        }
        if values[self.axis..end] != indices[..] {
            return Err(Fault::of("shape.unequal")
                .with("op", "scatter_add")
                .with("expected", indices)
                .with("found", Shape::from(&values[self.axis..end])));
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
        let mut sums = vec![T::from_f64(0.0); outer * size * inner];
        for block in 0..outer {
            for (place, entry) in entries.iter().enumerate() {
                let from = (block * entries.len() + place) * inner;
                let to = (block * size + entry) * inner;
                for (sum, value) in sums[to..to + inner].iter_mut().zip(&values[from..]) {
                    *sum = *sum + *value;
                }
            }
        }
        Ok(Value::real(&sizes, sums))
    }
}
