//! Kernels as loops over single numbers, until better ones are there.

use ikhim_numeric::Real;
use ikhim_numeric::reduction::LEAF_ROWS;

use crate::vector::Vector;

pub(crate) struct Product {
    pub(crate) a: *const f32,
    pub(crate) lda: usize,
    pub(crate) rows: usize,
    pub(crate) k: usize,
    pub(crate) b: *const f32,
    /// strides of b
    pub(crate) bk: usize,
    pub(crate) bn: usize,
    pub(crate) n: usize,
    pub(crate) c: *mut f32,
    pub(crate) ldc: usize,
}

#[inline(always)]
pub(crate) unsafe fn product<V: Vector>(p: &Product) {
    unsafe {
        for r in 0..p.rows {
            for j in 0..p.n {
                let mut sum = 0.0_f32;
                for k in 0..p.k {
                    sum = (*p.a.add(r * p.lda + k)).mul_add(*p.b.add(k * p.bk + j * p.bn), sum);
                }
                *p.c.add(r * p.ldc + j) = sum;
            }
        }
    }
}

pub(crate) struct RowsProduct {
    pub(crate) x: *const f32,
    pub(crate) ldx: usize,
    pub(crate) d: *const f32,
    pub(crate) ldd: usize,
    pub(crate) rows: usize,
    pub(crate) leaf: usize,
    pub(crate) k0: usize,
    pub(crate) k1: usize,
    pub(crate) n: usize,
    pub(crate) out: *mut f32,
}

fn join(values: &mut Vec<f32>, combine: impl Fn(f32, f32) -> f32) -> Option<f32> {
    ikhim_numeric::reduction::join_leaves(std::mem::take(values), combine)
}

#[inline(always)]
pub(crate) unsafe fn rows_product<V: Vector>(p: &RowsProduct) {
    unsafe {
        for k in p.k0..p.k1 {
            for j in 0..p.n {
                let mut leaves = Vec::new();
                let mut r = 0;
                while r < p.rows {
                    let end = (r + p.leaf).min(p.rows);
                    let mut sum = 0.0_f32;
                    for row in r..end {
                        sum = (*p.x.add(row * p.ldx + k)).mul_add(*p.d.add(row * p.ldd + j), sum);
                    }
                    leaves.push(sum);
                    r = end;
                }
                *p.out.add((k - p.k0) * p.n + j) = join(&mut leaves, |a, b| a + b).unwrap_or(0.0);
            }
        }
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum How {
    Sum,
    Product,
    Max,
    Min,
}

impl How {
    pub(crate) fn identity(self) -> f32 {
        match self {
            How::Sum => 0.0,
            How::Product => 1.0,
            How::Max => f32::NEG_INFINITY,
            How::Min => f32::INFINITY,
        }
    }

    #[inline(always)]
    pub(crate) fn combine(self, x: f32, y: f32) -> f32 {
        match self {
            How::Sum => x + y,
            How::Product => x * y,
            How::Max => Real::max(x, y),
            How::Min => Real::min(x, y),
        }
    }
}

/// Groups of `inner` neighbors by the lane rule.
#[inline(always)]
pub(crate) unsafe fn fold<V: Vector>(
    how: How,
    input: *const f32,
    groups: usize,
    inner: usize,
    out: *mut f32,
) {
    unsafe {
        for group in 0..groups {
            let mut lanes = [how.identity(); 16];
            for at in 0..inner {
                lanes[at % 16] = how.combine(lanes[at % 16], *input.add(group * inner + at));
            }
            if inner != 1 {
                for half in [8, 4, 2, 1] {
                    for lane in 0..half {
                        lanes[lane] = how.combine(lanes[lane], lanes[lane + half]);
                    }
                }
            }
            *out.add(group) = lanes[0];
        }
    }
}

/// Columns `first..end` over `entries` rows of width `columns`, leaves of `leaf`.
#[inline(always)]
#[allow(clippy::too_many_arguments)]
pub(crate) unsafe fn fold_rows<V: Vector>(
    how: How,
    input: *const f32,
    entries: usize,
    columns: usize,
    leaf: usize,
    first: usize,
    end: usize,
    out: *mut f32,
) {
    unsafe {
        for column in first..end {
            let mut leaves = Vec::new();
            let mut at = 0;
            while at < entries {
                let stop = (at + leaf).min(entries);
                let mut sum = how.combine(how.identity(), *input.add(at * columns + column));
                for row in at + 1..stop {
                    let value = how.combine(how.identity(), *input.add(row * columns + column));
                    sum = how.combine(sum, value);
                }
                leaves.push(sum);
                at = stop;
            }
            let joined = join(&mut leaves, |a, b| how.combine(a, b));
            *out.add(column - first) = joined.unwrap_or(how.identity());
        }
    }
}

/// The leaf length of an axis.
pub(crate) fn leaf(per_row: usize) -> usize {
    (LEAF_ROWS * per_row).max(1)
}
