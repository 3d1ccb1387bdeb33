//! The larger and the smaller of two numbers, element by element. Shapes: equal;
//! broadcasting is a node before the op. NaN on either side gives NaN.
//!
//! Slopes: 1 for the side that is taken and 0 for the other; of two equal ones
//! each gets half, as in PyTorch.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// The larger of two numbers.
#[derive(Debug, Clone)]
pub struct Maximum;

/// The smaller of two numbers.
#[derive(Debug, Clone)]
pub struct Minimum;

macro_rules! extreme {
    ($op:ident, $name:ident, $doc:literal, $wins:tt, $loses:ident, $gains:ident) => {
        impl<'g> Tensor<'g> {
            #[doc = $doc]
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
                rule::binary(stringify!($name), inputs)
            }

            fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                let (x, y) = (derivative.inputs[0], derivative.inputs[1]);
                let slope = derivative.upstream();
                let share = x.equal(y).select(slope * 0.5, slope);
                let zero = slope.zeros_like();
                vec![
                    Some(x.$loses(y).select(zero, share)),
                    Some(x.$gains(y).select(zero, share)),
                ]
            }

            fn evaluate<T: Precise>(
                &self,
                inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                let pairs = inputs[0].value.reals().iter().zip(inputs[1].value.reals());
                // x differs from itself only when it is NaN; a NaN y is taken below.
                #[allow(clippy::eq_op)]
                let taken = pairs.map(|(&x, &y)| if x $wins y || x != x { x } else { y });
                Ok(Value::real(&run.sizes(), taken.collect()))
            }
        }
    };
}

extreme!(
    Maximum, maximum,
    "The larger of two numbers, element by element; both sides are broadcast.",
    >, less, greater
);
extreme!(
    Minimum, minimum,
    "The smaller of two numbers, element by element; both sides are broadcast.",
    <, greater, less
);
