//! Entries of one axis by their indices: with a table `T` and indices `I`,
//! `y[a…, i…, b…] = T[a…, I[i…], b…]`, where `a…` are the axes before the
//! gathered one and `b…` those after it. Every index is checked: one outside of
//! the axis is an error.
//!
//! Slope: each derivative added to the entry it came from, a
//! [`ScatterAdd`](super::ScatterAdd).

use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, Value};
use crate::{DType, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// Entries of one axis by their indices.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Gather {
    /// The axis of the table that the indices count.
    pub axis: usize,
}

impl<'g> Tensor<'g> {
    /// The entries of an axis at integer indices of any shape, which stands in
    /// place of the axis: `[words, width]` gathered by `[N, length]` along axis
    /// 0 is `[N, length, width]`.
    #[track_caller]
    pub fn gather(self, indices: Tensor<'g>, axis: isize) -> Tensor<'g> {
        if self.node().is_none() {
            return self;
        }
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()) {
            Some(axis) => self.graph().push(Op::Gather(Gather { axis }), &[self, indices]),
            None => self.graph().fail(axis_fault(axis, &shape)),
        }
    }
}

impl Primitive for Gather {
    fn name(&self) -> &'static str {
        "gather"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::over("gather", inputs, &[self.axis])
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::of_type("gather", &inputs[1..], DType::I32)?;
        let (table, indices) = (inputs[0].shape, inputs[1].shape);
        if self.axis >= table.rank() {
            return Err(axis_fault(self.axis as isize, table));
        }
        let (before, after) = (&table[..self.axis], &table[self.axis + 1..]);
        let shape: Shape = before.iter().chain(indices.iter()).chain(after).copied().collect();
        rule::one_batch_axis(&shape)?;
        Ok((inputs[0].dtype, shape))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (table, indices) = (derivative.inputs[0], derivative.inputs[1]);
        let slope = derivative.upstream();
        vec![Some(slope.scatter_add(indices, self.axis, table.shape()[self.axis])), None]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let table = inputs[0].value;
        let size = table.shape[self.axis];
        let entries = checked(inputs[1].value.integers(), size)?;
        let outer: usize = table.shape[..self.axis].iter().product();
        let inner: usize = table.shape[self.axis + 1..].iter().product();
        let parts = (0..outer).flat_map(|block| {
            entries.iter().map(move |entry| {
                let from = (block * size + entry) * inner;
                (0, from..from + inner)
            })
        });
        Ok(Value::joined(&[table], &run.sizes(), parts))
    }
}

/// Indices that are known to lie inside of an axis.
pub(super) fn checked(indices: &[i32], size: usize) -> Result<Vec<usize>> {
    let check = |index: &i32| match usize::try_from(*index) {
        Ok(entry) if entry < size => Ok(entry),
        _ => Err(Fault::of("train.index_out_of_range").with("expected", size).with("found", index)),
    };
    indices.iter().map(check).collect()
}

#[cfg(test)]
mod tests {
    use crate::check::{array, batch, batch_array, check_gradient, evaluate, fault, fixed, slopes};
    use crate::{Array, DType, Evaluator, Feed, Graph, N, State, gradients};

    const TABLE: [f64; 6] = [0.5, -1.0, 2.0, 3.0, 0.25, -4.0];

