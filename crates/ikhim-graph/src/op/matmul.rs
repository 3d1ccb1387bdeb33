//! Product of matrices: `C[…, i, j] = Σₖ A[…, i, k] · B[…, k, j]`.
//!
//! Each element is one chain of fused multiply-adds over ascending k from 0.
//! Where k runs over rows, the chain is cut into leaves of a fixed number of
//! rows, and the leaves are joined pairwise.
//!
//! Slopes: `dA = dC · Bᵀ`, `dB = Aᵀ · dC`.

use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_numeric::reduction::{LEAF_ROWS, join_leaves};
use ikhim_text::Fault;

/// Product of matrices over the last two axes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Matmul;

impl<'g> Tensor<'g> {
    /// The product of matrices over the last two axes; the axes before them are
    /// broadcast. A vector on either side counts as a matrix of one row or one
    /// column, and that axis leaves the result, as in NumPy.
    #[track_caller]
    pub fn matmul(self, other: Tensor<'g>) -> Tensor<'g> {
        if self.node().is_none() || other.node().is_none() {
            return Tensor::faulty(self.graph());
        }
        match (self.rank(), other.rank()) {
            (0, _) | (_, 0) => self.graph().push(Op::Matmul(Matmul), &[self, other]),
            (1, 1) => self.expand_dims(0).matmul(other.expand_dims(1)).reshape(&[]),
            (1, _) => {
                let product = self.expand_dims(0).matmul(other);
                product.squeeze(&[-2])
            }
            (_, 1) => {
                let product = self.matmul(other.expand_dims(1));
                product.squeeze(&[-1])
            }
            (left, 2) if left > 2 => self.matmul_rows(other),
            (2, 2) => self.graph().push(Op::Matmul(Matmul), &[self, other]),
            _ => self.matmul_batched(other),
        }
    }

    /// A stack of matrices by one matrix is one product over all of their rows.
    #[track_caller]
    fn matmul_rows(self, other: Tensor<'g>) -> Tensor<'g> {
        let shape = self.shape();
        let (width, rows) = (shape[shape.rank() - 1], &shape[..shape.rank() - 1]);
        let flat = self.reshape(&[Shape::from(rows).elements(), width]);
        let product = flat.matmul(other);
        let mut dims = rows.to_vec();
        dims.extend(product.shape().last().copied());
        if product.node().is_none() { product } else { product.reshape(&dims) }
    }

    #[track_caller]
    fn matmul_batched(self, other: Tensor<'g>) -> Tensor<'g> {
        let (left, right) = (self.shape(), other.shape());
        let outer = |shape: &Shape| Shape::from(&shape[..shape.rank() - 2]);
        let Some(common) = outer(&left).broadcast(&outer(&right)) else {
            return self.graph().push(Op::Matmul(Matmul), &[self, other]);
        };
        let whole = |shape: &Shape| -> Shape {
            common.iter().chain(&shape[shape.rank() - 2..]).copied().collect()
        };
        let pair = [self.broadcast_to(&whole(&left)), other.broadcast_to(&whole(&right))];
        self.graph().push(Op::Matmul(Matmul), &pair)
    }
}

impl Primitive for Matmul {
    fn name(&self) -> &'static str {
        "matmul"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::infix("@", inputs)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("matmul", inputs)?;
        let (left, right) = (inputs[0].shape, inputs[1].shape);
        let fault = || Fault::of("shape.matmul").with("left", left).with("right", right);
        if left.rank() < 2 || left.rank() != right.rank() {
            return Err(fault());
        }
        let outer = left.rank() - 2;
        if left[..outer] != right[..outer] || left[outer + 1] != right[outer] {
            return Err(fault());
        }
        let shape = Shape::from(&left[..=outer]);
        let shape: Shape = shape.iter().copied().chain([right[outer + 1]]).collect();
        match shape.iter().filter(|dim| dim.is_batch()).count() {
            0 | 1 => Ok((DType::F32, shape)),
            // N² elements: the product of all rows with all rows.
            _ => Err(fault()),
        }
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (left, right) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        vec![
            Some(slope.matmul(right.matrix_transpose())),
            Some(left.matrix_transpose().matmul(slope)),
        ]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let rank = sizes.len();
        let (m, n) = (sizes[rank - 2], sizes[rank - 1]);
        let inner = inputs[0].shape[rank - 1];
        let k = inner.size(run.rows);
        let leaf = match inner {
            Dim::Fixed(_) => k,
            Dim::Batch(per_row) => LEAF_ROWS * per_row,
        };
        let (left, right) = (inputs[0].value.reals(), inputs[1].value.reals());
        let count: usize = sizes[..rank - 2].iter().product();
        let mut product = vec![T::ZERO; count * m * n];
        if product.is_empty() || k == 0 {
            return Ok(Value::real(&sizes, product));
        }
        let matrices = left.chunks(m * k).zip(right.chunks(k * n)).zip(product.chunks_mut(m * n));
        for ((a, b), product) in matrices {
            let mut multiply = T::products(b, n);
            for (row, sums) in a.chunks(k).zip(product.chunks_mut(n)) {
                let leaves = row.chunks(leaf).enumerate().map(|(at, part)| {
                    let mut sums = vec![T::ZERO; n];
                    multiply(part, at * leaf, &mut sums);
                    sums
                });
                let joined = join_leaves(leaves.collect(), add_rows);
                joined.into_iter().for_each(|joined| sums.copy_from_slice(&joined));
            }
        }
        Ok(Value::real(&sizes, product))
    }
}

fn add_rows<T: Precise>(mut left: Vec<T>, right: Vec<T>) -> Vec<T> {
    for (sum, value) in left.iter_mut().zip(right) {
        *sum += value;
    }
    left
}

#[cfg(test)]
mod tests {
    use crate::check::{Given, batch, check_gradient, evaluate, fault, fixed};
    use crate::{Array, Precise, gradients};
    use ikhim_numeric::reduction::{dot, row_dot};

    /// Numbers of different sizes, so that another order gives other bits.
    fn uneven(count: usize) -> Vec<f64> {
        let mixed = |at: usize| (at as u32 + 1).wrapping_mul(0x9e37_79b9) >> 8;
        let number = |at: usize| f64::from(mixed(at)) / f64::from(1 << (mixed(at) % 23)) - 1.0;
        (0..count).map(|at| f64::from(number(at) as f32)).collect()
    }

    fn product<T: Precise>(left: Given, right: Given) -> Array {
        evaluate::<T>(&[left, right], |x| x[0].matmul(x[1]))
    }

    #[test]
    fn values() {
        let row = fixed(&[1, 2], &[1.0, 2.0]);
        assert_eq!(product::<f32>(row, fixed(&[2, 1], &[3.0, 4.0])).to_f64(), [11.0]);
        let left = fixed(&[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let right = fixed(&[3, 2], &[1.0, 0.0, 0.5, -1.0, 2.0, 1.0]);
        let found = product::<f32>(left.clone(), right);
        assert_eq!(found, Array::f32(&[2, 2], vec![8.0, 1.0, 18.5, 1.0]));
        let vector = fixed(&[3], &[1.0, 0.0, -1.0]);
        assert_eq!(product::<f32>(left, vector.clone()), Array::f32(&[2], vec![-2.0, -2.0]));
        assert_eq!(product::<f32>(vector.clone(), vector), Array::scalar(2.0));
    }

    #[test]
    fn stacks_of_matrices_are_broadcast() {
        let matrices = uneven(12);
        let (first, second) = (fixed(&[2, 3], &matrices[..6]), fixed(&[2, 3], &matrices[6..]));
        let right = fixed(&[3, 2], &uneven(6));
        let each = [first, second].map(|left| product::<f32>(left, right.clone()).to_f32());
        let found = product::<f32>(fixed(&[2, 2, 3], &matrices), right.clone());
        assert_eq!(found, Array::f32(&[2, 2, 2], each.concat()));
        let stacked = fixed(&[2, 3, 2], &[uneven(6), uneven(6)].concat());
        let found = product::<f32>(fixed(&[2, 2, 3], &matrices), stacked.clone());
        assert_eq!(found, Array::f32(&[2, 2, 2], each.concat()));
        let found = product::<f32>(fixed(&[2, 3], &matrices[..6]), stacked);
        assert_eq!(found, Array::f32(&[2, 2, 2], [each[0].clone(), each[0].clone()].concat()));
    }

    #[test]
    fn each_element_is_a_chain_in_ascending_order() {
        for (m, k, n) in [(3, 0, 2), (2, 1, 1), (4, 70, 9), (1, 200, 17), (5, 33, 8), (2, 3, 0)] {
            let (left, right) = (uneven(m * k), uneven(k * n));
            let element = |i: usize, j: usize| {
                let (left, right) = (&left, &right);
                move |p: usize| (left[i * k + p] as f32, right[p * n + j] as f32)
            };
            let places = || (0..m).flat_map(|i| (0..n).map(move |j| (i, j)));
            let chains = places().map(|(i, j)| dot((0..k).map(element(i, j)))).collect();
            let found = product::<f32>(fixed(&[m, k], &left), fixed(&[k, n], &right));
            assert_eq!(found, Array::f32(&[m, n], chains));
            let leaves: Vec<f32> =
                places().map(|(i, j)| row_dot((0..k).map(element(i, j)))).collect();
            // The left factor's last axis is the batch axis too.
            let by_rows = [batch(&[k, m], &transposed(&left, m, k)), batch(&[k, n], &right)];
            let found = evaluate::<f32>(&by_rows, |x| x[0].matrix_transpose().matmul(x[1]));
            assert_eq!(found, Array::f32(&[m, n], leaves));
        }
    }

    fn transposed(matrix: &[f64], m: usize, k: usize) -> Vec<f64> {
        (0..k).flat_map(|p| (0..m).map(move |i| matrix[i * k + p])).collect()
    }

    #[test]
    fn gradients_agree_with_differences() {
        let near_one =
            |count: usize| -> Vec<f64> { uneven(count).into_iter().map(f64::sin).collect() };
        let (left, right) = (near_one(6), near_one(12));
        check_gradient(&[batch(&[2, 3], &left), fixed(&[3, 4], &right)], |x| x[0].matmul(x[1]));
        check_gradient(&[batch(&[2, 3], &left), fixed(&[3], &right[..3])], |x| {
            let product = x[0].matmul(x[1]);
            product * product
        });
        check_gradient(&[fixed(&[1, 2, 3], &left), fixed(&[2, 3, 2], &right)], |x| {
            x[0].matmul(x[1])
        });
        check_gradient(&[batch(&[2, 3], &left), fixed(&[3, 4], &right)], |x| {
            let product = x[0].matmul(x[1]);
            gradients((product * product).sum_all(), &[x[1]])[0]
        });
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let misfits = [
            (fixed(&[2, 3], &uneven(6)), fixed(&[2, 3], &uneven(6))),
            (fixed(&[], &[1.0]), fixed(&[1], &[1.0])),
            (fixed(&[2, 1, 3], &uneven(6)), fixed(&[3, 3, 1], &uneven(9))),
            // All rows with all rows.
            (batch(&[2, 1], &[1.0, 2.0]), fixed(&[2], &[1.0, 2.0])),
        ];
        for (left, right) in misfits {
            assert_eq!(fault(&[left, right], |x| x[0].matmul(x[1])), "shape.matmul");
        }
        let rows = [batch(&[2, 1], &[1.0, 2.0])];
        let table = fault(&rows, |x| x[0].matmul(x[0].matrix_transpose()));
        assert_eq!(table, "shape.matmul");
    }
}
