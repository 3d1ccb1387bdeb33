//! The order of work: phases over rows and phases over everything else.
//!
//! In a phase over rows, a worker takes a block of rows through all
//! instructions. In the others, instructions do not depend on each other and
//! are cut into tiles. Between two phases the workers wait for each other.

use super::again::computed_again;
use super::errand::with_errands;
use super::flat_phase::flat_phases;
use super::lower::{Id, Item, Kind, Lowered, Reading, Space, elements};
use super::packed;
use super::row_phase::{parts, row_instructions, shared_products};
use super::row_tape::{self, Tape};
use super::storage::{deferred, keep_deferred, storage};
use ikhim_graph::{Dim, Op};
use std::collections::BTreeSet;

/// Words of packed weights that stay in a core's second cache.
pub(crate) const WEIGHT_WORDS: usize = 192 * 1024;

/// Words of packed weights that fill a core's second cache alone. The product with so
/// many takes far longer than workers wait for each other, so all share it: a worker
/// reads its part of the weights for all rows, and one that is slower, or put aside by
/// the system, takes a smaller part.
pub(crate) const SHARED_WORDS: usize = 256 * 1024;

/// Words of a row that is an image's: a few of them fill the second cache.
pub(crate) const IMAGE_WORDS: usize = 8 * 1024;

/// What a worker does in one go.
#[derive(Debug, Clone)]
pub(crate) enum Instruction {
    /// Elementwise ops over the same elements, behind the product or sum over
    /// rows that feeds them.
    Chain { head: Option<Id>, items: Vec<Id>, width: usize },
    /// Any other item.
    One(Id),
}

/// Small work that one worker does while the others take tiles of the phase.
#[derive(Debug, Clone)]
pub(crate) enum Errand {
    /// Copies a variable from the state.
    Load(Id),
    /// An instruction, all tiles of it.
    Compute(Instruction),
    /// Brings a new value that was kept aside into the state and its copy.
    Keep(Id),
}

/// Where an item is computed: the place of a phase, and that of the instruction
/// in it, its errands counted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) phase: usize,
    pub(crate) within: usize,
    /// Whether blocks of rows go through it.
    pub(crate) by_row: bool,
}

/// Instructions between two points where workers wait for each other.
#[derive(Debug, Clone)]
pub(crate) struct Phase {
    /// Whether blocks of rows go through all instructions in order; else the
    /// instructions do not depend on each other.
    pub(crate) by_row: bool,
    pub(crate) instructions: Vec<Instruction>,
    /// What one worker does meanwhile, in order.
    pub(crate) errands: Vec<Errand>,
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
    /// Single numbers that depend on given values alone, no variables among
    /// them: computed once for all steps of a run.
    pub(crate) shared: Vec<Instruction>,
    /// Packed forms that hold from step to step: made before the first step,
    /// unless an earlier run left them. They do not depend on each other.
    pub(crate) preparation: Vec<Instruction>,
    pub(crate) phases: Vec<Phase>,
    /// Where each item of the phases is computed.
    pub(crate) spots: Vec<Option<Spot>>,
    pub(crate) storage: Vec<Storage>,
    /// Whether blocks of rows are whole leaves.
    pub(crate) tall: bool,
    /// Variables whose new value is kept aside until the step has succeeded.
    pub(crate) deferred: BTreeSet<usize>,
}

impl Schedule {
    /// All instructions.
    pub(crate) fn instructions(&self) -> impl Iterator<Item = &Instruction> {
        let before = self.shared.iter().chain(&self.preparation);
        before.chain(self.phases.iter().flat_map(Phase::all))
    }

    /// The last phase that may find that a value does not fit.
    pub(crate) fn last_that_fails(&self) -> Option<usize> {
        last_that_fails(&self.lowered.items, &self.phases)
    }
}

