//! Places in a worker's scratch memory for the values of a block of rows. What no
//! later instruction of the phase reads makes room for what they compute, so that
//! a block's values stay as near as they can.

use crate::compile::Schedule;
use crate::compile::lower::{Id, Kind};
use crate::compile::schedule::{Instruction, Phase, Storage};
use crate::compile::window::WindowOp;
use crate::memory::Places;

/// The places of a phase over rows, and its words, where each value has as many
/// words as told.
pub(super) fn places(
    schedule: &Schedule,
    phase: &Phase,
    words: impl Fn(Id) -> usize,
) -> (Vec<(Id, usize)>, usize) {
    let items = &schedule.lowered.items;
    let own: Vec<Vec<Id>> = phase.instructions.iter().map(Instruction::items).collect();
    let in_block = |id: Id| schedule.storage[id] == Storage::Block && items[id].is_by_row();
    // Where each value is computed, and where it is read for the last time.
    let mut lives: Vec<(Id, usize, usize)> = Vec::new();
    let mut place_of = vec![None; items.len()];
    for (at, ids) in own.iter().enumerate() {
        for id in ids {
            // The largest cells may come along with their places, wherever these
            // are computed.
            let along = matches!(items[*id].kind, Kind::Windows { op: WindowOp::Max(_), .. });
            if in_block(*id) {
                place_of[*id] = Some(lives.len());
                lives.push((*id, if along { 0 } else { at }, at));
            }
        }
        for input in ids.iter().flat_map(|id| items[*id].inputs()) {
            if let Some(live) = place_of[input] {
                lives[live].2 = at;
            }
        }
    }
    lives.sort_by_key(|(id, first, _)| (*first, *id));
    let mut room = Places::default();
    let mut held: Vec<(usize, usize, usize)> = Vec::new();
    let mut found = Vec::new();
    for (id, first, last) in lives {
        held.retain(|(last, place, words)| {
            let is_over = *last < first;
            if is_over {
                room.give_back(*place, *words);
            }
            !is_over
        });
        let words = words(id);
        let place = room.take(words);
        found.push((id, place));
        held.push((last, place, words));
    }
    (found, room.total())
}
