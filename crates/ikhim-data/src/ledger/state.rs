use crate::Notice;
use ikhim_text::sentence;
use serde::{Deserialize, Serialize};

/// What a ledger is compared with its own chain and with the head that a run
/// remembers. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
#[non_exhaustive]
pub enum LedgerState {
    /// Every line names the line before it, and the remembered head is there.
    Whole,
    /// A run saw a ledger, and there is none now.
    Missing,
    /// The ledger ends before the line that the run saw.
    Shorter {
        /// Lines now.
        lines: usize,
        /// Lines that the run saw.
        remembered: usize,
    },
    /// A line is not what the line after it, or the run, remembers: it was
    /// edited, removed or put in.
    Edited {
        /// The line.
        line: usize,
    },
    /// The line before this one stands elsewhere in the ledger.
    Reordered {
        /// The line whose place changed.
        line: usize,
    },
    /// The last line cannot be read: an append was interrupted, or somebody cut
    /// the line. It counts as a look.
    Torn {
        /// The line.
        line: usize,
    },
}

impl LedgerState {
    /// What must be said of the ledger; nothing when it is whole.
    pub fn notice(&self) -> Option<Notice> {
        let notice = match self {
            LedgerState::Whole => return None,
            LedgerState::Missing => Notice::new("seal.ledger_missing", sentence::LEDGER_MISSING),
            LedgerState::Shorter { lines, remembered } => {
                Notice::new("seal.ledger_shorter", sentence::LEDGER_SHORTER)
                    .with("lines", lines)
                    .with("remembered", remembered)
            }
            LedgerState::Edited { line } => {
                Notice::new("seal.ledger_edited", sentence::LEDGER_EDITED).with("line", line)
            }
            LedgerState::Reordered { line } => {
                Notice::new("seal.ledger_reordered", sentence::LEDGER_REORDERED).with("line", line)
            }
            LedgerState::Torn { line } => {
                Notice::new("seal.ledger_torn", sentence::LEDGER_TORN).with("line", line)
            }
        };
        Some(notice)
    }
}
