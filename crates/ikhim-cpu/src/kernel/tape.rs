//! Tapes: programs of tiny values, each of which is a vector or a few.
//!
//! An entry of a tape is a function with the places of its operands; a tape is
//! run by calling one after the other. The value of an entry goes to its place
//! and, in a register, to the next entry, which mostly wants it at once: the way
//! over memory would take as long as the arithmetic.

use super::elementwise::elementwise;
use super::fold::{Combine, Fold, Max, Min, Product, Sum};
use super::map::MapOp;
use crate::Level;
use crate::vector::Vector;
use ikhim_numeric::Lane;

/// What an entry computes from its operands `a`, `b` and `c`, each a vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum TapeOp {
    /// An elementwise op.
    Map(MapOp),
    /// The elements of `a` at the places of the table.
    Permute,
    /// The same where the table's second vector is set, else `b`.
    Merge,
    /// A chain of `count` fused multiply-adds from 0. The elements of `a` and of
    /// `b` for each are at the places of two vectors of the table.
    Product,
    /// `a · b + c`, rounded once.
    MultiplyAdd,
    /// `count` elements of `a` combined one after the other, from what a fold
    /// starts from; each at the places of a vector of the table.
    Chain(Fold),
    /// Entries of `c` numbers of the table, `b` in number, at the `count` indices
    /// from `a` on. An index out of range sets the first word of all.
    Gather,
    /// `1 / (e⁻ᵃ + 1)`, each operation rounded on its own.
    Sigmoid,
    /// `a - b · c`, both operations rounded, as it is stored into the state.
    Descend,
}

/// An operand that is the value of the entry before.
pub(crate) const LAST: u32 = u32::MAX;

/// The function of an entry, whose type depends on the level.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function(*const ());

/// One function with the places of its operands and of its result, in words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) function: Function,
    pub(crate) out: u32,
    pub(crate) inputs: [u32; 3],
    pub(crate) table: u32,
    pub(crate) count: u32,
}

impl Entry {
    /// An operand.
    ///
    /// # Safety
    /// Its place holds a vector.
    #[inline(always)]
    unsafe fn operand<V: Vector>(&self, operand: usize, base: *mut f32, last: V) -> V {
        match self.inputs[operand] {
            LAST => last,
            // SAFETY: As the caller promises.
            place => unsafe { V::load(base.add(place as usize)) },
        }
    }

    /// Vector `at` of the table.
    ///
    /// # Safety
    /// The table has it.
    #[inline(always)]
    unsafe fn row<V: Vector>(&self, at: usize, base: *mut f32) -> V {
        // SAFETY: As the caller promises.
        unsafe { V::load(base.add(self.table as usize + at * V::LANES)) }
    }

    /// Puts the value in its place and hands it on.
    ///
    /// # Safety
    /// The place has room for a vector.
    #[inline(always)]
    unsafe fn put<V: Vector>(&self, value: V, base: *mut f32) -> V {
        // SAFETY: As the caller promises.
        unsafe { value.store(base.add(self.out as usize)) };
        value
    }

    #[inline(always)]
    unsafe fn product<V: Vector>(&self, a: V, b: V, base: *mut f32) -> V {
        let mut sum = V::splat(0.0);
        for at in 0..self.count as usize {
            // SAFETY: The table has two vectors for each.
            let (left, right) = unsafe { (self.row(2 * at, base), self.row(2 * at + 1, base)) };
            sum = a.permute(left).mul_add(b.permute(right), sum);
        }
        sum
    }

    #[inline(always)]
    unsafe fn chain<V: Vector, C: Combine>(&self, a: V, base: *mut f32) -> V {
        let mut folded = C::identity::<V>();
        for at in 0..self.count as usize {
            // SAFETY: The table has a vector for each.
            folded = C::combine(folded, a.permute(unsafe { self.row(at, base) }));
        }
        folded
    }

