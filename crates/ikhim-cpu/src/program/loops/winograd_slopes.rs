//! The slope of a kernel by the method of Winograd: cells and slopes of tiles are
//! spread to the factors of 16 products, which are summed over all tiles, and
//! gathered once. All of it is in a worker's own room.

use super::Span;
use super::leaves::Waiting;
use super::pooling::Pooling;
use super::winograd::{APART, PRODUCTS, whole_panels};
use crate::Level;
use crate::compile::window::{Pooled, shape_of_slopes};
use crate::kernel::{
    GatherKernel, SpreadSlopes, SpreadTiles, WindowReduce, WindowRows, window_rows,
};
use crate::program::work::leaf;
use ikhim_graph::{Dim, Shape};

/// Tiles that are multiplied at once, at most: their factors and the sums of a unit
/// stay in the second cache.
const TILES: usize = 32;

/// Channels and filters of a unit, at most.
const CHANNELS: usize = 64;
const FILTERS: usize = 32;

/// Framed images and the slopes of their windows. A unit is a block of channels for a
/// block of filters.
#[derive(Debug, Clone)]
pub(crate) struct WinogradSlopes {
    images: usize,
    /// Images of a leaf.
    leaf: usize,
    /// Height and width of a framed image, and how many windows there are.
    cells: [usize; 2],
    windows: [usize; 2],
    /// Channels and filters in all, and those of the largest unit.
    sizes: [usize; 2],
    most: [usize; 2],
    /// Where the channels of each block begin and end, and its filters.
    channels: Box<[[usize; 2]]>,
    filters: Box<[[usize; 2]]>,
    /// Columns of a panel of sums.
    width: usize,
    /// For each block of channels, its rows of sums in tiles of almost the same height.
    rows: Box<[Box<[WindowRows]>]>,
    /// Where the slopes come from a pooling, its way back.
    pooling: Option<Box<Pooling>>,
    /// The tiles of an image, part by part: the first down and across, and how many.
    parts: Box<[[[usize; 2]; 2]]>,
}

impl WinogradSlopes {
    pub(super) fn new(
        pooled: &Option<Pooled>,
        inputs: &[&Shape],
        rows: usize,
        level: Level,
    ) -> WinogradSlopes {
        let image = inputs[0].sizes(rows);
        let slopes = shape_of_slopes(pooled, inputs[1]).sizes(rows);
        let (channels, filters) = (image[3], slopes[3]);
        let width = whole_panels(level, filters);
        let filter_blocks = blocks(filters, width, FILTERS);
        // A single unit would be one worker's, and the others wait for it.
        let most = if filter_blocks.len() == 1 { channels.div_ceil(2) } else { CHANNELS };
        let channel_blocks = blocks(channels, 16, most.min(CHANNELS));
        let largest = |blocks: &[[usize; 2]]| {
            blocks.iter().map(|[first, end]| end - first).max().unwrap_or(0)
        };
        WinogradSlopes {
            images: image[0],
            leaf: match inputs[0][0] {
                Dim::Fixed(_) => image[0].max(1),
                Dim::Batch(per_row) => leaf(per_row),
            },
            cells: [image[1], image[2]],
            windows: [slopes[1], slopes[2]],
            sizes: [channels, filters],
            most: [largest(&channel_blocks), largest(&filter_blocks)],
            rows: channel_blocks
                .iter()
                .map(|[first, end]| tiles_of_rows(end - first, window_rows(level, width)))
                .collect(),
            channels: channel_blocks,
            filters: filter_blocks,
            width,
            pooling: pooled
                .as_ref()
                .map(|pooled| Box::new(Pooling::of_slopes(pooled, inputs[1], rows))),
            parts: parts([slopes[1], slopes[2]].map(|count| count.div_ceil(2))),
        }
    }

    pub(super) fn units(&self) -> usize {
        self.channels.len() * self.filters.len()
    }

    /// Numbers of a unit's sums.
    fn sums(&self) -> usize {
        PRODUCTS * self.most[0] * self.most[1]
    }

    /// The sums of a leaf, those that wait for their neighbors, and the factors of some
    /// tiles.
    pub(super) fn scratch(&self) -> usize {
        let waiting = Waiting::most(self.images.div_ceil(self.leaf));
        let factors = self.most.map(|columns| PRODUCTS * (TILES * columns + APART));
        factors[0] + factors[1] + (1 + waiting) * self.sums() + self.unpooled()
    }

