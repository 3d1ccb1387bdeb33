//! Composites: operations made of primitives. Their primitives are their
//! reference evaluation; some have a gradient rule of their own that is shorter
//! or more exact than the rules of their parts.

mod activation;
mod clip;
mod cross_entropy;
mod dropout;
mod like;
mod logistic;
mod maxout;
mod normalization;
mod one_hot;
mod pool;
mod power;
pub(crate) mod recurrent;
mod softmax;

pub use normalization::BatchNorm;
pub use recurrent::{GruValues, LstmValues, Recurrence, RnnActivation};

use crate::autodiff::{Derivative, Rule};
use crate::{DType, Tensor};
use ikhim_text::Fault;
use std::fmt::Display;
use std::rc::Rc;

impl<'g> Tensor<'g> {
    /// A composite of this value alone, which must be real.
    #[track_caller]
    fn composed(
        self,
        name: &'static str,
        rule: Option<Rule>,
        body: impl FnOnce(Tensor<'g>) -> Tensor<'g>,
    ) -> Tensor<'g> {
        if self.dtype() != DType::F32 {
            let fault = Fault::of("shape.dtype").with("op", name).with("expected", DType::F32);
            return self.graph().fail(fault.with("found", self.dtype()));
        }
        let output = self.graph().composite(name, &[self], rule, || vec![body(self)]);
        output.first().copied().unwrap_or(self)
    }

    /// The fault of a number that the op `name` cannot be given.
    #[track_caller]
    fn refuse(self, name: &str, setting: &str, expected: &str, found: impl Display) -> Tensor<'g> {
        let fault = Fault::of("shape.setting")
            .with("op", name)
            .with("setting", setting)
            .with("expected", expected)
            .with("found", found);
        self.graph().fail(fault)
    }
}

/// The gradient rule of a composite of one input: the derivative by it.
fn slope(
    by_input: impl for<'a, 'g> Fn(&Derivative<'a, 'g>) -> Tensor<'g> + 'static,
) -> Option<Rule> {
    Some(Rc::new(move |derivative| vec![Some(by_input(derivative))]))
}

#[cfg(test)]
mod tests {
    use crate::{Array, DType, Evaluator, Feed, Graph, N, State, gradients};

    #[test]
    fn a_rule_stands_in_for_the_nodes() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N]);
        let loss = x.sigmoid().sum_all();
        gradients(loss, &[x]);
        let definition = graph.finish().unwrap();
        let count = |name| definition.nodes().iter().filter(|n| n.op.name() == name).count();
        // The primitives' own rules would divide and take exponentials again.
        assert_eq!((count("divide"), count("exp")), (1, 1));
        assert_eq!(definition.composites()[0].name, "sigmoid");
    }

    #[test]
    fn a_value_inside_is_differentiated_node_by_node() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N]);
        x.sigmoid();
        // The first node of a sigmoid is −x.
        let inner = graph.tensors()[1];
        assert_eq!(inner.op_name(), "negate");
        let slope = gradients(inner.sum_all(), &[x])[0];
        graph.output("slope", slope);
        let definition = graph.finish().unwrap();
        let evaluator = Evaluator::<f32>::new(definition.into(), &["slope"]).unwrap();
        let value = Array::f32(&[2], vec![0.5, -3.0]);
        let found = evaluator.run(&mut State::default(), &Feed::rows(2).input("x", &value));
        assert_eq!(found.unwrap(), [Array::f32(&[2], vec![-1.0, -1.0])]);
    }

    #[test]
    fn a_fault_inside_is_located_at_the_caller() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 3.into()]);
        let targets = graph.input("targets", DType::Bool, &[N, 3.into()]);
        let line = line!() + 1;
        x.cross_entropy(targets);
        let fault = graph.finish().unwrap_err();
        let location = fault.location();
        assert!(location.file.as_ref().unwrap().ends_with("src/composite/mod.rs"));
        assert_eq!(location.line, Some(line as usize));
    }

    #[test]
    fn a_fault_of_type_names_the_composite() {
        let graph = Graph::new();
        graph.input("x", DType::I32, &[N]).relu();
        let fault = graph.finish().unwrap_err();
        assert_eq!((fault.code(), fault.argument("op")), ("shape.dtype", Some("relu")));
    }
}
