//! Sum over axes, which leave the shape.
//!
//! The order of additions is part of the numeric contract. Without the batch
//! axis among the summed ones: the summed elements in row-major order go to 16
//! lanes in turn, and the lanes are joined by a fixed tree. With it: each row is
//! first summed over the other axes by that rule, the rows of a leaf are added
//! in ascending order, and the leaves are joined pairwise.
//!
//! Slope: the derivative is repeated along the summed axes.

use super::groups::{Groups, remaining, restore};
use super::{Argument, Operand, Primitive, Run, form, rule};
use crate::autodiff::Derivative;
use crate::shape::N;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, Shape, Tensor};

/// Sum over axes.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Sum {
    /// The summed axes, ascending.
    pub axes: Vec<usize>,
}

impl<'g> Tensor<'g> {
    /// The sum over the given axes, counted from the end when negative; they
    /// leave the shape.
    #[track_caller]
    pub fn sum(self, axes: &[isize]) -> Tensor<'g> {
        match self.resolve_axes(axes) {
            Some(axes) => self.sum_over(&axes),
            None => Tensor::faulty(self.graph()),
        }
    }

    /// The sum of all elements.
    #[track_caller]
    pub fn sum_all(self) -> Tensor<'g> {
        self.sum_over(&(0..self.rank()).collect::<Vec<_>>())
    }

    /// The mean over the given axes, `Σx / count`.
    #[track_caller]
    pub fn mean(self, axes: &[isize]) -> Tensor<'g> {
        let Some(axes) = self.resolve_axes(axes) else { return Tensor::faulty(self.graph()) };
        self.sum_over(&axes) / self.count_over(&axes)
    }

    /// The mean of all elements.
    #[track_caller]
    pub fn mean_all(self) -> Tensor<'g> {
        let axes: Vec<usize> = (0..self.rank()).collect();
        self.sum_over(&axes) / self.count_over(&axes)
    }

    #[track_caller]
    pub(crate) fn sum_over(self, axes: &[usize]) -> Tensor<'g> {
        if axes.is_empty() { self } else { self.then(Op::Sum(Sum { axes: axes.to_vec() })) }
    }

    /// The number of elements along axes, as a real number.
    #[track_caller]
    pub(crate) fn count_over(self, axes: &[usize]) -> Tensor<'g> {
        let shape = self.shape();
        let over: Shape = axes.iter().filter_map(|axis| shape.get(*axis).copied()).collect();
        match over.elements() {
            Dim::Fixed(count) => self.number(count as f64),
            N => self.graph().row_count(),
            Dim::Batch(multiple) => self.graph().row_count() * multiple as f64,
        }
    }
}

impl Primitive for Sum {
    fn name(&self) -> &'static str {
        "sum"
    }

    fn equation(&self, inputs: &[&str]) -> String {
        form::over("sum", inputs, &self.axes)
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        rule::reals("sum", inputs)?;
        Ok((DType::F32, remaining(inputs[0].shape, &self.axes)?))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let input = derivative.inputs[0];
        vec![Some(restore(derivative.upstream(), &self.axes, &input.shape()))]
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let groups = Groups::new(inputs[0].shape, &self.axes, run.rows);
        let sums = groups.reduce(inputs[0].value.reals(), T::ZERO, |x, y| x + y);
        Ok(Value::real(&run.sizes(), sums))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient, evaluate, fault, fixed};
    use crate::{Array, Evaluator, Feed, Graph, N, State};

    const TABLE: [f64; 6] = [0.5, -1.0, 2.0, 3.0, 0.25, -4.0];

    #[test]
    fn values() {
        let table = [fixed(&[2, 3], &TABLE)];
        let sum = |axes: &'static [isize]| evaluate::<f32>(&table, move |x| x[0].sum(axes));
        assert_eq!(sum(&[0]), Array::f32(&[3], vec![3.5, -0.75, -2.0]));
        assert_eq!(sum(&[-1]), Array::f32(&[2], vec![1.5, -0.75]));
        assert_eq!(sum(&[1, 0]), Array::scalar(0.75));
        assert_eq!(sum(&[]), Array::f32(&[2, 3], TABLE.map(|x| x as f32).to_vec()));
        let mean = evaluate::<f32>(&table, |x| x[0].mean(&[1]));
        assert_eq!(mean, Array::f32(&[2], vec![0.5, -0.25]));
        let single = evaluate::<f32>(&[fixed(&[], &[7.0])], |x| x[0].sum_all() + x[0].mean_all());
        assert_eq!(single, Array::scalar(14.0));
    }

    #[test]
    fn the_sum_of_nothing_is_zero() {
        let empty = evaluate::<f32>(&[fixed(&[2, 0], &[])], |x| x[0].sum(&[1]));
        assert_eq!(empty, Array::f32(&[2], vec![0.0, 0.0]));
        let no_rows = evaluate::<f32>(&[batch(&[0, 2], &[])], |x| x[0].sum(&[0]));
        assert_eq!(no_rows, Array::f32(&[2], vec![0.0, 0.0]));
    }

    #[test]
    fn means_over_rows_divide_by_the_rows_of_the_run() {
        let graph = Graph::new();
        let x = graph.input("x", crate::DType::F32, &[N, 2.into()]);
        graph.output("mean", x.mean_all());
        graph.output("joined", x.reshape(&[crate::Dim::Batch(2)]).mean_all());
        let definition = graph.finish().unwrap();
        let evaluator = Evaluator::<f32>::new(definition.into(), &["mean", "joined"]).unwrap();
        for rows in [1, 3, 50] {
            let x = Array::f32(&[rows, 2], (0..2 * rows).map(|at| at as f32).collect());
            let feed = Feed::rows(rows).input("x", &x);
            let found = evaluator.run(&mut State::new(), &feed).unwrap();
            let expected = Array::scalar(rows as f32 - 0.5);
            assert_eq!(found, [expected.clone(), expected]);
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        for table in [[fixed(&[2, 3], &TABLE)], [batch(&[2, 3], &TABLE)]] {
            check_gradient(&table, |x| x[0].sum(&[0]) * x[0].sum(&[0]));
            check_gradient(&table, |x| (x[0] * x[0]).sum(&[1]));
            check_gradient(&table, |x| x[0].mean_all() * x[0].sum_all());
        }
    }

    #[test]
    fn an_axis_that_is_not_there_is_a_fault() {
        assert_eq!(fault(&[fixed(&[2], &[1.0, 2.0])], |x| x[0].sum(&[1])), "shape.axis");
        assert_eq!(fault(&[fixed(&[2], &[1.0, 2.0])], |x| x[0].sum(&[-2])), "shape.axis");
    }
}
