//! Eight numbers in a register of AVX2.

use super::Vector;
use ikhim_numeric::Lane;
use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Shl, Shr, Sub};

/// Eight numbers.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct F32x8(__m256);

/// Their bits.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Bits(__m256i);

/// One truth value for each: all bits of an element, or none.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Mask(__m256);

macro_rules! operator {
    ($type:ty, $trait:ident, $method:ident, $intrinsic:ident) => {
        impl $trait for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                // SAFETY: The type is used only by kernels of its level.
                unsafe { Self($intrinsic(self.0, other.0)) }
            }
        }
    };
}

operator!(F32x8, Add, add, _mm256_add_ps);
operator!(F32x8, Sub, sub, _mm256_sub_ps);
operator!(F32x8, Mul, mul, _mm256_mul_ps);
operator!(F32x8, Div, div, _mm256_div_ps);
operator!(Bits, Add, add, _mm256_add_epi32);
operator!(Bits, Sub, sub, _mm256_sub_epi32);
operator!(Bits, BitAnd, bitand, _mm256_and_si256);
operator!(Bits, BitOr, bitor, _mm256_or_si256);
operator!(Mask, BitAnd, bitand, _mm256_and_ps);
operator!(Mask, BitOr, bitor, _mm256_or_ps);

impl Neg for F32x8 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { F32x8(_mm256_xor_ps(self.0, _mm256_set1_ps(-0.0))) }
    }
}

impl Not for Mask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { Mask(_mm256_xor_ps(self.0, _mm256_castsi256_ps(_mm256_set1_epi32(-1)))) }
    }
}

impl Shl<usize> for Bits {
    type Output = Self;
    #[inline(always)]
    fn shl(self, by: usize) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { Bits(_mm256_sll_epi32(self.0, _mm_cvtsi32_si128(by as i32))) }
    }
}

impl Shr<usize> for Bits {
    type Output = Self;
    #[inline(always)]
    fn shr(self, by: usize) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { Bits(_mm256_srl_epi32(self.0, _mm_cvtsi32_si128(by as i32))) }
    }
}

// SAFETY of every block below: the type is used only by kernels of its level,
// and addresses are as the caller promises.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lane for F32x8 {
    type Bits = Bits;
    type Mask = Mask;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { F32x8(_mm256_set1_ps(value)) }
    }

    #[inline(always)]
    fn splat_bits(bits: u32) -> Bits {
        unsafe { Bits(_mm256_set1_epi32(bits as i32)) }
    }

    #[inline(always)]
    fn to_bits(self) -> Bits {
        unsafe { Bits(_mm256_castps_si256(self.0)) }
    }

    #[inline(always)]
    fn from_bits(bits: Bits) -> Self {
        unsafe { F32x8(_mm256_castsi256_ps(bits.0)) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        unsafe { F32x8(_mm256_fmadd_ps(self.0, factor.0, addend.0)) }
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        unsafe { F32x8(_mm256_sqrt_ps(self.0)) }
    }

    #[inline(always)]
    fn is_less(self, other: Self) -> Mask {
        unsafe { Mask(_mm256_cmp_ps::<_CMP_LT_OQ>(self.0, other.0)) }
    }

    #[inline(always)]
    fn is_equal(self, other: Self) -> Mask {
        unsafe { Mask(_mm256_cmp_ps::<_CMP_EQ_OQ>(self.0, other.0)) }
    }

    #[inline(always)]
    fn select(mask: Mask, yes: Self, no: Self) -> Self {
        unsafe { F32x8(_mm256_blendv_ps(no.0, yes.0, mask.0)) }
    }
}

/// Eight set words, then eight that are not: from `8 − count` on, the first
/// `count` of eight are set.
static FIRST: [i32; 16] = [-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0];

#[inline(always)]
unsafe fn first(count: usize) -> __m256i {
    // SAFETY: `count` is at most 8, so eight words lie in the table.
    unsafe { _mm256_loadu_si256(FIRST.as_ptr().add(8 - count).cast()) }
}

