//! What the reductions over axes share: which elements belong together, and in
//! which order they are combined.
//!
//! The order is part of the numeric contract. Without the batch axis among the
//! reduced ones: the elements of a group in row-major order go to 16 lanes in
//! turn, and the lanes are joined by a fixed tree. With it: each entry of the
//! batch axis is first reduced over the other axes by that rule, the entries of
//! a leaf of 32 rows are combined in ascending order, and the leaves are joined
//! pairwise.

use crate::tensor::{axis_fault, resolve_axis};
use crate::value::{Precise, offsets, strides};
use crate::{Dim, Result, Shape, Tensor};
use ikhim_numeric::reduction::{LEAF_ROWS, join_leaves};
use ikhim_text::Fault;

/// Number of lanes of a reduction.
const LANES: usize = 16;

impl<'g> Tensor<'g> {
    /// Axes counted from either end as ascending indices without repetition.
    #[track_caller]
    pub(crate) fn resolve_axes(self, axes: &[isize]) -> Option<Vec<usize>> {
        self.node()?;
        let shape = self.shape();
        let mut found = Vec::with_capacity(axes.len());
        for axis in axes {
            match resolve_axis(*axis, shape.rank()) {
                Some(index) => found.push(index),
                None => {
                    self.graph().fail(axis_fault(*axis, &shape));
                    return None;
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        Some(found)
    }
}

/// The shape that is left when axes are reduced away.
pub(super) fn remaining(shape: &Shape, axes: &[usize]) -> Result<Shape> {
    if let Some(axis) = axes.iter().find(|axis| **axis >= shape.rank()) {
        return Err(axis_fault(*axis as isize, shape));
    }
    if !axes.is_sorted_by(|axis, next| axis < next) {
        return Err(Fault::of("shape.mismatch")
            .with("expected", "axes in ascending order")
            .with("found", format!("{axes:?}")));
    }
    let kept = (0..shape.rank()).filter(|axis| !axes.contains(axis));
    Ok(kept.map(|axis| shape[axis]).collect())
}

/// A reduced value repeated along the axes that were reduced away.
#[track_caller]
pub(super) fn restore<'g>(reduced: Tensor<'g>, axes: &[usize], shape: &Shape) -> Tensor<'g> {
    let kept: Shape = (0..shape.rank())
        .map(|axis| if axes.contains(&axis) { Dim::Fixed(1) } else { shape[axis] })
        .collect();
    reduced.reshape(&kept).broadcast_to(shape)
}

/// The elements of a tensor grouped by the position on the axes that stay.
/// Groups whose elements are neighbors in memory are reduced side by side.
pub(super) struct Groups {
    /// Where each run of neighboring groups starts.
    starts: Vec<usize>,
    /// How many neighboring groups a run has: the sizes of the last axes, as
    /// far as they stay.
    width: usize,
    /// The offsets of the elements of one entry of the batch axis; of all
    /// elements of a group when the batch axis stays.
    inner: Vec<usize>,
    /// Whether those elements are neighbors.
    adjacent: bool,
    /// The batch axis when it is reduced.
    batch: Option<BatchAxis>,
}

struct BatchAxis {
    entries: usize,
    stride: usize,
    /// Entries of a leaf.
    leaf: usize,
}

impl Groups {
    /// The groups of a tensor over `rows` rows that is reduced over axes.
    pub(super) fn new(shape: &Shape, axes: &[usize], rows: usize) -> Groups {
        let sizes = shape.sizes(rows);
        let strides = strides(&sizes);
        let last = axes.last().map_or(0, |axis| axis + 1);
        let width = sizes[last..].iter().product();
        let mut kept = Vec::new();
        let mut inner = Vec::new();
        let mut batch = None;
        for axis in 0..last {
            match shape[axis] {
                _ if !axes.contains(&axis) => kept.push((sizes[axis], strides[axis])),
                Dim::Fixed(size) => inner.push((size, strides[axis])),
                Dim::Batch(per_row) => {
                    let leaf = (LEAF_ROWS * per_row).max(1);
                    batch = Some(BatchAxis { entries: sizes[axis], stride: strides[axis], leaf });
                }
            }
        }
        let inner = offsets(&inner);
        let adjacent = width == 1 && inner.iter().enumerate().all(|(at, offset)| at == *offset);
        Groups { starts: offsets(&kept), width, inner, adjacent, batch }
    }

