//! Whether the doctor's treatment repairs a faulty experiment.

use crate::cure::cure;
use crate::evaluate::{Case, found, is_held_out};
use crate::kept::Kept;
use crate::loose;
use crate::treatment::{is_higher_better, p_value};
use crate::trial::{Standing, Trial, can_be_tried, changed};
use ikhim_run::metric::{Direction, Metric};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use serde::{Deserialize, Serialize};

/// Fresh seeds on which a repair must hold.
const REPAIR_SEEDS: usize = 5;

/// Fresh seeds on which a fault must harm.
const CERTIFYING_SEEDS: usize = 16;

/// Seeds on which a treatment by chance is chosen: those of the doctor's cure.
const CHOOSING_SEEDS: [u64; 2] = [1, 1001];

/// The share of the way from the faulty run to its healthy twin that a repair
/// must cover.
pub(crate) const COVERED: f64 = 0.8;

/// DeepCrime's measure of a fault that matters: p < 0.05 and Cohen's d ≥ 0.5.
const CERTAIN: (f64, f64) = (0.05, 0.5);

/// One case that was treated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Repaired {
    /// The case.
    pub case: String,
    /// Whether it was held out.
    pub held_out: bool,
    /// Whether its twin is better for certain. Where the epoch that is best on
    /// validation is kept, some faults cost nothing, and there is no way to cover.
    pub certified: bool,
    /// The settings that were chosen; empty where there were none.
    pub set: Vec<String>,
    /// Treatments that were tried on the way.
    pub tried: usize,
    /// The share of the way to the healthy twin that they cover.
    pub covered: f64,
    /// Whether that is enough; absent of a case that is not certified.
    pub repaired: Option<bool>,
    /// Whether each draw by chance repairs; empty of a case that is not certified.
    pub by_chance: Vec<bool>,
}

/// A case with its outcome and what is needed to try other treatments on it.
pub(crate) struct Tried<'a> {
    pub(crate) case: &'a Case,
    faulty: f64,
    healthy: f64,
    pub(crate) outcome: Repaired,
    /// Every treatment that its findings propose.
    pub(crate) proposed: Vec<Vec<String>>,
}

/// What the doctor does about a case.
#[derive(Serialize, Deserialize)]
struct Treated {
    set: Vec<String>,
    tried: usize,
    proposed: Vec<Vec<String>>,
}

/// How one training of a case under other settings went; larger is better.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Outcome {
    #[serde(with = "loose")]
    metric: f64,
    gain: f64,
    #[serde(with = "loose")]
    loss: f64,
}

/// Treats a case: what is found in one run is cured on its own seed, then judged
/// on fresh ones.
pub(crate) fn repair<'a>(case: &'a Case, kept: &Kept) -> Result<Tried<'a>> {
    let Case { name, prepared, base, twin, mark, .. } = case;
    let Treated { set, tried, proposed } = kept.answer(&["cure", mark], || {
        let findings = found(prepared, base, 1)?;
        let treatments = findings.iter().flat_map(|finding| &finding.treatments);
        let proposed = treatments.map(|it| it.set.clone()).filter(|set| can_be_tried(set));
        let proposed = proposed.collect();
        let cure = cure(prepared, base, 1, &findings)?;
        Ok(Treated { set: cure.set(), tried: cure.tried, proposed })
    })?;
    let faulty = fresh(case, &[], CERTIFYING_SEEDS, kept)?;
    let healthy = match twin {
        Some((twin, mark)) => (101..101 + CERTIFYING_SEEDS as u64)
            .map(|seed| Ok(trained(twin, mark, measure(case).as_ref(), seed, kept)?.metric))
            .collect::<Result<Vec<f64>>>()?,
        None => faulty.clone(),
    };
    let certified = is_certain(&faulty, &healthy);
    let of = |values: &[f64]| middle(&values[..REPAIR_SEEDS]);
    let mut tried = Tried {
        case,
        faulty: of(&faulty),
        healthy: of(&healthy),
        proposed,
        outcome: Repaired {
            case: name.clone(),
            held_out: is_held_out(name),
            certified,
            tried,
            covered: 0.0,
            repaired: None,
            by_chance: Vec::new(),
            set,
        },
    };
    let covered = tried.covered(&tried.outcome.set, kept)?;
    tried.outcome.covered = covered;
    tried.outcome.repaired = certified.then_some(covered >= COVERED);
    Ok(tried)
}

impl Tried<'_> {
    /// The share of the way to the twin that some settings cover.
    pub(crate) fn covered(&self, set: &[String], kept: &Kept) -> Result<f64> {
        let with = middle(&fresh(self.case, set, REPAIR_SEEDS, kept)?);
        Ok(covered(self.faulty, self.healthy, with))
    }

    /// How well it goes under some settings, on the seeds of the doctor's cure;
    /// `None` where the experiment does not take them.
    pub(crate) fn standing(&self, set: &[String], kept: &Kept) -> Result<Option<Standing>> {
        let mut all = Vec::new();
        for seed in CHOOSING_SEEDS {
            match outcome(self.case, set, seed, kept)? {
                Some(Outcome { gain, loss, .. }) => all.push(Standing { gain, loss }),
                None => return Ok(None),
            }
        }
        Ok(Some(Standing::mean(&all)))
    }
}

