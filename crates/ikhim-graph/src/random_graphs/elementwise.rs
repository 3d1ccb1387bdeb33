//! Arithmetic and functions, element by element.

use super::builder::{Builder, Real, Step};
use crate::Tensor;

pub(super) const STEPS: &[Step] = &[
    |b| b.arithmetic(|x, y| x + y, |x, y| x + y),
    |b| b.arithmetic(|x, y| x - y, |x, y| x - y),
    |b| b.arithmetic(|x, y| x * y, |x, y| x * y),
    |b| b.arithmetic(|x, y| x.maximum(y), f64::max),
    |b| b.arithmetic(|x, y| x.minimum(y), f64::min),
    |b| {
        let x = b.any();
        let y = b.partner(x);
        let y = b.positive(y);
        let largest = x.bound() / y.low;
        b.keep(x.tensor / y.tensor, -largest, largest);
    },
    |b| {
        let x = b.any();
        let y = b.partner(x).within(2.0);
        let x = b.positive(x);
        let powers = [x.low, x.high].map(|x| [x.powf(y.low), x.powf(y.high)]).concat();
        let highest = powers.iter().copied().fold(0.0, f64::max);
        b.keep(x.tensor.pow_tensor(y.tensor), 0.0, highest);
    },
    |b| {
        let x = b.any();
        b.keep(-x.tensor, -x.high, -x.low);
    },
    |b| {
        let x = b.any();
        b.keep(x.tensor.abs(), 0.0, x.bound());
    },
    |b| {
        let x = b.any();
        b.keep(x.tensor.sign() * (x.tensor + 0.5), -x.bound() - 0.5, x.bound() + 0.5);
    },
    |b| {
        let x = b.any();
        b.keep(x.tensor - x.tensor.floor(), 0.0, 1.0);
    },
    |b| b.rising(|x| x.exp(), f64::exp),
    |b| b.rising(|x| x.exp_m1(), f64::exp_m1),
    |b| b.rising(|x| x.tanh(), f64::tanh),
    |b| b.rising(|x| x.erf(), ikhim_numeric::Real::erf),
    |b| b.rising_from(|x| x.log(), f64::ln, 0.0),
    |b| b.rising_from(|x| x.sqrt(), f64::sqrt, 0.0),
    |b| b.rising_from(|x| x.log_1p(), f64::ln_1p, -1.0),
    |b| {
        let x = b.any();
        b.keep(x.tensor.stop_gradient() * x.tensor, -x.bound().powi(2), x.bound().powi(2));
    },
];

impl<'g> Builder<'g> {
    /// Two values, broadcast, under an operation whose extreme values lie where
    /// those of the values do.
    fn arithmetic(
        &mut self,
        op: fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>,
        value: fn(f64, f64) -> f64,
    ) {
        let x = self.any();
        let y = self.partner(x);
        let corners =
            [x.low, x.high].map(|left| [y.low, y.high].map(|right| value(left, right))).concat();
        let low = corners.iter().copied().fold(f64::INFINITY, f64::min);
        let high = corners.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        self.keep(op(x.tensor, y.tensor), low, high);
    }

    /// A value under a rising function.
    fn rising(&mut self, op: fn(Tensor<'g>) -> Tensor<'g>, value: fn(f64) -> f64) {
        let x = self.any();
        self.keep(op(x.tensor), value(x.low), value(x.high));
    }

    /// A value under a rising function that is defined right of a number.
    fn rising_from(&mut self, op: fn(Tensor<'g>) -> Tensor<'g>, value: fn(f64) -> f64, left: f64) {
        let x = self.any();
        let x = self.positive(x);
        let shifted = Real { tensor: x.tensor + left, low: x.low + left, high: x.high + left };
        let x = if left == 0.0 || self.draw.percent(50) { x } else { shifted };
        self.keep(op(x.tensor), value(x.low), value(x.high));
    }

    /// A value made positive, at least 0.3.
    pub(super) fn positive(&mut self, x: Real<'g>) -> Real<'g> {
        if x.low >= 0.3 {
            return x;
        }
        let bound = x.bound();
        let (tensor, low, high) = match self.draw.below(4) {
            0 => (x.tensor.abs() + 0.4, 0.4, bound + 0.4),
            1 => ((x.tensor * 0.25).exp(), (-0.25 * bound).exp(), (0.25 * bound).exp()),
            2 => (x.tensor.sigmoid() + 0.3, 0.3, 1.3),
            _ => (x.tensor.square() + 0.5, 0.5, bound * bound + 0.5),
        };
        Real { tensor, low, high }
    }
}
