//! Long short-term memory: `z = x + h·R`, `c = σ(z_f)·c + σ(z_i)·tanh(z_g)`,
//! `h = σ(z_o)·tanh(c)`.
//!
//! Slopes for the derivatives u by the new h and v by the new c, with the gates
//! i, f, g, o as they came out of σ and tanh:
//! `v' = v + u·o·(1 − tanh²c)`, by `z_o` `u·tanh(c)·o·(1 − o)`, by `z_i`
//! `v'·g·i·(1 − i)`, by `z_f` `v'·c_old·f·(1 − f)`, by `z_g` `v'·i·(1 − g²)`, by
//! the old c `v'·f`, by the old h `dz·Rᵀ`, by R the sum of `hᵀ·dz`.

use super::simple_rnn::kept_rows;
use super::{Recurrence, as_rows, at, before, checked, order, part, plus, walk_back};
use crate::Tensor;
use crate::autodiff::{Derivative, Rule};
use std::rc::Rc;

/// What [`Tensor::lstm`] gives.
#[derive(Debug, Clone, Copy)]
pub struct LstmValues<'g> {
    /// The state h after each step, `[N, steps, units]`.
    pub states: Tensor<'g>,
    /// The cell c after each step, `[N, steps, units]`.
    pub cells: Tensor<'g>,
    /// The gates i, f, g, o of each step, `[N, steps, 4 · units]`.
    pub gates: Tensor<'g>,
}

impl<'g> Tensor<'g> {
    /// A long short-term memory over projected inputs `[N, steps, 4 · units]`
    /// with gates i, f, g, o beside each other, a recurrent kernel `[units, 4 ·
    /// units]`, and state and cell before the first step, `[N, units]` both.
    #[track_caller]
    pub fn lstm(
        self,
        kernel: Tensor<'g>,
        initial: Tensor<'g>,
        initial_cell: Tensor<'g>,
        how: Recurrence<'g>,
    ) -> LstmValues<'g> {
        let graph = self.graph();
        let starts = [initial, initial_cell];
        let Some((units, steps)) = checked("lstm", 4, self, kernel, &starts, &how) else {
            let faulty = Tensor::faulty(graph);
            return LstmValues { states: faulty, cells: faulty, gates: faulty };
        };
        let inputs: Vec<Tensor<'g>> =
            [self, kernel, initial, initial_cell].into_iter().chain(how.inputs()).collect();
        let form = how.form();
        let rule: Rule = Rc::new(move |d| slopes(d, units, &form.of(&d.inputs[4..])));
        let outputs = graph.composite("lstm", &inputs, Some(rule), || {
            let (mut state, mut cell) = (initial, initial_cell);
            let mut states = vec![initial; steps];
            let (mut cells, mut gates) = (states.clone(), states.clone());
            for step in order(steps, how.reverse) {
                let z = at(self, step) + how.kept(state).matmul(kernel);
                let [i, f, g, o] = [0, 1, 2, 3].map(|gate| {
                    let z = part(z, gate, units);
                    if gate == 2 { z.tanh() } else { z.sigmoid() }
                });
                let new = f * cell + i * g;
                state = how.taken(step, o * new.tanh(), state);
                cell = how.taken(step, new, cell);
                states[step] = state;
                cells[step] = cell;
                gates[step] = Tensor::concat(&[i, f, g, o], 1);
            }
            [states, cells, gates].iter().map(|parts| Tensor::stack(parts, 1)).collect()
        });
        LstmValues { states: outputs[0], cells: outputs[1], gates: outputs[2] }
    }
}

fn slopes<'g>(
    d: &Derivative<'_, 'g>,
    units: usize,
    how: &Recurrence<'g>,
) -> Vec<Option<Tensor<'g>>> {
    let (kernel, initial, initial_cell) = (d.inputs[1], d.inputs[2], d.inputs[3]);
    let (states, cells, gates) = (d.outputs[0], d.outputs[1], d.outputs[2]);
    let (by_cells, by_gates) = (d.upstream_of(1), d.upstream_of(2));
    let turned = kernel.matrix_transpose();
    let zeros = crate::autodiff::zeros(initial_cell);
    let taken = order(states.dim(1), how.reverse);
    let mut slopes = vec![initial; states.dim(1)];
    let mut carried = zeros;
    let by_initial = walk_back(d, how, initial, |step, place, by_state| {
        if let Some(by_cells) = by_cells {
            carried = plus(carried, zeros, at(by_cells, step));
        }
        let old = if place == 0 { initial_cell } else { at(cells, taken[place - 1]) };
        let of_step = at(gates, step);
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| part(of_step, gate, units));
        let squashed = at(cells, step).tanh();
        let through = by_state * o * (1.0 - squashed * squashed);
        let by_cell = plus(how.taken(step, carried, zeros), zeros, through);
        let mut by = [by_cell * g, by_cell * old, by_cell * i, by_state * squashed];
        if let Some(by_gates) = by_gates {
            let of_step = at(by_gates, step);
            for (gate, by) in by.iter_mut().enumerate() {
                *by = *by + part(of_step, gate, units);
            }
        }
        let [by_i, by_f, by_g, by_o] = by;
        slopes[step] = Tensor::concat(
            &[
                by_i * (i * (1.0 - i)),
                by_f * (f * (1.0 - f)),
                by_g * (1.0 - g * g),
                by_o * (o * (1.0 - o)),
            ],
            1,
        );
        let passed = how.mask.map(|_| how.taken(step, zeros, carried));
        carried = by_cell * f;
        carried = passed.map_or(carried, |passed| carried + passed);
        how.kept(slopes[step].matmul(turned))
    });
    let by_projected = Tensor::stack(&slopes, 1);
    let old = kept_rows(how, before(states, initial, how.reverse));
    let by_kernel = old.matrix_transpose().matmul(as_rows(by_projected));
    let mut all = vec![Some(by_projected), Some(by_kernel), Some(by_initial), Some(carried)];
    all.resize(d.inputs.len(), None);
    all
}
