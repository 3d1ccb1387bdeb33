//! Compiled programs against the reference evaluator: the same bits for every
//! random graph, number of rows, level and number of threads.

use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::random_graphs::RandomGraph;
use ikhim_graph::{Array, Evaluator, State};

/// Whether two arrays have the same shape, type and elements; NaN equals NaN.
fn same(found: &Array, expected: &Array) -> bool {
    let bits = |array: &Array| -> Vec<u64> {
        let canonical = |x: f64| if x.is_nan() { f64::NAN.to_bits() } else { x.to_bits() };
        array.to_f64().into_iter().map(canonical).collect()
    };
    found.shape() == expected.shape()
        && found.dtype() == expected.dtype()
        && bits(found) == bits(expected)
}

fn compare(seed: u64, rows: usize, runtimes: &[Runtime]) {
    let random = RandomGraph::new(seed);
    let fetches = random.fetches();
    let evaluator = Evaluator::<f32>::with_updates(random.definition(), &fetches).unwrap();
    let inputs = random.inputs(rows);
    let feed = random.feed(&inputs, rows);
    let mut expected_state = random.state();
    let expected = evaluator.run(&mut expected_state, &feed).unwrap();
    let program = Program::updating(random.definition(), &fetches).unwrap();
    for runtime in runtimes {
        let mut state = random.state();
        let found = program.run(runtime, &mut state, &feed).unwrap();
        let place = format!("graph {seed}, {rows} rows, {runtime:?}");
        for ((name, found), expected) in fetches.iter().zip(&found).zip(&expected) {
            assert!(
                same(found, expected),
                "{place}: `{name}`\nfound    {found:?}\nexpected {expected:?}\nfirst: {}",
                first_difference(&random, rows, runtime)
            );
        }
        same_states(&state, &expected_state, &place);
    }
}

fn same_states(found: &State, expected: &State, place: &str) {
    for ((path, found), (_, expected)) in found.iter().zip(expected.iter()) {
        assert!(same(found, expected), "{place}: variable `{path}`\n{found:?}\n{expected:?}");
    }
}

fn runtimes(threads: &[usize]) -> Vec<Runtime> {
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    let all = levels.flat_map(|level| {
        threads.iter().map(move |threads| Runtime::builder().cpu(level).threads(*threads).build())
    });
    all.collect()
}

#[test]
fn random_graphs_have_the_bits_of_the_evaluator() {
    let runtimes = runtimes(&[1, 2]);
    for seed in 0..500 {
        compare(seed, 1 + (seed as usize * 7) % 40, &runtimes);
    }
}

#[test]
fn every_number_of_rows_has_the_bits_of_the_evaluator() {
    let runtimes = runtimes(&[1, 3]);
    for rows in 1..=300 {
        compare(1000 + rows as u64 % 25, rows, &runtimes);
    }
}

/// The first value that differs, for the message of a failure.
fn first_difference(random: &RandomGraph, rows: usize, runtime: &Runtime) -> String {
    let definition = random.definition();
    let inputs = random.inputs(rows);
    let feed = random.feed(&inputs, rows);
    for (at, name) in definition.names().iter().enumerate() {
        let fetches = [name.as_str()];
        let evaluator = Evaluator::<f32>::new(definition.clone(), &fetches).unwrap();
        let expected = evaluator.run(&mut random.state(), &feed).unwrap().remove(0);
        let program = Program::reading(definition.clone(), &fetches).unwrap();
        let found = program.run(runtime, &mut random.state(), &feed).unwrap().remove(0);
        if !same(&found, &expected) {
            let node = &definition.nodes()[at];
            let inputs: Vec<String> = node
                .inputs
                .iter()
                .map(|id| format!("{} {:?}", definition.node(*id).shape, definition.node(*id).op))
                .collect();
            return format!(
                "`{name}` {} {:?} of {inputs:?}\n{found:?}\n{expected:?}",
                node.shape, node.op
            );
        }
    }
    "no value fetched alone".to_string()
}
