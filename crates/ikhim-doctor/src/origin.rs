//! The first op that gave a number that is not finite, by replaying the step.

use crate::rule::say;
use ikhim_cpu::Runtime;
use ikhim_graph::Data;
use ikhim_run::{Finding, Rows, RunFolder, Severity};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use ikhim_train::{TraceRow, rewind, trace};

/// Adds to a finding about a number that is not finite where it was made first:
/// the step is replayed exactly, and its values are looked through in the order
/// in which they were computed, forward and then backward.
///
/// # Errors
/// A run whose checkpoints are gone.
pub fn name_origin(
    finding: &mut Finding,
    folder: &RunFolder,
    prepared: &Prepared,
    runtime: &Runtime,
) -> Result<()> {
    let step = finding.steps.0;
    let moment = rewind(folder, prepared, Some(step), runtime)?;
    let rows = Rows::of(prepared.data.train().encoded(), &moment.batch);
    let table = trace(prepared, &moment.state, &rows, moment.control.seed, step, runtime)?;
    let Some((row, is_forward)) = first(&table) else { return Ok(()) };
    let what = row.equation.clone().unwrap_or_else(|| row.name.clone());
    finding.evidence.push(match is_forward {
        true => say!(
            "the first value that is not finite is `{name}` = {what}",
            "처음으로 유한하지 않은 값은 `{name}` = {what}입니다",
            name = row.name,
            what = what
        ),
        false => say!(
            "all values are finite; the first slope that is not is that of `{name}` = {what}",
            "값은 모두 유한하고, 처음으로 유한하지 않은 기울기는 `{name}` = {what}의 것입니다",
            name = row.name,
            what = what
        ),
    });
    if !row.layer.is_empty() {
        finding.place = row.layer.clone();
    }
    finding.severity = Severity::Error;
    Ok(())
}

/// The first value of the forward pass that is not finite; where all are, the
/// first slope on the way back.
fn first(table: &[TraceRow]) -> Option<(&TraceRow, bool)> {
    let forward = table.iter().find(|row| !is_finite(row.value.data()));
    let backward = || {
        table.iter().rev().find(|row| row.slope.as_ref().is_some_and(|it| !is_finite(it.data())))
    };
    forward.map(|row| (row, true)).or_else(|| backward().map(|row| (row, false)))
}

fn is_finite(data: &Data) -> bool {
    match data {
        Data::F32(values) => values.iter().all(|value| value.is_finite()),
        Data::F64(values) => values.iter().all(|value| value.is_finite()),
        _ => true,
    }
}