/// The share of the way from one value to another that a third has gone, larger
/// being better. A training that gave no number is endlessly far away: then it
/// is the share of the twin's value that is reached, of what is right where that
/// is measured, of what is wrong the other way round.
fn covered(faulty: f64, healthy: f64, with: f64) -> f64 {
    let share = match faulty.is_finite() {
        true => (with - faulty) / (healthy - faulty),
        false if healthy < 0.0 => healthy / with,
        false => with / healthy,
    };
    if share.is_finite() && with.is_finite() { share } else { 0.0 }
}

/// What a case is measured by: the first metric of its twin. A fault may be to
/// look at a metric that is flattered by it.
fn measure(case: &Case) -> Option<Metric> {
    let (twin, _) = case.twin.as_ref()?;
    let metrics = twin.experiment.training.metrics()?;
    metrics.first().and_then(|name| Metric::named(name))
}

/// A training of a case under some settings; `None` where it does not take them.
fn outcome(case: &Case, set: &[String], seed: u64, kept: &Kept) -> Result<Option<Outcome>> {
    let by = measure(case);
    let by = by.as_ref();
    let of = seed.to_string();
    if set.is_empty() {
        return trained(&case.prepared, &case.mark, by, seed, kept).map(Some);
    }
    let mut question = vec!["changed", &case.mark, by.map_or("", Metric::name), &of];
    question.extend(set.iter().map(String::as_str));
    kept.answer(&question, || {
        let with = changed(&case.prepared, &case.base, set).ok();
        Ok(with.map(|with| train(&with, by, seed).unwrap_or(Outcome::BROKEN)))
    })
}

fn trained(
    prepared: &Prepared,
    mark: &str,
    by: Option<&Metric>,
    seed: u64,
    kept: &Kept,
) -> Result<Outcome> {
    let question = ["trained", mark, by.map_or("", Metric::name), &seed.to_string()];
    kept.answer(&question, || train(prepared, by, seed))
}

fn train(prepared: &Prepared, by: Option<&Metric>, seed: u64) -> Result<Outcome> {
    let higher = match by {
        Some(metric) => metric.direction() == Direction::Higher,
        None => is_higher_better(prepared),
    };
    let sign = if higher { 1.0 } else { -1.0 };
    let trial = Trial::measured(prepared, seed, by)?;
    let metric = sign * trial.metric;
    let metric = if metric.is_finite() { metric } else { f64::NEG_INFINITY };
    let Standing { gain, loss } = trial.standing();
    Ok(Outcome { metric, gain, loss })
}

impl Outcome {
    const BROKEN: Outcome = Outcome { metric: f64::NEG_INFINITY, gain: 0.0, loss: f64::INFINITY };
}

/// The first metric over fresh seeds, larger being better; what is not a number
/// is worst.
fn fresh(case: &Case, set: &[String], seeds: usize, kept: &Kept) -> Result<Vec<f64>> {
    let value = |seed| {
        let outcome = outcome(case, set, seed, kept)?;
        Ok(outcome.unwrap_or(Outcome::BROKEN).metric)
    };
    (101..101 + seeds as u64).map(value).collect()
}

fn middle(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

/// Whether two lists over the same seeds differ for certain, either way: a fault
/// may flatter the measure.
fn is_certain(faulty: &[f64], healthy: &[f64]) -> bool {
    let p = p_value(faulty, healthy, true).min(p_value(faulty, healthy, false));
    p < CERTAIN.0 && distance(faulty, healthy).abs() >= CERTAIN.1
}

/// Cohen's d: the distance of two means by the deviation within.
fn distance(a: &[f64], b: &[f64]) -> f64 {
    if a.iter().chain(b).any(|value| !value.is_finite()) {
        return f64::INFINITY;
    }
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
    let squares = |of: &[f64]| of.iter().map(|value| (value - mean(of)).powi(2)).sum::<f64>();
    let within = ((squares(a) + squares(b)) / (a.len() + b.len() - 2) as f64).sqrt();
    (mean(b) - mean(a)) / within
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cohen_s_distance_is_by_the_deviation_within() {
        // Means 2 and 5, squares 2 + 2 over 4: a deviation of 1.
        assert!((distance(&[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]) - 3.0).abs() < 1e-12);
        assert_eq!(distance(&[1.0, f64::NEG_INFINITY], &[1.0, 2.0]), f64::INFINITY);
    }

    #[test]
    fn the_way_from_a_training_without_a_number_is_measured_from_nothing() {
        assert!((covered(0.5, 0.9, 0.7) - 0.5).abs() < 1e-12);
        // Accuracies, then errors.
        let nothing = f64::NEG_INFINITY;
        assert!((covered(nothing, 0.9, 0.81) - 0.9).abs() < 1e-12);
        assert!((covered(nothing, -2.0, -2.5) - 0.8).abs() < 1e-12);
        assert_eq!(covered(nothing, 0.9, nothing), 0.0);
        assert_eq!(covered(0.5, 0.9, nothing), 0.0);
        // No way at all.
        assert_eq!(covered(0.9, 0.9, 0.9), 0.0);
    }

    #[test]
    fn a_fault_that_costs_nothing_is_not_certified() {
        let healthy: Vec<f64> = (0..8).map(|at| 0.9 + 0.01 * f64::from(at % 3)).collect();
        let worse: Vec<f64> = healthy.iter().map(|value| value - 0.1).collect();
        assert!(is_certain(&worse, &healthy) && is_certain(&healthy, &worse));
        assert!(!is_certain(&healthy, &healthy));
        let other: Vec<f64> = healthy.iter().rev().copied().collect();
        assert!(!is_certain(&other, &healthy));
    }
}
