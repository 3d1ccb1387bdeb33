//! One number, or a vector of numbers side by side, as the elementary functions see it.

use std::num::Wrapping;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Shl, Shr, Sub};

/// One `f32`, or a vector of them computed element by element.
///
/// Every method is an IEEE 754 operation, correctly rounded to nearest even, or an operation on bits, so a
/// function written over this trait gives the same bits for a scalar and for any vector. There is no `if` on
/// values: both sides are computed and [`Lane::select`] takes one, which is what a vector must do anyway.
///
/// An implementation for vectors marks each method `#[inline(always)]`, as the functions of this crate are, so
/// that all of it is compiled with the caller's processor features.
///
/// ```
/// use ikhim_numeric::Lane;
/// fn relu<L: Lane>(x: L) -> L {
///     x.max(L::splat(0.0))
/// }
/// assert_eq!(relu(-2.0_f32), 0.0);
/// assert!(relu(f32::NAN).is_nan());
/// ```
pub trait Lane:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
{
    /// The bits of each element as an unsigned 32-bit number; additions and subtractions wrap around.
    type Bits: Copy
        + Add<Output = Self::Bits>
        + Sub<Output = Self::Bits>
        + BitAnd<Output = Self::Bits>
        + BitOr<Output = Self::Bits>
        + Shl<usize, Output = Self::Bits>
        + Shr<usize, Output = Self::Bits>;

    /// The answer of a comparison for each element.
    type Mask: Copy
        + BitAnd<Output = Self::Mask>
        + BitOr<Output = Self::Mask>
        + Not<Output = Self::Mask>;

    /// The same value in every element.
    fn splat(value: f32) -> Self;

    /// The same bits in every element.
    fn splat_bits(bits: u32) -> Self::Bits;

    /// The bits of each element.
    fn to_bits(self) -> Self::Bits;

    /// The numbers with these bits.
    fn from_bits(bits: Self::Bits) -> Self;

    /// `self · factor + addend`, rounded once.
    fn mul_add(self, factor: Self, addend: Self) -> Self;

    /// The square root.
    fn sqrt(self) -> Self;

    /// `self < other`; false where either is NaN.
    fn is_less(self, other: Self) -> Self::Mask;

    /// `self = other`; false where either is NaN, true for `0` and `-0`.
    fn is_equal(self, other: Self) -> Self::Mask;

    /// `yes` where the mask is set, else `no`.
    fn select(mask: Self::Mask, yes: Self, no: Self) -> Self;

    /// Whether an element is NaN.
    #[inline(always)]
    fn is_nan(self) -> Self::Mask {
        !self.is_equal(self)
    }

    /// The magnitude: the sign bit cleared.
    #[inline(always)]
    fn abs(self) -> Self {
        Self::from_bits(self.to_bits() & Self::splat_bits(0x7fff_ffff))
    }

    /// The magnitude of `self` with the sign bit of `sign`; `self` must not be negative.
    #[inline(always)]
    fn with_sign_of(self, sign: Self) -> Self {
        Self::from_bits(self.to_bits() | (sign.to_bits() & Self::splat_bits(0x8000_0000)))
    }

    /// The smaller one; NaN where either is NaN, `other` where both are equal.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        Self::select(self.is_less(other) | self.is_nan(), self, other)
    }

    /// The larger one; NaN where either is NaN, `other` where both are equal.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        Self::select(other.is_less(self) | self.is_nan(), self, other)
    }
}

impl Lane for f32 {
    type Bits = Wrapping<u32>;
    type Mask = bool;

    #[inline(always)]
    fn splat(value: f32) -> f32 {
        value
    }

    #[inline(always)]
    fn splat_bits(bits: u32) -> Wrapping<u32> {
        Wrapping(bits)
    }

    #[inline(always)]
    fn to_bits(self) -> Wrapping<u32> {
        Wrapping(f32::to_bits(self))
    }

    #[inline(always)]
    fn from_bits(bits: Wrapping<u32>) -> f32 {
        f32::from_bits(bits.0)
    }

    #[inline(always)]
    fn mul_add(self, factor: f32, addend: f32) -> f32 {
        f32::mul_add(self, factor, addend)
    }

    #[inline(always)]
    fn sqrt(self) -> f32 {
        f32::sqrt(self)
    }

    #[inline(always)]
    fn is_less(self, other: f32) -> bool {
        self < other
    }

    #[inline(always)]
    fn is_equal(self, other: f32) -> bool {
        self == other
    }

    #[inline(always)]
    fn select(mask: bool, yes: f32, no: f32) -> f32 {
        if mask { yes } else { no }
    }
}

/// The polynomial `c₀ + c₁x + c₂x² + …` by Horner's rule, one fused multiply-add per coefficient.
#[inline(always)]
pub(crate) fn polynomial<L: Lane, const N: usize>(coefficients: [f32; N], x: L) -> L {
    let mut value = L::splat(coefficients[N - 1]);
    for &coefficient in coefficients[..N - 1].iter().rev() {
        value = value.mul_add(x, L::splat(coefficient));
    }
    value
}

/// The nearest whole number, ties to even, for magnitudes below 2²².
///
/// Adding 1.5 · 2²³ leaves no bit for a fraction, so the addition itself rounds.
#[inline(always)]
pub(crate) fn round<L: Lane>(x: L) -> L {
    (x + L::splat(WHOLE)) - L::splat(WHOLE)
}

/// `2^n` for a whole number `n` from -126 to 127.
#[inline(always)]
pub(crate) fn power_of_two<L: Lane>(n: L) -> L {
    L::from_bits(exponent_bits(n) + L::splat_bits(1.0_f32.to_bits()))
}

/// What to add to the bits of a normal number to multiply it by `2^n`, for a whole number `n` of magnitude
/// below 256.
///
/// The low bits of `n + 1.5 · 2²³` are those of `n` in two's complement; the shift drops the others.
#[inline(always)]
pub(crate) fn exponent_bits<L: Lane>(n: L) -> L::Bits {
    (n + L::splat(WHOLE)).to_bits() << 23
}

/// 1.5 · 2²³.
const WHOLE: f32 = 12_582_912.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_the_nearest_even_whole_number() {
        for (x, expected) in [(0.5, 0.0), (1.5, 2.0), (-0.5, 0.0), (-2.5, -2.0), (126.7, 127.0)] {
            assert_eq!(round(x), expected);
        }
    }

    #[test]
    fn powers_of_two_are_exact() {
        for n in -126..=127 {
            assert_eq!(power_of_two(n as f32), 2.0_f32.powi(n));
        }
    }

    #[test]
    fn minimum_and_maximum_keep_nan() {
        for (a, b) in [(f32::NAN, 1.0), (1.0, f32::NAN)] {
            assert!(Lane::min(a, b).is_nan() && Lane::max(a, b).is_nan());
        }
        assert_eq!((Lane::min(1.0, 2.0), Lane::max(1.0, 2.0)), (1.0, 2.0));
        assert_eq!((Lane::min(2.0, 1.0), Lane::max(2.0, 1.0)), (1.0, 2.0));
    }
}
