//! What a model has inside when it answers: any value by its layer, and how the
//! answer depends on it.

use crate::{Model, Program, Rows};
use ikhim_data::{Encoded, EncodedTarget};
use ikhim_graph::{Array, DType, Definition, Dim, Graph, NodeId, Precision, Tensor, gradients};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result};
use std::sync::Arc;

/// The input that a saliency belongs to.
const FEATURES: &str = "features";

/// Rows that are computed together.
const CHUNK: usize = 64;

impl Model {
    /// The paths of the layers in the order of the computation, each where its
    /// last value is; within layers too.
    pub fn layers(&self) -> Vec<String> {
        let mut layers: Vec<(usize, String)> = Vec::new();
        for (index, node) in self.definition().nodes().iter().enumerate() {
            let mut path = node.scope.as_str();
            while !path.is_empty() {
                match layers.iter_mut().find(|(_, known)| known == path) {
                    Some(layer) => layer.0 = index,
                    None => layers.push((index, path.to_string())),
                }
                path = path.rsplit_once('/').map_or("", |(outer, _)| outer);
            }
        }
        layers.sort();
        layers.into_iter().map(|(_, path)| path).collect()
    }

    /// Values on the way to the prediction of rows, by name: the path of a layer
    /// is what the layer gives, `features` the input, `prediction` and
    /// `probability` the answer, `dense_1.kernel` a parameter, `dense_1/matmul_1`
    /// a single op.
    ///
    /// # Errors
    /// A name that is not in the network; rows that were encoded for another.
    pub fn values(&self, rows: &Encoded, names: &[&str]) -> Result<Vec<Array>> {
        let graph = Graph::reopened(self.definition());
        let outputs = self.found(names)?;
        let values: Vec<Tensor<'_>> = outputs.iter().map(|node| graph.value(*node)).collect();
        let definition = with_outputs(&graph, &values);
        self.computed(definition.and_then(|()| graph.finish())?, rows, names.len())
    }

    /// The derivatives of the score of a class by values of [`Model::values`],
    /// row by row: of the class that each row is taken for, where none is given.
    /// The score is the output before softmax or sigmoid; of a model of one
    /// number, the number as it learns it.
    ///
    /// # Errors
    /// A name that is not in the network or a value that has no derivative; a
    /// class that is not there; rows that were encoded for another network.
    pub fn slopes(
        &self,
        rows: &Encoded,
        names: &[&str],
        class: Option<usize>,
    ) -> Result<Vec<Array>> {
        let graph = Graph::reopened(self.definition());
        let found = self.found(names)?;
        let values: Vec<Tensor<'_>> = found.iter().map(|node| graph.value(*node)).collect();
        if let Some(place) = values.iter().position(|value| value.dtype() != DType::F32) {
            return Err(Fault::of("train.no_slope").with("name", names[place]));
        }
        let prediction = graph.value(self.found(&["prediction"])?[0]);
        let width = prediction.dim(-1);
        let score = match class {
            Some(class) if class >= width.max(self.preprocessing().classes().len()) => {
                let fault = Fault::of("train.no_such_class").with("found", class);
                return Err(fault.with("expected", width));
            }
            // One output for two classes is the score of the second.
            Some(0) if width == 1 && self.preprocessing().classes().len() == 2 => -prediction,
            Some(class) if width > 1 => prediction.slice(-1, class..class + 1),
            _ if width > 1 => prediction.max(&[-1]),
            _ => prediction,
        };
        let slopes = gradients(score.sum_all(), &values);
        let definition = with_outputs(&graph, &slopes);
        self.computed(definition.and_then(|()| graph.finish())?, rows, names.len())
    }

