//! What cannot run says so, and leaves everything as it was.

use crate::support::{Case, assert_states, runtimes};
use ikhim_cpu::{Program, Runtime};
use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, N, State};
use ikhim_nn::{
    Adam, CrossEntropy, Dense, Embedding, Flatten, Mlp, ModelInput, Mse, Objective, Sequential,
    Sgd, Spec, Target, training,
};
use ikhim_text::{Fault, Language};

const ROWS: usize = 600;

/// Words of a table, joined and classified; a row holds four of six.
fn words() -> Case {
    let spec =
        Spec::with_inputs([ModelInput::integers("features", [4], Some(6))], Target::class(3));
    let model = Sequential::new()
        .then(Embedding::new(30).input_dim(6))
        .then(Flatten::new())
        .then(Dense::new(64))
        .then(Dense::auto());
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    Case::training(&model, &spec, &objective, ROWS)
}

fn evaluated(case: &Case, state: &mut State, feed: &Feed<'_>) -> Fault {
    let evaluator = Evaluator::<f32>::with_updates(case.definition.clone(), &["loss"]).unwrap();
    evaluator.run(state, feed).unwrap_err()
}

fn with(case: &mut Case, name: &str, change: impl Fn(&mut [i32])) {
    let (_, array) = case.inputs.iter_mut().find(|(own, _)| own == name).unwrap();
    match array.data_mut() {
        ikhim_graph::Data::I32(values) => change(values),
        _ => panic!("`{name}` holds no integers"),
    }
}

/// The fault of the evaluator, word by word, and the state as it was; then the
/// same program takes a good step.
fn fails_alike(case: &Case, good: &Case, code: &str, layer: Option<&str>) {
    let expected = evaluated(case, &mut case.state(), &case.feed(0));
    assert_eq!(expected.code(), code);
    for runtime in runtimes(&[1, 2, 3]) {
        let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
        let mut state = case.state();
        // Several times, for workers take tiles in any order.
        for _ in 0..20 {
            let fault = program.run(&runtime, &mut state, &case.feed(0)).unwrap_err();
            for language in [Language::English, Language::Korean] {
                assert_eq!(fault.text(language), expected.text(language), "{runtime:?}");
            }
            assert_eq!(fault.location().layer.as_deref(), layer, "{runtime:?}");
        }
        assert_states(&state, &case.state(), &format!("after the fault, {runtime:?}"));
        program.run(&runtime, &mut state, &good.feed(0)).unwrap();
        let (_, expected) = good.evaluated(&["loss"], 1);
        assert_states(&state, &expected, &format!("after a good step, {runtime:?}"));
    }
}

#[test]
fn an_index_out_of_range_names_its_layer() {
    let mut bad = words();
    with(&mut bad, "features", |indices| indices[4 * 599 + 3] = 6);
    fails_alike(&bad, &words(), "train.index_out_of_range", Some("embedding_1"));
    with(&mut bad, "features", |indices| indices[4 * 599 + 3] = -1);
    fails_alike(&bad, &words(), "train.index_out_of_range", Some("embedding_1"));
}

#[test]
fn of_several_indices_out_of_range_the_first_is_told() {
    let mut bad = words();
    with(&mut bad, "features", |indices| {
        (0..60).for_each(|at| indices[4 * (10 * at + 3)] = 100 + at as i32);
    });
    fails_alike(&bad, &words(), "train.index_out_of_range", Some("embedding_1"));
}

/// The evaluator goes node by node: a bad index of the table is told before a bad
/// class, whichever row comes first.
#[test]
fn of_several_ops_that_fail_the_earliest_is_told() {
    for (index, class) in [(4 * 599, 0), (3, ROWS - 1)] {
        let mut bad = words();
        with(&mut bad, "features", |indices| indices[index] = 77);
        with(&mut bad, "target", |classes| classes[class] = 3);
        fails_alike(&bad, &words(), "train.index_out_of_range", Some("embedding_1"));
    }
}

/// Two tables in one graph, the later of which is read in an earlier phase.
#[test]
fn the_phase_of_an_op_does_not_matter_to_the_fault() {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, 3.into()]);
    let (first, second) =
        (graph.input("first", DType::I32, &[N]), graph.input("second", DType::I32, &[N]));
    let table = x.sum(&[0]);
    let late = table.gather(first, 0);
    let early = graph.constant(Array::f32(&[3], vec![1.0, 2.0, 3.0])).gather(second, 0);
    graph.output("y", late + early);
    let definition = std::sync::Arc::new(graph.finish().unwrap());
    let evaluator = Evaluator::<f32>::new(definition.clone(), &["y"]).unwrap();
    let program = Program::reading(definition, &["y"]).unwrap();
    for rows in [40, 60_000] {
        let x = Array::f32(&[rows, 3], vec![1.0; 3 * rows]);
        let bad = |place: usize, index: i32| {
            Array::i32(&[rows], (0..rows).map(|at| if at == place { index } else { 0 }).collect())
        };
        let (first, second) = (bad(rows - 1, 5), bad(0, 7));
        let feed = Feed::rows(rows).input("x", &x).input("first", &first).input("second", &second);
        let expected = evaluator.read(&State::new(), &feed).unwrap_err();
        assert_eq!(expected.argument("found"), Some("5"));
        for runtime in runtimes(&[1, 2, 3]) {
            let fault = program.read(&runtime, &State::new(), &feed).unwrap_err();
            assert_eq!(fault.to_string(), expected.to_string(), "{runtime:?}");
        }
    }
}

