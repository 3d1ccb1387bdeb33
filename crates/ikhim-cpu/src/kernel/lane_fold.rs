//! Sums of columns by the lane rule: the entries of a column go to 16 lanes in
//! turn, and the lanes are joined by the tree 8, 4, 2, 1.

use super::pack::{load_some, store_some};
use crate::vector::Vector;

/// Columns beside each other, each summed to one number.
pub(crate) struct LaneFold {
    pub(crate) input: *const f32,
    /// What of an entry is summed.
    pub(crate) terms: Terms,
    /// The distance between entries of a column.
    pub(crate) stride: usize,
    /// Entries of a column.
    pub(crate) count: usize,
    /// How many columns.
    pub(crate) width: usize,
    pub(crate) out: *mut f32,
}

/// The terms of a sum over entries x. A center is a number for each column.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Terms {
    /// x itself.
    Values,
    /// (x − center)².
    Squares { center: *const f32 },
    /// factor · (x − center), with a factor for each entry, as far apart as these.
    Products { factor: *const f32, center: *const f32 },
}

/// The lanes of the contract, whatever those of a vector are.
const LANES: usize = ikhim_numeric::reduction::LANES;

/// Which terms, as a constant, so that a loop holds no choice.
const VALUES: u8 = 0;
const SQUARES: u8 = 1;
const PRODUCTS: u8 = 2;

/// Computes the sums.
///
/// # Safety
/// The columns, factors and centers can be read and the sums written as described.
#[inline(always)]
pub(super) unsafe fn run<V: Vector>(fold: &LaneFold) {
    // SAFETY: As the caller promises.
    unsafe {
        match fold.terms {
            Terms::Values => sums::<V, VALUES>(fold, fold.input, fold.input),
            Terms::Squares { center } => sums::<V, SQUARES>(fold, fold.input, center),
            Terms::Products { factor, center } => sums::<V, PRODUCTS>(fold, factor, center),
        }
    }
}

#[inline(always)]
unsafe fn sums<V: Vector, const TERMS: u8>(
    fold: &LaneFold,
    factor: *const f32,
    center: *const f32,
) {
    let LaneFold { input, stride, count, width, out, .. } = *fold;
    for column in (0..width).step_by(V::LANES) {
        let left = width - column;
        let mut lanes = [V::splat(0.0); LANES];
        // SAFETY: As the caller promises.
        unsafe {
            let center = match TERMS {
                VALUES => V::splat(0.0),
                _ => load_some(center.add(column), left),
            };
            let mut entry = column;
            for _ in 0..count / LANES {
                for lane in 0..LANES {
                    let at = entry + lane * stride;
                    let term = term::<V, TERMS>(input, factor, center, at, left);
                    lanes[lane] = lanes[lane] + term;
                }
                entry += LANES * stride;
            }
            for lane in 0..LANES {
                if lane < count % LANES {
                    let at = entry + lane * stride;
                    let term = term::<V, TERMS>(input, factor, center, at, left);
                    lanes[lane] = lanes[lane] + term;
                }
            }
            for half in [8, 4, 2, 1] {
                for lane in 0..half {
                    lanes[lane] = lanes[lane] + lanes[lane + half];
                }
            }
            store_some(lanes[0], out.add(column), left);
        }
    }
}

/// The terms of neighboring columns at a place.
#[inline(always)]
unsafe fn term<V: Vector, const TERMS: u8>(
    input: *const f32,
    factor: *const f32,
    center: V,
    at: usize,
    left: usize,
) -> V {
    // SAFETY: As the caller of `run` promises.
    unsafe {
        let x: V = load_some(input.add(at), left);
        match TERMS {
            VALUES => x,
            SQUARES => (x - center) * (x - center),
            _ => load_some::<V>(factor.add(at), left) * (x - center),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::check::{Target, assert_same, at_every_level, special};
    use super::*;
    use ikhim_numeric::reduction::lane_sum;

    #[test]
    fn every_width_and_count() {
        for (count, width) in (0..40).flat_map(|count| [1, 5, 8, 16, 17, 33].map(|w| (count, w))) {
            let stride = width + count % 3;
            let numbers = |seed| special(seed, count * stride + width, 50);
            let (input, factor) = (numbers(1), numbers(2));
            let center = special(3, width, u32::MAX);
            let table = [
                Terms::Values,
                Terms::Squares { center: center.as_ptr() },
                Terms::Products { factor: factor.as_ptr(), center: center.as_ptr() },
            ];
            for terms in table {
                let expected: Vec<f32> = (0..width)
                    .map(|column| {
                        let each = (0..count).map(|entry| {
                            let at = entry * stride + column;
                            let apart = input[at] - center[column];
                            match terms {
                                Terms::Values => input[at],
                                Terms::Squares { .. } => apart * apart,
                                Terms::Products { .. } => factor[at] * apart,
                            }
                        });
                        lane_sum::<f32>(each)
                    })
                    .collect();
                at_every_level(|level, kernels| {
                    let mut out = Target::new(1, width, width + 1);
                    let (input, out_of) = (input.as_ptr(), out.start());
                    let fold = LaneFold { input, terms, stride, count, width, out: out_of };
                    // SAFETY: All sizes are those of the vectors above.
                    unsafe { (kernels.lane_fold)(&fold) }
                    let what = format!("{level} {terms:?} {count}×{width}");
                    assert_same(&out.read(), &expected, &what);
                });
            }
        }
    }
}
