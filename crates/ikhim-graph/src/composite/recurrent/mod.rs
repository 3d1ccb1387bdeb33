//! Recurrent networks over sequences `[N, steps, …]`, unrolled.
//!
//! A recurrence takes what its inputs contribute to every gate of every step
//! already projected, `x·W + b` as one product over all rows and steps, and adds
//! what the state of the step before contributes, `h·R`. The gates stand beside
//! each other in the order of Keras and PyTorch where those agree:
//!
//! | recurrence | gates | step |
//! |---|---|---|
//! | simple_rnn | | `h = f(x + h·R)` |
//! | lstm | i, f, g, o | `c = σ(f)·c + σ(i)·tanh(g)`, `h = σ(o)·tanh(c)` |
//! | gru | z, r, n | `h = σ(z)·h + (1 − σ(z))·tanh(n)`, `n = x + σ(r)·(h·R + b)` |
//!
//! The lstm is that of Hochreiter and Schmidhuber 1997 with the forget gate of
//! Gers et al. 2000; the gru that of Cho et al. 2014 with the reset gate behind
//! the product, as in PyTorch and in Keras with `reset_after`. PyTorch writes the
//! gates of a gru as r, z, n.
//!
//! A row of a mask that is false leaves the state as it was, so the state after
//! the last step is the state at the length of the row, also where time runs
//! backwards.
//!
//! A recurrence is one primitive, [`Recur`], and its way back another,
//! [`RecurGrad`], whatever the number of steps. [`Recurrence::unroll`] builds the
//! same from primitives, cell by cell: every number of every step is then a value
//! of its own, to look at and to be the oracle. Both give the same bits.
//!
//! The slopes go through the steps once, from the last to the first, and take one
//! product over all rows and steps for the recurrent kernel; the rules of the
//! primitives would take one for each step and pad every slice.

mod gru;
mod lstm;
mod simple_rnn;
mod sizes;
mod slopes;
mod steps;
#[cfg(test)]
mod tests;

pub use gru::GruValues;
pub use lstm::LstmValues;
pub use simple_rnn::RnnActivation;
pub(crate) use slopes::{slopes_by_cells, slopes_of_recur};
pub(crate) use steps::{order, split};

use crate::Tensor;
use crate::autodiff::{Derivative, Rule};
use crate::op::{Cell, Recur};
use sizes::checked;
use slopes::{Back, Slopes, by_inputs};
use std::rc::Rc;
use steps::{at, part};

/// How a recurrence goes through the steps.
///
/// ```
/// use ikhim_graph::Recurrence;
/// let backwards = Recurrence::new().reverse(true);
/// # let _ = backwards;
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Recurrence<'g> {
    mask: Option<Tensor<'g>>,
    keep: Option<Tensor<'g>>,
    reverse: bool,
    unroll: bool,
}

impl<'g> Recurrence<'g> {
    /// From the first step to the last, every step of every row.
    pub fn new() -> Recurrence<'g> {
        Recurrence::default()
    }

    /// Only where the mask, truth values `[N, steps]`, is true; elsewhere the
    /// state stays.
    pub fn mask(mut self, mask: Option<Tensor<'g>>) -> Recurrence<'g> {
        self.mask = mask;
        self
    }

    /// A factor `[N, units]` on the state before it enters the recurrent product:
    /// recurrent dropout with one mask for all steps (Gal and Ghahramani 2016).
    /// It counts as constant for derivatives.
    pub fn keep(mut self, keep: Option<Tensor<'g>>) -> Recurrence<'g> {
        self.keep = keep.map(Tensor::stop_gradient);
        self
    }

    /// From the last step to the first.
    pub fn reverse(mut self, reverse: bool) -> Recurrence<'g> {
        self.reverse = reverse;
        self
    }

    /// Cell by cell from primitives, so that every number of every step is a value
    /// of its own: many nodes, and the same bits.
    pub fn unroll(mut self, unroll: bool) -> Recurrence<'g> {
        self.unroll = unroll;
        self
    }

    /// What the recurrence reads besides the inputs of its cell.
    fn inputs(&self) -> impl Iterator<Item = Tensor<'g>> {
        self.mask.into_iter().chain(self.keep)
    }

    /// The primitive that goes this way.
    fn op(&self, cell: Cell) -> Recur {
        let (mask, keep) = (self.mask.is_some(), self.keep.is_some());
        Recur { cell, mask, keep, reverse: self.reverse }
    }

    /// The state as the recurrent product sees it.
    fn kept(&self, state: Tensor<'g>) -> Tensor<'g> {
        self.keep.map_or(state, |keep| state * keep)
    }

    /// The new state where the mask of a step is true, else the old one.
    fn taken(&self, step: usize, new: Tensor<'g>, old: Tensor<'g>) -> Tensor<'g> {
        self.mask.map_or(new, |mask| mask.slice(1, step..step + 1).select(new, old))
    }
}

