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
#[derive(Debug, Clone)]
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
