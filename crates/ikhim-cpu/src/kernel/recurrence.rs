//! What a recurrence does in a step beside its product: the functions of the gates
//! and the new state, and the slopes of both.
//!
//! Every element is one operation after the other as the reference evaluation has
//! them: a product and a sum are never joined.

use super::pack::{load_some, store_some};
use crate::vector::Vector;
use ikhim_graph::RnnActivation;
use ikhim_graph::op::Cell;

/// Rows of numbers some distance apart.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Apart {
    pub(crate) base: *mut f32,
    pub(crate) stride: usize,
}

impl Apart {
    /// A row.
    #[inline(always)]
    pub(crate) fn row(self, row: usize) -> *mut f32 {
        self.base.wrapping_add(row * self.stride)
    }

    /// The same rows from a further number on.
    pub(crate) fn further(self, by: usize) -> Apart {
        Apart { base: self.base.wrapping_add(by), ..self }
    }
}

/// A step of some rows.
pub(crate) struct StepForth {
    pub(crate) cell: Cell,
    pub(crate) rows: usize,
    /// Values of a state.
    pub(crate) width: usize,
    /// What the inputs give to the gates.
    pub(crate) x: Apart,
    /// What the product of the states gives to the gates, row after row.
    pub(crate) sums: *const f32,
    /// What is added to that, or null.
    pub(crate) bias: *const f32,
    /// The states before the step.
    pub(crate) before: [Apart; 2],
    /// Whether each row takes the step.
    pub(crate) mask: Option<Apart>,
    /// A factor on the new state before the next product.
    pub(crate) keep: Option<Apart>,
    /// The parts of the step's value in the first row, `stride` numbers apart.
    pub(crate) out: [*mut f32; 3],
    pub(crate) stride: usize,
    /// The new state as the next product sees it, row after row.
    pub(crate) kept: *mut f32,
}

/// The way back through a step of some rows.
pub(crate) struct StepBack {
    pub(crate) cell: Cell,
    pub(crate) rows: usize,
    /// Values of a state.
    pub(crate) width: usize,
    /// The parts of the step's value in the first row.
    pub(crate) parts: [*const f32; 3],
    pub(crate) parts_stride: usize,
    /// The states before the step.
    pub(crate) before: [Apart; 2],
    /// The derivative by each part.
    pub(crate) by: [Option<Apart>; 3],
    /// Whether each row took the step.
    pub(crate) mask: Option<Apart>,
    /// The derivatives by the states after the step, row after row; that by the
    /// cell becomes the one by the cell before it.
    pub(crate) carried: [*mut f32; 2],
    /// The slopes of the step in the first row, `stride` numbers apart.
    pub(crate) slopes: [*mut f32; 2],
    pub(crate) stride: usize,
    /// The slopes by what the product gave, row after row.
    pub(crate) sums: *mut f32,
    /// What goes by the product of a gru, row after row.
    pub(crate) beside: *mut f32,
    /// What goes by a step that a row did not take, row after row.
    pub(crate) passed: *mut f32,
}

/// Computes a step.
///
/// # Safety
/// The rows can be read and written as described, and what is written overlaps
/// nothing.
#[inline(always)]
pub(super) unsafe fn forth<V: Vector>(step: &StepForth) {
    // SAFETY: As the caller promises.
    unsafe {
        match step.cell {
            Cell::SimpleRnn(activation) => simple_rnn::<V>(step, activation),
            Cell::Lstm => lstm::<V>(step),
            Cell::Gru => gru::<V>(step),
        }
    }
}

/// Computes the slopes of a step.
///
/// # Safety
/// As for [`forth`].
#[inline(always)]
pub(super) unsafe fn back<V: Vector>(step: &StepBack) {
    // SAFETY: As the caller promises.
    unsafe {
        match step.cell {
            Cell::SimpleRnn(activation) => simple_rnn_back::<V>(step, activation),
            Cell::Lstm => lstm_back::<V>(step),
            Cell::Gru => gru_back::<V>(step),
        }
    }
}

