//! A training of a changed experiment on the same train and validation rows: how
//! a suspicion is put to the proof.

use crate::course::Score;
use crate::text::TextFacts;
use ikhim_cpu::Runtime;
use ikhim_run::experiment::Experiment;
use ikhim_run::metric::{Metric, Outcome};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// How a changed training went.
#[derive(Debug, Clone, PartialEq)]
pub struct Trial {
    /// On the train rows.
    pub train: Score,
    /// On the validation rows, or on the train rows where there are no others.
    pub judged: Score,
    /// The first metric on those.
    pub metric: f64,
    /// What each of them costs: -ln p of what is true, or the squared error.
    pub losses: Vec<f64>,
}

impl Trial {
    /// Trains an experiment once, on the thread that asks.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn of(prepared: &Prepared, seed: u64) -> Result<Trial> {
        Trial::measured(prepared, seed, None)
    }

    /// The same by another metric than the first of the experiment.
    ///
    /// # Errors
    /// A network that does not fit the data.
    pub fn measured(prepared: &Prepared, seed: u64, by: Option<&Metric>) -> Result<Trial> {
        let trainer = prepared.trainer(seed)?.runtime(Runtime::single());
        let run = trainer.fit_encoded(&prepared.data)?;
        let text = TextFacts::of(&prepared.data);
        Ok(Trial {
            train: Score::of(&run.train).of_text(text),
            judged: Score::of(&run.validation).of_text(text),
            metric: match by {
                Some(metric) => metric.value(&run.validation.outcome),
                None => run.validation.first().map_or(f64::NAN, |(_, value)| value),
            },
            losses: losses(&run.validation.outcome),
        })
    }

    /// How well it went.
    pub(crate) fn standing(&self) -> Standing {
        let loss = self.losses.iter().sum::<f64>() / self.losses.len().max(1) as f64;
        Standing { gain: self.gain(), loss: if loss.is_finite() { loss } else { f64::INFINITY } }
    }

    /// The gain on the rows that are judged; of a training that broke, 0.
    pub fn gain(&self) -> f64 {
        finite(self.judged.gain)
    }
}

/// How well changed trainings go: what they get right, and of equals what a row
/// costs, as a fault may leave nearly all answers right and none of them sure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    /// The mean gain on the rows that are judged.
    pub(crate) gain: f64,
    /// The mean loss of such a row.
    pub(crate) loss: f64,
}

/// A loss of less than this share of another is clearly less.
const LESS: f64 = 0.8;

impl Standing {
    /// Of what cannot be trained.
    pub(crate) const BROKEN: Standing = Standing { gain: 0.0, loss: f64::INFINITY };

    /// The mean of some.
    pub(crate) fn mean(all: &[Standing]) -> Standing {
        let count = all.len().max(1) as f64;
        let of = |each: fn(&Standing) -> f64| all.iter().map(each).sum::<f64>() / count;
        Standing { gain: of(|it| it.gain), loss: of(|it| it.loss) }
    }

    /// Whether it is better by so much of a gain, or has as much and a clearly lower
    /// loss.
    pub(crate) fn beats(&self, other: &Standing, worth: f64) -> bool {
        let less = self.loss < LESS * other.loss;
        self.gain > other.gain + worth || self.gain >= other.gain - worth && less
    }
}

/// A probability below this counts as this: one sure answer that is wrong shall not
/// outweigh all others.
const LEAST: f64 = 1e-7;

/// What each row of an outcome costs.
fn losses(outcome: &Outcome) -> Vec<f64> {
    let cost = |probability: f64| -probability.clamp(LEAST, 1.0).ln();
    match outcome {
        Outcome::Classes { classes, probabilities, labels, .. } => {
            let rows = probabilities.chunks((*classes).max(1)).zip(labels);
            rows.map(|(row, label)| cost(row[*label])).collect()
        }
        Outcome::Numbers { width, predictions, targets } => {
            let squares: Vec<f64> = predictions
                .iter()
                .zip(targets)
                .map(|(said, truth)| (said - truth).powi(2))
                .collect();
            squares.chunks((*width).max(1)).map(|row| row.iter().sum()).collect()
        }
        Outcome::Labels { width, probabilities, targets } => {
            let of = |(said, truth): (&f64, &bool)| cost(if *truth { *said } else { 1.0 - said });
            let each: Vec<f64> = probabilities.iter().zip(targets).map(of).collect();
            each.chunks((*width).max(1)).map(|row| row.iter().sum()).collect()
        }
        Outcome::Tokens(scores) => scores.losses.clone(),
        _ => Vec::new(),
    }
}

/// A gain below 0 is no worse than none, and what is not a number is none.
pub(crate) fn finite(gain: f64) -> f64 {
    if gain.is_finite() { gain.max(0.0) } else { 0.0 }
}

