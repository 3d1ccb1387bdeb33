//! A schedule bound to a number of rows: places in memory, blocks, tiles, and
//! for each worker the instructions with their addresses.

use super::work::{At, Head, Packing, Reduction, RowsFold, RowsProduct, Seen, Work, leaf, put};
use crate::Level;
use crate::compile::Schedule;
use crate::compile::lower::{Id, Item, Kind, Reading, Space, elements};
use crate::compile::schedule::{Instruction, Storage, is_given};
use crate::compile::layout::is_narrow;
use crate::kernel::{
    Adam, Address, CHUNKS, Chain, Fold, MapOp, Origin, SPLAT, Step, WIDE, packed_len, panel_width, scratch_len,
};
use crate::memory::{Memory, Places};
use ikhim_graph::{Array, DType, Dim};
use ikhim_numeric::reduction::LEAF_ROWS;

/// Words that the registers and the operands of a chain may fill: most of the
/// first cache.
const CHAIN_WORDS: usize = 5 * 1024;

/// Operands of a chain that are in memory, more or less.
const STREAMS: usize = 4;

/// Elements of a chunk of a chain with so many registers.
fn chunk_of(registers: usize) -> usize {
    let fitting = CHAIN_WORDS / (registers + STREAMS);
    (fitting / 64 * 64).clamp(CHUNKS.0, CHUNKS.1)
}

/// Words of a register: a chunk, with room for a vector beyond.
fn register_words(registers: usize) -> usize {
    chunk_of(registers) + SPLAT
}

/// Words of scratch memory that a block of rows may fill: about half of a
/// core's second cache.
const BLOCK_WORDS: usize = 64 * 1024;

/// The same for programs whose rows are a few numbers: half of the first cache.
const TALL_WORDS: usize = 4 * 1024;

/// Words of packed weights that stay in a core's second cache.
const WEIGHT_WORDS: usize = 192 * 1024;

/// Elements of a tile of a chain.
const TILE: usize = 16 * 1024;

/// Arithmetic below which other threads are not worth waking.
const SMALL: usize = 200_000;

/// Where an item is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Nowhere,
    /// In the program's memory, from a word on.
    Whole(usize),
    /// In a worker's scratch memory, from a word on.
    Block(usize),
    /// A variable in the state.
    State(usize),
}

/// What the number of rows decides.
pub(super) struct Plan {
    pub(super) rows: usize,
    pub(super) places: Vec<Place>,
    /// Words of the program's memory and of each worker's scratch.
    pub(super) words: usize,
    pub(super) scratch_words: usize,
    /// Where the kernels' own room begins in the scratch memory.
    kernel_scratch: usize,
    level: Level,
    pub(super) block_rows: usize,
    /// Whether the work is worth more than one thread.
    pub(super) is_small: bool,
    /// For each phase the tiles: instruction and place, or a block of rows.
    pub(super) tiles: Vec<Tiles>,
}

/// The tiles of a phase.
#[derive(Debug, Clone)]
pub(super) enum Tiles {
    /// Blocks of rows.
    Rows(usize),
    /// Tiles of instructions.
    Flat(Vec<(u32, u32)>),
    /// Everything in one go, by the caller.
    Serial,
}

/// The arithmetic of an item, in operations for each row or in all.
pub(crate) fn operations(item: &Item) -> usize {
    match &item.kind {
        Kind::Product { rows, inner, columns, .. } => 2 * rows * inner * columns,
        Kind::RowsProduct { per_row, rows, columns, .. }
        | Kind::RowsProductOfBlocks { per_row, rows, columns, .. } => 2 * per_row * rows * columns,
        Kind::Fold { inner, .. } => inner * elements(&item.shape),
        Kind::FoldRows { per_row, columns, .. }
        | Kind::FoldRowsOfBlocks { per_row, columns, .. } => per_row * columns,
        Kind::Map { op, .. } => {
            let each = match op {
                MapOp::Exp | MapOp::ExpM1 | MapOp::Log | MapOp::Log1p | MapOp::Tanh
                | MapOp::Erf | MapOp::Power => 20,
                MapOp::Divide | MapOp::Sqrt => 4,
                _ => 1,
            };
            each * elements(&item.shape)
        }
        Kind::Random { width, .. } => 10 * width,
        Kind::Other { .. } => 4 * elements(&item.shape),
        Kind::Gather { .. } => elements(&item.shape),
        Kind::Pack { .. } | Kind::Store { .. } | Kind::Panels { .. } => elements(&item.shape),
        _ => 0,
    }
}

