//! The errors of a linear model and their sums in one visit of each row.

use super::super::narrow_reduce_product::SUMS;
use super::turn::{AHEAD, LINE};
use super::{Residual, SLOT, Source};
use crate::vector::{Vector, ask};
use ikhim_numeric::reduction::LEAF_ROWS;

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

/// Adds what whole leaves give to the sums, as many as a vector has lanes. Four
/// rows of each leaf are turned and visited at a time, and never leave registers.
///
/// # Safety
/// The sources hold the rows of these leaves, and the numbers can be read.
#[inline(always)]
pub(super) unsafe fn residual_of_leaves<V: Vector>(
    of: &Residual,
    sources: &[Source],
    first: usize,
    sums: &mut [V; SUMS],
) {
    let from = |slot: usize| {
        let source = sources.iter().find(|source| source.slot == slot);
        source.map_or(std::ptr::null(), |source| source.from)
    };
    let (x, y) = (from(of.slots), from(of.target));
    // SAFETY: As the caller promises; what a residual reads is a source.
    unsafe {
        let (x, y) = (x.add(first * of.columns), y.add(first));
        match of.columns {
            1 => leaves::<V, 1>(of, x, y, sums),
            2 => leaves::<V, 2>(of, x, y, sums),
            3 => leaves::<V, 3>(of, x, y, sums),
            _ => leaves::<V, 4>(of, x, y, sums),
        }
    }
}

#[inline(always)]
unsafe fn leaves<V: Vector, const COLUMNS: usize>(
    of: &Residual,
    x: *const f32,
    y: *const f32,
    sums: &mut [V; SUMS],
) {
    // SAFETY: As the caller promises.
    unsafe {
        let mut running = Running::<V, COLUMNS>::new(of, sums);
        for row in (0..LEAF_ROWS).step_by(4) {
            // Row by row, the numbers of four rows are as many fours as columns.
            let mut numbers = [[V::splat(0.0); 4]; COLUMNS];
            for four in 0..COLUMNS {
                let from = x.add(row * COLUMNS + 4 * four);
                numbers[four] = V::load_turned_four(from, LEAF_ROWS * COLUMNS);
            }
            let targets = V::load_turned_four(y.add(row), LEAF_ROWS);
            // Of both, as many rows ahead as are visited here.
            let ahead = AHEAD + row * V::LANES;
            for line in 0..4 * COLUMNS * V::LANES / LINE {
                ask(x.wrapping_add(ahead * COLUMNS + line * LINE));
            }
            for line in 0..4 * V::LANES / LINE {
                ask(y.wrapping_add(ahead + line * LINE));
            }
            for at in 0..4 {
                let mut row = [V::splat(0.0); COLUMNS];
                for column in 0..COLUMNS {
                    let number = at * COLUMNS + column;
                    row[column] = numbers[number / 4][number % 4];
                }
                running.visit(row, targets[at]);
            }
        }
        running.keep(of, sums);
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
        let (x, y) = (slots.add(of.slots * SLOT), slots.add(of.target * SLOT));
        let mut running = Running::<V, COLUMNS>::new(of, sums);
        for row in 0..count {
            let mut numbers = [V::splat(0.0); COLUMNS];
            for column in 0..COLUMNS {
                numbers[column] = V::load(x.add((row * COLUMNS + column) * V::LANES));
            }
            running.visit(numbers, V::load(y.add(row * V::LANES)));
        }
        running.keep(of, sums);
    }
}

/// The numbers of the model and the sums, in registers.
struct Running<V, const COLUMNS: usize> {
    weights: [V; COLUMNS],
    offset: V,
    factors: [V; 2],
    squares: V,
    sum: V,
    products: [V; COLUMNS],
}

impl<V: Vector, const COLUMNS: usize> Running<V, COLUMNS> {
    /// # Safety
    /// The numbers can be read.
    #[inline(always)]
    unsafe fn new(of: &Residual, sums: &[V; SUMS]) -> Self {
        // SAFETY: As the caller promises.
        unsafe {
            let number = |number: Option<*const f32>, missing: f32| {
                V::splat(number.map_or(missing, |number| *number))
            };
            let held = |sum: Option<usize>| sum.map_or(V::splat(0.0), |sum| sums[sum]);
            let mut weights = [V::splat(0.0); COLUMNS];
            for column in 0..COLUMNS {
                weights[column] = V::splat(*of.weights.add(column));
            }
            let mut products = [V::splat(0.0); COLUMNS];
            products.copy_from_slice(&sums[of.products..of.products + COLUMNS]);
            Running {
                weights,
                offset: number(of.offset, -0.0),
                factors: [number(of.factors[0], 1.0), number(of.factors[1], 1.0)],
                squares: held(of.squares),
                sum: held(of.sum),
                products,
            }
        }
    }

    /// One row of each leaf, and its target.
    #[inline(always)]
    fn visit(&mut self, numbers: [V; COLUMNS], target: V) {
        let mut error = V::splat(0.0);
        for column in 0..COLUMNS {
            error = numbers[column].mul_add(self.weights[column], error);
        }
        let error = error + self.offset - target;
        self.squares = self.squares + error * error;
        let fraction = error * self.factors[0] * self.factors[1];
        self.sum = self.sum + fraction;
        for column in 0..COLUMNS {
            self.products[column] = numbers[column].mul_add(fraction, self.products[column]);
        }
    }

    #[inline(always)]
    fn keep(self, of: &Residual, sums: &mut [V; SUMS]) {
        if let Some(place) = of.squares {
            sums[place] = self.squares;
        }
        if let Some(place) = of.sum {
            sums[place] = self.sum;
        }
        sums[of.products..of.products + COLUMNS].copy_from_slice(&self.products);
    }
}
