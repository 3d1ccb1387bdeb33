//! Sixteen numbers in a register of AVX-512.

use super::Vector;
use ikhim_numeric::Lane;
use std::arch::x86_64::*;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Shl, Shr, Sub};

/// Sixteen numbers.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct F32x16(__m512);

/// Their bits.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Bits(__m512i);

/// One truth value for each.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Mask(__mmask16);

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

operator!(F32x16, Add, add, _mm512_add_ps);
operator!(F32x16, Sub, sub, _mm512_sub_ps);
operator!(F32x16, Mul, mul, _mm512_mul_ps);
operator!(F32x16, Div, div, _mm512_div_ps);
operator!(Bits, Add, add, _mm512_add_epi32);
operator!(Bits, Sub, sub, _mm512_sub_epi32);
operator!(Bits, BitAnd, bitand, _mm512_and_si512);
operator!(Bits, BitOr, bitor, _mm512_or_si512);

impl Neg for F32x16 {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { F32x16(_mm512_xor_ps(self.0, _mm512_set1_ps(-0.0))) }
    }
}

impl Shl<usize> for Bits {
    type Output = Self;
    #[inline(always)]
    fn shl(self, by: usize) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { Bits(_mm512_sll_epi32(self.0, _mm_cvtsi32_si128(by as i32))) }
    }
}

impl Shr<usize> for Bits {
    type Output = Self;
    #[inline(always)]
    fn shr(self, by: usize) -> Self {
        // SAFETY: The type is used only by kernels of its level.
        unsafe { Bits(_mm512_srl_epi32(self.0, _mm_cvtsi32_si128(by as i32))) }
    }
}

impl BitAnd for Mask {
    type Output = Self;
    #[inline(always)]
    fn bitand(self, other: Self) -> Self {
        Mask(self.0 & other.0)
    }
}

impl BitOr for Mask {
    type Output = Self;
    #[inline(always)]
    fn bitor(self, other: Self) -> Self {
        Mask(self.0 | other.0)
    }
}

impl Not for Mask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Mask(!self.0)
    }
}

// SAFETY of every block below: the type is used only by kernels of its level,
// and addresses are as the caller promises.
#[allow(clippy::undocumented_unsafe_blocks)]
impl Lane for F32x16 {
    type Bits = Bits;
    type Mask = Mask;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { F32x16(_mm512_set1_ps(value)) }
    }

    #[inline(always)]
    fn splat_bits(bits: u32) -> Bits {
        unsafe { Bits(_mm512_set1_epi32(bits as i32)) }
    }

    #[inline(always)]
    fn to_bits(self) -> Bits {
        unsafe { Bits(_mm512_castps_si512(self.0)) }
    }

    #[inline(always)]
    fn from_bits(bits: Bits) -> Self {
        unsafe { F32x16(_mm512_castsi512_ps(bits.0)) }
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        unsafe { F32x16(_mm512_fmadd_ps(self.0, factor.0, addend.0)) }
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        unsafe { F32x16(_mm512_sqrt_ps(self.0)) }
    }

    #[inline(always)]
    fn is_less(self, other: Self) -> Mask {
        unsafe { Mask(_mm512_cmp_ps_mask::<_CMP_LT_OQ>(self.0, other.0)) }
    }

    #[inline(always)]
    fn is_equal(self, other: Self) -> Mask {
        unsafe { Mask(_mm512_cmp_ps_mask::<_CMP_EQ_OQ>(self.0, other.0)) }
    }

    #[inline(always)]
    fn select(mask: Mask, yes: Self, no: Self) -> Self {
        unsafe { F32x16(_mm512_mask_blend_ps(mask.0, no.0, yes.0)) }
    }
}

#[inline(always)]
fn first(count: usize) -> __mmask16 {
    ((1_u32 << count) - 1) as u16
}

#[allow(clippy::undocumented_unsafe_blocks)] // As above.
impl Vector for F32x16 {
    const LANES: usize = 16;
    const REGISTERS: usize = 32;

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        unsafe { F32x16(_mm512_loadu_ps(from)) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        unsafe { _mm512_storeu_ps(to, self.0) }
    }

    #[inline(always)]
    fn ask(from: *const f32) {
        // SAFETY: Asking for a line reads nothing.
        unsafe { _mm_prefetch::<_MM_HINT_T1>(from.cast()) }
    }

