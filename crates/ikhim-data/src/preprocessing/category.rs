use super::fault;
use crate::{Encoding, HandleUnknown, Missing, Policy};
use ikhim_text::Result;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Inputs of a hashed column. Two of 32 levels that a row may have share an
/// input with a probability of 1/32.
const HASH_WIDTH: usize = 32;

/// A column of levels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CategoryStep {
    /// The levels of the train rows, in order.
    levels: Vec<String>,
    missing: MissingLevel,
    encoding: Encoding,
    unknown: HandleUnknown,
    indicator: bool,
    /// The length of the vector of an embedded level.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    output_dim: Option<usize>,
}

/// The longest vector that a level gets unasked.
const LONGEST_VECTOR: usize = 50;

/// What a missing level becomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MissingLevel {
    /// The last level, after those that have names.
    Own,
    /// What an unknown level becomes: no train row had it missing.
    Unknown,
    /// This level.
    Fill(String),
    /// A fault.
    Needed,
}

/// What a cell is to the fitted column.
enum Found {
    Level(usize),
    Unknown,
}

impl CategoryStep {
    pub(super) fn fit(
        name: &str,
        levels: &[String],
        indices: &[Option<u32>],
        policy: &Policy,
    ) -> Result<CategoryStep> {
        let mut counts = vec![0_usize; levels.len()];
        for index in indices.iter().flatten() {
            if let Some(count) = counts.get_mut(*index as usize) {
                *count += 1;
            }
        }
        let any_missing = indices.iter().any(Option::is_none);
        let missing = match &policy.missing {
            Missing::Category if any_missing => MissingLevel::Own,
            Missing::Category => MissingLevel::Unknown,
            Missing::MostFrequent => {
                // The first of those that tie, hence the search from the end.
                let most = (0..levels.len()).rev().max_by_key(|&level| counts[level]);
                let most = most.filter(|&level| counts[level] > 0);
                MissingLevel::Fill(levels[most.ok_or_else(|| fault::no_values(name))?].clone())
            }
            Missing::Constant(level) => MissingLevel::Fill(level.trim().to_string()),
            Missing::Drop | Missing::Error => MissingLevel::Needed,
            other => return Err(fault::misfit(name, "missing", other.word(), "category")),
        };
        let mut known: Vec<String> = levels
            .iter()
            .zip(&counts)
            .filter(|(_, count)| **count > 0)
            .map(|(level, _)| level.clone())
            .collect();
        // A filled-in level is a level of the train rows too.
        if let MissingLevel::Fill(level) = &missing
            && any_missing
            && !known.contains(level)
        {
            known.push(level.clone());
        }
        let mut step = CategoryStep {
            levels: known,
            missing,
            encoding: policy.encoding,
            unknown: policy.handle_unknown,
            indicator: policy.missing_indicator,
            output_dim: None,
        };
        if policy.encoding == Encoding::Embedding {
            let unasked = step.count().div_ceil(2).clamp(1, LONGEST_VECTOR);
            step.output_dim = Some(policy.output_dim.unwrap_or(unasked));
        }
        Ok(step)
    }

    pub(super) fn feature_names(&self, name: &str) -> Vec<String> {
        let mut names: Vec<String> = match self.encoding {
            Encoding::OneHot => {
                let own = (self.missing == MissingLevel::Own).then_some("missing");
                let levels = self.levels.iter().map(String::as_str).chain(own);
                levels.map(|level| format!("{name}={level}")).collect()
            }
            Encoding::Embedding => Vec::new(),
            Encoding::Hash => (0..HASH_WIDTH).map(|input| format!("{name}#{input}")).collect(),
            _ => vec![name.to_string()],
        };
        if self.indicator {
            names.push(format!("{name}:missing"));
        }
        names
    }

    /// Writes the features of a level; `row` is for the fault.
    pub(super) fn write(
        &self,
        name: &str,
        row: u64,
        level: Option<&str>,
        out: &mut [f32],
    ) -> Result<()> {
        out.fill(0.0);
        let end = out.len() - usize::from(self.indicator);
        let (features, indicator) = out.split_at_mut(end);
        indicator.fill(f32::from(u8::from(level.is_none())));
        if self.encoding == Encoding::Embedding {
            return Ok(());
        }
        if self.encoding == Encoding::Hash {
            let level = match (&self.missing, level) {
                (_, Some(level)) => level,
                (MissingLevel::Fill(level), None) => level,
                (MissingLevel::Needed, None) => return Err(fault::value_needed(name, row)),
                (_, None) => "",
            };
            features[hashed(level)] = 1.0;
            return Ok(());
        }
        match (self.find(name, row, level)?, self.encoding) {
            (Found::Level(level), Encoding::OneHot) => features[level] = 1.0,
            (Found::Level(level), _) => features[0] = level as f32,
            (Found::Unknown, Encoding::OneHot) => {}
            (Found::Unknown, _) => features[0] = -1.0,
        }
        Ok(())
    }

    /// The levels that have a vector, and its length; `None` when the levels are
    /// encoded otherwise.
    pub(super) fn vectors(&self) -> Option<(usize, usize)> {
        Some((self.count(), self.output_dim?))
    }

    /// The index of a level's vector; behind the last for a level without one.
    /// `row` is for the fault.
    pub(super) fn vector(&self, name: &str, row: u64, level: Option<&str>) -> Result<i32> {
        Ok(match self.find(name, row, level)? {
            Found::Level(level) => level as i32,
            Found::Unknown => self.count() as i32,
        })
    }

    /// The number of levels, the missing one counted where train rows have it.
    fn count(&self) -> usize {
        self.levels.len() + usize::from(self.missing == MissingLevel::Own)
    }

    /// Whether no train row had this level.
    pub(super) fn is_unknown(&self, level: &str) -> bool {
        self.encoding != Encoding::Hash && self.index(level).is_none()
    }

    fn find(&self, name: &str, row: u64, level: Option<&str>) -> Result<Found> {
        let level = match (level, &self.missing) {
            (Some(level), _) => level,
            (None, MissingLevel::Own) => return Ok(Found::Level(self.levels.len())),
            (None, MissingLevel::Fill(level)) => level,
            (None, MissingLevel::Needed) => return Err(fault::value_needed(name, row)),
            (None, MissingLevel::Unknown) if self.unknown == HandleUnknown::Error => {
                return Err(fault::value_needed(name, row));
            }
            (None, MissingLevel::Unknown) => return Ok(Found::Unknown),
        };
        match self.index(level) {
            Some(index) => Ok(Found::Level(index)),
            None if self.unknown == HandleUnknown::Error => {
                Err(fault::unseen_level(name, row, level, &self.levels))
            }
            None => Ok(Found::Unknown),
        }
    }

    fn index(&self, level: &str) -> Option<usize> {
        position(&self.levels, level)
    }
}

/// The index of a level. A column of numbers names its levels by the shortest
/// form of the number, other rows may write it in another.
pub(super) fn position(levels: &[String], level: &str) -> Option<usize> {
    let exact = levels.iter().position(|known| known == level);
    exact.or_else(|| {
        let number = level.parse::<f64>().ok()?.to_string();
        levels.iter().position(|known| *known == number)
    })
}

/// The input of a hashed level.
fn hashed(level: &str) -> usize {
    usize::from(Sha256::digest(level)[0]) % HASH_WIDTH
}