pub(super) fn last_that_fails(items: &[Item], phases: &[Phase]) -> Option<usize> {
    let all: BTreeSet<Id> =
        phases.iter().flat_map(Phase::all).flat_map(Instruction::items).collect();
    // Indices that an entry is looked up by need not be feared again where values
    // are added at them: either both find them in order or the look-up fails.
    let is_looked_up = |id: Id| match &items[id].kind {
        Kind::Loops { op: Op::ScatterAdd(op), inputs, .. } => {
            let size = match items[id].shape[op.axis] {
                Dim::Fixed(size) => size,
                Dim::Batch(_) => return false,
            };
            all.iter().any(|other| {
                matches!(items[*other].kind, Kind::Gather { indices, entries, .. }
                    if indices == inputs[1].item && entries <= size)
            })
        }
        _ => false,
    };
    let can_fail = |one: &Instruction| {
        one.items().into_iter().any(|id| items[id].can_fail() && !is_looked_up(id))
    };
    phases.iter().rposition(|phase| phase.instructions.iter().any(can_fail))
}

impl Phase {
    pub(super) fn new(by_row: bool, instructions: Vec<Instruction>) -> Phase {
        Phase { by_row, instructions, errands: Vec::new(), tape: None }
    }

    /// Its instructions and those of its errands.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Instruction> {
        let errands = self.errands.iter().filter_map(|errand| match errand {
            Errand::Compute(instruction) => Some(instruction),
            Errand::Load(_) | Errand::Keep(_) => None,
        });
        self.instructions.iter().chain(errands)
    }

    /// Whether a worker has something to do beside its tiles.
    pub(crate) fn has_errands(&self) -> bool {
        !self.errands.is_empty()
    }

    /// What computes an item of the phase.
    pub(super) fn at(&self, spot: Spot) -> Option<&Instruction> {
        match spot.within.checked_sub(self.instructions.len()) {
            None => self.instructions.get(spot.within),
            Some(errand) => match self.errands.get(errand) {
                Some(Errand::Compute(instruction)) => Some(instruction),
                _ => None,
            },
        }
    }
}

/// Where each item of some phases is computed, or loaded.
pub(super) fn spots(items: usize, phases: &[Phase]) -> Vec<Option<Spot>> {
    let mut spots = vec![None; items];
    for (at, phase) in phases.iter().enumerate() {
        let count = phase.instructions.len();
        for (within, instruction) in phase.instructions.iter().enumerate() {
            let spot = Spot { phase: at, within, by_row: phase.by_row };
            instruction.items().into_iter().for_each(|id| spots[id] = Some(spot));
        }
        for (within, errand) in phase.errands.iter().enumerate() {
            if let Errand::Load(_) | Errand::Compute(_) = errand {
                let spot = Spot { phase: at, within: count + within, by_row: false };
                errand.items().into_iter().for_each(|id| spots[id] = Some(spot));
            }
        }
    }
    spots
}

