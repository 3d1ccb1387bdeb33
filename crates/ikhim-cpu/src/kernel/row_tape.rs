//! Products, elementwise ops and sums over very many rows of a few numbers, in
//! one pass: what lies between them never leaves the registers.
//!
//! A leaf of rows is a chain that waits for itself, so as many leaves as a vector
//! has lanes run side by side, one in each lane. A piece is as many rows of each
//! of these leaves as a vector has lanes. What a piece reads is turned once, so
//! that a vector holds the same number of the same row of each leaf; then the ops
//! of the tape follow each other, and hand on one vector for each row of the
//! piece in registers.

use super::map::{Chain, Range};
use super::narrow_reduce_product::{SUMS, joined};
use super::waiting::Waiting;
use crate::vector::{Vector, ask};
use ikhim_numeric::reduction::LEAF_ROWS;

/// The most sums that a tape may keep.
pub(crate) const MOST_SUMS: usize = SUMS;

/// Words of a number of each row of a piece, on any level.
pub(crate) const SLOT: usize = 256;

/// How many rows ahead sources are asked for, in the order in which they lie: the
/// leaves of a piece lie too far apart for the processor to guess the next one.
const AHEAD: usize = 2048;

/// Numbers of a cache line.
const LINE: usize = 16;

/// A tape with its addresses.
#[derive(Debug, Clone)]
pub(crate) struct RowTape {
    pub(crate) sources: Box<[Source]>,
    pub(crate) ops: Box<[RowTapeOp]>,
    /// Where the sums of a block go, in the order of their places.
    pub(crate) results: Box<[SumsOf]>,
    /// How many sums there are.
    pub(crate) sums: usize,
    /// Room for all slots, [`SLOT`] words each.
    pub(crate) slots: *mut f32,
}

/// Values that are read row by row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) from: *const f32,
    /// Numbers of a row.
    pub(crate) columns: usize,
    /// The first of its slots, one for each number of a row.
    pub(crate) slot: usize,
}

/// Neighboring sums, as many for each block of rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SumsOf {
    pub(crate) count: usize,
    pub(crate) to: *mut f32,
}

/// An op on the vectors that the tape hands on, one for each row of a piece. A
/// slot keeps such vectors.
#[derive(Debug, Clone)]
pub(crate) enum RowTapeOp<Number = *const f32, Map = Chain> {
    /// The vectors become those of a slot.
    Load(usize),
    /// A slot takes the vectors.
    Store(usize),
    /// The vectors combined with a slot.
    Slot(Arithmetic, usize),
    /// The vectors combined with a number.
    Number(Arithmetic, Number),
    /// The vectors times themselves.
    Square,
    /// Each row of a source times a column of numbers.
    Product { slots: usize, columns: usize, right: Number },
    /// Any other op, from slots to a slot. The vectors are lost.
    Map(Map),
    /// Adds the vectors to a sum.
    Sum(usize),
    /// Adds the squares of the vectors to a sum.
    SumSquares(usize),
    /// Adds each row of a source, times the vectors, to neighboring sums.
    SumProducts { slots: usize, columns: usize, sums: usize },
}

/// How the vectors x and an operand y are combined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    /// x + y
    Add,
    /// x - y
    Subtract,
    /// y - x
    SubtractFrom,
    /// x · y
    Multiply,
}

/// The kernel of chains, for a level.
type MapKernel = unsafe fn(&Chain, Range);

/// Runs a tape over `count` rows from `first` on, which are a block: its sums go
/// to the place of `block`.
///
/// # Safety
/// The sources can be read, the slots are this thread's alone, and the sums of
/// the block can be written.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(
    tape: &RowTape,
    first: usize,
    count: usize,
    block: usize,
    map: MapKernel,
) {
    let mut tree = Waiting::new(tape.sums);
    let mut sums = [V::splat(0.0); SUMS];
    let whole = count / LEAF_ROWS;
    let mut leaf = 0;
    // SAFETY: The leaves are those of the rows.
    unsafe {
        while leaf < whole {
            let lanes = V::LANES.min(whole - leaf);
            leaves::<V>(tape, first + leaf * LEAF_ROWS, lanes, LEAF_ROWS, &mut sums, map);
            if lanes == V::LANES {
                for sum in &mut sums[..tape.sums] {
                    *sum = joined(*sum);
                }
                tree.push::<V>(&sums, 0, lanes);
            } else {
                for lane in 0..lanes {
                    tree.push::<V>(&sums, lane, 1);
                }
            }
            leaf += lanes;
        }
        let rest = count - whole * LEAF_ROWS;
        if rest > 0 {
            leaves::<V>(tape, first + whole * LEAF_ROWS, 1, rest, &mut sums, map);
            tree.push::<V>(&sums, 0, 1);
        }
        let sums = tree.finish();
        let mut from = 0;
        for result in &tape.results {
            for at in 0..result.count {
                *result.to.add(block * result.count + at) = sums[from + at];
            }
            from += result.count;
        }
    }
}

