//! The assignment of rows to parts, kept with the data: when rows are appended,
//! those that are known keep their part.

use super::Parts;
use crate::{Part, RowHash};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeSet, HashMap};

/// For each input that was assigned, its part. Rows are known by the hash of
/// their inputs, so the order of the file has no part in it, and nothing of it
/// tells a target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Assignment {
    /// Version of this form.
    pub format: u32,
    /// Inputs of train rows.
    pub train: BTreeSet<RowHash>,
    /// Inputs of validation rows.
    pub validation: BTreeSet<RowHash>,
    /// Inputs of sealed rows.
    pub test: BTreeSet<RowHash>,
}

impl Assignment {
    /// The assignment of a split.
    pub fn of(parts: &Parts) -> Assignment {
        Assignment {
            format: 1,
            train: parts.train.dataset().input_hashes().iter().copied().collect(),
            validation: parts.validation.dataset().input_hashes().iter().copied().collect(),
            test: parts.test.input_hashes().iter().copied().collect(),
        }
    }

    /// Number of inputs that are assigned.
    pub fn len(&self) -> usize {
        self.train.len() + self.validation.len() + self.test.len()
    }

    /// Whether nothing is assigned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// This assignment, and that of another one for the inputs it does not know.
    pub fn joined(&self, other: &Assignment) -> Assignment {
        let new = |inputs: &BTreeSet<RowHash>| -> Vec<RowHash> {
            inputs.iter().copied().filter(|input| self.part(input).is_none()).collect()
        };
        let mut joined = Assignment { format: 1, ..self.clone() };
        joined.train.extend(new(&other.train));
        joined.validation.extend(new(&other.validation));
        joined.test.extend(new(&other.test));
        joined
    }

    /// The part of an input.
    pub fn part(&self, inputs: &RowHash) -> Option<Part> {
        match inputs {
            inputs if self.test.contains(inputs) => Some(Part::Test),
            inputs if self.validation.contains(inputs) => Some(Part::Validation),
            inputs if self.train.contains(inputs) => Some(Part::Train),
            _ => None,
        }
    }

    /// The part of each key of the draw: that of the first row with this key that
    /// is known, a sealed one before all others.
    pub(super) fn parts_of_keys(
        &self,
        keys: &[RowHash],
        inputs: &[RowHash],
    ) -> HashMap<RowHash, Part> {
        let mut parts = HashMap::new();
        for (&key, inputs) in keys.iter().zip(inputs) {
            match self.part(inputs) {
                Some(Part::Test) => {
                    parts.insert(key, Part::Test);
                }
                Some(part) => {
                    parts.entry(key).or_insert(part);
                }
                None => {}
            }
        }
        parts
    }
}
