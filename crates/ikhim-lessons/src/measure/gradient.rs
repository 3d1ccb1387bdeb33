//! Slopes by back-propagation, by differences and by hand.

use super::largest;
use ikhim_data::EncodedTarget;
use ikhim_graph::{Array, Data, Definition, Precision, Role, State};
use ikhim_run::{Program, Rows};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::sync::Arc;

/// The slopes of the objective on all train rows by every parameter, in f64.
#[derive(Debug)]
pub(crate) struct Slopes {
    values: Vec<(String, Vec<f64>)>,
}

/// The step of an experiment in f64, for reading slopes.
pub(crate) struct Reader {
    program: Program,
    rows: Rows,
    pub(crate) paths: Vec<String>,
    pub(crate) state: State,
}

impl Reader {
    pub(crate) fn new(prepared: &Prepared, seed: Option<u64>) -> Result<Reader> {
        let definition = Arc::new(prepared.step()?);
        let paths = parameters(&definition);
        let names: Vec<String> = ["objective".to_string()]
            .into_iter()
            .chain(paths.iter().map(|p| format!("{p}.grad")))
            .collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let seed = seed.unwrap_or(prepared.experiment.seed);
        let state = in_double(&State::initial(&definition, seed));
        Ok(Reader {
            program: Program::reading(definition, &names, Precision::F64)?,
            rows: Rows::whole(prepared.data.train().encoded().clone()),
            paths,
            state,
        })
    }

    /// The objective and the slopes by each parameter.
    pub(crate) fn read(&self, state: &State) -> Result<(f64, Vec<Vec<f64>>)> {
        let rate = Array::f64(&[], vec![0.0]);
        let feed = self.rows.feed().input("learning_rate", &rate);
        let mut values = self.program.read(state, &feed)?.into_iter().map(|array| array.to_f64());
        let objective = values.next().and_then(|value| value.first().copied()).unwrap_or(f64::NAN);
        Ok((objective, values.collect()))
    }
}

/// The paths of the parameters that learn.
fn parameters(definition: &Definition) -> Vec<String> {
    let outputs = definition.outputs();
    let variables = definition.variables().iter();
    let parameters = variables.filter(|variable| variable.role == Role::Parameter);
    let trained = parameters.filter(|v| outputs.contains_key(&format!("{}.grad", v.path)));
    trained.map(|variable| variable.path.clone()).collect()
}

/// A state with every real number in f64.
pub(super) fn in_double(state: &State) -> State {
    let wide = |array: &Array| match array.data() {
        Data::F32(_) => Array::f64(array.shape(), array.to_f64()),
        _ => array.clone(),
    };
    state.iter().map(|(path, array)| (path.to_string(), wide(array))).collect()
}

/// The kernels among paths, in the order in which the layers follow each other.
pub(crate) fn kernels(paths: &[String]) -> Vec<&String> {
    paths.iter().filter(|path| path.ends_with(".kernel")).collect()
}

impl Slopes {
    pub(crate) fn of(prepared: &Prepared, seed: Option<u64>) -> Result<Slopes> {
        let reader = Reader::new(prepared, seed)?;
        let (_, slopes) = reader.read(&reader.state)?;
        Ok(Slopes { values: reader.paths.into_iter().zip(slopes).collect() })
    }

    pub(crate) fn get(&self, path: &str) -> Option<&Vec<f64>> {
        self.values.iter().find(|(known, _)| known == path).map(|(_, values)| values)
    }

    /// The paths, in the order of the network.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.values.iter().map(|(path, _)| path.clone()).collect()
    }
}

pub(crate) fn norm(values: &[f64]) -> f64 {
    values.iter().map(|value| value * value).sum::<f64>().sqrt()
}

fn turned(slopes: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    slopes.into_iter().map(|slopes| slopes.into_iter().map(|slope| -slope).collect()).collect()
}

/// The norm of the slopes of the first kernel over that of the last.
pub(super) fn ratio(prepared: &Prepared, seed: Option<u64>) -> Result<f64> {
    let reader = Reader::new(prepared, seed)?;
    let (_, slopes) = reader.read(&reader.state)?;
    let norms: Vec<f64> = reader
        .paths
        .iter()
        .zip(&slopes)
        .filter(|(path, _)| path.ends_with(".kernel"))
        .map(|(_, slopes)| norm(slopes))
        .collect();
    Ok(norms.first().zip(norms.last()).map_or(f64::NAN, |(first, last)| first / last))
}

