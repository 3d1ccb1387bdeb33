//! From what the rules find to what is wrong: suspicions are put to the proof by
//! training once more with the change that each one proposes.

use crate::by_rows;
use crate::chart::Chart;
use crate::course::Course;
use crate::finding::{training_too_short, underfitting};
use crate::rule::{percent, say, treatment};
use crate::trial::{Trial, can_be_tried, changed, finite};
use crate::{examine, rule, told};
use ikhim_run::{Finding, Severity, Treatment};
use ikhim_text::Result;
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// A change cures when it takes at least so much of all errors away …
const CURED: f64 = 0.1;

/// … or half of that, where the graph or the rows show what is wrong …
const SHOWN: f64 = 0.05;

/// … and leaves less than this share of those that were left.
const LEFT: f64 = 0.4;

/// A training that has learned so much has nothing to be proven.
const WELL: f64 = 0.9;

/// Changes that are tried.
const TRIALS: usize = 8;

/// The confidence of what is tried on suspicion alone.
const SUSPICION: f64 = 0.2;

/// A finding that is less sure than this is proven only by a change that does
/// more than another seed.
const WEAK: f64 = 0.7;

/// Batches of so few rows are suspected.
const FEW_ROWS: usize = 4;

/// A network that has learned less of its own train rows may have too few units.
const LITTLE: f64 = 0.75;

/// What every cause has for its consequence: no change of its own proves it.
const CONSEQUENCE: &str = "no-better-than-constant";

/// What the measure hides by itself.
const IMBALANCE: &str = "class-imbalance";

/// A consequence too, but one that may be the cause itself where nothing else is.
const LAST: &str = "underfitting";

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
    if certain || course.steps == 0 && !course.is_broken() {
        return Ok(told(findings));
    }
    let is_behind = chart.behind().is_some();
    if gain >= WELL && !is_behind {
        by_rows::prove(prepared, base, seed, false, &mut findings);
        return Ok(ranked(findings));
    }
    add_suspicions(&chart, course, &mut findings);
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
        if hint || finding.id == CONSEQUENCE || tried.len() >= TRIALS {
            continue;
        }
        // Where something better explains it, more units may help by chance alone.
        if finding.id == LAST && findings.iter().any(is_sure) {
            continue;
        }
        // A change that cannot be made is no proof either way.
        let Ok(prepared) = changed(prepared, base, &treatment.set) else { continue };
        let Ok(trial) = Trial::of(&prepared, seed) else { continue };
        tried.push((at, which, trial.gain()));
    }
    let worst = findings.iter().map(|it| it.severity).max().unwrap_or(Severity::Warning);
    let takes = |with: f64, least: f64| with - gain >= least && 1.0 - with <= LEFT * (1.0 - gain);
    let cures = |with: f64| takes(with, CURED);
    let best = tried.iter().map(|(.., with)| *with).filter(|with| cures(*with)).fold(0.0, f64::max);
    let is_weak = |finding: &Finding| finding.confidence < WEAK && !is_before(finding);
    let needs_control = tried.iter().any(|(at, _, with)| cures(*with) && is_weak(&findings[*at]));
    // Another seed and no change: where that cures as well, it is luck.
    let luck = match needs_control {
        true => Trial::of(prepared, seed.wrapping_add(1)).map_or(0.0, |control| control.gain()),
        false => 0.0,
    };
    for (at, finding) in findings.iter_mut().enumerate() {
        let own = tried.iter().filter(|(index, ..)| *index == at);
        let Some((_, which, with)) = own.max_by(|a, b| a.2.total_cmp(&b.2)).copied() else {
            continue;
        };
        if cures(with) && cures(luck) && is_weak(finding) {
            by_luck(finding, luck, gain);
            continue;
        }
        let cured = match is_wiring(finding) {
            // What is wrong by itself needs only to help.
            true => with - gain >= SHOWN,
            // The rows show how rare a class is, and the change asks for it.
            false if finding.id == IMBALANCE => with - gain >= CURED,
            false => takes(with, if is_before(finding) { SHOWN } else { CURED }),
        };
        // Of what is not sure, a change that was tried and does not help is none:
        // only where neighbors know more is it certain that something is wrong.
        if !cured && is_weak(finding) && !is_behind && finding.id != CONSEQUENCE {
            finding.severity = Severity::Information;
        }
        prove(finding, which, (gain, with, best), cured, worst, course);
    }
    by_rows::prove(prepared, base, seed, is_behind, &mut findings);
    // What was added on suspicion and was not proven goes.
    findings.retain(|finding| finding.confidence > SUSPICION);
    Ok(ranked(findings))
}

/// The gravest first, among equals the surest, as they are told.
fn ranked(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings
        .sort_by(|a, b| b.severity.cmp(&a.severity).then(b.confidence.total_cmp(&a.confidence)));
    told(findings)
}

/// Whether a finding was there before training: the graph or the rows show it,
/// and no steps belong to it.
pub(crate) fn is_before(finding: &Finding) -> bool {
    finding.steps.1 == 0
}

