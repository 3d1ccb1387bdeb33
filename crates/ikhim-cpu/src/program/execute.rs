//! How instructions are executed: the kernels called with their addresses.

use super::elements::{keep, load};
use super::loops::Span;
use super::tile::ProductTile;
use super::work::{
    At, Context, Done, Failure, Head, Packing, Reduction, Rows, RowsFold, RowsProduct, Work, leaf,
};
use crate::kernel::{
    ColumnFold, Fold, Kernels, NarrowProduct, NarrowReduceProduct, Pack, Product, RandomRows,
    Range, ReduceProduct, RowFold, SPLAT,
};
use crate::memory::LINE;
use ikhim_graph::{Definition, NodeId};
use ikhim_numeric::Stream;
use ikhim_text::Fault;

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
    pub(crate) unsafe fn rows(&self, work: &Work, rows: Rows) -> Done {
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
                Work::Product { a, rows, k, b, width, n, c, .. } => {
                    let (a, c) = (a.row(first, first), c.row(first, first));
                    self.product(a, count * rows, *k, *b, *width, *n, c);
                }
                Work::Panels { source, per_row, columns, width, rows, out } => {
                    (self.kernels.pack)(&Pack {
                        source: source.row(first, first),
                        stride: *columns,
                        transposed: false,
                        k: count * per_row,
                        n: *columns,
                        width: *width,
                        distance: rows * per_row * width,
                        first: 0,
                        end: columns.div_ceil(*width),
                        packed: out.add(first * per_row * width),
                    });
                }
                Work::RowsProductOfBlock {
                    sums,
                    x,
                    d,
                    per_row,
                    rows,
                    columns,
                    out,
                    block_rows,
                } => {
                    let block = first / block_rows;
                    (self.kernels.narrow_reduce_product)(&NarrowReduceProduct {
                        x: x.row(first, first),
                        x_stride: *rows,
                        k: *rows,
                        d: d.row(first, first),
                        d_stride: *columns,
                        m: *columns,
                        rows: count * per_row,
                        leaf: leaf(*per_row),
                        g: out.add(block * rows * columns),
                        d_sums: if sums.is_null() { *sums } else { sums.add(block * columns) },
                    });
                }
                Work::FoldRowsOfBlock { rows, per_row, out, block_rows } => {
                    let to = out.add(first / block_rows * rows.columns);
                    let part = RowsFold {
                        input: At { base: rows.input.row(first, first), ..rows.input },
                        entries: count * per_row,
                        ..*rows
                    };
                    self.column_fold(&part, 0, rows.columns, to);
                }
                Work::RowTape { tape, block_rows } => {
                    (self.kernels.row_tape)(
                        tape,
                        first,
                        count,
                        first / block_rows,
                        self.kernels.map,
                    );
                }
                Work::Fold { fold, input, groups, inner, out } => {
                    let (from, to) = (input.row(first, first), out.row(first, first));
                    self.row_fold(*fold, from, count * groups, *inner, to);
                }
                Work::Gather { table, indices, count: each, entries, inner, out, node } => {
                    let (from, to) = (indices.row(first, first), out.row(first, first));
                    self.gather(*table, from, count * each, *entries, *inner, to, *node)?;
                }
                Work::Random { normal, stream, width, out } => {
                    self.random(*normal, *stream, *width, out.row(first, first), rows);
                }
                Work::Loops { loops, inputs, out, scratch, node, .. } => {
                    let span = Span {
                        inputs,
                        row: first,
                        out: out.row(first, first),
                        units: 0..count * loops.units(),
                        kernels: self.kernels,
                        scratch: *scratch,
                        context: self.context,
                    };
                    loops.run(&span).map_err(|fault| self.placed(fault, *node))?;
                }
                Work::Nothing => {}
                _ => unreachable!("the schedule has it in another phase"),
            }
        }
        Ok(())
    }

    /// A tile of an instruction that does not go by rows.
    ///
    /// # Safety
    /// As for [`Executor::rows`].
    pub(crate) unsafe fn tile(&self, work: &Work, tile: usize) -> Done {
        // SAFETY: As the caller promises.
        unsafe {
            match work {
                Work::Chain { chain, total, tile: length, head, refresh, .. } => {
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
                    for packing in refresh {
                        self.refresh(packing, first, count);
                    }
                }
                Work::Product { a, rows, k, b, width, n, c, tile: tiles } => {
                    match tiles.filter(|_| *width > 0) {
                        None => self.product(a.base, *rows, *k, *b, *width, *n, c.base),
                        Some(ProductTile { rows: most, panels, .. }) => {
                            let across = n.div_ceil(*width).div_ceil(panels);
                            let (row, panel) = (tile / across * most, tile % across * panels);
                            (self.kernels.product)(&Product {
                                a: a.base.add(row * k),
                                a_stride: *k,
                                b: b.add(panel * k * width),
                                width: *width,
                                c: c.base.add(row * n + panel * width),
                                c_stride: *n,
                                rows: most.min(rows - row),
                                k: *k,
                                n: (n - panel * width).min(panels * width),
                            });
                        }
                    }
                    spread(c.base, rows * n);
                }
                Work::Pack(packing) => self.pack(packing, tile),
                Work::RowsProduct { product, rows, out, tile: length } => {
                    let (first, end) = (tile * length, ((tile + 1) * length).min(*rows));
                    self.rows_product(product, first, end, out.add(first * product.columns));
                    spread(*out, rows * product.columns);
                }
                Work::Fold { fold, input, groups, inner, out } => {
                    self.row_fold(*fold, input.base, *groups, *inner, out.base);
                    spread(out.base, *groups);
                }
                Work::FoldRows { rows, out } => {
                    self.column_fold(rows, 0, rows.columns, *out);
                    spread(*out, rows.columns);
                }
                Work::JoinBlocks { fold, blocks, count, width, out } => {
                    join_blocks(*fold, *blocks, *count, *width, *out);
                    spread(*out, *width);
                }
                Work::Gather { table, indices, count, entries, inner, out, node } => {
                    self.gather(*table, indices.base, *count, *entries, *inner, out.base, *node)?;
                    spread(out.base, count * inner);
                }
                Work::Random { normal, stream, width, out } => {
                    let rows = Rows { first: 0, count: self.context.rows };
                    self.random(*normal, *stream, *width, out.base, rows);
                }
                Work::Loops { loops, inputs, out, scratch, is_single, node } => {
                    let (units, length) = (loops.units(), loops.tile());
                    let span = Span {
                        inputs,
                        row: 0,
                        out: out.base,
                        units: tile * length..((tile + 1) * length).min(units),
                        kernels: self.kernels,
                        scratch: *scratch,
                        context: self.context,
                    };
                    loops.run(&span).map_err(|fault| self.placed(fault, *node))?;
                    if *is_single {
                        spread(out.base, 1);
                    }
                }
                Work::EnoughRows { least, out, node } => {
                    let rows = self.context.rows;
                    if rows < *least {
                        let fault = Fault::of("train.few_rows").with("expected", least);
                        return Err(self.placed(fault.with("found", rows), *node));
                    }
                    out.write(rows as f64 as f32);
                    spread(*out, 1);
                }
                Work::Load { from, to, count, dtype } => {
                    load(*from, *to, *count, *dtype);
                    spread(*to, *count);
                }
                Work::Keep { from, to, copy, count, dtype } => {
                    keep(*from, *to, *count, *dtype);
                    if !copy.is_null() {
                        load(*to, *copy, *count, *dtype);
                        spread(*copy, *count);
                    }
                }
                Work::Nothing => {}
                Work::Panels { .. }
                | Work::RowTape { .. }
                | Work::RowsProductOfBlock { .. }
                | Work::FoldRowsOfBlock { .. } => unreachable!("the schedule has it by rows"),
            }
        }
        Ok(())
    }

    unsafe fn head(&self, head: &Head, first: usize, count: usize) {
        // SAFETY: As the caller promises.
        unsafe {
            let out = if head.whole { head.out.add(first) } else { head.out };
            let end = first + count;
            match &head.reduction {
                Reduction::Product(product) => {
                    let columns = product.columns;
                    self.rows_product(product, first / columns, end / columns, out);
                }
                Reduction::Fold(rows) => self.column_fold(rows, first, end, out),
            }
        }
    }

    /// A panel of a packed form, or all of a narrow one.
    unsafe fn pack(&self, packing: &Packing, panel: usize) {
        let Packing { transposed, k, n, width, .. } = *packing;
        let panels = n.div_ceil(width.max(1)).max(1);
        let (part, panel) = (panel / panels, panel % panels);
        // SAFETY: As the caller promises.
        unsafe {
            let source = packing.source.add(part * k * n);
            let out = packing.out.add(part * panels * k * width);
            if width == 0 {
                debug_assert!(transposed, "a narrow side is packed to turn it");
                for row in 0..k {
                    for column in 0..n {
                        *out.add(row * n + column) = *source.add(column * k + row);
                    }
                }
                return;
            }
            (self.kernels.pack)(&Pack {
                source,
                stride: if transposed { k } else { n },
                transposed,
                k,
                n,
                width,
                distance: k * width,
                first: panel,
                end: panel + 1,
                packed: out,
            });
        }
    }

    /// What a packed form holds of elements that were just stored: whole rows,
    /// and whole panels of a transposed form.
    unsafe fn refresh(&self, packing: &Packing, first: usize, count: usize) {
        let Packing { source, transposed, k, n, width, out, .. } = *packing;
        let columns = if transposed { k } else { n };
        let (row, end) = (first / columns, (first + count) / columns);
        // SAFETY: As the caller promises.
        unsafe {
            (self.kernels.pack)(&if transposed {
                Pack {
                    source,
                    stride: columns,
                    transposed,
                    k,
                    n,
                    width,
                    distance: k * width,
                    first: row / width,
                    end: end.div_ceil(width),
                    packed: out,
                }
            } else {
                Pack {
                    source: source.add(first),
                    stride: columns,
                    transposed,
                    k: end - row,
                    n,
                    width,
                    distance: k * width,
                    first: 0,
                    end: n.div_ceil(width),
                    packed: out.add(row * width),
                }
            });
        }
    }

    #[allow(clippy::too_many_arguments)] // They are the product's sizes and addresses.
    unsafe fn product(
        &self,
        a: *const f32,
        rows: usize,
        k: usize,
        b: *const f32,
        width: usize,
        n: usize,
        c: *mut f32,
    ) {
        // SAFETY: As the caller promises.
        unsafe {
            if width == 0 {
                let narrow = NarrowProduct { a, a_stride: k, b, c, c_stride: n, rows, k, n };
                (self.kernels.narrow_product)(&narrow);
            } else {
                (self.kernels.product)(&Product {
                    a,
                    a_stride: k,
                    b,
                    width,
                    c,
                    c_stride: n,
                    rows,
                    k,
                    n,
                });
            }
        }
    }

    /// Rows `first..end` of a product over the rows of the batch.
    unsafe fn rows_product(&self, product: &RowsProduct, first: usize, end: usize, out: *mut f32) {
        // SAFETY: As the caller promises.
        unsafe {
            (self.kernels.reduce_product)(&ReduceProduct {
                x: product.x.base.add(first),
                x_stride: product.x.per_row,
                d: product.d,
                width: product.width,
                rows: product.entries,
                leaf: product.leaf,
                k: end - first,
                m: product.columns,
                g: out,
                g_stride: product.columns,
                scratch: product.scratch,
            });
        }
    }

    /// Columns `first..end` of a reduction over the rows of the batch.
    unsafe fn column_fold(&self, rows: &RowsFold, first: usize, end: usize, out: *mut f32) {
        // SAFETY: As the caller promises.
        unsafe {
            (self.kernels.column_fold)(&ColumnFold {
                fold: rows.fold,
                input: rows.input.base.add(first),
                stride: rows.columns,
                rows: rows.entries,
                leaf: rows.leaf,
                width: end - first,
                out,
                scratch: rows.scratch,
            });
        }
    }

    unsafe fn row_fold(
        &self,
        fold: Fold,
        input: *const f32,
        rows: usize,
        width: usize,
        out: *mut f32,
    ) {
        // SAFETY: As the caller promises.
        unsafe {
            (self.kernels.row_fold)(&RowFold { fold, input, stride: width, rows, width, out });
        }
    }

    #[allow(clippy::too_many_arguments)] // They are the table's sizes and addresses.
    unsafe fn gather(
        &self,
        table: *const f32,
        indices: *const f32,
        count: usize,
        entries: usize,
        inner: usize,
        out: *mut f32,
        node: NodeId,
    ) -> Done {
        for at in 0..count {
            // SAFETY: There are so many indices, an entry lies in the table, and
            // the result has room for each.
            unsafe {
                let index = *indices.add(at).cast::<i32>();
                let Some(entry) = usize::try_from(index).ok().filter(|entry| *entry < entries)
                else {
                    let fault = Fault::of("train.index_out_of_range");
                    return Err(
                        self.placed(fault.with("expected", entries).with("found", index), node)
                    );
                };
                let (from, to) = (table.add(entry * inner), out.add(at * inner));
                if inner == 1 {
                    *to = *from;
                } else {
                    std::ptr::copy_nonoverlapping(from, to, inner);
                }
            }
        }
        Ok(())
    }

    /// A fault with its node and the layer of it.
    fn placed(&self, fault: Fault, node: NodeId) -> Failure {
        let scope = self.definition.node(node).scope.as_str();
        let layer = if scope.is_empty() { "the network" } else { scope };
        Failure { node, fault: Box::new(fault.with("layer", layer).layer(layer)) }
    }

    unsafe fn random(&self, normal: bool, stream: u64, width: usize, out: *mut f32, rows: Rows) {
        let key = Stream::new(self.context.seed, stream).key();
        // SAFETY: There is an id for every row, and room for its numbers.
        unsafe {
            (self.kernels.random_rows)(&RandomRows {
                normal,
                key,
                step: self.context.step,
                ids: self.context.row_ids.add(rows.first),
                rows: rows.count,
                width,
                out,
            });
        }
    }
}

