//! The instructions of a worker with their addresses.

mod chain;
mod one;

use super::elements::put;
use super::plan::{Place, Plan};
use super::work::{At, Work};
use crate::compile::Schedule;
use crate::compile::errand::{is_copied, is_read_anew};
use crate::compile::lower::{Id, Item, Kind, Space, elements};
use crate::compile::schedule::{Errand, Instruction};
use crate::kernel::SPLAT;
use crate::memory::Memory;
use ikhim_graph::Array;

/// Makes the instructions of one worker.
pub(super) struct Binder<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) plan: &'a Plan,
    pub(super) memory: &'a Memory,
    pub(super) scratch: &'a Memory,
    pub(super) states: &'a [*mut f32],
}

/// The instructions of a phase.
pub(super) struct PhaseWork {
    pub(super) tiled: Vec<Work>,
    /// Those of its errands, each with the number of its tiles.
    pub(super) errands: Vec<(Work, usize)>,
}

impl Binder<'_> {
    fn items(&self) -> &[Item] {
        &self.schedule.lowered.items
    }

    /// All phases with their instructions.
    pub(super) fn phases(&self) -> Vec<PhaseWork> {
        let phases = self.schedule.phases.iter();
        phases
            .map(|phase| {
                let errands = phase.errands.iter().map(|errand| self.errand(errand)).collect();
                if let (Some(tape), true) = (&phase.tape, self.plan.by_tape) {
                    // One instruction does the work of all.
                    let mut tiled = vec![Work::Nothing; phase.instructions.len()];
                    tiled[0] = self.row_tape(tape);
                    return PhaseWork { tiled, errands };
                }
                let tiled = phase.instructions.iter().map(|one| self.instruction(one)).collect();
                PhaseWork { tiled, errands }
            })
            .collect()
    }

    /// What is copied and computed once for all steps of a run.
    pub(super) fn shared(&self) -> Vec<Work> {
        let lowered = &self.schedule.lowered;
        let copied = (0..lowered.items.len())
            .filter(|id| is_copied(lowered, *id) && !is_read_anew(lowered, *id));
        let loads = copied.map(|id| self.load(id));
        loads.chain(self.schedule.shared.iter().map(|one| self.instruction(one))).collect()
    }

    /// What is made before the first step.
    pub(super) fn preparation(&self) -> Vec<Work> {
        self.schedule.preparation.iter().map(|one| self.instruction(one)).collect()
    }

    fn instruction(&self, instruction: &Instruction) -> Work {
        match instruction {
            Instruction::Chain { head, items, width } => self.chain(*head, items, *width),
            Instruction::One(id) if self.comes_along(*id) => Work::Nothing,
            Instruction::One(id) => self.one(*id),
        }
    }

    /// An errand with the number of its tiles.
    fn errand(&self, errand: &Errand) -> (Work, usize) {
        match errand {
            Errand::Load(id) => (self.load(*id), 1),
            Errand::Compute(one) => {
                (self.instruction(one), self.plan.flat_tiles(self.schedule, one))
            }
            Errand::Keep(id) => (self.keep(*id), 1),
        }
    }

    /// The copy of a variable from the state.
    fn load(&self, id: Id) -> Work {
        let item = &self.items()[id];
        let Kind::Read(variable) = item.kind else { unreachable!("a variable") };
        Work::Load {
            from: self.states[variable],
            to: self.base(id),
            count: elements(&item.shape),
            dtype: item.dtype,
        }
    }

    /// A new value to the state and to the copy that the next step reads.
    fn keep(&self, id: Id) -> Work {
        let lowered = &self.schedule.lowered;
        let item = &lowered.items[id];
        let Kind::Store { variable, .. } = item.kind else { unreachable!("a new value") };
        let copy = lowered.items.iter().enumerate().position(|(id, item)| {
            matches!(item.kind, Kind::Read(read) if read == variable)
                && is_copied(lowered, id)
                && !is_read_anew(lowered, id)
        });
        Work::Keep {
            from: self.base(id),
            to: self.states[variable],
            copy: copy.map_or(std::ptr::null_mut(), |copy| self.base(copy)),
            count: elements(&item.shape),
            dtype: item.dtype,
        }
    }

    /// For each phase the values from earlier ones that its rows read: worth
    /// asking for ahead of time.
    pub(super) fn ahead(&self) -> Vec<Vec<At>> {
        let phases = self.schedule.phases.iter();
        phases
            .map(|phase| {
                if !phase.by_row || !self.schedule.tall || self.plan.by_tape {
                    return Vec::new();
                }
                let own: Vec<Id> = phase.instructions.iter().flat_map(Instruction::items).collect();
                let mut read: Vec<Id> =
                    own.iter().flat_map(|id| self.items()[*id].inputs()).collect();
                read.sort_unstable();
                read.dedup();
                let from_before = |id: &Id| {
                    !own.contains(id)
                        && self.items()[*id].space == Space::Rows
                        && matches!(self.plan.places[*id], Place::Whole(_))
                };
                read.into_iter().filter(from_before).map(|id| self.at(id)).collect()
            })
            .collect()
    }

    pub(super) fn base(&self, id: Id) -> *mut f32 {
        match self.plan.places[id] {
            Place::Nowhere => std::ptr::null_mut(),
            Place::Whole(offset) => self.memory.base().wrapping_add(offset),
            Place::Block(offset) => self.scratch.base().wrapping_add(offset),
            Place::State(variable) => self.states[variable],
        }
    }

    fn at(&self, id: Id) -> At {
        At {
            base: self.base(id),
            per_row: elements(&self.items()[id].shape),
            in_block: matches!(self.plan.places[id], Place::Block(_)),
        }
    }

    pub(super) fn kernel_scratch(&self) -> *mut f32 {
        self.scratch.base().wrapping_add(self.plan.kernel_scratch)
    }

    /// Puts constants and the number of rows in place.
    pub(super) fn constants(&self) {
        for (id, item) in self.items().iter().enumerate() {
            let Place::Whole(_) = self.plan.places[id] else { continue };
            match &item.kind {
                Kind::Constant(value) => place(value, self.base(id)),
                Kind::RowCount => {
                    place(&Array::scalar(self.plan.rows as f64 as f32), self.base(id));
                }
                _ => {}
            }
        }
    }
}

/// Puts an array in its place, a single number as long as a vector.
pub(super) fn place(array: &Array, to: *mut f32) {
    // SAFETY: The place has room for the value and at least for a vector.
    unsafe {
        put(array, to);
        if array.len() == 1 {
            let number = *to;
            std::slice::from_raw_parts_mut(to, SPLAT).fill(number);
        }
    }
}
