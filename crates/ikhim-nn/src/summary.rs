use crate::step::build;
use crate::{Loss, Model, Result, Spec};
use ikhim_graph::{Definition, Graph, Mode, Node, Role, Shape};
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
    /// Multiply-adds of matrix products for one row, forward.
    pub multiply_adds: usize,
}

/// The layers of a model in the order in which they are built.
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
    // As in training, so that dropout has a row.
    let graph = Graph::with_mode(Mode::Training);
    build(&graph, model, spec, loss);
    let definition = graph.finish()?;
    let mut rows: Vec<LayerRow> = Vec::new();
    let mut places: BTreeMap<&str, usize> = BTreeMap::new();
    for node in definition.nodes() {
        if node.scope.is_empty() && matches!(node.op.name(), "input" | "constant") {
            continue;
        }
        let place = *places.entry(&node.scope).or_insert_with(|| {
            rows.push(LayerRow {
                path: node.scope.clone(),
                kind: String::new(),
                shape: Shape::scalar(),
                parameters: 0,
                trainable: 0,
                multiply_adds: 0,
            });
            rows.len() - 1
        });
        rows[place].shape = node.shape.clone();
        rows[place].multiply_adds += multiply_adds(&definition, node);
    }
    count_parameters(&definition, &mut rows);
    for row in &mut rows {
        row.kind = kind(&definition, &row.path);
    }
    Ok(rows)
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

/// The multiply-adds of one row in a node: those of a matrix product whose
/// result has a row for each row of the data.
fn multiply_adds(definition: &Definition, node: &Node) -> usize {
    if node.op.name() != "matmul" {
        return 0;
    }
    let inner = definition.node(node.inputs[0]).shape.last().map_or(0, |dim| dim.size(1));
    match node.shape.elements() {
        ikhim_graph::Dim::Batch(elements) => elements * inner,
        ikhim_graph::Dim::Fixed(_) => 0,
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
    if declares("kernel") {
        return "dense".to_string();
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