/// Whether the work of an item grows with the rows.
pub(super) fn grows(item: &Item) -> bool {
    item.space != Space::Fixed
        || matches!(
            item.kind,
            Kind::RowsProduct { .. }
                | Kind::RowsProductOfBlocks { .. }
                | Kind::FoldRows { .. }
                | Kind::FoldRowsOfBlocks { .. }
        )
}

impl Plan {
    pub(super) fn new(schedule: &Schedule, rows: usize, threads: usize, level: Level) -> Plan {
        let items = &schedule.lowered.items;
        let total = |ids: &[Id]| -> usize {
            ids.iter()
                .map(|id| operations(&items[*id]) * if grows(&items[*id]) { rows } else { 1 })
                .sum()
        };
        let all: Vec<Id> = schedule
            .phases
            .iter()
            .flat_map(|phase| phase.instructions.iter().flat_map(Instruction::items))
            .collect();
        let is_small = total(&all) < SMALL;

        let block_words: usize = (0..items.len())
            .filter(|id| schedule.storage[*id] == Storage::Block && items[*id].is_by_row())
            .map(|id| elements(&items[id].shape))
            .sum();
        let workers = if is_small { 1 } else { threads };
        let weights = items.iter().map(|item| match item.kind {
            Kind::Pack { inner, columns, .. } => inner * columns,
            _ => 0,
        });
        let block_rows =
            block_rows(schedule.tall, block_words.max(1), weights.sum(), rows, workers);
        let blocks = rows.div_ceil(block_rows);

        let mut whole = Places::default();
        let mut scratch = Places::default();
        scratch.take(register_room(schedule));
        let mut places = vec![Place::Nowhere; items.len()];
        let mut scheduled = vec![false; items.len()];
        all.iter().for_each(|id| scheduled[*id] = true);
        for (id, item) in items.iter().enumerate() {
            let count = elements(&item.shape);
            let words = match (&item.kind, item.space) {
                (Kind::RowsProductOfBlocks { .. } | Kind::FoldRowsOfBlocks { .. }, _) => {
                    count * blocks.max(1)
                }
                (Kind::Pack { inner, columns, .. }, _) if !is_narrow(*inner, *columns) => {
                    packed_len(level, *inner, *columns)
                }
                (Kind::Panels { columns, .. }, _) => {
                    packed_len(level, count * rows / columns.max(&1), *columns)
                }
                (_, Space::Fixed) => count.max(SPLAT),
                _ => count * rows,
            };
            let stored_at_once = match item.kind {
                Kind::Store { variable, .. } => !schedule.deferred.contains(&variable),
                _ => false,
            };
            let is_there = is_given(item) || scheduled[id];
            places[id] = match schedule.storage[id] {
                _ if stored_at_once || !is_there => Place::Nowhere,
                Storage::Register => Place::Nowhere,
                Storage::Whole => Place::Whole(whole.take(words)),
                Storage::Block if item.is_by_row() => Place::Block(scratch.take(count * block_rows)),
                Storage::Block => Place::Block(scratch.take(tile_of_head(item).min(count))),
                Storage::State => match item.kind {
                    Kind::Read(variable) => Place::State(variable),
                    _ => Place::Nowhere,
                },
            };
        }

        if blocks == 1 {
            // A single block is the result itself.
            for (id, item) in items.iter().enumerate() {
                if let Kind::JoinBlocks { blocks, .. } = item.kind
                    && scheduled[id]
                {
                    places[blocks] = places[id];
                }
            }
        }
        let room = items.iter().map(|item| match item.kind {
            Kind::RowsProduct { per_row, .. } | Kind::FoldRows { per_row, .. } => {
                scratch_len(per_row * rows, leaf(per_row))
            }
            Kind::FoldRowsOfBlocks { per_row, .. } => {
                scratch_len(per_row * block_rows, leaf(per_row))
            }
            _ => 0,
        });
        let kernel_scratch = scratch.take(room.max().unwrap_or(0));

        let tiles = schedule
            .phases
            .iter()
            .map(|phase| {
                if phase.by_row {
                    return Tiles::Rows(blocks);
                }
                let ids: Vec<Id> =
                    phase.instructions.iter().flat_map(Instruction::items).collect();
                if total(&ids) < SMALL / 8 {
                    return Tiles::Serial;
                }
                let mut tiles = Vec::new();
                for (at, instruction) in phase.instructions.iter().enumerate() {
                    let count = flat_tiles(schedule, instruction, rows, level);
                    tiles.extend((0..count).map(|tile| (at as u32, tile as u32)));
                }
                Tiles::Flat(tiles)
            })
            .collect();
        Plan {
            rows,
            places,
            words: whole.total(),
            scratch_words: scratch.total(),
            kernel_scratch,
            level,
            block_rows,
            is_small,
            tiles,
        }
    }