    #[test]
    fn values() {
        let indices = array(Array::i32(&[2, 2], vec![2, 0, 1, 2]));
        let inputs = [fixed(&[3, 2], &TABLE), indices.clone()];
        let found = evaluate::<f32>(&inputs, |x| x[0].gather(x[1], 0));
        let expected = vec![0.25, -4.0, 0.5, -1.0, 2.0, 3.0, 0.25, -4.0];
        assert_eq!(found, Array::f32(&[2, 2, 2], expected));
        let inputs = [fixed(&[2, 3], &TABLE), indices];
        let found = evaluate::<f32>(&inputs, |x| x[0].gather(x[1], -1));
        let expected = vec![2.0, 0.5, -1.0, 2.0, -4.0, 3.0, 0.25, -4.0];
        assert_eq!(found, Array::f32(&[2, 2, 2], expected));
        let single = [fixed(&[3, 2], &TABLE), array(Array::i32(&[], vec![1]))];
        let found = evaluate::<f32>(&single, |x| x[0].gather(x[1], 0));
        assert_eq!(found, Array::f32(&[2], vec![2.0, 3.0]));
        let truths =
            [array(Array::bool(&[2], vec![true, false])), array(Array::i32(&[1], vec![1]))];
        let found = evaluate::<f32>(&truths, |x| x[0].gather(x[1], 0));
        assert_eq!(found, Array::bool(&[1], vec![false]));
        let rows = [batch(&[3, 2], &TABLE), array(Array::i32(&[2], vec![2, 2]))];
        let found = evaluate::<f32>(&rows, |x| x[0].gather(x[1], 0));
        assert_eq!(found, Array::f32(&[2, 2], vec![0.25, -4.0, 0.25, -4.0]));
    }

    #[test]
    fn the_slope_is_added_where_it_came_from() {
        let inputs = [fixed(&[3, 2], &TABLE), batch_array(Array::i32(&[3], vec![2, 0, 2]))];
        let found = slopes::<f64>(&inputs, |x| x[0].gather(x[1], 0));
        assert_eq!(found, [[1.0, 1.0, 0.0, 0.0, 2.0, 2.0]]);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let indices = batch_array(Array::i32(&[2, 2], vec![2, 0, 1, 2]));
        let inputs = [fixed(&[3, 2], &TABLE), indices.clone()];
        check_gradient(&inputs, |x| {
            let entries = x[0].gather(x[1], 0);
            entries * entries
        });
        check_gradient(&[fixed(&[2, 3], &TABLE), indices.clone()], |x| x[0].gather(x[1], 1));
        check_gradient(&[fixed(&[3, 2], &TABLE), indices], |x| {
            let entries = x[0].gather(x[1], 0);
            gradients((entries * entries * entries).sum_all(), &[x[0]])[0]
        });
    }

    #[test]
    fn every_index_is_checked() {
        for index in [3, -1, i32::MIN, i32::MAX] {
            let graph = Graph::new();
            let table = graph.constant(Array::f32(&[3], vec![1.0, 2.0, 3.0]));
            let indices = graph.input("indices", DType::I32, &[N]);
            graph.layer("embedding", None, || graph.output("entries", table.gather(indices, 0)));
            let definition = graph.finish().unwrap().into();
            let evaluator = Evaluator::<f32>::new(definition, &["entries"]).unwrap();
            let indices = Array::i32(&[3], vec![0, 2, index]);
            let feed = Feed::rows(3).input("indices", &indices);
            let fault = evaluator.run(&mut State::new(), &feed).unwrap_err();
            assert_eq!(fault.code(), "train.index_out_of_range");
            let expected = format!("layer `embedding_1`: index {index} is outside of 0..3");
            assert_eq!(fault.to_string(), expected);
        }
    }

    #[test]
    fn what_does_not_fit_is_a_fault() {
        let reals = [fixed(&[3, 2], &TABLE), fixed(&[1], &[0.0])];
        assert_eq!(fault(&reals, |x| x[0].gather(x[1], 0)), "shape.dtype");
        let whole = [fixed(&[3, 2], &TABLE), array(Array::i32(&[1], vec![0]))];
        assert_eq!(fault(&whole, |x| x[0].gather(x[1], 2)), "shape.axis");
        let rows = [batch(&[3, 2], &TABLE), batch_array(Array::i32(&[3], vec![0, 1, 0]))];
        assert_eq!(fault(&rows, |x| x[0].gather(x[1], 1)), "shape.mismatch");
    }
}
