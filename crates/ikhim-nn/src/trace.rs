use crate::step::build_objective;
use crate::{Model, Objective, Result, Spec};
use ikhim_graph::{DType, Definition, Graph, Mode, NodeId, Tensor, gradients, local_gradients};

/// The graph of one step taken apart: every value on the way to the objective
/// with the two things that back-propagation knows of it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Traced {
    /// The graph, with the outputs that the nodes below name.
    pub definition: Definition,
    /// Every value of the forward pass, in the order in which it is computed.
    pub nodes: Vec<TracedNode>,
}

/// One value of the forward pass.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct TracedNode {
    /// Its node.
    pub node: NodeId,
    /// The output that holds the derivative of the objective by it: the product
    /// of the chain rule. `None` where nothing can be derived.
    pub slope: Option<String>,
    /// For each input of the same sizes, where the op works element by element:
    /// the input and the output that holds the derivative of this value by it,
    /// with its other inputs held.
    pub local: Vec<(NodeId, String)>,
}

/// Takes a step of a model apart, as [`training`](crate::training) would take
/// it, without its update.
///
/// # Errors
/// As [`training`](crate::training).
#[track_caller]
pub fn traced(model: &dyn Model, spec: &Spec, objective: &Objective) -> Result<Traced> {
    let graph = Graph::with_mode(Mode::Training);
    let total = build_objective(&graph, model, spec, objective)?;
    let tensors: Vec<Tensor<'_>> = graph.tensors();
    let real: Vec<Tensor<'_>> =
        tensors.iter().copied().filter(|tensor| tensor.dtype() == DType::F32).collect();
    let slopes = gradients(total, &real);
    for (tensor, slope) in real.iter().zip(&slopes) {
        // A slope may be a value of the forward pass itself, which has a name of
        // its own already; a copy does not take it away.
        slope.stop_gradient().named(&slope_name(*tensor));
    }
    let mut nodes = Vec::with_capacity(tensors.len());
    for tensor in &tensors {
        let Some(node) = tensor.node() else { continue };
        let mut local = Vec::new();
        let works = tensor.inputs().iter().any(|input| works_by_element(*tensor, *input));
        let derived = if works { local_gradients(*tensor) } else { Vec::new() };
        for (input, slope) in derived {
            let (Some(from), true) = (input.node(), works_by_element(*tensor, input)) else {
                continue;
            };
            let name = format!("local.{}.{}", node.index(), from.index());
            slope.stop_gradient().named(&name);
            local.push((from, name));
        }
        let is_real = tensor.dtype() == DType::F32;
        nodes.push(TracedNode { node, slope: is_real.then(|| slope_name(*tensor)), local });
    }
    let definition = graph.finish()?;
    Ok(Traced { definition, nodes })
}

fn slope_name(tensor: Tensor<'_>) -> String {
    format!("slope.{}", tensor.node().map_or(0, NodeId::index))
}

/// Whether each element of the value depends on the same element of the input
/// only, so that the derivative of the sum is the derivative of each.
fn works_by_element(value: Tensor<'_>, input: Tensor<'_>) -> bool {
    let mixes = [
        "matmul",
        "transpose",
        "cumsum",
        "reshape",
        "gather",
        "concat",
        "slice",
        "pad",
        "conv2d",
        "conv2d_input_grad",
        "conv2d_weight_grad",
        "take_pooled",
        "max_unpool",
    ];
    value.dtype() == DType::F32
        && input.dtype() == DType::F32
        && value.shape() == input.shape()
        && !mixes.contains(&value.op_name())
}
