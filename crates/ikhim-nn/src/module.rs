use crate::Initializer;
use ikhim_graph::{Array, DType, Graph, Initial, Role, Shape, Tensor};
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;
use std::sync::Arc;

/// The name of the input that a model of one input reads.
pub const FEATURES: &str = "features";

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

    /// The word that its unnamed paths are counted by, e.g. `dense` in
    /// `dense_1`: the name of the type in snake case. `None` for a module
    /// without a path of its own, whose parts are counted where it stands.
    fn kind(&self) -> Option<String> {
        Some(kind_of(std::any::type_name::<Self>()))
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

/// A function of several named inputs. Every [`Module`] is a model of the input
/// `features`.
pub trait Model {
    /// Builds the model and gives its prediction.
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g>;
}

impl<M: Module + ?Sized> Model for M {
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g> {
        let features = inputs.get(FEATURES);
        match self.sized(&inputs.sizes_of(FEATURES)) {
            Some(sized) => features.apply(sized.as_ref()),
            None => features.apply(self),
        }
    }
}

impl<M: Module + ?Sized> Module for &M {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        (**self).forward(x)
    }

    fn kind(&self) -> Option<String> {
        (**self).kind()
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        (**self).sized(sizes)
    }
}

impl<M: Module + ?Sized> Module for Box<M> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        (**self).forward(x)
    }

    fn kind(&self) -> Option<String> {
        (**self).kind()
    }

    fn sized(&self, sizes: &Sizes) -> Option<Box<dyn Module>> {
        (**self).sized(sizes)
    }
}

/// The inputs of a model while it is built.
pub struct Inputs<'g> {
    graph: &'g Graph,
    width: Option<usize>,
    entries: Vec<(String, Tensor<'g>, Option<usize>)>,
}

impl<'g> Inputs<'g> {
    /// No inputs yet, for a prediction of so many columns.
    pub fn new(graph: &'g Graph, width: Option<usize>) -> Inputs<'g> {
        Inputs { graph, width, entries: Vec::new() }
    }

    /// Adds an input; an integer one with the number of its values, if known.
    pub fn with(mut self, name: &str, value: Tensor<'g>, categories: Option<usize>) -> Inputs<'g> {
        self.entries.push((name.to_string(), value, categories));
        self
    }

    /// The input of a name; an unknown name is a fault kept in the graph.
    #[track_caller]
    pub fn get(&self, name: &str) -> Tensor<'g> {
        match self.find(name) {
            Some(value) => value,
            None => self.graph.fail(unknown_value(name, self.names())),
        }
    }

    /// The input of a name, if it is there.
    pub fn find(&self, name: &str) -> Option<Tensor<'g>> {
        self.entries.iter().find(|(known, ..)| known == name).map(|(_, value, _)| *value)
    }

    /// The number of columns of the prediction that the target needs.
    pub fn width(&self) -> Option<usize> {
        self.width
    }

    /// The graph under construction.
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// The names in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|(name, ..)| name.as_str())
    }

    /// The sizes for a module that reads the input of a name.
    pub fn sizes_of(&self, name: &str) -> Sizes {
        let known = self.entries.iter().find(|(known, ..)| known == name);
        let categories = known.and_then(|(.., categories)| *categories);
        Sizes { width: self.width, categories }
    }
}

/// The fault of a name that no input and no layer has.
pub(crate) fn unknown_value<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Fault {
    let fault = Fault::of("shape.unknown_value").with("name", name);
    match nearest(name, known) {
        Some(near) => fault.help(format!("the nearest name is `{near}`")),
        None => fault,
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
        match module.kind() {
            Some(kind) => self.graph().layer(&kind, None, || module.forward(self)),
            None => module.forward(self),
        }
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

/// A module from a function.
///
/// ```
/// use ikhim_nn::{Apply, Dense, Model, from_fn};
/// let network = from_fn(|x| x.apply(Dense::new(8)).tanh().apply(Dense::new(1)));
/// # fn takes(_: impl Model) {}
/// # takes(network);
/// ```
pub fn from_fn<F>(function: F) -> FromFn<F>
where
    F: for<'g> Fn(Tensor<'g>) -> Tensor<'g>,
{
    FromFn(function)
}

/// A module from a function, see [`from_fn`].
#[derive(Clone, Copy)]
pub struct FromFn<F>(F);

impl<F: for<'g> Fn(Tensor<'g>) -> Tensor<'g>> Module for FromFn<F> {
    fn forward<'g>(&self, x: Tensor<'g>) -> Tensor<'g> {
        (self.0)(x)
    }

    fn kind(&self) -> Option<String> {
        None
    }
}

/// A model of several inputs from a function.
pub fn from_inputs<F>(function: F) -> FromInputs<F>
where
    F: for<'a, 'g> Fn(&'a Inputs<'g>) -> Tensor<'g>,
{
    FromInputs(function)
}

/// A model from a function, see [`from_inputs`].
#[derive(Clone, Copy)]
pub struct FromInputs<F>(F);

impl<F: for<'a, 'g> Fn(&'a Inputs<'g>) -> Tensor<'g>> Model for FromInputs<F> {
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g> {
        (self.0)(inputs)
    }
}

/// The last word of a type's name in snake case: `my::ConvBlock<2>` gives
/// `conv_block`.
fn kind_of(type_name: &str) -> String {
    let plain = type_name.split('<').next().unwrap_or(type_name);
    let word = plain.rsplit("::").next().unwrap_or(plain);
    let mut kind = String::new();
    for (position, letter) in word.chars().enumerate() {
        if letter.is_uppercase() && position > 0 {
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
    }
}
