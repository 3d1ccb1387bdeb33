//! Phases over rows: the instructions that a worker takes a block of rows through.

use super::lower::{Id, Lowered, elements};
use super::schedule::{Instruction, is_map, reads_each, width_of};

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
        let found = (after.unwrap_or(0)..instructions.len()).find(|at| fits(*at));
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
