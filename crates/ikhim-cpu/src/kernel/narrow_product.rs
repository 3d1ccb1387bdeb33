//! The product `C = A · B` where both are narrow and there are very many rows:
//! the lanes are rows, so `A` is turned on its way into registers.

use super::pack::{load_some, store_some};
use crate::vector::Vector;
use std::mem::MaybeUninit;

/// A product of narrow matrices, with what comes right after it.
pub(crate) struct NarrowProduct {
    /// `A`, row by row.
    pub(crate) a: *const f32,
    /// The distance between rows of `A`.
    pub(crate) a_stride: usize,
    /// `B`, row by row without gaps.
    pub(crate) b: *const f32,
    /// `C`, row by row.
    pub(crate) c: *mut f32,
    /// The distance between rows of `C`.
    pub(crate) c_stride: usize,
    /// Rows of `A` and `C`.
    pub(crate) rows: usize,
    /// Columns of `A`, at most 16.
    pub(crate) k: usize,
    /// Columns of `C`.
    pub(crate) n: usize,
}

/// The most columns of `A`.
const MOST_K: usize = 16;
/// The longest vector.
const WIDE: usize = 16;

/// Computes the product.
///
/// # Safety
/// The matrices can be read and written as described, and `k` is at most 16.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(product: &NarrowProduct) {
    // SAFETY: As the caller promises.
    unsafe {
        match product.k {
            k if k != product.a_stride => rows::<V, Strided>(product, &Strided),
            // Without permutes of a whole vector there is no better way.
            _ if const { V::REGISTERS <= 8 } => rows::<V, Strided>(product, &Strided),
            1 => {
                if const { V::REGISTERS > 8 } {
                    rows::<V, _>(product, &Woven::<V, 1>::new())
                }
            }
            3 => {
                if const { V::REGISTERS > 8 } {
                    rows::<V, _>(product, &Woven::<V, 3>::new())
                }
            }
            2 => {
                if const { V::REGISTERS > 8 } {
                    rows::<V, _>(product, &Spread::<V, 2>::new())
                }
            }
            4 => {
                if const { V::REGISTERS > 8 } {
                    rows::<V, _>(product, &Spread::<V, 4>::new())
                }
            }
            5 => {
                if const { V::REGISTERS > 8 } {
                    rows::<V, _>(product, &Woven::<V, 5>::new())
                }
            }
            7 => {
                if const { V::REGISTERS > 8 } {
                    rows::<V, _>(product, &Woven::<V, 7>::new())
                }
            }
            _ => rows::<V, Strided>(product, &Strided),
        }
    }
}

/// How the columns of as many rows of `A` as a vector has lanes are read.
trait Columns<V: Vector> {
    /// # Safety
    /// That many rows of `k` numbers can be read.
    unsafe fn read(&self, from: *const f32, stride: usize, k: usize, rows: usize) -> [V; MOST_K];
}

#[inline(always)]
unsafe fn rows<V: Vector, C: Columns<V>>(product: &NarrowProduct, columns: &C) {
    let NarrowProduct { a, a_stride, c, c_stride, rows, k, n, .. } = *product;
    let mut row = 0;
    // SAFETY: The rows are those of the product. The last ones, fewer than the
    // lanes, are read from a copy with room behind it.
    unsafe {
        while row + V::LANES <= rows {
            let left = columns.read(a.add(row * a_stride), a_stride, k, V::LANES);
            block::<V>(product, &left, c.add(row * c_stride), V::LANES);
            row += V::LANES;
        }
        if row < rows {
            let count = rows - row;
            let mut copy = [0.0; MOST_K * WIDE];
            for at in 0..count {
                for column in 0..k {
                    copy[at * k + column] = *a.add((row + at) * a_stride + column);
                }
            }
            let left = if a_stride == k {
                columns.read(copy.as_ptr(), k, k, count)
            } else {
                Strided.read(copy.as_ptr(), k, k, count)
            };
            if n > 0 {
                block::<V>(product, &left, c.add(row * c_stride), count);
            }
        }
    }
}

