//! Phases over rows: the instructions that a worker takes a block of rows through.

use super::lower::{Id, Kind, Lowered, elements};
use super::schedule::{
    IMAGE_WORDS, Instruction, Phase, SHARED_WORDS, WEIGHT_WORDS, is_map, reads_each, width_of,
};

pub(super) fn row_instructions(lowered: &Lowered, members: &[Id]) -> Vec<Instruction> {
    let items = &lowered.items;
    let mut instructions: Vec<Instruction> = Vec::new();
    let mut place = vec![None; items.len()];
    for &id in members {
        let item = &items[id];
        let after = item.inputs().into_iter().filter_map(|input| place[input]).max();
        if !is_map(item) {
            place[id] = Some(instructions.len());
            instructions.push(Instruction::One(id));
            continue;
        }
        let own = (elements(&item.shape), width_of(item));
        let fits = |at: usize| match &instructions[at] {
            Instruction::Chain { items: chain, width, .. } => {
                let inside = |input: &Id| place[*input] == Some(at);
                elements(&items[chain[0]].shape) == own.0
                    && (own.1 == 0 || *width == 0 || *width == own.1)
                    && item.inputs().iter().filter(|i| inside(i)).all(|i| reads_each(item, *i))
            }
            Instruction::One(_) => false,
        };
        // A value that is computed again stands beside the op that needs it.
        let from = match lowered.earliest.contains_key(&id) {
            true => instructions.len().saturating_sub(1),
            false => 0,
        };
        let found = (after.unwrap_or(0).max(from)..instructions.len()).find(|at| fits(*at));
        match found {
            Some(at) => {
                place[id] = Some(at);
                if let Instruction::Chain { items: chain, width, .. } = &mut instructions[at] {
                    chain.push(id);
                    *width = (*width).max(own.1);
                }
            }
            None => {
                place[id] = Some(instructions.len());
                instructions.push(Instruction::Chain { head: None, items: vec![id], width: own.1 });
            }
        }
    }
    instructions
}

/// Instructions over rows in parts that want blocks of different sizes. Rows of
/// images fill the second cache alone; the weights of a heavy product do not fit
/// it, and should pass few times.
pub(super) fn parts(lowered: &Lowered, instructions: Vec<Instruction>) -> Vec<Vec<Instruction>> {
    let items = &lowered.items;
    let words = |one: &Instruction| -> usize {
        one.items().iter().map(|id| elements(&items[*id].shape)).sum()
    };
    let is_heavy = |one: &Instruction| match one {
        Instruction::One(id) => matches!(
            items[*id].kind,
            Kind::Product { inner, columns, .. } if inner * columns > WEIGHT_WORDS
        ),
        Instruction::Chain { .. } => false,
    };
    let first = instructions.iter().position(is_heavy);
    let last = instructions.iter().rposition(is_heavy);
    let mut parts = vec![instructions];
    if let (Some(first), Some(last)) = (first, last) {
        let after = parts[0].split_off(last + 1);
        let heavy = parts[0].split_off(first);
        parts.extend([heavy, after]);
        let around = parts[0].iter().chain(&parts[2]).map(words).sum::<usize>();
        if around < IMAGE_WORDS {
            parts = vec![parts.into_iter().flatten().collect()];
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The phases of a part: products whose weights fill a cache alone are cut in tiles
/// that all workers take, and blocks of rows go through what lies between them.
pub(super) fn shared_products(lowered: &Lowered, part: Vec<Instruction>) -> Vec<Phase> {
    let is_shared = |one: &Instruction| match one {
        Instruction::One(id) => matches!(
            lowered.items[*id].kind,
            Kind::Product { inner, columns, .. } if inner * columns >= SHARED_WORDS
        ),
        Instruction::Chain { .. } => false,
    };
    let mut phases: Vec<Phase> = Vec::new();
    for instruction in part {
        let by_row = !is_shared(&instruction);
        match phases.last_mut().filter(|last| by_row && last.by_row) {
            Some(last) => last.instructions.push(instruction),
            None => phases.push(Phase::new(by_row, vec![instruction])),
        }
    }
    phases
}
