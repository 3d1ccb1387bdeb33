//! The same elements in row-major order under other sizes.
//!
//! Slope: the derivative under the sizes of the input.

use super::{Argument, Operand, Primitive, Run, form};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// The same elements under other sizes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Reshape {
    /// The new sizes.
    pub shape: Shape,
}

impl<'g> Tensor<'g> {
    /// The same elements under other sizes; `[N, 784].into()` is not needed, a
    /// slice of [`Dim`] or a [`Shape`] serves.
    #[track_caller]
    pub fn reshape(self, shape: &[Dim]) -> Tensor<'g> {
        let shape = Shape::from(shape);
        if self.node().is_none() || self.shape() == shape {
            return self;
        }
        self.then(Op::Reshape(Reshape { shape }))
    }

    /// All axes after the first joined into one.
    #[track_caller]
    pub fn flatten(self) -> Tensor<'g> {
        let shape = self.shape();
        let Some((first, rest)) = shape.split_first() else { return self };
        let width = Shape::from(rest).elements();
        self.reshape(&[*first, width])
    }

    /// An axis of size 1 inserted before `axis`; at the end for −1.
    #[track_caller]
    pub fn expand_dims(self, axis: isize) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        let Some(index) = resolve_axis(axis, shape.rank() + 1) else {
            return self.graph().fail(axis_fault(axis, &shape));
        };
        let mut dims = shape.to_vec();
        dims.insert(index, Dim::Fixed(1));
        self.reshape(&dims)
    }

    /// The shape without the given axes, which must have size 1; without every
    /// axis of size 1 when none is given.
    #[track_caller]
    pub fn squeeze(self, axes: &[isize]) -> Tensor<'g> {
        let Some(given) = self.resolve_axes(axes) else { return self };
        let shape = self.shape();
        if let Some(axis) = given.iter().find(|axis| shape[**axis] != Dim::Fixed(1)) {
            let fault = Fault::of("shape.mismatch")
                .with("expected", format!("axis {axis} of size 1"))
                .with("found", &shape);
            return self.graph().fail(fault);
        }
        let dropped = |axis: usize| {
            if axes.is_empty() { shape[axis] == Dim::Fixed(1) } else { given.contains(&axis) }
        };
        let kept: Vec<Dim> =
            (0..shape.rank()).filter(|axis| !dropped(*axis)).map(|axis| shape[axis]).collect();
        self.reshape(&kept)
    }
}

impl Primitive for Reshape {
    fn name(&self) -> &'static str {
        "reshape"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::shaped("reshape", inputs, &self.shape)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let batch_axes = self.shape.iter().filter(|dim| dim.is_batch()).count();
        if inputs[0].shape.elements() == self.shape.elements() && batch_axes <= 1 {
            return Ok((inputs[0].dtype, self.shape.clone()));
        }
        Err(Fault::of("shape.elements")
            .with("expected", format!("{} elements for {}", self.shape.elements(), self.shape))
            .with("found", format!("{} in {}", inputs[0].shape.elements(), inputs[0].shape)))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        vec![Some(derivative.upstream().reshape(&derivative.inputs[0].shape()))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let mut value = inputs[0].value.clone();
        value.shape = run.sizes();
        Ok(value)
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, batch_array, check_gradient, evaluate, fault, fixed};
    use crate::{Array, Dim, N};

    #[test]
    fn keeps_the_elements_in_order() {
        let table = [array(Array::i32(&[2, 3], vec![0, 1, 2, 3, 4, 5]))];
        let shape = |sizes: &'static [usize]| {
            let dims: Vec<Dim> = sizes.iter().map(|size| Dim::Fixed(*size)).collect();
            evaluate::<f32>(&table, move |x| x[0].reshape(&dims))
        };
        for sizes in [&[6][..], &[3, 2], &[1, 6, 1], &[2, 1, 3]] {
            assert_eq!(shape(sizes), Array::i32(sizes, vec![0, 1, 2, 3, 4, 5]));
        }
        let found = evaluate::<f32>(&[fixed(&[1, 1], &[7.0])], |x| x[0].reshape(&[]));
        assert_eq!(found, Array::scalar(7.0));
    }

    #[test]
    fn flattens_and_moves_axes_of_size_one() {
        let rows = [batch_array(Array::i32(&[2, 2, 1], vec![1, 2, 3, 4]))];
        let sizes = |found: Array| found.shape().to_vec();
        assert_eq!(sizes(evaluate::<f32>(&rows, |x| x[0].flatten())), [2, 2]);
        assert_eq!(sizes(evaluate::<f32>(&rows, |x| x[0].expand_dims(0))), [1, 2, 2, 1]);
        assert_eq!(sizes(evaluate::<f32>(&rows, |x| x[0].expand_dims(-1))), [2, 2, 1, 1]);
        assert_eq!(sizes(evaluate::<f32>(&rows, |x| x[0].squeeze(&[2]))), [2, 2]);
        assert_eq!(sizes(evaluate::<f32>(&rows, |x| x[0].expand_dims(1).squeeze(&[]))), [2, 2]);
        // A single row stays a row: N is not 1, whatever its value.
        let single = [batch(&[1, 1], &[5.0])];
        assert_eq!(sizes(evaluate::<f32>(&single, |x| x[0].squeeze(&[]))), [1]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let values = [0.5, -1.0, 2.0, 3.0, 0.25, -4.0];
        check_gradient(&[batch(&[2, 3], &values), fixed(&[3, 1], &values[..3])], |x| {
            x[0].reshape(&[N, 3.into(), 1.into()]) * x[1]
        });
        check_gradient(&[batch(&[2, 3], &values)], |x| {
            let joined = x[0].reshape(&[Dim::Batch(3)]);
            joined * joined
        });
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let table = [fixed(&[2, 3], &[0.0; 6])];
        assert_eq!(fault(&table, |x| x[0].reshape(&[4.into()])), "shape.elements");
        assert_eq!(fault(&table, |x| x[0].squeeze(&[0])), "shape.mismatch");
        assert_eq!(fault(&table, |x| x[0].squeeze(&[2])), "shape.axis");
        assert_eq!(fault(&table, |x| x[0].expand_dims(4)), "shape.axis");
        let rows = [batch(&[2, 3], &[0.0; 6])];
        assert_eq!(fault(&rows, |x| x[0].reshape(&[6.into()])), "shape.elements");
        assert_eq!(fault(&rows, |x| x[0].squeeze(&[0])), "shape.mismatch");
    }
}
