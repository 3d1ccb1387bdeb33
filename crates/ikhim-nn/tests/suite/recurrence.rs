//! Recurrent layers as written out cell by cell, with states that are learned,
//! carried or given, and with dropout; the facts of lab 12-0.

use crate::support::{assert_close, assert_relative};
use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, Mode, N, State, Tensor};
use ikhim_nn::{
    Adam, Apply, CARRIED, CrossEntropy, Dense, Entry, GlobalAveragePool1d, GlobalMaxPool1d, Gru,
    InitialState, LENGTHS, Layer, Loss, Lstm, Model, ModelInput, Mse, Network, Objective, OneHot,
    RepeatVector, Sequence, Sequential, SimpleRnn, Spec, Target, Wrap, evaluation, prediction,
    summary, training,
};
use std::sync::Arc;

const STEPS: usize = 6;
const FEATURES: usize = 4;
const UNITS: usize = 3;

fn sequence(graph: &Graph, steps: usize) -> Tensor<'_> {
    graph.input("features", DType::F32, &[N, Dim::Fixed(steps), Dim::Fixed(FEATURES)])
}

fn numbers(rows: usize, steps: usize) -> Array {
    let values = (0..rows * steps * FEATURES).map(|i| (1.7 * i as f32 + 0.3).sin()).collect();
    Array::f32(&[rows, steps, FEATURES], values)
}

fn layers() -> [Layer; 3] {
    [SimpleRnn::new(UNITS).into(), Lstm::new(UNITS).into(), Gru::new(UNITS).into()]
}

/// A layer written out step by step, with a product of its own for each input.
fn cell_by_cell<'g>(layer: &Layer, x: Tensor<'g>) -> Tensor<'g> {
    let graph = x.graph();
    let read = |name: &str| {
        let path = format!("{}_1.{name}", layer.kind());
        let found = graph.trainable().into_iter().find(|(variable, _)| variable.path == path);
        found.unwrap().1
    };
    let (kernel, recurrent, bias) = (read("kernel"), read("recurrent_kernel"), read("bias"));
    let zeros = graph.scalar(0.0).broadcast_to(&[N, Dim::Fixed(UNITS)][..].into());
    let (mut h, mut c) = (zeros, zeros);
    let mut states = Vec::new();
    for step in 0..STEPS {
        let now = x.slice(1, step..step + 1).squeeze(&[1]);
        let gate = |z: Tensor<'g>, gate: usize| z.slice(1, gate * UNITS..(gate + 1) * UNITS);
        match layer.kind() {
            "simple_rnn" => h = (now.matmul(kernel) + bias + h.matmul(recurrent)).tanh(),
            "lstm" => {
                let z = now.matmul(kernel) + bias + h.matmul(recurrent);
                c = gate(z, 1).sigmoid() * c + gate(z, 0).sigmoid() * gate(z, 2).tanh();
                h = gate(z, 3).sigmoid() * c.tanh();
            }
            _ => {
                let of = |place: usize| bias.slice(0, place..place + 1).squeeze(&[0]);
                let (x, a) = (now.matmul(kernel) + of(0), h.matmul(recurrent) + of(1));
                let z = (gate(x, 0) + gate(a, 0)).sigmoid();
                let r = (gate(x, 1) + gate(a, 1)).sigmoid();
                let n = (gate(x, 2) + r * gate(a, 2)).tanh();
                h = z * h + (1.0 - z) * n;
            }
        }
        states.push(h);
    }
    Tensor::stack(&states, 1)
}

#[test]
fn a_layer_has_the_bits_of_its_cells() {
    for layer in layers() {
        for rows in [1, 5, 70] {
            let graph = Graph::new();
            let x = sequence(&graph, STEPS);
            x.apply(&layer).named("layer");
            cell_by_cell(&layer, x).named("cells");
            let definition = Arc::new(graph.finish().unwrap());
            let mut state = State::initial(&definition, 3);
            let evaluator = Evaluator::<f32>::new(definition, &["layer", "cells"]).unwrap();
            let x = numbers(rows, STEPS);
            let values = evaluator.run(&mut state, &Feed::rows(rows).input("features", &x));
            let values = values.unwrap();
            assert_eq!(values[0], values[1], "{}", layer.kind());
        }
    }
}

