//! Products, elementwise ops and sums over very many rows of a few numbers, in
//! one pass: what lies between them never leaves the registers.
//!
//! A leaf of rows is a chain that waits for itself, so as many leaves as a vector
//! has lanes run side by side, one in each lane. A piece is as many rows of each
//! of these leaves as a vector has lanes. What a piece reads is turned once, so
//! that a vector holds the same number of the same row of each leaf; then the ops
//! of the tape follow each other, and hand on one vector for each row of the
//! piece in registers.

mod ops;
mod residual;
mod turn;

use super::map::{Chain, Range};
use super::narrow_reduce_product::{SUMS, joined};
use super::waiting::Waiting;
use crate::vector::Vector;
use ikhim_numeric::reduction::LEAF_ROWS;
use ops::piece;
use residual::{residual, residual_of_leaves};
use turn::turn;

/// The most sums that a tape may keep.
pub(crate) const MOST_SUMS: usize = SUMS;

/// Words of a number of each row of a piece, on any level.
pub(crate) const SLOT: usize = 256;

/// The most columns of a source in a [`Residual`].
pub(crate) const MOST_COLUMNS: usize = 4;

/// A tape with its addresses.
#[derive(Debug, Clone)]
pub(crate) struct RowTape {
    pub(crate) sources: Box<[Source]>,
    pub(crate) ops: RowTapeOps,
    /// Where the sums of a block go, in the order of their places.
    pub(crate) results: Box<[SumsOf]>,
    /// How many sums there are.
    pub(crate) sums: usize,
    /// Room for all slots, [`SLOT`] words each.
    pub(crate) slots: *mut f32,
}

/// What is done with a piece.
#[derive(Debug, Clone)]
pub(crate) enum RowTapeOps {
    /// One op after the other.
    Each(Box<[RowTapeOp]>),
    /// All of them at once.
    Residual(Residual),
}

