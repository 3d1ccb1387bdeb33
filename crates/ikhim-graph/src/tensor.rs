use crate::{DType, Dim, Graph, NodeId, Op, Shape};
use std::fmt;

/// The number that marks a value whose construction failed.
const FAULTY: u32 = u32::MAX;

/// A handle on one node of a graph under construction. It is `Copy` and 16 bytes
/// wide; `x + y`, `2.0 * x` and `x.relu()` need no `&` and never fail: a fault is
/// kept in the graph and returned by [`Graph::finish`].
#[derive(Clone, Copy)]
pub struct Tensor<'g> {
    graph: &'g Graph,
    id: u32,
}

impl<'g> Tensor<'g> {
    pub(crate) fn of(graph: &'g Graph, node: NodeId) -> Tensor<'g> {
        Tensor { graph, id: node.0 }
    }

    pub(crate) fn faulty(graph: &'g Graph) -> Tensor<'g> {
        Tensor { graph, id: FAULTY }
    }

    /// The graph it belongs to.
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    /// Its node; `None` after a fault.
    pub fn node(self) -> Option<NodeId> {
        (self.id != FAULTY).then_some(NodeId(self.id))
    }

    /// Its sizes; those of a single number after a fault.
    pub fn shape(self) -> Shape {
        match self.node() {
            Some(id) => self.graph.building.borrow().nodes[id.index()].shape.clone(),
            None => Shape::scalar(),
        }
    }

    /// The type of its elements.
    pub fn dtype(self) -> DType {
        match self.node() {
            Some(id) => self.graph.building.borrow().nodes[id.index()].dtype,
            None => DType::F32,
        }
    }

    /// Number of axes.
    pub fn rank(self) -> usize {
        self.shape().rank()
    }

    /// The size of an axis, counted from the end when negative. 1 after a fault,
    /// and for the batch axis and an axis that is not there, which are faults.
    #[track_caller]
    pub fn dim(self, axis: isize) -> usize {
        if self.node().is_none() {
            return 1;
        }
        let shape = self.shape();
        match resolve_axis(axis, shape.rank()).map(|axis| shape[axis]) {
            Some(Dim::Fixed(size)) => size,
            _ => {
                self.graph.fail(axis_fault(axis, &shape));
                1
            }
        }
    }

    /// The name of the op that computes it; empty after a fault.
    pub fn op_name(self) -> &'static str {
        match self.node() {
            Some(id) => self.graph.building.borrow().nodes[id.index()].op.name(),
            None => "",
        }
    }

    /// The values that its op takes.
    pub fn inputs(self) -> Vec<Tensor<'g>> {
        let Some(id) = self.node() else { return Vec::new() };
        let building = self.graph.building.borrow();
        let inputs = &building.nodes[id.index()].inputs;
        inputs.iter().map(|input| Tensor::of(self.graph, *input)).collect()
    }

    /// Makes the value fetchable under a name, and gives it back.
    #[track_caller]
    pub fn named(self, name: &str) -> Tensor<'g> {
        self.graph.output(name, self);
        self
    }

    /// Adds an op of one input.
    #[track_caller]
    pub(crate) fn then(self, op: Op) -> Tensor<'g> {
        self.graph.push(op, &[self])
    }

    /// Adds an elementwise op of two inputs, broadcasting both.
    #[track_caller]
    pub(crate) fn with(self, other: Tensor<'g>, op: Op) -> Tensor<'g> {
        let (left, right) = self.broadcast_with(other, op.name());
        self.graph.push(op, &[left, right])
    }

    /// A real constant in the same graph.
    #[track_caller]
    pub(crate) fn number(self, value: f64) -> Tensor<'g> {
        self.graph.scalar(value)
    }
}

impl fmt::Debug for Tensor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.node() {
            Some(id) => write!(f, "Tensor({} {} {})", id.0, self.dtype(), self.shape()),
            None => f.write_str("Tensor(faulty)"),
        }
    }
}

/// An axis counted from either end as an index, if it is there.
pub(crate) fn resolve_axis(axis: isize, rank: usize) -> Option<usize> {
    let index = if axis < 0 { axis + rank as isize } else { axis };
    (0..rank as isize).contains(&index).then_some(index as usize)
}

/// The fault of an axis that is not there or has no fixed size.
pub(crate) fn axis_fault(axis: isize, shape: &Shape) -> ikhim_text::Fault {
    ikhim_text::Fault::of("shape.axis").with("axis", axis).with("found", shape)
}
