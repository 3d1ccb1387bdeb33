//! Random numbers as a function of seed, stream, step and index.
//!
//! A value's index is its row's id times the width plus its place; a block of
//! the generator holds four neighboring indices. As many blocks as a vector has
//! lanes are computed side by side, several times over, so that turning them
//! brings the numbers in order.

use super::pack::store_some;
use crate::vector::Vector;
use std::mem::MaybeUninit;

/// Rows of random numbers.
pub(crate) struct RandomRows {
    /// Normal numbers instead of uniform ones.
    pub(crate) normal: bool,
    /// The key of the stream, [`Stream::key`](ikhim_numeric::Stream::key).
    pub(crate) key: [u32; 2],
    /// The step.
    pub(crate) step: u64,
    /// The id of each row.
    pub(crate) ids: *const u64,
    /// How many rows.
    pub(crate) rows: usize,
    /// Numbers of a row.
    pub(crate) width: usize,
    /// The numbers, row by row without gaps.
    pub(crate) out: *mut f32,
}

/// Numbers of a block.
const BLOCK: usize = 4;

/// The most numbers that are computed at once: for each lane and each place of
/// it one.
const MOST: usize = 16 * 16;

/// Writes the numbers.
///
/// # Safety
/// The ids can be read and the numbers written as described.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(random: &RandomRows) {
    let mut pending = Pending::new();
    // Rows from neighboring indices on are one long row.
    let whole = V::LANES * V::LANES;
    for row in 0..random.rows {
        // SAFETY: The ids and the numbers are those of the rows.
        unsafe {
            let mut out = random.out.add(row * random.width);
            let mut index = (*random.ids.add(row)).wrapping_mul(random.width as u64);
            let mut left = random.width;
            while left > 0 {
                let skipped = (index % BLOCK as u64) as usize;
                if skipped == 0 && left >= whole && index.checked_add(whole as u64).is_some() {
                    compute::<V>(random, Blocks::From(index / BLOCK as u64), out);
                    (out, index, left) = (out.add(whole), index + whole as u64, left - whole);
                    continue;
                }
                let count = (BLOCK - skipped).min(left);
                pending.push::<V>(random, index, count, out);
                (out, left) = (out.add(count), left - count);
                index = index.wrapping_add(count as u64);
            }
        }
    }
    // SAFETY: The places of the numbers are those above.
    unsafe { pending.flush::<V>(random) }
}

/// Blocks of which not all numbers are wanted, or which are not neighbors.
struct Pending {
    count: usize,
    words: Words,
    wanted: [MaybeUninit<Wanted>; MOST / BLOCK],
}

/// The low and the high words of blocks, lane by lane of each set.
struct Words {
    low: [u32; MOST / BLOCK],
    high: [u32; MOST / BLOCK],
}

/// Some neighboring numbers of a block.
#[derive(Clone, Copy)]
struct Wanted {
    from: usize,
    count: usize,
    to: *mut f32,
}

impl Pending {
    #[inline(always)]
    fn new() -> Pending {
        let wanted = [const { MaybeUninit::uninit() }; MOST / BLOCK];
        let words = Words { low: [0; MOST / BLOCK], high: [0; MOST / BLOCK] };
        Pending { count: 0, words, wanted }
    }

    /// # Safety
    /// The numbers can be written from `to` on.
    #[inline(always)]
    unsafe fn push<V: Vector>(
        &mut self,
        random: &RandomRows,
        index: u64,
        count: usize,
        to: *mut f32,
    ) {
        let block = index / BLOCK as u64;
        let sets = V::LANES / BLOCK;
        let place = self.count % sets * V::LANES + self.count / sets;
        self.words.low[place] = block as u32;
        self.words.high[place] = (block >> 32) as u32;
        let from = (index % BLOCK as u64) as usize;
        self.wanted[self.count].write(Wanted { from, count, to });
        self.count += 1;
        if self.count == V::LANES * V::LANES / BLOCK {
            // SAFETY: As the callers promised.
            unsafe { self.flush::<V>(random) }
        }
    }

