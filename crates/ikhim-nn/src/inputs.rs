use crate::module::apply_within;
use crate::{Combine, Module, Sizes};
use ikhim_graph::{Graph, Tensor};
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;

/// The name of the input that a model of one input reads.
pub const FEATURES: &str = "features";

/// The name of the input that holds the length of each row of a sequence,
/// integers `[N]`; what stands behind it is padding.
pub const LENGTHS: &str = "lengths";

/// What the names of values begin with that a stateful layer gives and takes at
/// the next batch: an input `[N, units]` and an output of the same name. An epoch
/// begins with zeros.
pub const CARRIED: &str = "carried/";

/// A function of several named inputs. Every [`Module`] is a model of the input
/// `features`.
pub trait Model {
    /// Builds the model and gives its prediction.
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g>;

    /// The predictions of the networks that the model consists of: one, unless
    /// it is an [`Ensemble`](crate::Ensemble). Each is trained by a loss of its
    /// own.
    fn members<'g>(&self, inputs: &Inputs<'g>) -> Vec<Tensor<'g>> {
        vec![self.forward(inputs)]
    }

    /// How the predictions of several networks become one.
    fn combination(&self) -> Combine {
        Combine::Logits
    }
}

impl<M: Module + ?Sized> Model for M {
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g> {
        let features = inputs.get(FEATURES);
        let lengths = inputs.find(LENGTHS);
        let build = || match self.sized(&inputs.sizes_of(FEATURES)) {
            Some(sized) => apply_within(features, sized.as_ref(), lengths),
            None => apply_within(features, self, lengths),
        };
        // A model that is given as a value has no line for its layers.
        match self.is_opaque() {
            true => inputs.graph().on_behalf_of(None, build),
            false => build(),
        }
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

    /// The same with values joined to the end of the input of a name, which need
    /// not be there before.
    #[track_caller]
    pub(crate) fn joined(mut self, name: &str, values: &[Tensor<'g>]) -> Inputs<'g> {
        let whole: Vec<Tensor<'g>> =
            self.find(name).into_iter().chain(values.iter().copied()).collect();
        self.entries.retain(|(known, ..)| known != name);
        self.with(name, Tensor::concat(&whole, -1), None)
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
