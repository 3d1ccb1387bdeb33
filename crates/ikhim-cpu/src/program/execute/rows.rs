//! Instructions for a block of rows.

use super::Executor;
use crate::kernel::{NarrowReduceProduct, Pack, Range};
use crate::program::loops::Span;
use crate::program::work::{At, Done, Rows, RowsFold, Work, leaf};

impl Executor<'_> {
    /// An instruction for a block of rows.
    ///
    /// # Safety
    /// The addresses are valid for the rows, and no other thread works on them.
    pub(in crate::program) unsafe fn rows(&self, work: &Work, rows: Rows) -> Done {
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
}
