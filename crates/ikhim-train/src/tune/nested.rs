//! Nested cross-validation: what a tuning is worth, not what its winner seems to be.
//!
//! The value of a winner was chosen as the best of many on the rows that it is of, so
//! it is too good. Here the rows that are not sealed are cut into outer folds. For
//! each of them the other rows are cut into inner folds, on which the trials are
//! tried; the winner's models are then measured on the outer fold, which had no part
//! in the choice (Varma and Simon 2006).

use super::search::{Tuning, plain};
use super::{Trial, Tried};
use crate::Interrupt;
use crate::experiment::{Prepared, dataset, split};
use ikhim_cpu::Runtime;
use ikhim_data::Ledger;
use ikhim_data::statistics::mean;
use ikhim_run::experiment::Experiment;
use ikhim_run::metric::{Direction, Metric};
use ikhim_text::{Fault, Result};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What was chosen for an outer fold, and what it is worth there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OuterFold {
    /// The fold, from 1.
    pub fold: usize,
    /// The trial that was best on the inner folds.
    pub winner: Trial,
    /// Its metric, the mean over the inner folds: by this it was chosen.
    pub inner: f64,
    /// The metric of its models on the rows of the outer fold, the mean over the
    /// models of the inner folds.
    pub outer: f64,
    /// Rows of the outer fold.
    pub rows: usize,
}

/// A nested cross-validation, ready to be run.
#[derive(Debug)]
pub struct Nested {
    experiment: Experiment,
    folds: usize,
    inner: usize,
    outer: Vec<Prepared>,
    metric: Metric,
    trials: usize,
}

impl Nested {
    /// Reads the rows of an experiment whose `[tune]` has `nested`, and cuts them.
    ///
    /// # Errors
    /// No `tune.nested`, keys that are not of `[model]` or `[training]`, more than one
    /// round, and what [`Tuning::new`] and a split into folds say.
    pub fn new(experiment: &Experiment, base: &Path, ledger: Ledger) -> Result<Nested> {
        let nested = experiment.tune.as_ref().and_then(|it| it.choice().settings.table("nested"));
        let Some(nested) = nested else { return Err(Fault::of("experiment.no_tune")) };
        let count = |key, default| nested.count(key).unwrap_or(default);
        let (folds, inner) = (count("folds", 5), count("inner", 3));
        let plain = plain(experiment);
        // The rows are read once; each fold parts them anew.
        let rows = dataset(&plain, base).map_err(|fault| plain.place(fault))?;
        let outer: Vec<Prepared> = (1..=folds)
            .map(|fold| {
                let keys = [format!("split.folds={folds}"), format!("split.fold={fold}")];
                Prepared::of_dataset(&plain.with(&keys)?, rows.clone(), ledger.clone())
            })
            .collect::<Result<_>>()?;
        let Some(first) = outer.first() else { return Err(Fault::of("experiment.no_tune")) };
        let tuning = Tuning::over(experiment, Path::new(""), first.within(1, inner)?)?;
        if !tuning.shares_rows() || tuning.rounds().len() > 1 {
            let found = match tuning.shares_rows() {
                true => "successive_halving",
                false => "a key of [data] or [split]",
            };
            return Err(Fault::of("experiment.nested").with("found", found));
        }
        let (metric, trials) = (tuning.metric().clone(), tuning.trials().len());
        Ok(Nested { experiment: experiment.clone(), folds, inner, outer, metric, trials })
    }

    /// The rows of the first fold, and the experiment without `[tune]`.
    pub fn prepared(&self) -> &Prepared {
        &self.outer[0]
    }

    /// The metric that must get better.
    pub fn metric(&self) -> &Metric {
        &self.metric
    }

    /// How many trials are tried on each inner fold.
    pub fn trials(&self) -> usize {
        self.trials
    }

    /// Outer and inner folds.
    pub fn folds(&self) -> [usize; 2] {
        [self.folds, self.inner]
    }

    /// Tunes within each outer fold that is not `known` and measures the winner on it,
    /// and tells each that ended; up to an interrupt.
    ///
    /// # Errors
    /// No trial worked, or what `tell` returns.
    pub fn run(
        &self,
        runtime: &Runtime,
        interrupt: &Interrupt,
        known: &[OuterFold],
        tell: impl Fn(&OuterFold) -> Result<()>,
    ) -> Result<Vec<OuterFold>> {
        let mut found = Vec::new();
        for (index, outer) in self.outer.iter().enumerate() {
            if let Some(fold) = known.iter().find(|known| known.fold == index + 1) {
                found.push(fold.clone());
                continue;
            }
            match self.fold(index + 1, outer, runtime, interrupt)? {
                Some(fold) => {
                    tell(&fold)?;
                    found.push(fold);
                }
                None => break,
            }
        }
        Ok(found)
    }

