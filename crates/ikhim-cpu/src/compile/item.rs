//! The items of a lowered graph: what is computed, and how it lies toward the
//! rows of the batch.

use super::window::WindowOp;
use crate::kernel::{Fold, MapOp};
use ikhim_graph::{Array, DType, Dim, NodeId, Op, Shape};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The place of an item.
pub(crate) type Id = usize;

/// How a value lies toward the rows of the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// Without rows.
    Fixed,
    /// Row after row: the batch axis is the first that is longer than 1.
    Rows,
    /// The batch axis lies inside.
    Whole,
}

/// The space of sizes.
pub(crate) fn space(shape: &Shape) -> Space {
    match shape.batch_axis() {
        None => Space::Fixed,
        Some(axis) if shape[..axis].iter().all(|dim| *dim == Dim::Fixed(1)) => Space::Rows,
        Some(_) => Space::Whole,
    }
}

/// The number of elements for each row, or of all without rows.
pub(crate) fn elements(shape: &Shape) -> usize {
    match shape.elements() {
        Dim::Fixed(count) | Dim::Batch(count) => count,
    }
}

/// A value seen under some sizes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct View {
    pub(crate) item: Id,
    pub(crate) shape: Shape,
}

/// How an elementwise op reads an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Reading {
    /// Element by element.
    Each,
    /// The same single number.
    Single,
    /// The number of the row.
    OfRow,
    /// The number of the column.
    OfColumn,
}

/// What is computed.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// An input by its place.
    Input(usize),
    /// A variable by its place.
    Read(usize),
    Constant(Arc<Array>),
    RowCount,
    /// The number of rows, of which there must be so many.
    EnoughRows(usize),
    /// An elementwise op; `width` is the length of a row where an operand knows
    /// of rows, else 0.
    Map {
        op: MapOp,
        operands: Vec<(Id, Reading)>,
        width: usize,
    },
    /// `left · right` with `right` of fixed sizes; `right` is stored transposed
    /// where so marked. `rows` for each row of the batch, or in all.
    Product {
        left: Id,
        right: Id,
        transposed: bool,
        rows: usize,
        inner: usize,
        columns: usize,
    },
    /// `leftᵀ · right` over the rows of the batch.
    RowsProduct {
        left: Id,
        right: Id,
        per_row: usize,
        rows: usize,
        columns: usize,
    },
    /// Neighbors of `inner` elements combined by lanes.
    Fold {
        fold: Fold,
        input: Id,
        inner: usize,
    },
    /// The rows of the batch combined by leaves.
    FoldRows {
        fold: Fold,
        input: Id,
        per_row: usize,
        columns: usize,
    },
    /// Entries of `inner` numbers of a table, by their indices.
    Gather {
        table: Id,
        indices: Id,
        entries: usize,
        inner: usize,
    },
    /// Random numbers, row by row.
    Random {
        normal: bool,
        stream: u64,
        width: usize,
    },
    /// An op without a kernel, by loops over its axes, row by row where `by_row`.
    Loops {
        op: Op,
        inputs: Vec<View>,
        by_row: bool,
    },
    /// An op over windows of images, row by row where `by_row`.
    Windows {
        op: WindowOp,
        inputs: Vec<View>,
        by_row: bool,
    },
    /// A variable's new value.
    Store {
        variable: usize,
        value: Id,
    },
    /// The right side of products, laid out for their kernel.
    Pack(Packed),
    /// The right side of a product over rows, laid out for its kernel.
    Panels {
        source: Id,
        columns: usize,
    },
    /// `leftᵀ · right` over the rows of each block.
    RowsProductOfBlocks {
        left: Id,
        right: Id,
        per_row: usize,
        rows: usize,
        columns: usize,
    },
    /// The rows of each block combined by leaves.
    FoldRowsOfBlocks {
        fold: Fold,
        input: Id,
        per_row: usize,
        columns: usize,
    },
    /// What the blocks gave, combined by the same tree.
    JoinBlocks {
        fold: Fold,
        blocks: Id,
    },
}

/// The right sides of products, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Packed {
    pub(crate) source: Id,
    pub(crate) transposed: bool,
    /// How many there are.
    pub(crate) parts: usize,
    pub(crate) inner: usize,
    pub(crate) columns: usize,
    /// In panels; else only turned, for a product without them.
    pub(crate) in_panels: bool,
}

/// One value.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub(crate) kind: Kind,
    pub(crate) shape: Shape,
    pub(crate) dtype: DType,
    pub(crate) space: Space,
    /// The node it computes, for names in faults and profiles.
    pub(crate) node: NodeId,
}

