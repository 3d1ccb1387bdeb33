//! How programs are run must not change what they compute.

use crate::support::{Case, assert_bits, assert_states, bits, runtimes};
use ikhim_cpu::{Program, Runtime};
use ikhim_graph::{Array, Evaluator, Feed, State};
use ikhim_nn::{Adam, CrossEntropy, Mlp, Objective, Spec, Target, evaluation, training};

/// Small enough for the caller alone, and large enough for workers.
const SIZES: [&[usize]; 2] = [&[6], &[128, 96]];

fn spec() -> Spec {
    Spec::new([20], Target::class(3))
}

fn objective() -> Objective {
    Objective::new(CrossEntropy::new(), Adam::new(0.01)).clip_norm(1.0)
}

fn model(hidden: &[usize]) -> Mlp {
    Mlp::new(hidden).dropout(0.3)
}

fn case(hidden: &[usize], rows: usize) -> Case {
    Case::training(&model(hidden), &spec(), &objective(), rows)
}

#[test]
fn many_steps_at_once_are_many_runs() {
    for hidden in SIZES {
        let case = case(hidden, 64);
        for runtime in runtimes(&[1, 2, 3]) {
            let (one_by_one, expected) = case.compiled(&runtime, &["loss"], 7);
            let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
            let mut state = case.state();
            let first = program.run_steps(&runtime, &mut state, &case.feed(0), 3).unwrap();
            let last = program.run_steps(&runtime, &mut state, &case.feed(3), 4).unwrap();
            let place = format!("{hidden:?}, {runtime:?}");
            assert_bits(&first[0], &one_by_one[2][0], &place);
            assert_bits(&last[0], &one_by_one[6][0], &place);
            assert_states(&state, &expected, &place);
        }
    }
}

#[test]
fn a_probe_changes_no_bit() {
    for hidden in SIZES {
        let case = case(hidden, 64);
        let names = case.definition.names();
        let mut probes: Vec<&str> = names.iter().map(String::as_str).collect();
        probes.extend(["loss", "prediction", "gradient_norm", "dense_1.kernel.grad"]);
        for runtime in runtimes(&[1, 2]) {
            let (losses, expected) = case.compiled(&runtime, &["loss"], 3);
            for some in [&probes[..], &probes[probes.len() - 4..], &[]] {
                let fetches: Vec<&str> = some.iter().copied().chain(["loss"]).collect();
                let (found, state) = case.compiled(&runtime, &fetches, 3);
                let place = format!("{hidden:?}, {} probes, {runtime:?}", some.len());
                for (found, expected) in found.iter().zip(&losses) {
                    assert_bits(&found[some.len()], &expected[0], &place);
                }
                assert_states(&state, &expected, &place);
            }
        }
    }
}

#[test]
fn other_numbers_of_rows_in_between_change_nothing() {
    let rows = [32, 32, 7, 32, 1, 70, 3, 32, 5, 32, 32, 7];
    for hidden in SIZES {
        let definition = training(&model(hidden), &spec(), &objective()).unwrap();
        let definition = std::sync::Arc::new(definition);
        let cases: Vec<Case> = (rows.iter().enumerate())
            .map(|(at, rows)| Case::at(definition.clone(), &spec(), *rows, at * 1000))
            .collect();
        let loss = CrossEntropy::new().into();
        let measure = Case::new(evaluation(&model(hidden), &spec(), &loss).unwrap(), &spec(), 45);
        let evaluator = Evaluator::<f32>::with_updates(definition.clone(), &["loss"]).unwrap();
        let reader = Evaluator::<f32>::new(measure.definition.clone(), &["loss"]).unwrap();
        let mut expected_state = cases[0].state();
        let mut expected = Vec::new();
        for (step, case) in cases.iter().enumerate() {
            let feed = case.feed(step as u64);
            let loss = evaluator.run(&mut expected_state, &feed).unwrap().remove(0);
            let measured = reader.run(&mut expected_state, &measure.feed(0)).unwrap().remove(0);
            expected.push((loss, measured));
        }
        for runtime in runtimes(&[1, 2]) {
            let program = Program::updating(definition.clone(), &["loss"]).unwrap();
            let reader = Program::reading(measure.definition.clone(), &["loss"]).unwrap();
            let mut state = cases[0].state();
            for (step, (case, (loss, measured))) in cases.iter().zip(&expected).enumerate() {
                let place = format!("{hidden:?}, step {step}, {runtime:?}");
                let found = program.run(&runtime, &mut state, &case.feed(step as u64)).unwrap();
                assert_bits(&found[0], loss, &place);
                // Measuring every other step, so that training also follows training.
                if step % 2 == 1 {
                    let found = reader.run(&runtime, &mut state, &measure.feed(0)).unwrap();
                    assert_bits(&found[0], measured, &place);
                }
            }
            assert_states(&state, &expected_state, &format!("{hidden:?}, {runtime:?}"));
        }
    }
}