    /// Tiles of each instruction of a phase that does not go by rows.
    pub(super) fn flat_tiles(&self, schedule: &Schedule, phase: usize) -> Vec<usize> {
        let instructions = &schedule.phases[phase].instructions;
        instructions.iter().map(|one| flat_tiles(schedule, one, self.rows, self.level)).collect()
    }
}

/// Rows of a block: what fits the cache, and several blocks for each worker. But
/// where the packed weights do not fit the cache, each block reads all of them
/// from afar, so there are as few blocks as workers.
fn block_rows(tall: bool, words: usize, weights: usize, rows: usize, workers: usize) -> usize {
    if tall {
        // Whole leaves, a power of two of them, so that a block is a subtree.
        let fitting = (TALL_WORDS / words / LEAF_ROWS).max(1);
        return LEAF_ROWS * (1 << fitting.ilog2());
    }
    let is_heavy = weights > WEIGHT_WORDS;
    let fitting = if is_heavy { 4 * BLOCK_WORDS / words } else { BLOCK_WORDS / words }.max(8);
    let shared = match workers {
        1 => rows,
        _ if is_heavy => rows.div_ceil(workers),
        _ => rows.div_ceil(2 * workers),
    };
    fitting.min(shared).max(1)
}

/// Elements of a tile of a product or sum over rows with a chain behind it.
fn tile_of_head(item: &Item) -> usize {
    match item.kind {
        Kind::RowsProduct { columns, .. } => rows_of_tile(columns) * columns,
        _ => TILE,
    }
}

/// Rows of a matrix in a tile: whole panels of its packed form, on every level.
fn rows_of_tile(columns: usize) -> usize {
    const PANEL: usize = 32;
    (TILE / columns.max(1) / PANEL).clamp(1, 4) * PANEL
}

/// The packed forms that a chain brings up to date as it stores their variable.
pub(super) fn refreshed(schedule: &Schedule, chain: &[Id]) -> Vec<Id> {
    let items = &schedule.lowered.items;
    let phase_of = |id: Id| {
        let holds = |instruction: &Instruction| instruction.items().contains(&id);
        schedule.phases.iter().position(|phase| phase.instructions.iter().any(holds))
    };
    let stored: Vec<(Id, usize)> = chain
        .iter()
        .filter_map(|id| match items[*id].kind {
            Kind::Store { variable, .. } if !schedule.deferred.contains(&variable) => {
                Some((*id, variable))
            }
            _ => None,
        })
        .collect();
    // A fetched variable is read from a copy that the step leaves as it was.
    let in_state = |source: Id| schedule.storage[source] == Storage::State;
    let of = |variable: usize| {
        items.iter().enumerate().filter_map(move |(id, item)| match item.kind {
            Kind::Pack { source, inner, columns, .. }
                if !is_narrow(inner, columns)
                    && in_state(source)
                    && matches!(items[source].kind, Kind::Read(read) if read == variable) =>
            {
                Some(id)
            }
            _ => None,
        })
    };
    let mut packs = Vec::new();
    for (store, variable) in stored {
        let now = phase_of(store);
        for pack in of(variable).filter(|pack| phase_of(*pack).is_some()) {
            // Whoever reads the packed form must have done so.
            let is_read = items.iter().enumerate().any(|(user, item)| {
                item.inputs().contains(&pack) && phase_of(user).is_some_and(|at| Some(at) >= now)
            });
            if !is_read {
                packs.push(pack);
            }
        }
    }
    packs
}

