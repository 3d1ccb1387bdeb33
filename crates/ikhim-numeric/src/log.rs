//! The natural logarithm.

use crate::exp::{LN_2_HEAD, LN_2_TAIL};
use crate::lane::{Lane, polynomial};

/// `ln x`, within 1 ulp; `-∞` at 0, NaN below.
///
/// ```
/// use ikhim_numeric::log;
/// assert_eq!(log(1.0_f32), 0.0);
/// assert_eq!(log(0.0_f32), f32::NEG_INFINITY);
/// assert!(log(-1.0_f32).is_nan());
/// ```
#[inline(always)]
pub fn log<L: Lane>(x: L) -> L {
    let (head, tail) = log_parts(x);
    special(x, head + tail)
}

/// `ln x` as a head and a tail to be added, for positive finite `x`.
#[inline(always)]
pub(crate) fn log_parts<L: Lane>(x: L) -> (L, L) {
    let (e, m) = exponent_and_mantissa(x);
    let f = m - L::splat(1.0);
    let head = e.mul_add(L::splat(LN_2_HEAD), f);
    // Where e is not 0 its term is the larger one, so this is exactly what the addition rounded away.
    let lost = f + e.mul_add(L::splat(LN_2_HEAD), -head);
    (head, series(f).mul_add(f * f, e.mul_add(L::splat(LN_2_TAIL), lost)))
}

/// `value`, but what the logarithm of `x` is where `x` is 0, negative, infinite or NaN.
#[inline(always)]
pub(crate) fn special<L: Lane>(x: L, value: L) -> L {
    let infinity = L::splat(f32::INFINITY);
    let zero = L::splat(0.0);
    let value = L::select(x.is_equal(infinity), infinity, value);
    let value = L::select(x.is_equal(zero), -infinity, value);
    L::select(x.is_less(zero) | x.is_nan(), L::splat(f32::NAN), value)
}

/// `x = m 2ᵉ` with `√½ ≤ m < √2`, for positive finite `x`.
#[inline(always)]
pub(crate) fn exponent_and_mantissa<L: Lane>(x: L) -> (L, L) {
    // A denormal is made normal first.
    let denormal = x.is_less(L::splat(f32::MIN_POSITIVE));
    let x = L::select(denormal, x * L::splat(8_388_608.0), x);
    let offset =
        L::select(denormal, L::splat(-23.0 - 127.0 - 8_388_608.0), L::splat(-127.0 - 8_388_608.0));

    // Moving the bits so that √½ stands where 1 was makes the exponent field count from √½.
    let root = std::f32::consts::FRAC_1_SQRT_2.to_bits();
    let moved = x.to_bits() + L::splat_bits(1.0_f32.to_bits() - root);
    let m = (moved & L::splat_bits(0x007f_ffff)) + L::splat_bits(root);

    // A small whole number in the low bits of 2²³ reads as 2²³ plus that number.
    let biased = L::from_bits((moved >> 23) | L::splat_bits(8_388_608.0_f32.to_bits()));
    (biased + offset, L::from_bits(m))
}

/// `(ln(1 + f) - f) / f²` for `√½ ≤ 1 + f ≤ √2`.
#[inline(always)]
fn series<L: Lane>(f: L) -> L {
    polynomial(
        [
            -0.49999988,
            0.33333322,
            -0.25001603,
            0.20002207,
            -0.16608872,
            0.14177395,
            -0.13239953,
            0.12930094,
            -0.076600984,
        ],
        f,
    )
}
