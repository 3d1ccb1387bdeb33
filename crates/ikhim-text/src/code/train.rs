//! Codes of the kind `train`: training and running.

use super::Code;

pub(super) const CODES: &[Code] = &[];
