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
use crate::Tensor;
use crate::tensor::{axis_fault, resolve_axis};

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

#[cfg(test)]
mod tests {
    use crate::Tensor;
    use crate::check::{assert_close, batch, check_gradient, evaluate, fault, fixed, slopes};

    const INF: f64 = f64::INFINITY;

    type Function = for<'g> fn(Tensor<'g>, isize) -> Tensor<'g>;

    const FUNCTIONS: [Function; 3] =
        [|x, axis| x.softmax(axis), |x, axis| x.log_softmax(axis), |x, axis| x.logsumexp(axis)];

    #[test]
    fn values_of_closed_form() {
        // Exponentials 1, 2, 5 of the sum 8, shifted far up and down.
        let logs = [0.0, 2f64.ln(), 5f64.ln()];
        for shift in [0.0, 500.0, -2000.0] {
            let x = [batch(&[1, 3], &logs.map(|x| x + shift))];
            // The shift costs x as many of its last bits as it is larger.
            let precision = 1e-15 * (1.0 + shift.abs());
            let share = [0.125, 0.25, 0.625];
            let found = evaluate::<f64>(&x, |x| x[0].softmax(-1)).to_f64();
            assert_close(&found, &share, precision);
            let found = evaluate::<f64>(&x, |x| x[0].log_softmax(1)).to_f64();
            assert_close(&found, &share.map(f64::ln), precision);
            let found = evaluate::<f64>(&x, |x| x[0].logsumexp(-1)).to_f64();
            assert_close(&found, &[8f64.ln() + shift], precision);
        }
    }

    #[test]
    fn any_axis() {
        let x = [fixed(&[2, 3], &[0.0, 1.0, 2.0, 0.0, 1.0, 2.0])];
        let found = evaluate::<f32>(&x, |x| x[0].softmax(0)).to_f64();
        assert_eq!(found, [0.5; 6]);
        let found = evaluate::<f64>(&x, |x| x[0].logsumexp(0));
        assert_eq!(found.shape(), [3]);
        assert_close(&found.to_f64(), &[0.0, 1.0, 2.0].map(|x| x + 2f64.ln()), 1e-15);
        assert_eq!(fault(&x, |x| x[0].softmax(2)), "shape.axis");
    }

    #[test]
    fn infinite_logits() {
        let x = [fixed(&[3, 2], &[-INF, 0.0, -INF, -INF, INF, 0.0])];
        let found = evaluate::<f32>(&x, |x| x[0].softmax(-1)).to_f64();
        assert_close(&found[..2], &[0.0, 1.0], 0.0);
        let found = evaluate::<f32>(&x, |x| x[0].logsumexp(-1)).to_f64();
        assert_close(&found, &[0.0, -INF, INF], 0.0);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let x = [batch(&[2, 3], &[0.3, -1.0, 2.5, 100.0, 101.9, 98.0])];
        for function in FUNCTIONS {
            check_gradient(&x, |x| function(x[0], -1));
            check_gradient(&x, |x| crate::gradients(function(x[0], -1).square().sum_all(), x)[0]);
        }
        let x = [fixed(&[3, 2], &[0.3, -1.0, 2.5, 1.0, 1.9, 0.5])];
        for function in FUNCTIONS {
            check_gradient(&x, |x| function(x[0], 0));
        }
    }

    #[test]
    fn slopes_where_the_largest_is_tied() {
        let x = [fixed(&[2], &[1.0, 1.0])];
        assert_close(&slopes::<f64>(&x, |x| x[0].logsumexp(0))[0], &[0.5, 0.5], 1e-15);
        assert_eq!(slopes::<f64>(&x, |x| x[0].softmax(0)), [[0.0, 0.0]]);
    }
}
