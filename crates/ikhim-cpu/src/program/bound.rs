//! A program bound to a number of rows.

use super::alone::Part;
use super::bind::{Binder, PhaseWork, place};
use super::elements::array;
use super::execute::Executor;
use super::job::{Counter, First, Progress};
use super::plan::{Place, Plan};
use super::tiny::Tiny;
use super::work::{At, Context, Work};
use crate::compile::Schedule;
use crate::compile::lower::{Item, Kind, Space};
use crate::compile::schedule::Instruction;
use crate::kernel::Kernels;
use crate::memory::{Memory, check_room};
use crate::runtime::Share;
use crate::{Level, Runtime};
use ikhim_graph::{Array, DType, Definition, Feed, InputSpec, State};
use ikhim_text::{Fault, Result};
use std::cell::UnsafeCell;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// What the caller changes between shares, while no tile is under way.
pub(super) struct Given {
    pub(super) context: Context,
    /// The variables' addresses that the instructions hold.
    pub(super) states: Vec<*mut f32>,
    /// The addresses of the inputs that were copied last.
    pub(super) inputs: Vec<*const Array>,
    /// For each phase what its blocks of rows will read.
    pub(super) ahead: Vec<Vec<At>>,
    /// For each worker and phase the instructions.
    pub(super) workers: Vec<Vec<PhaseWork>>,
    /// What is made before the first step.
    pub(super) preparation: Vec<Work>,
    /// What is computed once for all steps of a share.
    pub(super) shared: Vec<Work>,
    /// All work of a step in order, where it is a single worker's and each phase
    /// over rows is a single block.
    pub(super) straight: Vec<Part>,
    /// How many of them there are before the last phase that can fail is over.
    pub(super) straight_that_fails: usize,
    pub(super) row_ids: Vec<u64>,
    /// Whether the ids are 0, 1, 2, … because none were given.
    pub(super) is_counted: bool,
    pub(super) first_step: u64,
    pub(super) first_share: u64,
    /// Marks the state that the program left last: packed forms of it are here.
    pub(super) stamp: Arc<()>,
}

/// A schedule bound to a number of rows, a level and a number of workers.
pub(super) struct Bound {
    pub(super) definition: Arc<Definition>,
    pub(super) schedule: Arc<Schedule>,
    pub(super) level: Level,
    pub(super) threads: usize,
    pub(super) kernels: &'static Kernels,
    pub(super) plan: Plan,
    /// The same as tapes, where it is small enough.
    pub(super) tiny: Option<Tiny>,
    /// Whether the last run went by tapes to its end.
    pub(super) is_of_tapes: AtomicBool,
    /// For each phase that does not go by rows the tiles of each instruction.
    pub(super) counts: Vec<Vec<usize>>,
    /// The same for what is made before the first step.
    pub(super) counts_before: Vec<usize>,
    pub(super) memory: Memory,
    pub(super) scratch: Vec<Memory>,
    pub(super) progress: Vec<Progress>,
    pub(super) preparing: Progress,
    pub(super) given: UnsafeCell<Given>,
    /// Tiles done by each worker over all shares.
    pub(super) tiles: Vec<Counter>,
    pub(super) failed: AtomicBool,
    pub(super) fault: Mutex<Option<First>>,
    /// The last phase that can fail.
    pub(super) last_that_fails: Option<usize>,
    /// Steps begun over all shares, and preparations.
    pub(super) steps: AtomicU64,
    pub(super) preparations: AtomicU64,
    /// The nanoseconds of the fastest step by all workers.
    pub(super) fastest: AtomicU64,
}

// SAFETY: The addresses point into the memories that the program owns, into the
// state and into what a share was given. Tiles under way at one time write
// nothing that another one touches, and `given` changes only while no tile is
// under way: before a share is handed out, after the last was done.
unsafe impl Send for Bound {}

// SAFETY: As above.
unsafe impl Sync for Bound {}

