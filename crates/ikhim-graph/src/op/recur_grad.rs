//! The slopes of a [`Recur`](super::Recur): for each row the way back through the
//! steps, from the last that was taken to the first.
//!
//! With u the derivative by the state after a step and v that by the cell:
//!
//! | cell | by the gates before their functions | by the state before |
//! |---|---|---|
//! | simple_rnn | `d = u·f′` | `d·Rᵀ` |
//! | lstm | with `v' = v + u·o·(1 − tanh²c)`: `v'·g·i·(1 − i)`, `v'·c_old·f·(1 − f)`, `v'·i·(1 − g²)`, `u·tanh(c)·o·(1 − o)` | `d·Rᵀ`, and `v'·f` by the cell |
//! | gru | `dn = u·(1 − z)·(1 − n²)`, `u·(h_old − n)·z·(1 − z)`, `dn·a_n·r·(1 − r)`; by `a` the same but `dn·r` for n | `da·Rᵀ + u·z` |
//!
//! Inputs: the value of the recurrence, `R`, the states before the first step,
//! mask and factor where it has them, and the derivative by each part of its
//! value that there is one by, `[N, steps, width]`.
//!
//! The value holds for each row the slopes of all steps, part after part, then
//! those by the states before the first step. An element of the product with
//! `Rᵀ` is one chain of fused multiply-adds over ascending gates from 0;
//! everything else is one operation after the other, as the slopes of the cells
//! built one by one.
//!
//! Slopes of the slopes come from those of the cells built one by one.

use super::recur::{Parts, expect, part_of, units_of};
use super::{Argument, Cell, Operand, Primitive, Recur, Run};
use crate::autodiff::{Derivative, gradients};
use crate::composite::recurrent::{self, order};
use crate::op::Reshape;
use crate::value::{Precise, Value};
use crate::{DType, Dim, Op, Result, RnnActivation, Shape, Tensor};
use ikhim_text::Fault;

/// The slopes of a recurrence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RecurGrad {
    /// The recurrence.
    pub recur: Recur,
    /// Whether there is a derivative by each part of its value.
    pub by: [bool; 3],
}

impl RecurGrad {
    /// The place of the mask, if there is one.
    pub fn mask_at(&self) -> Option<usize> {
        self.recur.mask.then_some(2 + self.recur.cell.states())
    }

    /// The place of the factor, if there is one.
    pub fn keep_at(&self) -> Option<usize> {
        let at = 2 + self.recur.cell.states() + usize::from(self.recur.mask);
        self.recur.keep.then_some(at)
    }

    /// The place of the derivative by a part, if there is one.
    pub fn by_at(&self, part: usize) -> Option<usize> {
        let Recur { cell, mask, keep, .. } = self.recur;
        let first = 2 + cell.states() + usize::from(mask) + usize::from(keep);
        let before = self.by[..part].iter().filter(|by| **by).count();
        self.by[part].then_some(first + before)
    }

    /// How many inputs it takes.
    pub fn arity(&self) -> usize {
        let Recur { cell, mask, keep, .. } = self.recur;
        let by = self.by.iter().filter(|by| **by).count();
        2 + cell.states() + usize::from(mask) + usize::from(keep) + by
    }

    fn parts(&self) -> &'static [usize] {
        self.recur.cell.parts()
    }
}