    /// Numbers of an image's slopes that a unit makes for itself.
    fn unpooled(&self) -> usize {
        match self.pooling {
            Some(_) => self.windows[0] * self.windows[1] * self.most[1],
            None => 0,
        }
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        for unit in span.units.clone() {
            let (block, filters) = (unit / self.filters.len(), unit % self.filters.len());
            // SAFETY: As the caller promises.
            unsafe { self.block(span, block, self.filters[filters]) }
        }
    }

    /// A block of channels for a block of filters.
    unsafe fn block(&self, span: &Span<'_>, block: usize, filters: [usize; 2]) {
        let (channels, rows) = (self.channels[block], &self.rows[block]);
        let sizes = [channels, filters].map(|[first, end]| end - first);
        let size = PRODUCTS * sizes[0] * sizes[1];
        let unpooled = span.scratch;
        let cells = unpooled.wrapping_add(self.unpooled());
        let slopes = cells.wrapping_add(PRODUCTS * (TILES * self.most[0] + APART));
        let sums = slopes.wrapping_add(PRODUCTS * (TILES * self.most[1] + APART));
        let mut waiting = Waiting::new(sums.wrapping_add(self.sums()), size);
        let mut factors = Factors { cells, slopes, sizes, tiles: 0 };
        // SAFETY: There is room for the factors, the sums and those that wait; of the
        // result only the channels and filters of the block are written.
        unsafe {
            if self.images == 0 {
                std::slice::from_raw_parts_mut(sums, size).fill(0.0);
            }
            for first in (0..self.images).step_by(self.leaf) {
                let end = (first + self.leaf).min(self.images);
                let mut is_first = true;
                for image in first..end {
                    if let Some(pooling) = &self.pooling {
                        let from = [span.input(1), span.input(2)];
                        let some = [filters[0], sizes[1]];
                        pooling.spread(span, from, image, some, unpooled, sizes[1]);
                    }
                    for [corner, tiles] in &self.parts {
                        if factors.tiles + tiles[0] * tiles[1] > TILES {
                            self.multiply(span, &mut factors, rows, sums, is_first);
                            is_first = false;
                        }
                        let slopes = match self.pooling {
                            Some(_) => (unpooled.cast_const(), sizes[1]),
                            None => self.slopes(span, image, filters[0]),
                        };
                        let cells = self.cells(span, image, channels[0]);
                        self.spread(span, &mut factors, cells, slopes, [*corner, *tiles]);
                    }
                }
                self.multiply(span, &mut factors, rows, sums, is_first);
                waiting.take(sums, end == self.images);
            }
            (span.kernels.gather_kernel)(&GatherKernel {
                matrices: sums,
                distance: sizes[0] * sizes[1],
                sizes,
                width: self.width,
                out: span.out.add(channels[0] * self.sizes[1] + filters[0]),
                steps: [self.sizes[0] * self.sizes[1], self.sizes[1]],
            });
        }
    }

    /// Where an image begins for a channel.
    fn cells(&self, span: &Span<'_>, image: usize, channel: usize) -> *const f32 {
        let cells = self.cells[0] * self.cells[1];
        span.input(0).wrapping_add(image * cells * self.sizes[0] + channel)
    }

    /// Where the slopes of an image begin for a filter, and how far those of the next
    /// window are.
    fn slopes(&self, span: &Span<'_>, image: usize, filter: usize) -> (*const f32, usize) {
        let (windows, filters) = (self.windows[0] * self.windows[1], self.sizes[1]);
        (span.input(1).wrapping_add(image * windows * filters + filter), filters)
    }

    /// Adds a part of an image's tiles to the factors.
    unsafe fn spread(
        &self,
        span: &Span<'_>,
        factors: &mut Factors,
        cells: *const f32,
        (slopes, step): (*const f32, usize),
        [[down, across], tiles]: [[usize; 2]; 2],
    ) {
        let (width, [high, wide]) = (self.cells[1], self.windows);
        let (channels, [first, second]) = (self.sizes[0], factors.sizes);
        // SAFETY: As the caller promises; the frame holds all cells of the tiles.
        unsafe {
            (span.kernels.spread_tiles)(&SpreadTiles {
                image: cells.add((2 * down * width + 2 * across) * channels),
                steps: [width * channels, channels],
                channels: first,
                tiles,
                matrices: factors.cells.add(factors.tiles * first),
                distance: TILES * first + APART,
            });
            (span.kernels.spread_slopes)(&SpreadSlopes {
                slopes: slopes.add((2 * down * wide + 2 * across) * step),
                steps: [wide * step, step],
                filters: second,
                tiles,
                windows: [high - 2 * down, wide - 2 * across],
                matrices: factors.slopes.add(factors.tiles * second),
                distance: TILES * second + APART,
            });
        }
        factors.tiles += tiles[0] * tiles[1];
    }

