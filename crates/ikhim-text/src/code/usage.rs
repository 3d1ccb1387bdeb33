//! Codes of the kind `usage`: arguments of a command.

use super::Code;

pub(super) const CODES: &[Code] = &[];