/// The chains of `count` rows.
#[inline(always)]
unsafe fn block<V: Vector>(
    product: &NarrowProduct,
    left: &[V; MOST_K],
    to: *mut f32,
    count: usize,
) {
    let NarrowProduct { b, c_stride, k, n, .. } = *product;
    for column in 0..n {
        let mut sum = V::splat(0.0);
        // SAFETY: The column is one of B, and its places in C exist.
        unsafe {
            for at in 0..k {
                sum = left[at].mul_add(V::splat(*b.add(at * n + column)), sum);
            }
            if c_stride == 1 {
                store_some(sum, to, count);
                continue;
            }
            let mut lanes = MaybeUninit::<[f32; WIDE]>::uninit();
            let lanes = lanes.as_mut_ptr().cast::<f32>();
            sum.store(lanes);
            for row in 0..count {
                *to.add(row * c_stride + column) = *lanes.add(row);
            }
        }
    }
}

/// Rows at a distance, or of a number of columns for which there is no better way.
struct Strided;

impl<V: Vector> Columns<V> for Strided {
    #[inline(always)]
    unsafe fn read(&self, from: *const f32, stride: usize, k: usize, rows: usize) -> [V; MOST_K] {
        let mut columns = [V::splat(0.0); MOST_K];
        for first in (0..k).step_by(V::LANES) {
            let mut block = [V::splat(0.0); 16];
            for (row, vector) in block.iter_mut().enumerate().take(V::LANES) {
                if row < rows {
                    // SAFETY: Only the k numbers of a row are read.
                    *vector = unsafe { load_some(from.add(row * stride + first), k - first) };
                }
            }
            V::transpose(&mut block);
            columns[first..first + V::LANES].copy_from_slice(&block[..V::LANES]);
        }
        columns
    }
}

/// Neighboring rows of an odd number `K` of columns.
///
/// `K` vectors hold them. As `K` is odd, the numbers of a column stand in
/// different lanes of the vectors, so one column is blended from all vectors and
/// its numbers are then brought in order at once.
struct Woven<V: Vector, const K: usize> {
    /// For a residue r, the lanes p with p mod K = r.
    masks: [V::Mask; K],
    /// For a column, the lane of each row's number.
    places: [V; K],
}

impl<V: Vector, const K: usize> Woven<V, K> {
    #[inline(always)]
    fn new() -> Woven<V, K> {
        let mut masks = [V::splat(0.0).to_mask(); K];
        let mut places = [V::splat(0.0); K];
        for at in 0..K {
            let (mut mask, mut place) = ([0_u32; WIDE], [0_u32; WIDE]);
            for lane in 0..V::LANES {
                mask[lane] = if lane % K == at { u32::MAX } else { 0 };
                place[lane] = ((lane * K + at) % V::LANES) as u32;
            }
            // SAFETY: The arrays have as many integers as any vector.
            unsafe {
                masks[at] = V::load(mask.as_ptr().cast()).to_mask();
                places[at] = V::load(place.as_ptr().cast());
            }
        }
        Woven { masks, places }
    }
}

impl<V: Vector, const K: usize> Columns<V> for Woven<V, K> {
    #[inline(always)]
    unsafe fn read(&self, from: *const f32, _: usize, _: usize, _: usize) -> [V; MOST_K] {
        let mut vectors = [V::splat(0.0); K];
        for (at, vector) in vectors.iter_mut().enumerate() {
            // SAFETY: The rows fill K vectors, or lie in a copy with room.
            *vector = unsafe { V::load(from.add(at * V::LANES)) };
        }
        let mut columns = [V::splat(0.0); MOST_K];
        for column in 0..K {
            let mut blended = vectors[0];
            for at in 1..K {
                // Lane p of vector v is number v · LANES + p.
                let residue = (column + K * V::LANES - at * V::LANES) % K;
                blended = V::select(self.masks[residue], vectors[at], blended);
            }
            columns[column] = blended.permute(self.places[column]);
        }
        columns
    }
}

