use crate::step::build;
use crate::window::receptive_fields;
use crate::{Loss, Model, Result, Spec};
use ikhim_graph::{Definition, Dim, Graph, Mode, Node, Op, Role, Shape};
use std::collections::BTreeMap;

/// One layer of a network in a table of layers.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LayerRow {
    /// Its path, e.g. `residual_1/dense_2`; `""` for what stands outside of
    /// every layer.
    pub path: String,
    /// The type of layer, e.g. `dense`.
    pub kind: String,
    /// The sizes of its value.
    pub shape: Shape,
    /// The number of numbers in its parameters.
    pub parameters: usize,
    /// How many of them an optimizer may change.
    pub trainable: usize,
    /// Multiply-adds of matrix products and convolutions for one row, forward.
    pub multiply_adds: usize,
    /// How many cells of an image, in height and width, one place of its value
    /// depends on; `None` where the value has no places of an image.
    pub receptive_field: Option<[usize; 2]>,
}

/// The layers of a model in the order in which they are built, as in training.
///
/// ```
/// use ikhim_nn::{CrossEntropy, Mlp, Spec, Target, summary};
/// let spec = Spec::new([784], Target::class(10));
/// let rows = summary(&Mlp::new([256]), &spec, &CrossEntropy::new().into())?;
/// let table: Vec<_> = rows.iter().map(|row| (row.path.as_str(), row.parameters)).collect();
/// assert_eq!(table, [("dense_1", 200_960), ("dense_2", 2_570)]);
/// assert_eq!(rows[0].multiply_adds, 784 * 256);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
///
/// # Errors
/// The first fault of construction.
#[track_caller]
pub fn summary(model: &dyn Model, spec: &Spec, loss: &Loss) -> Result<Vec<LayerRow>> {
    let graph = Graph::with_mode(Mode::Training);
    build(&graph, model, spec, loss);
    Ok(layers(&graph.finish()?))
}

/// The layers of a graph in the order in which they were built, up to its
/// `prediction`. Parameters outside of every layer have a row with the path `""`.
/// A layer that does nothing in the graph, such as dropout in use, has none.
pub fn layers(definition: &Definition) -> Vec<LayerRow> {
    let end = definition.outputs().get("prediction").map(|id| id.index() + 1);
    let nodes = &definition.nodes()[..end.unwrap_or(definition.nodes().len())];
    let mut rows: Vec<LayerRow> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    let fields = receptive_fields(definition);
    let needed = needed(definition, nodes.len());
    for ((node, field), _) in nodes.iter().zip(fields).zip(needed).filter(|(_, needed)| *needed) {
        let place = *places.entry(&node.scope).or_insert_with(|| {
            rows.push(LayerRow {
                path: node.scope.clone(),
                kind: kind(definition, &node.scope),
                shape: Shape::scalar(),
                parameters: 0,
                trainable: 0,
                multiply_adds: 0,
                receptive_field: None,
            });
            rows.len() - 1
        });
        rows[place].shape = node.shape.clone();
        rows[place].multiply_adds += multiply_adds(definition, node);
        rows[place].receptive_field = field;
    }
    count_parameters(definition, &mut rows);
    rows.retain(|row| !row.path.is_empty() || row.parameters > 0);
    rows
}

/// For each of the first nodes, whether the `prediction` depends on it: what a
/// layer keeps for itself, such as new running statistics, is no value of it.
fn needed(definition: &Definition, count: usize) -> Vec<bool> {
    let Some(prediction) = definition.outputs().get("prediction") else { return vec![true; count] };
    let mut needed = vec![false; count];
    needed[prediction.index()] = true;
    for index in (0..count).rev() {
        if needed[index] {
            definition.nodes()[index].inputs.iter().for_each(|id| needed[id.index()] = true);
        }
    }
    needed
}

fn count_parameters(definition: &Definition, rows: &mut [LayerRow]) {
    for variable in definition.variables().iter().filter(|v| v.role == Role::Parameter) {
        let layer = variable.path.rsplit_once('.').map_or("", |(layer, _)| layer);
        let Some(row) = rows.iter_mut().find(|row| row.path == layer) else { continue };
        let count: usize = variable.shape.iter().product();
        row.parameters += count;
        row.trainable += if variable.trainable { count } else { 0 };
    }
}

/// The multiply-adds of one row in a node: those of a product or a convolution
/// whose result has a row for each row of the data. The ones of an average pooling
/// are no parameters, and its sums do not count.
fn multiply_adds(definition: &Definition, node: &Node) -> usize {
    let of = |at: usize| &definition.node(node.inputs[at]).shape;
    let (values, each): (&Shape, usize) = match node.op {
        Op::Matmul(_) => (&node.shape, of(0).last().map_or(0, |dim| dim.size(1))),
        Op::Conv2d(_) if !matches!(definition.node(node.inputs[1]).op, Op::Broadcast(_)) => {
            (&node.shape, of(1)[..3].iter().map(|dim| dim.size(1)).product())
        }
        // In each step the state times the recurrent kernel.
        Op::Recur(_) => (of(0), of(1)[0].size(1)),
        Op::Conv2dInputGrad(_) => (of(0), of(1)[..3].iter().map(|dim| dim.size(1)).product()),
        _ => return 0,
    };
    match values.elements() {
        Dim::Batch(elements) => elements * each,
        Dim::Fixed(_) => 0,
    }
}

/// The type of a layer: the word before the count of an unnamed one. A named one
/// shows it by what it declares, or else by the last operation it does.
fn kind(definition: &Definition, path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    if let Some((word, count)) = name.rsplit_once('_')
        && count.parse::<usize>().is_ok()
    {
        return word.to_string();
    }
    let declares = |parameter: &str| definition.variable(&format!("{path}.{parameter}")).is_some();
    if let Some(kernel) = definition.variable(&format!("{path}.kernel")) {
        let has = |op: &str| {
            definition.nodes().iter().any(|node| node.scope == path && node.op.name() == op)
        };
        let word = match kernel.shape.len() {
            3 => "conv1d",
            4 if has("conv2d_input_grad") => "conv2d_transpose",
            4 => "conv2d",
            _ => "dense",
        };
        return word.to_string();
    }
    if declares("moving_mean") {
        return "batch_norm".to_string();
    }
    if declares("embeddings") {
        return "embedding".to_string();
    }
    let last = definition.nodes().iter().rposition(|node| node.scope == path);
    let Some(last) = last else { return String::new() };
    let composite = definition.composites().iter().find(|span| {
        (span.start.index()..span.end.index()).contains(&last)
            && definition.node(span.start).scope == path
    });
    composite.map_or(definition.nodes()[last].op.name(), |span| &span.name).to_string()
}
