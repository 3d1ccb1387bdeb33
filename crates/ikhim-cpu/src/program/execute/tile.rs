//! Tiles of instructions that do not go by rows.

use super::Executor;
use crate::kernel::{Fold, Pack, Product, Range, SPLAT};
use crate::program::elements::{keep, load};
use crate::program::loops::Span;
use crate::program::tile::ProductTile;
use crate::program::work::{Done, Head, Packing, Reduction, Rows, Work};
use ikhim_text::Fault;

impl Executor<'_> {
    /// A tile of an instruction that does not go by rows.
    ///
    /// # Safety
    /// As for [`Executor::rows`].
    pub(in crate::program) unsafe fn tile(&self, work: &Work, tile: usize) -> Done {
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