/// Whether a packed form holds from one step to the next.
fn is_kept(schedule: &Schedule, pack: Id) -> bool {
    let items = &schedule.lowered.items;
    let Kind::Pack { source, .. } = items[pack].kind else { return false };
    let Kind::Read(variable) = items[source].kind else { return false };
    let is_stored = items
        .iter()
        .any(|item| matches!(item.kind, Kind::Store { variable: own, .. } if own == variable));
    let chains = schedule.phases.iter().flat_map(|phase| &phase.instructions);
    let is_refreshed = chains.into_iter().any(|instruction| match instruction {
        Instruction::Chain { items, .. } => refreshed(schedule, items).contains(&pack),
        Instruction::One(_) => false,
    });
    !is_stored || is_refreshed
}

/// The columns of a chain's matrices where it goes by whole rows of them.
fn columns_of_chain(schedule: &Schedule, chain: &[Id]) -> Option<usize> {
    let items = &schedule.lowered.items;
    let pack = refreshed(schedule, chain).first().copied()?;
    match items[pack].kind {
        Kind::Pack { transposed: false, columns, .. } => Some(columns),
        Kind::Pack { inner, .. } => Some(inner),
        _ => None,
    }
}

fn flat_tiles(
    schedule: &Schedule,
    instruction: &Instruction,
    rows: usize,
    level: Level,
) -> usize {
    let items = &schedule.lowered.items;
    match instruction {
        Instruction::Chain { head, items: chain, width } => {
            let total = total_of(&items[chain[0]], rows);
            total
                .div_ceil(tile_of_chain(schedule, head, chain, *width))
                .max(usize::from(total == 0))
        }
        Instruction::One(id) => match &items[*id].kind {
            Kind::RowsProduct { rows, columns, .. } => rows.div_ceil(rows_of_tile(*columns)),
            Kind::Pack { inner, columns, .. } if !is_narrow(*inner, *columns) => {
                columns.div_ceil(panel_width(level, *columns))
            }
            _ => 1,
        },
    }
}

fn total_of(item: &Item, rows: usize) -> usize {
    match item.shape.elements() {
        Dim::Fixed(count) => count,
        Dim::Batch(count) => count * rows,
    }
}

fn tile_of_chain(schedule: &Schedule, head: &Option<Id>, chain: &[Id], width: usize) -> usize {
    if let Some(columns) = columns_of_chain(schedule, chain) {
        return rows_of_tile(columns) * columns;
    }
    match head {
        Some(head) => tile_of_head(&schedule.lowered.items[*head]),
        None if width > 0 => (TILE / width).max(1) * width,
        None => TILE,
    }
}

/// The most words that the registers of any chain need.
fn register_room(schedule: &Schedule) -> usize {
    let chains = schedule.phases.iter().flat_map(|phase| &phase.instructions);
    chains
        .map(|instruction| match instruction {
            Instruction::Chain { items, .. } => {
                let registers = registers(schedule, items);
                registers * register_words(registers)
            }
            Instruction::One(_) => 0,
        })
        .max()
        .unwrap_or(0)
}

/// The registers that a chain needs at once: for values and for repetitions.
fn registers(schedule: &Schedule, chain: &[Id]) -> usize {
    let mut needed = Allocation::new(schedule, chain);
    needed.all();
    needed.most + spreads(schedule, chain)
}

/// How many repetitions a chain reads.
fn spreads(schedule: &Schedule, chain: &[Id]) -> usize {
    chain
        .iter()
        .map(|id| match &schedule.lowered.items[*id].kind {
            Kind::Map { operands, .. } => {
                let repeated = |reading: &Reading| {
                    matches!(reading, Reading::OfRow | Reading::OfColumn)
                };
                operands.iter().filter(|(_, reading)| repeated(reading)).count()
            }
            _ => 0,
        })
        .sum()
}

/// Which register holds which item of a chain.
struct Allocation<'a> {
    schedule: &'a Schedule,
    chain: &'a [Id],
    /// For each item of the chain the last place in it that reads it.
    last: Vec<usize>,
    free: Vec<usize>,
    of: Vec<Option<usize>>,
    most: usize,
}

