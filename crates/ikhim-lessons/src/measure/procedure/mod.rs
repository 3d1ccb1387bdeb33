//! Whole procedures that are repeated on rows drawn from a law: what they
//! report, and what that is worth.

pub(crate) mod noise;
pub(crate) mod polynomial;
pub(crate) mod selection;
pub(crate) mod translation;
