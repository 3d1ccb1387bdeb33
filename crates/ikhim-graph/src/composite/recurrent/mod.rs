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
//! The slopes go through the steps once, from the last to the first, and take one
//! product over all rows and steps for the recurrent kernel; the rules of the
//! primitives would take one for each step and pad every slice.

mod gru;
mod lstm;
mod simple_rnn;

pub use gru::GruValues;
pub use lstm::LstmValues;
pub use simple_rnn::RnnActivation;

use crate::autodiff::Derivative;
use crate::{DType, Dim, Shape, Tensor};
use ikhim_text::Fault;

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

    /// What the recurrence reads besides the inputs of its cell.
    fn inputs(&self) -> impl Iterator<Item = Tensor<'g>> {
        self.mask.into_iter().chain(self.keep)
    }

    fn form(&self) -> Form {
        let (mask, keep) = (self.mask.is_some(), self.keep.is_some());
        Form { mask, keep, reverse: self.reverse }
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

/// What a gradient rule has to know of a [`Recurrence`].
#[derive(Debug, Clone, Copy)]
struct Form {
    mask: bool,
    keep: bool,
    reverse: bool,
}

impl Form {
    /// The recurrence whose tensors stand behind the first inputs of a cell.
    fn of<'g>(self, rest: &[Tensor<'g>]) -> Recurrence<'g> {
        let mut rest = rest.iter().copied();
        let mask = if self.mask { rest.next() } else { None };
        let keep = if self.keep { rest.next() } else { None };
        Recurrence { mask, keep, reverse: self.reverse }
    }
}

/// The steps in the order in which a recurrence takes them.
fn order(steps: usize, reverse: bool) -> Vec<usize> {
    if reverse { (0..steps).rev().collect() } else { (0..steps).collect() }
}

/// The values of one step, `[N, width]`.
fn at<'g>(sequence: Tensor<'g>, step: usize) -> Tensor<'g> {
    sequence.slice(1, step..step + 1).squeeze(&[1])
}

/// The part `part` of `[N, parts · width]`.
fn part<'g>(gates: Tensor<'g>, part: usize, width: usize) -> Tensor<'g> {
    gates.slice(1, part * width..(part + 1) * width)
}

/// For each step the state before it: the initial one, then those of the steps
/// that were taken before.
fn before<'g>(states: Tensor<'g>, initial: Tensor<'g>, reverse: bool) -> Tensor<'g> {
    let steps = states.dim(1);
    let initial = initial.expand_dims(1);
    match (steps, reverse) {
        (..=1, _) => initial,
        (_, false) => Tensor::concat(&[initial, states.slice(1, 0..steps - 1)], 1),
        (_, true) => Tensor::concat(&[states.slice(1, 1..steps), initial], 1),
    }
}

/// `[N, steps, width]` as a table of `N · steps` rows.
fn as_rows(sequence: Tensor<'_>) -> Tensor<'_> {
    let shape = sequence.shape();
    let (rows, width) = shape.split_at(2);
    let rows = Shape::from(rows).elements();
    sequence.reshape(&[rows, width[0]])
}

/// Walks from the last step that was taken to the first with the derivative by
/// the state after it, and gives the derivative by the state before the first.
///
/// `step` gets the step, its place, and the derivative by its new state, and
/// gives the derivative by its old one; where the mask is false the derivative
/// goes by the step as it is.
fn walk_back<'g>(
    derivative: &Derivative<'_, 'g>,
    recurrence: &Recurrence<'g>,
    initial: Tensor<'g>,
    mut step: impl FnMut(usize, usize, Tensor<'g>) -> Tensor<'g>,
) -> Tensor<'g> {
    let by_states = derivative.upstream_of(0);
    let zeros = crate::autodiff::zeros(initial);
    let steps = derivative.inputs[0].dim(1);
    let mut carried = zeros;
    for (place, taken) in order(steps, recurrence.reverse).into_iter().enumerate().rev() {
        if let Some(by_states) = by_states {
            carried = plus(carried, zeros, at(by_states, taken));
        }
        let new = recurrence.taken(taken, carried, zeros);
        let passed = recurrence.mask.map(|_| recurrence.taken(taken, zeros, carried));
        let old = step(taken, place, new);
        carried = passed.map_or(old, |passed| old + passed);
    }
    carried
}

