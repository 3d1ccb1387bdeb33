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
        self.composed("elu", rule, |x| {
            positive(x).select(x, negative_part(x).exp_m1() * alpha)
        })
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
