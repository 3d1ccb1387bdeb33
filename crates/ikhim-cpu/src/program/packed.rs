//! Packed forms of variables that hold from step to step: the tile that stores
//! new values brings them up to date.

use crate::compile::Schedule;
use crate::compile::lower::{Id, Kind, Packed};
use crate::compile::schedule::{Instruction, Storage};

/// The packed forms that a chain brings up to date as it stores their variable.
pub(super) fn refreshed(schedule: &Schedule, chain: &[Id]) -> Vec<Id> {
    let items = &schedule.lowered.items;
    let phase_of = |id: Id| {
        let holds = |instruction: &Instruction| instruction.items().contains(&id);
        schedule.phases.iter().position(|phase| phase.instructions.iter().any(holds))
    };
    let stored: Vec<(Id, usize)> = chain
        .iter()
        .filter_map(|id| match items[*id].kind {
            Kind::Store { variable, .. } if !schedule.deferred.contains(&variable) => {
                Some((*id, variable))
            }
            _ => None,
        })
        .collect();
    // A fetched variable is read from a copy that the step leaves as it was.
    let in_state = |source: Id| schedule.storage[source] == Storage::State;
    let of = |variable: usize| {
        items.iter().enumerate().filter_map(move |(id, item)| match item.kind {
            Kind::Pack(Packed { source, parts: 1, in_panels: true, .. })
                if in_state(source)
                    && matches!(items[source].kind, Kind::Read(read) if read == variable) =>
            {
                Some(id)
            }
            _ => None,
        })
    };
    let mut packs = Vec::new();
    for (store, variable) in stored {
        let now = phase_of(store);
        for pack in of(variable).filter(|pack| phase_of(*pack).is_some()) {
            // Whoever reads the packed form must have done so.
            let is_read = items.iter().enumerate().any(|(user, item)| {
                item.inputs().contains(&pack) && phase_of(user).is_some_and(|at| Some(at) >= now)
            });
            if !is_read {
                packs.push(pack);
            }
        }
    }
    packs
}

/// Whether a packed form holds from one step to the next.
pub(super) fn is_kept(schedule: &Schedule, pack: Id) -> bool {
    let items = &schedule.lowered.items;
    let Kind::Pack(Packed { source, .. }) = items[pack].kind else { return false };
    let Kind::Read(variable) = items[source].kind else { return false };
    let is_stored = items
        .iter()
        .any(|item| matches!(item.kind, Kind::Store { variable: own, .. } if own == variable));
    let chains = schedule.phases.iter().flat_map(|phase| &phase.instructions);
    let is_refreshed = chains.into_iter().any(|instruction| match instruction {
        Instruction::Chain { items, .. } => refreshed(schedule, items).contains(&pack),
        Instruction::One(_) => false,
    });
    !is_stored || is_refreshed
}

/// The columns of a chain's matrices where it goes by whole rows of them.
pub(super) fn columns_of_chain(schedule: &Schedule, chain: &[Id]) -> Option<usize> {
    let items = &schedule.lowered.items;
    let pack = refreshed(schedule, chain).first().copied()?;
    match items[pack].kind {
        Kind::Pack(Packed { transposed: false, columns, .. }) => Some(columns),
        Kind::Pack(Packed { inner, .. }) => Some(inner),
        _ => None,
    }
}
