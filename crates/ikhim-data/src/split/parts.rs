use super::config::{DEFAULT_SIZE, Fold, Order, Size, Split, SplitMethod};
use super::draw::{draw, fill, key};
use super::fold::folds;
use super::group::groups;
use super::strata::{classes, strata};
use super::{Assignment, SplitRecord, SplitReport, fault, series, time};
use crate::facts::{self, Leak};
use crate::{Dataset, Notice, Part, Role, RowHash, SealedTest, Task, Values};
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
        self.split_by(split.borrow(), None)
    }

    /// Splits as [`split`](Dataset::split), but rows whose inputs were assigned
    /// before keep their part, and only new ones are drawn: what was sealed stays
    /// sealed when rows are appended, changed or put in another order. Only a
    /// drawn split asks for it; all others follow from the rows themselves.
    ///
    /// # Errors
    /// As [`split`](Dataset::split).
    ///
    /// ```
    /// # fn main() -> ikhim_text::Result<()> {
    /// use ikhim_data::{Assignment, Dataset, Split};
    /// let rows = |count: i32| (0..count).map(|x| [x, x % 2]).collect::<Vec<_>>();
    /// let first = Dataset::rows(["x", "y"], rows(40)).load()?.split(Split::new())?;
    /// let kept = Assignment::of(&first);
    /// let later = Dataset::rows(["x", "y"], rows(100)).load()?;
    /// let later = later.split_keeping(Split::new(), &kept)?;
    /// assert_eq!((first.test.len(), later.test.len()), (6, 15));
    /// let sealed = &first.record.sealed_ids;
    /// assert!(sealed.iter().all(|id| later.record.sealed_ids.contains(id)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn split_keeping(&self, split: impl Borrow<Split>, kept: &Assignment) -> Result<Parts> {
        self.split_by(split.borrow(), Some(kept))
    }

    fn split_by(&self, split: &Split, kept: Option<&Assignment>) -> Result<Parts> {
        let mut notices = Vec::new();
        let method = split.method_for(self, &mut notices);
        fault::check_classes(self)?;
        if (self.task() == Task::NextToken || self.series().is_some())
            && !matches!(method, SplitMethod::Time | SplitMethod::None)
        {
            return Err(fault::windows_not_in_time(self, method));
        }
        if split.fold.is_some() && !method.is_drawn() {
            return Err(fault::folds_of_what_is_not_drawn(method));
        }
        let whole = |parts: Vec<Part>| parts.into_iter().map(Some).collect();
        let parts: Vec<Option<Part>> = match method {
            SplitMethod::None => vec![Some(Part::Train); self.len()],
            SplitMethod::Column => whole(split.parts_of_column(self)?),
            SplitMethod::Files => whole(split.parts_of_files(self)?),
            SplitMethod::Time => split.parts_in_time(self, &mut notices)?,
            SplitMethod::Random | SplitMethod::Stratified | SplitMethod::Group => {
                whole(split.drawn_parts(self, method, kept, &mut notices)?)
            }
        };
        split.note_unused(method, &mut notices);
        assemble(self, Draw::of(split, method), &parts, notices, None)
    }
}

/// How a split was drawn.
#[derive(Clone)]
pub(super) struct Draw {
    pub(super) method: SplitMethod,
    pub(super) seed: u64,
    pub(super) column: Option<String>,
    pub(super) group: Option<String>,
    pub(super) order: Option<Order>,
    pub(super) fold: Option<Fold>,
}

impl Draw {
    fn of(split: &Split, method: SplitMethod) -> Draw {
        let by_column = matches!(method, SplitMethod::Column | SplitMethod::Time);
        let in_time = method == SplitMethod::Time && split.column.is_none();
        Draw {
            method,
            seed: split.seed,
            column: split.column.clone().filter(|_| by_column),
            group: split.group.clone().filter(|_| method == SplitMethod::Group),
            order: in_time.then(|| split.order.unwrap_or_default()),
            fold: split.fold,
        }
    }

    /// The rows in the order that they have in their parts.
    fn order(&self, data: &Dataset) -> Result<Vec<usize>> {
        if self.method == SplitMethod::Time {
            let order = self.order.unwrap_or_default();
            let rows = rows_in_time(data, self.column.as_deref(), order)?;
            return Ok(rows.into_iter().map(|(row, _)| row).collect());
        }
        let mut order: Vec<usize> = (0..data.len()).collect();
        if self.method.is_drawn() {
            order.sort_by_key(|&row| (key(self.seed, &data.input_hashes()[row]), row));
        }
        Ok(order)
    }

