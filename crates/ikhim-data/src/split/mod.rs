//! The split of data into a train, a validation and a sealed test part, drawn
//! before anything else reads the data.

mod apportion;
mod config;
mod draw;
mod fault;
mod parts;
mod record;
mod report;
#[cfg(test)]
mod tests;

pub(crate) use fault::not_positive;

pub use config::{Size, Split, SplitMethod};
pub use parts::{Parts, Train, Validation};
pub use record::{PartRecord, SplitRecord};
pub use report::{ClassCount, PartReport, SharedRows, SplitReport};
