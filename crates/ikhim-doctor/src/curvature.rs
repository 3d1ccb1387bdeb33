//! The largest curvature of a loss, by power iteration on products of the
//! Hessian with a vector.

use crate::look::is_summed;
use ikhim_graph::{Array, Precision, State};
use ikhim_nn::curvature;
use ikhim_run::{Program, Rows};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::sync::Arc;

/// Rows that it is measured on, at the most.
const ROWS: usize = 2048;

/// Products that are taken at the most.
const PRODUCTS: usize = 100;

/// A change of less than this share and the curvature is known.
const SETTLED: f64 = 1e-4;

/// The largest curvature of the mean loss at the state that a seed gives; `None`
/// where it cannot be computed.
pub(crate) fn largest(prepared: &Prepared, seed: u64) -> Option<f64> {
    measure(prepared, seed).ok().filter(|value| value.is_finite() && *value > 0.0)
}

fn measure(prepared: &Prepared, seed: u64) -> Result<f64> {
    let network = prepared.experiment.network()?;
    let objective = prepared.objective()?;
    let definition = curvature(network.as_ref(), &prepared.data.spec(), &objective)?;
    let state = State::initial(&definition, seed);
    let paths: Vec<(String, Vec<usize>)> = definition
        .variables()
        .iter()
        .filter(|variable| definition.find(&format!("product/{}", variable.path)).is_some())
        .map(|variable| (variable.path.clone(), variable.shape.clone()))
        .collect();
    let names: Vec<String> = paths.iter().map(|(path, _)| format!("product/{path}")).collect();
    let fetches: Vec<&str> = names.iter().map(String::as_str).collect();
    let program = Program::reading(Arc::new(definition), &fetches, Precision::F32)?;
    let train = prepared.data.train().encoded();
    let count = train.rows.min(ROWS);
    let rows: Vec<usize> = (0..count).map(|at| at * train.rows / count.max(1)).collect();
    let rows = Rows::of(train, &rows);
    let inputs: Vec<String> = paths.iter().map(|(path, _)| format!("direction/{path}")).collect();
    // Any start that is not at right angles to the answer; squares of a golden
    // ratio's multiples have no pattern.
    let fraction = |at: usize| (at as f64 * 0.618_033_988_75).fract() - 0.35;
    let mut direction: Vec<Vec<f64>> = paths
        .iter()
        .map(|(_, shape)| (0..shape.iter().product()).map(|at| fraction(at + 1)).collect())
        .collect();
    let mut value = f64::NAN;
    for _ in 0..PRODUCTS {
        let length = direction.iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
        let arrays: Vec<Array> = direction
            .iter()
            .zip(&paths)
            .map(|(part, (_, shape))| {
                Array::f32(shape, part.iter().map(|x| (x / length) as f32).collect())
            })
            .collect();
        let mut feed = rows.feed().random(seed, 0);
        for (name, array) in inputs.iter().zip(&arrays) {
            feed = feed.input(name, array);
        }
        let products = program.read(&state, &feed)?;
        direction = products.iter().map(Array::to_f64).collect();
        let next = direction.iter().flatten().map(|x| x * x).sum::<f64>().sqrt();
        let settled = (next - value).abs() <= SETTLED * next;
        value = next;
        if settled {
            break;
        }
    }
    Ok(if is_summed(prepared) { value / rows.len().max(1) as f64 } else { value })
}
