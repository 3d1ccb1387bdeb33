//! What a worker executes: instructions with their addresses.

use super::loops::Loops;
use super::tile::ProductTile;
use crate::kernel::{Chain, Fold, RowTape};
use ikhim_graph::{DType, NodeId};
use ikhim_numeric::reduction::LEAF_ROWS;
use ikhim_text::Fault;

/// A value's address, by rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct At {
    pub(crate) base: *mut f32,
    /// Words of a row.
    pub(crate) per_row: usize,
    /// Whether the address counts from the first row of the block.
    pub(crate) in_block: bool,
}

impl At {
    /// Where a row begins.
    pub(super) fn row(&self, row: usize, block: usize) -> *mut f32 {
        let from = if self.in_block { row - block } else { row };
        self.base.wrapping_add(from * self.per_row)
    }
}

/// What the steps under way are given.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) rows: usize,
    pub(crate) row_ids: *const u64,
    pub(crate) seed: u64,
    pub(crate) step: u64,
}

/// A product over the rows of the batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowsProduct {
    pub(crate) x: At,
    /// The other side, in panels of `width` columns.
    pub(crate) d: *const f32,
    pub(crate) width: usize,
    pub(crate) entries: usize,
    pub(crate) leaf: usize,
    pub(crate) columns: usize,
    pub(crate) scratch: *mut f32,
}

/// A reduction over the rows of the batch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowsFold {
    pub(crate) fold: Fold,
    pub(crate) input: At,
    pub(crate) entries: usize,
    pub(crate) leaf: usize,
    pub(crate) columns: usize,
    pub(crate) scratch: *mut f32,
}

/// The right sides of products in the form of their kernel, one after the other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Packing {
    pub(crate) source: *const f32,
    pub(crate) transposed: bool,
    pub(crate) k: usize,
    pub(crate) n: usize,
    /// Columns of a panel; 0 where it is narrow, and only turned.
    pub(crate) width: usize,
    pub(crate) out: *mut f32,
}

/// What stands before a chain, and where it puts a tile: `whole` from the tile's
/// place on, else from the beginning.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub(crate) reduction: Reduction,
    pub(crate) out: *mut f32,
    pub(crate) whole: bool,
}

/// A reduction over the rows of the batch.
#[derive(Debug, Clone)]
pub(crate) enum Reduction {
    Product(RowsProduct),
    Fold(RowsFold),
}

/// One instruction. A program has a few dozen, so their size hardly counts, and
/// a box would be one more address to follow in each step.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)]
pub(crate) enum Work {
    /// Another one does it.
    Nothing,
    Chain {
        chain: Chain,
        /// Elements of a row, in a phase over rows.
        per_row: usize,
        /// Elements in all, in other phases; a splat where it is 1.
        total: usize,
        /// Elements of a tile, in other phases.
        tile: usize,
        head: Option<Head>,
        /// The packed forms of what it stores.
        refresh: Vec<Packing>,
    },
    Product {
        a: At,
        /// Rows of the product for each row of the batch, or of all.
        rows: usize,
        k: usize,
        b: *const f32,
        /// Columns of a panel; 0 where the right side is narrow and not packed.
        width: usize,
        n: usize,
        c: At,
        /// Its tiles, in phases that do not go by rows; none where it is one.
        tile: Option<ProductTile>,
    },
    Pack(Packing),
    Panels {
        source: At,
        per_row: usize,
        columns: usize,
        width: usize,
        rows: usize,
        out: *mut f32,
    },
    RowsProduct {
        product: RowsProduct,
        rows: usize,
        out: *mut f32,
        tile: usize,
    },
    RowsProductOfBlock {
        /// Where the sums of `d` go, or null.
        sums: *mut f32,
        x: At,
        d: At,
        per_row: usize,
        rows: usize,
        columns: usize,
        out: *mut f32,
        block_rows: usize,
    },
    Fold {
        fold: Fold,
        input: At,
        groups: usize,
        inner: usize,
        out: At,
    },
    FoldRows {
        rows: RowsFold,
        out: *mut f32,
    },
    FoldRowsOfBlock {
        rows: RowsFold,
        per_row: usize,
        out: *mut f32,
        block_rows: usize,
    },
    RowTape {
        tape: RowTape,
        block_rows: usize,
    },
    JoinBlocks {
        fold: Fold,
        blocks: *mut f32,
        count: usize,
        width: usize,
        out: *mut f32,
    },
    Gather {
        table: *const f32,
        indices: At,
        /// Indices for each row, or in all.
        count: usize,
        entries: usize,
        inner: usize,
        out: At,
        node: NodeId,
    },
    Random {
        normal: bool,
        stream: u64,
        width: usize,
        out: At,
    },
    Loops {
        loops: Box<Loops>,
        inputs: Box<[At]>,
        out: At,
        scratch: *mut f32,
        /// Whether the result is a single number.
        is_single: bool,
        node: NodeId,
    },
    /// The number of rows, of which there must be so many.
    EnoughRows {
        least: usize,
        out: *mut f32,
        node: NodeId,
    },
    /// A variable from the state.
    Load {
        from: *const f32,
        to: *mut f32,
        count: usize,
        dtype: DType,
    },
    /// A new value into the state, and into the copy of it where there is one.
    Keep {
        from: *const f32,
        to: *mut f32,
        copy: *mut f32,
        count: usize,
        dtype: DType,
    },
}

/// A fault of a node.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) node: NodeId,
    pub(crate) fault: Box<Fault>,
}

/// What an instruction came to.
pub(crate) type Done = Result<(), Failure>;

impl Failure {
    /// Of two failures the one of the earlier node; of one node the first found.
    pub(crate) fn earlier(self, other: Failure) -> Failure {
        if other.node.index() < self.node.index() { other } else { self }
    }
}

/// Goes on after a failure, so that the earliest node's is told.
pub(crate) fn after(done: Done, next: Done) -> Done {
    match (done, next) {
        (Err(failure), Err(other)) => Err(failure.earlier(other)),
        (Err(failure), Ok(())) | (Ok(()), Err(failure)) => Err(failure),
        (Ok(()), Ok(())) => Ok(()),
    }
}

/// The rows of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// Entries of a leaf of an axis that has so many for each row.
pub(crate) fn leaf(per_row: usize) -> usize {
    (LEAF_ROWS * per_row).max(1)
}
