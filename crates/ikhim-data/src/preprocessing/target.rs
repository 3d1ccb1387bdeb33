use super::category::position;
use super::encoded::EncodedTarget;
use super::fault;
use super::number::NumberTarget;
use super::tokens::Vocabulary;
use crate::{ColumnData, Dataset, Task, Values};
use ikhim_text::Result;
use serde::{Deserialize, Serialize};

/// What the network learns, as its train rows have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum TargetStep {
    /// One class of several.
    Classes { name: String, levels: Vec<String> },
    /// Numbers.
    Numbers(Vec<NumberTarget>),
    /// Answers of yes and no; yes is the second level.
    Labels(Vec<LabelTarget>),
    /// The input itself; a name for each of its numbers.
    Inputs { names: Vec<String> },
    /// The token behind each token of a window.
    Tokens { name: String, vocabulary: Vocabulary },
}

/// One answer of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct LabelTarget {
    name: String,
    levels: Vec<String>,
}

impl TargetStep {
    pub(super) fn fit(train: &Dataset) -> Result<TargetStep> {
        let targets: Vec<&ColumnData> = train.targets().collect();
        match (train.task(), targets.as_slice()) {
            // The names are known once the inputs are.
            (Task::Reconstruction, _) => Ok(TargetStep::Inputs { names: Vec::new() }),
            (_, []) => Err(fault::no_target()),
            (Task::NextToken, [target, ..]) => {
                let vocabulary = vocabulary(train).ok_or_else(fault::no_target)?;
                Ok(TargetStep::Tokens { name: target.name.clone(), vocabulary })
            }
            (Task::Classification, [target, ..]) => {
                Ok(TargetStep::Classes { name: target.name.clone(), levels: used_levels(target) })
            }
            (Task::Regression, targets) => {
                let fit = |target: &&ColumnData| match &target.values {
                    Values::Number(values) => {
                        NumberTarget::fit(&target.name, values, &target.policy)
                    }
                    _ => Err(fault::misfit(&target.name, "type", target.kind.word(), "target")),
                };
                targets.iter().map(fit).collect::<Result<_>>().map(TargetStep::Numbers)
            }
            (Task::MultiLabel, targets) => {
                let label = |target: &&ColumnData| LabelTarget {
                    name: target.name.clone(),
                    levels: used_levels(target),
                };
                Ok(TargetStep::Labels(targets.iter().map(label).collect()))
            }
        }
    }

    pub(super) fn names(&self) -> Vec<&str> {
        match self {
            TargetStep::Classes { name, .. } | TargetStep::Tokens { name, .. } => vec![name],
            TargetStep::Numbers(numbers) => numbers.iter().map(|number| &*number.name).collect(),
            TargetStep::Labels(labels) => labels.iter().map(|label| &*label.name).collect(),
            TargetStep::Inputs { names } => names.iter().map(String::as_str).collect(),
        }
    }

    pub(super) fn classes(&self) -> &[String] {
        match self {
            TargetStep::Classes { levels, .. } => levels,
            TargetStep::Tokens { vocabulary, .. } => vocabulary.tokens(),
            _ => &[],
        }
    }

