//! Every loss against PyTorch: value and gradient in f64.

use crate::support::{assert_close, fixture, integers, numbers, reals, shape};
use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, N, State, gradients};
use ikhim_nn::{
    BinaryCrossEntropy, CrossEntropy, Linear, Loss, Mae, Mse, Objective, Sgd, Spec, Target,
    evaluation, from_fn, training,
};

#[test]
fn values_and_gradients_are_those_of_pytorch() {
    let fixture = fixture("layers.json");
    for case in fixture["losses"].as_array().unwrap() {
        let loss: Loss = serde_json::from_value(case["loss"].clone()).unwrap();
        let whole = case["integers"].as_bool().unwrap();
        let what = case["loss"].to_string();
        let target = if whole { integers(&case["target"]) } else { reals(&case["target"]) };
        let mut weights = None;
        if !case["row_weights"].is_null() {
            weights = Some(numbers(&case["row_weights"]));
        }
        if !case["class_weight"].is_null() {
            let of_class = numbers(&case["class_weight"]);
            let of_row = target.to_f64().iter().map(|class| of_class[*class as usize]).collect();
            weights = Some(of_row);
        }

        let graph = Graph::new();
        let dims = |sizes: &[usize]| -> Vec<Dim> {
            [N].into_iter().chain(sizes[1..].iter().copied().map(Dim::Fixed)).collect()
        };
        let prediction = graph.input("prediction", DType::F32, &dims(&shape(&case["prediction"])));
        let dtype = if whole { DType::I32 } else { DType::F32 };
        let labels = graph.input("target", dtype, &dims(target.shape()));
        let of_rows = weights.as_ref().map(|_| graph.input("weight", DType::F32, &[N]));
        let value = loss.reduce(loss.rows(prediction, labels), of_rows).named("loss");
        gradients(value, &[prediction])[0].named("gradient");
        let definition = graph.finish().unwrap();

        let evaluator = Evaluator::<f64>::new(definition.into(), &["loss", "gradient"]).unwrap();
        let given = reals(&case["prediction"]);
        let weights = weights.map(|weights| Array::f64(&[weights.len()], weights));
        let mut feed =
            Feed::rows(given.shape()[0]).input("prediction", &given).input("target", &target);
        if let Some(weights) = &weights {
            feed = feed.input("weight", weights);
        }
        let values = evaluator.run(&mut State::new(), &feed).unwrap();
        assert_close(&values[0].to_f64(), &[case["value"].as_f64().unwrap()], 1e-12, &what);
        assert_close(&values[1].to_f64(), &numbers(&case["gradient"]["values"]), 1e-12, &what);
    }
}

#[test]
fn names_and_values_go_both_ways() {
    let fixture = fixture("layers.json");
    let cases = fixture["losses"].as_array().unwrap();
    for name in Loss::NAMES {
        let loss = Loss::of(name).unwrap();
        assert_eq!(loss.name(), *name);
        let text = serde_json::to_string(&loss).unwrap();
        assert_eq!(serde_json::from_str::<Loss>(&text).unwrap(), loss);
        assert!(cases.iter().any(|case| case["loss"]["type"] == *name), "{name} has no fixture");
    }
    let custom = Loss::custom("own", |prediction, target| prediction - target);
    assert!(serde_json::to_string(&custom).is_err(), "a function cannot be written");
    assert!(serde_json::from_str::<Loss>(r#"{"type": "mse", "delta": 1}"#).is_err());
}

/// The value of a bare formula on probabilities that are exactly 0.
fn bare(loss: &Loss, probabilities: &[f64], class: i32) -> f64 {
    let graph = Graph::new();
    let width = probabilities.len();
    let prediction = graph.input("prediction", DType::F32, &[N, Dim::Fixed(width)]);
    let target = graph.input("target", DType::I32, &[N]);
    loss.reduce(loss.rows(prediction, target), None).named("loss");
    let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["loss"]).unwrap();
    let prediction = Array::f64(&[1, width], probabilities.to_vec());
    let target = Array::i32(&[1], vec![class]);
    let feed = Feed::rows(1).input("prediction", &prediction).input("target", &target);
    evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64()[0]
}

#[test]
fn bare_formulas_know_infinity_and_nan() {
    let naive: Loss = CrossEntropy::new().from_logits(false).clip(0.0).into();
    // −(1 · log 0 + 0 · log 1), and −(1 · log 1 + 0 · log 0) with 0 · ∞.
    assert_eq!(bare(&naive, &[0.0, 1.0], 0), f64::INFINITY);
    assert!(bare(&naive, &[0.0, 1.0], 1).is_nan());
    let clipped: Loss = CrossEntropy::new().from_logits(false).into();
    let limit = f64::from((1e-7f32).ln());
    assert!((bare(&clipped, &[0.0, 1.0], 0) + limit).abs() < 1e-5);
    let naive: Loss = BinaryCrossEntropy::new().from_logits(false).clip(0.0).into();
    assert_eq!(bare(&naive, &[0.0], 1), f64::INFINITY);
    assert!(bare(&naive, &[1.0], 1).is_nan());
}

#[test]
fn a_class_that_is_not_there_is_an_error_of_the_run() {
    let losses: [(Loss, &[f64], i32); 4] = [
        (CrossEntropy::new().into(), &[0.1, 0.2], 2),
        (CrossEntropy::new().from_logits(false).into(), &[0.5, 0.5], 2),
        (Mse::new().into(), &[0.5], 2),
        (Mae::new().into(), &[0.5, 0.5], -1),
    ];
    for (loss, prediction, class) in losses {
        let graph = Graph::new();
        let tensor = graph.input("prediction", DType::F32, &[N, Dim::Fixed(prediction.len())]);
        let target = graph.input("target", DType::I32, &[N]);
        loss.rows(tensor, target).named("rows");
        let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["rows"]).unwrap();
        let prediction = Array::f64(&[1, prediction.len()], prediction.to_vec());
        let class = Array::i32(&[1], vec![class]);
        let feed = Feed::rows(1).input("prediction", &prediction).input("target", &class);
        let fault = evaluator.run(&mut State::new(), &feed).unwrap_err();
        assert_eq!(fault.code(), "train.index_out_of_range", "{}", loss.name());
    }
}

