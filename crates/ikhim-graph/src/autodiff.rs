//! Reverse-mode differentiation as a transformation of the graph: Griewank and
//! Walther, *Evaluating Derivatives*, chapter 3. The derivative of each node is
//! itself nodes, so derivatives of derivatives need nothing more.

use crate::{Array, DType, NodeId, Op, Shape, Tensor};
use ikhim_text::Fault;
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a gradient rule may read: the inputs, the outputs, and the derivative
/// of the final value by each output.
pub(crate) struct Derivative<'a, 'g> {
    pub(crate) inputs: &'a [Tensor<'g>],
    pub(crate) outputs: &'a [Tensor<'g>],
    pub(crate) upstreams: &'a [Tensor<'g>],
    /// Whether the final value depends on each output at all: where it does not,
    /// the derivative is zeros, and a rule of many nodes need not carry them.
    pub(crate) reached: &'a [bool],
}

impl<'g> Derivative<'_, 'g> {
    /// The value of an op with one output.
    pub(crate) fn output(&self) -> Tensor<'g> {
        self.outputs[0]
    }

    /// The derivative by the value of an op with one output.
    pub(crate) fn upstream(&self) -> Tensor<'g> {
        self.upstreams[0]
    }

    /// The derivative by one of several outputs; `None` where the final value
    /// does not depend on it.
    pub(crate) fn upstream_of(&self, output: usize) -> Option<Tensor<'g>> {
        self.reached[output].then(|| self.upstreams[output])
    }
}

/// The gradient rule of a composite: the derivative by each of its inputs,
/// `None` where there is none.
pub(crate) type Rule = Rc<dyn for<'a, 'g> Fn(&Derivative<'a, 'g>) -> Vec<Option<Tensor<'g>>>>;

/// The derivative of the scalar `of` by each tensor of `by`, as new nodes of
/// the same graph; zeros where `of` does not depend on it.
#[track_caller]
pub fn gradients<'g>(of: Tensor<'g>, by: &[Tensor<'g>]) -> Vec<Tensor<'g>> {
    let graph = of.graph();
    let faulty = || by.iter().map(|_| Tensor::faulty(graph)).collect();
    let Some(root) = of.node() else { return faulty() };
    if by.iter().any(|tensor| tensor.node().is_none()) {
        return faulty();
    }
    if of.rank() != 0 || of.dtype() != DType::F32 {
        graph.fail(
            Fault::of("shape.gradient_of_array")
                .with("found", format!("{} {}", of.dtype(), of.shape())),
        );
        return faulty();
    }
    let targets: Vec<NodeId> = by.iter().filter_map(|tensor| tensor.node()).collect();
    let upstreams = backward(of, root, &targets);
    by.iter()
        .zip(&targets)
        .map(|(tensor, id)| match upstreams.get(id) {
            Some(upstream) => *upstream,
            None => zeros(*tensor),
        })
        .collect()
}

/// The gradient rule of one op alone, given ones: for each of its inputs that it
/// has a derivative by, the input and the derivative of the sum of the value's
/// elements by it. Ways through other values do not count, even where one input
/// is computed from another; an input that is taken twice stands once.
///
/// ```
/// use ikhim_graph::{Array, DType, Evaluator, Feed, Graph, N, State, local_gradients};
/// let graph = Graph::new();
/// let x = graph.input("x", DType::F32, &[N]);
/// let square = x * x;
/// let cube = x * square;
/// graph.output("square by x", local_gradients(square)[0].1);
/// graph.output("cube by x", local_gradients(cube)[0].1);
/// let names = ["square by x", "cube by x"];
/// let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &names)?;
/// let x = Array::f32(&[2], vec![3.0, 5.0]);
/// let values = evaluator.run(&mut State::new(), &Feed::rows(2).input("x", &x))?;
/// assert_eq!(values[0].to_f64(), [6.0, 10.0]); // x x: twice x
/// assert_eq!(values[1].to_f64(), [9.0, 25.0]); // the other factor, not 3 x²
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub fn local_gradients<'g>(of: Tensor<'g>) -> Vec<(Tensor<'g>, Tensor<'g>)> {
    let graph = of.graph();
    let Some(id) = of.node().filter(|_| of.dtype() == DType::F32) else { return Vec::new() };
    let (op, inputs) = {
        let building = graph.building.borrow();
        let node = &building.nodes[id.index()];
        (node.op.clone(), node.inputs.clone())
    };
    let tensors: Vec<Tensor<'g>> = inputs.iter().map(|id| Tensor::of(graph, *id)).collect();
    let ones = graph.scalar(1.0).broadcast_to(&of.shape());
    let derivative =
        Derivative { inputs: &tensors, outputs: &[of], upstreams: &[ones], reached: &[true] };
    let mut local: Vec<(Tensor<'g>, Tensor<'g>)> = Vec::new();
    for (input, slope) in tensors.iter().zip(op.gradient(&derivative)) {
        let Some(slope) = slope else { continue };
        match local.iter_mut().find(|(earlier, _)| earlier.node() == input.node()) {
            Some((_, sum)) => *sum = *sum + slope,
            None => local.push((*input, slope)),
        }
    }
    local
}

