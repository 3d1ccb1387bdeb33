//! Whether the doctor's treatment repairs a faulty experiment, and whether
//! treatments drawn by chance would have done so too.

use crate::cure::{cure, tried};
use crate::evaluate::{Case, found, is_held_out};
use crate::treatment::{general, is_higher_better, p_value};
use crate::trial::{Trial, can_be_tried, changed};
use ikhim_numeric::random::{Stream, stream_id};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use serde::Serialize;
use std::collections::HashMap;

/// Fresh seeds on which a repair must hold.
const REPAIR_SEEDS: usize = 5;

/// Fresh seeds on which a fault must harm.
const CERTIFYING_SEEDS: usize = 16;

/// The share of the way from the faulty run to its healthy twin that a repair
/// must cover.
const COVERED: f64 = 0.8;

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
}

/// What treatments by chance repair.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chance {
    /// The cases that each draw has repaired.
    pub repaired: Vec<usize>,
    /// Of how many.
    pub of: usize,
    /// The probability that chance repairs as many as the doctor: the doctor's
    /// rank among all draws.
    pub p: f64,
}

/// A case with its outcome and what is needed to try other treatments on it.
pub(crate) struct Tried<'a> {
    case: &'a Case,
    faulty: f64,
    healthy: f64,
    pub(crate) outcome: Repaired,
    /// Every treatment that its findings propose.
    pub(crate) proposed: Vec<Vec<String>>,
}

/// Treats a case: what is found in one run is cured on its own seed, then judged
/// on fresh ones.
pub(crate) fn repair(case: &Case) -> Result<Tried<'_>> {
    let Case { name, prepared, base, twin, .. } = case;
    let findings = found(prepared, base, 1)?;
    let treatments = findings.iter().flat_map(|finding| &finding.treatments);
    let proposed: Vec<Vec<String>> =
        treatments.map(|it| it.set.clone()).filter(|set| can_be_tried(set)).collect();
    let cure = cure(prepared, base, 1, &findings)?;
    let set = cure.set();
    let faulty = fresh(prepared, CERTIFYING_SEEDS)?;
    let healthy = match twin {
        Some(twin) => fresh(twin, CERTIFYING_SEEDS)?,
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
            tried: cure.tried,
            covered: 0.0,
            repaired: None,
            set,
        },
    };
    let covered = tried.covered(&tried.outcome.set)?;
    tried.outcome.covered = covered;
    tried.outcome.repaired = certified.then_some(covered >= COVERED);
    Ok(tried)
}

impl Tried<'_> {
    /// The share of the way to the twin that some settings cover.
    fn covered(&self, set: &[String]) -> Result<f64> {
        let Ok(treated) = changed(&self.case.prepared, &self.case.base, set) else {
            return Ok(0.0);
        };
        let with = middle(&fresh(&treated, REPAIR_SEEDS)?);
        let covered = (with - self.faulty) / (self.healthy - self.faulty);
        Ok(if covered.is_finite() { covered } else { 0.0 })
    }

    /// As often as asked: so many treatments of a pool as the doctor has tried,
    /// each on the same seeds, the best of them judged on fresh ones. Whether it
    /// repairs; nothing of a case that is not certified.
    pub(crate) fn by_chance(&self, pool: &[Vec<String>], draws: usize) -> Result<Vec<bool>> {
        let Case { name, prepared, base, .. } = self.case;
        if !self.outcome.certified {
            return Ok(Vec::new());
        }
        let own = general(prepared.experiment.training.learning_rate());
        let own = own.into_iter().map(|setting| vec![setting]);
        let pool: Vec<Vec<String>> = own.chain(pool.iter().cloned()).collect();
        let stream = Stream::new(0, stream_id(name, "treatment-by-chance"));
        let mut gains: HashMap<usize, Option<f64>> = HashMap::new();
        let mut covers: HashMap<usize, bool> = HashMap::new();
        let mut repaired = Vec::new();
        for draw in 0..draws {
            let (mut best, mut left) = (None, self.outcome.tried.max(1));
            // What this network does not take is drawn again.
            for at in 0..20 * left as u64 {
                if left == 0 {
                    break;
                }
                let index = stream.below(pool.len() as u64, draw as u64, at) as usize;
                let gain = *gains.entry(index).or_insert_with(|| {
                    changed(prepared, base, &pool[index]).ok().map(|with| tried(&with, 1))
                });
                let Some(gain) = gain else { continue };
                left -= 1;
                if best.is_none_or(|(most, _)| gain > most) {
                    best = Some((gain, index));
                }
            }
            repaired.push(match best {
                None => false,
                Some((_, index)) => match covers.get(&index) {
                    Some(known) => *known,
                    None => {
                        let enough = self.covered(&pool[index])? >= COVERED;
                        covers.insert(index, enough);
                        enough
                    }
                },
            });
        }
        Ok(repaired)
    }
}

/// The treatments that chance draws from, beside what anybody might try: those of
/// all findings of all cases.
pub(crate) fn pool<'a>(proposed: impl Iterator<Item = &'a Vec<String>>) -> Vec<Vec<String>> {
    let mut pool: Vec<Vec<String>> = Vec::new();
    for set in proposed {
        if !pool.contains(set) {
            pool.push(set.clone());
        }
    }
    pool
}

impl Chance {
    /// Counts the repairs of each draw over all cases.
    pub(crate) fn of(tried: &[Tried<'_>], by_chance: &[Vec<bool>]) -> Chance {
        let draws = by_chance.iter().map(Vec::len).max().unwrap_or(0);
        let repaired: Vec<usize> = (0..draws)
            .map(|draw| by_chance.iter().filter(|of| of.get(draw) == Some(&true)).count())
            .collect();
        let own = tried.iter().filter(|tried| tried.outcome.repaired == Some(true)).count();
        let of = tried.iter().filter(|tried| tried.outcome.certified).count();
        let as_many = repaired.iter().filter(|count| **count >= own).count();
        Chance { p: (1 + as_many) as f64 / (1 + draws) as f64, repaired, of }
    }
}

/// The first metric over fresh seeds, larger being better; what is not a number
/// is worst.
fn fresh(prepared: &Prepared, seeds: usize) -> Result<Vec<f64>> {
    let sign = if is_higher_better(prepared) { 1.0 } else { -1.0 };
    let value = |seed| {
        let value = sign * Trial::of(prepared, seed)?.metric;
        Ok(if value.is_nan() { f64::NEG_INFINITY } else { value })
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
    fn a_fault_that_costs_nothing_is_not_certified() {
        let healthy: Vec<f64> = (0..8).map(|at| 0.9 + 0.01 * f64::from(at % 3)).collect();
        let worse: Vec<f64> = healthy.iter().map(|value| value - 0.1).collect();
        assert!(is_certain(&worse, &healthy) && is_certain(&healthy, &worse));
        assert!(!is_certain(&healthy, &healthy));
        let other: Vec<f64> = healthy.iter().rev().copied().collect();
        assert!(!is_certain(&other, &healthy));
    }
}
