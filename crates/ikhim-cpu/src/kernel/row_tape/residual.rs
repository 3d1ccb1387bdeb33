//! The errors of a linear model and their sums in one visit of each row.

use super::super::narrow_reduce_product::SUMS;
use super::{Residual, SLOT};
use crate::vector::Vector;

/// Adds what `count` rows of a piece give to the sums.
///
/// # Safety
/// The slots hold the rows, and the numbers can be read.
#[inline(always)]
pub(super) unsafe fn residual<V: Vector>(
    of: &Residual,
    slots: *mut f32,
    count: usize,
    sums: &mut [V; SUMS],
) {
    // SAFETY: As the caller promises.
    unsafe {
        match of.columns {
            1 => rows::<V, 1>(of, slots, count, sums),
            2 => rows::<V, 2>(of, slots, count, sums),
            3 => rows::<V, 3>(of, slots, count, sums),
            _ => rows::<V, 4>(of, slots, count, sums),
        }
    }
}

#[inline(always)]
unsafe fn rows<V: Vector, const COLUMNS: usize>(
    of: &Residual,
    slots: *mut f32,
    count: usize,
    sums: &mut [V; SUMS],
) {
    // SAFETY: As the caller promises.
    unsafe {
        let number = |number: Option<*const f32>, missing: f32| {
            V::splat(number.map_or(missing, |number| *number))
        };
        let (x, y) = (slots.add(of.slots * SLOT), slots.add(of.target * SLOT));
        let mut weights = [V::splat(0.0); COLUMNS];
        for column in 0..COLUMNS {
            weights[column] = V::splat(*of.weights.add(column));
        }
        let offset = number(of.offset, -0.0);
        let factors = of.factors.map(|factor| number(factor, 1.0));
        let held = |sum: Option<usize>| sum.map_or(V::splat(0.0), |sum| sums[sum]);
        let (mut squares, mut sum) = (held(of.squares), held(of.sum));
        let mut products = [V::splat(0.0); COLUMNS];
        products.copy_from_slice(&sums[of.products..of.products + COLUMNS]);
        for row in 0..count {
            let mut numbers = [V::splat(0.0); COLUMNS];
            let mut error = V::splat(0.0);
            for column in 0..COLUMNS {
                numbers[column] = V::load(x.add((row * COLUMNS + column) * V::LANES));
                error = numbers[column].mul_add(weights[column], error);
            }
            error = error + offset - V::load(y.add(row * V::LANES));
            squares = squares + error * error;
            let fraction = error * factors[0] * factors[1];
            sum = sum + fraction;
            for column in 0..COLUMNS {
                products[column] = numbers[column].mul_add(fraction, products[column]);
            }
        }
        if let Some(place) = of.squares {
            sums[place] = squares;
        }
        if let Some(place) = of.sum {
            sums[place] = sum;
        }
        sums[of.products..of.products + COLUMNS].copy_from_slice(&products);
    }
}
