//! What the tests of kernels share: numbers that show another order of
//! operations, and targets that show a write outside.

use super::Kernels;
use crate::Level;

/// Runs a check at every level that the processor has.
pub(super) fn at_every_level(check: impl Fn(Level, &Kernels)) {
    for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
        check(level, Kernels::of(level));
    }
}

/// Numbers of very different sizes and both signs, the same for a seed.
pub(super) fn uneven(seed: u32, count: usize) -> Vec<f32> {
    let mixed = |at: usize| {
        let bits = (at as u32).wrapping_add(seed << 16).wrapping_mul(0x9e37_79b9);
        (bits ^ bits >> 15).wrapping_mul(0x85eb_ca6b)
    };
    let number = |at: usize| mixed(at) as i32 as f32 / (1_u64 << (mixed(at) % 41)) as f32;
    (0..count).map(number).collect()
}

/// Uneven numbers, with a special one in place of every `every`-th or so.
pub(super) fn special(seed: u32, count: usize, every: u32) -> Vec<f32> {
    const SPECIAL: [f32; 8] =
        [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-40, -3e-45, f32::MAX];
    let mut numbers = uneven(seed, count);
    for number in &mut numbers {
        let bits = number.to_bits().wrapping_mul(0x2545_f491) >> 7;
        if bits % every == 0 {
            *number = SPECIAL[(bits / every) as usize % SPECIAL.len()];
        }
    }
    numbers
}

/// What stands where nothing may be written.
const GUARD: u32 = 0x7fc5_a5a5;

/// A target of rows, with guards between, before and behind them.
pub(super) struct Target {
    rows: usize,
    columns: usize,
    stride: usize,
    numbers: Vec<f32>,
}

impl Target {
    const MARGIN: usize = 40;

    pub(super) fn new(rows: usize, columns: usize, stride: usize) -> Target {
        let count = rows * stride + 2 * Target::MARGIN;
        Target { rows, columns, stride, numbers: vec![f32::from_bits(GUARD); count] }
    }

    pub(super) fn start(&mut self) -> *mut f32 {
        self.numbers[Target::MARGIN..].as_mut_ptr()
    }

    /// The numbers of the target, once the guards are found whole.
    pub(super) fn read(&self) -> Vec<f32> {
        let mut read = Vec::with_capacity(self.rows * self.columns);
        for (at, number) in self.numbers.iter().enumerate() {
            let place = at.checked_sub(Target::MARGIN).filter(|at| *at < self.rows * self.stride);
            match place {
                Some(place) if place % self.stride < self.columns => read.push(*number),
                _ => assert_eq!(number.to_bits(), GUARD, "written outside at {at}"),
            }
        }
        read
    }
}

/// Compares bits; any NaN is like another.
#[track_caller]
pub(super) fn assert_same(found: &[f32], expected: &[f32], what: &dyn std::fmt::Display) {
    assert_eq!(found.len(), expected.len(), "{what}");
    for (at, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
        assert!(same, "{what}: at {at} {found:e}, not {expected:e}");
    }
}
