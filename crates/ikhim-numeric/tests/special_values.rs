//! Special values, after C's annex F, and identities that hold exactly.

use ikhim_numeric::{Real, erf, exp, expm1, log, log1p, pow, tanh};
use proptest::prelude::*;

const INF: f32 = f32::INFINITY;
const NAN: f32 = f32::NAN;
/// The smallest denormal.
const TINY: f32 = f32::from_bits(1);

/// Asserts equal bits, so that `0` is not `-0`, and that every NaN is the same one.
fn assert_values(name: &str, f: fn(f32) -> f32, table: &[(f32, f32)]) {
    for &(x, expected) in table {
        let found = f(x);
        assert_eq!(
            found.to_bits(),
            expected.to_bits(),
            "{name}({x:e}) = {found:e}, not {expected:e}"
        );
    }
}

#[test]
fn functions_of_one_argument() {
    let (ln_2, e) = (std::f32::consts::LN_2, std::f32::consts::E);
    let normal = f32::MIN_POSITIVE;
    let table =
        [(0.0, 1.0), (-0.0, 1.0), (1.0, e), (INF, INF), (-INF, 0.0), (NAN, NAN), (-NAN, NAN)];
    assert_values("exp", exp, &table);
    // ln(2¹²⁸ - 2¹⁰³) and -126 ln 2 lie between these neighbors.
    assert_values("exp", exp, &[(88.722_84, INF), (-87.336_55, 0.0), (-100.0, 0.0), (-104.0, 0.0)]);
    assert!(exp(88.722_83_f32).is_finite() && exp(-87.336_54_f32) >= normal);

    let table = [(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY), (INF, INF), (-INF, -1.0)];
    assert_values("expm1", expm1, &table);
    assert_values("expm1", expm1, &[(88.722_84, INF), (-20.0, -1.0), (NAN, NAN), (-NAN, NAN)]);
    assert!(expm1(88.722_83_f32).is_finite());

    let table = [(1.0, 0.0), (0.0, -INF), (-0.0, -INF), (INF, INF), (2.0, ln_2), (0.5, -ln_2)];
    assert_values("log", log, &table);
    assert_values("log", log, &[(-TINY, NAN), (-1.0, NAN), (-INF, NAN), (NAN, NAN), (-NAN, NAN)]);
    // -149 ln 2 and -126 ln 2, rounded.
    assert_values("log", log, &[(TINY, -103.278_93), (normal, -87.336_55)]);

    let table = [(0.0, 0.0), (-0.0, -0.0), (TINY, TINY), (-TINY, -TINY), (-1.0, -INF), (1.0, ln_2)];
    assert_values("log1p", log1p, &table);
    assert_values("log1p", log1p, &[(INF, INF), (-INF, NAN), (-1.000_000_1, NAN), (NAN, NAN)]);

    for (name, f) in [("tanh", tanh as fn(f32) -> f32), ("erf", erf)] {
        let table = [(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (NAN, NAN), (-NAN, NAN)];
        assert_values(name, f, &table);
        assert_values(name, f, &[(10.0, 1.0), (-10.0, -1.0), (f32::MAX, 1.0)]);
    }
    assert_values("tanh", tanh, &[(TINY, TINY), (-TINY, -TINY)]);
}

#[test]
fn powers() {
    // Base, exponent and power, from the description of pow in C's annex F.
    let table = [
        (0.0, 0.0, 1.0),
        (NAN, 0.0, 1.0),
        (NAN, -0.0, 1.0),
        (1.0, NAN, 1.0),
        (1.0, INF, 1.0),
        (-1.0, INF, 1.0),
        (-1.0, -INF, 1.0),
        (-1.0, 3.0, -1.0),
        (-1.0, 4.0, 1.0),
        (-1.0, 16_777_215.0, -1.0),
        (-1.0, 16_777_216.0, 1.0),
        (-1.0, 8_388_607.5, NAN),
        (0.0, 3.0, 0.0),
        (-0.0, 3.0, -0.0),
        (-0.0, 2.0, 0.0),
        (-0.0, 0.5, 0.0),
        (0.0, -3.0, INF),
        (-0.0, -3.0, -INF),
        (-0.0, -2.0, INF),
        (-0.0, -0.5, INF),
        (0.0, INF, 0.0),
        (0.0, -INF, INF),
        (INF, 2.0, INF),
        (INF, -2.0, 0.0),
        (-INF, 3.0, -INF),
        (-INF, 2.0, INF),
        (-INF, 0.5, INF),
        (-INF, -3.0, -0.0),
        (-INF, -2.0, 0.0),
        (INF, INF, INF),
        (INF, -INF, 0.0),
        (0.5, INF, 0.0),
        (0.5, -INF, INF),
        (-0.5, INF, 0.0),
        (2.0, INF, INF),
        (2.0, -INF, 0.0),
        (-2.0, 3.0, -8.0),
        (-2.0, -2.0, 0.25),
        (-2.0, 0.5, NAN),
        (-TINY, 1.5, NAN),
        (NAN, 1.0, NAN),
        (2.0, NAN, NAN),
        (2.0, 128.0, INF),
        (-2.0, 129.0, -INF),
        (2.0, 127.0, 1.701_411_8e38),
        (2.0, -149.0, TINY),
        (2.0, -151.0, 0.0),
        (f32::MAX, f32::MAX, INF),
        (f32::MAX, -f32::MAX, 0.0),
        (9.0, 0.5, 3.0),
        (10.0, 5.0, 100_000.0),
    ];
    for (x, y, expected) in table {
        let found = pow(x, y);
        assert_eq!(found.to_bits(), f32::to_bits(expected), "pow({x:e}, {y:e}) = {found:e}");
    }
    for n in -149..=127 {
        assert_eq!(f64::from(pow(2.0, n as f32)), 2.0_f64.powi(n));
    }
}

#[test]
fn double_precision_has_its_own_functions() {
    use std::f64::consts::{E, LN_2, SQRT_2};
    // The numbers without a name are from mpmath.
    let table = [
        (Real::exp(1.0_f64), E),
        (Real::exp(-700.0_f64), 9.85967654375977e-305),
        (Real::log(2.0_f64), LN_2),
        (Real::log1p(1.0_f64), LN_2),
        (Real::expm1(1e-20_f64), 1e-20),
        (Real::tanh(0.5_f64), 0.4621171572600098),
        (Real::erf(0.5_f64), 0.5204998778130465),
        (Real::pow(2.0_f64, 0.5), SQRT_2),
    ];
    for (found, expected) in table {
        assert!(
            (found - expected).abs() <= 2.0 * f64::EPSILON * expected,
            "{found}, not {expected}"
        );
    }
}

proptest! {
    #[test]
    fn odd_functions_are_odd(x: f32) {
        for f in [tanh::<f32> as fn(f32) -> f32, erf] {
            prop_assert_eq!(f(-x).to_bits(), (-f(x)).to_bits());
        }
    }

    #[test]
    fn the_first_power_is_the_number_and_the_power_minus_one_its_reciprocal(x: f32) {
        prop_assert_eq!(pow(x, 1.0), x);
        let (found, expected) = (pow(x, -1.0), 1.0 / x);
        let bound = expected.abs() * f32::EPSILON + TINY;
        prop_assert!(found == expected || (found - expected).abs() <= bound);
    }

    #[test]
    fn a_negative_base_changes_only_the_sign(x in 0.0_f32.., n in -40_i32..40) {
        let sign = if n % 2 == 0 { 1.0 } else { -1.0 };
        prop_assert_eq!(pow(-x, n as f32), sign * pow(x, n as f32));
    }

    #[test]
    fn functions_are_monotonic_over_a_step_of_a_thousandth(x in -80.0_f32..80.0) {
        let next = x + x.abs() * 1e-3;
        prop_assert!(exp(x) <= exp(next));
        // Near -1 a thousandth of x moves expm1 by less than its last bit, which may
        // be off by one.
        prop_assert!(expm1(x) <= expm1(next) + f32::EPSILON * expm1(next).abs());
        prop_assert!(tanh(x) <= tanh(next) && erf(x) <= erf(next));
        prop_assert!(log(x.abs()) <= log(x.abs() * 1.001) && log1p(x.abs()) <= log1p(x.abs() * 1.001));
    }

    #[test]
    fn logarithm_and_exponential_are_inverse(x in -80.0_f32..80.0) {
        // An ulp of the exponential moves the logarithm by 2⁻²³.
        prop_assert!((log(exp(x)) - x).abs() <= 3e-7 + x.abs() * 1.2e-7);
        prop_assert!((log1p(expm1(x.abs())) - x.abs()).abs() <= x.abs() * 4e-7);
    }
}