/// Another seed does as well as the change: no proof for the finding.
fn by_luck(finding: &mut Finding, luck: f64, gain: f64) {
    finding.counter_evidence.push(say!(
        "tried: another seed and no change gives a gain of {luck}, this one {gain}",
        "시험해 보니 바꾸지 않고 시드만 다르게 하면 이득이 {luck}, 이 시드는 {gain}입니다",
        luck = percent(luck),
        gain = percent(gain)
    ));
    if finding.confidence > SUSPICION {
        finding.severity = Severity::Information;
    }
}

/// Whether parts of an experiment do not fit each other: wrong however well it
/// ended.
fn is_wiring(finding: &Finding) -> bool {
    let sure = finding.confidence >= WEAK && finding.severity > Severity::Information;
    sure && finding.id.ends_with("-mismatch")
}

/// Whether a finding by itself explains a training that went badly.
fn is_sure(finding: &Finding) -> bool {
    finding.severity > Severity::Information && finding.confidence >= WEAK
}

/// Whether a finding about wiring needs no trial: the graph shows it.
fn is_certain(finding: &Finding) -> bool {
    is_before(finding) && finding.severity == Severity::Error && finding.confidence >= 0.9
}

/// Puts the outcome of a trial into a finding.
fn prove(
    finding: &mut Finding,
    which: usize,
    (gain, with, best): (f64, f64, f64),
    cured: bool,
    worst: Severity,
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
        // The cause of something grave is as grave.
        finding.severity = worst.max(Severity::Warning);
        // Of several cures the one that brings most is nearest to the cause;
        // equal ones stand as their own evidence does. What the graph or the
        // rows show needs no rival, and a suspicion stands behind both.
        let near = 1.0 - ((best - with) / 0.05).clamp(0.0, 1.0) * 0.1;
        let (near, shown) = if is_before(finding) { (1.0, 0.03) } else { (near, 0.0) };
        let proven = match finding.id.as_str() {
            LAST => 0.7,
            _ if finding.confidence <= SUSPICION => 0.78,
            _ => 0.88,
        };
        finding.confidence = ((proven + 0.1 * finding.confidence) * near + shown).min(0.99);
        return;
    }
    finding.counter_evidence.push(words);
    let wiring = is_wiring(finding);
    let worth = course.gain() >= 0.5 && !course.is_broken();
    if best > 0.0 && finding.confidence > SUSPICION {
        finding.confidence = (finding.confidence * 0.6).max(SUSPICION + 0.01);
    }
    // What was seen to jump about is wrong though its best moment is as good.
    let unstable = matches!(finding.id.as_str(), "batch-too-small" | "learning-rate-too-high");
    // That neighbors know more, or that train and validation part, was counted.
    let counted = matches!(finding.id.as_str(), LAST | "overfitting");
    if worth && !wiring && !unstable && !counted && finding.severity == Severity::Warning {
        finding.severity = Severity::Information;
    }
}

/// The suspicions that any training that went badly is worth: a rate that is ten
/// times too high or too low, and steps that end while the loss falls.
pub(crate) fn add_suspicions(chart: &Chart<'_>, course: &Course, findings: &mut Vec<Finding>) {
    let has = |id: &str| findings.iter().any(|finding| finding.id == id);
    if course.steps < 3 || chart.rate() <= 0.0 || course.went_well() {
        return;
    }
    let factor = |factor: f64, words| treatment(words, [chart.rate_times(factor)]);
    let lower = vec![
        factor(0.1, say!("a tenth of the rate", "학습률을 10분의 1로 하세요")),
        factor(0.01, say!("a hundredth of the rate", "학습률을 100분의 1로 하세요")),
    ];
    let higher = vec![
        factor(10.0, say!("ten times the rate", "학습률을 10배로 하세요")),
        factor(100.0, say!("a hundred times the rate", "학습률을 100배로 하세요")),
    ];
    let mut add = Vec::new();
    let mut suspect = |id: &str, place: &str, treatments: Vec<Treatment>| {
        if let Some(rule) = rule(id).filter(|_| !has(id)) {
            let mut finding = rule.finding(Severity::Information, SUSPICION, place);
            finding.steps = course.whole();
            finding.treatments = treatments;
            add.push(finding);
        }
    };
    suspect("learning-rate-too-high", "training.learning_rate", lower);
    suspect("learning-rate-too-low", "training.learning_rate", higher);
    let unfinished = training_too_short::falling(course).is_some() || chart.behind().is_some();
    if course.steps <= training_too_short::SHORT && unfinished {
        let longer = training_too_short::longer(chart, course);
        suspect("training-too-short", "training.epochs", longer);
    }
    if chart.batch() <= FEW_ROWS && chart.prepared.data.train().len() >= 10 * FEW_ROWS {
        let wider = treatment(
            say!("32 rows in a batch", "배치를 32행으로 하세요"),
            ["training.batch_size=32"],
        );
        suspect("batch-too-small", "training.batch_size", vec![wider]);
    }
    // Of a network that has not learned its own rows, whether more units would.
    if course.gain() < LITTLE && !course.is_broken() && !chart.is_mostly_noise() && !has(LAST) {
        let mut finding = underfitting::RULE.finding(
            Severity::Information,
            SUSPICION,
            underfitting::narrowest(chart),
        );
        finding.steps = course.whole();
        finding.treatments = underfitting::wider(chart);
        add.push(finding);
    }
    findings.extend(add);
}
