//! One step in numbers: every value on the way to the loss, what it is made of,
//! and what back-propagation knows of it.

use crate::experiment::Prepared;
use ikhim_cpu::Runtime;
use ikhim_graph::{Array, Definition, NodeId, Op, Precision, State};
use ikhim_nn::{FEATURES, traced};
use ikhim_run::{Program, Rows, held};
use ikhim_text::Result;
use std::sync::Arc;

/// One value of a step.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TraceRow {
    /// Its name: `features`, `dense_1.kernel`, `dense_1/matmul_1`, `loss`.
    pub name: String,
    /// The path of the layer that it belongs to; empty outside of every layer.
    pub layer: String,
    /// The operation that it is a part of, e.g. `sigmoid`, where an operation
    /// takes several ops.
    pub composite: Option<String>,
    /// The op that computes it.
    pub op: &'static str,
    /// What it computes, e.g. `features @ dense_1.kernel`; `None` for what is
    /// given: inputs and parameters.
    pub equation: Option<String>,
    /// The names of the values that the op takes.
    pub inputs: Vec<String>,
    /// The value.
    pub value: Array,
    /// The derivative of the objective by each of its elements: the product of
    /// the chain rule. `None` where nothing can be derived, e.g. for labels.
    pub slope: Option<Array>,
    /// For each input that it depends on element by element: the name of the
    /// input and the local derivative.
    pub local: Vec<(String, Array)>,
}

/// The step that the network takes next from a state on some train rows.
///
/// # Errors
/// A network that does not fit the data, a state of another network.
pub fn trace(
    prepared: &Prepared,
    state: &State,
    rows: &Rows,
    seed: u64,
    step: u64,
    runtime: &Runtime,
) -> Result<Vec<TraceRow>> {
    let network = prepared.experiment.network()?;
    let spec = prepared.data.spec_within(rows.steps(FEATURES).unwrap_or(usize::MAX));
    let taken = traced(network.as_ref(), &spec, &prepared.objective()?)?;
    let definition = Arc::new(taken.definition);
    let names = definition.names();
    let name = |node: NodeId| names[node.index()].clone();
    let mut fetches: Vec<String> = Vec::new();
    for node in &taken.nodes {
        fetches.push(name(node.node));
        fetches.extend(node.slope.clone());
        fetches.extend(node.local.iter().map(|(_, output)| output.clone()));
    }
    let fetches: Vec<&str> = fetches.iter().map(String::as_str).collect();
    let precision = match prepared.experiment.training.precision() {
        "f64" => Precision::F64,
        _ => Precision::F32,
    };
    let program = Program::reading(definition.clone(), &fetches, precision)?.on(runtime.clone());
    let held = held(&definition, state, rows.len());
    let feed = rows.feed().random(seed, step);
    let feed = held.iter().fold(feed, |feed, (name, value)| feed.input(name, value));
    let values = program.run(&mut state.clone(), &feed)?;
    let mut values = values.into_iter();
    let mut table = Vec::with_capacity(taken.nodes.len());
    for node in &taken.nodes {
        let Some(value) = values.next() else { break };
        let slope = node.slope.as_ref().and_then(|_| values.next());
        let locals: Vec<(String, Array)> = node
            .local
            .iter()
            .filter_map(|(input, _)| Some((name(*input), values.next()?)))
            .collect();
        let built = definition.node(node.node);
        let inputs: Vec<&str> =
            built.inputs.iter().map(|input| names[input.index()].as_str()).collect();
        let is_given = matches!(built.op, Op::Input(_) | Op::Read(_));
        table.push(TraceRow {
            name: name(node.node),
            layer: built.scope.clone(),
            composite: composite(&definition, node.node),
            op: built.op.name(),
            equation: (!is_given).then(|| built.op.equation(&inputs)),
            inputs: inputs.into_iter().map(str::to_string).collect(),
            value,
            slope,
            local: locals,
        });
    }
    Ok(table)
}

/// The innermost operation of several ops that a node is a part of.
fn composite(definition: &Definition, node: NodeId) -> Option<String> {
    let holds = |start: NodeId, end: NodeId| start <= node && node < end;
    let spans = definition.composites().iter();
    let span = spans.rev().find(|span| holds(span.start, span.end))?;
    Some(span.name.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_run::experiment::Experiment;
    use std::path::Path;

    /// The network of the course's XOR lecture with its given weights.
    const LECTURE: &str = "
[data]
header = ['x1', 'x2', 'y']
rows = [[0, 0, 0], [0, 1, 1], [1, 0, 1], [1, 1, 0]]
target = 'y'
task = 'classification'
[data.defaults]
number = { scaling = 'none' }
[split]
method = 'none'
[model]
type = 'layers'
layers = [
  { type = 'dense', name = 'hidden', units = 2, activation = 'sigmoid', kernel = [[5, -7], [5, -7]], bias = [-8, 3] },
  { type = 'dense', name = 'output', units = 1, activation = 'sigmoid', kernel = [[-11], [-11]], bias = [6] },
]
[training]
loss = { type = 'binary_cross_entropy', from_logits = false, clip = 0.0 }
optimizer = 'sgd'
batch_size = 'full'
steps = 1
";

    #[test]
    fn the_lecture_s_network_in_numbers() {
        let experiment = Experiment::parse(LECTURE, "xor.toml", &[]).unwrap();
        let prepared = Prepared::new(&experiment, Path::new(".")).unwrap();
        let state = prepared.start(1).unwrap().state;
        let rows = Rows::whole(prepared.data.train().encoded().clone());
        let table = trace(&prepared, &state, &rows, 1, 0, &Runtime::single()).unwrap();
        let row = |name: &str| {
            let names = || table.iter().map(|row| row.name.as_str()).collect::<Vec<_>>();
            let found = table.iter().find(|row| row.name == name);
            found.unwrap_or_else(|| panic!("no {name} in {:?}", names()))
        };
        // Forward, as the lecture computes it by hand.
        let output = row("prediction").value.to_f64();
        for (found, expected) in output.iter().zip([0.0112, 0.9949, 0.9949, 0.0244]) {
            assert!((found - expected).abs() < 5e-5, "{found} {expected}");
        }
        // Backward: with the loss −ln p, the slope by the last sum is
        // (p − y) / rows, and the bias collects it over the rows.
        let sums: f64 = output.iter().zip([0.0, 1.0, 1.0, 0.0]).map(|(p, y)| (p - y) / 4.0).sum();
        let bias = row("output.bias").slope.as_ref().unwrap().to_f64();
        assert!((bias[0] - sums).abs() < 1e-6, "{bias:?} {sums}");
        assert_eq!(row("objective").slope.as_ref().unwrap().to_f64(), [1.0]);
        // The local derivative of a difference by its second term is −1.
        assert!(table.iter().any(|row| !row.local.is_empty()));
        let products = table.iter().filter(|row| row.op == "multiply");
        for row in products {
            for (input, local) in &row.local {
                let other = row.inputs.iter().find(|name| *name != input);
                let Some(other) = other.and_then(|name| table.iter().find(|row| row.name == *name))
                else {
                    continue;
                };
                assert_eq!(local.to_f64(), other.value.to_f64(), "{}", row.name);
            }
        }
    }
}
