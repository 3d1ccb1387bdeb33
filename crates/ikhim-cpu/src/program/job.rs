//! A bound program as a job of workers.

use super::bind::{Binder, place};
use super::elements::array;
use super::execute::{Executor, ask};
use super::plan::{Place, Plan, Tiles};
use super::tiny::Tiny;
use super::work::{At, Context, Done, Failure, Rows, Work, after};
use crate::compile::Schedule;
use crate::compile::lower::{Item, Kind, Space};
use crate::kernel::Kernels;
use crate::memory::{Memory, check_room};
use crate::runtime::{Job, Share, Wait};
use crate::{Level, Runtime};
use ikhim_graph::{Array, Definition, Feed, InputSpec, State};
use ikhim_text::{Fault, Result};
use std::cell::UnsafeCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr::null;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// A counter in a cache line of its own.
#[derive(Default)]
#[repr(align(128))]
struct Counter(AtomicU64);

impl Part {
    /// Does it.
    ///
    /// # Safety
    /// As for [`Executor::rows`].
    #[inline(always)]
    unsafe fn run(&self, executor: &Executor<'_>) -> Done {
        // SAFETY: As the caller promises.
        unsafe {
            match self {
                Part::Rows(work, rows) => executor.rows(work, *rows),
                Part::Tile(work, tile) => executor.tile(work, *tile),
            }
        }
    }
}

/// How far a phase is.
struct Progress {
    /// For each worker the tiles that are its own, and how many were taken over
    /// all steps.
    queues: Vec<Queue>,
    /// Tiles done over all steps.
    done: Counter,
    tiles: u64,
}

struct Queue {
    first: u64,
    count: u64,
    taken: Counter,
}

/// What the caller changes between shares, while no tile is under way.
struct Given {
    context: Context,
    /// The variables' addresses that the instructions hold.
    states: Vec<*mut f32>,
    /// The addresses of the inputs that were copied last.
    inputs: Vec<*const Array>,
    /// For each phase what its blocks of rows will read.
    ahead: Vec<Vec<At>>,
    /// For each worker and phase the instructions.
    workers: Vec<Vec<Vec<Work>>>,
    loads: Vec<Work>,
    commits: Vec<Work>,
    /// All work of a step in order, where it is a single worker's and each phase
    /// over rows is a single block.
    straight: Vec<Part>,
    /// How many of them there are before the last phase that can fail is over.
    straight_that_fails: usize,
    row_ids: Vec<u64>,
    /// Whether the ids are 0, 1, 2, … because none were given.
    is_counted: bool,
    first_step: u64,
    first_share: u64,
    /// The first step that finds packed forms in place.
    first_packed: u64,
    /// Marks the state that the program left last: packed forms of it are here.
    stamp: Arc<()>,
}

/// One piece of the work of a step.
enum Part {
    Rows(Work, Rows),
    Tile(Work, usize),
}

/// The first fault of a run. Steps after it are not taken, but its own goes on as
/// long as earlier nodes may fail: it is theirs that the evaluator would tell.
struct First {
    step: u64,
    /// Node and tile; none of a panic, after which nothing goes on.
    spot: Option<(usize, usize)>,
    fault: Fault,
}

