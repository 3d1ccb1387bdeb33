//! What the tests of the ops share: run a small network, and compare its
//! gradient with central differences.

use crate::value::Precise;
use crate::{Array, Dim, Evaluator, Feed, Graph, Shape, State, Tensor, gradients};
use std::sync::Arc;

/// An input of a checked network: its symbolic sizes and its value.
#[derive(Clone)]
pub(crate) struct Given {
    dims: Vec<Dim>,
    value: Array,
}

/// Real numbers of fixed sizes.
pub(crate) fn fixed(shape: &[usize], values: &[f64]) -> Given {
    array(Array::f64(shape, values.to_vec()))
}

/// Real numbers whose first axis is the batch axis.
pub(crate) fn batch(shape: &[usize], values: &[f64]) -> Given {
    batch_array(Array::f64(shape, values.to_vec()))
}

/// A value of fixed sizes and any type.
pub(crate) fn array(value: Array) -> Given {
    Given { dims: Shape::from(value.shape()).to_vec(), value }
}

/// A value of any type whose first axis is the batch axis.
pub(crate) fn batch_array(value: Array) -> Given {
    let dims = Shape::from(value.shape()).replace(0, crate::N).to_vec();
    Given { dims, value }
}

/// What a network computes from its inputs, in the precision `T`.
pub(crate) fn evaluate<T: Precise>(
    inputs: &[Given],
    build: impl for<'a, 'g> Fn(&'a [Tensor<'g>]) -> Tensor<'g>,
) -> Array {
    run::<T>(inputs, &[], |_, x, _| vec![build(x)]).remove(0)
}

/// The derivative of the sum of a network's outputs by each real input.
pub(crate) fn slopes<T: Precise>(
    inputs: &[Given],
    build: impl for<'a, 'g> Fn(&'a [Tensor<'g>]) -> Tensor<'g>,
) -> Vec<Vec<f64>> {
    let slopes = run::<T>(inputs, &[], |_, x, _| gradients(build(x).sum_all(), &real(x)));
    slopes.iter().map(Array::to_f64).collect()
}

/// The fault of a network that cannot be built from such inputs.
pub(crate) fn fault(
    inputs: &[Given],
    build: impl for<'a, 'g> Fn(&'a [Tensor<'g>]) -> Tensor<'g>,
) -> String {
    let graph = Graph::new();
    let tensors = declare(&graph, inputs);
    build(&tensors);
    graph.finish().map(|_| ()).expect_err("the network must not fit").code().to_string()
}

/// Compares the gradient of a network by every element of every real input with
/// central differences in f64 of fourth order, to a relative error of 1e-6; the
/// outputs are added with weights that are all different. The same again with
/// the gradient rules of composites taken away: their primitives must agree.
pub(crate) fn check_gradient(
    inputs: &[Given],
    build: impl for<'a, 'g> Fn(&'a [Tensor<'g>]) -> Tensor<'g>,
) {
    let shape = {
        let graph = Graph::new();
        let shape = build(&declare(&graph, inputs)).shape();
        graph.finish().expect("the network fits");
        shape
    };
    let sizes = shape.sizes(rows(inputs));
    let count = sizes.iter().product::<usize>();
    let weights = (0..count).map(|i| 1.0 + 0.5 * (1.0 + i as f64).sin()).collect();
    let weights = Given { dims: shape.to_vec(), value: Array::f64(&sizes, weights) };
    let loss = |inputs: &[Given]| -> f64 {
        let loss = run::<f64>(inputs, std::slice::from_ref(&weights), |_, x, w| {
            vec![(build(x) * w[0]).sum_all()]
        });
        loss[0].to_f64()[0]
    };
    let gradient = |rules: bool| {
        run::<f64>(inputs, std::slice::from_ref(&weights), |graph, x, w| {
            let loss = (build(x) * w[0]).sum_all();
            if !rules {
                graph.building.borrow_mut().rules.iter_mut().for_each(|rule| *rule = None);
            }
            gradients(loss, &real(x))
        })
    };
    let differentiable: Vec<usize> =
        (0..inputs.len()).filter(|i| inputs[*i].value.dtype() == crate::DType::F32).collect();
    for rules in [true, false] {
        for (slope, &input) in gradient(rules).iter().zip(&differentiable) {
            assert_eq!(slope.shape(), inputs[input].value.shape(), "shape of a gradient");
            for (element, found) in slope.to_f64().into_iter().enumerate() {
                let expected = central_difference(inputs, input, element, &loss);
                let scale = found.abs().max(expected.abs());
                assert!(
                    (found - expected).abs() <= 1e-6 * scale + 1e-10,
                    "derivative by element {element} of input {input}, rules {rules}: \
                     {found}, central differences say {expected}"
                );
            }
        }
    }
}

