//! The one place that chooses what runs a graph: the compiled engine in f32, the
//! reference evaluator in f64.

use ikhim_cpu::Runtime;
use ikhim_data::{Encoded, EncodedTarget, EncodedValues};
use ikhim_graph::{Array, Data, Definition, Evaluator, Feed, Precision, State};
use ikhim_text::Result;
use std::sync::Arc;

/// A graph that is ready to run over a state.
///
/// It runs on the calling thread until [`Program::on`] gives it a runtime; the
/// bits are the same on every runtime.
#[derive(Debug, Clone)]
pub struct Program {
    engine: Engine,
    runtime: Runtime,
}

#[derive(Debug, Clone)]
enum Engine {
    Compiled(ikhim_cpu::Program),
    Double(Evaluator<f64>),
}

/// The rows of a run as arrays.
#[derive(Debug, Clone, PartialEq)]
pub struct Rows {
    inputs: Vec<(String, Array)>,
    row_ids: Vec<u64>,
}

impl Program {
    /// A program that fetches values and changes nothing.
    ///
    /// # Errors
    /// A name that is not in the graph.
    pub fn reading(
        definition: Arc<Definition>,
        fetches: &[&str],
        precision: Precision,
    ) -> Result<Program> {
        Ok(Program::of(match precision {
            Precision::F32 => Engine::Compiled(ikhim_cpu::Program::reading(definition, fetches)?),
            Precision::F64 => Engine::Double(Evaluator::new(definition, fetches)?),
        }))
    }

    /// A program that fetches values and applies the updates of the graph.
    ///
    /// # Errors
    /// A name that is not in the graph.
    pub fn updating(
        definition: Arc<Definition>,
        fetches: &[&str],
        precision: Precision,
    ) -> Result<Program> {
        Ok(Program::of(match precision {
            Precision::F32 => Engine::Compiled(ikhim_cpu::Program::updating(definition, fetches)?),
            Precision::F64 => Engine::Double(Evaluator::with_updates(definition, fetches)?),
        }))
    }

    fn of(engine: Engine) -> Program {
        Program { engine, runtime: Runtime::single() }
    }

    /// Runs on the threads and at the level of a runtime. The evaluator of f64
    /// stays on the calling thread.
    pub fn on(mut self, runtime: Runtime) -> Program {
        self.runtime = runtime;
        self
    }

    /// The graph.
    pub fn definition(&self) -> &Arc<Definition> {
        match &self.engine {
            Engine::Compiled(program) => program.definition(),
            Engine::Double(evaluator) => evaluator.definition(),
        }
    }

    /// One run; the values in the order of the fetches.
    ///
    /// # Errors
    /// An input that is missing or has another shape, a state of another
    /// network, an index out of range. The state is then unchanged.
    pub fn run(&self, state: &mut State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        match &self.engine {
            Engine::Compiled(program) => program.run(&self.runtime, state, feed),
            Engine::Double(evaluator) => evaluator.run(state, feed),
        }
    }

    /// One run that leaves the state as it is; updates are not applied.
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn read(&self, state: &State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        match &self.engine {
            Engine::Compiled(program) => program.read(&self.runtime, state, feed),
            Engine::Double(evaluator) => evaluator.read(state, feed),
        }
    }

    /// As [`Program::read`], but each value is shown where it lies instead of
    /// copied: `see` is given the sizes and the numbers, in the order of the
    /// fetches.
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn view(
        &self,
        state: &State,
        feed: &Feed<'_>,
        see: &mut dyn FnMut(&[usize], &[f32]),
    ) -> Result<()> {
        match &self.engine {
            Engine::Compiled(program) => program.view(&self.runtime, state, feed, see),
            Engine::Double(evaluator) => {
                let fetched = evaluator.read(state, feed)?;
                fetched.iter().for_each(|array| see(array.shape(), &array.to_f32()));
                Ok(())
            }
        }
    }

    /// What each instruction of the compiled program costs, measured over so many
    /// steps on a copy of the state; `None` for the evaluator of f64.
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn profile(
        &self,
        state: &State,
        feed: &Feed<'_>,
        steps: u64,
    ) -> Result<Option<ikhim_cpu::Profile>> {
        match &self.engine {
            Engine::Compiled(program) => {
                program.profile(&self.runtime, state, feed, steps).map(Some)
            }
            Engine::Double(_) => Ok(None),
        }
    }

    /// So many runs over the same rows, the step of the random numbers counting
    /// on; the values of the last one.
    ///
    /// # Errors
    /// As [`Program::run`]; the state is then that of the last good step.
    pub fn run_steps(&self, state: &mut State, feed: &Feed<'_>, steps: u64) -> Result<Vec<Array>> {
        match &self.engine {
            Engine::Compiled(program) => program.run_steps(&self.runtime, state, feed, steps),
            Engine::Double(evaluator) => {
                let mut fetched = Vec::new();
                for step in 0..steps {
                    let feed = feed.clone().random(feed.seed(), feed.step() + step);
                    fetched = evaluator.run(state, &feed)?;
                }
                Ok(fetched)
            }
        }
    }
}