impl<'a> Allocation<'a> {
    fn new(schedule: &'a Schedule, chain: &'a [Id]) -> Allocation<'a> {
        let items = &schedule.lowered.items;
        let last = chain
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let users = (at + 1..chain.len()).filter(|user| items[chain[*user]].inputs().contains(id));
                users.max().unwrap_or(at)
            })
            .collect();
        Allocation { schedule, chain, last, free: Vec::new(), of: vec![None; chain.len()], most: 0 }
    }

    /// The register of the item at a place of the chain; those that nobody
    /// reads any more are free from then on.
    fn next(&mut self, at: usize) -> usize {
        for before in 0..at {
            if self.last[before] < at
                && let Some(register) = self.of[before].take()
            {
                self.free.push(register);
            }
        }
        let register = self.free.pop().unwrap_or_else(|| {
            self.most += 1;
            self.most - 1
        });
        self.of[at] = Some(register);
        register
    }

    fn all(&mut self) {
        for at in 0..self.chain.len() {
            if self.schedule.storage[self.chain[at]] == Storage::Register {
                self.next(at);
            }
        }
    }
}

/// Makes the instructions of one worker.
pub(super) struct Binder<'a> {
    pub(super) schedule: &'a Schedule,
    pub(super) plan: &'a Plan,
    pub(super) memory: &'a Memory,
    pub(super) scratch: &'a Memory,
    pub(super) states: &'a [*mut f32],
}

