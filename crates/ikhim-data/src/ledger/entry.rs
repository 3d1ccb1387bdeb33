use super::RowSet;
use crate::Rung;
use serde::{Deserialize, Serialize};

/// One line of the ledger: the link to the line before, the moment, and what
/// happened. The link comes first, so that even a line cut short shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// SHA-256 of the line before (of 64 zeros for the first line), without its
    /// line feed; a piece of a line that an interrupted append left behind
    /// belongs to the line before it.
    pub previous: String,
    /// When the line was written: ISO 8601, UTC.
    pub time: String,
    /// The hash of the line in another ledger from which this one was adopted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// What happened.
    #[serde(flatten)]
    pub entry: Entry,
}

/// What a line of the ledger tells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Entry {
    /// These rows are sealed; later lines name them by the hash of the set.
    Seal {
        /// The name of the set, [`RowSet::id`].
        set: String,
        /// Its rows.
        rows: RowSet,
    },
    /// Somebody is about to see what a model does on sealed rows. Written
    /// before the rows are given out.
    Look {
        /// How often rows of this set were looked at, this time included.
        number: usize,
        /// The run that looks.
        run: String,
        /// The hash of the model that is examined.
        model: String,
        /// The name of the set of rows.
        set: String,
        /// How many rows.
        n: usize,
        /// The metric that will be computed.
        metric: String,
        /// Why the person looks.
        reason: String,
    },
    /// What the look showed.
    Value {
        /// The hash of the line of the look.
        look: String,
        /// The metric that was computed.
        metric: String,
        /// Its value; `null` when it is not finite, and `value_is` says what
        /// it is.
        value: Option<f64>,
        /// `nan`, `inf` or `-inf` when the value is not finite.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        value_is: Option<String>,
        /// How many rows were measured, where the sealed ones were a part of more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        measured: Option<usize>,
    },
    /// What a look showed through a ladder; the value that was found stands nowhere.
    Rung {
        /// The hash of the line of the look.
        look: String,
        /// The metric that was computed.
        metric: String,
        /// What was shown.
        #[serde(flatten)]
        rung: Rung,
    },
    /// The lines before this one that have an [origin](Line::origin), up to an earlier
    /// adoption, were taken over from a copy: the ledger had been deleted, cut or begun
    /// anew.
    Adoption {
        /// How many lines.
        lines: usize,
        /// How many of them are looks.
        looks: usize,
        /// How many lines of the copy could not be read: each counts as a look.
        #[serde(default, skip_serializing_if = "is_zero")]
        unreadable: usize,
        /// Whether the chain of the copy held: only then does it say that nothing
        /// before its lines is lost.
        whole: bool,
    },
    /// A line of a later version of ikhim: part of the chain, not counted.
    #[serde(other)]
    Unknown,
}

impl Entry {
    /// Of an adoption, whether the copy was whole.
    pub(super) fn adopted_whole(&self) -> Option<bool> {
        match self {
            Entry::Adoption { whole, .. } => Some(*whole),
            _ => None,
        }
    }

    /// The value of a metric; a number that is not finite is spelled out,
    /// because JSON has none.
    pub(super) fn value(look: &str, metric: &str, value: f64, measured: Option<usize>) -> Entry {
        let value_is = match value {
            _ if value.is_finite() => None,
            _ if value.is_nan() => Some("nan"),
            f64::INFINITY => Some("inf"),
            _ => Some("-inf"),
        };
        Entry::Value {
            look: look.to_string(),
            metric: metric.to_string(),
            value: value.is_finite().then_some(value),
            value_is: value_is.map(str::to_string),
            measured,
        }
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}