#[test]
fn widths_follow_target_and_loss() {
    let cross: Loss = CrossEntropy::new().into();
    let binary: Loss = BinaryCrossEntropy::new().into();
    let mse: Loss = Mse::new().into();
    let widths = |target: Target| [&cross, &binary, &mse].map(|loss| loss.width(&target));
    assert_eq!(widths(Target::class(2)), [2, 1, 1]);
    assert_eq!(widths(Target::class(7)), [7, 7, 7]);
    assert_eq!(widths(Target::number(1)), [1, 1, 1]);
    assert_eq!(widths(Target::multi_label(4)), [4, 4, 4]);
}

#[test]
fn a_loss_of_ones_own_is_a_function() {
    let spec = Spec::new([2], Target::number(1));
    let quartic = Loss::custom("quartic", |prediction, target| (prediction - target).pow(4.0));
    let model = from_fn(|x| x.sum(&[1]).expand_dims(-1));
    let definition = evaluation(&model, &spec, &quartic).unwrap();
    let evaluator = Evaluator::<f64>::new(definition.into(), &["loss", "row_losses"]).unwrap();
    let x = Array::f64(&[2, 2], vec![1.0, 2.0, 0.0, 1.0]);
    let y = Array::f64(&[2, 1], vec![1.0, 0.0]);
    let feed = Feed::rows(2).input("features", &x).input("target", &y);
    let values = evaluator.run(&mut State::new(), &feed).unwrap();
    assert_eq!(values[0].to_f64(), [8.5]); // (2⁴ + 1⁴) / 2
    assert_eq!(values[1].to_f64(), [16.0, 1.0]);
}

/// Rows of class 0, 0 and 1 at logits 0: every row loses ln 2, and the gradient
/// by the bias is Σ w (p − y) / Σ w with p = ½, by hand.
#[test]
fn weights_give_pytorchs_weighted_mean() {
    let objective = || Objective::new(BinaryCrossEntropy::new(), Sgd::new(1.0));
    let of_rows = Some([1.0, 0.0, 2.0]);
    let cases = [
        (objective(), None, (0.5 + 0.5 - 0.5) / 3.0),
        (objective().class_weight([1.0, 4.0]), None, (0.5 + 0.5 - 4.0 * 0.5) / 6.0),
        (objective(), of_rows, (0.5 - 2.0 * 0.5) / 3.0),
        (objective().class_weight([1.0, 4.0]), of_rows, (0.5 - 8.0 * 0.5) / 9.0),
    ];
    for (objective, weights, expected) in cases {
        let spec = Spec::new([1], Target::class(2)).row_weights(weights.is_some());
        let definition = training(&Linear::new(), &spec, &objective).unwrap();
        let mut state = State::initial(&definition, 0);
        state.set("dense_1.kernel", Array::f64(&[1, 1], vec![0.0]));
        let fetches = ["loss", "dense_1.bias.grad"];
        let evaluator = Evaluator::<f64>::new(definition.into(), &fetches).unwrap();
        let x = Array::f64(&[3, 1], vec![1.0, 2.0, 3.0]);
        let (y, rate) = (Array::i32(&[3], vec![0, 0, 1]), Array::scalar(1.0));
        let weights = weights.map(|weights| Array::f64(&[3], weights.to_vec()));
        let mut feed =
            Feed::rows(3).input("features", &x).input("target", &y).input("learning_rate", &rate);
        if let Some(weights) = &weights {
            feed = feed.input("weight", weights);
        }
        let values = evaluator.run(&mut state, &feed).unwrap();
        assert_close(&values[0].to_f64(), &[2f64.ln()], 1e-12, "loss");
        assert_close(&values[1].to_f64(), &[expected], 1e-12, "gradient");
    }
}

#[test]
fn evaluation_gives_probabilities() {
    let spec = Spec::new([3], Target::class(3));
    let identity = from_fn(|x| x);
    let cases: [(Loss, [f64; 3]); 3] = [
        (CrossEntropy::new().into(), [0.25, 0.25, 0.5]),
        (CrossEntropy::new().from_logits(false).into(), [0.0, 0.0, 2f64.ln()]),
        (BinaryCrossEntropy::new().into(), [0.5, 0.5, 2.0 / 3.0]),
    ];
    for (loss, expected) in cases {
        let definition = evaluation(&identity, &spec, &loss).unwrap();
        let evaluator = Evaluator::<f64>::new(definition.into(), &["probability"]).unwrap();
        let x = Array::f64(&[1, 3], vec![0.0, 0.0, 2f64.ln()]);
        let y = Array::i32(&[1], vec![0]);
        let feed = Feed::rows(1).input("features", &x).input("target", &y);
        let found = evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64();
        assert_close(&found, &expected, 1e-12, loss.name());
    }
}
