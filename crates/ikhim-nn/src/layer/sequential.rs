use super::Layer;
use crate::{Module, Sizes};
use ikhim_graph::Tensor;
use serde::{Deserialize, Serialize};

/// Layers one after the other.
///
/// ```
/// use ikhim_nn::{Activation, Dense, Sequential};
/// let network = Sequential::new().then(Dense::new(10)).then(Activation::Tanh).then(Dense::auto());
/// # let _ = network;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Sequential {
    layers: Vec<Layer>,
}

impl Sequential {
    /// No layer yet: the value itself.
    pub fn new() -> Sequential {
        Sequential::default()
    }

    /// Adds a layer at the end.
    pub fn then(mut self, layer: impl Into<Layer>) -> Sequential {
        self.layers.push(layer.into());
        self
    }

    /// The layers on a value whose rows have lengths.
    #[track_caller]
    pub(super) fn join<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        // Behind a layer that changes the number of steps the lengths mean nothing.
        let steps = |x: Tensor<'g>| x.node().and_then(|_| x.shape().get(1).copied());
        let given = steps(x);
        self.layers.iter().fold(x, |x, layer| {
            let lengths = lengths.filter(|_| steps(x) == given);
            let build = || layer.join_within(&[x], lengths).unwrap_or(x);
            x.graph().layer(layer.kind(), None, build)
        })
    }

    pub(super) fn filled(&self, sizes: &Sizes) -> Sequential {
        self.layers.iter().map(|layer| layer.filled(sizes)).collect()
    }
}

impl<L: Into<Layer>> FromIterator<L> for Sequential {
    fn from_iter<I: IntoIterator<Item = L>>(layers: I) -> Sequential {
        Sequential { layers: layers.into_iter().map(Into::into).collect() }
    }
}

impl Module for Sequential {
    #[track_caller]
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.join(x, None)
    }

    #[track_caller]
    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        self.join(x, lengths)
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        Some(Box::new(self.filled(sizes)))
    }

    fn is_opaque(&self) -> bool {
        true
    }
}
