//! Convolutions and those turned around, image by image, by the kernel of window
//! products.

use super::Span;
use crate::Level;
use crate::compile::window::{WindowOp, is_of_channels};
use crate::kernel::{WindowProduct, WindowRun, panel_width};
use ikhim_graph::Shape;
use ikhim_graph::op::Window;
use std::ops::Range;

/// Images times weights. A unit is an image, or of few images some panels of one.
#[derive(Debug, Clone)]
pub(crate) struct Convolution {
    images: usize,
    /// Numbers of an image, and of a result.
    sizes: [usize; 2],
    groups: usize,
    /// From one group to the next in the image, the weights and the result.
    of_group: [usize; 3],
    source_steps: [usize; 2],
    out_steps: [usize; 2],
    length: usize,
    width: usize,
    panel: usize,
    columns: usize,
    is_of_channels: bool,
    runs: Box<[WindowRun]>,
    passes: Box<[Pass]>,
    /// Into how many parts the panels of an image are cut.
    parts: usize,
    /// The rows of windows that are computed together.
    bands: Box<[[usize; 2]]>,
}

/// Units of an image that workers share, more or less.
const PARTS: usize = 4;

/// All rows of windows.
const ALL: [usize; 2] = [0, usize::MAX];

/// Windows that see the same cells.
#[derive(Debug, Clone)]
struct Pass {
    runs: Range<usize>,
    out: usize,
    counts: [usize; 2],
}

impl Convolution {
    pub(super) fn new(
        op: &WindowOp,
        inputs: &[&Shape],
        shape: &Shape,
        rows: usize,
        level: Level,
    ) -> Option<Convolution> {
        let (from, to) = (inputs[0].sizes(rows), shape.sizes(rows));
        Some(match op {
            WindowOp::Conv { window, kernel } => forward(window, *kernel, &from, &to, level),
            WindowOp::InputGrad { window, kernel, before } => {
                back(window, *kernel, *before, &from, &to, level)
            }
            _ => return None,
        })
    }

    /// The same for workers that share images: of few images the panels are units,
    /// or the rows where there are as few panels.
    pub(super) fn shared(mut self) -> Convolution {
        if self.images >= PARTS || self.is_of_channels {
            return self;
        }
        self.parts = self.columns.div_ceil(self.width).min(PARTS);
        if let [pass] = &*self.passes
            && self.parts < PARTS
            && self.groups == 1
        {
            let down = pass.counts[0];
            let bands = (PARTS / self.parts).min(down).max(1);
            let first = |band: usize| band * down / bands;
            self.bands = (0..bands).map(|band| [first(band), first(band + 1)]).collect();
        }
        self
    }

    pub(super) fn units(&self) -> usize {
        self.images * self.parts * self.bands.len()
    }

    /// An image is work enough.
    pub(super) fn unit(&self) -> usize {
        let seen: usize = self.runs.len() * self.length;
        self.sizes[1] * seen / (16 * self.parts * self.bands.len()).max(1)
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let (images, weights) = (span.input(0), span.input(1));
        let panels = self.columns.div_ceil(self.width.max(1)).div_ceil(self.parts);
        for unit in span.units.clone() {
            let (unit, band) = (unit / self.bands.len(), unit % self.bands.len());
            let (image, part) = (unit / self.parts, unit % self.parts);
            let (first, [above, below]) = (part * panels, self.bands[band]);
            let column = first * self.width;
            if self.parts > 1 && column >= self.columns {
                continue;
            }
            let columns = (self.columns - column).min(if self.parts > 1 {
                panels * self.width
            } else {
                self.columns
            });
            for group in 0..self.groups {
                // SAFETY: The group is one of the image's and of the weights'.
                let (source, weights, out) = unsafe {
                    (
                        images.add(image * self.sizes[0] + group * self.of_group[0]),
                        weights.add(group * self.of_group[1]),
                        span.out.add(image * self.sizes[1] + group * self.of_group[2]),
                    )
                };
                for pass in &self.passes {
                    let runs = &self.runs[pass.runs.clone()];
                    let [down, across] = pass.counts;
                    let rows = above..below.min(down);
                    let product = WindowProduct {
                        source: source.wrapping_add(above * self.source_steps[0]),
                        source_steps: self.source_steps,
                        runs: runs.as_ptr(),
                        run_count: runs.len(),
                        length: self.length,
                        weights: weights.wrapping_add(first * self.panel),
                        width: self.width,
                        panel: self.panel,
                        out: out.wrapping_add(pass.out + above * self.out_steps[0] + column),
                        out_steps: self.out_steps,
                        counts: [rows.len(), across],
                        columns,
                    };
                    // SAFETY: As the caller promises; the runs of a window lie
                    // within the framed image.
                    unsafe {
                        if self.is_of_channels {
                            (span.kernels.window_product_of_channels)(&product);
                        } else {
                            (span.kernels.window_product)(&product);
                        }
                    }
                }
            }
        }
    }
}

