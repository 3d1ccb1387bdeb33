//! The inverse of the normal distribution function.

use crate::lane::{Lane, polynomial};
use crate::log;

/// The number of standard deviations below which a share `½ + q` of the normal distribution lies, `|q| < ½`;
/// relative error below 10⁻⁶.
///
/// The argument is the distance from ½, not the share itself, because that keeps the digits of a share near 1.
///
/// M. J. Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37
/// (1988), routine PPND7. Its third range, tails of less than 1.4 · 10⁻¹¹, needs a `q` closer to ½ than an `f32`
/// can be.
///
/// ```
/// use ikhim_numeric::normal_quantile;
/// assert!((normal_quantile(0.475_f32) - 1.959964).abs() < 1e-5);
/// ```
#[inline(always)]
pub fn normal_quantile<L: Lane>(q: L) -> L {
    let size = q.abs();

    let r = L::splat(0.180625) - size * size;
    let center = size * (polynomial(CENTER_NUMERATOR, r) / polynomial(CENTER_DENOMINATOR, r));

    // The distance in the tail, from the logarithm of the tail's share.
    let r = (-log(L::splat(0.5) - size)).sqrt() - L::splat(1.6);
    let tail = polynomial(TAIL_NUMERATOR, r) / polynomial(TAIL_DENOMINATOR, r);

    let value = L::select(L::splat(0.425).is_less(size), tail, center);
    let value = L::select(size.is_equal(L::splat(0.5)), L::splat(f32::INFINITY), value);
    L::select(q.is_less(L::splat(0.0)), -value, value)
}

// For shares within 0.425 of ½, in 0.425² - q².
const CENTER_NUMERATOR: [f32; 4] = [3.3871326, 50.434273, 159.29114, 59.109375];
const CENTER_DENOMINATOR: [f32; 4] = [1.0, 17.89517, 78.75776, 67.18756];

// For the tails, in √(-ln tail) - 1.6.
const TAIL_NUMERATOR: [f32; 4] = [1.4234372, 2.7568154, 1.3067285, 0.17023821];
const TAIL_DENOMINATOR: [f32; 3] = [1.0, 0.737_001_66, 0.12021133];

#[cfg(test)]
mod tests {
    use super::*;

    /// From `√2 erfinv(2q)` in mpmath, for `q` rounded to f32.
    const QUANTILES: [(f32, f64); 9] = [
        (0.001, 0.002506631),
        (0.25, 0.67448975),
        (0.425, 1.439531555),
        (0.4375, 1.534120544),
        (0.475, 1.959963883),
        (0.499, 3.090236130),
        (0.49999, 4.264587772),
        (0.49999905, 4.763001034),
        (0.49999997, 5.419983175),
    ];

    #[test]
    fn gives_known_quantiles() {
        for (q, expected) in QUANTILES {
            let found = f64::from(normal_quantile(q));
            assert!(
                (found - expected).abs() <= 1e-6 * expected.abs(),
                "{q}: {found}, not {expected}"
            );
            assert_eq!(normal_quantile(-q), -normal_quantile(q));
        }
    }

    #[test]
    fn inverts_the_distribution_function() {
        for k in 1..4096 {
            let q = k as f32 / 8192.0;
            let x = f64::from(normal_quantile(q));
            let share = 0.5 * libm::erf(x * std::f64::consts::FRAC_1_SQRT_2);
            // An error dx of the quantile moves the share by the density times dx.
            let density = libm::exp(-0.5 * x * x) / (2.0 * std::f64::consts::PI).sqrt();
            assert!((share - f64::from(q)).abs() <= density * x * 1e-6, "{q}");
        }
    }

    #[test]
    fn ends_at_infinity() {
        assert_eq!(normal_quantile(0.5_f32), f32::INFINITY);
        assert_eq!(normal_quantile(-0.5_f32), f32::NEG_INFINITY);
        assert_eq!(normal_quantile(0.0_f32), 0.0);
    }
}
