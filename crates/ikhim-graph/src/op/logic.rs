//! `and`, `or` and `not` of truth values, element by element. Shapes: equal;
//! broadcasting is a node before the op. No slope.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// Whether both are true.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct And;

/// Whether one is true.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Or;

/// Whether it is false.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Not;

impl<'g> Tensor<'g> {
    /// Whether both are true, element by element; both sides are broadcast.
    #[track_caller]
    pub fn and(self, other: Tensor<'g>) -> Tensor<'g> {
        self.with(other, Op::And(And))
    }

    /// Whether one is true, element by element; both sides are broadcast.
    #[track_caller]
    pub fn or(self, other: Tensor<'g>) -> Tensor<'g> {
        self.with(other, Op::Or(Or))
    }
}

/// `!x` is the negation of truth values, element by element.
impl<'g> std::ops::Not for Tensor<'g> {
    type Output = Tensor<'g>;

    #[track_caller]
    fn not(self) -> Tensor<'g> {
        self.then(Op::Not(Not))
    }
}

macro_rules! logic {
    ($op:ident, $name:literal, |$inputs:ident| $value:expr) => {
        impl Primitive for $op {
            fn name(&self) -> &'static str {
                $name
            }

            fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
                rule::of_type($name, inputs, DType::Bool)?;
                rule::equal_shapes($name, inputs)?;
                Ok((DType::Bool, inputs[0].shape.clone()))
            }

            fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                vec![None; derivative.inputs.len()]
            }

            fn evaluate<T: Precise>(
                &self,
                $inputs: &[Argument<'_, T>],
                run: &Run<'_>,
            ) -> Result<Value<T>> {
                Ok(Value::bool(&run.sizes(), $value))
            }
        }
    };
}

logic!(And, "and", |inputs| pairs(inputs).map(|(x, y)| x && y).collect());
logic!(Or, "or", |inputs| pairs(inputs).map(|(x, y)| x || y).collect());
logic!(Not, "not", |inputs| inputs[0].value.truths().iter().map(|x| !x).collect());

fn pairs<T: Precise>(inputs: &[Argument<'_, T>]) -> impl Iterator<Item = (bool, bool)> {
    inputs[0].value.truths().iter().copied().zip(inputs[1].value.truths().iter().copied())
}

#[cfg(test)]
mod tests {
    use crate::Array;
    use crate::check::{array, check_gradient, evaluate, fault, fixed, slopes};

    #[test]
    fn truth_tables() {
        let x = array(Array::bool(&[2, 2], vec![false, false, true, true]));
        let y = array(Array::bool(&[2], vec![false, true]));
        let table = |values: [bool; 4]| Array::bool(&[2, 2], values.to_vec());
        let inputs = [x, y];
        let found = evaluate::<f32>(&inputs, |x| x[0].and(x[1]));
        assert_eq!(found, table([false, false, false, true]));
        let found = evaluate::<f32>(&inputs, |x| x[0].or(x[1]));
        assert_eq!(found, table([false, true, true, true]));
        assert_eq!(evaluate::<f32>(&inputs, |x| !x[0]), table([true, true, false, false]));
    }

    #[test]
    fn numbers_do_not_fit() {
        assert_eq!(fault(&[fixed(&[1], &[1.0])], |x| !x[0]), "shape.dtype");
        assert_eq!(fault(&[fixed(&[1], &[1.0])], |x| x[0].and(x[0])), "shape.dtype");
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [fixed(&[4], &[1.0, 2.5, -0.3, 4.0]), fixed(&[4], &[2.0, 2.0, -0.7, 4.5])];
        check_gradient(&inputs, |x| {
            let (zero, three) = (x[0].number(0.0), x[0].number(3.0));
            let between = x[0].greater(zero).and(x[0].less(three));
            let outside = x[1].less(zero).or(x[1].greater(three));
            between.select(x[0] * x[1], x[0]) + (!outside).select(x[1], x[1] * x[1])
        });
    }

    #[test]
    fn slope_on_the_border() {
        // Where x is 0, the one condition holds and the other does not.
        let found = slopes::<f64>(&[fixed(&[1], &[0.0])], |x| {
            let zero = x[0].number(0.0);
            let (closed, open) = (x[0].less_equal(zero), x[0].less(zero));
            let both = closed.and(open).select(x[0], x[0] * 2.0);
            both + closed.or(open).select(x[0] * 4.0, x[0]) + (!open).select(x[0] * 8.0, x[0])
        });
        assert_eq!(found, [[14.0]]);
    }
}
