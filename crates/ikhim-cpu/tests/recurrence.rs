//! Recurrences through the engine: the same bits as the evaluator's and as those
//! of cells built one by one, for every cell, way, number of rows, level and
//! number of threads, at sizes beyond those of the random graphs.

use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::{
    Array, DType, Definition, Evaluator, Feed, Graph, N, Recurrence, RnnActivation, State, Tensor,
    gradients,
};
use std::sync::Arc;

/// Numbers of both signs and many sizes.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let number = |at: usize| {
        let bits = (at as u32 + 1).wrapping_mul(0x9e37_79b9).wrapping_add(seed << 9) >> 7;
        let size = [1.0, 0.25, 2.0, 0.01][(bits % 4) as usize];
        size * ((bits >> 2) % 8192) as f32 / 8192.0 - size / 2.0
    };
    (0..count).map(number).collect()
}

#[derive(Clone, Copy, Debug)]
enum Cell {
    Simple(RnnActivation),
    Lstm,
    Gru,
}

/// What a graph is built of.
#[derive(Clone, Copy, Debug)]
struct Case {
    cell: Cell,
    steps: usize,
    units: usize,
    mask: bool,
    keep: bool,
    reverse: bool,
    /// Whether all parts of the value are used, or only the states.
    all: bool,
    /// Whether a layer's product and bias stand before it.
    layer: bool,
}

impl Case {
    fn gates(&self) -> usize {
        match self.cell {
            Cell::Simple(_) => 1,
            Cell::Lstm => 4,
            Cell::Gru => 3,
        }
    }

    fn definition(&self, unroll: bool) -> Arc<Definition> {
        let (units, width) = (self.units.into(), (self.gates() * self.units).into());
        let steps = self.steps.into();
        let graph = Graph::new();
        let real = |name: &str, dims: &[ikhim_graph::Dim]| graph.input(name, DType::F32, dims);
        let given = real("x", &[N, steps, width]);
        // A product and a bias before it, as a layer has them.
        let x = match self.layer {
            false => given,
            true => {
                let flat = given.reshape(&[ikhim_graph::Dim::Batch(self.steps), width]);
                let turn = real("turn", &[width, width]);
                let sums = flat.matmul(turn) + real("shift", &[width]);
                sums.reshape(&[N, steps, width])
            }
        };
        let kernel = real("kernel", &[units, width]);
        let bias = real("bias", &[width]);
        let (state, cell) = (real("state", &[N, units]), real("cell", &[N, units]));
        let keep = real("keep", &[N, units]);
        let mask = graph.input("mask", DType::Bool, &[N, steps]);
        let how = Recurrence::new()
            .mask(self.mask.then_some(mask))
            .keep(self.keep.then_some(keep))
            .reverse(self.reverse)
            .unroll(unroll);
        let parts = match self.cell {
            Cell::Simple(activation) => vec![x.simple_rnn(kernel, state, activation, how)],
            Cell::Lstm => {
                let values = x.lstm(kernel, state, cell, how);
                vec![values.states, values.cells, values.gates]
            }
            Cell::Gru => {
                let values = x.gru(kernel, bias, state, how);
                vec![values.states, values.gates, values.candidates]
            }
        };
        let used = if self.all { &parts[..] } else { &parts[..1] };
        let losses: Vec<Tensor<'_>> = used.iter().map(|part| part.square().sum_all()).collect();
        let loss = losses.into_iter().reduce(|sum, loss| sum + loss).unwrap();
        let by = [given, kernel, bias, state, cell];
        for (name, slope) in
            ["x", "kernel", "bias", "state", "cell"].iter().zip(gradients(loss, &by))
        {
            graph.output(&format!("by {name}"), slope);
        }
        for (at, part) in parts.iter().enumerate() {
            graph.output(&format!("part {at}"), *part);
        }
        Arc::new(graph.finish().unwrap())
    }

