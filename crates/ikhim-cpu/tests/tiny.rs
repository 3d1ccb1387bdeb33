//! Programs that run as tapes against the reference evaluator: the same bits
//! over several steps, with special numbers, and where a step fails.

use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::random_graphs::RandomGraph;
use ikhim_graph::{
    Array, DType, Data, Definition, Dim, Evaluator, Feed, Graph, N, Role, State, Tensor,
};
use ikhim_nn::{
    Activation, Adam, BinaryCrossEntropy, CrossEntropy, Linear, Mlp, Model, Mse, Objective,
    Rmsprop, Sgd, Spec, Target, training,
};
use ikhim_numeric::Stream;
use std::sync::Arc;

/// The bits of the elements; any NaN is like another.
fn bits(array: &Array) -> Vec<u32> {
    match array.data() {
        Data::F32(values) => {
            let bits = |value: &f32| if value.is_nan() { u32::MAX } else { value.to_bits() };
            values.iter().map(bits).collect()
        }
        Data::I32(values) => values.iter().map(|value| *value as u32).collect(),
        Data::Bool(values) => values.iter().map(|value| u32::from(*value)).collect(),
        _ => panic!("another type: {:?}", array.dtype()),
    }
}

#[track_caller]
fn assert_same(found: &Array, expected: &Array, place: &str) {
    let form = |array: &Array| (array.shape().to_vec(), array.dtype());
    assert_eq!(form(found), form(expected), "{place}");
    assert_eq!(bits(found), bits(expected), "{place}\n{found:?}\n{expected:?}");
}

fn runtimes() -> Vec<Runtime> {
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    levels.map(|level| Runtime::builder().cpu(level).threads(2).build()).collect()
}

/// Whether a program runs as a tape.
fn is_tape(program: &Program, runtime: &Runtime, state: &State, feed: &Feed<'_>) -> bool {
    let profile = program.profile(runtime, state, feed, 1).unwrap();
    profile.instructions.iter().any(|one| one.kernel == "tape")
}

/// Compares runs of 1, of 3 and again of 2 steps; how many runtimes ran a tape.
fn compare(definition: &Arc<Definition>, state: &State, feed: &Feed<'_>, place: &str) -> usize {
    let names: Vec<&str> = definition.outputs().keys().map(String::as_str).collect();
    let evaluator = Evaluator::<f32>::with_updates(definition.clone(), &names).unwrap();
    let mut tapes = 0;
    for runtime in runtimes() {
        let program = Program::updating(definition.clone(), &names).unwrap();
        let (mut own, mut expected_state) = (state.clone(), state.clone());
        let mut step = 0;
        for steps in [1, 3, 2] {
            let at = |step: u64| feed.clone().random(5, step);
            let found = program.run_steps(&runtime, &mut own, &at(step), steps).unwrap();
            let mut expected = Vec::new();
            for next in step..step + steps {
                expected = evaluator.run(&mut expected_state, &at(next)).unwrap();
            }
            step += steps;
            for ((name, found), expected) in names.iter().zip(&found).zip(&expected) {
                assert_same(found, expected, &format!("{place}, {runtime:?}: `{name}`, {step}"));
            }
            for ((path, found), (_, expected)) in own.iter().zip(expected_state.iter()) {
                assert_same(found, expected, &format!("{place}, {runtime:?}: {path}, {step}"));
            }
        }
        tapes += usize::from(is_tape(&program, &runtime, state, feed));
    }
    tapes
}

/// Draws of one graph.
struct Draw {
    stream: Stream,
    count: u64,
}

impl Draw {
    fn below(&mut self, end: usize) -> usize {
        self.count += 1;
        self.stream.below(end as u64, 0, self.count) as usize
    }

    /// A number, now and then a special one.
    fn number(&mut self) -> f32 {
        const SPECIAL: [f32; 8] =
            [f32::NAN, f32::INFINITY, f32::NEG_INFINITY, 0.0, -0.0, 1e-40, -3e-45, f32::MAX];
        match self.below(12) {
            0 => SPECIAL[self.below(SPECIAL.len())],
            _ => {
                (self.below(1 << 20) as f32 / (1 << 17) as f32 - 4.0)
                    * 0.7_f32.powi(self.below(9) as i32)
            }
        }
    }

