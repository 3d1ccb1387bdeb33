//! The split of data into a train, a validation and a sealed test part, drawn
//! before anything else reads the data.

mod apportion;
mod assemble;
mod assign;
mod config;
mod draw;
mod fault;
mod fold;
mod group;
mod kept;
mod parts;
mod pool;
mod record;
mod report;
mod series;
mod sorted;
mod strata;
mod streamed;
#[cfg(test)]
mod tests;
mod time;

pub(crate) use fault::not_positive;
pub(crate) use time::in_order;

pub use config::{Fold, Order, Size, Split, SplitMethod};
pub use kept::{Assigned, Assignment};
pub use parts::{Parts, Train, Validation};
pub use record::{PartRecord, SplitRecord};
pub use report::{ClassCount, PartReport, SharedRows, SplitReport};
pub use series::{neighbors, row_before};
