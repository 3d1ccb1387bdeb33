use crate::inputs::unknown_value;
use crate::{FEATURES, Inputs, LENGTHS, Layer, Model, Sizes};
use ikhim_graph::Tensor;
use ikhim_text::Fault;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The word for the layer of the line above.
const PREVIOUS: &str = "previous";

/// Any network without cycles as a list of layers that name their inputs: what
/// `model.layers` of an experiment file holds. A layer reads the line above, the
/// first one the input `features`, unless it names others; the last one gives
/// the prediction.
///
/// ```
/// use ikhim_nn::{Activation, Dense, Entry, Layer, Network};
/// let residual = Network::new([
///     Entry::new(Dense::new(16)).named("stem"),
///     Entry::new(Activation::Relu),
///     Entry::new(Dense::new(16)),
///     Entry::new(Layer::Add).inputs(["previous", "stem"]),
///     Entry::new(Dense::auto()),
/// ]);
/// # let _ = residual;
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Network {
    layers: Vec<Entry>,
}

/// One line of a [`Network`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Entry {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    inputs: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    share: Option<String>,
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    trainable: bool,
    layer: Layer,
}

fn yes() -> bool {
    true
}

fn is_yes(trainable: &bool) -> bool {
    *trainable
}

impl Entry {
    /// A layer that reads the line above and is trained.
    pub fn new(layer: impl Into<Layer>) -> Entry {
        Entry { name: None, inputs: Vec::new(), share: None, trainable: true, layer: layer.into() }
    }

    /// A name for it; without one it is `<type>_<k>`.
    pub fn named(mut self, name: impl Into<String>) -> Entry {
        self.name = Some(name.into());
        self
    }

    /// What it reads: `previous`, names of layers above, names of inputs.
    pub fn inputs<I: Into<String>>(mut self, inputs: impl IntoIterator<Item = I>) -> Entry {
        self.inputs = inputs.into_iter().map(Into::into).collect();
        self
    }

    /// Takes the parameters of the layer of this name instead of its own.
    pub fn share(mut self, name: impl Into<String>) -> Entry {
        self.share = Some(name.into());
        self
    }

    /// With `false`, no optimizer changes its parameters.
    pub fn trainable(mut self, trainable: bool) -> Entry {
        self.trainable = trainable;
        self
    }
}

impl Network {
    /// The layers in order.
    pub fn new(layers: impl IntoIterator<Item = Entry>) -> Network {
        Network { layers: layers.into_iter().collect() }
    }

    /// The layers in order.
    pub fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().map(|entry| &entry.layer)
    }
}

impl<L: Into<Layer>> FromIterator<L> for Network {
    fn from_iter<I: IntoIterator<Item = L>>(layers: I) -> Network {
        Network { layers: layers.into_iter().map(Entry::new).collect() }
    }
}

impl Model for Network {
    fn forward<'g>(&self, inputs: &Inputs<'g>) -> Tensor<'g> {
        // A list of layers is a value: its layers have names and no line.
        inputs.graph().on_behalf_of(None, || {
            // Within another layer, names are those below it.
            let scope = inputs.graph().scope();
            let outer = if scope.is_empty() { scope } else { scope + "/" };
            let mut above = Above { inputs, outer, layers: BTreeMap::new(), previous: None };
            for entry in &self.layers {
                above.build(entry);
            }
            above.read(PREVIOUS).0
        })
    }
}

/// What a line can read.
struct Above<'a, 'g> {
    inputs: &'a Inputs<'g>,
    outer: String,
    layers: BTreeMap<String, Tensor<'g>>,
    previous: Option<Tensor<'g>>,
}

impl<'g> Above<'_, 'g> {
    fn build(&mut self, entry: &Entry) {
        let graph = self.inputs.graph();
        let names: Vec<&str> = match entry.inputs.as_slice() {
            [] => vec![PREVIOUS],
            names => names.iter().map(String::as_str).collect(),
        };
        let (read, sizes): (Vec<Tensor<'g>>, Vec<Sizes>) =
            names.iter().map(|name| self.read(name)).unzip();
        let layer = entry.layer.filled(&sizes[0]);
        // Lengths are those of the sequences that the network is given. A value of
        // another number of steps is another sequence.
        let steps = |x: Tensor<'g>| x.node().and_then(|_| x.shape().get(1).copied());
        let of_all = self.inputs.find(FEATURES).and_then(steps);
        let lengths = self.inputs.find(LENGTHS).filter(|_| steps(read[0]) == of_all);
        let body = || (graph.scope(), layer.join_within(&read, lengths).unwrap_or(read[0]));
        let build = || match &entry.share {
            Some(shared) if !self.layers.contains_key(shared) => {
                let known = self.layers.keys().map(String::as_str);
                (String::new(), graph.fail(unknown_value(shared, known)))
            }
            Some(shared) => graph.shared_layer(shared, body),
            None => graph.layer(layer.kind(), entry.name.as_deref(), body),
        };
        let (path, value) = if entry.trainable { build() } else { graph.frozen(build) };
        self.previous = Some(value);
        // A line that shares has the path of another one, so it can be read by
        // a name of its own only.
        let name = if entry.share.is_some() { entry.name.clone() } else { Some(path) };
        let Some(name) = name else { return };
        let name = name.strip_prefix(&self.outer).unwrap_or(&name).to_string();
        if self.inputs.find(&name).is_some() || self.layers.contains_key(&name) {
            let fault = Fault::of("shape.duplicate_name").with("name", &name);
            graph.fail(fault.with("kind", "layer").help("give each layer a name of its own"));
        }
        self.layers.insert(name, value);
    }

    /// A value by its name, with the sizes that a layer on it takes from the
    /// data.
    fn read(&self, name: &str) -> (Tensor<'g>, Sizes) {
        let of_layer = match name {
            PREVIOUS => self.previous,
            name => self.layers.get(name).copied(),
        };
        if let Some(value) = of_layer {
            let width = self.inputs.width();
            return (value, Sizes { width, categories: None });
        }
        let name = if name == PREVIOUS { FEATURES } else { name };
        let value = self.inputs.find(name).unwrap_or_else(|| {
            let known = self.layers.keys().map(String::as_str).chain(self.inputs.names());
            self.inputs.graph().fail(unknown_value(name, known))
        });
        (value, self.inputs.sizes_of(name))
    }
}
