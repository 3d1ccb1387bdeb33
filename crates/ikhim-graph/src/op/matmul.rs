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
