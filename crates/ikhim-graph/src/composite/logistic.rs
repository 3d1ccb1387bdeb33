//! The logistic function and what is made of it.
//!
//! | op | value | slope |
//! |---|---|---|
//! | sigmoid | σ(x) = 1/(1 + e⁻ˣ) | σ(x)·(1 − σ(x)) |
//! | silu | x·σ(x) | σ(x) + y·(1 − σ(x)) |
//! | softplus | ln(1 + eˣ) = max(x, 0) + ln(1 + e^(−\|x\|)) | σ(x) |
//!
//! Each is finite for every finite x: e⁻ˣ may become ∞, and 1/∞ is 0.

use super::slope;
use crate::Tensor;

impl<'g> Tensor<'g> {
    /// The logistic function 1/(1 + e⁻ˣ), element by element.
    #[track_caller]
    pub fn sigmoid(self) -> Tensor<'g> {
        let rule = slope(|d| {
            let y = d.output();
            d.upstream() * (y * (1.0 - y))
        });
        self.composed("sigmoid", rule, |x| 1.0 / ((-x).exp() + 1.0))
    }

    /// The sigmoid-weighted unit x·σ(x), also called swish, element by element.
    #[track_caller]
    pub fn silu(self) -> Tensor<'g> {
        let rule = slope(|d| {
            let gate = d.inputs[0].sigmoid();
            d.upstream() * (gate + d.output() * (1.0 - gate))
        });
        self.composed("silu", rule, |x| x * x.sigmoid())
    }

    /// The smooth relu ln(1 + eˣ), element by element.
    #[track_caller]
    pub fn softplus(self) -> Tensor<'g> {
        let rule = slope(|d| d.upstream() * d.inputs[0].sigmoid());
        self.composed("softplus", rule, |x| x.maximum(x.number(0.0)) + (-x.abs()).exp().log_1p())
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;
    use crate::check::{assert_close, check_gradient, evaluate, fixed, slopes};

    type Function = for<'g> fn(Tensor<'g>) -> Tensor<'g>;

    const FUNCTIONS: [Function; 3] = [|x| x.sigmoid(), |x| x.silu(), |x| x.softplus()];

    #[test]
    fn values_of_closed_form() {
        // At ln 3 the logistic function is 3/4, and 1 + e^(ln 3) is 4.
        let ln3 = 3f64.ln();
        let inputs = [fixed(&[5], &[0.0, ln3, -ln3, 1000.0, -1000.0])];
        let expected = [
            [0.5, 0.75, 0.25, 1.0, 0.0],
            [0.0, 0.75 * ln3, -0.25 * ln3, 1000.0, 0.0],
            [2f64.ln(), 4f64.ln(), (4.0 / 3.0f64).ln(), 1000.0, 0.0],
        ];
        for (function, expected) in FUNCTIONS.iter().zip(expected) {
            let found = evaluate::<f64>(&inputs, |x| function(x[0])).to_f64();
            assert_close(&found, &expected, 1e-15);
            let found = evaluate::<f32>(&inputs, |x| function(x[0])).to_f64();
            assert_close(&found, &expected, 3e-7);
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [fixed(&[2, 3], &[-9.0, -1.2, -0.1, 0.3, 2.0, 8.0])];
        for function in FUNCTIONS {
            check_gradient(&inputs, |x| function(x[0]));
            check_gradient(&inputs, |x| crate::gradients(function(x[0]).sum_all(), x)[0]);
        }
    }

    #[test]
    fn slopes_at_zero_and_far_out() {
        let inputs = [fixed(&[3], &[0.0, 1000.0, -1000.0])];
        let expected = [[0.25, 0.0, 0.0], [0.5, 1.0, 0.0], [0.5, 1.0, 0.0]];
        for (function, expected) in FUNCTIONS.iter().zip(expected) {
            let found = slopes::<f32>(&inputs, |x| function(x[0]));
            assert_eq!(found, [expected]);
        }
    }

    #[test]
    fn nan_stays() {
        for function in FUNCTIONS {
            let found = evaluate::<f32>(&[fixed(&[1], &[f64::NAN])], |x| function(x[0]));
            assert!(found.to_f64()[0].is_nan());
        }
    }
}
