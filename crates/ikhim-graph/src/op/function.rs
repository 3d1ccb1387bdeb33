//! Functions of one real number, element by element. Shape: as the input's.
//!
//! | op | value | slope |
//! |---|---|---|
//! | abs | \|x\| | sign(x), so 0 at 0 |
//! | sign | −1, 0, 1 | none |
//! | floor | largest integer ≤ x | none |
//! | exp | eˣ | eˣ |
//! | exp_m1 | eˣ − 1, exact near 0 | eˣ |
//! | log | ln x | 1/x |
//! | log_1p | ln(1 + x), exact near 0 | 1/(1 + x) |
//! | sqrt | √x | 1/(2√x) |
//! | tanh | (eˣ − e⁻ˣ)/(eˣ + e⁻ˣ) | 1 − tanh²x |
//! | erf | 2/√π ∫₀ˣ e^(−t²) dt | 2/√π e^(−x²) |
//!
//! NaN gives NaN; the logarithm and the root of a negative number are NaN.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};
use std::f64::consts::FRAC_2_SQRT_PI;

/// The rules of a function and the method that builds it. `$x` is the argument
/// and `$y` the value of the function, `$u` the derivative by the value.
macro_rules! function {
    ($op:ident, $name:ident, $doc:literal,
     |$x:ident| $value:expr,
     |$dx:ident, $dy:ident, $u:ident| $slope:expr) => {
        #[doc = $doc]
        #[derive(Debug, Clone)]
        pub struct $op;

        impl<'g> Tensor<'g> {
            #[doc = concat!($doc, " Element by element.")]
            #[track_caller]
            pub fn $name(self) -> Tensor<'g> {
                self.then(Op::$op($op))
            }
        }

        impl Primitive for $op {
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::unary(stringify!($name), inputs)
            }

            fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                #[allow(unused_variables)] // A slope needs x or f(x), seldom both.
                let ($dx, $dy, $u) =
                    (derivative.inputs[0], derivative.output(), derivative.upstream());
                vec![$slope]
            }

            fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let values = inputs[0].value.reals().iter().map(|&$x| $value).collect();
                Ok(Value::real(&run.sizes(), values))
            }
        }
    };
}

function!(Abs, abs, "The magnitude |x|.", |x| x.abs(), |x, y, u| Some(u * x.sign()));
function!(
    Sign, sign, "The sign: −1, 0 or 1, and NaN for NaN.",
    |x| sign(x),
    |x, y, u| None
);
function!(Floor, floor, "The largest integer that is not above x.", |x| x.floor(), |x, y, u| None);
function!(Exp, exp, "The exponential eˣ.", |x| x.exp(), |x, y, u| Some(u * y));
function!(
    ExpM1, exp_m1, "eˣ − 1, exact near 0.",
    |x| x.expm1(),
    // y + 1 would lose the small slopes left of 0.
    |x, y, u| Some(u * x.exp())
);
function!(Log, log, "The natural logarithm.", |x| x.log(), |x, y, u| Some(u / x));
function!(
    Log1p, log_1p, "ln(1 + x), exact near 0.",
    |x| x.log1p(),
    |x, y, u| Some(u / (x + 1.0))
);
function!(Sqrt, sqrt, "The square root.", |x| x.sqrt(), |x, y, u| Some(u / (y * 2.0)));
function!(
    Tanh, tanh, "The hyperbolic tangent.",
    |x| x.tanh(),
    |x, y, u| Some(u * (1.0 - y * y))
);
function!(
    Erf, erf, "The error function 2/√π ∫₀ˣ e^(−t²) dt.",
    |x| x.erf(),
    |x, y, u| Some(u * (-(x * x)).exp() * FRAC_2_SQRT_PI)
);

fn sign<T: Precise>(x: T) -> T {
    let zero = T::from_f64(0.0);
    if x > zero {
        T::from_f64(1.0)
    } else if x < zero {
        T::from_f64(-1.0)
    } else {
        x // ±0 and NaN are their own sign.
    }
}
