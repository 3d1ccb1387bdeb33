//! Chains of elementwise ops over neighboring elements.
//!
//! A chain runs in chunks of a few hundred elements: every op of it passes over the
//! chunk, and what lies between two ops stays in registers of a chunk's length,
//! which are in the nearest cache. Each op is that of the reference evaluation,
//! rounded as there, so no chain changes a bit.

use super::adam::{self, Adam};
use super::elementwise::elementwise;
use crate::memory::LINE;
use crate::vector::Vector;

/// The least and the most elements of a chunk.
pub(crate) const CHUNKS: (usize, usize) = (256, 1024);

/// Elements of a splat: a single number repeated, as long as the longest vector.
pub(crate) const SPLAT: usize = 16;

/// Rows at least this wide are taken one by one, narrower ones several at once: of a
/// short row, choosing the ops takes longer than doing them.
pub(crate) const WIDE: usize = 256;

/// Elements of a range from which on they come from afar: while one chunk is computed,
/// the next is asked for.
const LONG: usize = 8 * 1024;

/// One op on each element. Truth values are stored as all bits or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum MapOp {
    Copy,
    Negate,
    Abs,
    Sign,
    Floor,
    Exp,
    ExpM1,
    Log,
    Log1p,
    Sqrt,
    Tanh,
    Erf,
    /// 0 for denormals: how a number is stored into the state.
    Flush,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Maximum,
    Minimum,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    IntegerEqual,
    IntegerNotEqual,
    IntegerLess,
    IntegerLessEqual,
    IntegerGreater,
    IntegerGreaterEqual,
    And,
    Or,
    Not,
    Select,
    RealToInteger,
    IntegerToReal,
    RealToBool,
    IntegerToBool,
    BoolToReal,
    BoolToInteger,
    /// The number of each row, repeated along the row.
    SpreadRows,
    /// A row of numbers, repeated for each row.
    SpreadColumns,
}

/// From where an address counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// The same for every chunk: a register, or a splat.
    Fixed,
    /// The first element of all.
    Whole,
    /// The first element of the block.
    Block,
    /// The first element of a row: the place in the row counts.
    Column,
    /// The first row of all: the row counts.
    WholeRow,
    /// The first row of the block: the row counts.
    BlockRow,
}

/// Where an op finds its elements or puts them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Address {
    pub(crate) base: *mut f32,
    pub(crate) origin: Origin,
    /// Whether one vector serves all elements.
    pub(crate) splat: bool,
}

impl Address {
    /// An address that is not used.
    pub(crate) const NONE: Address =
        Address { base: std::ptr::null_mut(), origin: Origin::Fixed, splat: true };

    /// Where the elements of a range begin, for an address that knows no rows.
    #[inline(always)]
    pub(super) fn flat(&self, range: &Range) -> *mut f32 {
        match self.origin {
            Origin::Whole => self.base.wrapping_add(range.first),
            Origin::Block => self.base.wrapping_add(range.first - range.block),
            _ => self.base,
        }
    }
}

/// One op of a chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    pub(crate) op: MapOp,
    pub(crate) out: Address,
    pub(crate) inputs: [Address; 3],
}

/// Ops that run one after the other over the same elements.
#[derive(Debug, Clone)]
pub(crate) struct Chain {
    pub(crate) steps: Box<[Step]>,
    /// Elements of a row; 0 where no step knows of rows.
    pub(crate) width: usize,
    /// Elements of a chunk.
    pub(crate) chunk: usize,
    /// The same in one pass, where the steps are an update by Adam.
    pub(crate) adam: Option<Adam>,
}

/// Which elements of a chain.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Range {
    /// The first one; of a row when the chain knows of rows.
    pub(crate) first: usize,
    /// How many.
    pub(crate) count: usize,
    /// The first element of the block.
    pub(crate) block: usize,
}

/// A chunk under way.
#[derive(Clone, Copy)]
struct Chunk {
    first: usize,
    count: usize,
    block: usize,
    row: usize,
    block_row: usize,
    column: usize,
    width: usize,
}

impl Chunk {
    #[inline(always)]
    fn at(&self, address: &Address) -> *mut f32 {
        let offset = match address.origin {
            Origin::Fixed => 0,
            Origin::Whole => self.first,
            Origin::Block => self.first - self.block,
            Origin::Column => self.column,
            Origin::WholeRow => self.row,
            Origin::BlockRow => self.row - self.block_row,
        };
        address.base.wrapping_add(offset)
    }
}

