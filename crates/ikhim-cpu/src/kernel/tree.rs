//! Sums over rows of the batch: leaves, and the tree of pairs that joins them.

use crate::vector::Vector;

/// A tile of sums in registers, computed leaf by leaf.
pub(super) trait Leaves<V: Vector, const R: usize, const P: usize> {
    /// What no rows give.
    #[inline(always)]
    fn nothing() -> V {
        V::splat(0.0)
    }

    /// How two sums become one.
    #[inline(always)]
    fn combine(left: V, right: V) -> V {
        left + right
    }

    /// The sums over the `count` rows from `first` on.
    ///
    /// # Safety
    /// As whoever calls [`join`] promises.
    unsafe fn leaf(&self, first: usize, count: usize) -> [[V; P]; R];
}

/// How many partial sums wait at most while `leaves` leaves are joined.
pub(super) fn depth(leaves: usize) -> usize {
    (usize::BITS - leaves.saturating_sub(1).leading_zeros()) as usize
}

/// The sums over all rows; zeros when there are none.
///
/// The leaves come one after another. A sum of 2^i leaves waits for its right
/// neighbor of as many; what is left at the end is joined from the right, which
/// is what carrying an odd last one up from level to level gives.
///
/// # Safety
/// `waiting` has room for `depth(leaves)` tiles, and the rows can be read.
#[inline(always)]
pub(super) unsafe fn join<V: Vector, const R: usize, const P: usize, L: Leaves<V, R, P>>(
    leaves: &L,
    rows: usize,
    leaf: usize,
    waiting: *mut f32,
) -> [[V; P]; R] {
    let mut sums = [[L::nothing(); P]; R];
    let tile = R * P * V::LANES;
    let (mut first, mut index, mut depth) = (0, 0_usize, 0);
    // SAFETY: The rows are there, and no more tiles wait than there is room for.
    unsafe {
        while first < rows {
            let count = leaf.min(rows - first);
            sums = leaves.leaf(first, count);
            first += count;
            // After the last leaf, all that waits.
            let joined = if first < rows { index.trailing_ones() as usize } else { depth };
            for _ in 0..joined {
                depth -= 1;
                sums = add::<V, R, P, L>(waiting.add(depth * tile), sums);
            }
            index += 1;
            if first < rows {
                for r in 0..R {
                    for p in 0..P {
                        sums[r][p].store(waiting.add(depth * tile + (r * P + p) * V::LANES));
                    }
                }
                depth += 1;
            }
        }
    }
    sums
}

#[inline(always)]
unsafe fn add<V: Vector, const R: usize, const P: usize, L: Leaves<V, R, P>>(
    left: *const f32,
    mut right: [[V; P]; R],
) -> [[V; P]; R] {
    for r in 0..R {
        for p in 0..P {
            // SAFETY: A tile lies there.
            let left = unsafe { V::load(left.add((r * P + p) * V::LANES)) };
            right[r][p] = L::combine(left, right[r][p]);
        }
    }
    right
}