    /// One outer fold; nothing when it was interrupted.
    fn fold(
        &self,
        fold: usize,
        outer: &Prepared,
        runtime: &Runtime,
        interrupt: &Interrupt,
    ) -> Result<Option<OuterFold>> {
        let tunings: Vec<Tuning> = (1..=self.inner)
            .map(|inner| {
                Tuning::over(&self.experiment, Path::new(""), outer.within(inner, self.inner)?)
            })
            .collect::<Result<_>>()?;
        let mut tried = Vec::new();
        for tuning in &tunings {
            tried.push(tuning.run(runtime, interrupt, Vec::new(), |_| Ok(()))?);
            if interrupt.is_requested() {
                return Ok(None);
            }
        }
        let Some((number, inner)) = best(&tried, self.metric.direction()) else {
            let status = tried.iter().flatten().next().map_or("", |tried| &tried.status);
            return Err(Fault::of("train.no_trial_worked")
                .with("trials", tunings[0].trials().len())
                .with("found", status));
        };
        let Some(winner) = tunings[0].trial(number) else { return Ok(None) };
        let held_out = outer.dataset.split_by_record(&outer.split)?.validation;
        let mut values = Vec::new();
        for tuning in &tunings {
            let run = tuning.train(winner, runtime, interrupt)?;
            if interrupt.is_requested() {
                return Ok(None);
            }
            let rows = run.model.preprocessing().encode_validation(&held_out)?;
            let metrics = std::slice::from_ref(&self.metric);
            let judgement = run.model.judge(rows.encoded(), metrics)?;
            values.push(judgement.first().map_or(f64::NAN, |(_, value)| value));
        }
        let (winner, outer, rows) = (winner.clone(), mean(&values), held_out.len());
        Ok(Some(OuterFold { fold, winner, inner, outer, rows }))
    }
}

/// The trial with the best mean over the inner folds; one that failed in any of them
/// cannot win.
fn best(tried: &[Vec<Tried>], direction: Direction) -> Option<(usize, f64)> {
    let first = tried.first()?;
    let means = first.iter().filter_map(|trial| {
        let of_fold = |fold: &Vec<Tried>| fold.iter().find(|it| it.trial == trial.trial)?.value;
        let values: Option<Vec<f64>> = tried.iter().map(of_fold).collect();
        Some((trial.trial, mean(&values?)))
    });
    means.reduce(|best, next| {
        let is_better = match direction {
            Direction::Higher => next.1 > best.1,
            Direction::Lower => next.1 < best.1,
        };
        if is_better { next } else { best }
    })
}

