//! Sum, difference, product and quotient of two arrays, element by element.
//!
//! | op | value | by x | by y |
//! |---|---|---|---|
//! | add | x + y | 1 | 1 |
//! | subtract | x − y | 1 | −1 |
//! | multiply | x·y | y | x |
//! | divide | x/y | 1/y | −(x/y)/y |
//!
//! Shapes: equal; broadcasting is a node before the op.

use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};
use std::ops;

/// `x + y`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Add;

/// `x − y`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Subtract;

/// `x · y`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Multiply;

/// `x / y`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Divide;

/// The rules of an op and the Rust operator that builds it.
macro_rules! arithmetic {
    ($op:ident, $name:literal, $sign:literal, $trait:ident, $method:ident,
     |$x:ident, $y:ident| $value:expr,
     |$dx:ident, $dy:ident, $slope:ident| $by_x:expr, $by_y:expr) => {
        impl Primitive for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn equation(&self, inputs: &[&str]) -> String {
                form::infix($sign, inputs)
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::binary($name, inputs)
            }

            fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                #[allow(unused_variables)] // A sum's slopes do not need its terms.
                let ($dx, $dy) = (derivative.inputs[0], derivative.inputs[1]);
                let $slope = derivative.upstream();
                vec![Some($by_x), Some($by_y)]
            }

            fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let pairs = inputs[0].value.reals().iter().zip(inputs[1].value.reals());
                Ok(Value::real(&run.sizes(), pairs.map(|(&$x, &$y)| $value).collect()))
            }
        }

        impl<'g> ops::$trait for Tensor<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: Tensor<'g>) -> Tensor<'g> {
                self.with(other, Op::$op($op))
            }
        }

        impl<'g> ops::$trait<f64> for Tensor<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: f64) -> Tensor<'g> {
                self.with(self.number(other), Op::$op($op))
            }
        }

        impl<'g> ops::$trait<Tensor<'g>> for f64 {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: Tensor<'g>) -> Tensor<'g> {
                other.number(self).with(other, Op::$op($op))
            }
        }
    };
}

arithmetic!(Add, "add", "+", Add, add, |x, y| x + y, |x, y, slope| slope, slope);
arithmetic!(Subtract, "subtract", "-", Sub, sub, |x, y| x - y, |x, y, slope| slope, -slope);
arithmetic!(Multiply, "multiply", "*", Mul, mul, |x, y| x * y, |x, y, slope| slope * y, slope * x);
arithmetic!(
    Divide, "divide", "/", Div, div,
    |x, y| x / y,
    |x, y, slope| slope / y, -(slope * (x / y)) / y
);

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, batch, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Tensor, gradients};

    const INF: f64 = f64::INFINITY;

    type Operation = for<'g> fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>;

    const OPERATIONS: [Operation; 4] =
        [|x, y| x + y, |x, y| x - y, |x, y| x * y, |x, y| x / y];

    #[test]
    fn values() {
        let inputs = [batch(&[2, 2], &[3.0, -1.0, 0.5, 0.0]), fixed(&[2], &[2.0, -4.0])];
        let expected = [
            [5.0, -5.0, 2.5, -4.0],
            [1.0, 3.0, -1.5, 4.0],
            [6.0, 4.0, 1.0, 0.0],
            [1.5, 0.25, 0.25, 0.0],
        ];
        for (operation, expected) in OPERATIONS.iter().zip(expected) {
            let found = evaluate::<f32>(&inputs, |x| operation(x[0], x[1])).to_f64();
            assert_eq!(found, expected);
        }
        let x = [fixed(&[2], &[4.0, -0.5])];
        let found = evaluate::<f32>(&x, |x| (1.0 - x[0]) / 2.0 + 3.0 * x[0] - 1.0 / x[0]);
        assert_eq!(found.to_f64(), [10.25, 1.25]);
    }

    #[test]
    fn at_the_ends_as_ieee_says() {
        let x = [fixed(&[4], &[1.0, -1.0, 0.0, INF]), fixed(&[4], &[0.0, 0.0, 0.0, INF])];
        let found = evaluate::<f32>(&x, |x| x[0] / x[1]).to_f64();
        assert_close(&found, &[INF, -INF, f64::NAN, f64::NAN], 0.0);
        // 1/y and −x/y² where y is 0.
        let found = slopes::<f64>(&[fixed(&[1], &[2.0]), fixed(&[1], &[0.0])], |x| x[0] / x[1]);
        assert_eq!(found, [[INF], [-INF]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let values = [0.3, -1.2, 2.0, 0.7, -0.4, 1.1];
        let inputs = [batch(&[2, 3], &values), fixed(&[3], &[1.5, -0.6, 0.9])];
        for operation in OPERATIONS {
            check_gradient(&inputs, |x| operation(x[0], x[1]));
            check_gradient(&inputs, |x| operation(x[1], x[0]));
            check_gradient(&inputs, |x| operation(x[0], x[0] * x[1] + 4.0));
            check_gradient(&inputs, |x| {
                let cubed = operation(x[0], x[1]) * x[0] * x[1];
                let slopes = gradients((cubed * cubed).sum_all(), x);
                slopes[0] + slopes[1]
            });
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_a_fault() {
        let inputs = [fixed(&[2], &[1.0, 2.0]), fixed(&[3], &[1.0, 2.0, 3.0])];
        for operation in OPERATIONS {
            assert_eq!(fault(&inputs, |x| operation(x[0], x[1])), "shape.unequal");
        }
    }
}
