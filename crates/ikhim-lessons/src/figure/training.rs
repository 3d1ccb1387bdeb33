//! Losses over steps and over rates.

use super::{Desk, Shown, label};
use crate::measure::bound;
use ikhim_report::count;
use ikhim_report::figure::{Line, Plot, Shown as As};
use ikhim_text::Result;
use serde::Deserialize;

/// The loss of several experiments over steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Losses {
    of: Vec<Shown>,
    #[serde(default)]
    log: bool,
    /// The highest loss that is shown.
    most: Option<f64>,
    /// So many steps at the most.
    steps: Option<usize>,
}

impl Losses {
    pub(super) fn plot(&self, desk: &Desk<'_>) -> Result<Plot> {
        let mut lines = Vec::new();
        for shown in &self.of {
            let trained =
                desk.study.trained(desk.lesson, &shown.experiment, &shown.set, shown.seed)?;
            let losses = trained.losses.iter().take(self.steps.unwrap_or(usize::MAX));
            let points = losses.enumerate().map(|(step, loss)| (step as f64, *loss)).collect();
            let name = shown.words.say(desk.language).to_string();
            lines.push(Line { name, points, shown: As::Line });
        }
        Ok(Plot {
            title: desk.title.to_string(),
            x_label: label(desk.language, "step", "스텝"),
            y_label: label(desk.language, "cost", "비용"),
            y_log: self.log,
            y_range: self.most.map(|most| (0.0, most)),
            lines,
            ..Plot::default()
        })
    }
}

/// Train and validation over the measured steps.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Gap {
    experiment: String,
    #[serde(default)]
    set: Vec<String>,
    #[serde(default)]
    log: bool,
}

impl Gap {
    pub(super) fn plot(&self, desk: &Desk<'_>) -> Result<Plot> {
        let trained = desk.study.trained(desk.lesson, &self.experiment, &self.set, None)?;
        let train = trained.history.iter().map(|epoch| (epoch.step as f64, epoch.train_loss));
        let validation = trained
            .history
            .iter()
            .filter_map(|epoch| Some((epoch.step as f64, epoch.validation_loss?)));
        let line = |english: &str, korean: &str, points: Vec<(f64, f64)>| Line {
            name: label(desk.language, english, korean),
            points,
            shown: As::Line,
        };
        Ok(Plot {
            title: desk.title.to_string(),
            x_label: label(desk.language, "step", "스텝"),
            y_label: label(desk.language, "cost", "비용"),
            y_log: self.log,
            lines: vec![
                line("train", "훈련", train.collect()),
                line("validation", "검증", validation.collect()),
            ],
            ..Plot::default()
        })
    }
}

/// The last loss over the learning rate.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rates {
    experiment: String,
    rates: Vec<f64>,
    /// A loss above it, or one that is no number, is shown as this.
    most: f64,
}

impl Rates {
    pub(super) fn plot(&self, desk: &Desk<'_>) -> Result<Plot> {
        let prepared = desk.study.prepared(desk.lesson, &self.experiment, &[])?;
        let bound = bound(&prepared, None)?;
        let mut points = Vec::new();
        for rate in &self.rates {
            let settings = [format!("training.learning_rate={rate:e}")];
            let trained = desk.study.trained(desk.lesson, &self.experiment, &settings, None)?;
            let last = trained.losses.last().copied().unwrap_or(f64::NAN);
            points.push((*rate, if last < self.most { last } else { self.most }));
        }
        // The last cost is that before the last update.
        let updates = prepared.experiment.training.steps().unwrap_or(1).saturating_sub(1);
        let steps = count(updates as u64);
        let name = match desk.language {
            ikhim_text::Language::English => format!("cost after {steps} steps"),
            ikhim_text::Language::Korean => format!("{steps}스텝 뒤의 비용"),
        };
        Ok(Plot {
            title: desk.title.to_string(),
            x_label: label(desk.language, "learning rate", "학습률"),
            y_label: label(desk.language, "cost", "비용"),
            x_log: true,
            y_log: true,
            lines: vec![Line { name, points, shown: As::Dotted }],
            marks: vec![(bound, "2/λmax".to_string())],
            ..Plot::default()
        })
    }
}
