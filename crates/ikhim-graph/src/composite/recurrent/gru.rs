//! The gated recurrent unit with the reset gate behind the product:
//! `a = h·R + b`, `z = σ(x_z + a_z)`, `r = σ(x_r + a_r)`, `n = tanh(x_n + r·a_n)`,
//! `h = z·h + (1 − z)·n`.
//!
//! Slopes for the derivative u by the new h: by n before tanh
//! `dn = u·(1 − z)·(1 − n²)`, by r before σ `dn·a_n·r·(1 − r)`, by z before σ
//! `u·(h_old − n)·z·(1 − z)`; by a the same but `dn·r` for n; by the old h
//! `u·z + da·Rᵀ`, by R the sum of `hᵀ·da`, by b the sum of `da`.

use super::{Back, Recurrence, Slopes, at, build, checked, order, part};
use crate::op::Cell;
use crate::{Dim, Shape, Tensor};
use ikhim_text::Fault;

/// What [`Tensor::gru`] gives.
#[derive(Debug, Clone, Copy)]
pub struct GruValues<'g> {
    /// The state h after each step, `[N, steps, units]`.
    pub states: Tensor<'g>,
    /// The gates z, r, n of each step, `[N, steps, 3 · units]`.
    pub gates: Tensor<'g>,
    /// What the reset gate multiplies, `h·R_n + b_n`, `[N, steps, units]`.
    pub candidates: Tensor<'g>,
}

impl<'g> Tensor<'g> {
    /// A gated recurrent unit over projected inputs `[N, steps, 3 · units]` with
    /// gates z, r, n beside each other, a recurrent kernel `[units, 3 · units]`,
    /// a recurrent bias `[3 · units]`, and the state before the first step,
    /// `[N, units]`.
    #[track_caller]
    pub fn gru(
        self,
        kernel: Tensor<'g>,
        bias: Tensor<'g>,
        initial: Tensor<'g>,
        how: Recurrence<'g>,
    ) -> GruValues<'g> {
        let graph = self.graph();
        let faulty = Tensor::faulty(graph);
        let faulty = GruValues { states: faulty, gates: faulty, candidates: faulty };
        let Some((units, steps)) = checked("gru", 3, self, kernel, &[initial], &how) else {
            return faulty;
        };
        let width = Shape::from(vec![Dim::Fixed(3 * units)]);
        if bias.node().is_none() {
            return faulty;
        }
        if bias.shape() != width {
            let fault = Fault::of("shape.unequal").with("op", "gru").with("expected", width);
            graph.fail(fault.with("found", bias.shape()));
            return faulty;
        }
        let inputs = [self, kernel, bias, initial];
        let outputs = build(Cell::Gru, &inputs, (units, steps), &how, || {
            let mut state = initial;
            let mut states = vec![initial; steps];
            let (mut gates, mut candidates) = (states.clone(), states.clone());
            for step in order(steps, how.reverse) {
                let x = at(self, step);
                let a = how.kept(state).matmul(kernel) + bias;
                let [z, r] =
                    [0, 1].map(|gate| (part(x, gate, units) + part(a, gate, units)).sigmoid());
                let candidate = part(a, 2, units);
                let n = (part(x, 2, units) + r * candidate).tanh();
                state = how.taken(step, z * state + (1.0 - z) * n, state);
                states[step] = state;
                gates[step] = Tensor::concat(&[z, r, n], 1);
                candidates[step] = candidate;
            }
            [states, gates, candidates].iter().map(|parts| Tensor::stack(parts, 1)).collect()
        });
        GruValues { states: outputs[0], gates: outputs[1], candidates: outputs[2] }
    }
}

/// The way back cell by cell.
pub(super) fn slopes<'g>(back: &Back<'_, 'g>) -> Slopes<'g> {
    let (units, how) = (back.units(), back.how);
    let (gates, candidates) = (back.parts[1], back.parts[2]);
    let turned = back.kernel.matrix_transpose();
    let mut by_projected = vec![back.kernel; back.steps()];
    let mut by_candidates = by_projected.clone();
    let by_initial = back.through(|step, place, by_state| {
        let old = back.before(0, place);
        let of_step = at(gates, step);
        let [z, r, n] = [0, 1, 2].map(|gate| part(of_step, gate, units));
        let candidate = at(candidates, step);
        let mut by_n = by_state * (1.0 - z);
        let mut by_z = by_state * (old - n);
        let of_gates = back.by[1].map(|by_gates| at(by_gates, step));
        if let Some(of_gates) = of_gates {
            by_z = by_z + part(of_gates, 0, units);
            by_n = by_n + part(of_gates, 2, units);
        }
        by_n = by_n * (1.0 - n * n);
        let mut by_r = by_n * candidate;
        if let Some(of_gates) = of_gates {
            by_r = by_r + part(of_gates, 1, units);
        }
        let by_candidate = back.with(2, step, by_n * r);
        by_z = by_z * (z * (1.0 - z));
        by_r = by_r * (r * (1.0 - r));
        by_projected[step] = Tensor::concat(&[by_z, by_r, by_n], 1);
        by_candidates[step] = by_candidate;
        let by_product = Tensor::concat(&[by_z, by_r, by_candidate], 1);
        how.kept(by_product.matmul(turned)) + by_state * z
    });
    Slopes {
        by_projected: Tensor::stack(&by_projected, 1),
        by_candidates: Some(Tensor::stack(&by_candidates, 1)),
        by_starts: vec![by_initial],
    }
}
