//! What the number of rows decides: places in memory, blocks and tiles.

use super::block;
use super::registers::register_room;
use super::tile::{flat_tiles, loops_of, tile_of_head};
use super::work::leaf;
use crate::Level;
use crate::compile::Schedule;
use crate::compile::lower::{Id, Item, Kind, Packed, Space, View, elements};
use crate::compile::recurrence::{self, is_recurrence};
use crate::compile::schedule::{IMAGE_WORDS, Instruction, Phase, Storage, WEIGHT_WORDS, is_given};
use crate::compile::storage::taken_over;
use crate::compile::window::WindowOp;
use crate::kernel::{MapOp, SLOT, SPLAT, packed_len, scratch_len};
use crate::memory::{LINE, Places};
use ikhim_graph::{Dim, Op, Shape};
use ikhim_numeric::reduction::LEAF_ROWS;

/// Words of scratch memory that a block of rows may fill: about half of a
/// core's second cache.
const BLOCK_WORDS: usize = 64 * 1024;

/// The same for programs whose rows are a few numbers: half of the first cache.
const TALL_WORDS: usize = 4 * 1024;

/// From how many rows on they go by tapes: a tape does as many leaves side by side
/// as a vector has lanes.
const TAPE_ROWS: usize = 1024;

/// Rows of a block that goes by tapes, at most.
const TAPE_BLOCK: usize = 8192;

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
    pub(super) kernel_scratch: usize,
    pub(super) level: Level,
    /// Rows of a block in each phase.
    pub(super) block_rows: Vec<usize>,
    /// Whether the phases over rows go by their tapes.
    pub(super) by_tape: bool,
    /// Whether the work is worth more than one thread.
    pub(super) is_small: bool,
    /// The tiles of what is made before the first step.
    pub(super) preparation: Tiles,
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
    /// Everything in one go, errands too, by the caller.
    Serial,
}

/// The tiles of some instructions and how they are numbered.
#[derive(Debug, Clone, Copy)]
pub(super) enum Tile {
    /// The errands of the phase.
    Errands,
    /// A block of rows, or the place of a flat tile.
    Part(usize),
    /// Everything.
    All,
}

impl Tiles {
    /// How many there are, `errands` telling whether the phase has any. Those are
    /// the first tile.
    pub(super) fn count(&self, errands: bool) -> usize {
        match self {
            Tiles::Rows(blocks) => blocks + usize::from(errands),
            Tiles::Flat(tiles) => tiles.len() + usize::from(errands),
            Tiles::Serial => 1,
        }
    }

    /// A tile by its number.
    pub(super) fn tile(&self, errands: bool, number: usize) -> Tile {
        match self {
            Tiles::Serial => Tile::All,
            Tiles::Rows(_) | Tiles::Flat(_) => match number.checked_sub(usize::from(errands)) {
                Some(part) => Tile::Part(part),
                None => Tile::Errands,
            },
        }
    }
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
                MapOp::Exp
                | MapOp::ExpM1
                | MapOp::Log
                | MapOp::Log1p
                | MapOp::Tanh
                | MapOp::Erf
                | MapOp::Power => 20,
                MapOp::Divide | MapOp::Sqrt => 4,
                _ => 1,
            };
            each * elements(&item.shape)
        }
        Kind::Random { width, .. } => 10 * width,
        Kind::Loops { op, inputs, .. } => match op {
            Op::Matmul(_) => {
                let (Dim::Fixed(inner) | Dim::Batch(inner)) =
                    inputs[0].shape[inputs[0].shape.rank() - 1];
                2 * inner * elements(&item.shape)
            }
            Op::RandomUniform(_) | Op::RandomNormal(_) => 10 * elements(&item.shape),
            Op::Recur(_) | Op::RecurGrad(_) => recurrence::operations(op, inputs, item),
            Op::Gather(_) | Op::Slice(_) | Op::Broadcast(_) => elements(&item.shape),
            _ => inputs.iter().map(|view| elements(&view.shape)).sum(),
        },
        Kind::Windows { op, inputs, .. } => {
            let shapes: Vec<&Shape> = inputs.iter().map(|view| &view.shape).collect();
            op.operations(&shapes, &item.shape)
        }
        Kind::Gather { .. } => elements(&item.shape),
        Kind::Pack(_) | Kind::Store { .. } | Kind::Panels { .. } => elements(&item.shape),
        _ => 0,
    }
}

