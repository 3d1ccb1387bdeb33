use super::assemble::{Draw, assemble};
use super::streamed::Known;
use super::{Fold, Order, Parts, Split, SplitMethod};
use crate::{ContentHash, Dataset, Part};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// What is kept of a split: enough to draw exactly the same one again, and to
/// see that the data is still the same. Of the sealed rows it holds the ids
/// only; their hash stands in the ledger alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SplitRecord {
    /// Version of this form.
    pub format: u32,
    /// How the rows were assigned.
    pub method: SplitMethod,
    /// The seed of the draw.
    pub seed: u64,
    /// The column that said the part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// The column whose values kept rows together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Which end of the rows was taken as the past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<Order>,
    /// The fold that the validation rows are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fold: Option<Fold>,
    /// The train rows: all that are in none of the lists below.
    pub train: PartRecord,
    /// The validation rows.
    pub validation: PartRecord,
    /// The ids of the validation rows.
    pub validation_ids: Vec<u64>,
    /// The ids of the sealed rows.
    pub sealed_ids: Vec<u64>,
    /// The ids of rows between two parts, which are in neither.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out_ids: Vec<u64>,
}

/// Size and hash of a part that may be seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRecord {
    /// Number of rows.
    pub rows: usize,
    /// SHA-256 of id and hash of every row, in the order of the part.
    pub sha256: ContentHash,
}

impl PartRecord {
    pub(super) fn of(part: &Dataset) -> PartRecord {
        let mut bytes = Vec::with_capacity(part.len() * 24);
        for (id, hash) in part.row_ids().iter().zip(part.row_hashes()) {
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(&hash.0);
        }
        PartRecord { rows: part.len(), sha256: ContentHash::of(&bytes) }
    }
}

impl SplitRecord {
    pub(super) fn of(
        draw: Draw,
        [train, validation, test]: [&Dataset; 3],
        left_out_ids: Vec<u64>,
    ) -> SplitRecord {
        SplitRecord {
            format: 1,
            method: draw.method,
            seed: draw.seed,
            column: draw.column,
            group: draw.group,
            order: draw.order,
            fold: draw.fold,
            train: PartRecord::of(train),
            validation: PartRecord::of(validation),
            validation_ids: validation.row_ids().to_vec(),
            sealed_ids: test.row_ids().to_vec(),
            left_out_ids,
        }
    }

    /// The hash of the record, which names the split. It says nothing of what
    /// stands in the sealed rows.
    pub fn hash(&self) -> ContentHash {
        let rows = [self.train.sha256, self.validation.sha256].map(|hash| hash.0).concat();
        let ids = self.sealed_ids.iter().flat_map(|id| id.to_le_bytes());
        ContentHash::of(&rows.into_iter().chain(ids).collect::<Vec<u8>>())
    }

    /// Whether a split drawn now is the recorded one.
    pub(super) fn compare(&self, now: &SplitRecord) -> Result<()> {
        for (name, now, then) in
            [("train", &now.train, &self.train), ("validation", &now.validation, &self.validation)]
        {
            if now.rows != then.rows {
                let what = format!("{} {name} rows where there were {}", now.rows, then.rows);
                return Err(changed(&what));
            }
            if now.sha256 != then.sha256 {
                return Err(changed(&format!("its {name} rows differ")));
            }
        }
        Ok(())
    }
}

impl Dataset {
    /// Draws the split of a record again, row for row.
    ///
    /// # Errors
    /// `seal.split_changed` when a recorded row is missing, or when train or
    /// validation rows are not what they were. What stands in the sealed rows
    /// is not looked at: the ledger knows them, and opening them tells.
    pub fn split_by_record(&self, record: &SplitRecord) -> Result<Parts> {
        self.split_as(record, Some(record))
    }

    /// The same of rows whose columns are read otherwise: each row goes where its
    /// place in the source went, whatever is read of it now. Only for the very
    /// source of the record, byte for byte: otherwise what was sealed would be
    /// opened.
    ///
    /// # Errors
    /// A recorded row is missing.
    pub fn split_by_places(&self, record: &SplitRecord) -> Result<Parts> {
        self.split_as(record, None)
    }

    fn split_as(&self, record: &SplitRecord, compared: Option<&SplitRecord>) -> Result<Parts> {
        if let Some(stream) = &self.stream {
            return self.split_streamed(stream, &Split::new(), Known::Recorded(record));
        }
        let positions: HashMap<u64, usize> =
            self.row_ids().iter().enumerate().map(|(row, &id)| (id, row)).collect();
        let mut parts = vec![Some(Part::Train); self.len()];
        for (ids, part) in [
            (&record.validation_ids, Some(Part::Validation)),
            (&record.sealed_ids, Some(Part::Test)),
            (&record.left_out_ids, None),
        ] {
            for id in ids {
                let row = positions.get(id);
                let row = row.ok_or_else(|| changed(&format!("row {} is missing", id + 1)))?;
                parts[*row] = part;
            }
        }
        let draw = Draw {
            method: record.method,
            seed: record.seed,
            column: record.column.clone(),
            group: record.group.clone(),
            order: record.order,
            fold: record.fold,
        };
        let mut notices = Vec::new();
        let data = draw.without_its_column(self, &mut notices)?;
        assemble(&data, draw, &parts, notices, compared)
    }
}

fn changed(what: &str) -> Fault {
    Fault::of("seal.split_changed").with("what", what)
}