    /// # Safety
    /// As for all that was pushed.
    #[inline(always)]
    unsafe fn flush<V: Vector>(&mut self, random: &RandomRows) {
        if self.count == 0 {
            return;
        }
        let mut numbers = MaybeUninit::<[f32; MOST]>::uninit();
        let numbers = numbers.as_mut_ptr().cast::<f32>();
        // SAFETY: There is room for the numbers of all blocks, and what was
        // pushed has been written.
        unsafe {
            compute::<V>(random, Blocks::Any(&self.words), numbers);
            for (at, wanted) in self.wanted[..self.count].iter().enumerate() {
                let Wanted { from, count, to } = wanted.assume_init();
                let numbers = numbers.add(at * BLOCK + from);
                if count == BLOCK {
                    to.cast::<[f32; BLOCK]>()
                        .write_unaligned(numbers.cast::<[f32; BLOCK]>().read_unaligned());
                    continue;
                }
                // Not a copy of any length, which would be a call each time.
                if count & 2 != 0 {
                    to.cast::<[f32; 2]>()
                        .write_unaligned(numbers.cast::<[f32; 2]>().read_unaligned());
                }
                if count & 1 != 0 {
                    *to.add(count - 1) = *numbers.add(count - 1);
                }
            }
        }
        self.count = 0;
    }
}

/// Which blocks.
enum Blocks<'a> {
    /// Neighbors.
    From(u64),
    /// Any.
    Any(&'a Words),
}

impl Blocks<'_> {
    /// The low and the high words of the blocks of a set.
    #[inline(always)]
    fn words<V: Vector>(&self, set: usize, sets: usize) -> (V, V) {
        let first = match self {
            Blocks::Any(words) => {
                // SAFETY: The arrays have a vector for each set.
                return unsafe {
                    let (low, high) = (words.low.as_ptr(), words.high.as_ptr());
                    let at = set * V::LANES;
                    (V::load(low.add(at).cast()), V::load(high.add(at).cast()))
                };
            }
            Blocks::From(first) => *first,
        };
        let (low, high) = (first as u32, (first >> 32) as u32);
        if low < u32::MAX - MOST as u32 {
            let first = V::splat_bits(low.wrapping_add(set as u32));
            let low = first + multiples::<V>(sets).to_bits();
            return (V::from_bits(low), V::from_bits(V::splat_bits(high)));
        }
        let (mut low, mut high) = ([0_u32; 16], [0_u32; 16]);
        for lane in 0..V::LANES {
            let block = first + (set + lane * sets) as u64;
            low[lane] = block as u32;
            high[lane] = (block >> 32) as u32;
        }
        // SAFETY: The arrays have as many integers as any vector.
        unsafe { (V::load(low.as_ptr().cast()), V::load(high.as_ptr().cast())) }
    }
}

/// The integers 0, `step`, 2 · `step` and so on.
#[inline(always)]
fn multiples<V: Vector>(step: usize) -> V {
    static BY_1: [u32; 4] = [0, 1, 2, 3];
    static BY_2: [u32; 8] = [0, 2, 4, 6, 8, 10, 12, 14];
    static BY_4: [u32; 16] = [0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60];
    debug_assert_eq!(step, V::LANES / BLOCK);
    // SAFETY: The tables have as many integers as the vectors they are for.
    unsafe {
        V::load(match V::LANES {
            16 => BY_4.as_ptr().cast(),
            8 => BY_2.as_ptr().cast(),
            _ => BY_1.as_ptr().cast(),
        })
    }
}

/// All numbers of `LANES² / 4` blocks.
///
/// # Safety
/// So many numbers can be written.
#[inline(always)]
unsafe fn compute<V: Vector>(random: &RandomRows, blocks: Blocks<'_>, out: *mut f32) {
    // Lane j of set q computes block j · sets + q, so a turned lane has the
    // numbers of neighboring blocks.
    let sets = V::LANES / BLOCK;
    let mut numbers = [V::splat(0.0); 16];
    let step = [random.step as u32, (random.step >> 32) as u32];
    for set in 0..sets {
        let (low, high) = blocks.words::<V>(set, sets);
        let words = philox(low, high, step, random.key);
        for at in 0..BLOCK {
            numbers[set * BLOCK + at] =
                if random.normal { normal(words[at]) } else { uniform(words[at]) };
        }
    }
    V::transpose(&mut numbers);
    for (lane, numbers) in numbers.iter().enumerate().take(V::LANES) {
        // SAFETY: As the caller promises.
        unsafe { store_some(*numbers, out.add(lane * V::LANES), V::LANES) }
    }
}

