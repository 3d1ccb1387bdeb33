//! Comparison of two real numbers or of two integers, element by element.
//! Shapes: equal; broadcasting is a node before the op. Result: truth values.
//! NaN differs from everything and is neither less nor greater. No slope.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Buffer, Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

macro_rules! comparison {
    ($($op:ident, $name:ident, $sign:tt, $doc:literal;)+) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone)]
        pub struct $op;

        impl<'g> Tensor<'g> {
            #[doc = concat!($doc, " Element by element; both sides are broadcast.")]
            #[track_caller]
            pub fn $name(self, other: Tensor<'g>) -> Tensor<'g> {
                self.with(other, Op::$op($op))
            }
        }

        impl Primitive for $op {
            fn name(&self) -> &'static str {
                stringify!($name)
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                let of = if inputs[0].dtype == DType::I32 { DType::I32 } else { DType::F32 };
                rule::of_type(stringify!($name), inputs, of)?;
                rule::equal_shapes(stringify!($name), inputs)?;
                Ok((DType::Bool, inputs[0].shape.clone()))
            }

            fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                vec![None, None]
            }

            fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let (left, right) = (inputs[0].value, inputs[1].value);
                let truths = match &left.buffer {
                    Buffer::I32(left) => {
                        left.iter().zip(right.integers()).map(|(x, y)| x $sign y).collect()
                    }
                    _ => {
                        left.reals().iter().zip(right.reals()).map(|(x, y)| x $sign y).collect()
                    }
                };
                Ok(Value::bool(&run.sizes(), truths))
            }
        }
    )+};
}

comparison! {
    Equal, equal, ==, "Whether x = y.";
    NotEqual, not_equal, !=, "Whether x ≠ y.";
    Less, less, <, "Whether x < y.";
    LessEqual, less_equal, <=, "Whether x ≤ y.";
    Greater, greater, >, "Whether x > y.";
    GreaterEqual, greater_equal, >=, "Whether x ≥ y.";
}
