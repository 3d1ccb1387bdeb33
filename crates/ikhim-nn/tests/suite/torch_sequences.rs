//! Recurrent and attention layers against PyTorch: value and gradients in f64,
//! with lengths, in both directions, one to three layers deep.

use crate::support::{assert_close, fixture, integers, numbers, reals, shape};
use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, N, State, gradients};
use ikhim_nn::{Apply, Inputs, LENGTHS, Layer, Model, Network, OneHot};
use serde_json::Value;

fn dims(shape: &[usize]) -> Vec<Dim> {
    [N].into_iter().chain(shape[1..].iter().copied().map(Dim::Fixed)).collect()
}

fn network(case: &Value) -> Network {
    let layers: Vec<Layer> = serde_json::from_value(case["layers"].clone()).unwrap();
    layers.into_iter().collect()
}

#[test]
fn sequence_layers_agree_with_pytorch() {
    for case in fixture("sequence_layers.json")["cases"].as_array().unwrap() {
        let what = format!("{} lengths {}", case["layers"], case["lengths"]);
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &dims(&shape(&case["x"])));
        let mut inputs = Inputs::new(&graph, None).with("features", x, None);
        let lengths = case["lengths"].as_array().map(|lengths| {
            let lengths: Vec<i32> =
                numbers(&Value::from(lengths.clone())).iter().map(|l| *l as i32).collect();
            Array::i32(&[lengths.len()], lengths)
        });
        if lengths.is_some() {
            inputs = inputs.with(LENGTHS, graph.input(LENGTHS, DType::I32, &[N]), None);
        }
        let output = network(case).forward(&inputs).named("output");
        assert_eq!(output.shape(), dims(&shape(&case["output"])).into(), "{what}");
        let weights = graph.input("weights", DType::F32, &output.shape());
        let mut by = vec![("x".to_string(), x)];
        by.extend(graph.trainable().into_iter().map(|(variable, tensor)| (variable.path, tensor)));
        let tensors: Vec<_> = by.iter().map(|(_, tensor)| *tensor).collect();
        for ((name, _), slope) in by.iter().zip(gradients((output * weights).sum_all(), &tensors)) {
            slope.named(&format!("{name}.grad"));
        }
        let mut declared: Vec<String> = by.iter().map(|(name, _)| name.clone()).collect();
        declared.sort();
        let definition = graph.finish().unwrap();
        let mut state = State::new();
        for variable in definition.variables() {
            state.set(&variable.path, reals(&case["parameters"][&variable.path]));
        }
        let expected = case["gradients"].as_object().unwrap();
        let mut differentiated: Vec<String> = expected.keys().cloned().collect();
        differentiated.sort();
        assert_eq!(declared, differentiated, "{what}");
        let names: Vec<String> = expected.keys().map(|name| format!("{name}.grad")).collect();
        let fetches: Vec<&str> =
            ["output"].into_iter().chain(names.iter().map(String::as_str)).collect();
        let evaluator = Evaluator::<f64>::new(definition.into(), &fetches).unwrap();
        let (input, weights) = (reals(&case["x"]), reals(&case["weights"]));
        let mut feed = Feed::rows(input.shape()[0]).input("x", &input).input("weights", &weights);
        if let Some(lengths) = &lengths {
            feed = feed.input(LENGTHS, lengths);
        }
        let values = evaluator.run(&mut state, &feed).unwrap();
        let output = values[0].to_f64();
        assert_close(&output, &numbers(&case["output"]["values"]), 1e-12, &what);
        let is_sequence = values[0].shape().len() == 3 && case["layers"][0]["units"].is_number();
        if let (Some(lengths), true) = (&lengths, is_sequence) {
            padding_is_zero(&output, values[0].shape(), lengths, &what);
        }
        for ((name, gradient), found) in expected.iter().zip(&values[1..]) {
            let what = format!("{what}: gradient by {name}");
            assert_eq!(found.shape(), shape(gradient), "{what}");
            assert_close(&found.to_f64(), &numbers(&gradient["values"]), 1e-12, &what);
        }
    }
}

fn padding_is_zero(output: &[f64], shape: &[usize], lengths: &Array, what: &str) {
    let (steps, width) = (shape[1], shape[2]);
    for (row, length) in lengths.to_f64().into_iter().enumerate() {
        let padding = &output[(row * steps + length as usize) * width..(row + 1) * steps * width];
        assert!(padding.iter().all(|value| *value == 0.0), "{what}: row {row}");
    }
}

#[test]
fn one_hot_agrees_with_pytorch() {
    let case = &fixture("sequence_layers.json")["one_hot"];
    let graph = Graph::new();
    graph.input("x", DType::I32, &[N, Dim::Fixed(3)]).apply(OneHot::new().depth(5)).named("y");
    let evaluator = Evaluator::<f64>::new(graph.finish().unwrap().into(), &["y"]).unwrap();
    let x = integers(&case["x"]);
    let values = evaluator.run(&mut State::new(), &Feed::rows(2).input("x", &x)).unwrap();
    assert_eq!(values[0], reals(&case["one_hot"]));
}