impl Rows {
    /// The given rows of encoded data, by index, with their targets where they
    /// have some.
    pub fn of(encoded: &Encoded, indices: &[usize]) -> Rows {
        Rows::whole(encoded.gather(indices))
    }

    /// Puts the given rows of the same encoded data in the place of those that
    /// are held. As many as before, and nothing is allocated.
    pub fn take(&mut self, encoded: &Encoded, indices: &[usize]) {
        if indices.len() != self.len() || indices.iter().any(|&row| row >= encoded.rows) {
            *self = Rows::of(encoded, indices);
            return;
        }
        for (input, (_, array)) in encoded.inputs.iter().zip(&mut self.inputs) {
            match (&input.values, array.data_mut()) {
                (EncodedValues::F32(from), Data::F32(to)) => copy_rows(from, to, indices),
                (EncodedValues::I32(from), Data::I32(to)) => copy_rows(from, to, indices),
                _ => {}
            }
        }
        let target = self.inputs.last_mut().map(|(_, array)| array.data_mut());
        match (&encoded.target, target) {
            (
                EncodedTarget::Class(from) | EncodedTarget::Sequence { values: from, .. },
                Some(Data::I32(to)),
            ) => copy_rows(from, to, indices),
            (
                EncodedTarget::Number { values, .. } | EncodedTarget::MultiLabel { values, .. },
                Some(Data::F32(to)),
            ) => copy_rows(values, to, indices),
            _ => {}
        }
        copy_rows(&encoded.row_ids, &mut self.row_ids, indices);
    }

    /// All rows of encoded data.
    pub fn whole(encoded: Encoded) -> Rows {
        let rows = encoded.rows;
        let mut inputs = Vec::with_capacity(encoded.inputs.len() + 1);
        for input in encoded.inputs {
            let shape: Vec<usize> = [rows].into_iter().chain(input.shape).collect();
            let array = match input.values {
                EncodedValues::F32(values) => Array::f32(&shape, values),
                EncodedValues::I32(values) => Array::i32(&shape, values),
                _ => continue,
            };
            inputs.push((input.name, array));
        }
        let target = match encoded.target {
            EncodedTarget::Class(classes) => Some(Array::i32(&[rows], classes)),
            EncodedTarget::Sequence { steps, values } => Some(Array::i32(&[rows, steps], values)),
            EncodedTarget::Number { width, values, .. }
            | EncodedTarget::MultiLabel { width, values } => {
                Some(Array::f32(&[rows, width], values))
            }
            _ => None,
        };
        inputs.extend(target.map(|target| ("target".to_string(), target)));
        Rows { inputs, row_ids: encoded.row_ids }
    }

    /// The same rows with the first steps of a sequence of integers only; where it
    /// has no more, nothing changes.
    pub fn cut(mut self, input: &str, steps: usize) -> Rows {
        let found = self.inputs.iter_mut().find(|(name, _)| name == input);
        if let Some((_, array)) = found
            && let (&[rows, whole], Data::I32(values)) = (array.shape(), array.data())
            && whole > steps
        {
            let first = values.chunks_exact(whole).flat_map(|row| &row[..steps]);
            *array = Array::i32(&[rows, steps], first.copied().collect());
        }
        self
    }

    /// The steps of an input of sequences.
    pub fn steps(&self, input: &str) -> Option<usize> {
        let (_, array) = self.inputs.iter().find(|(name, _)| name == input)?;
        array.shape().get(1).copied()
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.row_ids.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.row_ids.is_empty()
    }

    /// What a run over these rows is given.
    pub fn feed(&self) -> Feed<'_> {
        let feed = Feed::rows(self.len()).row_ids(&self.row_ids);
        self.inputs.iter().fold(feed, |feed, (name, array)| feed.input(name, array))
    }
}

/// Copies rows of equal length by index.
fn copy_rows<T: Copy>(from: &[T], to: &mut [T], indices: &[usize]) {
    let width = to.len() / indices.len().max(1);
    for (place, row) in to.chunks_exact_mut(width.max(1)).zip(indices) {
        place.copy_from_slice(&from[row * width..(row + 1) * width]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_data::{Dataset, Preprocessing, Split};

    #[test]
    fn rows_taken_in_place_are_those_gathered_anew() {
        for name in ["digits", "iris"] {
            let parts = Dataset::named(name).load().unwrap().split(Split::new()).unwrap();
            let train = Preprocessing::fit(&parts.train).unwrap().encode_train(&parts.train);
            let train = train.unwrap();
            let mut taken = Rows::of(train.encoded(), &[]);
            for indices in [vec![3, 1, 4], vec![0, 60, 3], vec![5, 5, 5], vec![2, 7], vec![]] {
                taken.take(train.encoded(), &indices);
                assert_eq!(taken, Rows::of(train.encoded(), &indices), "{name} {indices:?}");
            }
        }
    }
}
