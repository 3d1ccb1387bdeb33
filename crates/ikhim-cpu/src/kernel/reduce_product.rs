//! The product of matrices over the rows of the batch, `G = Xᵀ · D`: the slope
//! of a weight.
//!
//! Rows are cut in leaves; each is one chain of fused multiply-adds from 0, and
//! the tree of pairs joins them. A tile of `G` is kept in registers over a leaf.

use super::pack::store_some;
use super::tree::{self, Leaves};
use crate::vector::Vector;

/// `G[k × m] = Σ over rows r of X[r][k] · D[r][m]`.
pub(crate) struct ReduceProduct {
    /// `X`, row by row, from the first wanted column on.
    pub(crate) x: *const f32,
    /// The distance between rows of `X`.
    pub(crate) x_stride: usize,
    /// `D`, packed in panels of `width` columns, as [`Pack`](super::Pack) writes them.
    pub(crate) d: *const f32,
    /// Columns of a panel.
    pub(crate) width: usize,
    /// Rows of `X` and `D`.
    pub(crate) rows: usize,
    /// Rows of a leaf.
    pub(crate) leaf: usize,
    /// How many columns of `X`, which are rows of `G`.
    pub(crate) k: usize,
    /// Columns of `D` and of `G`.
    pub(crate) m: usize,
    /// `G`, row by row.
    pub(crate) g: *mut f32,
    /// The distance between rows of `G`.
    pub(crate) g_stride: usize,
    /// Room for [`scratch_len`] numbers.
    pub(crate) scratch: *mut f32,
}

/// Numbers of the largest tile.
const TILE: usize = 24 * 16;

/// Numbers of `X` that are kept in the first cache while panels pass.
const KEPT: usize = 4096;

/// How much room a product over `rows` rows in leaves of `leaf` needs.
pub(crate) fn scratch_len(rows: usize, leaf: usize) -> usize {
    tree::depth(rows.div_ceil(leaf.max(1))) * TILE + rows * 32
}

/// Computes the product.
///
/// # Safety
/// The matrices can be read and written as described, `G` and the scratch
/// overlap nothing, and the width is the lanes or twice the lanes.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(product: &ReduceProduct) {
    // SAFETY: As the caller promises.
    unsafe {
        match product.m {
            0 => {}
            // The columns of one panel.
            1..=12 if product.m <= product.width => across::<V>(product),
            // Shorter vectors hold no more columns than go across.
            _ if const { V::LANES > 12 } && product.width == V::LANES => {
                if const { V::LANES > 12 } {
                    blocks::<V, 1>(product);
                }
            }
            _ => blocks::<V, 2>(product),
        }
    }
}

const fn most_rows<V: Vector, const P: usize>() -> usize {
    match (V::REGISTERS, P) {
        (32, _) => 12,
        (16, 1) => 12,
        (16, _) => 6,
        (_, 1) => 4,
        _ => 2,
    }
}

/// Blocks of columns of X that stay in the first cache for all panels.
#[inline(always)]
unsafe fn blocks<V: Vector, const P: usize>(product: &ReduceProduct) {
    let most = most_rows::<V, P>();
    let tiles = product.k.div_ceil(most).max(1);
    let (height, higher) = (product.k / tiles, product.k % tiles);
    let block = (KEPT / (product.rows.max(1) * most)).max(1);
    let start = |tile: usize| tile * height + tile.min(higher);
    for first in (0..tiles).step_by(block) {
        for panel in 0..product.m.div_ceil(product.width) {
            for tile in first..(first + block).min(tiles) {
                let (from, end) = (start(tile), start(tile + 1));
                // SAFETY: The columns and the panel are the product's.
                unsafe { tile_of::<V, P>(product, from, end - from, panel) }
            }
        }
    }
}

#[inline(always)]
unsafe fn tile_of<V: Vector, const P: usize>(
    product: &ReduceProduct,
    from: usize,
    count: usize,
    panel: usize,
) {
    macro_rules! choose {
        ($($rows:literal)+) => {
            match count {
                0 => {}
                // A constant condition: what cannot be is not compiled.
                $($rows if const { $rows <= most_rows::<V, P>() } => {
                    if const { $rows <= most_rows::<V, P>() } {
                        // SAFETY: As the caller promises.
                        unsafe { tile::<V, $rows, P>(product, from, panel) }
                    }
                })+
                _ => unreachable!("a tile has at most {} rows", most_rows::<V, P>()),
            }
        };
    }
    choose!(1 2 3 4 5 6 7 8 9 10 11 12);
}

