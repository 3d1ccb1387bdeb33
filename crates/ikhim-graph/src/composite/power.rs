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