/// What a linear model of one number computes for its loss and its slopes: the
/// error `e = (x · w + b) − y` of each row, the sum of the squares of the errors,
/// and with `f`, the error times up to two numbers one after the other, the sum of
/// f and of the products of f with each number of the row.
///
/// What is missing is −0 in the place of b, and 1 in that of a number: neither
/// changes a bit.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Residual<Number = *const f32> {
    /// The first slot of x, and how many numbers of a row it has, at most
    /// [`MOST_COLUMNS`].
    pub(crate) slots: usize,
    pub(crate) columns: usize,
    pub(crate) weights: Number,
    pub(crate) offset: Option<Number>,
    /// The slot of y.
    pub(crate) target: usize,
    pub(crate) factors: [Option<Number>; 2],
    /// Which sums they are.
    pub(crate) squares: Option<usize>,
    pub(crate) sum: Option<usize>,
    pub(crate) products: usize,
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
    if let RowTapeOps::Residual(of) = &tape.ops
        && lanes == V::LANES
        && rows == LEAF_ROWS
    {
        // SAFETY: The rows are those of the leaves.
        unsafe { residual_of_leaves::<V>(of, &tape.sources, first, sums) }
        return;
    }
    // Ops hold a vector for each row of a piece; a residual holds one at a time, so
    // that its pieces are as long as the slots, or as a leaf.
    let most = match tape.ops {
        RowTapeOps::Each(_) => V::LANES,
        RowTapeOps::Residual(_) => (SLOT / V::LANES).min(LEAF_ROWS),
    };
    for row in (0..rows).step_by(most) {
        let count = most.min(rows - row);
        // SAFETY: The rows are those of the leaves.
        unsafe {
            for source in &tape.sources {
                if count == most && lanes == V::LANES {
                    turn::<V>(source, tape.slots, first, row, most);
                } else {
                    turn::some::<V>(source, tape.slots, first, row, lanes, count);
                }
            }
            match &tape.ops {
                RowTapeOps::Each(ops) => piece::<V>(ops, tape.slots, count, sums, map),
                RowTapeOps::Residual(of) => residual::<V>(of, tape.slots, count, sums),
            }
        }
    }
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
                ops: RowTapeOps::Each(Box::new([
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
                ])),
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
                    ops: RowTapeOps::Each(Box::new([
                        RowTapeOp::Load(0),
                        RowTapeOp::Slot(how, 1),
                        RowTapeOp::Sum(0),
                        RowTapeOp::Load(0),
                        RowTapeOp::Number(how, &raw const number),
                        RowTapeOp::Square,
                        RowTapeOp::Sum(1),
                    ])),
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

    /// Errors and their sums in one visit, with the parts that `which` names by its
    /// bits.
    fn check_residual(rows: usize, k: usize, block: usize, seed: u32, every: u32, which: u32) {
        let is = |bit: u32| which >> bit & 1 == 1;
        let x = special(seed, rows * k, every);
        let y = special(seed + 1, rows, every);
        let w = special(seed + 2, k, u32::MAX);
        let numbers = special(seed + 3, 3, u32::MAX);
        let errors: Vec<f32> = (0..rows)
            .map(|row| {
                let value = dot((0..k).map(|at| (x[row * k + at], w[at])));
                let value = if is(0) { value + numbers[0] } else { value };
                value - y[row]
            })
            .collect();
        let scaled = |error: f32| {
            let once = if is(1) { error * numbers[1] } else { error };
            if is(2) { once * numbers[2] } else { once }
        };
        let (mut squares, mut sums, mut products) = (Vec::new(), Vec::new(), Vec::new());
        for first in (0..rows).step_by(block) {
            let errors = &errors[first..rows.min(first + block)];
            squares.push(row_sum(errors.iter().map(|error| 0.0 + error * error)));
            sums.push(row_sum(errors.iter().map(|error| 0.0 + scaled(*error))));
            for at in 0..k {
                let column = x.chunks(k).map(|row| row[at]).skip(first);
                products.push(row_dot(column.zip(errors.iter().map(|error| scaled(*error)))));
            }
        }
        let blocks = rows.div_ceil(block);
        let number = |at: usize, bit: u32| is(bit).then(|| numbers[at..].as_ptr());
        at_every_level(|level, kernels| {
            let mut slots = Target::new(1, (k + 1) * SLOT, (k + 1) * SLOT);
            let mut targets: Vec<Target> =
                [k, 1, 1].map(|count| Target::new(blocks, count, count)).into();
            let results = targets.iter_mut().zip([k, 1, 1]);
            let tape = RowTape {
                sources: Box::new([
                    Source { from: x.as_ptr(), columns: k, slot: 0 },
                    Source { from: y.as_ptr(), columns: 1, slot: k },
                ]),
                ops: RowTapeOps::Residual(Residual {
                    slots: 0,
                    columns: k,
                    weights: w.as_ptr(),
                    offset: number(0, 0),
                    target: k,
                    factors: [number(1, 1), number(2, 2)],
                    squares: Some(k),
                    sum: Some(k + 1),
                    products: 0,
                }),
                results: results
                    .map(|(target, count)| SumsOf { count, to: target.start() })
                    .collect(),
                sums: k + 2,
                slots: slots.start(),
            };
            for first in (0..rows).step_by(block) {
                let count = block.min(rows - first);
                // SAFETY: All sizes are those of the vectors above.
                unsafe { (kernels.row_tape)(&tape, first, count, first / block, kernels.map) }
            }
            let what = format!("{level} {rows} rows of {k}, blocks of {block}, parts {which:b}");
            for (target, expected) in targets.iter().zip([&products, &squares, &sums]) {
                assert_same(&target.read(), expected, &what);
            }
        });
    }

    #[test]
    fn residuals_of_every_number_of_rows() {
        for rows in (1..=300).chain((301..3000).step_by(97)) {
            check_residual(rows, 3, 1024, 5, u32::MAX, 7);
        }
        for (k, which) in (1..=MOST_COLUMNS).flat_map(|k| (0..8).map(move |which| (k, which))) {
            check_residual(700, k, 512, 6, u32::MAX, which);
        }
    }

    proptest! {
        #[test]
        fn special_numbers_in_residuals(
            rows in 1_usize..1500, k in 1_usize..=MOST_COLUMNS, leaves in 1_usize..40,
            seed in any::<u16>(), every in 2_u32..2000, which in 0_u32..8,
        ) {
            check_residual(rows, k, LEAF_ROWS * leaves, u32::from(seed), every, which);
        }

        #[test]
        fn special_numbers(
            rows in 1_usize..1500, k in 1_usize..=5, leaves in 1_usize..40, seed in any::<u16>(),
            every in 2_u32..2000,
        ) {
            check(rows, k, LEAF_ROWS * leaves, u32::from(seed), every);
        }
    }
}
