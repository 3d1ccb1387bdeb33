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
