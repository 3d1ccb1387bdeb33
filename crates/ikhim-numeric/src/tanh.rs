//! The hyperbolic tangent.

use crate::exp::exp;
use crate::lane::{Lane, polynomial};

/// `tanh x`, within 2 ulp; odd, ±1 from about |x| = 9.
///
/// Near 0 an odd polynomial, beyond it `1 - 2 / (e²ˣ + 1)`, where the subtraction loses nothing.
///
/// ```
/// use ikhim_numeric::tanh;
/// assert_eq!(tanh(f32::INFINITY), 1.0);
/// assert_eq!(tanh(-20.0_f32), -1.0);
/// assert_eq!(tanh(1e-10_f32), 1e-10);
/// ```
#[inline(always)]
pub fn tanh<L: Lane>(x: L) -> L {
    let size = x.abs();
    let square = size * size;
    let near = (series(square) * square).mul_add(size, size);

    let one = L::splat(1.0);
    let far = one - L::splat(2.0) / (exp(size + size) + one);
    let value = L::select(size.is_less(L::splat(0.6)), near, far);
    L::select(x.is_nan(), L::splat(f32::NAN), value.with_sign_of(x))
}

/// `(tanh x - x) / x³` in `x²`, for `|x| ≤ 0.6`.
#[inline(always)]
fn series<L: Lane>(square: L) -> L {
    polynomial([-0.333333, 0.13331936, -0.053784717, 0.020798625, -0.0058979667], square)
}
