//! The recurrence of Elman 1990: `h = f(x + h·R)`.
//!
//! Slope for the derivative u by the new h: by x `u·f′`, by R the sum over rows
//! and steps of `hᵀ·(u·f′)`, by the old h `(u·f′)·Rᵀ`, with f′ from the value
//! itself: `1 − h²` for tanh, `h·(1 − h)` for the sigmoid, 0 or 1 for relu.

use super::{Recurrence, as_rows, at, before, checked, order, walk_back};
use crate::autodiff::Rule;
use crate::{DType, Tensor};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// The function of a simple recurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum RnnActivation {
    /// The hyperbolic tangent.
    #[default]
    Tanh,
    /// The positive part.
    Relu,
    /// The logistic function.
    Sigmoid,
}

impl RnnActivation {
    /// The words that a file may use.
    pub const NAMES: &[&str] = &["tanh", "relu", "sigmoid"];

    fn value(self, x: Tensor<'_>) -> Tensor<'_> {
        match self {
            RnnActivation::Tanh => x.tanh(),
            RnnActivation::Relu => x.relu(),
            RnnActivation::Sigmoid => x.sigmoid(),
        }
    }

    /// The slope from the value.
    fn slope(self, y: Tensor<'_>) -> Tensor<'_> {
        match self {
            RnnActivation::Tanh => 1.0 - y * y,
            RnnActivation::Relu => y.greater(y.number(0.0)).cast(DType::F32),
            RnnActivation::Sigmoid => y * (1.0 - y),
        }
    }
}

impl<'g> Tensor<'g> {
    /// The states `[N, steps, units]` of `h = f(x + h·R)` for projected inputs
    /// `[N, steps, units]`, a recurrent kernel `[units, units]` and the state
    /// before the first step, `[N, units]`.
    #[track_caller]
    pub fn simple_rnn(
        self,
        kernel: Tensor<'g>,
        initial: Tensor<'g>,
        activation: RnnActivation,
        how: Recurrence<'g>,
    ) -> Tensor<'g> {
        let graph = self.graph();
        let Some((_, steps)) = checked("simple_rnn", 1, self, kernel, &[initial], &how) else {
            return Tensor::faulty(graph);
        };
        let inputs: Vec<Tensor<'g>> =
            [self, kernel, initial].into_iter().chain(how.inputs()).collect();
        let form = how.form();
        let rule: Rule = Rc::new(move |d| {
            let (kernel, initial) = (d.inputs[1], d.inputs[2]);
            let how = form.of(&d.inputs[3..]);
            let (states, turned) = (d.outputs[0], kernel.matrix_transpose());
            let mut slopes = vec![initial; states.dim(1)];
            let by_initial = walk_back(d, &how, initial, |step, _, by_state| {
                slopes[step] = by_state * activation.slope(at(states, step));
                how.kept(slopes[step].matmul(turned))
            });
            let by_projected = Tensor::stack(&slopes, 1);
            let old = kept_rows(&how, before(states, initial, form.reverse));
            let by_kernel = old.matrix_transpose().matmul(as_rows(by_projected));
            let mut all = vec![Some(by_projected), Some(by_kernel), Some(by_initial)];
            all.resize(d.inputs.len(), None);
            all
        });
        let outputs = graph.composite("simple_rnn", &inputs, Some(rule), || {
            let mut state = initial;
            let mut states = vec![initial; steps];
            for step in order(steps, how.reverse) {
                let new = activation.value(at(self, step) + how.kept(state).matmul(kernel));
                state = how.taken(step, new, state);
                states[step] = state;
            }
            vec![Tensor::stack(&states, 1)]
        });
        outputs[0]
    }
}

/// States of all steps as the recurrent product saw them, row by row.
pub(super) fn kept_rows<'g>(how: &Recurrence<'g>, states: Tensor<'g>) -> Tensor<'g> {
    as_rows(how.keep.map_or(states, |keep| states * keep.expand_dims(1)))
}