    #[inline(always)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        unsafe { F32x16(_mm512_maskz_loadu_ps(first(count), from)) }
    }

    #[inline(always)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        unsafe { _mm512_mask_storeu_ps(to, first(count), self.0) }
    }

    #[inline(always)]
    fn of_mask(mask: Mask) -> Self {
        unsafe { F32x16(_mm512_castsi512_ps(_mm512_movm_epi32(mask.0))) }
    }

    #[inline(always)]
    fn to_mask(self) -> Mask {
        unsafe { Mask(_mm512_movepi32_mask(_mm512_castps_si512(self.0))) }
    }

    #[inline(always)]
    fn floor(self) -> Self {
        unsafe {
            F32x16(_mm512_roundscale_ps::<{ _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC }>(self.0))
        }
    }

    #[inline(always)]
    fn of_integers(self) -> Self {
        unsafe { F32x16(_mm512_cvtepi32_ps(_mm512_castps_si512(self.0))) }
    }

    #[inline(always)]
    fn to_integers(self) -> Self {
        unsafe {
            // Out of range the instruction gives i32::MIN; above the range the
            // greatest integer is wanted, and 0 for NaN.
            let cut = _mm512_cvttps_epi32(self.0);
            let above = _mm512_cmp_ps_mask::<_CMP_GE_OQ>(self.0, _mm512_set1_ps(2_147_483_648.0));
            let held = _mm512_mask_blend_epi32(above, cut, _mm512_set1_epi32(i32::MAX));
            let ordered = _mm512_cmp_ps_mask::<_CMP_ORD_Q>(self.0, self.0);
            F32x16(_mm512_castsi512_ps(_mm512_maskz_mov_epi32(ordered, held)))
        }
    }

    #[inline(always)]
    fn is_equal_integer(self, other: Self) -> Mask {
        unsafe { Mask(_mm512_cmpeq_epi32_mask(self.to_bits().0, other.to_bits().0)) }
    }

    #[inline(always)]
    fn is_less_integer(self, other: Self) -> Mask {
        unsafe { Mask(_mm512_cmplt_epi32_mask(self.to_bits().0, other.to_bits().0)) }
    }

    #[inline(always)]
    fn even_product(self, other: Self) -> Self {
        unsafe {
            let product = _mm512_mul_epu32(self.to_bits().0, other.to_bits().0);
            F32x16(_mm512_castsi512_ps(product))
        }
    }

    #[inline(always)]
    fn upper_to_lower(self) -> Self {
        unsafe { F32x16(_mm512_castsi512_ps(_mm512_srli_epi64::<32>(self.to_bits().0))) }
    }

    #[inline(always)]
    fn with_upper(self, other: Self) -> Self {
        unsafe {
            let upper = _mm512_castsi512_ps(_mm512_slli_epi64::<32>(other.to_bits().0));
            F32x16(_mm512_mask_blend_ps(0xaaaa, self.0, upper))
        }
    }

    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        unsafe { F32x16(_mm512_xor_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn permute(self, index: Self) -> Self {
        unsafe { F32x16(_mm512_permutexvar_ps(index.to_bits().0, self.0)) }
    }

    #[inline(always)]
    unsafe fn load_turned_four(from: *const f32, stride: usize) -> [Self; 4] {
        unsafe {
            // Four numbers of four rows that are four apart: they come in order on
            // their way from memory, and only parts of four are left to turn.
            let part = |row: usize| _mm_loadu_ps(from.add(row * stride));
            let rows = |first: usize| {
                let rows = _mm512_castps128_ps512(part(first));
                let rows = _mm512_insertf32x4::<1>(rows, part(first + 4));
                let rows = _mm512_insertf32x4::<2>(rows, part(first + 8));
                _mm512_insertf32x4::<3>(rows, part(first + 12))
            };
            let (a, b, c, d) = (rows(0), rows(1), rows(2), rows(3));
            let (low, high) = (_mm512_unpacklo_ps(a, b), _mm512_unpackhi_ps(a, b));
            let (low_below, high_below) = (_mm512_unpacklo_ps(c, d), _mm512_unpackhi_ps(c, d));
            let first = |x, y| F32x16(_mm512_shuffle_ps::<0b01_00_01_00>(x, y));
            let second = |x, y| F32x16(_mm512_shuffle_ps::<0b11_10_11_10>(x, y));
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
            // Pairs and quarters within each part of four, then the parts.
            let mut fours = [rows[0].0; 16];
            for group in 0..4 {
                let row = |at: usize| rows[4 * group + at].0;
                let low = _mm512_unpacklo_ps(row(0), row(1));
                let high = _mm512_unpackhi_ps(row(0), row(1));
                let low_below = _mm512_unpacklo_ps(row(2), row(3));
                let high_below = _mm512_unpackhi_ps(row(2), row(3));
                fours[4 * group] = _mm512_shuffle_ps::<0b01_00_01_00>(low, low_below);
                fours[4 * group + 1] = _mm512_shuffle_ps::<0b11_10_11_10>(low, low_below);
                fours[4 * group + 2] = _mm512_shuffle_ps::<0b01_00_01_00>(high, high_below);
                fours[4 * group + 3] = _mm512_shuffle_ps::<0b11_10_11_10>(high, high_below);
            }
            for at in 0..4 {
                let part = |group: usize| fours[4 * group + at];
                // Parts 0 and 2 of two groups, parts 1 and 3.
                let even = _mm512_shuffle_f32x4::<0b10_00_10_00>(part(0), part(1));
                let odd = _mm512_shuffle_f32x4::<0b11_01_11_01>(part(0), part(1));
                let even_below = _mm512_shuffle_f32x4::<0b10_00_10_00>(part(2), part(3));
                let odd_below = _mm512_shuffle_f32x4::<0b11_01_11_01>(part(2), part(3));
                let join = |x, y| F32x16(_mm512_shuffle_f32x4::<0b10_00_10_00>(x, y));
                let join_odd = |x, y| F32x16(_mm512_shuffle_f32x4::<0b11_01_11_01>(x, y));
                rows[at] = join(even, even_below);
                rows[4 + at] = join(odd, odd_below);
                rows[8 + at] = join_odd(even, even_below);
                rows[12 + at] = join_odd(odd, odd_below);
            }
        }
    }
}
