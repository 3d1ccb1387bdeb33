//! Fused multiply-adds on processors whose instruction for it the compiler may
//! not assume.
//!
//! A program for every x86-64 processor must call the C library for
//! `f32::mul_add`, several nanoseconds for each. Here the same bits come from
//! operations that every processor has and that the compiler turns into
//! vectors: the product of two `f32` is exact in `f64`, and the sum is rounded
//! to odd there, after which rounding it to `f32` rounds the exact value (Boldo
//! and Melquiond, *Emulation of FMA and correctly rounded sums: proved
//! algorithms using rounding to odd*, 2008).

/// `x · y + z`, rounded once, by operations of `f64`; the bits of
/// `x.mul_add(y, z)`.
///
/// ```
/// let (x, y, z) = (1.0 + f32::EPSILON, 1.0 - f32::EPSILON, -1.0);
/// assert_eq!(ikhim_numeric::fused::multiply_add(x, y, z), x.mul_add(y, z));
/// assert_ne!(x * y + z, x.mul_add(y, z));
/// ```
#[inline(always)]
pub fn multiply_add(x: f32, y: f32, z: f32) -> f32 {
    let (product, z) = (f64::from(x) * f64::from(y), f64::from(z));
    let sum = product + z;
    // The error of the sum, exactly (Knuth's TwoSum).
    let added = sum - product;
    let error = (product - (sum - added)) + (z - added);
    // Toward zero, then the last bit set: the odd neighbor of an inexact value.
    // An infinite sum has the error NaN, which must not count as inexact.
    let inexact = if error.abs() > 0.0 { u64::MAX } else { 0 };
    let bits = sum.to_bits();
    let rounded_away = (error.to_bits() ^ bits) >> 63;
    f64::from_bits(bits.wrapping_sub(rounded_away & inexact) | (inexact & 1)) as f32
}

/// Columns that are computed side by side.
const COLUMNS: usize = 8;

/// A row-major matrix that stands on the right of products with rows.
///
/// ```
/// use ikhim_numeric::fused::RightFactor;
/// let mut right = RightFactor::new(&[1.0, 2.0, 3.0, 4.0], 2);
/// let mut sums = [0.0; 2];
/// right.multiply(&[10.0, 1.0], 0, &mut sums);
/// assert_eq!(sums, [13.0, 24.0]);
/// ```
#[derive(Debug, Clone)]
pub struct RightFactor<'a> {
    values: &'a [f32],
    width: usize,
    /// The smallest magnitude that is not 0.
    smallest: f32,
    /// Blocks of columns computed so far.
    blocks: u64,
    /// How many of them met a tie.
    ties: u64,
}

impl<'a> RightFactor<'a> {
    /// A matrix of `width` columns.
    pub fn new(values: &'a [f32], width: usize) -> RightFactor<'a> {
        RightFactor { values, width, smallest: smallest(values), blocks: 0, ties: 0 }
    }

    /// For each column the chain `sum = row[k].mul_add(matrix[from + k][column],
    /// sum)` over ascending `k`, from 0.
    ///
    /// # Panics
    /// When the matrix has fewer than `from + row.len()` rows or `sums` has
    /// another length than its width.
    pub fn multiply(&mut self, row: &[f32], from: usize, sums: &mut [f32]) {
        let width = self.width;
        assert_eq!(sums.len(), width, "one sum for each column");
        let matrix = &self.values[from * width..][..row.len() * width];
        if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
            plain(row, matrix, sums);
            return;
        }
        // Where every product is a multiple of 2⁻¹⁴⁹, as every `f32` is, sums
        // below the smallest normal number are exact. Of numbers from 2^e on,
        // the last bit is 2^(e − 23) or more.
        let exact_below = 2.0_f64.powi(-149 + 2 * 24);
        let coarse = f64::from(smallest(row)) * f64::from(self.smallest) >= exact_below;
        for (block, sums) in sums.chunks_mut(COLUMNS).enumerate() {
            let first = block * COLUMNS;
            if sums.len() < 3 {
                for (column, sum) in sums.iter_mut().enumerate() {
                    let values = matrix.iter().skip(first + column).step_by(width);
                    *sum = row.iter().zip(values).fold(0.0, |sum, (x, y)| x.mul_add(*y, sum));
                }
                continue;
            }
            // A block beyond the last column computes the first columns of the
            // next row too, which nobody reads.
            let columns = |k: usize| -> [f32; COLUMNS] {
                let values = &matrix[k * width + first..];
                values.first_chunk().copied().unwrap_or_else(|| {
                    std::array::from_fn(|column| values.get(column).copied().unwrap_or(0.0))
                })
            };
            // Numbers of few bits, such as pixels, meet ties all the time.
            self.blocks += 1;
            let worth = coarse && self.ties * 8 <= self.blocks;
            let attempt = if worth { without_ties(row, columns) } else { None };
            self.ties += u64::from(worth && attempt.is_none());
            let chains = attempt.unwrap_or_else(|| by_odd_rounding(row, columns));
            sums.copy_from_slice(&chains[..sums.len()]);
        }
    }
}

