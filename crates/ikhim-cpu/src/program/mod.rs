//! Compiled programs and how they run.

mod alone;
mod bind;
mod block;
mod bound;
mod elements;
mod execute;
mod job;
mod loops;
mod plan;
mod profile;
mod registers;
mod row_tape;
mod tile;
mod timed;
mod tiny;
mod work;

use crate::Runtime;
use crate::compile::lower::Kind;
use crate::compile::{Schedule, compile, compile_by_tiles};
use crate::runtime::{Job, Share};
use bound::Bound;
use elements::numbers;
use ikhim_graph::{Array, DType, Data, Definition, Feed, NodeId, State};
use ikhim_text::nearest::nearest;
use ikhim_text::{Fault, Result};
use plan::operations_of_row;
pub use profile::{InstructionProfile, Profile};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Programs bound to a number of rows that are kept for the next run.
const KEPT: usize = 4;

/// Arithmetic of a row that workers share when there are fewer rows than they.
const SHARED: usize = 4_000_000;

/// A graph compiled for the processor: what [`Evaluator`](ikhim_graph::Evaluator)
/// computes in f32, to the last bit, at any level and on any number of threads.
///
/// Compiling chooses kernels and an order of work; the first run over a number
/// of rows plans the memory for it, and later runs allocate nothing but the
/// fetched arrays.
///
/// ```
/// use ikhim_cpu::{Program, Runtime};
/// use ikhim_graph::{Array, DType, Feed, Graph, N, State, gradients};
/// let graph = Graph::new();
/// let x = graph.input("x", DType::F32, &[N]);
/// graph.output("slope", gradients(x.square().mean_all(), &[x])[0]);
/// let program = Program::reading(graph.finish()?.into(), &["slope"])?;
/// let x = Array::f32(&[2], vec![1.0, 3.0]);
/// let feed = Feed::rows(2).input("x", &x);
/// let slope = program.run(&Runtime::single(), &mut State::new(), &feed)?;
/// assert_eq!(slope[0].to_f64(), [1.0, 3.0]);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Clone)]
pub struct Program {
    definition: Arc<Definition>,
    schedule: Arc<Schedule>,
    /// The same for few rows, once it was asked for, where there is such a form.
    by_tiles: Arc<OnceLock<Option<Arc<Schedule>>>>,
    /// What is fetched, of a program without updates.
    read: Option<Arc<[NodeId]>>,
    /// Bound programs that no run uses.
    idle: Arc<Mutex<Vec<Arc<Bound>>>>,
}

impl std::fmt::Debug for Program {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Program")
            .field("nodes", &self.definition.nodes().len())
            .field("phases", &self.schedule.phases.len())
            .finish_non_exhaustive()
    }
}

impl Program {
    /// A program that fetches the named values and changes no variable.
    ///
    /// # Errors
    /// A name that is not in the graph.
    pub fn reading(definition: Arc<Definition>, fetches: &[&str]) -> Result<Program> {
        Program::new(definition, fetches, false)
    }

    /// A program that fetches the named values, as they are before the step, and
    /// applies the updates of the graph.
    ///
    /// # Errors
    /// A name that is not in the graph.
    pub fn updating(definition: Arc<Definition>, fetches: &[&str]) -> Result<Program> {
        Program::new(definition, fetches, true)
    }

    fn new(definition: Arc<Definition>, fetches: &[&str], updates: bool) -> Result<Program> {
        let found: Vec<NodeId> =
            fetches.iter().map(|name| find(&definition, name)).collect::<Result<_>>()?;
        let schedule = Arc::new(compile(&definition, &found, updates));
        let read = (!updates).then(|| found.into());
        Ok(Program { definition, schedule, by_tiles: Arc::default(), read, idle: Arc::default() })
    }

    /// The graph.
    pub fn definition(&self) -> &Arc<Definition> {
        &self.definition
    }

    /// One run; the values in the order of the fetches.
    ///
    /// # Errors
    /// An input that is missing or has another type or shape, a variable that is
    /// not in the state, an index out of range, more memory than the machine has
    /// left. The state is then unchanged.
    pub fn run(&self, runtime: &Runtime, state: &mut State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        self.run_steps(runtime, state, feed, 1)
    }

