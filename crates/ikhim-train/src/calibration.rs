//! What is chosen on the validation rows once the weights are.

use crate::TrainingData;
use ikhim_data::{EncodedTarget, Task};
use ikhim_run::metric::Metric;
use ikhim_run::{Calibration, Judgement, Margins, Model, Threshold};
use ikhim_text::{Fault, Result};

/// From which probability on a row is called the second of two classes.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum DecisionThreshold {
    /// Above this probability.
    At(f64),
    /// Where this metric is highest on the validation rows.
    Highest(Metric),
}

impl From<f64> for DecisionThreshold {
    fn from(value: f64) -> DecisionThreshold {
        DecisionThreshold::At(value)
    }
}

impl From<Metric> for DecisionThreshold {
    fn from(metric: Metric) -> DecisionThreshold {
        DecisionThreshold::Highest(metric)
    }
}

impl DecisionThreshold {
    /// Whether such data can be decided by it.
    ///
    /// # Errors
    /// A target without two classes; no validation rows to choose on.
    pub(crate) fn check(&self, data: &TrainingData) -> Result<()> {
        let preprocessing = data.preprocessing();
        let classes = preprocessing.classes().len();
        if preprocessing.task() != Task::Classification || classes != 2 {
            let names = preprocessing.target_names().join(", ");
            let fault = Fault::of("train.threshold_classes").with("column", names);
            return Err(match preprocessing.task() {
                Task::Classification => fault.with("found", classes),
                _ => fault.with_words("found", "no", "없음"),
            });
        }
        match self {
            DecisionThreshold::Highest(metric) if data.validation().is_empty() => {
                Err(Fault::of("train.threshold_validation").with("metric", metric.name()))
            }
            _ => Ok(()),
        }
    }

    fn chosen(&self, validation: &Judgement) -> Option<Threshold> {
        match self {
            DecisionThreshold::At(value) => Some(Threshold::given(*value)),
            DecisionThreshold::Highest(metric) => Threshold::chosen(metric, &validation.outcome),
        }
    }
}

/// The threshold and the margins of a trained model.
pub(crate) fn calibration(
    model: &Model,
    data: &TrainingData,
    validation: &Judgement,
    threshold: Option<&DecisionThreshold>,
) -> Result<Calibration> {
    let margins = match data.preprocessing().task() {
        Task::Regression if !data.validation().is_empty() => margins(model, data)?,
        _ => None,
    };
    let threshold = threshold.and_then(|threshold| threshold.chosen(validation));
    Ok(Calibration { threshold, margins })
}

fn margins(model: &Model, data: &TrainingData) -> Result<Option<Margins>> {
    let rows = data.validation().encoded();
    let EncodedTarget::Number { width, values, .. } = &rows.target else { return Ok(None) };
    let outputs = model.scaled_outputs(rows)?;
    let residuals: Vec<f64> =
        outputs.iter().zip(values).map(|(output, truth)| output - f64::from(*truth)).collect();
    Ok(Margins::of(&residuals, *width))
}
