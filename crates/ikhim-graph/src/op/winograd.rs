//! Convolution with fewer multiplications: the minimal filtering F(2×2, 3×3) of
//! Winograd (*Arithmetic Complexity of Computations*, 1980), for images as Lavin
//! and Gray have it (2015).
//!
//! A tile of 4×4 cells gives 2×2 windows. Of each channel a tile `d` and a kernel
//! `g` are spread to 16 numbers, `V = Bᵀ·d·B` and `U = G·g·Gᵀ`; the products are
//! summed over the channels, and gathered: `Y = Aᵀ·(Σ U ⊙ V)·A`, with
//!
//! ```text
//! Bᵀ = [1 0 −1 0; 0 1 1 0; 0 −1 1 0; 0 1 0 −1]
//! G  = [1 0 0; ½ ½ ½; ½ −½ ½; 0 0 1]
//! Aᵀ = [1 1 1 0; 0 1 −1 −1]
//! ```
//!
//! That are 16 multiplications where four windows of nine take 36. The sum over
//! the channels is a chain of fused multiply-adds from 0 over ascending channels;
//! each spreading and gathering goes along the height, then along the width, in the
//! order of additions that the functions below have.
//!
//! Rounding: no window is touched by a cell that it does not see, so a large cell
//! spoils no more than by the direct chain. Within a window, what cancels in
//! `Bᵀ·d·B` and in `Aᵀ·M·A` is rounded at the size of its largest cells.

use super::Window;
use crate::value::Precise;
use crate::{Dim, Result, Shape};
use ikhim_text::Fault;

/// How a convolution is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Each window times the kernel.
    #[default]
    Direct,
    /// Tiles of 2×2 windows by 16 products: `F(2×2, 3×3)`.
    Winograd,
}

/// Cells of a tile along an axis.
pub(super) const TILE: usize = 4;

/// Channels and filters come in whole vectors of every level.
const LANES: usize = 16;

/// Of fewer channels or filters the products are so short that spreading and
/// gathering take what they save.
const LEAST: usize = 32;

impl Method {
    /// The method for a kernel `[3, 3, channels, filters]` whose result has so many
    /// cells: [`Method::Winograd`] where windows are neighbors, channels and filters
    /// are multiples of 16 from 32 on, and tiles do not stand out too far.
    pub fn of(window: &Window, kernel: &Shape, cells: [usize; 2]) -> Method {
        let whole =
            |dim: Dim| matches!(dim, Dim::Fixed(size) if size >= LEAST && size % LANES == 0);
        let fits = kernel.rank() == 4
            && kernel[..2] == [Dim::Fixed(3); 2]
            && whole(kernel[2])
            && whole(kernel[3])
            && window.stride == [1; 2]
            && window.dilation == [1; 2]
            && window.groups == 1
            // A border that no window sees the other side of.
            && window.padding.as_flattened().iter().all(|cells| *cells <= 2);
        let [down, across] = cells.map(|cells| cells.next_multiple_of(2));
        // Beyond that more is multiplied for cells that are thrown away than is saved.
        let is_filled = 2 * down * across <= 3 * cells[0] * cells[1];
        if fits && is_filled { Method::Winograd } else { Method::Direct }
    }

    /// That a graph that was read asks for nothing that cannot be.
    pub(super) fn check(
        self,
        op: &str,
        window: &Window,
        kernel: &Shape,
        cells: [usize; 2],
    ) -> Result<()> {
        if self == Method::Direct || Method::of(window, kernel, cells) == self {
            return Ok(());
        }
        Err(Fault::of("shape.setting")
            .with("op", op)
            .with("setting", "the method")
            .with("expected", "`direct` for such a kernel and window")
            .with("found", "`winograd`"))
    }

    /// Whether it is [`Method::Direct`].
    pub(super) fn is_direct(&self) -> bool {
        *self == Method::Direct
    }
}

/// `Bᵀ·d`.
pub(super) fn spread_cells<T: Precise>(d: [T; 4]) -> [T; 4] {
    [d[0] - d[2], d[1] + d[2], d[2] - d[1], d[1] - d[3]]
}

/// `G·g`.
fn spread_kernel<T: Precise>(g: [T; 3]) -> [T; 4] {
    let (half, ends) = (T::from_f64(0.5), g[0] + g[2]);
    [g[0], half * (ends + g[1]), half * (ends - g[1]), g[2]]
}

