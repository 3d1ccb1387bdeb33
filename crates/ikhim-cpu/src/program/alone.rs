//! A step of a bound program by a single worker.

use super::bound::{Bound, Given};
use super::execute::Executor;
use super::job::told;
use super::plan::Tiles;
use super::work::{Done, Failure, Rows, Work, after};
use crate::runtime::Share;
use ikhim_text::Result;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering;

/// One piece of the work of a step.
pub(super) enum Part {
    Rows(Work, Rows),
    Tile(Work, usize),
}

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

impl Bound {
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
            self.share_before(given);
            let (first, steps) = (share.first + good, share.steps - good);
            share = Share { first, steps, ..share };
        }
        if given.straight.is_empty() {
            if share.preparation.is_some() {
                (0..self.preparing.tiles).for_each(|tile| self.take(0, None, tile, share.first));
            }
            for step in share.first..share.first + share.steps {
                for phase in 0..self.progress.len() {
                    for tile in 0..self.progress[phase].tiles {
                        self.take(0, Some(phase), tile, step);
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
            if share.preparation.is_some() {
                self.prepare(given, &executor)?;
            }
            for _ in 0..share.steps {
                all(&executor, may_fail)?;
                all(&executor, sure)?;
                executor.context.step += 1;
            }
            Ok(())
        };
        self.tiles[0].0.fetch_add(share.steps * given.straight.len() as u64, Ordering::Relaxed);
        match catch_unwind(AssertUnwindSafe(steps)) {
            Ok(done) => done.map_err(|failure: Failure| *failure.fault),
            Err(panic) => Err(told(panic)),
        }
    }

    /// Makes all that is made before the first step.
    pub(super) fn prepare(&self, given: &Given, executor: &Executor<'_>) -> Done {
        for (work, count) in given.preparation.iter().zip(&self.counts_before) {
            for tile in 0..*count {
                // SAFETY: One after the other.
                unsafe { executor.tile(work, tile)? };
            }
        }
        Ok(())
    }

    /// All parts of a step, and how many of them belong to phases of which one
    /// may fail yet.
    pub(super) fn straight(&self, given: &Given) -> (Vec<Part>, usize) {
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
        let tiles = |work: &Work, count: usize| -> Vec<Part> {
            (0..count).map(|tile| Part::Tile(work.clone(), tile)).collect()
        };
        let mut parts: Vec<Part> = Vec::new();
        let mut that_fail = 0;
        for (phase, works) in given.workers[0].iter().enumerate() {
            parts.extend(works.errands.iter().flat_map(|(work, count)| tiles(work, *count)));
            if let Tiles::Rows(_) = self.plan.tiles[phase] {
                let rows = Rows { first: 0, count: self.plan.rows };
                parts.extend(works.tiled.iter().map(|work| Part::Rows(work.clone(), rows)));
            } else {
                let counts = works.tiled.iter().zip(&self.counts[phase]);
                parts.extend(counts.flat_map(|(work, count)| tiles(work, *count)));
            }
            parts.retain(|part| !is_nothing(part));
            if Some(phase) == self.last_that_fails {
                that_fail = parts.len();
            }
        }
        (parts, that_fail)
    }
}
