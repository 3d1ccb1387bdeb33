//! A bound program as a job of workers.

use super::bind::PhaseWork;
use super::bound::Bound;
use super::execute::ask;
use super::plan::{Tile, Tiles};
use super::work::{Done, Failure, Rows, after};
use crate::runtime::{Job, Share, Wait};
use ikhim_text::Fault;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::PoisonError;
use std::sync::atomic::{AtomicU64, Ordering};

/// A counter in a cache line of its own.
#[derive(Default)]
#[repr(align(128))]
pub(super) struct Counter(pub(super) AtomicU64);

/// How far a phase is.
pub(super) struct Progress {
    /// For each worker the tiles that are its own, and how many were taken over
    /// all steps.
    queues: Vec<Queue>,
    /// Tiles done over all steps.
    done: Counter,
    pub(super) tiles: u64,
}

struct Queue {
    first: u64,
    count: u64,
    /// Tiles at its end that are taken from the last to the first.
    reversed: u64,
    taken: Counter,
}

/// The first fault of a run. Steps after it are not taken, but its own goes on as
/// long as earlier nodes may fail: it is theirs that the evaluator would tell.
pub(super) struct First {
    pub(super) step: u64,
    /// Node and tile; none of a panic, after which nothing goes on.
    pub(super) spot: Option<(usize, usize)>,
    pub(super) fault: Fault,
}

impl Bound {
    /// The points of a step where workers wait for each other.
    pub(super) fn barriers(&self) -> usize {
        if self.works_alone() { 0 } else { self.progress.len() }
    }