/// The largest difference between slopes and central differences, relative to
/// the largest slope.
pub(super) fn error(prepared: &Prepared, seed: Option<u64>, flip: bool) -> Result<f64> {
    const H: f64 = 1e-5;
    let reader = Reader::new(prepared, seed)?;
    let (_, slopes) = reader.read(&reader.state)?;
    let slopes = if flip { turned(slopes) } else { slopes };
    let scale = largest(slopes.iter().flatten().map(|slope| slope.abs()));
    let mut gaps = Vec::new();
    for (path, slopes) in reader.paths.iter().zip(&slopes) {
        for (index, slope) in slopes.iter().enumerate() {
            let moved = |by: f64| -> Result<f64> {
                let mut state = reader.state.clone();
                if let Some(Data::F64(values)) = state.get_mut(path).map(Array::data_mut) {
                    values[index] += by;
                }
                Ok(reader.read(&state)?.0)
            };
            let difference = (moved(H)? - moved(-H)?) / (2.0 * H);
            gaps.push((difference - slope).abs());
        }
    }
    Ok(largest(gaps) / scale)
}

/// The chain rule written out for sigmoid layers under a binary cross-entropy
/// on probabilities: `δ = (h − y)/m` at the end, `δ ← (δ Wᵀ) ⊙ h (1 − h)` below,
/// `∂W = hᵀ δ`; compared with back-propagation, layer by layer. `None` of what is
/// no chain of dense layers from a table to one unit for two classes.
pub(super) fn by_hand(prepared: &Prepared, seed: Option<u64>, flip: bool) -> Result<Option<f64>> {
    let reader = Reader::new(prepared, seed)?;
    let (_, slopes) = reader.read(&reader.state)?;
    let slopes = if flip { turned(slopes) } else { slopes };
    let encoded = prepared.data.train().encoded();
    let features = encoded.input("features").and_then(|input| input.values.as_f32());
    let (Some(features), EncodedTarget::Class(labels)) = (features, &encoded.target) else {
        return Ok(None);
    };
    let mut layer: Vec<f64> = features.iter().map(|value| f64::from(*value)).collect();
    let labels: Vec<f64> = labels.iter().map(|label| f64::from(*label)).collect();
    let rows = encoded.rows;
    let mut weights = Vec::new();
    let mut values = vec![layer.clone()];
    for path in kernels(&reader.paths) {
        let (Some(kernel), Some(bias)) =
            (reader.state.get(path), reader.state.get(&path.replace(".kernel", ".bias")))
        else {
            return Ok(None);
        };
        let &[inputs, units] = kernel.shape() else { return Ok(None) };
        if layer.len() != rows * inputs || bias.len() != units {
            return Ok(None);
        }
        let (kernel, bias) = (kernel.to_f64(), bias.to_f64());
        let mut next = vec![0.0; rows * units];
        for row in 0..rows {
            for unit in 0..units {
                let sum: f64 =
                    (0..inputs).map(|i| layer[row * inputs + i] * kernel[i * units + unit]).sum();
                next[row * units + unit] = 1.0 / (1.0 + (-sum - bias[unit]).exp());
            }
        }
        weights.push((path, kernel, inputs, units));
        layer = next;
        values.push(layer.clone());
    }
    // One unit at the end has one number a row, as the labels have.
    if weights.is_empty() || layer.len() != labels.len() {
        return Ok(None);
    }
    let mut delta: Vec<f64> =
        layer.iter().zip(&labels).map(|(h, y)| (h - y) / rows as f64).collect();
    let mut gaps = Vec::new();
    for (place, (path, kernel, inputs, units)) in weights.iter().enumerate().rev() {
        let below = &values[place];
        let mut by_hand = vec![0.0; inputs * units];
        let mut back = vec![0.0; rows * inputs];
        for row in 0..rows {
            for i in 0..*inputs {
                let h = below[row * inputs + i];
                for unit in 0..*units {
                    by_hand[i * units + unit] += h * delta[row * units + unit];
                    back[row * inputs + i] += delta[row * units + unit] * kernel[i * units + unit];
                }
                back[row * inputs + i] *= h * (1.0 - h);
            }
        }
        let own = reader.paths.iter().position(|known| known == *path).map(|at| &slopes[at]);
        let own = own.cloned().unwrap_or_default();
        let size = norm(&by_hand);
        let gap: Vec<f64> = own.iter().zip(&by_hand).map(|(a, b)| a - b).collect();
        gaps.push(norm(&gap) / size);
        delta = back;
    }
    Ok(Some(largest(gaps)))
}
