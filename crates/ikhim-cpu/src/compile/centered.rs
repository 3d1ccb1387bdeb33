//! Sums of a row around centers: `Σ(x − m)²` and `Σ d·(x − m)` over what lies
//! between the row and its channels, as batch norm has them.
//!
//! Built from elementwise ops and a sum, they would be written for the sum alone.
//! Where the centers are those of the row, an image of repeated centers would be
//! written too.

use super::item::{Id, Kind, Reading, Space, View, space};
use super::lower::Lowering;
use super::window::WindowOp;
use crate::kernel::{Fold, MapOp};
use ikhim_graph::{DType, Dim, Op, Shape};

/// Channels from which on vectors are worth it.
const CHANNELS: usize = 8;

impl Lowering<'_> {
    /// A sum over the axes between row and channel as one around centers.
    pub(super) fn centered_sum(&self, fold: Fold, axes: &[usize], input: &View) -> Option<Kind> {
        let shape = &input.shape;
        let rank = shape.rank();
        let between = rank > 2 && axes.iter().copied().eq(1..rank - 1);
        let channels = match shape.last()? {
            Dim::Fixed(channels) => *channels,
            Dim::Batch(_) => return None,
        };
        let item = &self.items()[input.item];
        if fold != Fold::Sum
            || !between
            || !shape[0].is_batch()
            || channels < CHANNELS
            || item.shape != *shape
            || item.dtype != DType::F32
        {
            return None;
        }
        let Kind::Map { op: MapOp::Multiply, operands, .. } = &item.kind else { return None };
        let [(left, Reading::Each), (right, Reading::Each)] = operands[..] else { return None };
        let view = |item: Id| View { item, shape: shape.clone() };
        let by_rows = |id: Id| self.items()[id].space == Space::Rows;
        let inputs = if left == right {
            let (x, center) = self.centered(left, shape)?;
            vec![view(x), center]
        } else {
            let found = self.centered(right, shape).map(|found| (left, found));
            let found = found.or_else(|| Some((right, self.centered(left, shape)?)));
            let (factor, (x, center)) = found?;
            vec![view(x), view(factor), center]
        };
        let all_by_rows = inputs[..inputs.len() - 1].iter().all(|view| by_rows(view.item));
        all_by_rows.then_some(Kind::Windows { op: WindowOp::CenteredSum, inputs, by_row: true })
    }

    /// `x` and the centers of `x − center`, one center for each channel or for each
    /// channel of each row.
    fn centered(&self, id: Id, shape: &Shape) -> Option<(Id, View)> {
        let item = &self.items()[id];
        let Kind::Map { op: MapOp::Subtract, operands, width } = &item.kind else { return None };
        let [(x, Reading::Each), (center, reading)] = operands[..] else { return None };
        let channels = shape.last()?;
        if item.shape != *shape {
            return None;
        }
        let center = match reading {
            Reading::OfColumn if Dim::Fixed(*width) == *channels => {
                View { item: center, shape: [*channels].into_iter().collect() }
            }
            Reading::Each => {
                let Kind::Loops { op: Op::Broadcast(_), inputs, .. } = &self.items()[center].kind
                else {
                    return None;
                };
                let of_row = &inputs[0].shape;
                let rank = shape.rank();
                let is_of_row = of_row.rank() == rank
                    && of_row[0] == shape[0]
                    && of_row[rank - 1] == *channels
                    && of_row[1..rank - 1].iter().all(|dim| *dim == Dim::Fixed(1))
                    && self.items()[inputs[0].item].space == space(of_row);
                if !is_of_row {
                    return None;
                }
                inputs[0].clone()
            }
            _ => return None,
        };
        Some((x, center))
    }
}