/// Walks from the root to the targets and gives the derivative by every node on
/// the way that was not skipped by a composite's rule.
fn backward<'g>(of: Tensor<'g>, root: NodeId, targets: &[NodeId]) -> BTreeMap<NodeId, Tensor<'g>> {
    let graph = of.graph();
    let depends = dependents(of, root, targets);
    let spans = spans_with_rules(of, root, targets);
    let mut upstreams = BTreeMap::new();
    upstreams.insert(root, graph.scalar(1.0));
    let mut next = Some(root);
    while let Some(id) = next {
        next = id.index().checked_sub(1).map(|index| NodeId(index as u32));
        if let Some((slot, start)) = spans.get(&id)
            && !leaves_inside(of, *slot, &upstreams)
        {
            next = start.index().checked_sub(1).map(|index| NodeId(index as u32));
            composite_step(of, *slot, &depends, &mut upstreams);
            continue;
        }
        let Some(upstream) = upstreams.get(&id).copied() else { continue };
        let (op, inputs) = {
            let building = graph.building.borrow();
            let node = &building.nodes[id.index()];
            (node.op.clone(), node.inputs.clone())
        };
        if !inputs.iter().any(|input| depends[input.index()]) {
            continue;
        }
        let tensors: Vec<Tensor<'g>> = inputs.iter().map(|id| Tensor::of(graph, *id)).collect();
        let derivative = Derivative {
            inputs: &tensors,
            outputs: &[Tensor::of(graph, id)],
            upstreams: &[upstream],
            reached: &[true],
        };
        let slopes = op.gradient(&derivative);
        accumulate(&mut upstreams, &inputs, slopes, &depends);
    }
    upstreams
}

/// Whether the final value depends on a value inside a composite other than
/// through its outputs: its rule would not see that way.
fn leaves_inside<'g>(
    of: Tensor<'g>,
    slot: usize,
    upstreams: &BTreeMap<NodeId, Tensor<'g>>,
) -> bool {
    let building = of.graph().building.borrow();
    let span = &building.composites[slot];
    upstreams.range(span.start..span.end).any(|(id, _)| !span.outputs.contains(id))
}