/// The sums of `lanes` leaves of `rows` rows each, side by side.
#[inline(always)]
unsafe fn leaves<V: Vector>(
    tape: &RowTape,
    first: usize,
    lanes: usize,
    rows: usize,
    sums: &mut [V; SUMS],
    map: MapKernel,
) {
    for sum in &mut sums[..tape.sums] {
        *sum = V::splat(0.0);
    }
    for row in (0..rows).step_by(V::LANES) {
        let count = V::LANES.min(rows - row);
        // SAFETY: The rows are those of the leaves.
        unsafe {
            for source in &tape.sources {
                turn::<V>(source, tape.slots, first, row, lanes, count);
            }
            piece::<V>(tape, count, sums, map);
        }
    }
}

/// Turns `count` rows of each leaf.
#[inline(always)]
unsafe fn turn<V: Vector>(
    source: &Source,
    slots: *mut f32,
    first: usize,
    row: usize,
    lanes: usize,
    count: usize,
) {
    let Source { columns, .. } = *source;
    let leaf = LEAF_ROWS * columns;
    // SAFETY: The rows are those of the leaves.
    unsafe {
        let group = source.from.add(first * columns);
        let slots = slots.add(source.slot * SLOT);
        let from = group.add(row * columns);
        if count < V::LANES || lanes < V::LANES {
            for number in 0..count * columns {
                for lane in 0..lanes {
                    *slots.add(number * V::LANES + lane) = *from.add(lane * leaf + number);
                }
            }
            return;
        }
        for at in (0..columns * V::LANES).step_by(V::LANES) {
            let from = from.add(at);
            let ahead = group.wrapping_add(AHEAD * columns + (row * columns + at) * V::LANES);
            for line in 0..V::LANES * V::LANES / LINE {
                ask(ahead.wrapping_add(line * LINE));
            }
            // A known distance spares the addresses of all lanes.
            let turned = match columns {
                1 => V::load_turned(from, LEAF_ROWS),
                2 => V::load_turned(from, 2 * LEAF_ROWS),
                3 => V::load_turned(from, 3 * LEAF_ROWS),
                4 => V::load_turned(from, 4 * LEAF_ROWS),
                _ => V::load_turned(from, leaf),
            };
            let to = slots.add(at * V::LANES);
            for number in 0..V::LANES {
                turned[number].store(to.add(number * V::LANES));
            }
        }
    }
}

