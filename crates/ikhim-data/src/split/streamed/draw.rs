//! The draw of rows that are read in pieces.
//!
//! Keys are compared by their first 64 bits. Ten million different ones meet by
//! chance with a probability of 3 · 10⁻⁶, and then two rows more stand together.

use crate::cores::on_all_cores;
use crate::split::apportion::apportion;
use crate::split::config::{Split, SplitMethod};
use crate::split::draw::key;
use crate::split::strata::strata;
use crate::split::{Assignment, Order, fault};
use crate::stream::{Blocks, all_codes, all_numbers, inputs};
use crate::{ColumnData, Dataset, Notice, Part, Role, Task, Values};
use ikhim_text::{Result, sentence};
use std::borrow::Cow;
use std::collections::HashMap;

/// The part of a row that no assignment knows.
const UNKNOWN: u8 = u8::MAX;

/// What is drawn from.
pub(super) struct Drawn<'a> {
    /// The rows that no policy drops.
    pub(super) all: &'a [u32],
    /// These rows in the order of the draw.
    pub(super) order: &'a [u32],
    /// The first bits of the key of each row of the source.
    pub(super) keys: &'a [u64],
    /// The part that an assignment says of each row of the source; empty without one.
    pub(super) known: &'a [u8],
}

impl Drawn<'_> {
    fn known(&self, row: u32) -> Option<u8> {
        self.known.get(row as usize).copied().filter(|part| *part != UNKNOWN)
    }
}

/// For each row the first bits of its key and, where something is kept, its part.
pub(super) fn keys(
    blocks: &Blocks,
    data: &Dataset,
    seed: u64,
    kept: Option<Cow<'_, Assignment>>,
) -> Result<(Vec<u64>, Vec<u8>)> {
    let mut keys = Vec::with_capacity(blocks.rows());
    let mut known = Vec::with_capacity(kept.as_ref().map_or(0, |_| blocks.rows()));
    blocks.hashes_of(&inputs(data), |hashes| {
        if let Some(kept) = &kept {
            known.extend(hashes.iter().map(|hash| kept.part(hash).map_or(UNKNOWN, |it| it as u8)));
        }
        let short = |hash| {
            let key = key(seed, &hash).0;
            u64::from_be_bytes([key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7]])
        };
        keys.extend(hashes.into_iter().map(short));
        Ok(())
    })?;
    Ok((keys, known))
}

/// The rows in the order of their keys, those with equal keys in their own.
pub(super) fn in_order(keys: &[u64], rows: &[u32]) -> Vec<u32> {
    // Keys are spread evenly, so their first byte makes buckets of one size.
    let bucket = |row: &u32| (keys[*row as usize] >> 56) as usize;
    let mut counts = [0_usize; 256];
    rows.iter().for_each(|row| counts[bucket(row)] += 1);
    let mut starts = [0_usize; 256];
    for place in 1..256 {
        starts[place] = starts[place - 1] + counts[place - 1];
    }
    let mut order = vec![0_u32; rows.len()];
    for row in rows {
        let place = &mut starts[bucket(row)];
        order[*place] = *row;
        *place += 1;
    }
    let mut buckets = Vec::with_capacity(256);
    let mut rest = order.as_mut_slice();
    for count in counts {
        let (bucket, behind) = rest.split_at_mut(count);
        buckets.push(bucket);
        rest = behind;
    }
    on_all_cores(buckets, |bucket| {
        let mut sorted: Vec<(u64, u32)> =
            bucket.iter().map(|row| (keys[*row as usize], *row)).collect();
        sorted.sort_unstable();
        bucket.iter_mut().zip(sorted).for_each(|(place, (_, row))| *place = row);
    });
    order
}