    /// The column that says where a row belongs: it would tell the network the
    /// part, or the group.
    fn hidden(&self) -> Option<&str> {
        match self.method {
            SplitMethod::Column => self.column.as_deref(),
            SplitMethod::Group => self.group.as_deref(),
            _ => None,
        }
    }
}

/// Takes the parts out of the data, which must be those that are `expected`.
/// Rows of no part are left out.
pub(super) fn assemble(
    data: &Dataset,
    draw: Draw,
    parts: &[Option<Part>],
    mut notices: Vec<Notice>,
    expected: Option<&SplitRecord>,
) -> Result<Parts> {
    let order = draw.order(data)?;
    let take = |part: Option<Part>| {
        let rows: Vec<usize> = order.iter().copied().filter(|&row| parts[row] == part).collect();
        let mut rows = data.take(&rows);
        if let Some(hidden) = draw.hidden() {
            leave_out(&mut rows, hidden);
        }
        rows
    };
    let [mut train, mut validation, mut test] =
        [Part::Train, Part::Validation, Part::Test].map(|part| take(Some(part)));
    let left_out = take(None).row_ids().to_vec();
    // Whether a column tells the target is seen in train rows alone: what stands
    // in a sealed row must not decide what a network sees.
    for leak in facts::leaks(&train) {
        if leak.is_left_out {
            for part in [&mut train, &mut validation, &mut test] {
                leave_out(part, &leak.column);
            }
        }
        notices.push(told(&leak));
    }
    let report = SplitReport::of(&draw, [&train, &validation, &test], notices);
    let record = SplitRecord::of(draw, [&train, &validation, &test], left_out);
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

/// Makes a column one that no network sees.
fn leave_out(rows: &mut Dataset, name: &str) {
    for column in rows.columns.iter_mut().filter(|column| column.name == name) {
        column.role = Role::Ignored;
    }
}

fn told(leak: &Leak) -> Notice {
    let notice = match leak.is_left_out {
        true => Notice::new("data.leak", sentence::DATA_LEAK),
        false => Notice::new("data.suspect", sentence::DATA_SUSPECT)
            .with("percent", format!("{:.1}", leak.share * 100.0)),
    };
    notice.with("column", &leak.column).with("target", &leak.target)
}

impl Split {
    /// The method, where none was given the one that the data suggests.
    fn method_for(&self, data: &Dataset, notices: &mut Vec<Notice>) -> SplitMethod {
        match self.method {
            Some(method) => method,
            None if self.group.is_some() => SplitMethod::Group,
            None if self.order.is_some() || self.gap.is_some() => SplitMethod::Time,
            None if self.column.is_some() => SplitMethod::Column,
            // Windows are rows in the order of time.
            None if data.task() == Task::NextToken || data.series().is_some() => SplitMethod::Time,
            None if data.parts().is_some() => SplitMethod::Files,
            None if data.task() == Task::Classification => SplitMethod::Stratified,
            None => match series::neighbors(data) {
                Some(alike) => {
                    let notice = Notice::new("split.series", sentence::SPLIT_SERIES);
                    notices.push(notice.with("alike", format!("{alike:.2}")));
                    SplitMethod::Time
                }
                None => SplitMethod::Random,
            },
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

    /// The oldest rows are train rows, the newest are sealed.
    fn parts_in_time(
        &self,
        data: &Dataset,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Option<Part>>> {
        let column = self.column.as_deref();
        let order = self.order.unwrap_or_default();
        // A text says itself where it begins.
        let is_told = match data.series() {
            Some(series) => series.time.is_some(),
            None => column.is_some() || tokens(data).is_some(),
        };
        if !is_told {
            let (code, said) = match order {
                Order::OldestFirst => ("split.oldest_first", sentence::SPLIT_OLDEST_FIRST),
                Order::NewestFirst => ("split.newest_first", sentence::SPLIT_NEWEST_FIRST),
            };
            notices.push(Notice::new(code, said));
        }
        let rows = rows_in_time(data, column, order)?;
        let sizes = [Part::Validation, Part::Test].map(|part| self.rows_of(part, rows.len()));
        let [validation, test] = sizes;
        let gap = self.gap.unwrap_or(0);
        // The gap of windows is counted in tokens or moments, and no window may go
        // through a cut.
        let between = match (tokens(data), data.windows()) {
            (Some(windows), _) => windows.rows_between(gap),
            (_, Some(windows)) => windows.rows_between(gap),
            _ => gap,
        };
        let parts = time::cut(&rows, [validation?, test?], between)?;
        let left_out = parts.iter().filter(|part| part.is_none()).count();
        if left_out > 0 {
            let notice = Notice::new("split.gap", sentence::SPLIT_GAP);
            notices.push(notice.with("rows", left_out).with("gap", gap));
        }
        Ok(parts)
    }

    fn drawn_parts(
        &self,
        data: &Dataset,
        method: SplitMethod,
        kept: Option<&Assignment>,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Part>> {
        let rows: Vec<usize> = (0..data.len()).collect();
        let validation = self.rows_of(Part::Validation, rows.len())?;
        let test = self.rows_of(Part::Test, rows.len())?;
        let names = match (method, &self.group) {
            (SplitMethod::Group, Some(group)) => groups(data, group)?,
            (SplitMethod::Group, None) => return Err(fault::no_group_named()),
            _ => data.input_hashes().to_vec(),
        };
        let keys: Vec<RowHash> = names.iter().map(|name| key(self.seed, name)).collect();
        let (pool, strata) = match method {
            SplitMethod::Stratified => {
                let strata = strata(data).ok_or_else(|| fault::not_stratifiable(data))?;
                (with_company(data, &rows, notices), strata)
            }
            _ => (rows, vec![0; data.len()]),
        };
        let draw = Pool { keys: &keys, strata: &strata, rows: &pool };
        let mut parts = draw.parts(data, [validation, test], kept, notices)?;
        if method == SplitMethod::Group {
            fill(&keys, &mut parts, [validation, test]);
        }
        match self.fold {
            Some(fold) => draw.fold(fold, parts),
            None => Ok(parts),
        }
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
        let keys: Vec<RowHash> =
            data.input_hashes().iter().map(|inputs| key(self.seed, inputs)).collect();
        // A class with one row is told of by the report's counts: which file it
        // stands in was not our choice.
        let unsaid = &mut Vec::new();
        let (pool, strata) = match classes(data) {
            Some(classes) => (with_company(data, &pool, unsaid), classes),
            None => (pool, vec![0; data.len()]),
        };
        let draw = Pool { keys: &keys, strata: &strata, rows: &pool };
        let drawn = draw.parts(data, sizes, None, unsaid)?;
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

    /// What the method does not use is said, never silently ignored.
    fn note_unused(&self, method: SplitMethod, notices: &mut Vec<Notice>) {
        let validation = self.validation.map(|_| "split.validation");
        let test = self.test.map(|_| "split.test");
        let sizes = match method {
            SplitMethod::Files => [None, test],
            SplitMethod::Column | SplitMethod::None => [validation, test],
            _ => [None, None],
        };
        let others = [
            (
                "split.order",
                self.order.is_some(),
                method == SplitMethod::Time && self.column.is_none(),
            ),
            ("split.gap", self.gap.is_some(), method == SplitMethod::Time),
            ("split.seed", self.seed != 0, method.is_drawn() || method == SplitMethod::Files),
            ("split.group", self.group.is_some(), method == SplitMethod::Group),
            (
                "split.column",
                self.column.is_some(),
                matches!(method, SplitMethod::Time | SplitMethod::Column),
            ),
        ];
        let others = others.into_iter().filter(|(_, given, used)| *given && !used);
        for key in sizes.into_iter().flatten().chain(others.map(|(key, ..)| key)) {
            let notice = Notice::new("split.unused_size", sentence::SPLIT_UNUSED_SIZE);
            notices.push(notice.with("key", key).with("method", method));
        }
    }
}

/// Rows in the order of time; windows lie in it already.
fn rows_in_time(data: &Dataset, column: Option<&str>, order: Order) -> Result<Vec<(usize, f64)>> {
    match data.series() {
        Some(_) => Ok((0..data.len()).map(|row| (row, row as f64)).collect()),
        None => time::in_order(data, column, order),
    }
}

/// The windows of a text.
fn tokens(data: &Dataset) -> Option<&crate::TokenWindows> {
    data.inputs().find_map(|column| match &column.values {
        Values::Tokens(windows) => Some(windows),
        _ => None,
    })
}

/// The rows whose class has another row. A class with a single one stays in
/// train: it could be learned but not measured, or measured but not learned, and
/// the first is of more use.
fn with_company(data: &Dataset, rows: &[usize], notices: &mut Vec<Notice>) -> Vec<usize> {
    let Some(classes) = classes(data) else { return rows.to_vec() };
    let mut members = vec![0_usize; data.classes().len()];
    rows.iter().for_each(|&row| members[classes[row]] += 1);
    let alone = |row: &usize| members[classes[*row]] == 1;
    for &row in rows.iter().filter(|row| alone(row)) {
        let class = &data.classes()[classes[row]];
        let notice = Notice::new("split.single_member", sentence::SPLIT_SINGLE_MEMBER);
        notices.push(notice.with("class", class));
    }
    rows.iter().copied().filter(|row| !alone(row)).collect()
}

/// Rows that are drawn from, with the key of each row of the data in the order of
/// the draw and its stratum.
struct Pool<'a> {
    keys: &'a [RowHash],
    strata: &'a [usize],
    rows: &'a [usize],
}

impl Pool<'_> {
    /// Draws validation and test rows; all other rows are train. Rows that an
    /// assignment knows keep their part, and the others fill what is missing.
    fn parts(
        &self,
        data: &Dataset,
        [validation, test]: [usize; 2],
        kept: Option<&Assignment>,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Part>> {
        let left = self.rows.len().checked_sub(validation).and_then(|left| left.checked_sub(test));
        if left.is_none_or(|train| train == 0) {
            return Err(fault::too_large(validation, test, self.rows.len()));
        }
        let known = kept.map(|kept| kept.parts_of_keys(self.keys, data.input_hashes()));
        let known = known.unwrap_or_default();
        let mut parts = vec![Part::Train; data.len()];
        let (mut new, mut taken) = (Vec::new(), [0_usize; 2]);
        for &row in self.rows {
            match known.get(&self.keys[row]) {
                Some(&part) => {
                    parts[row] = part;
                    taken[0] += usize::from(part == Part::Validation);
                    taken[1] += usize::from(part == Part::Test);
                }
                None => new.push(row),
            }
        }
        let test = test.saturating_sub(taken[1]).min(new.len());
        let validation = validation.saturating_sub(taken[0]).min(new.len() - test);
        let sizes = [new.len() - validation - test, validation, test];
        let keys: Vec<_> = new.iter().map(|&row| self.keys[row]).collect();
        let strata: Vec<_> = new.iter().map(|&row| self.strata[row]).collect();
        for (&row, part) in new.iter().zip(draw(&keys, &strata, sizes)) {
            parts[row] = part;
        }
        if !known.is_empty() && !new.is_empty() {
            let notice = Notice::new("split.new_rows", sentence::SPLIT_NEW_ROWS);
            let known = self.rows.len() - new.len();
            notices.push(notice.with("new", new.len()).with("known", known));
        }
        Ok(parts)
    }

    /// Cuts all rows that are not sealed into folds, of which one is the
    /// validation part.
    fn fold(&self, fold: Fold, mut parts: Vec<Part>) -> Result<Vec<Part>> {
        let pool: Vec<usize> =
            self.rows.iter().copied().filter(|&row| parts[row] != Part::Test).collect();
        if fold.folds < 2 || fold.fold < 1 || pool.len() < fold.folds {
            return Err(fault::folds(fold.folds, pool.len()));
        }
        let (cut, meant) = ((fold.fold - 1) / fold.folds, (fold.fold - 1) % fold.folds);
        let anew = |row: &usize| match cut {
            0 => self.keys[*row],
            cut => key(cut as u64, &self.keys[*row]),
        };
        let keys: Vec<_> = pool.iter().map(anew).collect();
        let strata: Vec<_> = pool.iter().map(|&row| self.strata[row]).collect();
        for (&row, fold) in pool.iter().zip(folds(&keys, &strata, fold.folds)) {
            parts[row] = if fold == meant { Part::Validation } else { Part::Train };
        }
        match parts.contains(&Part::Validation) {
            true => Ok(parts),
            false => Err(fault::folds(fold.folds, pool.len())),
        }
    }
}
