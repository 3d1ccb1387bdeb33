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
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
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
    if x > T::ZERO {
        T::ONE
    } else if x < T::ZERO {
        -T::ONE
    } else {
        x // ±0 and NaN are their own sign.
    }
}

#[cfg(test)]
mod tests {
    use crate::Tensor;
    use crate::check::{assert_close, check_gradient, evaluate, fixed, slopes};
    use std::f64::consts::{E, FRAC_2_SQRT_PI, LN_2};

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    type Function = for<'g> fn(Tensor<'g>) -> Tensor<'g>;

    /// Values in both precisions, where both hold the arguments exactly.
    fn values(function: Function, arguments: &[f64], expected: &[f64]) {
        let inputs = [fixed(&[arguments.len()], arguments)];
        assert_close(&evaluate::<f64>(&inputs, |x| function(x[0])).to_f64(), expected, 1e-15);
        assert_close(&evaluate::<f32>(&inputs, |x| function(x[0])).to_f64(), expected, 2e-7);
    }

    #[test]
    fn values_of_closed_form() {
        values(|x| x.abs(), &[-1.5, 0.0, -0.0, 2.0, -INF, NAN], &[1.5, 0.0, 0.0, 2.0, INF, NAN]);
        values(|x| x.sign(), &[-1.5, 0.0, 2.0, -INF, NAN], &[-1.0, 0.0, 1.0, -1.0, NAN]);
        values(
            |x| x.floor(),
            &[-1.5, -1.0, -0.25, 0.75, 2.0, 1e10, INF, NAN],
            &[-2.0, -1.0, -1.0, 0.0, 2.0, 1e10, INF, NAN],
        );
        values(|x| x.exp(), &[0.0, 1.0, -1.0, INF, -INF, NAN], &[1.0, E, 1.0 / E, INF, 0.0, NAN]);
        values(|x| x.exp_m1(), &[0.0, 1.0, INF, -INF, NAN], &[0.0, E - 1.0, INF, -1.0, NAN]);
        values(|x| x.log(), &[1.0, 2.0, 0.0, -1.0, INF, NAN], &[0.0, LN_2, -INF, NAN, INF, NAN]);
        values(|x| x.log_1p(), &[0.0, 1.0, -1.0, -2.0, INF], &[0.0, LN_2, -INF, NAN, INF]);
        values(|x| x.sqrt(), &[0.0, 0.25, 9.0, -1.0, INF, NAN], &[0.0, 0.5, 3.0, NAN, INF, NAN]);
        let half = (E - 1.0) / (E + 1.0);
        values(|x| x.tanh(), &[0.0, 0.5, 50.0, -INF, NAN], &[0.0, half, 1.0, -1.0, NAN]);
        values(|x| x.erf(), &[0.0, 10.0, -INF, NAN], &[0.0, 1.0, -1.0, NAN]);
    }

    #[test]
    fn exact_near_zero() {
        // eˣ − 1 and ln(1 + x) are x ± x²/2 + x³/6 or x³/3.
        let x = 2f64.powi(-20);
        let (square, cube) = (x * x / 2.0, x * x * x);
        values(|x| x.exp_m1(), &[x, -x], &[x + square + cube / 6.0, -x + square - cube / 6.0]);
        values(|x| x.log_1p(), &[x, -x], &[x - square + cube / 3.0, -x - square - cube / 3.0]);
    }

    #[test]
    fn exp_skips_the_denormals() {
        // e⁻⁸⁸ is below 2⁻¹²⁶, e⁻⁸⁷ above.
        let found = evaluate::<f32>(&[fixed(&[2], &[-88.0, -87.0])], |x| x[0].exp()).to_f64();
        assert_eq!(found[0], 0.0);
        assert_close(&found[1..], &[1.645_811_431_082_274_2e-38], 2e-7);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let any = [fixed(&[2, 3], &[-2.5, -0.75, -0.01, 0.02, 0.6, 3.2])];
        let functions: [Function; 7] = [
            |x| x.abs(),
            |x| x.exp(),
            |x| x.exp_m1(),
            |x| x.tanh(),
            |x| x.erf(),
            |x| x.sign(),
            |x| x * x.floor(),
        ];
        for function in functions {
            check_gradient(&any, |x| function(x[0]));
        }
        let positive = [fixed(&[4], &[0.03, 0.5, 1.0, 40.0])];
        let functions: [Function; 3] = [|x| x.log(), |x| x.log_1p(), |x| x.sqrt()];
        for function in functions {
            check_gradient(&positive, |x| function(x[0]));
        }
        check_gradient(&[fixed(&[2], &[-0.9, -0.2])], |x| x[0].log_1p());
    }

    #[test]
    fn second_derivatives_agree_with_differences() {
        let inputs = [fixed(&[4], &[0.1, 0.4, 1.3, 2.0])];
        let functions: [Function; 8] = [
            |x| x.abs(),
            |x| x.exp(),
            |x| x.exp_m1(),
            |x| x.log(),
            |x| x.log_1p(),
            |x| x.sqrt(),
            |x| x.tanh(),
            |x| x.erf(),
        ];
        for function in functions {
            check_gradient(&inputs, |x| crate::gradients(function(x[0]).sum_all(), x)[0]);
        }
    }

    #[test]
    fn slopes_at_kinks_and_ends() {
        let at = |function: Function, x: f64| {
            slopes::<f64>(&[fixed(&[1], &[x])], |x| function(x[0]))[0][0]
        };
        assert_eq!(at(|x| x.abs(), 0.0), 0.0);
        assert_eq!(at(|x| x.abs(), -0.0), 0.0);
        assert_eq!(at(|x| x.sign(), 0.0), 0.0);
        assert_eq!(at(|x| x.floor(), 1.0), 0.0);
        assert_eq!(at(|x| x.sqrt(), 0.0), INF);
        assert_eq!(at(|x| x.log(), 0.0), INF);
        assert_eq!(at(|x| x.tanh(), 1e3), 0.0);
        assert_eq!(at(|x| x.erf(), 0.0), FRAC_2_SQRT_PI);
        // The slope left of 0 is small but not 0, as y + 1 would be.
        assert_close(&[at(|x| x.exp_m1(), -40.0)], &[4.248_354_255_291_589e-18], 1e-14);
    }

    #[test]
    fn other_types_do_not_fit() {
        let whole = [crate::check::array(crate::Array::i32(&[1], vec![1]))];
        assert_eq!(crate::check::fault(&whole, |x| x[0].exp()), "shape.dtype");
    }
}
