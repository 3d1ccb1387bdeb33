//! The kernels: each a generic function over [`Vector`](crate::vector::Vector),
//! compiled once for every level.

// Vectors of a tile are named by their place: an adaptor of iterators might stay
// a function of its own, without the level's instructions.
#![allow(clippy::needless_range_loop)]

mod adam;
#[cfg(test)]
mod check;
mod column_fold;
mod elementwise;
mod fold;
mod lane_fold;
mod limits;
mod map;
mod max_pool;
mod narrow_product;
mod narrow_reduce_product;
mod pack;
mod product;
mod random;
mod recurrence;
mod reduce_product;
mod row_fold;
mod row_tape;
mod tape;
mod tree;
mod waiting;
mod window_product;
mod window_reduce;
mod winograd;

pub(crate) use adam::Adam;
pub(crate) use column_fold::ColumnFold;
pub(crate) use fold::Fold;
pub(crate) use lane_fold::{LaneFold, Terms};
pub(crate) use limits::OPERATIONS as LIMIT_OPERATIONS;
pub(crate) use map::{Address, CHUNKS, Chain, MapOp, Origin, Range, SPLAT, Step, WIDE};
pub(crate) use max_pool::{MaxPool, MaxUnpool, Seen};
pub(crate) use narrow_product::NarrowProduct;
pub(crate) use narrow_reduce_product::NarrowReduceProduct;
pub(crate) use pack::{Pack, packed_len, panel_width};
pub(crate) use product::Product;
pub(crate) use random::RandomRows;
pub(crate) use recurrence::{Apart, StepBack, StepForth};
pub(crate) use reduce_product::{ReduceProduct, scratch_len};
pub(crate) use row_fold::RowFold;
pub(crate) use row_tape::{
    Arithmetic, MOST_COLUMNS, MOST_SUMS, Residual, RowTape, RowTapeOp, RowTapeOps, SLOT, Source,
    SumsOf,
};
pub(crate) use tape::{Entry, LAST, TapeOp, Tapes};
pub(crate) use window_product::{WindowProduct, WindowRun};
pub(crate) use window_reduce::{WindowReduce, WindowRows, window_rows};
pub(crate) use winograd::{GatherKernel, GatherTiles, SpreadSlopes, SpreadTiles};

use crate::Level;

