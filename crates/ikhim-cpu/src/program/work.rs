//! What a worker executes: instructions with their addresses.

use crate::compile::lower::{Fold, View};
use crate::kernel::plain::{How, Product, RowsProduct, leaf};
use crate::kernel::{Chain, Kernels, Range, SPLAT};
use ikhim_graph::{Array, DType, Data, Definition, Feed, NodeId, Op, Shape, evaluate};
use ikhim_numeric::Stream;
use ikhim_text::Result;

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
    fn row(&self, row: usize, block: usize) -> *mut f32 {
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

/// The product or sum over rows in front of a chain.
#[derive(Debug, Clone)]
pub(crate) enum Head {
    Product { x: At, d: At, entries: usize, leaf: usize, columns: usize, out: *mut f32, stored: bool },
    Fold { how: How, input: At, entries: usize, leaf: usize, columns: usize, out: *mut f32, stored: bool },
}

/// An operand or a result of the reference evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) at: At,
    pub(crate) view: View,
    pub(crate) dtype: DType,
}

/// One instruction.
#[derive(Debug, Clone)]
pub(crate) enum Work {
    Chain {
        chain: Chain,
        /// Elements of a row, in a phase over rows.
        per_row: usize,
        /// Elements in all, in other phases; a splat where it is 1.
        total: usize,
        /// Elements of a tile, in other phases.
        tile: usize,
        head: Option<Head>,
    },
    Product {
        a: At,
        /// Rows of the product for each row of the batch.
        rows: usize,
        k: usize,
        b: *const f32,
        bk: usize,
        bn: usize,
        n: usize,
        c: At,
        total: usize,
    },
    Pack { source: *const f32, transposed: bool, k: usize, n: usize, out: *mut f32 },
    Panels { source: At, out: At },
    RowsProduct { x: At, d: At, entries: usize, leaf: usize, rows: usize, columns: usize, out: *mut f32, tile: usize },
    RowsProductOfBlock { x: At, d: At, per_row: usize, rows: usize, columns: usize, out: *mut f32, block_rows: usize },
    Fold { how: How, input: At, groups: usize, inner: usize, out: At, total: usize },
    FoldRows { how: How, input: At, entries: usize, leaf: usize, columns: usize, out: *mut f32 },
    FoldRowsOfBlock { how: How, input: At, per_row: usize, columns: usize, out: *mut f32, block_rows: usize },
    JoinBlocks { how: How, blocks: *mut f32, count: usize, width: usize, out: *mut f32 },
    Random { normal: bool, stream: u64, width: usize, out: At },
    Other { op: Op, inputs: Vec<Seen>, out: Seen, by_row: bool, node: NodeId },
    /// A variable from the state.
    Load { from: *const f32, to: *mut f32, count: usize, dtype: DType },
    /// A new value into the state.
    Commit { from: *const f32, to: *mut f32, count: usize, dtype: DType },
}

/// How a reduction combines.
pub(crate) fn how(fold: Fold) -> How {
    match fold {
        Fold::Sum => How::Sum,
        Fold::Product => How::Product,
        Fold::Max => How::Max,
        Fold::Min => How::Min,
    }
}

/// The rows of a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rows {
    pub(crate) first: usize,
    pub(crate) count: usize,
}

/// Executes instructions at a level.
pub(crate) struct Executor<'a> {
    pub(crate) kernels: &'static Kernels,
    pub(crate) definition: &'a Definition,
    pub(crate) context: Context,
}

