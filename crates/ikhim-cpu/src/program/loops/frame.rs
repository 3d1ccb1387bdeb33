//! Images with zeros around them.

use super::Span;
use crate::compile::window::Border;

/// Framed images. A unit is an image.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    images: usize,
    /// Rows of an image, and numbers of a row.
    rows: usize,
    row: usize,
    /// Numbers before, after and between the rows of a framed image.
    before: usize,
    after: usize,
    between: usize,
}

impl Frame {
    /// For images `[count, height, width, channels]`.
    pub(super) fn new(border: &Border, image: &[usize]) -> Frame {
        let (row, channels) = (image[2] * image[3], image[3]);
        let [[above, below], [left, right]] = *border;
        let whole = row + (left + right) * channels;
        Frame {
            images: image[0],
            rows: image[1],
            row,
            before: above * whole + left * channels,
            after: below * whole + right * channels,
            between: (left + right) * channels,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.images
    }

    pub(super) fn unit(&self) -> usize {
        self.before + self.rows * (self.row + self.between) + self.after
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let whole = self.rows * self.row;
        // What lies between the last row and the end is `after` alone.
        let framed = match self.rows {
            0 => self.before + self.after,
            rows => self.before + rows * self.row + (rows - 1) * self.between + self.after,
        };
        for image in span.units.clone() {
            // SAFETY: As the caller promises.
            unsafe {
                let from = span.input(0).add(image * whole);
                let mut to = span.out.add(image * framed);
                to.write_bytes(0, self.before);
                to = to.add(self.before);
                for row in 0..self.rows {
                    std::ptr::copy_nonoverlapping(from.add(row * self.row), to, self.row);
                    to = to.add(self.row);
                    let zeros = if row + 1 < self.rows { self.between } else { self.after };
                    to.write_bytes(0, zeros);
                    to = to.add(zeros);
                }
                if self.rows == 0 {
                    to.write_bytes(0, self.after);
                }
            }
        }
    }
}
