//! Product over axes, which leave the shape; 1 over no elements. The order of
//! multiplications is that of the additions of a [`Sum`](super::Sum).
//!
//! Slope: `∂y/∂xᵢ = Πⱼ≠ᵢ xⱼ`, found without a division, so that it is right
//! where factors are 0.

use super::groups::{Groups, remaining};
use super::transpose::inverse;
use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Product over axes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Prod {
    /// The axes, ascending.
    pub axes: Vec<usize>,
}

impl<'g> Tensor<'g> {
    /// The product over the given axes, counted from the end when negative;
    /// they leave the shape. A product over the batch axis has no gradient.
    #[track_caller]
    pub fn prod(self, axes: &[isize]) -> Tensor<'g> {
        match self.resolve_axes(axes) {
            Some(axes) if axes.is_empty() => self,
            Some(axes) => self.then(Op::Prod(Prod { axes })),
            None => Tensor::faulty(self.graph()),
        }
    }

    /// The product of all elements.
    #[track_caller]
    pub fn prod_all(self) -> Tensor<'g> {
        self.prod(&(0..self.rank() as isize).collect::<Vec<_>>())
    }
}

impl Primitive for Prod {
    fn name(&self) -> &'static str {
        "prod"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::over("prod", inputs, &self.axes)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("prod", inputs)?;
        Ok((DType::F32, remaining(inputs[0].shape, &self.axes)?))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let input = derivative.inputs[0];
        let shape = input.shape();
        if self.axes.iter().any(|axis| shape[*axis].is_batch()) {
            // The products of all rows but one would need a table of N × N.
            let fault = Fault::of("shape.mismatch")
                .with("expected", "a product over axes of fixed size for its gradient")
                .with("found", format!("a product over rows of {shape}"));
            return vec![Some(input.graph().fail(fault))];
        }
        let kept = (0..shape.rank()).filter(|axis| !self.axes.contains(axis));
        let order: Vec<usize> = kept.chain(self.axes.iter().copied()).collect();
        let moved = input.transpose(&order);
        let outer = &moved.shape()[..shape.rank() - self.axes.len()];
        let count = Shape::from(&moved.shape()[outer.len()..]).elements();
        let flat = moved.reshape(&with(outer, &[count]));
        let slope = products_of_others(flat) * derivative.upstream().expand_dims(-1);
        vec![Some(slope.reshape(&moved.shape()).transpose(&inverse(&order)))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let groups = Groups::new(inputs[0].shape, &self.axes, run.rows);
        let products = groups.reduce(inputs[0].value.reals(), T::ONE, |x, y| x * y);
        Ok(Value::real(&run.sizes(), products))
    }
}

