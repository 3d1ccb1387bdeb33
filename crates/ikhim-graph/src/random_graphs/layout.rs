//! Operations that move elements, and products of matrices.

use super::builder::{Builder, Real, Step};
use crate::{Dim, Shape, Tensor};

pub(super) const STEPS: &[Step] = &[
    |b| {
        let x = b.any();
        let size = b.size();
        let mut dims = vec![Dim::Fixed(size)];
        dims.extend(x.tensor.shape().iter());
        b.keep(x.tensor.broadcast_to(&Shape::from(dims)), x.low, x.high);
    },
    |b| b.reshape(),
    |b| b.transpose(),
    |b| b.transpose(),
    |b| {
        let (x, axis, size) = b.with_fixed_axis();
        let start = b.draw.below(size);
        let end = start + 1 + b.draw.below(size - start);
        let step = 1 + b.draw.below(3);
        b.keep(x.tensor.slice_step(axis as isize, start..end, step), x.low, x.high);
    },
    |b| {
        let (x, axis, size) = b.with_fixed_axis();
        let start = b.draw.below(size);
        b.keep(x.tensor.slice(axis as isize, start..size), x.low, x.high);
    },
    |b| {
        let (x, axis, _) = b.with_fixed_axis();
        let (low, high) = (b.draw.below(3), b.draw.below(3));
        b.keep(x.tensor.pad(axis as isize, low, high), x.low.min(0.0), x.high.max(0.0));
    },
    |b| b.join(false),
    |b| b.join(true),
    |b| b.product(),
    |b| b.product(),
    |b| b.product_over_rows(),
    |b| b.batched_product(),
];

impl<'g> Builder<'g> {
    fn reshape(&mut self) {
        let x = self.any();
        let shape = x.tensor.shape();
        let axis = self.draw.below(shape.rank() + 1);
        let tensor = match self.draw.below(4) {
            0 => x.tensor.flatten(),
            1 => x.tensor.squeeze(&[]),
            2 => x.tensor.expand_dims(axis as isize),
            // All elements in one axis.
            _ => x.tensor.reshape(&[shape.elements()]),
        };
        self.keep(tensor, x.low, x.high);
    }

    fn transpose(&mut self) {
        let x = self.of_rank(2);
        let rank = x.tensor.rank();
        let tensor = if self.draw.percent(30) {
            x.tensor.matrix_transpose()
        } else {
            x.tensor.transpose(&self.draw.order(rank))
        };
        self.keep(tensor, x.low, x.high);
    }

    /// Values of one shape but for an axis, one after the other, or of one
    /// shape along a new axis.
    fn join(&mut self, stack: bool) {
        let (x, axis, _) = self.with_fixed_axis();
        let shape = x.tensor.shape();
        let fits = |other: &Shape| {
            if stack {
                *other == shape
            } else {
                other.rank() == shape.rank()
                    && !other[axis].is_batch()
                    && other.without(axis) == shape.without(axis)
            }
        };
        let mut parts = vec![x];
        for _ in 0..1 + self.draw.below(2) {
            parts.push(self.any_where(fits).unwrap_or(x));
        }
        let tensors: Vec<Tensor<'g>> = parts.iter().map(|part| part.tensor).collect();
        let tensor = if stack {
            Tensor::stack(&tensors, self.draw.of(&[0, axis as isize, -1]))
        } else {
            Tensor::concat(&tensors, axis as isize)
        };
        let low = parts.iter().map(|part| part.low).fold(f64::INFINITY, f64::min);
        let high = parts.iter().map(|part| part.high).fold(f64::NEG_INFINITY, f64::max);
        self.keep(tensor, low, high);
    }

    /// A product with a matrix or a vector over the last axis.
    fn product(&mut self) {
        let ends_fixed = |shape: &Shape| matches!(shape.last(), Some(Dim::Fixed(_)));
        let Some(x) = self.any_where(ends_fixed) else { return };
        let width = x.tensor.dim(-1);
        let vector = self.draw.percent(20);
        let known = self.any_where(|shape| match shape.fixed() {
            Some(sizes) => sizes.first() == Some(&width) && sizes.len() == 2 - usize::from(vector),
            None => false,
        });
        let matrix = match known {
            Some(known) if self.draw.percent(40) => known,
            _ if vector => self.leaf(&[width.into()]),
            _ => {
                let columns = self.size();
                self.leaf(&[width.into(), columns.into()])
            }
        };
        let tensor = x.tensor.matmul(matrix.tensor);
        self.keep_product(tensor, x, matrix, width);
    }

    /// A product whose inner axis is that of the rows, divided by their number.
    fn product_over_rows(&mut self) {
        let table = |shape: &Shape| shape.rank() == 2 && shape[0].is_batch();
        let Some(x) = self.any_where(table) else { return };
        let rows = x.tensor.shape()[0];
        let Some(y) = self.any_where(|shape| table(shape) && shape[0] == rows) else { return };
        let (Dim::Fixed(count) | Dim::Batch(count)) = rows;
        let product = x.tensor.matrix_transpose().matmul(y.tensor) / self.graph.row_count();
        self.keep_product(product, x, y, count);
    }

    /// A product of stacks of matrices; their leading axes are broadcast.
    fn batched_product(&mut self) {
        let stack = |shape: &Shape| shape.rank() == 3 && !shape[2].is_batch();
        let x = match self.any_where(stack) {
            Some(x) => x,
            None => {
                let x = self.any();
                let shape = x.tensor.shape();
                if shape.rank() != 2 || shape[1].is_batch() {
                    return;
                }
                Real { tensor: x.tensor.expand_dims(1), ..x }
            }
        };
        let width = x.tensor.dim(-1);
        let other = self.any_where(|shape| {
            shape.rank() == 3
                && shape[1] == Dim::Fixed(width)
                && !shape[2].is_batch()
                && shape.without(1).without(1).broadcast(&x.tensor.shape().without(1).without(1))
                    == Some(x.tensor.shape().without(1).without(1))
        });
        let other = match other {
            Some(other) => other,
            None if self.draw.percent(50) => {
                let columns = self.size();
                self.leaf(&[1.into(), width.into(), columns.into()])
            }
            None if x.tensor.shape()[1].is_batch() => return,
            None => Real { tensor: x.tensor.matrix_transpose(), ..x },
        };
        let tensor = x.tensor.matmul(other.tensor);
        self.keep_product(tensor, x, other, width);
    }

    fn keep_product(&mut self, product: Tensor<'g>, x: Real<'g>, y: Real<'g>, terms: usize) {
        let bound = x.bound() * y.bound() * terms as f64;
        self.keep(product, -bound, bound);
    }
}