/// Whether a row takes the step.
#[inline(always)]
unsafe fn is_taken(mask: &Option<Apart>, row: usize) -> bool {
    match mask {
        None => true,
        // SAFETY: The mask has a truth value for the row.
        Some(mask) => unsafe { (*mask.row(row)).to_bits() != 0 },
    }
}

#[inline(always)]
fn sigmoid<V: Vector>(x: V) -> V {
    V::splat(1.0) / ((-x).exp() + V::splat(1.0))
}

#[inline(always)]
fn function<V: Vector>(activation: RnnActivation, x: V) -> V {
    match activation {
        RnnActivation::Tanh => x.tanh(),
        RnnActivation::Sigmoid => sigmoid(x),
        _ => {
            let zero = V::splat(0.0);
            V::select(x.is_less(zero) | x.is_equal(zero), zero, x)
        }
    }
}

#[inline(always)]
fn slope<V: Vector>(activation: RnnActivation, y: V) -> V {
    let one = V::splat(1.0);
    match activation {
        RnnActivation::Tanh => one - y * y,
        RnnActivation::Sigmoid => y * (one - y),
        _ => V::select(V::splat(0.0).is_less(y), one, V::splat(0.0)),
    }
}

/// The new state of some units, for the next product too.
#[inline(always)]
unsafe fn put_state<V: Vector>(step: &StepForth, row: usize, at: usize, state: V) {
    let count = step.width - at;
    // SAFETY: As the caller promises.
    unsafe {
        store_some(state, step.out[0].add(row * step.stride + at), count);
        let kept = match step.keep {
            None => state,
            Some(keep) => state * load_some::<V>(keep.row(row).add(at), count),
        };
        store_some(kept, step.kept.add(row * step.width + at), count);
    }
}

#[inline(always)]
unsafe fn simple_rnn<V: Vector>(step: &StepForth, activation: RnnActivation) {
    let width = step.width;
    for row in 0..step.rows {
        // SAFETY: As the caller promises.
        unsafe {
            let taken = is_taken(&step.mask, row);
            let (x, sums) = (step.x.row(row), step.sums.add(row * width));
            for at in (0..width).step_by(V::LANES) {
                let count = width - at;
                let sum = load_some::<V>(x.add(at), count) + load_some(sums.add(at), count);
                let mut state = function(activation, sum);
                if !taken {
                    state = load_some(step.before[0].row(row).add(at), count);
                }
                put_state(step, row, at, state);
            }
        }
    }
}

#[inline(always)]
unsafe fn lstm<V: Vector>(step: &StepForth) {
    let width = step.width;
    for row in 0..step.rows {
        // SAFETY: As the caller promises.
        unsafe {
            let taken = is_taken(&step.mask, row);
            let (x, sums) = (step.x.row(row), step.sums.add(row * 4 * width));
            let (old_state, old_cell) = (step.before[0].row(row), step.before[1].row(row));
            let cells = step.out[1].add(row * step.stride);
            let gates = step.out[2].add(row * step.stride);
            for at in (0..width).step_by(V::LANES) {
                let count = width - at;
                let mut z = [V::splat(0.0); 4];
                for gate in 0..4 {
                    let place = gate * width + at;
                    z[gate] =
                        load_some::<V>(x.add(place), count) + load_some(sums.add(place), count);
                }
                let [i, f, g, o] = [sigmoid(z[0]), sigmoid(z[1]), z[2].tanh(), sigmoid(z[3])];
                let old = load_some::<V>(old_cell.add(at), count);
                let mut cell = f * old + i * g;
                let mut state = o * cell.tanh();
                if !taken {
                    cell = old;
                    state = load_some(old_state.add(at), count);
                }
                store_some(i, gates.add(at), count);
                store_some(f, gates.add(width + at), count);
                store_some(g, gates.add(2 * width + at), count);
                store_some(o, gates.add(3 * width + at), count);
                store_some(cell, cells.add(at), count);
                put_state(step, row, at, state);
            }
        }
    }
}