impl Primitive for RecurGrad {
    fn name(&self) -> &'static str {
        match self.recur.cell {
            Cell::SimpleRnn(_) => "simple_rnn_grad",
            Cell::Lstm => "lstm_grad",
            Cell::Gru => "gru_grad",
        }
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("{}({}{})", self.name(), inputs.join(", "), self.recur.settings())
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let (name, cell) = (self.name(), self.recur.cell);
        let gates = cell.gates();
        let units = units_of(gates, inputs[1].shape)?;
        let in_step = units * self.parts().iter().sum::<usize>();
        let (rows, steps) = match **inputs[0].shape {
            [rows, Dim::Fixed(width)] if width > 0 && width % in_step == 0 => {
                (rows, width / in_step)
            }
            _ => {
                return Err(Fault::of("shape.rank")
                    .with("expected", format!("[N, {in_step}·steps]"))
                    .with("found", inputs[0].shape));
            }
        };
        if self.by[self.parts().len()..].contains(&true) {
            return Err(Fault::of("shape.setting")
                .with("op", name)
                .with("setting", "by")
                .with("expected", format!("{} parts", self.parts().len()))
                .with("found", format!("{:?}", self.by)));
        }
        let real = |at: usize, shape: &[Dim]| expect(name, &inputs[at], DType::F32, shape);
        real(0, &[rows, Dim::Fixed(steps * in_step)])?;
        real(1, &[Dim::Fixed(units), Dim::Fixed(gates * units)])?;
        for state in 0..cell.states() {
            real(2 + state, &[rows, Dim::Fixed(units)])?;
        }
        if let Some(mask) = self.mask_at() {
            expect(name, &inputs[mask], DType::Bool, &[rows, Dim::Fixed(steps)])?;
        }
        if let Some(keep) = self.keep_at() {
            real(keep, &[rows, Dim::Fixed(units)])?;
        }
        for (part, width) in self.parts().iter().enumerate() {
            if let Some(by) = self.by_at(part) {
                real(by, &[rows, Dim::Fixed(steps), Dim::Fixed(width * units)])?;
            }
        }
        let slopes: usize = cell.slope_parts().iter().sum();
        let width = (steps * slopes + cell.states()) * units;
        Ok((DType::F32, Shape::from(vec![rows, Dim::Fixed(width)])))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        // Copies stand for the inputs, so that only the way through this op counts
        // even where one input is computed from another.
        let copies: Vec<Tensor<'g>> = derivative
            .inputs
            .iter()
            .map(|input| input.then(Op::Reshape(Reshape { shape: input.shape() })))
            .collect();
        let slopes = recurrent::slopes_by_cells(self, &copies);
        let real = |at: &usize| copies[*at].dtype() == DType::F32 && Some(*at) != self.keep_at();
        let places: Vec<usize> = (0..copies.len()).filter(real).collect();
        let by: Vec<Tensor<'g>> = places.iter().map(|at| copies[*at]).collect();
        let found = gradients((slopes * derivative.upstream()).sum_all(), &by);
        let mut all = vec![None; copies.len()];
        places.into_iter().zip(found).for_each(|(at, slope)| all[at] = Some(slope));
        all
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let cell = self.recur.cell;
        let units = inputs[1].value.shape[0];
        let width = cell.gates() * units;
        let (rows, in_row) = (inputs[0].value.shape[0], inputs[0].value.shape[1]);
        let steps = in_row / (units * self.parts().iter().sum::<usize>());
        let reals = |at: usize| inputs[at].value.reals();
        let kernel = reals(1);
        let turned: Vec<T> =
            (0..width).flat_map(|gate| (0..units).map(move |u| kernel[u * width + gate])).collect();
        let mut multiply = T::products(&turned, units);
        let mask = self.mask_at().map(|at| inputs[at].value.truths());
        let keep = self.keep_at().map(reals);
        let by = [0, 1, 2].map(|part| self.by_at(part).map(reals));
        let mut values = vec![T::ZERO; sizes.iter().product()];
        let taken = order(steps, self.recur.reverse);
        for row in 0..rows {
            let own = row * units..(row + 1) * units;
            let given = &reals(0)[row * in_row..(row + 1) * in_row];
            let (slopes, starts) = values[row * sizes[1]..(row + 1) * sizes[1]]
                .split_at_mut(sizes[1] - cell.states() * units);
            let mut slopes = Parts::new(slopes, cell.slope_parts(), steps, units);
            let mut carried = vec![vec![T::ZERO; units]; cell.states()];
            for (place, step) in taken.iter().copied().enumerate().rev() {
                let before = |part: usize| match place.checked_sub(1) {
                    None => &reals(2 + part)[own.clone()],
                    Some(place) => part_of(given, self.parts(), part, steps, taken[place], units),
                };
                let part = |part: usize| part_of(given, self.parts(), part, steps, step, units);
                let by = |at: usize| {
                    let width = self.parts().get(at)? * units;
                    Some(&by[at]?[(row * steps + step) * width..][..width])
                };
                let walked = Walked { step, part: &part, before: &before, by: &by };
                let is_taken = mask.map(|mask| mask[row * steps + step]);
                let (by_product, beside) = self.step(&walked, &mut carried, is_taken, &mut slopes);
                multiply(&by_product, 0, &mut carried[0]);
                for (unit, carried) in carried[0].iter_mut().enumerate() {
                    if let Some(keep) = keep {
                        *carried = *carried * keep[row * units + unit];
                    }
                    beside.iter().for_each(|beside| *carried += beside[unit]);
                }
            }
            starts.copy_from_slice(&carried.concat());
        }
        Ok(Value::real(&sizes, values))
    }
}

