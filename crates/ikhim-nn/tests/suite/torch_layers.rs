//! Every layer against PyTorch: value and gradients in f64.

use crate::support::{assert_close, fixture, integers, numbers, reals, shape};
use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, Mode, N, State, Tensor, gradients};
use ikhim_nn::{
    Activation, AlphaDropout, Apply, Dropout, Entry, Inputs, Layer, Model, Module, Network,
};
use serde_json::Value;

fn dims(shape: &[usize]) -> Vec<Dim> {
    [N].into_iter().chain(shape[1..].iter().copied().map(Dim::Fixed)).collect()
}

/// The gradients of `sum(output · weights)`, fetchable as `<name>.grad`.
fn weighted_gradients<'g>(output: Tensor<'g>, case: &Value, by: &[(String, Tensor<'g>)]) {
    let graph = output.graph();
    // The weights have a row for each row of the data, so they are an input.
    let weights = graph.input("weights", DType::F32, &output.shape());
    let tensors: Vec<Tensor<'g>> = by.iter().map(|(_, tensor)| *tensor).collect();
    let slopes = gradients((output * weights).sum_all(), &tensors);
    for ((name, _), slope) in by.iter().zip(slopes) {
        slope.named(&format!("{name}.grad"));
    }
    output.named("output");
    assert_eq!(output.shape(), dims(&shape(&case["output"])).into());
}

#[test]
fn layers_agree_with_pytorch() {
    let fixtures = [fixture("layers.json"), fixture("image_layers.json")];
    for case in fixtures.iter().flat_map(|fixture| fixture["layers"].as_array().unwrap()) {
        let what = case["layer"].to_string();
        let layer: Layer = serde_json::from_value(case["layer"].clone()).unwrap();
        let whole = case["integers"].as_bool().unwrap();
        let graph = Graph::new();
        let dtype = if whole { DType::I32 } else { DType::F32 };
        let x = graph.input("x", dtype, &dims(&shape(&case["x"])));
        let output = x.apply(&layer);
        let mut by = if whole { vec![] } else { vec![("x".to_string(), x)] };
        for (variable, tensor) in graph.trainable() {
            by.push((variable.path.rsplit('.').next().unwrap().to_string(), tensor));
        }
        weighted_gradients(output, case, &by);
        let mut declared: Vec<String> = by.into_iter().map(|(name, _)| name).collect();
        declared.sort();
        let definition = graph.finish().unwrap();

        let mut state = State::new();
        for variable in definition.variables() {
            let name = variable.path.rsplit('.').next().unwrap();
            state.set(&variable.path, reals(&case["parameters"][name]));
        }
        let expected = case["gradients"].as_object().unwrap();
        let mut differentiated: Vec<&String> = expected.keys().collect();
        differentiated.sort();
        assert_eq!(declared.iter().collect::<Vec<_>>(), differentiated, "{what}");
        let names: Vec<String> = expected.keys().map(|name| format!("{name}.grad")).collect();
        let fetches: Vec<&str> =
            ["output"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let evaluator = Evaluator::<f64>::new(definition.into(), &fetches).unwrap();
        let input = if whole { integers(&case["x"]) } else { reals(&case["x"]) };
        let weights = reals(&case["weights"]);
        let feed = Feed::rows(input.shape()[0]).input("x", &input).input("weights", &weights);
        let values = evaluator.run(&mut state, &feed).unwrap();
        assert_close(&values[0].to_f64(), &numbers(&case["output"]["values"]), 1e-12, &what);
        for ((name, gradient), found) in expected.iter().zip(&values[1..]) {
            let what = format!("{what}: gradient by {name}");
            assert_eq!(found.shape(), shape(gradient), "{what}");
            assert_close(&found.to_f64(), &numbers(&gradient["values"]), 1e-12, &what);
        }
    }
}

#[test]
fn every_layer_is_in_the_fixture() {
    let (tables, images) = (fixture("layers.json"), fixture("image_layers.json"));
    let cases = tables["layers"].as_array().unwrap().iter();
    let mut tried: Vec<&str> = cases
        .chain(tables["joins"].as_array().unwrap())
        .chain(images["layers"].as_array().unwrap())
        .chain(images["batch_norms"].as_array().unwrap())
        .map(|case| case["layer"]["type"].as_str().unwrap())
        .collect();
    // Random ones below; a sequence of layers in the tests of compositions.
    let sequences = fixture("sequence_layers.json");
    let of_sequences = sequences["cases"].as_array().unwrap().iter();
    let of_sequences = of_sequences.flat_map(|case| case["layers"].as_array().unwrap());
    tried.extend(of_sequences.map(|layer| layer["type"].as_str().unwrap()));
    tried.extend(["one_hot", "dropout", "alpha_dropout", "spatial_dropout", "sequential"]);
    for name in Layer::NAMES.iter().chain(Activation::NAMES) {
        assert!(tried.contains(name), "{name}");
    }
}

#[test]
fn layers_of_two_inputs_agree_with_pytorch() {
    let fixture = fixture("layers.json");
    for case in fixture["joins"].as_array().unwrap() {
        let what = case["layer"].to_string();
        let layer: Layer = serde_json::from_value(case["layer"].clone()).unwrap();
        let network = Network::new([Entry::new(layer).inputs(["left", "right"])]);
        let graph = Graph::new();
        let input = |name: &str| graph.input(name, DType::F32, &dims(&shape(&case[name])));
        let (left, right) = (input("left"), input("right"));
        let inputs = Inputs::new(&graph, None).with("left", left, None).with("right", right, None);
        let output = network.forward(&inputs);
        weighted_gradients(output, case, &[("left".into(), left), ("right".into(), right)]);
        let fetches = ["output", "left.grad", "right.grad"];
        let evaluator = Evaluator::<f64>::new(graph.finish().unwrap().into(), &fetches).unwrap();
        let (left, right, weights) =
            (reals(&case["left"]), reals(&case["right"]), reals(&case["weights"]));
        let feed =
            Feed::rows(3).input("left", &left).input("right", &right).input("weights", &weights);
        let values = evaluator.run(&mut State::new(), &feed).unwrap();
        let gradients = case["gradients"].as_array().unwrap();
        for (found, expected) in values.iter().zip([&case["output"]].into_iter().chain(gradients)) {
            assert_close(&found.to_f64(), &numbers(&expected["values"]), 1e-12, &what);
        }
    }
}

/// The values that a layer makes of ones over so many rows, in a mode.
fn of_ones(layer: &dyn Module, rows: usize, mode: Mode, step: u64) -> Vec<f64> {
    let graph = Graph::with_mode(mode);
    let x = graph.input("x", DType::F32, &[N, Dim::Fixed(10)]);
    x.apply(layer).named("y");
    let evaluator = Evaluator::<f64>::new(graph.finish().unwrap().into(), &["y"]).unwrap();
    let x = Array::f64(&[rows, 10], vec![1.0; rows * 10]);
    let feed = Feed::rows(rows).input("x", &x).random(5, step);
    evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64()
}

#[test]
fn dropouts_take_pytorchs_two_values_at_their_rate() {
    let fixture = fixture("layers.json");
    let rate = fixture["dropout"]["rate"].as_f64().unwrap();
    let layers: [(&str, Box<dyn Module>); 2] = [
        ("dropout", Box::new(Dropout::new(rate))),
        ("alpha_dropout", Box::new(AlphaDropout::new(rate))),
    ];
    for (name, layer) in layers {
        let values = of_ones(layer.as_ref(), 1000, Mode::Training, 0);
        let expected = numbers(&fixture[name]["values"]);
        let mut found = values.clone();
        found.sort_by(f64::total_cmp);
        found.dedup();
        // PyTorch rounds the constants of alpha dropout to eight digits.
        assert_close(&found, &expected, 1e-6, name);
        // 10,000 draws of 0.3: five deviations are 0.023.
        let dropped = values.iter().filter(|value| **value == found[0]).count() as f64 / 1e4;
        assert!((dropped - rate).abs() < 0.023, "{name} drops {dropped}");
        assert_ne!(
            values,
            of_ones(layer.as_ref(), 1000, Mode::Training, 1),
            "{name}: steps differ"
        );
        assert_eq!(of_ones(layer.as_ref(), 5, Mode::Evaluation, 0), [1.0; 50], "{name} in use");
    }
}

/// Klambauer et al. 2017: mean 0 and variance 1 of SELU's outputs stay.
#[test]
fn alpha_dropout_keeps_mean_and_variance() {
    let graph = Graph::with_mode(Mode::Training);
    let x = graph.random_normal("x", &[N, Dim::Fixed(100)]);
    x.apply(AlphaDropout::new(0.2)).named("y");
    let evaluator = Evaluator::<f64>::new(graph.finish().unwrap().into(), &["y"]).unwrap();
    let feed = Feed::rows(1000).random(2, 0);
    let values = evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64();
    let mean = values.iter().sum::<f64>() / 1e5;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 1e5;
    assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
}