/// Fourth-order central difference: error of order h⁴ in the function and 1/h
/// in its rounding.
fn central_difference(
    inputs: &[Given],
    input: usize,
    element: usize,
    loss: &impl Fn(&[Given]) -> f64,
) -> f64 {
    let values = inputs[input].value.to_f64();
    let step = 1e-4 * values[element].abs().max(1.0);
    let at = |offset: f64| {
        let mut values = values.clone();
        values[element] += offset * step;
        let mut moved = inputs.to_vec();
        moved[input].value = Array::f64(inputs[input].value.shape(), values);
        loss(&moved)
    };
    (8.0 * (at(1.0) - at(-1.0)) - (at(2.0) - at(-2.0))) / (12.0 * step)
}

fn run<T: Precise>(
    inputs: &[Given],
    weights: &[Given],
    build: impl for<'a, 'g> FnOnce(&'g Graph, &'a [Tensor<'g>], &'a [Tensor<'g>]) -> Vec<Tensor<'g>>,
) -> Vec<Array> {
    let graph = Graph::with_mode(crate::Mode::Training);
    let all: Vec<Given> = inputs.iter().chain(weights).cloned().collect();
    let tensors = declare(&graph, &all);
    let outputs = build(&graph, &tensors[..inputs.len()], &tensors[inputs.len()..]);
    let names: Vec<String> = (0..outputs.len()).map(|i| format!("output_{i}")).collect();
    for (name, output) in names.iter().zip(&outputs) {
        graph.output(name, *output);
    }
    let definition = Arc::new(graph.finish().expect("the network fits"));
    let fetches: Vec<&str> = names.iter().map(String::as_str).collect();
    let evaluator = Evaluator::<T>::new(definition, &fetches).expect("every output is named");
    let inputs: Vec<(String, &Array)> =
        all.iter().enumerate().map(|(i, given)| (format!("input_{i}"), &given.value)).collect();
    let feed = Feed::rows(rows(&all)).random(7, 3);
    let feed = inputs.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
    evaluator.run(&mut State::new(), &feed).expect("the network runs")
}

fn declare<'g>(graph: &'g Graph, inputs: &[Given]) -> Vec<Tensor<'g>> {
    let named = inputs.iter().enumerate();
    named
        .map(|(i, given)| graph.input(&format!("input_{i}"), given.value.dtype(), &given.dims))
        .collect()
}

fn real<'g>(tensors: &[Tensor<'g>]) -> Vec<Tensor<'g>> {
    tensors.iter().copied().filter(|tensor| tensor.dtype() == crate::DType::F32).collect()
}

/// The number of rows that the batch axes of the inputs stand for.
fn rows(inputs: &[Given]) -> usize {
    let batch = |given: &Given| {
        let axis = given.dims.iter().position(|dim| *dim == crate::N)?;
        Some(given.value.shape()[axis])
    };
    inputs.iter().find_map(batch).unwrap_or(1)
}

/// Asserts equal numbers: to a relative error, infinities and NaN included.
pub(crate) fn assert_close(found: &[f64], expected: &[f64], relative: f64) {
    assert_eq!(found.len(), expected.len(), "{found:?}, expected {expected:?}");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let same = found == expected || (found.is_nan() && expected.is_nan());
        let close = (found - expected).abs() <= relative * expected.abs();
        assert!(same || close, "element {index}: {found}, expected {expected}");
    }
}

#[test]
fn agrees_for_right_gradients() {
    let inputs =
        [batch(&[2, 3], &[0.3, -1.2, 2.0, 0.7, -0.4, 1.1]), fixed(&[3], &[1.5, -0.6, 0.9])];
    check_gradient(&inputs, |x| x[0] * x[1] / (x[1] * x[1] + 1.0));
}

#[test]
#[should_panic(expected = "central differences say")]
fn notices_a_wrong_gradient() {
    // The rule says x where the derivative of x² is 2x.
    check_gradient(&[fixed(&[2], &[0.5, 2.0])], |x| {
        let wrong: crate::autodiff::Rule =
            std::rc::Rc::new(|d| vec![Some(d.upstream() * d.inputs[0])]);
        x[0].graph().composite("wrong", &[x[0]], Some(wrong), || vec![x[0] * x[0]])[0]
    });
}