/// A schedule bound to a number of rows, a level and a number of workers.
pub(super) struct Bound {
    definition: Arc<Definition>,
    schedule: Arc<Schedule>,
    level: Level,
    threads: usize,
    kernels: &'static Kernels,
    plan: Plan,
    /// The same as tapes, where it is small enough.
    tiny: Option<Tiny>,
    /// Whether the last run went by tapes to its end.
    is_of_tapes: AtomicBool,
    /// For each phase that does not go by rows the tiles of each instruction.
    counts: Vec<Vec<usize>>,
    memory: Memory,
    scratch: Vec<Memory>,
    progress: Vec<Progress>,
    given: UnsafeCell<Given>,
    /// Tiles done by each worker over all shares.
    tiles: Vec<Counter>,
    failed: AtomicBool,
    fault: Mutex<Option<First>>,
    /// The last phase that can fail, the loads counted in.
    last_that_fails: usize,
    /// Steps begun over all shares.
    steps: AtomicU64,
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
        let counts_of = |phase: usize| match plan.tiles[phase] {
            Tiles::Rows(_) => Vec::new(),
            Tiles::Flat(_) | Tiles::Serial => plan.flat_tiles(&schedule, phase),
        };
        let counts = (0..plan.tiles.len()).map(counts_of).collect();
        let tiny = match workers {
            1 => Tiny::new(&schedule, rows, runtime.level()),
            _ => None,
        };
        let last_that_fails = schedule.last_that_fails().map_or(0, |phase| phase + 1);
        let memory = Memory::new(plan.words);
        let scratch: Vec<Memory> = (0..workers).map(|_| Memory::new(plan.scratch_words)).collect();
        // The first phase reads single variables, the last one brings kept values
        // into the state.
        let phases = [&Tiles::Serial].into_iter().chain(&plan.tiles).chain([&Tiles::Serial]);
        let progress = phases.map(|tiles| Progress::new(tiles, workers)).collect();
        let context =
            Context { rows, row_ids: std::ptr::null(), seed: 0, step: 0, is_packed: false };
        let given = Given {
            context,
            states: Vec::new(),
            inputs: Vec::new(),
            ahead: Vec::new(),
            workers: Vec::new(),
            loads: Vec::new(),
            commits: Vec::new(),
            straight: Vec::new(),
            straight_that_fails: 0,
            row_ids: Vec::new(),
            is_counted: false,
            first_step: 0,
            first_share: 0,
            first_packed: 0,
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
            memory,
            scratch,
            progress,
            given: UnsafeCell::new(given),
            tiles: (0..workers).map(|_| Counter::default()).collect(),
            failed: AtomicBool::new(false),
            fault: Mutex::new(None),
            last_that_fails,
            steps: AtomicU64::new(0),
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
    /// this, before it hands out the share. `is_marked` tells that the program
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
                return share_of(first, steps);
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
        given.first_packed = match self.tiny {
            // Tapes leave no packed forms.
            Some(_) => u64::MAX,
            None if is_marked => first,
            None => first + 1,
        };
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
            given.loads = binder(&self.scratch[0]).loads();
            given.commits = binder(&self.scratch[0]).commits();
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
        self.failed.store(false, Ordering::Relaxed);
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = None;
        share_of(first, steps)
    }

