//! Exponentials along an axis, scaled to the sum 1, and their logarithms.
//!
//! | op | value | slope for the derivative u by the value |
//! |---|---|---|
//! | softmax | y = eˣ/Σeˣ | y·(u − Σu·y) |
//! | log_softmax | y = x − ln Σeˣ | u − eʸ·Σu |
//! | logsumexp | y = ln Σeˣ | u·e^(x−y) |
//!
//! The largest x of each group is subtracted first: that changes nothing but
//! keeps every exponential at most 1. It counts as constant for derivatives.

use super::slope;
use crate::tensor::{axis_fault, resolve_axis};
use crate::Tensor;

impl<'g> Tensor<'g> {
    /// eˣ/Σeˣ along an axis, counted from the end when negative: positive
    /// numbers with the sum 1.
    #[track_caller]
    pub fn softmax(self, axis: isize) -> Tensor<'g> {
        let Some(axis) = self.checked_axis(axis) else { return Tensor::faulty(self.graph()) };
        let rule = slope(move |d| {
            let (y, u) = (d.output(), d.upstream());
            y * (u - (u * y).sum_kept(axis))
        });
        self.composed("softmax", rule, |x| {
            let exponential = (x - x.largest(axis)).exp();
            exponential / exponential.sum_kept(axis)
        })
    }

    /// x − ln Σeˣ along an axis: the logarithm of softmax, exact where softmax
    /// itself would round to 0.
    #[track_caller]
    pub fn log_softmax(self, axis: isize) -> Tensor<'g> {
        let Some(axis) = self.checked_axis(axis) else { return Tensor::faulty(self.graph()) };
        let rule = slope(move |d| d.upstream() - d.output().exp() * d.upstream().sum_kept(axis));
        self.composed("log_softmax", rule, |x| {
            let shifted = x - x.largest(axis);
            shifted - shifted.exp().sum_kept(axis).log()
        })
    }

    /// ln Σeˣ along an axis, which leaves the shape; −∞ where every x is −∞.
    #[track_caller]
    pub fn logsumexp(self, axis: isize) -> Tensor<'g> {
        let Some(axis) = self.checked_axis(axis) else { return Tensor::faulty(self.graph()) };
        let rule = slope(move |d| {
            let share = (d.inputs[0] - d.output().expand_dims(axis)).exp();
            d.upstream().expand_dims(axis) * share
        });
        self.composed("logsumexp", rule, |x| {
            let largest = x.largest(axis);
            // An infinite shift would leave ∞ − ∞.
            let infinite = largest.abs().equal(x.number(f64::INFINITY));
            let shift = infinite.select(x.number(0.0), largest);
            ((x - shift).exp().sum_kept(axis).log() + shift).squeeze(&[axis])
        })
    }

    #[track_caller]
    fn checked_axis(self, axis: isize) -> Option<isize> {
        let shape = self.shape();
        self.node()?;
        let found = resolve_axis(axis, shape.rank());
        if found.is_none() {
            self.graph().fail(axis_fault(axis, &shape));
        }
        found.map(|axis| axis as isize)
    }

    /// The largest element along an axis, which keeps size 1.
    #[track_caller]
    fn largest(self, axis: isize) -> Tensor<'g> {
        self.max(&[axis]).stop_gradient().expand_dims(axis)
    }

    /// The sum along an axis, which keeps size 1.
    #[track_caller]
    fn sum_kept(self, axis: isize) -> Tensor<'g> {
        self.sum(&[axis]).expand_dims(axis)
    }
}