/// Runs a chain over a range.
///
/// # Safety
/// Every address holds the elements of the range, and no other thread writes
/// what is read or touches what is written.
#[inline(always)]
pub(crate) unsafe fn run<V: Vector>(chain: &Chain, range: Range) {
    let end = range.first + range.count;
    let is_long = range.count >= LONG;
    if let (Some(adam), true) = (&chain.adam, chain.steps.is_empty()) {
        // SAFETY: It reads and writes what the steps would.
        return unsafe { adam::run::<V>(adam, range) };
    }
    if chain.width == 0 {
        let mut first = range.first;
        while first < end {
            let count = (end - first).min(chain.chunk);
            let chunk = Chunk {
                first,
                count,
                block: range.block,
                row: 0,
                block_row: 0,
                column: 0,
                width: count,
            };
            if is_long {
                ask_for::<V>(chain, first + count, count);
            }
            // SAFETY: The chunk is a part of the range.
            unsafe { run_chunk::<V>(chain, &chunk) };
            if let Some(adam) = &chain.adam {
                // SAFETY: As above.
                unsafe { adam::run::<V>(adam, Range { first, count, ..range }) };
            }
            first += count;
        }
        return;
    }
    let width = chain.width;
    let block_row = range.block / width;
    let mut first = range.first;
    if width >= WIDE {
        let part = width.div_ceil(width.div_ceil(chain.chunk));
        while first < end {
            let (row, column) = (first / width, first % width);
            let count = part.min(width - column).min(end - first);
            let chunk = Chunk { first, count, block: range.block, row, block_row, column, width };
            if is_long {
                ask_for::<V>(chain, first + count, count);
            }
            // SAFETY: The chunk is a part of the range.
            unsafe { run_chunk::<V>(chain, &chunk) };
            first += count;
        }
        return;
    }
    let rows = chain.chunk / width;
    while first < end {
        let count = (rows * width).min(end - first);
        let row = first / width;
        let chunk = Chunk { first, count, block: range.block, row, block_row, column: 0, width };
        if is_long {
            ask_for::<V>(chain, first + count, count);
        }
        for step in &chain.steps {
            // A repeated row of numbers is the same for all chunks, and the first is
            // the longest.
            if step.op != MapOp::SpreadColumns || first == range.first {
                // SAFETY: The chunk is a part of the range.
                unsafe { run_step::<V>(step, &chunk) };
            }
        }
        first += count;
    }
}

