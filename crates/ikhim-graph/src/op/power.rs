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

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};

/// `x^y`.
#[derive(Debug, Clone)]
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
