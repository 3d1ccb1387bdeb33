//! A recurrence over the steps of a sequence: for each row, step after step,
//! `a = h·R` and then what the cell makes of `x`, `a` and the state before.
//!
//! | cell | inputs behind `x` and `R` | step |
//! |---|---|---|
//! | simple_rnn | h | `h = f(x + a)` |
//! | lstm | h, c | `z = x + a`, `c = σ(z_f)·c + σ(z_i)·tanh(z_g)`, `h = σ(z_o)·tanh(c)` |
//! | gru | b, h | `a = h·R + b`, `n = tanh(x_n + σ(x_r + a_r)·a_n)`, `h = z·h + (1 − z)·n` with `z = σ(x_z + a_z)` |
//!
//! Sizes: `x` is `[N, steps, gates · units]`, `R` is `[units, gates · units]`, `b`
//! is `[gates · units]`, the states before the first step are `[N, units]`. Behind
//! them stand, where the op has them, a mask of truth values `[N, steps]`, which
//! leaves the state as it was where it is false, and a factor `[N, units]` on the
//! state before it enters the product.
//!
//! The value holds for each row what the slopes need, part after part: the
//! states of all steps, then for the lstm the cells and the gates i, f, g, o, for
//! the gru the gates z, r, n and what the reset gate multiplies. An element of
//! `a` is one chain of fused multiply-adds over ascending units from 0;
//! everything else is one operation after the other as written, so the value is
//! to the last bit that of the cells built one by one
//! ([`Recurrence::unroll`](crate::Recurrence::unroll)).
//!
//! Slopes: a [`RecurGrad`](super::RecurGrad), which walks back through the steps.

use super::{Argument, Operand, Primitive, Run};
use crate::autodiff::Derivative;
use crate::composite::recurrent::{self, order};
use crate::value::{Precise, Value};
use crate::{DType, Dim, Result, RnnActivation, Shape, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// What a recurrence does in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cell {
    /// A function of the sum of input and state.
    SimpleRnn(RnnActivation),
    /// Long short-term memory.
    Lstm,
    /// The gated recurrent unit.
    Gru,
}

impl Cell {
    /// Its name in traces and errors.
    pub fn name(self) -> &'static str {
        match self {
            Cell::SimpleRnn(_) => "simple_rnn",
            Cell::Lstm => "lstm",
            Cell::Gru => "gru",
        }
    }

    /// How many values of a unit the inputs give in a step.
    pub fn gates(self) -> usize {
        match self {
            Cell::SimpleRnn(_) => 1,
            Cell::Lstm => 4,
            Cell::Gru => 3,
        }
    }

    /// How many states go from step to step.
    pub fn states(self) -> usize {
        match self {
            Cell::Lstm => 2,
            Cell::SimpleRnn(_) | Cell::Gru => 1,
        }
    }

    /// The parts of the value of a step, in values of a unit.
    pub fn parts(self) -> &'static [usize] {
        match self {
            Cell::SimpleRnn(_) => &[1],
            Cell::Lstm => &[1, 1, 4],
            Cell::Gru => &[1, 3, 1],
        }
    }

    /// The parts of the slopes of a step: by what the inputs give, and for the gru
    /// by what the reset gate multiplies.
    pub fn slope_parts(self) -> &'static [usize] {
        match self {
            Cell::SimpleRnn(_) => &[1],
            Cell::Lstm => &[4],
            Cell::Gru => &[3, 1],
        }
    }

    /// Whether the recurrent product has a bias.
    pub fn has_bias(self) -> bool {
        self == Cell::Gru
    }
}

/// A recurrence over the steps of a sequence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recur {
    /// What it does in a step.
    pub cell: Cell,
    /// Whether steps may be left out.
    pub mask: bool,
    /// Whether the state has a factor before the product.
    pub keep: bool,
    /// From the last step to the first.
    pub reverse: bool,
}

impl Recur {
    /// The place of the bias, if there is one.
    pub fn bias(&self) -> Option<usize> {
        self.cell.has_bias().then_some(2)
    }

    /// The place of the first state.
    pub fn start(&self) -> usize {
        2 + usize::from(self.cell.has_bias())
    }