    /// How much the score of a class depends on each pixel: the largest absolute
    /// derivative among its channels, `[rows, height, width]`; of a table, the
    /// absolute derivative by each feature.
    ///
    /// K. Simonyan, A. Vedaldi and A. Zisserman, "Deep Inside Convolutional
    /// Networks: Visualising Image Classification Models and Saliency Maps",
    /// 2014.
    ///
    /// # Errors
    /// As [`Model::slopes`].
    pub fn saliency(&self, rows: &Encoded, class: Option<usize>) -> Result<Array> {
        let slopes = self.slopes(rows, &[FEATURES], class)?;
        let slope = slopes.first().ok_or_else(|| unknown(FEATURES, self.definition()))?;
        let shape = slope.shape();
        let (kept, channels) = match shape {
            [outer @ .., channels] if shape.len() == 4 => (outer.to_vec(), *channels),
            shape => (shape.to_vec(), 1),
        };
        let largest = |pixel: &[f64]| pixel.iter().fold(0.0_f64, |most, x| most.max(x.abs()));
        let values = slope.to_f64().chunks(channels.max(1)).map(|p| largest(p) as f32).collect();
        Ok(Array::f32(&kept, values))
    }

    /// The nodes of names.
    fn found(&self, names: &[&str]) -> Result<Vec<NodeId>> {
        let definition = self.definition();
        let find = |name: &&str| {
            let found = last_of_layer(definition, name).or_else(|| definition.find(name));
            found.ok_or_else(|| unknown(name, definition))
        };
        names.iter().map(find).collect()
    }

    /// The values `look.0`, `look.1`, … of a graph for all rows.
    fn computed(&self, definition: Definition, rows: &Encoded, count: usize) -> Result<Vec<Array>> {
        let outputs: Vec<String> = (0..count).map(output).collect();
        let fetches: Vec<&str> = outputs.iter().map(String::as_str).collect();
        let has_rows: Vec<bool> = outputs
            .iter()
            .map(|name| {
                let node = definition.find(name).map(|node| definition.node(node));
                let first = node.and_then(|node| node.shape.first().copied());
                matches!(first, Some(Dim::Batch(_)))
            })
            .collect();
        let precision = if self.about().double { Precision::F64 } else { Precision::F32 };
        let program = Program::reading(Arc::new(definition), &fetches, precision)?;
        let indices: Vec<usize> = (0..rows.rows).collect();
        let mut joined: Vec<(Vec<usize>, Vec<f64>)> = Vec::new();
        for chunk in indices.chunks(CHUNK) {
            let mut chunk = rows.gather(chunk);
            chunk.target = EncodedTarget::None;
            let values = program.read(self.state(), &Rows::whole(chunk).feed())?;
            for (place, value) in values.iter().enumerate() {
                match joined.get_mut(place) {
                    None => joined.push((value.shape().to_vec(), value.to_f64())),
                    Some((shape, all)) if has_rows[place] => {
                        shape[0] += value.shape()[0];
                        all.extend(value.to_f64());
                    }
                    Some(_) => {}
                }
            }
        }
        let array = |(shape, values): (Vec<usize>, Vec<f64>)| match precision {
            Precision::F64 => Array::f64(&shape, values),
            _ => Array::f32(&shape, values.into_iter().map(|value| value as f32).collect()),
        };
        Ok(joined.into_iter().map(array).collect())
    }
}

/// Gives values the names `look.0`, `look.1`, …; a copy keeps the name that a
/// value has already.
fn with_outputs<'g>(graph: &'g Graph, values: &[Tensor<'g>]) -> Result<()> {
    for (place, value) in values.iter().enumerate() {
        if value.node().is_none() {
            return Err(Fault::of("train.no_slope").with("name", place));
        }
        graph.output(&output(place), value.stop_gradient());
    }
    Ok(())
}

fn output(place: usize) -> String {
    format!("look.{place}")
}

/// The last value that stands in a layer.
fn last_of_layer(definition: &Definition, path: &str) -> Option<NodeId> {
    let inner = format!("{path}/");
    let nodes = definition.nodes();
    let last = nodes.iter().rposition(|node| node.scope == path || node.scope.starts_with(&inner));
    last.filter(|_| !path.is_empty()).map(NodeId::at)
}

fn unknown(name: &str, definition: &Definition) -> Fault {
    let fault = Fault::of("shape.unknown_value").with("name", name);
    let layers = definition.nodes().iter().map(|node| node.scope.as_str());
    match nearest(name, layers.filter(|scope| !scope.is_empty())) {
        Some(near) => fault.help(format!("the nearest layer is `{near}`")),
        None => fault,
    }
}
