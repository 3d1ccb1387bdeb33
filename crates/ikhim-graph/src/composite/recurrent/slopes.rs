//! The way back through the steps of a recurrence.

use super::steps::{as_rows, at, before, kept_rows, order, split};
use super::{Recurrence, gru, lstm, of_inputs, simple_rnn};
use crate::autodiff::sum_to;
use crate::op::{Cell, Recur, RecurGrad};
use crate::{Op, Tensor};

/// The derivatives by the inputs of a recurrence, whose value is `all`, from those
/// by the parts of its value.
pub(crate) fn slopes_of_recur<'g>(
    op: &Recur,
    inputs: &[Tensor<'g>],
    all: Tensor<'g>,
    by: &[Option<Tensor<'g>>],
) -> Vec<Option<Tensor<'g>>> {
    let cell = op.cell;
    let (units, steps) = (inputs[1].dim(0), inputs[0].dim(1));
    let mut given = vec![all, inputs[1]];
    given.extend(&inputs[op.start()..]);
    given.extend(by.iter().flatten());
    let mut reached = [false; 3];
    by.iter().zip(&mut reached).for_each(|(by, reached)| *reached = by.is_some());
    let grad = RecurGrad { recur: *op, by: reached };
    let slopes = all.graph().push(Op::RecurGrad(grad), &given);
    if slopes.node().is_none() {
        return vec![None; inputs.len()];
    }
    let mut parts = split(slopes, cell.slope_parts(), steps, units).into_iter();
    let by_projected = parts.next().unwrap_or(slopes);
    let first = cell.slope_parts().iter().sum::<usize>() * steps * units;
    let start = |state: usize| first + state * units..first + (state + 1) * units;
    let slopes = Slopes {
        by_projected,
        by_candidates: parts.next(),
        by_starts: (0..cell.states()).map(|state| slopes.slice(1, start(state))).collect(),
    };
    let states = split(all, cell.parts(), steps, units)[0];
    by_inputs(op, inputs, states, slopes)
}

/// What a [`RecurGrad`] computes, cell by cell.
pub(crate) fn slopes_by_cells<'g>(grad: &RecurGrad, inputs: &[Tensor<'g>]) -> Tensor<'g> {
    let cell = grad.recur.cell;
    let units = inputs[1].dim(0);
    let in_step = units * cell.parts().iter().sum::<usize>();
    let steps = inputs[0].dim(1) / in_step;
    let how = of_inputs(&grad.recur, inputs, 2);
    let by: Vec<Option<Tensor<'g>>> =
        (0..cell.parts().len()).map(|part| grad.by_at(part).map(|at| inputs[at])).collect();
    let back = Back {
        kernel: inputs[1],
        starts: &inputs[2..2 + cell.states()],
        parts: &split(inputs[0], cell.parts(), steps, units),
        by: &by,
        how: &how,
    };
    let slopes = back.walk(cell);
    let flat = [slopes.by_projected].into_iter().chain(slopes.by_candidates);
    let all: Vec<Tensor<'g>> = flat.map(Tensor::flatten).chain(slopes.by_starts).collect();
    Tensor::concat(&all, 1)
}

/// What the way back through the steps gives.
pub(super) struct Slopes<'g> {
    /// The derivative by what the inputs give to the gates, `[N, steps, gates ·
    /// units]`.
    pub(super) by_projected: Tensor<'g>,
    /// That by what the reset gate of a gru multiplies, `[N, steps, units]`.
    pub(super) by_candidates: Option<Tensor<'g>>,
    /// Those by the states before the first step.
    pub(super) by_starts: Vec<Tensor<'g>>,
}

/// The derivatives by the inputs of a recurrence with these states.
pub(super) fn by_inputs<'g>(
    op: &Recur,
    inputs: &[Tensor<'g>],
    states: Tensor<'g>,
    slopes: Slopes<'g>,
) -> Vec<Option<Tensor<'g>>> {
    let how = of_inputs(op, inputs, op.start());
    let units = inputs[1].dim(0);
    let by_product = match slopes.by_candidates {
        None => slopes.by_projected,
        Some(by_candidates) => {
            let gates = slopes.by_projected.slice(2, 0..2 * units);
            Tensor::concat(&[gates, by_candidates], 2)
        }
    };
    let old = kept_rows(&how, before(states, inputs[op.start()], op.reverse));
    let by_kernel = old.matrix_transpose().matmul(as_rows(by_product));
    let mut all = vec![Some(slopes.by_projected), Some(by_kernel)];
    if let Some(bias) = op.bias() {
        all.push(Some(sum_to(by_product, &inputs[bias].shape())));
    }
    all.extend(slopes.by_starts.into_iter().map(Some));
    all.resize(inputs.len(), None);
    all
}

/// What the way back through the steps reads.
pub(super) struct Back<'a, 'g> {
    pub(super) kernel: Tensor<'g>,
    /// The states before the first step.
    pub(super) starts: &'a [Tensor<'g>],
    /// The parts of the recurrence's value.
    pub(super) parts: &'a [Tensor<'g>],
    /// The derivative by each of them.
    pub(super) by: &'a [Option<Tensor<'g>>],
    pub(super) how: &'a Recurrence<'g>,
}

impl<'g> Back<'_, 'g> {
    /// The way back cell by cell.
    pub(super) fn walk(&self, cell: Cell) -> Slopes<'g> {
        match cell {
            Cell::SimpleRnn(activation) => simple_rnn::slopes(self, activation),
            Cell::Lstm => lstm::slopes(self),
            Cell::Gru => gru::slopes(self),
        }
    }

    pub(super) fn steps(&self) -> usize {
        self.parts[0].dim(1)
    }

    pub(super) fn units(&self) -> usize {
        self.kernel.dim(0)
    }

    /// A state before each step that is taken, by its place.
    pub(super) fn before(&self, state: usize, place: usize) -> Tensor<'g> {
        let taken = order(self.steps(), self.how.reverse);
        match place.checked_sub(1) {
            None => self.starts[state],
            Some(place) => at(self.parts[state], taken[place]),
        }
    }

    /// The derivative by a part of a step, added to what there is.
    pub(super) fn with(&self, part: usize, step: usize, sum: Tensor<'g>) -> Tensor<'g> {
        self.by[part].map_or(sum, |by| sum + at(by, step))
    }

    /// Walks from the last step that was taken to the first with the derivative by
    /// the state after it, and gives the derivative by the state before the first.
    ///
    /// `step` gets the step, its place, and the derivative by its new state, and
    /// gives the derivative by its old one; where the mask is false the derivative
    /// goes by the step as it is.
    pub(super) fn through(
        &self,
        mut step: impl FnMut(usize, usize, Tensor<'g>) -> Tensor<'g>,
    ) -> Tensor<'g> {
        let how = self.how;
        let zeros = crate::autodiff::zeros(self.starts[0]);
        let mut carried = zeros;
        for (place, taken) in order(self.steps(), how.reverse).into_iter().enumerate().rev() {
            carried = self.with(0, taken, carried);
            let new = how.taken(taken, carried, zeros);
            let passed = how.mask.map(|_| how.taken(taken, zeros, carried));
            let old = step(taken, place, new);
            carried = passed.map_or(old, |passed| old + passed);
        }
        carried
    }
}
