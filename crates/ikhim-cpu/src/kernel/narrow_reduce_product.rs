//! The product over the rows of the batch `G = Xᵀ · D`, and the sums of `D` over
//! rows, where there are few columns and very many rows.
//!
//! A leaf is a chain that waits for itself at every row, so as many leaves as a
//! vector has lanes run side by side, one in each lane. Their rows are turned
//! for that in pieces that stay in the first cache.

use super::pack::load_some;
use super::waiting::Waiting;
use crate::vector::Vector;
use std::mem::MaybeUninit;

/// `G[k × m] = Σ over rows r of X[r][k] · D[r][m]`, for small `k` and `m`.
///
/// A part of the rows that is a whole tree, 2^i leaves, gives the sum that the
/// tree over all rows joins.
pub(crate) struct NarrowReduceProduct {
    /// `X`, row by row.
    pub(crate) x: *const f32,
    /// The distance between rows of `X`.
    pub(crate) x_stride: usize,
    /// Columns of `X`, at most [`MOST_K`]; with 0 there are only the sums of `D`.
    pub(crate) k: usize,
    /// `D`, row by row.
    pub(crate) d: *const f32,
    /// The distance between rows of `D`.
    pub(crate) d_stride: usize,
    /// Columns of `D`, at most [`MOST_M`].
    pub(crate) m: usize,
    /// Rows of both.
    pub(crate) rows: usize,
    /// Rows of a leaf.
    pub(crate) leaf: usize,
    /// `G`, row by row without gaps.
    pub(crate) g: *mut f32,
    /// The sums of `D` over the rows, or null.
    pub(crate) d_sums: *mut f32,
}

/// The most columns of `X`.
pub(crate) const MOST_K: usize = 16;
/// The most columns of `D`.
pub(crate) const MOST_M: usize = 4;

/// Sums that are kept for a leaf: those of the products, and of `D`.
pub(super) const SUMS: usize = (MOST_K + 1) * MOST_M;
/// Rows of each leaf that are turned at a time.
const PIECE: usize = 16;
/// The longest vector.
pub(super) const WIDE: usize = 16;

/// Computes the product.
///
/// # Safety
/// The matrices can be read and written as described, with at most the given
/// numbers of columns.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(product: &NarrowReduceProduct) {
    let NarrowReduceProduct { k, m, rows, leaf, .. } = *product;
    if rows <= leaf {
        // SAFETY: As the caller promises.
        return unsafe { one_leaf(product) };
    }
    let count = (k + 1) * m;
    let mut tree = Waiting::new(count);
    let whole = rows / leaf;
    let mut sums = [V::splat(0.0); SUMS];
    // SAFETY: The leaves are those of the rows.
    unsafe {
        let mut first = 0;
        while first + V::LANES <= whole {
            leaves::<V, true>(product, first, V::LANES, leaf, &mut sums);
            for sum in &mut sums[..count] {
                *sum = joined(*sum);
            }
            tree.push::<V>(&sums, 0, V::LANES);
            first += V::LANES;
        }
        // The whole ones that are left, and the last one, which may be shorter.
        for (first, lanes, rows) in [(first, whole - first, leaf), (whole, 1, rows - whole * leaf)]
        {
            if lanes == 0 || rows == 0 {
                continue;
            }
            leaves::<V, false>(product, first, lanes, rows, &mut sums);
            for lane in 0..lanes {
                tree.push::<V>(&sums, lane, 1);
            }
        }
        let sums = tree.finish();
        // The chains of a column of D stand side by side.
        for at in 0..k {
            for column in 0..m {
                *product.g.add(at * m + column) = sums[column * k + at];
            }
        }
        if !product.d_sums.is_null() {
            for at in 0..m {
                *product.d_sums.add(at) = sums[k * m + at];
            }
        }
    }
}

/// The few rows of a single leaf, one chain after the other.
#[inline(always)]
unsafe fn one_leaf(product: &NarrowReduceProduct) {
    let NarrowReduceProduct { x, x_stride, k, d, d_stride, m, rows, g, d_sums, .. } = *product;
    // SAFETY: As the caller of `run` promises.
    unsafe {
        for column in 0..m {
            for at in 0..k {
                let mut sum = 0.0_f32;
                for row in 0..rows {
                    sum =
                        (*x.add(row * x_stride + at)).mul_add(*d.add(row * d_stride + column), sum);
                }
                *g.add(at * m + column) = sum;
            }
            if !d_sums.is_null() {
                let mut sum = 0.0_f32;
                for row in 0..rows {
                    sum += *d.add(row * d_stride + column);
                }
                *d_sums.add(column) = sum;
            }
        }
    }
}

