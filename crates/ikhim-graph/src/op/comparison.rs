//! Comparison of two real numbers or of two integers, element by element.
//! Shapes: equal; broadcasting is a node before the op. Result: truth values.
//! NaN differs from everything and is neither less nor greater. No slope.

use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::value::{Buffer, Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

macro_rules! comparison {
    ($($op:ident, $name:ident, $sign:tt, $doc:literal;)+) => {$(
        #[doc = $doc]
        #[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
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

            fn equation(&self, inputs: &[&str]) -> String {
                form::infix(stringify!($sign), inputs)
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

#[cfg(test)]
mod tests {
    use crate::check::{array, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, Tensor};

    type Comparison = for<'g> fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>;

    /// Each with its answers for x < y, x = y, x > y and NaN.
    const COMPARISONS: [(Comparison, [bool; 4]); 6] = [
        (|x, y| x.equal(y), [false, true, false, false]),
        (|x, y| x.not_equal(y), [true, false, true, true]),
        (|x, y| x.less(y), [true, false, false, false]),
        (|x, y| x.less_equal(y), [true, true, false, false]),
        (|x, y| x.greater(y), [false, false, true, false]),
        (|x, y| x.greater_equal(y), [false, true, true, false]),
    ];

    #[test]
    fn compares_real_numbers() {
        let x = [fixed(&[4], &[1.0, -0.0, 3.0, f64::NAN]), fixed(&[4], &[2.0, 0.0, 2.0, 1.0])];
        for (comparison, expected) in COMPARISONS {
            let found = evaluate::<f32>(&x, |x| comparison(x[0], x[1]));
            assert_eq!(found, Array::bool(&[4], expected.to_vec()));
        }
    }

    #[test]
    fn compares_integers() {
        let pair = [vec![1, 2, i32::MAX], vec![2, 2, i32::MIN]];
        let inputs = pair.map(|values| array(Array::i32(&[3], values)));
        for (comparison, expected) in COMPARISONS {
            let found = evaluate::<f32>(&inputs, |x| comparison(x[0], x[1]));
            assert_eq!(found, Array::bool(&[3], expected[..3].to_vec()));
        }
    }

    #[test]
    fn has_no_slope() {
        let inputs = [fixed(&[2], &[1.0, 2.0])];
        let found = slopes::<f64>(&inputs, |x| {
            x[0] * x[0].less(x[0].number(1.5)).cast(crate::DType::F32)
        });
        assert_eq!(found, [[1.0, 0.0]]);
    }

    #[test]
    fn types_do_not_mix() {
        let inputs = [fixed(&[1], &[1.0]), array(Array::i32(&[1], vec![1]))];
        assert_eq!(fault(&inputs, |x| x[0].less(x[1])), "shape.dtype");
        assert_eq!(fault(&inputs, |x| x[1].less(x[0])), "shape.dtype");
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [fixed(&[4], &[1.0, 2.5, -0.3, 4.0]), fixed(&[4], &[2.0, 2.0, -0.7, 4.5])];
        for (comparison, _) in COMPARISONS {
            check_gradient(&inputs, |x| comparison(x[0], x[1]).select(x[0] * x[0], x[1] * 3.0));
        }
    }

    #[test]
    fn ties_take_the_slope_of_their_side() {
        let tie = [fixed(&[1], &[2.0]), fixed(&[1], &[2.0])];
        for (comparison, [_, holds, _, _]) in COMPARISONS {
            let found = slopes::<f64>(&tie, |x| comparison(x[0], x[1]).select(x[0], x[1] * 3.0));
            assert_eq!(found, if holds { [[1.0], [0.0]] } else { [[0.0], [3.0]] });
        }
    }
}
