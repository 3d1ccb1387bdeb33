//! Who made a data set, and under which licence it may be used.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Who made a data set and how it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Credit {
    /// Title of the set as its authors give it.
    pub title: String,
    /// Its authors.
    pub authors: String,
    /// The licence under which it is passed on.
    pub licence: String,
    /// Where it was published.
    pub source: String,
    /// What was changed.
    pub changes: String,
}

impl fmt::Display for Credit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Credit { title, authors, licence, source, changes } = self;
        write!(f, "{title}, by {authors}; {licence}; {source}; changed: {changes}")
    }
}
