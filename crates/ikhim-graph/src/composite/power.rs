//! Powers with a fixed exponent.
//!
//! `x^p` for p = 0, ½, 1, 2, 3 and the inverses −½, −1, −2 is made of products,
//! roots and quotients, as in PyTorch, so that x² is the rounded x·x; any other
//! p goes through the power of two arrays. Slope: p·x^(p−1), 0 for p = 0.

use super::slope;
use crate::Tensor;

impl<'g> Tensor<'g> {
    /// `x·x`. Slope: 2x.
    #[track_caller]
    pub fn square(self) -> Tensor<'g> {
        let rule = slope(|d| d.upstream() * (d.inputs[0] * 2.0));
        self.composed("square", rule, |x| x * x)
    }

    /// `1/x`. Slope: −1/x².
    #[track_caller]
    pub fn reciprocal(self) -> Tensor<'g> {
        let rule = slope(|d| -(d.upstream() * (d.output() * d.output())));
        self.composed("reciprocal", rule, |x| 1.0 / x)
    }

    /// `x^p` for a fixed p, element by element: NaN for a negative x and a p
    /// that is not a whole number; 1 for p = 0, whatever x is.
    #[track_caller]
    pub fn pow(self, exponent: f64) -> Tensor<'g> {
        if exponent == 0.0 {
            return self.ones_like();
        }
        if exponent == 1.0 {
            return self;
        }
        let rule = slope(move |d| d.upstream() * (d.inputs[0].pow(exponent - 1.0) * exponent));
        self.composed("pow", rule, |x| match exponent {
            0.5 => x.sqrt(),
            2.0 => x * x,
            3.0 => x * x * x,
            -0.5 => 1.0 / x.sqrt(),
            -1.0 => 1.0 / x,
            -2.0 => 1.0 / (x * x),
            _ => x.pow_tensor(x.number(exponent)),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, check_gradient, evaluate, fixed, slopes};

    const INF: f64 = f64::INFINITY;

    /// Exponents made of products and roots, and some that are not.
    const EXPONENTS: [f64; 11] = [0.0, 0.5, 1.0, 2.0, 3.0, -0.5, -1.0, -2.0, 1.5, 4.0, -2.5];

    #[test]
    fn values_of_closed_form() {
        // Each power of 4 is a power of 2.
        let inputs = [fixed(&[1], &[4.0])];
        for exponent in EXPONENTS {
            let expected = [2f64.powf(2.0 * exponent)];
            let found = evaluate::<f64>(&inputs, |x| x[0].pow(exponent)).to_f64();
            assert_close(&found, &expected, 1e-15);
            let found = evaluate::<f32>(&inputs, |x| x[0].pow(exponent)).to_f64();
            assert_close(&found, &expected, 1.2e-7);
        }
        let inputs = [fixed(&[4], &[-3.0, 0.0, INF, f64::NAN])];
        let found = evaluate::<f32>(&inputs, |x| x[0].square()).to_f64();
        assert_close(&found, &[9.0, 0.0, INF, f64::NAN], 0.0);
        let found = evaluate::<f64>(&inputs, |x| x[0].reciprocal()).to_f64();
        assert_close(&found, &[-1.0 / 3.0, INF, 0.0, f64::NAN], 0.0);
        let found = evaluate::<f32>(&inputs, |x| x[0].pow(0.0)).to_f64();
        assert_eq!(found, [1.0; 4]);
        let found = evaluate::<f32>(&inputs, |x| x[0].pow(1.5)).to_f64();
        assert_close(&found, &[f64::NAN, 0.0, INF, f64::NAN], 0.0);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let positive = [fixed(&[3], &[0.3, 1.0, 2.7])];
        for exponent in EXPONENTS {
            check_gradient(&positive, |x| x[0].pow(exponent));
            check_gradient(&positive, |x| {
                crate::gradients((x[0].pow(exponent) + x[0]).sum_all(), x)[0]
            });
        }
        let signed = [fixed(&[3], &[-1.3, 0.4, 2.7])];
        for exponent in [2.0, 3.0, 4.0, -1.0, -2.0] {
            check_gradient(&signed, |x| x[0].pow(exponent));
        }
        check_gradient(&signed, |x| x[0].square());
        check_gradient(&signed, |x| x[0].reciprocal());
    }

    #[test]
    fn slopes_at_zero() {
        let at =
            |exponent: f64| slopes::<f64>(&[fixed(&[1], &[0.0])], |x| x[0].pow(exponent))[0][0];
        let expected = [0.0, INF, 1.0, 0.0, 0.0, -INF, -INF, -INF, 0.0, 0.0, -INF];
        assert_close(&EXPONENTS.map(at), &expected, 0.0);
    }
}
