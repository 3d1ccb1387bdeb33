//! The places of the largest or smallest elements along an axis.

use super::{Span, around};
use ikhim_text::{Fault, Result};

/// The places of extrema. A unit is one place.
#[derive(Debug, Clone)]
pub(crate) struct Extremum {
    /// The op's name.
    name: &'static str,
    axis: usize,
    outer: usize,
    size: usize,
    inner: usize,
}

impl Extremum {
    pub(super) fn new(name: &'static str, sizes: &[usize], axis: usize) -> Extremum {
        let (outer, inner) = around(sizes, axis);
        Extremum { name, axis, outer, size: sizes[axis], inner }
    }

    pub(super) fn units(&self) -> usize {
        self.outer * self.inner
    }

    pub(super) fn unit(&self) -> usize {
        self.size
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) -> Result<()> {
        if self.size == 0 && !span.units.is_empty() {
            return Err(Fault::of("train.empty_axis")
                .with("op", self.name)
                .with("axis", self.axis));
        }
        // SAFETY: As the caller promises.
        unsafe {
            match self.name {
                "argmax" => self.places(span, |value, best| value > best),
                _ => self.places(span, |value, best| value < best),
            }
        }
        Ok(())
    }

    unsafe fn places(&self, span: &Span<'_>, is_better: impl Fn(f32, f32) -> bool) {
        let input = span.input(0);
        for unit in span.units.clone() {
            let (block, column) = (unit / self.inner, unit % self.inner);
            // SAFETY: The elements are those of the input, the place one of the
            // result.
            unsafe {
                let line = input.add(block * self.size * self.inner + column);
                let (mut place, mut best) = (0, *line);
                for entry in 1..self.size {
                    let value = *line.add(entry * self.inner);
                    // The first NaN is the extremum.
                    if !best.is_nan() && (is_better(value, best) || value.is_nan()) {
                        (place, best) = (entry, value);
                    }
                }
                *span.out.add(unit).cast::<i32>() = place as i32;
            }
        }
    }
}
