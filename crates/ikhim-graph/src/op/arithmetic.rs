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