    /// The place of the mask, if there is one.
    pub fn mask_at(&self) -> Option<usize> {
        self.mask.then_some(self.start() + self.cell.states())
    }

    /// The place of the factor, if there is one.
    pub fn keep_at(&self) -> Option<usize> {
        let at = self.start() + self.cell.states() + usize::from(self.mask);
        self.keep.then_some(at)
    }

    /// How many inputs it takes.
    pub fn arity(&self) -> usize {
        self.start() + self.cell.states() + usize::from(self.mask) + usize::from(self.keep)
    }

    /// The settings as a trace writes them.
    pub(super) fn settings(&self) -> String {
        let activation = match self.cell {
            Cell::SimpleRnn(RnnActivation::Tanh) | Cell::Lstm | Cell::Gru => String::new(),
            Cell::SimpleRnn(activation) => format!(", activation={activation:?}").to_lowercase(),
        };
        format!("{activation}{}", if self.reverse { ", reverse" } else { "" })
    }
}

/// The units of a recurrent kernel for so many gates.
pub(super) fn units_of(gates: usize, kernel: &Shape) -> Result<usize> {
    match **kernel {
        [Dim::Fixed(units), Dim::Fixed(width)] if width == gates * units && units > 0 => Ok(units),
        _ => {
            let expected = match gates {
                1 => "[units, units]".to_string(),
                gates => format!("[units, {gates}·units]"),
            };
            Err(Fault::of("shape.rank").with("expected", expected).with("found", kernel))
        }
    }
}

/// Checks type and sizes of an input.
pub(super) fn expect(
    name: &str,
    operand: &Operand<'_>,
    dtype: DType,
    shape: &[Dim],
) -> Result<()> {
    let expected = Shape::from(shape);
    if *operand.shape != expected {
        return Err(Fault::of("shape.unequal")
            .with("op", name)
            .with("expected", expected)
            .with("found", operand.shape));
    }
    if operand.dtype != dtype {
        return Err(Fault::of("shape.dtype")
            .with("op", name)
            .with("expected", dtype)
            .with("found", operand.dtype));
    }
    Ok(())
}

/// Adds the recurrence; its value holds all parts of each row.
#[track_caller]
pub(crate) fn recur<'g>(recur: Recur, inputs: &[Tensor<'g>]) -> Tensor<'g> {
    inputs[0].graph().push(super::Op::Recur(recur), inputs)
}