/// The arithmetic of a row, in operations.
pub(super) fn operations_of_row(schedule: &Schedule) -> usize {
    schedule.lowered.items.iter().filter(|item| grows(item)).map(operations).sum()
}

/// Whether the work of an item grows with the rows.
pub(super) fn grows(item: &Item) -> bool {
    let has_rows = |view: &View| view.shape.batch_axis().is_some();
    item.space != Space::Fixed
        || matches!(&item.kind, Kind::Loops { inputs, .. } | Kind::Windows { inputs, .. }
            if inputs.iter().any(has_rows))
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
        let in_step: Vec<Id> =
            schedule.phases.iter().flat_map(Phase::all).flat_map(Instruction::items).collect();
        let is_small = total(&in_step) < SMALL;

        let workers = if is_small { 1 } else { threads };
        let mut over_rows = schedule.phases.iter().filter(|phase| phase.by_row);
        let by_tape =
            schedule.tall && rows >= TAPE_ROWS && over_rows.all(|phase| phase.tape.is_some());
        let in_blocks = |id: Id| schedule.storage[id] == Storage::Block && items[id].is_by_row();
        let words_of = |ids: &[Id]| -> usize {
            ids.iter().filter(|id| in_blocks(**id)).map(|id| elements(&items[*id].shape)).sum()
        };
        let rows_of_block = |phase: &Phase| {
            if by_tape {
                return tape_block(rows, workers);
            }
            let own: Vec<Id> = phase.all().flat_map(Instruction::items).collect();
            if own.iter().any(|id| is_recurrence(items, *id)) {
                let kernels = own.iter().map(|id| recurrence::kernel_words(items, *id));
                return recurrence::block_rows(rows, workers, kernels.max().unwrap_or(0));
            }
            let mut read: Vec<Id> = own.iter().flat_map(|id| items[*id].inputs()).collect();
            read.sort_unstable();
            read.dedup();
            let weights = read.iter().map(|id| match &items[*id].kind {
                Kind::Pack(Packed { parts, inner, columns, .. }) => parts * inner * columns,
                Kind::Windows { op: WindowOp::SpreadKernel { .. }, .. } => {
                    elements(&items[*id].shape)
                }
                _ => 0,
            });
            // Where blocks carry sums they are the same in all phases.
            let words = words_of(if schedule.tall { &in_step } else { &own });
            block_rows(schedule.tall, words.max(1), weights.sum(), rows, workers)
        };
        let block_rows: Vec<usize> = schedule.phases.iter().map(rows_of_block).collect();
        let phase_of = |id: Id| schedule.spots[id].map_or(0, |spot| spot.phase);
        let rows_of = |id: Id| block_rows.get(phase_of(id)).copied().unwrap_or(1);

        let mut scratch = Places::default();
        let own = register_room(schedule).next_multiple_of(LINE);
        scratch.take(own);
        let mut of_phase = vec![0; schedule.phases.len().max(1)];
        let mut of_block = vec![None; items.len()];
        for (at, phase) in schedule.phases.iter().enumerate().filter(|(_, phase)| phase.by_row) {
            let words = |id: Id| elements(&items[id].shape) * block_rows[at];
            let (found, words) = block::places(schedule, phase, words);
            found.into_iter().for_each(|(id, place)| of_block[id] = Some(place));
            of_phase[at] = words.next_multiple_of(LINE);
        }
        // What is kept in the program's memory, with its words.
        let mut kept = Vec::new();
        let mut places = vec![Place::Nowhere; items.len()];
        let mut scheduled = vec![false; items.len()];
        let all = schedule.instructions().flat_map(Instruction::items);
        all.for_each(|id| scheduled[id] = true);
        for (id, item) in items.iter().enumerate() {
            let count = elements(&item.shape);
            let words = match (&item.kind, item.space) {
                (Kind::RowsProductOfBlocks { .. } | Kind::FoldRowsOfBlocks { .. }, _) => {
                    count * rows.div_ceil(rows_of(id)).max(1)
                }
                (Kind::Pack(Packed { parts, inner, columns, in_panels: true, .. }), _) => {
                    parts * packed_len(level, *inner, *columns)
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
                Storage::Whole => {
                    kept.push((id, words));
                    Place::Nowhere
                }
                Storage::Block if item.is_by_row() && by_tape => Place::Nowhere,
                Storage::Block if of_block[id].is_some() => {
                    Place::Block(own + of_block[id].unwrap_or(0))
                }
                Storage::Block => {
                    let words = match item.is_by_row() {
                        true => count * rows_of(id),
                        false => tile_of_head(item).min(count),
                    };
                    let taken = &mut of_phase[phase_of(id)];
                    let place = *taken;
                    *taken += words.next_multiple_of(LINE);
                    Place::Block(own + place)
                }
                Storage::State => match item.kind {
                    Kind::Read(variable) => Place::State(variable),
                    _ => Place::Nowhere,
                },
            };
        }

        // Each phase has the scratch memory anew.
        scratch.take(of_phase.into_iter().max().unwrap_or(0));
        let words = whole_places(schedule, &kept, &mut places);
        // A single block is the result itself.
        for (id, item) in items.iter().enumerate() {
            if let Kind::JoinBlocks { blocks, .. } = item.kind
                && scheduled[id]
                && rows.div_ceil(rows_of(blocks)) == 1
            {
                places[blocks] = places[id];
            }
        }
        let room = items.iter().enumerate().map(|(id, item)| match item.kind {
            Kind::RowsProduct { per_row, .. } | Kind::FoldRows { per_row, .. } => {
                scratch_len(per_row * rows, leaf(per_row))
            }
            Kind::FoldRowsOfBlocks { per_row, .. } => {
                scratch_len(per_row * rows_of(id), leaf(per_row))
            }
            Kind::Loops { .. } | Kind::Windows { .. } => {
                loops_of(item, rows, level).map_or(0, |loops| loops.scratch())
            }
            _ => 0,
        });
        let tapes = schedule.phases.iter().filter_map(|phase| phase.tape.as_ref());
        let slots = tapes.map(|tape| if by_tape { tape.slots * SLOT } else { 0 });
        let kernel_scratch = scratch.take(room.chain(slots).max().unwrap_or(0));

        let flat = |instructions: &[Instruction]| {
            let ids: Vec<Id> = instructions.iter().flat_map(Instruction::items).collect();
            if total(&ids) < SMALL / 8 {
                return Tiles::Serial;
            }
            let mut tiles = Vec::new();
            for (at, instruction) in instructions.iter().enumerate() {
                let count = flat_tiles(schedule, instruction, rows, level);
                tiles.extend((0..count).map(|tile| (at as u32, tile as u32)));
            }
            Tiles::Flat(tiles)
        };
        let tiles = schedule.phases.iter().zip(&block_rows);
        let tiles = tiles
            .map(|(phase, block)| match phase.by_row {
                true => Tiles::Rows(rows.div_ceil(*block)),
                false => flat(&phase.instructions),
            })
            .collect();
        let preparation = flat(&schedule.preparation);
        Plan {
            rows,
            places,
            words,
            scratch_words: scratch.total(),
            kernel_scratch,
            level,
            block_rows,
            by_tape,
            is_small,
            preparation,
            tiles,
        }
    }

    /// The tiles of an instruction that does not go by rows.
    pub(super) fn flat_tiles(&self, schedule: &Schedule, instruction: &Instruction) -> usize {
        flat_tiles(schedule, instruction, self.rows, self.level)
    }
}

