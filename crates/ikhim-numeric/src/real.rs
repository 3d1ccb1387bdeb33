//! `f32` and `f64` behind one trait, so that a program can be evaluated in either.

use std::fmt::{Debug, Display};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

use crate::Lane;

/// A floating-point number: `f32`, whose elementary functions are this crate's, or `f64`, whose are those of
/// the crate `libm`. Both give the same bits on every machine.
///
/// ```
/// use ikhim_numeric::Real;
/// fn softplus<T: Real>(x: T) -> T {
///     x.exp().log1p()
/// }
/// assert_eq!(softplus(0.0_f32), std::f32::consts::LN_2);
/// assert_eq!(softplus(0.0_f64), std::f64::consts::LN_2);
/// ```
pub trait Real:
    Copy
    + PartialEq
    + PartialOrd
    + Default
    + Debug
    + Display
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// 0.
    const ZERO: Self;
    /// 1.
    const ONE: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// The NaN that the elementary functions return.
    const NAN: Self;
    /// The smallest positive normal number: 2⁻¹²⁶ in `f32`, 2⁻¹⁰²² in `f64`.
    const SMALLEST_NORMAL: Self;

    /// The nearest number of this type.
    fn from_f64(value: f64) -> Self;
    /// The same number in this type.
    fn from_f32(value: f32) -> Self;
    /// The same number as `f64`.
    fn to_f64(self) -> f64;
    /// The nearest `f32`.
    fn to_f32(self) -> f32;

    /// `self · factor + addend`, rounded once.
    fn mul_add(self, factor: Self, addend: Self) -> Self;
    /// The square root.
    fn sqrt(self) -> Self;
    /// The magnitude.
    fn abs(self) -> Self;
    /// The largest whole number not above `self`.
    fn floor(self) -> Self;
    /// The smaller one; NaN where either is NaN, `other` where both are equal.
    fn min(self, other: Self) -> Self;
    /// The larger one; NaN where either is NaN, `other` where both are equal.
    fn max(self, other: Self) -> Self;
    /// Whether this is NaN.
    fn is_nan(self) -> bool;
    /// Whether this is neither NaN nor infinite.
    fn is_finite(self) -> bool;

    /// `eˣ`; in `f32` 0 where the result would be below 2⁻¹²⁶.
    fn exp(self) -> Self;
    /// `eˣ - 1`.
    fn expm1(self) -> Self;
    /// `ln x`.
    fn log(self) -> Self;
    /// `ln(1 + x)`.
    fn log1p(self) -> Self;
    /// The hyperbolic tangent.
    fn tanh(self) -> Self;
    /// The error function.
    fn erf(self) -> Self;
    /// `selfʸ`.
    fn pow(self, y: Self) -> Self;

    /// What is stored of this value: 0 for a denormal, else the value itself.
    ///
    /// A moment of an optimizer decays toward 0 for ever; without this rule it stays among the denormals,
    /// where arithmetic is many times slower.
    ///
    /// ```
    /// use ikhim_numeric::Real;
    /// assert_eq!(1e-40_f32.flush_stored(), 0.0);
    /// assert_eq!(1e-40_f64.flush_stored(), 1e-40);
    /// ```
    fn flush_stored(self) -> Self {
        // A NaN is not less than anything, so it stays.
        if self.abs() < Self::SMALLEST_NORMAL { Self::ZERO } else { self }
    }
}

impl Real for f32 {
    const ZERO: f32 = 0.0;
    const ONE: f32 = 1.0;
    const INFINITY: f32 = f32::INFINITY;
    const NAN: f32 = f32::NAN;
    const SMALLEST_NORMAL: f32 = f32::MIN_POSITIVE;

    fn from_f64(value: f64) -> f32 {
        value as f32
    }
    fn from_f32(value: f32) -> f32 {
        value
    }
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
    fn to_f32(self) -> f32 {
        self
    }