/// The same with the processor's own instruction.
fn plain(row: &[f32], matrix: &[f32], sums: &mut [f32]) {
    sums.fill(0.0);
    for (factor, values) in row.iter().zip(matrix.chunks_exact(sums.len().max(1))) {
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum = factor.mul_add(*value, *sum);
        }
    }
}

/// The smallest magnitude that is not 0; the largest number when all are 0.
fn smallest(values: &[f32]) -> f32 {
    let magnitudes = values.iter().map(|value| value.abs());
    magnitudes.fold(f32::MAX, |least, x| if x > 0.0 && x < least { x } else { least })
}

/// Rounds twice, from the exact value to `f64` and on to `f32`, which gives the
/// value rounded once unless the first rounding ends halfway between two
/// numbers of the second. `None` when that happened.
#[inline(always)]
fn without_ties(row: &[f32], columns: impl Fn(usize) -> [f32; COLUMNS]) -> Option<[f32; COLUMNS]> {
    /// The bits of an `f64` that an `f32` has no room for.
    const BEYOND: u64 = (1 << 29) - 1;
    let mut sums = [0.0; COLUMNS];
    let mut ties = [0_u64; COLUMNS];
    for (k, factor) in row.iter().enumerate() {
        let values = columns(k);
        for column in 0..COLUMNS {
            let product = f64::from(*factor) * f64::from(values[column]);
            let sum = product + f64::from(sums[column]);
            // The highest bit is set where the bits beyond are 1000….
            ties[column] |= ((sum.to_bits() & BEYOND) ^ (1 << 28)).wrapping_sub(1);
            sums[column] = sum as f32;
        }
    }
    let tie = ties.iter().fold(0, |any, tie| any | tie) >> 63 == 1;
    (!tie).then_some(sums)
}

#[inline(always)]
fn by_odd_rounding(row: &[f32], columns: impl Fn(usize) -> [f32; COLUMNS]) -> [f32; COLUMNS] {
    let mut sums = [0.0; COLUMNS];
    for (k, factor) in row.iter().enumerate() {
        let values = columns(k);
        for column in 0..COLUMNS {
            sums[column] = multiply_add(*factor, values[column], sums[column]);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Bits of every kind: subnormal, infinite, NaN and numbers of few bits.
    fn bits() -> impl Strategy<Value = f32> {
        let few = any::<u32>().prop_map(|bits| bits & 0xfff0_0000);
        prop_oneof![any::<u32>(), few].prop_map(f32::from_bits)
    }

    /// An addend whose magnitude is near that of a product, where rounding is
    /// delicate.
    fn near(product: f32, bits: u32, distance: i32) -> f32 {
        let exponent = ((product.to_bits() >> 23) & 0xff) as i32 + distance;
        f32::from_bits(bits & 0x807f_ffff | (exponent.clamp(0, 254) as u32) << 23)
    }

    fn same(found: f32, expected: f32) -> bool {
        found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200_000))]

        #[test]
        fn has_the_bits_of_the_instruction(
            x in bits(), y in bits(), z in bits(), addend in any::<u32>(), distance in -60..30,
        ) {
            for z in [z, near(x * y, addend, distance), -(x * y)] {
                let (found, expected) = (multiply_add(x, y, z), x.mul_add(y, z));
                prop_assert!(same(found, expected), "{x:e} {y:e} {z:e}: {found:e} {expected:e}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn chains_have_the_bits_of_the_instruction(
            width in 1_usize..20,
            row in prop::collection::vec(-1.0_f32..1.0, 1..40),
            seed in any::<u32>(),
            scale in -140..120,
            few_bits in any::<bool>(),
        ) {
            let number = |at: usize| {
                let mixed = (at as u32).wrapping_mul(0x9e37_79b9).wrapping_add(seed).wrapping_mul(0x85eb_ca6b);
                let unit = f64::from(mixed as i32) / f64::from(i32::MAX);
                (unit * 2.0_f64.powi(scale)) as f32
            };
            let coarse = |x: f32| if few_bits { f32::from_bits(x.to_bits() & 0xfff8_0000) } else { x };
            let row: Vec<f32> = row.into_iter().map(coarse).collect();
            let matrix: Vec<f32> = (0..row.len() * width).map(number).collect();
            let (mut found, mut expected) = (vec![0.0; width], vec![0.0; width]);
            RightFactor::new(&matrix, width).multiply(&row, 0, &mut found);
            plain(&row, &matrix, &mut expected);
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_tie_between_two_numbers_is_decided_by_what_lies_beyond() {
        let x = 1.0 + 2.0_f32.powi(-12);
        // x² = 1 + 2⁻¹¹ + 2⁻²⁴ is exactly halfway; a tiny addend decides.
        for tiny in [1e-30_f32, -1e-30, 0.0] {
            let mut sums = [0.0; COLUMNS];
            let matrix: Vec<f32> = [[tiny; COLUMNS], [x; COLUMNS]].concat();
            RightFactor::new(&matrix, COLUMNS).multiply(&[1.0, x], 0, &mut sums);
            let lower = 1.0 + 2.0_f32.powi(-11);
            let expected = if tiny > 0.0 { lower + f32::EPSILON } else { lower };
            assert_eq!(sums, [expected; COLUMNS]);
        }
    }
}
