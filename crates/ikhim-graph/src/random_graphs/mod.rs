//! Random graphs for tests: from a seed a network of every primitive and every
//! composite, with broadcasting, shared nodes, several outputs, derivatives and
//! updates of variables. Support for tests of this crate and of those that run
//! its graphs in another way; only with the feature `random-graphs`.
//!
//! Every value has known bounds by construction: an operation is applied only
//! where they lie in its domain, and what grows is scaled back. No sum grows
//! with the number of rows. So all values and derivatives are finite, whatever
//! the seed and the number of rows.
//!
//! ```
//! use ikhim_graph::{Evaluator, random_graphs::RandomGraph};
//! let random = RandomGraph::new(7);
//! let evaluator = Evaluator::<f32>::with_updates(random.definition(), &random.fetches())?;
//! let (inputs, mut state) = (random.inputs(5), random.state());
//! let values = evaluator.run(&mut state, &random.feed(&inputs, 5))?;
//! assert_eq!(values.len(), random.fetches().len());
//! # Ok::<(), ikhim_text::Fault>(())
//! ```

mod builder;
mod choices;
mod composites;
mod draw;
mod elementwise;
mod ending;
mod images;
mod layout;
mod reductions;
#[cfg(test)]
mod tests;

use crate::{Array, DType, Definition, Feed, Graph, Mode, State};
use builder::{Builder, Values};
use ikhim_numeric::{Stream, stream_id};
use std::sync::Arc;

/// A derivative that a random graph computes: the gradient of one output.
#[derive(Debug, Clone)]
pub struct Slope {
    /// The name of the scalar output that is differentiated.
    pub of: String,
    /// The name of the input or the path of the variable.
    pub by: String,
    /// The name of the output that holds the gradient.
    pub gradient: String,
}

/// A graph that follows from a seed, with values to run it on.
///
/// The same seed gives the same graph and the same values everywhere.
pub struct RandomGraph {
    seed: u64,
    definition: Arc<Definition>,
    inputs: Vec<(String, Values)>,
    slopes: Vec<Slope>,
}

impl RandomGraph {
    /// The graph of a seed.
    ///
    /// # Panics
    /// When the graph does not fit together: a fault of the generator.
    pub fn new(seed: u64) -> RandomGraph {
        let graph = Graph::with_mode(Mode::Training);
        let mut builder = Builder::new(&graph, seed);
        builder.grow();
        let slopes = builder.end();
        let inputs = builder.into_inputs();
        let definition = match graph.finish() {
            Ok(definition) => Arc::new(definition),
            Err(fault) => panic!("random graph {seed} does not fit together: {fault}"),
        };
        RandomGraph { seed, definition, inputs, slopes }
    }

    /// The graph.
    pub fn definition(&self) -> Arc<Definition> {
        self.definition.clone()
    }

    /// The names of all outputs: values, truth values, integers, losses and
    /// gradients.
    pub fn fetches(&self) -> Vec<&str> {
        self.definition.outputs().keys().map(String::as_str).collect()
    }

    /// The derivatives among the outputs.
    pub fn slopes(&self) -> &[Slope] {
        &self.slopes
    }

    /// A value for every input over so many rows, by name. The batch axis of an
    /// input is its first, and a row has the same values for every number of
    /// rows.
    pub fn inputs(&self, rows: usize) -> Vec<(String, Array)> {
        self.inputs
            .iter()
            .zip(self.definition.inputs())
            .map(|((name, values), spec)| {
                let sizes = spec.shape.sizes(rows);
                let stream = Stream::new(self.seed, stream_id(name, "value"));
                (name.clone(), values.array(&sizes, stream))
            })
            .collect()
    }

    /// The variables at step 0.
    pub fn state(&self) -> State {
        State::initial(&self.definition, self.seed)
    }

    /// Inputs of [`RandomGraph::inputs`] as a run over their rows, with a seed
    /// and a step for random numbers.
    pub fn feed<'a>(&self, inputs: &'a [(String, Array)], rows: usize) -> Feed<'a> {
        let feed = Feed::rows(rows).random(self.seed, 3);
        inputs.iter().fold(feed, |feed, (name, value)| feed.input(name, value))
    }
}

impl Values {
    /// Values of sizes from a stream.
    fn array(&self, sizes: &[usize], stream: Stream) -> Array {
        let count = sizes.iter().product::<usize>() as u64;
        match *self {
            Values::Real { low, high } => {
                let (low, high) = (low as f32, high as f32);
                let value = |at| low + (high - low) * stream.uniform(0, at);
                Array::f32(sizes, (0..count).map(value).collect())
            }
            Values::Integer { below } => {
                let value = |at| stream.below(below as u64, 0, at) as i32;
                Array::i32(sizes, (0..count).map(value).collect())
            }
            Values::Truth => {
                Array::bool(sizes, (0..count).map(|at| stream.below(2, 0, at) == 1).collect())
            }
        }
    }

    fn dtype(&self) -> DType {
        match self {
            Values::Real { .. } => DType::F32,
            Values::Integer { .. } => DType::I32,
            Values::Truth => DType::Bool,
        }
    }
}