/// Numbers of X times a vector of D.
struct Broadcast {
    x: *const f32,
    x_stride: usize,
    d: *const f32,
}

impl<V: Vector, const R: usize, const P: usize> Leaves<V, R, P> for Broadcast {
    #[inline(always)]
    unsafe fn leaf(&self, first: usize, count: usize) -> [[V; P]; R] {
        let mut sums = [[V::splat(0.0); P]; R];
        for row in first..first + count {
            // SAFETY: Of the row, R numbers of X and a panel's width of D exist.
            unsafe {
                let (x, d) = (self.x.add(row * self.x_stride), self.d.add(row * P * V::LANES));
                let mut right = [V::splat(0.0); P];
                for p in 0..P {
                    right[p] = V::load(d.add(p * V::LANES));
                }
                for r in 0..R {
                    let left = V::splat(*x.add(r));
                    for p in 0..P {
                        sums[r][p] = left.mul_add(right[p], sums[r][p]);
                    }
                }
            }
        }
        sums
    }
}

#[inline(always)]
unsafe fn tile<V: Vector, const R: usize, const P: usize>(
    product: &ReduceProduct,
    from: usize,
    panel: usize,
) {
    let ReduceProduct { rows, width, m, g_stride, .. } = *product;
    // SAFETY: Of G only the columns below m are written.
    unsafe {
        let leaves = Broadcast {
            x: product.x.add(from),
            x_stride: product.x_stride,
            d: product.d.add(panel * rows * width),
        };
        let sums: [[V; P]; R] = tree::join(&leaves, rows, product.leaf, product.scratch);
        for r in 0..R {
            for p in 0..P {
                let column = panel * width + p * V::LANES;
                let to = product.g.add((from + r) * g_stride + column.min(m));
                store_some(sums[r][p], to, m.saturating_sub(column));
            }
        }
    }
}

/// Few columns of D: the lanes are columns of X, and the result is turned. As
/// many columns at once as registers allow.
#[inline(always)]
unsafe fn across<V: Vector>(product: &ReduceProduct) {
    let most = const { if V::REGISTERS > 8 { 12 } else { 3 } };
    let mut column = 0;
    while column < product.m {
        let columns = most.min(product.m - column);
        macro_rules! choose {
            ($($columns:literal)+) => {
                match columns {
                    // A constant condition: what cannot be is not compiled.
                    $($columns if const { V::REGISTERS > 8 || $columns <= 3 } => {
                        // SAFETY: As the caller promises.
                        unsafe {
                            if const { V::REGISTERS == 32 || V::REGISTERS == 16 && $columns <= 6 } {
                                across_columns::<V, $columns, 2>(product, column);
                            } else if const { V::REGISTERS > 8 || $columns <= 3 } {
                                across_columns::<V, $columns, 1>(product, column);
                            }
                        }
                    })+
                    _ => unreachable!("at most {most} columns"),
                }
            };
        }
        choose!(1 2 3 4 5 6 7 8 9 10 11 12);
        column += columns;
    }
}

/// Vectors of X times a number of D.
struct Across {
    x: *const f32,
    x_stride: usize,
    d: *const f32,
    width: usize,
}

impl<V: Vector, const R: usize, const P: usize> Leaves<V, R, P> for Across {
    #[inline(always)]
    unsafe fn leaf(&self, first: usize, count: usize) -> [[V; P]; R] {
        let mut sums = [[V::splat(0.0); P]; R];
        for row in first..first + count {
            // SAFETY: Of the row, P vectors of X and R numbers of D exist.
            unsafe {
                let (x, d) = (self.x.add(row * self.x_stride), self.d.add(row * self.width));
                let mut left = [V::splat(0.0); P];
                for p in 0..P {
                    left[p] = V::load(x.add(p * V::LANES));
                }
                for r in 0..R {
                    let right = V::splat(*d.add(r));
                    for p in 0..P {
                        sums[r][p] = left[p].mul_add(right, sums[r][p]);
                    }
                }
            }
        }
        sums
    }
}