    /// Each vector of the result is filled up with its first number.
    ///
    /// # Safety
    /// Indices, table and result have their places.
    #[inline(always)]
    unsafe fn gather<V: Vector>(&self, base: *mut f32) {
        let [indices, entries, inner] = self.inputs;
        let count = (self.count * inner) as usize;
        // SAFETY: As the caller promises.
        unsafe {
            for at in 0..self.count {
                let index = *base.add((indices + at) as usize).cast::<i32>();
                let entry = u32::try_from(index).ok().filter(|entry| *entry < entries);
                if entry.is_none() {
                    base.cast::<u32>().write(1);
                }
                for place in 0..inner {
                    let number = entry.map_or(0.0, |entry| {
                        *base.add((self.table + entry * inner + place) as usize)
                    });
                    *base.add((self.out + at * inner + place) as usize) = number;
                }
            }
            let out = base.add(self.out as usize);
            for at in count..count.next_multiple_of(V::LANES) {
                *out.add(at) = *out.add(at / V::LANES * V::LANES);
            }
        }
    }
}

/// An op as a function of its own, of the level whose vector is `V` and whose
/// features are given first.
macro_rules! function {
    ([$(#[$feature:meta])*] entry |$entry:ident, $base:ident, $last:ident| $value:expr) => {{
        $(#[$feature])*
        #[allow(improper_ctypes_definitions)] // Nothing but a tape calls it.
        unsafe extern "C" fn run($entry: &Entry, $base: *mut f32, $last: V) -> V {
            // SAFETY: As the caller of the tape promises.
            unsafe { $value }
        }
        run as TapeFunction as *const ()
    }};
    ($features:tt |$x:ident| $value:expr) => {
        function!($features entry |entry, base, last| {
            let $x: V = entry.operand(0, base, last);
            entry.put($value, base)
        })
    };
    ($features:tt |$x:ident, $y:ident| $value:expr) => {
        function!($features entry |entry, base, last| {
            let ($x, $y): (V, V) = (entry.operand(0, base, last), entry.operand(1, base, last));
            entry.put($value, base)
        })
    };
    ($features:tt |$x:ident, $y:ident, $z:ident| $value:expr) => {
        function!($features entry |entry, base, last| {
            let ($x, $y): (V, V) = (entry.operand(0, base, last), entry.operand(1, base, last));
            let $z: V = entry.operand(2, base, last);
            entry.put($value, base)
        })
    };
}

macro_rules! portable_function {
    ($($rest:tt)*) => { function!([] $($rest)*) };
}

#[cfg(target_arch = "x86_64")]
macro_rules! avx2_function {
    ($($rest:tt)*) => { function!([#[target_feature(enable = "avx2,fma")]] $($rest)*) };
}

#[cfg(target_arch = "x86_64")]
macro_rules! avx512_function {
    ($($rest:tt)*) => {
        function!([#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]]
            $($rest)*)
    };
}

/// The functions of a level, and what calls them.
macro_rules! level {
    ($level:ident, $vector:ident, $function:ident, [$(#[$feature:meta])*]) => {
        mod $level {
            use super::*;
            use crate::vector::$vector as V;

            #[allow(improper_ctypes_definitions)] // As the functions themselves.
            type TapeFunction = unsafe extern "C" fn(&Entry, *mut f32, V) -> V;

            pub(super) fn function(op: TapeOp) -> *const () {
                match op {
                    TapeOp::Map(op) => elementwise!(op, V, $function, $function),
                    TapeOp::Permute => $function!(entry |entry, base, last| {
                        let places = entry.row(0, base);
                        entry.put(entry.operand::<V>(0, base, last).permute(places), base)
                    }),
                    TapeOp::Merge => $function!(entry |entry, base, last| {
                        let (places, mask): (V, V) = (entry.row(0, base), entry.row(1, base));
                        let moved = entry.operand::<V>(0, base, last).permute(places);
                        let rest = entry.operand(1, base, last);
                        entry.put(V::select(mask.to_mask(), moved, rest), base)
                    }),
                    TapeOp::Product => $function!(entry |entry, base, last| {
                        let a = entry.operand(0, base, last);
                        let b = entry.operand(1, base, last);
                        entry.put(entry.product::<V>(a, b, base), base)
                    }),
                    TapeOp::MultiplyAdd => $function!(|a, b, c| a.mul_add(b, c)),
                    TapeOp::Chain(Fold::Sum) => $function!(entry |entry, base, last| {
                        let a = entry.operand(0, base, last);
                        entry.put(entry.chain::<V, Sum>(a, base), base)
                    }),
                    TapeOp::Chain(Fold::Product) => $function!(entry |entry, base, last| {
                        let a = entry.operand(0, base, last);
                        entry.put(entry.chain::<V, Product>(a, base), base)
                    }),
                    TapeOp::Chain(Fold::Max) => $function!(entry |entry, base, last| {
                        let a = entry.operand(0, base, last);
                        entry.put(entry.chain::<V, Max>(a, base), base)
                    }),
                    TapeOp::Chain(Fold::Min) => $function!(entry |entry, base, last| {
                        let a = entry.operand(0, base, last);
                        entry.put(entry.chain::<V, Min>(a, base), base)
                    }),
                    TapeOp::Gather => $function!(entry |entry, base, last| {
                        entry.gather::<V>(base);
                        last
                    }),
                    TapeOp::Sigmoid => $function!(|x| {
                        let one = V::splat(1.0);
                        one / ((-x).exp() + one)
                    }),
                    TapeOp::Descend => $function!(|x, y, z| {
                        let value = x - y * z;
                        let is_denormal = value.abs().is_less(V::splat(f32::MIN_POSITIVE));
                        V::select(is_denormal, V::splat(0.0), value)
                    }),
                }
            }

            $(#[$feature])*
            pub(super) unsafe fn run(entries: &[Entry], base: *mut f32) {
                let mut last = V::splat(0.0);
                for entry in entries {
                    // SAFETY: The function is one of this level; the places are
                    // as the caller promises.
                    last = unsafe {
                        let function: TapeFunction = std::mem::transmute(entry.function.0);
                        function(entry, base, last)
                    };
                }
            }
        }
    };
}

level!(portable, Portable, portable_function, []);
#[cfg(target_arch = "x86_64")]
level!(avx2, F32x8, avx2_function, [#[target_feature(enable = "avx2,fma")]]);
#[cfg(target_arch = "x86_64")]
level!(avx512, F32x16, avx512_function,
    [#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]]);

/// The functions of one level.
pub(crate) struct Tapes {
    /// Numbers of a vector.
    pub(crate) lanes: usize,
    function: fn(TapeOp) -> *const (),
    run: unsafe fn(&[Entry], *mut f32),
}

impl Tapes {
    /// The functions of a level, which the processor must have.
    pub(crate) fn of(level: Level) -> Tapes {
        macro_rules! tapes {
            ($level:ident, $vector:ident) => {
                Tapes {
                    lanes: crate::vector::$vector::LANES,
                    function: $level::function,
                    run: $level::run,
                }
            };
        }
        match level {
            Level::Portable => tapes!(portable, Portable),
            #[cfg(target_arch = "x86_64")]
            Level::Avx2 => tapes!(avx2, F32x8),
            #[cfg(target_arch = "x86_64")]
            Level::Avx512 => tapes!(avx512, F32x16),
            #[cfg(not(target_arch = "x86_64"))]
            _ => tapes!(portable, Portable),
        }
    }

    /// The function of an op.
    pub(crate) fn function(&self, op: TapeOp) -> Function {
        Function((self.function)(op))
    }

    /// Runs a tape.
    ///
    /// # Safety
    /// The functions are of this level, and all places from `base` on are as the
    /// entries say.
    pub(crate) unsafe fn run(&self, entries: &[Entry], base: *mut f32) {
        // SAFETY: As the caller promises; the processor has the level.
        unsafe { (self.run)(entries, base) }
    }
}
