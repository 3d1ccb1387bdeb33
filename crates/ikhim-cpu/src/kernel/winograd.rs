//! The tiles of a convolution by the method of Winograd: cells and slopes spread to
//! the factors of its products, and their sums gathered to windows. The additions are
//! those of the reference evaluation, in its order.

use crate::vector::Vector;

/// Tiles of 4×4 cells that are two cells apart, spread to 16 matrices of tiles by
/// channels: `V = Bᵀ·d·B`.
pub(crate) struct SpreadTiles {
    /// The first cell of the first tile.
    pub(crate) image: *const f32,
    /// Numbers from one row of the image to the next, and from one cell to the next.
    pub(crate) steps: [usize; 2],
    /// A multiple of 16.
    pub(crate) channels: usize,
    /// Tiles down and across.
    pub(crate) tiles: [usize; 2],
    /// Where the first matrix goes, and how far the next one is.
    pub(crate) matrices: *mut f32,
    pub(crate) distance: usize,
}

/// Spreads the tiles.
///
/// # Safety
/// The cells of all tiles can be read, and the matrices written.
#[inline(always)]
pub(super) unsafe fn spread<V: Vector>(tiles: &SpreadTiles) {
    let SpreadTiles { image, steps: [row, cell], channels, matrices, distance, .. } = *tiles;
    let [down, across] = tiles.tiles;
    for tile in 0..down * across {
        let corner = image.wrapping_add(tile / across * 2 * row + tile % across * 2 * cell);
        let to = matrices.wrapping_add(tile * channels);
        for channel in (0..channels).step_by(V::LANES) {
            let mut columns = [[V::splat(0.0); 4]; 4];
            for j in 0..4 {
                // SAFETY: As the caller promises; channels are whole vectors.
                let d = |i: usize| unsafe { V::load(corner.add(i * row + j * cell + channel)) };
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
    /// The first matrix, and how far the next one is.
    pub(crate) matrices: *const f32,
    pub(crate) distance: usize,
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
    let GatherTiles { matrices, distance, filters, tiles: [down, across], out, windows } = *tiles;
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

/// The slopes of the windows of tiles, spread to 16 matrices of tiles by filters:
/// `U = A·v·Aᵀ`.
pub(crate) struct SpreadSlopes {
    /// The first window of the first tile.
    pub(crate) slopes: *const f32,
    /// Numbers from one row of windows to the next, and from one window to the next.
    pub(crate) steps: [usize; 2],
    /// A multiple of 16.
    pub(crate) filters: usize,
    /// Tiles down and across.
    pub(crate) tiles: [usize; 2],
    /// Windows down and across; the last tiles may stand out.
    pub(crate) windows: [usize; 2],
    /// Where the first matrix goes, and how far the next one is.
    pub(crate) matrices: *mut f32,
    pub(crate) distance: usize,
}

/// Spreads the slopes.
///
/// # Safety
/// The slopes of the windows can be read, and the matrices written.
#[inline(always)]
pub(super) unsafe fn spread_windows<V: Vector>(tiles: &SpreadSlopes) {
    let SpreadSlopes { slopes, steps: [row, window], filters, windows, .. } = *tiles;
    let SpreadSlopes { tiles: [down, across], matrices, distance, .. } = *tiles;
    for tile in 0..down * across {
        let (p, q) = (tile / across * 2, tile % across * 2);
        let (has_below, has_right) = (p + 1 < windows[0], q + 1 < windows[1]);
        let from = slopes.wrapping_add(p * row + q * window);
        let to = matrices.wrapping_add(tile * filters);
        for filter in (0..filters).step_by(V::LANES) {
            let mut cells = [[V::splat(0.0); 2]; 2];
            for x in 0..2 {
                for y in 0..2 {
                    if (y == 0 || has_below) && (x == 0 || has_right) {
                        // SAFETY: The window is there; filters are whole vectors.
                        cells[x][y] = unsafe { V::load(from.add(y * row + x * window + filter)) };
                    }
                }
            }
            let columns = [spread_slopes(cells[0]), spread_slopes(cells[1])];
            for a in 0..4 {
                let values = spread_slopes([columns[0][a], columns[1][a]]);
                for b in 0..4 {
                    // SAFETY: As the caller promises.
                    unsafe { values[b].store(to.add((a * 4 + b) * distance + filter)) }
                }
            }
        }
    }
}

/// The sums over all tiles, 16 matrices of channels by filters in panels, gathered to
/// some filters of a kernel: `K = Gᵀ·M·G`.
pub(crate) struct GatherKernel {
    /// The first matrix, and how far the next one is.
    pub(crate) matrices: *const f32,
    pub(crate) distance: usize,
    /// Channels and filters, and the filters of a panel, a multiple of the lanes.
    pub(crate) sizes: [usize; 2],
    pub(crate) width: usize,
    /// The first of the channels and filters in the first cell of the kernel.
    pub(crate) out: *mut f32,
    /// Numbers from one cell of the kernel to the next, and from one channel to the
    /// next.
    pub(crate) steps: [usize; 2],
}

/// Gathers a kernel.
///
/// # Safety
/// The matrices can be read, and the numbers of the kernel written.
#[inline(always)]
pub(super) unsafe fn gather_kernel<V: Vector>(kernel: &GatherKernel) {
    let GatherKernel { matrices, distance, sizes: [channels, filters], width, .. } = *kernel;
    for channel in 0..channels {
        for filter in (0..filters).step_by(V::LANES) {
            let panel = filter / width * width;
            let from = panel * channels + channel * width + filter - panel;
            let from = matrices.wrapping_add(from);
            let to = kernel.out.wrapping_add(channel * kernel.steps[1] + filter);
            let mut columns = [[V::splat(0.0); 3]; 4];
            for b in 0..4 {
                // SAFETY: As the caller promises; panels are whole vectors.
                let m = |a: usize| unsafe { V::load(from.add((a * 4 + b) * distance)) };
                columns[b] = gather_slopes([m(0), m(1), m(2), m(3)]);
            }
            for i in 0..3 {
                let values =
                    gather_slopes([columns[0][i], columns[1][i], columns[2][i], columns[3][i]]);
                for j in 0..3 {
                    // SAFETY: As above.
                    unsafe { values[j].store(to.add((3 * i + j) * kernel.steps[0])) }
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

/// `A·v`.
#[inline(always)]
fn spread_slopes<V: Vector>(v: [V; 2]) -> [V; 4] {
    [v[0], v[0] + v[1], v[0] - v[1], V::splat(-0.0) - v[1]]
}

/// `Gᵀ·m`.
#[inline(always)]
fn gather_slopes<V: Vector>(m: [V; 4]) -> [V; 3] {
    let half = V::splat(0.5);
    let (sum, difference) = (half * (m[1] + m[2]), half * (m[1] - m[2]));
    [m[0] + sum, difference, sum + m[3]]
}
