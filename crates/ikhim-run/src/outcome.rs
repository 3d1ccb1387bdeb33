//! From what a network gives to what a metric judges.

use crate::metric::Outcome;
use ikhim_data::{Encoded, EncodedTarget, Preprocessing, Task};

/// What a network predicts for some rows, in the units of the data.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Predictions {
    /// Probability of each class, `[rows, classes]` row by row.
    Classes {
        /// Number of classes.
        classes: usize,
        /// The probabilities.
        probabilities: Vec<f64>,
    },
    /// Numbers, transformed back, `[rows, width]` row by row.
    Numbers {
        /// Numbers a row.
        width: usize,
        /// The numbers.
        values: Vec<f64>,
    },
    /// Probability of yes, `[rows, width]` row by row.
    Labels {
        /// Answers a row.
        width: usize,
        /// The probabilities.
        probabilities: Vec<f64>,
    },
}

impl Predictions {
    /// Reads the output `probability` of a prediction graph. One column for two
    /// classes is the probability of the second.
    pub fn read(preprocessing: &Preprocessing, rows: usize, output: Vec<f64>) -> Predictions {
        match preprocessing.task() {
            Task::Regression | Task::Reconstruction => {
                let width = preprocessing.target_names().len();
                let scaled: Vec<f32> = output.iter().map(|value| *value as f32).collect();
                Predictions::Numbers { width, values: preprocessing.invert(&scaled) }
            }
            Task::MultiLabel => {
                let width = preprocessing.target_names().len();
                Predictions::Labels { width, probabilities: output }
            }
            _ => {
                let classes = preprocessing.classes().len();
                let probabilities = if classes == 2 && output.len() == rows {
                    output.iter().flat_map(|second| [1.0 - second, *second]).collect()
                } else {
                    output
                };
                Predictions::Classes { classes, probabilities }
            }
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Predictions::Classes { classes, probabilities } => {
                probabilities.len() / (*classes).max(1)
            }
            Predictions::Numbers { width, values } => values.len() / (*width).max(1),
            Predictions::Labels { width, probabilities } => probabilities.len() / (*width).max(1),
        }
    }

    /// The predictions beside the truth of the same rows; `None` where the rows
    /// have no target of the kind.
    pub fn beside(self, truth: &Encoded) -> Option<Outcome> {
        match (self, &truth.target) {
            (Predictions::Classes { classes, probabilities }, EncodedTarget::Class(labels)) => {
                let labels = labels.iter().map(|label| *label as usize).collect();
                Some(Outcome::Classes { classes, probabilities, labels })
            }
            (Predictions::Numbers { width, values }, EncodedTarget::Number { original, .. }) => {
                let targets = original.clone();
                Some(Outcome::Numbers { width, predictions: values, targets })
            }
            (
                Predictions::Labels { width, probabilities },
                EncodedTarget::MultiLabel { values, .. },
            ) => {
                let targets = values.iter().map(|value| *value > 0.5).collect();
                Some(Outcome::Labels { width, probabilities, targets })
            }
            _ => None,
        }
    }
}
