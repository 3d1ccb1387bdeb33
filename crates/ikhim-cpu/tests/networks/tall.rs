//! Programs over very many rows of a few numbers, which go by tapes.

use crate::support::{Case, assert_bits, number, runtimes};
use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::{Array, DType, Definition, Dim, Evaluator, Feed, Graph, N, State, gradients};
use ikhim_nn::{
    BinaryCrossEntropy, Huber, Linear, Loss, Mae, Mse, Objective, Reduction, Sgd, Spec,
    SumSquaredError, Target, evaluation,
};
use std::sync::Arc;

/// Rows around whole pieces, leaves and blocks.
const ROWS: [usize; 6] = [1023, 1024, 1025, 1500, 4127, 20_001];

/// Whether a program over so many rows has a tape.
fn goes_by_tape(case: &Case, fetches: &[&str]) -> bool {
    let program = Program::updating(case.definition.clone(), fetches).unwrap();
    let runtime = Runtime::builder().threads(2).build();
    let profile = program.profile(&runtime, &case.state(), &case.feed(0), 1).unwrap();
    profile.instructions.iter().any(|one| one.kernel == "row_tape")
}

#[test]
fn regressions_have_the_bits_of_the_evaluator() {
    let losses: [Loss; 6] = [
        Mse::new().into(),
        Mse::new().reduction(Reduction::Sum).into(),
        SumSquaredError::new().into(),
        Mae::new().into(),
        Huber::new().delta(0.3).into(),
        Loss::custom("cubic", |prediction, target| (prediction - target).abs().pow(3.0)),
    ];
    let runtimes = runtimes(&[1, 2, 3, 8]);
    for loss in losses {
        for (features, rows) in [1, 2, 3, 4, 7, 16].into_iter().zip(ROWS) {
            let spec = Spec::new([features], Target::number(1));
            let objective = Objective::new(loss.clone(), Sgd::new(0.01));
            let case = Case::training(&Linear::new(), &spec, &objective, rows);
            let name = format!("{loss:?}, {rows} rows of {features}");
            assert_eq!(goes_by_tape(&case, &["loss"]), rows >= 1024, "{name}");
            case.check(&name, &["loss"], 3, &runtimes);
        }
    }
}

#[test]
fn two_classes_have_the_bits_of_the_evaluator() {
    let runtimes = runtimes(&[1, 3]);
    for (target, rows) in [(Target::multi_label(1), 3001), (Target::class(2), 2100)] {
        let spec = Spec::new([3], target);
        let objective = Objective::new(BinaryCrossEntropy::new(), Sgd::new(0.1));
        let case = Case::training(&Linear::new(), &spec, &objective, rows);
        case.check(&format!("{:?}", spec.target()), &["loss"], 3, &runtimes);
    }
}

#[test]
fn a_measure_alone_has_the_bits_of_the_evaluator() {
    let spec = Spec::new([3], Target::number(1));
    let definition = evaluation(&Linear::new(), &spec, &Mse::new().into()).unwrap();
    let case = Case::new(definition, &spec, 5000);
    assert!(goes_by_tape(&case, &["loss"]));
    let (expected, _) = case.evaluated(&["loss"], 1);
    for runtime in runtimes(&[1, 2]) {
        let (found, _) = case.compiled(&runtime, &["loss"], 1);
        assert_bits(&found[0][0], &expected[0][0], &format!("{runtime:?}"));
    }
}

#[test]
fn values_of_single_rows_are_there_when_they_are_wanted() {
    const ROWS: usize = 2500;
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, Dim::Fixed(3)]);
    let w = graph.input("w", DType::F32, &[Dim::Fixed(3), Dim::Fixed(1)]);
    let value = x.matmul(w);
    graph.output("value", value);
    graph.output("sum", value.square().sum_all());
    let definition: Arc<Definition> = graph.finish().unwrap().into();
    let x = Array::f32(&[ROWS, 3], (0..3 * ROWS).map(number).collect());
    let w = Array::f32(&[3, 1], vec![0.25, -0.5, 0.75]);
    let feed = Feed::rows(ROWS).input("x", &x).input("w", &w);
    let fetches = ["value", "sum"];
    let evaluator = Evaluator::<f32>::new(definition.clone(), &fetches).unwrap();
    let expected = evaluator.run(&mut State::new(), &feed).unwrap();
    let program = Program::reading(definition, &fetches).unwrap();
    for runtime in runtimes(&[1, 2]) {
        let found = program.run(&runtime, &mut State::new(), &feed).unwrap();
        for (found, expected) in found.iter().zip(&expected) {
            assert_bits(found, expected, &format!("{runtime:?}"));
        }
    }
}

#[test]
fn special_numbers_have_the_bits_of_the_rule() {
    const ROWS: usize = 3000;
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N, Dim::Fixed(2)]);
    let y = graph.input("y", DType::F32, &[N, Dim::Fixed(1)]);
    let w = graph.input("w", DType::F32, &[Dim::Fixed(2), Dim::Fixed(1)]);
    let error = y - x.matmul(w);
    graph.output("loss", error.square().sum_all());
    graph.output("slope", gradients(error.square().sum_all(), &[w])[0]);
    let definition: Arc<Definition> = graph.finish().unwrap().into();
    let special = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, -0.0, 1e-40, f32::MAX];
    for every in [1, 2500, 2999] {
        for value in special {
            let put = |at: usize| if at % 3001 == every { value } else { number(at) };
            let x = Array::f32(&[ROWS, 2], (0..2 * ROWS).map(put).collect());
            let y = Array::f32(&[ROWS, 1], (0..ROWS).map(|at| number(at + 9)).collect());
            let w = Array::f32(&[2, 1], vec![0.25, -0.5]);
            let feed = Feed::rows(ROWS).input("x", &x).input("y", &y).input("w", &w);
            let fetches = ["loss", "slope"];
            let evaluator = Evaluator::<f32>::new(definition.clone(), &fetches).unwrap();
            let expected = evaluator.run(&mut State::new(), &feed).unwrap();
            let program = Program::reading(definition.clone(), &fetches).unwrap();
            for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
                let runtime = Runtime::builder().cpu(level).threads(2).build();
                let found = program.run(&runtime, &mut State::new(), &feed).unwrap();
                for (found, expected) in found.iter().zip(&expected) {
                    for (found, expected) in found.to_f32().iter().zip(expected.to_f32().iter()) {
                        let same = found.to_bits() == expected.to_bits();
                        assert!(
                            same || found.is_nan() && expected.is_nan(),
                            "{level}, {value} at {every}: {found:e}, not {expected:e}"
                        );
                    }
                }
            }
        }
    }
}