    fn numbers(&mut self, count: usize) -> Vec<f32> {
        (0..count).map(|_| self.number()).collect()
    }
}

fn spread<'g>(value: Tensor<'g>, shape: &[Dim]) -> Tensor<'g> {
    value.broadcast_to(&shape.into())
}

/// Elementwise ops, products, reductions and movements of matrices over rows and
/// of variables, drawn from a seed. Nothing keeps numbers in bounds.
fn random(seed: u64) -> (Arc<Definition>, Draw) {
    let mut draw = Draw { stream: Stream::new(seed, 77), count: 0 };
    let graph = Graph::new();
    let width = 1 + draw.below(4);
    let row = [N, Dim::Fixed(width)];
    let matrix = [Dim::Fixed(width), Dim::Fixed(width)];
    let variable = |name: &str, sizes: &[usize]| {
        let own = sizes.to_vec();
        let initial = Arc::new(move |_| Array::f32(&own, vec![0.5; own.iter().product()]));
        graph.variable(name, sizes, DType::F32, Role::Parameter, initial)
    };
    let mut rows = vec![graph.input("x", DType::F32, &row), graph.input("y", DType::F32, &row)];
    let rate = graph.input("rate", DType::F32, &[]);
    let index = graph.input("index", DType::I32, &[N]);
    let variables = [
        variable("kernel", &[width, width]),
        variable("other", &[width, width]),
        variable("bias", &[width]),
        variable("single", &[]),
    ];
    let mut matrices = vec![variables[0], variables[1]];
    let mut vectors = vec![variables[2]];
    let mut singles = vec![variables[3], rate, graph.row_count()];
    for _ in 0..4 + draw.below(14) {
        let a = rows[draw.below(rows.len())];
        let b = rows[draw.below(rows.len())];
        let m = matrices[draw.below(matrices.len())];
        let v = vectors[draw.below(vectors.len())];
        let s = singles[draw.below(singles.len())];
        match draw.below(34) {
            0 => rows.push(a + b),
            1 => rows.push(a - b),
            2 => rows.push(a * b),
            3 => rows.push(a / b),
            4 => rows.push(a.exp()),
            5 => rows.push(a.sigmoid()),
            6 => rows.push(a.tanh()),
            7 => rows.push(a.maximum(b)),
            8 => rows.push(a.minimum(b)),
            9 => rows.push(a.abs().log()),
            10 => rows.push(a.abs().sqrt()),
            11 => rows.push(a.less(b).select(a, -b)),
            12 => rows.push(a.cast(DType::I32).cast(DType::F32)),
            13 => rows.push(a.not_equal(b).and(a.less_equal(b)).cast(DType::F32)),
            14 | 15 => rows.push(a.matmul(m)),
            16 => rows.push(a.matmul(m.matrix_transpose())),
            17 | 18 => matrices.push(a.matrix_transpose().matmul(b)),
            19 => vectors.push(a.sum(&[0])),
            20 => vectors.push(a.max(&[0])),
            21 => vectors.push(a.min(&[0])),
            22 => singles.push(a.sum_all()),
            23 => singles.push(m.sum_all()),
            24 => rows.push(a + spread(v, &row)),
            25 => rows.push(a * spread(s, &row)),
            26 => rows.push(a / spread(a.sum(&[1]).expand_dims(1), &row)),
            27 => matrices.push(m.matmul(matrices[draw.below(matrices.len())])),
            28 => matrices.push(m * spread(s, &matrix)),
            29 | 30 if width == 1 => {}
            29 => rows.push(Tensor::concat(&[a.slice(1, 0..1), b.slice(1, 1..width)], 1)),
            30 => rows.push(a.slice(1, 0..width - 1).pad(1, 1, 0)),
            31 => rows.push(m.gather(index, 0)),
            32 => matrices.push(m - spread(rate, &matrix) * matrices[draw.below(matrices.len())]),
            _ => singles.push(v.prod(&[0]) * s + v.slice(0, 0..1).sum_all()),
        }
    }
    for (at, value) in rows.iter().chain(&matrices).chain(&vectors).chain(&singles).enumerate() {
        if draw.below(3) == 0 {
            graph.output(&format!("value_{at}"), *value);
        }
    }
    graph.output("last", rows[rows.len() - 1]);
    // Some variables change, some by each other's old values.
    if draw.below(3) > 0 {
        graph.update(variables[0], matrices[draw.below(matrices.len())]);
    }
    if draw.below(3) > 0 {
        let slope = matrices[matrices.len() - 1];
        graph.update(variables[1], variables[1] - spread(rate, &matrix) * slope);
    }
    if draw.below(3) > 0 && vectors[vectors.len() - 1].shape() == variables[2].shape() {
        graph.update(variables[2], vectors[vectors.len() - 1]);
    }
    if draw.below(3) > 0 {
        graph.update(variables[3], singles[singles.len() - 1]);
    }
    (graph.finish().unwrap().into(), draw)
}

