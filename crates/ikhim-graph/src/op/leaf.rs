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