/// For each entry of the last axis the product of all other entries, by a tree:
/// upwards the products of pairs, downwards the product of everything outside
/// of a pair times the partner in the pair.
fn products_of_others(x: Tensor<'_>) -> Tensor<'_> {
    let outer = x.shape()[..x.rank() - 1].to_vec();
    let ones = |size: usize| {
        x.graph().scalar(1.0).broadcast_to(&Shape::from(with(&outer, &[Dim::Fixed(size)])))
    };
    let mut level = x;
    let mut pairs = Vec::new();
    while level.dim(-1) > 1 {
        let size = level.dim(-1);
        let even =
            if size.is_multiple_of(2) { level } else { Tensor::concat(&[level, ones(1)], -1) };
        let half = size.div_ceil(2);
        let paired = even.reshape(&with(&outer, &[Dim::Fixed(half), Dim::Fixed(2)]));
        let (left, right) = (paired.slice(-1, 0..1), paired.slice(-1, 1..2));
        pairs.push((Tensor::concat(&[right, left], -1), size));
        level = (left * right).reshape(&with(&outer, &[Dim::Fixed(half)]));
    }
    let top = ones(level.dim(-1));
    pairs.into_iter().rev().fold(top, |others, (partners, size)| {
        let products = others.expand_dims(-1) * partners;
        let even = Dim::Fixed(size.next_multiple_of(2));
        products.reshape(&with(&outer, &[even])).slice(-1, 0..size)
    })
}

fn with(outer: &[Dim], last: &[Dim]) -> Vec<Dim> {
    [outer, last].concat()
}

#[cfg(test)]
mod tests {
    use crate::check::{assert_close, batch, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, gradients};

    #[test]
    fn values() {
        let table = [fixed(&[2, 3], &[0.5, -1.0, 2.0, 3.0, 0.25, -4.0])];
        let columns = evaluate::<f32>(&table, |x| x[0].prod(&[0]));
        assert_eq!(columns, Array::f32(&[3], vec![1.5, -0.25, -8.0]));
        assert_eq!(evaluate::<f32>(&table, |x| x[0].prod(&[-1])).to_f64(), [-1.0, -3.0]);
        assert_eq!(evaluate::<f32>(&table, |x| x[0].prod_all()), Array::scalar(3.0));
        assert_eq!(evaluate::<f32>(&[fixed(&[0], &[])], |x| x[0].prod_all()), Array::scalar(1.0));
        let rows = evaluate::<f32>(&[batch(&[40], &[-1.0; 40])], |x| x[0].prod_all());
        assert_eq!(rows, Array::scalar(1.0));
    }

    #[test]
    fn the_slope_is_the_product_of_the_others() {
        let by_all =
            |values: &[f64]| slopes::<f64>(&[fixed(&[values.len()], values)], |x| x[0].prod_all());
        assert_eq!(by_all(&[2.0, 3.0, 5.0]), [[15.0, 10.0, 6.0]]);
        assert_eq!(by_all(&[2.0, 0.0, 5.0]), [[0.0, 10.0, 0.0]]);
        assert_eq!(by_all(&[0.0, 3.0, 0.0, 2.0]), [[0.0; 4]]);
        assert_eq!(by_all(&[7.0]), [[1.0]]);
        assert_eq!(by_all(&[]), [[0.0; 0]]);
        let factors: Vec<f64> = (1..=13).map(f64::from).collect();
        let expected: Vec<f64> = factors.iter().map(|x| 6_227_020_800.0 / x).collect();
        assert_close(&by_all(&factors)[0], &expected, 1e-15);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let table = [1.5, -0.5, 2.0, 3.0, 0.25, -4.0, 0.75, 1.25, -2.0, 0.5, 0.0, 3.5];
        check_gradient(&[fixed(&[2, 2, 3], &table)], |x| x[0].prod(&[1]));
        check_gradient(&[fixed(&[2, 2, 3], &table)], |x| x[0].prod(&[0, 2]));
        check_gradient(&[batch(&[2, 2, 3], &table)], |x| x[0].prod(&[-1]));
        check_gradient(&[fixed(&[12], &table)], |x| x[0].prod_all());
    }

    #[test]
    fn second_derivatives_hold_where_factors_are_zero() {
        // Of the slopes xy, xz, yz by x, y, z, the derivative of their sum:
        // y + z, x + z, x + y.
        let second = slopes::<f64>(&[fixed(&[3], &[0.0, 0.0, 5.0])], |x| {
            gradients(x[0].prod_all(), &[x[0]])[0]
        });
        assert_eq!(second, [[5.0, 5.0, 0.0]]);
        check_gradient(&[fixed(&[4], &[1.5, 0.0, -2.0, 0.5])], |x| {
            gradients(x[0].prod_all(), &[x[0]])[0]
        });
    }

    #[test]
    fn a_product_over_rows_has_no_gradient() {
        let code = fault(&[batch(&[2], &[1.0, 2.0])], |x| gradients(x[0].prod_all(), &[x[0]])[0]);
        assert_eq!(code, "shape.mismatch");
    }
}
