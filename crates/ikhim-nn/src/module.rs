use crate::Initializer;
use ikhim_graph::{Array, DType, Graph, Initial, Role, Shape, Tensor};
use ikhim_text::Fault;
use std::panic::Location;
use std::sync::Arc;

/// A function of one tensor that may declare parameters: a layer, a block, a
/// whole network.
///
/// Parameters are declared where they are used, so a module is a plain value
/// without tensors, and its path in the network is known only while building.
///
/// ```
/// use ikhim_graph::{DType, Graph, N, Tensor};
/// use ikhim_nn::{Apply, Dense, Module};
///
/// struct Residual(usize);
/// impl Module for Residual {
///     fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
///         x + x.apply(Dense::new(self.0)).relu().apply(Dense::new(self.0))
///     }
/// }
///
/// let graph = Graph::new();
/// let x = graph.input("features", DType::F32, &[N, 4.into()]);
/// graph.output("prediction", x.apply(Residual(4)));
/// let definition = graph.finish()?;
/// assert!(definition.variable("residual_1/dense_2.kernel").is_some());
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub trait Module {
    /// Builds the module on a value.
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g>;

    /// Builds the module on a sequence whose rows have lengths, integers `[N]`, where
    /// they have some. One that knows nothing of lengths is built as on any value.
    fn forward_within<'g>(&self, x: Tensor<'g>, _lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        self.forward(x)
    }

    /// The word that its unnamed paths are counted by, e.g. `dense` in
    /// `dense_1`: the name of the type in snake case. `None` for a module
    /// without a path of its own, whose parts are counted where it stands.
    fn kind(&self) -> Option<String> {
        Some(kind_of(std::any::type_name::<Self>()))
    }

    /// Whether who applies it sees no line of it, as with the layers of this
    /// crate: a fault inside then has the place of the `apply`. A module that a
    /// program writes itself is not, so that a fault has its own line.
    fn is_opaque(&self) -> bool {
        false
    }

    /// The same module with the sizes that are left to the data filled in;
    /// `None` where there is nothing to fill in.
    fn sized(&self, _sizes: &Sizes) -> Option<Box<dyn Module>> {
        None
    }
}

/// The sizes that a model takes from the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Sizes {
    /// The number of columns of the prediction that the target needs.
    pub width: Option<usize>,
    /// The number of values of an integer input.
    pub categories: Option<usize>,
}

impl Sizes {
    /// The number of columns of the prediction.
    pub fn width(width: usize) -> Sizes {
        Sizes { width: Some(width), categories: None }
    }
}

impl<M: Module + ?Sized> Module for &M {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        (**self).forward(x)
    }

    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        (**self).forward_within(x, lengths)
    }

    fn kind(&self) -> Option<String> {
        (**self).kind()
    }

    fn is_opaque(&self) -> bool {
        (**self).is_opaque()
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        (**self).sized(sizes)
    }
}

impl<M: Module + ?Sized> Module for Box<M> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        (**self).forward(x)
    }

    fn forward_within<'g>(&self, x: Tensor<'g>, lengths: Option<Tensor<'g>>) -> Tensor<'g> {
        (**self).forward_within(x, lengths)
    }

    fn kind(&self) -> Option<String> {
        (**self).kind()
    }

    fn is_opaque(&self) -> bool {
        (**self).is_opaque()
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        (**self).sized(sizes)
    }
}

/// What modules add to a [`Tensor`].
pub trait Apply<'g> {
    /// Builds a module on the value, under the module's own path.
    #[track_caller]
    fn apply(self, module: impl Module) -> Tensor<'g>;

    /// Declares a parameter of the current module, `<path>.<name>`.
    #[track_caller]
    fn param(self, name: &str, shape: &[usize], initializer: impl Into<Initializer>) -> Tensor<'g>;
}

impl<'g> Apply<'g> for Tensor<'g> {
    #[track_caller]
    fn apply(self, module: impl Module) -> Tensor<'g> {
        apply_within(self, module, None)
    }

    #[track_caller]
    fn param(self, name: &str, shape: &[usize], initializer: impl Into<Initializer>) -> Tensor<'g> {
        let graph = self.graph();
        if self.node().is_none() {
            // Sizes read from a faulty value are 1, so the parameter would have
            // a wrong shape.
            return self;
        }
        let initial = initializer.into().initial(&path_of(graph, name), shape);
        graph.variable(name, shape, DType::F32, Role::Parameter, initial)
    }
}

/// Builds a module on a sequence whose rows may have lengths, under the module's own
/// path.
#[track_caller]
pub(crate) fn apply_within<'g>(
    x: Tensor<'g>,
    module: impl Module,
    lengths: Option<Tensor<'g>>,
) -> Tensor<'g> {
    let build = || match module.kind() {
        Some(kind) => x.graph().layer(&kind, None, || module.forward_within(x, lengths)),
        None => module.forward_within(x, lengths),
    };
    match module.is_opaque() {
        true => x.graph().on_behalf_of(Some(Location::caller()), build),
        false => build(),
    }
}

/// Declares a parameter with values of its own, where given with their sizes, or
/// an initializer's.
#[track_caller]
pub(crate) fn declare<'g>(
    x: Tensor<'g>,
    name: &str,
    shape: &[usize],
    given: Option<(Vec<usize>, Vec<f64>)>,
    initializer: &Initializer,
) -> Tensor<'g> {
    let Some((found, values)) = given else { return x.param(name, shape, initializer.clone()) };
    if found != shape || values.len() != shape.iter().product::<usize>() {
        let fault = Fault::of("shape.given_values").with("name", name);
        let fault = fault.with("expected", Shape::from(shape));
        return x.graph().fail(fault.with("found", Shape::from(found.as_slice())));
    }
    let values: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
    let array = Array::f32(shape, values);
    let initial: Initial = Arc::new(move |_| array.clone());
    x.graph().variable(name, shape, DType::F32, Role::Parameter, initial)
}

/// The path of a variable of the current layer.
pub(crate) fn path_of(graph: &Graph, name: &str) -> String {
    let scope = graph.scope();
    if scope.is_empty() { name.to_string() } else { format!("{scope}.{name}") }
}

/// The last word of a type's name in snake case: `my::ConvBlock<2>` gives
/// `conv_block`.
fn kind_of(type_name: &str) -> String {
    let plain = type_name.split('<').next().unwrap_or(type_name);
    let letters: Vec<char> = plain.rsplit("::").next().unwrap_or(plain).chars().collect();
    let mut kind = String::new();
    for (position, letter) in letters.iter().enumerate() {
        let after_small = position > 0 && !letters[position - 1].is_uppercase();
        let before_small = letters.get(position + 1).is_some_and(|next| next.is_lowercase());
        if letter.is_uppercase() && position > 0 && (after_small || before_small) {
            kind.push('_');
        }
        kind.extend(letter.to_lowercase());
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_snake_case() {
        assert_eq!(kind_of("a::b::ConvBlock<c::D>"), "conv_block");
        assert_eq!(kind_of("Dense"), "dense");
        assert_eq!(kind_of("a::MLPBlock2"), "mlp_block2");
    }
}
