//! The order of work: phases over rows and phases over everything else.
//!
//! In a phase over rows, a worker takes a block of rows through all
//! instructions. In the others, instructions do not depend on each other and
//! are cut into tiles. Between two phases the workers wait for each other.

use super::lower::{Id, Item, Kind, Lowered, Reading, Space, elements};
use ikhim_graph::Dim;
use std::collections::BTreeSet;

/// What a worker does in one go.
#[derive(Debug, Clone)]
pub(crate) enum Instruction {
    /// Elementwise ops over the same elements, behind the product or sum over
    /// rows that feeds them.
    Chain { head: Option<Id>, items: Vec<Id>, width: usize },
    /// Any other item.
    One(Id),
}

/// Instructions between two points where workers wait for each other.
#[derive(Debug, Clone)]
pub(crate) struct Phase {
    /// Whether blocks of rows go through all instructions in order; else the
    /// instructions do not depend on each other.
    pub(crate) by_row: bool,
    pub(crate) instructions: Vec<Instruction>,
}

/// Where a value is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Storage {
    /// Nowhere: it exists only while a chunk of its chain is computed.
    Register,
    /// In the scratch memory of a worker, for the rows of a block or a tile.
    Block,
    /// In the program's memory.
    Whole,
    /// In the state.
    State,
}

/// A scheduled graph.
#[derive(Debug)]
pub(crate) struct Schedule {
    pub(crate) lowered: Lowered,
    pub(crate) phases: Vec<Phase>,
    pub(crate) storage: Vec<Storage>,
    /// Whether blocks of rows are whole leaves.
    pub(crate) tall: bool,
    /// Variables whose new value is kept aside until the step has succeeded.
    pub(crate) deferred: BTreeSet<usize>,
}

impl Instruction {
    /// The items that it computes.
    pub(crate) fn items(&self) -> Vec<Id> {
        match self {
            Instruction::Chain { head, items, .. } => head.iter().chain(items).copied().collect(),
            Instruction::One(id) => vec![*id],
        }
    }
}

/// Whether an item is an elementwise op.
fn is_map(item: &Item) -> bool {
    matches!(item.kind, Kind::Map { .. } | Kind::Store { .. })
}

/// Whether a chain can follow the item tile by tile.
fn is_head(item: &Item) -> bool {
    matches!(item.kind, Kind::RowsProduct { .. } | Kind::FoldRows { .. })
        && elements(&item.shape) > 1
}

/// Schedules a graph.
pub(crate) fn schedule(lowered: Lowered, tall: bool) -> Schedule {
    let stages = stages(&lowered);
    let last = stages.iter().flatten().copied().max().unwrap_or(0);
    let mut phases = Vec::new();
    for stage in 0..=last {
        let members: Vec<Id> =
            (0..lowered.items.len()).filter(|id| stages[*id] == Some(stage)).collect();
        if stage % 2 == 1 {
            let instructions = row_instructions(&lowered, &members);
            if !instructions.is_empty() {
                phases.push(Phase { by_row: true, instructions });
            }
        } else {
            phases.extend(flat_phases(&lowered, &members));
        }
    }
    let storage = storage(&lowered, &phases);
    let deferred = deferred(&lowered, &phases);
    Schedule { lowered, phases, storage, tall, deferred }
}

