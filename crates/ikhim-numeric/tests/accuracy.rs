//! The error of every elementary function in units in the last place, against `libm` in `f64`.
//!
//! The sweeps take every 1009th of all 2³² bit patterns, so they meet every exponent of both signs.

use ikhim_numeric::{erf, exp, expm1, log, log1p, pow, tanh};

const STRIDE: usize = 1009;

/// The error of `found` in ulp of `f32`, measured against the unrounded value.
///
/// NaN must meet NaN; infinities, and zeros for exact zeros, must be equal.
fn error(found: f32, expected: f64) -> f64 {
    let rounded = expected as f32;
    if rounded.is_nan() || rounded.is_infinite() || expected == 0.0 {
        let same = found == rounded || (found.is_nan() && rounded.is_nan());
        // Half an ulp below infinity is the greatest finite number's own rounding border.
        let border = found == f32::MAX.copysign(rounded) && expected.abs() < 3.402_823_8e38;
        return if same || border { 0.0 } else { f64::INFINITY };
    }
    let exponent = (libm::ilogb(expected)).max(-126);
    (f64::from(found) - expected).abs() / libm::ldexp(1.0, exponent - 23)
}

/// Asserts that no error over the inputs is above the bound, and says where the largest one is.
fn assert_error_below(
    bound: f64,
    inputs: impl Iterator<Item = f32>,
    f: fn(f32) -> f32,
    exact: impl Fn(f64) -> f64,
) {
    let (mut worst, mut at) = (0.0, 0.0);
    for x in inputs {
        let ulp = error(f(x), exact(f64::from(x)));
        if ulp > worst {
            (worst, at) = (ulp, x);
        }
    }
    println!("largest error {worst:.3} ulp at {at:e}");
    assert!(
        worst <= bound,
        "{worst:.3} ulp at {at:e}: {:e}, not {:e}",
        f(at),
        exact(f64::from(at))
    );
}

fn all_patterns() -> impl Iterator<Item = f32> {
    (0..=u32::MAX).step_by(STRIDE).map(f32::from_bits)
}

fn grid(low: f32, high: f32) -> impl Iterator<Item = f32> {
    let count = 1 << 20;
    (0..=count).map(move |i| low + (high - low) * (i as f32 / count as f32))
}

/// `eˣ` with the rule that a result below 2⁻¹²⁶ is 0.
fn flushed_exp(x: f64) -> f64 {
    let value = libm::exp(x);
    if value < f64::from(f32::MIN_POSITIVE) { 0.0 } else { value }
}

#[test]
fn exp_is_within_one_ulp() {
    assert_error_below(1.0, all_patterns().chain(grid(-90.0, 90.0)), exp, flushed_exp);
}

#[test]
fn expm1_is_within_two_ulp() {
    assert_error_below(2.0, all_patterns().chain(grid(-2.0, 2.0)), expm1, libm::expm1);
}

#[test]
fn log_is_within_one_ulp() {
    assert_error_below(1.0, all_patterns().chain(grid(0.5, 2.0)), log, libm::log);
}

#[test]
fn log1p_is_within_two_ulp() {
    assert_error_below(2.0, all_patterns().chain(grid(-1.0, 2.0)), log1p, libm::log1p);
}

#[test]
fn tanh_is_within_two_ulp() {
    assert_error_below(2.0, all_patterns().chain(grid(-10.0, 10.0)), tanh, libm::tanh);
}

#[test]
fn erf_is_within_two_ulp() {
    assert_error_below(2.0, all_patterns().chain(grid(-5.0, 5.0)), erf, libm::erf);
}

#[test]
fn pow_is_within_four_ulp() {
    // For each base, exponents that spread the result over the whole range of f32.
    for share in [-1.0, -0.731, -0.1, -1e-4, 1e-4, 0.013, 0.37, 0.5, 0.85, 0.999, 1.0] {
        let exponent = move |x: f64| (share * 103.0 / libm::log(x).abs()) as f32;
        let bases = all_patterns()
            .step_by(7)
            .map(f32::abs)
            .filter(|x| *x != 1.0 && x.is_finite() && *x > 0.0);
        let (mut worst, mut at) = (0.0, (0.0, 0.0));
        for x in bases.chain(grid(0.9, 1.1).step_by(7).filter(|x| *x != 1.0)) {
            let y = exponent(f64::from(x));
            let ulp = error(pow(x, y), libm::pow(f64::from(x), f64::from(y)));
            if ulp > worst {
                (worst, at) = (ulp, (x, y));
            }
        }
        println!("largest error {worst:.3} ulp at {at:?}");
        assert!(worst <= 4.0, "{worst:.3} ulp at {at:?}");
    }
}

#[test]
fn powers_up_to_the_third_are_within_one_and_a_quarter_ulp() {
    let mut worst = 0.0_f64;
    for y in [-3.0_f32, -2.0, -1.0, -0.5, 0.5, 1.5, 2.0, 3.0] {
        for x in all_patterns().step_by(7) {
            let ulp = error(pow(x, y), libm::pow(f64::from(x), f64::from(y)));
            assert!(ulp <= 1.25, "{x:e} to the power {y}: {ulp} ulp");
            worst = worst.max(ulp);
        }
    }
    println!("largest error {worst:.3} ulp");
}