/// `Aᵀ·m`.
fn gather<T: Precise>(m: [T; 4]) -> [T; 2] {
    [(m[0] + m[1]) + m[2], (m[1] - m[2]) - m[3]]
}

/// A function along the height, then along the width.
pub(super) fn twice<T: Precise, const IN: usize, const OUT: usize>(
    of: impl Fn([T; IN]) -> [T; OUT],
    from: impl Fn(usize, usize) -> T,
) -> [[T; OUT]; OUT] {
    let mut columns = [[T::ZERO; OUT]; IN];
    for (j, column) in columns.iter_mut().enumerate() {
        *column = of(std::array::from_fn(|i| from(i, j)));
    }
    std::array::from_fn(|a| of(std::array::from_fn(|j| columns[j][a])))
}

/// The windows of 3×3 cells of images `[count, height, width, depth]` with so many
/// zeros before them, times `weight(i, j, channel, filter)`: images of `cells` and
/// `filters`.
pub(super) fn windows<T: Precise>(
    images: &[T],
    [count, height, width, depth]: [usize; 4],
    before: [usize; 2],
    weight: impl Fn(usize, usize, usize, usize) -> T,
    cells: [usize; 2],
    filters: usize,
) -> Vec<T> {
    let mut matrices = vec![vec![T::ZERO; depth * filters]; TILE * TILE];
    for (c, f) in (0..depth).flat_map(|c| (0..filters).map(move |f| (c, f))) {
        let spread = twice(spread_kernel, |i, j| weight(i, j, c, f));
        for (matrix, value) in matrices.iter_mut().zip(spread.as_flattened()) {
            matrix[c * filters + f] = *value;
        }
    }
    let mut products: Vec<_> = matrices.iter().map(|matrix| T::products(matrix, filters)).collect();
    let mut result = vec![T::ZERO; count * cells[0] * cells[1] * filters];
    let mut tile = vec![vec![T::ZERO; depth]; TILE * TILE];
    let mut sums = vec![vec![T::ZERO; filters]; TILE * TILE];
    let cell = |at: usize, before: usize, size: usize| {
        at.checked_sub(before).filter(|inside| *inside < size)
    };
    for image in 0..count {
        let corners = (0..cells[0]).step_by(2);
        let corners = corners.flat_map(|p| (0..cells[1]).step_by(2).map(move |q| (p, q)));
        for (p, q) in corners {
            for c in 0..depth {
                let spread = twice(spread_cells, |i, j| {
                    let inside = cell(p + i, before[0], height).zip(cell(q + j, before[1], width));
                    inside.map_or(T::ZERO, |(y, x)| {
                        images[((image * height + y) * width + x) * depth + c]
                    })
                });
                for (row, value) in tile.iter_mut().zip(spread.as_flattened()) {
                    row[c] = *value;
                }
            }
            for ((multiply, row), sums) in products.iter_mut().zip(&tile).zip(&mut sums) {
                multiply(row, 0, sums);
            }
            for f in 0..filters {
                let gathered = twice(gather, |a, b| sums[a * TILE + b][f]);
                for (y, row) in gathered.iter().enumerate().take(cells[0] - p) {
                    for (x, value) in row.iter().enumerate().take(cells[1] - q) {
                        let place = (image * cells[0] + p + y) * cells[1] + q + x;
                        result[place * filters + f] = *value;
                    }
                }
            }
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Given, batch, check_gradient, evaluate, fixed};
    use crate::op::{Conv2d, Conv2dInputGrad};
    use crate::{Array, Op, Tensor, gradients};

    fn drawn(count: usize, seed: u64) -> Vec<f64> {
        let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 11) as f64 / (1_u64 << 53) as f64 - 0.5
        };
        // Nearly normal, and a number of f32.
        (0..count).map(|_| f64::from((0..4).map(|_| next()).sum::<f64>() as f32)).collect()
    }

    fn padded(padding: [[usize; 2]; 2]) -> Window {
        Window::default().padding(padding)
    }

    fn by<'g>(x: &[Tensor<'g>], window: Window, method: Method) -> Tensor<'g> {
        x[0].graph().push(Op::Conv2d(Conv2d { window, method }), &[x[0], x[1]])
    }

    fn back<'g>(x: &[Tensor<'g>], window: Window, size: [usize; 2], method: Method) -> Tensor<'g> {
        let values = x[0].conv2d(x[1], window);
        let op = Op::Conv2dInputGrad(Conv2dInputGrad { window, size, method });
        x[0].graph().push(op, &[values, x[1]])
    }

    /// Images and kernels that the method takes: of even and odd sizes, with every
    /// padding.
    fn cases() -> Vec<([usize; 4], [usize; 4], Window)> {
        vec![
            ([2, 6, 6, 32], [3, 3, 32, 32], padded([[1, 1], [1, 1]])),
            ([1, 7, 5, 32], [3, 3, 32, 48], padded([[1, 1], [1, 1]])),
            ([2, 6, 9, 48], [3, 3, 48, 32], padded([[0, 0], [0, 0]])),
            ([1, 5, 4, 32], [3, 3, 32, 32], padded([[2, 0], [1, 2]])),
        ]
    }

    #[test]
    fn it_is_chosen_for_neighboring_windows_of_many_channels() {
        let of = |window: Window, kernel: [usize; 4], cells: [usize; 2]| {
            Method::of(&window, &Shape::from(&kernel[..]), cells)
        };
        let (same, kernel) = (padded([[1, 1], [1, 1]]), [3, 3, 32, 64]);
        assert_eq!(of(same, kernel, [14, 14]), Method::Winograd);
        assert_eq!(of(same, kernel, [7, 7]), Method::Winograd);
        assert_eq!(of(same, kernel, [3, 3]), Method::Direct);
        assert_eq!(of(same, kernel, [1, 1]), Method::Direct);
        assert_eq!(of(same, [3, 3, 1, 32], [28, 28]), Method::Direct);
        assert_eq!(of(same, [3, 3, 32, 10], [28, 28]), Method::Direct);
        assert_eq!(of(same, [3, 3, 16, 64], [28, 28]), Method::Direct);
        assert_eq!(of(same, [3, 3, 64, 16], [28, 28]), Method::Direct);
        assert_eq!(of(same, [5, 5, 32, 32], [28, 28]), Method::Direct);
        assert_eq!(of(same.stride([2, 1]), kernel, [14, 14]), Method::Direct);
        assert_eq!(of(same.dilation([1, 2]), kernel, [14, 14]), Method::Direct);
        assert_eq!(of(same.groups(2), kernel, [14, 14]), Method::Direct);
        assert_eq!(of(padded([[3, 0], [0, 0]]), kernel, [14, 14]), Method::Direct);
    }

    #[test]
    fn in_twice_the_precision_it_is_the_direct_convolution() {
        for (image, kernel, window) in cases() {
            let given = [
                batch(&image, &drawn(image.iter().product(), 1)),
                fixed(&kernel, &drawn(kernel.iter().product(), 2)),
            ];
            let direct = evaluate::<f64>(&given, |x| by(x, window, Method::Direct));
            let chosen = evaluate::<f64>(&given, |x| x[0].conv2d(x[1], window));
            let tiled = evaluate::<f64>(&given, |x| by(x, window, Method::Winograd));
            assert_eq!(chosen, tiled, "{image:?}");
            assert_ne!(direct, tiled, "{image:?}: no other way was taken");
            let size = [image[1], image[2]];
            let pairs = [
                (direct, tiled),
                (
                    evaluate::<f64>(&given, |x| back(x, window, size, Method::Direct)),
                    evaluate::<f64>(&given, |x| back(x, window, size, Method::Winograd)),
                ),
            ];
            for (direct, tiled) in pairs {
                for (direct, tiled) in direct.to_f64().iter().zip(tiled.to_f64()) {
                    assert!((direct - tiled).abs() < 1e-12, "{image:?}: {direct} {tiled}");
                }
            }
        }
    }

    #[test]
    fn gradients_agree_with_differences() {
        // Every cell is moved on its own, of the weights those of a filter together.
        let window = padded([[1, 1], [1, 1]]);
        let given = [batch(&[1, 4, 4, 32], &drawn(512, 3)), fixed(&[32], &drawn(32, 4))];
        fn weights<'g>(x: Tensor<'g>) -> Tensor<'g> {
            let of = |seed| Array::f64(&[3, 3, 32, 32], drawn(9216, seed));
            x.graph().constant(of(5)) + x.graph().constant(of(6)) * x
        }
        check_gradient(&given, |x| x[0].conv2d(weights(x[1]), window));
        check_gradient(&given[1..], |x| {
            let images = x[0].graph().constant(Array::f64(&[1, 4, 4, 32], drawn(512, 3)));
            let y = images.conv2d(weights(x[0]), window);
            gradients((y * y).sum_all(), x)[0]
        });
    }

    /// The largest error against f64, of the tiles and of the direct chain.
    fn errors(
        image: &[usize; 4],
        cells: Vec<f64>,
        kernel: &[usize; 4],
        weights: Vec<f64>,
    ) -> [f64; 2] {
        let window = padded([[1, 1], [1, 1]]);
        let given: [Given; 2] = [batch(image, &cells), fixed(kernel, &weights)];
        let exact = evaluate::<f64>(&given, |x| by(x, window, Method::Direct)).to_f64();
        [Method::Winograd, Method::Direct].map(|method| {
            let found = evaluate::<f32>(&given, |x| by(x, window, method)).to_f64();
            let errors = exact.iter().zip(&found).map(|(exact, found)| (exact - found).abs());
            errors.fold(0.0, f64::max)
        })
    }

    /// Not more than four times the error of the direct chain, over the largest error
    /// of an image: of random numbers, and of such as are hard on differences.
    #[test]
    fn errors_stay_within_four_times_those_of_the_direct_chain() {
        type Maker = fn(usize, f64) -> f64;
        let cells: [(&str, Maker); 8] = [
            ("random", |_, x| x),
            ("positive", |_, x| x.abs()),
            ("an offset", |_, x| 1000.0 + x),
            ("a checkerboard", |at, x| if at / 32 % 2 == 0 { 100.0 + x } else { x - 100.0 }),
            ("one large cell", |at, x| if at == 32 * 27 { 1e6 } else { x }),
            ("many sizes", |at, x| x * 10_f64.powi((at % 13) as i32 - 6)),
            ("mostly zeros", |at, x| if at % 7 == 0 { x } else { 0.0 }),
            ("a slope", |at, x| at as f64 / 32.0 + 0.01 * x),
        ];
        let weights: [(&str, Maker); 5] = [
            ("random", |_, x| x),
            ("positive", |_, x| x.abs()),
            ("no sum", |at, x| if at % 9 == 4 { -8.0 } else { 1.0 } + 0.01 * x),
            ("alternating", |at, x| if at % 2 == 0 { 1.0 + x } else { x - 1.0 }),
            ("many sizes", |at, x| x * 10_f64.powi((at % 7) as i32 - 3)),
        ];
        let single = |value: f64| f64::from(value as f32);
        let mut worst: f64 = 0.0;
        for depth in [32, 64] {
            let (image, kernel) = ([2, 8, 7, depth], [3, 3, depth, 32]);
            for (cell, of_cell) in &cells {
                for (weight, of_weight) in &weights {
                    for seed in 1..=3 {
                        let make = |count: usize, seed: u64, of: &Maker| -> Vec<f64> {
                            let drawn = drawn(count, seed).into_iter().enumerate();
                            drawn.map(|(at, x)| single(of(at, x))).collect()
                        };
                        let x = make(image.iter().product(), seed, of_cell);
                        let k = make(kernel.iter().product(), seed + 100, of_weight);
                        let [tiled, direct] = errors(&image, x, &kernel, k);
                        assert!(
                            tiled <= 4.0 * direct,
                            "{cell} cells, {weight} weights, {depth} channels: {tiled} {direct}"
                        );
                        worst = worst.max(tiled / direct);
                    }
                }
            }
        }
        // It is the other method that was measured.
        assert!(worst > 1.0, "{worst}");
    }

    #[test]
    fn a_cell_that_is_not_finite_spoils_the_windows_that_see_it() {
        let (image, kernel) = ([1, 8, 8, 32], [3, 3, 32, 32]);
        for cell in 0..64 {
            let mut cells = drawn(2048, 1);
            cells[cell * 32] = f64::INFINITY;
            let given = [batch(&image, &cells), fixed(&kernel, &drawn(9216, 2))];
            let found = evaluate::<f32>(&given, |x| x[0].conv2d(x[1], padded([[0, 0], [0, 0]])));
            for (p, q) in (0..6).flat_map(|p| (0..6).map(move |q| (p, q))) {
                let sees = (p..p + 3).contains(&(cell / 8)) && (q..q + 3).contains(&(cell % 8));
                let is_finite = found.to_f32()[(p * 6 + q) * 32].is_finite();
                assert_eq!(is_finite, !sees, "{cell}: {p}, {q}");
            }
        }
    }
}
