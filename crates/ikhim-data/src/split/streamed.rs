//! The split of rows that are read in pieces: the same keys, sizes and strata as in
//! memory, in room for one column at a time.

mod draw;

use super::assemble::Draw;
use super::config::{Split, SplitMethod};
use super::parts::{Parts, Train, Validation};
use super::report::{SharedRows, small};
use super::{Assignment, PartRecord, PartReport, SplitRecord, SplitReport, assemble, fault};
use crate::facts;
use crate::stream::{Blocks, Ordered, Rows, Stream, all_codes, all_numbers};
use crate::{ColumnData, ContentHash, Dataset, Missing, Notice, Origin, Part, Role, SealedTest};
use crate::{Task, Values};
use draw::{Drawn, in_order, keys};
use ikhim_text::{Fault, Result, sentence};
use sha2::{Digest, Sha256};
use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

/// Train rows that are held in memory, for whoever looks at some of them.
const TRAIN: usize = 50_000;
/// Validation rows that a network is judged on.
const VALIDATION: usize = 200_000;

/// Rows whose records are hashed at a time.
const TOGETHER: usize = 1 << 18;

/// What is known of the rows before they are split.
pub(super) enum Known<'a> {
    /// The parts that some inputs have.
    Kept(Option<Cow<'a, Assignment>>),
    /// An earlier split of the same rows.
    Recorded(&'a SplitRecord),
}

impl Dataset {
    /// The split of a data set that is read in pieces.
    pub(super) fn split_streamed(
        &self,
        stream: &Stream,
        split: &Split,
        known: Known<'_>,
    ) -> Result<Parts> {
        let (recorded, kept) = match known {
            Known::Recorded(record) => (Some(record), None),
            Known::Kept(kept) => (None, kept),
        };
        let mut notices = Vec::new();
        let method = match recorded {
            Some(record) => record.method,
            None => method(self, split, &mut notices, &stream.blocks)?,
        };
        let draw = match recorded {
            Some(record) => record.draw(),
            None => Draw::of(split, method),
        };
        let is_told = draw.column.is_some() || draw.group.is_some() || split.gap.is_some();
        let is_known = matches!(
            method,
            SplitMethod::Random | SplitMethod::Stratified | SplitMethod::Time | SplitMethod::None
        );
        if !is_known || is_told || draw.fold.is_some() {
            let what = if draw.fold.is_some() { "folds".to_string() } else { method.to_string() };
            return Err(Fault::of("data.streaming_split").with("found", what));
        }
        fault::check_classes(self)?;
        let blocks = &stream.blocks;
        let all = rows_with_values(self, blocks, &mut notices)?;
        // What is kept is asked and freed before the rows are put in order.
        let (keys, known) = match method.is_drawn() {
            true => keys(blocks, self, draw.seed, kept)?,
            false => Default::default(),
        };
        let order = match method {
            _ if method.is_drawn() => in_order(&keys, &all),
            SplitMethod::Time if draw.order == Some(super::Order::NewestFirst) => {
                all.iter().rev().copied().collect()
            }
            _ => all.clone(),
        };
        let parts = match recorded {
            Some(record) => parts_of(record, blocks.rows())?,
            None => {
                let drawn = Drawn { all: &all, order: &order, keys: &keys, known: &known };
                split.parts_of_stream(self, blocks, method, &drawn, &mut notices)?
            }
        };
        drop((keys, known, all));
        split.note_unused(method, &mut notices);
        let mut laid: Vec<u32> = Vec::with_capacity(order.len());
        let mut ends = [0; 3];
        for (end, part) in ends.iter_mut().zip([Part::Train, Part::Validation, Part::Test]) {
            laid.extend(order.iter().filter(|row| parts[**row as usize] == part as u8));
            *end = laid.len();
        }
        drop((order, parts));
        let beside = match self.origin() {
            Origin::File(path) => path.as_path(),
            Origin::Files(paths) => paths.first().map_or(Path::new(""), |path| path.as_path()),
            _ => Path::new(""),
        };
        let ordered = Arc::new(Ordered::new(blocks, self, &laid, beside)?);
        drop(laid);
        let rows = |range: Range<usize>| Rows::new(Arc::clone(&ordered), range);
        let all = [rows(0..ends[0]), rows(ends[0]..ends[1]), rows(ends[1]..ends[2])];
        parted(self, stream, draw, all, notices, recorded)
    }
}

impl SplitRecord {
    /// How its split was drawn.
    fn draw(&self) -> Draw {
        Draw {
            method: self.method,
            seed: self.seed,
            column: self.column.clone(),
            group: self.group.clone(),
            order: self.order,
            fold: self.fold,
        }
    }
}

/// The method, where none was given the one that all rows suggest.
fn method(
    data: &Dataset,
    split: &Split,
    notices: &mut Vec<Notice>,
    blocks: &Blocks,
) -> Result<SplitMethod> {
    // Whether a table is a series is asked of the sample first, for its rows follow
    // each other; what it says of them all is read from them all.
    let method = split.method_for(data, notices);
    let is_found = split.method.is_none() && data.task() == Task::Regression;
    if !is_found || !matches!(method, SplitMethod::Random | SplitMethod::Time) {
        return Ok(method);
    }
    notices.retain(|notice| notice.code() != "split.series");
    let column = |index: usize, column: &ColumnData| match &column.values {
        Values::Number(_) => all_numbers(blocks, index).map(Some),
        _ => Ok(None),
    };
    Ok(match super::series::neighbors_of(data, blocks.rows(), column)? {
        Some(alike) => {
            let notice = Notice::new("split.series", sentence::SPLIT_SERIES);
            notices.push(notice.with("alike", format!("{alike:.2}")));
            SplitMethod::Time
        }
        None => SplitMethod::Random,
    })
}

/// The rows that no policy drops.
fn rows_with_values(
    data: &Dataset,
    blocks: &Blocks,
    notices: &mut Vec<Notice>,
) -> Result<Vec<u32>> {
    let mut dropped = vec![false; blocks.rows()];
    for (index, column) in data.columns.iter().enumerate() {
        let drops = column.policy.missing == Missing::Drop && column.role != Role::Ignored;
        let fails = column.policy.missing == Missing::Error && column.role != Role::Ignored;
        if !drops && !fails {
            continue;
        }
        let is_missing: Vec<bool> = match &column.values {
            Values::Category { levels, .. } => {
                let codes = all_codes(blocks, index, column, levels)?;
                codes.into_iter().map(|code| code == u32::MAX).collect()
            }
            _ => all_numbers(blocks, index)?.into_iter().map(f64::is_nan).collect(),
        };
        let count = is_missing.iter().filter(|missing| **missing).count();
        let first = is_missing.iter().position(|missing| *missing);
        if let Some(first) = first.filter(|_| fails) {
            return Err(Fault::of("data.missing_value")
                .with("column", &column.name)
                .with("row", first + 1)
                .with("count", count));
        }
        if count > 0 {
            let notice = Notice::new("data.rows_dropped", sentence::DATA_ROWS_DROPPED);
            notices.push(
                notice
                    .with("column", &column.name)
                    .with("count", count)
                    .with("rows", dropped.len()),
            );
        }
        dropped.iter_mut().zip(is_missing).for_each(|(all, one)| *all |= one);
    }
    Ok((0..dropped.len() as u32).filter(|row| !dropped[*row as usize]).collect())
}

/// The part of each row as a record has it.
fn parts_of(record: &SplitRecord, rows: usize) -> Result<Vec<u8>> {
    let mut parts = vec![Part::Train as u8; rows];
    for (ids, part) in
        [(&record.validation_ids, Part::Validation), (&record.sealed_ids, Part::Test)]
    {
        for id in ids {
            let row = parts.get_mut(*id as usize).ok_or_else(|| {
                Fault::of("seal.split_changed").with("what", format!("row {} is missing", id + 1))
            })?;
            *row = part as u8;
        }
    }
    Ok(parts)
}

/// The three parts, with what is said and kept of them.
fn parted(
    data: &Dataset,
    stream: &Stream,
    draw: Draw,
    [train, validation, test]: [Rows; 3],
    mut notices: Vec<Notice>,
    recorded: Option<&SplitRecord>,
) -> Result<Parts> {
    let everything = |_: &ColumnData| true;
    let mut like = data.take(&[]);
    like.stream = None;
    let sample = |rows: &Rows, most: usize, like: &Dataset| {
        rows.read(like, 0..rows.len().min(most), everything)
    };
    let mut of_train = sample(&train, TRAIN, &like)?;
    // What the first rows suspect is looked for in all train rows.
    for mut leak in facts::leaks(&of_train) {
        let whole = |name: &str| {
            let index = like.columns.iter().position(|column| column.name == name);
            let index = index.ok_or_else(|| Fault::of("bug.invariant"))?;
            train.column(index, &like.columns[index], 0..train.len())
        };
        let told = facts::tells(&whole(&leak.column)?, &whole(&leak.target)?);
        let Some((share, repeats)) = told else { continue };
        leak.share = share;
        leak.is_left_out &= repeats;
        if leak.is_left_out {
            for part in [&mut of_train, &mut like] {
                assemble::leave_out(part, &leak.column);
            }
        }
        notices.push(assemble::told(&leak));
    }
    let of_validation = sample(&validation, VALIDATION, &like)?;
    if of_validation.len() < validation.len() {
        let notice = Notice::new("data.streamed_validation", sentence::DATA_STREAMED_VALIDATION);
        notices.push(notice.with("rows", validation.len()).with("sample", of_validation.len()));
    }
    let reports = [&train, &validation, &test].map(|rows| reported(rows, &like));
    let [of_a, of_b, of_c] = reports;
    let (train_report, validation_report, test_report) = (of_a?, of_b?, of_c?);
    if train_report.rows == 0 {
        return Err(fault::too_few_rows(Part::Train, validation_report.rows + test_report.rows));
    }
    for (part, report) in [(Part::Validation, &validation_report), (Part::Test, &test_report)] {
        let pairs = report.classes.iter().zip(&train_report.classes);
        if let Some((class, _)) = pairs.into_iter().find(|(own, of)| own.rows > 0 && of.rows == 0) {
            let target = like.targets().next().map_or("", |target| &target.name);
            return Err(Fault::of("data.class_not_in_train")
                .with("class", &class.class)
                .with("column", target)
                .with("part", fault::word(part)));
        }
    }
    small(&test_report, data.task(), &mut notices);
    let record = SplitRecord {
        format: 1,
        method: draw.method,
        seed: draw.seed,
        column: draw.column.clone(),
        group: draw.group.clone(),
        order: draw.order,
        fold: draw.fold,
        train: recorded_part(&train)?,
        validation: recorded_part(&validation)?,
        validation_ids: validation.ids(0..validation.len())?,
        sealed_ids: test.ids(0..test.len())?,
        left_out_ids: Vec::new(),
    };
    if let Some(expected) = recorded {
        expected.compare(&record)?;
    }
    let report = SplitReport {
        method: draw.method,
        seed: draw.seed,
        train: train_report,
        validation: validation_report,
        test: test_report,
        // Rows with equal inputs are drawn together.
        shared: SharedRows::default(),
        notices,
    };
    let sealed = test.read(&like, 0..test.len(), |_| false)?;
    let blocks = &stream.blocks;
    let in_pieces = Some([train.clone(), validation, test.clone()]);
    of_train.stream = Some(Stream { blocks: Arc::clone(blocks), part: Some(train) });
    Ok(Parts {
        train: Train { data: of_train },
        validation: Validation { data: of_validation },
        test: SealedTest::streamed(sealed, test),
        record,
        report,
        in_pieces,
    })
}

/// What is said of a part, as [`PartReport::of`] says it.
fn reported(rows: &Rows, like: &Dataset) -> Result<PartReport> {
    let targets = |column: &ColumnData| column.role == Role::Target;
    let mut whole = PartReport::of(&rows.read(like, 0..0, targets)?);
    for start in (0..rows.len()).step_by(TOGETHER) {
        let range = start..(start + TOGETHER).min(rows.len());
        let part = PartReport::of(&rows.read(like, range, targets)?);
        whole.rows += part.rows;
        for (all, more) in whole.classes.iter_mut().zip(&part.classes) {
            all.rows += more.rows;
        }
        if whole.ranges.is_empty() {
            whole.ranges = part.ranges;
            continue;
        }
        for (all, more) in whole.ranges.iter_mut().zip(&part.ranges) {
            *all = [all[0].min(more[0]), all[1].max(more[1])];
        }
    }
    Ok(whole)
}

/// Size and hash of a part, as [`PartRecord::of`] makes them.
fn recorded_part(rows: &Rows) -> Result<PartRecord> {
    let mut digest = Sha256::new();
    for start in (0..rows.len()).step_by(TOGETHER) {
        let range = start..(start + TOGETHER).min(rows.len());
        let (ids, hashes) = (rows.ids(range.clone())?, rows.row_hashes(range)?);
        for (id, hash) in ids.iter().zip(hashes) {
            digest.update(id.to_le_bytes());
            digest.update(hash.0);
        }
    }
    Ok(PartRecord { rows: rows.len(), sha256: ContentHash(digest.finalize().into()) })
}

impl Dataset {
    /// The same with the rows that are in memory of its train and validation parts,
    /// where they are read in pieces: for whoever shows rows by their part.
    pub fn with_rows_of(self, parts: &Parts) -> Dataset {
        if !self.is_streamed() {
            return self;
        }
        let [train, validation] = [&parts.train.data, &parts.validation.data];
        let columns = self.columns.into_iter().zip(&train.columns).zip(&validation.columns);
        let columns = columns.map(|((column, train), validation)| ColumnData {
            values: joined(&train.values, &validation.values),
            ..column
        });
        let both = |of: fn(&Dataset) -> &[crate::RowHash]| [of(train), of(validation)].concat();
        Dataset {
            columns: columns.collect(),
            row_ids: [train.row_ids(), validation.row_ids()].concat(),
            row_hashes: both(Dataset::row_hashes),
            input_hashes: both(Dataset::input_hashes),
            ..self
        }
    }
}

/// Values of one column, one part behind the other.
fn joined(train: &Values, validation: &Values) -> Values {
    match (train, validation) {
        (Values::Number(one), Values::Number(other)) => {
            Values::Number([one.as_slice(), other].concat())
        }
        (Values::Category { levels, indices: one }, Values::Category { indices: other, .. }) => {
            let indices = [one.as_slice(), other].concat();
            Values::Category { levels: levels.clone(), indices }
        }
        (one, other) => Values::Text(vec![None; one.len() + other.len()]),
    }
}
