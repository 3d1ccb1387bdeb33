//! What happened while a training ran, as far as it was watched.

use crate::look::Look;
use crate::loose;
use crate::text::TextFacts;
use ikhim_run::metric::{Metric, Outcome};
use ikhim_run::{EpochRecord, Judgement};
use ikhim_train::Run;
use ikhim_train::experiment::Prepared;
use serde::{Deserialize, Serialize};

/// The course of a training: the losses of its steps, the looks that were taken,
/// its epochs and how it ended.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Course {
    /// Steps that were planned.
    pub planned: u64,
    /// Steps done.
    pub steps: u64,
    /// Steps of a whole epoch.
    pub steps_per_epoch: u64,
    /// Losses of steps in spans of equal length.
    pub spans: Vec<Span>,
    /// The looks, the first before the first step.
    pub looks: Vec<Look>,
    /// The measured epochs.
    pub epochs: Vec<Epoch>,
    /// How it ended; absent while it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ending: Option<Ending>,
}

/// The losses of neighboring steps.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Span {
    /// Steps done before its first.
    pub first: u64,
    /// How many steps it holds.
    pub steps: u64,
    /// The mean of their losses.
    #[serde(with = "loose")]
    pub mean: f64,
    /// The smallest.
    #[serde(with = "loose")]
    pub low: f64,
    /// The largest.
    #[serde(with = "loose")]
    pub high: f64,
    /// Steps whose loss was above that of the step before.
    pub rises: u64,
}

/// One measured epoch.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Epoch {
    /// The epoch, from 1.
    pub epoch: u64,
    /// Steps done at its end.
    pub step: u64,
    /// The mean loss of its batches.
    #[serde(with = "loose")]
    pub train_loss: f64,
    /// The loss on validation.
    #[serde(with = "loose")]
    pub validation_loss: f64,
    /// The first metric.
    #[serde(with = "loose")]
    pub metric: f64,
}

/// How a training ended.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Ending {
    /// `completed`, `stopped_by_finding` and so on.
    pub status: String,
    /// The model on the train rows.
    pub train: Score,
    /// The model on the validation rows, where there are some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validation: Option<Score>,
    /// The best of the rules that need no network on the same rows: the nearest
    /// class mean, least squares, the value before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Score>,
}

/// How a model does on some rows.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Score {
    /// Rows.
    pub rows: usize,
    /// The loss of a row.
    #[serde(with = "loose")]
    pub loss: f64,
    /// The share of what the best constant answer gets wrong that the model gets
    /// right: of wrong rows for classes and labels (or of the mean over classes
    /// where that is more), of the variance for numbers. Of a text, half at the
    /// loss of a table of pairs of tokens.
    #[serde(with = "loose")]
    pub gain: f64,
    /// The share of rows with the most frequent answer of the model; 0 for
    /// numbers.
    #[serde(with = "loose", default)]
    pub one_answer: f64,
    /// The share of the most frequent class; 0 for numbers.
    #[serde(with = "loose", default)]
    pub majority: f64,
    /// The squared correlation of predictions and truth, for numbers: what the
    /// gain would be if the predictions were only moved and stretched.
    #[serde(with = "loose", default)]
    pub fit: f64,
}

/// From this gain on a model has learned its train rows: what is left is less
/// than one in twenty of what a constant answer leaves.
pub(crate) const WELL: f64 = 0.95;

impl Course {
    /// Whether the model has learned its train rows.
    pub(crate) fn went_well(&self) -> bool {
        self.ending.as_ref().is_some_and(|ending| ending.train.gain >= WELL)
    }

    /// Whether it was watched from the first step on. A training that was resumed
    /// may not have been: its first look is no start.
    pub(crate) fn has_start(&self) -> bool {
        self.spans.first().is_some_and(|span| span.first == 0)
    }

    /// What is left of it in a training that goes on after so many steps: what
    /// came later comes anew.
    pub(crate) fn until(&mut self, step: u64) {
        self.looks.retain(|look| look.step < step);
        self.spans.retain(|span| span.first + span.steps <= step);
        self.ending = None;
    }

    /// The loss before the first step, of a row; NaN where it was not watched.
    pub(crate) fn start_loss(&self) -> f64 {
        let looked = self.looks.first().filter(|look| look.step == 0).map(|look| look.loss);
        let first = || self.spans.first().filter(|span| span.first == 0).map(|span| span.mean);
        looked.or_else(first).unwrap_or(f64::NAN)
    }