/// Places in the program's memory, and its words. What a phase was the last to
/// read makes room for what later ones compute.
fn whole_places(schedule: &Schedule, kept: &[(Id, usize)], places: &mut [Place]) -> usize {
    let items = &schedule.lowered.items;
    let phase_of = |id: Id| schedule.spots[id].map(|spot| spot.phase);
    let mut last: Vec<Option<usize>> = (0..items.len()).map(phase_of).collect();
    for (user, item) in items.iter().enumerate() {
        for input in item.inputs() {
            last[input] = last[input].max(phase_of(user));
        }
    }
    // What is given or shared, what holds from step to step, and what is needed
    // at the end.
    let stays = |id: Id| {
        schedule.tall
            || phase_of(id).is_none()
            || is_given(&items[id])
            || matches!(items[id].kind, Kind::Pack(_) | Kind::Store { .. })
            || schedule.lowered.fetches.iter().any(|view| view.item == id)
    };
    let mut whole = Places::default();
    let (staying, mut passing): (Vec<_>, Vec<_>) = kept.iter().partition(|(id, _)| stays(*id));
    for (id, words) in staying {
        places[id] = Place::Whole(whole.take(words));
    }
    passing.sort_by_key(|(id, _)| (phase_of(*id), *id));
    let mut held: Vec<(Option<usize>, usize, usize)> = Vec::new();
    for (id, words) in passing {
        held.retain(|(last, place, words)| {
            let is_over = *last < phase_of(id);
            if is_over {
                whole.give_back(*place, *words);
            }
            !is_over
        });
        // A result may lie where its chain reads for the last time.
        let over = taken_over(schedule, id).map(|input| places[input]);
        if let Some(Place::Whole(place)) = over
            && let Some(held) = held.iter_mut().find(|held| held.1 == place)
            && held.0 == phase_of(id)
            && held.2 == words
            && last[id] > phase_of(id)
        {
            held.0 = last[id];
            places[id] = Place::Whole(place);
            continue;
        }
        let place = whole.take(words);
        places[id] = Place::Whole(place);
        held.push((last[id], place, words));
    }
    whole.total()
}