/// Whether a change can be put to the proof. A split that is drawn anew would
/// make train rows of sealed ones, so a change of it is advice and no more.
pub(crate) fn can_be_tried(settings: &[String]) -> bool {
    !settings.is_empty() && !settings.iter().any(|setting| setting.starts_with("split"))
}

/// The same rows in the same parts under a changed experiment, whatever is
/// changed: what is sealed stays sealed.
///
/// # Errors
/// A setting that the experiment does not take; rows that are not those of the
/// split any more.
pub fn changed(prepared: &Prepared, base: &Path, settings: &[String]) -> Result<Prepared> {
    let experiment: Experiment = prepared.experiment.with(settings)?;
    prepared.changed(&experiment, base)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Course, Ending};
    use crate::{Chart, diagnose, examine, fixture, rule, treat};
    use ikhim_run::Finding;

    #[test]
    fn of_equal_gains_the_clearly_lower_loss_is_better() {
        let of = |gain, loss| Standing { gain, loss };
        assert!(of(0.9, 1.0).beats(&of(0.8, 0.1), 0.02));
        assert!(of(0.9, 0.7).beats(&of(0.91, 1.0), 0.02));
        assert!(!of(0.9, 0.9).beats(&of(0.9, 1.0), 0.02));
        assert!(!of(0.9, 0.1).beats(&of(0.95, 1.0), 0.02));
        assert!(!of(0.9, f64::INFINITY).beats(&of(0.9, f64::INFINITY), 0.02));
        assert!(of(0.9, 1.0).beats(&Standing::BROKEN, 0.02));
    }

    /// The rules whose advice is another split.
    const ABOUT_PARTS: [&str; 2] = ["rows-in-two-parts", "one-class-part"];

    #[test]
    fn no_change_draws_the_split_anew() {
        let settings = [
            "split={method='random'}",
            "split={method='random', seed=99}",
            "data.defaults.number.scaling='min_max'",
            "data.limit=10",
            "training.learning_rate=0.5",
        ];
        for id in ABOUT_PARTS {
            let prepared = fixture::prepared(rule(id).unwrap().red);
            assert!(!prepared.split.sealed_ids.is_empty());
            for setting in settings {
                let changed = changed(&prepared, Path::new("."), &[setting.to_string()]).unwrap();
                assert_eq!(changed.split, prepared.split, "{id}: {setting}");
            }
        }
    }

    #[test]
    fn a_column_that_is_left_out_moves_no_row() {
        let prepared = fixture::prepared(rule("column-gives-target-away").unwrap().red);
        let setting = "data.columns.after.type='ignore'".to_string();
        let changed = changed(&prepared, Path::new("."), &[setting]).unwrap();
        assert!(!prepared.split.sealed_ids.is_empty());
        // The order within a part may follow from what is read of a row.
        let sorted = |ids: &[u64]| -> Vec<u64> {
            let mut ids = ids.to_vec();
            ids.sort_unstable();
            ids
        };
        let (new, old) = (&changed.split, &prepared.split);
        assert_eq!(sorted(&new.sealed_ids), sorted(&old.sealed_ids));
        assert_eq!(sorted(&new.validation_ids), sorted(&old.validation_ids));
        assert_eq!(changed.data.train().len(), prepared.data.train().len());
        let width = |of: &Prepared| of.data.preprocessing().feature_names().len();
        assert_eq!(width(&changed) + 1, width(&prepared));
    }

    #[test]
    fn advice_about_the_split_is_given_and_not_tried() {
        for id in ABOUT_PARTS {
            let prepared = fixture::prepared(rule(id).unwrap().red);
            let base = Path::new(".");
            let own = |findings: Vec<Finding>| -> Vec<Finding> {
                findings.into_iter().filter(|finding| finding.id == id).collect()
            };
            let found = own(examine(&Chart::before(&prepared, 7).unwrap()));
            assert!(found[0].treatments[0].set[0].starts_with("split"), "{found:?}");
            // A training that went badly: every suspicion that can be tried is.
            let ending = Ending { status: "completed".to_string(), ..Ending::default() };
            let course = Course { steps: 100, ending: Some(ending), ..Course::default() };
            let diagnosed = own(diagnose(&prepared, base, 7, &course).unwrap());
            assert_eq!(diagnosed[0].treatments, found[0].treatments);
            assert_eq!(diagnosed[0].evidence, found[0].evidence);
            assert_eq!(diagnosed[0].counter_evidence, found[0].counter_evidence);
            let proof = treat(&prepared, base, &found, &[1, 2, 3, 4, 5]).unwrap();
            assert!(proof.treated.is_empty(), "{:?}", proof.treated);
        }
    }
}
