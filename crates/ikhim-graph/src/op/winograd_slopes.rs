//! The slope of a kernel with fewer multiplications: F(3×3, 2×2), the forward method
//! of [`winograd`](super::winograd) turned around.
//!
//! Of each tile of 4×4 cells `d` and the slopes `v` of its 2×2 windows, 16 numbers
//! each are multiplied and summed over all tiles, and then gathered once:
//! `K = Gᵀ·(Σ (Bᵀ·d·B) ⊙ (A·v·Aᵀ))·G`, with the matrices of the forward method. That
//! are 16 multiplications where four windows of nine cells take 36.
//!
//! Each of the 16 sums is a sum over rows: a leaf of 32 rows is one chain of fused
//! multiply-adds from 0 over ascending images, tiles down and tiles across, and the
//! leaves are joined pairwise. Windows beyond the last have a slope of 0. Spreading
//! and gathering go along the height, then along the width, in the order of additions
//! that the functions below have.

use super::winograd::{TILE, spread_cells, twice};
use crate::value::Precise;
use ikhim_numeric::reduction::join_leaves;

/// `A·v`.
fn spread_slopes<T: Precise>(v: [T; 2]) -> [T; 4] {
    [v[0], v[0] + v[1], v[0] - v[1], -v[1]]
}

/// `Gᵀ·m`.
fn gather<T: Precise>(m: [T; 4]) -> [T; 3] {
    let half = T::from_f64(0.5);
    let (sum, difference) = (half * (m[1] + m[2]), half * (m[1] - m[2]));
    [m[0] + sum, difference, sum + m[3]]
}