/// The sum of a derivative so far and a further one; nothing is added to zeros.
fn plus<'g>(sum: Tensor<'g>, zeros: Tensor<'g>, more: Tensor<'g>) -> Tensor<'g> {
    if sum.node() == zeros.node() { more } else { sum + more }
}

/// The number of units and of steps of a recurrence of so many gates, or the
/// fault of inputs that do not fit together.
#[track_caller]
fn checked(
    name: &str,
    gates: usize,
    projected: Tensor<'_>,
    kernel: Tensor<'_>,
    states: &[Tensor<'_>],
    recurrence: &Recurrence<'_>,
) -> Option<(usize, usize)> {
    let graph = projected.graph();
    let given = [projected, kernel].into_iter().chain(states.iter().copied());
    if given.chain(recurrence.inputs()).any(|tensor| tensor.node().is_none()) {
        return None;
    }
    let shape = projected.shape();
    let kernel_shape = kernel.shape();
    let units = match *kernel_shape {
        [Dim::Fixed(units), Dim::Fixed(width)] if width == gates * units => units,
        _ => {
            let expected = match gates {
                1 => "[units, units]".to_string(),
                gates => format!("[units, {gates}·units]"),
            };
            let fault = Fault::of("shape.rank").with("expected", expected);
            graph.fail(fault.with("found", kernel_shape));
            return None;
        }
    };
    let steps = match *shape {
        [_, Dim::Fixed(steps), width] if steps > 0 && width == Dim::Fixed(gates * units) => steps,
        _ => {
            let expected = format!("[N, steps, {}]", gates * units);
            graph.fail(Fault::of("shape.rank").with("expected", expected).with("found", shape));
            return None;
        }
    };
    let state = Shape::from(vec![shape[0], Dim::Fixed(units)]);
    let mask = Shape::from(vec![shape[0], Dim::Fixed(steps)]);
    let unequal = |found: Tensor<'_>, expected: &Shape| {
        let fault = Fault::of("shape.unequal").with("op", name).with("expected", expected);
        graph.fail(fault.with("found", found.shape()));
    };
    for found in states.iter().copied().chain(recurrence.keep) {
        if found.shape() != state {
            unequal(found, &state);
            return None;
        }
    }
    match recurrence.mask {
        Some(found) if found.shape() != mask => {
            unequal(found, &mask);
            None
        }
        Some(found) if found.dtype() != DType::Bool => {
            let fault = Fault::of("shape.dtype").with("op", name).with("expected", DType::Bool);
            graph.fail(fault.with("found", found.dtype()));
            None
        }
        _ => Some((units, steps)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Given, array, batch, batch_array, check_gradient, evaluate, fault, fixed};
    use crate::{Array, gradients};

    const ROWS: usize = 2;
    const STEPS: usize = 3;
    const UNITS: usize = 2;

    /// Numbers between −0.9 and 0.9 that are all different.
    fn numbers(count: usize, phase: f64) -> Vec<f64> {
        (0..count).map(|i| 0.9 * (1.3 * i as f64 + phase).sin()).collect()
    }

    /// Projected inputs, a recurrent kernel, two states, a bias, a factor on the
    /// state and a mask by lengths 3 and 1.
    fn inputs(gates: usize) -> Vec<Given> {
        let width = gates * UNITS;
        vec![
            batch(&[ROWS, STEPS, width], &numbers(ROWS * STEPS * width, 0.1)),
            fixed(&[UNITS, width], &numbers(UNITS * width, 1.0)),
            batch(&[ROWS, UNITS], &numbers(ROWS * UNITS, 2.0)),
            batch(&[ROWS, UNITS], &numbers(ROWS * UNITS, 3.0)),
            fixed(&[width], &numbers(width, 4.0)),
            batch_array(Array::bool(&[ROWS, STEPS], vec![true, true, true, true, false, false])),
        ]
    }

    type Build = for<'a, 'g> fn(&'a [Tensor<'g>], Recurrence<'g>) -> Vec<Tensor<'g>>;

    const CELLS: [(usize, Build); 4] = [
        (1, |x, how| vec![x[0].simple_rnn(x[1], x[2], RnnActivation::Tanh, how)]),
        (1, |x, how| vec![x[0].simple_rnn(x[1], x[2], RnnActivation::Sigmoid, how)]),
        (4, |x, how| {
            let values = x[0].lstm(x[1], x[2], x[3], how);
            vec![values.states, values.cells, values.gates]
        }),
        (3, |x, how| {
            let values = x[0].gru(x[1], x[4], x[2], how);
            vec![values.states, values.gates, values.candidates]
        }),
    ];

    /// Every way to go through the steps: with and without mask and factor, in
    /// both directions.
    fn ways<'g>(x: &[Tensor<'g>]) -> Vec<Recurrence<'g>> {
        let keep = x[2].graph().scalar(1.25) * x[2].ones_like();
        let mut ways = Vec::new();
        for reverse in [false, true] {
            for mask in [None, Some(x[5])] {
                for keep in [None, Some(keep)] {
                    ways.push(Recurrence::new().reverse(reverse).mask(mask).keep(keep));
                }
            }
        }
        ways
    }

    #[test]
    fn gradients_agree_with_differences() {
        for (gates, cell) in CELLS {
            for way in 0..8 {
                check_gradient(&inputs(gates), |x| {
                    let values = cell(x, ways(x)[way]);
                    values
                        .into_iter()
                        .map(|value| value.sum_all())
                        .fold(x[4].sum_all() * 0.0, |sum, value| sum + value.square())
                });
            }
        }
    }

    #[test]
    fn gradients_of_each_state_agree_with_differences() {
        for (gates, cell) in CELLS {
            for way in [0, 7] {
                check_gradient(&inputs(gates), |x| cell(x, ways(x)[way])[0]);
            }
        }
    }

    #[test]
    fn second_derivatives_agree_with_differences() {
        for (gates, cell) in CELLS {
            for way in [0, 6] {
                let inputs = inputs(gates);
                check_gradient(&inputs, |x| {
                    let loss = cell(x, ways(x)[way])[0].square().sum_all();
                    gradients(loss, &x[1..2])[0]
                });
            }
        }
    }

    #[test]
    fn a_masked_step_leaves_the_state() {
        for (gates, cell) in CELLS {
            let x = inputs(gates);
            let found = evaluate::<f32>(&x, |x| cell(x, Recurrence::new().mask(Some(x[5])))[0]);
            let states = found.to_f64();
            let of = |row: usize, step: usize| &states[(row * STEPS + step) * UNITS..][..UNITS];
            assert_eq!(of(1, 1), of(1, 0));
            assert_eq!(of(1, 2), of(1, 0));
            // The full row is what it is without a mask.
            let whole = evaluate::<f32>(&x, |x| cell(x, Recurrence::new())[0]).to_f64();
            assert_eq!(states[..STEPS * UNITS], whole[..STEPS * UNITS]);
        }
    }

    #[test]
    fn backwards_is_forwards_on_the_turned_sequence() {
        for (gates, cell) in CELLS {
            let x = inputs(gates);
            let turned = |x: Tensor<'_>| -> Vec<usize> { (0..x.dim(1)).rev().collect() };
            let found = evaluate::<f32>(&x, |x| cell(x, Recurrence::new().reverse(true))[0]);
            let expected = evaluate::<f32>(&x, |x| {
                let steps: Vec<Tensor<'_>> =
                    turned(x[0]).into_iter().map(|step| at(x[0], step)).collect();
                let mut given = x.to_vec();
                given[0] = Tensor::stack(&steps, 1);
                let states = cell(&given, Recurrence::new())[0];
                let steps: Vec<Tensor<'_>> =
                    turned(states).into_iter().map(|step| at(states, step)).collect();
                Tensor::stack(&steps, 1)
            });
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let x = inputs(4);
        assert_eq!(
            fault(&x, |x| x[2].lstm(x[1], x[2], x[3], Recurrence::new()).states),
            "shape.rank"
        );
        assert_eq!(
            fault(&x, |x| x[0].lstm(x[2], x[2], x[3], Recurrence::new()).states),
            "shape.rank"
        );
        assert_eq!(
            fault(&x, |x| x[0].lstm(x[1], x[4], x[3], Recurrence::new()).states),
            "shape.unequal"
        );
        assert_eq!(
            fault(&x, |x| x[0].lstm(x[1], x[2], x[3], Recurrence::new().mask(Some(x[2]))).states),
            "shape.unequal"
        );
        let empty =
            [array(Array::f64(&[2, 0, 8], vec![])), x[1].clone(), fixed(&[2, 2], &[0.0; 4])];
        assert_eq!(
            fault(&empty, |x| x[0].lstm(x[1], x[2], x[2], Recurrence::new()).states),
            "shape.rank"
        );
    }
}
