//! Tuning: many trainings with other values of some keys, judged on validation
//! alone.
//!
//! What is tried is a function of the `[tune]` section and its seed, and what
//! wins a function of the results: neither depends on how many trials go on at a
//! time or which of them ends first. Each trial computes on one thread.

mod nested;
mod search;
mod space;

pub use nested::{Nested, OuterFold};
pub use search::{Round, Tried, Tuning};
pub use space::{Space, Trial};
