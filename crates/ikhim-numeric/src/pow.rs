//! Powers.

use crate::exp::{reduce, tail};
use crate::lane::{Lane, polynomial, power_of_two, round};
use crate::log::exponent_and_mantissa;

/// `xʸ`, within 4 ulp, and within 1.25 ulp for exponents up to 3; a result below the smallest normal number is rounded to a denormal.
///
/// The special cases are those of C's `powf`, and `x¹ = x` to the last bit: `x⁰ = 1ʸ = 1` even for NaN, a negative base has a power for a
/// whole exponent only, and zeros and infinities keep their sign for an odd one.
///
/// ```
/// use ikhim_numeric::pow;
/// assert_eq!(pow(2.0_f32, 10.0), 1024.0);
/// assert_eq!(pow(-2.0_f32, 3.0), -8.0);
/// assert_eq!(pow(0.0_f32, 0.0), 1.0);
/// assert!(pow(-2.0_f32, 0.5).is_nan());
/// ```
#[inline(always)]
pub fn pow<L: Lane>(x: L, y: L) -> L {
    let (zero, one, infinity) = (L::splat(0.0), L::splat(1.0), L::splat(f32::INFINITY));
    let size = x.abs();

    let value = positive_power(size, y);
    let at_zero = L::select(y.is_less(zero), infinity, zero);
    let at_infinity = L::select(y.is_less(zero), zero, infinity);
    let value = L::select(size.is_equal(zero), at_zero, value);
    let value = L::select(size.is_equal(infinity), at_infinity, value);
    let value = L::select(size.is_equal(one), one, value);

    let (whole, odd) = parity(y);
    // The sign is a bit: -0 is negative too, though not less than 0.
    let negative = one.with_sign_of(x).is_less(zero);
    let value = L::select(negative & odd, -value, value);
    let finite_negative = x.is_less(zero) & size.is_less(infinity);
    let undefined = (finite_negative & !whole) | x.is_nan() | y.is_nan();
    let value = L::select(undefined, L::splat(f32::NAN), value);
    let value = L::select(x.is_equal(one) | y.is_equal(zero), one, value);
    L::select(y.is_equal(one), x, value)
}

/// `xʸ` for positive finite `x` and any `y`, but `x = 1` with infinite `y`.
#[inline(always)]
fn positive_power<L: Lane>(x: L, y: L) -> L {
    let one = L::splat(1.0);
    let (head, tail_of_log) = log_pair(x);

    // y ln x as a head and a tail: the fused multiply-add gives what the product rounded away.
    let product = y * head;
    let low = y.mul_add(tail_of_log, y.mul_add(head, -product));

    // Beyond ±110 the result is infinity or 0 in any case, and the tail may be NaN.
    let bound = L::splat(110.0);
    let bounded = product.max(-bound).min(bound);
    let low = L::select(product.abs().is_less(bound), low, L::splat(0.0));

    let (n, rest) = reduce(bounded);
    let r = rest + low;
    let lost = low - (r - rest);
    let fraction = (r + (r * r).mul_add(tail(r), lost)) + one;
    // In two steps, since 2ⁿ alone may be too large or too small for an f32; only the second can round.
    let half = round(n * L::splat(0.5));
    fraction * power_of_two(half) * power_of_two(n - half)
}

/// `ln x` as a head and a tail of together about 31 bits, for positive finite `x`.
///
/// With `x = m 2ᵉ` and `s = (m - 1)/(m + 1)` it is `e ln 2 + 2 atanh s`.
#[inline(always)]
fn log_pair<L: Lane>(x: L) -> (L, L) {
    let (e, m) = exponent_and_mantissa(x);
    let (f, two) = (m - L::splat(1.0), L::splat(2.0));

    // s = f / (f + 2) and its remainder, by the exact error of the sum and of the quotient.
    let sum = f + two;
    let lost = f - (sum - two);
    let s = f / sum;
    let s_tail = (-s).mul_add(lost, (-s).mul_add(sum, f)) / sum;

    let square = s * s;
    let rest = (atanh_series(square) * square).mul_add(s, s_tail + s_tail);

    // e times the head of ln 2 is exact, since the head has 16 bits; where e is not 0 it is the larger term.
    let multiple = e * L::splat(LN_2_SHORT_HEAD);
    let double = s + s;
    let high = multiple + double;
    let low = double - (high - multiple) + e.mul_add(L::splat(LN_2_LONG_TAIL), rest);
    let head = high + low;
    (head, low - (head - high))
}

const LN_2_SHORT_HEAD: f32 = 0.693_145_75;
const LN_2_LONG_TAIL: f32 = 1.428_606_8e-6;

/// `(2 atanh s - 2s) / s³` in `s²`, for `|s| ≤ 0.1716`.
#[inline(always)]
fn atanh_series<L: Lane>(square: L) -> L {
    polynomial([0.6666666, 0.40000972, 0.284988, 0.2427879], square)
}

/// Whether `y` is a whole number, and whether it is an odd one.
#[inline(always)]
fn parity<L: Lane>(y: L) -> (L::Mask, L::Mask) {
    let size = y.abs();
    let half = size * L::splat(0.5);
    let whole = !size.is_less(L::splat(8_388_608.0)) | nearest(size).is_equal(size);
    let even = !size.is_less(L::splat(16_777_216.0)) | nearest(half).is_equal(half);
    (whole, whole & !even)
}

/// The nearest whole number for `0 ≤ x ≤ 2²³`.
#[inline(always)]
fn nearest<L: Lane>(x: L) -> L {
    (x + L::splat(8_388_608.0)) - L::splat(8_388_608.0)
}
