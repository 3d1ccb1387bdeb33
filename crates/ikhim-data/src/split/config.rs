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
    /// same proportions, within one row. Of a target of numbers, its tenths take
    /// the place of classes.
    Stratified,
    /// Rows with the same value in a column stay together: all pictures of one
    /// patient, all days of one household.
    Group,
    /// In the order of time: the past is train, what follows is validation, the
    /// last rows are sealed.
    Time,
    /// As a column says with the words train, validation and test.
    Column,
    /// As the files of the source say; validation rows are drawn from the
    /// train files.
    Files,
    /// All rows are train rows.
    None,
}

impl SplitMethod {
    const ALL: [SplitMethod; 7] = [
        SplitMethod::Random,
        SplitMethod::Stratified,
        SplitMethod::Group,
        SplitMethod::Time,
        SplitMethod::Column,
        SplitMethod::Files,
        SplitMethod::None,
    ];

    /// All words of an experiment file.
    pub const WORDS: &[&str] =
        &["random", "stratified", "group", "time", "column", "files", "none"];

    /// The word in an experiment file.
    pub fn word(self) -> &'static str {
        match self {
            SplitMethod::Random => "random",
            SplitMethod::Stratified => "stratified",
            SplitMethod::Group => "group",
            SplitMethod::Time => "time",
            SplitMethod::Column => "column",
            SplitMethod::Files => "files",
            SplitMethod::None => "none",
        }
    }
}

impl SplitMethod {
    /// Whether rows are drawn by chance, so that there may be folds.
    pub fn is_drawn(self) -> bool {
        matches!(self, SplitMethod::Random | SplitMethod::Stratified | SplitMethod::Group)
    }
}

/// Which end of the rows is the past, where no column tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The first row is the oldest.
    #[default]
    OldestFirst,
    /// The first row is the newest.
    NewestFirst,
}

impl Order {
    /// All words of an experiment file.
    pub const WORDS: &[&str] = &["oldest_first", "newest_first"];
}

impl FromStr for Order {
    type Err = String;

    fn from_str(word: &str) -> Result<Order, String> {
        match word {
            "oldest_first" => Ok(Order::OldestFirst),
            "newest_first" => Ok(Order::NewestFirst),
            other => Err(format!("expected one of {}, got `{other}`", Order::WORDS.join(", "))),
        }
    }
}

/// Which fold of a cross-validation is the validation part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fold {
    /// The fold, from 1; beyond `folds` the rows are cut anew: fold 7 of 5 is the
    /// second of the second cut.
    pub fold: usize,
    /// The number of folds.
    pub folds: usize,
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
    pub(super) group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) order: Option<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) gap: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fold: Option<Fold>,
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

    /// Rows with the same value in this column stay together; the column is no
    /// input then.
    pub fn group(column: impl Into<String>) -> Split {
        Split { group: Some(column.into()), ..Split::of(SplitMethod::Group) }
    }

    /// The rows of the source in the order of time.
    pub fn time() -> Split {
        Split::of(SplitMethod::Time)
    }

    /// In the order of time as a column of numbers or dates tells it.
    pub fn time_by(column: impl Into<String>) -> Split {
        Split { column: Some(column.into()), ..Split::time() }
    }

    /// Which end of the rows is the past, where no column tells.
    pub fn order(mut self, order: Order) -> Split {
        self.order = Some(order);
        self
    }

    /// Rows between two parts of a split by time that belong to none, so that
    /// what looks back over so many rows sees no other part.
    pub fn gap(mut self, rows: usize) -> Split {
        self.gap = Some(rows);
        self
    }

    /// One fold of a cross-validation: the sealed rows are those of the same
    /// split without folds, the others are cut into `folds`, and this fold,
    /// counted from 1, is the validation part.
    ///
    /// ```
    /// # fn main() -> ikhim_text::Result<()> {
    /// use ikhim_data::{Dataset, Split};
    /// let digits = Dataset::digits().load()?;
    /// let whole = digits.split(Split::new())?;
    /// let fold = digits.split(Split::new().fold(2, 5))?;
    /// assert_eq!(fold.test.id(), whole.test.id());
    /// let sizes = [fold.train.len(), fold.validation.len()];
    /// assert_eq!(sizes, [1_221, 306]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn fold(mut self, fold: usize, folds: usize) -> Split {
        self.fold = Some(Fold { fold, folds });
        self
    }

    /// The same split without folds: its sealed rows are those of every fold.
    pub fn without_fold(mut self) -> Split {
        self.fold = None;
        self
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
