//! The order of work: phases over rows and phases over everything else.
//!
//! In a phase over rows, a worker takes a block of rows through all
//! instructions. In the others, instructions do not depend on each other and
//! are cut into tiles. Between two phases the workers wait for each other.

use super::lower::{Id, Item, Kind, Lowered, Reading, elements};
use super::row_tape::{self, Tape};
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

fn last_that_fails(items: &[Item], phases: &[Phase]) -> Option<usize> {
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
    let mut flat = Flat {
        items: &lowered.items,
        instructions: Vec::new(),
        place: vec![None; lowered.items.len()],
        waiting: vec![false; lowered.items.len()],
    };
    for &id in members {
        flat.item(id);
    }
    for &id in members {
        flat.settle(id);
    }
    let depth = flat.instructions.iter().map(|(level, _)| level + 1).max().unwrap_or(0);
    (0..depth)
        .map(|level| Phase {
            by_row: false,
            tape: None,
            instructions: flat
                .instructions
                .iter()
                .filter(|(own, instruction)| *own == level && !instruction.items().is_empty())
                .map(|(_, instruction)| instruction.clone())
                .collect(),
        })
        .filter(|phase| !phase.instructions.is_empty())
        .collect()
}

/// The instructions of a stage that does not go by rows, as they are made.
struct Flat<'a> {
    items: &'a [Item],
    /// Each with its level: one more than that of what it waits for.
    instructions: Vec<(usize, Instruction)>,
    place: Vec<Option<usize>>,
    /// Elementwise ops that depend on nothing of the stage: they go where they
    /// are first needed.
    waiting: Vec<bool>,
}

impl Flat<'_> {
    fn level(&self, id: Id) -> usize {
        self.place[id].map_or(0, |at| self.instructions[at].0)
    }

    /// What an item reads of this stage that has its place.
    fn placed_inputs(&self, id: Id) -> Vec<Id> {
        let inputs = self.items[id].inputs().into_iter();
        inputs.filter(|input| self.place[*input].is_some()).collect()
    }

    fn item(&mut self, id: Id) {
        let item = &self.items[id];
        if !is_map(item) {
            item.inputs().into_iter().for_each(|input| self.settle(input));
            let level = self.placed_inputs(id).iter().map(|input| self.level(*input) + 1).max();
            self.place[id] = Some(self.instructions.len());
            self.instructions.push((level.unwrap_or(0), Instruction::One(id)));
            return;
        }
        let single = elements(&item.shape) == 1;
        if single {
            item.inputs().into_iter().for_each(|input| self.settle(input));
        }
        if self.placed_inputs(id).is_empty() && !single {
            self.waiting[id] = true;
            return;
        }
        self.map(id);
    }

    /// Gives a waiting item a place after all.
    fn settle(&mut self, id: Id) {
        if std::mem::take(&mut self.waiting[id]) {
            self.map(id);
        }
    }

    /// The waiting items that an item needs, each after those that it needs.
    fn needed(&self, id: Id, found: &mut Vec<Id>) {
        for input in self.items[id].inputs() {
            if self.waiting[input] && !found.contains(&input) {
                self.needed(input, found);
                found.push(input);
            }
        }
    }

    /// Puts an elementwise op, and the waiting ones that it needs, into a chain.
    fn map(&mut self, id: Id) {
        let item = &self.items[id];
        let extent = item.shape.elements();
        let mut group = Vec::new();
        self.needed(id, &mut group);
        group.push(id);
        let alike = |other: &Id| self.items[*other].shape.elements() == extent;
        // Waiting ones of other sizes need chains of their own.
        if let Some(other) = group.iter().copied().find(|other| !alike(other)) {
            self.settle(other);
            return self.map(id);
        }
        let widths: BTreeSet<usize> =
            group.iter().map(|id| width_of(&self.items[*id])).filter(|width| *width > 0).collect();
        if widths.len() > 1 || group[..group.len() - 1].iter().any(|one| !reads_each(item, *one)) {
            let first = group[0];
            if first != id {
                self.settle(first);
                return self.map(id);
            }
        }
        let width = widths.first().copied().unwrap_or(0);
        let inside: Vec<Id> = group
            .iter()
            .flat_map(|member| self.placed_inputs(*member))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let single = elements(&item.shape) == 1;
        let candidates: Vec<usize> = if single {
            (0..self.instructions.len()).collect()
        } else {
            inside.iter().filter_map(|input| self.place[*input]).collect()
        };
        let found = candidates.into_iter().find(|at| self.fits(*at, &group, &inside, width));
        let at = found.unwrap_or_else(|| self.new_chain(&inside, &group, extent));
        for member in group {
            self.waiting[member] = false;
            self.place[member] = Some(at);
            if let Instruction::Chain { items: chain, .. } = &mut self.instructions[at].1 {
                chain.push(member);
            }
        }
        if let Instruction::Chain { width: own, .. } = &mut self.instructions[at].1 {
            *own = (*own).max(width);
        }
    }

    /// Whether a chain can take a group of items: what they read is in the
    /// chain or before it.
    fn fits(&self, at: usize, group: &[Id], inside: &[Id], width: usize) -> bool {
        let (level, Instruction::Chain { items: chain, width: own, .. }) = &self.instructions[at]
        else {
            return false;
        };
        let Some(first) = chain.first() else { return false };
        let alike = self.items[*first].shape.elements() == self.items[group[0]].shape.elements();
        alike
            && (width == 0 || *own == 0 || width == *own)
            && inside.iter().all(|input| {
                if self.place[*input] == Some(at) {
                    return group.iter().all(|member| reads_each(&self.items[*member], *input));
                }
                self.level(*input) < *level
            })
    }

    /// A new chain, behind a product or sum over rows where there is one.
    fn new_chain(&mut self, inside: &[Id], group: &[Id], extent: Dim) -> usize {
        let alone = inside.iter().map(|input| self.level(*input) + 1).max().unwrap_or(0);
        let head = inside.iter().copied().find(|input| {
            let is_one = |at: usize| matches!(self.instructions[at].1, Instruction::One(_));
            is_head(&self.items[*input])
                && self.items[*input].shape.elements() == extent
                && self.place[*input].is_some_and(is_one)
                && group.iter().all(|member| reads_each(&self.items[*member], *input))
                // The others must not hold it up.
                && inside.iter().all(|other| {
                    other == input || self.level(*other) < self.level(*input)
                })
        });
        let level = head.map_or(alone, |head| self.level(head));
        let at = self.instructions.len();
        self.instructions.push((level, Instruction::Chain { head, items: Vec::new(), width: 0 }));
        if let Some(from) = head.and_then(|head| self.place[head].replace(at)) {
            // Its own instruction is no more.
            self.instructions[from].1 =
                Instruction::Chain { head: None, items: Vec::new(), width: 0 };
        }
        at
    }
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
fn deferred(lowered: &Lowered, phases: &[Phase]) -> BTreeSet<usize> {
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
