//! A filter over an image, by the engine's own convolution.

use ikhim_graph::op::Window;
use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, State};
use ikhim_text::{Fault, Result};
use serde::Deserialize;

/// An image under a filter, or under pooling.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Convolution {
    image: Vec<Vec<f64>>,
    /// Without it, the largest cell of each window is taken.
    filter: Option<Vec<Vec<f64>>>,
    /// The size of a window without a filter.
    window: Option<usize>,
    #[serde(default = "one")]
    stride: usize,
    #[serde(default = "valid")]
    padding: toml::Value,
    /// `largest` magnitude, `rows` of what comes out, or nothing: a cell.
    of: Option<String>,
    /// The row and column of the cell.
    #[serde(default)]
    cell: [usize; 2],
}

fn one() -> usize {
    1
}

fn valid() -> toml::Value {
    toml::Value::String("valid".to_string())
}

impl Convolution {
    pub(super) fn take(&self) -> Result<Option<f64>> {
        let window = self.window.unwrap_or(2);
        let rows =
            convolved(&self.image, self.filter.as_deref(), window, self.stride, &self.padding)?;
        Ok(match self.of.as_deref() {
            Some("largest") => Some(super::largest(rows.iter().flatten().map(|cell| cell.abs()))),
            Some("rows") => Some(rows.len() as f64),
            Some(_) => None,
            None => rows.get(self.cell[0]).and_then(|row| row.get(self.cell[1])).copied(),
        })
    }
}

/// Zeros before and after an axis of `size` cells: a number on both sides, or
/// TensorFlow's `same`, which gives `⌈size / stride⌉` windows and puts an odd
/// zero behind.
fn zeros(size: usize, filter: usize, stride: usize, padding: &toml::Value) -> Option<[usize; 2]> {
    match padding {
        toml::Value::Integer(cells) => usize::try_from(*cells).ok().map(|cells| [cells; 2]),
        toml::Value::String(word) if word == "valid" => Some([0; 2]),
        toml::Value::String(word) if word == "same" => {
            let windows = size.div_ceil(stride);
            let needed = ((windows - 1) * stride + filter).saturating_sub(size);
            Some([needed / 2, needed - needed / 2])
        }
        _ => None,
    }
}

fn unknown() -> Fault {
    Fault::of("experiment.lesson").with("lesson", "image").with("found", "no such padding")
}

/// How many windows fit, by the engine's rule.
pub(crate) fn output_size(
    size: usize,
    filter: usize,
    stride: usize,
    padding: &toml::Value,
) -> Result<usize> {
    let padding = zeros(size, filter, stride, padding).ok_or_else(unknown)?;
    let window = Window::default().stride([stride; 2]).padding([padding; 2]);
    Ok(window.counts([size; 2], [filter; 2]).map_or(0, |counts| counts[0]))
}

/// What a filter, or max pooling, makes of an image.
pub(crate) fn convolved(
    image: &[Vec<f64>],
    filter: Option<&[Vec<f64>]>,
    pooled: usize,
    stride: usize,
    padding: &toml::Value,
) -> Result<Vec<Vec<f64>>> {
    let sizes = [image.len(), image.first().map_or(0, Vec::len)];
    let kernel = match filter {
        Some(filter) => [filter.len(), filter.first().map_or(0, Vec::len)],
        None => [pooled; 2],
    };
    let around = |axis: usize| zeros(sizes[axis], kernel[axis], stride, padding);
    let padding = [around(0).ok_or_else(unknown)?, around(1).ok_or_else(unknown)?];
    let graph = Graph::new();
    let fixed = |size: usize| Dim::Fixed(size);
    let x = graph.input("x", DType::F32, &[fixed(1), fixed(sizes[0]), fixed(sizes[1]), fixed(1)]);
    let y = match filter {
        Some(filter) => {
            let cells: Vec<f32> = filter.iter().flatten().map(|cell| *cell as f32).collect();
            let kernel = graph.constant(Array::f32(&[kernel[0], kernel[1], 1, 1], cells));
            x.conv2d(kernel, Window::default().stride([stride; 2]).padding(padding))
        }
        None => x.max_pool2d(kernel, [stride; 2], padding),
    };
    graph.output("y", y);
    let evaluator = Evaluator::<f32>::new(graph.finish()?.into(), &["y"])?;
    let cells: Vec<f32> = image.iter().flatten().map(|cell| *cell as f32).collect();
    let given = Array::f32(&[1, sizes[0], sizes[1], 1], cells);
    let found = evaluator.read(&State::new(), &Feed::rows(1).input("x", &given))?;
    let Some(found) = found.first() else { return Ok(Vec::new()) };
    let width = found.shape().get(2).copied().unwrap_or(1).max(1);
    Ok(found.to_f64().chunks(width).map(<[f64]>::to_vec).collect())
}