#[inline(always)]
unsafe fn gru<V: Vector>(step: &StepForth) {
    let width = step.width;
    for row in 0..step.rows {
        // SAFETY: As the caller promises.
        unsafe {
            let taken = is_taken(&step.mask, row);
            let (x, sums) = (step.x.row(row), step.sums.add(row * 3 * width));
            let gates = step.out[1].add(row * step.stride);
            let candidates = step.out[2].add(row * step.stride);
            for at in (0..width).step_by(V::LANES) {
                let count = width - at;
                let (mut x_of, mut a_of) = ([V::splat(0.0); 3], [V::splat(0.0); 3]);
                for gate in 0..3 {
                    let place = gate * width + at;
                    x_of[gate] = load_some(x.add(place), count);
                    a_of[gate] = load_some::<V>(sums.add(place), count)
                        + load_some(step.bias.add(place), count);
                }
                let (z, r) = (sigmoid(x_of[0] + a_of[0]), sigmoid(x_of[1] + a_of[1]));
                let n = (x_of[2] + r * a_of[2]).tanh();
                let old = load_some::<V>(step.before[0].row(row).add(at), count);
                let mut state = z * old + (V::splat(1.0) - z) * n;
                if !taken {
                    state = old;
                }
                store_some(z, gates.add(at), count);
                store_some(r, gates.add(width + at), count);
                store_some(n, gates.add(2 * width + at), count);
                store_some(a_of[2], candidates.add(at), count);
                put_state(step, row, at, state);
            }
        }
    }
}

/// A derivative with that by a part of the step's value added, if there is one.
#[inline(always)]
unsafe fn with<V: Vector>(by: &Option<Apart>, row: usize, at: usize, count: usize, slope: V) -> V {
    match by {
        None => slope,
        // SAFETY: As the caller promises.
        Some(by) => unsafe { slope + load_some(by.row(row).add(at), count) },
    }
}

/// The derivative by the new state of some units; that of a row that did not take
/// the step goes by it.
#[inline(always)]
unsafe fn by_state<V: Vector>(step: &StepBack, row: usize, at: usize, taken: bool) -> V {
    let (count, place) = (step.width - at, row * step.width + at);
    // SAFETY: As the caller promises.
    unsafe {
        let carried = load_some(step.carried[0].add(place), count);
        let slope: V = with(&step.by[0], row, at, count, carried);
        if step.mask.is_none() {
            return slope;
        }
        let zero = V::splat(0.0);
        let (new, passed) = if taken { (slope, zero) } else { (zero, slope) };
        store_some(passed, step.passed.add(place), count);
        new
    }
}

#[inline(always)]
unsafe fn simple_rnn_back<V: Vector>(step: &StepBack, activation: RnnActivation) {
    let width = step.width;
    for row in 0..step.rows {
        // SAFETY: As the caller promises.
        unsafe {
            let taken = is_taken(&step.mask, row);
            let states = step.parts[0].add(row * step.parts_stride);
            for at in (0..width).step_by(V::LANES) {
                let count = width - at;
                let u: V = by_state(step, row, at, taken);
                let d = u * slope(activation, load_some::<V>(states.add(at), count));
                store_some(d, step.slopes[0].add(row * step.stride + at), count);
                store_some(d, step.sums.add(row * width + at), count);
            }
        }
    }
}

