//! Products of an image with the slopes of its windows, summed over the windows:
//! what one image adds to the slope of a convolution's weights.
//!
//! The sums go on from image to image within a leaf, so each is one chain over
//! ascending rows, heights and widths. A tile of channels and filters is kept in
//! registers over the windows of an image.

use super::pack::{load_some, store_some};
use crate::vector::Vector;

/// Neighboring rows of the result that are computed together: where their
/// numbers begin behind the place of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WindowRows {
    pub(crate) source: usize,
    /// At most [`window_rows`].
    pub(crate) count: usize,
}

/// The windows of one image.
pub(crate) struct WindowReduce {
    /// The image, at the first window.
    pub(crate) source: *const f32,
    /// From a window to the one below, and to the one beside it, in the image.
    pub(crate) source_steps: [usize; 2],
    /// The slopes of the first window.
    pub(crate) slopes: *const f32,
    /// From a window to the next in the slopes; those of a row follow each other.
    pub(crate) slope_step: usize,
    /// How many windows, down and across.
    pub(crate) counts: [usize; 2],
    /// The rows of the result.
    pub(crate) tiles: *const WindowRows,
    pub(crate) tile_count: usize,
    /// Columns of the sums: the lanes or twice the lanes. So many slopes of each
    /// window can be read.
    pub(crate) width: usize,
    /// The sums, row by row.
    pub(crate) sums: *mut f32,
    /// From one row of the sums to the next.
    pub(crate) sums_step: usize,
    /// The image and the slopes that come next, and from one window to the next in
    /// those slopes: what is asked for meanwhile.
    pub(crate) ahead: [*const f32; 2],
    pub(crate) ahead_step: usize,
    /// Whether the sums begin at 0.
    pub(crate) is_first: bool,
}

/// Numbers of a line of the cache.
const LINE: usize = 16;

/// Rows of a tile of so many columns, at most, as registers allow.
pub(crate) fn window_rows(level: crate::Level, width: usize) -> usize {
    match (level, width) {
        (crate::Level::Avx512, _) | (crate::Level::Avx2, 8) => 12,
        (crate::Level::Avx2, _) => 6,
        (crate::Level::Portable, 4) => 4,
        _ => 2,
    }
}

const fn most_rows<V: Vector, const P: usize>() -> usize {
    match (V::REGISTERS, P) {
        (32, _) | (16, 1) => 12,
        (16, _) => 6,
        (_, 1) => 4,
        _ => 2,
    }
}

/// Adds what an image gives.
///
/// # Safety
/// Image, slopes and tiles can be read and the sums written as described.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(reduce: &WindowReduce) {
    // SAFETY: As the caller promises.
    unsafe {
        if reduce.width == V::LANES {
            tiles::<V, 1>(reduce);
        } else {
            tiles::<V, 2>(reduce);
        }
    }
}

#[inline(always)]
unsafe fn tiles<V: Vector, const P: usize>(reduce: &WindowReduce) {
    let mut sums = reduce.sums;
    macro_rules! choose {
        ($rows:ident, $at:ident, $($count:literal)+) => {
            match $rows.count {
                // A constant condition: what cannot be is not compiled.
                $($count if const { $count <= most_rows::<V, P>() } => {
                    if const { $count <= most_rows::<V, P>() } {
                        // SAFETY: As the caller promises.
                        unsafe { tile::<V, $count, P>(reduce, $at, $rows.source, sums) }
                    }
                })+
                _ => unreachable!("a tile has at most {} rows", most_rows::<V, P>()),
            }
        };
    }
    for tile in 0..reduce.tile_count {
        // SAFETY: There are so many tiles.
        let rows = unsafe { *reduce.tiles.add(tile) };
        choose!(rows, tile, 1 2 3 4 5 6 7 8 9 10 11 12);
        sums = sums.wrapping_add(rows.count * reduce.sums_step);
    }
}

#[inline(always)]
unsafe fn tile<V: Vector, const R: usize, const P: usize>(
    reduce: &WindowReduce,
    at: usize,
    source: usize,
    to: *mut f32,
) {
    let WindowReduce { source_steps, slope_step, counts, .. } = *reduce;
    // The first tiles ask for the slopes that come next, line by line, the others
    // for the image.
    let [image, slopes] = reduce.ahead;
    let (ahead, ahead_steps) = match at * LINE < reduce.width {
        true => {
            (slopes.wrapping_add(at * LINE), [counts[1] * reduce.ahead_step, reduce.ahead_step])
        }
        false => (image.wrapping_add(source), source_steps),
    };
    // SAFETY: As the caller promises.
    unsafe {
        let mut sums = [[V::splat(0.0); P]; R];
        if !reduce.is_first {
            for r in 0..R {
                for p in 0..P {
                    sums[r][p] = V::load(to.add((r * P + p) * V::LANES));
                }
            }
        }
        let source = reduce.source.add(source);
        let mut slopes = reduce.slopes;
        for row in 0..counts[0] {
            let mut numbers = source.add(row * source_steps[0]);
            let mut ask = ahead.wrapping_add(row * ahead_steps[0]);
            for _ in 0..counts[1] {
                V::ask(ask);
                ask = ask.wrapping_add(ahead_steps[1]);
                let mut right = [V::splat(0.0); P];
                for p in 0..P {
                    right[p] = V::load(slopes.add(p * V::LANES));
                }
                for r in 0..R {
                    let number = V::splat(*numbers.add(r));
                    for p in 0..P {
                        sums[r][p] = number.mul_add(right[p], sums[r][p]);
                    }
                }
                numbers = numbers.wrapping_add(source_steps[1]);
                slopes = slopes.wrapping_add(slope_step);
            }
        }
        for r in 0..R {
            for p in 0..P {
                sums[r][p].store(to.add((r * P + p) * V::LANES));
            }
        }
    }
}

/// The same where each channel has a filter of its own: each tile is a single
/// row, whose `width` columns are neighboring channels of the image and of the
/// slopes.
///
/// # Safety
/// As for [`run`], but the width may be less.
#[inline(always)]
pub(super) unsafe fn of_channels<V: Vector>(reduce: &WindowReduce) {
    let WindowReduce { source_steps, slope_step, counts, width, .. } = *reduce;
    for tile in 0..reduce.tile_count {
        for at in (0..width).step_by(V::LANES) {
            let left = width - at;
            // SAFETY: As the caller promises.
            unsafe {
                let source = reduce.source.add((*reduce.tiles.add(tile)).source + at);
                let to = reduce.sums.add(tile * reduce.sums_step + at);
                let mut sum = V::splat(0.0);
                if !reduce.is_first {
                    sum = load_some(to, left);
                }
                let mut slopes = reduce.slopes.add(at);
                for row in 0..counts[0] {
                    let mut numbers = source.add(row * source_steps[0]);
                    for _ in 0..counts[1] {
                        let number: V = load_some(numbers, left);
                        sum = number.mul_add(load_some(slopes, left), sum);
                        numbers = numbers.wrapping_add(source_steps[1]);
                        slopes = slopes.wrapping_add(slope_step);
                    }
                }
                store_some(sum, to, left);
            }
        }
    }
}
