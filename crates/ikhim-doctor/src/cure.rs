//! The way from what was found to a training that is well: as a person would do
//! it, a change is made, its training is looked over again, and what is found
//! then is treated too. Train and validation rows only.

use crate::chart::Chart;
use crate::diagnosis::{add_suspicions, is_before};
use crate::evaluate::watched;
use crate::examine;
use crate::trial::{Standing, Trial, can_be_tried, changed};
use ikhim_run::{Finding, Severity, Treatment};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// Changes that are made one after the other at the most.
const ROUNDS: usize = 3;

/// Treatments that are tried in a round.
const TRIALS: usize = 8;

/// Trainings of a trial, each with a seed of its own: one may be lucky.
const SEEDS: u64 = 2;

/// A change that brings less than this is none.
const WORTH: f64 = 0.02;

/// A training that has learned so much is left alone.
const WELL: f64 = 0.95;

/// Findings about what is asked, not about how well it is answered: a measure
/// that is flattered by the fault cannot judge its treatment.
const OF_THE_QUESTION: [&str; 3] =
    ["class-imbalance", "column-gives-target-away", "rows-in-two-parts"];

/// Changes that follow from each other.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Cure {
    /// The changes in the order in which they were made, with the finding that
    /// each belongs to.
    pub changes: Vec<(String, Treatment)>,
    /// Treatments that were tried on the way.
    pub tried: usize,
}

impl Cure {
    /// All settings; of a key that was changed twice the last one.
    pub fn set(&self) -> Vec<String> {
        let settings = self.changes.iter().flat_map(|(_, treatment)| &treatment.set);
        joined(settings.cloned())
    }
}

/// Searches for the changes that cure a training.
///
/// # Errors
/// A network that does not fit the data.
pub fn cure(prepared: &Prepared, base: &Path, seed: u64, findings: &[Finding]) -> Result<Cure> {
    let mut cure = Cure::default();
    let mut current: Option<Prepared> = None;
    let mut findings = findings.to_vec();
    let mut standing = tried(prepared, seed);
    for round in 0..ROUNDS {
        if round > 0 {
            findings = found_again(current.as_ref().unwrap_or(prepared), seed)?;
        }
        let asked = findings.first().filter(|first| OF_THE_QUESTION.contains(&first.id.as_str()));
        let is_asked = asked.is_some() && round == 0;
        let proposed = proposed(&findings, is_asked);
        // What the graph or the rows show to be wrong is mended however well it went.
        let waits = proposed.iter().any(|(.., is_shown)| *is_shown);
        if standing.gain >= WELL && !is_asked && !waits {
            break;
        }
        let mut candidates: Vec<(Standing, String, Treatment, Prepared)> = Vec::new();
        let (mut best, mut shown): (Option<(Standing, usize)>, Option<usize>) = (None, None);
        for (id, treatment, is_shown) in proposed {
            let Ok(with) = changed(
                prepared,
                base,
                &joined(cure.set().into_iter().chain(treatment.set.iter().cloned())),
            ) else {
                continue;
            };
            let found = tried(&with, seed);
            cure.tried += 1;
            let at = candidates.len();
            if is_shown && shown.is_none() && found.gain >= standing.gain - WORTH {
                shown = Some(at);
            }
            // Of treatments that do as well the first is that of the likelier cause.
            if best.is_none_or(|(most, _)| found.beats(&most, WORTH / 2.0)) {
                best = Some((found, at));
            }
            candidates.push((found, id, treatment, with));
        }
        let Some((most, best)) = best else { break };
        // What the graph or the rows show to be wrong is mended first, where no
        // change makes it well at once: other changes are found after it.
        let first = shown.filter(|_| most.gain < WELL);
        let (found, id, treatment, with) = candidates.swap_remove(first.unwrap_or(best));
        if !found.beats(&standing, WORTH) && !is_asked && first.is_none() {
            break;
        }
        cure.changes.push((id, treatment));
        (current, standing) = (Some(with), found);
    }
    Ok(cure)
}

/// The treatments of findings in their order, each change once; of a finding
/// about the question the first alone. Beside each, whether the graph or the rows
/// show what it is for.
fn proposed(findings: &[Finding], is_asked: bool) -> Vec<(String, Treatment, bool)> {
    let mut proposed: Vec<(String, Treatment, bool)> = Vec::new();
    for finding in findings.iter().take(if is_asked { 1 } else { findings.len() }) {
        for treatment in finding.treatments.iter().filter(|it| can_be_tried(&it.set)) {
            if !proposed.iter().any(|(_, known, _)| known.set == treatment.set) {
                let is_shown = is_before(finding) && finding.severity > Severity::Information;
                proposed.push((finding.id.clone(), treatment.clone(), is_shown));
            }
        }
    }
    proposed.truncate(if is_asked { 1 } else { TRIALS });
    proposed
}

