//! The rectifier, its relatives, and the Gaussian unit.
//!
//! | op | x > 0 | x ≤ 0 | slope at 0 |
//! |---|---|---|---|
//! | relu | x | 0 | 0 |
//! | leaky_relu(a) | x | a·x | a |
//! | elu(α) | x | α·(eˣ − 1) | α |
//! | selu | λ·x | λ·α·(eˣ − 1) | λ·α |
//!
//! gelu is x·Φ(x) with the normal distribution Φ(x) = (1 + erf(x/√2))/2 and the
//! slope Φ(x) + x·φ(x), φ its density. NaN gives NaN.

use super::slope;
use crate::Tensor;
use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

/// α and λ of selu, which keep mean 0 and variance 1: Klambauer et al.,
/// *Self-Normalizing Neural Networks*, 2017, equation 14.
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;

impl<'g> Tensor<'g> {
    /// The rectifier max(x, 0), element by element; its slope at 0 is 0.
    #[track_caller]
    pub fn relu(self) -> Tensor<'g> {
        // Asked this way round, NaN stays NaN.
        self.composed("relu", None, |x| {
            let zero = x.number(0.0);
            x.less_equal(zero).select(zero, x)
        })
    }

    /// x where x > 0 and `negative`·x elsewhere, element by element.
    #[track_caller]
    pub fn leaky_relu(self, negative: f64) -> Tensor<'g> {
        let rule = slope(move |d| {
            let u = d.upstream();
            positive(d.inputs[0]).select(u, u * negative)
        });
        self.composed("leaky_relu", rule, |x| positive(x).select(x, x * negative))
    }

    /// x where x > 0 and α(eˣ − 1) elsewhere, element by element.
    #[track_caller]
    pub fn elu(self, alpha: f64) -> Tensor<'g> {
        let rule = slope(move |d| {
            let (x, u) = (d.inputs[0], d.upstream());
            positive(x).select(u, u * (negative_part(x).exp() * alpha))
        });
        self.composed("elu", rule, |x| positive(x).select(x, negative_part(x).exp_m1() * alpha))
    }

    /// λ·elu(x, α) with the α and λ that keep mean 0 and variance 1 from layer
    /// to layer, element by element.
    #[track_caller]
    pub fn selu(self) -> Tensor<'g> {
        self.composed("selu", None, |x| x.elu(SELU_ALPHA) * SELU_SCALE)
    }

    /// The Gaussian unit x·Φ(x) by the error function, element by element.
    #[track_caller]
    pub fn gelu(self) -> Tensor<'g> {
        let rule = slope(|d| {
            let x = d.inputs[0];
            let density = (x * x * -0.5).exp() * (0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
            d.upstream() * (normal_distribution(x) + x * density)
        });
        self.composed("gelu", rule, |x| x * normal_distribution(x))
    }
}

#[track_caller]
fn positive<'g>(x: Tensor<'g>) -> Tensor<'g> {
    x.greater(x.number(0.0))
}

/// x where it is not positive and 0 elsewhere, so that its exponential stays
/// finite on the side that is not taken.
#[track_caller]
fn negative_part<'g>(x: Tensor<'g>) -> Tensor<'g> {
    positive(x).select(x.number(0.0), x)
}

#[track_caller]
fn normal_distribution<'g>(x: Tensor<'g>) -> Tensor<'g> {
    ((x * FRAC_1_SQRT_2).erf() + 1.0) * 0.5
}

#[cfg(test)]
mod tests {
    use super::{SELU_ALPHA, SELU_SCALE};
    use crate::Tensor;
    use crate::check::{assert_close, check_gradient, evaluate, fixed, slopes};

    type Function = for<'g> fn(Tensor<'g>) -> Tensor<'g>;

    const FUNCTIONS: [Function; 5] =
        [|x| x.relu(), |x| x.leaky_relu(0.1), |x| x.elu(1.5), |x| x.selu(), |x| x.gelu()];

    #[test]
    fn values_of_closed_form() {
        // e^(−ln 2) − 1 is −1/2; Φ(1) is tabulated.
        let ln2 = 2f64.ln();
        let inputs = [fixed(&[6], &[2.0, 0.0, -0.0, -ln2, 200.0, -200.0])];
        let (scale, scale_alpha) = (SELU_SCALE, SELU_SCALE * SELU_ALPHA);
        let expected = [
            [2.0, 0.0, 0.0, 0.0, 200.0, 0.0],
            [2.0, 0.0, 0.0, -0.1 * ln2, 200.0, -20.0],
            [2.0, 0.0, 0.0, -0.75, 200.0, -1.5],
            [2.0 * scale, 0.0, 0.0, -0.5 * scale_alpha, 200.0 * scale, -scale_alpha],
        ];
        for (function, expected) in FUNCTIONS.iter().zip(expected) {
            let found = evaluate::<f64>(&inputs, |x| function(x[0])).to_f64();
            assert_close(&found, &expected, 1e-15);
            let found = evaluate::<f32>(&inputs, |x| function(x[0])).to_f64();
            assert_close(&found, &expected, 3e-7);
        }
        let inputs = [fixed(&[4], &[0.0, 1.0, 200.0, -200.0])];
        let found = evaluate::<f64>(&inputs, |x| x[0].gelu()).to_f64();
        assert_close(&found, &[0.0, 0.841_344_746_068_542_9, 200.0, 0.0], 1e-15);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [fixed(&[2, 3], &[-5.0, -1.2, -0.1, 0.3, 2.0, 800.0])];
        for function in FUNCTIONS {
            check_gradient(&inputs, |x| function(x[0]));
        }
        for function in [FUNCTIONS[2], FUNCTIONS[4]] {
            check_gradient(&inputs, |x| crate::gradients(function(x[0]).sum_all(), x)[0]);
        }
    }

    #[test]
    fn slopes_at_zero() {
        let expected = [0.0, 0.1, 1.5, SELU_SCALE * SELU_ALPHA, 0.5];
        for zero in [0.0, -0.0] {
            let found =
                FUNCTIONS.map(|f| slopes::<f64>(&[fixed(&[1], &[zero])], |x| f(x[0]))[0][0]);
            assert_close(&found, &expected, 1e-15);
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
