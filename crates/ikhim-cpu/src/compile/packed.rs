//! Packed forms of variables that hold from step to step: the tile that stores
//! new values brings them up to date.

use super::errand::is_copied;
use super::lower::{Id, Item, Kind, Lowered, Packed};
use super::schedule::{Instruction, Phase, Schedule};
use super::window::WindowOp;

/// The packed forms that a chain brings up to date as it stores their variable.
pub(crate) fn refreshed(schedule: &Schedule, chain: &[Id]) -> Vec<Id> {
    let items = &schedule.lowered.items;
    let stored = chain.iter().filter_map(|id| match items[*id].kind {
        Kind::Store { variable, .. } if !schedule.deferred.contains(&variable) => {
            Some((schedule.spots[*id]?.phase, variable))
        }
        _ => None,
    });
    let mut packs = Vec::new();
    for (now, stored) in stored {
        for pack in prepared(schedule) {
            let Kind::Pack(Packed { source, parts: 1, in_panels: true, .. }) = items[pack].kind
            else {
                continue;
            };
            let is_of = matches!(items[source].kind, Kind::Read(read) if read == stored);
            // Whoever reads the packed form must have done so.
            let is_read = || {
                items.iter().enumerate().any(|(user, item)| {
                    item.inputs().contains(&pack)
                        && schedule.spots[user].is_some_and(|spot| spot.phase >= now)
                })
            };
            if is_of && !is_read() {
                packs.push(pack);
            }
        }
    }
    packs
}

/// The packed forms that are made before the first step.
fn prepared(schedule: &Schedule) -> impl Iterator<Item = Id> {
    schedule.preparation.iter().flat_map(Instruction::items)
}

/// Whether an item is a packed form of a variable, so that it may hold from step
/// to step.
pub(super) fn may_hold(lowered: &Lowered, id: Id) -> bool {
    let is_read = |source: Id| matches!(lowered.items[source].kind, Kind::Read(_));
    // A fetched variable is read from a copy, which is not there before the step.
    source(&lowered.items, id).is_some_and(|source| is_read(source) && !is_copied(lowered, source))
}

/// What an item is a packed form of.
fn source(items: &[Item], id: Id) -> Option<Id> {
    match &items[id].kind {
        Kind::Pack(Packed { source, .. }) => Some(*source),
        Kind::Windows { op: WindowOp::SpreadKernel { .. }, inputs, .. } => Some(inputs[0].item),
        _ => None,
    }
}

/// The packed forms made before the first step of which a later step finds that
/// they do not hold.
pub(super) fn lost(schedule: &Schedule) -> Vec<Id> {
    let items = &schedule.lowered.items;
    let chains = schedule.phases.iter().flat_map(Phase::all);
    let kept: Vec<Id> = chains
        .flat_map(|instruction| match instruction {
            Instruction::Chain { items, .. } => refreshed(schedule, items),
            Instruction::One(_) => Vec::new(),
        })
        .collect();
    let is_stored = |variable: usize| {
        items
            .iter()
            .any(|item| matches!(item.kind, Kind::Store { variable: own, .. } if own == variable))
    };
    let holds = |pack: &Id| {
        let Some(source) = source(items, *pack) else { return false };
        let Kind::Read(variable) = items[source].kind else { return false };
        kept.contains(pack) || !is_stored(variable)
    };
    prepared(schedule).filter(|pack| !holds(pack)).collect()
}

/// The columns of a chain's matrices where it goes by whole rows of them.
pub(crate) fn columns_of_chain(schedule: &Schedule, chain: &[Id]) -> Option<usize> {
    let items = &schedule.lowered.items;
    let pack = refreshed(schedule, chain).first().copied()?;
    match items[pack].kind {
        Kind::Pack(Packed { transposed: false, columns, .. }) => Some(columns),
        Kind::Pack(Packed { inner, .. }) => Some(inner),
        _ => None,
    }
}
