//! The exponential function minus one.

use crate::exp::{LN_2_HEAD, LN_2_TAIL, tail};
use crate::lane::{Lane, power_of_two, round};

/// `eˣ - 1` without the loss of digits near 0, within 2 ulp.
///
/// ```
/// use ikhim_numeric::expm1;
/// assert_eq!(expm1(1e-10_f32), 1e-10);
/// assert_eq!(expm1(-30.0_f32), -1.0);
/// ```
#[inline(always)]
pub fn expm1<L: Lane>(x: L) -> L {
    // Below -18 the result is -1 in f32, and from 89 infinity; both are so at the bound itself.
    let bounded = x.max(L::splat(-18.0)).min(L::splat(89.0));

    // Cody and Waite's reduction as in `exp`, which keeps here what its last step rounds away: at n = 1 the
    // terms cancel, and an error in r would count double.
    let n = round(bounded * L::splat(std::f32::consts::LOG2_E));
    let head = n.mul_add(L::splat(-LN_2_HEAD), bounded);
    let r = n.mul_add(L::splat(-LN_2_TAIL), head);
    let r_tail = n.mul_add(L::splat(-LN_2_TAIL), head - r);

    // 2ⁿ(1 + r + t) - 1 = (2ⁿr + (2ⁿ - 1)) + 2ⁿt. It is computed at half size, since 2¹²⁸ is no f32.
    let t = tail(r).mul_add(r * r, r_tail);
    let scale = power_of_two(n - L::splat(1.0));
    let half = scale.mul_add(t, scale.mul_add(r, scale - L::splat(0.5)));
    let value = half + half;

    // Here the result is x, which halving would damage: -0 and denormals.
    let value = L::select(x.abs().is_less(L::splat(f32::EPSILON / 4.0)), x, value);
    L::select(x.is_nan(), L::splat(f32::NAN), value)
}
