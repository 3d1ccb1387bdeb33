//! Codes of the kind `experiment`: the experiment file.

use super::Code;

pub(super) const CODES: &[Code] = &[];
