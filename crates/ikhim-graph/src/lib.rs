//! Symbolic tensors, automatic differentiation as a transformation of graphs,
//! and the reference evaluator.
//!
//! A model is a function that builds a [`Graph`]; a [`Tensor`] is a copyable
//! handle on one node of it. [`gradients`] adds the nodes of derivatives to the
//! same graph, so a derivative can be read, clipped and differentiated again.
//! [`Graph::finish`] gives a [`Definition`], which [`Evaluator`] runs in f32 or
//! f64 exactly as the numeric contract says.
//!
//! ```
//! use ikhim_graph::{Array, Evaluator, Feed, Graph, N, State, gradients};
//! let graph = Graph::new();
//! let x = graph.input("x", ikhim_graph::DType::F32, &[N]);
//! let loss = x.square().mean_all();
//! let slope = gradients(loss, &[x])[0];
//! graph.output("slope", slope);
//! let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &["slope"])?;
//! let x = Array::f32(&[2], vec![1.0, 3.0]);
//! let values = evaluator.run(&mut State::new(), &Feed::rows(2).input("x", &x))?;
//! assert_eq!(values[0].to_f64(), [1.0, 3.0]); // 2x / N
//! # Ok::<(), ikhim_text::Fault>(())
//! ```

mod array;
mod autodiff;
#[cfg(test)]
mod check;
mod composite;
mod definition;
mod dtype;
mod evaluator;
pub mod expression;
mod graph;
pub mod op;
#[cfg(any(test, feature = "random-graphs"))]
pub mod random_graphs;
mod shape;
mod state;
mod stored;
mod tensor;
mod value;

pub use array::{Array, Data};
pub use autodiff::{gradients, local_gradients};
pub use composite::{BatchNorm, GruValues, LstmValues, Recurrence, RnnActivation};
pub use definition::{CompositeSpan, Definition, InputSpec, Node, NodeId, Variable};
pub use dtype::{DType, Precision};
pub use evaluator::{Evaluator, Feed, evaluate};
pub use graph::{Graph, Initial, Mode, Role};
pub use op::Op;
pub use shape::{Dim, N, Shape};
pub use state::State;
pub use tensor::Tensor;
pub use value::{Precise, Watch};

/// The result of every fallible call of this crate.
pub type Result<T> = ikhim_text::Result<T>;
