//! Four numbers in an array, for every processor.
//!
//! What takes many instructions on single numbers stays in functions of its own:
//! repeated at every use it would be most of the crate's code, and of the time to
//! build it.

use super::Vector;
use ikhim_numeric::{Lane, fused};
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Shl, Shr, Sub};

/// As many as the smallest vector of a processor has; longer arrays would only be
/// more code.
const LANES: usize = 4;

/// Four numbers.
#[derive(Clone, Copy)]
pub(crate) struct Portable([f32; LANES]);

/// Their bits.
#[derive(Clone, Copy)]
pub(crate) struct Bits([u32; LANES]);

/// One truth value for each, as all bits or none: what the processor's vectors
/// compare to, so that the compiler can use them.
#[derive(Clone, Copy)]
pub(crate) struct Mask([u32; LANES]);

/// A function of [`Vector`] that is not repeated at its uses.
macro_rules! apart {
    ($($name:ident($($operand:ident),*);)+) => {
        $(#[inline(never)]
        fn $name(self$(, $operand: Self)*) -> Self {
            ikhim_numeric::$name(self$(, $operand)*)
        })+
    };
}

/// An array of what a function makes of each lane: written out, for the loops of
/// the standard library are much to compile where there are so many of them.
#[inline(always)]
fn lanes<T>(value: impl Fn(usize) -> T) -> [T; LANES] {
    [value(0), value(1), value(2), value(3)]
}

/// All bits where it holds.
#[inline(always)]
fn bits_of(holds: bool) -> u32 {
    if holds { u32::MAX } else { 0 }
}

macro_rules! operator {
    ($type:ty, $trait:ident, $method:ident, |$x:ident, $y:ident| $value:expr) => {
        impl $trait for $type {
            type Output = Self;
            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                Self(lanes(|lane| {
                    let ($x, $y) = (self.0[lane], other.0[lane]);
                    $value
                }))
            }
        }
    };
}

operator!(Portable, Add, add, |x, y| x + y);
operator!(Portable, Sub, sub, |x, y| x - y);
operator!(Portable, Mul, mul, |x, y| x * y);
operator!(Portable, Div, div, |x, y| x / y);
operator!(Bits, Add, add, |x, y| x.wrapping_add(y));
operator!(Bits, Sub, sub, |x, y| x.wrapping_sub(y));
operator!(Bits, BitAnd, bitand, |x, y| x & y);
operator!(Bits, BitOr, bitor, |x, y| x | y);
operator!(Mask, BitAnd, bitand, |x, y| x & y);
operator!(Mask, BitOr, bitor, |x, y| x | y);

impl Neg for Portable {
    type Output = Self;
    #[inline(always)]
    fn neg(self) -> Self {
        Portable(lanes(|lane| -self.0[lane]))
    }
}

impl Not for Mask {
    type Output = Self;
    #[inline(always)]
    fn not(self) -> Self {
        Mask(lanes(|lane| !self.0[lane]))
    }
}

impl Shl<usize> for Bits {
    type Output = Self;
    #[inline(always)]
    fn shl(self, by: usize) -> Self {
        Bits(lanes(|lane| self.0[lane] << by))
    }
}

impl Shr<usize> for Bits {
    type Output = Self;
    #[inline(always)]
    fn shr(self, by: usize) -> Self {
        Bits(lanes(|lane| self.0[lane] >> by))
    }
}

/// The fused multiply-add of a processor that has no instruction for it.
#[inline(never)]
fn fused_without_instruction(x: Portable, y: Portable, z: Portable) -> Portable {
    Portable(lanes(|lane| fused::multiply_add(x.0[lane], y.0[lane], z.0[lane])))
}

impl Lane for Portable {
    type Bits = Bits;
    type Mask = Mask;

    #[inline(always)]
    fn splat(value: f32) -> Self {
        Portable([value; LANES])
    }

    #[inline(always)]
    fn splat_bits(bits: u32) -> Bits {
        Bits([bits; LANES])
    }

    #[inline(always)]
    fn to_bits(self) -> Bits {
        Bits(lanes(|lane| self.0[lane].to_bits()))
    }

    #[inline(always)]
    fn from_bits(bits: Bits) -> Self {
        Portable(lanes(|lane| f32::from_bits(bits.0[lane])))
    }

    #[inline(always)]
    fn mul_add(self, factor: Self, addend: Self) -> Self {
        if cfg!(any(target_feature = "fma", target_arch = "aarch64")) {
            let (x, y, z) = (self.0, factor.0, addend.0);
            return Portable(lanes(|lane| x[lane].mul_add(y[lane], z[lane])));
        }
        fused_without_instruction(self, factor, addend)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        Portable(lanes(|lane| self.0[lane].sqrt()))
    }

