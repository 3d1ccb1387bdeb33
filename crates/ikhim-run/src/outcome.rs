//! From what a network gives to what a metric judges.

use crate::metric::{Outcome, TokenScores, decided};
use ikhim_data::{Encoded, EncodedTarget, Preprocessing, Task};
use ikhim_text::{Fault, Result};

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
        /// The probability above which the second of two classes is predicted;
        /// without one the first of the most probable classes is.
        threshold: Option<f64>,
    },
    /// Numbers, transformed back, `[rows, width]` row by row.
    Numbers {
        /// Numbers a row.
        width: usize,
        /// The numbers.
        values: Vec<f64>,
    },
    /// Probability of each token for each step, `[rows, steps, classes]`.
    Tokens {
        /// Number of steps.
        steps: usize,
        /// Number of tokens that there are.
        classes: usize,
        /// How many characters each token stands for.
        characters: Vec<f64>,
        /// The probabilities.
        probabilities: Vec<f64>,
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
            Task::NextToken => {
                let vocabulary = preprocessing.vocabulary();
                let characters = vocabulary.map(|all| all.characters()).unwrap_or_default();
                let steps = vocabulary.map_or(1, |vocabulary| vocabulary.length());
                let classes = characters.len();
                Predictions::Tokens { steps, classes, characters, probabilities: output }
            }
            _ => {
                let classes = preprocessing.classes().len();
                let probabilities = if classes == 2 && output.len() == rows {
                    output.iter().flat_map(|second| [1.0 - second, *second]).collect()
                } else {
                    output
                };
                Predictions::Classes { classes, probabilities, threshold: None }
            }
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Predictions::Classes { classes, probabilities, .. } => {
                probabilities.len() / (*classes).max(1)
            }
            Predictions::Numbers { width, values } => values.len() / (*width).max(1),
            Predictions::Labels { width, probabilities } => probabilities.len() / (*width).max(1),
            Predictions::Tokens { steps, classes, probabilities, .. } => {
                probabilities.len() / (steps * classes).max(1)
            }
        }
    }

    /// Refuses an answer that is no number: what a value beyond the range of the
    /// network's numbers, or a model that has diverged, gives.
    ///
    /// # Errors
    /// `data.no_answer`, with the first such row, from 1.
    pub fn finite(&self) -> Result<()> {
        let (Predictions::Classes { probabilities: values, .. }
        | Predictions::Labels { probabilities: values, .. }
        | Predictions::Tokens { probabilities: values, .. }
        | Predictions::Numbers { values, .. }) = self;
        let width = values.len() / self.rows().max(1);
        match values.iter().position(|value| !value.is_finite()) {
            Some(at) => Err(Fault::of("data.no_answer").with("row", at / width.max(1) + 1)),
            None => Ok(()),
        }
    }

    /// The same decided at another threshold; only classes are decided.
    pub fn with_threshold(mut self, threshold: Option<f64>) -> Predictions {
        if let Predictions::Classes { threshold: kept, .. } = &mut self {
            *kept = threshold;
        }
        self
    }

    /// The predicted class of each row; nothing where there are no classes.
    pub fn decided(&self) -> Vec<usize> {
        match self {
            Predictions::Classes { classes, probabilities, threshold } => {
                let rows = probabilities.chunks((*classes).max(1));
                rows.map(|row| decided(row, *threshold)).collect()
            }
            _ => Vec::new(),
        }
    }

    /// The predictions beside the truth of the same rows; `None` where the rows
    /// have no target of the kind.
    pub fn beside(self, truth: &Encoded) -> Option<Outcome> {
        match (self, &truth.target) {
            (
                Predictions::Classes { classes, probabilities, threshold },
                EncodedTarget::Class(labels),
            ) => {
                let labels = labels.iter().map(|label| *label as usize).collect();
                Some(Outcome::Classes { classes, probabilities, labels, threshold })
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
            (
                Predictions::Tokens { steps, characters, probabilities, .. },
                EncodedTarget::Sequence { values, .. },
            ) => {
                let width = steps * characters.len();
                let mut scores = TokenScores::of_rows(truth.rows);
                let rows = probabilities.chunks(width.max(1)).zip(values.chunks(steps));
                for (row, (probabilities, tokens)) in rows.enumerate() {
                    scores.set(row, probabilities, tokens, &characters);
                }
                Some(Outcome::Tokens(scores))
            }
            _ => None,
        }
    }
}
