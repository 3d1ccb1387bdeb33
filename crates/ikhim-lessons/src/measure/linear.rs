//! What can be said of a loss without training: its curvature, its floor, and
//! the best of a grid.

use super::gradient::{Reader, norm};
use super::largest;
use super::training::Trained;
use ikhim_data::{Encoded, EncodedTarget};
use ikhim_graph::{Array, Data, State};
use ikhim_text::{Fault, Result};
use ikhim_train::experiment::Prepared;
use ikhim_train::least_squares;

/// 2 over the largest curvature where training starts, by power iteration on
/// differences of slopes; exact for a quadratic loss.
pub(crate) fn bound(prepared: &Prepared, seed: Option<u64>) -> Result<f64> {
    const H: f64 = 1e-2;
    let reader = Reader::new(prepared, seed)?;
    let sizes: Vec<usize> =
        reader.paths.iter().map(|path| reader.state.get(path).map_or(0, Array::len)).collect();
    let count: usize = sizes.iter().sum();
    let slopes = |direction: &[f64], by: f64| -> Result<Vec<f64>> {
        let mut state = reader.state.clone();
        let mut at = 0;
        for (path, size) in reader.paths.iter().zip(&sizes) {
            if let Some(Data::F64(values)) = state.get_mut(path).map(Array::data_mut) {
                for (value, part) in values.iter_mut().zip(&direction[at..at + size]) {
                    *value += by * part;
                }
            }
            at += size;
        }
        Ok(reader.read(&state)?.1.concat())
    };
    let mut direction: Vec<f64> = (0..count).map(|i| 1.0 + 0.1 * (i as f64 * 1.7).sin()).collect();
    let mut curvature = 0.0;
    for _ in 0..300 {
        let length = norm(&direction);
        direction.iter_mut().for_each(|part| *part /= length);
        let (ahead, behind) = (slopes(&direction, H)?, slopes(&direction, -H)?);
        direction = ahead.iter().zip(&behind).map(|(a, b)| (a - b) / (2.0 * H)).collect();
        let now = norm(&direction);
        if (now - curvature).abs() <= 1e-12 * now {
            break;
        }
        curvature = now;
    }
    Ok(2.0 / curvature)
}

/// The rows of a table with a column of ones, and the targets as the network
/// learns them.
fn table(encoded: &Encoded) -> Option<(usize, Vec<f64>, Vec<f64>)> {
    let input = encoded.input("features")?;
    let width = Some(input.shape.iter().product::<usize>()).filter(|width| *width > 0)?;
    let values = input.values.as_f32()?;
    let design = values
        .chunks(width)
        .flat_map(|row| std::iter::once(1.0).chain(row.iter().map(|value| f64::from(*value))));
    let target = match &encoded.target {
        EncodedTarget::Number { width: 1, values, .. } => values,
        _ => return None,
    };
    Some((width + 1, design.collect(), target.iter().map(|value| f64::from(*value)).collect()))
}

/// The mean squared error of the least-squares solution.
pub(super) fn floor(prepared: &Prepared) -> Result<f64> {
    let nothing = || Fault::of("data.no_target_values");
    let (columns, design, target) = table(prepared.data.train().encoded()).ok_or_else(nothing)?;
    let solution = least_squares(columns, &design, &target).ok_or_else(nothing)?;
    let squares = design.chunks(columns).zip(&target).map(|(row, target)| {
        let sum: f64 = row.iter().zip(&solution).map(|(x, b)| x * b).sum();
        (sum - target) * (sum - target)
    });
    Ok(squares.sum::<f64>() / target.len() as f64)
}

/// Points of a grid at the most; more would take hours.
const POINTS: usize = 10_000_000;

/// So many points has a grid over some parameters; `None` of more than can be
/// gone through, and of what is no grid.
fn points(ticks: f64, parameters: usize) -> Option<usize> {
    if !(1.0..=POINTS as f64).contains(&ticks) {
        return None;
    }
    let points = (ticks as usize).checked_pow(u32::try_from(parameters).ok()?)?;
    (points <= POINTS).then_some(points)
}