    fn check(&self, rows: usize, runtimes: &[Runtime]) {
        let width = self.gates() * self.units;
        let reals =
            |shape: &[usize], seed: u32| Array::f32(shape, numbers(shape.iter().product(), seed));
        let lengths = |row: usize| (row * 5 + 1) % (self.steps + 1);
        let mask = (0..rows * self.steps).map(|at| at % self.steps < lengths(at / self.steps));
        let mut given = vec![
            ("x", reals(&[rows, self.steps, width], 1)),
            ("kernel", reals(&[self.units, width], 2)),
            ("bias", reals(&[width], 3)),
            ("state", reals(&[rows, self.units], 4)),
            ("cell", reals(&[rows, self.units], 5)),
            ("keep", reals(&[rows, self.units], 6)),
            ("mask", Array::bool(&[rows, self.steps], mask.collect())),
        ];
        if self.layer {
            given.extend([("turn", reals(&[width, width], 7)), ("shift", reals(&[width], 8))]);
        }
        let feed =
            given.iter().fold(Feed::rows(rows), |feed, (name, value)| feed.input(name, value));
        let definition = self.definition(false);
        let fetches: Vec<&str> = definition.outputs().keys().map(String::as_str).collect();
        let evaluated = |definition: Arc<Definition>| {
            let evaluator = Evaluator::<f32>::new(definition, &fetches).unwrap();
            evaluator.run(&mut State::new(), &feed).unwrap()
        };
        let expected = evaluated(self.definition(true));
        assert_eq!(evaluated(definition.clone()), expected, "{self:?}, {rows} rows");
        // Without the slopes of the states before the steps they are not made.
        let some: Vec<&str> = vec!["by kernel", "by x", "part 0"];
        for fetched in [&fetches, &some] {
            let program = Program::reading(definition.clone(), fetched).unwrap();
            for runtime in runtimes {
                let found = program.run(runtime, &mut State::new(), &feed).unwrap();
                for (name, found) in fetched.iter().zip(&found) {
                    let place = fetches.iter().position(|other| other == name).unwrap();
                    let what = format!("{self:?}, {rows} rows, {runtime:?}: {name}");
                    assert_eq!(*found, expected[place], "{what}");
                }
            }
        }
    }
}

fn runtimes(threads: &[usize]) -> Vec<Runtime> {
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    let all = levels.flat_map(|level| {
        threads.iter().map(move |threads| Runtime::builder().cpu(level).threads(*threads).build())
    });
    all.collect()
}

const CELLS: [Cell; 5] = [
    Cell::Simple(RnnActivation::Tanh),
    Cell::Simple(RnnActivation::Sigmoid),
    Cell::Simple(RnnActivation::Relu),
    Cell::Lstm,
    Cell::Gru,
];

#[test]
fn every_cell_and_way_has_the_bits_of_its_cells() {
    let runtimes = runtimes(&[1, 2]);
    for cell in CELLS {
        for way in 0..16 {
            let [mask, keep, reverse, all] = [1, 2, 4, 8].map(|bit| way & bit != 0);
            for (steps, units, rows) in [(3, 5, 4), (2, 17, 7)] {
                let case =
                    Case { cell, steps, units, mask, keep, reverse, all, layer: way % 3 == 0 };
                case.check(rows, &runtimes);
            }
        }
    }
}

#[test]
fn every_number_of_rows_and_size_has_the_bits_of_its_cells() {
    let runtimes = runtimes(&[1, 2, 3, 8]);
    let sizes = [(1, 1, 1), (1, 40, 33), (5, 64, 70), (9, 33, 3), (4, 16, 130), (3, 128, 12)];
    for cell in [Cell::Simple(RnnActivation::Tanh), Cell::Lstm, Cell::Gru] {
        for (at, (steps, units, rows)) in sizes.into_iter().enumerate() {
            let (mask, reverse) = (at % 2 == 1, at % 3 == 1);
            let case = Case {
                cell,
                steps,
                units,
                mask,
                keep: false,
                reverse,
                all: at % 3 == 2,
                layer: at % 2 == 0,
            };
            case.check(rows, &runtimes);
        }
    }
}

/// A recurrent kernel that does not fit a second cache has blocks of many rows.
#[test]
fn a_large_kernel_has_the_bits_of_its_cells() {
    let runtimes = runtimes(&[1, 2]);
    for (mask, reverse) in [(false, false), (true, true)] {
        let (cell, steps, units) = (Cell::Lstm, 2, 224);
        let case = Case { cell, steps, units, mask, keep: mask, reverse, all: true, layer: false };
        case.check(33, &runtimes);
    }
}
