//! Runtimes side by side, and programs in several hands.

use crate::support::{Case, assert_states};
use ikhim_cpu::{Program, Runtime};
use ikhim_nn::{Adam, CrossEntropy, Mlp, Objective, Spec, Target};
use std::thread::scope;

fn case() -> Case {
    let spec = Spec::new([40], Target::class(10));
    let objective = Objective::new(CrossEntropy::new(), Adam::new(0.01));
    Case::training(&Mlp::new([128, 64]).dropout(0.2), &spec, &objective, 64)
}

#[test]
fn a_program_and_a_runtime_can_be_sent_and_shared() {
    fn is_shared<T: Clone + Send + Sync + 'static>() {}
    is_shared::<Program>();
    is_shared::<Runtime>();
}

#[test]
fn two_runtimes_side_by_side_do_not_meet() {
    let case = case();
    let (_, expected) = case.evaluated(&["loss"], 5);
    scope(|threads| {
        for workers in [1, 2, 3, 2] {
            let (case, expected) = (&case, &expected);
            threads.spawn(move || {
                let runtime = Runtime::builder().threads(workers).build();
                for _ in 0..10 {
                    let (_, state) = case.compiled(&runtime, &["loss"], 5);
                    assert_states(&state, expected, &format!("{runtime:?}"));
                }
            });
        }
    });
}

#[test]
fn one_program_serves_several_threads_at_once() {
    let case = case();
    let (_, expected) = case.evaluated(&["loss"], 5);
    let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
    let runtime = Runtime::builder().threads(2).build();
    scope(|threads| {
        for _ in 0..6 {
            let (case, expected, program, runtime) =
                (&case, &expected, program.clone(), runtime.clone());
            threads.spawn(move || {
                for _ in 0..10 {
                    let mut state = case.state();
                    for step in 0..5 {
                        program.run(&runtime, &mut state, &case.feed(step)).unwrap();
                    }
                    assert_states(&state, expected, "several threads");
                }
            });
        }
    });
}

#[test]
fn a_program_outlives_its_runtimes() {
    let case = case();
    let (_, expected) = case.evaluated(&["loss"], 6);
    let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
    let mut state = case.state();
    for step in 0..6 {
        let runtime = Runtime::builder().threads(1 + step as usize % 3).build();
        program.run(&runtime, &mut state, &case.feed(step)).unwrap();
    }
    assert_states(&state, &expected, "a runtime for each step");
}
