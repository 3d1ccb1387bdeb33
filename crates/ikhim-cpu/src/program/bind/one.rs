//! Instructions that are not chains, with their addresses.

use super::Binder;
use crate::compile::layout::is_narrow;
use crate::compile::lower::{Id, Item, Kind, Packed, Space, View, elements};
use crate::compile::schedule::Instruction;
use crate::compile::window::WindowOp;
use crate::kernel::{Fold, panel_width};
use crate::program::plan::Place;
use crate::program::tile::{ProductTile, loops_of, rows_of_tile};
use crate::program::work::{At, Head, Packing, Reduction, RowsFold, RowsProduct, Work, leaf};

impl Binder<'_> {
    pub(super) fn one(&self, id: Id) -> Work {
        let item = &self.items()[id];
        let rows = self.plan.rows;
        let count = elements(&item.shape);
        let block_rows = self.block_rows(id);
        // In a phase that does not go by rows, an op is done for all of them.
        let by_row = self.schedule.spots[id].is_none_or(|spot| spot.by_row);
        let in_tile = match item.space {
            Space::Whole => rows,
            Space::Rows if !by_row => rows,
            Space::Rows | Space::Fixed => 1,
        };
        match item.kind.clone() {
            Kind::Product { left, right, rows: own, inner, columns, .. } => Work::Product {
                a: self.at(left),
                rows: own * in_tile,
                k: inner,
                b: self.base(right),
                width: self.width_of_pack(inner, columns),
                n: columns,
                c: self.at(id),
                tile: ProductTile::of(item, rows, self.plan.level),
            },
            Kind::Pack(_) => Work::Pack(self.pack(id)),
            Kind::Panels { source, columns } => Work::Panels {
                source: self.at(source),
                per_row: count / columns.max(1),
                columns,
                width: panel_width(self.plan.level, columns),
                rows,
                out: self.base(id),
            },
            Kind::RowsProduct { left, right, per_row, rows: own, columns } => Work::RowsProduct {
                product: self.rows_product(left, right, per_row, own, columns),
                rows: own,
                out: self.base(id),
                tile: rows_of_tile(columns),
            },
            Kind::RowsProductOfBlocks { left, right, per_row, rows: own, columns } => {
                // Sums over the same rows come along.
                let sums = self.items().iter().position(|other| {
                    matches!(other.kind, Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, .. }
                        if input == right)
                });
                let sums = sums.filter(|sums| self.phase_of(*sums) == self.phase_of(id));
                let sums = sums.map_or(std::ptr::null_mut(), |sums| self.base(sums));
                Work::RowsProductOfBlock {
                    sums,
                    x: self.at(left),
                    d: self.at(right),
                    per_row,
                    rows: own,
                    columns,
                    out: self.base(id),
                    block_rows,
                }
            }
            Kind::Fold { fold, input, inner } => Work::Fold {
                fold,
                input: self.at(input),
                groups: count * in_tile,
                inner,
                out: self.at(id),
            },
            Kind::FoldRows { fold, input, per_row, columns } => Work::FoldRows {
                rows: self.rows_fold(fold, input, per_row, columns),
                out: self.base(id),
            },
            Kind::FoldRowsOfBlocks { fold, input, per_row, columns } => Work::FoldRowsOfBlock {
                rows: self.rows_fold(fold, input, per_row, columns),
                per_row,
                out: self.base(id),
                block_rows,
            },
            Kind::JoinBlocks { blocks, .. }
                if self.plan.places[blocks] == self.plan.places[id] && count > 1 =>
            {
                Work::Nothing
            }
            Kind::JoinBlocks { fold, blocks, .. } => Work::JoinBlocks {
                fold,
                blocks: self.base(blocks),
                count: rows.div_ceil(self.block_rows(blocks)),
                width: count,
                out: self.base(id),
            },
            Kind::Gather { table, indices, entries, inner } => Work::Gather {
                table: self.base(table),
                indices: self.at(indices),
                count: elements(&self.items()[indices].shape) * in_tile,
                entries,
                inner,
                out: self.at(id),
                node: item.node,
            },
            Kind::Random { normal, stream, width } => {
                Work::Random { normal, stream, width, out: self.at(id) }
            }
            Kind::EnoughRows(least) => {
                Work::EnoughRows { least, out: self.base(id), node: item.node }
            }
            Kind::Windows { op: WindowOp::Max(_), .. } if self.by_places(id).is_some() => {
                Work::Nothing
            }
            Kind::Loops { inputs, .. } | Kind::Windows { inputs, .. } => {
                let Some(loops) = loops_of(item, rows, self.plan.level) else {
                    unreachable!("an op by loops")
                };
                // What has no rows is the same for all of them.
                let seen = |view: &View| match view.shape.batch_axis() {
                    None => At { per_row: 0, ..self.at(view.item) },
                    Some(_) => self.at(view.item),
                };
                // The values come along with their places.
                let along = match item.kind {
                    Kind::Windows { op: WindowOp::MaxPlace(_), .. } => {
                        (0..self.items().len()).find(|other| self.by_places(*other) == Some(id))
                    }
                    _ => None,
                };
                let along = along.map(|values| self.at(values));
                Work::Loops {
                    loops: Box::new(loops),
                    inputs: inputs.iter().map(seen).chain(along).collect(),
                    out: self.at(id),
                    scratch: self.kernel_scratch(),
                    is_single: item.space == Space::Fixed && count == 1,
                    node: item.node,
                }
            }
            Kind::Input(_)
            | Kind::Read(_)
            | Kind::Constant(_)
            | Kind::RowCount
            | Kind::Map { .. }
            | Kind::Store { .. } => unreachable!("the schedule has it otherwise"),
        }
    }

    /// Columns of a panel of a packed side; 0 where it is not packed.
    fn width_of_pack(&self, inner: usize, columns: usize) -> usize {
        if is_narrow(inner, columns) { 0 } else { panel_width(self.plan.level, columns) }
    }

    /// Whether a product over the same rows gives the sums too. It must do so in
    /// the same phase: one behind it may read what the sums are for.
    pub(super) fn comes_along(&self, id: Id) -> bool {
        let Kind::FoldRowsOfBlocks { fold: Fold::Sum, input, .. } = self.items()[id].kind else {
            return false;
        };
        let first = self.items().iter().position(|other| {
            matches!(other.kind, Kind::FoldRowsOfBlocks { fold: Fold::Sum, input: same, .. }
                if same == input)
        });
        let product = self.items().iter().enumerate().any(|(other, item)| {
            self.plan.places[other] != Place::Nowhere
                && matches!(item.kind, Kind::RowsProductOfBlocks { right, .. } if right == input)
                && self.phase_of(other) == self.phase_of(id)
        });
        first == Some(id) && product
    }

    /// The places of largest cells with which the cells themselves come along.
    fn by_places(&self, id: Id) -> Option<Id> {
        let Kind::Windows { op: WindowOp::Max(pool), inputs, by_row } = &self.items()[id].kind
        else {
            return None;
        };
        // A single number is repeated in memory, which its own instruction does.
        let item = &self.items()[id];
        if item.space == Space::Fixed && elements(&item.shape) == 1 {
            return None;
        }
        let phase = self.schedule.spots[id]?.phase;
        let is_same = |item: &Item| match &item.kind {
            Kind::Windows { op: WindowOp::MaxPlace(own), inputs: image, by_row: way } => {
                own.windows() == pool.windows() && image == inputs && way == by_row
            }
            _ => false,
        };
        let places = self.items().iter().position(is_same)?;
        let spot = self.schedule.spots[places].filter(|spot| spot.phase == phase);
        spot.map(|_| places)
    }

    /// The phase in which an item is computed.
    fn phase_of(&self, id: Id) -> Option<usize> {
        let holds = |instruction: &Instruction| instruction.items().contains(&id);
        self.schedule.phases.iter().position(|phase| phase.instructions.iter().any(holds))
    }

    pub(super) fn head(&self, id: Id) -> Head {
        let reduction = match self.items()[id].kind {
            Kind::RowsProduct { left, right, per_row, rows, columns } => {
                Reduction::Product(self.rows_product(left, right, per_row, rows, columns))
            }
            Kind::FoldRows { fold, input, per_row, columns } => {
                Reduction::Fold(self.rows_fold(fold, input, per_row, columns))
            }
            _ => unreachable!("only these stand before a chain"),
        };
        let whole = !matches!(self.plan.places[id], Place::Block(_));
        Head { reduction, out: self.base(id), whole }
    }

    pub(super) fn pack(&self, id: Id) -> Packing {
        let Kind::Pack(packed) = self.items()[id].kind else { unreachable!("a packed side") };
        let Packed { source, transposed, inner, columns, in_panels, .. } = packed;
        Packing {
            source: self.base(source),
            transposed,
            k: inner,
            n: columns,
            width: if in_panels { panel_width(self.plan.level, columns) } else { 0 },
            out: self.base(id),
        }
    }

    /// Rows of a block in the phase of an item.
    fn block_rows(&self, id: Id) -> usize {
        self.schedule.spots[id].map_or(1, |spot| self.plan.block_rows[spot.phase])
    }

    fn rows_product(
        &self,
        left: Id,
        right: Id,
        per_row: usize,
        rows: usize,
        columns: usize,
    ) -> RowsProduct {
        RowsProduct {
            x: At { per_row: rows, ..self.at(left) },
            d: self.base(right),
            width: panel_width(self.plan.level, columns),
            entries: per_row * self.plan.rows,
            leaf: leaf(per_row),
            columns,
            scratch: self.kernel_scratch(),
        }
    }

    fn rows_fold(&self, fold: Fold, input: Id, per_row: usize, columns: usize) -> RowsFold {
        RowsFold {
            fold,
            input: self.at(input),
            entries: per_row * self.plan.rows,
            leaf: leaf(per_row),
            columns,
            scratch: self.kernel_scratch(),
        }
    }
}
