//! What ikhim says: one table of sentences in English and Korean, and
//! [`Fault`], the error of every crate, which carries its place in a file or a
//! network, what was expected, what was found and what to do.
//!
//! Nothing here knows tensors or data: every other crate may depend on this
//! one, and this one depends on none.

pub mod block;
pub mod brief;
pub mod code;
mod fault;
mod language;
pub mod nearest;
pub mod number;
pub mod sentence;
mod template;

pub use fault::{Fault, Kind, Location};
pub use language::Language;

/// The result of every fallible call of ikhim.
pub type Result<T> = std::result::Result<T, Fault>;
