//! Batch normalization against PyTorch: two training steps with their gradients
//! and running statistics, then in use.

use crate::support::{assert_close, fixture, numbers, reals, shape};
use ikhim_graph::{
    Array, DType, Dim, Evaluator, Feed, Graph, Mode, N, Role, State, Tensor, gradients,
};
use ikhim_nn::{Apply, BatchNorm, Dense, Layer, SpatialDropout, Wrap};
use serde_json::Value;

const GRADIENTS: [&str; 3] = ["x", "gamma", "beta"];

fn build<'g>(graph: &'g Graph, layer: &Layer, sizes: &[usize]) -> Tensor<'g> {
    let dims: Vec<Dim> =
        [N].into_iter().chain(sizes[1..].iter().copied().map(Dim::Fixed)).collect();
    let x = graph.input("x", DType::F32, &dims);
    let output = x.apply(layer);
    let weights = graph.input("weights", DType::F32, &dims);
    let parameters: Vec<Tensor<'g>> =
        graph.trainable().into_iter().map(|(_, tensor)| tensor).collect();
    assert_eq!(parameters.len(), 2, "the statistics are not learned");
    let by = [x, parameters[0], parameters[1]];
    for (name, slope) in GRADIENTS.iter().zip(gradients((output * weights).sum_all(), &by)) {
        slope.named(&format!("{name}.grad"));
    }
    output.named("output")
}

/// Runs a step of the fixture in a mode and compares what it gives.
fn step(layer: &Layer, mode: Mode, case: &Value, state: &mut State, what: &str) {
    let graph = Graph::with_mode(mode);
    build(&graph, layer, &shape(&case["x"]));
    let fetches = ["output", "x.grad", "gamma.grad", "beta.grad"];
    let definition = graph.finish().unwrap();
    let evaluator = Evaluator::<f64>::with_updates(definition.into(), &fetches).unwrap();
    let (x, weights) = (reals(&case["x"]), reals(&case["weights"]));
    let feed = Feed::rows(x.shape()[0]).input("x", &x).input("weights", &weights);
    let values = evaluator.run(state, &feed).unwrap();
    let expected = std::iter::once(&case["output"])
        .chain(GRADIENTS.iter().map(|name| &case["gradients"][name]));
    for ((found, expected), name) in values.iter().zip(expected).zip(fetches) {
        let what = format!("{what}: {name}");
        assert_close(&found.to_f64(), &numbers(&expected["values"]), 1e-12, &what);
    }
}

#[test]
fn agrees_with_pytorch_in_training_and_in_use() {
    let fixture = fixture("image_layers.json");
    for case in fixture["batch_norms"].as_array().unwrap() {
        let what = case["layer"].to_string();
        let layer: Layer = serde_json::from_value(case["layer"].clone()).unwrap();
        let graph = Graph::with_mode(Mode::Training);
        build(&graph, &layer, &shape(&case["steps"][0]["x"]));
        let mut state = State::initial(&graph.finish().unwrap(), 1);
        for name in ["gamma", "beta"] {
            let values = numbers(&case[name]);
            state.set(format!("batch_norm_1.{name}"), Array::f64(&[values.len()], values));
        }
        for (index, one) in case["steps"].as_array().unwrap().iter().enumerate() {
            let what = format!("{what}, step {index}");
            step(&layer, Mode::Training, one, &mut state, &what);
            for name in ["moving_mean", "moving_variance"] {
                let found = state.get(&format!("batch_norm_1.{name}")).unwrap().to_f64();
                assert_close(&found, &numbers(&one[name]), 1e-12, &format!("{what}: {name}"));
            }
        }
        step(&layer, Mode::Evaluation, &case["use"], &mut state, &format!("{what}, in use"));
    }
}

#[test]
fn statistics_stand_in_the_state_and_are_no_parameters() {
    let graph = Graph::with_mode(Mode::Training);
    let x = graph.input("x", DType::F32, &[N, 3.into()]);
    x.apply(BatchNorm::new());
    let definition = graph.finish().unwrap();
    let roles: Vec<(&str, Role)> =
        definition.variables().iter().map(|v| (v.path.as_str(), v.role)).collect();
    let expected = [
        ("batch_norm_1.gamma", Role::Parameter),
        ("batch_norm_1.beta", Role::Parameter),
        ("batch_norm_1.moving_mean", Role::Statistic),
        ("batch_norm_1.moving_variance", Role::Statistic),
    ];
    assert_eq!(roles, expected);
}

#[test]
fn one_row_in_training_is_refused_and_in_use_is_not() {
    let run = |mode| {
        let graph = Graph::with_mode(mode);
        let x = graph.input("x", DType::F32, &[N, 2.into()]);
        graph.output("y", x.apply(BatchNorm::new()));
        let definition = graph.finish().unwrap();
        let mut state = State::initial(&definition, 1);
        let evaluator = Evaluator::<f32>::with_updates(definition.into(), &["y"]).unwrap();
        let x = Array::f32(&[1, 2], vec![2.0, -3.0]);
        evaluator.run(&mut state, &Feed::rows(1).input("x", &x))
    };
    let fault = run(Mode::Training).unwrap_err();
    assert_eq!(fault.code(), "train.few_rows");
    assert_eq!(
        fault.to_string(),
        "layer `batch_norm_1`: a batch of 1 in training, at least 2 rows are needed"
    );
    // Running mean 0 and variance 1 leave the values, but for ε.
    assert_close(&run(Mode::Evaluation).unwrap()[0].to_f64(), &[2.0, -3.0], 1e-5, "in use");
}

#[test]
fn a_layer_used_twice_is_refused() {
    let graph = Graph::with_mode(Mode::Training);
    let x = graph.input("x", DType::F32, &[N, 2.into()]);
    let shared = BatchNorm::new().shared("norm");
    x.apply(&shared).apply(Dense::new(2)).apply(&shared);
    let fault = graph.finish().unwrap_err();
    assert_eq!(fault.code(), "shape.updated_twice");
    assert!(fault.to_string().contains("`norm.moving_mean`"), "{fault}");
}

#[test]
fn spatial_dropout_drops_whole_channels() {
    let values = |mode| {
        let graph = Graph::with_mode(mode);
        let x = graph.input("x", DType::F32, &[N, 3.into(), 2.into(), 50.into()]);
        graph.output("y", x.apply(SpatialDropout::new(0.2)));
        let evaluator = Evaluator::<f64>::new(graph.finish().unwrap().into(), &["y"]).unwrap();
        let x = Array::f64(&[40, 3, 2, 50], vec![2.0; 40 * 300]);
        let feed = Feed::rows(40).input("x", &x).random(5, 0);
        evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64()
    };
    assert_eq!(values(Mode::Evaluation), vec![2.0; 40 * 300]);
    let dropped = values(Mode::Training);
    let mut zeros = 0;
    for row in dropped.chunks(300) {
        for channel in 0..50 {
            let cells: Vec<f64> = (0..6).map(|cell| row[cell * 50 + channel]).collect();
            assert!(cells == [0.0; 6] || cells == [2.5; 6], "{cells:?}");
            zeros += usize::from(cells[0] == 0.0);
        }
    }
    // 2,000 channels at 0.2: five deviations are 90.
    assert!((310..=490).contains(&zeros), "{zeros} of 2000 channels dropped");
}