    /// So many runs over the same rows, the step of the random numbers counting
    /// on; the values of the last one.
    ///
    /// # Errors
    /// As [`Program::run`]; the state is then that of the last good step.
    pub fn run_steps(
        &self,
        runtime: &Runtime,
        state: &mut State,
        feed: &Feed<'_>,
        steps: u64,
    ) -> Result<Vec<Array>> {
        check_row_ids(feed)?;
        self.check_inputs(feed)?;
        let (bound, is_last) = self.take(runtime, feed.row_count())?;
        let is_marked = bound.has_left(state);
        let states = self.state_pointers(state, feed.row_count())?;
        let share = bound.begin(&states, feed, steps, is_marked, is_last);
        self.execute(runtime, bound, share, state, Bound::fetched)
    }

    /// One run that leaves the state as it is, which others may read meanwhile;
    /// updates are not applied.
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn read(&self, runtime: &Runtime, state: &State, feed: &Feed<'_>) -> Result<Vec<Array>> {
        match self.read_by(runtime, state, feed, Bound::fetched)? {
            Some(fetched) => Ok(fetched),
            None => self.run(runtime, &mut state.clone(), feed),
        }
    }

    /// As [`Program::read`], but each value is shown where it lies instead of
    /// copied: `see` is given the sizes and the numbers, in the order of the
    /// fetches. For who asks little of large values.
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn view(
        &self,
        runtime: &Runtime,
        state: &State,
        feed: &Feed<'_>,
        see: &mut dyn FnMut(&[usize], &[f32]),
    ) -> Result<()> {
        let show = |bound: &Bound| {
            bound.each_fetched(&mut |from, sizes, dtype| {
                // SAFETY: The value has these elements, and nothing runs meanwhile.
                see(sizes, &unsafe { numbers(from, sizes, dtype) });
            });
        };
        if self.read_by(runtime, state, feed, show)?.is_none() {
            for array in self.run(runtime, &mut state.clone(), feed)? {
                see(array.shape(), &array.to_f32());
            }
        }
        Ok(())
    }

    /// One run over a state that is only read; `None` where it would be written or
    /// has another precision.
    fn read_by<R>(
        &self,
        runtime: &Runtime,
        state: &State,
        feed: &Feed<'_>,
        take: impl FnOnce(&Bound) -> R,
    ) -> Result<Option<R>> {
        check_row_ids(feed)?;
        self.check_inputs(feed)?;
        let Some(states) = self.shared_pointers(state, feed.row_count())? else {
            return Ok(None);
        };
        let (bound, is_last) = self.take(runtime, feed.row_count())?;
        let share = bound.begin(&states, feed, 1, bound.has_left(state), is_last);
        self.execute(runtime, bound, share, state, take).map(Some)
    }

    /// A share of steps that a bound program has begun, then what is taken of its
    /// values.
    fn execute<R>(
        &self,
        runtime: &Runtime,
        bound: Arc<Bound>,
        share: Share,
        state: &State,
        take: impl FnOnce(&Bound) -> R,
    ) -> Result<R> {
        let outcome = if bound.works_alone() {
            bound.run_alone(share)
        } else {
            let job: Arc<dyn Job> = bound.clone();
            runtime.run(&job, share);
            bound.outcome()
        };
        let fetched = outcome.map(|()| take(&bound));
        if fetched.is_ok() {
            bound.mark(state);
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= KEPT {
            idle.remove(0);
        }
        idle.push(bound);
        fetched
    }

    /// A bound program for so many rows: an idle one, and whether it is what the
    /// last run used, or a new one.
    fn take(&self, runtime: &Runtime, rows: usize) -> Result<(Arc<Bound>, bool)> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = |bound: &Arc<Bound>| bound.fits(rows, runtime);
        if let Some(at) = idle.iter().rposition(fits) {
            let is_last = at + 1 == idle.len();
            return Ok((idle.remove(at), is_last));
        }
        drop(idle);
        let (definition, schedule) = (self.definition.clone(), self.schedule(rows, runtime));
        Ok((Arc::new(Bound::new(definition, schedule, rows, runtime)?), false))
    }