/// All lanes joined by the tree of pairs, in the first one.
#[inline(always)]
pub(super) fn joined<V: Vector>(lanes: V) -> V {
    static EVEN: [u32; WIDE] = [0, 2, 4, 6, 8, 10, 12, 14, 0, 0, 0, 0, 0, 0, 0, 0];
    static ODD: [u32; WIDE] = [1, 3, 5, 7, 9, 11, 13, 15, 0, 0, 0, 0, 0, 0, 0, 0];
    static EVEN_OF_8: [u32; WIDE] = [0, 2, 4, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    static ODD_OF_8: [u32; WIDE] = [1, 3, 5, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    static EVEN_OF_4: [u32; WIDE] = [0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    static ODD_OF_4: [u32; WIDE] = [1, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let (even, odd) = match V::LANES {
        WIDE => (&EVEN, &ODD),
        8 => (&EVEN_OF_8, &ODD_OF_8),
        _ => (&EVEN_OF_4, &ODD_OF_4),
    };
    // SAFETY: The tables have as many integers as any vector.
    let (even, odd) = unsafe { (V::load(even.as_ptr().cast()), V::load(odd.as_ptr().cast())) };
    let mut sums = lanes;
    let mut left = V::LANES;
    while left > 1 {
        sums = sums.permute(even) + sums.permute(odd);
        left /= 2;
    }
    sums
}

/// The chains of `lanes` leaves of `rows` rows each, side by side; `FULL` where
/// there are as many as a vector has lanes.
#[inline(always)]
unsafe fn leaves<V: Vector, const FULL: bool>(
    product: &NarrowReduceProduct,
    first: usize,
    lanes: usize,
    rows: usize,
    sums: &mut [V; SUMS],
) {
    let NarrowReduceProduct { x, x_stride, k, d, d_stride, m, leaf, .. } = *product;
    let mut x_turned = MaybeUninit::<[f32; PIECE * MOST_K * WIDE]>::uninit();
    let mut d_turned = MaybeUninit::<[f32; PIECE * MOST_M * WIDE]>::uninit();
    let (x_turned, d_turned) = (x_turned.as_mut_ptr().cast(), d_turned.as_mut_ptr().cast());
    for sum in &mut sums[..(k + 1) * m] {
        *sum = V::splat(0.0);
    }
    let mut at = 0;
    // Of few registers the chains would be stored and loaded at every row.
    let is_quick = const { FULL && V::REGISTERS > 8 };
    if is_quick && m == 1 && x_stride == k && d_stride == 1 {
        let mut quick = rows / V::LANES * V::LANES;
        // SAFETY: The rows are those of the leaves.
        unsafe {
            let (x, d) = (x.add(first * leaf * k), d.add(first * leaf));
            if const { FULL && V::REGISTERS > 8 } {
                match k {
                    0 => one_column::<V, 0>(x, d, leaf, quick, sums),
                    1 => one_column::<V, 1>(x, d, leaf, quick, sums),
                    2 => one_column::<V, 2>(x, d, leaf, quick, sums),
                    3 => one_column::<V, 3>(x, d, leaf, quick, sums),
                    4 => one_column::<V, 4>(x, d, leaf, quick, sums),
                    _ => quick = 0,
                }
            }
        }
        at = quick;
    }
    while at < rows {
        let count = PIECE.min(rows - at);
        let row = first * leaf + at;
        // SAFETY: The rows are those of the leaves, and a piece has room.
        unsafe {
            turn::<V>(x.add(row * x_stride), x_stride, k, leaf, lanes, count, x_turned);
            turn::<V>(d.add(row * d_stride), d_stride, m, leaf, lanes, count, d_turned);
            for column in 0..m {
                let d = d_turned.add(column * V::LANES).cast_const();
                let mut from = 0;
                while from < k {
                    let x = x_turned.add(from * V::LANES).cast_const();
                    let sums = &mut sums[column * k + from..];
                    macro_rules! choose {
                        ($($columns:literal)+) => {
                            match k - from {
                                $($columns => chains::<V, $columns>(x, k, d, m, count, sums),)+
                                _ => chains::<V, 8>(x, k, d, m, count, sums),
                            }
                        };
                    }
                    choose!(1 2 3 4 5 6 7);
                    from += 8;
                }
                let mut sum = sums[k * m + column];
                for at in 0..count {
                    sum = sum + V::load(d.add(at * m * V::LANES));
                }
                sums[k * m + column] = sum;
            }
        }
        at += count;
    }
}

/// The chains of full vectors of leaves with `K` columns of X and one of D, for
/// a number of rows that is a multiple of the lanes: a vector of turned numbers
/// goes into its chain at once.
#[inline(always)]
unsafe fn one_column<V: Vector, const K: usize>(
    x: *const f32,
    d: *const f32,
    leaf: usize,
    rows: usize,
    sums: &mut [V; SUMS],
) {
    let mut chains = [V::splat(0.0); K];
    let mut sum = V::splat(0.0);
    for first in (0..rows).step_by(V::LANES) {
        // SAFETY: The rows are those of the leaves.
        unsafe {
            let right = V::load_turned(d.add(first), leaf);
            for vector in right.iter().take(V::LANES) {
                sum = sum + *vector;
            }
            let x = x.add(first * K);
            // Written out, so that each number's column is known.
            if K > 0 {
                continue_chains::<V, K, 0>(x, leaf, &right, &mut chains);
            }
            if K > 1 {
                continue_chains::<V, K, 1>(x, leaf, &right, &mut chains);
            }
            if K > 2 {
                continue_chains::<V, K, 2>(x, leaf, &right, &mut chains);
            }
            if K > 3 {
                continue_chains::<V, K, 3>(x, leaf, &right, &mut chains);
            }
        }
    }
    sums[..K].copy_from_slice(&chains);
    sums[K] = sum;
}

/// Takes part `C` of `K` of as many rows as a vector has lanes.
#[inline(always)]
unsafe fn continue_chains<V: Vector, const K: usize, const C: usize>(
    x: *const f32,
    leaf: usize,
    right: &[V; 16],
    chains: &mut [V; K],
) {
    // SAFETY: As the caller promises.
    let left = unsafe { V::load_turned(x.add(C * V::LANES), leaf * K) };
    // Written out, or the chains would not stay in registers.
    macro_rules! take {
        ($($at:literal)+) => {
            $(if $at < V::LANES {
                let (row, column) = ((C * V::LANES + $at) / K, (C * V::LANES + $at) % K);
                chains[column] = left[$at].mul_add(right[row], chains[column]);
            })+
        };
    }
    take!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15);
}

/// Continues the chains of `K` columns of X with one of D.
#[inline(always)]
unsafe fn chains<V: Vector, const K: usize>(
    x: *const f32,
    x_columns: usize,
    d: *const f32,
    d_columns: usize,
    rows: usize,
    sums: &mut [V],
) {
    let mut chains = [V::splat(0.0); K];
    chains.copy_from_slice(&sums[..K]);
    for row in 0..rows {
        // SAFETY: The turned rows have so many columns.
        unsafe {
            let right = V::load(d.add(row * d_columns * V::LANES));
            for at in 0..K {
                let left = V::load(x.add((row * x_columns + at) * V::LANES));
                chains[at] = left.mul_add(right, chains[at]);
            }
        }
    }
    sums[..K].copy_from_slice(&chains);
}

/// `count` rows of `columns` numbers of each leaf, so that the lanes are leaves.
#[inline(always)]
unsafe fn turn<V: Vector>(
    from: *const f32,
    stride: usize,
    columns: usize,
    leaf: usize,
    lanes: usize,
    count: usize,
    to: *mut f32,
) {
    if stride == columns {
        // The rows of a leaf are neighbors.
        let numbers = count * columns;
        for at in (0..numbers).step_by(V::LANES) {
            let mut block = [V::splat(0.0); 16];
            let left = numbers - at;
            for (lane, vector) in block.iter_mut().enumerate().take(V::LANES) {
                if lane < lanes {
                    // SAFETY: The numbers are those of the leaf's rows.
                    *vector = unsafe { load_some(from.add(lane * leaf * columns + at), left) };
                }
            }
            V::transpose(&mut block);
            for (place, vector) in block.iter().enumerate().take(V::LANES) {
                if place < left {
                    // SAFETY: There is a vector for each number.
                    unsafe { vector.store(to.add((at + place) * V::LANES)) }
                }
            }
        }
        return;
    }
    for row in 0..count {
        for column in 0..columns {
            for lane in 0..V::LANES {
                let is_leaf = lane < lanes;
                // SAFETY: As above.
                unsafe {
                    let value = from.add((lane * leaf + row) * stride + column);
                    let value = if is_leaf { *value } else { 0.0 };
                    *to.add((row * columns + column) * V::LANES + lane) = value;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::*;
    use ikhim_numeric::reduction::{dot, join_leaves};
    use proptest::prelude::*;

    fn check(sizes: [usize; 3], slacks: [usize; 2], leaf: usize, seed: u32, every: u32) {
        let [rows, k, m] = sizes;
        let (x_stride, d_stride) = (k + slacks[0], m + slacks[1]);
        let x = special(seed, rows * x_stride, every);
        let d = special(seed + 1, rows * d_stride, every);
        let sum = |chain: &dyn Fn(std::ops::Range<usize>) -> f32| {
            let leaves = (0..rows).step_by(leaf).map(|first| chain(first..rows.min(first + leaf)));
            join_leaves(leaves.collect(), |left: f32, right| left + right).unwrap_or(0.0)
        };
        let mut expected = Vec::new();
        for at in 0..k {
            for column in 0..m {
                let pair = |row: usize| (x[row * x_stride + at], d[row * d_stride + column]);
                expected.push(sum(&|rows| dot(rows.map(pair))));
            }
        }
        let column_sum = |column: usize| {
            sum(&|rows| rows.fold(0.0, |sum, row| sum + d[row * d_stride + column]))
        };
        let d_expected: Vec<f32> = (0..m).map(column_sum).collect();
        at_every_level(|level, kernels| {
            let (mut g, mut d_sums) = (Target::new(k, m, m.max(1)), Target::new(1, m, m + 1));
            let product = NarrowReduceProduct {
                x: x.as_ptr(),
                x_stride,
                k,
                d: d.as_ptr(),
                d_stride,
                m,
                rows,
                leaf,
                g: g.start(),
                d_sums: d_sums.start(),
            };
            // SAFETY: All sizes are those of the vectors above.
            unsafe { (kernels.narrow_reduce_product)(&product) }
            let what = format!("{level} {sizes:?}, leaf {leaf}, {slacks:?} apart");
            assert_same(&g.read(), &expected, &what);
            assert_same(&d_sums.read(), &d_expected, &what);
        });
    }

    #[test]
    fn every_number_of_rows() {
        for rows in (0..300).chain((300..3000).step_by(97)) {
            check([rows, 3, 1], [0, 0], 32, 1, u32::MAX);
        }
    }

    #[test]
    fn every_size() {
        for k in 0..=16 {
            for m in 0..=4 {
                for rows in [31, 600, 1111] {
                    check([rows, k, m], [0, 0], 32, 2, u32::MAX);
                }
                check([700, k, m], [1, 2], 64, 3, u32::MAX);
            }
        }
    }

    /// Parts that are whole trees are joined to the sum over all rows.
    #[test]
    fn parts_join_to_the_whole() {
        let (rows, part) = (5000, 32 * 32);
        let (x, d) = (special(1, rows * 3, u32::MAX), special(2, rows, u32::MAX));
        at_every_level(|level, kernels| {
            let run = |first: usize, rows: usize| {
                let mut g = [0.0; 3];
                let product = NarrowReduceProduct {
                    x: x[first * 3..].as_ptr(),
                    x_stride: 3,
                    k: 3,
                    d: d[first..].as_ptr(),
                    d_stride: 1,
                    m: 1,
                    rows,
                    leaf: 32,
                    g: g.as_mut_ptr(),
                    d_sums: std::ptr::null_mut(),
                };
                // SAFETY: The rows are those of the vectors above.
                unsafe { (kernels.narrow_reduce_product)(&product) }
                g
            };
            let parts = (0..rows).step_by(part).map(|first| run(first, part.min(rows - first)));
            let add = |left: [f32; 3], right: [f32; 3]| [0, 1, 2].map(|at| left[at] + right[at]);
            let joined = join_leaves(parts.collect(), add).unwrap_or_default();
            assert_same(&joined, &run(0, rows), &level);
        });
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn special_numbers(
            rows in 0_usize..1500, k in 0_usize..=16, m in 0_usize..=4, x_slack in 0_usize..2,
            d_slack in 0_usize..2, per_row in 1_usize..3, seed in any::<u16>(), every in 2_u32..5000,
        ) {
            check([rows, k, m], [x_slack, d_slack], 32 * per_row, u32::from(seed), every);
        }
    }
}
