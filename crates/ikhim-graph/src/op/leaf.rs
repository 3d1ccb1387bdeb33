//! Nodes without inputs: given values, variables, constants, the row count.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{Array, DType, Graph, Op, Result, Shape, Tensor};
use std::sync::Arc;

/// A value given at each run.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Input {
    /// Its place among the inputs.
    pub index: usize,
    /// Its type.
    pub dtype: DType,
    /// Its sizes.
    pub shape: Shape,
}

/// A variable's value before the step.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Read {
    /// Its place among the variables.
    pub index: usize,
    /// Its type.
    pub dtype: DType,
    /// Its sizes.
    pub shape: Shape,
}

/// A value fixed while building.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Constant {
    /// The value.
    pub value: Arc<Array>,
}

/// The number of rows of the run, `N`, as a real number.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct RowCount;

impl Graph {
    /// The number of rows of the run as a real number.
    #[track_caller]
    pub fn row_count(&self) -> Tensor<'_> {
        self.push(Op::RowCount(RowCount), &[])
    }
}

/// The gradient and evaluation of inputs and variables: the evaluator puts
/// their values in place itself.
macro_rules! given {
    ($name:ident, $text:literal) => {
        impl Primitive for $name {
            fn name(&self) -> &'static str {
                $text
            }

            fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
                Ok((self.dtype, self.shape.clone()))
            }

            fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
                Vec::new()
            }

            fn evaluate<T: Precise>(
                &self,
                _: &[Argument<'_, T>],
                _: &Run<'_>,
            ) -> Result<Value<T>> {
                unreachable!("the evaluator puts given values in place")
            }
        }
    };
}

given!(Input, "input");
given!(Read, "read");

impl Primitive for Constant {
    fn name(&self) -> &'static str {
        "constant"
    }

    fn equation(&self, _: &[&str]) -> String {
        // A large constant has no name; its value stands beside the equation.
        match self.value.shape() {
            [] => self.value.to_f64().iter().map(f64::to_string).collect(),
            _ => "constant".to_string(),
        }
    }

    fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
        Ok((self.value.dtype(), Shape::from(self.value.shape())))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        Vec::new()
    }

    fn evaluate<T: Precise>(&self, _: &[Argument<'_, T>], _: &Run<'_>) -> Result<Value<T>> {
        Ok(Value::of_array(&self.value))
    }
}

impl Primitive for RowCount {
    fn name(&self) -> &'static str {
        "row_count"
    }

    fn equation(&self, _: &[&str]) -> String {
        "N".to_string()
    }

    fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
        Ok((DType::F32, Shape::scalar()))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        Vec::new()
    }

    fn evaluate<T: Precise>(&self, _: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        Ok(Value::real(&[], vec![T::from_f64(run.rows as f64)]))
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, check_gradient, evaluate, fixed, slopes};
    use crate::{Array, DType, Evaluator, Feed, Graph, Role, State, gradients};
    use std::sync::Arc;

    #[test]
    fn a_constant_is_as_exact_as_the_precision() {
        let any = [fixed(&[], &[0.0])];
        assert_eq!(evaluate::<f64>(&any, |x| x[0] + 0.1).to_f64(), [0.1]);
        assert_eq!(evaluate::<f32>(&any, |x| x[0] + 0.1).to_f32(), [0.1f32]);
    }

    #[test]
    fn the_row_count_is_that_of_the_run() {
        for rows in [1, 3, 300] {
            let inputs = [batch(&[rows], &vec![2.0; rows])];
            let found = evaluate::<f32>(&inputs, |x| x[0].graph().row_count());
            assert_eq!(found, Array::scalar(rows as f32));
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        let inputs = [batch(&[3], &[0.5, -1.0, 2.0]), fixed(&[], &[0.7])];
        check_gradient(&inputs, |x| x[0] * x[0] * x[0].graph().row_count() + x[1] * 0.3);
        // What does not depend on an input has slope 0 by it.
        assert_eq!(slopes::<f64>(&inputs, |x| x[0] + 0.0), [vec![1.0; 3], vec![0.0]]);
    }

    #[test]
    fn a_variable_has_a_slope() {
        let graph = Graph::new();
        let initial = Arc::new(|_| Array::f32(&[2], vec![3.0, -0.5]));
        let w = graph.variable("w", &[2], DType::F32, Role::Parameter, initial);
        graph.output("slope", gradients((w * w * w).sum_all(), &[w])[0]);
        let definition = Arc::new(graph.finish().unwrap());
        let evaluator = Evaluator::<f64>::new(definition.clone(), &["slope"]).unwrap();
        let mut state = State::initial(&definition, 0);
        // 3w²
        let found = evaluator.run(&mut state, &Feed::rows(1)).unwrap();
        assert_eq!(found[0].to_f64(), [27.0, 0.75]);
    }
}