    /// The schedule for so many rows: where there are fewer than workers, and a row
    /// is much work, the workers share it.
    fn schedule(&self, rows: usize, runtime: &Runtime) -> Arc<Schedule> {
        let Some(fetches) = self.read.as_deref().filter(|_| rows < runtime.threads()) else {
            return self.schedule.clone();
        };
        let new = || {
            let is_worth = operations_of_row(&self.schedule) >= SHARED;
            let shared = is_worth.then(|| compile_by_tiles(&self.definition, fetches));
            shared.flatten().map(Arc::new)
        };
        self.by_tiles.get_or_init(new).as_ref().unwrap_or(&self.schedule).clone()
    }

    fn check_inputs(&self, feed: &Feed<'_>) -> Result<()> {
        for item in &self.schedule.lowered.items {
            let Kind::Input(index) = item.kind else { continue };
            let name = self.definition.inputs()[index].name.as_str();
            let Some(array) = feed.get(name) else {
                return Err(Fault::of("train.missing_input").with("name", name));
            };
            check(array, item.dtype, &item.shape.sizes(feed.row_count()), name)?;
        }
        Ok(())
    }

    /// Where the variables are, by their place; null for those not needed.
    fn state_pointers(&self, state: &mut State, rows: usize) -> Result<Vec<*mut f32>> {
        let variables = self.definition.variables();
        let mut pointers = vec![std::ptr::null_mut(); variables.len()];
        for item in &self.schedule.lowered.items {
            let (Kind::Read(index) | Kind::Store { variable: index, .. }) = item.kind else {
                continue;
            };
            let variable = &variables[index];
            let Some(array) = state.get_mut(&variable.path) else {
                return Err(Fault::of("train.missing_variable").with("name", &variable.path));
            };
            check(array, item.dtype, &item.shape.sizes(rows), &variable.path)?;
            if matches!(array.data(), Data::F64(_)) {
                *array = Array::f32(array.shape(), array.to_f32());
            }
            pointers[index] = match array.data_mut() {
                Data::F32(values) => values.as_mut_ptr(),
                Data::I32(values) => values.as_mut_ptr().cast(),
                Data::Bool(values) => values.as_mut_ptr().cast(),
                _ => unreachable!("made f32 above"),
            };
        }
        Ok(pointers)
    }
}

impl Program {
    /// Where the variables are of a state that is only read; `None` where one
    /// would be written or has another precision.
    fn shared_pointers(&self, state: &State, rows: usize) -> Result<Option<Vec<*mut f32>>> {
        let variables = self.definition.variables();
        let mut pointers = vec![std::ptr::null_mut(); variables.len()];
        for item in &self.schedule.lowered.items {
            let index = match item.kind {
                Kind::Read(index) => index,
                Kind::Store { .. } => return Ok(None),
                _ => continue,
            };
            let path = &variables[index].path;
            let Some(array) = state.get(path) else {
                return Err(Fault::of("train.missing_variable").with("name", path));
            };
            check(array, item.dtype, &item.shape.sizes(rows), path)?;
            // Without a store, nothing is written through these.
            pointers[index] = match array.data() {
                Data::F32(values) => values.as_ptr().cast_mut(),
                Data::I32(values) => values.as_ptr().cast_mut().cast(),
                Data::Bool(values) => values.as_ptr().cast_mut().cast(),
                _ => return Ok(None),
            };
        }
        Ok(Some(pointers))
    }
}

/// As many ids as rows, where they are given.
fn check_row_ids(feed: &Feed<'_>) -> Result<()> {
    match feed.given_row_ids() {
        Some(ids) if ids.len() != feed.row_count() => Err(Fault::of("train.row_ids")
            .with("expected", feed.row_count())
            .with("found", ids.len())),
        _ => Ok(()),
    }
}

fn check(array: &Array, dtype: DType, sizes: &[usize], name: &str) -> Result<()> {
    if array.dtype() == dtype && array.shape() == sizes {
        return Ok(());
    }
    Err(Fault::of("train.value_mismatch")
        .with("name", name)
        .with("expected", format!("{dtype} {sizes:?}"))
        .with("found", format!("{} {:?}", array.dtype(), array.shape())))
}

fn find(definition: &Definition, name: &str) -> Result<NodeId> {
    definition.find(name).ok_or_else(|| {
        let known = definition.names();
        let fault = Fault::of("train.unknown_fetch").with("name", name);
        match nearest(name, known.iter().map(String::as_str)) {
            Some(near) => fault.help(format!("the nearest name is `{near}`")),
            None => fault,
        }
    })
}
