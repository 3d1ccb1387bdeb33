//! The product of matrices `C = A · B` with `B` packed.
//!
//! Each element is one chain of fused multiply-adds over ascending k, from 0.
//! A tile of rows and columns of `C` is kept in registers while k runs; where k
//! is long it runs in pieces, and the tile is stored and loaded in between, which
//! changes no bit. Within a piece the part of `B` stays in the first cache.

use super::pack::{load_some, store_some};
use crate::vector::Vector;
use std::mem::MaybeUninit;

/// A product of matrices.
pub(crate) struct Product {
    /// `A`, row by row.
    pub(crate) a: *const f32,
    /// The distance between rows of `A`.
    pub(crate) a_stride: usize,
    /// `B`, packed in panels of `width` columns.
    pub(crate) b: *const f32,
    /// Columns of a panel.
    pub(crate) width: usize,
    /// `C`, row by row.
    pub(crate) c: *mut f32,
    /// The distance between rows of `C`.
    pub(crate) c_stride: usize,
    /// Rows of `A` and `C`.
    pub(crate) rows: usize,
    /// Columns of `A`, rows of `B`.
    pub(crate) k: usize,
    /// Columns of `B` and `C`. For a part of a wider product: `b` and `c` begin
    /// with its first panel, `width` is the whole one's.
    pub(crate) n: usize,
}

/// The longest piece of k, so that a panel's part takes half of a first cache of
/// 32 KiB.
const PIECE: usize = 128;

/// Computes the product.
///
/// # Safety
/// The matrices can be read and written as described, `C` overlaps nothing, and
/// the width is the lanes or twice the lanes.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(product: &Product) {
    if product.rows == 0 {
        return;
    }
    // SAFETY: As the caller promises.
    unsafe {
        if product.width == V::LANES {
            pieces::<V, 1>(product);
        } else {
            pieces::<V, 2>(product);
        }
    }
}

/// The rows of a tile of `P` vectors side by side, as registers allow.
const fn most_rows<V: Vector, const P: usize>() -> usize {
    match (V::REGISTERS, P) {
        (32, 1) => 14,
        (32, _) => 12,
        (16, 1) => 12,
        (16, _) => 6,
        (_, 1) => 4,
        _ => 2,
    }
}

/// Cuts k in pieces of equal length.
#[inline(always)]
unsafe fn pieces<V: Vector, const P: usize>(product: &Product) {
    let k = product.k;
    // A few rows read every number of B once; there is nothing to keep.
    let pieces = if product.rows < FEW { 1 } else { k.div_ceil(PIECE).max(1) };
    let (length, longer) = (k / pieces, k % pieces);
    let mut from = 0;
    for piece in 0..pieces {
        let end = from + length + usize::from(piece < longer);
        let part = Part { product, from, end, is_first: piece == 0 };
        // SAFETY: As the caller promises; the piece lies within k.
        unsafe {
            if product.rows < FEW {
                few_rows::<V, P>(&part);
            } else {
                panels::<V, P>(&part);
            }
        }
        from = end;
    }
}

/// From so many rows on, one panel at a time keeps the multipliers busy.
const FEW: usize = 4;

/// A piece of k.
struct Part<'a> {
    product: &'a Product,
    from: usize,
    end: usize,
    is_first: bool,
}

#[inline(always)]
unsafe fn panels<V: Vector, const P: usize>(part: &Part<'_>) {
    let rows = part.product.rows;
    // Tiles of almost the same height: a last one of a single row would leave
    // the multipliers waiting for each other.
    let tiles = rows.div_ceil(most_rows::<V, P>());
    let (height, higher) = (rows / tiles, rows % tiles);
    let Product { b, k, width, n, .. } = *part.product;
    let panels = n.div_ceil(width);
    let panel_at = |panel: usize, at: usize| b.wrapping_add((panel * k + at) * width);
    for panel in 0..panels {
        // The first tiles ask for the numbers that come after this panel: where
        // the packed weights do not fit the second cache, the multipliers would
        // wait for every line of a new panel.
        let current = panel_at(panel, part.from);
        let next = match panel + 1 {
            end if end == panels => panel_at(0, part.end),
            following => panel_at(following, part.from),
        };
        let mut row = 0;
        for tile in 0..tiles {
            let count = height + usize::from(tile < higher);
            let ask = if tile < P { next.wrapping_add(tile * V::LANES) } else { current };
            // SAFETY: The rows and the panel are the product's.
            unsafe { tile_of::<V, P>(part, row, count, panel, ask) }
            row += count;
        }
    }
}

