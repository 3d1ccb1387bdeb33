//! The order of work: phases over rows and phases over everything else.
//!
//! In a phase over rows, a worker takes a block of rows through all
//! instructions. In the others, instructions do not depend on each other and
//! are cut into tiles. Between two phases the workers wait for each other.

use super::flat_phase::flat_phases;
use super::lower::{Id, Item, Kind, Lowered, Reading, elements};
use super::row_phase::row_instructions;
use super::row_tape::{self, Tape};
use super::storage::{deferred, storage};
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
    /// The same for very many rows in one pass, where there is such a form.
    pub(crate) tape: Option<Tape>,
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

impl Schedule {
    /// The last phase that may find that a value does not fit.
    pub(crate) fn last_that_fails(&self) -> Option<usize> {
        last_that_fails(&self.lowered.items, &self.phases)
    }
}

pub(super) fn last_that_fails(items: &[Item], phases: &[Phase]) -> Option<usize> {
    let can_fail = |one: &Instruction| one.items().iter().any(|id| items[*id].can_fail());
    phases.iter().rposition(|phase| phase.instructions.iter().any(can_fail))
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
pub(super) fn is_map(item: &Item) -> bool {
    matches!(item.kind, Kind::Map { .. } | Kind::Store { .. })
}

/// Whether a chain can follow the item tile by tile.
pub(super) fn is_head(item: &Item) -> bool {
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
                phases.push(Phase { by_row: true, instructions, tape: None });
            }
        } else {
            phases.extend(flat_phases(&lowered, &members));
        }
    }
    let storage = storage(&lowered, &phases);
    let deferred = deferred(&lowered, &phases);
    for phase in phases.iter_mut().filter(|phase| tall && phase.by_row) {
        phase.tape = row_tape::tape(&lowered, phase, &storage);
    }
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
pub(super) fn width_of(item: &Item) -> usize {
    match item.kind {
        Kind::Map { width, .. } => width,
        _ => 0,
    }
}

/// How an item reads another one, where it reads it element by element.
pub(super) fn reads_each(item: &Item, input: Id) -> bool {
    match &item.kind {
        Kind::Map { operands, .. } => operands
            .iter()
            .filter(|(id, _)| *id == input)
            .all(|(_, reading)| matches!(reading, Reading::Each)),
        _ => true,
    }
}
