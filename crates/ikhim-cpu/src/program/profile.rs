//! Where the time of a step goes.

use super::bound::Bound;
use super::plan::{Tiles, grows, operations};
use super::{Program, check_row_ids};
use crate::compile::Schedule;
use crate::compile::layout::is_narrow;
use crate::compile::lower::{Id, Item, Kind, elements};
use crate::compile::schedule::{Errand, Instruction, Storage};
use crate::runtime::Job;
use crate::{Level, Runtime};
use ikhim_graph::{Definition, Feed, Op, State};
use ikhim_text::Result;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Where the time of a program's steps goes, from [`Program::profile`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Profile {
    /// The level of instructions.
    pub level: Level,
    /// Threads of the runtime.
    pub threads: usize,
    /// Rows of a step.
    pub rows: usize,
    /// Steps that were measured.
    pub steps: u64,
    /// Seconds of a step on the runtime's threads.
    pub seconds: f64,
    /// Points of a step where workers wait for each other; 0 where the caller
    /// works alone.
    pub barriers: usize,
    /// Tiles that each worker did in all steps together; of one worker where the
    /// program is too small for more.
    pub tiles: Vec<u64>,
    /// Blocks that the rows are cut into.
    pub row_blocks: usize,
    /// Words of 32 bits that the program holds: values, and all workers' scratch.
    pub words: usize,
    /// The instructions in the order of their phases.
    pub instructions: Vec<InstructionProfile>,
}

/// One instruction of a [`Profile`].
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct InstructionProfile {
    /// The phase, from 1. Workers wait for each other between phases.
    pub phase: usize,
    /// The ops that it computes, each once.
    pub ops: Vec<String>,
    /// The layers that they belong to, each once.
    pub layers: Vec<String>,
    /// The kernels that compute it.
    pub kernel: String,
    /// Seconds of a step, on one thread.
    pub seconds: f64,
    /// Its share of all instructions' seconds.
    pub share: f64,
    /// Arithmetic of a step. A multiplication and an addition are 2, an
    /// exponential is 20.
    pub operations: usize,
    /// Bytes of the values that it reads and writes outside of itself.
    pub bytes: usize,
}

impl Profile {
    /// Workers that did at least one tile.
    pub fn busy_workers(&self) -> usize {
        self.tiles.iter().filter(|tiles| **tiles > 0).count()
    }

    /// Arithmetic of a step.
    pub fn operations(&self) -> usize {
        self.instructions.iter().map(|one| one.operations).sum()
    }
}

impl InstructionProfile {
    /// Billions of operations in a second.
    pub fn gflops(&self) -> f64 {
        if self.seconds > 0.0 { self.operations as f64 / self.seconds / 1e9 } else { 0.0 }
    }
}

impl Program {
    /// Measures so many steps twice: on the runtime's threads, where the tiles
    /// of each worker are counted, and one instruction after the other on the
    /// caller alone. The state is copied and stays as it is.
    ///
    /// ```
    /// use ikhim_cpu::{Program, Runtime};
    /// use ikhim_graph::{Array, DType, Feed, Graph, N, State};
    /// let graph = Graph::new();
    /// let x = graph.input("x", DType::F32, &[N]);
    /// graph.output("sum", x.square().sum_all());
    /// let program = Program::reading(graph.finish()?.into(), &["sum"])?;
    /// let x = Array::f32(&[2], vec![1.0, 3.0]);
    /// let feed = Feed::rows(2).input("x", &x);
    /// let profile = program.profile(&Runtime::single(), &State::new(), &feed, 10)?;
    /// assert_eq!((profile.busy_workers(), profile.barriers), (1, 0));
    /// println!("{profile}");
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    ///
    /// # Errors
    /// As [`Program::run`].
    pub fn profile(
        &self,
        runtime: &Runtime,
        state: &State,
        feed: &Feed<'_>,
        steps: u64,
    ) -> Result<Profile> {
        check_row_ids(feed)?;
        self.check_inputs(feed)?;
        let rows = feed.row_count();
        let (definition, schedule) = (self.definition.clone(), self.schedule(rows, runtime));
        let bound = Arc::new(Bound::new(definition, schedule.clone(), rows, runtime)?);
        let mut state = state.clone();
        let states = self.state_pointers(&mut state, rows)?;
        let run = |steps: u64| {
            let share = bound.begin(&states, feed, steps, false, false);
            if bound.works_alone() {
                return bound.run_alone(share);
            }
            let job: Arc<dyn Job> = bound.clone();
            runtime.run(&job, share);
            bound.outcome()
        };
        // The first step touches new memory and starts workers.
        run(1)?;
        let before = bound.tiles();
        let start = Instant::now();
        run(steps)?;
        let seconds = start.elapsed().as_secs_f64() / steps.max(1) as f64;
        let tiles = bound.tiles().iter().zip(before).map(|(now, then)| now - then).collect();
        let instructions = if bound.is_of_tapes() {
            vec![self.tape(rows, seconds)]
        } else {
            let share = bound.begin(&states, feed, steps, false, false);
            let timed = bound.timed(share)?;
            self.instructions(&schedule, &bound, &timed, steps)
        };
        let is_rows = |tiles: &Tiles| match tiles {
            Tiles::Rows(blocks) => Some(*blocks),
            _ => None,
        };
        Ok(Profile {
            level: runtime.level(),
            threads: runtime.threads(),
            rows,
            steps,
            seconds,
            barriers: bound.barriers(),
            tiles,
            row_blocks: bound.plan().tiles.iter().filter_map(is_rows).max().unwrap_or(0),
            words: bound.words(),
            instructions,
        })
    }

