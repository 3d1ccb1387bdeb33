//! Recurrences: rows go through all steps together, each step a product over them
//! and the functions of its gates.

use super::Span;
use crate::kernel::{Apart, Product, StepBack, StepForth, panel_width};
use ikhim_graph::op::{Recur, RecurGrad};
use ikhim_graph::{Dim, Shape};

/// A recurrence or its slopes. A unit is a row of the batch.
#[derive(Debug, Clone)]
pub(crate) struct Recurrence {
    recur: Recur,
    grad: Option<RecurGrad>,
    rows: usize,
    steps: usize,
    /// Values of a state.
    width: usize,
    /// Columns of a panel of the recurrent kernel.
    panel: usize,
}

/// The most rows that go through the steps together.
const GROUP: usize = 32;

impl Recurrence {
    pub(super) fn new(
        recur: &Recur,
        grad: Option<RecurGrad>,
        inputs: &[&Shape],
        shape: &Shape,
        rows: usize,
        level: crate::Level,
    ) -> Recurrence {
        let size = |dim: Dim| match dim {
            Dim::Fixed(size) | Dim::Batch(size) => size,
        };
        let width = size(inputs[1][0]);
        let steps = match grad {
            None => size(inputs[0][1]),
            Some(_) => size(inputs[0][1]) / (width * recur.cell.parts().iter().sum::<usize>()),
        };
        let gates = recur.cell.gates() * width;
        let columns = if grad.is_some() { width } else { gates };
        Recurrence {
            recur: *recur,
            grad,
            rows: shape[0].size(rows),
            steps,
            width,
            panel: panel_width(level, columns),
        }
    }

    pub(super) fn units(&self) -> usize {
        self.rows
    }

    pub(super) fn tile(&self) -> usize {
        GROUP
    }

    fn gates(&self) -> usize {
        self.recur.cell.gates() * self.width
    }

    /// What each of the rows that go together needs: the sums of the product, and
    /// up to five states.
    pub(super) fn scratch(&self) -> usize {
        GROUP * (self.gates() + 5 * self.width)
    }

    /// The steps in the order in which they are taken.
    fn step(&self, place: usize) -> usize {
        if self.recur.reverse { self.steps - 1 - place } else { place }
    }

    /// Where a step of a part begins, and the distance between rows.
    fn part(&self, parts: &[usize], part: usize, step: usize) -> usize {
        let before: usize = parts[..part].iter().sum();
        (before * self.steps + parts[part] * step) * self.width
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let mut first = span.units.start;
        while first < span.units.end {
            let rows = (span.units.end - first).min(GROUP);
            // SAFETY: The rows are some of the span's.
            unsafe {
                match &self.grad {
                    None => self.forth(span, first, rows),
                    Some(grad) => self.back(span, grad, first, rows),
                }
            }
            first += rows;
        }
    }

    /// An input from a row on.
    fn rows_of(&self, span: &Span<'_>, input: usize, first: usize, stride: usize) -> Apart {
        Apart { base: span.input(input).wrapping_add(first * stride).cast_mut(), stride }
    }

    unsafe fn product(
        &self,
        span: &Span<'_>,
        a: *const f32,
        c: *mut f32,
        [rows, k, n]: [usize; 3],
    ) {
        let product = Product {
            a,
            a_stride: k,
            b: span.input(1),
            width: self.panel,
            c,
            c_stride: n,
            rows,
            k,
            n,
        };
        // SAFETY: As the caller promises.
        unsafe { (span.kernels.product)(&product) }
    }

    unsafe fn forth(&self, span: &Span<'_>, first: usize, rows: usize) {
        let Recurrence { recur, steps, width, .. } = self;
        let (steps, width, gates) = (*steps, *width, self.gates());
        let parts = recur.cell.parts();
        let in_row = parts.iter().sum::<usize>() * steps * width;
        let out = span.out.wrapping_add(first * in_row);
        let sums = span.scratch;
        let kept = sums.wrapping_add(GROUP * gates);
        let start = |state: usize| self.rows_of(span, recur.start() + state, first, width);
        let keep = recur.keep_at().map(|at| self.rows_of(span, at, first, width));
        let bias = recur.bias().map_or(std::ptr::null(), |at| span.input(at));
        // SAFETY: The scratch has room for the rows, and the rest is the inputs' and
        // the result's.
        unsafe {
            for row in 0..rows {
                for unit in 0..width {
                    let state = *start(0).row(row).add(unit);
                    let factor = keep.map(|keep| *keep.row(row).add(unit));
                    *kept.add(row * width + unit) = factor.map_or(state, |factor| state * factor);
                }
            }
            for place in 0..steps {
                let step = self.step(place);
                self.product(span, kept, sums, [rows, width, gates]);
                let before = |state: usize| match place.checked_sub(1) {
                    None => start(state),
                    Some(before) => {
                        let at = self.part(parts, state, self.step(before));
                        Apart { base: out.wrapping_add(at), stride: in_row }
                    }
                };
                let part = |part: usize| match parts.get(part) {
                    None => std::ptr::null_mut(),
                    Some(_) => out.wrapping_add(self.part(parts, part, step)),
                };
                let states = recur.cell.states();
                (span.kernels.step_forth)(&StepForth {
                    cell: recur.cell,
                    rows,
                    width,
                    x: self.rows_of(span, 0, first, steps * gates).further(step * gates),
                    sums,
                    bias,
                    before: [before(0), if states > 1 { before(1) } else { before(0) }],
                    mask: recur
                        .mask_at()
                        .map(|at| self.rows_of(span, at, first, steps).further(step)),
                    keep,
                    out: [part(0), part(1), part(2)],
                    stride: in_row,
                    kept,
                });
            }
        }
    }

