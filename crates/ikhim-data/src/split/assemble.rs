//! From the part of each row to the three parts.

use super::config::{Fold, Order, Split, SplitMethod};
use super::draw::{in_order, keys};
use super::parts::{Parts, Train, Validation};
use super::{SplitRecord, SplitReport, fault, time};
use crate::facts::{self, Leak};
use crate::{ColumnData, Dataset, Notice, Part, Role, SealedTest};
use ikhim_text::{Fault, Result, sentence};
use std::borrow::Cow;

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
    pub(super) fn of(split: &Split, method: SplitMethod) -> Draw {
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
            let rows = time::rows_in_order(data, self.column.as_deref(), order)?;
            return Ok(rows.into_iter().map(|(row, _)| row).collect());
        }
        Ok(match self.method.is_drawn() {
            true => in_order(&keys(self.seed, data.input_hashes())),
            false => (0..data.len()).collect(),
        })
    }

    /// The column that says where a row belongs: its part, its group, its moment.
    fn column(&self) -> Option<&str> {
        match self.method {
            SplitMethod::Column | SplitMethod::Time => self.column.as_deref(),
            SplitMethod::Group => self.group.as_deref(),
            _ => None,
        }
    }

    /// The data without that column among its inputs, and so without it in the
    /// hashes of the inputs. The part of a row is known of no new row, a group has
    /// no other rows in it, and a moment of the future none before it. Whoever
    /// gives a group or a moment a type has it as an input nevertheless.
    pub(super) fn without_its_column<'a>(
        &self,
        data: &'a Dataset,
        notices: &mut Vec<Notice>,
    ) -> Result<Cow<'a, Dataset>> {
        let Some(name) = self.column() else { return Ok(Cow::Borrowed(data)) };
        let is_input = |column: &&ColumnData| column.name == name && column.role == Role::Input;
        match data.columns().iter().find(is_input) {
            Some(column) if !column.is_given || self.method == SplitMethod::Column => {
                if data.inputs().count() == 1 {
                    let found = format!("`{name}` ({})", self.method);
                    return Err(Fault::of("data.no_inputs").with("found", found));
                }
                let (code, said) = match self.method {
                    SplitMethod::Column => ("split.part_column", sentence::SPLIT_PART_COLUMN),
                    SplitMethod::Group => ("split.group_column", sentence::SPLIT_GROUP_COLUMN),
                    _ => ("split.time_column", sentence::SPLIT_TIME_COLUMN),
                };
                notices.push(Notice::new(code, said).with("column", name));
                Ok(Cow::Owned(data.without_input(name)))
            }
            _ => Ok(Cow::Borrowed(data)),
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
        data.take(&rows)
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
        in_pieces: None,
    })
}

/// Makes a column one that no network sees.
pub(super) fn leave_out(rows: &mut Dataset, name: &str) {
    for column in rows.columns.iter_mut().filter(|column| column.name == name) {
        column.role = Role::Ignored;
    }
}

pub(super) fn told(leak: &Leak) -> Notice {
    let notice = match leak.is_left_out {
        true => Notice::new("data.leak", sentence::DATA_LEAK),
        false => Notice::new("data.suspect", sentence::DATA_SUSPECT)
            .with("percent", format!("{:.1}", leak.share * 100.0)),
    };
    notice.with("column", &leak.column).with("target", &leak.target)
}