impl Bound {
    pub(super) fn new(
        definition: Arc<Definition>,
        schedule: Arc<Schedule>,
        rows: usize,
        runtime: &Runtime,
    ) -> Result<Bound> {
        let plan = Plan::new(&schedule, rows, runtime.threads(), runtime.level());
        let workers = if plan.is_small { 1 } else { runtime.threads() };
        check_room(rows, plan.words.saturating_add(plan.scratch_words.saturating_mul(workers)))?;
        let counts_of = |instructions: &[Instruction]| {
            instructions.iter().map(|one| plan.flat_tiles(&schedule, one)).collect()
        };
        let counts = schedule.phases.iter().map(|phase| match phase.by_row {
            true => Vec::new(),
            false => counts_of(&phase.instructions),
        });
        let counts = counts.collect();
        let counts_before = counts_of(&schedule.preparation);
        let tiny = match workers {
            1 => Tiny::new(&schedule, rows, runtime.level()),
            _ => None,
        };
        let last_that_fails = schedule.last_that_fails();
        let memory = Memory::new(plan.words);
        let scratch: Vec<Memory> = (0..workers).map(|_| Memory::new(plan.scratch_words)).collect();
        // Rows that were done last are still near, so the next phase begins with them.
        // Of tall programs a phase asks for the rows that follow.
        let mut is_back = true;
        let mut progress = Vec::with_capacity(schedule.phases.len());
        for (tiles, phase) in plan.tiles.iter().zip(&schedule.phases) {
            is_back ^= phase.by_row;
            let reversed = phase.by_row && is_back && !schedule.tall;
            progress.push(Progress::new(tiles, phase.has_errands(), workers, reversed));
        }
        let preparing = Progress::new(&plan.preparation, false, workers, false);
        let context = Context { rows, row_ids: std::ptr::null(), seed: 0, step: 0 };
        let given = Given {
            context,
            states: Vec::new(),
            inputs: Vec::new(),
            ahead: Vec::new(),
            workers: Vec::new(),
            preparation: Vec::new(),
            shared: Vec::new(),
            straight: Vec::new(),
            straight_that_fails: 0,
            row_ids: Vec::new(),
            is_counted: false,
            first_step: 0,
            first_share: 0,
            stamp: Arc::new(()),
        };
        Ok(Bound {
            definition,
            schedule,
            level: runtime.level(),
            threads: runtime.threads(),
            kernels: Kernels::of(runtime.level()),
            plan,
            tiny,
            is_of_tapes: AtomicBool::new(false),
            counts,
            counts_before,
            memory,
            scratch,
            progress,
            preparing,
            given: UnsafeCell::new(given),
            tiles: (0..workers).map(|_| Counter::default()).collect(),
            failed: AtomicBool::new(false),
            fault: Mutex::new(None),
            last_that_fails,
            steps: AtomicU64::new(0),
            preparations: AtomicU64::new(0),
            fastest: AtomicU64::new(u64::MAX),
        })
    }

    /// Whether it serves a run over so many rows on this runtime.
    pub(super) fn fits(&self, rows: usize, runtime: &Runtime) -> bool {
        self.plan.rows == rows && self.level == runtime.level() && self.threads == runtime.threads()
    }

    /// Whether other threads would not help.
    pub(super) fn works_alone(&self) -> bool {
        self.scratch.len() == 1
    }

    /// Takes what the next steps are given. Only the caller of a run may do
    /// this, before it hands out the share: a worker that is late may still hold the
    /// bound program, but reads nothing of it before it is given work again. `is_marked` tells that the program
    /// left the state, `is_last` that it is what the last run used.
    pub(super) fn begin(
        &self,
        states: &[*mut f32],
        feed: &Feed<'_>,
        steps: u64,
        is_marked: bool,
        is_last: bool,
    ) -> Share {
        let first = self.steps.fetch_add(steps, Ordering::Relaxed);
        // SAFETY: No tile is under way, so nobody reads `given` or the memory.
        let given = unsafe { &mut *self.given.get() };
        if let Some(tiny) = &self.tiny {
            tiny.begin(&self.definition, feed, states);
            if !tiny.may_fail() {
                given.states.clear();
                given.states.extend_from_slice(states);
                return Share { first, steps, preparation: None };
            }
        }
        // Only these ask for the ids of rows.
        let asks = |item: &Item| matches!(item.kind, Kind::Random { .. });
        if self.schedule.lowered.items.iter().any(asks) {
            let is_counted = std::mem::replace(&mut given.is_counted, false);
            match feed.given_row_ids() {
                Some(ids) => {
                    given.row_ids.clear();
                    given.row_ids.extend_from_slice(ids);
                }
                None if is_counted => {}
                None => {
                    given.row_ids.clear();
                    given.row_ids.extend(0..self.plan.rows as u64);
                }
            }
            given.is_counted = feed.given_row_ids().is_none();
        }
        given.context.row_ids = given.row_ids.as_ptr();
        given.context.seed = feed.seed();
        given.first_step = feed.step();
        given.first_share = first;
        // Tapes leave no packed forms.
        let is_prepared = is_marked && self.tiny.is_none();
        let preparation = (!is_prepared && !self.schedule.preparation.is_empty())
            .then(|| self.preparations.fetch_add(1, Ordering::Relaxed));
        if !is_marked {
            // The packed forms of the state before are about to go.
            given.stamp = Arc::new(());
        }
        if given.states != states || given.workers.is_empty() {
            // Packed forms stay where they are, whatever the state's addresses.
            given.states = states.to_vec();
            let binder = |scratch| Binder {
                schedule: &self.schedule,
                plan: &self.plan,
                memory: &self.memory,
                scratch,
                states,
            };
            given.workers = self.scratch.iter().map(|own| binder(own).phases()).collect();
            given.ahead = binder(&self.scratch[0]).ahead();
            given.preparation = binder(&self.scratch[0]).preparation();
            given.shared = binder(&self.scratch[0]).shared();
            binder(&self.scratch[0]).constants();
            (given.straight, given.straight_that_fails) = self.straight(given);
        }
        let pointer = |input: &InputSpec| feed.get(&input.name).map_or(null(), std::ptr::from_ref);
        let inputs = || self.definition.inputs().iter().map(pointer);
        let known = is_last && feed.is_unchanged() && inputs().eq(given.inputs.iter().copied());
        given.inputs.clear();
        given.inputs.extend(inputs());
        for (id, item) in self.schedule.lowered.items.iter().enumerate() {
            if known && item.space != Space::Fixed {
                continue;
            }
            let Place::Whole(offset) = self.plan.places[id] else { continue };
            let to = self.memory.base().wrapping_add(offset);
            let Kind::Input(index) = item.kind else { continue };
            let name = self.definition.inputs()[index].name.as_str();
            if let Some(array) = feed.get(name) {
                place(array, to);
            }
        }
        self.share_before(given);
        self.failed.store(false, Ordering::Relaxed);
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
        Share { first, steps, preparation }
    }