    /// Reduces each group, in row-major order of the axes that stay.
    pub(super) fn reduce<T: Precise>(
        &self,
        values: &[T],
        identity: T,
        combine: impl Fn(T, T) -> T + Copy,
    ) -> Vec<T> {
        let mut reduced = Vec::with_capacity(self.starts.len() * self.width);
        if self.width == 0 {
            return reduced;
        }
        for start in &self.starts {
            match &self.batch {
                None => reduced.extend(self.entry(values, *start, identity, combine)),
                Some(batch) => {
                    reduced.extend(self.rows(values, *start, batch, identity, combine));
                }
            }
        }
        reduced
    }

    /// Combines the entries of the batch axis for one run of groups.
    fn rows<T: Precise>(
        &self,
        values: &[T],
        start: usize,
        batch: &BatchAxis,
        identity: T,
        combine: impl Fn(T, T) -> T + Copy,
    ) -> Vec<T> {
        if batch.entries == 0 {
            return vec![identity; self.width];
        }
        let entry = |at: usize| self.entry(values, start + at * batch.stride, identity, combine);
        let join = |mut left: Vec<T>, right: Vec<T>| {
            for (left, right) in left.iter_mut().zip(right) {
                *left = combine(*left, right);
            }
            left
        };
        let leaves = (0..batch.entries).step_by(batch.leaf).map(|first| {
            let end = (first + batch.leaf).min(batch.entries);
            (first + 1..end).fold(entry(first), |sum, at| join(sum, entry(at)))
        });
        join_leaves(leaves.collect(), join).unwrap_or_default()
    }