/// Rows of a block that goes by tapes: a power of two, so that a block is a
/// subtree, and several blocks for each worker.
fn tape_block(rows: usize, workers: usize) -> usize {
    let mut block = TAPE_BLOCK;
    while workers > 1 && block > TAPE_ROWS && rows / block < 4 * workers {
        block /= 2;
    }
    block
}

/// Rows of a block: what fits the cache, and several blocks for each worker. But
/// where the packed weights do not fit the cache, each block reads all of them
/// from afar, so there are as few blocks as workers.
pub(super) fn block_rows(
    tall: bool,
    words: usize,
    weights: usize,
    rows: usize,
    workers: usize,
) -> usize {
    if tall {
        // Whole leaves, a power of two of them, so that a block is a subtree.
        let fitting = (TALL_WORDS / words / LEAF_ROWS).max(1);
        return LEAF_ROWS * (1 << fitting.ilog2());
    }
    let is_heavy = weights > WEIGHT_WORDS;
    let least = if words < IMAGE_WORDS { 8 } else { 1 };
    let fitting = if is_heavy { 16 * BLOCK_WORDS / words } else { BLOCK_WORDS / words };
    let fitting = fitting.max(least);
    let shared = match workers {
        1 => rows,
        _ if is_heavy => rows.div_ceil(workers),
        _ => rows.div_ceil(2 * workers),
    };
    fitting.min(shared).max(1)
}