    /// The mean loss of a batch over a part of the steps, from one share of them
    /// to another.
    pub(crate) fn mean_loss(&self, from: f64, to: f64) -> f64 {
        let (from, to) = (from * self.steps as f64, to * self.steps as f64);
        let inside = |span: &&Span| {
            let middle = span.first as f64 + span.steps as f64 / 2.0;
            (from..=to).contains(&middle)
        };
        let spans = || self.spans.iter().filter(inside);
        let steps: u64 = spans().map(|span| span.steps).sum();
        if steps == 0 {
            return self.spans.last().map_or(f64::NAN, |span| span.mean);
        }
        spans().map(|span| span.mean * span.steps as f64).sum::<f64>() / steps as f64
    }

    /// The mean loss of the last steps.
    pub(crate) fn final_loss(&self) -> f64 {
        self.mean_loss(0.9, 1.0)
    }

    /// Whether a number was not finite on the way.
    pub(crate) fn is_broken(&self) -> bool {
        let stopped = self.ending.as_ref().is_some_and(|it| it.status == "stopped_by_finding");
        stopped || self.spans.iter().any(|span| !span.high.is_finite() || !span.mean.is_finite())
    }

    /// The share of what a constant answer leaves that the model has learned on
    /// the train rows; NaN while the training goes on.
    pub(crate) fn gain(&self) -> f64 {
        self.ending.as_ref().map_or(f64::NAN, |ending| ending.train.gain)
    }

    /// The same on validation, or on the train rows where there are no others.
    pub(crate) fn judged_gain(&self) -> f64 {
        let ending = self.ending.as_ref();
        ending.map_or(f64::NAN, |ending| ending.validation.unwrap_or(ending.train).gain)
    }

    /// Whether the model has not learned half of its train rows.
    pub(crate) fn went_badly(&self) -> bool {
        self.is_broken() || self.gain() < 0.5
    }

    /// The first and last step.
    pub(crate) fn whole(&self) -> (u64, u64) {
        (0, self.steps)
    }

    /// Looks after the first steps, in which slots and scales find their size.
    pub(crate) fn settled(&self) -> &[Look] {
        let from = self.looks.iter().position(|look| look.step >= 4).unwrap_or(0);
        &self.looks[from..]
    }

    /// What the log of a run tells that was not watched: its epochs, and how the
    /// model does that it left.
    pub fn of_log(
        epochs: &[EpochRecord],
        status: &str,
        steps: u64,
        train: &Judgement,
        validation: Option<&Judgement>,
        prepared: &Prepared,
    ) -> Course {
        let text = TextFacts::of(&prepared.data);
        Course {
            planned: steps,
            steps,
            epochs: epochs.iter().map(Epoch::of).collect(),
            ending: Some(Ending {
                status: status.to_string(),
                train: Score::of(train).of_text(text),
                validation: validation.map(|it| Score::of(it).of_text(text)),
                rule: None,
            }),
            ..Course::default()
        }
    }

    /// Puts down how a run ended.
    pub fn ended(&mut self, run: &Run, prepared: &Prepared) {
        let text = TextFacts::of(&prepared.data);
        self.steps = run.steps;
        self.epochs = run.history.iter().map(Epoch::of).collect();
        let has_validation = run.role == "validation";
        self.ending = Some(Ending {
            status: run.status.word().to_string(),
            train: Score::of(&run.train).of_text(text),
            validation: has_validation.then(|| Score::of(&run.validation).of_text(text)),
            rule: best_rule(run).filter(|_| has_validation && text.is_none()),
        });
    }
}

/// The rule with the largest gain of those that a run stands beside.
fn best_rule(run: &Run) -> Option<Score> {
    let scores = run.baselines.iter().map(|baseline| Score::of(&baseline.judgement));
    scores.filter(|score| score.gain.is_finite()).max_by(|a, b| a.gain.total_cmp(&b.gain))
}

impl Epoch {
    fn of(record: &EpochRecord) -> Epoch {
        Epoch {
            epoch: record.epoch,
            step: record.step,
            train_loss: record.train_loss,
            validation_loss: record.validation_loss.unwrap_or(f64::NAN),
            metric: record.metrics.first().map_or(f64::NAN, |(_, value)| *value),
        }
    }
}

impl Score {
    /// The standard error of the gain: that of the share of wrong rows by what a
    /// constant answer gets wrong. Of numbers and labels, whose rows have no such
    /// share, the most that it can be.
    pub(crate) fn error(&self) -> f64 {
        let rows = self.rows.max(1) as f64;
        let constant = 1.0 - self.majority;
        if self.majority <= 0.0 || constant <= 0.0 {
            return 1.0 / rows.sqrt();
        }
        let wrong = ((1.0 - self.gain) * constant).clamp(0.0, 1.0);
        (wrong * (1.0 - wrong)).max(1.0 / rows).sqrt() / rows.sqrt() / constant
    }

    /// The same of a text, whose tokens have no one constant answer.
    pub(crate) fn of_text(mut self, text: Option<TextFacts>) -> Score {
        if let Some(text) = text {
            self.gain = text.gain(self.loss);
        }
        self
    }

