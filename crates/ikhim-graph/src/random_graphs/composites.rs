//! Composites, each at least once.

use super::builder::{Builder, Step, Values};
use crate::{N, Recurrence, RnnActivation, Shape, Tensor};

pub(super) const STEPS: &[Step] = &[
    |b| b.activation(|x| x.relu(), |bound| bound),
    |b| b.activation(|x| x.leaky_relu(0.1), |bound| bound),
    |b| b.activation(|x| x.elu(1.5), |bound| bound.max(1.5)),
    |b| b.activation(|x| x.selu(), |bound| 1.06 * bound.max(1.7)),
    |b| b.activation(|x| x.gelu(), |bound| bound),
    |b| b.activation(|x| x.sigmoid(), |_| 1.0),
    |b| b.activation(|x| x.silu(), |bound| bound),
    |b| b.activation(|x| x.softplus(), |bound| bound + 0.7),
    |b| b.activation(|x| x.square(), |bound| bound * bound),
    |b| b.activation(|x| x.clip(-0.6, 0.9), |_| 0.9),
    |b| b.activation(|x| x.dropout(0.3), |bound| bound / 0.7),
    |b| {
        let x = b.any();
        let x = b.positive(x);
        b.keep(x.tensor.reciprocal(), 1.0 / x.high, 1.0 / x.low);
    },
    |b| b.power(),
    |b| b.power(),
    |b| b.along(|x, axis| x.softmax(axis)),
    |b| b.along(|x, axis| x.log_softmax(axis)),
    |b| b.along(|x, axis| x.logsumexp(axis)),
    |b| b.maxout(),
    |b| b.maxout(),
    |b| b.cross_entropy(),
    |b| b.cross_entropy(),
    |b| {
        let x = b.any();
        let targets = b.targets(x.tensor);
        b.keep(x.tensor.sigmoid_cross_entropy(targets), 0.0, x.bound() + 0.7);
    },
    |b| b.layer(),
    |b| b.layer(),
    |b| b.recurrence(1),
    |b| b.recurrence(3),
    |b| b.recurrence(4),
];

