//! The page of a run: its inputs as plain structs, and the page itself.

mod data;
mod examination;
mod html;
mod page;
mod run;
mod score;
mod sections;

pub use data::{Column, Data, Decision, Finding, Layer, Part, Severity};
pub(crate) use examination::Mistake;
pub use examination::{Confusion, Examination, Input, Look, Test, WrongExample};
pub use run::RunReport;
pub use score::{
    Baseline, ColumnImportance, Comparison, Epoch, EpochMetric, Importance, LossMode, Role, Score,
    Status,
};
