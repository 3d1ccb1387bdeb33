//! Tables that are larger than memory.
//!
//! One pass over the file types every cell, on all cores and in pieces, and
//! writes numbers and codes of words into a scratch file. What a column is, is
//! inferred from the first piece and from every later row that could change the
//! answer: the first that is missing, the first that is no whole number, the
//! first of each new word. The split goes by the same keys as in memory, and
//! then the columns are laid behind each other in the order of the parts, so
//! that a part is a range of rows and a batch is read in one piece.

mod open;
mod ordered;
mod pass;
mod pieces;
mod scratch;
#[cfg(test)]
mod tests;
mod witness;

pub(crate) use open::{Wanted, load, unfit};
pub(crate) use ordered::{Ordered, Rows, all_codes, all_numbers, inputs};
pub(crate) use scratch::Blocks;

use crate::ContentHash;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Whether a table of separated values is read in pieces.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Streaming {
    /// When its files have [`LARGE`] bytes or more.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Files of so many bytes are read in pieces, unless something else is said.
pub const LARGE: u64 = 512 << 20;

/// How far reading has come, for whoever waits; and the wish that it stops.
#[derive(Debug, Clone, Default)]
pub struct Reading {
    counts: Arc<[AtomicU64; 2]>,
    stop: Arc<AtomicBool>,
}

impl Reading {
    /// Reading that stops with `train.interrupted` when the flag is set.
    pub fn stopped_by(stop: Arc<AtomicBool>) -> Reading {
        Reading { stop, ..Reading::default() }
    }

    /// Bytes that are read, and bytes that there are; 0 of 0 before it begins and
    /// where nothing is read in pieces.
    pub fn bytes(&self) -> (u64, u64) {
        let [read, all] = &*self.counts;
        (read.load(Ordering::Relaxed), all.load(Ordering::Relaxed))
    }

    fn set_all(&self, bytes: u64) {
        self.counts[1].store(bytes, Ordering::Relaxed);
    }

    fn add(&self, bytes: u64) {
        self.counts[0].fetch_add(bytes, Ordering::Relaxed);
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}

/// What stands behind the sample rows of a data set that is read in pieces.
#[derive(Clone)]
pub(crate) struct Stream {
    /// All rows, as they were read.
    pub(crate) blocks: Arc<Blocks>,
    /// The rows of a part, where it is one.
    pub(crate) part: Option<Rows>,
}

impl PartialEq for Stream {
    fn eq(&self, other: &Stream) -> bool {
        Arc::ptr_eq(&self.blocks, &other.blocks) && self.part == other.part
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("rows", &self.blocks.rows()).finish_non_exhaustive()
    }
}

/// What a whole pass found of the source itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    pub(crate) content_hash: ContentHash,
    pub(crate) comments: usize,
}