/// Neighboring rows of an even number `K` of columns.
///
/// Numbers of a column stand in the same lane of different vectors, so each
/// vector's are brought in order before they are blended.
struct Spread<V: Vector, const K: usize> {
    /// For a column and a vector, the rows whose number stands in the vector.
    masks: [[V::Mask; K]; K],
    /// For a column, the lane of each row's number.
    places: [V; K],
}

impl<V: Vector, const K: usize> Spread<V, K> {
    #[inline(always)]
    fn new() -> Spread<V, K> {
        let mut masks = [[V::splat(0.0).to_mask(); K]; K];
        let mut places = [V::splat(0.0); K];
        for column in 0..K {
            let mut place = [0_u32; WIDE];
            for vector in 0..K {
                let mut mask = [0_u32; WIDE];
                for lane in 0..V::LANES {
                    let number = lane * K + column;
                    mask[lane] = if number / V::LANES == vector { u32::MAX } else { 0 };
                    place[lane] = (number % V::LANES) as u32;
                }
                // SAFETY: The array has as many integers as any vector.
                masks[column][vector] = unsafe { V::load(mask.as_ptr().cast()) }.to_mask();
            }
            // SAFETY: As above.
            places[column] = unsafe { V::load(place.as_ptr().cast()) };
        }
        Spread { masks, places }
    }
}

impl<V: Vector, const K: usize> Columns<V> for Spread<V, K> {
    #[inline(always)]
    unsafe fn read(&self, from: *const f32, _: usize, _: usize, _: usize) -> [V; MOST_K] {
        let mut vectors = [V::splat(0.0); K];
        for (at, vector) in vectors.iter_mut().enumerate() {
            // SAFETY: The rows fill K vectors, or lie in a copy with room.
            *vector = unsafe { V::load(from.add(at * V::LANES)) };
        }
        let mut columns = [V::splat(0.0); MOST_K];
        for column in 0..K {
            for at in 0..K {
                let placed = vectors[at].permute(self.places[column]);
                columns[column] = V::select(self.masks[column][at], placed, columns[column]);
            }
        }
        columns
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::*;
    use ikhim_numeric::reduction::dot;
    use proptest::prelude::*;

    fn check(sizes: [usize; 3], slacks: [usize; 2], seed: u32, every: u32) {
        let ([rows, k, n], [a_slack, c_slack]) = (sizes, slacks);
        let (a_stride, c_stride) = (k + a_slack, n + c_slack);
        let a = special(seed, rows * a_stride, every);
        let b = special(seed + 1, k * n, every);
        let element = |row: usize, column: usize| {
            dot((0..k).map(|at| (a[row * a_stride + at], b[at * n + column])))
        };
        let places = (0..rows).flat_map(|row| (0..n).map(move |column| (row, column)));
        let expected: Vec<f32> = places.map(|(row, column)| element(row, column)).collect();
        at_every_level(|level, kernels| {
            let mut c = Target::new(rows, n, c_stride.max(1));
            let product = NarrowProduct {
                a: a.as_ptr(),
                a_stride,
                b: b.as_ptr(),
                c: c.start(),
                c_stride,
                rows,
                k,
                n,
            };
            // SAFETY: All sizes are those of the vectors above.
            unsafe { (kernels.narrow_product)(&product) }
            assert_same(&c.read(), &expected, &format!("{level} {sizes:?}, {slacks:?} apart"));
        });
    }

    #[test]
    fn every_size() {
        for k in 0..=16 {
            for n in 0..=4 {
                for rows in [0, 1, 7, 8, 9, 31, 32, 33, 50] {
                    check([rows, k, n], [0, 0], 1, u32::MAX);
                    check([rows, k, n], [1, 2], 2, u32::MAX);
                }
            }
        }
    }

    proptest! {
        #[test]
        fn special_numbers(
            rows in 0_usize..300, k in 0_usize..=16, n in 0_usize..=4, a_slack in 0_usize..3,
            c_slack in 0_usize..3, seed in any::<u16>(), every in 2_u32..999,
        ) {
            check([rows, k, n], [a_slack, c_slack], u32::from(seed), every);
        }
    }
}
