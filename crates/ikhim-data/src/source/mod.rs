//! Where data comes from.

mod missing_word;

pub(crate) use missing_word::is_missing_word;
