//! The slope of a rectifier before a max pooling.
//!
//! Where the largest cell of a window is not above 0, nothing of the window's
//! slope passes the rectifier. So the slopes of the windows are set to 0, which
//! are few, instead of those of the cells, which then need not be known any more:
//! `max_unpool(d)` where `x > 0` is `max_unpool(d where max_pool(relu(x)) > 0)`
//! to the last bit, for all windows with the same largest cell agree about it, a
//! sum of zeros is 0, and NaN is not above 0 on either side.
//!
//! Where elements of the pooling were dropped, their slopes are 0 already. Both
//! choices become one, made on the way forth, so that the way back keeps one mask:
//! `(d where kept, else 0) · s` is 0 where not kept, for every `s` above 0.

use super::item::{Id, Item, Kind, Reading, View, space};
use super::lower::Lowering;
use super::window::WindowOp;
use crate::kernel::MapOp;
use ikhim_graph::{DType, NodeId, Shape};

impl Lowering<'_> {
    /// A choice between 0 and the slope of a max pooling, as the slope of another
    /// one, where the choice is that of a rectifier before the pooling.
    pub(super) fn masked_unpool(&mut self, index: usize, inputs: &[View]) -> Option<Kind> {
        let [mask, zero, cells] = inputs else { return None };
        let shape = &self.definition.nodes()[index].shape;
        if !self.is_zero(zero) || mask.shape != *shape || cells.shape != *shape {
            return None;
        }
        let Kind::Windows { op: WindowOp::Unpool(pool), inputs, by_row } = self.kind_of(cells)?
        else {
            return None;
        };
        let (slopes, places) = (inputs[0].clone(), inputs[1].clone());
        let Kind::Windows { inputs: images, .. } = self.kind_of(&places)? else { return None };
        let image = &images[0];
        // The mask tells where x is at most 0, and the image is x made 0 there.
        let Kind::Map { op: MapOp::LessEqual, operands, .. } = self.kind_of(mask)? else {
            return None;
        };
        let [(x, Reading::Each), (least, Reading::Single)] = operands[..] else { return None };
        let Kind::Map { op: MapOp::Select, operands, .. } = self.kind_of(image)? else {
            return None;
        };
        let is_rectified = operands[..]
            == [(mask.item, Reading::Each), (least, Reading::Single), (x, Reading::Each)];
        let scalar = View { item: least, shape: Shape::scalar() };
        if !is_rectified || !self.is_zero(&scalar) {
            return None;
        }
        let (pool, by_row) = (pool.clone(), *by_row);
        let largest = self.items().iter().position(|item| match &item.kind {
            Kind::Windows { op: WindowOp::Max(own), inputs, .. } => {
                own.windows() == pool.windows() && *inputs == *images
            }
            _ => false,
        })?;
        self.kind_of(&slopes)?;
        let mut below = self.map_like(
            &slopes,
            MapOp::LessEqual,
            DType::Bool,
            &[(largest, Reading::Each), (least, Reading::Single)],
        );
        let mut given = slopes.item;
        if let Some((kept, slope, scale)) = self.dropped(&slopes) {
            let dropped = [(kept, Reading::Each)];
            let dropped = self.map_like(&slopes, MapOp::Not, DType::Bool, &dropped);
            let either = [(below, Reading::Each), (dropped, Reading::Each)];
            below = self.map_like(&slopes, MapOp::Or, DType::Bool, &either);
            let scaled = [(slope, Reading::Each), (scale, Reading::Single)];
            given = self.map_like(&slopes, MapOp::Multiply, DType::F32, &scaled);
        }
        let slope = self.map_like(
            &slopes,
            MapOp::Select,
            DType::F32,
            &[(below, Reading::Each), (least, Reading::Single), (given, Reading::Each)],
        );
        let slopes = View { item: slope, shape: slopes.shape };
        Some(Kind::Windows { op: WindowOp::Unpool(pool), inputs: vec![slopes, places], by_row })
    }

    /// The mask, the slope and the factor of `(slope where kept, else 0) · factor`, the
    /// factor a number above 0.
    fn dropped(&self, slopes: &View) -> Option<(Id, Id, Id)> {
        let Kind::Map { op: MapOp::Multiply, operands, .. } = self.kind_of(slopes)? else {
            return None;
        };
        let [(chosen, Reading::Each), (scale, Reading::Single)] = operands[..] else { return None };
        let Kind::Map { op: MapOp::Select, operands, .. } = &self.items()[chosen].kind else {
            return None;
        };
        let [(kept, Reading::Each), (slope, Reading::Each), (zero, Reading::Single)] = operands[..]
        else {
            return None;
        };
        let scalar = |item: Id| View { item, shape: Shape::scalar() };
        let is_above =
            self.number(&scalar(scale)).is_some_and(|scale| scale > 0.0 && scale.is_finite());
        let have_shape = [chosen, kept, slope].map(|id| self.items()[id].shape == slopes.shape);
        (is_above && self.is_zero(&scalar(zero)) && have_shape == [true; 3])
            .then_some((kept, slope, scale))
    }

    /// What computes a view that has the sizes of its item.
    fn kind_of(&self, view: &View) -> Option<&Kind> {
        let item = &self.items()[view.item];
        (item.shape == view.shape).then_some(&item.kind)
    }

    /// An elementwise op over the elements of a view.
    fn map_like(&mut self, view: &View, op: MapOp, dtype: DType, operands: &[(Id, Reading)]) -> Id {
        let node: NodeId = self.items()[view.item].node;
        self.push(Item {
            kind: Kind::Map { op, operands: operands.to_vec(), width: 0 },
            shape: view.shape.clone(),
            dtype,
            space: space(&view.shape),
            node,
        })
    }
}
