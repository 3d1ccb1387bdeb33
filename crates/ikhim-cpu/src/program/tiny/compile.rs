//! From a scheduled graph to tapes.

use super::draft::{Draft, tape};
use super::{Fetched, Given, Tiny, Variable};
use crate::Level;
use crate::compile::Schedule;
use crate::compile::lower::{Id, Item, Kind, Packed};
use crate::kernel::{MapOp, TapeOp, Tapes};
use crate::memory::Memory;
use ikhim_graph::{Array, DType, Dim, Op, Shape};
use ikhim_numeric::reduction::LEAF_ROWS;
use std::collections::HashMap;

/// The most elements of a value.
const MOST: usize = 64;

/// The most entries of a step, each operation of a chain counted.
const LONGEST: u32 = 320;

/// When an item is computed, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum When {
    /// Once for all steps of a run.
    Setup,
    /// In each step.
    Step,
    /// In the last step of a run.
    Fetch,
    /// At the end of each step.
    Store,
}

impl Tiny {
    /// The tapes of a program over so many rows, where it is small enough and
    /// has only ops that a tape knows.
    pub(in crate::program) fn new(schedule: &Schedule, rows: usize, level: Level) -> Option<Tiny> {
        // The rows are a single leaf.
        if rows == 0 || rows > LEAF_ROWS {
            return None;
        }
        let items = &schedule.lowered.items;
        let needed = needed(schedule);
        let total = |item: &Item| match item.shape.elements() {
            Dim::Fixed(count) => count,
            Dim::Batch(count) => count * rows,
        };
        let mut widest = 0;
        for item in items.iter().zip(&needed).filter(|(_, needed)| **needed).map(|(item, _)| item) {
            let is_another_form = matches!(item.kind, Kind::Pack(_) | Kind::Panels { .. });
            if !is_another_form && !(1..=MOST).contains(&total(item)) || !is_known(&item.kind) {
                return None;
            }
            widest = widest.max(total(item));
        }
        // Where eight lanes hold every value, longer vectors only take longer.
        let is_short = level == Level::Avx512 && widest <= Tapes::of(Level::Avx2).lanes;
        let tapes = Tapes::of(if is_short { Level::Avx2 } else { level });
        let mut compiler = Compiler {
            schedule,
            rows,
            lanes: tapes.lanes,
            when: when(schedule, &needed),
            users: users(schedule, &needed),
            absorbed: vec![false; items.len()],
            totals: items.iter().map(total).collect(),
            // The first vector tells of an index out of range.
            words: vec![0; tapes.lanes],
            places: vec![None; items.len()],
            drafts: HashMap::new(),
            tables: HashMap::new(),
            shuffles: HashMap::new(),
            variables: HashMap::new(),
        };
        for id in (0..items.len()).filter(|id| needed[*id]) {
            compiler.absorb(id);
        }
        for id in (0..items.len()).filter(|id| needed[*id]) {
            if !compiler.absorbed[id] {
                compiler.item(id)?;
            }
        }
        let fetches = compiler.fetches()?;
        compiler.finish(tapes, fetches)
    }
}

/// Whether a tape can compute it.
fn is_known(kind: &Kind) -> bool {
    match kind {
        Kind::Random { .. } => false,
        Kind::Loops { op, .. } => is_movement(op),
        Kind::Windows { .. } | Kind::EnoughRows(_) => false,
        _ => true,
    }
}

/// Whether an op only moves elements, by places that are known beforehand.
fn is_movement(op: &Op) -> bool {
    matches!(op, Op::Broadcast(_) | Op::Transpose(_) | Op::Slice(_) | Op::Pad(_) | Op::Concat(_))
}

fn roots(schedule: &Schedule) -> Vec<Id> {
    let items = schedule.lowered.items.iter().enumerate();
    let stores = items.filter(|(_, item)| matches!(item.kind, Kind::Store { .. }));
    stores.map(|(id, _)| id).collect()
}

/// What others need, with them.
fn with_inputs(schedule: &Schedule, from: Vec<Id>) -> Vec<bool> {
    let items = &schedule.lowered.items;
    let mut found = vec![false; items.len()];
    let mut stack = from;
    while let Some(id) = stack.pop() {
        if !std::mem::replace(&mut found[id], true) {
            stack.extend(items[id].inputs());
        }
    }
    found
}

fn needed(schedule: &Schedule) -> Vec<bool> {
    let fetched = schedule.lowered.fetches.iter().map(|view| view.item);
    with_inputs(schedule, roots(schedule).into_iter().chain(fetched).collect())
}

