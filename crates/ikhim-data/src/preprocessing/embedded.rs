//! Columns whose levels become learned vectors: to the data they are indices,
//! the vectors are the network's.

use super::{EncodedInput, EncodedValues, Preprocessing, Step, category::CategoryStep, fault};
use crate::{Dataset, Values};
use ikhim_text::Result;

/// A column whose levels are embedded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EmbeddedColumn {
    /// The input of indices, `columns/<name>`.
    pub input: String,
    /// How many levels have a vector. The index of a level that train rows do
    /// not have, or of a missing value that none of them had, is this number.
    pub levels: usize,
    /// The length of a vector.
    pub output_dim: usize,
}

impl Preprocessing {
    /// The columns whose levels are embedded.
    pub fn embedded(&self) -> impl Iterator<Item = EmbeddedColumn> {
        self.embedded_steps().filter_map(|(name, step)| {
            let (levels, output_dim) = step.vectors()?;
            Some(EmbeddedColumn { input: input(name), levels, output_dim })
        })
    }

    fn embedded_steps(&self) -> impl Iterator<Item = (&str, &CategoryStep)> {
        self.inputs.iter().filter_map(|input| match &input.step {
            Step::Category(step) => step.vectors().map(|_| (input.name.as_str(), step)),
            _ => None,
        })
    }

    /// The indices of the levels of all rows.
    pub(super) fn encode_embedded(&self, data: &Dataset) -> Result<Vec<EncodedInput>> {
        let encode = |(name, step): (&str, &CategoryStep)| {
            let column = data.column(name).ok_or_else(|| fault::missing_column(name, data))?;
            let Values::Category { levels, indices } = &column.values else {
                return Err(fault::misfit(name, "type", column.kind.word(), "input"));
            };
            let level = |index: Option<u32>| levels.get(index? as usize).map(String::as_str);
            let rows = indices.iter().zip(data.row_ids());
            let values = rows.map(|(&index, &id)| step.vector(name, id, level(index)));
            let values = EncodedValues::I32(values.collect::<Result<_>>()?);
            Ok(EncodedInput { name: input(name), shape: Vec::new(), values })
        };
        self.embedded_steps().map(encode).collect()
    }
}

/// The name of the input of a column: a column may have the name of another
/// input, such as `features`.
pub(super) fn input(column: &str) -> String {
    format!("columns/{column}")
}
