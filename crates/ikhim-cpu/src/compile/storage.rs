//! Where values are kept, and which variables change only when a step is over.

use super::errand::{is_copied, is_read_anew};
use super::lower::{Id, Item, Kind, Lowered, Reading, elements};
use super::schedule::{
    Errand, Instruction, Phase, Schedule, Spot, Storage, is_map, is_single, last_that_fails, spots,
};
use ikhim_graph::DType;
use std::collections::BTreeSet;

/// Where each value is kept.
pub(super) fn storage(lowered: &Lowered, phases: &[Phase], spots: &[Option<Spot>]) -> Vec<Storage> {
    let items = &lowered.items;
    let instruction = |spot: Spot| phases[spot.phase].at(spot);
    let mut storage: Vec<Storage> = items
        .iter()
        .enumerate()
        .map(|(id, item)| match (&item.kind, spots[id]) {
            (Kind::Read(_), _) if is_copied(lowered, id) => Storage::Whole,
            (Kind::Read(_), _) => Storage::State,
            (_, None) => Storage::Whole,
            (Kind::Map { .. }, _) => Storage::Register,
            (_, Some(spot)) if spot.by_row => match item.kind {
                Kind::Panels { .. }
                | Kind::RowsProductOfBlocks { .. }
                | Kind::FoldRowsOfBlocks { .. } => Storage::Whole,
                _ => Storage::Block,
            },
            (_, Some(spot)) => match instruction(spot) {
                Some(Instruction::Chain { head, .. }) if *head == Some(id) => Storage::Block,
                _ => Storage::Whole,
            },
        })
        .collect();
    let raise = |storage: &mut Storage, to: Storage| {
        *storage = match (*storage, to) {
            (Storage::Register, to) => to,
            (Storage::Block, Storage::Whole) => Storage::Whole,
            (own, _) => own,
        };
    };
    for (user, item) in items.iter().enumerate() {
        let Some(at) = spots[user] else { continue };
        for input in item.inputs() {
            let Some(from) = spots[input] else { continue };
            let is_chain = matches!(instruction(at), Some(Instruction::Chain { .. }));
            if from == at && (is_map(item) || is_chain) {
                continue;
            }
            let near = from.phase == at.phase && from.by_row && at.by_row;
            raise(&mut storage[input], if near { Storage::Block } else { Storage::Whole });
        }
    }
    for view in &lowered.fetches {
        storage[view.item] = Storage::Whole;
    }
    storage
}

/// The value in whose place the result of an elementwise op over rows may lie, once no
/// later phase needs it: only the op's chain reads it, element by element, and nothing
/// of the chain does so behind the op.
pub(crate) fn taken_over(schedule: &Schedule, id: Id) -> Option<Id> {
    let items = &schedule.lowered.items;
    let spot = schedule.spots[id].filter(|spot| spot.by_row)?;
    let Kind::Map { operands, .. } = &items[id].kind else { return None };
    let Some(Instruction::Chain { items: chain, .. }) = schedule.phases[spot.phase].at(spot) else {
        return None;
    };
    let later = chain.iter().skip_while(|other| **other != id).skip(1);
    let later: BTreeSet<Id> = later.flat_map(|other| items[*other].inputs()).collect();
    let is_alone = |input: Id| {
        let users = items.iter().enumerate().filter(|(_, user)| user.inputs().contains(&input));
        users
            .filter_map(|(user, _)| schedule.spots[user])
            .all(|user| user.phase < spot.phase || user == spot)
    };
    let may = |input: Id| {
        schedule.storage[input] == Storage::Whole
            && items[input].is_by_row()
            && schedule.spots[input].is_some_and(|from| from.phase < spot.phase)
            && elements(&items[input].shape) == elements(&items[id].shape)
            && !later.contains(&input)
            && is_alone(input)
    };
    let inputs = operands.iter().filter(|(_, reading)| *reading == Reading::Each);
    inputs.map(|(input, _)| *input).find(|input| may(*input))
}

/// Where a variable is read before it may change.
fn readers(lowered: &Lowered, spots: &[Option<Spot>], variable: usize) -> Vec<(Id, Spot)> {
    let is_read = |item: &Item| matches!(item.kind, Kind::Read(read) if read == variable);
    let found = lowered.items.iter().enumerate().filter(|(id, item)| {
        let reads = |input: &Id| is_read(&lowered.items[*input]) && !is_read_anew(lowered, *input);
        is_read(item) && is_read_anew(lowered, *id) || item.inputs().iter().any(reads)
    });
    found.filter_map(|(id, _)| Some((id, spots[id]?))).collect()
}

/// The variables that must not change while the step is under way: because
/// someone still reads the old value, or because the step may yet fail.
pub(super) fn deferred(
    lowered: &Lowered,
    phases: &[Phase],
    spots: &[Option<Spot>],
) -> BTreeSet<usize> {
    let items = &lowered.items;
    let last_that_fails = last_that_fails(items, phases);
    let mut deferred = BTreeSet::new();
    for (id, item) in items.iter().enumerate() {
        let (Kind::Store { variable, .. }, Some(at)) = (&item.kind, spots[id]) else { continue };
        let may_fail = last_that_fails.is_some_and(|last| last >= at.phase);
        let readers = readers(lowered, spots, *variable);
        let still_read = readers.iter().any(|(_, spot)| spot.phase >= at.phase && *spot != at);
        // In the chain itself, an element is read before it is written only
        // where it is read in its own place.
        let moved = readers.iter().any(|(user, spot)| {
            *spot == at
                && match &items[*user].kind {
                    Kind::Map { operands, .. } => operands.iter().any(|(input, reading)| {
                        matches!(&items[*input].kind, Kind::Read(read) if read == variable)
                            && !matches!(reading, Reading::Each)
                    }),
                    _ => true,
                }
        });
        if is_single(item) || may_fail || still_read || moved || item.dtype == DType::Bool {
            deferred.insert(*variable);
        }
    }
    deferred
}

/// Brings the new values that were kept aside into the state: as an errand of a
/// phase in which nobody reads the old ones and nothing can fail any more, or in
/// a phase of its own.
pub(super) fn keep_deferred(schedule: &mut Schedule) {
    let last_that_fails = schedule.last_that_fails();
    let Schedule { lowered, phases, deferred, spots: known, .. } = schedule;
    let mut last = Phase::new(false, Vec::new());
    for (id, item) in lowered.items.iter().enumerate() {
        let (Kind::Store { variable, .. }, Some(at)) = (&item.kind, known[id]) else { continue };
        if !deferred.contains(variable) {
            continue;
        }
        // Errands of a phase follow one another.
        let is_errand = |spot: Spot| spot.within >= phases[spot.phase].instructions.len();
        let after = |spot: Spot| spot.phase + usize::from(!is_errand(spot));
        let readers = readers(lowered, known, *variable);
        let first = readers.into_iter().map(|(_, spot)| after(spot)).chain([after(at)]);
        let first = first.chain(last_that_fails.map(|phase| phase + 1)).max().unwrap_or(0);
        let phase = phases.get_mut(first).unwrap_or(&mut last);
        phase.errands.push(Errand::Keep(id));
    }
    if !last.errands.is_empty() {
        phases.push(last);
    }
    *known = spots(lowered.items.len(), phases);
}
