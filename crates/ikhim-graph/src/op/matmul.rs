//! Product of matrices: `C[…, i, j] = Σₖ A[…, i, k] · B[…, k, j]`.
//!
//! Each element is one chain of fused multiply-adds over ascending k from 0.
//! Where k runs over rows, the chain is cut into leaves of a fixed number of
//! rows, and the leaves are joined pairwise.
//!
//! Slopes: `dA = dC · Bᵀ`, `dB = Aᵀ · dC`.

use super::{Argument, Operand, Primitive, Run, rule};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};
use ikhim_numeric::reduction::{LEAF_ROWS, join_leaves_with};
use ikhim_text::Fault;

/// Product of matrices over the last two axes.
#[derive(Debug, Clone)]
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
            Dim::Fixed(_) => k.max(1),
            Dim::Batch(per_row) => LEAF_ROWS * per_row,
        };
        let (left, right) = (inputs[0].value.reals(), inputs[1].value.reals());
        let count: usize = sizes[..rank - 2].iter().product();
        let mut product = Vec::with_capacity(count * m * n);
        for matrix in 0..count {
            let a = &left[matrix * m * k..(matrix + 1) * m * k];
            let b = &right[matrix * k * n..(matrix + 1) * k * n];
            for i in 0..m {
                let row = &a[i * k..(i + 1) * k];
                let leaves = (0..k.max(1)).step_by(leaf).map(|start| {
                    chain(row, b, n, start..(start + leaf).min(k))
                });
                product.extend(join_leaves_with(leaves.collect(), add_rows));
            }
        }
        Ok(Value::real(&sizes, product))
    }
}

/// One row of the product over part of k: a chain of fused multiply-adds.
fn chain<T: Precise>(row: &[T], matrix: &[T], n: usize, part: std::ops::Range<usize>) -> Vec<T> {
    let mut sums = vec![T::from_f64(0.0); n];
    for k in part {
        let factor = row[k];
        for (sum, value) in sums.iter_mut().zip(&matrix[k * n..(k + 1) * n]) {
            *sum = factor.mul_add(*value, *sum);
        }
    }
    sums
}

fn add_rows<T: Precise>(mut left: Vec<T>, right: Vec<T>) -> Vec<T> {
    for (sum, value) in left.iter_mut().zip(right) {
        *sum = *sum + value;
    }
    left
}
