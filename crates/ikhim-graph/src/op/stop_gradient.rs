//! The same value without a slope: what depends on it counts as constant.
//! Shape and type: as the input's.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// The same value without a slope.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct StopGradient;

impl<'g> Tensor<'g> {
    /// The same value, constant for every derivative.
    #[track_caller]
    pub fn stop_gradient(self) -> Tensor<'g> {
        self.then(Op::StopGradient(StopGradient))
    }
}

impl Primitive for StopGradient {
    fn name(&self) -> &'static str {
        "stop_gradient"
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        Ok((inputs[0].dtype, inputs[0].shape.clone()))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], _: &Run<'_>) -> Result<Value<T>> {
        Ok(inputs[0].value.clone())
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient, evaluate, fixed, slopes};

    #[test]
    fn keeps_the_value_and_drops_the_slope() {
        let inputs = [fixed(&[2], &[1.5, -2.0])];
        let found = evaluate::<f64>(&inputs, |x| x[0].stop_gradient());
        assert_eq!(found.to_f64(), [1.5, -2.0]);
        // d(x·c)/dx = c, not 2x.
        let found = slopes::<f64>(&inputs, |x| x[0] * x[0].stop_gradient());
        assert_eq!(found, [[1.5, -2.0]]);
    }

    #[test]
    fn nothing_behind_it_is_differentiated() {
        // A product over rows has no gradient, and here needs none.
        let found = slopes::<f64>(&[batch(&[2], &[1.5, -2.0])], |x| {
            let product = x[0].stop_gradient().prod_all();
            x[0] * product
        });
        assert_eq!(found, [[-3.0, -3.0]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        // Differences see through it, so what stands behind is constant here.
        check_gradient(&[fixed(&[3], &[1.5, -2.25, 0.5])], |x| {
            x[0] * x[0] * x[0].floor().stop_gradient()
        });
    }
}