impl Primitive for Recur {
    fn name(&self) -> &'static str {
        self.cell.name()
    }

    fn equation(&self, inputs: &[&str]) -> String {
        format!("{}({}{})", self.name(), inputs.join(", "), self.settings())
    }

    fn output(&self, inputs: &[Operand<'_>]) -> Result<(DType, Shape)> {
        let (name, gates) = (self.name(), self.cell.gates());
        let units = units_of(gates, inputs[1].shape)?;
        let width = Dim::Fixed(gates * units);
        let (rows, steps) = match **inputs[0].shape {
            [rows, Dim::Fixed(steps), own] if steps > 0 && own == width => (rows, steps),
            _ => {
                return Err(Fault::of("shape.rank")
                    .with("expected", format!("[N, steps, {}]", gates * units))
                    .with("found", inputs[0].shape));
            }
        };
        let real = |at: usize, shape: &[Dim]| expect(name, &inputs[at], DType::F32, shape);
        real(0, &[rows, Dim::Fixed(steps), width])?;
        real(1, &[Dim::Fixed(units), width])?;
        if let Some(bias) = self.bias() {
            real(bias, &[width])?;
        }
        for state in 0..self.cell.states() {
            real(self.start() + state, &[rows, Dim::Fixed(units)])?;
        }
        if let Some(mask) = self.mask_at() {
            expect(name, &inputs[mask], DType::Bool, &[rows, Dim::Fixed(steps)])?;
        }
        if let Some(keep) = self.keep_at() {
            real(keep, &[rows, Dim::Fixed(units)])?;
        }
        let parts: usize = self.cell.parts().iter().sum();
        Ok((DType::F32, Shape::from(vec![rows, Dim::Fixed(steps * parts * units)])))
    }

    fn gradient<'g>(&self, derivative: &Derivative<'_, 'g>) -> Vec<Option<Tensor<'g>>> {
        let (all, upstream) = (derivative.output(), derivative.upstream());
        let units = derivative.inputs[1].dim(0);
        let steps = derivative.inputs[0].dim(1);
        let by = recurrent::split(upstream, self.cell.parts(), steps, units);
        let by: Vec<Option<Tensor<'g>>> = by.into_iter().map(Some).collect();
        recurrent::slopes_of_recur(self, derivative.inputs, all, &by)
    }

    fn evaluate<T: Precise>(&self, inputs: &[Argument<'_, T>], run: &Run<'_>) -> Result<Value<T>> {
        let sizes = run.sizes();
        let &[rows, steps, width] = inputs[0].value.shape.as_slice() else { unreachable!() };
        let units = width / self.cell.gates();
        let reals = |at: usize| inputs[at].value.reals();
        let projected = reals(0);
        let mut multiply = T::products(reals(1), width);
        let bias = self.bias().map(reals);
        let mask = self.mask_at().map(|at| inputs[at].value.truths());
        let keep = self.keep_at().map(reals);
        let mut values = vec![T::ZERO; sizes.iter().product()];
        let mut product = vec![T::ZERO; width];
        for row in 0..rows {
            let own = row * units..(row + 1) * units;
            let mut states: Vec<Vec<T>> = (0..self.cell.states())
                .map(|state| reals(self.start() + state)[own.clone()].to_vec())
                .collect();
            let mut all = Parts::new(
                &mut values[row * sizes[1]..(row + 1) * sizes[1]],
                self.cell.parts(),
                steps,
                units,
            );
            for step in order(steps, self.reverse) {
                let kept: Vec<T> = match keep {
                    None => states[0].clone(),
                    Some(keep) => {
                        states[0].iter().zip(&keep[own.clone()]).map(|(h, k)| *h * *k).collect()
                    }
                };
                multiply(&kept, 0, &mut product);
                if let Some(bias) = bias {
                    product.iter_mut().zip(bias).for_each(|(a, b)| *a += *b);
                }
                let x = &projected[(row * steps + step) * width..][..width];
                let is_taken = mask.is_none_or(|mask| mask[row * steps + step]);
                self.step(x, &product, &mut states, is_taken, &mut all, step);
            }
        }
        Ok(Value::real(&sizes, values))
    }
}

impl Recur {
    /// One step of one row.
    fn step<T: Precise>(
        &self,
        x: &[T],
        a: &[T],
        states: &mut [Vec<T>],
        is_taken: bool,
        all: &mut Parts<'_, T>,
        step: usize,
    ) {
        let units = states[0].len();
        for unit in 0..units {
            let gate = |gate: usize| (x[gate * units + unit], a[gate * units + unit]);
            let old = states[0][unit];
            let new = match self.cell {
                Cell::SimpleRnn(activation) => {
                    let (x, a) = gate(0);
                    value(activation, x + a)
                }
                Cell::Lstm => {
                    let sum = |at: usize| {
                        let (x, a) = gate(at);
                        x + a
                    };
                    let (i, f) = (sigmoid(sum(0)), sigmoid(sum(1)));
                    let (g, o) = (sum(2).tanh(), sigmoid(sum(3)));
                    let cell = f * states[1][unit] + i * g;
                    for (gate, value) in [i, f, g, o].into_iter().enumerate() {
                        all.put(2, step, gate * units + unit, value);
                    }
                    if is_taken {
                        states[1][unit] = cell;
                    }
                    all.put(1, step, unit, states[1][unit]);
                    o * cell.tanh()
                }
                Cell::Gru => {
                    let (x_z, a_z) = gate(0);
                    let (x_r, a_r) = gate(1);
                    let (x_n, a_n) = gate(2);
                    let (z, r) = (sigmoid(x_z + a_z), sigmoid(x_r + a_r));
                    let n = (x_n + r * a_n).tanh();
                    for (gate, value) in [z, r, n].into_iter().enumerate() {
                        all.put(1, step, gate * units + unit, value);
                    }
                    all.put(2, step, unit, a_n);
                    z * old + (T::ONE - z) * n
                }
            };
            if is_taken {
                states[0][unit] = new;
            }
            all.put(0, step, unit, states[0][unit]);
        }
    }
}

/// A row of values that stand part after part, each step after step.
pub(super) struct Parts<'a, T> {
    values: &'a mut [T],
    parts: &'static [usize],
    steps: usize,
    units: usize,
}