impl Errand {
    /// The items that it computes or copies.
    pub(crate) fn items(&self) -> Vec<Id> {
        match self {
            Errand::Load(id) | Errand::Keep(id) => vec![*id],
            Errand::Compute(instruction) => instruction.items(),
        }
    }
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

/// Whether an item is a single number.
pub(super) fn is_single(item: &Item) -> bool {
    item.space == Space::Fixed && elements(&item.shape) == 1
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
    let (lowered, stages) = match tall {
        true => {
            let stages = stages(&lowered);
            (lowered, stages)
        }
        false => {
            let lowered = computed_again(&lowered, &stages(&lowered));
            let stages = stages(&lowered);
            (lowered, stages)
        }
    };
    let is_shared = shared(&lowered, &needed(&lowered));
    let last = stages.iter().flatten().copied().max().unwrap_or(0);
    let mut phases = Vec::new();
    for stage in 0..=last {
        let members: Vec<Id> =
            (0..lowered.items.len()).filter(|id| stages[*id] == Some(stage)).collect();
        if stage % 2 == 1 {
            let parts = parts(&lowered, row_instructions(&lowered, &members));
            phases.extend(parts.into_iter().flat_map(|part| match tall {
                true => vec![Phase::new(true, part)],
                false => shared_products(&lowered, part),
            }));
        } else {
            phases.extend(flat_phases(&lowered, &members));
        }
    }
    let members: Vec<Id> = (0..lowered.items.len()).filter(|id| is_shared[*id]).collect();
    let shared = flat_phases(&lowered, &members).into_iter().flat_map(|phase| phase.instructions);
    let shared = shared.collect();
    let spots = vec![None; lowered.items.len()];
    let mut schedule = Schedule {
        lowered,
        shared,
        preparation: Vec::new(),
        phases: Vec::new(),
        spots,
        storage: Vec::new(),
        tall,
        deferred: BTreeSet::new(),
    };
    // A packed form that does not hold after all is made in each step.
    let mut in_step = BTreeSet::new();
    loop {
        schedule.arrange(&phases, &in_step);
        let lost = packed::lost(&schedule);
        if lost.is_empty() {
            break;
        }
        in_step.extend(lost);
    }
    let Schedule { lowered, phases, storage, .. } = &mut schedule;
    for phase in phases.iter_mut().filter(|phase| tall && phase.by_row) {
        phase.tape = row_tape::tape(lowered, phase, storage);
    }
    schedule
}

impl Schedule {
    /// Fills in all that depends on which packed forms are made in each step.
    fn arrange(&mut self, phases: &[Phase], in_step: &BTreeSet<Id>) {
        let lowered = &self.lowered;
        let holds = |one: &Instruction| match one {
            Instruction::One(id) => packed::may_hold(lowered, *id) && !in_step.contains(id),
            Instruction::Chain { .. } => false,
        };
        let mut phases = phases.to_vec();
        self.preparation.clear();
        for phase in &mut phases {
            self.preparation.extend(phase.instructions.extract_if(.., |one| holds(one)));
        }
        self.phases = with_errands(lowered, phases);
        self.spots = spots(lowered.items.len(), &self.phases);
        self.storage = storage(lowered, &self.phases, &self.spots);
        self.deferred = deferred(lowered, &self.phases, &self.spots);
        keep_deferred(self);
    }
}

/// What the fetches and the updates need.
fn needed(lowered: &Lowered) -> Vec<bool> {
    let items = &lowered.items;
    let mut needed = vec![false; items.len()];
    let mut stack: Vec<Id> = lowered.fetches.iter().map(|view| view.item).collect();
    stack.extend((0..items.len()).filter(|id| matches!(items[*id].kind, Kind::Store { .. })));
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut needed[id], true) {
            stack.extend(items[id].inputs());
        }
    }
    needed
}

/// The single numbers that are the same in all steps of a run.
fn shared(lowered: &Lowered, needed: &[bool]) -> Vec<bool> {
    let items = &lowered.items;
    let mut shared = vec![false; items.len()];
    for (id, item) in items.iter().enumerate() {
        shared[id] = needed[id]
            && matches!(item.kind, Kind::Map { .. })
            && is_single(item)
            && item.inputs().into_iter().all(|input| {
                let given = is_given(&items[input]);
                shared[input] || given && !matches!(items[input].kind, Kind::Read(_))
            });
    }
    shared
}

/// The stage of each item: even ones work on everything, odd ones on rows.
/// Given and shared values are there from the start.
fn stages(lowered: &Lowered) -> Vec<Option<usize>> {
    let items = &lowered.items;
    let needed = needed(lowered);
    let shared = shared(lowered, &needed);
    let mut stages: Vec<Option<usize>> = vec![None; items.len()];
    for id in 0..items.len() {
        let item = &items[id];
        if !needed[id] || shared[id] || is_given(item) {
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
        let earliest = lowered.earliest.get(&id).copied().unwrap_or(usize::from(by_row));
        stages[id] = Some(stage.unwrap_or(0).max(earliest));
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
        Kind::Map { operands, .. } => {
            operands.iter().filter(|(id, _)| *id == input).all(|(_, reading)| match reading {
                Reading::Each => true,
                // Of a single number, each element is that number.
                Reading::Single => is_single(item),
                Reading::OfRow | Reading::OfColumn => false,
            })
        }
        _ => true,
    }
}
