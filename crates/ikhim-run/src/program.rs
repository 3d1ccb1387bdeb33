//! The one place that chooses what runs a graph: today the reference evaluator
//! in the precision of the experiment.

use ikhim_data::{Encoded, EncodedTarget, EncodedValues};
use ikhim_graph::{Array, Definition, Evaluator, Feed, Precision, State};
use ikhim_text::Result;
use std::sync::Arc;

/// A graph that is ready to run over a state.
#[derive(Debug, Clone)]
pub struct Program(Engine);

#[derive(Debug, Clone)]
enum Engine {
    Single(Evaluator<f32>),
    Double(Evaluator<f64>),
}

/// The rows of a run as arrays.
#[derive(Debug, Clone)]
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
        Ok(Program(match precision {
            Precision::F32 => Engine::Single(Evaluator::new(definition, fetches)?),
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
        Ok(Program(match precision {
            Precision::F32 => Engine::Single(Evaluator::with_updates(definition, fetches)?),
            Precision::F64 => Engine::Double(Evaluator::with_updates(definition, fetches)?),
        }))
    }

    /// The graph.
    pub fn definition(&self) -> &Arc<Definition> {
        match &self.0 {
            Engine::Single(evaluator) => evaluator.definition(),
            Engine::Double(evaluator) => evaluator.definition(),
        }
    }

    /// One run; the values in the order of the fetches.
    ///
    /// # Errors
    /// An input that is missing or has another shape, a state of another
    /// network, an index out of range. The state is then unchanged.
    pub fn run(&self, state: &mut State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        match &self.0 {
            Engine::Single(evaluator) => evaluator.run(state, feed),
            Engine::Double(evaluator) => evaluator.run(state, feed),
        }
    }
}

impl Rows {
    /// The given rows of encoded data, by index, with their targets where they
    /// have some.
    pub fn of(encoded: &Encoded, indices: &[usize]) -> Rows {
        Rows::whole(encoded.gather(indices))
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
            EncodedTarget::Number { width, values, .. }
            | EncodedTarget::MultiLabel { width, values } => {
                Some(Array::f32(&[rows, width], values))
            }
            _ => None,
        };
        inputs.extend(target.map(|target| ("target".to_string(), target)));
        Rows { inputs, row_ids: encoded.row_ids }
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
