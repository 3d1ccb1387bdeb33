//! The tiles of a convolution by the method of Winograd: cells spread to the
//! factors of its products, and their sums gathered to windows. The additions are
//! those of the reference evaluation, in its order.

use crate::vector::Vector;

/// Tiles of 4×4 cells that are two cells apart, spread to 16 matrices of tiles by
/// channels: `V = Bᵀ·d·B`.
pub(crate) struct SpreadTiles {
    /// The first cell of the first tile.
    pub(crate) image: *const f32,
    /// Numbers from one row of the image to the next.
    pub(crate) row: usize,
    /// A multiple of 16.
    pub(crate) channels: usize,
    /// Tiles down and across.
    pub(crate) tiles: [usize; 2],
    /// Where the first matrix goes; the others follow without gaps.
    pub(crate) matrices: *mut f32,
}

/// Spreads the tiles.
///
/// # Safety
/// The cells of all tiles can be read, and the matrices written.
#[inline(always)]
pub(super) unsafe fn spread<V: Vector>(tiles: &SpreadTiles) {
    let SpreadTiles { image, row, channels, tiles: [down, across], matrices } = *tiles;
    let distance = down * across * channels;
    for tile in 0..down * across {
        let corner = image.wrapping_add(tile / across * 2 * row + tile % across * 2 * channels);
        let to = matrices.wrapping_add(tile * channels);
        for channel in (0..channels).step_by(V::LANES) {
            let mut columns = [[V::splat(0.0); 4]; 4];
            for j in 0..4 {
                // SAFETY: As the caller promises; channels are whole vectors.
                let d = |i: usize| unsafe { V::load(corner.add(i * row + j * channels + channel)) };
                columns[j] = spread_cells([d(0), d(1), d(2), d(3)]);
            }
            for a in 0..4 {
                let values =
                    spread_cells([columns[0][a], columns[1][a], columns[2][a], columns[3][a]]);
                for b in 0..4 {
                    // SAFETY: As above.
                    unsafe { values[b].store(to.add((a * 4 + b) * distance + channel)) }
                }
            }
        }
    }
}

/// The sums of the products, 16 matrices of tiles by filters, gathered to windows:
/// `Y = Aᵀ·M·A`.
pub(crate) struct GatherTiles {
    /// The first matrix; the others follow without gaps.
    pub(crate) matrices: *const f32,
    /// A multiple of 16.
    pub(crate) filters: usize,
    /// Tiles down and across.
    pub(crate) tiles: [usize; 2],
    /// The first window of the first tile.
    pub(crate) out: *mut f32,
    /// Windows down and across; the last tiles may stand out.
    pub(crate) windows: [usize; 2],
}

/// Gathers the tiles.
///
/// # Safety
/// The matrices can be read, and the windows written.
#[inline(always)]
pub(super) unsafe fn gather<V: Vector>(tiles: &GatherTiles) {
    let GatherTiles { matrices, filters, tiles: [down, across], out, windows } = *tiles;
    let distance = down * across * filters;
    let row = windows[1] * filters;
    for tile in 0..down * across {
        let (p, q) = (tile / across * 2, tile % across * 2);
        let (has_below, has_right) = (p + 1 < windows[0], q + 1 < windows[1]);
        let from = matrices.wrapping_add(tile * filters);
        let to = out.wrapping_add(p * row + q * filters);
        for filter in (0..filters).step_by(V::LANES) {
            let mut columns = [[V::splat(0.0); 2]; 4];
            for b in 0..4 {
                let m = |a: usize| {
                    // SAFETY: As the caller promises; filters are whole vectors.
                    unsafe { V::load(from.add((a * 4 + b) * distance + filter)) }
                };
                columns[b] = gather_sums([m(0), m(1), m(2), m(3)]);
            }
            for y in 0..2 {
                let values =
                    gather_sums([columns[0][y], columns[1][y], columns[2][y], columns[3][y]]);
                if y == 1 && !has_below {
                    continue;
                }
                // SAFETY: As above, for windows that are there.
                unsafe {
                    values[0].store(to.add(y * row + filter));
                    if has_right {
                        values[1].store(to.add(y * row + filters + filter));
                    }
                }
            }
        }
    }
}

/// `Bᵀ·d`.
#[inline(always)]
fn spread_cells<V: Vector>(d: [V; 4]) -> [V; 4] {
    [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
}

/// `Aᵀ·m`.
#[inline(always)]
fn gather_sums<V: Vector>(m: [V; 4]) -> [V; 2] {
    [(m[0] + m[1]) + m[2], (m[1] - m[2]) - m[3]]
}