/// The stage of each item: even ones work on everything, odd ones on rows.
/// Given values are there from the start.
fn stages(lowered: &Lowered) -> Vec<Option<usize>> {
    let items = &lowered.items;
    let mut needed = vec![false; items.len()];
    let mut stack: Vec<Id> = lowered.fetches.iter().map(|view| view.item).collect();
    stack.extend((0..items.len()).filter(|id| matches!(items[*id].kind, Kind::Store { .. })));
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut needed[id], true) {
            stack.extend(items[id].inputs());
        }
    }
    let mut stages: Vec<Option<usize>> = vec![None; items.len()];
    for id in 0..items.len() {
        let item = &items[id];
        if !needed[id] || is_given(item) {
            continue;
        }
        let by_row = item.is_by_row();
        let from = item.inputs().into_iter().filter_map(|input| stages[input]);
        let stage = from
            .map(|stage| match (stage % 2 == 1, by_row) {
                (true, true) | (false, false) => stage,
                _ => stage + 1,
            })
            .max();
        stages[id] = Some(stage.unwrap_or(0).max(usize::from(by_row)));
    }
    // An elementwise op over a whole variable waits for the op that needs it, so
    // that both are one pass.
    for id in (0..items.len()).rev() {
        let item = &items[id];
        let (Some(own), true) = (stages[id], is_map(item)) else { continue };
        let fetched = lowered.fetches.iter().any(|view| view.item == id);
        if own % 2 == 1 || fetched || elements(&item.shape) == 1 {
            continue;
        }
        let users = (id + 1..items.len()).filter(|user| items[*user].inputs().contains(&id));
        let wanted = users.filter_map(|user| stages[user]).min();
        if let Some(wanted) = wanted.filter(|stage| stage % 2 == 0) {
            stages[id] = Some(wanted);
        }
    }
    stages
}

/// Whether the value is there before the step.
pub(crate) fn is_given(item: &Item) -> bool {
    matches!(item.kind, Kind::Input(_) | Kind::Read(_) | Kind::Constant(_) | Kind::RowCount)
}

/// The length of the rows that a chain must know of.
fn width_of(item: &Item) -> usize {
    match item.kind {
        Kind::Map { width, .. } => width,
        _ => 0,
    }
}

/// How an item reads another one, where it reads it element by element.
fn reads_each(item: &Item, input: Id) -> bool {
    match &item.kind {
        Kind::Map { operands, .. } => operands
            .iter()
            .filter(|(id, _)| *id == input)
            .all(|(_, reading)| matches!(reading, Reading::Each)),
        _ => true,
    }
}