impl Prepared {
    /// The train rows alone, cut into folds of which one is validation.
    fn within(&self, fold: usize, folds: usize) -> Result<Prepared> {
        let train = self.dataset.split_by_record(&self.split)?.train.dataset().clone();
        let within = split(&self.experiment.split).test(0).fold(fold, folds);
        let parts = train.split(within)?;
        Prepared::of_rows(&self.experiment, train, parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    const TEXT: &str = "[data]\ndataset = 'iris'\n[model]\nhidden = [4]\n[training]\nepochs = 3\n\
        learning_rate = 0.01\n[tune]\nmethod = 'grid'\nretrain = { seeds = 0 }\n\
        nested = { folds = 4, inner = 3 }\n[tune.parameters]\n\
        training.learning_rate = { values = [1e-9, 3e-2] }";

    fn nested(text: &str) -> Result<Nested> {
        let experiment = Experiment::parse(text, "x.toml", &[])?;
        let project = tempfile::tempdir().unwrap();
        Nested::new(&experiment, Path::new(""), Ledger::in_project(project.path()))
    }

    /// The rows of an outer fold are in no inner part, and sealed rows in none at all.
    #[test]
    fn inner_folds_hold_no_row_of_the_outer_one() {
        let nested = nested(TEXT).unwrap();
        let sealed: HashSet<u64> = nested.prepared().split.sealed_ids.iter().copied().collect();
        assert_eq!(sealed.len(), 23);
        let mut outer_rows = HashSet::new();
        for outer in &nested.outer {
            assert_eq!(outer.split.sealed_ids, nested.prepared().split.sealed_ids);
            let held: HashSet<u64> = outer.split.validation_ids.iter().copied().collect();
            let mut validated = HashSet::new();
            for fold in 1..=3 {
                let inner = outer.within(fold, 3).unwrap();
                assert!(inner.test.is_empty());
                let ids = inner.dataset.row_ids();
                assert!(ids.iter().all(|id| !held.contains(id) && !sealed.contains(id)));
                validated.extend(inner.split.validation_ids);
            }
            assert_eq!(validated.len() + held.len() + sealed.len(), 150);
            outer_rows.extend(held);
        }
        assert_eq!(outer_rows.len() + sealed.len(), 150);
    }

    #[test]
    fn a_rate_that_learns_wins_in_each_fold_whatever_the_threads() {
        let nested = nested(TEXT).unwrap();
        let run = |threads| {
            let runtime = Runtime::builder().threads(threads).build();
            nested.run(&runtime, &Interrupt::new(), &[], |_| Ok(())).unwrap()
        };
        let found = run(1);
        assert_eq!(found.len(), 4);
        assert!(found.iter().all(|fold| fold.winner.number == 2), "{found:?}");
        assert_eq!(found.iter().map(|fold| fold.rows).sum::<usize>(), 127);
        assert_eq!(run(2), found);
    }

    /// Folds that were written down are not tried again, and the others are as before.
    #[test]
    fn folds_that_are_known_are_not_tried_again() {
        let nested = nested(TEXT).unwrap();
        let runtime = Runtime::builder().threads(1).build();
        let tried = std::cell::RefCell::new(Vec::new());
        let run = |known: &[OuterFold]| {
            tried.borrow_mut().clear();
            let tell = |fold: &OuterFold| {
                tried.borrow_mut().push(fold.fold);
                Ok(())
            };
            nested.run(&runtime, &Interrupt::new(), known, tell).unwrap()
        };
        let whole = run(&[]);
        assert_eq!(*tried.borrow(), [1, 2, 3, 4]);
        let line = serde_json::to_string(&whole[2]).unwrap();
        let known: OuterFold = serde_json::from_str(&line).unwrap();
        assert_eq!(run(&[known, whole[0].clone()]), whole);
        assert_eq!(*tried.borrow(), [2, 4]);
    }

    /// Of 32 networks that learn nothing the best seems better than
    /// it is on the rows that chose it; the outer folds know the truth.
    #[test]
    fn the_outer_value_is_not_that_of_the_luckiest() {
        let text = "[data]\ngenerate = { type = 'random_labels', rows = 240, features = 8 }\n\
             [split]\nmethod = 'random'\ntest = 40\n[model]\nhidden = [3]\n\
             [training]\nsteps = 2\nmetrics = ['accuracy']\nlearning_rate = 1.0\n\
             [tune]\nmethod = 'grid'\nretrain = { seeds = 0 }\n\
             nested = { folds = 5, inner = 2 }\n[tune.parameters]\n\
             model.activation = { values = ['relu', 'tanh', 'elu', 'gelu'] }\n\
             training.batch_size = { values = [7, 11, 13, 17, 19, 23, 29, 31] }";
        let found = nested(text).unwrap();
        let runtime = Runtime::builder().threads(1).build();
        let found = found.run(&runtime, &Interrupt::new(), &[], |_| Ok(())).unwrap();
        let inner = mean(&found.iter().map(|fold| fold.inner).collect::<Vec<_>>());
        let outer = mean(&found.iter().map(|fold| fold.outer).collect::<Vec<_>>());
        // 0.5 ± 2.6 standard errors of 200 rows.
        assert!((outer - 0.5).abs() < 0.092, "outer {outer}");
        assert!(inner > outer && inner > 0.53, "inner {inner}, outer {outer}");
    }

    #[test]
    fn what_cannot_be_nested_is_refused() {
        let code = |text: String| nested(&text).unwrap_err().code();
        let halving = "method = 'successive_halving'\ntrials = 4";
        assert_eq!(code(TEXT.replace("method = 'grid'", halving)), "experiment.nested");
        let of_data = TEXT.replace(
            "training.learning_rate = { values = [1e-9, 3e-2] }",
            "data.columns.sepal_length.scaling = { values = ['none', 'standard'] }",
        );
        assert_eq!(code(of_data), "experiment.nested");
        assert_eq!(code(TEXT.replace("folds = 4", "folds = 400")), "data.folds");
        assert_eq!(
            code(TEXT.replace("nested = { folds = 4, inner = 3 }", "")),
            "experiment.no_tune"
        );
    }
}
