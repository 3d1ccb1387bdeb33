//! What each instruction of a bound program takes.

use super::bind::PhaseWork;
use super::bound::Bound;
use super::plan::Tiles;
use super::work::{Done, Rows};
use crate::runtime::Share;
use ikhim_text::Result;
use std::time::Instant;

impl Bound {
    /// The seconds that each instruction of each phase takes, its errands behind
    /// the others, all tiles done by the caller, one after the other. The bound
    /// program can run on workers no more.
    pub(super) fn timed(&self, share: Share) -> Result<Vec<Vec<f64>>> {
        // SAFETY: Nobody else works on the program.
        let given = unsafe { &*self.given.get() };
        let of_phase = |works: &PhaseWork| vec![0.0; works.tiled.len() + works.errands.len()];
        let mut seconds: Vec<Vec<f64>> = given.workers[0].iter().map(of_phase).collect();
        let clock = |spent: &mut f64, work: &mut dyn FnMut() -> Done| {
            let start = Instant::now();
            let outcome = work();
            *spent += start.elapsed().as_secs_f64();
            outcome.map_err(|failure| *failure.fault)
        };
        let first = self.executor(given, share.first);
        if share.preparation.is_some() {
            self.prepare(given, &first).map_err(|failure| *failure.fault)?;
        }
        for step in share.first..share.first + share.steps {
            let executor = self.executor(given, step);
            for (phase, spent) in seconds.iter_mut().enumerate() {
                let PhaseWork { tiled, errands } = &given.workers[0][phase];
                let (spent, of_errands) = spent.split_at_mut(tiled.len());
                for ((work, count), spent) in errands.iter().zip(of_errands) {
                    for tile in 0..*count {
                        // SAFETY: One after the other.
                        clock(spent, &mut || unsafe { executor.tile(work, tile) })?;
                    }
                }
                if let Tiles::Rows(blocks) = self.plan.tiles[phase] {
                    for block in 0..blocks {
                        let block_rows = self.plan.block_rows[phase];
                        let first = block * block_rows;
                        let count = block_rows.min(self.plan.rows - first);
                        for (work, spent) in tiled.iter().zip(spent.iter_mut()) {
                            let rows = Rows { first, count };
                            // SAFETY: As above.
                            clock(spent, &mut || unsafe { executor.rows(work, rows) })?;
                        }
                    }
                    continue;
                }
                for ((work, spent), count) in tiled.iter().zip(spent).zip(&self.counts[phase]) {
                    for tile in 0..*count {
                        // SAFETY: As above.
                        clock(spent, &mut || unsafe { executor.tile(work, tile) })?;
                    }
                }
            }
        }
        Ok(seconds)
    }
}
