//! Small work beside the tiles of a phase, so that it needs no phase, and no
//! waiting, of its own.
//!
//! Between two phases of tiles lie single numbers: corrections of an optimizer,
//! a loss divided by its rows, a counter. Whatever of them does not stand
//! between a phase and the very next one is an errand of some phase: one worker
//! does it while the others take tiles.

use super::lower::{Id, Item, Kind, Lowered, Space, elements};
use super::schedule::{Errand, Instruction, Phase};
use ikhim_graph::DType;

/// The most elements of a chain that is an errand.
const CHAIN: usize = 64;

/// The most elements that a reduction which is an errand reads of values
/// without rows.
const READ: usize = 4096;

/// The same work in as few phases as its order allows.
pub(super) fn with_errands(lowered: &Lowered, phases: Vec<Phase>) -> Vec<Phase> {
    let items = &lowered.items;
    let mut errands: Vec<Errand> =
        (0..items.len()).filter(|id| is_read_anew(lowered, *id)).map(Errand::Load).collect();
    let mut tiled = Vec::new();
    for mut phase in phases {
        if !phase.by_row {
            let (small, large) =
                phase.instructions.into_iter().partition(|one| is_small(items, one));
            let small: Vec<Instruction> = small;
            errands.extend(small.into_iter().map(Errand::Compute));
            phase.instructions = large;
        }
        if !phase.instructions.is_empty() {
            tiled.push(phase);
        }
    }
    loop {
        let order = Order::new(items, &tiled, &errands);
        // What one phase feeds and the very next one needs has a phase of its own.
        match (0..errands.len()).find(|at| order.first[*at] == order.end[*at]) {
            Some(at) => tiled.insert(order.first[at], Phase::new(false, Vec::new())),
            None => {
                for (errand, phase) in errands.into_iter().zip(order.first) {
                    tiled[phase].errands.push(errand);
                }
                return tiled;
            }
        }
    }
}

/// Whether a variable is read from a copy of the state: single numbers, which
/// are repeated in memory, truth values, and what is fetched, which is the value
/// before the step.
pub(crate) fn is_copied(lowered: &Lowered, id: Id) -> bool {
    let item = &lowered.items[id];
    matches!(item.kind, Kind::Read(_))
        && (elements(&item.shape) == 1
            || item.dtype == DType::Bool
            || lowered.fetches.iter().any(|view| view.item == id))
}

/// Whether that copy is made in each step; else it is made before the first one,
/// and new values go to both.
pub(crate) fn is_read_anew(lowered: &Lowered, id: Id) -> bool {
    let Kind::Read(variable) = lowered.items[id].kind else { return false };
    let stores =
        |item: &Item| matches!(item.kind, Kind::Store { variable: own, .. } if own == variable);
    lowered.fetches.iter().any(|view| view.item == id) && lowered.items.iter().any(stores)
}

/// Whether one worker may do it alone.
fn is_small(items: &[Item], instruction: &Instruction) -> bool {
    match instruction {
        Instruction::Chain { head: Some(_), .. } => false,
        Instruction::Chain { items: chain, .. } => {
            let item = &items[chain[0]];
            item.space == Space::Fixed && elements(&item.shape) <= CHAIN
        }
        Instruction::One(id) => {
            let item = &items[*id];
            match item.kind {
                Kind::FoldRows { .. } => elements(&item.shape) == 1,
                Kind::JoinBlocks { .. } => true,
                Kind::Fold { inner, .. } => {
                    item.space == Space::Fixed && inner * elements(&item.shape) <= READ
                }
                _ => false,
            }
        }
    }
}

/// Between which phases errands may be done, by their places.
struct Order {
    /// The first phase for each.
    first: Vec<usize>,
    /// One more than the last; equal to `first` where there is no such phase.
    end: Vec<usize>,
}

/// Who computes an item.
#[derive(Clone, Copy)]
enum By {
    Nobody,
    Phase(usize),
    Errand(usize),
}

impl Order {
    /// `errands` each stand behind those that they need.
    fn new(items: &[Item], tiled: &[Phase], errands: &[Errand]) -> Order {
        let mut by = vec![By::Nobody; items.len()];
        for (at, phase) in tiled.iter().enumerate() {
            let ids = phase.instructions.iter().flat_map(Instruction::items);
            ids.for_each(|id| by[id] = By::Phase(at));
        }
        for (at, errand) in errands.iter().enumerate() {
            errand.items().into_iter().for_each(|id| by[id] = By::Errand(at));
        }
        let reads = |ids: Vec<Id>| -> Vec<By> {
            ids.iter().flat_map(|id| items[*id].inputs()).map(|input| by[input]).collect()
        };
        let mut first: Vec<usize> = Vec::with_capacity(errands.len());
        for (at, errand) in errands.iter().enumerate() {
            let after = reads(errand.items()).into_iter().map(|input| match input {
                By::Phase(phase) => phase + 1,
                // Its own are no others.
                By::Errand(other) if other < at => first[other],
                By::Errand(_) | By::Nobody => 0,
            });
            first.push(after.max().unwrap_or(0));
        }
        let mut end = vec![tiled.len(); errands.len()];
        for (at, phase) in tiled.iter().enumerate() {
            for input in reads(phase.instructions.iter().flat_map(Instruction::items).collect()) {
                if let By::Errand(errand) = input {
                    end[errand] = end[errand].min(at);
                }
            }
        }
        for (at, errand) in errands.iter().enumerate().rev() {
            for input in reads(errand.items()) {
                if let By::Errand(other) = input {
                    end[other] = end[other].min(end[at]);
                }
            }
        }
        Order { first, end }
    }
}
