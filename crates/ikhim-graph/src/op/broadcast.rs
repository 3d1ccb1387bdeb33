//! Repetition along axes, by the rule of NumPy: axes are aligned from the
//! right, a size of 1 repeats, a missing axis counts as 1.
//!
//! Slope: the derivative summed over the repeated axes.

use super::{Argument, Operand, Primitive, Run, form};
use crate::autodiff::{Derivative, sum_to};
use crate::value::{Precise, Value, strides};
use crate::{DType, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Repetition along axes of size 1.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Broadcast {
    /// The sizes to reach.
    pub shape: Shape,
}

impl<'g> Tensor<'g> {
    /// The value repeated to a larger shape.
    #[track_caller]
    pub fn broadcast_to(self, shape: &Shape) -> Tensor<'g> {
        if self.node().is_none() || self.shape() == *shape {
            return self;
        }
        self.then(Op::Broadcast(Broadcast { shape: shape.clone() }))
    }

    /// Both values repeated to their common shape.
    #[track_caller]
    pub(crate) fn broadcast_with(
        self,
        other: Tensor<'g>,
        name: &'static str,
    ) -> (Tensor<'g>, Tensor<'g>) {
        if self.node().is_none() || other.node().is_none() {
            return (self, other);
        }
        let (left, right) = (self.shape(), other.shape());
        match left.broadcast(&right) {
            Some(shape) => (self.broadcast_to(&shape), other.broadcast_to(&shape)),
            None => {
                let fault = Fault::of("shape.unequal")
                    .with("op", name)
                    .with("expected", left)
                    .with("found", right);
                let faulty = self.graph().fail(fault);
                (faulty, faulty)
            }
        }
    }
}

impl Primitive for Broadcast {
    fn name(&self) -> &'static str {
        "broadcast"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::shaped("broadcast_to", inputs, &self.shape)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        if inputs[0].shape.broadcast(&self.shape).as_ref() == Some(&self.shape) {
            return Ok((inputs[0].dtype, self.shape.clone()));
        }
        Err(Fault::of("shape.unequal")
            .with("op", "broadcast")
            .with("expected", &self.shape)
            .with("found", inputs[0].shape))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![Some(sum_to(derivative.upstream(), &derivative.inputs[0].shape()))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let (from, to) = (&inputs[0].value.shape, run.sizes());
        let repeated = |axis: &usize| from[*axis] == 1;
        let own = strides(from).into_iter().enumerate();
        let own = own.map(|(axis, stride)| if repeated(&axis) { 0 } else { stride });
        let strides: Vec<usize> = vec![0; to.len() - from.len()].into_iter().chain(own).collect();
        Ok(inputs[0].value.strided(&to, &strides))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, Shape, Tensor};

    fn to<'g>(x: Tensor<'g>, sizes: &[usize]) -> Tensor<'g> {
        x.broadcast_to(&Shape::from(sizes))
    }

    #[test]
    fn values() {
        let row = [fixed(&[2], &[1.0, 2.0])];
        let found = evaluate::<f32>(&row, |x| to(x[0], &[3, 2]));
        assert_eq!(found, Array::f32(&[3, 2], vec![1.0, 2.0, 1.0, 2.0, 1.0, 2.0]));
        let column = [fixed(&[2, 1], &[1.0, 2.0])];
        let found = evaluate::<f32>(&column, |x| to(x[0], &[2, 3]));
        assert_eq!(found, Array::f32(&[2, 3], vec![1.0, 1.0, 1.0, 2.0, 2.0, 2.0]));
        let found = evaluate::<f32>(&column, |x| to(x[0], &[2, 2, 1]));
        assert_eq!(found, Array::f32(&[2, 2, 1], vec![1.0, 2.0, 1.0, 2.0]));
        let middle = [fixed(&[2, 1, 2], &[1.0, 2.0, 3.0, 4.0])];
        let found = evaluate::<f32>(&middle, |x| to(x[0], &[2, 2, 2]));
        assert_eq!(found.to_f64(), [1.0, 2.0, 1.0, 2.0, 3.0, 4.0, 3.0, 4.0]);
        let ends = [fixed(&[1, 2, 1], &[1.0, 2.0])];
        let found = evaluate::<f32>(&ends, |x| to(x[0], &[2, 2, 2]));
        assert_eq!(found.to_f64(), [1.0, 1.0, 2.0, 2.0, 1.0, 1.0, 2.0, 2.0]);
        let single = [array(Array::bool(&[], vec![true]))];
        let found = evaluate::<f32>(&single, |x| to(x[0], &[1, 3]));
        assert_eq!(found, Array::bool(&[1, 3], vec![true; 3]));
        let found = evaluate::<f32>(&single, |x| to(x[0], &[2, 0]));
        assert_eq!(found, Array::bool(&[2, 0], vec![]));
    }

    #[test]
    fn the_slope_is_summed_back() {
        let pair = [fixed(&[2, 1], &[1.0, 2.0]), fixed(&[3], &[3.0, 4.0, 5.0])];
        let found = slopes::<f64>(&pair, |x| x[0] * x[1]);
        assert_eq!(found, [vec![12.0, 12.0], vec![3.0, 3.0, 3.0]]);
        let rows = [batch(&[2, 1], &[1.0, 2.0]), fixed(&[3], &[3.0, 4.0, 5.0])];
        check_gradient(&rows, |x| x[0] * x[1] * x[1]);
    }

    #[test]
    fn sizes_that_do_not_fit_are_a_fault() {
        let row = [fixed(&[2], &[1.0, 2.0])];
        assert_eq!(fault(&row, |x| to(x[0], &[3])), "shape.unequal");
        assert_eq!(fault(&row, |x| to(x[0], &[2, 1])), "shape.unequal");
        assert_eq!(fault(&row, |x| to(x[0].reshape(&[1.into(), 2.into()]), &[2])), "shape.unequal");
    }
}