/// The parameters that TensorFlow counts in labs 12-0 and 12-1.
#[test]
fn parameters_of_the_course() {
    let count = |layer: Layer, features: usize| -> usize {
        let network = Network::from_iter([layer]);
        let spec = Spec::new([5, features], Target::sequence(5, 5));
        let rows = summary(&network, &spec, &Loss::custom("any", |p, _| p.sum(&[-1]))).unwrap();
        rows.iter().map(|row| row.parameters).sum()
    };
    assert_eq!(count(Lstm::new(5).into(), 5), 220);
    assert_eq!(count(Lstm::new(10).into(), 5), 640);
    assert_eq!(count(SimpleRnn::new(2).into(), 4), 4 * 2 + 2 * 2 + 2);
    assert_eq!(count(Gru::new(3).into(), 4), 3 * (4 * 3 + 3 * 3 + 3 + 3));
}

/// Fixture F9: the mean cross-entropy of sequences, weighted.
#[test]
fn sequence_losses_of_lab_12_0() {
    let logits: [[[f32; 2]; 3]; 5] = [
        [[0.2, 0.7], [0.6, 0.2], [0.2, 0.9]],
        [[0.3, 0.7]; 3],
        [[0.1, 0.9]; 3],
        [[1.0, 0.0]; 3],
        [[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]],
    ];
    let expected = [0.596759, 0.513015, 0.371101, 1.313262, 0.646595];
    for (logits, expected) in logits.iter().zip(expected) {
        let graph = Graph::new();
        let x = graph.input("x", DType::F32, &[N, 3.into(), 2.into()]);
        let target = graph.input("target", DType::I32, &[N, 3.into()]);
        let weights = graph.input("weights", DType::F32, &[N, 3.into()]);
        let loss = Loss::from(CrossEntropy::new());
        let (rows, counts) = loss.sequence_rows(x, target, weights);
        loss.reduce(rows, Some(counts)).named("loss");
        let evaluator = Evaluator::<f32>::new(graph.finish().unwrap().into(), &["loss"]).unwrap();
        let x = Array::f32(&[1, 3, 2], logits.concat());
        let (target, weights) =
            (Array::i32(&[1, 3], vec![1; 3]), Array::f32(&[1, 3], vec![1.0; 3]));
        let feed = Feed::rows(1).input("x", &x).input("target", &target).input("weights", &weights);
        let found = evaluator.run(&mut State::new(), &feed).unwrap()[0].to_f64()[0];
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }
}

/// Steps behind the length of a row change neither loss nor gradient, and the
/// loss is the mean over the steps that count.
#[test]
fn padding_counts_for_nothing() {
    let lengths_input = ModelInput::integers(LENGTHS, [], None);
    let spec = Spec::new([STEPS, FEATURES], Target::sequence(STEPS, 2)).input(lengths_input);
    let network = Network::from_iter([Layer::from(Lstm::new(UNITS)), Dense::new(2).into()]);
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.1));
    let definition = Arc::new(training(&network, &spec, &objective).unwrap());
    let state = State::initial(&definition, 1);
    let fetches = ["loss", "lstm_1.kernel.grad", "dense_1.kernel.grad"];
    let step = Evaluator::<f64>::new(definition, &fetches).unwrap();
    let lengths = [4, STEPS, 1];
    let run = |padding: f32, class: i32| {
        let mut x = numbers(3, STEPS).to_f32();
        let mut target = vec![1; 3 * STEPS];
        for (row, length) in lengths.iter().enumerate() {
            x[(row * STEPS + length) * FEATURES..(row + 1) * STEPS * FEATURES].fill(padding);
            target[row * STEPS + length..(row + 1) * STEPS].fill(class);
        }
        let (x, target) = (Array::f32(&[3, STEPS, FEATURES], x), Array::i32(&[3, STEPS], target));
        let of_rows = Array::i32(&[3], lengths.iter().map(|length| *length as i32).collect());
        let rate = Array::scalar(0.1);
        let feed = Feed::rows(3).input("features", &x).input("target", &target);
        let feed = feed.input(LENGTHS, &of_rows).input("learning_rate", &rate);
        step.read(&state, &feed).unwrap()
    };
    assert_eq!(run(0.0, 0), run(7.5, 1));

    // Each row alone has its own mean; together each counts by its steps.
    let measure = evaluation(&network, &spec, &CrossEntropy::new().into()).unwrap();
    let measure = Evaluator::<f64>::new(measure.into(), &["loss", "row_losses", "row_weights"]);
    let (x, target) = (numbers(3, STEPS), Array::i32(&[3, STEPS], vec![1; 3 * STEPS]));
    let of_rows = Array::i32(&[3], lengths.iter().map(|length| *length as i32).collect());
    let feed = Feed::rows(3).input("features", &x).input("target", &target);
    let values = measure.unwrap().read(&state, &feed.input(LENGTHS, &of_rows)).unwrap();
    let [loss, rows, weights] = [0, 1, 2].map(|place| values[place].to_f64());
    assert_eq!(weights, lengths.map(|length| length as f64));
    let sum: f64 = rows.iter().zip(&weights).map(|(loss, weight)| loss * weight).sum();
    assert_relative(loss[0], sum / 11.0, 1e-12, "mean over steps");
}

