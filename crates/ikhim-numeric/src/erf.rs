//! The error function.

use crate::exp::exp;
use crate::lane::{Lane, polynomial};

/// `erf x = 2/√π ∫₀ˣ e^(-t²) dt`, within 2 ulp; odd, ±1 from about |x| = 4.
///
/// Up to 1 an odd polynomial, beyond it `1 - erfc x` with a polynomial for `ln erfc x`: there `erfc x` is below
/// 0.16, so its own error hardly counts.
///
/// ```
/// use ikhim_numeric::erf;
/// assert_eq!(erf(0.5_f32), 0.5204999);
/// assert_eq!(erf(-5.0_f32), -1.0);
/// ```
#[inline(always)]
pub fn erf<L: Lane>(x: L) -> L {
    let size = x.abs();
    let near = series(size * size).mul_add(size, size);

    // At 4, erfc is 1.5 · 10⁻⁸, less than a quarter ulp of 1.
    let bounded = size.min(L::splat(4.0));
    let far = L::splat(1.0) - exp(log_erfc(bounded));
    let value = L::select(size.is_less(L::splat(1.0)), near, far);
    L::select(x.is_nan(), L::splat(f32::NAN), value.with_sign_of(x))
}

/// `erf x / x - 1` in `x²`, for `|x| ≤ 1`.
#[inline(always)]
fn series<L: Lane>(square: L) -> L {
    polynomial(
        [
            0.12837917,
            -0.37612626,
            0.11283579,
            -0.026853347,
            0.005187162,
            -0.0007997853,
            7.806903e-05,
        ],
        square,
    )
}

/// `ln erfc x` for `1 ≤ x ≤ 4`, as exact as `1 - erfc x` needs it.
#[inline(always)]
fn log_erfc<L: Lane>(x: L) -> L {
    polynomial(
        [
            -0.0003205745,
            -1.1271716,
            -0.6380123,
            -0.10321806,
            0.02188952,
            -0.0029600644,
            0.00018759712,
        ],
        x,
    )
}