#[test]
fn a_class_out_of_range_leaves_the_state() {
    let mut bad = words();
    with(&mut bad, "target", |classes| classes[ROWS - 1] = 3);
    let layer = evaluated(&bad, &mut bad.state(), &bad.feed(0)).location().layer.clone();
    fails_alike(&bad, &words(), "train.index_out_of_range", layer.as_deref());
}

fn small() -> Case {
    let spec = Spec::new([5], Target::number(2));
    let objective = Objective::new(Mse::new(), Sgd::new(0.1).momentum(0.9));
    Case::training(&Mlp::new([8]), &spec, &objective, 10)
}

/// A run that is refused, with the words of the evaluator.
fn refused(case: &Case, state: &State, feed: &Feed<'_>, code: &str) {
    let expected = evaluated(case, &mut state.clone(), feed);
    let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
    for runtime in runtimes(&[1, 2]) {
        let mut own = state.clone();
        let fault = program.run(&runtime, &mut own, feed).unwrap_err();
        assert_eq!((fault.code(), fault.to_string()), (code, expected.to_string()));
        assert_states(&own, state, code);
    }
}

#[test]
fn a_missing_input_is_named() {
    let case = small();
    let feed = Feed::rows(10).input("features", &case.inputs[0].1);
    refused(&case, &case.state(), &feed, "train.missing_input");
}

#[test]
fn another_shape_or_type_is_refused() {
    let case = small();
    let narrow = Array::f32(&[10, 4], vec![0.0; 40]);
    refused(&case, &case.state(), &case.feed(0).input("features", &narrow), "train.value_mismatch");
    let short = Array::f32(&[9, 5], vec![0.0; 45]);
    refused(&case, &case.state(), &case.feed(0).input("features", &short), "train.value_mismatch");
    let integers = Array::i32(&[10, 5], vec![0; 50]);
    let feed = case.feed(0).input("features", &integers);
    refused(&case, &case.state(), &feed, "train.value_mismatch");
    refused(&case, &case.state(), &case.feed(0).row_ids(&[1, 2, 3]), "train.row_ids");
}

#[test]
fn the_state_of_another_network_is_refused() {
    let case = small();
    let mut missing = case.state();
    missing.remove("dense_2.kernel").unwrap();
    refused(&case, &missing, &case.feed(0), "train.missing_variable");
    let mut other = case.state();
    other.set("dense_2.kernel", Array::f32(&[8, 3], vec![0.0; 24]));
    refused(&case, &other, &case.feed(0), "train.value_mismatch");
    refused(&case, &words().state(), &case.feed(0), "train.value_mismatch");
}

#[test]
fn an_unknown_fetch_is_refused_with_the_nearest_name() {
    let case = small();
    let fault = Program::updating(case.definition.clone(), &["los"]).unwrap_err();
    let expected = Evaluator::<f32>::with_updates(case.definition, &["los"]).unwrap_err();
    assert_eq!(fault, expected);
}

/// The kernel alone has 2⁴⁰ numbers: it is refused before anyone makes a state
/// of that size.
#[cfg(target_os = "linux")]
#[test]
fn a_network_too_large_for_the_machine_says_how_much_it_needs() {
    let spec = Spec::new([1 << 20], Target::number(1));
    let objective = Objective::new(Mse::new(), Sgd::new(0.1));
    let definition = training(&Mlp::new([1 << 20]), &spec, &objective).unwrap();
    let program = Program::updating(definition.into(), &["loss"]).unwrap();
    let x = Array::f32(&[1, 1 << 20], vec![0.0; 1 << 20]);
    let (y, rate) = (Array::f32(&[1, 1], vec![0.0]), Array::scalar(0.1));
    let feed = Feed::rows(1).input("features", &x).input("target", &y);
    let feed = feed.input("learning_rate", &rate);
    let fault = program.run(&Runtime::single(), &mut State::new(), &feed).unwrap_err();
    assert_eq!(fault.code(), "train.memory");
    let number_before = |text: &str, word: &str| -> u64 {
        text.split(word).next().unwrap().split(' ').rev().nth(1).unwrap().parse().unwrap()
    };
    let text = fault.to_string();
    // 2⁴⁰ numbers of 4 bytes are 4 TiB; the packed kernel needs that much at least.
    let needed = number_before(&text, "MiB of memory");
    assert!(needed >= 4 << 20, "{text}");
    let left = number_before(&text, "MiB are left");
    assert!(left < needed, "{text}");
}