/// Layers in a row know the lengths as the lines of a network do, wrapped ones too.
#[test]
fn layers_in_a_row_know_the_lengths() {
    let lengths_input = ModelInput::integers(LENGTHS, [], None);
    let spec = Spec::new([STEPS, FEATURES], Target::number(UNITS)).input(lengths_input);
    let lengths = Array::i32(&[3], vec![1, 4, STEPS as i32]);
    let value = |model: &dyn Model, x: &Array| -> Vec<f64> {
        let definition = Arc::new(prediction(model, &spec, &Mse::new().into()).unwrap());
        let state = State::initial(&definition, 1);
        let program = Evaluator::<f64>::new(definition, &["prediction"]).unwrap();
        let feed = Feed::rows(3).input("features", x).input(LENGTHS, &lengths);
        program.read(&state, &feed).unwrap()[0].to_f64()
    };
    let x = numbers(3, STEPS);
    let mut padded = x.to_f32();
    padded[FEATURES..STEPS * FEATURES].fill(9.0);
    let padded = Array::f32(&[3, STEPS, FEATURES], padded);
    let layer = || Lstm::new(UNITS).return_sequences(false);
    let as_network = value(&Network::from_iter([Layer::from(layer())]), &x);
    let models: [(&str, Box<dyn Model>); 4] = [
        ("in a row", Box::new(Sequential::new().then(layer()))),
        ("alone", Box::new(layer())),
        ("shared", Box::new(layer().shared("lstm_1"))),
        ("frozen", Box::new(layer().trainable(false))),
    ];
    for (what, model) in models {
        assert_eq!(value(model.as_ref(), &x), as_network, "{what}");
        assert_eq!(value(model.as_ref(), &padded), as_network, "{what}");
    }
}

/// A row without steps leaves a pooling at 0 and a recurrent layer at its start.
#[test]
fn a_row_without_steps_is_zeros() {
    let lengths_input = ModelInput::integers(LENGTHS, [], None);
    let spec = Spec::new([STEPS, FEATURES], Target::number(FEATURES)).input(lengths_input);
    let x = numbers(3, STEPS);
    let lengths = Array::i32(&[3], vec![0, 2, STEPS as i32]);
    let feed = Feed::rows(3).input("features", &x).input(LENGTHS, &lengths);
    let value = |layer: Layer| -> Vec<f64> {
        let network = Network::from_iter([layer]);
        let definition = Arc::new(prediction(&network, &spec, &Mse::new().into()).unwrap());
        let state = State::initial(&definition, 1);
        let program = Evaluator::<f64>::new(definition, &["prediction"]).unwrap();
        program.read(&state, &feed).unwrap()[0].to_f64()
    };
    let last = |row: usize, step: usize| -> Vec<f64> {
        let start = (row * STEPS + step) * FEATURES;
        x.to_f64()[start..start + FEATURES].to_vec()
    };
    let (largest, mean) =
        (value(GlobalMaxPool1d::new().into()), value(GlobalAveragePool1d::new().into()));
    let state = value(Lstm::new(FEATURES).return_sequences(false).into());
    for values in [&largest, &mean, &state] {
        assert_eq!(values[..FEATURES], [0.0; FEATURES]);
    }
    for feature in 0..FEATURES {
        let (a, b) = (last(1, 0)[feature], last(1, 1)[feature]);
        assert_eq!(largest[FEATURES + feature], a.max(b));
        assert_relative(mean[FEATURES + feature], (a + b) / 2.0, 1e-12, "mean");
    }
}

