//! A treatment with proof: trained over several seeds beside no change and
//! beside changes drawn by chance, on train and validation rows only.

use crate::cure::{Cure, cure};
use crate::rule::say;
use crate::trial::{Trial, can_be_tried, changed};
use ikhim_run::metric::{Direction, Metric};
use ikhim_run::{Finding, Treatment};
use ikhim_text::{Fault, Language, Result};
use ikhim_train::experiment::Prepared;
use std::ops::RangeInclusive;
use std::path::Path;

/// Treatments that are put to the proof.
const MOST: usize = 4;

/// The error that is allowed.
const LEVEL: f64 = 0.05;

/// Seeds of a proof. The best p of n seeds is 1/2ⁿ, which is below [`LEVEL`] from
/// 5 on; the test goes through all 2ⁿ patterns of signs.
const SEEDS: RangeInclusive<usize> = 5..=16;

/// A change of an experiment over several seeds.
#[derive(Debug, Clone, PartialEq)]
pub struct Arm {
    /// The settings; none where nothing is changed.
    pub set: Vec<String>,
    /// The first metric on validation for each seed, as it is.
    pub values: Vec<f64>,
    /// The probability of so large a gain over no change by chance, one-sided:
    /// 1 where nothing is changed.
    pub p: f64,
}

/// What treating a run has given.
#[derive(Debug, Clone, PartialEq)]
pub struct Proof {
    /// The metric.
    pub metric: String,
    /// The seeds.
    pub seeds: Vec<u64>,
    /// No change.
    pub unchanged: Arm,
    /// The treatments of the findings, in their order, with the rule that each
    /// belongs to.
    pub treated: Vec<(String, Treatment, Arm)>,
    /// Changes drawn by chance, as many trainings as the treatments had.
    pub random: Vec<Arm>,
    /// The treatment that is kept, by its place: significantly better than no
    /// change, and no worse than any change by chance.
    pub kept: Option<usize>,
}

/// Refuses so many seeds as prove nothing, or cannot be gone through.
///
/// # Errors
/// Fewer than 5 or more than 16.
pub fn check_seeds(count: usize) -> Result<()> {
    if SEEDS.contains(&count) {
        return Ok(());
    }
    Err(Fault::of("usage.treatment_seeds")
        .with("found", count)
        .with("least", SEEDS.start())
        .with("most", SEEDS.end()))
}

/// Puts the treatments of findings to the proof.
///
/// # Errors
/// A network that does not fit the data; what [`check_seeds`] says.
pub fn treat(
    prepared: &Prepared,
    base: &Path,
    findings: &[Finding],
    seeds: &[u64],
) -> Result<Proof> {
    check_seeds(seeds.len())?;
    let metrics = prepared.experiment.training.metrics().unwrap_or_default();
    let metric = metrics.first().and_then(|name| Metric::named(name));
    let higher = is_higher_better(prepared);
    let unchanged = Arm { set: Vec::new(), values: values(prepared, seeds)?, p: 1.0 };
    let arm = |set: &[String]| -> Option<Arm> {
        let changed = changed(prepared, base, set).ok()?;
        let values = values(&changed, seeds).ok()?;
        let p = p_value(&unchanged.values, &values, higher);
        Some(Arm { set: set.to_vec(), values, p })
    };
    let proposed = findings.iter().flat_map(|finding| {
        finding.treatments.iter().map(move |treatment| (finding.id.clone(), treatment.clone()))
    });
    let proposed = proposed.filter(|(_, treatment)| can_be_tried(&treatment.set)).take(MOST);
    let treated: Vec<(String, Treatment, Arm)> = proposed
        .filter_map(|(id, treatment)| {
            let arm = arm(&treatment.set)?;
            Some((id, treatment, arm))
        })
        .collect();
    let mut treated = treated;
    let cure = cure(prepared, base, seeds[0], findings)?;
    let set = cure.set();
    if cure.changes.len() > 1
        && let Some(arm) = arm(&set)
    {
        let ids: Vec<&str> = cure.changes.iter().map(|(id, _)| id.as_str()).collect();
        treated.push((ids.join(" + "), one_after_the_other(&cure, set), arm));
    }
    let random: Vec<Arm> =
        by_chance(prepared, treated.len()).iter().filter_map(|set| arm(set)).collect();
    let score = |arm: &Arm| middle(&arm.values, higher);
    let rival = random.iter().map(score).fold(f64::NEG_INFINITY, f64::max);
    let better = treated.iter().enumerate().filter(|(_, (.., arm))| {
        arm.p < LEVEL && score(arm) > score(&unchanged) && score(arm) >= rival
    });
    let kept =
        better.max_by(|(_, a), (_, b)| score(&a.2).total_cmp(&score(&b.2))).map(|(at, _)| at);
    Ok(Proof {
        metric: metric.map_or_else(String::new, |it| it.name().to_string()),
        seeds: seeds.to_vec(),
        unchanged,
        treated,
        random,
        kept,
    })
}

/// Whether larger values of the first metric are better.
pub(crate) fn is_higher_better(prepared: &Prepared) -> bool {
    let metrics = prepared.experiment.training.metrics().unwrap_or_default();
    let metric = metrics.first().and_then(|name| Metric::named(name));
    metric.is_none_or(|it| it.direction() == Direction::Higher)
}

/// Changes that follow from each other as one.
fn one_after_the_other(cure: &Cure, set: Vec<String>) -> Treatment {
    let words = |language| {
        let all = cure.changes.iter().map(|(_, treatment)| treatment.text.text(language));
        all.collect::<Vec<_>>().join("; ")
    };
    let text = say!(
        "one after the other: {english}",
        "차례로: {korean}",
        english = words(Language::English),
        korean = words(Language::Korean)
    );
    Treatment { text, set }
}

