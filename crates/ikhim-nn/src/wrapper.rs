//! A module under a name of its own, with shared or with frozen parameters.

use crate::module::apply_within;
use crate::{Module, Sizes};
use ikhim_graph::Tensor;

/// Names, sharing and freezing for every [`Module`].
///
/// ```
/// use ikhim_nn::{Apply, Dense, Wrap, from_fn};
/// let siamese = from_fn(|x| {
///     let half = Dense::new(3).shared("half"); // both uses read `half.kernel`
///     x.apply(&half) + (-x).apply(&half)
/// });
/// let output = Dense::new(1).named("output").trainable(false);
/// # let _ = (siamese, output);
/// ```
pub trait Wrap: Module + Sized {
    /// The module under a path of this name; a name used twice is a fault.
    fn named(self, name: impl Into<String>) -> Named<Self> {
        Named { name: name.into(), module: self }
    }

    /// The module under a path of this name; every use of the name has the same
    /// parameters.
    fn shared(self, name: impl Into<String>) -> Shared<Self> {
        Shared { name: name.into(), module: self }
    }

    /// With `false`, no optimizer changes the parameters of the module.
    fn trainable(self, trainable: bool) -> Trainable<Self> {
        Trainable { trainable, module: self }
    }
}

impl<M: Module> Wrap for M {}

/// A module with a name, see [`Wrap::named`].
#[derive(Debug, Clone, PartialEq)]
pub struct Named<M> {
    name: String,
    module: M,
}

/// A module with shared parameters, see [`Wrap::shared`].
#[derive(Debug, Clone, PartialEq)]
pub struct Shared<M> {
    name: String,
    module: M,
}

/// A module with or without training, see [`Wrap::trainable`].
#[derive(Debug, Clone, PartialEq)]
pub struct Trainable<M> {
    trainable: bool,
    module: M,
}

// A wrapper has no path besides the one that it gives to what it holds.

impl<M: Module> Module for Named<M> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.forward_within(x, None)
    }

    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        let kind = self.module.kind().unwrap_or_default();
        x.graph().layer(&kind, Some(&self.name), || self.module.forward_within(x, lengths))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        let module = self.module.sized(sizes)?;
        Some(Box::new(Named { name: self.name.clone(), module }))
    }

    fn is_opaque(&self) -> bool {
        self.module.is_opaque()
    }
}

impl<M: Module> Module for Shared<M> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.forward_within(x, None)
    }

    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        x.graph().shared_layer(&self.name, || self.module.forward_within(x, lengths))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        let module = self.module.sized(sizes)?;
        Some(Box::new(Shared { name: self.name.clone(), module }))
    }

    fn is_opaque(&self) -> bool {
        self.module.is_opaque()
    }
}

impl<M: Module> Module for Trainable<M> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        self.forward_within(x, None)
    }

    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        if self.trainable {
            return apply_within(x, &self.module, lengths);
        }
        x.graph().frozen(|| apply_within(x, &self.module, lengths))
    }

    fn kind(&self) -> Option<String> {
        None
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        let module = self.module.sized(sizes)?;
        Some(Box::new(Trainable { trainable: self.trainable, module }))
    }

    fn is_opaque(&self) -> bool {
        self.module.is_opaque()
    }
}
