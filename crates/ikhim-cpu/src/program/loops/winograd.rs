//! Convolutions by the method of Winograd, image by image: cells are spread to 16
//! matrices, each is multiplied with its weights by the kernel of products, and
//! the sums are gathered, all in a worker's own room.

use super::Span;
use crate::Level;
use crate::kernel::{GatherTiles, Product, SpreadTiles, panel_width};
use ikhim_graph::Shape;

/// Products of a tile.
pub(super) const PRODUCTS: usize = 16;

/// Tiles that are computed at once, more or less: enough rows for the products to
/// be worth their weights, few enough to stay in the second cache.
const TILES: usize = 64;

/// Numbers that a matrix is longer than its content, a line of the cache: a tile is put
/// into all matrices at once, and at distances of a power of two all would ask for the
/// same few lines of the first cache.
pub(super) const APART: usize = 16;

/// Bands of an image that workers share, at least, where there are few images.
const PARTS: usize = 4;

/// Framed images times spread weights. A unit is a band of tiles of an image.
#[derive(Debug, Clone)]
pub(crate) struct Winograd {
    images: usize,
    /// Numbers of a framed image, and of its rows.
    image: usize,
    row: usize,
    channels: usize,
    filters: usize,
    /// Tiles across, and the rows of tiles of each band.
    across: usize,
    bands: Box<[[usize; 2]]>,
    /// Windows down and across.
    windows: [usize; 2],
    /// Columns of a panel of weights, and numbers of a matrix of them.
    width: usize,
    matrix: usize,
}

impl Winograd {
    pub(super) fn new(
        image: &Shape,
        shape: &Shape,
        rows: usize,
        level: Level,
        is_shared: bool,
    ) -> Winograd {
        let (from, to) = (image.sizes(rows), shape.sizes(rows));
        let (channels, filters) = (from[3], to[3]);
        let (down, across) = (to[1].div_ceil(2), to[2].div_ceil(2));
        let least = if is_shared && from[0] < PARTS { PARTS } else { 1 };
        let bands = (down * across).div_ceil(TILES).max(least).clamp(1, down.max(1));
        let first = |band: usize| band * down / bands;
        Winograd {
            images: from[0],
            image: from[1] * from[2] * channels,
            row: from[2] * channels,
            channels,
            filters,
            across,
            bands: (0..bands).map(|band| [first(band), first(band + 1)]).collect(),
            windows: [to[1], to[2]],
            width: whole_panels(level, filters),
            matrix: channels * filters,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.images * self.bands.len()
    }

    /// Tiles of the largest band.
    fn tiles(&self) -> usize {
        let rows = self.bands.iter().map(|[first, end]| end - first).max();
        rows.unwrap_or(0) * self.across
    }

    /// As the work of a convolution is counted.
    pub(super) fn unit(&self) -> usize {
        self.tiles() * self.filters * self.channels
    }

    pub(super) fn scratch(&self) -> usize {
        PRODUCTS * (self.tiles() * (self.channels + self.filters) + 2 * APART)
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let Winograd { channels, filters, across, windows, width, .. } = *self;
        for unit in span.units.clone() {
            let (image, band) = (unit / self.bands.len(), unit % self.bands.len());
            let [first, end] = self.bands[band];
            let tiles = [end - first, across];
            let rows = tiles[0] * across;
            let distances = [channels, filters].map(|columns| rows * columns + APART);
            let spread = span.scratch;
            let sums = spread.wrapping_add(PRODUCTS * distances[0]);
            // SAFETY: As the caller promises; the frame holds all cells of the tiles,
            // and there is room for both kinds of matrices.
            unsafe {
                (span.kernels.spread_tiles)(&SpreadTiles {
                    image: span.input(0).add(image * self.image + 2 * first * self.row),
                    steps: [self.row, channels],
                    channels,
                    tiles,
                    matrices: spread,
                    distance: distances[0],
                });
                for product in 0..PRODUCTS {
                    (span.kernels.product)(&Product {
                        a: spread.add(product * distances[0]),
                        a_stride: channels,
                        b: span.input(1).add(product * self.matrix),
                        width,
                        c: sums.add(product * distances[1]),
                        c_stride: filters,
                        rows,
                        k: channels,
                        n: filters,
                    });
                }
                let of_image = windows[0] * windows[1] * filters;
                (span.kernels.gather_tiles)(&GatherTiles {
                    matrices: sums,
                    distance: distances[1],
                    filters,
                    tiles,
                    out: span.out.add(image * of_image + 2 * first * windows[1] * filters),
                    windows: [windows[0] - 2 * first, windows[1]],
                });
            }
        }
    }
}

/// Columns of panels that are all whole; the columns are a multiple of 16.
pub(super) fn whole_panels(level: Level, columns: usize) -> usize {
    let width = panel_width(level, columns);
    if columns.is_multiple_of(width) { width } else { width / 2 }
}

/// Kernels spread to 16 matrices in panels: `U = G·g·Gᵀ`. A unit is one of them.
#[derive(Debug, Clone)]
pub(crate) struct SpreadKernel {
    /// Channels and filters.
    sizes: [usize; 2],
    /// Whether the kernel is rotated by half a turn, and filters are its rows.
    turned: bool,
    width: usize,
}

/// Numbers that are spread at once, and so a multiple of a panel's columns.
const PIECE: usize = 64;

impl SpreadKernel {
    /// For a kernel `[3, 3, channels, filters]`.
    pub(super) fn new(kernel: &[usize], turned: bool, level: Level) -> SpreadKernel {
        let columns = if turned { kernel[2] } else { kernel[3] };
        let width = whole_panels(level, columns);
        SpreadKernel { sizes: [kernel[2], kernel[3]], turned, width }
    }

