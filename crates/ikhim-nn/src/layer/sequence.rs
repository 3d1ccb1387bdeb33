//! Small layers for sequences: positions, rows of zeros and ones, and what makes
//! one row of a sequence or a sequence of one row.

use crate::layer::recurrent::mask;
use crate::module::declare;
use crate::{Initializer, Module, Sizes};
use ikhim_graph::{Array, DType, Dim, Tensor};
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};

/// A learned vector for each place of a sequence, added to it.
///
/// # Shapes
/// `x` is `[N, steps, features]` and so is the value; the parameter `embeddings`
/// is `[steps, features]`.
///
/// ```
/// let layer = ikhim_nn::PositionEmbedding::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct PositionEmbedding {
    #[serde(default = "Initializer::glorot_uniform")]
    embeddings_initializer: Initializer,
}

impl Default for PositionEmbedding {
    fn default() -> PositionEmbedding {
        PositionEmbedding { embeddings_initializer: Initializer::GlorotUniform }
    }
}

impl PositionEmbedding {
    /// Glorot uniform vectors (KerasHub).
    pub fn new() -> PositionEmbedding {
        PositionEmbedding::default()
    }

    /// The vectors at step 0.
    pub fn embeddings_initializer(mut self, initializer: Initializer) -> PositionEmbedding {
        self.embeddings_initializer = initializer;
        self
    }
}

impl Module for PositionEmbedding {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let Some((steps, features)) = sizes(x) else { return refused(x, "[N, steps, features]") };
        x + declare(x, "embeddings", &[steps, features], None, &self.embeddings_initializer)
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// Sines and cosines of each place of a sequence, added to it: `sin(t/10000^(2i/d))`
/// for feature 2i of step t, the cosine of the same for feature 2i + 1 (Vaswani et
/// al. 2017).
///
/// ```
/// let layer = ikhim_nn::SinePositionEncoding::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct SinePositionEncoding {}

impl SinePositionEncoding {
    /// Wavelengths from 2π to 10,000·2π.
    pub fn new() -> SinePositionEncoding {
        SinePositionEncoding::default()
    }
}

impl Module for SinePositionEncoding {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let Some((steps, features)) = sizes(x) else { return refused(x, "[N, steps, features]") };
        let value = |step: usize, feature: usize| {
            let exponent = (feature - feature % 2) as f64 / features as f64;
            let angle = step as f64 * libm::pow(10_000.0, -exponent);
            if feature.is_multiple_of(2) { libm::sin(angle) } else { libm::cos(angle) }
        };
        let values = (0..steps * features).map(|at| value(at / features, at % features)).collect();
        x + x.graph().constant(Array::f64(&[steps, features], values))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// A 1 in a row of zeros for each integer: `[N, …]` becomes `[N, …, depth]`.
///
/// ```
/// let layer = ikhim_nn::OneHot::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct OneHot {
    #[serde(default)]
    depth: Option<usize>,
}

impl OneHot {
    /// As wide as the data have integers.
    pub fn new() -> OneHot {
        OneHot::default()
    }

    /// How many integers there are.
    pub fn depth(mut self, depth: usize) -> OneHot {
        self.depth = Some(depth);
        self
    }

    pub(super) fn filled(&self, sizes: &Sizes) -> OneHot {
        OneHot { depth: self.depth.or(sizes.categories) }
    }
}

impl Module for OneHot {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        let graph = x.graph();
        match self.depth {
            // The lookup refuses an integer that is not there.
            Some(depth) => graph.iota(depth).gather(x, 0).one_hot(depth),
            None => graph.fail(Fault::of("shape.input_dim_auto")),
        }
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(self.filled(sizes)))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// Each row as so many equal steps: `[N, features]` becomes `[N, n, features]`.
///
/// ```
/// let layer = ikhim_nn::RepeatVector::new(7);
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct RepeatVector {
    n: usize,
}

impl RepeatVector {
    /// So many steps.
    pub fn new(n: usize) -> RepeatVector {
        RepeatVector { n }
    }
}

impl Module for RepeatVector {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        match *x.shape() {
            [rows, Dim::Fixed(features)] if self.n > 0 => {
                let whole = [rows, Dim::Fixed(self.n), Dim::Fixed(features)];
                x.expand_dims(1).broadcast_to(&whole.into_iter().collect())
            }
            _ => refused(x, "[N, features]"),
        }
    }

    fn is_opaque(&self) -> bool {
        true
    }
}

/// The largest value of each feature over the steps of a row.
///
/// ```
/// let layer = ikhim_nn::GlobalMaxPool1d::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GlobalMaxPool1d {}

/// The mean of each feature over the steps of a row.
///
/// ```
/// let layer = ikhim_nn::GlobalAveragePool1d::new();
/// # let _ = layer;
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct GlobalAveragePool1d {}

impl GlobalMaxPool1d {
    /// Over all steps, or those before the length of the row; of a row without steps
    /// it is 0.
    pub fn new() -> GlobalMaxPool1d {
        GlobalMaxPool1d::default()
    }

    #[track_caller]
    pub(crate) fn join<'g>(
        &self,
        inputs: &[Tensor<'g>],
        lengths: Option<Tensor<'g>>,
    ) -> Tensor<'g> {
        let x = inputs[0];
        let Some((steps, _)) = sizes(x) else { return refused(x, "[N, steps, features]") };
        let Some(lengths) = lengths else { return x.max(&[1]) };
        let (zero, lowest) = (x.graph().scalar(0.0), x.graph().scalar(f64::from(f32::MIN)));
        let within = mask(lengths, steps).expand_dims(-1);
        let has_steps =
            lengths.cast(DType::F32).greater_equal(x.graph().scalar(1.0)).expand_dims(-1);
        has_steps.select(within.select(x, lowest).max(&[1]), zero)
    }
}

impl GlobalAveragePool1d {
    /// Over all steps, or those before the length of the row; of a row without steps
    /// it is 0.
    pub fn new() -> GlobalAveragePool1d {
        GlobalAveragePool1d::default()
    }

    #[track_caller]
    pub(crate) fn join<'g>(
        &self,
        inputs: &[Tensor<'g>],
        lengths: Option<Tensor<'g>>,
    ) -> Tensor<'g> {
        let x = inputs[0];
        let Some((steps, _)) = sizes(x) else { return refused(x, "[N, steps, features]") };
        match lengths {
            None => x.mean(&[1]),
            Some(lengths) => {
                let within = mask(lengths, steps).expand_dims(-1);
                let count = lengths.cast(DType::F32).maximum(x.graph().scalar(1.0));
                within.select(x, x.graph().scalar(0.0)).sum(&[1]) / count.expand_dims(-1)
            }
        }
    }
}

macro_rules! pools {
    ($($layer:ident),+) => {$(
        impl Module for $layer {
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
    )+};
}

pools!(GlobalMaxPool1d, GlobalAveragePool1d);

/// Steps and features of a sequence.
fn sizes(x: Tensor<'_>) -> Option<(usize, usize)> {
    match *x.shape() {
        [_, Dim::Fixed(steps), Dim::Fixed(features)] => Some((steps, features)),
        _ => None,
    }
}

#[track_caller]
fn refused<'g>(x: Tensor<'g>, expected: &str) -> Tensor<'g> {
    if x.node().is_none() {
        return x;
    }
    let fault = Fault::of("shape.rank").with("expected", expected);
    x.graph().fail(fault.with("found", x.shape()))
}