impl Binder<'_> {
    fn items(&self) -> &[Item] {
        &self.schedule.lowered.items
    }

    /// All phases with their instructions.
    pub(super) fn phases(&self) -> Vec<Vec<Work>> {
        let phases = self.schedule.phases.iter();
        phases
            .map(|phase| {
                let instructions = phase.instructions.iter();
                instructions
                    .map(|instruction| match instruction {
                        Instruction::Chain { head, items, width } => {
                            self.chain(*head, items, *width)
                        }
                        Instruction::One(id) if self.comes_along(*id) => Work::Nothing,
                        Instruction::One(id) => self.one(*id),
                    })
                    .collect()
            })
            .collect()
    }

    /// The words that bring kept values into the state.
    pub(super) fn commits(&self) -> Vec<Work> {
        let stores = self.items().iter().enumerate().filter_map(|(id, item)| match item.kind {
            Kind::Store { variable, .. } if self.schedule.deferred.contains(&variable) => {
                Some((id, item, variable))
            }
            _ => None,
        });
        stores
            .map(|(id, item, variable)| {
                Work::Commit {
                    from: self.base(id),
                    to: self.states[variable],
                    count: elements(&item.shape),
                    dtype: item.dtype,
                }
            })
            .collect()
    }

    /// For each phase the values from earlier ones that its rows read: worth
    /// asking for ahead of time.
    pub(super) fn ahead(&self) -> Vec<Vec<At>> {
        let phases = self.schedule.phases.iter();
        phases
            .map(|phase| {
                if !phase.by_row || !self.schedule.tall {
                    return Vec::new();
                }
                let own: Vec<Id> = phase.instructions.iter().flat_map(Instruction::items).collect();
                let mut read: Vec<Id> =
                    own.iter().flat_map(|id| self.items()[*id].inputs()).collect();
                read.sort_unstable();
                read.dedup();
                let from_before = |id: &Id| {
                    !own.contains(id)
                        && self.items()[*id].space == Space::Rows
                        && matches!(self.plan.places[*id], Place::Whole(_))
                };
                read.into_iter().filter(from_before).map(|id| self.at(id)).collect()
            })
            .collect()
    }

    /// The words that bring variables from the state into the memory.
    pub(super) fn loads(&self) -> Vec<Work> {
        let reads = self.items().iter().enumerate().filter_map(|(id, item)| match item.kind {
            Kind::Read(variable) if matches!(self.plan.places[id], Place::Whole(_)) => {
                Some(Work::Load {
                    from: self.states[variable],
                    to: self.base(id),
                    count: elements(&item.shape),
                    dtype: item.dtype,
                })
            }
            _ => None,
        });
        reads.collect()
    }

    pub(super) fn base(&self, id: Id) -> *mut f32 {
        match self.plan.places[id] {
            Place::Nowhere => std::ptr::null_mut(),
            Place::Whole(offset) => self.memory.base().wrapping_add(offset),
            Place::Block(offset) => self.scratch.base().wrapping_add(offset),
            Place::State(variable) => self.states[variable],
        }
    }

    fn at(&self, id: Id) -> At {
        At {
            base: self.base(id),
            per_row: elements(&self.items()[id].shape),
            in_block: matches!(self.plan.places[id], Place::Block(_)),
        }
    }

    /// Whether a product over the same rows gives the sums too.
    fn comes_along(&self, id: Id) -> bool {
        let Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, .. } = self.items()[id].kind else {
            return false;
        };
        let first = self.items().iter().position(|other| {
            matches!(other.kind, Kind::FoldRowsOfBlocks { fold: Fold::Sum, input: same, .. }
                if same == input)
        });
        let product = self.items().iter().enumerate().any(|(other, item)| {
            self.plan.places[other] != Place::Nowhere
                && matches!(item.kind, Kind::RowsProductOfBlocks { right, .. } if right == input)
        });
        first == Some(id) && product
    }

    /// Where a register of a chain with so many begins.
    fn register(&self, register: usize, all: usize) -> *mut f32 {
        debug_assert!(register < all);
        self.scratch.base().wrapping_add(register * register_words(all))
    }

    fn chain(&self, head: Option<Id>, chain: &[Id], width: usize) -> Work {
        let items = self.items();
        let mut allocation = Allocation::new(self.schedule, chain);
        let mut steps: Vec<Step> = Vec::new();
        // Repetitions that stand in a register, and the first register of them.
        let mut spread: Vec<((Id, Reading), Address)> = Vec::new();
        let mut counted = Allocation::new(self.schedule, chain);
        counted.all();
        let mut next_spread = counted.most;
        let all = registers(self.schedule, chain);
        for (at, id) in chain.iter().enumerate() {
            let item = &items[*id];
            let (op, operands): (MapOp, Vec<(Id, Reading)>) = match &item.kind {
                Kind::Map { op, operands, .. } => (*op, operands.clone()),
                Kind::Store { value, .. } => {
                    let op = if item.dtype == DType::F32 { MapOp::Flush } else { MapOp::Copy };
                    (op, vec![(*value, Reading::Each)])
                }
                _ => unreachable!("a chain holds elementwise ops"),
            };
            let mut inputs = [Address::NONE; 3];
            for (operand, (input, reading)) in operands.into_iter().enumerate() {
                inputs[operand] = match chain.iter().position(|other| *other == input) {
                    Some(place) if self.schedule.storage[input] == Storage::Register => {
                        let register = allocation.of[place].unwrap_or(0);
                        Address {
                            base: self.register(register, all),
                            origin: Origin::Fixed,
                            splat: false,
                        }
                    }
                    _ => self.operand(
                        input,
                        reading,
                        width,
                        &mut steps,
                        &mut spread,
                        &mut next_spread,
                        all,
                    ),
                };
            }
            let out = if self.schedule.storage[*id] == Storage::Register {
                let register = allocation.next(at);
                Address { base: self.register(register, all), origin: Origin::Fixed, splat: false }
            } else {
                let deferred = |variable: usize| self.schedule.deferred.contains(&variable);
                match item.kind {
                    Kind::Store { variable, .. } if !deferred(variable) => Address {
                        base: self.states[variable],
                        origin: Origin::Whole,
                        splat: false,
                    },
                    _ => self.address(*id),
                }
            };
            steps.push(Step { op, out, inputs });
        }
        let first = &items[chain[0]];
        Work::Chain {
            chain: Chain {
                adam: if width == 0 { Adam::of(&steps) } else { None },
                steps: steps.into_boxed_slice(),
                width,
                chunk: chunk_of(all),
            },
            per_row: elements(&first.shape),
            total: match first.shape.elements() {
                Dim::Fixed(count) => count,
                Dim::Batch(count) => count * self.plan.rows,
            },
            tile: tile_of_chain(self.schedule, &head, chain, width),
            refresh: refreshed(self.schedule, chain)
                .into_iter()
                .map(|pack| self.pack(pack))
                .collect(),
            head: head.map(|head| self.head(head)),
        }
    }

    /// The address of a value that is read or written element by element.
    fn address(&self, id: Id) -> Address {
        let base = self.base(id);
        let item = &self.items()[id];
        let single = item.space == Space::Fixed && elements(&item.shape) == 1;
        let origin = match self.plan.places[id] {
            Place::Block(_) => Origin::Block,
            _ if single => Origin::Fixed,
            _ => Origin::Whole,
        };
        Address { base, origin, splat: false }
    }

    #[allow(clippy::too_many_arguments)] // The state of one chain's making.
    fn operand(
        &self,
        input: Id,
        reading: Reading,
        width: usize,
        steps: &mut Vec<Step>,
        spread: &mut Vec<((Id, Reading), Address)>,
        next: &mut usize,
        all: usize,
    ) -> Address {
        let address = self.address(input);
        match reading {
            Reading::Each => address,
            Reading::Single => Address { origin: Origin::Fixed, splat: true, ..address },
            Reading::OfColumn if width >= WIDE => Address { origin: Origin::Column, ..address },
            Reading::OfRow | Reading::OfColumn => {
                if let Some((_, known)) = spread.iter().find(|(key, _)| *key == (input, reading)) {
                    return *known;
                }
                let by_row = reading == Reading::OfRow;
                let origin = match (by_row, address.origin) {
                    (false, _) => Origin::Fixed,
                    (true, Origin::Block) => Origin::BlockRow,
                    (true, _) => Origin::WholeRow,
                };
                let op = if by_row { MapOp::SpreadRows } else { MapOp::SpreadColumns };
                let out = Address {
                    base: self.register(*next, all),
                    origin: Origin::Fixed,
                    splat: by_row && width >= WIDE,
                };
                *next += 1;
                let from = Address { origin, ..address };
                steps.push(Step { op, out, inputs: [from, Address::NONE, Address::NONE] });
                spread.push(((input, reading), out));
                out
            }
        }
    }

    fn head(&self, id: Id) -> Head {
        let reduction = match self.items()[id].kind {
            Kind::RowsProduct { left, right, per_row, rows, columns } => {
                Reduction::Product(self.rows_product(left, right, per_row, rows, columns))
            }
            Kind::FoldRows { fold, input, per_row, columns } => {
                Reduction::Fold(self.rows_fold(fold, input, per_row, columns))
            }
            _ => unreachable!("only these stand before a chain"),
        };
        let whole = !matches!(self.plan.places[id], Place::Block(_));
        Head { reduction, out: self.base(id), whole }
    }

    fn pack(&self, id: Id) -> Packing {
        let Kind::Pack { source, transposed, inner, columns } = self.items()[id].kind else {
            unreachable!("a packed side")
        };
        Packing {
            source: self.base(source),
            transposed,
            k: inner,
            n: columns,
            width: self.width_of_pack(inner, columns),
            out: self.base(id),
        }
    }

    fn kernel_scratch(&self) -> *mut f32 {
        self.scratch.base().wrapping_add(self.plan.kernel_scratch)
    }

    fn rows_product(
        &self,
        left: Id,
        right: Id,
        per_row: usize,
        rows: usize,
        columns: usize,
    ) -> RowsProduct {
        RowsProduct {
            x: At { per_row: rows, ..self.at(left) },
            d: self.base(right),
            width: panel_width(self.plan.level, columns),
            entries: per_row * self.plan.rows,
            leaf: leaf(per_row),
            columns,
            scratch: self.kernel_scratch(),
        }
    }

    fn rows_fold(&self, fold: Fold, input: Id, per_row: usize, columns: usize) -> RowsFold {
        RowsFold {
            fold,
            input: self.at(input),
            entries: per_row * self.plan.rows,
            leaf: leaf(per_row),
            columns,
            scratch: self.kernel_scratch(),
        }
    }

    fn one(&self, id: Id) -> Work {
        let item = &self.items()[id];
        let rows = self.plan.rows;
        let count = elements(&item.shape);
        let block_rows = self.plan.block_rows;
        match item.kind.clone() {
            Kind::Product { left, right, rows: own, inner, columns, .. } => Work::Product {
                a: self.at(left),
                rows: own,
                k: inner,
                b: self.base(right),
                width: self.width_of_pack(inner, columns),
                n: columns,
                c: self.at(id),
            },
            Kind::Pack { .. } => {
                Work::Pack { packing: self.pack(id), is_kept: is_kept(self.schedule, id) }
            }
            Kind::Panels { source, columns } => Work::Panels {
                source: self.at(source),
                per_row: count / columns.max(1),
                columns,
                width: panel_width(self.plan.level, columns),
                rows,
                out: self.base(id),
            },
            Kind::RowsProduct { left, right, per_row, rows: own, columns } => Work::RowsProduct {
                product: self.rows_product(left, right, per_row, own, columns),
                rows: own,
                out: self.base(id),
                tile: rows_of_tile(columns),
            },
            Kind::RowsProductOfBlocks { left, right, per_row, rows: own, columns } => {
                // Sums over the same rows come along.
                let sums = self.items().iter().position(|other| {
                    matches!(other.kind, Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, .. }
                        if input == right)
                });
                let sums = sums.map_or(std::ptr::null_mut(), |sums| self.base(sums));
                Work::RowsProductOfBlock {
                    sums,
                    x: self.at(left),
                    d: self.at(right),
                    per_row,
                    rows: own,
                    columns,
                    out: self.base(id),
                    block_rows,
                }
            }
            Kind::Fold { fold, input, inner } => Work::Fold {
                fold,
                input: self.at(input),
                groups: count,
                inner,
                out: self.at(id),
            },
            Kind::FoldRows { fold, input, per_row, columns } => Work::FoldRows {
                rows: self.rows_fold(fold, input, per_row, columns),
                out: self.base(id),
            },
            Kind::FoldRowsOfBlocks { fold, input, per_row, columns } => Work::FoldRowsOfBlock {
                rows: self.rows_fold(fold, input, per_row, columns),
                per_row,
                out: self.base(id),
                block_rows,
            },
            Kind::JoinBlocks { blocks, .. }
                if self.plan.places[blocks] == self.plan.places[id] && count > 1 =>
            {
                Work::Nothing
            }
            Kind::JoinBlocks { fold, blocks, .. } => Work::JoinBlocks {
                fold,
                blocks: self.base(blocks),
                count: rows.div_ceil(block_rows),
                width: count,
                out: self.base(id),
            },
            Kind::Gather { table, indices, entries, inner } => Work::Gather {
                table: self.base(table),
                indices: self.at(indices),
                count: elements(&self.items()[indices].shape),
                entries,
                inner,
                out: self.at(id),
                node: item.node,
            },
            Kind::Random { normal, stream, width } => {
                Work::Random { normal, stream, width, out: self.at(id) }
            }
            Kind::Other { op, inputs, by_row } => Work::Other {
                op,
                inputs: inputs
                    .into_iter()
                    .map(|view| Seen {
                        at: self.at(view.item),
                        dtype: self.items()[view.item].dtype,
                        view,
                    })
                    .collect(),
                out: Seen {
                    at: self.at(id),
                    dtype: item.dtype,
                    view: crate::compile::lower::View { item: id, shape: item.shape.clone() },
                },
                by_row,
                node: item.node,
            },
            Kind::Input(_)
            | Kind::Read(_)
            | Kind::Constant(_)
            | Kind::RowCount
            | Kind::Map { .. }
            | Kind::Store { .. } => unreachable!("the schedule has it otherwise"),
        }
    }

    /// Columns of a panel of a packed side; 0 where it is not packed.
    fn width_of_pack(&self, inner: usize, columns: usize) -> usize {
        if is_narrow(inner, columns) { 0 } else { panel_width(self.plan.level, columns) }
    }

    /// Puts constants and the number of rows in place.
    pub(super) fn constants(&self) {
        for (id, item) in self.items().iter().enumerate() {
            let Place::Whole(_) = self.plan.places[id] else { continue };
            match &item.kind {
                Kind::Constant(value) => place(value, self.base(id)),
                Kind::RowCount => {
                    place(&Array::scalar(self.plan.rows as f64 as f32), self.base(id));
                }
                _ => {}
            }
        }
    }
}

/// Puts an array in its place, a single number as long as a vector.
pub(super) fn place(array: &Array, to: *mut f32) {
    // SAFETY: The place has room for the value and at least for a vector.
    unsafe {
        put(array, to);
        if array.len() == 1 {
            let number = *to;
            std::slice::from_raw_parts_mut(to, SPLAT).fill(number);
        }
    }
}
