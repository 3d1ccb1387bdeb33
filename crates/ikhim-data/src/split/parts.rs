use super::config::{DEFAULT_SIZE, Size, Split, SplitMethod};
use super::draw::{draw, key};
use super::{SplitRecord, SplitReport, fault};
use crate::{Dataset, Notice, Part, Role, SealedTest, Task, Values};
use ikhim_text::{Result, sentence};
use std::borrow::Borrow;

/// The train rows: what a network learns from and preprocessing is fitted on.
#[derive(Debug, Clone, PartialEq)]
pub struct Train {
    data: Dataset,
}

/// The validation rows: what choices are made on.
#[derive(Debug, Clone, PartialEq)]
pub struct Validation {
    data: Dataset,
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
}

impl Train {
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

    /// The first rows only, as `data.limit` says; all when there are fewer.
    pub fn first(&self, rows: usize) -> Train {
        Train { data: self.data.take(&(0..rows.min(self.len())).collect::<Vec<_>>()) }
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
        let split = split.borrow();
        let method = split.method_for(self);
        fault::check_classes(self)?;
        let mut notices = Vec::new();
        let parts = match method {
            SplitMethod::None => vec![Part::Train; self.len()],
            SplitMethod::Column => split.parts_of_column(self)?,
            SplitMethod::Files => split.parts_of_files(self)?,
            SplitMethod::Random | SplitMethod::Stratified => {
                split.drawn_parts(self, method, &mut notices)?
            }
        };
        split.note_unused_sizes(method, &mut notices);
        let column = (method == SplitMethod::Column).then(|| split.column.clone()).flatten();
        assemble(self, Draw { method, seed: split.seed, column }, &parts, notices, None)
    }
}

/// How a split was drawn.
pub(super) struct Draw {
    pub(super) method: SplitMethod,
    pub(super) seed: u64,
    pub(super) column: Option<String>,
}

/// Takes the parts out of the data, which must be those that are `expected`.
pub(super) fn assemble(
    data: &Dataset,
    draw: Draw,
    parts: &[Part],
    notices: Vec<Notice>,
    expected: Option<&SplitRecord>,
) -> Result<Parts> {
    let mut order: Vec<usize> = (0..data.len()).collect();
    if matches!(draw.method, SplitMethod::Random | SplitMethod::Stratified) {
        order.sort_by_key(|&row| (key(draw.seed, &data.input_hashes()[row]), row));
    }
    let take = |part| {
        let rows: Vec<usize> = order.iter().copied().filter(|&row| parts[row] == part).collect();
        let mut rows = data.take(&rows);
        for column in &mut rows.columns {
            // The column that says the part would tell the network the part.
            if Some(&column.name) == draw.column.as_ref() {
                column.role = Role::Ignored;
            }
        }
        rows
    };
    let (train, validation, test) = (take(Part::Train), take(Part::Validation), take(Part::Test));
    let report = SplitReport::of(&draw, [&train, &validation, &test], notices);
    let record = SplitRecord::of(draw, [&train, &validation, &test]);
    if let Some(expected) = expected {
        expected.compare(&record)?;
    }
    fault::check_parts(&train, &validation, &test)?;
    Ok(Parts {
        train: Train { data: train },
        validation: Validation { data: validation },
        test: SealedTest::new(test),
        record,
        report,
    })
}

impl Split {
    /// The method, where none was given the one that the data suggests.
    fn method_for(&self, data: &Dataset) -> SplitMethod {
        match self.method {
            Some(method) => method,
            None if self.column.is_some() => SplitMethod::Column,
            None if data.parts().is_some() => SplitMethod::Files,
            None if data.task() == Task::Classification => SplitMethod::Stratified,
            None => SplitMethod::Random,
        }
    }

    /// Rows of a part out of `rows`.
    fn rows_of(&self, part: Part, rows: usize) -> Result<usize> {
        let size = match part {
            Part::Test => self.test,
            _ => self.validation,
        };
        let size = size.unwrap_or(DEFAULT_SIZE);
        let count = size.of(rows).ok_or_else(|| fault::size(part, size))?;
        let wanted = !matches!(size, Size::Rows(0)) && size != Size::Share(0.0);
        if wanted && count == 0 { Err(fault::too_few_rows(part, rows)) } else { Ok(count) }
    }

