//! The number of rows `N` as a real number, where there are enough of them: for
//! statistics that fewer rows do not have. With fewer the run fails.
//!
//! No slope: the number of rows is not differentiated.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::value::{Precise, Value};
use crate::{DType, Graph, Op, Result, Shape, Tensor};
use ikhim_text::Fault;

/// The number of rows, of which there must be enough.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct EnoughRows {
    /// The fewest rows that are enough.
    pub least: usize,
}

impl Graph {
    /// The number of rows as a real number; a run over fewer than `least` is an
    /// error (`train.few_rows`).
    #[track_caller]
    pub fn enough_rows(&self, least: usize) -> Tensor<'_> {
        self.push(Op::EnoughRows(EnoughRows { least }), &[])
    }
}

impl Primitive for EnoughRows {
    fn name(&self) -> &'static str {
        "enough_rows"
    }

    fn equation(&self, _: &[&str]) -> String {
        format!("N, at least {}", self.least)
    }

    fn output(&self, _: &[Operand<'_>]) -> Result<(DType, Shape)> {
        Ok((DType::F32, Shape::scalar()))
    }

    fn gradient<'g>(&self, _: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        Vec::new()
    }

    fn evaluate<T: Precise>(&self, _: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        if run.rows < self.least {
            return Err(Fault::of("train.few_rows")
                .with("expected", self.least)
                .with("found", run.rows));
        }
        Ok(Value::real(&[], vec![T::from_f64(run.rows as f64)]))
    }
}

#[cfg(test)]
mod tests {
    use crate::{Array, Evaluator, Feed, Graph, State};

    #[test]
    fn fewer_rows_are_an_error() {
        let graph = Graph::new();
        graph.output("rows", graph.enough_rows(2));
        let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["rows"]).unwrap();
        let run = |rows| evaluator.run(&mut State::new(), &Feed::rows(rows));
        assert_eq!(run(2).unwrap(), [Array::scalar(2.0)]);
        assert_eq!(run(33).unwrap(), [Array::scalar(33.0)]);
        assert_eq!(run(1).unwrap_err().code(), "train.few_rows");
    }
}
