//! Sources, schema, preprocessing, splits, and the sealed test part with its ledger.

mod column;
mod credit;
mod dataset;
mod hash;
mod notice;
mod source;
mod values;

pub use column::{
    Column, ColumnType, Encoding, HandleUnknown, Missing, Policy, Scaling, Transform,
};
pub use credit::Credit;
pub use dataset::{ColumnData, Dataset, Origin, Part, Role, Task};
pub use hash::{ContentHash, RowHash, RowHasher};
pub use notice::Notice;
pub use values::{ArrayData, Values};
