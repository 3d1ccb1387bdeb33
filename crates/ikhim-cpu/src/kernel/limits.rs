//! Loops that do nothing but arithmetic or nothing but reading, to know what a
//! processor can do at most.

use crate::vector::Vector;

/// Chains of additions that wait for themselves alone: more than a processor has
/// under way at a time.
const CHAINS: usize = 12;

/// Operations of a round for each number of a vector, a multiplication and an
/// addition counted as 2.
pub(crate) const OPERATIONS: usize = 2 * CHAINS;

/// So many rounds of fused multiplications and additions in registers. What they
/// come to is written, so that they are done.
///
/// # Safety
/// A vector can be written to `out`.
#[inline(always)]
pub(super) unsafe fn fused<V: Vector>(rounds: usize, out: *mut f32) {
    let (factor, addend) = (V::splat(0.999), V::splat(1e-3));
    let mut chains = [V::splat(0.5); CHAINS];
    for _ in 0..rounds {
        for at in 0..CHAINS {
            chains[at] = chains[at].mul_add(factor, addend);
        }
    }
    let mut sum = chains[0];
    for at in 1..CHAINS {
        sum = sum + chains[at];
    }
    // SAFETY: As the caller promises.
    unsafe { sum.store(out) }
}

/// Reads words once, as sums. What is more than a multiple of 8 vectors is left.
///
/// # Safety
/// `words` can be read from `from`, a vector can be written to `out`.
#[inline(always)]
pub(super) unsafe fn read<V: Vector>(from: *const f32, words: usize, out: *mut f32) {
    const AT_ONCE: usize = 8;
    let mut sums = [V::splat(0.0); AT_ONCE];
    for round in 0..words / (AT_ONCE * V::LANES) {
        for at in 0..AT_ONCE {
            // SAFETY: As the caller promises.
            let read = unsafe { V::load(from.add((round * AT_ONCE + at) * V::LANES)) };
            sums[at] = sums[at] + read;
        }
    }
    let mut sum = sums[0];
    for at in 1..AT_ONCE {
        sum = sum + sums[at];
    }
    // SAFETY: As the caller promises.
    unsafe { sum.store(out) }
}