    #[inline(always)]
    fn is_less(self, other: Self) -> Mask {
        Mask(lanes(|lane| bits_of(self.0[lane] < other.0[lane])))
    }

    #[inline(always)]
    fn is_equal(self, other: Self) -> Mask {
        Mask(lanes(|lane| bits_of(self.0[lane] == other.0[lane])))
    }

    #[inline(always)]
    fn select(mask: Mask, yes: Self, no: Self) -> Self {
        let (yes, no) = (yes.to_bits(), no.to_bits());
        Portable(lanes(|lane| {
            let mask = mask.0[lane];
            f32::from_bits(yes.0[lane] & mask | no.0[lane] & !mask)
        }))
    }
}

impl Vector for Portable {
    const LANES: usize = LANES;
    const REGISTERS: usize = 8;

    apart! {
        exp();
        expm1();
        log();
        log1p();
        tanh();
        erf();
        pow(exponent);
        normal_quantile();
    }

    #[inline(always)]
    unsafe fn load(from: *const f32) -> Self {
        // SAFETY: As the caller promises; the address need not be aligned to
        // more than a number.
        unsafe { Portable(from.cast::<[f32; LANES]>().read()) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32) {
        // SAFETY: As the caller promises.
        unsafe { to.cast::<[f32; LANES]>().write(self.0) }
    }

    #[inline(never)]
    unsafe fn load_first(from: *const f32, count: usize) -> Self {
        let mut lanes = [0.0; LANES];
        for (lane, value) in lanes.iter_mut().enumerate().take(count) {
            // SAFETY: As the caller promises, for `lane` is below `count`.
            *value = unsafe { *from.add(lane) };
        }
        Portable(lanes)
    }

    #[inline(never)]
    unsafe fn store_first(self, to: *mut f32, count: usize) {
        for (lane, value) in self.0.iter().enumerate().take(count) {
            // SAFETY: As the caller promises, for `lane` is below `count`.
            unsafe { *to.add(lane) = *value }
        }
    }

    #[inline(always)]
    fn of_mask(mask: Mask) -> Self {
        Portable(lanes(|lane| f32::from_bits(mask.0[lane])))
    }

    #[inline(always)]
    fn to_mask(self) -> Mask {
        Mask(lanes(|lane| (self.0[lane].to_bits() as i32 >> 31) as u32))
    }

    #[inline(always)]
    fn floor(self) -> Self {
        Portable(lanes(|lane| self.0[lane].floor()))
    }

    #[inline(always)]
    fn of_integers(self) -> Self {
        Portable(lanes(|lane| self.0[lane].to_bits() as i32 as f32))
    }

    #[inline(always)]
    fn to_integers(self) -> Self {
        Portable(lanes(|lane| f32::from_bits(self.0[lane] as i32 as u32)))
    }

    #[inline(always)]
    fn is_equal_integer(self, other: Self) -> Mask {
        Mask(lanes(|lane| bits_of(self.0[lane].to_bits() == other.0[lane].to_bits())))
    }

    #[inline(always)]
    fn is_less_integer(self, other: Self) -> Mask {
        Mask(lanes(|lane| {
            bits_of((self.0[lane].to_bits() as i32) < other.0[lane].to_bits() as i32)
        }))
    }

    #[inline(never)]
    fn even_product(self, other: Self) -> Self {
        Portable(lanes(|lane| {
            let word = |of: Self| u64::from(of.0[lane & !1].to_bits());
            let (x, y) = (word(self), word(other));
            f32::from_bits(((x * y) >> (32 * (lane & 1))) as u32)
        }))
    }

    #[inline(always)]
    fn upper_to_lower(self) -> Self {
        Portable(lanes(|lane| if lane & 1 == 0 { self.0[lane + 1] } else { 0.0 }))
    }

    #[inline(always)]
    fn with_upper(self, other: Self) -> Self {
        let even = |of: Self, lane: usize| of.0[lane & !1];
        Portable(lanes(|lane| even(if lane & 1 == 0 { self } else { other }, lane)))
    }

    #[inline(always)]
    fn permute(self, index: Self) -> Self {
        Portable(lanes(|lane| self.0[index.0[lane].to_bits() as usize % LANES]))
    }

    #[inline(always)]
    fn transpose(rows: &mut [Self; 16]) {
        for row in 0..LANES {
            for column in 0..row {
                let kept = rows[row].0[column];
                rows[row].0[column] = rows[column].0[row];
                rows[column].0[row] = kept;
            }
        }
    }
}