/// A sequence in two halves with the state carried over is the sequence in one.
#[test]
fn a_carried_state_joins_batches() {
    for layer in [
        Layer::from(SimpleRnn::new(UNITS).stateful(true)),
        Lstm::new(UNITS).stateful(true).into(),
        Gru::new(UNITS).stateful(true).into(),
    ] {
        let build = |steps: usize| {
            let graph = Graph::new();
            sequence(&graph, steps).apply(&layer).named("y");
            Arc::new(graph.finish().unwrap())
        };
        let definition = build(STEPS);
        let mut state = State::initial(&definition, 5);
        let carried: Vec<String> =
            definition.inputs().iter().skip(1).map(|input| input.name.clone()).collect();
        assert_eq!(carried[0], format!("{CARRIED}{}_1.state", layer.kind()));
        assert_eq!(carried.len(), if layer.kind() == "lstm" { 2 } else { 1 });
        let mut run = |steps: usize, x: &Array, starts: &[Array]| {
            let mut fetches = vec!["y"];
            fetches.extend(carried.iter().map(String::as_str));
            let evaluator = Evaluator::<f32>::new(build(steps), &fetches).unwrap();
            let feed = Feed::rows(2).input("features", x);
            let feed = carried
                .iter()
                .zip(starts)
                .fold(feed, |feed, (name, start)| feed.input(name, start));
            evaluator.run(&mut state, &feed).unwrap()
        };
        let zeros = vec![Array::f32(&[2, UNITS], vec![0.0; 2 * UNITS]); 2];
        let x = numbers(2, STEPS);
        let whole = run(STEPS, &x, &zeros);
        let half = |from: usize| {
            let rows = x.to_f32();
            let rows = rows.chunks(STEPS * FEATURES);
            let part = |row: &[f32]| row[from * FEATURES..(from + 3) * FEATURES].to_vec();
            Array::f32(&[2, 3, FEATURES], rows.flat_map(part).collect())
        };
        let first = run(3, &half(0), &zeros);
        let second = run(3, &half(3), &first[1..]);
        assert_eq!(second[1..], whole[1..], "{}", layer.kind());
        let of = |values: &Array, row: usize, steps: usize| {
            values.to_f32()[row * steps * UNITS..(row + 1) * steps * UNITS].to_vec()
        };
        for row in 0..2 {
            let joined = [of(&first[0], row, 3), of(&second[0], row, 3)].concat();
            assert_eq!(joined, of(&whole[0], row, STEPS), "{}", layer.kind());
        }
    }
}

/// The dropout of a row is one mask for all of its steps, and another one at
/// another step of the training.
#[test]
fn dropout_is_the_same_in_all_steps() {
    let graph = Graph::with_mode(Mode::Training);
    let layer = SimpleRnn::new(FEATURES).dropout(0.5).recurrent_dropout(0.5);
    let layer = layer.kernel_initializer(ikhim_nn::Initializer::orthogonal(1.0));
    sequence(&graph, STEPS).apply(layer).named("y");
    let definition = Arc::new(graph.finish().unwrap());
    let random: Vec<_> = definition
        .nodes()
        .iter()
        .filter(|node| node.op.name() == "random_uniform")
        .map(|node| node.shape.to_string())
        .collect();
    assert_eq!(random, [format!("[N, 1, {FEATURES}]"), format!("[N, {FEATURES}]")]);
    let mut state = State::initial(&definition, 5);
    let evaluator = Evaluator::<f64>::new(definition, &["y"]).unwrap();
    let x = numbers(2, STEPS);
    let mut at = |step: u64| {
        let feed = Feed::rows(2).input("features", &x).random(1, step);
        evaluator.run(&mut state, &feed).unwrap()
    };
    assert_eq!(at(0), at(0));
    assert_ne!(at(0), at(1));
}

