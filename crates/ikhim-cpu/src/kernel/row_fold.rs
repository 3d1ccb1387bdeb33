//! Each row reduced to one number by the lane rule.
//!
//! Number `i` of a row goes to lane `i mod 16`, in ascending order; the 16 lanes
//! are joined by the tree 8, 4, 2, 1. As many rows as a vector has lanes are
//! turned at the end, so that the tree joins all of them at once.

use super::fold::{Combine, Fold, Max, Min, Product, Sum};
use super::pack::{load_some, store_some};
use crate::vector::Vector;

/// Rows, each reduced to one number.
pub(crate) struct RowFold {
    /// How.
    pub(crate) fold: Fold,
    /// The rows.
    pub(crate) input: *const f32,
    /// The distance between them.
    pub(crate) stride: usize,
    /// How many.
    pub(crate) rows: usize,
    /// Numbers of a row.
    pub(crate) width: usize,
    /// One number for each row.
    pub(crate) out: *mut f32,
}

/// Lanes of the rule.
const LANES: usize = ikhim_numeric::reduction::LANES;

/// Rows that are read side by side, for one alone waits for its own additions.
const TOGETHER: usize = 4;

/// Reduces the rows.
///
/// # Safety
/// The rows can be read and the numbers written as described.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(rows: &RowFold) {
    // SAFETY: As the caller promises.
    unsafe {
        match rows.fold {
            Fold::Sum => all::<V, Sum>(rows),
            Fold::Product => all::<V, Product>(rows),
            Fold::Max => all::<V, Max>(rows),
            Fold::Min => all::<V, Min>(rows),
        }
    }
}

#[inline(always)]
unsafe fn all<V: Vector, C: Combine>(fold: &RowFold) {
    for first in (0..fold.rows).step_by(V::LANES) {
        let count = V::LANES.min(fold.rows - first);
        let mut block = [C::identity::<V>(); 16];
        let mut row = 0;
        // SAFETY: The rows are among those of the fold.
        unsafe {
            while row + TOGETHER <= count {
                let joined = lanes::<V, C, TOGETHER>(fold, first + row);
                block[row..row + TOGETHER].copy_from_slice(&joined);
                row += TOGETHER;
            }
            while row < count {
                block[row] = lanes::<V, C, 1>(fold, first + row)[0];
                row += 1;
            }
        }
        V::transpose(&mut block);
        let mut half = V::LANES / 2;
        while half > 0 {
            for lane in 0..half {
                block[lane] = C::combine(block[lane], block[lane + half]);
            }
            half /= 2;
        }
        // SAFETY: There is a place for each row.
        unsafe { store_some(block[0], fold.out.add(first), count) }
    }
}

/// The lanes of `R` rows, where a vector is shorter already joined to its length.
#[inline(always)]
unsafe fn lanes<V: Vector, C: Combine, const R: usize>(fold: &RowFold, first: usize) -> [V; R] {
    let mut lanes = [[C::identity::<V>(); 4]; R];
    let parts = LANES / V::LANES;
    let whole = fold.width / LANES * LANES;
    // SAFETY: Only the numbers of the rows are read.
    unsafe {
        let input = fold.input.add(first * fold.stride);
        for at in (0..whole).step_by(LANES) {
            for row in 0..R {
                for part in 0..parts {
                    let value = V::load(input.add(row * fold.stride + at + part * V::LANES));
                    lanes[row][part] = C::combine(lanes[row][part], value);
                }
            }
        }
        for part in 0..parts {
            let at = whole + part * V::LANES;
            if at < fold.width {
                let left = fold.width - at;
                for row in 0..R {
                    let value: V = load_some(input.add(row * fold.stride + at), left);
                    // Lanes without a number stay as they are.
                    let combined = C::combine(lanes[row][part], value);
                    lanes[row][part] =
                        V::select(first_lanes::<V>(left), combined, lanes[row][part]);
                }
            }
        }
    }
    let mut joined = [C::identity::<V>(); R];
    for row in 0..R {
        let part = lanes[row];
        joined[row] = match parts {
            1 => part[0],
            2 => C::combine(part[0], part[1]),
            _ => C::combine(C::combine(part[0], part[2]), C::combine(part[1], part[3])),
        };
    }
    joined
}

/// The mask of the first `count` lanes.
#[inline(always)]
fn first_lanes<V: Vector>(count: usize) -> V::Mask {
    static SET: [u32; 16] = [u32::MAX; 16];
    // SAFETY: The table has as many numbers as any vector.
    unsafe { load_some::<V>(SET.as_ptr().cast(), count).to_mask() }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::*;
    use ikhim_numeric::Real;
    use ikhim_numeric::reduction::lane_sum;
    use proptest::prelude::*;

    fn by_lanes(values: &[f32], fold: Fold) -> f32 {
        let combine = |x: f32, y: f32| match fold {
            Fold::Sum => x + y,
            Fold::Product => x * y,
            Fold::Max => Real::max(x, y),
            Fold::Min => Real::min(x, y),
        };
        let mut lanes = [fold.identity(); 16];
        for (at, value) in values.iter().enumerate() {
            lanes[at % 16] = combine(lanes[at % 16], *value);
        }
        for half in [8, 4, 2, 1] {
            for lane in 0..half {
                lanes[lane] = combine(lanes[lane], lanes[lane + half]);
            }
        }
        lanes[0]
    }

    fn check(rows: usize, width: usize, slack: usize, seed: u32, every: u32) {
        let stride = width + slack;
        let input = special(seed, rows * stride + 1, every);
        let row = |row: usize| &input[row * stride..][..width];
        for fold in [Fold::Sum, Fold::Product, Fold::Max, Fold::Min] {
            let expected: Vec<f32> = (0..rows).map(|at| by_lanes(row(at), fold)).collect();
            if fold == Fold::Sum {
                let sums: Vec<f32> = (0..rows).map(|at| lane_sum(row(at).to_vec())).collect();
                assert_same(&sums, &expected, &"the rule");
            }
            at_every_level(|level, kernels| {
                let mut out = Target::new(1, rows, rows + 1);
                let (input, out_at) = (input.as_ptr(), out.start());
                let rows_fold = RowFold { fold, input, stride, rows, width, out: out_at };
                // SAFETY: All sizes are those of the vectors above.
                unsafe { (kernels.row_fold)(&rows_fold) }
                let what = format!("{level} {fold:?} {rows}×{width}, {slack} apart");
                assert_same(&out.read(), &expected, &what);
            });
        }
    }

    #[test]
    fn every_width() {
        for width in 0..=70 {
            check(width % 37, width, width % 3, 1, u32::MAX);
        }
        for (rows, width) in [(100, 10), (17, 1000), (300, 1), (3, 257)] {
            check(rows, width, 0, 2, u32::MAX);
        }
    }

    proptest! {
        #[test]
        fn special_numbers(
            rows in 0_usize..40, width in 0_usize..90, slack in 0_usize..9, seed in any::<u16>(),
            every in 2_u32..200,
        ) {
            check(rows, width, slack, u32::from(seed), every);
        }
    }
}
