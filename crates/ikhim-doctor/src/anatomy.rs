//! What the graph of a step says of the network: its layers, what function each
//! one ends with, and what stands between two products.

use ikhim_graph::{Definition, NodeId, Op, Role};
use std::collections::BTreeSet;

/// The function that a value ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Function {
    Linear,
    Relu,
    Sigmoid,
    Tanh,
    Softmax,
    Exponential,
    Softplus,
    /// Anything else that is not linear.
    Other,
}

impl Function {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Function::Linear => "linear",
            Function::Relu => "relu",
            Function::Sigmoid => "sigmoid",
            Function::Tanh => "tanh",
            Function::Softmax => "softmax",
            Function::Exponential => "exponential",
            Function::Softplus => "softplus",
            Function::Other => "other",
        }
    }

    /// The numbers that it gives, `None` where there is no bound.
    pub(crate) fn range(self) -> Option<(f64, f64)> {
        match self {
            Function::Sigmoid | Function::Softmax => Some((0.0, 1.0)),
            Function::Tanh => Some((-1.0, 1.0)),
            Function::Relu | Function::Exponential | Function::Softplus => {
                Some((0.0, f64::INFINITY))
            }
            Function::Linear | Function::Other => None,
        }
    }
}

/// A layer as it stands in the graph.
#[derive(Debug, Clone)]
pub(crate) struct LayerFacts {
    pub(crate) path: String,
    /// The value that it gives.
    pub(crate) out: NodeId,
    /// The function that its value ends with.
    pub(crate) own: Function,
    /// The same, or, of a layer without a function, that of what follows it.
    pub(crate) function: Function,
    /// Its kernel, where it has one.
    pub(crate) kernel: Option<Kernel>,
}

/// The kernel of a layer.
#[derive(Debug, Clone)]
pub(crate) struct Kernel {
    pub(crate) path: String,
    /// Numbers that each unit adds up.
    pub(crate) fan_in: usize,
    pub(crate) units: usize,
    /// Whether it learns; false in a frozen layer.
    pub(crate) learns: bool,
    product: NodeId,
}

/// The network as its graph shows it.
#[derive(Debug, Clone)]
pub(crate) struct Anatomy {
    /// In the order in which they are computed.
    pub(crate) layers: Vec<LayerFacts>,
    /// The function that the prediction ends with.
    pub(crate) output: Function,
    /// Columns of the prediction.
    pub(crate) width: usize,
    /// The path of the layer that gives the prediction.
    pub(crate) output_layer: String,
    /// Whether the prediction is a softmax of a softmax.
    pub(crate) softmax_of_softmax: bool,
    /// Layers whose value reaches the next product without any function.
    pub(crate) without_function: Vec<String>,
}

impl Anatomy {
    pub(crate) fn of(step: &Definition) -> Anatomy {
        let end = step.outputs().get("prediction").copied();
        let Some(end) = end else { return Anatomy::empty() };
        let needed = ancestors(step, end);
        let mut layers: Vec<LayerFacts> = Vec::new();
        for id in needed.iter().copied() {
            let scope = &step.node(id).scope;
            if scope.is_empty() {
                continue;
            }
            match layers.iter_mut().find(|layer| layer.path == *scope) {
                Some(layer) => layer.out = id,
                None => layers.push(LayerFacts {
                    path: scope.clone(),
                    out: id,
                    own: Function::Linear,
                    function: Function::Linear,
                    kernel: None,
                }),
            }
        }
        for layer in &mut layers {
            layer.own = function_of(step, layer.out).0;
            layer.function = match layer.own {
                Function::Linear => following(step, layer.out, &needed),
                own => own,
            };
            layer.kernel = kernel(step, &layer.path, &needed);
        }
        layers.retain(|layer| step.node(layer.out).shape.batch_axis() == Some(0));
        let (output, input) = function_of(step, end);
        let softmax_of_softmax = output == Function::Softmax
            && input.is_some_and(|input| function_of(step, input).0 == Function::Softmax);
        let without_function = linear_links(step, &layers);
        let with_kernel = layers.iter().rev().find(|layer| layer.kernel.is_some());
        Anatomy {
            output,
            width: step.node(end).shape.last().map_or(1, |dim| dim.size(1)),
            output_layer: with_kernel.map_or(String::new(), |layer| layer.path.clone()),
            softmax_of_softmax,
            without_function,
            layers,
        }
    }

    fn empty() -> Anatomy {
        Anatomy {
            layers: Vec::new(),
            output: Function::Linear,
            width: 1,
            output_layer: String::new(),
            softmax_of_softmax: false,
            without_function: Vec::new(),
        }
    }

    /// The layers with a kernel, in order.
    pub(crate) fn kernels(&self) -> impl DoubleEndedIterator<Item = (&LayerFacts, &Kernel)> {
        self.layers.iter().filter_map(|layer| Some((layer, layer.kernel.as_ref()?)))
    }

    /// The layers with a kernel but the one that gives the prediction.
    pub(crate) fn hidden(&self) -> impl DoubleEndedIterator<Item = (&LayerFacts, &Kernel)> {
        self.kernels().filter(|(layer, _)| layer.path != self.output_layer)
    }

