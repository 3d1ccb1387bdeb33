//! Sums of columns by the lane rule: the entries of a column go to 16 lanes in
//! turn, and the lanes are joined by the tree 8, 4, 2, 1.

use super::pack::{load_some, store_some};
use crate::vector::Vector;

/// Columns beside each other, each summed to one number.
pub(crate) struct LaneFold {
    pub(crate) input: *const f32,
    /// The distance between entries of a column.
    pub(crate) stride: usize,
    /// Entries of a column.
    pub(crate) count: usize,
    /// How many columns.
    pub(crate) width: usize,
    pub(crate) out: *mut f32,
}

/// The lanes of the contract, whatever those of a vector are.
const LANES: usize = ikhim_numeric::reduction::LANES;

/// Computes the sums.
///
/// # Safety
/// The columns can be read and the sums written as described.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(fold: &LaneFold) {
    let LaneFold { input, stride, count, width, out } = *fold;
    for column in (0..width).step_by(V::LANES) {
        let left = width - column;
        let mut lanes = [V::splat(0.0); LANES];
        // SAFETY: As the caller promises.
        unsafe {
            let mut from = input.add(column);
            for _ in 0..count / LANES {
                for lane in 0..LANES {
                    lanes[lane] = lanes[lane] + load_some(from.add(lane * stride), left);
                }
                from = from.add(LANES * stride);
            }
            for lane in 0..LANES {
                if lane < count % LANES {
                    lanes[lane] = lanes[lane] + load_some(from.add(lane * stride), left);
                }
            }
            for half in [8, 4, 2, 1] {
                for lane in 0..half {
                    lanes[lane] = lanes[lane] + lanes[lane + half];
                }
            }
            store_some(lanes[0], out.add(column), left);
        }
    }
}
