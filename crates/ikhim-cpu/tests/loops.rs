//! Ops that run by loops over their axes have the bits of the evaluator and
//! a kernel of the engine, on any number of threads.

mod ops;

use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::{Array, Evaluator, State};

#[test]
fn every_op_has_the_bits_of_the_evaluator() {
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    let runtimes: Vec<Runtime> = levels
        .flat_map(|level| {
            [1, 3].map(|threads| Runtime::builder().cpu(level).threads(threads).build())
        })
        .collect();
    for case in ops::all() {
        let evaluator = Evaluator::<f32>::new(case.definition.clone(), &["y"]).unwrap();
        let program = Program::reading(case.definition.clone(), &["y"]).unwrap();
        for rows in [1, 33, 300] {
            let given = ops::Given::rows(rows);
            let expected = evaluator.read(&State::new(), &given.feed()).unwrap();
            for runtime in &runtimes {
                let found = program.read(runtime, &State::new(), &given.feed()).unwrap();
                assert!(found == expected, "{}, {rows} rows, {runtime:?}", case.name);
                // What is shown in place is what is read.
                let mut seen = Vec::new();
                let mut see = |sizes: &[usize], numbers: &[f32]| {
                    seen.push((sizes.to_vec(), numbers.iter().map(|it| it.to_bits()).collect()));
                };
                program.view(runtime, &State::new(), &given.feed(), &mut see).unwrap();
                let bits = |of: &Array| of.to_f32().iter().map(|it| it.to_bits()).collect();
                let read: Vec<(Vec<usize>, Vec<u32>)> =
                    found.iter().map(|it| (it.shape().to_vec(), bits(it))).collect();
                assert!(seen == read, "{}, {rows} rows, {runtime:?}", case.name);
            }
        }
    }
}

#[test]
fn every_op_has_a_kernel() {
    let given = ops::Given::rows(300);
    let runtime = Runtime::builder().threads(2).build();
    for case in ops::all() {
        let program = Program::reading(case.definition.clone(), &["y"]).unwrap();
        let profile = program.profile(&runtime, &State::new(), &given.feed(), 1).unwrap();
        let kernels: Vec<&str> =
            profile.instructions.iter().map(|one| one.kernel.as_str()).collect();
        assert!(kernels.contains(&case.kernel), "{}: {kernels:?}", case.name);
    }
}