    fn drawn_parts(
        &self,
        data: &Dataset,
        method: SplitMethod,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Part>> {
        let rows: Vec<usize> = (0..data.len()).collect();
        let validation = self.rows_of(Part::Validation, rows.len())?;
        let test = self.rows_of(Part::Test, rows.len())?;
        let sizes = [validation, test];
        if method == SplitMethod::Stratified {
            return self.stratified_parts(data, &rows, sizes, notices);
        }
        draw_rows(self.seed, data, &rows, &vec![0; rows.len()], sizes)
    }

    /// Draws within each class. A class with a single row stays in train: it
    /// could be learned but not measured, or measured but not learned, and the
    /// first is of more use.
    fn stratified_parts(
        &self,
        data: &Dataset,
        rows: &[usize],
        sizes: [usize; 2],
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Part>> {
        let classes = class_indices(data).ok_or_else(|| fault::not_stratifiable(data))?;
        let mut members = vec![0_usize; data.classes().len()];
        rows.iter().for_each(|&row| members[classes[row]] += 1);
        let alone = |row: &usize| members[classes[*row]] == 1;
        for &row in rows.iter().filter(|row| alone(row)) {
            let class = &data.classes()[classes[row]];
            let notice = Notice::new("split.single_member", sentence::SPLIT_SINGLE_MEMBER);
            notices.push(notice.with("class", class));
        }
        let shared: Vec<usize> = rows.iter().copied().filter(|row| !alone(row)).collect();
        let strata: Vec<usize> = shared.iter().map(|&row| classes[row]).collect();
        draw_rows(self.seed, data, &shared, &strata, sizes)
    }

    /// The parts that the files say, with validation rows drawn from the train
    /// files where there is no validation file.
    fn parts_of_files(&self, data: &Dataset) -> Result<Vec<Part>> {
        let files = data.parts().ok_or_else(|| fault::no_parts(data))?;
        if files.contains(&Part::Validation) {
            return Ok(files.to_vec());
        }
        let pool: Vec<usize> = (0..data.len()).filter(|&row| files[row] == Part::Train).collect();
        let sizes = [self.rows_of(Part::Validation, pool.len())?, 0];
        let drawn = if data.task() == Task::Classification {
            // A class with one row is told of by the report's counts: which
            // file it stands in was not our choice.
            self.stratified_parts(data, &pool, sizes, &mut Vec::new())?
        } else {
            draw_rows(self.seed, data, &pool, &vec![0; pool.len()], sizes)?
        };
        let of_row = |(&file, &drawn)| if file == Part::Train { drawn } else { file };
        Ok(files.iter().zip(&drawn).map(of_row).collect())
    }

    fn parts_of_column(&self, data: &Dataset) -> Result<Vec<Part>> {
        let name = self.column.as_deref().ok_or_else(fault::no_column_named)?;
        let column = data.column(name).ok_or_else(|| fault::no_such_column(name, data))?;
        let word = |row: usize| match &column.values {
            Values::Category { levels, indices } => {
                indices.get(row)?.and_then(|index| levels.get(index as usize)).map(String::as_str)
            }
            Values::Text(texts) => texts.get(row)?.as_deref(),
            _ => None,
        };
        let part = |row| match word(row) {
            Some("train") => Ok(Part::Train),
            Some("validation") => Ok(Part::Validation),
            Some("test") => Ok(Part::Test),
            other => Err(fault::no_part_word(name, data.row_ids()[row], other)),
        };
        (0..data.len()).map(part).collect()
    }

    /// A size that the method does not use is said, never silently ignored.
    fn note_unused_sizes(&self, method: SplitMethod, notices: &mut Vec<Notice>) {
        let unused = match method {
            SplitMethod::Random | SplitMethod::Stratified => [None, None],
            SplitMethod::Files => [None, self.test.map(|_| "split.test")],
            SplitMethod::Column | SplitMethod::None => {
                [self.validation.map(|_| "split.validation"), self.test.map(|_| "split.test")]
            }
        };
        for key in unused.into_iter().flatten() {
            let notice = Notice::new("split.unused_size", sentence::SPLIT_UNUSED_SIZE);
            notices.push(notice.with("key", key).with("method", method));
        }
    }
}

/// Draws validation and test rows out of `rows`; all other rows are train.
fn draw_rows(
    seed: u64,
    data: &Dataset,
    rows: &[usize],
    strata: &[usize],
    [validation, test]: [usize; 2],
) -> Result<Vec<Part>> {
    let train = rows.len().checked_sub(validation).and_then(|left| left.checked_sub(test));
    let train = train.filter(|&train| train > 0);
    let train = train.ok_or_else(|| fault::too_large(validation, test, rows.len()))?;
    let keys: Vec<_> = rows.iter().map(|&row| key(seed, &data.input_hashes()[row])).collect();
    let mut parts = vec![Part::Train; data.len()];
    for (&row, part) in rows.iter().zip(draw(&keys, strata, [train, validation, test])) {
        parts[row] = part;
    }
    Ok(parts)
}

/// For each row the index of its class; `None` without classes.
fn class_indices(data: &Dataset) -> Option<Vec<usize>> {
    match &data.targets().next()?.values {
        Values::Category { indices, .. } if data.task() == Task::Classification => {
            Some(indices.iter().map(|index| index.unwrap_or(0) as usize).collect())
        }
        _ => None,
    }
}