fn values(prepared: &Prepared, seeds: &[u64]) -> Result<Vec<f64>> {
    seeds.iter().map(|seed| Ok(Trial::of(prepared, *seed)?.metric)).collect()
}

/// The middle of the values, larger being better; what is not a number is worst.
fn middle(values: &[f64], higher: bool) -> f64 {
    let mut sorted: Vec<f64> = values.iter().map(|value| directed(*value, higher)).collect();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NEG_INFINITY)
}

/// A finite stand-in for what is not a number, so that differences exist.
fn directed(value: f64, higher: bool) -> f64 {
    let value = if higher { value } else { -value };
    if value.is_finite() { value } else { -1e30 }
}

/// The one-sided exact permutation test of paired differences (Fisher 1935): the
/// share of all signs that give a sum as large. There are as many pairs as
/// [`SEEDS`] allows.
pub(crate) fn p_value(before: &[f64], after: &[f64], higher: bool) -> f64 {
    let pairs = before.iter().zip(after);
    let differences: Vec<f64> =
        pairs.map(|(old, new)| directed(*new, higher) - directed(*old, higher)).collect();
    let found: f64 = differences.iter().sum();
    let count = differences.len();
    let as_large = (0..1_u32 << count).filter(|signs| {
        let sum: f64 = differences
            .iter()
            .enumerate()
            .map(|(at, value)| if signs >> at & 1 == 1 { -value } else { *value })
            .sum();
        sum >= found
    });
    as_large.count() as f64 / f64::from(1_u32 << count)
}

/// Changes that anybody might try, drawn by the experiment's own seed.
fn by_chance(prepared: &Prepared, count: usize) -> Vec<Vec<String>> {
    let rate = prepared.experiment.training.learning_rate();
    let changes = general(rate);
    let start = prepared.experiment.seed as usize;
    // Steps of a number that shares no factor with their count visit all of them.
    (0..count.min(changes.len()))
        .map(|at| vec![changes[(start + 5 * at) % changes.len()].clone()])
        .collect()
}

/// The changes that anybody might try.
pub(crate) fn general(rate: f64) -> Vec<String> {
    let times = |factor: f64| {
        format!("training.learning_rate={}", ikhim_text::number::rounded(rate * factor, 2))
    };
    vec![
        times(10.0),
        times(0.1),
        "training.optimizer='adam'".to_string(),
        "training.optimizer='rmsprop'".to_string(),
        "training.optimizer={type='sgd', momentum=0.9}".to_string(),
        "training.batch_size=16".to_string(),
        "training.batch_size=128".to_string(),
        "training.l2=0.01".to_string(),
        "training.weight_decay=0.01".to_string(),
        "training.clip_norm=1.0".to_string(),
        "data.defaults.number.scaling='standard'".to_string(),
        "data.defaults.number.scaling='min_max'".to_string(),
        "training.schedule='cosine'".to_string(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::prepared;

    #[test]
    fn the_test_of_signs_is_exact() {
        let before = [0.5; 5];
        // Five gains of five: one of 32 sign patterns gives as much.
        assert_eq!(p_value(&before, &[0.6, 0.7, 0.8, 0.9, 0.65], true), 1.0 / 32.0);
        // The same numbers are losses where lower is better.
        assert_eq!(p_value(&before, &[0.6, 0.7, 0.8, 0.9, 0.65], false), 1.0);
        assert_eq!(p_value(&before, &before, true), 1.0);
        // A training that broke is worse than any that did not.
        assert_eq!(p_value(&[f64::NAN; 5], &before, true), 1.0 / 32.0);
    }

    #[test]
    fn seeds_that_prove_nothing_are_refused() {
        let healthy = prepared("[data]\ndataset = 'iris'\n[training]\nepochs = 1\n");
        for count in [0, 1, 4, 17, 32, 40] {
            let seeds: Vec<u64> = (1..=count).collect();
            let refused = treat(&healthy, Path::new("."), &[], &seeds).unwrap_err();
            assert_eq!(refused.code(), "usage.treatment_seeds", "{count}");
        }
        for count in [5, 16] {
            let seeds: Vec<u64> = (1..=count).collect();
            assert!(treat(&healthy, Path::new("."), &[], &seeds).is_ok(), "{count}");
            // The best that so many seeds can prove.
            let (before, after) = (vec![0.5; seeds.len()], vec![0.75; seeds.len()]);
            assert_eq!(p_value(&before, &after, true), 0.5_f64.powi(count as i32));
        }
        assert!(0.5_f64.powi(4) > LEVEL && 0.5_f64.powi(5) < LEVEL);
    }

    #[test]
    fn a_cure_is_kept_and_what_does_not_cure_is_not() {
        let rule = crate::rule("softmax-on-one-output").unwrap();
        let sick = prepared(rule.red);
        let chart = crate::Chart::before(&sick, 7).unwrap();
        let findings = crate::examine(&chart);
        let seeds = [1, 2, 3, 4, 5];
        let proof = treat(&sick, Path::new("."), &findings, &seeds).unwrap();
        let kept = proof.kept.expect("sigmoid in the place of softmax cures");
        assert_eq!(proof.treated[kept].0, rule.id);
        assert!(proof.treated[kept].2.p < LEVEL);

        let healthy = prepared(rule.green);
        let mut useless = findings;
        useless.truncate(1);
        useless[0].treatments[0].set = vec!["training.shuffle=true".to_string()];
        useless[0].treatments.truncate(1);
        let proof = treat(&healthy, Path::new("."), &useless, &seeds).unwrap();
        assert_eq!(proof.kept, None, "{proof:?}");
    }
}