impl Executor<'_> {
    /// An instruction for a block of rows.
    ///
    /// # Safety
    /// The addresses are valid for the rows, and no other thread works on them.
    pub(crate) unsafe fn rows(&self, work: &Work, rows: Rows) -> Result<()> {
        let Rows { first, count } = rows;
        // SAFETY: As the caller promises.
        unsafe {
            match work {
                Work::Chain { chain, per_row, .. } => {
                    let range = Range {
                        first: first * per_row,
                        count: count * per_row,
                        block: first * per_row,
                    };
                    (self.kernels.map)(chain, range);
                }
                Work::Product { a, rows, k, b, bk, bn, n, c, .. } => {
                    let product = Product {
                        a: a.row(first, first),
                        lda: *k,
                        rows: count * rows,
                        k: *k,
                        b: *b,
                        bk: *bk,
                        bn: *bn,
                        n: *n,
                        c: c.row(first, first),
                        ldc: *n,
                    };
                    (self.kernels.product)(&product);
                }
                Work::Panels { source, out } => {
                    let from = source.row(first, first);
                    std::ptr::copy_nonoverlapping(from, out.row(first, first), count * source.per_row);
                }
                Work::RowsProductOfBlock { x, d, per_row, rows, columns, out, block_rows } => {
                    let product = RowsProduct {
                        x: x.row(first, first),
                        ldx: *rows,
                        d: d.row(first, first),
                        ldd: *columns,
                        rows: count * per_row,
                        leaf: leaf(*per_row),
                        k0: 0,
                        k1: *rows,
                        n: *columns,
                        out: out.add(first / block_rows * rows * columns),
                    };
                    (self.kernels.rows_product)(&product);
                }
                Work::FoldRowsOfBlock { how, input, per_row, columns, out, block_rows } => {
                    let to = out.add(first / block_rows * columns);
                    let from = input.row(first, first);
                    let entries = count * per_row;
                    (self.kernels.fold_rows)(*how, from, entries, *columns, leaf(*per_row), 0, *columns, to);
                }
                Work::Fold { how, input, groups, inner, out, .. } => {
                    let (from, to) = (input.row(first, first), out.row(first, first));
                    (self.kernels.fold)(*how, from, count * groups, *inner, to);
                }
                Work::Random { normal, stream, width, out } => {
                    self.random(*normal, *stream, *width, out.row(first, first), rows);
                }
                Work::Other { op, inputs, out, node, .. } => {
                    self.other(op, inputs, out, Some(rows), *node)?;
                }
                _ => unreachable!("the schedule has it in another phase"),
            }
        }
        Ok(())
    }

    /// A tile of an instruction that does not go by rows.
    ///
    /// # Safety
    /// As for [`Executor::rows`].
    pub(crate) unsafe fn tile(&self, work: &Work, tile: usize) -> Result<()> {
        // SAFETY: As the caller promises.
        unsafe {
            match work {
                Work::Chain { chain, total, tile: length, head, .. } => {
                    if *total == 1 {
                        // A single number is as long as a vector.
                        (self.kernels.map)(chain, Range { first: 0, count: SPLAT, block: 0 });
                        return Ok(());
                    }
                    let first = tile * length;
                    let count = (*length).min(total - first);
                    if let Some(head) = head {
                        self.head(head, first, count);
                    }
                    (self.kernels.map)(chain, Range { first, count, block: first });
                }
                Work::Product { a, k, b, bk, bn, n, c, total, .. } => {
                    let product = Product {
                        a: a.base,
                        lda: *k,
                        rows: *total,
                        k: *k,
                        b: *b,
                        bk: *bk,
                        bn: *bn,
                        n: *n,
                        c: c.base,
                        ldc: *n,
                    };
                    (self.kernels.product)(&product);
                    spread(c.base, total * n);
                }
                Work::Pack { source, transposed, k, n, out } => {
                    for row in 0..*k {
                        for column in 0..*n {
                            let from = if *transposed { column * k + row } else { row * n + column };
                            *out.add(row * n + column) = *source.add(from);
                        }
                    }
                }
                Work::RowsProduct { x, d, entries, leaf, rows, columns, out, tile: length } => {
                    let (k0, k1) = (tile * length, ((tile + 1) * length).min(*rows));
                    let out = out.add(k0 * columns);
                    self.rows_product(x, d, *entries, *leaf, (k0, k1), *columns, out);
                    spread(out, rows * columns);
                }
                Work::Fold { how, input, inner, out, total, .. } => {
                    (self.kernels.fold)(*how, input.base, *total, *inner, out.base);
                    spread(out.base, *total);
                }
                Work::FoldRows { how, input, entries, leaf, columns, out } => {
                    let whole = (0, *columns);
                    (self.kernels.fold_rows)(
                        *how, input.base, *entries, *columns, *leaf, whole.0, whole.1, *out,
                    );
                    spread(*out, *columns);
                }
                Work::JoinBlocks { how, blocks, count, width, out } => {
                    join_blocks(*how, *blocks, *count, *width, *out);
                    spread(*out, *width);
                }
                Work::Random { normal, stream, width, out } => {
                    let rows = Rows { first: 0, count: self.context.rows };
                    self.random(*normal, *stream, *width, out.base, rows);
                }
                Work::Other { op, inputs, out, node, .. } => {
                    self.other(op, inputs, out, None, *node)?;
                }
                Work::Load { from, to, count, dtype } => {
                    if *dtype == DType::Bool {
                        let truths = std::slice::from_raw_parts(from.cast::<bool>(), *count);
                        let stored = std::slice::from_raw_parts_mut(to.cast::<u32>(), *count);
                        for (bits, truth) in stored.iter_mut().zip(truths) {
                            *bits = if *truth { u32::MAX } else { 0 };
                        }
                    } else {
                        std::ptr::copy_nonoverlapping(*from, *to, *count);
                    }
                    spread(*to, *count);
                }
                Work::Commit { from, to, count, dtype } => {
                    if *dtype == DType::Bool {
                        let stored = std::slice::from_raw_parts(from.cast::<u32>(), *count);
                        let truths = std::slice::from_raw_parts_mut(to.cast::<bool>(), *count);
                        for (truth, bits) in truths.iter_mut().zip(stored) {
                            *truth = *bits != 0;
                        }
                    } else {
                        std::ptr::copy_nonoverlapping(*from, *to, *count);
                    }
                }
                Work::Panels { .. }
                | Work::RowsProductOfBlock { .. }
                | Work::FoldRowsOfBlock { .. } => unreachable!("the schedule has it by rows"),
            }
        }
        Ok(())
    }

    unsafe fn head(&self, head: &Head, first: usize, count: usize) {
        // SAFETY: As the caller promises.
        unsafe {
            match head {
                Head::Product { x, d, entries, leaf, columns, out, stored } => {
                    let range = (first / columns, (first + count) / columns);
                    let out = if *stored { out.add(first) } else { *out };
                    self.rows_product(x, d, *entries, *leaf, range, *columns, out);
                }
                Head::Fold { how, input, entries, leaf, columns, out, stored } => {
                    let out = if *stored { out.add(first) } else { *out };
                    let end = first + count;
                    (self.kernels.fold_rows)(
                        *how, input.base, *entries, *columns, *leaf, first, end, out,
                    );
                }
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    unsafe fn rows_product(
        &self,
        x: &At,
        d: &At,
        entries: usize,
        leaf: usize,
        range: (usize, usize),
        columns: usize,
        out: *mut f32,
    ) {
        let product = RowsProduct {
            x: x.base,
            ldx: x.per_row,
            d: d.base,
            ldd: columns,
            rows: entries,
            leaf,
            k0: range.0,
            k1: range.1,
            n: columns,
            out,
        };
        // SAFETY: As the caller promises.
        unsafe { (self.kernels.rows_product)(&product) }
    }

    unsafe fn random(&self, normal: bool, stream: u64, width: usize, out: *mut f32, rows: Rows) {
        let stream = Stream::new(self.context.seed, stream);
        let step = self.context.step;
        for row in 0..rows.count {
            // SAFETY: There is an id for every row, and room for its numbers.
            unsafe {
                let id = *self.context.row_ids.add(rows.first + row);
                let start = id.wrapping_mul(width as u64);
                for place in 0..width {
                    let index = start.wrapping_add(place as u64);
                    let number = if normal {
                        stream.normal(step, index)
                    } else {
                        stream.uniform(step, index)
                    };
                    *out.add(row * width + place) = number;
                }
            }
        }
    }

    /// The reference evaluation, of some rows or of all.
    unsafe fn other(
        &self,
        op: &Op,
        inputs: &[Seen],
        out: &Seen,
        rows: Option<Rows>,
        node: NodeId,
    ) -> Result<()> {
        let count = rows.map_or(self.context.rows, |rows| rows.count);
        let first = rows.map_or(0, |rows| rows.first);
        // SAFETY: As the caller promises; there is an id for every row.
        let ids = unsafe { std::slice::from_raw_parts(self.context.row_ids.add(first), count) };
        let arrays: Vec<(&Shape, Array)> = inputs
            .iter()
            .map(|seen| {
                let by_row = rows.is_some() && seen.view.shape.batch_axis().is_some();
                let from = if by_row { seen.at.row(first, first) } else { seen.at.base };
                let sizes = seen.view.shape.sizes(count);
                // SAFETY: The value has these elements.
                (&seen.view.shape, unsafe { array(from, &sizes, seen.dtype) })
            })
            .collect();
        let feed = Feed::rows(count).random(self.context.seed, self.context.step).row_ids(ids);
        let value = evaluate(op, &arrays, &out.view.shape, &feed).map_err(|fault| {
            let scope = self.definition.node(node).scope.as_str();
            let layer = if scope.is_empty() { "the network" } else { scope };
            fault.with("layer", layer).layer(layer)
        })?;
        let to = if rows.is_some() { out.at.row(first, first) } else { out.at.base };
        // SAFETY: The result has these elements.
        unsafe {
            put(&value, to);
            if rows.is_none() && out.view.shape.batch_axis().is_none() {
                spread(to, value.len());
            }
        }
        Ok(())
    }
}

/// A single number as long as a vector.
unsafe fn spread(out: *mut f32, count: usize) {
    if count == 1 {
        // SAFETY: A single number has a place as long as a vector.
        unsafe {
            let number = *out;
            std::slice::from_raw_parts_mut(out, SPLAT).fill(number);
        }
    }
}

/// The blocks of a reduction joined by the tree of pairs, in place.
unsafe fn join_blocks(how: How, blocks: *mut f32, count: usize, width: usize, out: *mut f32) {
    // SAFETY: There are `count` blocks of `width` numbers.
    unsafe {
        if count == 0 {
            std::slice::from_raw_parts_mut(out, width).fill(how.identity());
            return;
        }
        let mut left = count;
        while left > 1 {
            for pair in 0..left / 2 {
                for place in 0..width {
                    let (a, b) = (
                        *blocks.add(2 * pair * width + place),
                        *blocks.add((2 * pair + 1) * width + place),
                    );
                    *blocks.add(pair * width + place) = how.combine(a, b);
                }
            }
            if left % 2 == 1 {
                std::ptr::copy(
                    blocks.add((left - 1) * width),
                    blocks.add(left / 2 * width),
                    width,
                );
            }
            left = left.div_ceil(2);
        }
        std::ptr::copy_nonoverlapping(blocks, out, width);
    }
}

/// The elements from an address on as an array.
///
/// # Safety
/// The elements can be read there.
pub(crate) unsafe fn array(from: *const f32, sizes: &[usize], dtype: DType) -> Array {
    let count = sizes.iter().product();
    // SAFETY: As the caller promises; all types are 32 bits here.
    unsafe {
        match dtype {
            DType::F32 => Array::f32(sizes, std::slice::from_raw_parts(from, count).to_vec()),
            DType::I32 => {
                Array::i32(sizes, std::slice::from_raw_parts(from.cast(), count).to_vec())
            }
            DType::Bool => {
                let stored: &[u32] = std::slice::from_raw_parts(from.cast(), count);
                Array::bool(sizes, stored.iter().map(|bits| *bits != 0).collect())
            }
        }
    }
}

/// Puts the elements of an array at an address.
///
/// # Safety
/// The elements can be written there.
pub(crate) unsafe fn put(array: &Array, to: *mut f32) {
    let count = array.len();
    // SAFETY: As the caller promises; all types are 32 bits here.
    unsafe {
        match array.data() {
            Data::F32(values) => std::ptr::copy_nonoverlapping(values.as_ptr(), to, count),
            Data::I32(values) => {
                std::ptr::copy_nonoverlapping(values.as_ptr().cast(), to, count);
            }
            Data::Bool(values) => {
                let to = std::slice::from_raw_parts_mut(to.cast::<u32>(), count);
                for (stored, value) in to.iter_mut().zip(values) {
                    *stored = if *value { u32::MAX } else { 0 };
                }
            }
            _ => {
                let to = std::slice::from_raw_parts_mut(to, count);
                to.copy_from_slice(&array.to_f32());
            }
        }
    }
}