#[allow(clippy::undocumented_unsafe_blocks)] // As above.
impl Vector for F32x8 {
    const LANES: usize = 8;
    const REGISTERS: usize = 16;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { F32x8(_mm256_loadu_ps(from)) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm256_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    fn ask(from: *const f32) {
        // SAFETY: Asking for a line reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        unsafe { F32x8(_mm256_maskload_ps(from, first(count))) }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        unsafe { _mm256_maskstore_ps(to, first(count), self.0) }
    }

    #[inline(always)]
    fn of_mask(mask: Mask) -> Self {
        F32x8(mask.0)
    }

    #[inline(always)]
    fn to_mask(self) -> Mask {
        Mask(self.0)
    }

    #[inline(always)]
    fn floor(self) -> Self {
        unsafe { F32x8(_mm256_floor_ps(self.0)) }
    }

    #[inline(always)]
    fn of_integers(self) -> Self {
        unsafe { F32x8(_mm256_cvtepi32_ps(_mm256_castps_si256(self.0))) }
    }

    #[inline(always)]
    fn to_integers(self) -> Self {
        unsafe {
            // Out of range the instruction gives i32::MIN; above the range the
            // greatest integer is wanted, and 0 for NaN.
            let cut = _mm256_castsi256_ps(_mm256_cvttps_epi32(self.0));
            let above = _mm256_cmp_ps::<_CMP_GE_OQ>(self.0, _mm256_set1_ps(2_147_483_648.0));
            let most = _mm256_castsi256_ps(_mm256_set1_epi32(i32::MAX));
            let held = _mm256_blendv_ps(cut, most, above);
            F32x8(_mm256_and_ps(held, _mm256_cmp_ps::<_CMP_ORD_Q>(self.0, self.0)))
        }
    }

    #[inline(always)]
    fn is_equal_integer(self, other: Self) -> Mask {
        unsafe {
            Mask(_mm256_castsi256_ps(_mm256_cmpeq_epi32(self.to_bits().0, other.to_bits().0)))
        }
    }

    #[inline(always)]
    fn is_less_integer(self, other: Self) -> Mask {
        unsafe {
            Mask(_mm256_castsi256_ps(_mm256_cmpgt_epi32(other.to_bits().0, self.to_bits().0)))
        }
    }

    #[inline(always)]
    fn even_product(self, other: Self) -> Self {
        unsafe {
            let product = _mm256_mul_epu32(self.to_bits().0, other.to_bits().0);
            F32x8(_mm256_castsi256_ps(product))
        }
    }

    #[inline(always)]
    fn upper_to_lower(self) -> Self {
        unsafe { F32x8(_mm256_castsi256_ps(_mm256_srli_epi64::<32>(self.to_bits().0))) }
    }

    #[inline(always)]
    fn with_upper(self, other: Self) -> Self {
        unsafe {
            let upper = _mm256_castsi256_ps(_mm256_slli_epi64::<32>(other.to_bits().0));
            F32x8(_mm256_blend_ps::<0xaa>(self.0, upper))
        }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        unsafe { F32x8(_mm256_xor_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn permute(self, index: Self) -> Self {
        unsafe { F32x8(_mm256_permutevar8x32_ps(self.0, index.to_bits().0)) }
    }

    #[inline(always)]
    unsafe fn load_turned_four(from: *const f32, stride: usize) -> [Self; 4] {
        unsafe {
            // Four numbers of two rows that are four apart: they come in order on
            // their way from memory, and only parts of four are left to turn.
            let part = |row: usize| _mm_loadu_ps(from.add(row * stride));
            let rows = |first: usize| _mm256_set_m128(part(first + 4), part(first));
            let (a, b, c, d) = (rows(0), rows(1), rows(2), rows(3));
            let (low, high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
            let (low_below, high_below) = (_mm256_unpacklo_ps(c, d), _mm256_unpackhi_ps(c, d));
            let first = |x, y| F32x8(_mm256_shuffle_ps::<0b01_00_01_00>(x, y));
            let second = |x, y| F32x8(_mm256_shuffle_ps::<0b11_10_11_10>(x, y));
            [
                first(low, low_below),
                second(low, low_below),
                first(high, high_below),
                second(high, high_below),
            ]
        }
    }

    #[inline(always)]
    fn transpose(rows: &mut [Self; 16]) {
        unsafe {
            // Pairs, then quarters of each half, then the halves change places.
            let mut pairs = [rows[0].0; 8];
            for at in 0..4 {
                let (upper, lower) = (rows[2 * at].0, rows[2 * at + 1].0);
                pairs[2 * at] = _mm256_unpacklo_ps(upper, lower);
                pairs[2 * at + 1] = _mm256_unpackhi_ps(upper, lower);
            }
            let mut fours = pairs;
            for half in 0..2 {
                for at in 0..2 {
                    let (upper, lower) = (pairs[4 * half + at], pairs[4 * half + at + 2]);
                    let low = _mm256_shuffle_ps::<0b01_00_01_00>(upper, lower);
                    let high = _mm256_shuffle_ps::<0b11_10_11_10>(upper, lower);
                    fours[4 * half + 2 * at] = low;
                    fours[4 * half + 2 * at + 1] = high;
                }
            }
            for at in 0..4 {
                rows[at] = F32x8(_mm256_permute2f128_ps::<0x20>(fours[at], fours[4 + at]));
                rows[4 + at] = F32x8(_mm256_permute2f128_ps::<0x31>(fours[at], fours[4 + at]));
            }
        }
    }
}
