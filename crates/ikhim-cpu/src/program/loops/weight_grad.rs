//! The slope of a convolution's weights: leaves of 32 rows, joined by the tree of
//! pairs.

use super::Span;
use super::leaves::Waiting;
use super::pooling::Pooling;
use crate::Level;
use crate::compile::window::{Pooled, is_of_channels, shape_of_slopes};
use crate::kernel::{Pack, WindowReduce, WindowRows, panel_width, window_rows};
use crate::program::work::leaf;
use ikhim_graph::op::Window;
use ikhim_graph::{Dim, Shape};
use std::ops::Range;

/// The slope of weights. A unit is a block of its rows for a panel of filters.
#[derive(Debug, Clone)]
pub(crate) struct WeightGrad {
    images: usize,
    /// Images of a leaf.
    leaf: usize,
    /// Numbers of an image, and of the slopes of its windows.
    sizes: [usize; 2],
    source_steps: [usize; 2],
    counts: [usize; 2],
    /// Filters in all.
    filters: usize,
    groups: usize,
    /// Channels and filters of a group.
    of_group: [usize; 2],
    width: usize,
    /// Panels of a group.
    panels: usize,
    is_of_channels: bool,
    /// Where the slopes come from a pooling, its way back.
    pooling: Option<Box<Pooling>>,
    tiles: Box<[WindowRows]>,
    blocks: Box<[Block]>,
}

/// Rows of the result that a unit computes.
#[derive(Debug, Clone)]
struct Block {
    tiles: Range<usize>,
    first: usize,
    rows: usize,
}

/// Rows of a block, at most: their sums and a panel of slopes fit the first cache.
const ROWS: usize = 96;

impl WeightGrad {
    pub(super) fn new(
        window: &Window,
        kernel: [usize; 2],
        pooled: &Option<Pooled>,
        inputs: &[&Shape],
        rows: usize,
        level: Level,
    ) -> WeightGrad {
        let image = inputs[0].sizes(rows);
        let slopes = shape_of_slopes(pooled, inputs[1]).sizes(rows);
        let (row, channels, filters) = (image[2] * image[3], image[3], slopes[3]);
        let groups = window.groups;
        let of_group = [channels / groups, filters / groups];
        let by_channel = is_of_channels(groups, of_group[0], of_group[1]);
        let columns = if by_channel { filters } else { of_group[1] };
        let width = panel_width(level, columns);
        // Neighboring cells of a row are one run.
        let is_joined = window.dilation[1] == 1 && groups == 1;
        let (taps, length) = match is_joined {
            true => ([kernel[0], 1], kernel[1] * channels),
            false => (kernel, of_group[0]),
        };
        let most = if by_channel { 1 } else { window_rows(level, width) };
        let mut tiles = Vec::new();
        for run in 0..taps[0] * taps[1] {
            let (i, j) = (run / taps[1], run % taps[1]);
            let start = i * window.dilation[0] * row + j * window.dilation[1] * channels;
            // Tiles of almost the same height.
            let parts = length.div_ceil(most);
            for part in 0..parts {
                let (from, end) = (part * length / parts, (part + 1) * length / parts);
                tiles.push(WindowRows { source: start + from, count: end - from });
            }
        }
        let all = taps[0] * taps[1] * length;
        let wanted = all.div_ceil(ROWS).max(1);
        let per_block = tiles.len().div_ceil(wanted).max(1);
        let mut blocks: Vec<Block> = Vec::new();
        for first in (0..tiles.len()).step_by(per_block) {
            let tiles_of = first..(first + per_block).min(tiles.len());
            blocks.push(Block {
                first: blocks.last().map_or(0, |block| block.first + block.rows),
                rows: tiles[tiles_of.clone()].iter().map(|tile| tile.count).sum(),
                tiles: tiles_of,
            });
        }
        WeightGrad {
            images: image[0],
            leaf: match inputs[0][0] {
                Dim::Fixed(_) => image[0].max(1),
                Dim::Batch(per_row) => leaf(per_row),
            },
            sizes: [image[1] * row, slopes[1] * slopes[2] * filters],
            source_steps: [window.stride[0] * row, window.stride[1] * channels],
            counts: [slopes[1], slopes[2]],
            filters,
            groups: if by_channel { 1 } else { groups },
            of_group,
            width,
            panels: columns.div_ceil(width),
            is_of_channels: by_channel,
            pooling: pooled
                .as_ref()
                .map(|pooled| Box::new(Pooling::of_slopes(pooled, inputs[1], rows))),
            tiles: tiles.into_boxed_slice(),
            blocks: blocks.into_boxed_slice(),
        }
    }