/// Asks for the rows of values ahead of their use.
pub(crate) fn ask(values: &[At], rows: Rows) {
    #[cfg(target_arch = "x86_64")]
    for value in values {
        let from = value.base.wrapping_add(rows.first * value.per_row);
        for line in (0..rows.count * value.per_row).step_by(LINE) {
            // SAFETY: Asking for a line reads nothing.
            unsafe {
                use std::arch::x86_64::{_MM_HINT_T1, _mm_prefetch};
                _mm_prefetch::<_MM_HINT_T1>(from.wrapping_add(line).cast());
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = (values, rows);
}

/// A single number as long as a vector.
unsafe fn spread(out: *mut f32, count: usize) {
    if count == 1 {
        // SAFETY: A single number has a place as long as a vector.
        unsafe { out.cast::<[f32; SPLAT]>().write([*out; SPLAT]) }
    }
}

/// The blocks of a reduction joined by the tree of pairs, in place.
unsafe fn join_blocks(fold: Fold, blocks: *mut f32, count: usize, width: usize, out: *mut f32) {
    // SAFETY: There are `count` blocks of `width` numbers.
    unsafe {
        if count == 0 {
            std::slice::from_raw_parts_mut(out, width).fill(fold.identity());
            return;
        }
        if count == 1 && blocks == out {
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
                    *blocks.add(pair * width + place) = fold.combine(a, b);
                }
            }
            if left % 2 == 1 {
                std::ptr::copy(blocks.add((left - 1) * width), blocks.add(left / 2 * width), width);
            }
            left = left.div_ceil(2);
        }
        std::ptr::copy_nonoverlapping(blocks, out, width);
    }
}
