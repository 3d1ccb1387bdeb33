use crate::module::declare;
use crate::{Initializer, Module, Sizes};
use ikhim_graph::Tensor;
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// A row of numbers for each integer: `y = table[x]`.
///
/// # Shapes
/// `x` holds integers `[N, …]` from 0 to `input_dim − 1`, the parameter
/// `embeddings` is `[input_dim, output_dim]` and `y` is `[N, …, output_dim]`.
/// An integer outside of the table is an error of the run.
///
/// ```
/// let layer = ikhim_nn::Embedding::new(64).input_dim(1000);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Embedding {
    output_dim: usize,
    #[serde(default)]
    input_dim: Option<usize>,
    #[serde(default = "near_zero")]
    embeddings_initializer: Initializer,
}

/// Keras's default for embeddings.
fn near_zero() -> Initializer {
    Initializer::uniform(-0.05, 0.05)
}

impl Embedding {
    /// Rows of so many numbers; how many integers there are comes from the data.
    pub fn new(output_dim: usize) -> Embedding {
        Embedding { output_dim, input_dim: None, embeddings_initializer: near_zero() }
    }

    /// How many integers there are.
    pub fn input_dim(mut self, input_dim: usize) -> Embedding {
        self.input_dim = Some(input_dim);
        self
    }

    /// The rows at step 0; uniform on ±0.05 by default (Keras).
    pub fn embeddings_initializer(mut self, initializer: Initializer) -> Embedding {
        self.embeddings_initializer = initializer;
        self
    }

    /// The rows of integers that may be `input_dim` too, which stands for no row
    /// of the table and gives zeros.
    #[track_caller]
    pub(crate) fn or_zeros<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.table(x).pad(0, 0, 1).gather(x, 0)
    }

    #[track_caller]
    fn table<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let Some(input_dim) = self.input_dim else {
            return x.graph().fail(Fault::of("shape.input_dim_auto"));
        };
        let shape = [input_dim, self.output_dim];
        declare(x, "embeddings", &shape, None, &self.embeddings_initializer)
    }

    pub(super) fn filled(&self, sizes: &Sizes) -> Embedding {
        Embedding { input_dim: self.input_dim.or(sizes.categories), ..self.clone() }
    }
}

impl Module for Embedding {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.table(x).gather(x, 0)
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(self.filled(sizes)))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