    fn mul_add(self, factor: f32, addend: f32) -> f32 {
        f32::mul_add(self, factor, addend)
    }
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }
    fn abs(self) -> f32 {
        f32::abs(self)
    }
    fn floor(self) -> f32 {
        f32::floor(self)
    }
    fn min(self, other: f32) -> f32 {
        Lane::min(self, other)
    }
    fn max(self, other: f32) -> f32 {
        Lane::max(self, other)
    }
    fn is_nan(self) -> bool {
        f32::is_nan(self)
    }
    fn is_finite(self) -> bool {
        f32::is_finite(self)
    }

    fn exp(self) -> f32 {
        crate::exp(self)
    }
    fn expm1(self) -> f32 {
        crate::expm1(self)
    }
    fn log(self) -> f32 {
        crate::log(self)
    }
    fn log1p(self) -> f32 {
        crate::log1p(self)
    }
    fn tanh(self) -> f32 {
        crate::tanh(self)
    }
    fn erf(self) -> f32 {
        crate::erf(self)
    }
    fn pow(self, y: f32) -> f32 {
        crate::pow(self, y)
    }
}

impl Real for f64 {
    const ZERO: f64 = 0.0;
    const ONE: f64 = 1.0;
    const INFINITY: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;
    const SMALLEST_NORMAL: f64 = f64::MIN_POSITIVE;

    fn from_f64(value: f64) -> f64 {
        value
    }
    fn from_f32(value: f32) -> f64 {
        f64::from(value)
    }
    fn to_f64(self) -> f64 {
        self
    }
    fn to_f32(self) -> f32 {
        self as f32
    }

    fn mul_add(self, factor: f64, addend: f64) -> f64 {
        f64::mul_add(self, factor, addend)
    }
    fn sqrt(self) -> f64 {
        f64::sqrt(self)
    }
    fn abs(self) -> f64 {
        f64::abs(self)
    }
    fn floor(self) -> f64 {
        f64::floor(self)
    }
    fn min(self, other: f64) -> f64 {
        if self < other || self.is_nan() { self } else { other }
    }
    fn max(self, other: f64) -> f64 {
        if other < self || self.is_nan() { self } else { other }
    }
    fn is_nan(self) -> bool {
        f64::is_nan(self)
    }
    fn is_finite(self) -> bool {
        f64::is_finite(self)
    }

    fn exp(self) -> f64 {
        libm::exp(self)
    }
    fn expm1(self) -> f64 {
        libm::expm1(self)
    }
    fn log(self) -> f64 {
        libm::log(self)
    }
    fn log1p(self) -> f64 {
        libm::log1p(self)
    }
    fn tanh(self) -> f64 {
        libm::tanh(self)
    }
    fn erf(self) -> f64 {
        libm::erf(self)
    }
    fn pow(self, y: f64) -> f64 {
        libm::pow(self, y)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_denormals_become_zero() {
        assert_eq!(Real::flush_stored(-1e-39_f32), 0.0);
        assert_eq!(f32::MIN_POSITIVE.flush_stored(), f32::MIN_POSITIVE);
        assert_eq!(5e-324_f64.flush_stored(), 0.0);
        assert!(f32::NAN.flush_stored().is_nan());
        assert_eq!(f64::NEG_INFINITY.flush_stored(), f64::NEG_INFINITY);
    }

    #[test]
    fn minimum_and_maximum_keep_nan_in_both_precisions() {
        fn check<T: Real>() {
            assert!(T::NAN.min(T::ONE).is_nan() && T::ONE.min(T::NAN).is_nan());
            assert!(T::NAN.max(T::ONE).is_nan() && T::ONE.max(T::NAN).is_nan());
            assert_eq!(T::ONE.max(T::ZERO), T::ONE);
            assert_eq!(T::ONE.min(T::ZERO), T::ZERO);
        }
        check::<f32>();
        check::<f64>();
    }
}