/// What is found, or may be suspected, in a training that was changed.
fn found_again(prepared: &Prepared, seed: u64) -> Result<Vec<Finding>> {
    let course = watched(prepared, seed)?;
    let chart = Chart::before(prepared, seed)?.with(&course);
    let mut findings = examine(&chart);
    findings.retain(|finding| finding.severity > Severity::Information);
    add_suspicions(&chart, &course, &mut findings);
    Ok(findings)
}

/// How well it goes over a few seeds.
pub(crate) fn tried(prepared: &Prepared, seed: u64) -> Standing {
    let of = |at| {
        let trial = Trial::of(prepared, seed.wrapping_add(1000 * at));
        trial.map_or(Standing::BROKEN, |trial| trial.standing())
    };
    Standing::mean(&(0..SEEDS).map(of).collect::<Vec<_>>())
}

/// Settings of which each key stands once, with its last value, where the last
/// one stood.
fn joined(settings: impl Iterator<Item = String>) -> Vec<String> {
    let key = |setting: &str| setting.split('=').next().unwrap_or_default().trim().to_string();
    let mut once: Vec<String> = Vec::new();
    for setting in settings {
        once.retain(|known| key(known) != key(&setting));
        once.push(setting);
    }
    once
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fixture, rule};

    fn settings(of: &[&str]) -> Vec<String> {
        of.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn of_a_key_that_is_changed_twice_the_last_value_holds() {
        let set = settings(&["a.b=1", "a.c='x=1'", "a.b=2"]);
        assert_eq!(joined(set.into_iter()), settings(&["a.c='x=1'", "a.b=2"]));
    }

    #[test]
    fn what_one_change_leaves_is_treated_by_the_next() {
        // Raw columns and a rate that is too low for scaled ones: either change
        // alone leaves the training where it is.
        let text = "[data]\ndataset = 'wine'\n[data.defaults]\nnumber = { scaling = 'none' }\n\
                    [model]\nhidden = [16]\n[training]\noptimizer = 'sgd'\n\
                    learning_rate = 1e-6\nepochs = 30\n";
        let prepared = fixture::prepared(text);
        let base = Path::new(".");
        let course = watched(&prepared, 3).unwrap();
        let chart = Chart::before(&prepared, 3).unwrap().with(&course);
        let cure = cure(&prepared, base, 3, &examine(&chart)).unwrap();
        assert!(cure.changes.len() >= 2, "{cure:?}");
        let treated = changed(&prepared, base, &cure.set()).unwrap();
        assert!(tried(&prepared, 11).gain < 0.5 && tried(&treated, 11).gain > 0.9, "{cure:?}");
    }

    #[test]
    fn a_training_that_is_well_is_left_alone() {
        let prepared = fixture::prepared(
            "[data]\ndataset = 'wine'\n[model]\nhidden = [16]\n[training]\nepochs = 60\n\
             learning_rate = 0.01\n",
        );
        let mut finding = Finding::new("learning-rate-too-low", Severity::Warning, "");
        finding.steps = (0, 60);
        finding.treatments = vec![Treatment {
            text: "ten times the rate".into(),
            set: settings(&["training.learning_rate=0.01"]),
        }];
        let cure = cure(&prepared, Path::new("."), 3, &[finding]).unwrap();
        assert_eq!(cure, Cure::default());
    }

    #[test]
    fn what_the_graph_shows_is_mended_though_most_answers_are_right() {
        // Logits that cannot be negative: no answer of the first class is ever sure.
        let prepared = fixture::prepared(
            "[data]\ndataset = 'breast_cancer'\n[model]\nlayers = [{ type = 'dense', units = 16, \
             activation = 'relu' }, { type = 'dense', units = 1, activation = 'relu' }]\n\
             [training]\nepochs = 30\n",
        );
        let chart = Chart::before(&prepared, 3).unwrap();
        let before = tried(&prepared, 3);
        let cure = cure(&prepared, Path::new("."), 3, &examine(&chart)).unwrap();
        let treated = changed(&prepared, Path::new("."), &cure.set()).unwrap();
        let after = tried(&treated, 11);
        assert_eq!(cure.changes[0].0, "output-activation-mismatch");
        assert!(before.gain > 0.85 && after.loss < 0.5 * before.loss, "{before:?} {after:?}");
    }

    #[test]
    fn what_flatters_a_measure_is_taken_away_all_the_same() {
        let prepared = fixture::prepared(rule("class-imbalance").unwrap().red);
        let chart = Chart::before(&prepared, 3).unwrap();
        let cure = cure(&prepared, Path::new("."), 3, &examine(&chart)).unwrap();
        assert_eq!(cure.changes[0].0, "class-imbalance");
        assert_eq!(cure.changes[0].1.set, settings(&["training.class_weight='balanced'"]));
    }
}