fn forward(
    window: &Window,
    kernel: [usize; 2],
    from: &[usize],
    to: &[usize],
    level: Level,
) -> Convolution {
    let (groups, row, channels) = (window.groups, from[2] * from[3], from[3]);
    let (of_group, filters) = (channels / groups, to[3] / groups);
    let by_channel = is_of_channels(groups, of_group, filters);
    let width = panel_width(level, filters);
    let inner = kernel[0] * kernel[1] * of_group;
    // Neighboring cells of a row are one run.
    let is_joined = window.dilation[1] == 1 && groups == 1;
    let (taps, length) = match is_joined {
        true => ([kernel[0], 1], kernel[1] * of_group),
        false => (kernel, of_group),
    };
    let runs = (0..taps[0] * taps[1]).map(|run| {
        let (i, j) = (run / taps[1], run % taps[1]);
        WindowRun {
            source: i * window.dilation[0] * row + j * window.dilation[1] * channels,
            weights: if by_channel { run * channels } else { run * length * width },
        }
    });
    let runs: Box<[WindowRun]> = runs.collect();
    let counts = joined([to[1], to[2]], [window.stride[0] * row, window.stride[1] * channels]);
    Convolution {
        images: from[0],
        sizes: [from[1] * row, to[1] * to[2] * to[3]],
        groups: if by_channel { 1 } else { groups },
        of_group: [of_group, filters.div_ceil(width) * width * inner, filters],
        source_steps: [window.stride[0] * row, window.stride[1] * channels],
        out_steps: [to[2] * to[3], to[3]],
        length,
        width,
        panel: inner * width,
        columns: if by_channel { channels } else { filters },
        is_of_channels: by_channel,
        passes: Box::new([Pass { runs: 0..runs.len(), out: 0, counts }]),
        runs,
        parts: 1,
        bands: Box::new([ALL]),
    }
}

/// Windows whose rows follow each other as if they were one.
fn joined(counts: [usize; 2], steps: [usize; 2]) -> [usize; 2] {
    if steps[0] == counts[1] * steps[1] { [1, counts[0] * counts[1]] } else { counts }
}

fn back(
    window: &Window,
    kernel: [usize; 2],
    before: [usize; 2],
    from: &[usize],
    to: &[usize],
    level: Level,
) -> Convolution {
    let (groups, row, filters) = (window.groups, from[2] * from[3], from[3]);
    let (of_group, of_filters) = (to[3] / groups, filters / groups);
    let by_channel = is_of_channels(groups, of_group, of_filters);
    let width = panel_width(level, of_group);
    let of_tap = of_group.div_ceil(width) * width * of_filters;
    let mut runs = Vec::new();
    let mut passes = Vec::new();
    // Cells of the image that are a stride apart see the same cells of the kernel.
    for first in cells(window.stride, [to[1], to[2]]) {
        let start = runs.len();
        for tap in cells(kernel, kernel) {
            // Where the first cell finds its window, counted from the border.
            let place = |axis: usize| {
                let from = (first[axis] + window.padding[axis][0]) as isize
                    - (tap[axis] * window.dilation[axis]) as isize;
                let stride = window.stride[axis] as isize;
                (from.rem_euclid(stride) == 0)
                    .then(|| (from.div_euclid(stride) + before[axis] as isize) as usize)
            };
            if let (Some(p), Some(q)) = (place(0), place(1)) {
                let at = tap[0] * kernel[1] + tap[1];
                runs.push(WindowRun {
                    source: p * row + q * filters,
                    weights: at * if by_channel { filters } else { of_tap },
                });
            }
        }
        let count = |axis: usize| (to[axis + 1] - first[axis]).div_ceil(window.stride[axis]);
        passes.push(Pass {
            runs: start..runs.len(),
            out: (first[0] * to[2] + first[1]) * to[3],
            counts: [count(0), count(1)],
        });
    }
    Convolution {
        images: from[0],
        sizes: [from[1] * row, to[1] * to[2] * to[3]],
        groups: if by_channel { 1 } else { groups },
        of_group: [of_filters, kernel[0] * kernel[1] * of_tap, of_group],
        source_steps: [row, filters],
        out_steps: [window.stride[0] * to[2] * to[3], window.stride[1] * to[3]],
        length: of_filters,
        width,
        panel: of_filters * width,
        columns: if by_channel { filters } else { of_group },
        is_of_channels: by_channel,
        runs: runs.into_boxed_slice(),
        passes: passes.into_boxed_slice(),
        parts: 1,
        bands: Box::new([ALL]),
    }
}

/// All places of a rectangle, as far as they lie within another.
fn cells(counts: [usize; 2], within: [usize; 2]) -> impl Iterator<Item = [usize; 2]> {
    let [down, across] = [counts[0].min(within[0]), counts[1].min(within[1])];
    (0..down * across).map(move |at| [at / across, at % across])
}
