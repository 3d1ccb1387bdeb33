//! One of two values for each element: `yes` where the condition holds, `no`
//! elsewhere. Shapes: equal; broadcasting is a node before the op. Any type.
//!
//! Slopes: the derivative goes to the side that was taken, 0 to the other. The
//! side that was not taken is computed too, so keep it finite: 0·∞ behind it
//! would be NaN.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Buffer, Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// One of two values for each element.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Select;

impl<'g> Tensor<'g> {
    /// `yes` where this condition holds and `no` elsewhere, element by element;
    /// all three are broadcast.
    #[track_caller]
    pub fn select(self, yes: Tensor<'g>, no: Tensor<'g>) -> Tensor<'g> {
        let (yes, no) = yes.broadcast_with(no, "select");
        let (condition, yes) = self.broadcast_with(yes, "select");
        // The condition may be the larger one; then both values follow it.
        let no = if condition.node().is_some() { no.broadcast_to(&yes.shape()) } else { no };
        self.graph().push(Op::Select(Select), &[condition, yes, no])
    }
}

impl Primitive for Select {
    fn name(&self) -> &'static str {
        "select"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::of_type("select", &inputs[..1], DType::Bool)?;
        rule::of_type("select", &inputs[1..], inputs[1].dtype)?;
        rule::equal_shapes("select", inputs)?;
        Ok((inputs[1].dtype, inputs[0].shape.clone()))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (condition, slope) = (derivative.inputs[0], derivative.upstream());
        let zero = slope.zeros_like();
        vec![None, Some(condition.select(slope, zero)), Some(condition.select(zero, slope))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let condition = inputs[0].value.truths();
        let (yes, no) = (inputs[1].value, inputs[2].value);
        let sizes = run.sizes();
        Ok(match &yes.buffer {
            Buffer::Real(yes) => Value::real(&sizes, take(condition, yes, no.reals())),
            Buffer::I32(yes) => Value::i32(&sizes, take(condition, yes, no.integers())),
            Buffer::Bool(yes) => Value::bool(&sizes, take(condition, yes, no.truths())),
        })
    }
}

fn take<E: Copy>(condition: &[bool], yes: &[E], no: &[E]) -> Vec<E> {
    let sides = yes.iter().zip(no);
    condition.iter().zip(sides).map(|(holds, (yes, no))| if *holds { *yes } else { *no }).collect()
}

#[cfg(test)]
mod tests {
    use crate::Array;
    use crate::check::{Given, array, check_gradient, evaluate, fault, fixed, slopes};

    fn condition(shape: &[usize], values: &[bool]) -> Given {
        array(Array::bool(shape, values.to_vec()))
    }

    #[test]
    fn takes_one_side_for_each_element() {
        let inputs = [
            condition(&[2], &[true, false]),
            fixed(&[2], &[1.0, f64::NAN]),
            fixed(&[2], &[f64::NAN, 4.0]),
        ];
        let found = evaluate::<f32>(&inputs, |x| x[0].select(x[1], x[2]));
        assert_eq!(found, Array::f32(&[2], vec![1.0, 4.0]));
    }

    #[test]
    fn takes_integers_and_truths() {
        let whole = |values: [i32; 2]| array(Array::i32(&[2], values.to_vec()));
        let inputs = [condition(&[2], &[true, false]), whole([1, 2]), whole([3, 4])];
        let found = evaluate::<f32>(&inputs, |x| x[0].select(x[1], x[2]));
        assert_eq!(found, Array::i32(&[2], vec![1, 4]));
        let found = evaluate::<f32>(&inputs, |x| x[0].select(!x[0], x[0]));
        assert_eq!(found, Array::bool(&[2], vec![false, false]));
    }

    #[test]
    fn broadcasts_all_three() {
        let inputs = [
            condition(&[2, 1], &[true, false]),
            fixed(&[3], &[1.0, 2.0, 3.0]),
            fixed(&[], &[0.5]),
        ];
        let found = evaluate::<f32>(&inputs, |x| x[0].select(x[1], x[2]));
        assert_eq!(found, Array::f32(&[2, 3], vec![1.0, 2.0, 3.0, 0.5, 0.5, 0.5]));
        check_gradient(&inputs, |x| x[0].select(x[1] * x[1], x[2].exp()));
    }

    #[test]
    fn slope_goes_to_the_side_taken() {
        let inputs =
            [condition(&[2], &[true, false]), fixed(&[2], &[1.0, 2.0]), fixed(&[2], &[3.0, 4.0])];
        let found = slopes::<f64>(&inputs, |x| x[0].select(x[1], x[2]));
        assert_eq!(found, [[1.0, 0.0], [0.0, 1.0]]);
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let inputs = [
            condition(&[2], &[true, false]),
            fixed(&[2], &[1.0, 2.0]),
            fixed(&[3], &[1.0, 2.0, 3.0]),
            array(Array::i32(&[2], vec![1, 2])),
        ];
        assert_eq!(fault(&inputs, |x| x[0].select(x[1], x[2])), "shape.unequal");
        assert_eq!(fault(&inputs, |x| x[0].select(x[2], x[2])), "shape.unequal");
        assert_eq!(fault(&inputs, |x| x[0].select(x[1], x[3])), "shape.dtype");
        assert_eq!(fault(&inputs, |x| x[1].select(x[1], x[1])), "shape.dtype");
    }
}
