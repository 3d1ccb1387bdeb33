//! Networks with inputs of a closed formula, and comparisons to the last bit.

use ikhim_cpu::{Level, Program, Runtime};
use ikhim_graph::{Array, DType, Data, Definition, Evaluator, Feed, State};
use ikhim_nn::{Model, Objective, Spec, Target, training};
use std::sync::Arc;

/// A graph and values for all of its inputs.
pub(crate) struct Case {
    pub(crate) definition: Arc<Definition>,
    pub(crate) inputs: Vec<(String, Array)>,
    pub(crate) rows: usize,
}

/// Numbers in [-1, 1) without a visible order: Knuth's multiplicative hashing.
pub(crate) fn number(at: usize) -> f32 {
    let mixed = (at as u32).wrapping_mul(2_654_435_761) >> 12;
    mixed as f32 / 524_288.0 - 1.0
}

/// An input of so many elements.
fn values(dtype: DType, sizes: &[usize], largest: usize, offset: usize) -> Array {
    let count: usize = sizes.iter().product();
    let numbers = (0..count).map(|at| number(at + offset));
    match dtype {
        DType::F32 => Array::f32(sizes, numbers.collect()),
        DType::I32 => {
            let index = |at: usize| (at * 7 + offset) % largest;
            Array::i32(sizes, (0..count).map(|at| index(at) as i32).collect())
        }
        DType::Bool => Array::bool(sizes, numbers.map(|number| number < 0.0).collect()),
    }
}

impl Case {
    /// Any graph whose inputs are named as those of training graphs.
    pub(crate) fn new(definition: Definition, spec: &Spec, rows: usize) -> Case {
        Case::at(definition.into(), spec, rows, 0)
    }

    /// The same with other values.
    pub(crate) fn at(definition: Arc<Definition>, spec: &Spec, rows: usize, offset: usize) -> Case {
        let inputs = definition.inputs().iter().map(|input| {
            let sizes = input.shape.sizes(rows);
            let value = match (input.name.as_str(), spec.target()) {
                ("learning_rate", _) => Array::scalar(0.01),
                ("target", Target::Class { count }) => values(input.dtype, &sizes, *count, offset),
                ("target", Target::MultiLabel { .. }) => {
                    let count: usize = sizes.iter().product();
                    Array::f32(&sizes, (0..count).map(|at| f32::from(at % 3 == 0)).collect())
                }
                ("weight", _) => {
                    Array::f32(&sizes, (0..rows).map(|row| 0.5 + (row % 4) as f32).collect())
                }
                (name, _) => {
                    let known = spec.inputs().iter().find(|known| known.name() == name);
                    let levels = known.and_then(|known| known.categories()).unwrap_or(2);
                    values(input.dtype, &sizes, levels, offset)
                }
            };
            (input.name.clone(), value)
        });
        Case { inputs: inputs.collect(), definition: definition.clone(), rows }
    }

    pub(crate) fn training(
        model: &dyn Model,
        spec: &Spec,
        objective: &Objective,
        rows: usize,
    ) -> Case {
        Case::new(training(model, spec, objective).unwrap(), spec, rows)
    }

    pub(crate) fn feed(&self, step: u64) -> Feed<'_> {
        let start = Feed::rows(self.rows).random(11, step);
        self.inputs.iter().fold(start, |feed, (name, value)| feed.input(name, value))
    }

    pub(crate) fn state(&self) -> State {
        State::initial(&self.definition, 5)
    }

    /// The fetched values of each of so many steps, and the state after them.
    pub(crate) fn evaluated(&self, fetches: &[&str], steps: u64) -> (Vec<Vec<Array>>, State) {
        let evaluator = Evaluator::<f32>::with_updates(self.definition.clone(), fetches).unwrap();
        let mut state = self.state();
        let fetched = (0..steps).map(|step| evaluator.run(&mut state, &self.feed(step)).unwrap());
        (fetched.collect(), state)
    }

    /// The same, compiled.
    pub(crate) fn compiled(
        &self,
        runtime: &Runtime,
        fetches: &[&str],
        steps: u64,
    ) -> (Vec<Vec<Array>>, State) {
        let program = Program::updating(self.definition.clone(), fetches).unwrap();
        let mut state = self.state();
        let run = |step| program.run(runtime, &mut state, &self.feed(step)).unwrap();
        ((0..steps).map(run).collect(), state)
    }

    /// Compares so many steps on all runtimes.
    pub(crate) fn check(&self, name: &str, fetches: &[&str], steps: u64, runtimes: &[Runtime]) {
        let (expected, expected_state) = self.evaluated(fetches, steps);
        assert!(expected_state != self.state(), "{name}: the steps change nothing");
        for runtime in runtimes {
            let place = format!("{name}, {runtime:?}");
            let (found, state) = self.compiled(runtime, fetches, steps);
            for (step, (found, expected)) in found.iter().zip(&expected).enumerate() {
                for ((fetch, found), expected) in fetches.iter().zip(found).zip(expected) {
                    assert_bits(found, expected, &format!("{place}: `{fetch}` of step {step}"));
                }
            }
            assert_states(&state, &expected_state, &place);
        }
    }
}

/// The bits of the elements.
pub(crate) fn bits(array: &Array) -> Vec<u32> {
    match array.data() {
        Data::F32(values) => values.iter().map(|value| value.to_bits()).collect(),
        Data::I32(values) => values.iter().map(|value| *value as u32).collect(),
        Data::Bool(values) => values.iter().map(|value| u32::from(*value)).collect(),
        _ => panic!("another type: {:?}", array.dtype()),
    }
}

#[track_caller]
pub(crate) fn assert_bits(found: &Array, expected: &Array, place: &str) {
    assert_eq!(found.shape(), expected.shape(), "{place}");
    let (found, expected) = (bits(found), bits(expected));
    let first = found.iter().zip(&expected).position(|(found, expected)| found != expected);
    if let Some(at) = first {
        let real = |bits: &[u32]| f32::from_bits(bits[at]);
        panic!("{place}: element {at} is {}, not {}", real(&found), real(&expected));
    }
}

#[track_caller]
pub(crate) fn assert_states(found: &State, expected: &State, place: &str) {
    assert_eq!(found.len(), expected.len(), "{place}");
    for ((path, found), (other, expected)) in found.iter().zip(expected.iter()) {
        assert_eq!(path, other, "{place}");
        assert_bits(found, expected, &format!("{place}: variable `{path}`"));
    }
}

/// A runtime for every level of this processor and every number of threads.
pub(crate) fn runtimes(threads: &[usize]) -> Vec<Runtime> {
    let levels = Level::ALL.into_iter().filter(|level| level.is_available());
    let of = |level| {
        threads.iter().map(move |threads| Runtime::builder().cpu(level).threads(*threads).build())
    };
    levels.flat_map(of).collect()
}
