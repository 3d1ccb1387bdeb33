use super::examination;
use crate::figure;
use crate::number::{count, number};
use crate::report::page::{Page, numbers, words};
use crate::report::{Comparison, Finding, Look, Role, RunReport, Severity, Test};
use ikhim_text::sentence;

pub(in crate::report) fn result(page: &mut Page, run: &RunReport) {
    page.section("result", sentence::REPORT_RESULT, |page| {
        page.within("ul class=\"tiles\"", |page| {
            if let Some(score) = run.scores.first() {
                let role = page.word(score.role.sentence());
                let epoch = run.best_epoch.map(|epoch| {
                    page.say(sentence::REPORT_BEST_EPOCH, &[("epoch", epoch.to_string())])
                });
                tile(
                    page,
                    "li",
                    &format!("{role} {}", score.metric),
                    &number(score.value),
                    &[Some(format!("n = {}", count(score.n))), epoch],
                );
            }
            test_tile(page, &run.test);
        });
        if run.scores.is_empty() {
            let none = page.word(sentence::REPORT_NO_SCORES);
            page.element("p", &none);
            return;
        }
        let columns = [
            words(page.word(sentence::COLUMN_METRIC)),
            words(page.word(sentence::COLUMN_PART)),
            numbers(page.word(sentence::COLUMN_VALUE)),
            numbers("n"),
        ];
        let rows: Vec<_> = run
            .scores
            .iter()
            .map(|score| {
                let role = page.word(score.role.sentence());
                vec![score.metric.clone(), role, number(score.value), count(score.n)]
            })
            .collect();
        let caption = page.word(sentence::REPORT_ALL_SCORES);
        page.table(&caption, &columns, rows);
    });
}

fn tile(page: &mut Page, tag: &str, over: &str, value: &str, under: &[Option<String>]) {
    page.within(tag, |page| {
        page.element("span", over);
        page.element("strong", value);
        for line in under.iter().flatten() {
            page.element("span", line);
        }
    });
}

fn test_tile(page: &mut Page, test: &Test) {
    let role = page.word(sentence::ROLE_TEST);
    match test {
        Test::Absent => {}
        Test::Sealed { n, .. } => {
            let sealed = page.word(sentence::REPORT_SEALED);
            let rows = page.say(sentence::REPORT_ROWS, &[("n", count(*n))]);
            tile(page, "li class=\"sealed\"", &role, &sealed, &[Some(rows)]);
        }
        Test::Opened(look) => {
            let over = format!("{role} {}", look.metric);
            let rows = Some(format!("n = {}", count(look.examination.n)));
            tile(page, "li", &over, &number(look.value), &[Some(interval(look)), rows]);
        }
    }
}

fn interval(look: &Look) -> String {
    let level = format!("{:.0} %", look.level * 100.0);
    format!("[{}, {}] · {level} · {}", number(look.low), number(look.high), look.method)
}

pub(in crate::report) fn findings(page: &mut Page, findings: &[Finding]) {
    if findings.is_empty() {
        return;
    }
    page.section("findings", sentence::REPORT_FINDINGS, |page| {
        for finding in findings {
            let (kind, severity) = match finding.severity {
                Severity::Note => ("note", sentence::SEVERITY_NOTE),
                Severity::Warning => ("warning", sentence::SEVERITY_WARNING),
                Severity::Error => ("error", sentence::SEVERITY_ERROR),
            };
            let severity = page.word(severity);
            page.within(&format!("div class=\"notice {kind}\""), |page| {
                page.within("h3", |page| {
                    page.text(&format!("{severity}: "));
                    page.element("code", &finding.id);
                    if !finding.place.is_empty() {
                        page.text(" · ");
                        page.element("code", &finding.place);
                    }
                });
                for sentence in &finding.evidence {
                    page.element("p", sentence);
                }
                if !finding.treatments.is_empty() {
                    page.within("ul", |page| {
                        for treatment in &finding.treatments {
                            page.element("li", treatment);
                        }
                    });
                }
            });
        }
    });
}

