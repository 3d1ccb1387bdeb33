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
mod one_hot;
mod power;
mod softmax;

use crate::Tensor;
use crate::autodiff::{Derivative, Rule};
use ikhim_text::Fault;
use std::fmt::Display;
use std::rc::Rc;

impl<'g> Tensor<'g> {
    /// A composite of this value alone.
    #[track_caller]
    fn composed(
        self,
        name: &'static str,
        rule: Option<Rule>,
        body: impl FnOnce(Tensor<'g>) -> Tensor<'g>,
    ) -> Tensor<'g> {
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
