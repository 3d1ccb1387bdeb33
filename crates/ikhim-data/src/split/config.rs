use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// The share of rows of a part of which nothing is said.
pub(super) const DEFAULT_SIZE: Size = Size::Share(0.15);

/// How rows are assigned to parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SplitMethod {
    /// In an order drawn from the seed and each row's inputs.
    Random,
    /// The same within each class, so that every part has the classes in the
    /// same proportions, within one row.
    Stratified,
    /// As a column says with the words train, validation and test.
    Column,
    /// As the files of the source say; validation rows are drawn from the
    /// train files.
    Files,
    /// All rows are train rows.
    None,
}

impl SplitMethod {
    const ALL: [SplitMethod; 5] = [
        SplitMethod::Random,
        SplitMethod::Stratified,
        SplitMethod::Column,
        SplitMethod::Files,
        SplitMethod::None,
    ];

    /// All words of an experiment file.
    pub const WORDS: &[&str] = &["random", "stratified", "column", "files", "none"];

    /// The word in an experiment file.
    pub fn word(self) -> &'static str {
        match self {
            SplitMethod::Random => "random",
            SplitMethod::Stratified => "stratified",
            SplitMethod::Column => "column",
            SplitMethod::Files => "files",
            SplitMethod::None => "none",
        }
    }
}

impl fmt::Display for SplitMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

impl FromStr for SplitMethod {
    type Err = String;

    fn from_str(word: &str) -> Result<SplitMethod, String> {
        let known = SplitMethod::ALL.into_iter().find(|method| method.word() == word);
        known.ok_or(format!("expected one of {}, got `{word}`", SplitMethod::WORDS.join(", ")))
    }
}

/// The size of a part: below 1 a share of all rows, else a number of rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Size {
    /// A number of rows.
    Rows(usize),
    /// A share of all rows, rounded to whole rows.
    Share(f64),
}

impl Size {
    /// The number of rows out of `rows`; `None` for a number that is neither a
    /// share below 1 nor whole.
    pub(super) fn of(self, rows: usize) -> Option<usize> {
        match self {
            Size::Rows(count) => Some(count),
            Size::Share(share) if (0.0..1.0).contains(&share) => {
                Some((share * rows as f64).round() as usize)
            }
            Size::Share(count) if count >= 1.0 && count.fract() == 0.0 => Some(count as usize),
            Size::Share(_) => None,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Size::Rows(rows) => rows.fmt(f),
            Size::Share(share) => share.fmt(f),
        }
    }
}

impl From<f64> for Size {
    fn from(share: f64) -> Size {
        Size::Share(share)
    }
}

impl From<usize> for Size {
    fn from(rows: usize) -> Size {
        Size::Rows(rows)
    }
}

impl From<i32> for Size {
    fn from(rows: i32) -> Size {
        // A negative number is refused, as a share, when the split is drawn.
        usize::try_from(rows).map_or(Size::Share(f64::from(rows)), Size::Rows)
    }
}

/// How data is split. What is not said follows from the data: a source that
/// comes in parts keeps them, classes are stratified, all else is random; 15 %
/// of the rows are validation rows and 15 % are sealed.
///
/// ```
/// use ikhim_data::Split;
/// let split = Split::random().validation(0.15).test(3_000).seed(7);
/// # assert_eq!(serde_json::to_string(&split).unwrap(),
/// #     r#"{"method":"random","validation":0.15,"test":3000,"seed":7}"#);
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Split {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) method: Option<SplitMethod>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) column: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) validation: Option<Size>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) test: Option<Size>,
    pub(super) seed: u64,
}

impl Split {
    /// The split that the data itself suggests.
    pub fn new() -> Split {
        Split::default()
    }

    /// A split of a method.
    pub fn of(method: SplitMethod) -> Split {
        Split { method: Some(method), ..Split::default() }
    }

    /// Rows in an order drawn from the seed and their inputs.
    pub fn random() -> Split {
        Split::of(SplitMethod::Random)
    }

    /// Random within each class.
    pub fn stratified() -> Split {
        Split::of(SplitMethod::Stratified)
    }

    /// As the column says with the words train, validation and test; the
    /// column is no input then.
    pub fn column(name: impl Into<String>) -> Split {
        Split { column: Some(name.into()), ..Split::of(SplitMethod::Column) }
    }

    /// As the files of the source say.
    pub fn files() -> Split {
        Split::of(SplitMethod::Files)
    }

    /// All rows are train rows; nothing is sealed.
    pub fn none() -> Split {
        Split::of(SplitMethod::None)
    }

    /// The size of the validation part: below 1 a share, else rows.
    pub fn validation(mut self, size: impl Into<Size>) -> Split {
        self.validation = Some(size.into());
        self
    }

    /// The size of the sealed test part: below 1 a share, else rows; 0 seals
    /// nothing.
    pub fn test(mut self, size: impl Into<Size>) -> Split {
        self.test = Some(size.into());
        self
    }

    /// The seed of the split. It is apart from the seed of a run, so that all
    /// seeds share the sealed rows.
    pub fn seed(mut self, seed: u64) -> Split {
        self.seed = seed;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back() {
        for word in SplitMethod::WORDS {
            assert_eq!(word.parse::<SplitMethod>().map(SplitMethod::word), Ok(*word));
            let json = format!("\"{word}\"");
            assert_eq!(serde_json::from_str::<SplitMethod>(&json).unwrap().word(), *word);
        }
        assert!("grouped".parse::<SplitMethod>().unwrap_err().ends_with("got `grouped`"));
    }

    #[test]
    fn sizes_are_shares_below_1_and_rows_from_1() {
        for (size, expected) in [
            (Size::from(0.15), Some(270)), // 269.55
            (Size::from(0.0), Some(0)),
            (Size::from(1.0), Some(1)),
            (Size::from(5_000), Some(5_000)),
            (Size::from(1.5), None),
            (Size::from(-0.1), None),
            (Size::from(-3), None),
            (Size::from(f64::NAN), None),
        ] {
            assert_eq!(size.of(1_797), expected, "{size}");
        }
    }

    #[test]
    fn is_read_from_the_numbers_of_an_experiment() {
        let split: Split = serde_json::from_str(r#"{"validation": 5000, "test": 0.2}"#).unwrap();
        assert_eq!(split, Split::new().validation(5_000).test(0.2));
    }
}