/// Asks for so many elements of all that a chain reads and writes in memory.
#[inline(always)]
fn ask_for<V: Vector>(chain: &Chain, first: usize, count: usize) {
    for step in &chain.steps {
        for address in [&step.inputs[0], &step.inputs[1], &step.inputs[2], &step.out] {
            if address.origin == Origin::Whole && !address.splat {
                let mut at = 0;
                while at < count {
                    V::ask(address.base.wrapping_add(first + at));
                    at += LINE;
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn run_chunk<V: Vector>(chain: &Chain, chunk: &Chunk) {
    for step in &chain.steps {
        // SAFETY: As the caller of `run` promises.
        unsafe { run_step::<V>(step, chunk) };
    }
}

/// The last elements of a chunk. Registers have room for a whole vector, and a
/// whole one is what the processor hands from a store to the next load.
///
/// # Safety
/// `rest` elements can be read there.
#[inline(always)]
unsafe fn rest_of<V: Vector>(address: &Address, from: *const f32, rest: usize) -> V {
    // SAFETY: As the caller promises.
    unsafe {
        match address.origin {
            Origin::Fixed => V::load(from),
            _ => V::load_first(from, rest),
        }
    }
}

/// Writes the last elements of a chunk.
///
/// # Safety
/// `rest` elements can be written there.
#[inline(always)]
unsafe fn put_rest<V: Vector>(value: V, address: &Address, to: *mut f32, rest: usize) {
    // SAFETY: As the caller promises.
    unsafe {
        match address.origin {
            Origin::Fixed => value.store(to),
            _ => value.store_first(to, rest),
        }
    }
}

#[inline(always)]
unsafe fn run_step<V: Vector>(step: &Step, chunk: &Chunk) {
    let out = chunk.at(&step.out);
    let count = chunk.count;
    let inputs = &step.inputs;
    // Before the choice of the op, so that it stands here once.
    let (a, b, c) = (chunk.at(&inputs[0]), chunk.at(&inputs[1]), chunk.at(&inputs[2]));
    let step_of = |address: &Address| if address.splat { 0 } else { usize::MAX };
    let (a_step, b_step, c_step) = (step_of(&inputs[0]), step_of(&inputs[1]), step_of(&inputs[2]));
    /// Every element by one, two or three operands. The rest of a chunk takes the
    /// same way as its whole vectors, so that functions of many instructions stand
    /// here once.
    macro_rules! each_once {
        (|$x:ident$(, $y:ident$(, $z:ident)?)?| $value:expr) => {{
            let mut at = 0;
            // SAFETY: Whole vectors within the chunk, then the rest of it.
            unsafe {
                while at < count {
                    let rest = count - at;
                    let is_whole = rest >= V::LANES;
                    let load = |address: &Address, from: *const f32| -> V {
                        if is_whole { V::load(from) } else { rest_of(address, from, rest) }
                    };
                    let $x = load(&inputs[0], a.add(at & a_step));
                    $(let $y = load(&inputs[1], b.add(at & b_step));
                    $(let $z = load(&inputs[2], c.add(at & c_step));)?)?
                    let value: V = $value;
                    if is_whole {
                        value.store(out.add(at));
                    } else {
                        put_rest(value, &step.out, out.add(at), rest);
                    }
                    at += V::LANES;
                }
            }
        }};
    }
    /// The same in a loop over whole vectors and one over the rest.
    macro_rules! each_twice {
        (|$x:ident| $value:expr) => {{
            let mut at = 0;
            // SAFETY: Whole vectors within the chunk, then the rest of it.
            unsafe {
                while at + V::LANES <= count {
                    let $x = V::load(a.add(at & a_step));
                    V::store($value, out.add(at));
                    at += V::LANES;
                }
                if at < count {
                    let rest = count - at;
                    let $x = rest_of::<V>(&inputs[0], a.add(at & a_step), rest);
                    put_rest($value, &step.out, out.add(at), rest);
                }
            }
        }};
        (|$x:ident, $y:ident| $value:expr) => {{
            let mut at = 0;
            // SAFETY: As above.
            unsafe {
                while at + V::LANES <= count {
                    let ($x, $y) = (V::load(a.add(at & a_step)), V::load(b.add(at & b_step)));
                    V::store($value, out.add(at));
                    at += V::LANES;
                }
                if at < count {
                    let rest = count - at;
                    let $x = rest_of::<V>(&inputs[0], a.add(at & a_step), rest);
                    let $y = rest_of::<V>(&inputs[1], b.add(at & b_step), rest);
                    put_rest($value, &step.out, out.add(at), rest);
                }
            }
        }};
        (|$x:ident, $y:ident, $z:ident| $value:expr) => {{
            let mut at = 0;
            // SAFETY: As above.
            unsafe {
                while at + V::LANES <= count {
                    let ($x, $y) = (V::load(a.add(at & a_step)), V::load(b.add(at & b_step)));
                    let $z = V::load(c.add(at & c_step));
                    V::store($value, out.add(at));
                    at += V::LANES;
                }
                if at < count {
                    let rest = count - at;
                    let $x = rest_of::<V>(&inputs[0], a.add(at & a_step), rest);
                    let $y = rest_of::<V>(&inputs[1], b.add(at & b_step), rest);
                    let $z = rest_of::<V>(&inputs[2], c.add(at & c_step), rest);
                    put_rest($value, &step.out, out.add(at), rest);
                }
            }
        }};
    }
    /// The quicker way, where the level is made for speed.
    macro_rules! each {
        ($($function:tt)*) => {
            if const { V::REGISTERS > 8 } {
                each_twice!($($function)*)
            } else {
                each_once!($($function)*)
            }
        };
    }
    match step.op {
        // SAFETY: As the caller promises.
        MapOp::SpreadRows => unsafe { spread_rows::<V>(chunk, out, a) },
        // SAFETY: As the caller promises.
        MapOp::SpreadColumns => unsafe { spread_columns::<V>(chunk, out, a) },
        op => elementwise!(op, V, each, each_once),
    }
}

/// One vector of the row's number where the chunk lies in one row, else each
/// row's number along its row.
#[inline(always)]
unsafe fn spread_rows<V: Vector>(chunk: &Chunk, out: *mut f32, numbers: *const f32) {
    // SAFETY: A register has room for the chunk and a vector beyond it; there
    // is a number for every row of the chunk.
    unsafe {
        if chunk.width >= WIDE {
            let number = V::splat(*numbers);
            for part in 0..SPLAT / V::LANES {
                number.store(out.add(part * V::LANES));
            }
            return;
        }
        let mut row = 0;
        let mut at = 0;
        while at < chunk.count {
            let number = V::splat(*numbers.add(row));
            let mut place = 0;
            while place < chunk.width {
                number.store(out.add(at + place));
                place += V::LANES;
            }
            at += chunk.width;
            row += 1;
        }
    }
}

/// The row of numbers for each row of the chunk.
#[inline(always)]
unsafe fn spread_columns<V: Vector>(chunk: &Chunk, out: *mut f32, numbers: *const f32) {
    // SAFETY: A register has room for the chunk and a vector beyond it; the
    // numbers of a row are followed by room for a vector.
    unsafe {
        let mut at = 0;
        while at < chunk.count {
            let mut place = 0;
            while place < chunk.width {
                let count = chunk.width - place;
                let part = if count < V::LANES {
                    V::load_first(numbers.add(place), count)
                } else {
                    V::load(numbers.add(place))
                };
                part.store(out.add(at + place));
                place += V::LANES;
            }
            at += chunk.width;
        }
    }
}