    /// All of a step as one instruction: the entries of a tape are shorter than
    /// what a clock can tell.
    fn tape(&self, rows: usize, seconds: f64) -> InstructionProfile {
        let all: Vec<Id> = self.schedule.instructions().flat_map(Instruction::items).collect();
        InstructionProfile {
            phase: 1,
            kernel: "tape".to_string(),
            seconds,
            share: 1.0,
            ..describe(&self.definition, &self.schedule, &all, rows, true)
        }
    }

    fn instructions(
        &self,
        schedule: &Schedule,
        bound: &Bound,
        timed: &[Vec<f64>],
        steps: u64,
    ) -> Vec<InstructionProfile> {
        let (plan, adam) = (bound.plan(), bound.adam());
        let all: f64 = timed.iter().flatten().sum();
        let mut profiles = Vec::new();
        for (at, phase) in schedule.phases.iter().enumerate() {
            // A tape is all instructions of its phase in one.
            let by_tape = plan.by_tape && phase.tape.is_some();
            let mut parts: Vec<Vec<Id>> =
                phase.instructions.iter().map(Instruction::items).collect();
            let (mut tiled, errands) = timed[at].split_at(parts.len());
            if by_tape {
                parts = vec![parts.concat()];
                tiled = &tiled[..1];
            }
            let of_tiles = parts.len();
            parts.extend(phase.errands.iter().map(Errand::items));
            for (part, (own, seconds)) in parts.iter().zip(tiled.iter().chain(errands)).enumerate()
            {
                let mut profile = InstructionProfile {
                    phase: at + 1,
                    seconds: seconds / steps.max(1) as f64,
                    share: if all > 0.0 { seconds / all } else { 0.0 },
                    ..describe(&self.definition, schedule, own, plan.rows, by_tape)
                };
                if by_tape && part == 0 {
                    profile.kernel = "row_tape".to_string();
                }
                if adam[at].get(part) == Some(&true) {
                    // Of the chain at most its first part is not Adam's.
                    profile.kernel = match profile.kernel.strip_suffix("map") {
                        Some(head) => format!("{head}adam"),
                        None => profile.kernel,
                    };
                }
                if let Some(Errand::Load(_) | Errand::Keep(_)) =
                    part.checked_sub(of_tiles).map(|errand| &phase.errands[errand])
                {
                    profile.kernel = "copy".to_string();
                }
                profiles.push(profile);
            }
        }
        profiles
    }
}

/// What an instruction is, without its time.
fn describe(
    definition: &Definition,
    schedule: &Schedule,
    own: &[Id],
    rows: usize,
    by_tape: bool,
) -> InstructionProfile {
    let items = &schedule.lowered.items;
    let mut ops = Vec::new();
    let mut layers = Vec::new();
    let mut kernels = Vec::new();
    let add = |list: &mut Vec<String>, entry: &str| {
        if !entry.is_empty() && !list.iter().any(|known| known == entry) {
            list.push(entry.to_string());
        }
    };
    for id in own {
        let item = &items[*id];
        let node = definition.node(item.node);
        let op = match item.kind {
            Kind::Store { .. } => "update",
            Kind::Pack(_) | Kind::Panels { .. } => "pack",
            _ => node.op.name(),
        };
        add(&mut ops, op);
        add(&mut layers, &node.scope);
        add(&mut kernels, kernel(item));
    }
    let grown = |id: &Id, count: usize| if grows(&items[*id]) { count * rows } else { count };
    InstructionProfile {
        phase: 0,
        ops,
        layers,
        kernel: kernels.join(" + "),
        seconds: 0.0,
        share: 0.0,
        operations: own.iter().map(|id| grown(id, operations(&items[*id]))).sum(),
        bytes: size_of::<f32>() * words(schedule, own, rows, by_tape),
    }
}