/// The ops over a piece of which `count` rows count.
#[inline(always)]
unsafe fn piece<V: Vector>(tape: &RowTape, count: usize, sums: &mut [V; SUMS], map: MapKernel) {
    let mut held = [V::splat(0.0); 16];
    let slot = |slot: usize| tape.slots.wrapping_add(slot * SLOT);
    /// Every vector with one of a slot, or with a number.
    macro_rules! each {
        (|$x:ident, $y:ident| $value:expr, slot $slot:expr) => {{
            let from = slot($slot).cast_const();
            for at in 0..V::LANES {
                let ($x, $y) = (held[at], V::load(from.add(at * V::LANES)));
                held[at] = $value;
            }
        }};
        (|$x:ident, $y:ident| $value:expr, number $number:expr) => {{
            let $y = V::splat(*$number);
            for at in 0..V::LANES {
                let $x = held[at];
                held[at] = $value;
            }
        }};
    }
    for op in &tape.ops {
        // SAFETY: A slot has room for a vector for each row.
        unsafe {
            match *op {
                RowTapeOp::Load(from) => {
                    let from = slot(from).cast_const();
                    for at in 0..V::LANES {
                        held[at] = V::load(from.add(at * V::LANES));
                    }
                }
                RowTapeOp::Store(to) => {
                    for at in 0..V::LANES {
                        held[at].store(slot(to).add(at * V::LANES));
                    }
                }
                RowTapeOp::Slot(Arithmetic::Add, from) => each!(|x, y| x + y, slot from),
                RowTapeOp::Slot(Arithmetic::Subtract, from) => each!(|x, y| x - y, slot from),
                RowTapeOp::Slot(Arithmetic::SubtractFrom, from) => each!(|x, y| y - x, slot from),
                RowTapeOp::Slot(Arithmetic::Multiply, from) => each!(|x, y| x * y, slot from),
                RowTapeOp::Number(Arithmetic::Add, number) => each!(|x, y| x + y, number number),
                RowTapeOp::Number(Arithmetic::Subtract, number) => {
                    each!(|x, y| x - y, number number)
                }
                RowTapeOp::Number(Arithmetic::SubtractFrom, number) => {
                    each!(|x, y| y - x, number number)
                }
                RowTapeOp::Number(Arithmetic::Multiply, number) => {
                    each!(|x, y| x * y, number number)
                }
                RowTapeOp::Square => {
                    for at in 0..V::LANES {
                        held[at] = held[at] * held[at];
                    }
                }
                RowTapeOp::Product { slots, columns, right } => {
                    held = [V::splat(0.0); 16];
                    for column in 0..columns {
                        let factor = V::splat(*right.add(column));
                        let mut from = slot(slots).add(column * V::LANES).cast_const();
                        for at in 0..V::LANES {
                            held[at] = V::load(from).mul_add(factor, held[at]);
                            from = from.wrapping_add(columns * V::LANES);
                        }
                    }
                }
                RowTapeOp::Map(ref chain) => {
                    let count = V::LANES * V::LANES;
                    map(chain, Range { first: 0, count, block: 0 });
                    // So that no vector is kept over the call.
                    held = [V::splat(0.0); 16];
                }
                RowTapeOp::Sum(to) => {
                    let mut sum = sums[to];
                    if count == V::LANES {
                        for at in 0..V::LANES {
                            sum = sum + held[at];
                        }
                    } else {
                        let rows = stored(&held);
                        for at in 0..count {
                            sum = sum + V::load(rows.as_ptr().add(at * V::LANES));
                        }
                    }
                    sums[to] = sum;
                }
                RowTapeOp::SumSquares(to) => {
                    let mut sum = sums[to];
                    if count == V::LANES {
                        for at in 0..V::LANES {
                            sum = sum + held[at] * held[at];
                        }
                    } else {
                        let rows = stored(&held);
                        for at in 0..count {
                            let row = V::load(rows.as_ptr().add(at * V::LANES));
                            sum = sum + row * row;
                        }
                    }
                    sums[to] = sum;
                }
                RowTapeOp::SumProducts { slots, columns, sums: to } => {
                    for column in 0..columns {
                        let mut x = slot(slots).add(column * V::LANES).cast_const();
                        let mut sum = sums[to + column];
                        if count == V::LANES {
                            for at in 0..V::LANES {
                                sum = V::load(x).mul_add(held[at], sum);
                                x = x.wrapping_add(columns * V::LANES);
                            }
                        } else {
                            let rows = stored(&held);
                            for at in 0..count {
                                let right = V::load(rows.as_ptr().add(at * V::LANES));
                                sum = V::load(x).mul_add(right, sum);
                                x = x.wrapping_add(columns * V::LANES);
                            }
                        }
                        sums[to + column] = sum;
                    }
                }
            }
        }
    }
}