    pub(super) fn units(&self) -> usize {
        self.groups * self.panels * self.blocks.len()
    }

    /// Words of a block's sums.
    fn block(&self) -> usize {
        self.blocks.iter().map(|block| block.rows).max().unwrap_or(0) * self.width
    }

    /// The sums of a leaf, those that wait for their neighbors, and a panel of the
    /// slopes of an image.
    pub(super) fn scratch(&self) -> usize {
        (1 + self.depth()) * self.block() + self.counts[0] * self.counts[1] * self.width
    }

    /// How many leaves wait at most.
    fn depth(&self) -> usize {
        Waiting::most(self.images.div_ceil(self.leaf))
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        for unit in span.units.clone() {
            let (rest, panel) = (unit / self.panels, unit % self.panels);
            let (group, block) = (rest / self.blocks.len(), &self.blocks[rest % self.blocks.len()]);
            // SAFETY: As the caller promises.
            unsafe { self.part(span, group, block, panel) }
        }
    }

    /// A block of rows for a panel of filters.
    unsafe fn part(&self, span: &Span<'_>, group: usize, block: &Block, panel: usize) {
        let width = self.width;
        let columns = if self.is_of_channels { self.filters } else { self.of_group[1] };
        let left = (columns - panel * width).min(width);
        let size = block.rows * width;
        let sums = span.scratch;
        // SAFETY: There is room for the sums that wait and for a panel of slopes;
        // of the result only rows and filters of the block are written.
        unsafe {
            let mut waiting = Waiting::new(sums.add(self.block()), size);
            if self.images == 0 {
                std::slice::from_raw_parts_mut(sums, size).fill(0.0);
            }
            for first in (0..self.images).step_by(self.leaf) {
                let end = (first + self.leaf).min(self.images);
                for image in first..end {
                    self.image(span, group, block, panel, image, image == first);
                }
                waiting.take(sums, end == self.images);
            }
            let out = span.out.add(block.first * self.filters + group * self.of_group[1]);
            for row in 0..block.rows {
                let to = out.add(row * self.filters + panel * width);
                std::ptr::copy_nonoverlapping(sums.add(row * width), to, left);
            }
        }
    }

    /// Adds what an image gives to the sums.
    unsafe fn image(
        &self,
        span: &Span<'_>,
        group: usize,
        block: &Block,
        panel: usize,
        image: usize,
        is_first: bool,
    ) {
        let width = self.width;
        let column = group * self.of_group[1] + panel * width;
        let tiles = &self.tiles[block.tiles.clone()];
        // SAFETY: As the caller promises.
        unsafe {
            let source = span.input(0).add(image * self.sizes[0] + group * self.of_group[0]);
            // Beside each other, so that they are read fast by all tiles.
            let packed = span.scratch.add((1 + self.depth()) * self.block());
            let slopes = match &self.pooling {
                Some(pooling) => {
                    let some = [column, (self.filters - column).min(width)];
                    let from = [span.input(1), span.input(2)];
                    pooling.spread(span, from, image, some, packed, width);
                    packed.cast_const()
                }
                None => span.input(1).add(image * self.sizes[1] + column),
            };
            let next = (image + 1) % self.images;
            let ahead = [
                source.wrapping_add(next * self.sizes[0]).wrapping_sub(image * self.sizes[0]),
                slopes.wrapping_add(next * self.sizes[1]).wrapping_sub(image * self.sizes[1]),
            ];
            let step = if self.pooling.is_some() { width } else { self.filters };
            let mut reduce = WindowReduce {
                source,
                source_steps: self.source_steps,
                slopes,
                slope_step: step,
                counts: self.counts,
                tiles: tiles.as_ptr(),
                tile_count: tiles.len(),
                width,
                sums: span.scratch,
                sums_step: width,
                ahead,
                ahead_step: step,
                is_first,
            };
            if self.is_of_channels {
                reduce.source = source.add(panel * width);
                reduce.width = (self.filters - panel * width).min(width);
                (span.kernels.window_reduce_of_channels)(&reduce);
                return;
            }
            let is_apart = self.filters != width || self.of_group[1] != self.filters;
            if is_apart && self.pooling.is_none() {
                // Beyond the last filter, of a group too, there are none.
                let windows = self.counts[0] * self.counts[1];
                (span.kernels.pack)(&Pack {
                    source: slopes,
                    stride: self.filters,
                    transposed: false,
                    k: windows,
                    n: (self.of_group[1] - panel * width).min(width),
                    width,
                    distance: windows * width,
                    first: 0,
                    end: 1,
                    packed,
                });
                (reduce.slopes, reduce.slope_step) = (packed, width);
            }
            (span.kernels.window_reduce)(&reduce);
        }
    }
}
