//! A vector of numbers with what the kernels need beside arithmetic: loads,
//! stores and conversions. The elementary functions come from [`Lane`].

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod portable;

#[cfg(target_arch = "x86_64")]
pub(crate) use avx2::F32x8;
#[cfg(target_arch = "x86_64")]
pub(crate) use avx512::F32x16;
pub(crate) use portable::Portable;

use ikhim_numeric::Lane;

/// Functions of `ikhim-numeric` as methods, so that a level may keep them in one
/// place.
macro_rules! functions {
    ($($name:ident($($operand:ident),*);)+) => {
        $(#[doc = concat!("[`ikhim_numeric::", stringify!($name), "`] of each number.")]
        #[inline(always)]
        fn $name(self$(, $operand: Self)*) -> Self {
            ikhim_numeric::$name(self$(, $operand)*)
        })+
    };
}

/// `LANES` numbers side by side.
///
/// Every method is inlined into a kernel that is compiled with the features of
/// its level, so a value of this type exists only where the processor has them.
pub(crate) trait Vector: Lane {
    /// How many numbers.
    const LANES: usize;

    /// How many vectors a kernel may keep in registers.
    const REGISTERS: usize;

    functions! {
        exp();
        expm1();
        log();
        log1p();
        tanh();
        erf();
        pow(exponent);
        normal_quantile();
    }

    /// The numbers from an address on.
    ///
    /// # Safety
    /// `LANES` numbers can be read there.
    unsafe fn load(from: *const f32) -> Self;

    /// Writes the numbers from an address on.
    ///
    /// # Safety
    /// `LANES` numbers can be written there.
    unsafe fn store(self, to: *mut f32);

    /// Asks for numbers that will be loaded soon; any address may be asked for.
    #[inline(always)]
    fn ask(_from: *const f32) {}

    /// The first `count` numbers, which are less than `LANES`, and zeros.
    ///
    /// # Safety
    /// `count` numbers can be read there.
    unsafe fn load_first(from: *const f32, count: usize) -> Self;

    /// Writes the first `count` numbers, which are less than `LANES`.
    ///
    /// # Safety
    /// `count` numbers can be written there.
    unsafe fn store_first(self, to: *mut f32, count: usize);

    /// All bits of an element set where the mask is, else none: how truth
    /// values are stored.
    fn of_mask(mask: Self::Mask) -> Self;

    /// The mask of stored truth values.
    fn to_mask(self) -> Self::Mask;

    /// The largest integer not above each number.
    fn floor(self) -> Self;

    /// The integers, as whose bits the elements are taken, as numbers.
    fn of_integers(self) -> Self;

    /// The bits of the integers that are the numbers cut toward 0, held to the
    /// range of i32; 0 for NaN.
    fn to_integers(self) -> Self;

    /// Whether elements are equal as integers.
    fn is_equal_integer(self, other: Self) -> Self::Mask;

    /// Whether elements are less as integers.
    fn is_less_integer(self, other: Self) -> Self::Mask;

    /// The 64-bit products of the elements in even places as unsigned integers:
    /// the lower half in the even place, the upper one in the odd place after it.
    fn even_product(self, other: Self) -> Self;

    /// Each element in an odd place moved to the even one before it; 0 in its
    /// place.
    fn upper_to_lower(self) -> Self;

    /// The elements in even places, and those of `other` in even places moved to
    /// the odd ones after them.
    fn with_upper(self, other: Self) -> Self;

    /// The elements at the places that the integers `index` name, each below
    /// `LANES`.
    fn permute(self, index: Self) -> Self;

    /// The first `LANES` vectors as the rows of a square matrix become its
    /// columns; the others are not looked at.
    fn transpose(rows: &mut [Self; 16]);

    /// Four numbers of each of as many rows as a vector has lanes, turned: vector
    /// `i` holds number `i` of each row.
    ///
    /// # Safety
    /// Four numbers can be read from each of `LANES` places `stride` numbers apart.
    #[inline(always)]
    unsafe fn load_turned_four(from: *const f32, stride: usize) -> [Self; 4] {
        let mut turned = [Self::splat(0.0); 4];
        for (number, turned) in turned.iter_mut().enumerate() {
            let mut lanes = [0.0; 16];
            // SAFETY: As the caller promises, and the array has room for any vector.
            unsafe {
                for (lane, value) in lanes.iter_mut().enumerate().take(Self::LANES) {
                    *value = *from.add(lane * stride + number);
                }
                *turned = Self::load(lanes.as_ptr());
            }
        }
        turned
    }

    /// A square of numbers, turned: vector `i` holds number `i` of each of as many
    /// rows as a vector has lanes. The other vectors are anything.
    ///
    /// # Safety
    /// `LANES` numbers can be read from each of `LANES` places `stride` numbers
    /// apart.
    #[inline(always)]
    unsafe fn load_turned(from: *const f32, stride: usize) -> [Self; 16] {
        let mut turned = [Self::splat(0.0); 16];
        for first in (0..Self::LANES).step_by(4) {
            // SAFETY: As the caller promises.
            let four = unsafe { Self::load_turned_four(from.add(first), stride) };
            turned[first..first + 4].copy_from_slice(&four);
        }
        turned
    }

    /// The bits of both combined by exclusive or.
    #[inline(always)]
    fn xor(self, other: Self) -> Self {
        // (a | b) - (a & b) has no borrow, for the second is a part of the first.
        let (a, b) = (self.to_bits(), other.to_bits());
        Self::from_bits((a | b) - (a & b))
    }
}

/// Asks for the cache line of an address, which may be any, to come into the
/// second cache.
#[inline(always)]
pub(crate) fn ask(from: *const f32) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: Asking for a line has no effect but on time.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T1>(from.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = from;
}
