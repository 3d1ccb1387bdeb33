//! Sum over axes, which leave the shape.
//!
//! The order of additions is part of the numeric contract. Without the batch
//! axis among the summed ones: the summed elements in row-major order go to 16
//! lanes in turn, and the lanes are joined by a fixed tree. With it: each row is
//! first summed over the other axes by that rule, the rows of a leaf are added
//! in ascending order, and the leaves are joined pairwise.
//!
//! Slope: the derivative is repeated along the summed axes.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::shape::N;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value, strides, unravel};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_numeric::reduction::{join_leaves, sum_lanes, LEAF_ROWS};
use ikhim_text::Fault;

/// Sum over axes.
#[derive(Debug, Clone)]
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

    /// Axes counted from either end as ascending indices without repetition.
    #[track_caller]
    pub(crate) fn resolve_axes(self, axes: &[isize]) -> Option<Vec<usize>> {
        self.node()?;
        let shape = self.shape();
        let mut found = Vec::with_capacity(axes.len());
        for axis in axes {
            match resolve_axis(*axis, shape.rank()) {
                Some(index) => found.push(index),
                None => {
                    self.graph().fail(axis_fault(*axis, &shape));
                    return None;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
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
        let values = inputs[0].value.reals();
        let groups = Groups::new(inputs[0].shape, &self.axes, run.rows);
        let sums = groups.each(|group| match group.rows {
            None => sum_lanes((0..group.inner).map(|i| values[group.at(0, i)])),
            Some(rows) => {
                let row = |row| sum_lanes((0..group.inner).map(|i| values[group.at(row, i)]));
                let leaves = (0..rows).step_by(LEAF_ROWS * group.per_row).map(|start| {
                    let end = (start + LEAF_ROWS * group.per_row).min(rows);
                    (start + 1..end).fold(row(start), |sum, next| sum + row(next))
                });
                join_leaves(leaves.collect())
            }
        });
        Ok(Value::real(&run.sizes(), sums))
    }
}

/// The shape that is left when axes are reduced away.
pub(super) fn remaining(shape: &Shape, axes: &[usize]) -> Result<Shape> {
    match axes.iter().find(|axis| **axis >= shape.rank()) {
        Some(axis) => Err(Fault::of("shape.axis").with("axis", axis).with("found", shape)),
        None => Ok((0..shape.rank())
            .filter(|axis| !axes.contains(axis))
            .map(|axis| shape[axis])
            .collect()),
    }
}

/// A reduced value repeated along the axes that were reduced away.
#[track_caller]
pub(super) fn restore<'g>(reduced: Tensor<'g>, axes: &[usize], shape: &Shape) -> Tensor<'g> {
    let kept: Shape = (0..shape.rank())
        .map(|axis| if axes.contains(&axis) { Dim::Fixed(1) } else { shape[axis] })
        .collect();
    reduced.reshape(&kept).broadcast_to(shape)
}

/// The elements of a tensor grouped by the position on the axes that stay.
pub(super) struct Groups {
    kept: Vec<(usize, usize)>,
    inner: Vec<(usize, usize)>,
    batch: Option<(usize, usize, usize)>,
}

/// One group: where its elements are.
pub(super) struct Group<'a> {
    groups: &'a Groups,
    start: usize,
    /// Entries along the batch axis, when it is reduced.
    pub(super) rows: Option<usize>,
    /// Entries of the batch axis for each row of data.
    pub(super) per_row: usize,
    /// Elements of one entry of the batch axis over the other reduced axes; of
    /// the whole group when the batch axis stays.
    pub(super) inner: usize,
}

impl Groups {
    pub(super) fn new(shape: &Shape, axes: &[usize], rows: usize) -> Groups {
        let sizes = shape.sizes(rows);
        let strides = strides(&sizes);
        let mut groups = Groups { kept: Vec::new(), inner: Vec::new(), batch: None };
        for axis in 0..sizes.len() {
            let entry = (sizes[axis], strides[axis]);
            match shape[axis] {
                _ if !axes.contains(&axis) => groups.kept.push(entry),
                Dim::Batch(per_row) => groups.batch = Some((entry.0, entry.1, per_row)),
                Dim::Fixed(_) => groups.inner.push(entry),
            }
        }
        groups
    }

    /// Reduces each group, in row-major order of the axes that stay.
    pub(super) fn each<E>(&self, mut reduce: impl FnMut(&Group<'_>) -> E) -> Vec<E> {
        let count: usize = self.kept.iter().map(|(size, _)| size).product();
        let inner = self.inner.iter().map(|(size, _)| size).product();
        (0..count)
            .map(|index| {
                reduce(&Group {
                    groups: self,
                    start: offset(index, &self.kept),
                    rows: self.batch.map(|(rows, _, _)| rows),
                    per_row: self.batch.map_or(1, |(_, _, per_row)| per_row),
                    inner,
                })
            })
            .collect()
    }
}

impl Group<'_> {
    /// The index of an element: entry `row` of the batch axis (0 when it stays)
    /// and element `inner` over the other reduced axes.
    pub(super) fn at(&self, row: usize, inner: usize) -> usize {
        let stride = self.groups.batch.map_or(0, |(_, stride, _)| stride);
        self.start + row * stride + offset(inner, &self.groups.inner)
    }
}

/// The offset of a row-major index over axes of given sizes and strides.
fn offset(index: usize, axes: &[(usize, usize)]) -> usize {
    if let [(_, stride)] = axes {
        return index * stride;
    }
    let sizes: Vec<usize> = axes.iter().map(|(size, _)| *size).collect();
    unravel(index, &sizes).iter().zip(axes).map(|(position, (_, stride))| position * stride).sum()
}
