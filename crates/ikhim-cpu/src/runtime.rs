//! Workers that take tiles of a program.
//!
//! A phase is over when its tiles are done, not when every worker has come by:
//! a worker that the system has put aside holds nobody up unless it holds a
//! tile. Which worker takes a tile never changes a bit.

mod crew;

use crate::Level;
use crew::Crew;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError, TryLockError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long an idle worker watches for work before it goes to sleep.
const WATCH: Duration = Duration::from_micros(100);

/// Owns the level and the workers that programs run on. Copies share them; there
/// is no other pool and none is global.
///
/// ```
/// use ikhim_cpu::Runtime;
/// let runtime = Runtime::builder().threads(2).build();
/// assert_eq!(runtime.threads(), 2);
/// ```
#[derive(Clone)]
pub struct Runtime(Arc<Inner>);

struct Inner {
    level: Level,
    threads: usize,
    crowded: bool,
    begin: Instant,
    pool: Mutex<Pool>,
    shared: Arc<Shared>,
}

/// The workers beside the calling thread, started when first needed.
struct Pool {
    workers: Vec<JoinHandle<()>>,
    crew: Crew,
}

struct Shared {
    /// Counts the jobs handed out.
    generation: AtomicU64,
    closing: AtomicBool,
    job: Mutex<Option<Handout>>,
    /// For each worker beside the calling thread.
    wakes: Vec<Condvar>,
}

/// What was handed out last.
#[derive(Clone)]
struct Handout {
    job: Arc<dyn Job>,
    share: Share,
    /// How many workers beside the calling thread take part.
    others: usize,
}

/// Steps of a job.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    /// The first step, counted over the job's life.
    pub(crate) first: u64,
    /// How many.
    pub(crate) steps: u64,
    /// Where the first step needs what earlier ones may leave: how often that
    /// was made over the job's life.
    pub(crate) preparation: Option<u64>,
}

/// Something that workers do together.
pub(crate) trait Job: Send + Sync {
    /// Takes tiles as the given worker until none of the share is left.
    fn work(&self, worker: usize, share: Share, wait: Wait);

    /// The nanoseconds of the fastest step so far by all workers.
    fn fastest(&self) -> &AtomicU64;
}

/// How to wait for another worker.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wait {
    /// Whether there are more workers than cores.
    crowded: bool,
}

impl Wait {
    /// Waits until a condition holds.
    pub(crate) fn until(self, mut holds: impl FnMut() -> bool) {
        let mut turns = 0_u32;
        while !holds() {
            turns += 1;
            if self.crowded || turns > 4000 {
                std::thread::yield_now();
            } else {
                std::hint::spin_loop();
            }
        }
    }
}

/// Settings of a [`Runtime`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing is there before `build`"]
pub struct RuntimeBuilder {
    level: Option<Level>,
    threads: Option<usize>,
}

impl RuntimeBuilder {
    /// So many threads, the calling one among them; as many as the system
    /// offers when not given.
    pub fn threads(mut self, threads: usize) -> RuntimeBuilder {
        self.threads = Some(threads.max(1));
        self
    }

    /// The level of instructions, or the best one below it that the processor
    /// has; the best of all when not given.
    pub fn cpu(mut self, level: Level) -> RuntimeBuilder {
        self.level = Some(level);
        self
    }

    /// The runtime. Its workers start with the first program that needs them.
    pub fn build(self) -> Runtime {
        let best = Level::detect();
        let level = self.level.map_or(best, |level| level.min(best));
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = self.threads.unwrap_or(cores);
        let shared = Shared {
            generation: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            job: Mutex::new(None),
            wakes: (1..threads).map(|_| Condvar::new()).collect(),
        };
        Runtime(Arc::new(Inner {
            level,
            threads,
            crowded: threads > cores,
            begin: Instant::now(),
            pool: Mutex::new(Pool { workers: Vec::new(), crew: Crew::new(threads) }),
            shared: Arc::new(shared),
        }))
    }
}

