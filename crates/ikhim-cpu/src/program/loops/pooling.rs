//! Max pooling and its way back: by windows that are known, or by any places.

use super::Span;
use crate::compile::window::Pooled;
use crate::kernel::{MaxPool, MaxUnpool, Seen};
use ikhim_graph::Shape;
use ikhim_graph::op::{Along, MaxPoolIndex};
use ikhim_text::{Fault, Result};
use std::ptr::null_mut;

/// The largest cells of windows, or their places: a unit is a row of windows. The
/// way back: a unit is an image.
#[derive(Debug, Clone)]
pub(crate) struct Pooling {
    images: usize,
    /// Numbers of an image and of its windows.
    sizes: [usize; 2],
    /// Cells of a row of what is read.
    row: usize,
    channels: usize,
    what: What,
    /// What each window sees, or each cell is seen by.
    rows: Box<[Seen]>,
    columns: Box<[Seen]>,
}

/// What is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum What {
    Values,
    Places,
    /// The way back.
    Image,
}

impl Pooling {
    /// For an image and its windows, both `[count, height, width, channels]`.
    pub(super) fn new(
        pool: &MaxPoolIndex,
        what: What,
        image: &[usize],
        windows: &[usize],
    ) -> Pooling {
        let seen = |axis: usize| {
            let along = pool.windows()[axis];
            let cells = (0..windows[axis + 1]).map(|window| cells(&along, window, image[axis + 1]));
            let cells: Box<[Seen]> = cells.collect();
            match what {
                What::Image => windows_of(&cells, image[axis + 1]),
                _ => cells,
            }
        };
        Pooling {
            images: image[0],
            sizes: [image, windows].map(|sizes| sizes[1] * sizes[2] * sizes[3]),
            row: if what == What::Image { windows[2] } else { image[2] },
            channels: image[3],
            what,
            rows: seen(0),
            columns: seen(1),
        }
    }

    /// Units of an image.
    fn parts(&self) -> usize {
        if self.what == What::Image { 1 } else { self.rows.len() }
    }

    pub(super) fn units(&self) -> usize {
        self.images * self.parts()
    }

    pub(super) fn unit(&self) -> usize {
        self.sizes[0] / self.parts().max(1)
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let parts = self.parts();
        let mut unit = span.units.start;
        while unit < span.units.end {
            // As many rows as are left of the image.
            let (image, first) = (unit / parts, unit % parts);
            let count = (parts - first).min(span.units.end - unit);
            unit += count;
            let [cells, windows] = self.sizes.map(|size| image * size);
            let windows = windows + first * self.columns.len() * self.channels;
            // SAFETY: As the caller promises.
            unsafe {
                if self.what == What::Image {
                    let from = [span.input(0), span.input(1)];
                    let (all, out) = ([0, self.channels], span.out.add(cells));
                    self.spread(span, from, image, all, out, self.channels);
                    continue;
                }
                let out = span.out.add(windows);
                let is_value = self.what == What::Values;
                // With the places, the values come along where they are wanted.
                let along = span.inputs.get(1).map(|at| at.row(span.row, span.row).add(windows));
                (span.kernels.max_pool)(&MaxPool {
                    image: span.input(0).add(cells),
                    row: self.row,
                    channels: self.channels,
                    rows: &raw const self.rows[first..first + count],
                    columns: &raw const *self.columns,
                    values: if is_value { out } else { along.unwrap_or(null_mut()) },
                    places: if is_value { null_mut() } else { out },
                });
            }
        }
    }
}

impl Pooling {
    /// The way back for some channels of an image: the values of windows and their
    /// places, those of all images.
    ///
    /// # Safety
    /// These can be read, and the image written, so many numbers from one cell to the
    /// next.
    pub(super) unsafe fn spread(
        &self,
        span: &Span<'_>,
        [values, places]: [*const f32; 2],
        image: usize,
        [first, count]: [usize; 2],
        out: *mut f32,
        step: usize,
    ) {
        let at = image * self.sizes[1] + first;
        // SAFETY: As the caller promises.
        unsafe {
            (span.kernels.max_unpool)(&MaxUnpool {
                values: values.add(at),
                places: places.add(at),
                row: self.row,
                step: self.channels,
                channels: count,
                rows: &raw const *self.rows,
                columns: &raw const *self.columns,
                image: out,
                image_step: step,
            });
        }
    }

    /// The way back of what a convolution's slopes come from.
    pub(super) fn of_slopes(pooled: &Pooled, slopes: &Shape, rows: usize) -> Pooling {
        let image = pooled.shape(slopes).sizes(rows);
        Pooling::new(&pooled.pool, What::Image, &image, &slopes.sizes(rows))
    }
}

/// The cells of an axis that a window sees.
fn cells(along: &Along, window: usize, size: usize) -> Seen {
    let start = window * along.stride;
    let inside = |place: usize| place.saturating_sub(along.padding[0]).min(size) as u32;
    inside(start)..inside(start + along.kernel)
}

/// The windows that see each cell: neighbors, for each window begins behind the
/// one before it.
fn windows_of(cells: &[Seen], size: usize) -> Box<[Seen]> {
    let of = |cell: u32| {
        let first = cells.iter().position(|seen| seen.contains(&cell)).unwrap_or(0);
        let count = cells[first..].iter().take_while(|seen| seen.contains(&cell)).count();
        first as u32..(first + count) as u32
    };
    (0..size as u32).map(of).collect()
}

/// Cells at any places, or values added there. A unit is an image.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    images: usize,
    /// Cells and windows of an image.
    cells: usize,
    windows: usize,
    channels: usize,
    /// Whether values are added, else cells are taken.
    is_back: bool,
}

impl Places {
    /// For an image and its windows, both `[count, height, width, channels]`.
    pub(super) fn new(image: &[usize], windows: &[usize], is_back: bool) -> Places {
        Places {
            images: image[0],
            cells: image[1] * image[2],
            windows: windows[1] * windows[2],
            channels: image[3],
            is_back,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.images
    }

    pub(super) fn unit(&self) -> usize {
        (self.cells + self.windows) * self.channels
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) -> Result<()> {
        let (cells, windows) = (self.cells * self.channels, self.windows * self.channels);
        for image in span.units.clone() {
            // SAFETY: As the caller promises; each place is checked.
            unsafe {
                let places = span.input(1).cast::<i32>().add(image * windows);
                if self.is_back {
                    span.out.add(image * cells).write_bytes(0, cells);
                }
                for at in 0..windows {
                    let place = *places.add(at);
                    let cell = usize::try_from(place).ok().filter(|cell| *cell < self.cells);
                    let Some(cell) = cell else {
                        return Err(Fault::of("train.index_out_of_range")
                            .with("expected", self.cells)
                            .with("found", place));
                    };
                    let cell = image * cells + cell * self.channels + at % self.channels;
                    let window = image * windows + at;
                    if self.is_back {
                        *span.out.add(cell) += *span.input(0).add(window);
                    } else {
                        *span.out.add(window) = *span.input(0).add(cell);
                    }
                }
            }
        }
        Ok(())
    }
}
