//! Running sums along an axis, in the order of the axis or against it.

use super::{Span, around};

/// Running sums. A unit is a line along the axis.
#[derive(Debug, Clone)]
pub(crate) struct Cumsum {
    reverse: bool,
    outer: usize,
    size: usize,
    inner: usize,
}

impl Cumsum {
    pub(super) fn new(sizes: &[usize], axis: usize, reverse: bool) -> Cumsum {
        let (outer, inner) = around(sizes, axis);
        Cumsum { reverse, outer, size: sizes[axis], inner }
    }

    pub(super) fn units(&self) -> usize {
        self.outer * self.inner
    }

    pub(super) fn unit(&self) -> usize {
        self.size
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let (input, size) = (span.input(0), self.size);
        if size == 0 {
            return;
        }
        for unit in span.units.clone() {
            let (block, column) = (unit / self.inner, unit % self.inner);
            let start = block * size * self.inner + column;
            let place = |entry: usize| {
                let entry = if self.reverse { size - 1 - entry } else { entry };
                start + entry * self.inner
            };
            // SAFETY: The elements are those of the input and of the result.
            unsafe {
                let mut sum = *input.add(place(0));
                *span.out.add(place(0)) = sum;
                for entry in 1..size {
                    sum += *input.add(place(entry));
                    *span.out.add(place(entry)) = sum;
                }
            }
        }
    }
}
