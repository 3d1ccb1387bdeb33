//! Every cell, by the op and cell by cell, in every direction.

use super::*;
use crate::check::{Given, array, batch, batch_array, check_gradient, evaluate, fault, fixed};
use crate::{Array, DType, gradients};

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
/// both directions; then the same again cell by cell.
fn ways<'g>(x: &[Tensor<'g>]) -> Vec<Recurrence<'g>> {
    let keep = x[2].graph().scalar(1.25) * x[2].ones_like();
    let mut ways = Vec::new();
    for unroll in [false, true] {
        for reverse in [false, true] {
            for mask in [None, Some(x[5])] {
                for keep in [None, Some(keep)] {
                    let how = Recurrence::new().reverse(reverse).mask(mask).keep(keep);
                    ways.push(how.unroll(unroll));
                }
            }
        }
    }
    ways
}

/// The sums of squares of the slopes of Σ of².
fn squares<'g>(of: Tensor<'g>, by: &[Tensor<'g>]) -> Vec<Tensor<'g>> {
    let slopes = gradients(of.square().sum_all(), by);
    slopes.iter().map(|slope| slope.square().sum_all()).collect()
}

/// A recurrence has the bits of its cells built one by one, its slopes and the
/// slopes of these too, in both precisions.
#[test]
fn has_the_bits_of_its_cells() {
    fn check<T: crate::Precise>(gates: usize, cell: Build, way: usize) {
        let mut inputs = inputs(gates);
        // Numbers of very different sizes show another order of sums.
        let width = gates * UNITS;
        let uneven = |count: usize| -> Vec<f64> {
            let number = |i: usize| numbers(count, 0.3)[i] * 10f64.powi((i * 5 % 7) as i32 - 4);
            (0..count).map(number).collect()
        };
        inputs[1] = fixed(&[UNITS, width], &uneven(UNITS * width));
        let run = |way: usize, what: usize| {
            evaluate::<T>(&inputs, |x| {
                let values = cell(x, ways(x)[way]);
                let flat: Vec<Tensor<'_>> = values.iter().map(|v| v.flatten()).collect();
                let all = Tensor::concat(&flat, 1);
                if what == 0 {
                    return all;
                }
                let by = [x[0], x[1], x[2]];
                let of = if what == 1 { values[0] } else { all };
                let slopes = squares(of, &by);
                if what < 3 {
                    return Tensor::stack(&slopes, 0);
                }
                Tensor::stack(&squares(slopes[0] + slopes[1], &by), 0)
            })
        };
        for what in 0..3 {
            assert_eq!(run(way, what), run(8 + way, what), "{gates} gates, {way}, {what}");
        }
        let (found, expected) = (run(way, 3).to_f64(), run(8 + way, 3).to_f64());
        for (found, expected) in found.into_iter().zip(expected) {
            let bound = 1e-3 * expected.abs();
            assert!((found - expected).abs() <= bound, "{found}, {expected}");
        }
    }
    for (gates, cell) in CELLS {
        for way in 0..8 {
            check::<f32>(gates, cell, way);
            check::<f64>(gates, cell, way);
        }
    }
}

#[test]
fn a_recurrence_is_few_nodes_whatever_its_steps() {
    let count = |steps: usize, unroll: bool| {
        let graph = crate::Graph::new();
        let x = graph.input("x", DType::F32, &[crate::N, steps.into(), 8.into()]);
        let kernel = graph.input("kernel", DType::F32, &[2.into(), 8.into()]);
        let state = graph.input("state", DType::F32, &[crate::N, 2.into()]);
        let values = x.lstm(kernel, state, state, Recurrence::new().unroll(unroll));
        gradients(values.states.sum_all(), &[x, kernel]);
        graph.finish().unwrap().nodes().len()
    };
    assert_eq!(count(1000, false), count(2, false));
    assert!(count(100, true) > 50 * count(100, false));
}

#[test]
fn gradients_agree_with_differences() {
    for (gates, cell) in CELLS {
        for way in 0..16 {
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
        for way in [0, 7, 8, 15] {
            check_gradient(&inputs(gates), |x| cell(x, ways(x)[way])[0]);
        }
    }
}

#[test]
fn second_derivatives_agree_with_differences() {
    for (gates, cell) in CELLS {
        for way in [0, 6, 7, 8, 14] {
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
    assert_eq!(fault(&x, |x| x[2].lstm(x[1], x[2], x[3], Recurrence::new()).states), "shape.rank");
    assert_eq!(fault(&x, |x| x[0].lstm(x[2], x[2], x[3], Recurrence::new()).states), "shape.rank");
    assert_eq!(
        fault(&x, |x| x[0].lstm(x[1], x[4], x[3], Recurrence::new()).states),
        "shape.unequal"
    );
    assert_eq!(
        fault(&x, |x| x[0].lstm(x[1], x[2], x[3], Recurrence::new().mask(Some(x[2]))).states),
        "shape.unequal"
    );
    let empty = [array(Array::f64(&[2, 0, 8], vec![])), x[1].clone(), fixed(&[2, 2], &[0.0; 4])];
    assert_eq!(
        fault(&empty, |x| x[0].lstm(x[1], x[2], x[2], Recurrence::new()).states),
        "shape.rank"
    );
}