/// A learned initial state has a gradient and begins at zero.
#[test]
fn a_learned_state_learns() {
    let layer = Lstm::new(UNITS).initial_state(InitialState::Learned).return_sequences(false);
    let network = Network::from_iter([Layer::from(layer), Dense::auto().into()]);
    let spec = Spec::new([STEPS, FEATURES], Target::number(1));
    let objective = Objective::new(ikhim_nn::Mse::new(), Adam::new(0.1));
    let definition = Arc::new(training(&network, &spec, &objective).unwrap());
    let mut state = State::initial(&definition, 1);
    let step = Evaluator::<f32>::with_updates(definition, &["loss"]).unwrap();
    let (x, y, rate) =
        (numbers(2, STEPS), Array::f32(&[2, 1], vec![1.0, -1.0]), Array::scalar(0.1));
    let feed = Feed::rows(2).input("features", &x).input("target", &y);
    assert_eq!(state.get("lstm_1.initial_state").unwrap().to_f64(), [0.0; UNITS]);
    let feed = feed.input("learning_rate", &rate);
    let first = step.run(&mut state, &feed).unwrap()[0].to_f64()[0];
    for name in ["initial_state", "initial_cell"] {
        assert_ne!(state.get(&format!("lstm_1.{name}")).unwrap().to_f64(), [0.0; UNITS]);
    }
    (0..100).for_each(|_| drop(step.run(&mut state, &feed).unwrap()));
    assert!(step.run(&mut state, &feed).unwrap()[0].to_f64()[0] < 0.01 * first);
}

/// An encoder gives its last state to a decoder: by hand, and as lines of a
/// network that name their inputs.
#[test]
fn an_encoder_gives_its_state_to_a_decoder() {
    let run = |build: &dyn Fn(Tensor<'_>)| {
        let graph = Graph::new();
        build(sequence(&graph, STEPS));
        let definition = Arc::new(graph.finish().unwrap());
        let mut state = State::initial(&definition, 2);
        let x = numbers(3, STEPS);
        let evaluator = Evaluator::<f32>::new(definition, &["y"]).unwrap();
        evaluator.run(&mut state, &Feed::rows(3).input("features", &x)).unwrap().remove(0)
    };
    let by_hand = run(&|x| {
        let graph = x.graph();
        let encoder = Lstm::new(UNITS);
        let values = graph.layer("lstm", Some("encoder"), || encoder.run(x, Sequence::new()));
        let steps = graph.layer("repeat_vector", None, || values.state.apply(RepeatVector::new(2)));
        let given = Sequence::new().state(values.state);
        let decoder = graph.layer("lstm", Some("decoder"), || Lstm::new(UNITS).run(steps, given));
        decoder.sequence.named("y");
    });
    let network = Network::new([
        Entry::new(Lstm::new(UNITS).return_sequences(false)).named("encoder"),
        Entry::new(RepeatVector::new(2)),
        Entry::new(Lstm::new(UNITS)).named("decoder").inputs(["previous", "encoder"]),
    ]);
    let as_lines = run(&|x| {
        let inputs = ikhim_nn::Inputs::new(x.graph(), None).with("features", x, None);
        ikhim_nn::Model::forward(&network, &inputs).named("y");
    });
    assert_eq!(by_hand, as_lines);
    assert_eq!(by_hand.shape(), [3, 2, UNITS]);
}

/// Lengths belong to the sequences that are given, not to one that a decoder
/// writes: of a row of one step it writes all steps.
#[test]
fn a_decoder_is_not_cut_at_the_length_of_what_was_read() {
    let lines: [Entry; 3] = [
        Entry::new(Gru::new(UNITS).return_sequences(false)),
        Entry::new(RepeatVector::new(2)),
        Entry::new(Gru::new(UNITS)),
    ];
    let graph = Graph::new();
    let lengths = graph.input(LENGTHS, DType::I32, &[N]);
    let inputs = ikhim_nn::Inputs::new(&graph, None)
        .with("features", sequence(&graph, STEPS), None)
        .with(LENGTHS, lengths, None);
    ikhim_nn::Model::forward(&Network::new(lines), &inputs).named("y");
    let definition = Arc::new(graph.finish().unwrap());
    let state = State::initial(&definition, 2);
    let evaluator = Evaluator::<f32>::new(definition, &["y"]).unwrap();
    let (x, of_rows) = (numbers(2, STEPS), Array::i32(&[2], vec![1, STEPS as i32]));
    let feed = Feed::rows(2).input("features", &x).input(LENGTHS, &of_rows);
    let y = evaluator.read(&state, &feed).unwrap().remove(0);
    assert_eq!(y.shape(), [2, 2, UNITS]);
    assert!(y.to_f64().iter().all(|value| *value != 0.0));
}