    /// Whether the prediction is one product of the features and nothing else.
    pub(crate) fn is_linear(&self) -> bool {
        let functions = self.layers.iter().all(|layer| layer.function == Function::Linear);
        functions && self.output == Function::Linear && self.kernels().count() == 1
    }
}

/// The nodes that a value depends on, itself included, in order.
fn ancestors(step: &Definition, end: NodeId) -> Vec<NodeId> {
    let mut needed = BTreeSet::from([end]);
    for index in (0..=end.index()).rev() {
        let id = NodeId::at(index);
        if needed.contains(&id) {
            needed.extend(step.node(id).inputs.iter().copied());
        }
    }
    needed.into_iter().collect()
}

/// The function that a value ends with, and what it is taken of.
fn function_of(step: &Definition, id: NodeId) -> (Function, Option<NodeId>) {
    let mut spans = step.composites().iter();
    if let Some(span) = spans.find(|span| span.outputs.contains(&id)) {
        let function = match span.name.as_ref() {
            "relu" => Function::Relu,
            "sigmoid" => Function::Sigmoid,
            "softmax" => Function::Softmax,
            "softplus" => Function::Softplus,
            _ => Function::Other,
        };
        return (function, span.inputs.first().copied());
    }
    let node = step.node(id);
    let first = node.inputs.first().copied();
    match (&node.op, first) {
        (Op::Tanh(_), _) => (Function::Tanh, first),
        (Op::Exp(_), _) => (Function::Exponential, first),
        (Op::Reshape(_), Some(first)) => function_of(step, first),
        (Op::Maximum(_) | Op::Abs(_) | Op::Erf(_) | Op::Log(_) | Op::Sqrt(_), _) => {
            (Function::Other, first)
        }
        _ => (Function::Linear, first),
    }
}

/// The function that is taken of a value where it is used next.
fn following(step: &Definition, id: NodeId, needed: &[NodeId]) -> Function {
    let users = needed.iter().copied().filter(|user| step.node(*user).inputs.contains(&id));
    for user in users {
        let span = step
            .composites()
            .iter()
            .find(|span| (span.start..span.end).contains(&user) && span.inputs.contains(&id));
        let value = match span {
            Some(span) => span.outputs.first().copied().unwrap_or(user),
            None => user,
        };
        let (function, _) = function_of(step, value);
        if function != Function::Linear {
            return function;
        }
        if matches!(step.node(user).op, Op::Reshape(_)) {
            return following(step, user, needed);
        }
    }
    Function::Linear
}

fn kernel(step: &Definition, layer: &str, needed: &[NodeId]) -> Option<Kernel> {
    let path = format!("{layer}.kernel");
    let variable = step.variable(&path).filter(|variable| variable.role == Role::Parameter)?;
    let product = needed.iter().copied().find(|id| {
        let node = step.node(*id);
        matches!(node.op, Op::Matmul(_) | Op::Conv2d(_) | Op::Conv2dInputGrad(_))
            && node.inputs.iter().any(|input| reads(step, *input, variable.node))
    })?;
    let units = *variable.shape.last()?;
    let fan_in = variable.shape.iter().product::<usize>() / units.max(1);
    Some(Kernel { path, fan_in, units, learns: variable.trainable, product })
}

/// Whether a value is a variable, perhaps in another shape.
fn reads(step: &Definition, value: NodeId, variable: NodeId) -> bool {
    value == variable
        || matches!(step.node(value).op, Op::Reshape(_) | Op::Transpose(_))
            && step.node(value).inputs.iter().any(|input| reads(step, *input, variable))
}

/// Layers with a kernel whose value goes into another product with nothing
/// between them that is not linear: the two are one linear map.
fn linear_links(step: &Definition, layers: &[LayerFacts]) -> Vec<String> {
    let products: Vec<(NodeId, &str)> = layers
        .iter()
        .filter_map(|layer| Some((layer.kernel.as_ref()?.product, layer.path.as_str())))
        .collect();
    let mut found = Vec::new();
    for (product, _) in &products {
        let mut ways: Vec<NodeId> = step.node(*product).inputs.iter().take(1).copied().collect();
        while let Some(id) = ways.pop() {
            if let Some((_, path)) = products.iter().find(|(other, _)| *other == id) {
                found.push(path.to_string());
                continue;
            }
            let node = step.node(id);
            let in_span = step.composites().iter().any(|span| (span.start..span.end).contains(&id));
            // A residual sum joins a linear way and another: it is not one map.
            let passes = matches!(
                node.op,
                Op::Add(_) | Op::Subtract(_) | Op::Reshape(_) | Op::Broadcast(_) | Op::Transpose(_)
            );
            let batched: Vec<NodeId> = node
                .inputs
                .iter()
                .copied()
                .filter(|input| step.node(*input).shape.batch_axis().is_some())
                .filter(|input| !matches!(step.node(*input).op, Op::Broadcast(_)))
                .collect();
            if !in_span && passes && batched.len() == 1 {
                ways.extend(batched);
            }
        }
    }
    found.sort();
    found.dedup();
    found
}
