//! Rows that are drawn from.

use super::config::Fold;
use super::draw::{draw, key};
use super::fold::folds;
use super::strata::classes;
use super::{Assignment, fault};
use crate::{Dataset, Notice, Part, RowHash};
use ikhim_text::{Result, sentence};
use std::collections::HashSet;

/// The rows whose class has another row. A class with a single one stays in
/// train: it could be learned but not measured, or measured but not learned, and
/// the first is of more use.
pub(super) fn with_company(
    data: &Dataset,
    rows: &[usize],
    notices: &mut Vec<Notice>,
) -> Vec<usize> {
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

/// How many hashes differ.
pub(super) fn different(hashes: &mut dyn Iterator<Item = &RowHash>) -> usize {
    let mut known = HashSet::new();
    hashes.for_each(|hash| {
        known.insert(hash);
    });
    known.len()
}

/// Rows that are drawn from, with the key of each row of the data in the order of
/// the draw and its stratum.
pub(super) struct Pool<'a> {
    pub(super) keys: &'a [RowHash],
    pub(super) strata: &'a [usize],
    pub(super) rows: &'a [usize],
}

impl Pool<'_> {
    /// Draws validation and test rows; all other rows are train. Rows that an
    /// assignment knows keep their part, and the others fill what is missing.
    pub(super) fn parts(
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

    /// How many of the rows that are not sealed differ: those of one key stay together.
    pub(super) fn different(&self, parts: &[Part]) -> usize {
        let open = self.rows.iter().filter(|&&row| parts[row] != Part::Test);
        different(&mut open.map(|&row| &self.keys[row]))
    }

    /// Cuts all rows that are not sealed into folds, of which one is the
    /// validation part.
    pub(super) fn fold(&self, fold: Fold, mut parts: Vec<Part>) -> Result<Vec<Part>> {
        let pool: Vec<usize> =
            self.rows.iter().copied().filter(|&row| parts[row] != Part::Test).collect();
        let different = self.different(&parts);
        if fold.folds < 2 || fold.fold < 1 || different < fold.folds {
            return Err(fault::folds(fold.folds, different));
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
