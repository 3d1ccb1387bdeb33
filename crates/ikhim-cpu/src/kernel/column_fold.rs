//! Columns reduced over the rows of the batch: leaves of rows in ascending
//! order, joined by the tree of pairs.

use super::fold::{Combine, Fold, Max, Min, Product, Sum};
use super::narrow_reduce_product::{self, NarrowReduceProduct};
use super::pack::{load_some, store_some};
use super::tree::{self, Leaves};
use crate::vector::Vector;
use std::marker::PhantomData;

/// Columns, each reduced to one number.
pub(crate) struct ColumnFold {
    /// How.
    pub(crate) fold: Fold,
    /// The rows, from the first wanted column on.
    pub(crate) input: *const f32,
    /// The distance between rows.
    pub(crate) stride: usize,
    /// How many rows.
    pub(crate) rows: usize,
    /// Rows of a leaf.
    pub(crate) leaf: usize,
    /// How many columns.
    pub(crate) width: usize,
    /// One number for each column.
    pub(crate) out: *mut f32,
    /// Room for [`scratch_len`](super::scratch_len) numbers.
    pub(crate) scratch: *mut f32,
}

/// Vectors side by side, for one alone waits for its own additions.
const TOGETHER: usize = 8;

/// Rows that are asked for ahead of time.
const AHEAD: usize = 8;

/// Reduces the columns.
///
/// # Safety
/// The rows can be read and the numbers written as described.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(columns: &ColumnFold) {
    // SAFETY: As the caller promises.
    unsafe {
        match columns.fold {
            Fold::Sum if is_narrow::<V>(columns) => {
                narrow_reduce_product::run::<V>(&NarrowReduceProduct {
                    x: columns.input,
                    x_stride: 0,
                    k: 0,
                    d: columns.input,
                    d_stride: columns.stride,
                    m: columns.width,
                    rows: columns.rows,
                    leaf: columns.leaf,
                    g: columns.out,
                    d_sums: columns.out,
                })
            }
            Fold::Sum => all::<V, Sum>(columns),
            Fold::Product => all::<V, Product>(columns),
            Fold::Max => all::<V, Max>(columns),
            Fold::Min => all::<V, Min>(columns),
        }
    }
}

/// Whether leaves fill the lanes of a vector better than columns do.
#[inline(always)]
fn is_narrow<V: Vector>(columns: &ColumnFold) -> bool {
    columns.width <= narrow_reduce_product::MOST_M && columns.rows >= V::LANES * columns.leaf
}

#[inline(always)]
unsafe fn all<V: Vector, C: Combine>(columns: &ColumnFold) {
    let ColumnFold { width, rows, leaf, out, scratch, .. } = *columns;
    let mut column = 0;
    // SAFETY: Only the columns of the fold are read and written.
    unsafe {
        // Of few registers the vectors would be stored and loaded at every row.
        if const { V::REGISTERS > 8 } {
            while column + TOGETHER * V::LANES <= width {
                let part = Part::<C> { columns, column, combine: PhantomData };
                let [folded]: [[V; TOGETHER]; 1] = tree::join(&part, rows, leaf, scratch);
                for (at, vector) in folded.into_iter().enumerate() {
                    vector.store(out.add(column + at * V::LANES));
                }
                column += TOGETHER * V::LANES;
            }
        }
        while column < width {
            let part = Part::<C> { columns, column, combine: PhantomData };
            let [[folded]]: [[V; 1]; 1] = tree::join(&part, rows, leaf, scratch);
            store_some(folded, out.add(column), width - column);
            column += V::LANES;
        }
    }
}

/// Neighboring columns.
struct Part<'a, C> {
    columns: &'a ColumnFold,
    column: usize,
    combine: PhantomData<C>,
}

