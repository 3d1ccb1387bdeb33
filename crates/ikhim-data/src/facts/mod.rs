//! What can be seen in a table before anything learns from it: rows that repeat,
//! columns that say the same, columns that tell the target, zeros that may stand
//! for nothing, new rows that are distributed otherwise.
//!
//! Each function counts over the rows at hand and decides nothing. Those that
//! look at a target belong on train rows: what stands in a sealed row must not
//! decide what a network sees.

mod drift;
mod intervals;
mod leak;
mod pattern;
mod repeats;
mod zeros;

pub use crate::split::{neighbors, row_before};
pub use drift::{Drift, drift};
pub(crate) use leak::tells;
pub use leak::{Leak, leaks};
pub use pattern::same_columns;
pub use repeats::{Repeats, repeats};
pub use zeros::{Zeros, many_zeros};