/// Compares random programs over some rows more than drawn; how many runtimes ran
/// a tape.
fn compare_random(seeds: std::ops::Range<u64>, more: usize) -> usize {
    let mut tapes = 0;
    for seed in seeds {
        let (definition, mut draw) = random(seed);
        let rows = more + 1 + draw.below(if seed % 3 == 0 { 32 } else { 9 });
        let mut state = State::initial(&definition, 0);
        for (path, sizes) in [("kernel", 2), ("other", 2), ("bias", 1), ("single", 0)] {
            let width = state.get("bias").unwrap().len();
            let sizes = vec![width; sizes];
            let numbers = draw.numbers(sizes.iter().product());
            state.set(path, Array::f32(&sizes, numbers));
        }
        let width = state.get("bias").unwrap().len();
        let x = Array::f32(&[rows, width], draw.numbers(rows * width));
        let y = Array::f32(&[rows, width], draw.numbers(rows * width));
        let rate = Array::f64(&[], vec![0.25]);
        let index = (0..rows).map(|_| draw.below(width) as i32).collect();
        let index = Array::i32(&[rows], index);
        let feed = Feed::rows(rows).input("x", &x).input("y", &y);
        let feed = feed.input("rate", &rate).input("index", &index);
        tapes += compare(&definition, &state, &feed, &format!("program {seed}, {rows} rows"));
    }
    tapes
}

#[test]
fn random_programs_have_the_bits_of_the_evaluator() {
    let tapes = compare_random(0..500, 0);
    let all = 500 * runtimes().len();
    assert!(tapes * 2 > all, "{tapes} tapes of {all}");
}

/// The same ones with too many rows for a tape.
#[test]
fn larger_random_programs_have_the_bits_of_the_evaluator() {
    assert_eq!(compare_random(0..200, 64), 0);
}

#[test]
fn random_graphs_of_every_op_have_the_bits_of_the_evaluator() {
    for seed in 0..60 {
        let graph = RandomGraph::new(7000 + seed);
        let rows = 1 + seed as usize % 5;
        let inputs = graph.inputs(rows);
        let feed = graph.feed(&inputs, rows);
        compare(&graph.definition(), &graph.state(), &feed, &format!("graph {seed}, {rows} rows"));
    }
}

fn network(model: &dyn Model, spec: &Spec, objective: &Objective, rows: usize) -> usize {
    let definition: Arc<Definition> = training(model, spec, objective).unwrap().into();
    let mut draw = Draw { stream: Stream::new(rows as u64, 3), count: 0 };
    let mut feed = Feed::rows(rows);
    let values: Vec<(String, Array)> = definition
        .inputs()
        .iter()
        .map(|input| {
            let sizes = input.shape.sizes(rows);
            let count: usize = sizes.iter().product();
            let value = match (input.name.as_str(), input.dtype) {
                ("learning_rate", _) => Array::scalar(0.1),
                (_, DType::I32) => {
                    Array::i32(&sizes, (0..count).map(|_| draw.below(3) as i32).collect())
                }
                ("target", _) => {
                    Array::f32(&sizes, (0..count).map(|_| draw.below(2) as f32).collect())
                }
                _ => Array::f32(
                    &sizes,
                    (0..count).map(|at| (at * 7 % 11) as f32 / 5.0 - 1.0).collect(),
                ),
            };
            (input.name.clone(), value)
        })
        .collect();
    for (name, value) in &values {
        feed = feed.input(name, value);
    }
    compare(&definition, &State::initial(&definition, 4), &feed, &format!("{rows} rows"))
}

