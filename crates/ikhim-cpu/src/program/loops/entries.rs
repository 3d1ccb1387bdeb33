//! Entries of an axis by their indices: taken, and added into.

use super::{Span, around};
use ikhim_text::{Fault, Result};

/// Entries of an axis. A unit is one of them.
#[derive(Debug, Clone)]
pub(crate) struct Gather {
    outer: usize,
    /// Entries of the axis.
    size: usize,
    /// Numbers of an entry.
    inner: usize,
    /// Indices.
    places: usize,
}

impl Gather {
    pub(super) fn new(table: &[usize], indices: &[usize], axis: usize) -> Gather {
        let (outer, inner) = around(table, axis);
        Gather { outer, size: table[axis], inner, places: indices.iter().product() }
    }

    pub(super) fn units(&self) -> usize {
        self.outer * self.places
    }

    pub(super) fn unit(&self) -> usize {
        self.inner
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) -> Result<()> {
        let Gather { outer, size, inner, places } = *self;
        let (table, indices) = (span.input(0).cast::<u32>(), span.input(1).cast::<i32>());
        // Of a table that is the same for all rows, further rows are further indices.
        let is_shared = outer == 1 && span.inputs[0].per_row == 0;
        for unit in span.units.clone() {
            let (block, place) = if is_shared { (0, unit) } else { (unit / places, unit % places) };
            // SAFETY: There is an index for each unit, an entry in the table and
            // a place in the result.
            unsafe {
                let entry = checked(*indices.add(place), size)?;
                let from = table.add((block * size + entry) * inner);
                let to = span.out.cast::<u32>().add(unit * inner);
                if inner == 1 {
                    *to = *from;
                } else {
                    std::ptr::copy_nonoverlapping(from, to, inner);
                }
            }
        }
        Ok(())
    }
}

/// Values added into entries of an axis. A unit is an entry of the result: a tile
/// looks at all indices and adds those that are its own, so that the order of
/// additions is that of the indices on any number of threads.
#[derive(Debug, Clone)]
pub(crate) struct ScatterAdd {
    outer: usize,
    size: usize,
    inner: usize,
    places: usize,
}

impl ScatterAdd {
    pub(super) fn new(sums: &[usize], indices: &[usize], axis: usize) -> ScatterAdd {
        let (outer, inner) = around(sums, axis);
        ScatterAdd { outer, size: sums[axis], inner, places: indices.iter().product() }
    }

    pub(super) fn units(&self) -> usize {
        self.outer * self.size
    }

    /// Less than what it holds, for each tile reads all indices.
    pub(super) fn unit(&self) -> usize {
        self.inner.div_ceil(4)
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) -> Result<()> {
        let ScatterAdd { size, inner, places, .. } = *self;
        let (values, indices) = (span.input(0), span.input(1).cast::<i32>());
        let units = &span.units;
        // SAFETY: There is an index for each value, and a sum for each entry.
        unsafe {
            let own = span.out.add(units.start * inner);
            std::slice::from_raw_parts_mut(own, units.len() * inner).fill(0.0);
            for place in 0..places {
                checked(*indices.add(place), size)?;
            }
            if size == 0 {
                return Ok(());
            }
            for block in units.start / size..units.end.div_ceil(size) {
                for place in 0..places {
                    let unit = block * size + *indices.add(place) as usize;
                    if !units.contains(&unit) {
                        continue;
                    }
                    let from = values.add((block * places + place) * inner);
                    let sums = std::slice::from_raw_parts_mut(span.out.add(unit * inner), inner);
                    for (at, sum) in sums.iter_mut().enumerate() {
                        *sum += *from.add(at);
                    }
                }
            }
        }
        Ok(())
    }
}

/// An index that is known to lie inside of an axis.
fn checked(index: i32, size: usize) -> Result<usize> {
    match usize::try_from(index) {
        Ok(entry) if entry < size => Ok(entry),
        _ => Err(Fault::of("train.index_out_of_range").with("expected", size).with("found", index)),
    }
}
