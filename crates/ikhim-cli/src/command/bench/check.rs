//! The losses from the data and the first weights of another framework.
//!
//! The file holds `data.features`, `data.target` and the parameters by our
//! names, and says in its metadata with which rates the other one has trained.

use super::workload::{Rates, Workload};
use ikhim_cpu::Runtime;
use ikhim_graph::{Array, Feed, State};
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
    for (path, array) in parameters(&tensors) {
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

fn parameters(tensors: &State) -> Vec<(String, Array)> {
    tensors.iter().map(|(path, array)| (path.to_string(), array.clone())).collect()
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
