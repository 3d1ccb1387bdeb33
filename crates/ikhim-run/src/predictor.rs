use crate::{Model, Predictions};
use ikhim_cpu::Runtime;
use ikhim_data::{Cell, RawRows, RowWarning};
use ikhim_text::{Fault, Result};
use serde::Serialize;
use serde_json::Value;
use std::path::Path;
use std::sync::Arc;

/// The level of the interval that stands beside a predicted number.
const INTERVAL: f64 = 0.95;

/// A model for predicting inside a program: cheap to clone, usable from many
/// threads at once.
///
/// A row is any struct or map of named values; `Option::None` is a missing
/// value, and an unknown field is a fault that names the nearest column.
#[derive(Debug, Clone)]
pub struct Predictor(Arc<Model>);

/// What a model says of one row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Prediction {
    classes: Vec<String>,
    class: Option<usize>,
    values: Vec<f64>,
    interval: Option<[f64; 2]>,
    warnings: Vec<RowWarning>,
}

impl Predictor {
    /// A predictor of a model at hand.
    pub fn new(model: Model) -> Predictor {
        Predictor(Arc::new(model))
    }

    /// A predictor from the bytes of a model's file, e.g. by `include_bytes!`.
    ///
    /// # Errors
    /// The bytes are cut, altered, or no model.
    pub fn from_bytes(bytes: &[u8]) -> Result<Predictor> {
        Model::from_bytes(bytes).map(Predictor::new)
    }

    /// A predictor from a model's file.
    ///
    /// # Errors
    /// The file is missing, cut or altered.
    pub fn load(path: impl AsRef<Path>) -> Result<Predictor> {
        Model::load(path).map(Predictor::new)
    }

    /// Computes on the threads and at the level of a runtime. Without it a
    /// prediction stays on the thread that asks for it, so that many predictors
    /// in one program do not compete for the cores.
    pub fn on(self, runtime: Runtime) -> Predictor {
        let model = Arc::try_unwrap(self.0).unwrap_or_else(|shared| Model::clone(&shared));
        Predictor::new(model.on(runtime))
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.0
    }

    /// Predicts one row.
    ///
    /// # Errors
    /// A field that is no column, an input that is not given, text where a
    /// number belongs, an answer that is not a number.
    pub fn predict<R: Serialize>(&self, row: &R) -> Result<Prediction> {
        let mut predictions = self.predict_batch(std::slice::from_ref(row))?;
        predictions.pop().ok_or_else(|| Fault::of("data.row_of_fields"))
    }

    /// Predicts several rows.
    ///
    /// # Errors
    /// As [`Predictor::predict`].
    pub fn predict_batch<R: Serialize>(&self, rows: &[R]) -> Result<Vec<Prediction>> {
        let mut raw = RawRows::new();
        for row in rows {
            raw = raw.named(fields(row)?);
        }
        let rows = self.0.preprocessing().encode_rows(&raw)?;
        let (predictions, intervals) = self.0.predict_within(&rows.encoded, INTERVAL)?;
        predictions.finite()?;
        let decided = predictions.decided();
        Ok((0..predictions.rows())
            .map(|row| {
                let mut prediction = self.prediction(&predictions, row, &rows.warnings);
                prediction.class = decided.get(row).copied();
                let width = prediction.values.len();
                let interval = intervals.as_ref().and_then(|all| all.get(row * width));
                prediction.interval = interval.copied();
                prediction
            })
            .collect())
    }

    fn prediction(
        &self,
        predictions: &Predictions,
        row: usize,
        warnings: &[RowWarning],
    ) -> Prediction {
        let (width, all) = match predictions {
            Predictions::Classes { classes, probabilities, .. } => (*classes, probabilities),
            Predictions::Numbers { width, values } => (*width, values),
            Predictions::Labels { width, probabilities } => (*width, probabilities),
            Predictions::Tokens { steps, classes, probabilities, .. } => {
                (steps * classes, probabilities)
            }
        };
        let values = all[row * width..(row + 1) * width].to_vec();
        Prediction {
            classes: self.0.preprocessing().classes().to_vec(),
            class: None,
            interval: None,
            values,
            warnings: warnings.iter().filter(|w| w.row() == row as u64).cloned().collect(),
        }
    }
}

impl Prediction {
    /// The predicted number, for a regression.
    pub fn number(&self) -> Option<f64> {
        if self.class.is_some() { None } else { self.values.first().copied() }
    }

    /// Between which values the truth of a regression lies in 95 of 100 rows, by
    /// the residuals of the validation rows; of several targets, the first.
    /// `None` where there were too few of them.
    pub fn interval(&self) -> Option<[f64; 2]> {
        self.interval
    }

    /// The predicted class, for a classification: the most probable one, or as the
    /// threshold of the model says.
    pub fn class(&self) -> Option<&str> {
        self.class.and_then(|class| self.classes.get(class)).map(String::as_str)
    }

    /// The probability of a class.
    pub fn probability(&self, class: &str) -> Option<f64> {
        self.class?;
        let index = self.classes.iter().position(|known| known == class)?;
        self.values.get(index).copied()
    }

    /// All numbers or probabilities, in the order of targets or classes.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// What is unlike the rows that the model has learned from.
    pub fn warnings(&self) -> &[RowWarning] {
        &self.warnings
    }
}

/// The named values of a struct or map.
fn fields<R: Serialize>(row: &R) -> Result<Vec<(String, Cell)>> {
    let value = serde_json::to_value(row)
        .map_err(|error| Fault::of("data.row_of_fields").with("found", error))?;
    let Value::Object(fields) = value else {
        return Err(Fault::of("data.row_of_fields").with("found", value));
    };
    fields
        .into_iter()
        .map(|(name, value)| {
            let cell = match value {
                Value::Null => Cell::Missing,
                Value::Bool(truth) => Cell::Text(truth.to_string()),
                Value::Number(number) => Cell::Number(number.as_f64().unwrap_or(f64::NAN)),
                Value::String(text) => Cell::Text(text),
                other => {
                    let found = format!("`{name}`: {other}");
                    return Err(Fault::of("data.row_of_fields").with("found", found));
                }
            };
            Ok((name, cell))
        })
        .collect()
}
