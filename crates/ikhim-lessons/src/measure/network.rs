//! Values inside a network.

use ikhim_cpu::Runtime;
use ikhim_graph::{Array, DType, Dim, Evaluator, Feed, Graph, N, State, Tensor, gradients};
use ikhim_run::Rows;
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use ikhim_train::{TraceRow, trace};

/// The first step taken apart, on some train rows (from 0).
pub(crate) fn first_step(
    prepared: &Prepared,
    seed: Option<u64>,
    rows: &[usize],
) -> Result<Vec<TraceRow>> {
    let seed = seed.unwrap_or(prepared.experiment.seed);
    let state = prepared.start(seed)?.state;
    let rows = Rows::of(prepared.data.train().encoded(), rows);
    trace(prepared, &state, &rows, seed, 0, &Runtime::single())
}

/// The last value of each layer, in the order of the network. A layer's path is
/// the scope of its values; a last layer may be called `prediction`.
pub(crate) fn layer_values(table: &[TraceRow]) -> Vec<(&str, &Array)> {
    let mut layers: Vec<(&str, &Array)> = Vec::new();
    for row in table.iter().filter(|row| !row.layer.is_empty()) {
        match layers.iter_mut().find(|(layer, _)| *layer == row.layer) {
            Some((_, value)) => *value = &row.value,
            None => layers.push((&row.layer, &row.value)),
        }
    }
    layers
}

pub(super) fn output(
    prepared: &Prepared,
    seed: Option<u64>,
    layer: &str,
    row: usize,
    index: usize,
) -> Result<Option<f64>> {
    let table = first_step(prepared, seed, &[row.wrapping_sub(1)])?;
    let layers = layer_values(&table);
    let value = layers.iter().find(|(path, _)| *path == layer).map(|(_, value)| value.to_f64());
    Ok(value.and_then(|values| values.get(index).copied()))
}

pub(super) fn size(prepared: &Prepared, layer: &str, axis: usize) -> Result<Option<usize>> {
    let layers = prepared.layers()?;
    let row = layers.iter().find(|row| row.path == layer);
    let dim = row.and_then(|row| row.shape.get(axis).copied());
    Ok(match dim {
        Some(Dim::Fixed(size)) => Some(size),
        _ => None,
    })
}

/// How many parameters, or layers with values, the graph of a step names.
pub(super) fn named(prepared: &Prepared, seed: Option<u64>, of: &str) -> Result<Option<usize>> {
    Ok(match of {
        "parameters" => Some(prepared.parameters()?.len()),
        "layers" => Some(layer_values(&first_step(prepared, seed, &[0])?).len()),
        _ => None,
    })
}

/// The smallest or largest value of the hidden layers on all train rows, the
/// largest `h (1 − h)` of them, or its product over all layers.
pub(super) fn hidden(prepared: &Prepared, seed: Option<u64>, of: &str) -> Result<Option<f64>> {
    let rows: Vec<usize> = (0..prepared.data.train().len()).collect();
    let table = first_step(prepared, seed, &rows)?;
    let mut layers = layer_values(&table);
    // The last layer is the answer, not a hidden one.
    layers.pop();
    let values: Vec<Vec<f64>> = layers.iter().map(|(_, value)| value.to_f64()).collect();
    let all = || values.iter().flatten().copied();
    let slope = |values: &[f64]| values.iter().map(|h| h * (1.0 - h)).fold(0.0_f64, f64::max);
    Ok(match of {
        _ if values.is_empty() => None,
        // Neither the smallest nor the largest of numbers that are none.
        _ if all().any(f64::is_nan) => Some(f64::NAN),
        "smallest" => Some(all().fold(f64::INFINITY, f64::min)),
        "largest" => Some(all().fold(f64::NEG_INFINITY, f64::max)),
        "largest_slope" => Some(values.iter().map(|values| slope(values)).fold(0.0, f64::max)),
        "slope_product" => Some(values.iter().map(|values| slope(values)).product()),
        _ => None,
    })
}

/// An activation by its name.
pub(crate) fn apply<'g>(function: &str, x: Tensor<'g>) -> Option<Tensor<'g>> {
    Some(match function {
        "sigmoid" => x.sigmoid(),
        "tanh" => x.tanh(),
        "relu" => x.relu(),
        "leaky_relu" => x.leaky_relu(0.01),
        "elu" => x.elu(1.0),
        _ => return None,
    })
}

/// Values of an activation and of its slope by automatic differentiation.
pub(crate) fn activation_values(
    function: &str,
    places: &[f64],
) -> Result<Option<(Vec<f64>, Vec<f64>)>> {
    let graph = Graph::new();
    let x = graph.input("x", DType::F32, &[N]);
    let Some(y) = apply(function, x) else { return Ok(None) };
    graph.output("value", y);
    graph.output("slope", gradients(y.sum_all(), &[x])[0]);
    let evaluator = Evaluator::<f64>::new(graph.finish()?.into(), &["value", "slope"])?;
    let given = Array::f64(&[places.len()], places.to_vec());
    let feed = Feed::rows(places.len()).input("x", &given);
    let found = evaluator.read(&State::new(), &feed)?;
    let mut found = found.iter().map(Array::to_f64);
    Ok(found.next().zip(found.next()))
}

pub(super) fn activation(function: &str, of: &str, at: Option<f64>) -> Result<Option<f64>> {
    let grid: Vec<f64> = (-800..=800).map(|tick| f64::from(tick) / 100.0).collect();
    let places = at.map_or(grid, |at| vec![at]);
    let Some((values, slopes)) = activation_values(function, &places)? else { return Ok(None) };
    Ok(match of {
        "value" => values.first().copied(),
        "slope" => slopes.first().copied(),
        "largest_slope" => Some(slopes.iter().copied().fold(f64::NEG_INFINITY, f64::max)),
        "smallest_slope" => Some(slopes.iter().copied().fold(f64::INFINITY, f64::min)),
        _ => None,
    })
}
