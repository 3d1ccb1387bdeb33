//! The tree of pairs over sums that come from lanes.

use super::narrow_reduce_product::{SUMS, WIDE};
use crate::vector::Vector;
use std::mem::MaybeUninit;

/// Sums of leaves that wait for their right neighbors.
pub(super) struct Waiting {
    count: usize,
    depth: usize,
    /// How many leaves each sum that waits is of.
    leaves: [usize; DEPTH],
    sums: [MaybeUninit<[f32; SUMS]>; DEPTH],
}

/// More leaves than this power of two do not fit in memory.
const DEPTH: usize = 48;

impl Waiting {
    #[inline(always)]
    pub(super) fn new(count: usize) -> Waiting {
        let sums = [const { MaybeUninit::uninit() }; DEPTH];
        Waiting { count, depth: 0, leaves: [0; DEPTH], sums }
    }

    /// Takes what one lane of the sums holds, that of so many leaves.
    #[inline(always)]
    pub(super) fn push<V: Vector>(&mut self, sums: &[V; SUMS], lane: usize, leaves: usize) {
        let mut taken = [0.0; SUMS];
        for (taken, sum) in taken.iter_mut().zip(sums).take(self.count) {
            let mut lanes = [0.0; WIDE];
            // SAFETY: The array has room for any vector.
            unsafe { sum.store(lanes.as_mut_ptr()) }
            *taken = lanes[lane];
        }
        let mut leaves = leaves;
        while self.depth > 0 && self.leaves[self.depth - 1] == leaves {
            self.add_last(&mut taken);
            leaves *= 2;
        }
        self.leaves[self.depth] = leaves;
        self.sums[self.depth].write(taken);
        self.depth += 1;
    }

    #[inline(always)]
    fn add_last(&mut self, right: &mut [f32; SUMS]) {
        self.depth -= 1;
        // SAFETY: The sums below the depth have been written.
        let left = unsafe { self.sums[self.depth].assume_init_ref() };
        for (right, left) in right.iter_mut().zip(left).take(self.count) {
            *right += left;
        }
    }

    /// What is left is joined from the right, as in [`tree::join`](super::tree::join).
    #[inline(always)]
    pub(super) fn finish(&mut self) -> [f32; SUMS] {
        let mut sums = [0.0; SUMS];
        if self.depth > 0 {
            self.depth -= 1;
            // SAFETY: The sums below the depth have been written.
            sums = unsafe { self.sums[self.depth].assume_init() };
        }
        while self.depth > 0 {
            self.add_last(&mut sums);
        }
        sums
    }
}