/// A bias of 1 for the forget gate alone, which can be left out.
#[test]
fn the_forget_gate_begins_open_by_choice() {
    for (forget, expected) in [(true, 1.0), (false, 0.0)] {
        let graph = Graph::new();
        sequence(&graph, STEPS).apply(Lstm::new(UNITS).unit_forget_bias(forget));
        let state = State::initial(&graph.finish().unwrap(), 1);
        let bias = state.get("lstm_1.bias").unwrap().to_f64();
        let whole = [[0.0; UNITS], [expected; UNITS], [0.0; UNITS], [0.0; UNITS]].concat();
        assert_eq!(bias, whole);
    }
}

#[test]
fn refuses_what_does_not_fit() {
    let fault = |build: &dyn Fn(Tensor<'_>)| {
        let graph = Graph::new();
        build(sequence(&graph, STEPS));
        graph.finish().unwrap_err()
    };
    let rank = fault(&|x| {
        x.apply(Lstm::new(3).return_sequences(false)).apply(Lstm::new(3));
    });
    assert_eq!(rank.code(), "shape.rank");
    assert!(
        rank.help_text(ikhim_text::Language::English).unwrap().contains("return_sequences = true")
    );
    let both = fault(&|x| {
        x.apply(Gru::new(3).stateful(true).bidirectional(true));
    });
    assert_eq!((both.code(), both.argument("setting")), ("shape.setting", Some("stateful")));
    let learned = fault(&|x| {
        x.apply(Gru::new(3).stateful(true).initial_state(InitialState::Learned));
    });
    assert_eq!(learned.argument("setting"), Some("initial_state"));
    let rate = fault(&|x| {
        x.apply(Gru::new(3).recurrent_dropout(1.0));
    });
    assert_eq!(rate.argument("setting"), Some("recurrent_dropout"));
    let graph = Graph::new();
    graph.input("x", DType::I32, &[N, 3.into()]).apply(Lstm::new(3));
    assert_eq!(graph.finish().unwrap_err().code(), "shape.dtype");
    let graph = Graph::new();
    let x = graph.input("x", DType::I32, &[N, 3.into()]);
    x.apply(OneHot::new());
    assert_eq!(graph.finish().unwrap_err().code(), "shape.input_dim_auto");

    // A class a row, and a value for each step.
    let network = Network::from_iter([Layer::from(Lstm::new(3)), Dense::auto().into()]);
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.1));
    let spec = Spec::new([STEPS, FEATURES], Target::class(3));
    let fault = training(&network, &spec, &objective).unwrap_err();
    assert_eq!(fault.code(), "shape.loss");
    assert!(
        fault
            .help_text(ikhim_text::Language::English)
            .unwrap()
            .contains("return_sequences = false")
    );
    // A class a step, and a value for each row.
    let network = Network::from_iter([
        Layer::from(Lstm::new(3).return_sequences(false)),
        Dense::auto().into(),
    ]);
    let spec = Spec::new([STEPS, FEATURES], Target::sequence(STEPS, 3));
    let fault = training(&network, &spec, &objective).unwrap_err();
    assert_eq!(fault.code(), "shape.loss");
    assert!(
        fault.help_text(ikhim_text::Language::English).unwrap().contains("return_sequences = true")
    );
}

/// The weight of a class is that of each of its steps.
#[test]
fn class_weights_of_sequences() {
    let spec = Spec::new([2, 1], Target::sequence(2, 2));
    let network =
        ikhim_nn::from_fn(|x| x.apply(Dense::new(2).kernel([[1.0, -1.0]]).bias([0.0, 0.0])));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.1)).class_weight([3.0, 1.0]);
    let definition = Arc::new(training(&network, &spec, &objective).unwrap());
    let mut state = State::initial(&definition, 1);
    let step = Evaluator::<f64>::new(definition, &["loss"]).unwrap();
    let x = Array::f64(&[2, 2, 1], vec![0.0, 1.0, 0.5, -0.5]);
    let (target, rate) = (Array::i32(&[2, 2], vec![0, 0, 1, 0]), Array::scalar(0.1));
    let feed = Feed::rows(2).input("features", &x).input("target", &target);
    let loss = step.run(&mut state, &feed.input("learning_rate", &rate)).unwrap();
    // −ln σ of the difference of the logits, ±2x.
    let each = |gap: f64| (1.0 + (-gap).exp()).ln();
    let sum = 3.0 * each(0.0) + 3.0 * each(2.0) + each(-1.0) + 3.0 * each(-1.0);
    assert_close(&loss[0].to_f64(), &[sum / 10.0], 1e-12, "weighted mean");
}
