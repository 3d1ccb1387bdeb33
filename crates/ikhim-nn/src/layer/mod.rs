//! Layers: plain values that say what to build. Names and settings are Keras's.

mod activation;
mod alpha_dropout;
mod attention;
mod concat;
mod convolution;
mod dense;
mod dropout;
mod embedding;
mod flatten;
mod normalization;
mod pooling;
pub(crate) mod recurrent;
mod reshape;
mod resize;
mod sequence;
mod sequential;
mod sizes;

pub use activation::Activation;
pub use alpha_dropout::AlphaDropout;
pub use attention::{MultiHeadAttention, TransformerBlock, dot_product_attention};
pub use concat::Concat;
pub use convolution::{Conv1d, Conv2d, Conv2dTranspose};
pub use dense::Dense;
pub use dropout::Dropout;
pub use embedding::Embedding;
pub use flatten::Flatten;
pub use normalization::{BatchNorm, GroupNorm, LayerNorm, SpatialDropout};
pub use pooling::{
    AdaptiveAveragePool2d, AdaptiveMaxPool2d, AveragePool1d, AveragePool2d, GlobalAveragePool2d,
    GlobalMaxPool2d, MaxPool1d, MaxPool2d,
};
pub use recurrent::{Gru, InitialState, Lstm, RecurrentValues, Sequence, SimpleRnn};
pub use reshape::Reshape;
pub use resize::{UpSampling2d, ZeroPadding2d};
pub use sequence::{
    GlobalAveragePool1d, GlobalMaxPool1d, OneHot, PositionEmbedding, RepeatVector,
    SinePositionEncoding,
};
pub use sequential::Sequential;
pub use sizes::{Padding, Pair};

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
    /// Filters along a sequence.
    Conv1d(Conv1d),
    /// Filters over an image.
    Conv2d(Conv2d),
    /// Filters spread over a larger image.
    Conv2dTranspose(Conv2dTranspose),
    /// The largest value of windows of a sequence.
    MaxPool1d(MaxPool1d),
    /// The largest value of windows of an image.
    MaxPool2d(MaxPool2d),
    /// The mean of windows of a sequence.
    AveragePool1d(AveragePool1d),
    /// The mean of windows of an image.
    AveragePool2d(AveragePool2d),
    /// The largest value of whole images.
    GlobalMaxPool2d(GlobalMaxPool2d),
    /// The mean of whole images.
    GlobalAveragePool2d(GlobalAveragePool2d),
    /// The largest value of so many windows.
    AdaptiveMaxPool2d(AdaptiveMaxPool2d),
    /// The mean of so many windows.
    AdaptiveAveragePool2d(AdaptiveAveragePool2d),
    /// Channels normalized over the batch.
    BatchNorm(BatchNorm),
    /// Rows normalized over the last axis.
    LayerNorm(LayerNorm),
    /// Rows normalized over groups of channels.
    GroupNorm(GroupNorm),
    /// Channels dropped in training.
    SpatialDropout(SpatialDropout),
    /// Each cell of an image repeated.
    UpSampling2d(UpSampling2d),
    /// Zeros around an image.
    ZeroPadding2d(ZeroPadding2d),
    /// A 1 in a row of zeros for each integer.
    OneHot(OneHot),
    /// A learned vector for each place of a sequence.
    PositionEmbedding(PositionEmbedding),
    /// Sines and cosines of each place of a sequence.
    SinePositionEncoding(SinePositionEncoding),
    /// A row as so many equal steps.
    RepeatVector(RepeatVector),
    /// A recurrence without gates.
    SimpleRnn(SimpleRnn),
    /// Long short-term memory.
    Lstm(Lstm),
    /// A gated recurrent unit.
    Gru(Gru),
    /// Several attentions side by side.
    MultiHeadAttention(MultiHeadAttention),
    /// Attention and two dense layers, each added to its input.
    TransformerBlock(TransformerBlock),
    /// The largest value over the steps of a sequence.
    GlobalMaxPool1d(GlobalMaxPool1d),
    /// The mean over the steps of a sequence.
    GlobalAveragePool1d(GlobalAveragePool1d),
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
        "conv1d",
        "conv2d",
        "conv2d_transpose",
        "max_pool1d",
        "max_pool2d",
        "average_pool1d",
        "average_pool2d",
        "global_max_pool2d",
        "global_average_pool2d",
        "adaptive_max_pool2d",
        "adaptive_average_pool2d",
        "batch_norm",
        "layer_norm",
        "group_norm",
        "spatial_dropout",
        "up_sampling2d",
        "zero_padding2d",
        "one_hot",
        "simple_rnn",
        "lstm",
        "gru",
        "multi_head_attention",
        "transformer_block",
        "position_embedding",
        "sine_position_encoding",
        "repeat_vector",
        "global_max_pool1d",
        "global_average_pool1d",
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
            Layer::Conv1d(_) => "conv1d",
            Layer::Conv2d(_) => "conv2d",
            Layer::Conv2dTranspose(_) => "conv2d_transpose",
            Layer::MaxPool1d(_) => "max_pool1d",
            Layer::MaxPool2d(_) => "max_pool2d",
            Layer::AveragePool1d(_) => "average_pool1d",
            Layer::AveragePool2d(_) => "average_pool2d",
            Layer::GlobalMaxPool2d(_) => "global_max_pool2d",
            Layer::GlobalAveragePool2d(_) => "global_average_pool2d",
            Layer::AdaptiveMaxPool2d(_) => "adaptive_max_pool2d",
            Layer::AdaptiveAveragePool2d(_) => "adaptive_average_pool2d",
            Layer::BatchNorm(_) => "batch_norm",
            Layer::LayerNorm(_) => "layer_norm",
            Layer::GroupNorm(_) => "group_norm",
            Layer::SpatialDropout(_) => "spatial_dropout",
            Layer::UpSampling2d(_) => "up_sampling2d",
            Layer::ZeroPadding2d(_) => "zero_padding2d",
            Layer::OneHot(_) => "one_hot",
            Layer::PositionEmbedding(_) => "position_embedding",
            Layer::SinePositionEncoding(_) => "sine_position_encoding",
            Layer::RepeatVector(_) => "repeat_vector",
            Layer::SimpleRnn(_) => "simple_rnn",
            Layer::Lstm(_) => "lstm",
            Layer::Gru(_) => "gru",
            Layer::MultiHeadAttention(_) => "multi_head_attention",
            Layer::TransformerBlock(_) => "transformer_block",
            Layer::GlobalMaxPool1d(_) => "global_max_pool1d",
            Layer::GlobalAveragePool1d(_) => "global_average_pool1d",
            Layer::Flatten(_) => "flatten",
            Layer::Reshape(_) => "reshape",
            Layer::Add => "add",
            Layer::Multiply => "multiply",
            Layer::Concat(_) => "concat",
            Layer::Sequential(_) => "sequential",
            Layer::Activation(activation) => activation.name(),
        }
    }

    /// Builds the layer on its inputs. `add`, `multiply` and `concat` take
    /// several, a recurrent layer its initial state (and cell) behind the
    /// sequence, an attention what it attends to behind its queries.
    #[track_caller]
    pub fn join<'g>(&self, inputs: &[Tensor<'g>]) -> Option<Tensor<'g>> {
        self.join_within(inputs, None)
    }

    /// As [`Layer::join`] on sequences whose rows have lengths, integers `[N]`;
    /// layers that work step by step do not look at them.
    #[track_caller]
    pub fn join_within<'g>(
        &self,
        inputs: &[Tensor<'g>],
        lengths: Option<Tensor<'g>>,
    ) -> Option<Tensor<'g>> {
        let (first, rest) = inputs.split_first()?;
        if rest.len() + 1 > self.most_inputs() {
            let fault = Fault::of("shape.one_input").with("kind", self.kind());
            return Some(first.graph().fail(fault.with("found", inputs.len())));
        }
        Some(match self {
            Layer::SimpleRnn(layer) => layer.join(inputs, lengths),
            Layer::Lstm(layer) => layer.join(inputs, lengths),
            Layer::Gru(layer) => layer.join(inputs, lengths),
            Layer::MultiHeadAttention(layer) => {
                // The lengths are those of the line above; what is attended to
                // instead may be another sequence.
                layer.join(inputs, lengths.filter(|_| rest.is_empty()))
            }
            Layer::TransformerBlock(layer) => layer.join(inputs, lengths),
            Layer::GlobalMaxPool1d(layer) => layer.join(inputs, lengths),
            Layer::GlobalAveragePool1d(layer) => layer.join(inputs, lengths),
            Layer::Sequential(layer) => layer.join(*first, lengths),
            Layer::Add => rest.iter().fold(*first, |sum, input| sum + *input),
            Layer::Multiply => rest.iter().fold(*first, |product, input| product * *input),
            Layer::Concat(concat) => concat.join(inputs),
            single => single.module()?.forward(*first),
        })
    }

    fn most_inputs(&self) -> usize {
        match self {
            Layer::Add | Layer::Multiply | Layer::Concat(_) => usize::MAX,
            Layer::Lstm(_) => 3,
            Layer::SimpleRnn(_) | Layer::Gru(_) | Layer::MultiHeadAttention(_) => 2,
            _ => 1,
        }
    }

    /// The layer with the sizes that are left to the data filled in.
    pub(crate) fn filled(&self, sizes: &Sizes) -> Layer {
        match self {
            Layer::Dense(dense) => Layer::Dense(dense.filled(sizes)),
            Layer::Embedding(embedding) => Layer::Embedding(embedding.filled(sizes)),
            Layer::OneHot(one_hot) => Layer::OneHot(one_hot.filled(sizes)),
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
            Layer::Conv1d(layer) => layer,
            Layer::Conv2d(layer) => layer,
            Layer::Conv2dTranspose(layer) => layer,
            Layer::MaxPool1d(layer) => layer,
            Layer::MaxPool2d(layer) => layer,
            Layer::AveragePool1d(layer) => layer,
            Layer::AveragePool2d(layer) => layer,
            Layer::GlobalMaxPool2d(layer) => layer,
            Layer::GlobalAveragePool2d(layer) => layer,
            Layer::AdaptiveMaxPool2d(layer) => layer,
            Layer::AdaptiveAveragePool2d(layer) => layer,
            Layer::BatchNorm(layer) => layer,
            Layer::LayerNorm(layer) => layer,
            Layer::GroupNorm(layer) => layer,
            Layer::SpatialDropout(layer) => layer,
            Layer::UpSampling2d(layer) => layer,
            Layer::ZeroPadding2d(layer) => layer,
            Layer::OneHot(layer) => layer,
            Layer::PositionEmbedding(layer) => layer,
            Layer::SinePositionEncoding(layer) => layer,
            Layer::RepeatVector(layer) => layer,
            Layer::SimpleRnn(layer) => layer,
            Layer::Lstm(layer) => layer,
            Layer::Gru(layer) => layer,
            Layer::MultiHeadAttention(layer) => layer,
            Layer::TransformerBlock(layer) => layer,
            Layer::GlobalMaxPool1d(layer) => layer,
            Layer::GlobalAveragePool1d(layer) => layer,
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
from!(
    Conv1d,
    Conv2d,
    Conv2dTranspose,
    MaxPool1d,
    MaxPool2d,
    AveragePool1d,
    AveragePool2d,
    GlobalMaxPool2d,
    GlobalAveragePool2d,
    AdaptiveMaxPool2d,
    AdaptiveAveragePool2d,
    BatchNorm,
    LayerNorm,
    GroupNorm,
    SpatialDropout,
    UpSampling2d,
    ZeroPadding2d,
    OneHot,
    PositionEmbedding,
    SinePositionEncoding,
    RepeatVector,
    SimpleRnn,
    Lstm,
    Gru,
    MultiHeadAttention,
    TransformerBlock,
    GlobalMaxPool1d,
    GlobalAveragePool1d
);