impl Default for Runtime {
    fn default() -> Runtime {
        Runtime::builder().build()
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("level", &self.level())
            .field("threads", &self.threads())
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Settings to begin with.
    pub fn builder() -> RuntimeBuilder {
        RuntimeBuilder::default()
    }

    /// A runtime of the calling thread alone, at the best level.
    pub fn single() -> Runtime {
        Runtime::builder().threads(1).build()
    }

    /// The level of instructions.
    pub fn level(&self) -> Level {
        self.0.level
    }

    /// The number of threads, the calling one among them.
    pub fn threads(&self) -> usize {
        self.0.threads
    }

    /// Whether two handles share their workers.
    pub fn is_same(&self, other: &Runtime) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Works on a job together with the workers; returns when its tiles are
    /// done. While another program runs on the workers, the caller works alone.
    pub(crate) fn run(&self, job: &Arc<dyn Job>, share: Share) {
        let wait = Wait { crowded: self.0.crowded };
        let mut pool = match self.0.pool.try_lock() {
            Ok(pool) => pool,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return job.work(0, share, wait),
        };
        while pool.workers.len() + 1 < self.0.threads {
            let (shared, worker) = (self.0.shared.clone(), pool.workers.len() + 1);
            let name = format!("ikhim-{worker}");
            let body = move || follow(&shared, worker, wait);
            match std::thread::Builder::new().name(name).spawn(body) {
                Ok(handle) => pool.workers.push(handle),
                // Without a thread the others do its tiles.
                Err(_) => break,
            }
        }
        let start = self.0.begin.elapsed();
        let others = pool.crew.active() - 1;
        if others > 0 {
            let shared = &self.0.shared;
            let mut held = lock(&shared.job);
            *held = Some(Handout { job: job.clone(), share, others });
            shared.generation.fetch_add(1, Ordering::Release);
            shared.wakes.iter().take(others).for_each(Condvar::notify_one);
        }
        job.work(0, share, wait);
        // More workers than cores always disturb each other.
        if !self.0.crowded && self.0.threads > 1 {
            let now = self.0.begin.elapsed();
            took(&mut pool.crew, &**job, share.steps, start, now);
        }
    }
}

/// Tells the crew how long steps took, once it is known how long they need.
fn took(crew: &mut Crew, job: &dyn Job, steps: u64, start: Duration, now: Duration) {
    let each = ((now - start).as_nanos() as u64 / steps.max(1)).max(1);
    let mut fastest = job.fastest().load(Ordering::Relaxed);
    if crew.is_whole() && each < fastest {
        fastest = each;
        job.fastest().store(each, Ordering::Relaxed);
    }
    if fastest < u64::MAX {
        crew.took(now, steps, each as f64 / fastest as f64);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The life of a worker: jobs, one after the other.
fn follow(shared: &Shared, worker: usize, wait: Wait) {
    let mut seen = 0;
    let mut left_out = false;
    loop {
        let idle = Instant::now();
        let mut turns = 0_u32;
        let handout = loop {
            if shared.closing.load(Ordering::Acquire) {
                return;
            }
            if shared.generation.load(Ordering::Acquire) != seen {
                let held = lock(&shared.job);
                seen = shared.generation.load(Ordering::Acquire);
                break held.clone();
            }
            turns += 1;
            let watched = turns.is_multiple_of(64) && idle.elapsed() > WATCH;
            if wait.crowded || left_out || watched {
                let held = lock(&shared.job);
                let asleep = |_: &mut _| {
                    shared.generation.load(Ordering::Acquire) == seen
                        && !shared.closing.load(Ordering::Acquire)
                };
                drop(shared.wakes[worker - 1].wait_while(held, asleep));
            } else {
                std::hint::spin_loop();
            }
        };
        let Some(Handout { job, share, others }) = handout else { continue };
        // Who is left out leaves its processor to others.
        left_out = worker > others;
        if !left_out {
            job.work(worker, share, wait);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.closing.store(true, Ordering::Release);
        {
            let mut held = lock(&self.shared.job);
            *held = None;
            self.shared.wakes.iter().for_each(Condvar::notify_one);
        }
        let pool = self.pool.get_mut().unwrap_or_else(PoisonError::into_inner);
        for worker in pool.workers.drain(..) {
            // A worker that panicked has told so; there is nothing to add.
            let _ = worker.join();
        }
    }
}
