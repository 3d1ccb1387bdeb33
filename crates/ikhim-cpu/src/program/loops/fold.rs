//! Reductions without the batch axis, over any axes, by the lane rule: the
//! elements of a group in row-major order go to 16 lanes in turn, and the lanes
//! are joined by the tree 8, 4, 2, 1.

use super::{Axis, Span, joined, strides};
use crate::kernel::{self, LaneFold, Terms};
use ikhim_graph::{Dim, Shape};
use ikhim_numeric::reduction::LANES;

/// A reduction over axes. A unit is one number of the result.
#[derive(Debug, Clone)]
pub(crate) struct Fold {
    fold: kernel::Fold,
    /// Sizes and strides of the axes that stay, but for the last ones.
    kept: Box<[(usize, usize)]>,
    /// Elements of the last axes, as far as they stay.
    width: usize,
    /// The axes that leave.
    inner: Box<[Axis]>,
    groups: usize,
}

/// Columns from which on vectors are worth it.
const COLUMNS: usize = 8;

/// Groups that are neighbors in memory and reduced side by side.
const TOGETHER: usize = 16;

impl Fold {
    pub(super) fn new(fold: kernel::Fold, shape: &Shape, axes: &[usize], rows: usize) -> Fold {
        let sizes = shape.sizes(rows);
        let steps = strides(&sizes);
        let last = axes.last().map_or(0, |axis| axis + 1);
        let stays = |axis: &usize| !axes.contains(axis);
        let kept = (0..last).filter(stays);
        let groups = kept.clone().map(|axis| sizes[axis]).product::<usize>();
        let kept = kept.filter(|axis| shape[*axis] != Dim::Fixed(1));
        let inner = axes.iter().map(|axis| Axis { count: sizes[*axis], from: steps[*axis], to: 0 });
        let width = sizes[last..].iter().product();
        Fold {
            fold,
            kept: kept.map(|axis| (sizes[axis], steps[axis])).collect(),
            width,
            inner: joined(inner),
            groups: groups * width,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.groups
    }

    pub(super) fn unit(&self) -> usize {
        self.inner.iter().map(|axis| axis.count).product()
    }

    pub(super) unsafe fn run(&self, span: &Span<'_>) {
        use kernel::Fold::{Max, Min, Product, Sum};
        // SAFETY: As the caller promises.
        unsafe {
            if let (Sum, [axis]) = (self.fold, &*self.inner)
                && self.width >= COLUMNS
            {
                return self.sums(span, axis);
            }
            match self.fold {
                Sum => self.groups(span, 0.0, |x, y| Sum.combine(x, y)),
                Product => self.groups(span, 1.0, |x, y| Product.combine(x, y)),
                Max => self.groups(span, Max.identity(), |x, y| Max.combine(x, y)),
                Min => self.groups(span, Min.identity(), |x, y| Min.combine(x, y)),
            }
        }
    }

    /// Sums of so many columns that they fill vectors.
    unsafe fn sums(&self, span: &Span<'_>, axis: &Axis) {
        let mut unit = span.units.start;
        while unit < span.units.end {
            let (group, column) = (unit / self.width, unit % self.width);
            let width = (self.width - column).min(span.units.end - unit);
            // SAFETY: The group is one of the input, its place one of the result.
            unsafe {
                (span.kernels.lane_fold)(&LaneFold {
                    input: span.input(0).add(self.start(group) + column),
                    terms: Terms::Values,
                    stride: axis.from,
                    count: axis.count,
                    width,
                    out: span.out.add(unit),
                });
            }
            unit += width;
        }
    }

    unsafe fn groups(&self, span: &Span<'_>, identity: f32, combine: impl Combine) {
        let input = span.input(0);
        let mut unit = span.units.start;
        while unit < span.units.end {
            let (group, column) = (unit / self.width, unit % self.width);
            let count = (self.width - column).min(span.units.end - unit).min(TOGETHER);
            // SAFETY: The group is one of the input, its place one of the result.
            unsafe {
                let from = input.add(self.start(group) + column);
                let out = span.out.add(unit);
                match count {
                    TOGETHER => self.columns::<TOGETHER>(from, identity, combine, out),
                    _ => (0..count).for_each(|at| {
                        self.columns::<1>(from.add(at), identity, combine, out.add(at));
                    }),
                }
            }
            unit += count;
        }
    }

    /// Where a group begins. The first axis may go on: rows are its entries.
    fn start(&self, group: usize) -> usize {
        let Some(((_, first), others)) = self.kept.split_first() else { return 0 };
        let (mut group, mut start) = (group, 0);
        for (size, stride) in others.iter().rev() {
            start += group % size * stride;
            group /= size;
        }
        start + group * first
    }

    unsafe fn columns<const W: usize>(
        &self,
        from: *const f32,
        identity: f32,
        combine: impl Combine,
        out: *mut f32,
    ) {
        let mut lanes = [[identity; W]; LANES];
        let mut at = 0;
        visit(&self.inner, 0, &mut |offset| {
            let lane = &mut lanes[at % LANES];
            for (column, number) in lane.iter_mut().enumerate() {
                // SAFETY: The element is one of the group.
                *number = combine(*number, unsafe { *from.add(offset + column) });
            }
            at += 1;
        });
        for half in [8, 4, 2, 1] {
            for lane in 0..half {
                let other = lanes[lane + half];
                for (number, other) in lanes[lane].iter_mut().zip(other) {
                    *number = combine(*number, other);
                }
            }
        }
        // SAFETY: There is a place for each column.
        unsafe { out.cast::<[f32; W]>().write_unaligned(lanes[0]) }
    }
}

/// How two numbers become one.
trait Combine: Fn(f32, f32) -> f32 + Copy {}

impl<F: Fn(f32, f32) -> f32 + Copy> Combine for F {}

/// The offset of each element in row-major order.
fn visit(axes: &[Axis], from: usize, to: &mut impl FnMut(usize)) {
    match axes {
        [] => to(from),
        [axis] => (0..axis.count).for_each(|at| to(from + at * axis.from)),
        [axis, inside @ ..] => {
            (0..axis.count).for_each(|at| visit(inside, from + at * axis.from, to));
        }
    }
}
