use crate::{DType, Initial, Op, Role, Shape};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The place of a node in its graph. A node stands after all of its inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub(crate) u32);

impl NodeId {
    /// The node at a place of [`Definition::nodes`].
    pub fn at(index: usize) -> NodeId {
        NodeId(index as u32)
    }

    /// The place as an index into [`Definition::nodes`].
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation with its inputs and the type of its value.
#[derive(Debug, Clone)]
pub struct Node {
    /// What it computes.
    pub op: Op,
    /// From what.
    pub inputs: Vec<NodeId>,
    /// The sizes of its value.
    pub shape: Shape,
    /// The type of its elements.
    pub dtype: DType,
    /// Path of the layer that built it; empty outside of every layer.
    pub scope: String,
}

/// A named value that a run must be given.
#[derive(Debug, Clone)]
pub struct InputSpec {
    /// Its name.
    pub name: String,
    /// The type of its elements.
    pub dtype: DType,
    /// Its sizes.
    pub shape: Shape,
    /// The node that holds it.
    pub node: NodeId,
}

/// A named value that lives in the [`State`](crate::State) from run to run.
#[derive(Clone)]
pub struct Variable {
    /// Path: the layer's path, a dot, and the name, e.g. `dense_1.kernel`.
    pub path: String,
    /// Its sizes.
    pub shape: Vec<usize>,
    /// The type of its elements.
    pub dtype: DType,
    /// What it is for.
    pub role: Role,
    /// Whether an optimizer may change it; false for frozen layers.
    pub trainable: bool,
    /// Its value at step 0.
    pub initial: Initial,
    /// The node that reads it.
    pub node: NodeId,
}

impl std::fmt::Debug for Variable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Variable")
            .field("path", &self.path)
            .field("shape", &self.shape)
            .field("role", &self.role)
            .field("trainable", &self.trainable)
            .finish_non_exhaustive()
    }
}

/// A run of neighboring nodes that together are one composite, e.g. a softmax.
/// The nodes are its reference evaluation; a compiler may put one kernel in
/// their place.
#[derive(Debug, Clone)]
pub struct CompositeSpan {
    /// The composite's name.
    pub name: Cow<'static, str>,
    /// The values it takes.
    pub inputs: Vec<NodeId>,
    /// The values it gives.
    pub outputs: Vec<NodeId>,
    /// Its first node.
    pub start: NodeId,
    /// The node after its last.
    pub end: NodeId,
}

/// A finished graph: what to compute, without anything of how.
#[derive(Debug, Clone)]
pub struct Definition {
    pub(crate) nodes: Vec<Node>,
    pub(crate) inputs: Vec<InputSpec>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) outputs: BTreeMap<String, NodeId>,
    pub(crate) updates: Vec<(usize, NodeId)>,
    pub(crate) composites: Vec<CompositeSpan>,
}

impl Definition {
    /// All nodes, each after its inputs.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// One node.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The named inputs, in order of declaration.
    pub fn inputs(&self) -> &[InputSpec] {
        &self.inputs
    }

    /// The variables, in order of declaration.
    pub fn variables(&self) -> &[Variable] {
        &self.variables
    }

    /// The named outputs.
    pub fn outputs(&self) -> &BTreeMap<String, NodeId> {
        &self.outputs
    }

    /// Which variable takes the value of which node at the end of a step.
    pub fn updates(&self) -> &[(usize, NodeId)] {
        &self.updates
    }

    /// The composites, in order of their first node; an inner one stands after
    /// the one around it.
    pub fn composites(&self) -> &[CompositeSpan] {
        &self.composites
    }

    /// The number of numbers in all parameters.
    pub fn parameters(&self) -> usize {
        let parameters = self.variables.iter().filter(|v| v.role == Role::Parameter);
        parameters.map(|v| v.shape.iter().product::<usize>()).sum()
    }

    /// A name for every node: its output name where it has one, else the path
    /// of its layer and its op with a count, e.g. `dense_1/matmul_1`.
    pub fn names(&self) -> Vec<String> {
        let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut names: Vec<String> = self
            .nodes
            .iter()
            .map(|node| {
                let count = counts.entry((&node.scope, node.op.name())).or_default();
                *count += 1;
                let separator = if node.scope.is_empty() { "" } else { "/" };
                format!("{}{separator}{}_{count}", node.scope, node.op.name())
            })
            .collect();
        for (name, id) in &self.outputs {
            names[id.index()] = name.clone();
        }
        for input in &self.inputs {
            names[input.node.index()] = input.name.clone();
        }
        for variable in &self.variables {
            names[variable.node.index()] = variable.path.clone();
        }
        names
    }

    /// The node of a name: an output, an input, a variable's path, or a name of
    /// [`Definition::names`].
    pub fn find(&self, name: &str) -> Option<NodeId> {
        let declared = self
            .outputs
            .get(name)
            .copied()
            .or_else(|| self.inputs.iter().find(|input| input.name == name).map(|i| i.node))
            .or_else(|| self.variables.iter().find(|v| v.path == name).map(|v| v.node));
        declared.or_else(|| {
            let position = self.names().iter().position(|known| known == name)?;
            Some(NodeId(position as u32))
        })
    }

    /// The variable of a path.
    pub fn variable(&self, path: &str) -> Option<&Variable> {
        self.variables.iter().find(|variable| variable.path == path)
    }
}
