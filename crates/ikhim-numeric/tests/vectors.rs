//! A vector gives the bits of the scalar.

use std::array::from_fn;
use std::ops::{Add, BitAnd, BitOr, Div, Mul, Neg, Not, Shl, Shr, Sub};

use ikhim_numeric::{Lane, erf, exp, expm1, log, log1p, normal_quantile, pow, tanh};
use proptest::prelude::*;

const WIDTH: usize = 8;

/// A vector as a kernel would have it: masks are bits, and a selection is made by `and` and `or`.
#[derive(Clone, Copy)]
struct Vector([f32; WIDTH]);

#[derive(Clone, Copy)]
struct Words([u32; WIDTH]);

macro_rules! elementwise {
    ($type:ident, $trait:ident, $method:ident, $f:expr) => {
        impl $trait for $type {
            type Output = $type;
            fn $method(self, other: $type) -> $type {
                $type(from_fn(|i| $f(self.0[i], other.0[i])))
            }
        }
    };
}

elementwise!(Vector, Add, add, |a, b| a + b);
elementwise!(Vector, Sub, sub, |a, b| a - b);
elementwise!(Vector, Mul, mul, |a, b| a * b);
elementwise!(Vector, Div, div, |a, b| a / b);
elementwise!(Words, Add, add, u32::wrapping_add);
elementwise!(Words, Sub, sub, u32::wrapping_sub);
elementwise!(Words, BitAnd, bitand, |a, b| a & b);
elementwise!(Words, BitOr, bitor, |a, b| a | b);

impl Neg for Vector {
    type Output = Vector;
    fn neg(self) -> Vector {
        Vector(self.0.map(|x| -x))
    }
}

impl Not for Words {
    type Output = Words;
    fn not(self) -> Words {
        Words(self.0.map(|x| !x))
    }
}

impl Shl<usize> for Words {
    type Output = Words;
    fn shl(self, count: usize) -> Words {
        Words(self.0.map(|x| x << count))
    }
}

impl Shr<usize> for Words {
    type Output = Words;
    fn shr(self, count: usize) -> Words {
        Words(self.0.map(|x| x >> count))
    }
}

fn mask(answer: bool) -> u32 {
    if answer { u32::MAX } else { 0 }
}

impl Lane for Vector {
    type Bits = Words;
    type Mask = Words;

    fn splat(value: f32) -> Vector {
        Vector([value; WIDTH])
    }
    fn splat_bits(bits: u32) -> Words {
        Words([bits; WIDTH])
    }
    fn to_bits(self) -> Words {
        Words(self.0.map(f32::to_bits))
    }
    fn from_bits(bits: Words) -> Vector {
        Vector(bits.0.map(f32::from_bits))
    }
    fn mul_add(self, factor: Vector, addend: Vector) -> Vector {
        Vector(from_fn(|i| self.0[i].mul_add(factor.0[i], addend.0[i])))
    }
    fn sqrt(self) -> Vector {
        Vector(self.0.map(f32::sqrt))
    }
    fn is_less(self, other: Vector) -> Words {
        Words(from_fn(|i| mask(self.0[i] < other.0[i])))
    }
    fn is_equal(self, other: Vector) -> Words {
        Words(from_fn(|i| mask(self.0[i] == other.0[i])))
    }
    fn select(mask: Words, yes: Vector, no: Vector) -> Vector {
        Vector::from_bits((mask & yes.to_bits()) | (!mask & no.to_bits()))
    }
}

type Function = (&'static str, fn(f32) -> f32, fn(Vector) -> Vector);

/// Each function for a scalar and for a vector, side by side.
const FUNCTIONS: [Function; 7] = [
    ("exp", exp, exp),
    ("expm1", expm1, expm1),
    ("log", log, log),
    ("log1p", log1p, log1p),
    ("tanh", tanh, tanh),
    ("erf", erf, erf),
    ("normal_quantile", normal_quantile, normal_quantile),
];

proptest! {
    #[test]
    fn a_vector_gives_the_bits_of_the_scalar(bits: [u32; WIDTH], near in prop::array::uniform8(-5.0_f32..5.0)) {
        for x in [bits.map(f32::from_bits), near, near.map(|x| x * 0.1)] {
            for (name, scalar, vector) in FUNCTIONS {
                let inputs = if name == "normal_quantile" { x.map(|x| x % 0.5) } else { x };
                let found = vector(Vector(inputs)).0;
                prop_assert_eq!(found.map(f32::to_bits), inputs.map(|x| scalar(x).to_bits()), "{}", name);
            }
            let y = Vector(near);
            let expected: [u32; WIDTH] = from_fn(|i| pow(x[i], near[i]).to_bits());
            prop_assert_eq!(pow(Vector(x), y).0.map(f32::to_bits), expected);
            let expected: [u32; WIDTH] = from_fn(|i| pow(x[i], near[i].round()).to_bits());
            prop_assert_eq!(pow(Vector(x), Vector(near.map(f32::round))).0.map(f32::to_bits), expected);
        }
    }
}