    /// All tiles of a share by the caller.
    pub(super) fn run_alone(&self, share: Share) -> Result<()> {
        // SAFETY: Nobody else works on the program.
        let given = unsafe { &*self.given.get() };
        let mut share = share;
        if let Some(tiny) = &self.tiny {
            let outcome = tiny.run(share.steps);
            tiny.end(&given.states);
            let good = outcome.err().unwrap_or(share.steps);
            self.tiles[0].0.fetch_add(good, Ordering::Relaxed);
            self.is_of_tapes.store(outcome.is_ok(), Ordering::Relaxed);
            if outcome.is_ok() {
                return Ok(());
            }
            // The step that failed tells its fault the other way.
            share = share_of(share.first + good, share.steps - good);
        }
        if given.straight.is_empty() {
            for step in share.first..share.first + share.steps {
                for phase in 0..self.progress.len() {
                    for tile in 0..self.progress[phase].tiles {
                        self.take(0, phase, tile, step);
                    }
                }
            }
            return self.outcome();
        }
        let mut executor = self.executor(given, share.first);
        let (may_fail, sure) = given.straight.split_at(given.straight_that_fails);
        let all = |executor: &Executor<'_>, parts: &[Part]| -> Done {
            for (at, part) in parts.iter().enumerate() {
                // SAFETY: One after the other.
                if let Err(failure) = unsafe { part.run(executor) } {
                    // An earlier node may fail yet.
                    let others = parts[at + 1..].iter();
                    // SAFETY: As above.
                    let others = others.map(|part| unsafe { part.run(executor) });
                    return others.fold(Err(failure), after);
                }
            }
            Ok(())
        };
        let steps = || {
            for _ in 0..share.steps {
                all(&executor, may_fail)?;
                all(&executor, sure)?;
                executor.context.step += 1;
                executor.context.is_packed = true;
            }
            Ok(())
        };
        self.tiles[0].0.fetch_add(share.steps * given.straight.len() as u64, Ordering::Relaxed);
        match catch_unwind(AssertUnwindSafe(steps)) {
            Ok(done) => done.map_err(|failure: Failure| *failure.fault),
            Err(panic) => Err(told(panic)),
        }
    }

    /// The seconds that each instruction of each phase takes, all tiles done by
    /// the caller, one after the other; the first and the last phase stand for
    /// what is brought in from the state and back. The bound program can run on
    /// workers no more.
    pub(super) fn timed(&self, share: Share) -> Result<Vec<Vec<f64>>> {
        // SAFETY: Nobody else works on the program.
        let given = unsafe { &*self.given.get() };
        let of_phase = |works: &Vec<Work>| vec![0.0; works.len()];
        let mut seconds = vec![of_phase(&given.loads)];
        seconds.extend(given.workers[0].iter().map(of_phase));
        seconds.push(of_phase(&given.commits));
        let clock = |spent: &mut f64, work: &mut dyn FnMut() -> Done| {
            let start = Instant::now();
            let outcome = work();
            *spent += start.elapsed().as_secs_f64();
            outcome.map_err(|failure| *failure.fault)
        };
        let last = seconds.len() - 1;
        for step in share.first..share.first + share.steps {
            let executor = self.executor(given, step);
            for (phase, spent) in seconds.iter_mut().enumerate() {
                if phase == 0 || phase == last {
                    let works = if phase == 0 { &given.loads } else { &given.commits };
                    for (work, spent) in works.iter().zip(spent) {
                        // SAFETY: One after the other.
                        clock(spent, &mut || unsafe { executor.tile(work, 0) })?;
                    }
                    continue;
                }
                let works = &given.workers[0][phase - 1];
                if let Tiles::Rows(blocks) = self.plan.tiles[phase - 1] {
                    for block in 0..blocks {
                        let first = block * self.plan.block_rows;
                        let count = self.plan.block_rows.min(self.plan.rows - first);
                        for (work, spent) in works.iter().zip(spent.iter_mut()) {
                            let rows = Rows { first, count };
                            // SAFETY: As above.
                            clock(spent, &mut || unsafe { executor.rows(work, rows) })?;
                        }
                    }
                    continue;
                }
                let counts = &self.counts[phase - 1];
                for ((work, spent), count) in works.iter().zip(spent).zip(counts) {
                    for tile in 0..*count {
                        // SAFETY: As above.
                        clock(spent, &mut || unsafe { executor.tile(work, tile) })?;
                    }
                }
            }
        }
        Ok(seconds)
    }

    /// The tiles that each worker has done over all shares.
    pub(super) fn tiles(&self) -> Vec<u64> {
        self.tiles.iter().map(|tiles| tiles.0.load(Ordering::Relaxed)).collect()
    }

    /// The points of a step where workers wait for each other.
    pub(super) fn barriers(&self) -> usize {
        if self.works_alone() { 0 } else { self.progress.len() }
    }

    /// Whether the last run went by tapes to its end.
    pub(super) fn is_of_tapes(&self) -> bool {
        self.is_of_tapes.load(Ordering::Relaxed)
    }

    /// What the number of rows decided.
    pub(super) fn plan(&self) -> &Plan {
        &self.plan
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

    /// All parts of a step, and how many of them belong to phases of which one
    /// may fail yet.
    fn straight(&self, given: &Given) -> (Vec<Part>, usize) {
        let blocks = self.plan.tiles.iter().map(|tiles| match tiles {
            Tiles::Rows(blocks) => *blocks,
            _ => 1,
        });
        let is_one = self.works_alone() && self.plan.rows > 0 && blocks.max().unwrap_or(0) <= 1;
        if !is_one {
            return (Vec::new(), 0);
        }
        let is_nothing = |part: &Part| {
            matches!(part, Part::Rows(Work::Nothing, _) | Part::Tile(Work::Nothing, _))
        };
        let whole = |work: &Work| Part::Tile(work.clone(), 0);
        let mut parts: Vec<Part> = given.loads.iter().map(whole).collect();
        let mut that_fail = 0;
        for (phase, works) in given.workers[0].iter().enumerate() {
            parts.retain(|part| !is_nothing(part));
            if phase == self.last_that_fails {
                that_fail = parts.len();
            }
            if let Tiles::Rows(_) = self.plan.tiles[phase] {
                let rows = Rows { first: 0, count: self.plan.rows };
                parts.extend(works.iter().map(|work| Part::Rows(work.clone(), rows)));
                continue;
            }
            let counts = &self.counts[phase];
            for (work, count) in works.iter().zip(counts) {
                parts.extend((0..*count).map(|tile| Part::Tile(work.clone(), tile)));
            }
        }
        parts.retain(|part| !is_nothing(part));
        if self.last_that_fails == given.workers[0].len() {
            that_fail = parts.len();
        }
        parts.extend(given.commits.iter().map(whole));
        (parts, that_fail)
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
        // SAFETY: No tile is under way.
        let given = unsafe { &*self.given.get() };
        if let (Some(tiny), true) = (&self.tiny, self.is_of_tapes()) {
            return tiny.fetched(self.plan.rows);
        }
        let items = &self.schedule.lowered.items;
        let fetches = self.schedule.lowered.fetches.iter();
        fetches
            .map(|view| {
                let from = match self.plan.places[view.item] {
                    Place::Whole(offset) => self.memory.base().wrapping_add(offset),
                    Place::State(variable) => given.states[variable],
                    Place::Nowhere | Place::Block(_) => unreachable!("a fetched value is kept"),
                };
                let sizes = view.shape.sizes(self.plan.rows);
                // SAFETY: The value has these elements.
                unsafe { array(from, &sizes, items[view.item].dtype) }
            })
            .collect()
    }

    fn executor<'a>(&'a self, given: &Given, step: u64) -> Executor<'a> {
        let context = Context {
            step: given.first_step + (step - given.first_share),
            is_packed: step >= given.first_packed,
            ..given.context
        };
        Executor { kernels: self.kernels, definition: &self.definition, context }
    }

    /// Does a tile.
    fn take(&self, worker: usize, phase: usize, tile: u64, step: u64) {
        if self.failed.load(Ordering::Acquire) && !self.goes_on(step, phase) {
            return;
        }
        // Only this worker writes its counter.
        let count = &self.tiles[worker].0;
        count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        let done = catch_unwind(AssertUnwindSafe(|| self.tile(worker, phase, tile as usize, step)));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(Failure { node, fault })) => {
                let spot = Some((node.index(), tile as usize));
                self.fail(First { step, spot, fault: *fault });
            }
            Err(panic) => self.fail(First { step, spot: None, fault: told(panic) }),
        }
    }

    /// Whether a tile is done after a fault.
    fn goes_on(&self, step: u64, phase: usize) -> bool {
        let kept = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().is_none_or(|first| {
            first.spot.is_some() && first.step == step && phase <= self.last_that_fails
        })
    }

    fn fail(&self, new: First) {
        let mut kept = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_none_or(|first| new.spot < first.spot) {
            *kept = Some(new);
        }
        self.failed.store(true, Ordering::Release);
    }

    fn tile(&self, worker: usize, phase: usize, tile: usize, step: u64) -> Done {
        // SAFETY: `given` does not change while a tile is under way.
        let given = unsafe { &*self.given.get() };
        let executor = self.executor(given, step);
        let around = match phase {
            0 => Some(&given.loads),
            _ if phase > self.plan.tiles.len() => Some(&given.commits),
            _ => None,
        };
        if let Some(works) = around {
            for work in works {
                // SAFETY: No other tile of the step is under way.
                unsafe { executor.tile(work, 0)? };
            }
            return Ok(());
        }
        let phase = phase - 1;
        let works = &given.workers[worker][phase];
        match &self.plan.tiles[phase] {
            Tiles::Rows(_) => {
                let first = tile * self.plan.block_rows;
                let count = self.plan.block_rows.min(self.plan.rows - first);
                let next = first + count;
                let ahead = self.plan.block_rows.min(self.plan.rows - next);
                ask(&given.ahead[phase], Rows { first: next, count: ahead });
                // SAFETY: A block is one worker's, and what it reads beyond its
                // rows was done in an earlier phase.
                let rows = |work| unsafe { executor.rows(work, Rows { first, count }) };
                works.iter().map(rows).fold(Ok(()), after)
            }
            Tiles::Flat(tiles) => {
                let (instruction, part) = tiles[tile];
                // SAFETY: Tiles of a phase do not depend on each other.
                unsafe { executor.tile(&works[instruction as usize], part as usize) }
            }
            Tiles::Serial => {
                let counts = works.iter().zip(&self.counts[phase]);
                let tiles = counts.flat_map(|(work, count)| (0..*count).map(move |at| (work, at)));
                // SAFETY: One after the other.
                let done = tiles.map(|(work, part)| unsafe { executor.tile(work, part) });
                done.fold(Ok(()), after)
            }
        }
    }
}

