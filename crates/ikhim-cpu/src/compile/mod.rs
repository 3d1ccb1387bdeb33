//! From a graph to a schedule: [`lower`], [`layout`], [`schedule`]. What the
//! number of rows decides comes later, when a program is bound to it.

mod again;
mod by_row;
mod centered;
mod elementwise;
pub(crate) mod errand;
mod flat_phase;
mod item;
pub(crate) mod layout;
pub(crate) mod lower;
pub(crate) mod packed;
pub(crate) mod recurrence;
mod row_phase;
pub(crate) mod row_tape;
pub(crate) mod schedule;
pub(crate) mod storage;
mod unpool;
pub(crate) mod window;

pub(crate) use schedule::Schedule;

use ikhim_graph::{Definition, NodeId};
use lower::{Kind, Space};

/// Compiles for few rows, where workers share the work of a row: nothing goes by
/// rows. `None` where sums over rows go by blocks, or there are no images.
pub(crate) fn compile_by_tiles(definition: &Definition, fetches: &[NodeId]) -> Option<Schedule> {
    let (mut lowered, tall) = layout::lay_out(lower::lower(definition, fetches, false));
    let has_images = lowered.items.iter().any(|item| matches!(item.kind, Kind::Windows { .. }));
    if tall || !has_images {
        return None;
    }
    for item in &mut lowered.items {
        match &mut item.kind {
            Kind::Panels { .. } => return None,
            Kind::Loops { by_row, .. } | Kind::Windows { by_row, .. } => *by_row = false,
            _ => {}
        }
        if item.space == Space::Rows {
            item.space = Space::Whole;
        }
    }
    Some(schedule::schedule(lowered, false))
}

/// Compiles what the fetches, and the updates if wanted, need.
pub(crate) fn compile(definition: &Definition, fetches: &[NodeId], updates: bool) -> Schedule {
    let (lowered, tall) = layout::lay_out(lower::lower(definition, fetches, updates));
    schedule::schedule(lowered, tall)
}
