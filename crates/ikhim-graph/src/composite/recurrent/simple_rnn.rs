//! The recurrence of Elman 1990: `h = f(x + h·R)`.
//!
//! Slope for the derivative u by the new h: by x `u·f′`, by R the sum over rows
//! and steps of `hᵀ·(u·f′)`, by the old h `(u·f′)·Rᵀ`, with f′ from the value
//! itself: `1 − h²` for tanh, `h·(1 − h)` for the sigmoid, 0 or 1 for relu.

use super::{Back, Recurrence, Slopes, at, build, checked, order};
use crate::op::Cell;
use crate::{DType, Tensor};
use serde::{Deserialize, Serialize};

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
        let Some((units, steps)) = checked("simple_rnn", 1, self, kernel, &[initial], &how) else {
            return Tensor::faulty(graph);
        };
        let (cell, inputs) = (Cell::SimpleRnn(activation), [self, kernel, initial]);
        let outputs = build(cell, &inputs, (units, steps), &how, || {
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

/// The way back cell by cell.
pub(super) fn slopes<'g>(back: &Back<'_, 'g>, activation: RnnActivation) -> Slopes<'g> {
    let turned = back.kernel.matrix_transpose();
    let mut slopes = vec![back.kernel; back.steps()];
    let by_initial = back.through(|step, _, by_state| {
        slopes[step] = by_state * activation.slope(at(back.parts[0], step));
        back.how.kept(slopes[step].matmul(turned))
    });
    Slopes {
        by_projected: Tensor::stack(&slopes, 1),
        by_candidates: None,
        by_starts: vec![by_initial],
    }
}