    /// Copies and computes what all steps of a share have in common.
    pub(super) fn share_before(&self, given: &Given) {
        let executor = self.executor(given, given.first_share);
        for work in &given.shared {
            // SAFETY: No tile is under way.
            let done = unsafe { executor.tile(work, 0) };
            debug_assert!(done.is_ok(), "copies and elementwise ops do not fail");
        }
    }

    /// The tiles that each worker has done over all shares.
    pub(super) fn tiles(&self) -> Vec<u64> {
        self.tiles.iter().map(|tiles| tiles.0.load(Ordering::Relaxed)).collect()
    }

    /// Whether the last run went by tapes to its end.
    pub(super) fn is_of_tapes(&self) -> bool {
        self.is_of_tapes.load(Ordering::Relaxed)
    }

    /// What the number of rows decided.
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
    }

    /// For each instruction of each phase whether it ends with Adam's kernel.
    pub(super) fn adam(&self) -> Vec<Vec<bool>> {
        // SAFETY: No tile is under way.
        let given = unsafe { &*self.given.get() };
        let is_adam =
            |work: &Work| matches!(work, Work::Chain { chain, .. } if chain.adam.is_some());
        let phases = given.workers.first().into_iter().flatten();
        phases.map(|works| works.tiled.iter().map(is_adam).collect()).collect()
    }

    /// Words of memory: the program's own, and the scratch of all workers.
    pub(super) fn words(&self) -> usize {
        self.plan.words + self.plan.scratch_words * self.scratch.len()
    }

    /// Whether a state is as this program left it, and nobody has used the
    /// program since.
    pub(super) fn has_left(&self, state: &State) -> bool {
        // SAFETY: No tile is under way.
        state.is_marked(unsafe { &(*self.given.get()).stamp })
    }

    /// Marks a state that this program leaves.
    pub(super) fn mark(&self, state: &State) {
        // SAFETY: No tile is under way.
        state.mark(unsafe { &(*self.given.get()).stamp });
    }

    /// What the last share came to.
    pub(super) fn outcome(&self) -> Result<()> {
        if !self.failed.load(Ordering::Acquire) {
            return Ok(());
        }
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner).take();
        Err(fault.map_or_else(|| Fault::of("bug.panic"), |first| first.fault))
    }

    /// The fetched values.
    pub(super) fn fetched(&self) -> Vec<Array> {
        let mut fetched = Vec::with_capacity(self.schedule.lowered.fetches.len());
        self.each_fetched(&mut |from, sizes, dtype| {
            // SAFETY: The value has these elements.
            fetched.push(unsafe { array(from, sizes, dtype) });
        });
        fetched
    }

    /// The fetched values where they lie, in the order of the fetches: the address
    /// of the first element of each, the sizes and the type.
    pub(super) fn each_fetched(&self, see: &mut dyn FnMut(*const f32, &[usize], DType)) {
        // SAFETY: No tile is under way.
        let given = unsafe { &*self.given.get() };
        if let (Some(tiny), true) = (&self.tiny, self.is_of_tapes()) {
            return tiny.each_fetched(self.plan.rows, see);
        }
        let items = &self.schedule.lowered.items;
        for view in &self.schedule.lowered.fetches {
            let from = match self.plan.places[view.item] {
                Place::Whole(offset) => self.memory.base().wrapping_add(offset),
                Place::State(variable) => given.states[variable],
                Place::Nowhere | Place::Block(_) => unreachable!("a fetched value is kept"),
            };
            see(from, &view.shape.sizes(self.plan.rows), items[view.item].dtype);
        }
    }

    pub(super) fn executor<'a>(&'a self, given: &Given, step: u64) -> Executor<'a> {
        let context =
            Context { step: given.first_step + (step - given.first_share), ..given.context };
        Executor { kernels: self.kernels, definition: &self.definition, context }
    }
}