#[test]
fn a_number_of_rows_on_several_runtimes_changes_nothing() {
    let case = case(&[128, 96], 64);
    let (losses, expected) = case.evaluated(&["loss"], 9);
    let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
    let runtimes = runtimes(&[1, 2, 3]);
    let mut state = case.state();
    for (step, loss) in losses.iter().enumerate() {
        let runtime = &runtimes[step % runtimes.len()];
        let found = program.run(runtime, &mut state, &case.feed(step as u64)).unwrap();
        assert_bits(&found[0], &loss[0], &format!("step {step}, {runtime:?}"));
    }
    assert_states(&state, &expected, "several runtimes");
}

/// What a program keeps from step to step belongs to the state that it left.
#[test]
fn two_states_over_one_program_stay_apart() {
    for hidden in SIZES {
        let case = case(hidden, 64);
        let other = || State::initial(&case.definition, 99);
        let expected = |mut state: State| {
            let evaluator =
                Evaluator::<f32>::with_updates(case.definition.clone(), &["loss"]).unwrap();
            for step in 0..4 {
                evaluator.run(&mut state, &case.feed(step)).unwrap();
            }
            state
        };
        let expected = [expected(case.state()), expected(other())];
        for runtime in runtimes(&[1, 2]) {
            let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
            let mut states = [case.state(), other()];
            for step in 0..4 {
                for state in &mut states {
                    program.run(&runtime, state, &case.feed(step)).unwrap();
                }
            }
            for (state, expected) in states.iter().zip(&expected) {
                assert_states(state, expected, &format!("{hidden:?}, {runtime:?}"));
            }
        }
    }
}

#[test]
fn a_state_that_was_changed_by_hand_counts_as_it_is() {
    for hidden in SIZES {
        let case = case(hidden, 64);
        let change = |state: &mut State| {
            let kernel = state.get("dense_1.kernel").unwrap();
            let doubled = kernel.to_f32().into_iter().map(|number| 2.0 * number).collect();
            let doubled = Array::f32(kernel.shape(), doubled);
            state.set("dense_1.kernel", doubled);
        };
        let evaluator = Evaluator::<f32>::with_updates(case.definition.clone(), &["loss"]).unwrap();
        let mut expected = case.state();
        for step in 0..4 {
            evaluator.run(&mut expected, &case.feed(step)).unwrap();
            change(&mut expected);
        }
        for runtime in runtimes(&[1, 2]) {
            let program = Program::updating(case.definition.clone(), &["loss"]).unwrap();
            let mut state = case.state();
            for step in 0..4 {
                program.run(&runtime, &mut state, &case.feed(step)).unwrap();
                // A copy goes its own way.
                let mut copy = state.clone();
                program.run(&runtime, &mut copy, &case.feed(step)).unwrap();
                change(&mut state);
            }
            assert_states(&state, &expected, &format!("{hidden:?}, {runtime:?}"));
        }
    }
}

/// The promise is about the program's last run, wherever that was.
#[test]
fn unchanged_inputs_are_those_of_the_last_run() {
    let case = case(&[128, 96], 64);
    let evaluator = Evaluator::<f32>::new(case.definition.clone(), &["prediction"]).unwrap();
    let program = Program::reading(case.definition.clone(), &["prediction"]).unwrap();
    let (one, two) = (Runtime::single(), Runtime::builder().threads(2).build());
    let mut inputs: Vec<Array> = case.inputs.iter().map(|(_, value)| value.clone()).collect();
    let mut state = case.state();
    fn feed<'a>(case: &'a Case, inputs: &'a [Array]) -> Feed<'a> {
        let named = case.inputs.iter().zip(inputs);
        named.fold(Feed::rows(64), |feed, ((name, _), value)| feed.input(name, value))
    }
    program.run(&one, &mut state, &feed(&case, &inputs)).unwrap();
    let features = case.inputs.iter().position(|(name, _)| name == "features").unwrap();
    let other = inputs[features].to_f32().into_iter().map(|number| -number).collect();
    // The same address, other numbers.
    inputs[features] = Array::f32(&[64, 20], other);
    let expected = evaluator.run(&mut state.clone(), &feed(&case, &inputs)).unwrap();
    let elsewhere = program.run(&two, &mut state, &feed(&case, &inputs)).unwrap();
    let again = program.run(&one, &mut state, &feed(&case, &inputs).unchanged()).unwrap();
    let once_more = program.run(&one, &mut state, &feed(&case, &inputs).unchanged()).unwrap();
    for found in [elsewhere, again, once_more] {
        assert_eq!(bits(&found[0]), bits(&expected[0]));
    }
}
