//! From a graph to a schedule: [`lower`], [`layout`], [`schedule`]. What the
//! number of rows decides comes later, when a program is bound to it.

mod by_row;
mod elementwise;
pub(crate) mod errand;
mod flat_phase;
mod item;
pub(crate) mod layout;
pub(crate) mod lower;
pub(crate) mod packed;
mod row_phase;
pub(crate) mod row_tape;
pub(crate) mod schedule;
mod storage;
pub(crate) mod window;

pub(crate) use schedule::Schedule;

use ikhim_graph::{Definition, NodeId};

/// Compiles what the fetches, and the updates if wanted, need.
pub(crate) fn compile(definition: &Definition, fetches: &[NodeId], updates: bool) -> Schedule {
    let (lowered, tall) = layout::lay_out(lower::lower(definition, fetches, updates));
    schedule::schedule(lowered, tall)
}
