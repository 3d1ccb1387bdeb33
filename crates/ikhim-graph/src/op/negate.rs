//! `−x`, element by element. Slope: −1. Shape: as the input's.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};
use std::ops::Neg;

/// `−x`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Negate;

impl<'g> Neg for Tensor<'g> {
    type Output = Tensor<'g>;

    #[track_caller]
    fn neg(self) -> Tensor<'g> {
        self.then(Op::Negate(Negate))
    }
}

impl Primitive for Negate {
    fn name(&self) -> &'static str {
        "negate"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("-{}", inputs.join(", "))
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::unary("negate", inputs)
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![Some(-derivative.upstream())]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        Ok(Value::real(&run.sizes(), inputs[0].value.reals().iter().map(|x| -*x).collect()))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{check_gradient, evaluate, fixed};

    #[test]
    fn changes_the_sign_bit() {
        let found = evaluate::<f32>(&[fixed(&[4], &[1.5, -2.0, 0.0, f64::INFINITY])], |x| -x[0]);
        let bits = [-1.5f32, 2.0, -0.0, f32::NEG_INFINITY].map(f32::to_bits);
        assert_eq!(found.to_f32().iter().map(|x| x.to_bits()).collect::<Vec<_>>(), bits);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [fixed(&[2, 2], &[0.3, -1.2, 0.0, 2.0])];
        check_gradient(&inputs, |x| -x[0]);
        check_gradient(&inputs, |x| crate::gradients((-x[0] * x[0] * x[0]).sum_all(), x)[0]);
    }
}