impl Item {
    /// The items that it reads.
    pub(crate) fn inputs(&self) -> Vec<Id> {
        match &self.kind {
            Kind::Input(_)
            | Kind::Read(_)
            | Kind::Constant(_)
            | Kind::RowCount
            | Kind::EnoughRows(_)
            | Kind::Random { .. } => Vec::new(),
            Kind::Map { operands, .. } => operands.iter().map(|(id, _)| *id).collect(),
            Kind::Product { left, right, .. } | Kind::RowsProduct { left, right, .. } => {
                vec![*left, *right]
            }
            Kind::Fold { input, .. } | Kind::FoldRows { input, .. } => vec![*input],
            Kind::Gather { table, indices, .. } => vec![*table, *indices],
            Kind::Loops { inputs, .. } | Kind::Windows { inputs, .. } => {
                inputs.iter().map(|view| view.item).collect()
            }
            Kind::Store { value, .. } => vec![*value],
            Kind::Pack(Packed { source, .. }) | Kind::Panels { source, .. } => vec![*source],
            Kind::RowsProductOfBlocks { left, right, .. } => vec![*left, *right],
            Kind::FoldRowsOfBlocks { input, .. } => vec![*input],
            Kind::JoinBlocks { blocks, .. } => vec![*blocks],
        }
    }

    /// Puts others in the place of the items that it reads.
    pub(crate) fn set_inputs(&mut self, other: impl Fn(Id) -> Id) {
        let set = |id: &mut Id| *id = other(*id);
        match &mut self.kind {
            Kind::Input(_)
            | Kind::Read(_)
            | Kind::Constant(_)
            | Kind::RowCount
            | Kind::EnoughRows(_)
            | Kind::Random { .. } => {}
            Kind::Map { operands, .. } => operands.iter_mut().for_each(|(id, _)| set(id)),
            Kind::Product { left, right, .. }
            | Kind::RowsProduct { left, right, .. }
            | Kind::RowsProductOfBlocks { left, right, .. } => {
                set(left);
                set(right);
            }
            Kind::Fold { input, .. }
            | Kind::FoldRows { input, .. }
            | Kind::FoldRowsOfBlocks { input, .. } => set(input),
            Kind::Gather { table, indices, .. } => {
                set(table);
                set(indices);
            }
            Kind::Loops { inputs, .. } | Kind::Windows { inputs, .. } => {
                inputs.iter_mut().for_each(|view| set(&mut view.item));
            }
            Kind::Store { value, .. } => set(value),
            Kind::Pack(Packed { source, .. }) | Kind::Panels { source, .. } => set(source),
            Kind::JoinBlocks { blocks, .. } => set(blocks),
        }
    }

    /// Whether it may find that a value does not fit.
    pub(crate) fn can_fail(&self) -> bool {
        match &self.kind {
            Kind::Gather { .. } | Kind::EnoughRows(_) => true,
            Kind::Windows { op, .. } => op.can_fail(),
            Kind::Loops { op, .. } => {
                matches!(op, Op::Gather(_) | Op::ScatterAdd(_) | Op::Argmax(_) | Op::Argmin(_))
            }
            _ => false,
        }
    }

    /// Whether it works on each row alone.
    pub(crate) fn is_by_row(&self) -> bool {
        match &self.kind {
            Kind::Map { .. }
            | Kind::Product { .. }
            | Kind::Fold { .. }
            | Kind::Gather { .. }
            | Kind::Random { .. } => self.space == Space::Rows,
            Kind::Loops { by_row, .. } | Kind::Windows { by_row, .. } => *by_row,
            Kind::Panels { .. }
            | Kind::RowsProductOfBlocks { .. }
            | Kind::FoldRowsOfBlocks { .. } => true,
            _ => false,
        }
    }
}

/// A graph as items, each after those that it reads.
#[derive(Debug, Default)]
pub(crate) struct Lowered {
    pub(crate) items: Vec<Item>,
    /// The fetched values.
    pub(crate) fetches: Vec<View>,
    /// The earliest stage of values that are computed again there.
    pub(crate) earliest: BTreeMap<Id, usize>,
}

/// The number of elements of axes without rows.
pub(super) fn elements_of(dims: &[Dim]) -> Option<usize> {
    dims.iter().try_fold(1, |product, dim| match dim {
        Dim::Fixed(size) => Some(product * size),
        Dim::Batch(_) => None,
    })
}
