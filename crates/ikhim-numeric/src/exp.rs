//! The exponential function.

use crate::lane::{Lane, exponent_bits, polynomial, round};

/// `eˣ`, within 1 ulp.
///
/// Overflow gives infinity. Where the result would be below 2⁻¹²⁶, the smallest normal number, it is 0: a
/// softmax then never fills later layers with denormals, which some processors compute many times slower.
///
/// ```
/// use ikhim_numeric::exp;
/// assert_eq!(exp(0.0_f32), 1.0);
/// assert_eq!(exp(1.0_f32), std::f32::consts::E);
/// assert_eq!(exp(-88.0_f32), 0.0);
/// ```
#[inline(always)]
pub fn exp<L: Lane>(x: L) -> L {
    let (n, r) = reduce(x);
    let one = L::splat(1.0);
    let fraction = tail(r).mul_add(r, one).mul_add(r, one);
    let value = L::from_bits(fraction.to_bits() + exponent_bits(n));
    let value = L::select(x.is_less(L::splat(SMALLEST)), L::splat(0.0), value);
    let value = L::select(L::splat(LARGEST).is_less(x), L::splat(f32::INFINITY), value);
    L::select(x.is_nan(), L::splat(f32::NAN), value)
}

/// The least `x` with `eˣ ≥ 2⁻¹²⁶`.
const SMALLEST: f32 = -87.336_54;

/// The greatest `x` with `eˣ` below the greatest `f32` and a half ulp.
const LARGEST: f32 = 88.722_83;

/// `x = n ln 2 + r` with a whole `n` and `|r| ≤ ln 2 / 2`, for `|x|` up to 110.
///
/// Cody and Waite's reduction: `ln 2` is a head and a tail. The first fused multiply-add is exact, because both
/// of its terms are multiples of 2⁻²⁵ and their difference is below ½.
#[inline(always)]
pub(crate) fn reduce<L: Lane>(x: L) -> (L, L) {
    let n = round(x * L::splat(std::f32::consts::LOG2_E));
    let r = n.mul_add(L::splat(-LN_2_HEAD), x);
    (n, n.mul_add(L::splat(-LN_2_TAIL), r))
}

pub(crate) const LN_2_HEAD: f32 = std::f32::consts::LN_2;
pub(crate) const LN_2_TAIL: f32 = -1.904_654_2e-9;

/// `(eʳ - 1 - r) / r²` for `|r| ≤ ln 2 / 2`.
#[inline(always)]
pub(crate) fn tail<L: Lane>(r: L) -> L {
    polynomial([0.49999997, 0.16666546, 0.041667435, 0.008366272, 0.0013870696], r)
}