/// What a step back reads.
#[derive(Clone, Copy)]
struct Walked<'a, T> {
    step: usize,
    /// A part of the step's value.
    part: &'a dyn Fn(usize) -> &'a [T],
    /// A state before the step.
    before: &'a dyn Fn(usize) -> &'a [T],
    /// The derivative by a part of the step's value.
    by: &'a dyn Fn(usize) -> Option<&'a [T]>,
}

impl RecurGrad {
    /// One step back of one row: the slopes by what the product gave, and what is
    /// added to the product of these with the turned kernel.
    fn step<T: Precise>(
        &self,
        walked: &Walked<'_, T>,
        carried: &mut [Vec<T>],
        is_taken: Option<bool>,
        slopes: &mut Parts<'_, T>,
    ) -> (Vec<T>, Vec<Vec<T>>) {
        let Walked { step, part, before, by } = *walked;
        let units = carried[0].len();
        let mut by_product = vec![T::ZERO; self.recur.cell.gates() * units];
        let (mut beside, mut passed) = (vec![T::ZERO; units], vec![T::ZERO; units]);
        let given = |at: usize, place: usize, slope: T| match by(at) {
            Some(by) => slope + by[place],
            None => slope,
        };
        // Where the mask is false all of a derivative goes by the step.
        let split = |slope: T| match is_taken {
            Some(false) => (T::ZERO, slope),
            _ => (slope, T::ZERO),
        };
        for unit in 0..units {
            let (u, by_passed) = split(given(0, unit, carried[0][unit]));
            passed[unit] = by_passed;
            match self.recur.cell {
                Cell::SimpleRnn(activation) => {
                    let slope = u * slope_of(activation, part(0)[unit]);
                    by_product[unit] = slope;
                    slopes.put(0, step, unit, slope);
                }
                Cell::Lstm => {
                    let (v, cell_passed) = split(given(1, unit, carried[1][unit]));
                    let [i, f, g, o] = [0, 1, 2, 3].map(|gate| part(2)[gate * units + unit]);
                    let squashed = part(1)[unit].tanh();
                    let through = u * o * (T::ONE - squashed * squashed);
                    let by_cell = v + through;
                    let by = [by_cell * g, by_cell * before(1)[unit], by_cell * i, u * squashed];
                    let [by_i, by_f, by_g, by_o] =
                        [0, 1, 2, 3].map(|gate| given(2, gate * units + unit, by[gate]));
                    let each = [
                        by_i * (i * (T::ONE - i)),
                        by_f * (f * (T::ONE - f)),
                        by_g * (T::ONE - g * g),
                        by_o * (o * (T::ONE - o)),
                    ];
                    for (gate, slope) in each.into_iter().enumerate() {
                        by_product[gate * units + unit] = slope;
                        slopes.put(0, step, gate * units + unit, slope);
                    }
                    carried[1][unit] = by_cell * f;
                    if is_taken.is_some() {
                        carried[1][unit] += cell_passed;
                    }
                }
                Cell::Gru => {
                    let [z, r, n] = [0, 1, 2].map(|gate| part(1)[gate * units + unit]);
                    let candidate = part(2)[unit];
                    let by_n = given(1, 2 * units + unit, u * (T::ONE - z));
                    let by_z = given(1, unit, u * (before(0)[unit] - n));
                    let by_n = by_n * (T::ONE - n * n);
                    let by_r = given(1, units + unit, by_n * candidate);
                    let by_candidate = given(2, unit, by_n * r);
                    let by_z = by_z * (z * (T::ONE - z));
                    let by_r = by_r * (r * (T::ONE - r));
                    for (gate, slope) in [by_z, by_r, by_n].into_iter().enumerate() {
                        by_product[gate * units + unit] = slope;
                        slopes.put(0, step, gate * units + unit, slope);
                    }
                    by_product[2 * units + unit] = by_candidate;
                    slopes.put(1, step, unit, by_candidate);
                    beside[unit] = u * z;
                }
            }
        }
        let mut added = Vec::new();
        if self.recur.cell == Cell::Gru {
            added.push(beside);
        }
        if is_taken.is_some() {
            added.push(passed);
        }
        (by_product, added)
    }
}

/// The slope of a simple recurrence's function from its value.
fn slope_of<T: Precise>(activation: RnnActivation, y: T) -> T {
    match activation {
        RnnActivation::Tanh => T::ONE - y * y,
        RnnActivation::Sigmoid => y * (T::ONE - y),
        RnnActivation::Relu => {
            if y > T::ZERO {
                T::ONE
            } else {
                T::ZERO
            }
        }
    }
}
