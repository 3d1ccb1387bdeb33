//! Codes of the kind `seal`: the sealed test part and its ledger.

use super::Code;

pub(super) const CODES: &[Code] = &[];