impl<V: Vector, C: Combine, const P: usize> Leaves<V, 1, P> for Part<'_, C> {
    #[inline(always)]
    fn nothing() -> V {
        C::identity()
    }

    #[inline(always)]
    fn combine(left: V, right: V) -> V {
        C::combine(left, right)
    }

    #[inline(always)]
    unsafe fn leaf(&self, first: usize, count: usize) -> [[V; P]; 1] {
        let ColumnFold { input, stride, width, .. } = *self.columns;
        let left = width - self.column;
        let mut folded = [C::identity::<V>(); P];
        for row in first..first + count {
            for p in 0..P {
                // SAFETY: Only the columns of the fold are read.
                unsafe {
                    let from = input.add(row * stride + self.column + p * V::LANES);
                    // Rows are far apart, and the processor does not see them coming.
                    V::ask(from.wrapping_add(AHEAD * stride));
                    // Several vectors are read only where they are whole.
                    let value = if P > 1 { V::load(from) } else { load_some(from, left) };
                    folded[p] = C::combine(folded[p], value);
                }
            }
        }
        [folded]
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::super::scratch_len;
    use super::*;
    use ikhim_numeric::Real;
    use ikhim_numeric::reduction::join_leaves;
    use proptest::prelude::*;

    /// A row contributes its number combined with the identity, as a row of one
    /// number does by the lane rule.
    fn by_leaves(values: &[f32], leaf: usize, fold: Fold) -> f32 {
        let combine = |x: f32, y: f32| match fold {
            Fold::Sum => x + y,
            Fold::Product => x * y,
            Fold::Max => Real::max(x, y),
            Fold::Min => Real::min(x, y),
        };
        let row = |value: &f32| combine(fold.identity(), *value);
        let leaves = values.chunks(leaf).filter_map(|leaf| leaf.iter().map(row).reduce(combine));
        join_leaves(leaves.collect(), combine).unwrap_or(fold.identity())
    }

    fn check(rows: usize, width: usize, leaf: usize, slack: usize, seed: u32, every: u32) {
        let stride = width + slack;
        let input = special(seed, rows * stride + 1, every);
        let column =
            |at: usize| -> Vec<f32> { (0..rows).map(|row| input[row * stride + at]).collect() };
        for fold in [Fold::Sum, Fold::Product, Fold::Max, Fold::Min] {
            let expected: Vec<f32> =
                (0..width).map(|at| by_leaves(&column(at), leaf, fold)).collect();
            at_every_level(|level, kernels| {
                let mut out = Target::new(1, width, width + 1);
                let room = scratch_len(rows, leaf);
                let mut scratch = Target::new(1, room, room + 1);
                let columns = ColumnFold {
                    fold,
                    input: input.as_ptr(),
                    stride,
                    rows,
                    leaf,
                    width,
                    out: out.start(),
                    scratch: scratch.start(),
                };
                // SAFETY: All sizes are those of the vectors above.
                unsafe { (kernels.column_fold)(&columns) }
                scratch.read();
                let what = format!("{level} {fold:?} {rows}×{width}, leaf {leaf}, {slack} apart");
                assert_same(&out.read(), &expected, &what);
            });
        }
    }

    #[test]
    fn every_number_of_rows() {
        for rows in 0..=300 {
            check(rows, 3, 32, 0, 1, u32::MAX);
        }
        for rows in (301..5000).step_by(113) {
            check(rows, 1, 32, 0, 2, u32::MAX);
            check(rows, 4, 32, 1, 2, u32::MAX);
        }
    }

    #[test]
    fn every_width() {
        for width in 0..=40 {
            check(70, width, 32, 0, 3, u32::MAX);
        }
        for width in [64, 100, 127, 128, 129, 256, 300] {
            check(100, width, 32, 2, 4, u32::MAX);
        }
    }

    proptest! {
        #[test]
        fn special_numbers(
            rows in 0_usize..1500, width in 0_usize..6, per_row in 1_usize..4, slack in 0_usize..3,
            seed in any::<u16>(), every in 2_u32..2000,
        ) {
            check(rows, width, 32 * per_row, slack, u32::from(seed), every);
        }
    }
}