impl<'g> Builder<'g> {
    /// A value under a function with a bound that follows from its own.
    fn activation(&mut self, op: fn(Tensor<'g>) -> Tensor<'g>, bound: fn(f64) -> f64) {
        let x = self.any();
        let bound = bound(x.bound());
        self.keep(op(x.tensor), -bound, bound);
    }

    fn power(&mut self) {
        let exponent = self.draw.of(&[0.5, 2.0, 3.0, -0.5, -1.0, -2.0, 1.5, -1.7, 2.4]);
        let x = self.any();
        let x = if exponent == 2.0 || exponent == 3.0 { x } else { self.positive(x) };
        let bound = if exponent > 0.0 { x.bound() } else { x.low };
        let bound = bound.powf(exponent);
        self.keep(x.tensor.pow(exponent), -bound, bound);
    }

    /// Exponentials along an axis. Along that of the rows the logarithm of their
    /// sum grows with their number, so it is left out there.
    fn along(&mut self, op: fn(Tensor<'g>, isize) -> Tensor<'g>) {
        let (x, axis, size) = self.with_fixed_axis();
        let bound = 2.0 * x.bound() + (size as f64).ln();
        self.keep(op(x.tensor, axis as isize), -bound, bound.max(1.0));
        let by_rows = self.any_where(|shape| shape.batch_axis().is_some());
        if let (Some(x), true) = (by_rows, self.draw.percent(15)) {
            let axis = x.tensor.shape().batch_axis().unwrap_or(0);
            self.keep(x.tensor.softmax(axis as isize), 0.0, 1.0);
        }
    }

    fn maxout(&mut self) {
        let ends_fixed = |shape: &Shape| matches!(shape.last(), Some(dim) if !dim.is_batch());
        let Some(x) = self.any_where(ends_fixed) else { return };
        let width = x.tensor.dim(-1);
        let divisors: Vec<usize> =
            (1..=width).filter(|pieces| width.is_multiple_of(*pieces)).collect();
        let pieces = self.draw.of(&divisors);
        self.keep(x.tensor.maxout(pieces), x.low, x.high);
    }

    /// Cross-entropy over the last axis: of class numbers or of probabilities,
    /// smoothed or not.
    fn cross_entropy(&mut self) {
        let ends_fixed = |shape: &Shape| matches!(shape.last(), Some(dim) if !dim.is_batch());
        let Some(x) = self.any_where(ends_fixed) else { return };
        let shape = x.tensor.shape();
        let classes = x.tensor.dim(-1);
        let rows = shape.without(shape.rank() - 1);
        let leads = rows.batch_axis().is_none_or(|axis| axis == 0 && rows[0] == crate::N);
        let targets = if leads && self.draw.percent(60) {
            self.given(&rows, Values::Integer { below: classes })
        } else {
            self.targets(x.tensor)
        };
        let smoothing = self.draw.of(&[0.0, 0.0, 0.1]);
        let bound = 2.0 * x.bound() + (classes as f64).ln();
        let total = if targets.dtype() == crate::DType::I32 { 1.0 } else { classes as f64 };
        let loss = x.tensor.cross_entropy_smoothed(targets, smoothing);
        self.keep(loss, -bound * total, bound * total);
    }

    /// Numbers between 0 and 1 in the shape of a value, which a derivative may
    /// go through.
    fn targets(&mut self, like: Tensor<'g>) -> Tensor<'g> {
        let shape = like.shape();
        match self.any_where(|other| *other == shape) {
            Some(known) => known.tensor.sigmoid(),
            None => like.tanh().abs(),
        }
    }

    /// A dense layer with its own variables, as networks have them.
    fn layer(&mut self) {
        let table = |shape: &Shape| shape.rank() == 2 && !shape[1].is_batch();
        let x = self.any_where(table).unwrap_or(self.reals[0]);
        let (width, units) = (x.tensor.dim(-1), self.size());
        let graph = self.graph;
        let tensor = graph.layer("dense", None, || {
            let kernel = self.variable(&[width.into(), units.into()]);
            let bias = self.variable(&[units.into()]);
            let sum = x.tensor.matmul(kernel.tensor) + bias.tensor;
            if self.draw.percent(50) { sum.relu() } else { sum.tanh() }
        });
        let bound = x.bound() * 1.5 * width as f64 + 1.5;
        self.keep(tensor, -bound, bound);
    }

    /// A recurrence of so many gates over a few steps, with or without a mask, in
    /// either direction.
    fn recurrence(&mut self, gates: usize) {
        let table = |shape: &Shape| matches!(**shape, [N, crate::Dim::Fixed(_)]);
        let x = self.any_where(table).unwrap_or(self.reals[0]);
        let x = if table(&x.tensor.shape()) { x.tensor } else { x.tensor.flatten() };
        let (units, steps) = (self.draw.of(&[1, 2, 3]), self.draw.of(&[1, 2, 3]));
        let (width, row) = (x.dim(-1), gates * units);
        let activation =
            self.draw.of(&[RnnActivation::Tanh, RnnActivation::Relu, RnnActivation::Sigmoid]);
        let mask = self.draw.percent(50);
        let mask = mask.then(|| self.given(&[N, steps.into()], Values::Truth));
        let (graph, reverse) = (self.graph, self.draw.percent(50));
        let factor = self.draw.of(&[None, Some(1.25)]);
        let unroll = self.draw.percent(25);
        let mut bound = 1.0;
        let values = graph.layer("recurrence", None, || {
            let mut variable = |sizes: &[usize]| {
                let dims: Vec<crate::Dim> = sizes.iter().map(|size| (*size).into()).collect();
                self.variable(&dims).tensor
            };
            let projected = x.matmul(variable(&[width, steps * row])).tanh();
            let projected = projected.reshape(&[N, steps.into(), row.into()]);
            let initial = x.matmul(variable(&[width, units])).tanh();
            let kernel = variable(&[units, row]);
            let keep = factor.map(|factor| initial.ones_like() * factor);
            let how = Recurrence::new().mask(mask).keep(keep).reverse(reverse).unroll(unroll);
            match gates {
                1 => vec![projected.simple_rnn(kernel, initial, activation, how)],
                3 => {
                    let values = projected.gru(kernel, variable(&[row]), initial, how);
                    vec![values.states, values.candidates]
                }
                _ => {
                    let values = projected.lstm(kernel, initial, -initial, how);
                    vec![values.states, values.cells]
                }
            }
        });
        let grown = 1.25 * 1.5 * units as f64;
        match (gates, activation) {
            // Each step adds at most 1 and what the kernel makes of the state.
            (1, RnnActivation::Relu) => (0..steps).for_each(|_| bound = 1.0 + grown * bound),
            (1, _) => {}
            (3, _) => bound = 1.5 + grown,
            _ => bound = 1.0 + steps as f64,
        }
        for value in values {
            self.keep(value, -bound, bound);
        }
    }
}
