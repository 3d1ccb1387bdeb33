//! `ikhim doctor --evaluate CASES/`.

use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use ikhim_doctor::{Chance, Evaluation, Expectation, Plan, Progress, Rate, evaluate};
use ikhim_report::terminal::{Side, Table};
use ikhim_run::experiment::Experiment;
use ikhim_text::Result;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A long evaluation says so often how far it has come.
const EVERY: Duration = Duration::from_secs(60);

/// Measures the doctor on a folder of experiments.
pub(super) fn run(folder: &Path, plan: &Plan, console: &Console) -> Result<Answer> {
    let last = Mutex::new(Instant::now());
    let tell = |Progress { what, done, of }: Progress| {
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.elapsed() >= EVERY {
            *last = Instant::now();
            console.warn(format!("{what}: {done} of {of}"));
        }
    };
    let evaluation = evaluate(folder, plan, expectation, &tell)?;
    show(&evaluation, console);
    let none: Vec<Document> = Vec::new();
    let part = |held_out: bool| {
        let rates = evaluation.part(held_out);
        let part = rates.into_iter().fold(Document::part(), |it, (name, rate)| it.with(name, rate));
        part.with("chance", evaluation.chance(Some(held_out)))
    };
    let document = Document::new("doctor")
        .with("findings", none)
        .with("cases", evaluation.cases)
        .with("seeds", evaluation.seeds)
        .with("detection", evaluation.detection)
        .with("diagnosis", evaluation.diagnosis)
        .with("localization", evaluation.localization)
        .with("false_alarms", evaluation.false_alarms)
        .with("repair", evaluation.repair)
        .with("chance", evaluation.chance(None))
        .with("tuning", part(false))
        .with("held_out", part(true))
        .with("trainings", &evaluation.trainings)
        .with("repairs", &evaluation.repairs);
    Ok(Answer::done(document))
}

/// What an experiment says of itself; `None` of one that says nothing.
fn expectation(experiment: &Experiment) -> Option<Expectation> {
    let expect = experiment.expect.as_ref()?;
    Some(Expectation {
        finding: expect.finding().map(str::to_string),
        accept: expect.accept().into_iter().map(str::to_string).collect(),
        place: expect.place().map(str::to_string),
        twin: expect.twin().map(PathBuf::from),
    })
}

/// A line for each case, then the rates.
fn show(evaluation: &Evaluation, console: &Console) {
    let headings = ["case", "expected", "found first", "detected", "diagnosed", "localized"];
    let sides = [Side::Left, Side::Left, Side::Left, Side::Right, Side::Right, Side::Right];
    let mut table = Table::new(headings.map(str::to_string).into_iter().zip(sides));
    let mut names: Vec<&str> = evaluation.trainings.iter().map(|it| it.case.as_str()).collect();
    names.dedup();
    for name in names {
        let of_case: Vec<_> = evaluation.trainings.iter().filter(|it| it.case == name).collect();
        let count = |outcome: fn(&ikhim_doctor::Trained) -> Option<bool>| {
            let outcomes: Vec<bool> = of_case.iter().filter_map(|it| outcome(it)).collect();
            let hits = outcomes.iter().filter(|hit| **hit).count();
            if outcomes.is_empty() { String::new() } else { format!("{hits}/{}", outcomes.len()) }
        };
        let mut found: Vec<&str> = of_case
            .iter()
            .map(|it| it.found.first().map_or("", |(id, ..)| id.as_str()))
            .filter(|id| !id.is_empty())
            .collect();
        found.sort_unstable();
        found.dedup();
        let detected = count(|it| it.detected.or(it.false_alarm));
        table.row([
            name.to_string(),
            of_case[0].expected.clone().unwrap_or_else(|| "none".to_string()),
            found.join(" "),
            detected,
            count(|it| it.diagnosed),
            count(|it| it.localized),
        ]);
    }
    console.text(&table.render(console.columns(), console.glyphs()));
    if !evaluation.repairs.is_empty() {
        show_repairs(evaluation, console);
    }
    console.line("");
    let whole = [
        ("detection", evaluation.detection),
        ("diagnosis", evaluation.diagnosis),
        ("localization", evaluation.localization),
        ("false_alarms", evaluation.false_alarms),
        ("repair", evaluation.repair),
    ];
    for (at, (name, rate)) in whole.into_iter().enumerate() {
        let [tuning, held_out] = [false, true].map(|held_out| evaluation.part(held_out)[at].1);
        console.line(format!(
            "{name:13} {}   tuning {}   held out {}",
            written(rate),
            written(tuning),
            written(held_out)
        ));
    }
}

/// What was repaired and what was not, and what chance does.
fn show_repairs(evaluation: &Evaluation, console: &Console) {
    let sides = [Side::Left, Side::Right, Side::Right, Side::Left];
    let headings = ["treated", "covered", "repaired", "settings"].map(str::to_string);
    let mut table = Table::new(headings.into_iter().zip(sides));
    for repair in &evaluation.repairs {
        let repaired = match repair.repaired {
            Some(true) => "yes",
            Some(false) => "no",
            None => "not certified",
        };
        let settings = match repair.set.as_slice() {
            [first, second, rest @ ..] if !rest.is_empty() => {
                format!("{first}, {second} and {} more", rest.len())
            }
            few => few.join(", "),
        };
        let covered = format!("{:.2}", repair.covered);
        table.row([repair.case.clone(), covered, repaired.to_string(), settings]);
    }
    console.line("");
    console.text(&table.render(console.columns(), console.glyphs()));
    let parts = [("", None), (", tuning", Some(false)), (", held out", Some(true))];
    for (name, held_out) in parts {
        if let Some(chance) = evaluation.chance(held_out) {
            console.line(compared(name, &chance));
        }
    }
}

/// How many cases chance repairs beside the doctor.
fn compared(name: &str, chance: &Chance) -> String {
    let least = chance.repaired.iter().min().copied().unwrap_or(0);
    let most = chance.repaired.iter().max().copied().unwrap_or(0);
    format!(
        "chance{name}: {} draws for each case repair {:.1} of {} in the mean ({least} to {most}), the doctor {} (p = {:.2e})",
        chance.repaired.len(),
        chance.mean,
        chance.of,
        chance.doctor,
        chance.p
    )
}

fn written(rate: Rate) -> String {
    match rate.value {
        Some(value) => format!(
            "{}/{} = {:.1} % [{:.1}, {:.1}]",
            rate.hits,
            rate.of,
            100.0 * value,
            100.0 * rate.low,
            100.0 * rate.high
        ),
        None => "–".to_string(),
    }
}