    /// Scores what was judged.
    pub fn of(judgement: &Judgement) -> Score {
        let mut score = Score { rows: judgement.rows, loss: judgement.loss, ..Score::default() };
        match &judgement.outcome {
            Outcome::Classes { classes, labels, .. } => {
                let predicted = judgement.outcome.predicted_classes();
                let rows = labels.len().max(1) as f64;
                let most = |of: &[usize]| {
                    let mut counts = vec![0_usize; (*classes).max(1)];
                    of.iter().for_each(|class| counts[*class] += 1);
                    counts.into_iter().max().unwrap_or(0) as f64 / rows
                };
                let right = labels.iter().zip(&predicted).filter(|(a, b)| a == b).count();
                score.majority = most(labels);
                score.one_answer = most(&predicted);
                let by_rows = gain(1.0 - right as f64 / rows, 1.0 - score.majority);
                // Where a rare class is what matters, rows are given away for it:
                // the mean over classes sees what the share of rows does not.
                let balanced = Metric::BalancedAccuracy.value(&judgement.outcome);
                let by_classes = gain(1.0 - balanced, 1.0 - 1.0 / (*classes).max(2) as f64);
                score.gain = if by_classes > by_rows { by_classes } else { by_rows };
            }
            Outcome::Numbers { width, predictions, targets } => {
                let (mut errors, mut all, mut fit) = (0.0, 0.0, 1.0_f64);
                for column in 0..*width {
                    let of = |values: &[f64]| -> Vec<f64> {
                        values.iter().skip(column).step_by((*width).max(1)).copied().collect()
                    };
                    let (found, truth) = (of(predictions), of(targets));
                    all += variance(&truth);
                    fit = fit.min(squared_correlation(&found, &truth));
                    let squares = found.iter().zip(&truth).map(|(f, t)| (f - t).powi(2));
                    errors += squares.sum::<f64>() / truth.len().max(1) as f64;
                }
                score.gain = gain(errors, all);
                score.fit = fit;
            }
            Outcome::Labels { width, probabilities, targets } => {
                let (mut wrong, mut constant) = (0.0, 0.0);
                let rows = (targets.len() / (*width).max(1)).max(1) as f64;
                for column in 0..*width {
                    let truth = targets.iter().skip(column).step_by(*width);
                    let said = probabilities.iter().skip(column).step_by(*width);
                    let yes = truth.clone().filter(|yes| **yes).count() as f64 / rows;
                    constant += yes.min(1.0 - yes);
                    wrong +=
                        truth.zip(said).filter(|(t, p)| **t != (**p > 0.5)).count() as f64 / rows;
                }
                score.gain = gain(wrong, constant);
            }
            _ => score.gain = f64::NAN,
        }
        score
    }
}

fn gain(left: f64, constant: f64) -> f64 {
    if constant > 0.0 { 1.0 - left / constant } else { f64::NAN }
}

/// The middle of some numbers; NaN of none. What is not finite is left out.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

fn squared_correlation(a: &[f64], b: &[f64]) -> f64 {
    let count = a.len().max(1) as f64;
    let (mean_a, mean_b) = (a.iter().sum::<f64>() / count, b.iter().sum::<f64>() / count);
    let together: f64 = a.iter().zip(b).map(|(a, b)| (a - mean_a) * (b - mean_b)).sum();
    let both = variance(a) * variance(b);
    if both > 0.0 { (together / count).powi(2) / both } else { 0.0 }
}

fn variance(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_right_rows_has_its_standard_error() {
        // 100 rows of two equal classes, 20 wrong: the share 0.2 has an error of
        // √(0.2 · 0.8 / 100) = 0.04, a gain of 1 − 0.2 / 0.5 twice that.
        let score = Score { rows: 100, gain: 0.6, majority: 0.5, ..Score::default() };
        assert!((score.error() - 0.08).abs() < 1e-12);
        assert_eq!(Score { rows: 400, gain: 0.6, ..Score::default() }.error(), 0.05);
    }

    #[test]
    fn what_comes_anew_is_not_kept() {
        let span = |first| Span { first, steps: 4, ..Span::default() };
        let look = |step| Look { step, ..Look::default() };
        let mut course = Course {
            spans: vec![span(0), span(4), span(8)],
            looks: vec![look(0), look(4), look(8), look(10)],
            ending: Some(Ending::default()),
            ..Course::default()
        };
        // A checkpoint in the middle of a span: its losses come anew from there.
        course.until(10);
        assert_eq!(course.spans, [span(0), span(4)]);
        assert_eq!(course.looks, [look(0), look(4), look(8)]);
        assert_eq!(course.ending, None);
        assert!(course.has_start());
        course.spans.remove(0);
        assert!(!course.has_start() && course.start_loss() == 0.0);
        course.looks.remove(0);
        assert!(course.start_loss().is_nan());
    }
}
