//! Comparisons, truth values, integers and what they choose.

use super::builder::{Builder, Integer, Real, Step, Values};
use crate::{DType, Dim, N, Shape, Tensor};

pub(super) const STEPS: &[Step] = &[
    |b| b.compare(|x, y| x.less(y)),
    |b| b.compare(|x, y| x.less_equal(y)),
    |b| b.compare(|x, y| x.greater(y)),
    |b| b.compare(|x, y| x.greater_equal(y)),
    |b| b.compare(|x, y| x.equal(y)),
    |b| b.compare(|x, y| x.not_equal(y)),
    |b| b.connect(|x, y| x.and(y)),
    |b| b.connect(|x, y| x.or(y)),
    |b| {
        let truth = b.truth();
        b.truths.push(!truth);
    },
    |b| b.choose(),
    |b| b.choose(),
    |b| b.convert(),
    |b| b.convert(),
    |b| {
        let length = b.size();
        let tensor = b.graph.iota(length);
        b.integers.push(Integer { tensor, below: length.into() });
        b.keep(tensor.cast(DType::F32) * 0.25, 0.0, 0.25 * length as f64);
    },
    |b| b.place(|x, axis| x.argmax(axis)),
    |b| b.place(|x, axis| x.argmin(axis)),
    |b| b.look_up(),
    |b| b.look_up(),
    |b| b.add_at(),
    |b| b.add_at(),
    |b| {
        let depth = b.size();
        let index = b.index(depth);
        b.keep(index.one_hot(depth), 0.0, 1.0);
    },
];

impl<'g> Builder<'g> {
    /// Two values compared; sometimes integers.
    fn compare(&mut self, op: fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>) {
        if self.draw.percent(30) {
            let bound = 1 + self.size();
            let (left, right) = (self.index(bound), self.index(bound));
            if left.shape().broadcast(&right.shape()).is_some_and(|shape| !self.large(&shape)) {
                self.truths.push(op(left, right));
                return;
            }
        }
        let x = self.any();
        let y = self.partner(x);
        self.truths.push(op(x.tensor, y.tensor));
    }

    /// Two truth values under a logical operation.
    fn connect(&mut self, op: fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>) {
        let left = self.truth();
        let shape = left.shape();
        let fitting: Vec<Tensor<'g>> = self
            .truths
            .iter()
            .copied()
            .filter(|truth| shape.broadcast(&truth.shape()).is_some_and(|s| !self.large(&s)))
            .collect();
        let right = if fitting.is_empty() { left } else { self.draw.of(&fitting) };
        self.truths.push(op(left, right));
    }

