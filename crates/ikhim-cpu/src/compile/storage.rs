//! Where values are kept, and which variables change only when a step is over.

use super::lower::{Kind, Lowered, Reading, elements};
use super::schedule::{Instruction, Phase, Storage, is_map, last_that_fails};
use std::collections::BTreeSet;

/// Where each value is kept.
pub(super) fn storage(lowered: &Lowered, phases: &[Phase]) -> Vec<Storage> {
    let items = &lowered.items;
    let mut place: Vec<Option<(usize, usize)>> = vec![None; items.len()];
    for (at, phase) in phases.iter().enumerate() {
        for (within, instruction) in phase.instructions.iter().enumerate() {
            for id in instruction.items() {
                place[id] = Some((at, within));
            }
        }
    }
    let mut storage: Vec<Storage> = items
        .iter()
        .enumerate()
        .map(|(id, item)| match (&item.kind, place[id]) {
            (Kind::Read(_), _)
                if elements(&item.shape) > 1 && item.dtype != ikhim_graph::DType::Bool =>
            {
                Storage::State
            }
            (_, None) => Storage::Whole,
            (_, Some((phase, _))) if phases[phase].by_row => match item.kind {
                Kind::Map { .. } => Storage::Register,
                Kind::Panels { .. }
                | Kind::RowsProductOfBlocks { .. }
                | Kind::FoldRowsOfBlocks { .. } => Storage::Whole,
                _ => Storage::Block,
            },
            (Kind::Map { .. }, _) => Storage::Register,
            (_, Some((phase, within))) => match &phases[phase].instructions[within] {
                Instruction::Chain { head, .. } if *head == Some(id) => Storage::Block,
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
        let Some(at) = place[user] else { continue };
        for input in item.inputs() {
            let Some(from) = place[input] else { continue };
            if from == at
                && (is_map(item)
                    || matches!(phases[at.0].instructions[at.1], Instruction::Chain { .. }))
            {
                continue;
            }
            let near = from.0 == at.0 && phases[at.0].by_row;
            raise(&mut storage[input], if near { Storage::Block } else { Storage::Whole });
        }
    }
    for view in &lowered.fetches {
        // A variable too: its value before the step is fetched.
        storage[view.item] = Storage::Whole;
    }
    storage
}

/// The variables that must not change while the step is under way: because
/// someone still reads the old value, or because the step may yet fail.
pub(super) fn deferred(lowered: &Lowered, phases: &[Phase]) -> BTreeSet<usize> {
    let items = &lowered.items;
    let mut place: Vec<Option<(usize, usize)>> = vec![None; items.len()];
    let last_that_fails = last_that_fails(items, phases);
    for (at, phase) in phases.iter().enumerate() {
        for (within, instruction) in phase.instructions.iter().enumerate() {
            for id in instruction.items() {
                place[id] = Some((at, within));
            }
        }
    }
    let mut deferred = BTreeSet::new();
    for (id, item) in items.iter().enumerate() {
        let (Kind::Store { variable, .. }, Some(at)) = (&item.kind, place[id]) else { continue };
        let reads = |user: &Item| {
            user.inputs()
                .iter()
                .any(|input| matches!(&items[*input].kind, Kind::Read(read) if read == variable))
        };
        let single = elements(&item.shape) == 1;
        let may_fail = last_that_fails.is_some_and(|last| last >= at.0);
        let still_read = items
            .iter()
            .enumerate()
            .filter(|(_, user)| reads(user))
            .any(|(user, _)| place[user].is_some_and(|place| place.0 >= at.0 && place != at));
        // In the chain itself, an element is read before it is written only
        // where it is read in its own place.
        let moved = items.iter().enumerate().any(|(user, other)| {
            place[user] == Some(at)
                && reads(other)
                && match &other.kind {
                    Kind::Map { operands, .. } => operands.iter().any(|(input, reading)| {
                        matches!(&items[*input].kind, Kind::Read(read) if read == variable)
                            && !matches!(reading, Reading::Each)
                    }),
                    _ => true,
                }
        });
        let other_dtype = item.dtype == ikhim_graph::DType::Bool;
        if single || may_fail || still_read || moved || other_dtype {
            deferred.insert(*variable);
        }
    }
    deferred
}