/// Chooses the instance for a number of rows.
#[inline(always)]
unsafe fn tile_of<V: Vector, const P: usize>(
    part: &Part<'_>,
    row: usize,
    count: usize,
    panel: usize,
    ask: *const f32,
) {
    macro_rules! choose {
        ($($rows:literal)+) => {
            match count {
                // A constant condition: what cannot be is not compiled.
                $($rows if const { $rows <= most_rows::<V, P>() } => {
                    if const { $rows <= most_rows::<V, P>() } {
                        // SAFETY: As the caller promises.
                        unsafe { tile::<V, $rows, P, 1>(part, row, panel, ask) }
                    }
                })+
                _ => unreachable!("a tile has at most {} rows", most_rows::<V, P>()),
            }
        };
    }
    choose!(1 2 3 4 5 6 7 8 9 10 11 12 13 14);
}

/// One to three rows: several panels side by side, for a chain alone waits for
/// itself.
#[inline(always)]
unsafe fn few_rows<V: Vector, const P: usize>(part: &Part<'_>) {
    let panels = part.product.n.div_ceil(part.product.width);
    let mut panel = 0;
    macro_rules! groups {
        ($rows:literal: $($group:literal)+) => {
            {
                $(while panels - panel >= $group {
                    // SAFETY: The rows are all, and the panels exist.
                    unsafe { tile::<V, $rows, P, $group>(part, 0, panel, part.product.b) }
                    panel += $group;
                })+
            }
        };
    }
    match part.product.rows {
        1 => groups!(1: 4 2 1),
        2 => groups!(2: 2 1),
        _ if V::REGISTERS == 32 => groups!(3: 2 1),
        _ => groups!(3: 1),
    }
}

/// `R` rows of `G` panels, each of `P` vectors. Meanwhile it asks for a line of
/// each row of the panel that `ask` points into.
#[inline(always)]
unsafe fn tile<V: Vector, const R: usize, const P: usize, const G: usize>(
    part: &Part<'_>,
    row: usize,
    panel: usize,
    ask: *const f32,
) {
    let Product { a, a_stride, b, width, c, c_stride, k, n, .. } = *part.product;
    let column = panel * width;
    let columns = (G * width).min(n - column);
    let mut aside = MaybeUninit::<[f32; ASIDE]>::uninit();
    // SAFETY: Rows, panels and the piece of k are the product's. Of a row of C
    // only the first n columns are touched: a tile that has fewer than its panel
    // lies aside in between.
    unsafe {
        let c = c.add(row * c_stride + column);
        let is_whole = columns == G * width;
        let (to, to_stride) =
            if is_whole { (c, c_stride) } else { (aside.as_mut_ptr().cast(), G * width) };
        let mut sums = [[[V::splat(0.0); P]; G]; R];
        if !part.is_first {
            if !is_whole {
                to.write_bytes(0, R * to_stride);
                copy::<V>(c, c_stride, to, to_stride, R, columns);
            }
            for r in 0..R {
                for g in 0..G {
                    for p in 0..P {
                        sums[r][g][p] = V::load(to.add(r * to_stride + (g * P + p) * V::LANES));
                    }
                }
            }
        }
        let a = a.add(row * a_stride + part.from);
        let b = b.add((panel * k + part.from) * width);
        for at in 0..part.end - part.from {
            if const { G == 1 } {
                V::ask(ask.wrapping_add(at * P * V::LANES));
            }
            let mut right = [[V::splat(0.0); P]; G];
            for g in 0..G {
                for p in 0..P {
                    right[g][p] = V::load(b.add((g * k + at) * P * V::LANES + p * V::LANES));
                }
            }
            for r in 0..R {
                let left = V::splat(*a.add(r * a_stride + at));
                for g in 0..G {
                    for p in 0..P {
                        sums[r][g][p] = left.mul_add(right[g][p], sums[r][g][p]);
                    }
                }
            }
        }
        for r in 0..R {
            for g in 0..G {
                for p in 0..P {
                    sums[r][g][p].store(to.add(r * to_stride + (g * P + p) * V::LANES));
                }
            }
        }
        if !is_whole {
            copy::<V>(to, to_stride, c, c_stride, R, columns);
        }
    }
}

/// Numbers of the largest tile.
const ASIDE: usize = 12 * 32;

