//! The experiments of the rules, run against them.

use crate::chart::Chart;
use crate::rule::{Moment, Rule};
use crate::{Course, Watch, examine, rules};
use ikhim_cpu::Runtime;
use ikhim_run::experiment::Experiment;
use ikhim_run::{Finding, Severity};
use ikhim_train::experiment::Prepared;
use std::path::Path;

/// Rows by the name that stands for them in a fixture.
pub(crate) fn rows(name: &str) -> String {
    let x = |at: usize| at as f64 / 20.0 - 2.5;
    let row = |at: usize| -> String {
        let x = x(at);
        match name {
            "parabola" => format!("[{x}, {}]", 5.0 * (x + 2.5).powi(2)),
            "tiny" => format!("[{}, {}]", x / 10_000.0, x.sin()),
            "constant" => format!("[3.5, {x}, {}]", x * x),
            "twin" => format!("[{x}, {}, {}]", 4.0 * x, x.cos()),
            "rare" => format!("[{x}, \"{}\"]", if at.is_multiple_of(20) { "yes" } else { "no" }),
            "blobs" => {
                let class = at % 3;
                let center = [(-2.0, 0.0), (2.0, 0.0), (0.0, 3.0)][class];
                let noise = |salt: usize| normal(at * 7 + salt);
                format!("[{}, {}, \"{class}\"]", center.0 + noise(1), center.1 + noise(2))
            }
            "noise" => {
                let numbers: Vec<String> =
                    (0..6).map(|column| normal(at * 13 + column).to_string()).collect();
                let class = if normal(at * 29 + 5000) > 0.0 { "a" } else { "b" };
                format!("[{}, \"{class}\"]", numbers.join(", "))
            }
            "given away" => {
                let class = at % 2;
                let after = class as f64 * 4.0 + 0.5 * normal(at * 3 + 1);
                format!("[{after}, {}, {}, \"{class}\"]", normal(at * 5), normal(at * 11 + 2))
            }
            "series" => {
                let (a, b) = ((x * 2.0).sin(), (x * 1.3).cos());
                format!("[{a}, {b}, {}]", ((x + 0.05) * 2.0).sin())
            }
            "shared" => {
                let part = ["train", "validation", "test"][at % 3];
                format!("[\"{part}\", {}, {}]", x_of_third(at), x_of_third(at).sin())
            }
            "one class" => {
                let part = ["train", "validation", "test"][at % 3];
                let class = if part == "test" || at.is_multiple_of(2) { "a" } else { "b" };
                format!("[\"{part}\", {x}, \"{class}\"]")
            }
            _ => panic!("no rows of the name {name}"),
        }
    };
    let count = if name == "blobs" { 420 } else { 200 };
    let count = if matches!(name, "blobs" | "noise") { count } else { 100 };
    let rows: Vec<String> = (0..count).map(row).collect();
    format!("[{}]", rows.join(", "))
}

/// A number that looks like a normal deviate: the sum of twelve fractions of a
/// congruence (Park and Miller 1988).
fn normal(seed: usize) -> f64 {
    let mut state = (seed as u64 * 2_654_435_761 + 12_345) % 2_147_483_647;
    let mut sum = -6.0;
    for _ in 0..12 {
        state = state * 48_271 % 2_147_483_647;
        sum += state as f64 / 2_147_483_647.0;
    }
    sum
}

/// The same number in all three parts.
fn x_of_third(at: usize) -> f64 {
    (at / 3) as f64 / 10.0
}