impl<'a, T: Copy> Parts<'a, T> {
    pub(super) fn new(
        values: &'a mut [T],
        parts: &'static [usize],
        steps: usize,
        units: usize,
    ) -> Parts<'a, T> {
        Parts { values, parts, steps, units }
    }

    /// Where a step of a part begins.
    fn at(&self, part: usize, step: usize) -> usize {
        let before: usize = self.parts[..part].iter().sum();
        (before * self.steps + self.parts[part] * step) * self.units
    }

    pub(super) fn put(&mut self, part: usize, step: usize, at: usize, value: T) {
        let place = self.at(part, step) + at;
        self.values[place] = value;
    }
}

/// Where a step of a part of a row begins, and how long it is.
pub(super) fn part_of<'a, T>(
    row: &'a [T],
    parts: &[usize],
    part: usize,
    steps: usize,
    step: usize,
    units: usize,
) -> &'a [T] {
    let before: usize = parts[..part].iter().sum();
    &row[(before * steps + parts[part] * step) * units..][..parts[part] * units]
}

/// The logistic function, as the composite of its name computes it.
fn sigmoid<T: Precise>(x: T) -> T {
    T::ONE / ((-x).exp() + T::ONE)
}

/// The function of a simple recurrence.
fn value<T: Precise>(activation: RnnActivation, x: T) -> T {
    match activation {
        RnnActivation::Tanh => x.tanh(),
        RnnActivation::Sigmoid => sigmoid(x),
        // Asked this way round, NaN stays NaN.
        RnnActivation::Relu => {
            if x <= T::ZERO {
                T::ZERO
            } else {
                x
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::{batch, evaluate, fixed};
    use crate::{DType, Definition, Graph, N, Recurrence, RnnActivation};

    /// Without a recurrent kernel each step is a function of its input alone.
    #[test]
    fn closed_form_of_single_units() {
        let ln3 = 3f64.ln();
        let x = batch(&[1, 2, 4], &[ln3, -ln3, 0.5, 0.0, -ln3, ln3, -0.5, ln3]);
        let inputs = [x, fixed(&[1, 4], &[0.0; 4]), batch(&[1, 1], &[0.25])];
        let found = evaluate::<f64>(&inputs, |x| {
            x[0].lstm(x[1], x[2], x[2], Recurrence::new()).cells
        });
        // σ(ln 3) is 3/4: c = c/4 + 3/4 · tanh(1/2), then 3c/4 + tanh(−1/2)/4.
        let first = 0.0625 + 0.75 * 0.5f64.tanh();
        let expected = [first, 0.75 * first - 0.25 * 0.5f64.tanh()];
        for (found, expected) in found.to_f64().into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-15, "{found} {expected}");
        }
    }

    #[test]
    fn an_altered_one_is_refused() {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 3.into(), 2.into()]);
        let kernel = graph.input("kernel", DType::F32, &[2.into(), 2.into()]);
        let state = graph.input("state", DType::F32, &[N, 2.into()]);
        let states = x.simple_rnn(kernel, state, RnnActivation::Relu, Recurrence::new());
        graph.output("states", states);
        let text = graph.finish().unwrap().to_json().unwrap();
        assert_eq!(Definition::from_json(&text).unwrap().to_json().unwrap(), text);
        for (from, to) in [
            ("\"mask\":false", "\"mask\":true"),
            ("{\"SimpleRnn\":{\"type\":\"relu\"}}", "\"Lstm\""),
            ("{\"SimpleRnn\":{\"type\":\"relu\"}}", "\"Gru\""),
        ] {
            let altered = text.replacen(from, to, 1);
            assert_ne!(altered, text, "{from} in {text}");
            let fault = Definition::from_json(&altered).unwrap_err();
            assert!(fault.code().starts_with("shape."), "{to}: {fault}");
        }
    }
}
