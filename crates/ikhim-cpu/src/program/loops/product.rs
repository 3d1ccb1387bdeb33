//! Products of matrices one after the other, by the kernels of single ones: the
//! right side is laid out in a worker's own room.

use super::Span;
use crate::Level;
use crate::compile::layout::is_narrow;
use crate::kernel::{self, NarrowProduct, Pack, ReduceProduct, packed_len, panel_width};
use crate::program::work::leaf;
use ikhim_graph::{Dim, Shape};

/// Products of matrices. A unit is a product; where there is only one, it is a
/// row of it.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    units: usize,
    /// Rows of a unit.
    m: usize,
    k: usize,
    n: usize,
    /// Entries of a leaf, where the inner axis is the batch.
    leaf: Option<usize>,
    /// Whether all units have the same right side.
    is_single: bool,
    level: Level,
}

/// Numbers that a tile reads and writes, more or less.
const TILE: usize = 16 * 1024;

/// Rows of a tile of a single product at least: each lays out the right side.
const ROWS: usize = 32;

impl Product {
    pub(super) fn new(left: &Shape, right: &Shape, rows: usize, level: Level) -> Product {
        let outer = left.rank() - 2;
        let count = left[..outer].iter().map(|dim| dim.size(rows)).product();
        let is_single = left[..outer].iter().all(|dim| *dim == Dim::Fixed(1));
        let m = left[outer].size(rows);
        let leaf = match left[outer + 1] {
            Dim::Fixed(_) => None,
            Dim::Batch(per_row) => Some(leaf(per_row)),
        };
        Product {
            units: if is_single { m } else { count },
            m: if is_single { 1 } else { m },
            k: left[outer + 1].size(rows),
            n: right[outer + 1].size(rows),
            leaf,
            is_single,
            level,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.units
    }

    pub(super) fn tile(&self) -> usize {
        let Product { m, k, n, .. } = *self;
        match self.is_single {
            true => (TILE / (k + n).max(1)).max(ROWS),
            false => (TILE / (m * k + k * n + m * n).max(1)).max(1),
        }
    }

    pub(super) fn scratch(&self) -> usize {
        let packed = packed_len(self.level, self.k, self.n);
        match self.leaf {
            None => packed,
            Some(leaf) => packed + self.most_rows() * self.k + kernel::scratch_len(self.k, leaf),
        }
    }

    /// Rows of the most that is computed at once over the batch.
    fn most_rows(&self) -> usize {
        if self.is_single { self.tile().min(self.units) } else { self.m }
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        let Product { m, k, n, is_single, .. } = *self;
        if span.units.is_empty() || m * n == 0 {
            return;
        }
        // SAFETY: The matrices are those of the inputs and of the result.
        unsafe {
            let first = span.units.start;
            let (left, right) = (span.input(0).add(first * m * k), span.input(1));
            let out = span.out.add(first * m * n);
            if is_single {
                return self.product(span, left, right, out, m * span.units.len());
            }
            for at in 0..span.units.len() {
                let right = right.add((first + at) * k * n);
                self.product(span, left.add(at * m * k), right, out.add(at * m * n), m);
            }
        }
    }

    unsafe fn product(
        &self,
        span: &Span<'_>,
        a: *const f32,
        b: *const f32,
        c: *mut f32,
        rows: usize,
    ) {
        let Product { k, n, level, .. } = *self;
        let width = panel_width(level, n);
        // SAFETY: As the caller promises; there is room for the laid out sides.
        unsafe {
            if k == 0 {
                std::slice::from_raw_parts_mut(c, rows * n).fill(0.0);
                return;
            }
            if self.leaf.is_none() && is_narrow(k, n) {
                let narrow = NarrowProduct { a, a_stride: k, b, c, c_stride: n, rows, k, n };
                return (span.kernels.narrow_product)(&narrow);
            }
            let packed = span.scratch;
            (span.kernels.pack)(&Pack {
                source: b,
                stride: n,
                transposed: false,
                k,
                n,
                width,
                distance: k * width,
                first: 0,
                end: n.div_ceil(width),
                packed,
            });
            let Some(leaf) = self.leaf else {
                return (span.kernels.product)(&kernel::Product {
                    a,
                    a_stride: k,
                    b: packed,
                    width,
                    c,
                    c_stride: n,
                    rows,
                    k,
                    n,
                });
            };
            // The kernel takes the left side row of the batch by row.
            let x = packed.add(packed_len(level, k, n));
            for row in 0..rows {
                for entry in 0..k {
                    *x.add(entry * rows + row) = *a.add(row * k + entry);
                }
            }
            (span.kernels.reduce_product)(&ReduceProduct {
                x,
                x_stride: rows,
                d: packed,
                width,
                rows: k,
                leaf,
                k: rows,
                m: n,
                g: c,
                g_stride: n,
                scratch: x.add(rows * k),
            });
        }
    }
}