/// The vectors of a piece in memory, where a number of rows can be chosen.
#[inline(always)]
fn stored<V: Vector>(held: &[V; 16]) -> [f32; SLOT] {
    let mut rows = [0.0; SLOT];
    for at in 0..V::LANES {
        // SAFETY: There is room for as many vectors as a vector has lanes.
        unsafe { held[at].store(rows.as_mut_ptr().add(at * V::LANES)) }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::super::map::{Address, MapOp, Origin, Step};
    use super::*;
    use ikhim_numeric::reduction::{dot, row_dot, row_sum};
    use proptest::prelude::*;

    /// The tape of |((x · w + b) - y)|, its sum, the sum of the squares of what
    /// stands between the bars, and its products with x and sum; `k` numbers of a
    /// row of x.
    fn check(rows: usize, k: usize, block: usize, seed: u32, every: u32) {
        let x = special(seed, rows * k, every);
        let y = special(seed + 1, rows, every);
        let w = special(seed + 2, k + 1, u32::MAX);
        let row = |row: usize| dot((0..k).map(|at| (x[row * k + at], w[at])));
        let errors: Vec<f32> = (0..rows).map(|at| row(at) + w[k] - y[at]).collect();
        let part = |first: usize| first..rows.min(first + block);
        let (mut absolute, mut squares) = (Vec::new(), Vec::new());
        let (mut sums, mut products) = (Vec::new(), Vec::new());
        // A row contributes 0 + x, as a row of one number does by the lane rule.
        for first in (0..rows).step_by(block) {
            let part = part(first);
            let errors = &errors[part.clone()];
            absolute.push(row_sum(errors.iter().map(|error| 0.0 + error.abs())));
            squares.push(row_sum(errors.iter().map(|error| 0.0 + error * error)));
            sums.push(row_sum(errors.iter().map(|error| 0.0 + error)));
            for at in 0..k {
                let column = x.chunks(k).map(|row| row[at]).skip(part.start);
                products.push(row_dot(column.zip(errors.iter().copied())));
            }
        }
        let blocks = rows.div_ceil(block);
        at_every_level(|level, kernels| {
            let mut slots = Target::new(1, (k + 3) * SLOT, (k + 3) * SLOT);
            let start = slots.start();
            let slot = |slot: usize| Address {
                base: start.wrapping_add(slot * SLOT),
                origin: Origin::Fixed,
                splat: false,
            };
            let step = Step {
                op: MapOp::Abs,
                out: slot(k + 2),
                inputs: [slot(k + 1), Address::NONE, Address::NONE],
            };
            let chain = Chain { steps: Box::new([step]), width: 0, chunk: SLOT, adam: None };
            let mut targets: Vec<Target> =
                [1, 1, k, 1].map(|count| Target::new(blocks, count, count)).into();
            let results = targets.iter_mut().zip([1, 1, k, 1]);
            let tape = RowTape {
                sources: Box::new([
                    Source { from: x.as_ptr(), columns: k, slot: 0 },
                    Source { from: y.as_ptr(), columns: 1, slot: k },
                ]),
                ops: Box::new([
                    RowTapeOp::Product { slots: 0, columns: k, right: w.as_ptr() },
                    RowTapeOp::Number(Arithmetic::Add, w[k..].as_ptr()),
                    RowTapeOp::Slot(Arithmetic::Subtract, k),
                    RowTapeOp::Store(k + 1),
                    RowTapeOp::SumSquares(1),
                    RowTapeOp::SumProducts { slots: 0, columns: k, sums: 2 },
                    RowTapeOp::Map(chain),
                    RowTapeOp::Load(k + 2),
                    RowTapeOp::Sum(0),
                    RowTapeOp::Load(k + 1),
                    RowTapeOp::Sum(k + 2),
                ]),
                results: results
                    .map(|(target, count)| SumsOf { count, to: target.start() })
                    .collect(),
                sums: k + 3,
                slots: start,
            };
            for first in (0..rows).step_by(block) {
                let count = block.min(rows - first);
                // SAFETY: All sizes are those of the vectors above.
                unsafe { (kernels.row_tape)(&tape, first, count, first / block, kernels.map) }
            }
            slots.read();
            let what = format!("{level} {rows} rows of {k}, blocks of {block}");
            for (target, expected) in targets.iter().zip([&absolute, &squares, &products, &sums]) {
                assert_same(&target.read(), expected, &what);
            }
        });
    }

    #[test]
    fn every_number_of_rows() {
        for rows in 1..=300 {
            check(rows, 3, 1024, 1, u32::MAX);
        }
        for rows in (301..3000).step_by(97) {
            check(rows, 2, 1024, 2, u32::MAX);
        }
    }

    #[test]
    fn every_width() {
        for k in 1..=16 {
            check(700, k, 512, 3, u32::MAX);
        }
    }

    #[test]
    fn every_arithmetic() {
        let (rows, number) = (600, 3.5_f32);
        let x = special(7, rows, 50);
        let y = special(8, rows, 60);
        type Rule = fn(f32, f32) -> f32;
        let rules: [(Arithmetic, Rule); 4] = [
            (Arithmetic::Add, |x, y| x + y),
            (Arithmetic::Subtract, |x, y| x - y),
            (Arithmetic::SubtractFrom, |x, y| y - x),
            (Arithmetic::Multiply, |x, y| x * y),
        ];
        for (how, rule) in rules {
            let pairs = || x.iter().zip(&y);
            let expected = [
                row_sum(pairs().map(|(x, y)| 0.0 + rule(*x, *y))),
                row_sum(x.iter().map(|x| 0.0 + rule(*x, number) * rule(*x, number))),
            ];
            at_every_level(|level, kernels| {
                let mut slots = Target::new(1, 2 * SLOT, 2 * SLOT);
                let mut sums = Target::new(1, 2, 2);
                let tape = RowTape {
                    sources: Box::new([
                        Source { from: x.as_ptr(), columns: 1, slot: 0 },
                        Source { from: y.as_ptr(), columns: 1, slot: 1 },
                    ]),
                    ops: Box::new([
                        RowTapeOp::Load(0),
                        RowTapeOp::Slot(how, 1),
                        RowTapeOp::Sum(0),
                        RowTapeOp::Load(0),
                        RowTapeOp::Number(how, &raw const number),
                        RowTapeOp::Square,
                        RowTapeOp::Sum(1),
                    ]),
                    results: Box::new([SumsOf { count: 2, to: sums.start() }]),
                    sums: 2,
                    slots: slots.start(),
                };
                // SAFETY: All sizes are those of the vectors above.
                unsafe { (kernels.row_tape)(&tape, 0, rows, 0, kernels.map) }
                assert_same(&sums.read(), &expected, &format!("{level} {how:?}"));
            });
        }
    }

    proptest! {
        #[test]
        fn special_numbers(
            rows in 1_usize..1500, k in 1_usize..=5, leaves in 1_usize..40, seed in any::<u16>(),
            every in 2_u32..2000,
        ) {
            check(rows, k, LEAF_ROWS * leaves, u32::from(seed), every);
        }
    }
}
