//! Networks whose convolutions are taken by tiles: their spread kernels are made
//! anew where they are trained, and hold where they are not.

use crate::support::{Case, assert_bits, runtimes};
use ikhim_cpu::Program;
use ikhim_graph::op::Method;
use ikhim_graph::{Evaluator, Op, State};
use ikhim_nn::{
    Activation, Adam, Conv2d, CrossEntropy, Dense, Dropout, Flatten, MaxPool2d, Objective, Padding,
    Sequential, Spec, Target, prediction,
};

fn network() -> Sequential {
    let conv = |filters: usize| {
        Conv2d::new(filters, 3).padding(Padding::Same).activation(Activation::Relu)
    };
    Sequential::new()
        .then(conv(32))
        .then(conv(48))
        .then(MaxPool2d::new(2))
        .then(conv(32))
        .then(Flatten::new())
        .then(Dense::auto())
}

fn spec() -> Spec {
    Spec::new([10, 9, 3], Target::class(4))
}

/// Convolutions of a graph that are taken by tiles.
fn by_tiles(definition: &ikhim_graph::Definition) -> usize {
    let methods = definition.nodes().iter().filter_map(|node| match &node.op {
        Op::Conv2d(conv) => Some(conv.method),
        Op::Conv2dInputGrad(slope) => Some(slope.method),
        Op::Conv2dWeightGrad(slope) => Some(slope.method),
        _ => None,
    });
    methods.filter(|method| *method == Method::Winograd).count()
}

#[test]
fn training_has_the_bits_of_the_evaluator() {
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    for rows in [1, 3, 40] {
        let case = Case::training(&network(), &spec(), &objective, rows);
        assert_eq!(by_tiles(&case.definition), 6);
        case.check("a network by tiles", &["loss"], 3, &runtimes(&[1, 2, 3, 8]));
    }
}

/// Poolings and dropout between convolutions: the slopes of windows are made where
/// they are read, and one mask tells what passes a rectifier and is kept.
#[test]
fn behind_poolings_training_has_the_bits_of_the_evaluator() {
    let conv = |filters: usize, kernel: usize| {
        Conv2d::new(filters, kernel).padding(Padding::Same).activation(Activation::Relu)
    };
    let pooled = |network: Sequential, pool: MaxPool2d| {
        network.then(pool.padding(Padding::Same)).then(Dropout::new(0.3))
    };
    let mut network = pooled(Sequential::new().then(conv(32, 3)), MaxPool2d::new(2));
    network = pooled(network.then(conv(48, 3)), MaxPool2d::new(2));
    // Windows that overlap, and a kernel that tiles do not take.
    network = pooled(network.then(conv(80, 3)), MaxPool2d::new(3).stride(1));
    network = pooled(network.then(conv(5, 2)), MaxPool2d::new(2));
    let network = network.then(Flatten::new()).then(Dense::auto());
    let spec = Spec::new([19, 14, 2], Target::class(4));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    for rows in [1, 3, 40] {
        let case = Case::training(&network, &spec, &objective, rows);
        assert_eq!(by_tiles(&case.definition), 6);
        case.check("poolings", &["loss"], 3, &runtimes(&[1, 2, 3, 8]));
    }
}

#[test]
fn a_prediction_follows_its_state() {
    let definition = prediction(&network(), &spec(), &CrossEntropy::new().into()).unwrap();
    for rows in [1, 2, 33] {
        let case = Case::new(definition.clone(), &spec(), rows);
        assert_eq!(by_tiles(&case.definition), 2);
        let evaluator = Evaluator::<f32>::new(case.definition.clone(), &["prediction"]).unwrap();
        let states: Vec<State> =
            (0..3).map(|seed| State::initial(&case.definition, seed)).collect();
        let expected: Vec<_> = states
            .iter()
            .map(|state| evaluator.read(state, &case.feed(0)).unwrap().remove(0))
            .collect();
        for runtime in runtimes(&[1, 2, 3, 8]) {
            let program = Program::reading(case.definition.clone(), &["prediction"]).unwrap();
            // Twice each, so that what holds is used, and in turn.
            for at in [0, 0, 1, 1, 0, 2, 2, 1] {
                let mut state = states[at].clone();
                for _ in 0..2 {
                    let found = program.run(&runtime, &mut state, &case.feed(0)).unwrap();
                    assert_bits(&found[0], &expected[at], &format!("{rows} rows, {runtime:?}"));
                }
            }
        }
    }
}
