use crate::op::{Argument, Run};
use crate::random_graphs::RandomGraph;
use crate::value::{Buffer, Precise, Value};
use crate::{Definition, NodeId, Op};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A random graph whose nodes are evaluated one by one, with every value kept.
pub(super) struct Nodes {
    pub(super) definition: Arc<Definition>,
    pub(super) rows: usize,
    seed: u64,
    row_ids: Vec<u64>,
}

impl Nodes {
    pub(super) fn new(random: &RandomGraph, rows: usize) -> Nodes {
        Nodes {
            definition: random.definition(),
            rows,
            seed: random.seed,
            row_ids: (0..rows as u64).collect(),
        }
    }

    /// Another graph over as many rows, as a part of this one.
    pub(super) fn part(&self, definition: Definition) -> Nodes {
        let (rows, seed, row_ids) = (self.rows, self.seed, self.row_ids.clone());
        Nodes { definition: Arc::new(definition), rows, seed, row_ids }
    }

    /// The inputs and variables of a graph.
    pub(super) fn leaves<T: Precise>(&self, random: &RandomGraph) -> BTreeMap<NodeId, Value<T>> {
        let inputs = random.inputs(self.rows);
        let state = random.state();
        let given = self.definition.inputs().iter().zip(&inputs);
        let given = given.map(|(input, (_, array))| (input.node, Value::of_array(array)));
        let read = self.definition.variables().iter().map(|variable| {
            let array = state.get(&variable.path).expect("every variable has a value");
            (variable.node, Value::of_array(array))
        });
        given.chain(read).collect()
    }

    /// The value of every node.
    pub(super) fn values<T: Precise>(&self, leaves: &BTreeMap<NodeId, Value<T>>) -> Vec<Value<T>> {
        let mut values: Vec<Value<T>> = Vec::with_capacity(self.definition.nodes().len());
        for index in 0..self.definition.nodes().len() {
            let id = NodeId(index as u32);
            let value = match leaves.get(&id) {
                Some(leaf) => leaf.clone(),
                None => {
                    let inputs: Vec<&Value<T>> = self.inputs(id).map(|id| &values[id]).collect();
                    self.apply(&self.definition.node(id).op, id, &inputs)
                }
            };
            values.push(value);
        }
        values
    }

    /// The places of a node's inputs.
    pub(super) fn inputs(&self, id: NodeId) -> impl Iterator<Item = usize> {
        self.definition.node(id).inputs.iter().map(|input| input.index())
    }

    /// What an op gives in the place of a node for values of its inputs.
    pub(super) fn apply<T: Precise>(&self, op: &Op, id: NodeId, inputs: &[&Value<T>]) -> Value<T> {
        let node = self.definition.node(id);
        let arguments: Vec<Argument<'_, T>> = node
            .inputs
            .iter()
            .zip(inputs)
            .map(|(input, value)| Argument { shape: &self.definition.node(*input).shape, value })
            .collect();
        let run = Run {
            shape: &node.shape,
            rows: self.rows,
            seed: self.seed,
            step: 3,
            row_ids: &self.row_ids,
        };
        op.evaluate(&arguments, &run).expect("a random graph runs")
    }

    /// Whether a node's value jumps: truth values, integers, and real steps.
    pub(super) fn jumps(&self, id: NodeId) -> bool {
        let node = self.definition.node(id);
        node.dtype != crate::DType::F32 || matches!(node.op, Op::Sign(_) | Op::Floor(_))
    }
}

/// The elements as f64, whatever their type.
pub(super) fn numbers<T: Precise>(value: &Value<T>) -> Vec<f64> {
    match &value.buffer {
        Buffer::Real(values) => values.iter().map(|x| x.to_f64()).collect(),
        _ => value.clone().into_array().to_f64(),
    }
}