/// Builds a recurrence and gives the parts of its value, each `[N, steps, width]`.
/// `cells` builds the same cell by cell.
#[track_caller]
fn build<'g>(
    cell: Cell,
    inputs: &[Tensor<'g>],
    sizes: (usize, usize),
    how: &Recurrence<'g>,
    cells: impl FnOnce() -> Vec<Tensor<'g>>,
) -> Vec<Tensor<'g>> {
    let (units, steps) = sizes;
    let graph = inputs[0].graph();
    let inputs: Vec<Tensor<'g>> = inputs.iter().copied().chain(how.inputs()).collect();
    let op = how.op(cell);
    let by = move |d: &Derivative<'_, '_>| -> Vec<bool> {
        (0..d.outputs.len()).map(|part| d.upstream_of(part).is_some()).collect()
    };
    if how.unroll {
        let rule: Rule = Rc::new(move |d| {
            let upstreams: Vec<_> = (0..by(d).len()).map(|part| d.upstream_of(part)).collect();
            let how = of_inputs(&op, d.inputs, op.start());
            let back = Back {
                kernel: d.inputs[1],
                starts: &d.inputs[op.start()..][..cell.states()],
                parts: d.outputs,
                by: &upstreams,
                how: &how,
            };
            by_inputs(&op, d.inputs, d.outputs[0], back.walk(cell))
        });
        return graph.composite(cell.name(), &inputs, Some(rule), cells);
    }
    let rule: Rule = Rc::new(move |d| {
        let upstreams: Vec<_> = (0..by(d).len()).map(|part| d.upstream_of(part)).collect();
        // The first part is the value itself or cut out of it.
        let mut all = d.outputs[0];
        while all.op_name() != cell.name() {
            all = all.inputs()[0];
        }
        slopes_of_recur(&op, d.inputs, all, &upstreams)
    });
    graph.composite(cell.name(), &inputs, Some(rule), || {
        let all = crate::op::recur(op, &inputs);
        split(all, cell.parts(), steps, units)
    })
}

/// The recurrence whose tensors stand behind the states among the inputs of an op.
fn of_inputs<'g>(op: &Recur, inputs: &[Tensor<'g>], start: usize) -> Recurrence<'g> {
    let mut rest = inputs[start + op.cell.states()..].iter().copied();
    let mask = if op.mask { rest.next() } else { None };
    let keep = if op.keep { rest.next() } else { None };
    Recurrence { mask, keep, reverse: op.reverse, unroll: false }
}

/// What a [`Recur`] computes, cell by cell.
#[cfg(test)]
pub(crate) fn values_by_cells<'g>(op: &Recur, inputs: &[Tensor<'g>]) -> Tensor<'g> {
    let how = of_inputs(op, inputs, op.start()).unroll(true);
    let (x, kernel, start) = (inputs[0], inputs[1], op.start());
    let parts = match op.cell {
        Cell::SimpleRnn(activation) => vec![x.simple_rnn(kernel, inputs[start], activation, how)],
        Cell::Lstm => {
            let values = x.lstm(kernel, inputs[start], inputs[start + 1], how);
            vec![values.states, values.cells, values.gates]
        }
        Cell::Gru => {
            let values = x.gru(kernel, inputs[2], inputs[start], how);
            vec![values.states, values.gates, values.candidates]
        }
    };
    Tensor::concat(&parts.into_iter().map(Tensor::flatten).collect::<Vec<_>>(), 1)
}
