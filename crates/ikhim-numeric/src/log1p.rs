//! The natural logarithm of one plus a number.

use crate::lane::Lane;
use crate::log::{log_parts, special};

/// `ln(1 + x)` without the loss of digits near 0, within 2 ulp; `-∞` at -1, NaN below.
///
/// ```
/// use ikhim_numeric::log1p;
/// assert_eq!(log1p(1e-10_f32), 1e-10);
/// assert_eq!(log1p(-1.0_f32), f32::NEG_INFINITY);
/// ```
#[inline(always)]
pub fn log1p<L: Lane>(x: L) -> L {
    let one = L::splat(1.0);
    let sum = one + x;

    // What the addition rounded away, exactly: the larger term is the one to subtract first. To first order
    // ln(sum + lost) = ln(sum) + lost / sum, and the next order is below 2⁻⁵⁰.
    let lost = L::select(x.is_less(one), x - (sum - one), one - (sum - x));
    let (head, tail) = log_parts(sum);
    let value = special(sum, head + (tail + lost / sum));

    // Here the result is x, and the sign of -0 would be lost.
    L::select(x.abs().is_less(L::splat(f32::EPSILON / 4.0)), x, value)
}