/// When each item is computed. What can fail is computed in each step, as nobody
/// may go on after a fault.
fn when(schedule: &Schedule, needed: &[bool]) -> Vec<When> {
    let items = &schedule.lowered.items;
    let gathers =
        (0..items.len()).filter(|id| needed[*id] && matches!(items[*id].kind, Kind::Gather { .. }));
    let in_step = with_inputs(schedule, roots(schedule).into_iter().chain(gathers).collect());
    let is_stored = |variable: usize| {
        items
            .iter()
            .any(|item| matches!(item.kind, Kind::Store { variable: own, .. } if own == variable))
    };
    let mut when = Vec::with_capacity(items.len());
    for (id, item) in items.iter().enumerate() {
        let changes = match item.kind {
            Kind::Read(variable) => is_stored(variable),
            Kind::Store { .. } | Kind::Gather { .. } => true,
            _ => item.inputs().iter().any(|input| when[*input] != When::Setup),
        };
        when.push(match (changes, in_step[id]) {
            (false, _) => When::Setup,
            (true, true) => When::Step,
            (true, false) => When::Fetch,
        });
    }
    when
}

/// How often each item is read, a fetch counted.
fn users(schedule: &Schedule, needed: &[bool]) -> Vec<usize> {
    let items = &schedule.lowered.items;
    let mut users = vec![0; items.len()];
    let read = (0..items.len()).filter(|id| needed[*id]).flat_map(|id| items[id].inputs());
    read.chain(schedule.lowered.fetches.iter().map(|view| view.item)).for_each(|id| users[id] += 1);
    users
}

pub(super) struct Compiler<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) rows: usize,
    pub(super) lanes: usize,
    pub(super) when: Vec<When>,
    pub(super) users: Vec<usize>,
    /// What lies between the ops of an entry that computes several.
    pub(super) absorbed: Vec<bool>,
    /// Elements of each item over all rows.
    pub(super) totals: Vec<usize>,
    /// The memory as it is before the first step.
    pub(super) words: Vec<u32>,
    /// Where each item is.
    pub(super) places: Vec<Option<u32>>,
    pub(super) drafts: HashMap<When, Vec<Draft>>,
    pub(super) tables: HashMap<Vec<u32>, u32>,
    /// Values of elements from other places.
    pub(super) shuffles: HashMap<(When, Vec<u32>), u32>,
    pub(super) variables: HashMap<usize, u32>,
}

