//! Products of the windows of an image with packed weights: a convolution, or
//! one turned around.
//!
//! Each number of the result is one chain of fused multiply-adds from 0, which
//! walks through runs: neighbors in the image that meet neighboring rows of the
//! weights. The image has its border of zeros around it, so every window of a row
//! finds its runs at the same distances, and nothing is copied. A tile of
//! neighboring windows and filters is kept in registers over its runs; where the
//! runs' weights would not fit the first cache the tile is stored and loaded in
//! between, which changes no bit.

use super::pack::{load_some, store_some};
use crate::vector::Vector;

/// Neighbors that belong together: where they begin behind the place of a
/// window, and where their weights begin in a panel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WindowRun {
    pub(crate) source: usize,
    pub(crate) weights: usize,
}

/// The windows of one image.
pub(crate) struct WindowProduct {
    /// The image, at the first window.
    pub(crate) source: *const f32,
    /// From a window to the one below, and to the one beside it, in the image.
    pub(crate) source_steps: [usize; 2],
    /// What each window sees.
    pub(crate) runs: *const WindowRun,
    pub(crate) run_count: usize,
    /// Numbers of a run.
    pub(crate) length: usize,
    /// The weights in panels of `width` columns.
    pub(crate) weights: *const f32,
    pub(crate) width: usize,
    /// From one panel to the next.
    pub(crate) panel: usize,
    /// The result, at the first window.
    pub(crate) out: *mut f32,
    /// From a window to the one below, and to the one beside it, in the result.
    pub(crate) out_steps: [usize; 2],
    /// How many windows, down and across.
    pub(crate) counts: [usize; 2],
    /// Columns of the weights, numbers of a window in the result.
    pub(crate) columns: usize,
}

/// Weights that stay in the first cache while the windows of an image pass.
const PIECE: usize = 6 * 1024;

/// Computes the products.
///
/// # Safety
/// Image, weights and runs can be read and the result written as described; the
/// result overlaps nothing, and the width is the lanes or twice the lanes.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(product: &WindowProduct) {
    // SAFETY: As the caller promises.
    unsafe {
        if product.width == V::LANES {
            panels::<V, 1>(product);
        } else {
            panels::<V, 2>(product);
        }
    }
}

/// The windows of a tile of `P` vectors side by side, as registers allow.
const fn most_windows<V: Vector, const P: usize>() -> usize {
    match (V::REGISTERS, P) {
        (32, 1) => 14,
        (32, _) => 12,
        (16, 1) => 12,
        (16, _) => 6,
        (_, 1) => 4,
        _ => 2,
    }
}

/// Some of the runs.
struct Part<'a> {
    product: &'a WindowProduct,
    first: usize,
    end: usize,
}

#[inline(always)]
unsafe fn panels<V: Vector, const P: usize>(product: &WindowProduct) {
    let [down, across] = product.counts;
    let tiles = across.div_ceil(most_windows::<V, P>());
    if tiles == 0 {
        return;
    }
    let (height, higher) = (across / tiles, across % tiles);
    let pieces = (product.run_count * product.length * product.width).div_ceil(PIECE).max(1);
    let piece = product.run_count.div_ceil(pieces).max(1);
    for panel in 0..product.columns.div_ceil(product.width) {
        let mut first = 0;
        loop {
            let end = (first + piece).min(product.run_count);
            let part = Part { product, first, end };
            for row in 0..down {
                let mut column = 0;
                for tile in 0..tiles {
                    let count = height + usize::from(tile < higher);
                    // SAFETY: The windows, the panel and the runs are the product's.
                    unsafe { tile_of::<V, P>(&part, row, column, count, panel) }
                    column += count;
                }
            }
            first = end;
            if first >= product.run_count {
                break;
            }
        }
    }
}

