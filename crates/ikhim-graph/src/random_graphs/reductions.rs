//! Reductions over axes, running sums and random numbers.

use super::builder::{Builder, Step};
use crate::{Dim, Shape};

pub(super) const STEPS: &[Step] = &[
    |b| b.sum(),
    |b| b.sum(),
    |b| {
        let x = b.of_rank(1);
        let axes = b.axes(&x.tensor.shape());
        b.keep(x.tensor.mean(&axes), x.low, x.high);
    },
    |b| {
        let x = b.any();
        b.keep(x.tensor.mean_all(), x.low, x.high);
    },
    |b| b.prod(),
    |b| b.prod(),
    |b| {
        let x = b.of_rank(1);
        let axes = b.axes(&x.tensor.shape());
        b.keep(x.tensor.max(&axes), x.low, x.high);
    },
    |b| {
        let x = b.of_rank(1);
        let axes = b.axes(&x.tensor.shape());
        b.keep(x.tensor.min(&axes), x.low, x.high);
    },
    |b| b.running_sum(false),
    |b| b.running_sum(true),
    |b| {
        let x = b.any();
        let noise = b.graph.random_uniform("uniform", &x.tensor.shape());
        b.keep(x.tensor * noise, -x.bound(), x.bound());
    },
    |b| {
        let x = b.any();
        let noise = b.graph.random_normal("normal", &x.tensor.shape()) * 0.25;
        // A normal number is within ±5.42.
        b.keep(x.tensor + noise, x.low - 1.4, x.high + 1.4);
    },
];

impl<'g> Builder<'g> {
    /// Some axes of a shape, at least one, counted from either end.
    fn axes(&mut self, shape: &Shape) -> Vec<isize> {
        let rank = shape.rank();
        let count = 1 + self.draw.below(rank);
        let chosen = self.draw.order(rank)[..count].to_vec();
        let from_end = self.draw.percent(50);
        chosen
            .into_iter()
            .map(|axis| if from_end { axis as isize - rank as isize } else { axis as isize })
            .collect()
    }

    /// A sum; one over rows is divided by their number.
    fn sum(&mut self) {
        let x = self.of_rank(1);
        let shape = x.tensor.shape();
        let axes = self.axes(&shape);
        let over: Shape = axes
            .iter()
            .map(|axis| shape[axis.rem_euclid(shape.rank() as isize) as usize])
            .collect();
        let sum = x.tensor.sum(&axes);
        let (sum, count) = match over.elements() {
            Dim::Fixed(count) => (sum, count as f64),
            Dim::Batch(count) => (sum / self.graph.row_count(), count as f64),
        };
        self.keep(sum, x.low * count, x.high * count);
    }

    /// A product over axes of few elements. One over rows has no gradient, so it
    /// goes on without; its factors are so near 1 that 300 of them stay small.
    fn prod(&mut self) {
        let x = self.of_rank(1);
        let shape = x.tensor.shape();
        if let Some(axis) = shape.batch_axis()
            && self.draw.percent(20)
        {
            let factors = x.within(1.0).tensor.stop_gradient() * 0.005 + 1.0;
            self.keep(factors.prod(&[axis as isize]).tanh(), 0.0, 1.0);
            return;
        }
        let fixed: Vec<(isize, usize)> = shape
            .iter()
            .enumerate()
            .filter_map(|(axis, dim)| match dim {
                Dim::Fixed(size) => Some((axis as isize, *size)),
                Dim::Batch(_) => None,
            })
            .collect();
        let mut axes = Vec::new();
        let mut count = 1;
        for place in self.draw.order(fixed.len()) {
            let (axis, size) = fixed[place];
            if count * size <= 40 && (axes.is_empty() || self.draw.percent(60)) {
                axes.push(axis);
                count *= size;
            }
        }
        if axes.is_empty() {
            return;
        }
        // The largest product of so many factors.
        let largest = if count <= 6 { 1.5f64 } else { 1.05 };
        let x = x.within(largest);
        let bound = largest.powi(count as i32).max(1.0);
        self.keep(x.tensor.prod(&axes), -bound, bound);
    }

    /// Running sums; those over rows are divided by their number.
    fn running_sum(&mut self, reverse: bool) {
        let x = self.of_rank(1);
        let shape = x.tensor.shape();
        let axis = self.draw.below(shape.rank());
        let sums = if reverse {
            x.tensor.cumsum_reverse(axis as isize)
        } else {
            x.tensor.cumsum(axis as isize)
        };
        let (sums, count) = match shape[axis] {
            Dim::Fixed(count) => (sums, count as f64),
            Dim::Batch(count) => (sums / self.graph.row_count(), count as f64),
        };
        self.keep(sums, x.low.min(0.0) * count, x.high.max(0.0) * count);
    }
}
