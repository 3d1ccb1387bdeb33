//! Random numbers as a function of seed, stream, step and index.
//!
//! Nothing is drawn "next": a value does not depend on which values were computed before it, by which thread
//! or in which order, and a resumed run needs no generator state.

use crate::normal_quantile;
use crate::philox::philox;

/// One stream of random numbers.
///
/// The Philox key is a mix of seed and stream, the counter is `[block, step]` with two words each, low word
/// first; a block holds the four values whose index divided by four is its number. For one seed, no two
/// streams share a key, and for one stream no two seeds do.
///
/// A stream serves one purpose: `uniform` and `normal` of the same step and index come from the same bits.
///
/// ```
/// use ikhim_numeric::{Stream, stream_id};
/// let dropout = Stream { seed: 7, stream: stream_id("dense_1/dropout", "mask") };
/// let (step, index) = (120, 3);
/// assert_eq!(dropout.uniform(step, index), dropout.uniform(step, index));
/// assert_ne!(dropout.uniform(step, index), dropout.uniform(step + 1, index));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stream {
    /// The seed of the run.
    pub seed: u64,
    /// The identity of the stream, as [`stream_id`] gives it.
    pub stream: u64,
}

impl Stream {
    /// The stream of a seed and an identity.
    pub fn new(seed: u64, stream: u64) -> Stream {
        Stream { seed, stream }
    }

    /// 32 random bits.
    pub fn bits(self, step: u64, index: u64) -> u32 {
        self.block(step, index / 4)[(index % 4) as usize]
    }

    /// The bits of the indices `4 · block` to `4 · block + 3`, for about the cost of one.
    pub fn block(self, step: u64, block: u64) -> [u32; 4] {
        let [block_low, block_high] = words(block);
        let [step_low, step_high] = words(step);
        philox([block_low, block_high, step_low, step_high], self.key())
    }

    /// Uniform in `[0, 1)`: a multiple of 2⁻²⁴, from the top 24 bits.
    pub fn uniform(self, step: u64, index: u64) -> f32 {
        uniform(self.bits(step, index))
    }

    /// Normal with mean 0 and standard deviation 1, by the inverse distribution function.
    ///
    /// The share is the uniform number plus half its step, hence never 0 or 1; the value is within ±5.42.
    pub fn normal(self, step: u64, index: u64) -> f32 {
        normal(self.bits(step, index))
    }

    /// Normal with mean 0 and standard deviation 1 before it is restricted to two standard deviations.
    ///
    /// By the inverse distribution function, hence one draw per value; its standard deviation is 0.8796.
    pub fn truncated_normal(self, step: u64, index: u64) -> f32 {
        truncated_normal(self.bits(step, index))
    }

    /// Uniform among `0, 1, …, n - 1`; 0 for `n = 0`.
    ///
    /// The high half of the product of `n` and 64 random bits, those of the indices `2 · index` and
    /// `2 · index + 1`. A value's probability is off by less than 2⁻⁶⁴, that is by a share of less than `n · 2⁻⁶⁴`.
    pub fn below(self, n: u64, step: u64, index: u64) -> u64 {
        let block = self.block(step, index / 2);
        let half = 2 * (index % 2) as usize;
        let bits = u64::from(block[half + 1]) << 32 | u64::from(block[half]);
        ((u128::from(bits) * u128::from(n)) >> 64) as u64
    }

    /// A random order of `0, 1, …, n - 1`, another for every epoch.
    ///
    /// Fisher and Yates: for `i` from `n - 1` down to 1, entry `i` is swapped with entry
    /// `below(i + 1, epoch, i)`.
    pub fn permutation(self, n: usize, epoch: u64) -> Vec<usize> {
        let mut order: Vec<usize> = (0..n).collect();
        for i in (1..n).rev() {
            let other = self.below(i as u64 + 1, epoch, i as u64);
            order.swap(i, other as usize);
        }
        order
    }

    /// The key of the blocks: both mixes are one-to-one, so streams of one seed, and seeds of one stream, keep
    /// apart.
    pub fn key(self) -> [u32; 2] {
        words(mix(mix(self.seed) ^ self.stream))
    }
}

/// The finalizer of SplitMix64, after one step of its counter: a one-to-one map of 64 bits in which every input
/// bit changes about half of the output bits.
///
/// G. L. Steele, D. Lea and C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// The low and the high word.
fn words(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

/// What [`Stream::uniform`] makes of its bits.
pub fn uniform(bits: u32) -> f32 {
    (bits >> 8) as f32 * STEP
}

/// What [`Stream::normal`] makes of its bits.
pub fn normal(bits: u32) -> f32 {
    normal_quantile(centered(bits))
}

/// What [`Stream::truncated_normal`] makes of its bits.
pub fn truncated_normal(bits: u32) -> f32 {
    // Rounding could carry the outermost values past the bound.
    normal_quantile(centered(bits) * WITHIN_TWO).clamp(-2.0, 2.0)
}

/// 2⁻²⁴, the distance between two uniform numbers.
const STEP: f32 = 1.0 / 16_777_216.0;

/// The share of the normal distribution within two standard deviations.
const WITHIN_TWO: f32 = 0.954_499_7;

/// The uniform number plus half a step minus ½.
///
/// It is an odd multiple of 2⁻²⁵ below ½ and hence exact, while the share itself would need 25 bits.
fn centered(bits: u32) -> f32 {
    let odd = 2 * (bits >> 8) as i32 + 1 - (1 << 24);
    odd as f32 * (0.5 * STEP)
}

/// The identity of the stream for a purpose within a layer: FNV-1a in 64 bits over the path, a zero byte and
/// the purpose.
///
/// It depends on nothing else, so adding a layer moves no other stream.
///
/// ```
/// use ikhim_numeric::stream_id;
/// assert_ne!(stream_id("dense_1", "kernel"), stream_id("dense_2", "kernel"));
/// assert_ne!(stream_id("dense_1", "kernel"), stream_id("dense_1", "bias"));
/// ```
pub fn stream_id(path: &str, purpose: &str) -> u64 {
    let bytes = path.bytes().chain([0]).chain(purpose.bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