/// The kernel that computes an item.
fn kernel(item: &Item) -> &'static str {
    match &item.kind {
        Kind::Map { .. } | Kind::Store { .. } => "map",
        Kind::Product { inner, columns, .. } if is_narrow(*inner, *columns) => "narrow_product",
        Kind::Product { .. } => "product",
        Kind::RowsProduct { .. } => "reduce_product",
        Kind::RowsProductOfBlocks { .. } => "narrow_reduce_product",
        Kind::Fold { .. } => "row_fold",
        Kind::FoldRows { .. } | Kind::FoldRowsOfBlocks { .. } => "column_fold",
        Kind::JoinBlocks { .. } => "join_blocks",
        Kind::Gather { .. } => "gather",
        Kind::Random { .. } => "random_rows",
        Kind::Pack(_) | Kind::Panels { .. } => "pack",
        Kind::Loops { op, .. } => match op {
            Op::Sum(_) | Op::Prod(_) | Op::Max(_) | Op::Min(_) => "fold",
            Op::Argmax(_) | Op::Argmin(_) => "extremum",
            Op::Cumsum(_) => "cumsum",
            Op::Gather(_) => "gather",
            Op::ScatterAdd(_) => "scatter_add",
            Op::Matmul(_) => "products",
            Op::RandomUniform(_) | Op::RandomNormal(_) => "random_rows",
            Op::Recur(_) | Op::RecurGrad(_) => "recurrence",
            _ => "copy",
        },
        Kind::Windows { op, .. } => op.kernel(),
        Kind::EnoughRows(_) => "enough_rows",
        Kind::Input(_) | Kind::Read(_) | Kind::Constant(_) | Kind::RowCount => "none",
    }
}

/// Words that an instruction reads and writes: its operands from elsewhere, each
/// once, and what it leaves in memory.
fn words(schedule: &Schedule, own: &[Id], rows: usize, by_tape: bool) -> usize {
    let items = &schedule.lowered.items;
    let size = |id: Id| {
        let item = &items[id];
        let count = elements(&item.shape);
        if item.shape.batch_axis().is_some() { count * rows } else { count }
    };
    let mut read: Vec<Id> = own
        .iter()
        .flat_map(|id| match items[*id].kind {
            // Of a table only the entries asked for.
            Kind::Gather { indices, .. } => vec![indices, *id],
            _ => items[*id].inputs(),
        })
        .filter(|id| !own.contains(id) || matches!(items[*id].kind, Kind::Gather { .. }))
        .collect();
    read.sort_unstable();
    read.dedup();
    let is_left = |id: &&Id| {
        let storage = schedule.storage[**id];
        let is_near = storage == Storage::Register || by_tape && storage == Storage::Block;
        !is_near || matches!(items[**id].kind, Kind::Store { .. })
    };
    let written = own.iter().filter(is_left);
    read.into_iter().map(size).sum::<usize>() + written.map(|id| size(*id)).sum::<usize>()
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} rows, {}, {} threads: {:.2} us a step, {:.2} GFLOP/s",
            self.rows,
            self.level,
            self.threads,
            1e6 * self.seconds,
            if self.seconds > 0.0 { self.operations() as f64 / self.seconds / 1e9 } else { 0.0 }
        )?;
        writeln!(
            f,
            "{} barriers, {} row blocks, {} words of memory; tiles of each worker in {} steps: {:?}",
            self.barriers, self.row_blocks, self.words, self.steps, self.tiles
        )?;
        let heads = ["phase", "us", "share", "GFLOP/s", "KiB", "kernel", "ops", "layers"];
        let mut lines: Vec<[String; 8]> = vec![heads.map(str::to_string)];
        lines.extend(self.instructions.iter().map(|one| {
            [
                one.phase.to_string(),
                format!("{:.2}", 1e6 * one.seconds),
                format!("{:.1} %", 100.0 * one.share),
                format!("{:.2}", one.gflops()),
                format!("{:.1}", one.bytes as f64 / 1024.0),
                one.kernel.clone(),
                short(&one.ops),
                short(&one.layers),
            ]
        }));
        let width = |column: usize| {
            lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        for line in &lines {
            let mut text = String::new();
            for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
                // Numbers to the right, words to the left.
                text += &if column < 5 {
                    format!("{cell:>width$}  ")
                } else {
                    format!("{cell:<width$}  ")
                };
            }
            writeln!(f, "{}", text.trim_end())?;
        }
        Ok(())
    }
}

/// The first entries of a list, and how many more there are.
fn short(list: &[String]) -> String {
    const SHOWN: usize = 4;
    let shown = list.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join(" ");
    match list.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} +{more}"),
    }
}
