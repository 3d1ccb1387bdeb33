//! The part of each row by each method.

use super::config::{DEFAULT_SIZE, Order, Size, Split, SplitMethod};
use super::draw::{fill, keys};
use super::group::groups;
use super::pool::{Pool, with_company};
use super::strata::{classes, strata};
use super::{Assignment, fault, series, time};
use crate::{Dataset, Notice, Part, Task, Values};
use ikhim_text::{Result, sentence};

impl Split {
    /// The method, where none was given the one that the data suggests.
    pub(super) fn method_for(&self, data: &Dataset, notices: &mut Vec<Notice>) -> SplitMethod {
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
    pub(super) fn rows_of(&self, part: Part, rows: usize) -> Result<usize> {
        let size = match part {
            Part::Test => self.test,
            _ => self.validation,
        };
        let size = size.unwrap_or(DEFAULT_SIZE);
        let count = size.of(rows).ok_or_else(|| fault::size(part, size))?;
        let wanted = !matches!(size, Size::Rows(0)) && size != Size::Share(0.0);
        if wanted && count == 0 { Err(fault::too_few_rows(part, rows)) } else { Ok(count) }
    }

    /// Whether validation rows were asked for, or nothing was said against them.
    pub(super) fn wants_validation(&self) -> bool {
        let size = self.validation.unwrap_or(DEFAULT_SIZE);
        !matches!(size, Size::Rows(0)) && size != Size::Share(0.0)
    }

    /// The oldest rows are train rows, the newest are sealed.
    pub(super) fn parts_in_time(
        &self,
        data: &Dataset,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<Option<Part>>> {
        let column = self.column.as_deref();
        let order = self.order.unwrap_or_default();
        // A text says itself where it begins.
        let is_told = match data.series() {
            Some(series) => series.time.is_some(),
            None => column.is_some() || windows(data).is_some(),
        };
        if !is_told {
            let (code, said) = match order {
                Order::OldestFirst => ("split.oldest_first", sentence::SPLIT_OLDEST_FIRST),
                Order::NewestFirst => ("split.newest_first", sentence::SPLIT_NEWEST_FIRST),
            };
            notices.push(Notice::new(code, said));
        }
        let rows = time::rows_in_order(data, column, order)?;
        let sizes = [Part::Validation, Part::Test].map(|part| self.rows_of(part, rows.len()));
        let [validation, test] = sizes;
        let gap = self.gap.unwrap_or(0);
        // The gap of windows is counted in tokens or moments, and none may go through
        // a cut.
        let between = match (windows(data), data.windows()) {
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

    pub(super) fn drawn_parts(
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
            _ => Vec::new(),
        };
        let names = if names.is_empty() { data.input_hashes() } else { &names };
        let keys = keys(self.seed, names);
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
        let Some(fold) = self.fold else { return Ok(parts) };
        let different = draw.different(&parts);
        match &self.group {
            Some(group) if method == SplitMethod::Group && different < fold.folds => {
                Err(fault::folds_of_groups(fold.folds, different, group))
            }
            _ => draw.fold(fold, parts),
        }
    }

    /// The parts that the files say, with validation rows drawn from the train
    /// files where there is no validation file.
    pub(super) fn parts_of_files(&self, data: &Dataset) -> Result<Vec<Part>> {
        let files = data.parts().ok_or_else(|| fault::no_parts(data))?;
        if files.contains(&Part::Validation) {
            return Ok(files.to_vec());
        }
        let pool: Vec<usize> = (0..data.len()).filter(|&row| files[row] == Part::Train).collect();
        let sizes = [self.rows_of(Part::Validation, pool.len())?, 0];
        let keys = keys(self.seed, data.input_hashes());
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

    pub(super) fn parts_of_column(&self, data: &Dataset) -> Result<Vec<Part>> {
        let name = self.column.as_deref().ok_or_else(fault::no_column_named)?;
        let column =
            data.column(name).ok_or_else(|| fault::no_such_column("split.column", name, data))?;
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
    pub(super) fn note_unused(&self, method: SplitMethod, notices: &mut Vec<Notice>) {
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

/// The windows of a text.
fn windows(data: &Dataset) -> Option<&crate::TokenWindows> {
    data.inputs().find_map(|column| match &column.values {
        Values::Tokens(windows) => Some(windows),
        _ => None,
    })
}
