//! Rows turned to vectors that hold the same number of the same row of each leaf.

use super::{SLOT, Source};
use crate::vector::{Vector, ask};
use ikhim_numeric::reduction::LEAF_ROWS;

/// How many rows ahead sources are asked for, in the order in which they lie: the
/// leaves of a piece lie too far apart for the processor to guess the next one.
pub(super) const AHEAD: usize = 2048;

/// Numbers of a cache line.
pub(super) const LINE: usize = 16;

/// Turns `rows` rows of as many leaves as a vector has lanes.
///
/// # Safety
/// The rows can be read from the leaves, the slots written.
#[inline(always)]
pub(super) unsafe fn turn<V: Vector>(
    source: &Source,
    slots: *mut f32,
    first: usize,
    row: usize,
    rows: usize,
) {
    let Source { columns, .. } = *source;
    // SAFETY: As the caller promises.
    unsafe {
        let group = source.from.add(first * columns);
        let slots = slots.add(source.slot * SLOT);
        let blocks = rows / V::LANES;
        // A known distance spares the addresses of all lanes.
        match columns {
            1 => squares::<V, 1>(group, 1, row, slots, blocks),
            2 => squares::<V, 2>(group, 2, row, slots, blocks),
            3 => squares::<V, 3>(group, 3, row, slots, blocks),
            4 => squares::<V, 4>(group, 4, row, slots, blocks),
            _ => squares::<V, 0>(group, columns, row, slots, blocks),
        }
    }
}

/// Turns `blocks · columns` squares, side by side in each leaf; the columns are
/// `COLUMNS` where that is not 0.
#[inline(always)]
unsafe fn squares<V: Vector, const COLUMNS: usize>(
    group: *const f32,
    columns: usize,
    row: usize,
    slots: *mut f32,
    blocks: usize,
) {
    let columns = if COLUMNS == 0 { columns } else { COLUMNS };
    let ahead = group.wrapping_add((AHEAD + row * V::LANES) * columns);
    // SAFETY: As the caller promises.
    unsafe {
        let from = group.add(row * columns);
        for square in 0..blocks * columns {
            let ahead = ahead.wrapping_add(square * V::LANES * V::LANES);
            for line in 0..V::LANES * V::LANES / LINE {
                ask(ahead.wrapping_add(line * LINE));
            }
            let turned = V::load_turned(from.add(square * V::LANES), LEAF_ROWS * columns);
            let to = slots.add(square * V::LANES * V::LANES);
            for number in 0..V::LANES {
                turned[number].store(to.add(number * V::LANES));
            }
        }
    }
}

/// Turns `count` rows of `lanes` leaves, one number after the other.
///
/// # Safety
/// As for [`turn`].
#[inline(always)]
pub(super) unsafe fn some<V: Vector>(
    source: &Source,
    slots: *mut f32,
    first: usize,
    row: usize,
    lanes: usize,
    count: usize,
) {
    let Source { columns, .. } = *source;
    // SAFETY: As the caller promises.
    unsafe {
        let from = source.from.add((first + row) * columns);
        let slots = slots.add(source.slot * SLOT);
        for number in 0..count * columns {
            for lane in 0..lanes {
                let place = lane * LEAF_ROWS * columns + number;
                *slots.add(number * V::LANES + lane) = *from.add(place);
            }
        }
    }
}
