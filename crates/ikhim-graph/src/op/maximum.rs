//! The larger and the smaller of two numbers, element by element. Shapes: equal;
//! broadcasting is a node before the op. NaN on either side gives NaN; of two
//! equal ones the right one is taken, which shows for 0 and −0 only.
//!
//! Slopes: 1 for the side that is taken and 0 for the other; of two equal ones
//! each gets half, as in PyTorch.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// The larger of two numbers.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Maximum;

/// The smaller of two numbers.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Minimum;

macro_rules! extreme {
    ($op:ident, $name:ident, $doc:literal, $evaluate:ident, $loses:ident, $gains:ident) => {
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
                Ok(Value::real(&run.sizes(), pairs.map(|(&x, &y)| x.$evaluate(y)).collect()))
            }
        }
    };
}

extreme!(
    Maximum, maximum,
    "The larger of two numbers, element by element; both sides are broadcast.",
    max, less, greater
);
extreme!(
    Minimum, minimum,
    "The smaller of two numbers, element by element; both sides are broadcast.",
    min, greater, less
);

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, batch, check_gradient, evaluate, fixed, slopes};

    const NAN: f64 = f64::NAN;

    #[test]
    fn values() {
        let inputs = [fixed(&[5], &[1.0, -3.0, 2.0, NAN, 0.5]), fixed(&[5], &[2.0, -4.0, 2.0, 1.0, NAN])];
        let found = evaluate::<f32>(&inputs, |x| x[0].maximum(x[1])).to_f64();
        assert_close(&found, &[2.0, -3.0, 2.0, NAN, NAN], 0.0);
        let found = evaluate::<f32>(&inputs, |x| x[0].minimum(x[1])).to_f64();
        assert_close(&found, &[1.0, -4.0, 2.0, NAN, NAN], 0.0);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [batch(&[2, 2], &[1.0, -3.0, 0.5, 2.5]), fixed(&[2], &[0.7, 2.0])];
        check_gradient(&inputs, |x| x[0].maximum(x[1]));
        check_gradient(&inputs, |x| x[0].minimum(x[1]));
    }

    #[test]
    fn ties_share_the_slope() {
        let inputs = [fixed(&[3], &[1.0, 2.0, 3.0]), fixed(&[3], &[2.0, 2.0, 2.0])];
        let found = slopes::<f64>(&inputs, |x| x[0].maximum(x[1]));
        assert_eq!(found, [[0.0, 0.5, 1.0], [1.0, 0.5, 0.0]]);
        let found = slopes::<f64>(&inputs, |x| x[0].minimum(x[1]));
        assert_eq!(found, [[1.0, 0.5, 0.0], [0.0, 0.5, 1.0]]);
    }
}