/// The fault of a panic.
fn told(panic: Box<dyn std::any::Any + Send>) -> Fault {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic in a worker");
    Fault::of("bug.panic").with("found", text)
}

fn share_of(first: u64, steps: u64) -> Share {
    Share { first, steps }
}

impl Progress {
    fn new(tiles: &Tiles, workers: usize) -> Progress {
        let count = match tiles {
            Tiles::Rows(blocks) => *blocks as u64,
            Tiles::Flat(tiles) => tiles.len() as u64,
            Tiles::Serial => 1,
        };
        let own = |worker: u64| match tiles {
            // Alone to the caller, who is always there.
            Tiles::Serial => (0, u64::from(worker == 0)),
            _ => {
                let all = workers as u64;
                let first = count * worker / all;
                (first, count * (worker + 1) / all - first)
            }
        };
        let queues = (0..workers as u64).map(|worker| {
            let (first, count) = own(worker);
            Queue { first, count, taken: Counter::default() }
        });
        Progress { queues: queues.collect(), done: Counter::default(), tiles: count }
    }

    fn is_serial(&self) -> bool {
        self.tiles == 1
    }
}

impl Queue {
    /// The next tile of a step, while there is one.
    fn next(&self, step: u64) -> Option<u64> {
        let (begin, end) = (step * self.count, (step + 1) * self.count);
        let mut taken = self.taken.0.load(Ordering::Relaxed);
        while taken < end {
            let exchanged = self.taken.0.compare_exchange_weak(
                taken,
                taken + 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            match exchanged {
                Ok(_) => return Some(self.first + taken - begin),
                Err(now) => taken = now,
            }
        }
        None
    }
}

impl Job for Bound {
    fn work(&self, worker: usize, share: Share, wait: Wait) {
        let workers = self.scratch.len();
        if worker >= workers {
            return;
        }
        for step in share.first..share.first + share.steps {
            for (at, phase) in self.progress.iter().enumerate() {
                if !(phase.is_serial() && worker != 0) {
                    for other in 0..workers {
                        let queue = &phase.queues[(worker + other) % workers];
                        while let Some(tile) = queue.next(step) {
                            self.take(worker, at, tile, step);
                            phase.done.0.fetch_add(1, Ordering::Release);
                        }
                    }
                }
                let all = (step + 1) * phase.tiles;
                wait.until(|| phase.done.0.load(Ordering::Acquire) >= all);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Program;
    use ikhim_graph::{DType, Dim, Graph, N};

    /// A program that is cut into tiles: a table that grows with the sum of the
    /// rows' products.
    fn program() -> Program {
        let graph = Graph::new();
        let width = Dim::Fixed(400);
        let x = graph.input("x", DType::F32, &[N, width]);
        graph.output("square", x.transpose(&[1, 0]).matmul(x));
        Program::reading(graph.finish().unwrap().into(), &["square"]).unwrap()
    }

    #[test]
    fn a_panic_in_a_worker_is_a_fault_and_the_workers_go_on() {
        let (program, runtime) = (program(), Runtime::builder().threads(3).build());
        let x = Array::f32(&[60, 400], vec![1.0; 60 * 400]);
        let feed = Feed::rows(60).input("x", &x);
        let mut state = State::new();
        let run = |state: &mut State| program.run(&runtime, state, &feed);
        let expected = run(&mut state).unwrap();
        assert!(expected[0].to_f64().iter().all(|sum| *sum == 60.0));
        // Without its instructions, every tile of a phase is out of bounds.
        let broken = |is_broken: bool| {
            let idle = program.idle.lock().unwrap();
            let bound = idle.last().unwrap();
            // SAFETY: No tile is under way.
            let given = unsafe { &mut *bound.given.get() };
            let cut = bound.plan.tiles.iter().position(|tiles| matches!(tiles, Tiles::Flat(_)));
            let cut = cut.expect("a phase of tiles");
            for works in &mut given.workers {
                if is_broken {
                    works[cut].clear();
                }
            }
            if !is_broken {
                given.workers.clear();
            }
        };
        for _ in 0..10 {
            broken(true);
            let fault = run(&mut state).unwrap_err();
            assert_eq!(fault.code(), "bug.panic");
            assert!(fault.to_string().contains("index out of bounds"), "{fault}");
            broken(false);
            assert_eq!(run(&mut state).unwrap(), expected);
        }
    }
}