#[inline(always)]
unsafe fn lstm_back<V: Vector>(step: &StepBack) {
    let width = step.width;
    let (zero, one) = (V::splat(0.0), V::splat(1.0));
    for row in 0..step.rows {
        // SAFETY: As the caller promises.
        unsafe {
            let taken = is_taken(&step.mask, row);
            let cells = step.parts[1].add(row * step.parts_stride);
            let gates = step.parts[2].add(row * step.parts_stride);
            let slopes = step.slopes[0].add(row * step.stride);
            let sums = step.sums.add(row * 4 * width);
            let carried = step.carried[1].add(row * width);
            for at in (0..width).step_by(V::LANES) {
                let count = width - at;
                let u: V = by_state(step, row, at, taken);
                let given = load_some(carried.add(at), count);
                let given: V = with(&step.by[1], row, at, count, given);
                let v = if taken { given } else { zero };
                let i = load_some::<V>(gates.add(at), count);
                let f = load_some::<V>(gates.add(width + at), count);
                let g = load_some::<V>(gates.add(2 * width + at), count);
                let o = load_some::<V>(gates.add(3 * width + at), count);
                let squashed = load_some::<V>(cells.add(at), count).tanh();
                let through = u * o * (one - squashed * squashed);
                let by_cell = v + through;
                let old = load_some::<V>(step.before[1].row(row).add(at), count);
                let mut by = [by_cell * g, by_cell * old, by_cell * i, u * squashed];
                for gate in 0..4 {
                    by[gate] = with(&step.by[2], row, gate * width + at, count, by[gate]);
                }
                let d = [
                    by[0] * (i * (one - i)),
                    by[1] * (f * (one - f)),
                    by[2] * (one - g * g),
                    by[3] * (o * (one - o)),
                ];
                for gate in 0..4 {
                    store_some(d[gate], slopes.add(gate * width + at), count);
                    store_some(d[gate], sums.add(gate * width + at), count);
                }
                let mut before = by_cell * f;
                if step.mask.is_some() {
                    before = before + if taken { zero } else { given };
                }
                store_some(before, carried.add(at), count);
            }
        }
    }
}

#[inline(always)]
unsafe fn gru_back<V: Vector>(step: &StepBack) {
    let width = step.width;
    let one = V::splat(1.0);
    for row in 0..step.rows {
        // SAFETY: As the caller promises.
        unsafe {
            let taken = is_taken(&step.mask, row);
            let gates = step.parts[1].add(row * step.parts_stride);
            let candidates = step.parts[2].add(row * step.parts_stride);
            let slopes = step.slopes[0].add(row * step.stride);
            let by_candidates = step.slopes[1].add(row * step.stride);
            let sums = step.sums.add(row * 3 * width);
            for at in (0..width).step_by(V::LANES) {
                let count = width - at;
                let u: V = by_state(step, row, at, taken);
                let z = load_some::<V>(gates.add(at), count);
                let r = load_some::<V>(gates.add(width + at), count);
                let n = load_some::<V>(gates.add(2 * width + at), count);
                let candidate = load_some::<V>(candidates.add(at), count);
                let old = load_some::<V>(step.before[0].row(row).add(at), count);
                let by_n = u * (one - z);
                let by_n: V = with(&step.by[1], row, 2 * width + at, count, by_n);
                let by_z: V = with(&step.by[1], row, at, count, u * (old - n));
                let by_n = by_n * (one - n * n);
                let by_r: V = with(&step.by[1], row, width + at, count, by_n * candidate);
                let by_candidate: V = with(&step.by[2], row, at, count, by_n * r);
                let by_z = by_z * (z * (one - z));
                let by_r = by_r * (r * (one - r));
                store_some(by_z, slopes.add(at), count);
                store_some(by_r, slopes.add(width + at), count);
                store_some(by_n, slopes.add(2 * width + at), count);
                store_some(by_candidate, by_candidates.add(at), count);
                store_some(by_z, sums.add(at), count);
                store_some(by_r, sums.add(width + at), count);
                store_some(by_candidate, sums.add(2 * width + at), count);
                store_some(u * z, step.beside.add(row * width + at), count);
            }
        }
    }
}
