//! The losses from the data and the first weights of another framework.
//!
//! The file holds `data.features`, `data.target` and the parameters, and says in its
//! metadata with which rates the other one has trained. Its layers are numbered for
//! each type in the order in which they are computed, those inside of blocks too:
//! `residual_1/conv2d_2` is the third convolution of a residual network, `conv2d_3`.

use super::workload::{Rates, Workload};
use ikhim_cpu::Runtime;
use ikhim_graph::{Array, Definition, Feed, Role, State};
use ikhim_run::{durable, read_tensors};
use ikhim_text::{Fault, Result};
use std::collections::HashMap;
use std::path::Path;

/// The numbers of updates after which the loss is given.
const UPDATES: [u64; 3] = [0, 1, 100];

/// The loss of all rows after 0, 1 and 100 updates. Dropout is off.
pub(super) fn losses(
    workload: &Workload,
    path: &Path,
    runtime: &Runtime,
) -> Result<Vec<(u64, f64)>> {
    let bytes = std::fs::read(path).map_err(|error| durable::fault(path, &error))?;
    let damaged = |found: String| {
        Fault::of("file.damaged").with("path", path.display()).with("found", found).file(path)
    };
    let (mut tensors, metadata) = read_tensors(&bytes)
        .map_err(|fault| damaged(fault.argument("found").unwrap_or_default().to_string()))?;
    let mut take = |name: &str| {
        tensors.remove(name).ok_or_else(|| damaged(format!("it has no tensor `{name}`")))
    };
    let (features, target) = (take("data.features")?, take("data.target")?);
    let rates = rates(workload, &metadata).map_err(damaged)?;
    let rows = features.shape().first().copied().unwrap_or(0);
    let feed = Feed::rows(rows).input("features", &features).input("target", &target);
    if !workload.is_trained {
        let program = workload.measure()?.on(runtime.clone());
        let loss = first(&program.run(&mut tensors, &feed)?);
        return Ok(UPDATES.map(|updates| (updates, loss)).to_vec());
    }
    let built = workload.build(&rates, 0.0)?;
    let program = built.program.on(runtime.clone());
    // The slots begin as always, the parameters as in the file.
    let mut state = built.initial;
    let parameters = parameters(&tensors, program.definition()).map_err(damaged)?;
    for (path, array) in parameters {
        state.set(path, array);
    }
    let rate = Array::f64(&[], vec![rates.learning_rate]);
    let feed = feed.input("learning_rate", &rate);
    let mut losses = Vec::new();
    for updates in 0..=UPDATES[UPDATES.len() - 1] {
        // The loss is that before the update.
        let loss = first(&program.run(&mut state, &feed)?);
        if UPDATES.contains(&updates) {
            losses.push((updates, loss));
        }
    }
    Ok(losses)
}

/// The parameters of a graph by the numbers that the file has for their layers.
fn parameters(
    tensors: &State,
    definition: &Definition,
) -> std::result::Result<Vec<(String, Array)>, String> {
    let mut layers: Vec<(&str, &str)> = Vec::new();
    let mut found = Vec::new();
    let variables = definition.variables().iter();
    for variable in variables.filter(|variable| variable.role == Role::Parameter) {
        let path = variable.path.as_str();
        let (layer, name) = path.rsplit_once('.').unwrap_or(("", path));
        let own = layer.rsplit('/').next().unwrap_or(layer);
        let kind = own.rsplit_once('_').map_or(own, |(kind, _)| kind);
        if !layers.contains(&(kind, layer)) {
            layers.push((kind, layer));
        }
        let alike = layers.iter().filter(|(other, _)| *other == kind);
        let number = alike.take_while(|(_, other)| *other != layer).count() + 1;
        let wanted = format!("{kind}_{number}.{name}");
        let array = tensors.get(&wanted).ok_or_else(|| format!("it has no tensor `{wanted}`"))?;
        found.push((path.to_string(), array.clone()));
    }
    match tensors.iter().count() == found.len() {
        true => Ok(found),
        false => Err(format!("it has tensors that {} parameters do not ask for", found.len())),
    }
}

fn first(fetched: &[Array]) -> f64 {
    fetched.first().and_then(|loss| loss.to_f64().first().copied()).unwrap_or(f64::NAN)
}

/// The rates of the file; the workload's own where it names none.
fn rates(
    workload: &Workload,
    metadata: &HashMap<String, String>,
) -> std::result::Result<Rates, String> {
    let own = Rates::of(workload);
    let read = |name: &str, own: f64| match metadata.get(name) {
        Some(text) => text.parse().map_err(|_| format!("its `{name}` is `{text}`, no number")),
        None => Ok(own),
    };
    Ok(Rates {
        learning_rate: read("learning_rate", own.learning_rate)?,
        beta_1: read("beta_1", own.beta_1)?,
        beta_2: read("beta_2", own.beta_2)?,
        epsilon: read("epsilon", own.epsilon)?,
    })
}