/// The experiment of a fixture.
pub(crate) fn prepared(text: &str) -> Prepared {
    let mut whole = text.to_string();
    if let Some((before, rest)) = text.split_once("rows = {") {
        let (name, after) = rest.split_once('}').expect("a name of rows ends with a brace");
        whole = format!("{before}rows = {}{after}", rows(name));
    }
    let experiment = Experiment::parse(&whole, "fixture.toml", &[])
        .unwrap_or_else(|fault| panic!("{fault}\n{text}"));
    Prepared::new(&experiment, Path::new(".")).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

fn found(rule: &Rule, text: &str) -> Vec<Finding> {
    let prepared = prepared(text);
    let course = (rule.moment != Moment::Before).then(|| trained(&prepared, 7));
    let chart = Chart::before(&prepared, 7).unwrap();
    let chart = match &course {
        Some(course) => chart.with(course),
        None => chart,
    };
    examine(&chart).into_iter().filter(|finding| finding.id == rule.id).collect()
}

/// The course of a training of a fixture.
fn trained(prepared: &Prepared, seed: u64) -> Course {
    let watch = Watch::new(prepared, &Runtime::single()).unwrap();
    let record = watch.record();
    let trainer = prepared.trainer(seed).unwrap().runtime(Runtime::single()).observer(watch);
    let run = trainer.fit_encoded(&prepared.data).unwrap();
    let mut course = record.course();
    course.ended(&run, prepared);
    course
}

#[test]
fn every_rule_fires_on_its_red_experiment_and_on_no_other() {
    for rule in rules() {
        let red = found(rule, rule.red);
        assert_eq!(red.len(), 1, "{} does not fire", rule.id);
        assert!(!red[0].evidence.is_empty(), "{} has no evidence", rule.id);
        assert!(!red[0].sentence.is_empty(), "{} has no sentence", rule.id);
        assert!(!red[0].treatments.is_empty(), "{} has no treatment", rule.id);
        for (name, text) in [("green", rule.green), ("near", rule.near)] {
            let grave: Vec<Finding> = found(rule, text)
                .into_iter()
                .filter(|finding| finding.severity > Severity::Information)
                .collect();
            assert_eq!(grave, [], "{} fires on its {name} experiment", rule.id);
        }
    }
}

#[test]
fn every_treatment_is_a_setting_that_the_experiment_takes() {
    for rule in rules() {
        let prepared = prepared(rule.red);
        for finding in found(rule, rule.red) {
            for treatment in finding.treatments {
                let changed = prepared.experiment.with(&treatment.set);
                assert!(
                    changed.is_ok(),
                    "{}: {:?}: {}",
                    rule.id,
                    treatment.set,
                    changed.unwrap_err()
                );
            }
        }
    }
}

#[test]
fn the_first_treatment_of_a_wiring_fault_takes_it_away() {
    for rule in rules().iter().filter(|rule| rule.moment == Moment::Before) {
        for finding in found(rule, rule.red) {
            let Some(first) = finding.treatments.first().filter(|first| !first.set.is_empty())
            else {
                continue;
            };
            let before = prepared(rule.red);
            let changed = before.experiment.with(&first.set).unwrap();
            let after = Prepared::new(&changed, Path::new(".")).unwrap();
            let chart = Chart::before(&after, 7).unwrap();
            let left = examine(&chart).into_iter().filter(|found| found.id == rule.id);
            let grave = left.filter(|found| found.severity > Severity::Information).count();
            assert_eq!(grave, 0, "{} is still there after {:?}", rule.id, first.set);
        }
    }
}

#[test]
fn ids_are_unique_and_both_languages_are_there() {
    let mut ids: Vec<&str> = rules().iter().map(|rule| rule.id).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
    for rule in rules() {
        for sentence in [rule.sentence, rule.lesson] {
            assert!(!sentence.english.is_empty() && !sentence.korean.is_empty(), "{}", rule.id);
        }
        assert!(rule.numbers.len() > 10, "{}", rule.id);
    }
}

#[test]
fn rules_that_need_a_start_are_silent_without_one() {
    for id in ["learning-rate-too-low", "regularization-too-strong"] {
        let prepared = prepared(crate::rule(id).unwrap().red);
        let mut course = trained(&prepared, 7);
        let fires = |course: &Course| {
            let chart = Chart::before(&prepared, 7).unwrap().with(course);
            examine(&chart).iter().any(|finding| finding.id == id)
        };
        assert!(fires(&course), "{id}");
        // As of a run that was killed at a tenth, and resumed.
        let from = course.steps / 10;
        course.looks.retain(|look| look.step >= from);
        course.spans.retain(|span| span.first >= from.max(1));
        assert!(course.looks.len() >= 3 && course.spans.len() >= 3, "{id}");
        assert!(!fires(&course), "{id}");
    }
}

#[test]
fn a_loss_goes_up_from_a_start_that_was_seen() {
    let prepared = prepared("[data]\ndataset = 'iris'\n[training]\nepochs = 1\n");
    let fires = |first: u64| {
        let span = |at: u64| crate::Span {
            first: first + 10 * at,
            steps: 10,
            mean: (at + 1) as f64,
            low: (at + 1) as f64,
            high: (at + 1) as f64,
            rises: 10,
        };
        let spans = (0..10).map(span).collect();
        let ending = Some(crate::Ending::default());
        let course = Course { steps: first + 100, spans, ending, ..Course::default() };
        let chart = Chart::before(&prepared, 7).unwrap().with(&course);
        examine(&chart).iter().any(|finding| finding.id == "learning-rate-too-high")
    };
    assert!(fires(0));
    assert!(!fires(100));
}

/// Rows of one part are no neighbors of rows of another size, whatever their labels.
#[test]
fn inputs_of_another_size_do_not_make_labels_false() {
    let text = "[data]\ndataset = 'breast_cancer'\n[split]\nvalidation = 0.4\n[training]\n\
                epochs = 10\n[fault]\nfeature_scale = 60.0\n";
    let prepared = prepared(text);
    let course = trained(&prepared, 7);
    let chart = Chart::before(&prepared, 7).unwrap();
    let ids: Vec<String> = examine(&chart.with(&course)).into_iter().map(|it| it.id).collect();
    assert_eq!(ids[0], "inputs-scaled-differently");
    assert!(!ids.iter().any(|id| id == "labels-do-not-follow-features"), "{ids:?}");
}
