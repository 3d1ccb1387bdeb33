//! Sums of a row around centers, by the lane rule.

use super::Span;
use crate::kernel::{LaneFold, Terms};
use ikhim_graph::Shape;

/// `Σ(x − m)²` or `Σ d·(x − m)`, over what lies between the row and its channels.
/// A unit is one number of the result.
#[derive(Debug, Clone)]
pub(crate) struct CenteredSum {
    rows: usize,
    /// Entries of a channel in a row.
    count: usize,
    channels: usize,
    /// Whether there is a factor d.
    has_factor: bool,
    /// Whether each row has centers of its own.
    of_rows: bool,
}

impl CenteredSum {
    /// For inputs `x`, `d` if any, and centers.
    pub(super) fn new(inputs: &[&Shape], rows: usize) -> CenteredSum {
        let sizes = inputs[0].sizes(rows);
        let (between, channels) = sizes[1..].split_at(sizes.len() - 2);
        CenteredSum {
            rows: sizes[0],
            count: between.iter().product(),
            channels: channels[0],
            has_factor: inputs.len() == 3,
            of_rows: inputs[inputs.len() - 1].batch_axis().is_some(),
        }
    }

    pub(super) fn units(&self) -> usize {
        self.rows * self.channels
    }

    pub(super) fn unit(&self) -> usize {
        self.count
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let CenteredSum { count, channels, .. } = *self;
        let mut unit = span.units.start;
        while unit < span.units.end {
            let (row, column) = (unit / channels, unit % channels);
            let width = (channels - column).min(span.units.end - unit);
            let place = row * count * channels + column;
            let last = if self.has_factor { 2 } else { 1 };
            // SAFETY: The row is one of the inputs, its place one of the result.
            unsafe {
                let own = if self.of_rows { row * channels } else { 0 };
                let center = span.input(last).add(own + column);
                let terms = if self.has_factor {
                    Terms::Products { factor: span.input(1).add(place), center }
                } else {
                    Terms::Squares { center }
                };
                (span.kernels.lane_fold)(&LaneFold {
                    input: span.input(0).add(place),
                    terms,
                    stride: channels,
                    count,
                    width,
                    out: span.out.add(unit),
                });
            }
            unit += width;
        }
    }
}