    /// Adds the products of the factors to the sums: 16 matrices, each panel by panel.
    unsafe fn multiply(
        &self,
        span: &Span<'_>,
        factors: &mut Factors,
        rows: &[WindowRows],
        sums: *mut f32,
        is_first: bool,
    ) {
        let [channels, filters] = factors.sizes;
        let distances = factors.sizes.map(|columns| TILES * columns + APART);
        for product in 0..PRODUCTS {
            let cells = factors.cells.wrapping_add(product * distances[0]);
            let slopes = factors.slopes.wrapping_add(product * distances[1]);
            for panel in 0..filters / self.width {
                let at = (product * filters + panel * self.width) * channels;
                // SAFETY: As the caller promises.
                unsafe {
                    (span.kernels.window_reduce)(&WindowReduce {
                        source: cells,
                        source_steps: [0, channels],
                        slopes: slopes.add(panel * self.width),
                        slope_step: filters,
                        counts: [1, factors.tiles],
                        tiles: rows.as_ptr(),
                        tile_count: rows.len(),
                        width: self.width,
                        sums: sums.add(at),
                        sums_step: self.width,
                        ahead: [
                            cells.wrapping_add(distances[0]),
                            slopes.wrapping_add(distances[1]),
                        ],
                        ahead_step: filters,
                        is_first,
                    });
                }
            }
        }
        factors.tiles = 0;
    }
}

/// The factors of the 16 products, for some tiles.
struct Factors {
    /// Matrices of tiles by channels, and of tiles by filters.
    cells: *mut f32,
    slopes: *mut f32,
    /// Channels and filters.
    sizes: [usize; 2],
    /// How many tiles there are.
    tiles: usize,
}

/// A number of columns in blocks of at most so many, each a multiple of a unit.
fn blocks(columns: usize, unit: usize, most: usize) -> Box<[[usize; 2]]> {
    let units = columns / unit;
    let count = units.div_ceil((most / unit).max(1)).max(1);
    let first = |block: usize| block * units / count * unit;
    (0..count).map(|block| [first(block), first(block + 1)]).collect()
}

/// Rows in tiles of almost the same height, at most so many each.
fn tiles_of_rows(count: usize, most: usize) -> Box<[WindowRows]> {
    let parts = count.div_ceil(most);
    let first = |part: usize| part * count / parts;
    let tile = |part| WindowRows { source: first(part), count: first(part + 1) - first(part) };
    (0..parts).map(tile).collect()
}

/// The tiles of an image in the order of sums: rows of tiles together, or parts of a
/// long row.
fn parts([down, across]: [usize; 2]) -> Box<[[[usize; 2]; 2]]> {
    let rows = (TILES / across.max(1)).max(1);
    let columns = across.clamp(1, TILES);
    let parts = (0..down).step_by(rows).flat_map(|row| {
        let of_row = (0..across).step_by(columns);
        of_row.map(move |column| {
            [[row, column], [rows.min(down - row), columns.min(across - column)]]
        })
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_whole_units_and_cover_all_columns() {
        assert_eq!(*blocks(32, 16, 64), [[0, 32]]);
        assert_eq!(*blocks(80, 16, 64), [[0, 32], [32, 80]]);
        assert_eq!(*blocks(128, 32, 32), [[0, 32], [32, 64], [64, 96], [96, 128]]);
    }

    #[test]
    fn parts_of_an_image_go_down_and_across_in_order() {
        assert_eq!(*parts([4, 4]), [[[0, 0], [4, 4]]]);
        assert_eq!(*parts([7, 7]), [[[0, 0], [4, 7]], [[4, 0], [3, 7]]]);
        assert_eq!(
            *parts([2, 50]),
            [[[0, 0], [1, 32]], [[0, 32], [1, 18]], [[1, 0], [1, 32]], [[1, 32], [1, 18]],]
        );
    }
}
