//! Random numbers: their distribution, their independence of order, and fixed values.

use ikhim_numeric::philox::philox;
use ikhim_numeric::random::{normal, truncated_normal, uniform};
use ikhim_numeric::{Stream, stream_id};
use proptest::prelude::*;

const COUNT: u64 = 1 << 20;

fn stream() -> Stream {
    Stream { seed: 42, stream: stream_id("dense_1", "kernel") }
}

/// Mean and raw moments two to four.
fn moments(values: impl Iterator<Item = f32>) -> [f64; 4] {
    let mut sums = [0.0; 4];
    for value in values {
        let mut power = 1.0;
        for sum in &mut sums {
            power *= f64::from(value);
            *sum += power;
        }
    }
    sums.map(|sum| sum / COUNT as f64)
}

/// Asserts that each moment is within five standard errors; `expected` holds moments one to eight.
fn assert_moments(found: [f64; 4], expected: [f64; 8]) {
    for k in 0..4 {
        let variance = expected[2 * k + 1] - expected[k] * expected[k];
        let error = 5.0 * (variance / COUNT as f64).sqrt();
        assert!((found[k] - expected[k]).abs() < error, "moment {}: {}", k + 1, found[k]);
    }
}

#[test]
fn uniform_numbers_have_the_moments_of_the_uniform_distribution() {
    let found = moments((0..COUNT).map(|i| stream().uniform(0, i)));
    assert_moments(found, [2, 3, 4, 5, 6, 7, 8, 9].map(|n| 1.0 / f64::from(n)));
}

#[test]
fn normal_numbers_have_the_moments_of_the_normal_distribution() {
    let found = moments((0..COUNT).map(|i| stream().normal(1, i)));
    assert_moments(found, [0.0, 1.0, 0.0, 3.0, 0.0, 15.0, 0.0, 105.0]);
}

#[test]
fn truncated_normal_numbers_have_the_moments_of_that_distribution() {
    let found = moments((0..COUNT).map(|i| stream().truncated_normal(2, i)));
    // From scipy.stats.truncnorm(-2, 2).moment(k).
    let expected = [
        0.0,
        0.7737413035499232,
        0.0,
        1.4161891248494625,
        0.0,
        3.460806481046084,
        0.0,
        9.745088794517676,
    ];
    assert_moments(found, expected);
}

#[test]
fn uniform_numbers_fill_their_cells_evenly() {
    let mut cells = [0_u32; 256];
    for i in 0..COUNT {
        cells[(stream().uniform(3, i) * 256.0) as usize] += 1;
    }
    let expected = COUNT as f64 / 256.0;
    let chi_square: f64 = cells.iter().map(|&n| (f64::from(n) - expected).powi(2) / expected).sum();
    // Mean 255, standard deviation √510 = 22.6: within five of them on both sides.
    assert!((142.0..368.0).contains(&chi_square), "{chi_square}");
}

#[test]
fn streams_steps_and_neighbors_do_not_correlate() {
    let other = Stream { stream: stream_id("dense_2", "kernel"), ..stream() };
    let seed = Stream { seed: 43, ..stream() };
    let correlation = |f: &dyn Fn(u64) -> f32| {
        let sum: f64 = (0..COUNT).map(|i| f64::from(stream().normal(0, i)) * f64::from(f(i))).sum();
        sum / COUNT as f64
    };
    let bound = 5.0 / (COUNT as f64).sqrt();
    assert!(correlation(&|i| other.normal(0, i)).abs() < bound);
    assert!(correlation(&|i| seed.normal(0, i)).abs() < bound);
    assert!(correlation(&|i| stream().normal(1, i)).abs() < bound);
    assert!(correlation(&|i| stream().normal(0, i + 1)).abs() < bound);
}

#[test]
fn the_extreme_bits_stay_inside_the_range() {
    assert_eq!((uniform(0), uniform(u32::MAX)), (0.0, 1.0 - 2.0_f32.powi(-24)));
    assert_eq!(normal(0), -normal(u32::MAX));
    // √2 erfinv(1 - 2⁻²⁴) = 5.41998317….
    assert!((normal(u32::MAX) - 5.419_983).abs() < 1e-5);
    assert!(truncated_normal(0) >= -2.0 && truncated_normal(0) < -1.9999);
    assert!(truncated_normal(u32::MAX) <= 2.0 && truncated_normal(u32::MAX) > 1.9999);
}

/// From `fixtures/stream.py`, an implementation of its own.
#[test]
fn values_are_those_of_the_independent_script() {
    let stream = Stream { seed: 0x0123_4567_89ab_cdef, stream: stream_id("dense_1", "kernel") };
    assert_eq!(stream.stream, 0x71f3_a8c8_152d_95e1);
    let (step, index) = (0x1_0000_0002, 0x4_0000_0007);
    assert_eq!(stream.bits(step, index), 0xaaea_dfc7);
    assert_eq!(stream.below(1_000_000, step, index), 60_348);
    assert_eq!(stream.permutation(10, 3), [4, 8, 9, 1, 5, 6, 3, 2, 7, 0]);
}

#[test]
fn a_permutation_holds_every_number_once() {
    for n in [0, 1, 2, 3, 100, 1797] {
        let mut order = stream().permutation(n, 5);
        order.sort_unstable();
        assert_eq!(order, (0..n).collect::<Vec<_>>());
    }
    assert_ne!(stream().permutation(100, 0), stream().permutation(100, 1));
}

#[test]
fn every_permutation_of_four_is_equally_likely() {
    let epochs = 24_000;
    let mut counts = std::collections::BTreeMap::new();
    for epoch in 0..epochs {
        *counts.entry(stream().permutation(4, epoch)).or_insert(0) += 1;
    }
    assert_eq!(counts.len(), 24);
    let chi_square: f64 = counts.values().map(|&n| (f64::from(n) - 1000.0).powi(2) / 1000.0).sum();
    // The 0.9999 quantile for 23 degrees of freedom is 57.1.
    assert!(chi_square < 57.1, "{chi_square}");
}

proptest! {
    #[test]
    fn a_value_does_not_depend_on_the_order_of_evaluation(step: u64, start in 0_u64..u64::MAX - 64) {
        let forward: Vec<u32> = (0..64).map(|i| stream().bits(step, start + i)).collect();
        let mut backward: Vec<u32> = (0..64).rev().map(|i| stream().bits(step, start + i)).collect();
        backward.reverse();
        prop_assert_eq!(&forward, &backward);
        let block = stream().block(step, start / 4 + 1);
        let offset = 4 - (start % 4) as usize;
        prop_assert_eq!(&forward[offset..offset + 4], &block[..]);
    }

    #[test]
    fn below_stays_below(n in 1_u64.., step: u64, index: u64) {
        prop_assert!(stream().below(n, step, index) < n);
        prop_assert_eq!(stream().below(0, step, index), 0);
    }

    #[test]
    fn truncated_numbers_are_within_two(bits: u32) {
        prop_assert!(truncated_normal(bits).abs() <= 2.0);
        prop_assert!(normal(bits).is_finite());
    }

    /// Philox is a one-to-one map of the counter, so other counters give other blocks.
    #[test]
    fn other_counters_give_other_blocks(a: [u32; 4], b: [u32; 4], key: [u32; 2]) {
        prop_assert_eq!(a == b, philox(a, key) == philox(b, key));
    }
}
