//! What each instruction of a bound program takes.

use super::bound::Bound;
use super::plan::Tiles;
use super::work::{Done, Rows, Work};
use crate::runtime::Share;
use ikhim_text::Result;
use std::time::Instant;

impl Bound {
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
}
