//! `x^y`, element by element. Shapes: equal; broadcasting is a node before the
//! op.
//!
//! | by | slope |
//! |---|---|
//! | x | y·x^(y−1), 0 where y = 0 |
//! | y | x^y·ln x, 0 where x = 0 and y ≥ 0 |
//!
//! The exceptions are PyTorch's. They are put into the arguments of the power
//! and of the logarithm, so that derivatives of the slopes meet no 0·∞ either.

use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// `x^y`.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Power;

impl<'g> Tensor<'g> {
    /// `x^y`, element by element: NaN for a negative x and a y that is not a
    /// whole number, 1 for y = 0. Both sides are broadcast.
    #[track_caller]
    pub fn pow_tensor(self, exponent: Tensor<'g>) -> Tensor<'g> {
        self.with(exponent, Op::Power(Power))
    }
}

impl Primitive for Power {
    fn name(&self) -> &'static str {
        "power"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::infix("**", inputs)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::binary("power", inputs)
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (x, y) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        let zero = x.zeros_like();
        let lowered = y.equal(zero).select(y, y - 1.0);
        let vanishes = x.equal(zero).and(y.greater_equal(zero));
        let logarithm = vanishes.select(x.ones_like(), x).log();
        vec![
            Some(slope * (y * x.pow_tensor(lowered))),
            Some(slope * (derivative.output() * logarithm)),
        ]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let pairs = inputs[0].value.reals().iter().zip(inputs[1].value.reals());
        Ok(Value::real(&run.sizes(), pairs.map(|(&x, &y)| x.pow(y)).collect()))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, batch, check_gradient, evaluate, fixed, slopes};

    const INF: f64 = f64::INFINITY;
    const NAN: f64 = f64::NAN;

    #[test]
    fn values_of_closed_form() {
        let x = [2.0, -2.0, -2.0, 4.0, 0.0, 0.0, 0.0, NAN, 1.0, -8.0];
        let y = [10.0, 3.0, -1.0, 0.5, 2.0, 0.0, -1.0, 0.0, NAN, 0.5];
        let expected = [1024.0, -8.0, -0.5, 2.0, 0.0, 1.0, INF, 1.0, 1.0, NAN];
        let inputs = [fixed(&[10], &x), fixed(&[10], &y)];
        let found = evaluate::<f64>(&inputs, |x| x[0].pow_tensor(x[1]));
        assert_close(&found.to_f64(), &expected, 1e-15);
        let found = evaluate::<f32>(&inputs, |x| x[0].pow_tensor(x[1]));
        assert_close(&found.to_f64(), &expected, 2e-7);
    }

    #[test]
    fn gradient_agrees_with_differences() {
        let base = batch(&[2, 3], &[0.3, 1.0, 2.5, 0.7, 1.9, 4.0]);
        check_gradient(&[base.clone(), fixed(&[3], &[-1.5, 0.5, 2.2])], |x| x[0].pow_tensor(x[1]));
        // A negative base has powers of whole numbers only, so no slope by y.
        let negative = [fixed(&[2], &[-1.5, -0.4])];
        check_gradient(&negative, |x| x[0].pow_tensor(x[0].number(3.0)));
        check_gradient(&[base], |x| {
            crate::gradients(x[0].pow_tensor(x[0] + 0.5).sum_all(), x)[0]
        });
    }

    #[test]
    fn slopes_at_zero() {
        let x = fixed(&[6], &[0.0, 0.0, 0.0, 0.0, 0.0, 3.0]);
        let y = fixed(&[6], &[0.0, 0.5, 1.0, 2.0, -1.0, 0.0]);
        let found = slopes::<f64>(&[x, y], |x| x[0].pow_tensor(x[1]));
        assert_close(&found[0], &[0.0, INF, 1.0, 0.0, -INF, 0.0], 1e-15);
        assert_close(&found[1], &[0.0, 0.0, 0.0, 0.0, -INF, 3f64.ln()], 1e-15);
    }

    #[test]
    fn second_derivatives_at_zero_are_numbers() {
        let found = slopes::<f64>(&[fixed(&[1], &[0.0])], |x| {
            crate::gradients(x[0].pow_tensor(x[0].number(3.0)).sum_all(), x)[0]
        });
        assert_eq!(found[0], [0.0]);
    }
}
