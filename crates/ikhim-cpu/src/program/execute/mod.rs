//! How instructions are executed: the kernels called with their addresses.

mod rows;
mod tile;

use super::work::{At, Context, Done, Failure, Rows, RowsFold, RowsProduct};
use crate::kernel::{
    ColumnFold, Fold, Kernels, NarrowProduct, Product, RandomRows, ReduceProduct, RowFold,
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