pub(in crate::report) fn baselines(page: &mut Page, comparison: Option<&Comparison>) {
    let Some(comparison) = comparison else { return };
    page.section("baselines", sentence::REPORT_BASELINES, |page| {
        let role = page.word(comparison.role.sentence());
        let arguments =
            [("metric", comparison.metric.clone()), ("part", role), ("n", count(comparison.n))];
        let what = page.say(sentence::REPORT_BASELINES_WHAT, &arguments);
        page.element("p class=\"quiet\"", &what);
        if let Some(verdict) = verdict(page, comparison) {
            page.element("p", &verdict);
        }
        let figure = figure::baselines(comparison, page.language());
        page.figure(&figure);
        for remark in &comparison.remarks {
            page.element("p class=\"quiet\"", remark);
        }
    });
}

/// Whether the network is ahead of the best of the simple rules.
fn verdict(page: &Page, comparison: &Comparison) -> Option<String> {
    if comparison.network.is_nan() {
        let metric = [("metric", comparison.metric.clone())];
        return Some(page.say(sentence::REPORT_NO_VALUE, &metric));
    }
    let sign = if comparison.higher_is_better { 1.0 } else { -1.0 };
    let finite = comparison.baselines.iter().filter(|rule| rule.value.is_finite());
    let best = finite.max_by(|a, b| (sign * a.value).total_cmp(&(sign * b.value)))?;
    if sign * comparison.network > sign * best.value {
        let uncertain = comparison.is_uncertain;
        let said = if uncertain { sentence::REPORT_BARELY_AHEAD } else { sentence::REPORT_AHEAD };
        return Some(page.word(said));
    }
    let arguments = [("name", best.name.clone()), ("value", number(best.value))];
    Some(page.say(sentence::REPORT_NOT_AHEAD, &arguments))
}

pub(in crate::report) fn test(page: &mut Page, test: &Test) {
    page.section("test", sentence::REPORT_TEST, |page| match test {
        Test::Absent => {
            let none = page.word(sentence::REPORT_NO_TEST);
            page.element("p", &none);
        }
        Test::Sealed { n, looks } => {
            page.within("div class=\"notice note\"", |page| {
                let arguments = [("n", count(*n)), ("looks", count(*looks))];
                let sealed = page.say(sentence::REPORT_SEALED_BOX, &arguments);
                page.element("p", &sealed);
                let how = page.word(sentence::REPORT_OPEN_HOW);
                page.within("p class=\"quiet\"", |page| {
                    page.text(&how);
                    page.text(" ");
                    page.element("code", "ikhim test");
                });
            });
        }
        Test::Opened(look) => {
            let over = look.metric.clone();
            page.within("ul class=\"tiles\"", |page| {
                tile(page, "li", &over, &number(look.value), &[Some(interval(look))]);
            });
            let arguments = [
                ("look", count(look.look)),
                ("n", count(look.examination.n)),
                ("models", count(look.models_looked)),
            ];
            let counted = page.say(sentence::REPORT_LOOK, &arguments);
            page.element("p", &counted);
            if look.look > 1 {
                let widened = page.say(sentence::LOOKS_WIDENED, &[("looks", count(look.look))]);
                page.element("p", &widened);
            }
            if look.models_looked > 1 {
                let arguments =
                    [("models", count(look.models_looked)), ("luck", number(look.luck))];
                let luck = page.say(sentence::LOOKS_LUCK, &arguments);
                page.element("p", &luck);
            }
            if let Some(share) = look.coverage {
                let share = [("share", format!("{:.1}", share * 100.0))];
                let held = page.say(sentence::INTERVALS_HELD, &share);
                page.element("p", &held);
            }
            if !look.examination.is_empty() {
                examination(page, &look.examination, Role::Test);
            }
        }
    });
}