    /// Combines the elements of one entry over the lanes, for one run of groups.
    fn entry<T: Precise>(
        &self,
        values: &[T],
        start: usize,
        identity: T,
        combine: impl Fn(T, T) -> T + Copy,
    ) -> Vec<T> {
        let width = self.width;
        if self.inner.len() == 1 {
            // One lane holds the element, the others the identity.
            return values[start..start + width].iter().map(|x| combine(identity, *x)).collect();
        }
        if self.adjacent {
            return vec![lanes(&values[start..start + self.inner.len()], identity, combine)];
        }
        let mut lanes = vec![identity; LANES * width];
        for (at, offset) in self.inner.iter().enumerate() {
            let lane = &mut lanes[at % LANES * width..][..width];
            for (lane, value) in lane.iter_mut().zip(&values[start + offset..][..width]) {
                *lane = combine(*lane, *value);
            }
        }
        for half in [8, 4, 2, 1] {
            let (low, high) = lanes.split_at_mut(half * width);
            for (low, high) in low.iter_mut().zip(high) {
                *low = combine(*low, *high);
            }
        }
        lanes.truncate(width);
        lanes
    }
}

/// Combines neighboring elements over the lanes.
fn lanes<T: Precise>(values: &[T], identity: T, combine: impl Fn(T, T) -> T) -> T {
    let mut lanes = [identity; LANES];
    for chunk in values.chunks(LANES) {
        for (lane, value) in lanes.iter_mut().zip(chunk) {
            *lane = combine(*lane, *value);
        }
    }
    for half in [8, 4, 2, 1] {
        for lane in 0..half {
            lanes[lane] = combine(lanes[lane], lanes[lane + half]);
        }
    }
    lanes[0]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Dim;
    use std::collections::BTreeMap;

    /// Numbers of very different sizes, so that another order gives other bits.
    fn uneven(count: usize) -> Vec<f32> {
        let mixed = |at: usize| (at as u32 + 1).wrapping_mul(0x9e37_79b9) >> 7;
        (0..count).map(|at| (mixed(at) as f32 - 1e7) / (1 << (mixed(at) % 23)) as f32).collect()
    }

    /// What a lane starts from, and how two elements are combined.
    type Combination = (f32, fn(f32, f32) -> f32);

    /// All positions of a shape in row-major order.
    fn positions(sizes: &[usize]) -> Vec<Vec<usize>> {
        sizes.iter().fold(vec![Vec::new()], |positions, size| {
            let longer = |position: &Vec<usize>, at| [position.as_slice(), &[at]].concat();
            positions.iter().flat_map(|p| (0..*size).map(move |at| longer(p, at))).collect()
        })
    }

    /// 16 lanes in turn, joined by the tree 8, 4, 2, 1.
    fn by_lanes(values: &[f32], identity: f32, combine: fn(f32, f32) -> f32) -> f32 {
        let mut lanes = [identity; 16];
        for (at, value) in values.iter().enumerate() {
            lanes[at % 16] = combine(lanes[at % 16], *value);
        }
        for half in [8, 4, 2, 1] {
            for lane in 0..half {
                lanes[lane] = combine(lanes[lane], lanes[lane + half]);
            }
        }
        lanes[0]
    }

    /// Leaves of so many entries in ascending order, joined pairwise.
    fn by_leaves(entries: &[f32], leaf: usize, combine: fn(f32, f32) -> f32) -> Option<f32> {
        let leaves = entries.chunks(leaf).filter_map(|leaf| leaf.iter().copied().reduce(combine));
        let mut level: Vec<f32> = leaves.collect();
        while level.len() > 1 {
            let join = |pair: &[f32]| pair.iter().copied().reduce(combine);
            level = level.chunks(2).filter_map(join).collect();
        }
        level.pop()
    }

    /// The rule of the module's comment, word by word.
    fn plainly(
        values: &[f32],
        shape: &Shape,
        axes: &[usize],
        rows: usize,
        (identity, combine): Combination,
    ) -> Vec<f32> {
        let sizes = shape.sizes(rows);
        let kept: Vec<usize> = (0..sizes.len()).filter(|axis| !axes.contains(axis)).collect();
        let batch = axes.iter().copied().find(|axis| shape[*axis].is_batch());
        let entries = batch.map_or(1, |axis| sizes[axis]);
        let place = |position: &[usize]| -> Vec<usize> {
            kept.iter().map(|axis| position[*axis]).collect()
        };
        let mut groups: BTreeMap<Vec<usize>, Vec<Vec<f32>>> = BTreeMap::new();
        for position in positions(&kept.iter().map(|axis| sizes[*axis]).collect::<Vec<_>>()) {
            groups.insert(position, vec![Vec::new(); entries]);
        }
        for (position, value) in positions(&sizes).iter().zip(values) {
            let row = batch.map_or(0, |axis| position[axis]);
            groups.entry(place(position)).or_default()[row].push(*value);
        }
        let reduce = |group: &Vec<Vec<f32>>| {
            let entries: Vec<f32> =
                group.iter().map(|entry| by_lanes(entry, identity, combine)).collect();
            let per_row = match batch.map(|axis| shape[axis]) {
                Some(Dim::Batch(per_row)) => per_row,
                _ => 1,
            };
            by_leaves(&entries, 32 * per_row, combine).unwrap_or(identity)
        };
        groups.values().map(reduce).collect()
    }

    #[test]
    fn every_way_of_reducing_has_the_bits_of_the_rule() {
        let rules: [Combination; 3] =
            [(0.0, |x, y| x + y), (1.0, |x, y| x * y), (f32::NEG_INFINITY, f32::max)];
        let (two, n) = (Dim::Fixed(2), Dim::Batch(1));
        let shapes: [&[Dim]; 12] = [
            &[],
            &[Dim::Fixed(37)],
            &[n],
            &[Dim::Batch(3)],
            &[Dim::Fixed(5), Dim::Fixed(19)],
            &[n, Dim::Fixed(3)],
            &[n, Dim::Fixed(18)],
            &[Dim::Fixed(3), n],
            &[two, Dim::Fixed(17), Dim::Fixed(3)],
            &[n, Dim::Fixed(4), Dim::Fixed(5)],
            &[two, n, Dim::Fixed(3)],
            &[n, Dim::Fixed(0), two],
        ];
        for dims in shapes {
            let shape = Shape::from(dims);
            for rows in [0, 1, 2, 33, 70] {
                let values = uneven(shape.sizes(rows).iter().product());
                for chosen in 0..1_usize << shape.rank() {
                    let axes: Vec<usize> =
                        (0..shape.rank()).filter(|axis| chosen >> axis & 1 == 1).collect();
                    for (identity, combine) in rules {
                        let groups = Groups::new(&shape, &axes, rows);
                        let found = groups.reduce(&values, identity, combine);
                        let expected = plainly(&values, &shape, &axes, rows, (identity, combine));
                        assert_eq!(found, expected, "{shape} over {axes:?}, {rows} rows");
                    }
                }
            }
        }
    }
}