/// Chooses the instance for a number of windows.
#[inline(always)]
unsafe fn tile_of<V: Vector, const P: usize>(
    part: &Part<'_>,
    row: usize,
    column: usize,
    count: usize,
    panel: usize,
) {
    macro_rules! choose {
        ($($windows:literal)+) => {
            match count {
                // A constant condition: what cannot be is not compiled.
                $($windows if const { $windows <= most_windows::<V, P>() } => {
                    if const { $windows <= most_windows::<V, P>() } {
                        // SAFETY: As the caller promises.
                        unsafe { tile::<V, $windows, P>(part, row, column, panel) }
                    }
                })+
                _ => unreachable!("a tile has at most {} windows", most_windows::<V, P>()),
            }
        };
    }
    choose!(1 2 3 4 5 6 7 8 9 10 11 12 13 14);
}

/// `R` windows beside each other, `P` vectors of filters.
#[inline(always)]
unsafe fn tile<V: Vector, const R: usize, const P: usize>(
    part: &Part<'_>,
    row: usize,
    column: usize,
    panel: usize,
) {
    let WindowProduct { source_steps, out_steps, length, width, .. } = *part.product;
    let left = part.product.columns - panel * width;
    // SAFETY: As the caller promises. Of a window of the result only its columns
    // are touched.
    unsafe {
        let source = part.product.source.add(row * source_steps[0] + column * source_steps[1]);
        let out = part.product.out.add(row * out_steps[0] + column * out_steps[1] + panel * width);
        let weights = part.product.weights.add(panel * part.product.panel);
        let mut sums = [[V::splat(0.0); P]; R];
        if part.first > 0 {
            for r in 0..R {
                for p in 0..P {
                    let at = (p * V::LANES).min(left);
                    sums[r][p] = load_some(out.add(r * out_steps[1] + at), left - at);
                }
            }
        }
        for run in part.first..part.end {
            let run = *part.product.runs.add(run);
            let (source, weights) = (source.add(run.source), weights.add(run.weights));
            for at in 0..length {
                let mut right = [V::splat(0.0); P];
                for p in 0..P {
                    right[p] = V::load(weights.add((at * P + p) * V::LANES));
                }
                for r in 0..R {
                    let number = V::splat(*source.add(r * source_steps[1] + at));
                    for p in 0..P {
                        sums[r][p] = number.mul_add(right[p], sums[r][p]);
                    }
                }
            }
        }
        for r in 0..R {
            for p in 0..P {
                let at = (p * V::LANES).min(left);
                store_some(sums[r][p], out.add(r * out_steps[1] + at), left - at);
            }
        }
    }
}

/// The same where each channel has a filter of its own: runs are single numbers
/// of each channel, and the weights are as they are, channel beside channel.
///
/// # Safety
/// As for [`run`], but for the width, which is not looked at.
#[inline(always)]
pub(super) unsafe fn of_channels<V: Vector>(product: &WindowProduct) {
    let WindowProduct { source_steps, out_steps, counts, columns, .. } = *product;
    for row in 0..counts[0] {
        for column in 0..counts[1] {
            // SAFETY: As the caller promises.
            unsafe {
                let source = product.source.add(row * source_steps[0] + column * source_steps[1]);
                let out = product.out.add(row * out_steps[0] + column * out_steps[1]);
                let mut channel = 0;
                while channel + 4 * V::LANES <= columns {
                    channels::<V, 4>(product, source, out, channel);
                    channel += 4 * V::LANES;
                }
                while channel < columns {
                    channels::<V, 1>(product, source, out, channel);
                    channel += V::LANES;
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn channels<V: Vector, const P: usize>(
    product: &WindowProduct,
    source: *const f32,
    out: *mut f32,
    channel: usize,
) {
    let left = product.columns - channel;
    // SAFETY: As the caller promises.
    unsafe {
        let mut sums = [V::splat(0.0); P];
        for run in 0..product.run_count {
            let run = *product.runs.add(run);
            for p in 0..P {
                let at = p * V::LANES;
                let number: V = load_some(source.add(run.source + channel + at), left - at);
                let weight = load_some(product.weights.add(run.weights + channel + at), left - at);
                sums[p] = number.mul_add(weight, sums[p]);
            }
        }
        for p in 0..P {
            store_some(sums[p], out.add(channel + p * V::LANES), left - p * V::LANES);
        }
    }
}