#[inline(always)]
unsafe fn across_columns<V: Vector, const R: usize, const P: usize>(
    product: &ReduceProduct,
    first: usize,
) {
    let ReduceProduct { rows, leaf, k, g_stride, .. } = *product;
    let step = P * V::LANES;
    let waiting = product.scratch;
    // SAFETY: The scratch has room for the tiles that wait and, behind them, for
    // a vector pair of each row.
    let copy = unsafe { waiting.add(tree::depth(rows.div_ceil(leaf.max(1))) * TILE) };
    for from in (0..k).step_by(step) {
        let count = step.min(k - from);
        // SAFETY: The column is one of X.
        let mut x = unsafe { product.x.add(from) };
        let mut x_stride = product.x_stride;
        if count < step {
            // The last columns of X are copied, with zeros beside them.
            for row in 0..rows {
                for p in 0..P {
                    let at = (p * V::LANES).min(count);
                    // SAFETY: Only columns of X are read.
                    unsafe {
                        let from = x.add(row * x_stride + at);
                        let some: V = super::pack::load_some(from, count - at);
                        some.store(copy.add(row * step + p * V::LANES));
                    }
                }
            }
            (x, x_stride) = (copy, step);
        }
        let d = product.d.wrapping_add(first);
        let leaves = Across { x, x_stride, d, width: product.width };
        // SAFETY: Of G only the rows below k and the R columns are written.
        unsafe {
            let sums: [[V; P]; R] = tree::join(&leaves, rows, leaf, waiting);
            for p in 0..P {
                for column in (0..R).step_by(V::LANES) {
                    let mut block = [V::splat(0.0); 16];
                    for lane in 0..V::LANES {
                        if column + lane < R {
                            block[lane] = sums[column + lane][p];
                        }
                    }
                    V::transpose(&mut block);
                    for lane in 0..V::LANES {
                        let row = p * V::LANES + lane;
                        if row < count {
                            let to = product.g.add((from + row) * g_stride + first + column);
                            store_some(block[lane], to, R - column);
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::super::{Pack, packed_len, panel_width};
    use super::*;
    use ikhim_numeric::reduction::{dot, join_leaves};
    use proptest::prelude::*;

    fn check(rows: usize, k: usize, m: usize, leaf: usize, slack: usize, seed: u32, every: u32) {
        let x = special(seed, rows * (k + slack) + 1, every);
        let d = special(seed + 1, rows * m + 1, every);
        let element = |k_at: usize, m_at: usize| {
            let pair = |row: usize| (x[row * (k + slack) + k_at], d[row * m + m_at]);
            let leaves = (0..rows).step_by(leaf);
            let sums = leaves.map(|first| dot((first..rows.min(first + leaf)).map(pair)));
            join_leaves(sums.collect(), |left: f32, right| left + right).unwrap_or(0.0)
        };
        let expected: Vec<f32> = (0..k)
            .flat_map(|at| (0..m).map(move |column| (at, column)))
            .map(|(at, column)| element(at, column))
            .collect();
        at_every_level(|level, kernels| {
            let width = panel_width(level, m);
            let mut packed = vec![f32::NAN; packed_len(level, rows, m)];
            let mut g = Target::new(k, m, m + slack + 1);
            let scratch_len = scratch_len(rows, leaf);
            let mut scratch = Target::new(1, scratch_len, scratch_len + 1);
            let pack = Pack {
                source: d.as_ptr(),
                stride: m,
                transposed: false,
                k: rows,
                n: m,
                width,
                distance: rows * width,
                first: 0,
                end: m.div_ceil(width),
                packed: packed.as_mut_ptr(),
            };
            let product = ReduceProduct {
                x: x.as_ptr(),
                x_stride: k + slack,
                d: packed.as_ptr(),
                width,
                rows,
                leaf,
                k,
                m,
                g: g.start(),
                g_stride: m + slack + 1,
                scratch: scratch.start(),
            };
            // SAFETY: All sizes are those of the vectors above.
            unsafe {
                (kernels.pack)(&pack);
                (kernels.reduce_product)(&product);
            }
            scratch.read();
            let what = format!("{level} {rows}×{k}×{m}, leaf {leaf}, {slack} apart");
            assert_same(&g.read(), &expected, &what);
        });
    }

    #[test]
    fn every_number_of_rows() {
        for rows in 0..=300 {
            check(rows, 5, 3, 32, 0, 1, u32::MAX);
            check(rows, 3, 18, 32, 1, 2, u32::MAX);
        }
    }

    #[test]
    fn every_size() {
        for k in 0..=50 {
            for m in [0, 1, 10, 17, 33] {
                check(67, k, m, 32, 3, 3, u32::MAX);
            }
        }
        for m in 0..=70 {
            for k in [1, 13, 40] {
                check(40, k, m, 32, 0, 4, u32::MAX);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn special_numbers_and_other_leaves(
            rows in 0_usize..300, k in 0_usize..60, m in 0_usize..50, per_row in 1_usize..4,
            slack in 0_usize..20, seed in any::<u16>(), every in 3_u32..3000,
        ) {
            check(rows, k, m, 32 * per_row, slack, u32::from(seed), every);
        }
    }
}