impl Split {
    /// The part of each row. Rows that an assignment knows keep theirs, and the others
    /// fill what is missing.
    pub(super) fn parts_of_stream(
        &self,
        data: &Dataset,
        blocks: &Blocks,
        method: SplitMethod,
        drawn: &Drawn<'_>,
        notices: &mut Vec<Notice>,
    ) -> Result<Vec<u8>> {
        let Drawn { all, order, keys, .. } = *drawn;
        let mut parts = vec![Part::Train as u8; blocks.rows()];
        if method == SplitMethod::None {
            return Ok(parts);
        }
        let validation = self.rows_of(Part::Validation, all.len())?;
        let test = self.rows_of(Part::Test, all.len())?;
        let too_large = |rows: usize| fault::too_large(validation, test, rows);
        if method == SplitMethod::Time {
            let (code, said) = match self.order.unwrap_or_default() {
                Order::OldestFirst => ("split.oldest_first", sentence::SPLIT_OLDEST_FIRST),
                Order::NewestFirst => ("split.newest_first", sentence::SPLIT_NEWEST_FIRST),
            };
            notices.push(Notice::new(code, said));
            let train = all.len().checked_sub(validation + test).filter(|train| *train > 0);
            let train = train.ok_or_else(|| too_large(all.len()))?;
            for (place, row) in order.iter().enumerate().skip(train) {
                let part = if place < train + validation { Part::Validation } else { Part::Test };
                parts[*row as usize] = part as u8;
            }
            return Ok(parts);
        }
        let strata = match method {
            SplitMethod::Stratified => strata_of(data, blocks, all)?,
            _ => vec![0; blocks.rows()],
        };
        let count = strata.iter().max().map_or(0, |last| *last as usize + 1);
        let mut members = vec![0_usize; count];
        all.iter().for_each(|row| members[strata[*row as usize] as usize] += 1);
        let classes = data.classes();
        let by_class = method == SplitMethod::Stratified && !classes.is_empty();
        let is_alone = |row: u32| by_class && members[strata[row as usize] as usize] == 1;
        for row in all.iter().filter(|row| is_alone(**row)) {
            let class = &classes[strata[*row as usize] as usize];
            let notice = Notice::new("split.single_member", sentence::SPLIT_SINGLE_MEMBER);
            notices.push(notice.with("class", class));
        }
        let mut pool: Vec<u32> = order.iter().copied().filter(|row| !is_alone(*row)).collect();
        let left = pool.len().checked_sub(validation).and_then(|left| left.checked_sub(test));
        left.filter(|train| *train > 0).ok_or_else(|| too_large(pool.len()))?;
        let (mut known, mut taken) = (0, [0_usize; 3]);
        pool.retain(|row| {
            let Some(part) = drawn.known(*row) else { return true };
            parts[*row as usize] = part;
            known += 1;
            taken[part as usize] += 1;
            false
        });
        let test = test.saturating_sub(taken[Part::Test as usize]).min(pool.len());
        let validation = validation.saturating_sub(taken[Part::Validation as usize]);
        let validation = validation.min(pool.len() - test);
        let groups = || pool.chunk_by(|one, other| keys[*one as usize] == keys[*other as usize]);
        let mut rows_of = vec![0; count];
        groups().for_each(|group| rows_of[stratum(group, &strata)] += group.len());
        let mut quotas = apportion(&rows_of, [pool.len() - validation - test, validation, test]);
        for group in groups() {
            let quota = &mut quotas[stratum(group, &strata)];
            for (place, part) in [(2, Part::Test), (1, Part::Validation)] {
                if group.len() <= quota[place] {
                    quota[place] -= group.len();
                    group.iter().for_each(|row| parts[*row as usize] = part as u8);
                    break;
                }
            }
        }
        if all.iter().any(|row| drawn.known(*row).is_some()) && !pool.is_empty() {
            let notice = Notice::new("split.new_rows", sentence::SPLIT_NEW_ROWS);
            notices.push(notice.with("new", pool.len()).with("known", known));
        }
        Ok(parts)
    }
}

/// The stratum of each row.
fn strata_of(data: &Dataset, blocks: &Blocks, all: &[u32]) -> Result<Vec<u32>> {
    let target = data.columns.iter().position(|column| column.role == Role::Target);
    let target = target.ok_or_else(|| fault::not_stratifiable(data))?;
    let column = &data.columns[target];
    if let (Task::Classification, Values::Category { levels, .. }) = (data.task(), &column.values) {
        let codes = all_codes(blocks, target, column, levels)?;
        return Ok(codes.into_iter().map(|code| if code == u32::MAX { 0 } else { code }).collect());
    }
    // The tenths of numbers are those of the rows that stay.
    let numbers = all_numbers(blocks, target)?;
    let values = Values::Number(all.iter().map(|row| numbers[*row as usize]).collect());
    let columns = data.columns.iter().filter(|column| column.role == Role::Target);
    let columns: Vec<ColumnData> =
        columns.map(|column| ColumnData { values: values.clone(), ..column.clone() }).collect();
    let alone = Dataset { columns, ..data.take(&[]) };
    let found = strata(&alone).ok_or_else(|| fault::not_stratifiable(data))?;
    let mut strata = vec![0; blocks.rows()];
    all.iter().zip(found).for_each(|(row, stratum)| strata[*row as usize] = stratum as u32);
    Ok(strata)
}

/// The stratum that most rows of a group have; the first of those that tie.
fn stratum(group: &[u32], strata: &[u32]) -> usize {
    if let [row] = group {
        return strata[*row as usize] as usize;
    }
    let mut counts: HashMap<u32, usize> = HashMap::new();
    group.iter().for_each(|row| *counts.entry(strata[*row as usize]).or_default() += 1);
    let most =
        counts.into_iter().max_by_key(|(stratum, count)| (*count, std::cmp::Reverse(*stratum)));
    most.map_or(0, |(stratum, _)| stratum as usize)
}
