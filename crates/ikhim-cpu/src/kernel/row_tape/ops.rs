//! The ops of a tape, one after the other.

use super::super::map::Range;
use super::super::narrow_reduce_product::SUMS;
use super::{Arithmetic, MapKernel, RowTapeOp, SLOT};
use crate::vector::Vector;

/// The ops over a piece of which `count` rows count.
#[inline(always)]
pub(super) unsafe fn piece<V: Vector>(
    ops: &[RowTapeOp],
    slots: *mut f32,
    count: usize,
    sums: &mut [V; SUMS],
    map: MapKernel,
) {
    let mut held = [V::splat(0.0); 16];
    let slot = |slot: usize| slots.wrapping_add(slot * SLOT);
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
    for op in ops {
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
