//! What the columns of a source are: types found from the cells, roles, and
//! the task that the targets pose.

mod assemble;
mod check;
mod form;
mod infer;
mod known;
mod levels;
mod plan;
mod request;
mod scan;
mod seen;
mod summary;
mod target;

pub(crate) use assemble::assemble;
pub(crate) use check::tell_missing;
pub(crate) use plan::Plan;
pub(crate) use request::Request;
pub use summary::{ColumnSummary, NumberSummary, Summary};

use crate::{ColumnType, Dataset, FileFormat, Policy, Role, SequenceColumn, Series, Task, Values};
use serde::{Deserialize, Serialize};

/// The columns of a data set without their values: what a model must know to
/// read new rows in the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schema {
    /// What is to be learned.
    pub task: Task,
    /// The columns, in the order of the source.
    pub columns: Vec<ColumnSchema>,
    /// How moments become rows, where these are windows of a series in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<Series>,
    /// Which column is read token by token, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<SequenceColumn>,
    /// What was said of the file that held them.
    #[serde(default, skip_serializing_if = "FileFormat::is_default")]
    pub file: FileFormat,
}

/// One column without its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ColumnSchema {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What it is for.
    pub role: Role,
    /// What preprocessing does to it.
    pub policy: Policy,
    /// Names of the levels of a category, in the order of their indices.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<String>,
    /// Shape of one row of an array.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shape: Vec<usize>,
    /// Full intensity of an array.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_scale: Option<f64>,
}

impl Schema {
    /// The column of a name.
    pub fn column(&self, name: &str) -> Option<&ColumnSchema> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// Of a series: how its windows are laid, and the columns whose future is the
    /// target.
    pub(crate) fn series_and_targets(&self) -> Option<(&Series, Vec<String>)> {
        let series = self.series.as_ref()?;
        let ahead = format!("+{}", series.steps_ahead());
        let targets = self.columns.iter().filter(|column| column.role == Role::Target);
        let past = targets.filter_map(|target| target.name.strip_suffix(&ahead));
        Some((series, past.map(str::to_string).collect()))
    }

    /// The names of the inputs, in the order of the source.
    pub(crate) fn inputs(&self) -> Vec<String> {
        let inputs = self.columns.iter().filter(|column| column.role == Role::Input);
        inputs.map(|column| column.name.clone()).collect()
    }
}

impl Dataset {
    /// The columns without their values.
    pub fn schema(&self) -> Schema {
        let columns = self
            .columns
            .iter()
            .map(|column| {
                let cells = match &column.values {
                    Values::Series(windows) => windows.moments(),
                    values => values,
                };
                let (levels, shape, full_scale) = match cells {
                    Values::Category { levels, .. } => (levels.clone(), Vec::new(), None),
                    Values::Array { shape, full_scale, .. } => {
                        (Vec::new(), shape.clone(), Some(*full_scale))
                    }
                    _ => (Vec::new(), Vec::new(), None),
                };
                ColumnSchema {
                    name: column.name.clone(),
                    kind: column.kind,
                    role: column.role,
                    policy: column.policy.clone(),
                    levels,
                    shape,
                    full_scale,
                }
            })
            .collect();
        let (series, sequence) = (self.series.clone(), self.sequence.clone());
        Schema { task: self.task, columns, series, sequence, file: self.format.clone() }
    }
}
