//! Long short-term memory: `z = x + h·R`, `c = σ(z_f)·c + σ(z_i)·tanh(z_g)`,
//! `h = σ(z_o)·tanh(c)`.
//!
//! Slopes for the derivatives u by the new h and v by the new c, with the gates
//! i, f, g, o as they came out of σ and tanh:
//! `v' = v + u·o·(1 − tanh²c)`, by `z_o` `u·tanh(c)·o·(1 − o)`, by `z_i`
//! `v'·g·i·(1 − i)`, by `z_f` `v'·c_old·f·(1 − f)`, by `z_g` `v'·i·(1 − g²)`, by
//! the old c `v'·f`, by the old h `dz·Rᵀ`, by R the sum of `hᵀ·dz`.

use super::{Back, Recurrence, Slopes, at, build, checked, order, part};
use crate::Tensor;
use crate::op::Cell;

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
        let inputs = [self, kernel, initial, initial_cell];
        let outputs = build(Cell::Lstm, &inputs, (units, steps), &how, || {
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

/// The way back cell by cell.
pub(super) fn slopes<'g>(back: &Back<'_, 'g>) -> Slopes<'g> {
    let (units, how) = (back.units(), back.how);
    let (cells, gates) = (back.parts[1], back.parts[2]);
    let turned = back.kernel.matrix_transpose();
    let zeros = crate::autodiff::zeros(back.starts[1]);
    let mut slopes = vec![zeros; back.steps()];
    let mut carried = zeros;
    let by_initial = back.through(|step, place, by_state| {
        carried = back.with(1, step, carried);
        let old = back.before(1, place);
        let of_step = at(gates, step);
        let [i, f, g, o] = [0, 1, 2, 3].map(|gate| part(of_step, gate, units));
        let squashed = at(cells, step).tanh();
        let through = by_state * o * (1.0 - squashed * squashed);
        let by_cell = how.taken(step, carried, zeros) + through;
        let mut by = [by_cell * g, by_cell * old, by_cell * i, by_state * squashed];
        if let Some(by_gates) = back.by[2] {
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
    Slopes {
        by_projected: Tensor::stack(&slopes, 1),
        by_candidates: None,
        by_starts: vec![by_initial, carried],
    }
}