#[test]
fn small_networks_have_the_bits_of_the_evaluator() {
    let (mut tapes, mut all) = (0, 0);
    let mut add = |found: usize| {
        tapes += found;
        all += runtimes().len();
    };
    let number = |features: usize| Spec::new([features], Target::number(1));
    for rows in 1..=33 {
        let bits = Spec::new([2], Target::multi_label(1));
        let sigmoid = Mlp::new([2]).activation(Activation::Sigmoid);
        let loss = Objective::new(BinaryCrossEntropy::new(), Sgd::new(1.0));
        add(network(&sigmoid, &bits, &loss, rows));
        let loss = Objective::new(Mse::new(), Sgd::new(0.1));
        add(network(&Linear::new(), &number(1 + rows % 3), &loss, rows));
    }
    for rows in [1, 3, 4, 8] {
        let adam = Objective::new(Mse::new(), Adam::new(0.01)).l2(0.01);
        add(network(&Linear::new(), &number(2), &adam, rows));
        let momentum = Objective::new(Mse::new(), Sgd::new(0.1).momentum(0.9)).clip_norm(1.0);
        add(network(&Mlp::new([3]).activation(Activation::Tanh), &number(2), &momentum, rows));
        let rmsprop = Objective::new(Mse::new(), Rmsprop::new(0.01));
        add(network(&Mlp::new([4]), &number(2), &rmsprop, rows));
        let classes = Spec::new([2], Target::class(3));
        let loss = Objective::new(CrossEntropy::new(), Sgd::new(0.1));
        add(network(&Linear::new(), &classes, &loss, rows));
    }
    assert!(tapes * 2 > all, "{tapes} tapes of {all}");
}

/// A table read at indices that grow with each step, until one is out of range.
#[test]
fn a_step_that_fails_leaves_the_state_of_the_last_good_one() {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N]);
    let table = |_| Array::f32(&[5, 2], (0..10).map(|at| at as f32).collect());
    let table = graph.variable("table", &[5, 2], DType::F32, Role::Parameter, Arc::new(table));
    let zero = |_| Array::scalar(0.0);
    let count = graph.variable("count", &[], DType::F32, Role::Parameter, Arc::new(zero));
    let index = (x + count.broadcast_to(&x.shape())).cast(DType::I32);
    let found = graph.layer("words", None, || table.gather(index, 0));
    graph.output("sum", found.sum_all());
    graph.update(count, count + graph.scalar(1.0));
    graph.update(table, table * graph.scalar(0.5).broadcast_to(&table.shape()));
    let definition: Arc<Definition> = graph.finish().unwrap().into();
    let x = Array::f32(&[3], vec![0.0, 2.0, 1.0]);
    let feed = Feed::rows(3).input("x", &x);
    let evaluator = Evaluator::<f32>::with_updates(definition.clone(), &["sum"]).unwrap();
    let initial = State::initial(&definition, 0);
    for runtime in runtimes() {
        let program = Program::updating(definition.clone(), &["sum"]).unwrap();
        assert!(is_tape(&program, &runtime, &initial, &feed));
        for steps in 1..=6 {
            let (mut state, mut expected) = (initial.clone(), initial.clone());
            let found = program.run_steps(&runtime, &mut state, &feed, steps);
            let outcomes: Vec<_> =
                (0..steps).map(|_| evaluator.run(&mut expected, &feed)).collect();
            match (found, outcomes.iter().find(|outcome| outcome.is_err())) {
                (Ok(found), None) => {
                    assert_same(&found[0], &outcomes.last().unwrap().as_ref().unwrap()[0], "sum")
                }
                (Err(found), Some(Err(expected))) => {
                    assert!(steps > 3, "index 5 is reached in the fourth step");
                    assert_eq!(found.code(), "train.index_out_of_range");
                    assert_eq!(found.to_string(), expected.to_string());
                }
                (found, _) => panic!("{steps} steps: {found:?}"),
            }
            for (path, expected) in expected.iter() {
                assert_same(state.get(path).unwrap(), expected, &format!("{path}, {steps} steps"));
            }
        }
    }
}
