//! What a run shows to people: its progress while it trains, its page, and its
//! files for TensorBoard.

pub(crate) mod events;
mod examination;
pub(crate) mod live;
pub(crate) mod page;
pub(crate) mod progress;
pub(crate) mod samples;