    /// Does a tile of a phase, or of what is made before the first step.
    pub(super) fn take(&self, worker: usize, phase: Option<usize>, tile: u64, step: u64) {
        if self.failed.load(Ordering::Acquire) && !self.goes_on(step, phase) {
            return;
        }
        if phase.is_some() {
            // Only this worker writes its counter.
            let count = &self.tiles[worker].0;
            count.store(count.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
        }
        let tile = tile as usize;
        let done = catch_unwind(AssertUnwindSafe(|| match phase {
            Some(phase) => self.tile(worker, phase, tile, step),
            None => self.tile_before(tile, step),
        }));
        match done {
            Ok(Ok(())) => {}
            Ok(Err(Failure { node, fault })) => {
                let spot = Some((node.index(), tile));
                self.fail(First { step, spot, fault: *fault });
            }
            Err(panic) => self.fail(First { step, spot: None, fault: told(panic) }),
        }
    }

    /// Whether a tile is done after a fault.
    fn goes_on(&self, step: u64, phase: Option<usize>) -> bool {
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
        let PhaseWork { tiled, errands } = &given.workers[worker][phase];
        let tiles = &self.plan.tiles[phase];
        let all = |work, count: usize| {
            // SAFETY: One after the other, and nobody else does them.
            (0..count).map(|tile| unsafe { executor.tile(work, tile) }).fold(Ok(()), after)
        };
        let errands = || errands.iter().map(|(work, count)| all(work, *count)).fold(Ok(()), after);
        match (tiles.tile(self.schedule.phases[phase].has_errands(), tile), tiles) {
            (Tile::Errands, _) => errands(),
            (Tile::Part(block), Tiles::Rows(_)) => {
                let block_rows = self.plan.block_rows[phase];
                let first = block * block_rows;
                let count = block_rows.min(self.plan.rows - first);
                let next = first + count;
                let ahead = block_rows.min(self.plan.rows - next);
                ask(&given.ahead[phase], Rows { first: next, count: ahead });
                // SAFETY: A block is one worker's, and what it reads beyond its
                // rows was done in an earlier phase.
                let rows = |work| unsafe { executor.rows(work, Rows { first, count }) };
                tiled.iter().map(rows).fold(Ok(()), after)
            }
            (Tile::Part(part), Tiles::Flat(tiles)) => {
                let (instruction, part) = tiles[part];
                // SAFETY: Tiles of a phase do not depend on each other.
                unsafe { executor.tile(&tiled[instruction as usize], part as usize) }
            }
            (Tile::All | Tile::Part(_), _) => {
                let counts = tiled.iter().zip(&self.counts[phase]);
                counts.map(|(work, count)| all(work, *count)).fold(errands(), after)
            }
        }
    }

    /// A tile of what is made before the first step.
    fn tile_before(&self, tile: usize, step: u64) -> Done {
        // SAFETY: As above.
        let given = unsafe { &*self.given.get() };
        let executor = self.executor(given, step);
        match &self.plan.preparation {
            Tiles::Flat(tiles) => {
                let (instruction, part) = tiles[tile];
                // SAFETY: As above; packing needs no worker's own memory.
                unsafe { executor.tile(&given.preparation[instruction as usize], part as usize) }
            }
            Tiles::Rows(_) | Tiles::Serial => self.prepare(given, &executor),
        }
    }

    /// Takes tiles of a phase while there are any, and waits until all are done,
    /// for the time of the phase that is given.
    fn phase(&self, progress: &Progress, worker: usize, time: u64, wait: Wait, take: impl Fn(u64)) {
        let workers = self.scratch.len();
        if !(progress.is_serial() && worker != 0) {
            for other in 0..workers {
                let queue = &progress.queues[(worker + other) % workers];
                while let Some(tile) = queue.next(time) {
                    take(tile);
                    progress.done.0.fetch_add(1, Ordering::Release);
                }
            }
        }
        let all = (time + 1) * progress.tiles;
        wait.until(|| progress.done.0.load(Ordering::Acquire) >= all);
    }
}

/// The fault of a panic.
pub(super) fn told(panic: Box<dyn std::any::Any + Send>) -> Fault {
    let text = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic in a worker");
    Fault::of("bug.panic").with("found", text)
}

impl Progress {
    /// Of a phase whose tiles are taken from the last to the first where `reversed`.
    pub(super) fn new(tiles: &Tiles, errands: bool, workers: usize, reversed: bool) -> Progress {
        let count = tiles.count(errands) as u64;
        // Errands are the caller's, so that the other tiles are shared evenly.
        let alone = if count == 1 { 1 } else { u64::from(errands) };
        let share = |worker: u64| (count - alone) * worker / workers as u64;
        let queues = (0..workers as u64).map(|worker| {
            let first = if worker == 0 { 0 } else { alone + share(worker) };
            let count = alone + share(worker + 1) - first;
            let begun = if worker == 0 { u64::from(errands) } else { 0 };
            let reversed = if reversed { count.saturating_sub(begun) } else { 0 };
            Queue { first, count, reversed, taken: Counter::default() }
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
                Ok(_) => {
                    let ahead = self.count - self.reversed;
                    let place = match (taken - begin).checked_sub(ahead) {
                        Some(behind) => self.count - 1 - behind,
                        None => taken - begin,
                    };
                    return Some(self.first + place);
                }
                Err(now) => taken = now,
            }
        }
        None
    }
}

impl Job for Bound {
    fn work(&self, worker: usize, share: Share, wait: Wait) {
        if worker >= self.scratch.len() {
            return;
        }
        if let Some(time) = share.preparation {
            let take = |tile| self.take(worker, None, tile, share.first);
            self.phase(&self.preparing, worker, time, wait, take);
        }
        for step in share.first..share.first + share.steps {
            for (at, progress) in self.progress.iter().enumerate() {
                let take = |tile| self.take(worker, Some(at), tile, step);
                self.phase(progress, worker, step, wait, take);
            }
        }
    }

    fn fastest(&self) -> &AtomicU64 {
        &self.fastest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Program, Runtime};
    use ikhim_graph::{Array, DType, Dim, Feed, Graph, N, State};

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
    fn the_tiles_of_each_worker_are_taken_forth_or_back() {
        let order = |reversed: bool| -> Vec<Vec<u64>> {
            // Errands and seven blocks of rows.
            let progress = Progress::new(&Tiles::Rows(7), true, 2, reversed);
            let taken = |queue: &Queue| std::iter::from_fn(|| queue.next(0)).collect();
            let first = progress.queues.iter().map(taken).collect();
            let again: Vec<u64> = std::iter::from_fn(|| progress.queues[1].next(1)).collect();
            assert_eq!(again.len(), 4, "a step later they are taken again");
            first
        };
        assert_eq!(order(false), [[0, 1, 2, 3], [4, 5, 6, 7]]);
        assert_eq!(order(true), [[0, 3, 2, 1], [7, 6, 5, 4]]);
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
                    works[cut].tiled.clear();
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