impl Compiler<'_> {
    fn item(&mut self, id: Id) -> Option<()> {
        let item = &self.schedule.lowered.items[id];
        let place = match item.kind.clone() {
            Kind::Input(_) => self.room(self.totals[id]),
            Kind::Read(variable) => self.variable(variable, self.totals[id]),
            Kind::Constant(value) => self.constant(&value),
            Kind::RowCount => self.constant(&Array::scalar(self.rows as f64 as f32)),
            Kind::Map { op, operands, width } => self.map(id, op, &operands, width)?,
            Kind::Product { left, right, rows: _, inner, columns, .. } => {
                let (source, transposed) = match self.schedule.lowered.items[right].kind {
                    Kind::Pack(Packed { source, transposed, .. }) => (source, transposed),
                    _ => (right, false),
                };
                let step = if transposed { (1, inner) } else { (columns, 1) };
                self.product(id, inner, left, source, |k, at| {
                    let (row, column) = (at / columns, at % columns);
                    (row * inner + k, k * step.0 + column * step.1)
                })?
            }
            Kind::RowsProduct { left, right, per_row, rows, columns }
            | Kind::RowsProductOfBlocks { left, right, per_row, rows, columns } => {
                let right = match self.schedule.lowered.items[right].kind {
                    Kind::Panels { source, .. } => source,
                    _ => right,
                };
                self.product(id, per_row * self.rows, left, right, |k, at| {
                    (k * rows + at / columns, k * columns + at % columns)
                })?
            }
            Kind::Fold { fold, input, inner } => self.fold(id, fold, input, inner)?,
            Kind::FoldRows { fold, input, per_row, columns }
            | Kind::FoldRowsOfBlocks { fold, input, per_row, columns } => {
                let entries = per_row * self.rows;
                self.chain(id, fold, input, entries, |k, at| k * columns + at)?
            }
            // All rows are one block.
            Kind::JoinBlocks { blocks, .. } => self.place(blocks)?,
            Kind::Gather { table, indices, entries, inner } => {
                self.gather(id, table, indices, entries, inner)?
            }
            Kind::Loops { op, inputs, .. } => {
                let inputs: Vec<(Id, &Shape)> =
                    inputs.iter().map(|view| (view.item, &view.shape)).collect();
                self.movement(id, &op, &inputs)?
            }
            Kind::Store { variable, value } => self.store(id, variable, value)?,
            // Products find the elements where they are.
            Kind::Pack(_) | Kind::Panels { .. } => return Some(()),
            Kind::Random { .. } | Kind::Windows { .. } | Kind::EnoughRows(_) => return None,
        };
        self.places[id] = Some(place);
        Some(())
    }

    fn variable(&mut self, variable: usize, count: usize) -> u32 {
        if let Some(known) = self.variables.get(&variable) {
            return *known;
        }
        let place = self.room(count);
        self.variables.insert(variable, place);
        place
    }

    /// A variable's new value, at the end of the step.
    fn store(&mut self, id: Id, variable: usize, value: Id) -> Option<u32> {
        let count = self.totals[id];
        let to = self.variable(variable, count);
        let is_real = self.schedule.lowered.items[id].dtype == DType::F32;
        let (op, from) = match self.descent(id) {
            Some((operands, _)) => {
                let each = |input: Id| self.operand_of_all(value, input);
                (TapeOp::Descend, operands.into_iter().map(each).collect::<Option<Vec<_>>>()?)
            }
            None => {
                let op = if is_real { MapOp::Flush } else { MapOp::Copy };
                let mut from = self.operand_of_all(id, value)?;
                if self.is_stored(value) {
                    // Another store may come before.
                    from.0 = self.copy(When::Step, from.0, count);
                }
                (TapeOp::Map(op), vec![from])
            }
        };
        for at in 0..self.vectors(count) as u32 {
            let inputs: Vec<u32> = from.iter().map(|(place, step)| place + at * step).collect();
            self.push(When::Store, Draft::new(op, to + at * self.lanes as u32, &inputs));
        }
        Some(to)
    }

    fn copy(&mut self, when: When, from: u32, count: usize) -> u32 {
        let out = self.room(count);
        for at in (0..count as u32).step_by(self.lanes) {
            self.push(when, Draft::new(TapeOp::Map(MapOp::Copy), out + at, &[from + at]));
        }
        out
    }

    /// The fetched values. That of a variable is the one before the step.
    fn fetches(&mut self) -> Option<Vec<Fetched>> {
        let lowered = &self.schedule.lowered;
        let fetches = lowered.fetches.iter();
        fetches
            .map(|view| {
                let mut place = self.place(view.item)?;
                if self.is_stored(view.item) {
                    place = self.copy(When::Fetch, place, self.totals[view.item]);
                }
                let dtype = lowered.items[view.item].dtype;
                Some(Fetched { place, shape: view.shape.clone(), dtype })
            })
            .collect()
    }

    fn finish(mut self, tapes: Tapes, fetches: Vec<Fetched>) -> Option<Tiny> {
        let items = &self.schedule.lowered.items;
        let mut drafts = |when: When| self.drafts.remove(&when).unwrap_or_default();
        let (setup, step) = (drafts(When::Setup), drafts(When::Step));
        let (fetch, stores) = (drafts(When::Fetch), drafts(When::Store));
        let all = [&setup, &step, &fetch, &stores];
        let length: u32 = all.iter().flat_map(|tape| tape.iter()).map(Draft::length).sum();
        if length > LONGEST {
            return None;
        }
        let whole: Vec<Draft> = step.iter().chain(&stores).cloned().collect();
        let memory = Memory::new(self.words.len());
        // SAFETY: The memory has room for the words.
        unsafe {
            let to = memory.base().cast::<u32>();
            std::ptr::copy_nonoverlapping(self.words.as_ptr(), to, self.words.len());
        }
        let mut inputs = Vec::new();
        let mut variables: Vec<Variable> = Vec::new();
        for (id, item) in items.iter().enumerate() {
            let Some(place) = self.places[id] else { continue };
            match item.kind {
                Kind::Input(input) => inputs.push(Given { input, place }),
                Kind::Read(variable) | Kind::Store { variable, .. } => {
                    let is_stored = matches!(item.kind, Kind::Store { .. });
                    match variables.iter_mut().find(|known| known.variable == variable) {
                        Some(known) => known.is_stored |= is_stored,
                        None => variables.push(Variable {
                            variable,
                            place,
                            count: self.totals[id],
                            dtype: item.dtype,
                            is_stored,
                        }),
                    }
                }
                _ => {}
            }
        }
        Some(Tiny {
            setup: tape(&setup, &tapes),
            whole: tape(&whole, &tapes),
            step: tape(&step, &tapes),
            fetch: tape(&fetch, &tapes),
            stores: tape(&stores, &tapes),
            may_fail: step.iter().any(|draft| draft.op == TapeOp::Gather),
            tapes,
            memory,
            inputs,
            variables,
            fetches,
        })
    }
}
