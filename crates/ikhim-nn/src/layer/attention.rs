//! Attention: Vaswani et al., *Attention Is All You Need*, 2017.

use crate::layer::recurrent::mask;
use crate::module::declare;
use crate::{Initializer, Module};
use ikhim_graph::{DType, Dim, Mode, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// What stands in the place of a score that does not count: its exponential is
/// exactly 0 beside any other one.
const EXCLUDED: f64 = -1e30;

/// Scaled dot-product attention: `softmax(Q·Kᵀ/√d)·V` over the last two axes,
/// with queries `[…, steps, d]`, keys `[…, places, d]` and values `[…, places,
/// width]`. Where a mask, truth values that broadcast to `[…, steps, places]`, is
/// false, the weight is exactly 0, if at least one place of the step counts; else
/// all places count alike.
///
/// ```
/// use ikhim_graph::{DType, Graph, N};
/// let graph = Graph::new();
/// let x = graph.input("x", DType::F32, &[N, 5.into(), 8.into()]);
/// let value = ikhim_nn::dot_product_attention(x, x, x, None);
/// assert_eq!(value.shape(), x.shape());
/// ```
#[track_caller]
pub fn dot_product_attention<'g>(
    queries: Tensor<'g>,
    keys: Tensor<'g>,
    values: Tensor<'g>,
    mask: Option<Tensor<'g>>,
) -> Tensor<'g> {
    weights(queries, keys, mask).matmul(values)
}

/// The share of each place in each step, `[…, steps, places]`.
#[track_caller]
fn weights<'g>(queries: Tensor<'g>, keys: Tensor<'g>, mask: Option<Tensor<'g>>) -> Tensor<'g> {
    let width = queries.dim(-1);
    let scores = queries.matmul(keys.matrix_transpose()) * (1.0 / (width as f64).sqrt());
    let scores = match mask {
        Some(mask) => mask.select(scores, queries.graph().scalar(EXCLUDED)),
        None => scores,
    };
    scores.softmax(-1)
}

/// Several attentions side by side, each over projections of its own, and a
/// projection of them together (Vaswani et al. 2017).
///
/// # Shapes
/// `x` is `[N, steps, features]` and so is the value. With a second input
/// `[N, places, …]` the keys and values are made of it. Parameters:
/// `query_kernel`, `key_kernel` and `value_kernel` `[features, num_heads ·
/// key_dim]`, `output_kernel` `[num_heads · key_dim, features]`, and for each a
/// bias.
///
/// ```
/// let layer = ikhim_nn::MultiHeadAttention::new(4, 32).causal(true);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct MultiHeadAttention {
    num_heads: usize,
    key_dim: usize,
    #[serde(default)]
    causal: bool,
    #[serde(default)]
    dropout: f64,
    #[serde(default = "yes")]
    use_bias: bool,
    #[serde(default = "Initializer::glorot_uniform")]
    kernel_initializer: Initializer,
}

fn yes() -> bool {
    true
}

impl MultiHeadAttention {
    /// So many heads of so many numbers each; Keras's initializers.
    pub fn new(num_heads: usize, key_dim: usize) -> MultiHeadAttention {
        MultiHeadAttention {
            num_heads,
            key_dim,
            causal: false,
            dropout: 0.0,
            use_bias: true,
            kernel_initializer: Initializer::GlorotUniform,
        }
    }

    /// Whether a step sees itself and the steps before it only.
    pub fn causal(mut self, causal: bool) -> MultiHeadAttention {
        self.causal = causal;
        self
    }

    /// The share of the weights that are 0 in training.
    pub fn dropout(mut self, dropout: f64) -> MultiHeadAttention {
        self.dropout = dropout;
        self
    }

    /// Whether the projections have a bias.
    pub fn use_bias(mut self, use_bias: bool) -> MultiHeadAttention {
        self.use_bias = use_bias;
        self
    }

    /// The kernels at step 0.
    pub fn kernel_initializer(mut self, initializer: Initializer) -> MultiHeadAttention {
        self.kernel_initializer = initializer;
        self
    }