    unsafe fn back(&self, span: &Span<'_>, grad: &RecurGrad, first: usize, rows: usize) {
        let Recurrence { recur, steps, width, .. } = self;
        let (steps, width, gates) = (*steps, *width, self.gates());
        let (cell, parts) = (recur.cell, recur.cell.parts());
        let in_row = parts.iter().sum::<usize>() * steps * width;
        let given = self.rows_of(span, 0, first, in_row);
        let slope_parts = cell.slope_parts();
        let starts = slope_parts.iter().sum::<usize>() * steps * width;
        let out_row = starts + cell.states() * width;
        let out = span.out.wrapping_add(first * out_row);
        let sums = span.scratch;
        let state = |at: usize| sums.wrapping_add(GROUP * (gates + at * width));
        let (carried, beside, passed) = ([state(0), state(1)], state(2), state(3));
        let keep = grad.keep_at().map(|at| self.rows_of(span, at, first, width));
        let mask = grad.mask_at();
        // SAFETY: The scratch has room for the rows, and the rest is the inputs' and
        // the result's.
        unsafe {
            for carried in &carried[..cell.states()] {
                carried.write_bytes(0, rows * width);
            }
            for place in (0..steps).rev() {
                let step = self.step(place);
                let before = |at: usize| match place.checked_sub(1) {
                    None => self.rows_of(span, 2 + at, first, width),
                    Some(before) => given.further(self.part(parts, at, self.step(before))),
                };
                let by = |part: usize| {
                    let width = parts.get(part)? * width;
                    let at = grad.by_at(part)?;
                    Some(self.rows_of(span, at, first, steps * width).further(step * width))
                };
                let slopes = |part: usize| match slope_parts.get(part) {
                    None => std::ptr::null_mut(),
                    Some(_) => out.wrapping_add(self.part(slope_parts, part, step)),
                };
                let part = |part: usize| match parts.get(part) {
                    None => std::ptr::null(),
                    Some(_) => given.further(self.part(parts, part, step)).row(0).cast_const(),
                };
                (span.kernels.step_back)(&StepBack {
                    cell,
                    rows,
                    width,
                    parts: [part(0), part(1), part(2)],
                    parts_stride: in_row,
                    before: [before(0), if cell.states() > 1 { before(1) } else { before(0) }],
                    by: [by(0), by(1), by(2)],
                    mask: mask.map(|at| self.rows_of(span, at, first, steps).further(step)),
                    carried,
                    slopes: [slopes(0), slopes(1)],
                    stride: out_row,
                    sums,
                    beside,
                    passed,
                });
                self.product(span, sums, carried[0], [rows, gates, width]);
                let by_state = std::slice::from_raw_parts_mut(carried[0], rows * width);
                if let Some(keep) = keep {
                    for (row, by_state) in by_state.chunks_mut(width).enumerate() {
                        let keep = std::slice::from_raw_parts(keep.row(row), width);
                        by_state.iter_mut().zip(keep).for_each(|(slope, keep)| *slope *= keep);
                    }
                }
                let added = [cell.has_bias().then_some(beside), mask.map(|_| passed)];
                for added in added.into_iter().flatten() {
                    let added = std::slice::from_raw_parts(added, rows * width);
                    by_state.iter_mut().zip(added).for_each(|(slope, added)| *slope += added);
                }
            }
            for row in 0..rows {
                for (at, carried) in carried[..cell.states()].iter().enumerate() {
                    let to = out.add(row * out_row + starts + at * width);
                    to.copy_from_nonoverlapping(carried.add(row * width), width);
                }
            }
        }
    }
}
