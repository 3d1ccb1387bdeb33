//! From what the rules find to what is wrong: suspicions are put to the proof by
//! training once more with the change that each one proposes.

use crate::chart::Chart;
use crate::course::Course;
use crate::finding::ALL;
use crate::rule::{Moment, percent, say, treatment};
use crate::trial::{Trial, can_be_tried, changed, finite};
use crate::{examine, rule, told};
use ikhim_run::{Finding, Severity};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// A change cures when it takes at least so much of all errors away …
const CURED: f64 = 0.1;

/// … and leaves less than this share of those that were left.
const LEFT: f64 = 0.4;

/// A training that has learned so much has nothing to be proven.
const WELL: f64 = 0.9;

/// Changes that are tried.
const TRIALS: usize = 8;

/// The confidence of what is tried on suspicion alone.
const SUSPICION: f64 = 0.2;

/// What is wrong with a training that was watched. Where it has not gone well,
/// the change that each suspicion proposes is tried on train and validation: a
/// suspicion whose change cures stands first, and one whose change brings
/// nothing to a network that has learned a good part is only worth knowing.
///
/// # Errors
/// A network that does not fit the data.
pub fn diagnose(
    prepared: &Prepared,
    base: &Path,
    seed: u64,
    course: &Course,
) -> Result<Vec<Finding>> {
    let chart = Chart::before(prepared, seed)?.with(course);
    let mut findings = examine(&chart);
    let certain = findings.first().is_some_and(is_certain);
    let gain = finite(course.judged_gain());
    if certain || gain >= WELL || course.steps == 0 && !course.is_broken() {
        return Ok(told(findings));
    }
    add_rates(&chart, course, &mut findings);
    let mut tried: Vec<(usize, usize, f64)> = Vec::new();
    // The first treatment of every finding comes before the second of any.
    let order = (0..2).flat_map(|which| (0..findings.len()).map(move |at| (at, which)));
    for (at, which) in order {
        let finding = &findings[at];
        let hint = finding.severity == Severity::Information && finding.confidence > SUSPICION;
        let Some(treatment) = finding.treatments.get(which).filter(|it| can_be_tried(&it.set))
        else {
            continue;
        };
        if hint || tried.len() >= TRIALS {
            continue;
        }
        // A change that cannot be made is no proof either way.
        let Ok(prepared) = changed(prepared, base, &treatment.set) else { continue };
        let Ok(trial) = Trial::of(&prepared, seed) else { continue };
        tried.push((at, which, trial.gain()));
    }
    let cures = |with: f64| with - gain >= CURED && 1.0 - with <= LEFT * (1.0 - gain);
    let best = tried.iter().map(|(.., with)| *with).filter(|with| cures(*with)).fold(0.0, f64::max);
    for (at, finding) in findings.iter_mut().enumerate() {
        let own = tried.iter().filter(|(index, ..)| *index == at);
        let Some((_, which, with)) = own.max_by(|a, b| a.2.total_cmp(&b.2)).copied() else {
            continue;
        };
        prove(finding, which, gain, with, best, cures(with), course);
    }
    // What was added on suspicion and was not proven goes.
    findings.retain(|finding| finding.confidence > SUSPICION);
    findings
        .sort_by(|a, b| b.severity.cmp(&a.severity).then(b.confidence.total_cmp(&a.confidence)));
    Ok(told(findings))
}

/// Whether a finding about wiring needs no trial: the graph shows it.
fn is_certain(finding: &Finding) -> bool {
    let before = ALL.iter().any(|rule| rule.id == finding.id && rule.moment == Moment::Before);
    before && finding.severity == Severity::Error && finding.confidence >= 0.9
}

/// Puts the outcome of a trial into a finding.
fn prove(
    finding: &mut Finding,
    which: usize,
    gain: f64,
    with: f64,
    best: f64,
    cured: bool,
    course: &Course,
) {
    let words = say!(
        "tried: with it the gain over a constant answer is {with}, without {gain}",
        "시험해 보니 상수 답에 대한 이득이 적용하면 {with}, 하지 않으면 {gain}입니다",
        with = percent(with),
        gain = percent(gain)
    );
    if cured {
        finding.treatments[..=which].rotate_right(1);
        finding.evidence.push(words);
        finding.severity = finding.severity.max(Severity::Warning);
        // Of several cures the one that brings most is nearest to the cause;
        // equal ones stand as their own evidence does.
        let near = 1.0 - ((best - with) / 0.05).clamp(0.0, 1.0) * 0.1;
        finding.confidence = (0.88 + 0.1 * finding.confidence) * near;
        return;
    }
    finding.counter_evidence.push(words);
    let worth = course.gain() >= 0.5 && !course.is_broken();
    if best > 0.0 && finding.confidence > SUSPICION {
        finding.confidence = (finding.confidence * 0.6).max(SUSPICION + 0.01);
    }
    let wiring = rule(&finding.id).is_some_and(|rule| {
        rule.moment == Moment::Before && finding.confidence >= 0.7 && rule.id.contains("mismatch")
    });
    // What was seen to jump about is wrong though its best moment is as good.
    let unstable = matches!(finding.id.as_str(), "batch-too-small" | "learning-rate-too-high");
    if worth && !wiring && !unstable && finding.severity == Severity::Warning {
        finding.severity = Severity::Information;
    }
}

/// The two suspicions that any training that went badly is worth: a rate that is
/// ten times too high or too low.
fn add_rates(chart: &Chart<'_>, course: &Course, findings: &mut Vec<Finding>) {
    let has = |id: &str| findings.iter().any(|finding| finding.id == id);
    let few = course.steps < 3;
    let mut add = Vec::new();
    for (id, factor, english) in [
        ("learning-rate-too-high", 0.1, "a tenth of the rate"),
        ("learning-rate-too-low", 10.0, "ten times the rate"),
    ] {
        let Some(rule) = rule(id).filter(|_| !has(id) && !few && chart.rate() > 0.0) else {
            continue;
        };
        let mut finding = rule.finding(Severity::Information, SUSPICION, "training.learning_rate");
        finding.steps = course.whole();
        finding.treatments = vec![treatment(english.into(), [chart.rate_times(factor)])];
        add.push(finding);
    }
    findings.extend(add);
}