    /// The layer on queries, and on what keys and values are made of where that
    /// is something else. `lengths`, integers `[N]`, are those of the keys.
    #[track_caller]
    pub fn attend<'g>(
        &self,
        x: Tensor<'g>,
        memory: Option<Tensor<'g>>,
        lengths: Option<Tensor<'g>>,
    ) -> Tensor<'g> {
        let memory = memory.unwrap_or(x);
        if x.node().is_none() || memory.node().is_none() {
            return x;
        }
        let graph = x.graph();
        let (Some((steps, features)), Some((places, _))) = (sizes(x), sizes(memory)) else {
            let found = if sizes(x).is_none() { x } else { memory };
            let fault = Fault::of("shape.rank").with("expected", "[N, steps, features]");
            return graph.fail(fault.with("found", found.shape()));
        };
        if self.num_heads == 0 || self.key_dim == 0 {
            let fault = Fault::of("shape.setting").with("op", "multi_head_attention");
            let fault =
                fault.with("setting", "num_heads and key_dim").with("expected", "at least 1");
            return graph.fail(fault.with("found", 0));
        }
        let queries = self.heads(self.projected(x, "query"), steps);
        let keys = self.heads(self.projected(memory, "key"), places);
        let values = self.heads(self.projected(memory, "value"), places);
        let shares = weights(queries, keys, self.mask(x, steps, places, lengths));
        let shares = shares.dropout(self.dropout);
        let joined = shares.matmul(values).transpose(&[0, 2, 1, 3]);
        let width = self.num_heads * self.key_dim;
        let joined = joined.reshape(&[x.shape()[0], Dim::Fixed(steps), Dim::Fixed(width)]);
        self.product(joined, "output", features)
    }

    /// `[N, steps, heads · d]` as `[N, heads, steps, d]`.
    fn heads<'g>(&self, x: Tensor<'g>, steps: usize) -> Tensor<'g> {
        let rows = x.shape()[0];
        let dims = [rows, steps.into(), self.num_heads.into(), self.key_dim.into()];
        x.reshape(&dims).transpose(&[0, 2, 1, 3])
    }

    #[track_caller]
    fn projected<'g>(&self, x: Tensor<'g>, word: &str) -> Tensor<'g> {
        self.product(x, word, self.num_heads * self.key_dim)
    }

    #[track_caller]
    fn product<'g>(&self, x: Tensor<'g>, word: &str, width: usize) -> Tensor<'g> {
        let shape = [x.dim(-1), width];
        let kernel = declare(x, &format!("{word}_kernel"), &shape, None, &self.kernel_initializer);
        let product = x.matmul(kernel);
        if !self.use_bias {
            return product;
        }
        product + declare(x, &format!("{word}_bias"), &[width], None, &Initializer::Zeros)
    }

    /// Where a step may look, `[N or 1, 1, steps or 1, places]`.
    fn mask<'g>(
        &self,
        x: Tensor<'g>,
        steps: usize,
        places: usize,
        lengths: Option<Tensor<'g>>,
    ) -> Option<Tensor<'g>> {
        let graph = x.graph();
        let causal = self.causal.then(|| {
            let (step, place) = (graph.iota(steps), graph.iota(places));
            let seen = place.less_equal(step.expand_dims(-1));
            seen.expand_dims(0).expand_dims(0)
        });
        let within = lengths.map(|lengths| mask(lengths, places).expand_dims(1).expand_dims(1));
        match (causal, within) {
            (Some(causal), Some(within)) => Some(causal.and(within)),
            (one, other) => one.or(other),
        }
    }

    #[track_caller]
    pub(crate) fn join<'g>(
        &self,
        inputs: &[Tensor<'g>],
        lengths: Option<Tensor<'g>>,
    ) -> Tensor<'g> {
        self.attend(inputs[0], inputs.get(1).copied(), lengths)
    }
}

impl Module for MultiHeadAttention {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.attend(x, None, None)
    }

    #[track_caller]
    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        self.attend(x, None, lengths)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// Steps and features of a sequence of real numbers.
fn sizes(x: Tensor<'_>) -> Option<(usize, usize)> {
    match *x.shape() {
        [_, Dim::Fixed(steps), Dim::Fixed(features)] if x.dtype() == DType::F32 => {
            Some((steps, features))
        }
        _ => None,
    }
}

/// One block of a transformer with the normalization before each part: `x +
/// attention(norm(x))`, then `x + dense(gelu(dense(norm(x))))`, with a dropout
/// behind each part (Xiong et al. 2020 for the place of the normalization).
///
/// # Shapes
/// `x` is `[N, steps, features]` and so is the value.
///
/// ```
/// let block = ikhim_nn::TransformerBlock::new(4, 512).causal(true).dropout(0.1);
/// # let _ = block;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct TransformerBlock {
    num_heads: usize,
    intermediate_dim: usize,
    #[serde(default)]
    causal: bool,
    #[serde(default)]
    dropout: f64,
}

impl TransformerBlock {
    /// So many heads, and so many units between the two dense layers.
    pub fn new(num_heads: usize, intermediate_dim: usize) -> TransformerBlock {
        TransformerBlock { num_heads, intermediate_dim, causal: false, dropout: 0.0 }
    }

    /// Whether a step sees itself and the steps before it only.
    pub fn causal(mut self, causal: bool) -> TransformerBlock {
        self.causal = causal;
        self
    }

    /// The share of values behind each part that are 0 in training.
    pub fn dropout(mut self, dropout: f64) -> TransformerBlock {
        self.dropout = dropout;
        self
    }

    #[track_caller]
    pub(crate) fn join<'g>(
        &self,
        inputs: &[Tensor<'g>],
        lengths: Option<Tensor<'g>>,
    ) -> Tensor<'g> {
        use crate::{Activation, Apply, Dense, LayerNorm};
        let x = inputs[0];
        if x.node().is_none() {
            return x;
        }
        let graph = x.graph();
        let Some((_, features)) = sizes(x) else {
            let fault = Fault::of("shape.rank").with("expected", "[N, steps, features]");
            return graph.fail(fault.with("found", x.shape()));
        };
        if self.num_heads == 0 || !features.is_multiple_of(self.num_heads) {
            let fault = Fault::of("shape.setting").with("op", "transformer_block");
            let fault = fault
                .with("setting", "num_heads")
                .with("expected", format!("a divisor of the {features} features"));
            return graph.fail(fault.with("found", self.num_heads));
        }
        // The two dropouts have streams of their own by their layers.
        let dropped = |x: Tensor<'g>| {
            if self.dropout == 0.0 || graph.mode() == Mode::Evaluation {
                return x;
            }
            graph.layer("dropout", None, || x.dropout(self.dropout))
        };
        let attention = MultiHeadAttention::new(self.num_heads, features / self.num_heads)
            .causal(self.causal)
            .dropout(self.dropout);
        let normal = x.apply(LayerNorm::new());
        let seen =
            graph.layer("multi_head_attention", None, || attention.attend(normal, None, lengths));
        let x = x + dropped(seen);
        let wide = Dense::new(self.intermediate_dim).activation(Activation::Gelu);
        let inner = x.apply(LayerNorm::new()).apply(wide).apply(Dense::new(features));
        x + dropped(inner)
    }
}

impl Module for TransformerBlock {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.join(&[x], None)
    }

    #[track_caller]
    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        self.join(&[x], lengths)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
