//! Copies of matrices in the order in which products read them.
//!
//! A packed matrix `B[k × n]` is a row of panels of `width` neighboring columns.
//! A panel holds its columns for the first row, then for the second, and so on,
//! so a product reads one place after another. The last panel is filled with
//! zeros to its width.

use crate::Level;
use crate::vector::Vector;

/// How many columns the panels of a matrix with `n` columns have.
pub(crate) fn panel_width(level: Level, n: usize) -> usize {
    let lanes = match level {
        Level::Avx512 => 16,
        Level::Avx2 => 8,
        Level::Portable => 4,
    };
    if n <= lanes { lanes } else { 2 * lanes }
}

/// How many numbers the packed form of `B[k × n]` has.
pub(crate) fn packed_len(level: Level, k: usize, n: usize) -> usize {
    let width = panel_width(level, n);
    n.div_ceil(width) * width * k
}

/// Packs some panels of a matrix `B[k × n]`.
pub(crate) struct Pack {
    /// The source: `B` row by row, or, where `transposed`, `W[n × k] = Bᵀ` row
    /// by row.
    pub(crate) source: *const f32,
    /// The distance between rows of the source.
    pub(crate) stride: usize,
    /// Whether the source is `Bᵀ`.
    pub(crate) transposed: bool,
    /// Rows of `B`.
    pub(crate) k: usize,
    /// Columns of `B`.
    pub(crate) n: usize,
    /// Columns of a panel, as [`panel_width`] gives them.
    pub(crate) width: usize,
    /// The first panel to write.
    pub(crate) first: usize,
    /// The panel after the last one to write.
    pub(crate) end: usize,
    /// The distance between panels: `k · width`, or more where the rows are a
    /// part of all.
    pub(crate) distance: usize,
    /// Where the packed matrix begins, that is its panel 0.
    pub(crate) packed: *mut f32,
}

/// Writes the panels `first..end`.
///
/// # Safety
/// The source can be read as described, and `k · width` numbers can be written
/// for each of the panels.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(pack: &Pack) {
    let Pack { k, n, width, .. } = *pack;
    for panel in pack.first..pack.end {
        let column = panel * width;
        let columns = width.min(n - column);
        // SAFETY: The panel lies in the packed matrix, its columns in the source.
        unsafe {
            let to = pack.packed.add(panel * pack.distance);
            if pack.transposed {
                let from = pack.source.add(column * pack.stride);
                turn::<V>(from, pack.stride, columns, k, width, to);
            } else {
                copy::<V>(pack.source.add(column), pack.stride, columns, k, width, to);
            }
        }
    }
}

/// A panel from `k` rows of `columns` neighboring numbers.
#[inline(always)]
unsafe fn copy<V: Vector>(
    from: *const f32,
    stride: usize,
    columns: usize,
    k: usize,
    width: usize,
    to: *mut f32,
) {
    for row in 0..k {
        for at in (0..width).step_by(V::LANES) {
            // SAFETY: Only the columns of the source are read, and the width is
            // a multiple of the lanes.
            unsafe {
                let from = from.add(row * stride + at.min(columns));
                load_some::<V>(from, columns.saturating_sub(at)).store(to.add(row * width + at));
            }
        }
    }
}

/// A panel from `columns` rows of `k` neighboring numbers.
#[inline(always)]
unsafe fn turn<V: Vector>(
    from: *const f32,
    stride: usize,
    columns: usize,
    k: usize,
    width: usize,
    to: *mut f32,
) {
    for at in (0..width).step_by(V::LANES) {
        let rows = columns.saturating_sub(at).min(V::LANES);
        for row in (0..k).step_by(V::LANES) {
            let count = (k - row).min(V::LANES);
            let mut block = [V::splat(0.0); 16];
            for (lane, vector) in block.iter_mut().enumerate().take(V::LANES) {
                if lane < rows {
                    // SAFETY: The row is one of the source's, and `count`
                    // numbers of it are left.
                    *vector = unsafe { load_some(from.add((at + lane) * stride + row), count) };
                }
            }
            V::transpose(&mut block);
            for (lane, vector) in block.iter().enumerate().take(V::LANES) {
                if lane < count {
                    // SAFETY: The panel has rows up to `k` of its width.
                    unsafe { vector.store(to.add((row + lane) * width + at)) }
                }
            }
        }
    }
}

/// The first `count` numbers, or a whole vector where there are as many.
///
/// # Safety
/// So many numbers can be read there.
#[inline(always)]
pub(super) unsafe fn load_some<V: Vector>(from: *const f32, count: usize) -> V {
    // SAFETY: As the caller promises.
    unsafe { if count >= V::LANES { V::load(from) } else { V::load_first(from, count) } }
}

/// Writes the first `count` numbers, or the whole vector where there is room.
///
/// # Safety
/// So many numbers can be written there.
#[inline(always)]
pub(super) unsafe fn store_some<V: Vector>(vector: V, to: *mut f32, count: usize) {
    // SAFETY: As the caller promises.
    unsafe { if count >= V::LANES { vector.store(to) } else { vector.store_first(to, count) } }
}
