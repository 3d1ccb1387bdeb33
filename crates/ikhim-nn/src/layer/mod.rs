//! Layers: plain values that say what to build. Names and settings are Keras's.

mod activation;
mod alpha_dropout;
mod concat;
mod dense;
mod dropout;
mod embedding;
mod flatten;
mod reshape;
mod sequential;

pub use activation::Activation;
pub use alpha_dropout::AlphaDropout;
pub use concat::Concat;
pub use dense::Dense;
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use reshape::Reshape;
pub use sequential::Sequential;

use crate::{Module, Sizes};
use ikhim_graph::Tensor;
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// Any layer as a value: what an entry of `model.layers` holds.
///
/// ```
/// use ikhim_nn::{Activation, Dense, Layer};
/// let layers: [Layer; 2] = [Dense::new(10).into(), Activation::Relu.into()];
/// assert_eq!(layers[1].kind(), "relu");
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Layer {
    /// Fully connected.
    Dense(Dense),
    /// A row of numbers for each integer.
    Embedding(Embedding),
    /// Values dropped in training.
    Dropout(Dropout),
    /// Dropout for SELU.
    AlphaDropout(AlphaDropout),
    /// All axes but the first joined.
    Flatten(Flatten),
    /// Rows under other sizes.
    Reshape(Reshape),
    /// The sum of its inputs, element by element.
    Add,
    /// The product of its inputs, element by element.
    Multiply,
    /// Its inputs side by side.
    Concat(Concat),
    /// Layers one after the other.
    Sequential(Sequential),
    /// An activation by its own name.
    #[serde(untagged)]
    Activation(Activation),
}

impl Layer {
    /// The words that an experiment file may use for `type`, besides
    /// [`Activation::NAMES`].
    pub const NAMES: &[&str] = &[
        "dense",
        "embedding",
        "dropout",
        "alpha_dropout",
        "flatten",
        "reshape",
        "add",
        "multiply",
        "concat",
        "sequential",
    ];

    /// The word for `type`, by which unnamed layers are counted.
    pub fn kind(&self) -> &'static str {
        match self {
            Layer::Dense(_) => "dense",
            Layer::Embedding(_) => "embedding",
            Layer::Dropout(_) => "dropout",
            Layer::AlphaDropout(_) => "alpha_dropout",
            Layer::Flatten(_) => "flatten",
            Layer::Reshape(_) => "reshape",
            Layer::Add => "add",
            Layer::Multiply => "multiply",
            Layer::Concat(_) => "concat",
            Layer::Sequential(_) => "sequential",
            Layer::Activation(activation) => activation.name(),
        }
    }

    /// Builds the layer on its inputs. Only `add`, `multiply` and `concat` take
    /// several.
    #[track_caller]
    pub fn join<'g>(&self, inputs: &[Tensor<'g>]) -> Option<Tensor<'g>> {
        let (first, rest) = inputs.split_first()?;
        Some(match self {
            Layer::Add => rest.iter().fold(*first, |sum, input| sum + *input),
            Layer::Multiply => rest.iter().fold(*first, |product, input| product * *input),
            Layer::Concat(concat) => concat.join(inputs),
            _ if !rest.is_empty() => first.graph().fail(
                Fault::of("shape.one_input").with("kind", self.kind()).with("found", inputs.len()),
            ),
            single => single.module()?.forward(*first),
        })
    }

    /// The layer with the sizes that are left to the data filled in.
    pub(crate) fn filled(&self, sizes: &Sizes) -> Layer {
        match self {
            Layer::Dense(dense) => Layer::Dense(dense.filled(sizes)),
            Layer::Embedding(embedding) => Layer::Embedding(embedding.filled(sizes)),
            Layer::Sequential(sequential) => Layer::Sequential(sequential.filled(sizes)),
            other => other.clone(),
        }
    }

    fn module(&self) -> Option<&dyn Module> {
        Some(match self {
            Layer::Dense(layer) => layer,
            Layer::Embedding(layer) => layer,
            Layer::Dropout(layer) => layer,
            Layer::AlphaDropout(layer) => layer,
            Layer::Flatten(layer) => layer,
            Layer::Reshape(layer) => layer,
            Layer::Sequential(layer) => layer,
            Layer::Activation(layer) => layer,
            Layer::Add | Layer::Multiply | Layer::Concat(_) => return None,
        })
    }
}

impl Module for Layer {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.join(&[x]).unwrap_or(x)
    }

    fn kind(&self) -> Option<String> {
        Some(Layer::kind(self).to_string())
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(self.filled(sizes)))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

macro_rules! from {
    ($($layer:ident),+) => {$(
        impl From<$layer> for Layer {
            fn from(layer: $layer) -> Layer {
                Layer::$layer(layer)
            }
        }
    )+};
}

from!(Dense, Embedding, Dropout, AlphaDropout, Flatten, Reshape, Concat, Sequential, Activation);
