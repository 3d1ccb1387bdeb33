//! Which form of a kernel an item takes, by the shapes alone: right sides of
//! products are packed, reductions over rows go by tiles of the result or by
//! blocks of rows. All forms give the same bits.

use super::lower::{Id, Item, Kind, Lowered, Packed, Space, View, elements};
use super::window::Border;
use crate::kernel::Fold;
use ikhim_graph::{Dim, Op, Shape};
use std::collections::HashMap;

/// The longest inner size, and the most columns, of a product whose right side
/// stays in registers.
pub(crate) const NARROW: (usize, usize) = (16, 4);

/// Rows up to this width make a program that goes through all of its rows block
/// by block, reductions included.
const TALL: usize = 16;

/// Whether a product of these sizes needs no packed side.
pub(crate) fn is_narrow(inner: usize, columns: usize) -> bool {
    inner <= NARROW.0 && columns <= NARROW.1
}

/// A graph with forms chosen; `tall` where blocks of rows are whole leaves.
pub(crate) fn lay_out(lowered: Lowered) -> (Lowered, bool) {
    let by_row = |item: &&Item| item.is_by_row();
    let tall = lowered.items.iter().filter(by_row).all(|item| {
        let narrow = match item.kind {
            Kind::Product { inner, columns, .. } => is_narrow(inner, columns),
            Kind::Loops { op: Op::Matmul(_) | Op::Recur(_) | Op::RecurGrad(_), .. }
            | Kind::Windows { .. } => false,
            _ => true,
        };
        narrow && elements(&item.shape) <= TALL
    }) && lowered.items.iter().all(|item| match item.kind {
        Kind::RowsProduct { rows, columns, .. } => is_narrow(rows, columns),
        Kind::FoldRows { columns, .. } => columns <= TALL,
        Kind::Windows { .. } => false,
        _ => true,
    });
    let mut layout = Layout {
        items: Vec::new(),
        places: Vec::new(),
        packs: HashMap::new(),
        panels: HashMap::new(),
        frames: HashMap::new(),
        users: users(&lowered),
    };
    for item in lowered.items {
        let place = layout.item(item, tall);
        layout.places.push(place);
    }
    let fetches = lowered.fetches.into_iter();
    let fetches = fetches.map(|view| View { item: layout.places[view.item], ..view }).collect();
    (Lowered { items: layout.items, fetches, ..Lowered::default() }, tall)
}

/// How often each item is read, a fetch counted.
fn users(lowered: &Lowered) -> Vec<usize> {
    let mut users = vec![0; lowered.items.len()];
    lowered.items.iter().flat_map(Item::inputs).for_each(|id| users[id] += 1);
    lowered.fetches.iter().for_each(|view| users[view.item] += 1);
    users
}

pub(super) struct Layout {
    pub(super) items: Vec<Item>,
    /// The new place of each old item.
    places: Vec<Id>,
    packs: HashMap<Packed, Id>,
    /// Right sides of products over rows, with their columns, in panels.
    panels: HashMap<(Id, usize), Id>,
    /// How often each old item is read.
    pub(super) users: Vec<usize>,
    /// Framed images.
    pub(super) frames: HashMap<(View, Border), Id>,
}

impl Layout {
    pub(super) fn push(&mut self, item: Item) -> Id {
        self.items.push(item);
        self.items.len() - 1
    }

    fn item(&mut self, item: Item, tall: bool) -> Id {
        let at = |id: Id| self.places[id];
        let kind = match item.kind.clone() {
            Kind::Map { op, operands, width } => {
                let operands = operands.iter().map(|(id, how)| (at(*id), *how)).collect();
                Kind::Map { op, operands, width }
            }
            Kind::Fold { fold, input, inner } => Kind::Fold { fold, input: at(input), inner },
            Kind::Gather { table, indices, entries, inner } => {
                Kind::Gather { table: at(table), indices: at(indices), entries, inner }
            }
            Kind::Loops { op, inputs, by_row } => {
                let inputs = inputs.into_iter();
                let old: Vec<Id> = inputs.clone().map(|view| view.item).collect();
                let mut inputs: Vec<View> =
                    inputs.map(|view| View { item: at(view.item), ..view }).collect();
                self.recurrent_inputs(&op, &old, &mut inputs, &item);
                Kind::Loops { op, inputs, by_row }
            }
            Kind::Windows { op, inputs, by_row } => {
                let inputs = inputs.into_iter();
                let inputs: Vec<View> =
                    inputs.map(|view| View { item: at(view.item), ..view }).collect();
                let (op, inputs) = self.windows(op, &inputs, &item);
                Kind::Windows { op, inputs, by_row }
            }
            Kind::Store { variable, value } => Kind::Store { variable, value: at(value) },
            Kind::Product { left, right, transposed, rows, inner, columns } => {
                let (left, mut right) = (at(left), at(right));
                // A narrow right side is read as it is, but not against the grain.
                if !is_narrow(inner, columns) || transposed {
                    right = self.pack(right, transposed, 1, inner, columns, &item);
                }
                Kind::Product { left, right, transposed, rows, inner, columns }
            }
            Kind::RowsProduct { left, right, per_row, rows, columns } => {
                let (left, right) = (at(left), at(right));
                if tall {
                    let kind = Kind::RowsProductOfBlocks { left, right, per_row, rows, columns };
                    return self.joined(item, kind, Fold::Sum);
                }
                let panels = self.panels(right, columns, &item);
                Kind::RowsProduct { left, right: panels, per_row, rows, columns }
            }
            Kind::FoldRows { fold, input, per_row, columns } => {
                let input = at(input);
                if tall {
                    let kind = Kind::FoldRowsOfBlocks { fold, input, per_row, columns };
                    return self.joined(item, kind, fold);
                }
                Kind::FoldRows { fold, input, per_row, columns }
            }
            other => other,
        };
        self.push(Item { kind, ..item })
    }

    /// The right side of products over rows in panels, once for all of them.
    fn panels(&mut self, source: Id, columns: usize, item: &Item) -> Id {
        if let Some(known) = self.panels.get(&(source, columns)) {
            return *known;
        }
        let shape = self.items[source].shape.clone();
        let kind = Kind::Panels { source, columns };
        let panels = self.push(Item { kind, shape, space: Space::Rows, ..item.clone() });
        self.panels.insert((source, columns), panels);
        panels
    }

    fn joined(&mut self, item: Item, blocks: Kind, fold: Fold) -> Id {
        let blocks = self.push(Item { kind: blocks, ..item.clone() });
        self.push(Item { kind: Kind::JoinBlocks { fold, blocks }, ..item })
    }

    /// Right sides of products in the form of their kernel.
    pub(super) fn pack(
        &mut self,
        source: Id,
        transposed: bool,
        parts: usize,
        inner: usize,
        columns: usize,
        item: &Item,
    ) -> Id {
        let of_product = matches!(item.kind, Kind::Product { .. });
        let in_panels = !(of_product && is_narrow(inner, columns));
        let packed = Packed { source, transposed, parts, inner, columns, in_panels };
        if let Some(known) = self.packs.get(&packed) {
            return *known;
        }
        let id = self.push(Item {
            kind: Kind::Pack(packed),
            shape: [parts * inner, columns].into_iter().map(Dim::Fixed).collect::<Shape>(),
            space: Space::Fixed,
            ..item.clone()
        });
        self.packs.insert(packed, id);
        id
    }
}
