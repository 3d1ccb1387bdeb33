use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::report::page;
use crate::run::KeptRun;
use crate::{calibration, score};
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_data::{Look, Looks};
use ikhim_report::number;
use ikhim_run::metric::Interval;
use ikhim_text::{Fault, Result, sentence};
use serde_json::Value;
use std::io::{self, BufRead, IsTerminal, Write};

/// Open the sealed test part of a run: value, interval, number of the look
#[derive(Debug, Args)]
#[command(after_help = "\
A look is counted for good: a result that was chosen among many looks says less.
Without --yes a terminal is asked once.")]
pub(crate) struct Arguments {
    /// A run: its path, its name, the beginning of its name, or `latest`
    run: String,
    /// Open the test part without being asked
    #[arg(long)]
    yes: bool,
    /// Why the test part is opened; kept in the ledger
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let run = KeptRun::find(&project, &arguments.run)?;
    let model = run.model(runtime)?;
    let mut prepared = run.prepared(&project)?;
    if prepared.test.is_empty() {
        return Err(Fault::of("seal.nothing_sealed"));
    }
    // What the run saw is asked and told before the look adds to it.
    let asked = run.whole_ledger(&project, console)?;
    if !arguments.yes {
        confirm(prepared.test.len(), &prepared.test.looks()?, console)?;
    }
    let reason = arguments.reason.unwrap_or_default();
    let look = prepared.test.open(&model, &reason)?;
    page::add_test(&run.folder, &prepared, &model, &look, &asked.told)?;
    show(&look, prepared.data.preprocessing().classes(), console);
    let found = &look.examination;
    let document = Document::new("test")
        .with("run", run.path().display().to_string())
        .with("id", &run.record.id)
        .with("metric", &found.metric)
        .number("value", found.value)
        .interval("interval", found.interval)
        .with("level", found.level)
        .with("method", &found.method)
        .with("n", found.n)
        .with("metrics", shown_metrics(&look))
        .with("confusion", found.extra.get("confusion"))
        .with("classes", prepared.data.preprocessing().classes())
        .with("look", look.number)
        .with("looks_of_this_run", look.looks_of_this_run)
        .with("models_looked", look.models_looked)
        .maybe("luck", luck(&look))
        .maybe("coverage", coverage(&look))
        .with("ladder", look.rung)
        .with("sealed_before", look.sealed_before)
        .with("ledger", asked.state)
        .with("reason", reason);
    Ok(Answer::done(document))
}

/// All metrics; on a ladder the one that it shows.
fn shown_metrics(look: &Look) -> Value {
    let found = &look.examination;
    match (look.rung, found.extra.get("metrics")) {
        (None, Some(metrics)) => metrics.clone(),
        _ => {
            let mut one = serde_json::Map::new();
            ikhim_run::insert_number(&mut one, &found.metric, found.value);
            Value::Object(one)
        }
    }
}

/// How much better than it is the best of the models that have looked seems.
fn luck(look: &Look) -> Option<f64> {
    let luck = look.examination.extra.get("luck").and_then(Value::as_f64);
    luck.filter(|_| look.models_looked > 1)
}

/// What share of the true numbers lies within their intervals.
fn coverage(look: &Look) -> Option<f64> {
    look.examination.extra.get("coverage").and_then(Value::as_f64)
}

/// Asks once, on a terminal only.
fn confirm(rows: usize, looks: &Looks, console: &Console) -> Result<()> {
    if !io::stdin().is_terminal() || !console.is_watched() {
        return Err(Fault::of("usage.confirm"));
    }
    let question = console.sentence(
        sentence::TEST_ASK,
        &[("n", rows.to_string()), ("looks", looks.number().to_string())],
    );
    let mut stderr = io::stderr();
    // A question that cannot be shown gets no answer and leaves the seal.
    let _ = write!(stderr, "{question} ").and_then(|()| stderr.flush());
    let mut answer = String::new();
    let _ = io::stdin().lock().read_line(&mut answer);
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" | "예" | "네" | "응" => Ok(()),
        _ => Err(Fault::of("seal.not_opened")),
    }
}

fn show(look: &Look, classes: &[String], console: &Console) {
    let found = &look.examination;
    let interval = Interval {
        low: found.interval[0],
        high: found.interval[1],
        level: found.level,
        method: found.method.clone(),
    };
    let (metric, part) = (found.metric.as_str(), sentence::ROLE_TEST);
    console.line(score::line(metric, found.value, &interval, found.n, part, console));
    console.say(
        sentence::REPORT_LOOK,
        &[
            ("look", look.number.to_string()),
            ("n", found.n.to_string()),
            ("models", look.models_looked.to_string()),
        ],
    );
    if let Some(rung) = look.rung {
        let said = if rung.is_best { sentence::LADDER_BEST } else { sentence::LADDER_NO_BEST };
        console.say(said, &[("step", rung.step.to_string())]);
    }
    if look.number > 1 {
        console.say(sentence::LOOKS_WIDENED, &[("looks", look.number.to_string())]);
    }
    if let Some(luck) = luck(look) {
        console.say(
            sentence::LOOKS_LUCK,
            &[("models", look.models_looked.to_string()), ("luck", number(luck))],
        );
    }
    if let Some(share) = coverage(look) {
        console.line(calibration::coverage(share, console.language));
    }
    let metrics = found.extra.get("metrics").and_then(Value::as_object);
    let others = metrics.into_iter().flatten().filter(|(name, _)| *name != metric);
    let others: Vec<String> = others
        .filter_map(|(name, value)| Some(format!("{name} {}", number(value.as_f64()?))))
        .collect();
    if !others.is_empty() {
        console.line(others.join(", "));
    }
    let confusion = found.extra.get("confusion").cloned().unwrap_or_default();
    let counts: Vec<Vec<usize>> = serde_json::from_value(confusion).unwrap_or_default();
    let rows = counts.iter().map(Vec::as_slice);
    if !counts.is_empty() {
        console.text(&score::confusion(part, classes, rows, console));
    }
    if !look.sealed_before {
        console.say(sentence::TEST_NOT_SEALED, &[]);
    }
}
