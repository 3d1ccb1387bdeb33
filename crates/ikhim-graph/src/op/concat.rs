//! Tensors one after the other along an axis, which is not the batch axis; all
//! other sizes and the types are equal.
//!
//! Slope: the part of the derivative that belongs to each input.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Tensors joined along an axis.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Concat {
    /// The axis.
    pub axis: usize,
}

impl<'g> Tensor<'g> {
    /// The tensors one after the other along an axis.
    ///
    /// # Panics
    /// When there is no tensor: then there is no graph to keep the fault.
    #[track_caller]
    pub fn concat(tensors: &[Tensor<'g>], axis: isize) -> Tensor<'g> {
        let first = tensors[0];
        if first.node().is_none() || tensors.len() == 1 {
            return first;
        }
        let shape = first.shape();
        match resolve_axis(axis, shape.rank()) {
            Some(axis) => first.graph().push(Op::Concat(Concat { axis }), tensors),
            None => first.graph().fail(axis_fault(axis, &shape)),
        }
    }

    /// The tensors, of one shape, along a new axis before `axis`; the new axis
    /// is the last for −1.
    ///
    /// # Panics
    /// When there is no tensor.
    #[track_caller]
    pub fn stack(tensors: &[Tensor<'g>], axis: isize) -> Tensor<'g> {
        let layers: Vec<Tensor<'g>> =
            tensors.iter().map(|tensor| tensor.expand_dims(axis)).collect();
        // An axis counted from the end counts the new axis too.
        Tensor::concat(&layers, axis)
    }
}

impl Primitive for Concat {
    fn name(&self) -> &'static str {
        "concat"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("concat([{}], axis={})", inputs.join(", "), self.axis)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let Some(first) = inputs.first() else {
            return Err(Fault::of("shape.mismatch")
                .with("expected", "at least one value to join")
                .with("found", "none"));
        };
        let mut total = 0;
        for input in inputs {
            let Some(Dim::Fixed(size)) = input.shape.get(self.axis).copied() else {
                return Err(axis_fault(self.axis as isize, input.shape));
            };
            total += size;
            if input.dtype != first.dtype {
                return Err(Fault::of("shape.dtype")
                    .with("op", "concat")
                    .with("expected", first.dtype)
                    .with("found", input.dtype));
            }
            if input.shape.rank() != first.shape.rank()
                || input.shape.without(self.axis) != first.shape.without(self.axis)
            {
                return Err(Fault::of("shape.unequal")
                    .with("op", "concat")
                    .with("expected", first.shape)
                    .with("found", input.shape)
                    .help(format!("all sizes but those of axis {} must be equal", self.axis)));
            }
        }
        Ok((first.dtype, first.shape.replace(self.axis, Dim::Fixed(total))))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let slope = derivative.upstream();
        let axis = self.axis as isize;
        let mut start = 0;
        let parts = derivative.inputs.iter().map(|input| {
            let range = start..start + input.dim(axis);
            start = range.end;
            Some(slope.slice(axis, range))
        });
        parts.collect()
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let values: Vec<&Value<T>> = inputs.iter().map(|input| input.value).collect();
        let outer: usize = values[0].shape[..self.axis].iter().product();
        let widths: Vec<usize> =
            values.iter().map(|value| value.shape[self.axis..].iter().product()).collect();
        let parts = (0..outer).flat_map(|block| {
            widths
                .iter()
                .enumerate()
                .map(move |(source, width)| (source, block * width..(block + 1) * width))
        });
        Ok(Value::joined(&values, &run.sizes(), parts))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, Tensor, gradients};

    #[test]
    fn values() {
        let pair = [fixed(&[2, 2], &[1.0, 2.0, 3.0, 4.0]), fixed(&[2, 1], &[5.0, 6.0])];
        let found = evaluate::<f32>(&pair, |x| Tensor::concat(x, 1));
        assert_eq!(found, Array::f32(&[2, 3], vec![1.0, 2.0, 5.0, 3.0, 4.0, 6.0]));
        let found = evaluate::<f32>(&pair, |x| Tensor::concat(&[x[0], x[0]], 0));
        assert_eq!(found, Array::f32(&[4, 2], vec![1.0, 2.0, 3.0, 4.0, 1.0, 2.0, 3.0, 4.0]));
        let whole = [array(Array::i32(&[1], vec![7])), array(Array::i32(&[2], vec![8, 9]))];
        let found = evaluate::<f32>(&whole, |x| Tensor::concat(x, -1));
        assert_eq!(found, Array::i32(&[3], vec![7, 8, 9]));
        let found = evaluate::<f32>(&pair, |x| Tensor::concat(&x[..1], 1));
        assert_eq!(found, Array::f32(&[2, 2], vec![1.0, 2.0, 3.0, 4.0]));
    }

    #[test]
    fn stacks_along_a_new_axis() {
        let pair = [fixed(&[2], &[1.0, 2.0]), fixed(&[2], &[3.0, 4.0])];
        let rows = Array::f32(&[2, 2], vec![1.0, 2.0, 3.0, 4.0]);
        let columns = Array::f32(&[2, 2], vec![1.0, 3.0, 2.0, 4.0]);
        assert_eq!(evaluate::<f32>(&pair, |x| Tensor::stack(x, 0)), rows);
        assert_eq!(evaluate::<f32>(&pair, |x| Tensor::stack(x, -2)), rows);
        assert_eq!(evaluate::<f32>(&pair, |x| Tensor::stack(x, 1)), columns);
        assert_eq!(evaluate::<f32>(&pair, |x| Tensor::stack(x, -1)), columns);
    }

    #[test]
    fn each_input_gets_its_part_of_the_slope() {
        let pair = [batch(&[2, 1], &[1.0, 2.0]), batch(&[2, 2], &[0.5, -1.0, 3.0, 4.0])];
        let found = slopes::<f64>(&pair, |x| {
            Tensor::concat(x, 1) * x[0].graph().constant(Array::f32(&[3], vec![2.0, 3.0, 5.0]))
        });
        assert_eq!(found, [vec![2.0, 2.0], vec![3.0, 5.0, 3.0, 5.0]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let pair = [batch(&[2, 1], &[1.0, 2.0]), batch(&[2, 2], &[0.5, -1.0, 3.0, 4.0])];
        check_gradient(&pair, |x| {
            let joined = Tensor::concat(&[x[0], x[1], x[0]], 1);
            joined * joined
        });
        check_gradient(&pair, |x| Tensor::stack(&[x[1], x[0] * x[1]], 1));
        check_gradient(&pair, |x| {
            let joined = Tensor::concat(x, -1);
            gradients((joined * joined * joined).sum_all(), &[x[1]])[0]
        });
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let pair = [batch(&[2, 1], &[1.0, 2.0]), batch(&[2, 2], &[0.5, -1.0, 3.0, 4.0])];
        assert_eq!(fault(&pair, |x| Tensor::concat(x, 0)), "shape.axis");
        assert_eq!(fault(&pair, |x| Tensor::concat(x, 2)), "shape.axis");
        assert_eq!(fault(&pair, |x| Tensor::stack(x, 1)), "shape.unequal");
        let mixed = [fixed(&[1], &[1.0]), array(Array::i32(&[1], vec![1]))];
        assert_eq!(fault(&mixed, |x| Tensor::concat(x, 0)), "shape.dtype");
    }
}