/// Applies the rule of a composite at once, in place of the rules of its nodes.
fn composite_step<'g>(
    of: Tensor<'g>,
    slot: usize,
    depends: &[bool],
    upstreams: &mut BTreeMap<NodeId, Tensor<'g>>,
) {
    let graph = of.graph();
    let (span, rule) = {
        let building = graph.building.borrow();
        (building.composites[slot].clone(), building.rules[slot].clone())
    };
    let Some(rule) = rule else { return };
    if !span.outputs.iter().any(|id| upstreams.contains_key(id)) {
        return;
    }
    let tensors = |ids: &[NodeId]| -> Vec<Tensor<'g>> {
        ids.iter().map(|id| Tensor::of(graph, *id)).collect()
    };
    let outputs = tensors(&span.outputs);
    let given: Vec<Tensor<'g>> = outputs
        .iter()
        .zip(&span.outputs)
        .map(|(output, id)| upstreams.get(id).copied().unwrap_or_else(|| zeros(*output)))
        .collect();
    let reached: Vec<bool> = span.outputs.iter().map(|id| upstreams.contains_key(id)).collect();
    let inputs = tensors(&span.inputs);
    let slopes = rule(&Derivative {
        inputs: &inputs,
        outputs: &outputs,
        upstreams: &given,
        reached: &reached,
    });
    accumulate(upstreams, &span.inputs, slopes, depends);
}

fn accumulate<'g>(
    upstreams: &mut BTreeMap<NodeId, Tensor<'g>>,
    inputs: &[NodeId],
    slopes: Vec<Option<Tensor<'g>>>,
    depends: &[bool],
) {
    for (input, slope) in inputs.iter().zip(slopes) {
        let Some(slope) = slope else { continue };
        if !depends[input.index()] {
            continue;
        }
        upstreams.entry(*input).and_modify(|sum| *sum = *sum + slope).or_insert(slope);
    }
}

/// For each node up to the root: whether a target can be reached from it
/// against the arrows, so that its derivative is wanted.
fn dependents(of: Tensor<'_>, root: NodeId, targets: &[NodeId]) -> Vec<bool> {
    let building = of.graph().building.borrow();
    let mut depends = vec![false; root.index() + 1];
    for id in targets.iter().filter(|id| **id <= root) {
        depends[id.index()] = true;
    }
    for index in 0..=root.index() {
        let node = &building.nodes[index];
        // What has no slope ends the way: nothing behind it is differentiated.
        let passes = !matches!(node.op, Op::StopGradient(_) | Op::Sign(_) | Op::Floor(_));
        let real = node.dtype == DType::F32;
        if passes && real && node.inputs.iter().any(|id| depends[id.index()]) {
            depends[index] = true;
        }
    }
    depends
}

/// For the last node of each outermost composite with a rule: its slot and its
/// first node. A composite that holds a target inside is walked node by node.
fn spans_with_rules(
    of: Tensor<'_>,
    root: NodeId,
    targets: &[NodeId],
) -> BTreeMap<NodeId, (usize, NodeId)> {
    let building = of.graph().building.borrow();
    let mut spans = BTreeMap::new();
    let mut covered = NodeId(0);
    for (slot, span) in building.composites.iter().enumerate() {
        let whole = span.end.index() <= root.index() + 1 && span.start < span.end;
        let holds_target = targets
            .iter()
            .any(|id| *id >= span.start && *id < span.end && !span.outputs.contains(id));
        if whole && span.start >= covered && !holds_target && building.rules[slot].is_some() {
            spans.insert(NodeId(span.end.0 - 1), (slot, span.start));
            covered = span.end;
        }
    }
    spans
}

/// Zeros in the shape of a tensor.
pub(crate) fn zeros<'g>(like: Tensor<'g>) -> Tensor<'g> {
    like.graph().constant(Array::f32(&[], vec![0.0])).broadcast_to(&like.shape())
}

/// The derivative of a broadcast value, summed back to the shape it came from.
pub(crate) fn sum_to<'g>(slope: Tensor<'g>, shape: &Shape) -> Tensor<'g> {
    let found = slope.shape();
    if &found == shape {
        return slope;
    }
    let extra = found.rank() - shape.rank();
    let axes: Vec<usize> = (0..found.rank())
        .filter(|axis| *axis < extra || shape[*axis - extra] != found[*axis])
        .collect();
    slope.sum_over(&axes).reshape(shape)
}
