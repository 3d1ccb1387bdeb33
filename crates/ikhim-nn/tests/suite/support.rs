//! What the tests share: fixtures, comparisons, and a training loop.

use ikhim_graph::{Array, Evaluator, Feed, Precise, State};
use ikhim_nn::{Model, Objective, Spec, training};
use serde_json::Value;
use std::path::Path;

/// A fixture of the crate's `fixtures` folder, made by the script beside it.
pub(crate) fn fixture(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap()
}

/// A value as numbers, whatever the nesting of its lists.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        value => vec![value.as_f64().unwrap()],
    }
}

/// The sizes in a fixture's `{shape, values}`.
pub(crate) fn shape(value: &Value) -> Vec<usize> {
    numbers(&value["shape"]).into_iter().map(|size| size as usize).collect()
}

/// A fixture's `{shape, values}` as real numbers.
pub(crate) fn reals(value: &Value) -> Array {
    Array::f64(&shape(value), numbers(&value["values"]))
}

/// A fixture's `{shape, values}` as integers.
pub(crate) fn integers(value: &Value) -> Array {
    let values = numbers(&value["values"]).into_iter().map(|value| value as i32).collect();
    Array::i32(&shape(value), values)
}

/// Every number within a tolerance, relative to the expected one where that is
/// larger than 1.
#[track_caller]
pub(crate) fn assert_close(found: &[f64], expected: &[f64], tolerance: f64, what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: another number of numbers");
    for (index, (found, expected)) in found.iter().zip(expected).enumerate() {
        let bound = tolerance * expected.abs().max(1.0);
        let near = (found - expected).abs() <= bound;
        assert!(near, "{what}, number {index}: expected {expected}, found {found}");
    }
}

/// One number within a relative tolerance.
#[track_caller]
pub(crate) fn assert_relative(found: f64, expected: f64, tolerance: f64, what: &str) {
    let near = (found - expected).abs() <= tolerance * expected.abs();
    assert!(near, "{what}: expected {expected}, found {found}");
}

/// A training graph with its state and all rows of its data.
pub(crate) struct Loop<T> {
    step: Evaluator<T>,
    pub(crate) state: State,
    pub(crate) x: Array,
    pub(crate) y: Array,
}

impl<T: Precise> Loop<T> {
    /// Fetches `loss`, `prediction` and then the values named.
    pub(crate) fn new(
        model: &dyn Model,
        spec: &Spec,
        objective: &Objective,
        fetches: &[&str],
        (x, y): (Array, Array),
    ) -> Loop<T> {
        let definition = training(model, spec, objective).unwrap();
        let state = State::initial(&definition, 1);
        let fetches: Vec<&str> = ["loss", "prediction"].iter().chain(fetches).copied().collect();
        let step = Evaluator::with_updates(definition.into(), &fetches).unwrap();
        Loop { step, state, x, y }
    }

    /// Sets a variable, in the precision of the run.
    pub(crate) fn set(&mut self, path: &str, values: &[f64]) {
        let shape = self.state.get(path).unwrap().shape().to_vec();
        self.state.set(
            path,
            Array::new(&shape, T::into_data(values.iter().map(|v| T::from_f64(*v)).collect())),
        );
    }

    /// A variable's numbers.
    pub(crate) fn get(&self, path: &str) -> Vec<f64> {
        self.state.get(path).unwrap_or_else(|| panic!("no variable {path}")).to_f64()
    }

    /// One step; the fetched values are those before the update.
    pub(crate) fn step(&mut self, rate: f64) -> Vec<Vec<f64>> {
        let rate = Array::f64(&[], vec![rate]);
        let feed = Feed::rows(self.x.shape()[0])
            .input("features", &self.x)
            .input("target", &self.y)
            .input("learning_rate", &rate);
        let values = self.step.run(&mut self.state, &feed).unwrap();
        values.iter().map(Array::to_f64).collect()
    }

    /// Many steps; gives the loss of each.
    pub(crate) fn steps(&mut self, count: usize, rate: f64) -> Vec<f64> {
        (0..count).map(|_| self.step(rate)[0][0]).collect()
    }
}

/// Rows of real numbers.
pub(crate) fn rows(rows: &[&[f32]]) -> Array {
    Array::f32(&[rows.len(), rows[0].len()], rows.concat())
}

/// A column of real numbers.
pub(crate) fn column(values: &[f32]) -> Array {
    Array::f32(&[values.len(), 1], values.to_vec())
}

/// Class numbers.
pub(crate) fn classes(values: &[i32]) -> Array {
    Array::i32(&[values.len()], values.to_vec())
}