fn row_instructions(lowered: &Lowered, members: &[Id]) -> Vec<Instruction> {
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

fn flat_phases(lowered: &Lowered, members: &[Id]) -> Vec<Phase> {
    let items = &lowered.items;
    // Each with its level: one more than that of what it waits for.
    let mut instructions: Vec<(usize, Instruction)> = Vec::new();
    let mut place: Vec<Option<usize>> = vec![None; items.len()];
    for &id in members {
        let item = &items[id];
        let inside: Vec<Id> =
            item.inputs().into_iter().filter(|input| place[*input].is_some()).collect();
        let level_of = |instructions: &[(usize, Instruction)], input: Id| {
            place[input].map_or(0, |at| instructions[at].0)
        };
        let alone = inside.iter().map(|input| level_of(&instructions, *input) + 1).max();
        let own = (item.shape.elements(), width_of(item));
        if !is_map(item) {
            place[id] = Some(instructions.len());
            instructions.push((alone.unwrap_or(0), Instruction::One(id)));
            continue;
        }
        // A chain of the same elements takes the item when all that it reads is
        // in the chain, before it, or can become the chain's head.
        let mut joined = None;
        for (at, (level, instruction)) in instructions.iter().enumerate() {
            let Instruction::Chain { head, items: chain, width } = instruction else { continue };
            if chain.is_empty() {
                continue;
            }
            let alike = items[chain[0]].shape.elements() == own.0
                && (own.1 == 0 || *width == 0 || *width == own.1);
            if !alike {
                continue;
            }
            let mut new_head = None;
            let fits = inside.iter().all(|input| {
                let from = place[*input];
                if from == Some(at) {
                    return reads_each(item, *input);
                }
                if level_of(&instructions, *input) < *level {
                    return true;
                }
                let possible = head.is_none()
                    && new_head.is_none_or(|known| known == *input)
                    && level_of(&instructions, *input) == *level
                    && is_head(&items[*input])
                    && reads_each(item, *input)
                    && items[*input].shape.elements() == own.0
                    && from.is_some_and(|from| matches!(instructions[from].1, Instruction::One(_)));
                if possible {
                    new_head = Some(*input);
                }
                possible
            });
            if fits {
                joined = Some((at, new_head));
                break;
            }
        }
        if joined.is_none() {
            // A chain of its own, behind its head where there is one.
            let heads: Vec<Id> = inside
                .iter()
                .copied()
                .filter(|input| {
                    is_head(&items[*input])
                        && reads_each(item, *input)
                        && items[*input].shape.elements() == own.0
                        && place[*input]
                            .is_some_and(|at| matches!(instructions[at].1, Instruction::One(_)))
                })
                .collect();
            let head = heads.first().copied();
            let level = inside
                .iter()
                .map(|input| level_of(&instructions, *input) + usize::from(Some(*input) != head))
                .max()
                .unwrap_or(0);
            // The head must not be held up by the others.
            let head = head.filter(|head| level_of(&instructions, *head) == level);
            let level = if head.is_none() { alone.unwrap_or(0) } else { level };
            instructions
                .push((level, Instruction::Chain { head: None, items: Vec::new(), width: 0 }));
            joined = Some((instructions.len() - 1, head));
        }
        let Some((at, new_head)) = joined else { continue };
        place[id] = Some(at);
        if let Instruction::Chain { head, items: chain, width } = &mut instructions[at].1 {
            chain.push(id);
            *width = (*width).max(own.1);
            if new_head.is_some() {
                *head = new_head;
            }
        }
        if let Some(head) = new_head {
            // The head's own instruction is no more.
            if let Some(from) = place[head].replace(at) {
                instructions[from].1 = Instruction::Chain { head: None, items: Vec::new(), width: 0 };
            }
        }
    }
    let depth = instructions.iter().map(|(level, _)| level + 1).max().unwrap_or(0);
    (0..depth)
        .map(|level| Phase {
            by_row: false,
            instructions: instructions
                .iter()
                .filter(|(own, instruction)| *own == level && !instruction.items().is_empty())
                .map(|(_, instruction)| instruction.clone())
                .collect(),
        })
        .filter(|phase| !phase.instructions.is_empty())
        .collect()
}

fn storage(lowered: &Lowered, phases: &[Phase]) -> Vec<Storage> {
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
            (Kind::Read(_), _) if elements(&item.shape) > 1 && item.dtype != ikhim_graph::DType::Bool => {
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
            if from == at && (is_map(item) || matches!(phases[at.0].instructions[at.1], Instruction::Chain { .. })) {
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
fn deferred(lowered: &Lowered, phases: &[Phase]) -> BTreeSet<usize> {
    let items = &lowered.items;
    let mut place: Vec<Option<(usize, usize)>> = vec![None; items.len()];
    let mut last_that_fails = None;
    for (at, phase) in phases.iter().enumerate() {
        for (within, instruction) in phase.instructions.iter().enumerate() {
            for id in instruction.items() {
                place[id] = Some((at, within));
                if matches!(items[id].kind, Kind::Other { .. } | Kind::Gather { .. }) {
                    last_that_fails = Some(at);
                }
            }
        }
    }
    let mut deferred = BTreeSet::new();
    for (id, item) in items.iter().enumerate() {
        let (Kind::Store { variable, .. }, Some(at)) = (&item.kind, place[id]) else { continue };
        let reads = |user: &Item| {
            user.inputs().iter().any(|input| {
                matches!(&items[*input].kind, Kind::Read(read) if read == variable)
            })
        };
        let single = elements(&item.shape) == 1;
        let may_fail = last_that_fails.is_some_and(|last| last >= at.0);
        let still_read = items.iter().enumerate().filter(|(_, user)| reads(user)).any(|(user, _)| {
            place[user].is_some_and(|place| place.0 >= at.0 && place != at)
        });
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

/// The elements of an item as the extent of a chain.
pub(crate) fn extent(item: &Item) -> Dim {
    match item.space {
        Space::Fixed => Dim::Fixed(elements(&item.shape)),
        _ => Dim::Batch(elements(&item.shape)),
    }
}