/// Copies rows of `columns` numbers.
#[inline(always)]
unsafe fn copy<V: Vector>(
    from: *const f32,
    from_stride: usize,
    to: *mut f32,
    to_stride: usize,
    rows: usize,
    columns: usize,
) {
    for row in 0..rows {
        for at in (0..columns).step_by(V::LANES) {
            // SAFETY: The rows have so many columns.
            unsafe {
                let vector: V = load_some(from.add(row * from_stride + at), columns - at);
                store_some(vector, to.add(row * to_stride + at), columns - at);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special, uneven};
    use super::super::{Pack, packed_len, panel_width};
    use super::*;
    use ikhim_numeric::reduction::dot;
    use proptest::prelude::*;

    struct Case {
        rows: usize,
        k: usize,
        n: usize,
        /// What the strides are longer than the rows.
        slack: usize,
        a: Vec<f32>,
        b: Vec<f32>,
    }

    impl Case {
        fn new(rows: usize, k: usize, n: usize, slack: usize) -> Case {
            let a = uneven(1, rows * (k + slack) + 1);
            Case { rows, k, n, slack, a, b: uneven(2, k * n) }
        }

        fn expected(&self) -> Vec<f32> {
            let element = |row: usize, column: usize| {
                let a = &self.a[row * (self.k + self.slack)..][..self.k];
                let b = self.b[column.min(self.b.len())..].iter().step_by(self.n.max(1));
                dot(a.iter().copied().zip(b.copied()))
            };
            (0..self.rows).flat_map(|row| (0..self.n).map(move |n| element(row, n))).collect()
        }

        /// At every level, from both forms of `B`, equal to the rule.
        fn check(&self) {
            let Case { rows, k, n, slack, .. } = *self;
            let expected = self.expected();
            let turned: Vec<f32> =
                (0..n).flat_map(|j| (0..k).map(move |p| self.b[p * n + j])).collect();
            at_every_level(|level, kernels| {
                for (source, stride, transposed) in [(&self.b, n, false), (&turned, k, true)] {
                    let width = panel_width(level, n);
                    let panels = n.div_ceil(width);
                    let mut packed =
                        Target::new(1, packed_len(level, k, n), k * width * panels + 1);
                    let mut c = Target::new(rows, n, n + slack + 1);
                    let packed_to = packed.start();
                    let pack = Pack {
                        source: source.as_ptr(),
                        stride,
                        transposed,
                        k,
                        n,
                        width,
                        distance: k * width,
                        first: 0,
                        end: panels / 2,
                        packed: packed_to,
                    };
                    let product = Product {
                        a: self.a.as_ptr(),
                        a_stride: k + slack,
                        b: packed_to,
                        width,
                        c: c.start(),
                        c_stride: n + slack + 1,
                        rows,
                        k,
                        n,
                    };
                    // SAFETY: All sizes are those of the vectors above.
                    unsafe {
                        (kernels.pack)(&pack);
                        (kernels.pack)(&Pack { first: panels / 2, end: panels, ..pack });
                        (kernels.product)(&product);
                    }
                    packed.read();
                    let what = format_args!("{level} {rows}×{k}×{n}, {slack} apart").to_string();
                    assert_same(&c.read(), &expected, &what);
                }
            });
        }
    }

    #[test]
    fn every_number_of_rows() {
        for rows in 0..=60 {
            Case::new(rows, 7, 35, rows % 3).check();
        }
        for rows in [99, 100, 101, 127, 128, 255, 300] {
            Case::new(rows, 3, 17, 1).check();
        }
    }

    #[test]
    fn every_number_of_columns() {
        for n in 0..=70 {
            for rows in [1, 2, 3, 5] {
                Case::new(rows, 5, n, 0).check();
            }
        }
        for (rows, n) in [(1, 256), (2, 200), (3, 129)] {
            Case::new(rows, 40, n, 3).check();
        }
    }

    #[test]
    fn every_length_of_a_chain() {
        for k in (0..40).chain([127, 128, 129, 255, 256, 257, 385, 784]) {
            for (rows, n) in [(1, 10), (5, 10), (7, 33), (13, 64)] {
                Case::new(rows, k, n, 2).check();
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn special_numbers(
            rows in 0_usize..30, k in 0_usize..300, n in 0_usize..80, slack in 0_usize..20,
            seed in any::<u16>(), every in 3_u32..3000,
        ) {
            let seed = u32::from(seed);
            let mut case = Case::new(rows, k, n, slack);
            case.a = special(seed, case.a.len(), every);
            case.b = special(seed + 1, case.b.len(), every);
            case.check();
        }
    }
}