    /// A known truth value, or a new one.
    fn truth(&mut self) -> Tensor<'g> {
        if self.truths.is_empty() || self.draw.percent(15) {
            let truth = if self.draw.percent(40) {
                let width = self.size();
                self.given(&[N, width.into()], Values::Truth)
            } else {
                let x = self.any();
                x.tensor.greater(self.graph.scalar(0.1))
            };
            self.truths.push(truth);
        }
        self.draw.of(&self.truths.clone())
    }

    /// One of two values by a truth value of a shape that fits.
    fn choose(&mut self) {
        let x = self.any();
        let y = self.partner(x);
        let Some(shape) = x.tensor.shape().broadcast(&y.tensor.shape()) else { return };
        let fitting: Vec<Tensor<'g>> = self
            .truths
            .iter()
            .copied()
            .filter(|truth| shape.broadcast(&truth.shape()).is_some_and(|s| !self.large(&s)))
            .collect();
        let condition =
            if fitting.is_empty() { x.tensor.less(y.tensor * 0.5) } else { self.draw.of(&fitting) };
        let chosen = condition.select(x.tensor, y.tensor);
        self.keep(chosen, x.low.min(y.low), x.high.max(y.high));
    }

    /// A value of one type as another type.
    fn convert(&mut self) {
        match self.draw.below(4) {
            0 => {
                let truth = self.truth();
                self.keep(truth.cast(DType::F32), 0.0, 1.0);
            }
            1 => {
                let tensor = self.truth().cast(DType::I32);
                self.integers.push(Integer { tensor, below: 2.into() });
            }
            2 => {
                // From −4 … 4 to integers and back.
                let x = self.any();
                let whole = x.tensor.cast(DType::I32).cast(DType::F32);
                self.keep(x.tensor - whole, -1.0, 1.0);
            }
            _ => {
                let bound = 1 + self.size();
                let index = self.index(bound);
                self.truths.push(index.cast(DType::Bool));
            }
        }
    }

    /// The place of an extremum along any axis.
    fn place(&mut self, op: fn(Tensor<'g>, isize) -> Tensor<'g>) {
        let x = self.of_rank(1);
        let shape = x.tensor.shape();
        let axis = self.draw.below(shape.rank());
        let tensor = op(x.tensor, axis as isize);
        self.integers.push(Integer { tensor, below: shape[axis] });
    }

    /// Integers below a bound: known ones or a new input.
    pub(super) fn index(&mut self, bound: usize) -> Tensor<'g> {
        let fits = |integer: &&Integer<'g>| match integer.below {
            Dim::Fixed(below) => below <= bound,
            Dim::Batch(_) => false,
        };
        let known: Vec<Tensor<'g>> = self
            .integers
            .iter()
            .filter(fits)
            .map(|integer| integer.tensor)
            .filter(|tensor| !self.large(&tensor.shape()))
            .collect();
        if !known.is_empty() && self.draw.percent(70) {
            return self.draw.of(&known);
        }
        let size = self.size();
        let dims: &[Dim] = match self.draw.below(3) {
            0 => &[N],
            1 => &[size.into()],
            _ => &[N, size.into()],
        };
        let tensor = self.given(dims, Values::Integer { below: bound });
        self.integers.push(Integer { tensor, below: bound.into() });
        tensor
    }

    /// Entries of an axis by their indices; also rows by the places of extrema
    /// among the rows.
    fn look_up(&mut self) {
        let among_rows =
            self.integers.iter().copied().find(|integer| integer.below == N).map(|i| i.tensor);
        if let (Some(index), true) = (among_rows, self.draw.percent(60)) {
            let table = self.any_where(|shape| shape.first() == Some(&N));
            if let Some(table) = table {
                self.keep(table.tensor.gather(index, 0), table.low, table.high);
                return;
            }
        }
        let (table, axis, size) = self.with_fixed_axis();
        let index = self.index(size);
        let axes = table.tensor.shape().without(axis);
        let both = axes.batch_axis().is_some() && index.shape().batch_axis().is_some();
        let index = if both { self.graph.iota(size) } else { index };
        self.keep(table.tensor.gather(index, axis as isize), table.low, table.high);
    }

    /// Values added into an axis at indices; what comes from rows is divided by
    /// their number.
    fn add_at(&mut self) {
        let size = self.size();
        let x = self.of_rank(1);
        let shape = x.tensor.shape();
        let known: Vec<(Tensor<'g>, usize)> = self
            .integers
            .iter()
            .filter(|integer| matches!(integer.below, Dim::Fixed(below) if below <= size))
            .flat_map(|integer| places(integer.tensor, &shape))
            .collect();
        let (index, axis) = if known.is_empty() || self.draw.percent(30) {
            let axis = self.draw.below(shape.rank());
            let dims = &shape[axis..=axis];
            if dims[0].is_batch() && dims[0] != N {
                return;
            }
            let tensor = self.given(dims, Values::Integer { below: size });
            self.integers.push(Integer { tensor, below: size.into() });
            (tensor, axis)
        } else {
            self.draw.of(&known)
        };
        let count = match index.shape().elements() {
            Dim::Fixed(count) | Dim::Batch(count) => count as f64,
        };
        let from_rows = index.shape().batch_axis().is_some();
        let sum = x.tensor.scatter_add(index, axis, size.into());
        let sum = if from_rows { sum / self.graph.row_count() } else { sum };
        let bound = x.bound() * count;
        let Real { tensor, low, high } =
            Real { tensor: sum, low: x.low.min(0.0) * count, high: x.high.max(0.0) * count }
                .within(bound.max(1.0));
        self.keep(tensor, low, high);
    }
}

/// Where the axes of indices stand in a shape.
fn places<'g>(index: Tensor<'g>, shape: &Shape) -> Vec<(Tensor<'g>, usize)> {
    let rank = index.rank();
    if rank == 0 || rank > shape.rank() {
        return Vec::new();
    }
    (0..=shape.rank() - rank)
        .filter(|axis| shape[*axis..axis + rank] == index.shape()[..])
        .map(|axis| (index, axis))
        .collect()
}