/// As [`ikhim_numeric::philox::philox`], a block in each lane.
///
/// Even and odd lanes are computed apart, in pairs of lanes: a product fills the
/// pair, and what is left in its upper half is not looked at.
#[inline(always)]
fn philox<V: Vector>(low: V, high: V, step: [u32; 2], key: [u32; 2]) -> [V; 4] {
    let integer = |bits: u32| V::from_bits(V::splat_bits(bits));
    let mut a = [low, low.upper_to_lower()];
    let mut b = [high, high.upper_to_lower()];
    let mut c = [integer(step[0]); 2];
    let mut d = [integer(step[1]); 2];
    let [mut left, mut right] = key;
    for _ in 0..10 {
        for half in 0..2 {
            let first = a[half].even_product(integer(0xd251_1f53));
            let second = c[half].even_product(integer(0xcd9e_8d57));
            a[half] = second.upper_to_lower().xor(b[half]).xor(integer(left));
            b[half] = second;
            c[half] = first.upper_to_lower().xor(d[half]).xor(integer(right));
            d[half] = first;
        }
        left = left.wrapping_add(0x9e37_79b9);
        right = right.wrapping_add(0xbb67_ae85);
    }
    [a[0].with_upper(a[1]), b[0].with_upper(b[1]), c[0].with_upper(c[1]), d[0].with_upper(d[1])]
}

/// As [`ikhim_numeric::random::uniform`].
#[inline(always)]
fn uniform<V: Vector>(bits: V) -> V {
    V::from_bits(bits.to_bits() >> 8).of_integers() * V::splat(1.0 / 16_777_216.0)
}

/// As [`ikhim_numeric::random::normal`].
#[inline(always)]
fn normal<V: Vector>(bits: V) -> V {
    let odd = ((bits.to_bits() >> 8) << 1) + V::splat_bits(1_u32.wrapping_sub(1 << 24));
    (V::from_bits(odd).of_integers() * V::splat(1.0 / 33_554_432.0)).normal_quantile()
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level};
    use super::*;
    use ikhim_numeric::Stream;
    use proptest::prelude::*;

    fn check(stream: Stream, step: u64, ids: &[u64], width: usize) {
        for normal in [false, true] {
            let number = |index: u64| match normal {
                true => stream.normal(step, index),
                false => stream.uniform(step, index),
            };
            let of_row = |id: &u64| {
                let first = id.wrapping_mul(width as u64);
                (0..width as u64).map(move |place| number(first.wrapping_add(place)))
            };
            let expected: Vec<f32> = ids.iter().flat_map(of_row).collect();
            at_every_level(|level, kernels| {
                let mut out = Target::new(1, ids.len() * width, ids.len() * width + 1);
                let random = RandomRows {
                    normal,
                    key: stream.key(),
                    step,
                    ids: ids.as_ptr(),
                    rows: ids.len(),
                    width,
                    out: out.start(),
                };
                // SAFETY: All sizes are those of the vectors above.
                unsafe { (kernels.random_rows)(&random) }
                let what = format!("{level}, rows {ids:?} of {width}, normal: {normal}");
                assert_same(&out.read(), &expected, &what);
            });
        }
    }

    #[test]
    fn every_width() {
        let stream = Stream::new(5, 0x1234_5678_9abc_def0);
        for width in 0..=70 {
            check(stream, 9, &[4, 0, 7, 1 << 40, 3], width);
        }
        for width in [100, 255, 256, 257, 512, 784, 1000] {
            check(stream, 1 << 33, &[2, 3, 99], width);
        }
    }

    #[test]
    fn words_carry_and_indices_wrap() {
        let stream = Stream::new(1, 2);
        // Blocks around 2³², and indices around 2⁶⁴.
        let carry = (1_u64 << 34) / 1024;
        check(stream, 0, &[carry - 1, carry], 1024);
        check(stream, u64::MAX, &[u64::MAX, 0, u64::MAX / 600, u64::MAX / 600 + 1], 600);
        check(stream, 7, &[(1 << 34) / 512 - 1], 1023);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn any_stream_and_rows(
            seed in any::<u64>(), stream in any::<u64>(), step in any::<u64>(),
            ids in prop::collection::vec(any::<u64>(), 0..6), width in 0_usize..600,
        ) {
            check(Stream::new(seed, stream), step, &ids, width);
        }
    }
}
