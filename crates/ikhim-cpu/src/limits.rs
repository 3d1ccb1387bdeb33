//! What a processor can do at most, measured: beside it a step's time says how
//! much is left to gain.

use crate::kernel::{Kernels, LIMIT_OPERATIONS, WIDE};
use crate::memory::Memory;
use crate::runtime::{Job, Share, Wait};
use crate::{Level, Runtime};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// The most that the threads of a runtime do together in a second.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Limits {
    /// Operations of fused multiplications and additions in registers, each of
    /// which counts as 2.
    pub operations: f64,
    /// Bytes read in order from memory of the size that was asked for, by all
    /// threads at a time. What fits a cache is read from there.
    pub bytes: f64,
}

/// Measurements, of which the best one counts.
const MEASUREMENTS: usize = 15;

/// Rounds of arithmetic of a thread in a measurement: about half a millisecond.
const ROUNDS: usize = 100_000;

/// Bytes that a thread reads in a measurement, at least.
const READ: usize = 16 << 20;

impl Limits {
    /// Measures both on as many threads as a runtime has, at its level, in some tens of
    /// milliseconds; `bytes` is the size of the memory that is read.
    pub fn measure(runtime: &Runtime, bytes: usize) -> Limits {
        let (threads, level) = (runtime.threads(), runtime.level());
        // Of its own: all workers take part, whatever disturbed the others before.
        let runtime = &Runtime::builder().threads(threads).cpu(level).build();
        let arithmetic = Arc::new(Task::new(level, threads, Kind::Arithmetic));
        let rounds = if level == Level::Portable { ROUNDS / 100 } else { ROUNDS };
        let operations = threads * rounds * LIMIT_OPERATIONS * level.lanes();
        let words = (bytes / size_of::<f32>()).max(threads * WIDE * 8);
        let memory = Memory::new(words);
        let times = (threads * READ).div_ceil(words * size_of::<f32>());
        let reading = Arc::new(Task::new(level, threads, Kind::Reading { memory, words }));
        let read = times * words * size_of::<f32>();
        Limits {
            operations: operations as f64 / best(runtime, &arithmetic, rounds),
            bytes: read as f64 / best(runtime, &reading, times),
        }
    }
}

/// The seconds of the fastest of some measurements of so many rounds.
fn best(runtime: &Runtime, task: &Arc<Task>, rounds: usize) -> f64 {
    let mut fastest = f64::INFINITY;
    for _ in 0..MEASUREMENTS {
        let first = task.handed.fetch_add(1, Ordering::Relaxed);
        let job: Arc<dyn Job> = task.clone();
        task.rounds.store(rounds as u64, Ordering::Relaxed);
        let start = Instant::now();
        runtime.run(&job, Share { first, steps: 1, preparation: None });
        fastest = fastest.min(start.elapsed().as_secs_f64());
    }
    fastest
}

enum Kind {
    Arithmetic,
    Reading { memory: Memory, words: usize },
}

/// The same for every thread of a runtime.
struct Task {
    kernels: &'static Kernels,
    threads: usize,
    kind: Kind,
    rounds: AtomicU64,
    /// Measurements handed out, and parts of them taken and done by threads.
    handed: AtomicU64,
    taken: AtomicU64,
    done: AtomicU64,
    fastest: AtomicU64,
}

impl Task {
    fn new(level: Level, threads: usize, kind: Kind) -> Task {
        let zero = || AtomicU64::new(0);
        let kernels = Kernels::of(level);
        let (rounds, handed, taken, done) = (zero(), zero(), zero(), zero());
        let fastest = AtomicU64::new(u64::MAX);
        Task { kernels, threads, kind, rounds, handed, taken, done, fastest }
    }

    fn part(&self, part: usize) {
        let mut out = [0.0_f32; WIDE];
        let rounds = self.rounds.load(Ordering::Relaxed) as usize;
        match &self.kind {
            // SAFETY: A vector has room; the runtime's level is one that there is.
            Kind::Arithmetic => unsafe { (self.kernels.fused)(rounds, out.as_mut_ptr()) },
            Kind::Reading { memory, words } => {
                let each = words / self.threads;
                let from = memory.base().wrapping_add(part * each).cast_const();
                for _ in 0..rounds {
                    // SAFETY: The parts of all threads lie in the memory.
                    unsafe { (self.kernels.read)(from, each, out.as_mut_ptr()) }
                }
            }
        }
        std::hint::black_box(out);
    }
}

impl Job for Task {
    fn work(&self, _worker: usize, share: Share, wait: Wait) {
        let end = (share.first + 1) * self.threads as u64;
        // A part may be taken by whoever comes, but each once.
        let next = |taken: u64| (taken < end).then_some(taken + 1);
        while let Ok(taken) = self.taken.fetch_update(Ordering::AcqRel, Ordering::Acquire, next) {
            self.part(taken as usize % self.threads);
            self.done.fetch_add(1, Ordering::Release);
        }
        wait.until(|| self.done.load(Ordering::Acquire) >= end);
    }

    fn fastest(&self) -> &AtomicU64 {
        &self.fastest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_processor_does_something_at_every_level_and_no_wonders() {
        for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
            for threads in [1, 3] {
                let runtime = Runtime::builder().threads(threads).cpu(level).build();
                let Limits { operations, bytes } = Limits::measure(&runtime, 1 << 20);
                // A thousandth, and a thousand times, of what processors do.
                assert!((1e6..1e15).contains(&operations), "{level} {operations}");
                assert!((1e6..1e14).contains(&bytes), "{level} {bytes}");
            }
        }
    }

    #[test]
    fn every_word_is_read() {
        for level in Level::ALL.into_iter().filter(|level| level.is_available()) {
            let numbers: Vec<f32> = (0..1024).map(|at| at as f32).collect();
            let mut out = [0.0_f32; WIDE];
            // SAFETY: The level is available, and both places have the room.
            unsafe { (Kernels::of(level).read)(numbers.as_ptr(), 1024, out.as_mut_ptr()) }
            assert_eq!(out.iter().sum::<f32>(), 1024.0 * 1023.0 / 2.0, "{level}");
        }
    }
}