/// The slope of a kernel `[3, 3, depth, filters]` from images `[count, height, width,
/// depth]` with so many zeros before them, and the slopes `[count, high, wide,
/// filters]` of their windows, by leaves of so many images.
pub(super) fn of_kernel<T: Precise>(
    images: &[T],
    [count, height, width, depth]: [usize; 4],
    before: [usize; 2],
    slopes: &[T],
    [high, wide, filters]: [usize; 3],
    leaf: usize,
) -> Vec<T> {
    let tiles = [high.div_ceil(2), wide.div_ceil(2)];
    let of_image = tiles[0] * tiles[1];
    let places = count * of_image;
    let corner = |place: usize| {
        let (image, tile) = (place / of_image, place % of_image);
        (image, tile / tiles[1] * 2, tile % tiles[1] * 2)
    };
    let cell = |at: usize, before: usize, size: usize| {
        at.checked_sub(before).filter(|inside| *inside < size)
    };
    // The factors of the 16 products: of each channel the numbers of all tiles, and
    // of each tile the numbers of all filters.
    let mut cells = vec![vec![T::ZERO; depth * places]; TILE * TILE];
    let mut windows = vec![vec![T::ZERO; places * filters]; TILE * TILE];
    for place in 0..places {
        let (image, p, q) = corner(place);
        for c in 0..depth {
            let spread = twice(spread_cells, |i, j| {
                let inside = cell(p + i, before[0], height).zip(cell(q + j, before[1], width));
                inside.map_or(T::ZERO, |(y, x)| {
                    images[((image * height + y) * width + x) * depth + c]
                })
            });
            for (matrix, value) in cells.iter_mut().zip(spread.as_flattened()) {
                matrix[c * places + place] = *value;
            }
        }
        for f in 0..filters {
            let spread = twice(spread_slopes, |y, x| match p + y < high && q + x < wide {
                true => slopes[((image * high + p + y) * wide + q + x) * filters + f],
                false => T::ZERO,
            });
            for (matrix, value) in windows.iter_mut().zip(spread.as_flattened()) {
                matrix[place * filters + f] = *value;
            }
        }
    }
    let leaf = leaf * of_image;
    let mut sums = vec![vec![T::ZERO; depth * filters]; TILE * TILE];
    for ((sums, cells), windows) in sums.iter_mut().zip(&cells).zip(&windows) {
        let mut multiply = T::products(windows, filters);
        for (c, sums) in sums.chunks_mut(filters).enumerate() {
            let factors = &cells[c * places..][..places];
            let leaves = factors.chunks(leaf.max(1)).enumerate().map(|(at, part)| {
                let mut sums = vec![T::ZERO; filters];
                multiply(part, at * leaf, &mut sums);
                sums
            });
            let joined = join_leaves(leaves.collect(), |mut left: Vec<T>, right| {
                left.iter_mut().zip(right).for_each(|(sum, value)| *sum += value);
                left
            });
            if let Some(joined) = joined {
                sums.copy_from_slice(&joined);
            }
        }
    }
    let mut result = vec![T::ZERO; 9 * depth * filters];
    for at in 0..depth * filters {
        let gathered = twice(gather, |a, b| sums[a * TILE + b][at]);
        for (tap, value) in gathered.as_flattened().iter().enumerate() {
            result[tap * depth * filters + at] = *value;
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use crate::check::{Given, batch, check_gradient, evaluate, fixed};
    use crate::op::{Conv2dWeightGrad, Method, Window};
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
        let op = Op::Conv2dWeightGrad(Conv2dWeightGrad { window, kernel: [3, 3], method });
        x[0].graph().push(op, &[x[0], x[1]])
    }

    /// Images and slopes that the method takes: of even and odd sizes, with every
    /// padding.
    fn cases() -> Vec<([usize; 4], [usize; 4], Window)> {
        vec![
            ([2, 6, 6, 32], [2, 6, 6, 32], padded([[1, 1], [1, 1]])),
            ([33, 5, 4, 32], [33, 5, 4, 32], padded([[1, 1], [1, 1]])),
            ([2, 6, 9, 48], [2, 4, 7, 32], padded([[0, 0], [0, 0]])),
            ([1, 5, 4, 32], [1, 5, 5, 48], padded([[2, 0], [1, 2]])),
        ]
    }

    #[test]
    fn hand_values() {
        // Ones everywhere: each cell of the kernel sees 16 windows of 4×4.
        let given = [
            batch(&[1, 6, 6, 32], &vec![1.0; 36 * 32]),
            batch(&[1, 4, 4, 32], &vec![1.0; 16 * 32]),
        ];
        let found = evaluate::<f32>(&given, |x| by(x, Window::default(), Method::Winograd));
        assert_eq!(found, Array::f32(&[3, 3, 32, 32], vec![16.0; 9 * 32 * 32]));
        // One cell and one window: the cell of the kernel between them.
        let one = |count: usize, place: usize| -> Vec<f64> {
            (0..count).map(|at| f64::from(u8::from(at == place))).collect()
        };
        for (y, x) in (0..4).flat_map(|y| (0..4).map(move |x| (y, x))) {
            for tap in 0..9 {
                let cell = (y + tap / 3) * 6 + x + tap % 3;
                let given = [
                    batch(&[1, 6, 6, 32], &one(36 * 32, cell * 32 + 5)),
                    batch(&[1, 4, 4, 32], &one(16 * 32, (y * 4 + x) * 32 + 7)),
                ];
                let found = evaluate::<f32>(&given, |x| by(x, Window::default(), Method::Winograd));
                assert_eq!(found.to_f64(), one(9 * 1024, tap * 1024 + 5 * 32 + 7), "{y} {x} {tap}");
            }
        }
    }

    #[test]
    fn in_twice_the_precision_it_is_the_direct_slope() {
        for (image, slope, window) in cases() {
            let (x, v) = (drawn(image.iter().product(), 1), drawn(slope.iter().product(), 2));
            // With rows of the batch, and without.
            let given: [[Given; 2]; 2] =
                [[batch(&image, &x), batch(&slope, &v)], [fixed(&image, &x), fixed(&slope, &v)]];
            for given in given {
                let direct = evaluate::<f64>(&given, |x| by(x, window, Method::Direct));
                let tiled = evaluate::<f64>(&given, |x| by(x, window, Method::Winograd));
                let chosen =
                    evaluate::<f64>(&given, |x| x[0].conv2d_weight_grad(x[1], window, [3, 3]));
                assert_eq!(chosen, tiled, "{image:?}");
                assert_ne!(direct, tiled, "{image:?}: no other way was taken");
                for (direct, tiled) in direct.to_f64().iter().zip(tiled.to_f64()) {
                    assert!((direct - tiled).abs() < 1e-12, "{image:?}: {direct} {tiled}");
                }
            }
        }
    }

    #[test]
    fn no_rows_have_no_slope() {
        let given = [batch(&[0, 6, 6, 32], &[]), batch(&[0, 6, 6, 32], &[])];
        let window = padded([[1, 1], [1, 1]]);
        let found = evaluate::<f32>(&given, |x| by(x, window, Method::Winograd));
        assert_eq!(found, Array::f32(&[3, 3, 32, 32], vec![0.0; 9 * 1024]));
    }

    #[test]
    fn gradients_agree_with_differences() {
        let (image, slope) = ([1, 4, 4, 32], [1, 2, 2, 32]);
        let given = [batch(&image, &drawn(512, 3)), batch(&slope, &drawn(128, 4))];
        check_gradient(&given, |x| by(x, Window::default(), Method::Winograd));
        let given = [fixed(&image, &drawn(512, 3)), fixed(&slope, &drawn(128, 4))];
        for of in 0..2 {
            check_gradient(&given, |x| {
                let y = by(x, Window::default(), Method::Winograd);
                gradients((y * y).sum_all(), &[x[of]])[0]
            });
        }
    }

    /// The largest error against f64, of the tiles and of the direct chain.
    fn errors(image: &[usize; 4], cells: Vec<f64>, slopes: Vec<f64>) -> [f64; 2] {
        let window = padded([[1, 1], [1, 1]]);
        let slope = [image[0], image[1], image[2], 32];
        let given: [Given; 2] = [batch(image, &cells), batch(&slope, &slopes)];
        let exact = evaluate::<f64>(&given, |x| by(x, window, Method::Direct)).to_f64();
        [Method::Winograd, Method::Direct].map(|method| {
            let found = evaluate::<f32>(&given, |x| by(x, window, method)).to_f64();
            let errors = exact.iter().zip(&found).map(|(exact, found)| (exact - found).abs());
            errors.fold(0.0, f64::max)
        })
    }

    /// Not more than four times the error of the direct chain, over the largest error
    /// of a kernel: of random numbers, and of such as are hard on differences.
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
        let slopes: [(&str, Maker); 7] = [
            ("random", |_, x| x),
            ("positive", |_, x| x.abs()),
            ("no sum", |at, x| if at / 32 % 4 == 1 { -3.0 } else { 1.0 } + 0.01 * x),
            ("alternating", |at, x| if at / 32 % 2 == 0 { 1.0 + x } else { x - 1.0 }),
            ("many sizes", |at, x| x * 10_f64.powi((at % 7) as i32 - 3)),
            // As behind a pooling: one window of four.
            ("one of four", |at, x| if (at / 32).is_multiple_of(4) { x } else { 0.0 }),
            ("one in all", |at, x| if at / 32 == 20 { 1000.0 * x } else { 0.001 * x }),
        ];
        let single = |value: f64| f64::from(value as f32);
        let mut worst: f64 = 0.0;
        for (rows, size) in [(2, [8, 7]), (33, [4, 4])] {
            let image = [rows, size[0], size[1], 32];
            for (cell, of_cell) in &cells {
                for (slope, of_slope) in &slopes {
                    for seed in 1..=2 {
                        let make = |seed: u64, of: &Maker| -> Vec<f64> {
                            let drawn = drawn(image.iter().product(), seed).into_iter();
                            drawn.enumerate().map(|(at, x)| single(of(at, x))).collect()
                        };
                        let (x, v) = (make(seed, of_cell), make(seed + 100, of_slope));
                        let [tiled, direct] = errors(&image, x, v);
                        assert!(
                            tiled <= 4.0 * direct,
                            "{cell} cells, {slope} slopes, {rows} rows: {tiled} {direct}"
                        );
                        worst = worst.max(tiled / direct);
                    }
                }
            }
        }
        // It is the other method that was measured.
        assert!(worst > 1.0, "{worst}");
    }
}
