//! A column of text as the input of a network: its tokens, row by row.

use crate::schema::Plan;
use crate::{HandleUnknown, Notice, Role, Tokenizer};
use ikhim_text::{Fault, sentence};
use serde::{Deserialize, Serialize};

/// Which column is read token by token, and how. It is then the only input: rows of
/// `[length]` indices, and their lengths as an input of their own, so that padding
/// behind the end of a text counts nowhere.
///
/// ```
/// use ikhim_data::{Dataset, Preprocessing, SequenceColumn, Split};
/// let rows = [["Anna", "a"], ["Bo", "b"], ["Ada", "a"], ["Bob", "b"]];
/// let data = Dataset::rows(["name", "group"], rows).target("group");
/// let data = data.sequence(SequenceColumn::new("name")).load()?;
/// let train = data.split(Split::none())?.train;
/// let preprocessing = Preprocessing::fit(&train)?;
/// let encoded = preprocessing.encode_train(&train)?;
/// assert_eq!(encoded.encoded().inputs[0].shape, [4]);
/// assert_eq!(encoded.encoded().inputs[1].name, "lengths");
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SequenceColumn {
    pub(crate) column: String,
    pub(crate) tokenizer: Tokenizer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) length: Option<usize>,
    pub(crate) unknown: HandleUnknown,
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub(crate) buckets: usize,
}

fn one() -> usize {
    1
}

fn is_one(buckets: &usize) -> bool {
    *buckets == 1
}

impl SequenceColumn {
    /// The characters of a column; a row is as long as the longest train row, and
    /// one token stands for all that the train rows do not have.
    pub fn new(column: impl Into<String>) -> SequenceColumn {
        SequenceColumn {
            column: column.into(),
            tokenizer: Tokenizer::Char,
            length: None,
            unknown: HandleUnknown::Ignore,
            buckets: 1,
        }
    }

    /// What the text is cut into.
    pub fn tokenizer(mut self, tokenizer: Tokenizer) -> SequenceColumn {
        self.tokenizer = tokenizer;
        self
    }

    /// So many tokens a row, at least 1; what is longer is cut off.
    pub fn length(mut self, length: usize) -> SequenceColumn {
        self.length = Some(length.max(1));
        self
    }

    /// Trains on batches of rows of like length, in so many groups of lengths; each
    /// batch is computed up to the length of its group. One group, which is the
    /// default, is all rows at the length of the longest.
    pub fn buckets(mut self, buckets: usize) -> SequenceColumn {
        self.buckets = buckets.max(1);
        self
    }

    /// In how many groups of lengths it is trained on.
    pub fn bucket_count(&self) -> usize {
        self.buckets
    }

    /// What happens to a token that no train row has.
    pub fn handle_unknown(mut self, unknown: HandleUnknown) -> SequenceColumn {
        self.unknown = unknown;
        self
    }
}

/// The fault of a column that is to be read token by token and to be learned.
pub(crate) fn is_target(name: &str) -> Fault {
    Fault::of("data.sequence_column").with("column", name)
}

/// Makes a column the only input of a table.
pub(crate) fn alone(name: &str, names: &[String], plans: &mut [Plan], notices: &mut Vec<Notice>) {
    let mut beside = Vec::new();
    for (plan, column) in plans.iter_mut().zip(names) {
        if column == name {
            plan.role = Role::Input;
        } else if plan.role == Role::Input {
            beside.push(format!("`{column}`"));
            plan.role = Role::Ignored;
        }
    }
    if !beside.is_empty() {
        let notice = Notice::new("data.sequence_alone", sentence::DATA_SEQUENCE_ALONE);
        let notice = notice.with("column", name).with("others", beside.join(", "));
        notices.push(notice);
    }
}
