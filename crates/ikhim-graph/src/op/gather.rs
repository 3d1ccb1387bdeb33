//! Entries of one axis by their indices: with a table `T` and indices `I`,
//! `y[a…, i…, b…] = T[a…, I[i…], b…]`, where `a…` are the axes before the
//! gathered one and `b…` those after it. Every index is checked: one outside of
//! the axis is an error.
//!
//! Slope: each derivative added to the entry it came from, a
//! [`ScatterAdd`](super::ScatterAdd).

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Entries of one axis by their indices.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Gather {
    /// The axis of the table that the indices count.
    pub axis: usize,
}

impl<'g> Tensor<'g> {
    /// The entries of an axis at integer indices of any shape, which stands in
    /// place of the axis: `[words, width]` gathered by `[N, length]` along axis
    /// 0 is `[N, length, width]`.
    #[track_caller]
    pub fn gather(self, indices: Tensor<'g>, axis: isize) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()) {
            Some(axis) => self.graph().push(Op::Gather(Gather { axis }), &[self, indices]),
            None => self.graph().fail(axis_fault(axis, &shape)),
        }
    }
}

impl Primitive for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::of_type("gather", &inputs[1..], DType::I32)?;
        let (table, indices) = (inputs[0].shape, inputs[1].shape);
        if self.axis >= table.rank() {
            return Err(axis_fault(self.axis as isize, table));
        }
        let (before, after) = (&table[..self.axis], &table[self.axis + 1..]);
        let shape: Shape = before.iter().chain(indices.iter()).chain(after).copied().collect();
        rule::one_batch_axis(&shape)?;
        Ok((inputs[0].dtype, shape))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (table, indices) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        vec![Some(slope.scatter_add(indices, self.axis, table.shape()[self.axis])), None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let table = inputs[0].value;
        let size = table.shape[self.axis];
        let entries = checked(inputs[1].value.integers(), size)?;
        let outer: usize = table.shape[..self.axis].iter().product();
        let inner: usize = table.shape[self.axis + 1..].iter().product();
        let parts = (0..outer).flat_map(|block| {
            entries.iter().map(move |entry| {
                let from = (block * size + entry) * inner;
                (0, from..from + inner)
            })
        });
        Ok(Value::joined(&[table], &run.sizes(), parts))
    }
}

/// Indices that are known to lie inside of an axis.
pub(super) fn checked(indices: &[i32], size: usize) -> Result<Vec<usize>> {
    let check = |index: &i32| match usize::try_from(*index) {
        Ok(entry) if entry < size => Ok(entry),
        _ => Err(Fault::of("train.index_out_of_range")
            .with("expected", size)
            .with("found", index)),
    };
    indices.iter().map(check).collect()
}