    pub(super) fn encode(&self, data: &Dataset) -> Result<EncodedTarget> {
        let names = self.names();
        let of_inputs = matches!(self, TargetStep::Inputs { .. });
        let columns: Vec<&ColumnData> = names
            .iter()
            .filter(|_| !of_inputs)
            .map(|name| data.column(name).ok_or_else(|| fault::missing_column(name, data)))
            .collect::<Result<_>>()?;
        match self {
            TargetStep::Classes { levels, .. } => {
                let class = |row| {
                    let class = level(columns[0], data, row)?;
                    let index = position(levels, class);
                    let index =
                        index.ok_or_else(|| fault::unseen_class(names[0], data, row, class))?;
                    Ok(index as i32)
                };
                (0..data.len()).map(class).collect::<Result<_>>().map(EncodedTarget::Class)
            }
            TargetStep::Numbers(numbers) => {
                let width = numbers.len();
                let mut values = Vec::with_capacity(data.len() * width);
                let mut original = Vec::with_capacity(data.len() * width);
                for row in 0..data.len() {
                    for (number, column) in numbers.iter().zip(&columns) {
                        let value = number_at(column, data, row)?;
                        let scaled = number.apply(value)? as f32;
                        if !scaled.is_finite() {
                            return Err(fault::too_large(&number.name, data.row_ids()[row], value));
                        }
                        values.push(scaled);
                        original.push(value);
                    }
                }
                Ok(EncodedTarget::Number { width, values, original })
            }
            TargetStep::Tokens { vocabulary, .. } => match &columns[0].values {
                Values::Tokens(windows) => Ok(EncodedTarget::Sequence {
                    steps: windows.length,
                    values: vocabulary.encode(windows)?,
                }),
                _ => Err(fault::misfit(names[0], "type", columns[0].kind.word(), "target")),
            },
            TargetStep::Labels(labels) => {
                let width = labels.len();
                let mut values = Vec::with_capacity(data.len() * width);
                for row in 0..data.len() {
                    for (label, column) in labels.iter().zip(&columns) {
                        let found = level(column, data, row)?;
                        let index = position(&label.levels, found).ok_or_else(|| {
                            fault::unseen_level(
                                &label.name,
                                data.row_ids()[row],
                                found,
                                &label.levels,
                            )
                        })?;
                        values.push(index as f32);
                    }
                }
                Ok(EncodedTarget::MultiLabel { width, values })
            }
            TargetStep::Inputs { .. } => Ok(EncodedTarget::None),
        }
    }

    /// Undoes the scaling of numbers, row-major.
    pub(super) fn invert(&self, values: &[f32]) -> Vec<f64> {
        match self {
            TargetStep::Numbers(numbers) => values
                .iter()
                .zip(numbers.iter().cycle())
                .map(|(&value, number)| number.invert(f64::from(value)))
                .collect(),
            _ => values.iter().map(|&value| f64::from(value)).collect(),
        }
    }
}

/// The vocabulary of the tokens that train rows and what follows them have.
pub(super) fn vocabulary(train: &Dataset) -> Option<Vocabulary> {
    let windows = |column: &ColumnData| match &column.values {
        Values::Tokens(windows) => Some(windows.clone()),
        _ => None,
    };
    let (input, policy) =
        train.inputs().find_map(|column| Some((windows(column)?, &column.policy)))?;
    let target = train.targets().find_map(windows);
    Some(Vocabulary::fit(&input, target.as_ref(), policy))
}

/// The levels that rows of a column have, in order.
pub(super) fn used_levels(column: &ColumnData) -> Vec<String> {
    let moments;
    let values = match &column.values {
        Values::Series(windows) => {
            moments = windows.moments().take(&windows.seen());
            &moments
        }
        values => values,
    };
    let Values::Category { levels, indices } = values else { return Vec::new() };
    let mut used = vec![false; levels.len()];
    for index in indices.iter().flatten() {
        if let Some(level) = used.get_mut(*index as usize) {
            *level = true;
        }
    }
    levels.iter().zip(used).filter(|(_, used)| *used).map(|(level, _)| level.clone()).collect()
}

fn level<'a>(column: &'a ColumnData, data: &Dataset, row: usize) -> Result<&'a str> {
    let level = match &column.values {
        Values::Category { levels, indices } => {
            indices.get(row).copied().flatten().and_then(|index| levels.get(index as usize))
        }
        _ => None,
    };
    let needed = || fault::label_needed(&column.name, data.row_ids()[row]);
    level.map(String::as_str).ok_or_else(needed)
}

fn number_at(column: &ColumnData, data: &Dataset, row: usize) -> Result<f64> {
    let value = match &column.values {
        Values::Number(values) => values.get(row).copied().filter(|value| !value.is_nan()),
        _ => None,
    };
    value.ok_or_else(|| fault::label_needed(&column.name, data.row_ids()[row]))
}