/// The best accuracy of one unit over a grid of its weights and bias, which are
/// tried on the engine's own network; `None` of a grid that is too large.
pub(super) fn grid(prepared: &Prepared, from: f64, to: f64, step: f64) -> Result<Option<f64>> {
    let network = prepared.experiment.network()?;
    let objective = prepared.objective()?;
    let definition =
        ikhim_nn::prediction(network.as_ref(), &prepared.data.spec(), objective.loss())?;
    let definition = std::sync::Arc::new(definition);
    let start = State::initial(&definition, 0);
    let places: Vec<(String, Vec<usize>)> =
        start.iter().map(|(path, array)| (path.to_string(), array.shape().to_vec())).collect();
    let count: usize = places.iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    let program =
        ikhim_run::Program::reading(definition, &["probability"], ikhim_graph::Precision::F32)?;
    let encoded = prepared.data.train().encoded();
    let EncodedTarget::Class(labels) = &encoded.target else {
        return Err(Fault::of("data.no_target_values"));
    };
    let rows = ikhim_run::Rows::whole(encoded.clone());
    let feed = rows.feed();
    let ticks = ((to - from) / step).round() + 1.0;
    let Some(points) = points(ticks, count) else { return Ok(None) };
    let ticks = ticks as usize;
    let mut best = 0_usize;
    let mut state = start;
    for place in 0..points {
        let mut rest = place;
        for (path, shape) in &places {
            let size = shape.iter().product::<usize>();
            let values = (0..size).map(|_| {
                let at = rest % ticks;
                rest /= ticks;
                (from + step * at as f64) as f32
            });
            state.set(path.clone(), Array::f32(shape, values.collect()));
        }
        let found = program.read(&state, &feed)?;
        let probabilities = found.first().map(Array::to_f32).unwrap_or_default();
        let right = probabilities.iter().zip(labels).filter(|(p, y)| (**p > 0.5) == (**y == 1));
        best = best.max(right.count());
    }
    Ok(Some(best as f64 / encoded.rows as f64))
}

/// Full-batch descent of a linear model on the mean squared error, term by term
/// as one would write it down, from the same start; the largest difference of a
/// weight to those that the engine has learned. `None` of another network.
pub(super) fn by_columns(
    prepared: &Prepared,
    trained: &Trained,
    seed: Option<u64>,
) -> Result<Option<f64>> {
    let nothing = || Fault::of("data.no_target_values");
    let (columns, design, target) = table(prepared.data.train().encoded()).ok_or_else(nothing)?;
    let start = prepared.start(seed.unwrap_or(prepared.experiment.seed))?.state;
    let of = |state: &State, ending: &str| {
        let found = state.iter().find(|(path, _)| path.ends_with(ending));
        found.map(|(_, array)| array.to_f64()).unwrap_or_default()
    };
    let weights = |state: &State| [of(state, ".bias"), of(state, ".kernel")].concat();
    let mut own = weights(&start);
    let learned = weights(&trained.state);
    if [own.len(), learned.len()] != [columns; 2] {
        return Ok(None);
    }
    let rate = prepared.experiment.training.learning_rate();
    let m = target.len() as f64;
    for _ in 0..trained.losses.len() {
        let errors: Vec<f64> = design
            .chunks(columns)
            .zip(&target)
            .map(|(row, y)| row.iter().zip(&own).map(|(x, w)| x * w).sum::<f64>() - y)
            .collect();
        for (column, weight) in own.iter_mut().enumerate() {
            let products = errors.iter().enumerate();
            let sum: f64 =
                products.map(|(row, error)| error * design[row * columns + column]).sum();
            *weight -= rate * 2.0 / m * sum;
        }
    }
    Ok(Some(largest(own.iter().zip(&learned).map(|(a, b)| (a - b).abs()))))
}
