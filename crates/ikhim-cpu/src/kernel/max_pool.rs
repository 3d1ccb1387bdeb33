//! Max pooling by windows, and the slopes that go back to the cells that were the
//! largest.

use super::pack::{load_some, store_some};
use crate::vector::Vector;
use std::ops::Range;

/// The cells of an axis that a window sees, or the windows that see a cell.
pub(crate) type Seen = Range<u32>;

/// The largest cell of each window of each channel: of equal ones the first, and
/// the first NaN where there is one.
pub(crate) struct MaxPool {
    /// The image, cell by cell.
    pub(crate) image: *const f32,
    /// Cells from one row of the image to the next.
    pub(crate) row: usize,
    pub(crate) channels: usize,
    /// The rows that each window sees, and the columns.
    pub(crate) rows: *const [Seen],
    pub(crate) columns: *const [Seen],
    /// Where the values go, or null.
    pub(crate) values: *mut f32,
    /// Where the places go, as integers, or null.
    pub(crate) places: *mut f32,
}

/// Computes the values, the places, or both.
///
/// # Safety
/// The image can be read and the results written as described; no window is
/// empty.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(pool: &MaxPool) {
    let MaxPool { image, row, channels, values, places, .. } = *pool;
    // SAFETY: As the caller promises.
    let (rows, columns) = unsafe { (&*pool.rows, &*pool.columns) };
    let mut at = 0;
    for down in rows {
        for across in columns {
            for channel in (0..channels).step_by(V::LANES) {
                let left = channels - channel;
                let cell = |y: u32, x: u32| y as usize * row + x as usize;
                // SAFETY: As above.
                unsafe {
                    let load = |cell: usize| -> V {
                        load_some(image.add(cell * channels + channel), left)
                    };
                    let integer = |cell: usize| V::from_bits(V::splat_bits(cell as u32));
                    let first = cell(down.start, across.start);
                    let (mut best, mut place) = (load(first), integer(first));
                    for y in down.start..down.end {
                        for x in across.start..across.end {
                            // The first cell is not better than itself.
                            let value = load(cell(y, x));
                            let better =
                                best.is_equal(best) & (best.is_less(value) | value.is_nan());
                            best = V::select(better, value, best);
                            place = V::select(better, integer(cell(y, x)), place);
                        }
                    }
                    if !values.is_null() {
                        store_some(best, values.add(at + channel), left);
                    }
                    if !places.is_null() {
                        store_some(place, places.add(at + channel), left);
                    }
                }
            }
            at += channels;
        }
    }
}

/// For each cell the sum of the values whose place it is, in ascending order of
/// their windows, from 0.
pub(crate) struct MaxUnpool {
    /// The values of the windows, and their places as integers.
    pub(crate) values: *const f32,
    pub(crate) places: *const f32,
    /// Windows from one row of them to the next, and numbers from one window to the next.
    pub(crate) row: usize,
    pub(crate) step: usize,
    pub(crate) channels: usize,
    /// The rows of windows that see each row of cells, and the columns.
    pub(crate) rows: *const [Seen],
    pub(crate) columns: *const [Seen],
    /// The image, cell by cell, and numbers from one cell to the next.
    pub(crate) image: *mut f32,
    pub(crate) image_step: usize,
}

/// Computes the image.
///
/// # Safety
/// Values and places can be read and the image written as described.
#[inline(always)]
pub(super) unsafe fn back<V: Vector>(pool: &MaxUnpool) {
    let MaxUnpool { values, places, row, step, channels, image, image_step, .. } = *pool;
    // SAFETY: As the caller promises.
    let (rows, columns) = unsafe { (&*pool.rows, &*pool.columns) };
    let mut cell = 0;
    for down in rows {
        for across in columns {
            let own = V::from_bits(V::splat_bits(cell as u32));
            // Where windows do not overlap, each cell has one.
            let is_single = down.end - down.start == 1 && across.end - across.start == 1;
            if is_single && channels.is_multiple_of(V::LANES) {
                let at = (down.start as usize * row + across.start as usize) * step;
                let zero = V::splat(0.0);
                for channel in (0..channels).step_by(V::LANES) {
                    // SAFETY: As above, by whole vectors.
                    unsafe {
                        let place = V::load(places.add(at + channel));
                        let value = V::load(values.add(at + channel));
                        let sum = V::select(place.is_equal_integer(own), zero + value, zero);
                        sum.store(image.add(cell * image_step + channel));
                    }
                }
                cell += 1;
                continue;
            }
            for channel in (0..channels).step_by(V::LANES) {
                let left = channels - channel;
                let mut sum = V::splat(0.0);
                for p in down.start..down.end {
                    for q in across.start..across.end {
                        let at = (p as usize * row + q as usize) * step + channel;
                        // SAFETY: As above.
                        unsafe {
                            let place: V = load_some(places.add(at), left);
                            let value = load_some(values.add(at), left);
                            sum = V::select(place.is_equal_integer(own), sum + value, sum);
                        }
                    }
                }
                // SAFETY: As above.
                unsafe { store_some(sum, image.add(cell * image_step + channel), left) }
            }
            cell += 1;
        }
    }
}