    /// Numbers of a matrix.
    fn cell(&self) -> usize {
        self.sizes[0] * self.sizes[1]
    }

    pub(super) fn units(&self) -> usize {
        PRODUCTS
    }

    pub(super) fn unit(&self) -> usize {
        10 * self.cell()
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let size = self.cell();
        // SAFETY: As the caller promises.
        let kernel = unsafe { std::slice::from_raw_parts(span.input(0), 9 * size) };
        for unit in span.units.clone() {
            // SAFETY: As above; the panels are whole, so they have the room of the
            // matrix.
            let out = unsafe { std::slice::from_raw_parts_mut(span.out.add(unit * size), size) };
            match self.turned {
                false => self.panels(kernel, unit, out),
                true => self.turned_panels(kernel, unit, out),
            }
        }
    }

    /// Panels of filters, channel by channel.
    fn panels(&self, kernel: &[f32], unit: usize, out: &mut [f32]) {
        let (width, [channels, filters]) = (self.width, self.sizes);
        let mut piece = [0.0; PIECE];
        for channel in 0..channels {
            for first in (0..filters).step_by(PIECE) {
                let piece = &mut piece[..PIECE.min(filters - first)];
                self.spread(kernel, unit, channel * filters + first, piece);
                for (at, columns) in piece.chunks(width).enumerate() {
                    let panel = first / width + at;
                    out[(panel * channels + channel) * width..][..width].copy_from_slice(columns);
                }
            }
        }
    }

    /// Panels of channels, filter by filter.
    fn turned_panels(&self, kernel: &[f32], unit: usize, out: &mut [f32]) {
        let (width, [_, filters]) = (self.width, self.sizes);
        let mut piece = [0.0; PIECE];
        for (panel, out) in out.chunks_mut(filters * width).enumerate() {
            for column in 0..width {
                for first in (0..filters).step_by(PIECE) {
                    let piece = &mut piece[..PIECE.min(filters - first)];
                    self.spread(kernel, unit, (panel * width + column) * filters + first, piece);
                    for (at, value) in piece.iter().enumerate() {
                        out[(first + at) * width + column] = *value;
                    }
                }
            }
        }
    }

    /// Some neighboring numbers of a matrix, from one on.
    fn spread(&self, kernel: &[f32], unit: usize, first: usize, out: &mut [f32]) {
        let (size, count) = (self.cell(), out.len());
        let of = |i: usize, j: usize| {
            let cell = if self.turned { 8 - (3 * i + j) } else { 3 * i + j };
            &kernel[cell * size + first..][..count]
        };
        let mut columns = [[0.0_f32; PIECE]; 3];
        for (j, column) in columns.iter_mut().enumerate() {
            along(unit / 4, [of(0, j), of(1, j), of(2, j)], &mut column[..count]);
        }
        let of = |j: usize| &columns[j][..count];
        along(unit % 4, [of(0), of(1), of(2)], out);
    }
}

/// Row `a` of `G·g`.
fn along(a: usize, g: [&[f32]; 3], out: &mut [f32]) {
    let cells = g[0].iter().zip(g[1]).zip(g[2]);
    let each = out.iter_mut().zip(cells);
    match a {
        0 => out.copy_from_slice(g[0]),
        1 => each.for_each(|(out, ((g0, g1), g2))| *out = 0.5 * ((g0 + g2) + g1)),
        2 => each.for_each(|(out, ((g0, g1), g2))| *out = 0.5 * ((g0 + g2) - g1)),
        _ => out.copy_from_slice(g[2]),
    }
}
