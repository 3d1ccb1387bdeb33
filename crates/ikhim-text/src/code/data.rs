//! Codes of the kind `data`: contents of data files.

use super::Code;

pub(super) const CODES: &[Code] = &[];