/// Declares the table of kernels and its instance for each level. A body is an
/// `#[inline(always)] unsafe fn name<V: Vector>(…)`, so that the instance's
/// processor features hold for all of it.
macro_rules! levels {
    ($($(#[$doc:meta])* $name:ident: $module:ident::$body:ident, fn($($argument:ident: $type:ty),*);)+) => {
        /// The kernels of one level.
        pub(crate) struct Kernels {
            $($(#[$doc])* pub(crate) $name: unsafe fn($($type),*),)+
        }

        impl Kernels {
            /// The kernels of a level, which the processor must have.
            pub(crate) fn of(level: Level) -> &'static Kernels {
                match level {
                    Level::Portable => &portable::KERNELS,
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx2 => &avx2::KERNELS,
                    #[cfg(target_arch = "x86_64")]
                    Level::Avx512 => &avx512::KERNELS,
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => &portable::KERNELS,
                }
            }
        }

        levels!(@instance portable, Portable, [], $($name: $module::$body, fn($($argument: $type),*);)+);
        #[cfg(target_arch = "x86_64")]
        levels!(@instance avx2, F32x8, [#[target_feature(enable = "avx2,fma")]],
            $($name: $module::$body, fn($($argument: $type),*);)+);
        #[cfg(target_arch = "x86_64")]
        levels!(@instance avx512, F32x16,
            [#[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]],
            $($name: $module::$body, fn($($argument: $type),*);)+);
    };
    (@instance $level:ident, $vector:ident, [$(#[$feature:meta])*],
        $($name:ident: $module:ident::$body:ident, fn($($argument:ident: $type:ty),*);)+) => {
        mod $level {
            use super::*;
            use crate::vector::$vector;

            pub(super) static KERNELS: Kernels = Kernels { $($name,)+ };

            levels!(@functions $vector, [$(#[$feature])*], $($name: $module::$body, fn($($argument: $type),*);)+);
        }
    };
    (@functions $vector:ident, $features:tt, ) => {};
    (@functions $vector:ident, [$(#[$feature:meta])*],
        $name:ident: $module:ident::$body:ident, fn($($argument:ident: $type:ty),*); $($rest:tt)*) => {
        $(#[$feature])*
        unsafe fn $name($($argument: $type),*) {
            // SAFETY: The caller keeps what the body asks for.
            unsafe { $module::$body::<$vector>($($argument),*) }
        }
        levels!(@functions $vector, [$(#[$feature])*], $($rest)*);
    };
}

levels! {
    /// A chain of elementwise ops over a range of elements.
    map: map::run, fn(chain: &Chain, range: Range);
    /// A matrix to panels.
    pack: pack::run, fn(pack: &Pack);
    /// A product of matrices.
    product: product::run, fn(product: &Product);
    /// A product of matrices whose inner axis is the rows of the batch.
    reduce_product: reduce_product::run, fn(product: &ReduceProduct);
    /// The same with few columns and very many rows.
    narrow_reduce_product: narrow_reduce_product::run, fn(product: &NarrowReduceProduct);
    /// Rows reduced to one number each.
    row_fold: row_fold::run, fn(rows: &RowFold);
    /// Columns summed by the lane rule.
    lane_fold: lane_fold::run, fn(fold: &LaneFold);
    /// Columns reduced over the rows of the batch.
    column_fold: column_fold::run, fn(columns: &ColumnFold);
    /// A product with few columns on both sides and very many rows.
    narrow_product: narrow_product::run, fn(product: &NarrowProduct);
    /// Windows of an image times packed weights.
    window_product: window_product::run, fn(product: &WindowProduct);
    /// The same with a filter for each channel.
    window_product_of_channels: window_product::of_channels, fn(product: &WindowProduct);
    /// An image times the slopes of its windows, summed over the windows.
    window_reduce: window_reduce::run, fn(reduce: &WindowReduce);
    /// The same with a filter for each channel.
    window_reduce_of_channels: window_reduce::of_channels, fn(reduce: &WindowReduce);
    /// Cells of tiles spread to the factors of products.
    spread_tiles: winograd::spread, fn(tiles: &SpreadTiles);
    /// Sums of products gathered to windows.
    gather_tiles: winograd::gather, fn(tiles: &GatherTiles);
    /// Slopes of the windows of tiles spread to the factors of products.
    spread_slopes: winograd::spread_windows, fn(tiles: &SpreadSlopes);
    /// Sums of products gathered to the slope of a kernel.
    gather_kernel: winograd::gather_kernel, fn(kernel: &GatherKernel);
    /// The largest cells of windows.
    max_pool: max_pool::run, fn(pool: &MaxPool);
    /// Slopes back to the largest cells.
    max_unpool: max_pool::back, fn(pool: &MaxUnpool);
    /// A step of a recurrence behind its product.
    step_forth: recurrence::forth, fn(step: &StepForth);
    /// The slopes of a step of a recurrence.
    step_back: recurrence::back, fn(step: &StepBack);
    /// Random numbers.
    random_rows: random::run, fn(random: &RandomRows);
    /// Products, elementwise ops and sums over rows of a few numbers, in one pass.
    row_tape: row_tape::run,
        fn(tape: &RowTape, first: usize, count: usize, block: usize, map: unsafe fn(&Chain, Range));
    /// Nothing but arithmetic.
    fused: limits::fused, fn(rounds: usize, out: *mut f32);
    /// Nothing but reading.
    read: limits::read, fn(from: *const f32, words: usize, out: *mut f32);
}
