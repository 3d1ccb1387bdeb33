use super::assemble::{Draw, assemble};
use super::config::{Split, SplitMethod};
use super::group::groups;
use super::pool::different;
use super::streamed::Known;
use super::{Assignment, SplitRecord, SplitReport, fault};
use crate::stream::{Rows, Stream};
use crate::{Dataset, Notice, Part, SealedTest, Task};
use ikhim_text::{Result, sentence};
use std::borrow::{Borrow, Cow};

/// The train rows: what a network learns from and preprocessing is fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Train {
    pub(super) data: Dataset,
}

/// The validation rows: what choices are made on.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    pub(super) data: Dataset,
}

/// The three parts of a split, and what is to be said and kept about it.
///
/// The parts are three types without a common trait: what takes a [`Train`]
/// cannot be given validation rows by mistake, and nothing but
/// [`SealedTest::open`] gives out the rows of the test part.
#[derive(Debug)]
#[non_exhaustive]
pub struct Parts {
    /// The train rows.
    pub train: Train,
    /// The validation rows; empty when none were asked for.
    pub validation: Validation,
    /// The sealed rows; empty when none were asked for.
    pub test: SealedTest,
    /// What to keep, to draw the same split again.
    pub record: SplitRecord,
    /// What to say about the split.
    pub report: SplitReport,
    /// All rows of the parts, where they are read in pieces.
    pub(super) in_pieces: Option<[Rows; 3]>,
}

impl Train {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.streamed().map_or(self.data.len(), Rows::len)
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The rows; of rows that are read in pieces the first of them.
    pub fn dataset(&self) -> &Dataset {
        &self.data
    }

    /// The first rows only, as `data.limit` says; all when there are fewer.
    pub fn first(&self, rows: usize) -> Train {
        let first = rows.min(self.data.len());
        let mut data = self.data.take(&(0..first).collect::<Vec<_>>());
        if let (Some(stream), Some(part)) = (&self.data.stream, self.streamed()) {
            data.stream = Some(Stream { part: Some(part.first(rows)), ..stream.clone() });
        }
        Train { data }
    }

    /// All rows, where they are read in pieces.
    pub(crate) fn streamed(&self) -> Option<&Rows> {
        self.data.stream.as_ref()?.part.as_ref()
    }
}

impl Validation {
    /// Number of rows.
    pub fn len(&self) -> usize {
        self.data.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The rows.
    pub fn dataset(&self) -> &Dataset {
        &self.data
    }
}

impl Dataset {
    /// Splits the rows into a train, a validation and a sealed test part.
    ///
    /// Rows with equal inputs go into one part. Drawn parts are in the order of
    /// the draw, which is a function of `split.seed` and the inputs; the parts
    /// of the methods column, files and none keep the order of the source.
    ///
    /// # Errors
    /// Too few rows for a part, sizes that leave no train row, one class only,
    /// a class or a level (where unknown ones are refused) that no train row
    /// has, a split column or files that do not say the part.
    ///
    /// ```
    /// # fn main() -> ikhim_text::Result<()> {
    /// use ikhim_data::{Dataset, Split};
    /// let parts = Dataset::digits().load()?.split(Split::stratified().seed(7))?;
    /// let sizes = [parts.train.len(), parts.validation.len(), parts.test.len()];
    /// assert_eq!(sizes, [1_257, 270, 270]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn split(&self, split: impl Borrow<Split>) -> Result<Parts> {
        self.split_by(split.borrow(), None)
    }

    /// Splits as [`split`](Dataset::split), but rows whose inputs were assigned
    /// before keep their part, and only new ones are drawn: what was sealed stays
    /// sealed when rows are appended, changed or put in another order. Only a
    /// drawn split asks for it; all others follow from the rows themselves. An
    /// assignment that is handed over is freed as soon as it was asked.
    ///
    /// # Errors
    /// As [`split`](Dataset::split).
    ///
    /// ```
    /// # fn main() -> ikhim_text::Result<()> {
    /// use ikhim_data::{Assignment, Dataset, Split};
    /// let rows = |count: i32| (0..count).map(|x| [x, x % 2]).collect::<Vec<_>>();
    /// let first = Dataset::rows(["x", "y"], rows(40)).load()?.split(Split::new())?;
    /// let kept = Assignment::of(&first)?;
    /// let later = Dataset::rows(["x", "y"], rows(100)).load()?;
    /// let later = later.split_keeping(Split::new(), &kept)?;
    /// assert_eq!((first.test.len(), later.test.len()), (6, 15));
    /// let sealed = &first.record.sealed_ids;
    /// assert!(sealed.iter().all(|id| later.record.sealed_ids.contains(id)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn split_keeping<'a>(
        &self,
        split: impl Borrow<Split>,
        kept: impl Into<Cow<'a, Assignment>>,
    ) -> Result<Parts> {
        self.split_by(split.borrow(), Some(kept.into()))
    }

    fn split_by(&self, split: &Split, kept: Option<Cow<'_, Assignment>>) -> Result<Parts> {
        // What a cell is to blame for is told with its line.
        self.cut_by(split, kept).map_err(|fault| self.locate(fault))
    }

    fn cut_by(&self, split: &Split, kept: Option<Cow<'_, Assignment>>) -> Result<Parts> {
        if let Some(stream) = &self.stream {
            return self.split_streamed(stream, split, Known::Kept(kept));
        }
        let kept = kept.as_deref();
        let mut notices = Vec::new();
        let method = split.method_for(self, &mut notices);
        let draw = Draw::of(split, method);
        let data = &*draw.without_its_column(self, &mut notices)?;
        fault::check_classes(data)?;
        if (data.task() == Task::NextToken || data.series().is_some())
            && !matches!(method, SplitMethod::Time | SplitMethod::None)
        {
            return Err(fault::windows_not_in_time(data, method));
        }
        if split.fold.is_some() && !method.is_drawn() {
            return Err(fault::folds_of_what_is_not_drawn(method));
        }
        let whole = |parts: Vec<Part>| parts.into_iter().map(Some).collect();
        let parts: Vec<Option<Part>> = match method {
            SplitMethod::None => vec![Some(Part::Train); data.len()],
            SplitMethod::Column => whole(split.parts_of_column(data)?),
            SplitMethod::Files => whole(split.parts_of_files(data)?),
            SplitMethod::Time => split.parts_in_time(data, &mut notices)?,
            SplitMethod::Random | SplitMethod::Stratified | SplitMethod::Group => {
                whole(split.drawn_parts(data, method, kept, &mut notices)?)
            }
        };
        split.note_unused(method, &mut notices);
        if method.is_drawn() && split.wants_validation() && !parts.contains(&Some(Part::Validation))
        {
            notices.push(match &draw.group {
                Some(group) => {
                    Notice::new("split.no_validation", sentence::SPLIT_NO_VALIDATION_GROUP)
                        .with("column", group)
                        .with("different", different(&mut groups(data, group)?.iter()))
                }
                None => Notice::new("split.no_validation", sentence::SPLIT_NO_VALIDATION)
                    .with("different", different(&mut data.input_hashes().iter())),
            });
        }
        assemble(data, draw, &parts, notices, None)
    }
}
