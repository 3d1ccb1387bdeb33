//! The integers 0, 1, 2, … as a vector. No inputs, so no gradient.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Graph, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// The integers from 0 up to a length.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Iota {
    /// How many.
    pub length: usize,
}

impl Graph {
    /// The integers `0, 1, …, length − 1`.
    #[track_caller]
    pub fn iota(&self, length: usize) -> Tensor<'_> {
        self.push(Op::Iota(Iota { length }), &[])
    }
}

impl Primitive for Iota {
    fn name(&self) -> &'static str {
        "iota"
    }

    fn equation(&self, _: &[&str]) -> String {
        format!("iota({})", self.length)
    }

    fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
        if i32::try_from(self.length).is_err() {
            return Err(Fault::of("shape.setting")
                .with("op", "iota")
                .with("setting", "length")
                .with("expected", "at most 2147483647")
                .with("found", self.length));
        }
        Ok((DType::I32, Shape::from([self.length].as_slice())))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        Vec::new()
    }

    fn evaluate<T: Precise>(&self, _: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        Ok(Value::i32(&run.sizes(), (0..self.length as i32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use crate::Array;
    use crate::check::{check_gradient, evaluate, fault, fixed};

    #[test]
    fn counts_from_zero() {
        let any = [fixed(&[], &[0.0])];
        let found = evaluate::<f32>(&any, |x| x[0].graph().iota(4));
        assert_eq!(found, Array::i32(&[4], vec![0, 1, 2, 3]));
        assert_eq!(evaluate::<f32>(&any, |x| x[0].graph().iota(0)), Array::i32(&[0], vec![]));
        assert_eq!(fault(&any, |x| x[0].graph().iota(1 << 31)), "shape.setting");
    }

    #[test]
    fn gradients_agree_with_differences() {
        check_gradient(&[fixed(&[3], &[0.5, -1.0, 2.0])], |x| {
            x[0] * x[0] * x[0].graph().iota(3).cast(crate::DType::F32)
        });
    }
}
