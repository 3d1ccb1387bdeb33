//! What a person reads before and after a training.

use super::{Ended, typed};
use crate::command::{data, doctor};
use crate::console::Console;
use crate::{calibration, score};
use ikhim_report::terminal::{Side, Table};
use ikhim_report::{count, number};
use ikhim_run::Judgement;
use ikhim_text::{Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Run, Status};

/// The data, its parts, what was chosen and why, and the network.
pub(super) fn before(prepared: &Prepared, console: &Console) -> Result<()> {
    data::headline(&prepared.dataset, console);
    console.say(sentence::TRAIN_PARTS, &data::sizes(&prepared.report));
    for notice in prepared.notices.iter().chain(&prepared.report.notices) {
        console.line(format!("  {}", notice.text(console.language)));
    }
    if !prepared.decisions.is_empty() {
        console.say(sentence::TRAIN_DECIDED, &[]);
    }
    for decision in &prepared.decisions {
        let because = decision.because.text(console.language);
        console.line(format!("  {} = {}  ({because})", decision.key, decision.value));
    }
    let layers = prepared.layers()?;
    let parameters: usize = layers.iter().map(|layer| layer.parameters).sum();
    let shown = layers.iter().filter(|layer| !layer.path.is_empty());
    let shown: Vec<String> = shown.map(|layer| format!("{} {}", layer.path, layer.shape)).collect();
    console.say(
        sentence::TRAIN_NETWORK,
        &[("layers", shown.join(" → ")), ("parameters", count(parameters as u64))],
    );
    Ok(())
}

/// How it ended, the numbers, what was found, where it is and what comes next.
pub(super) fn after(ended: &Ended, prepared: &Prepared, console: &Console) {
    let Ended { path, run } = ended;
    console.line("");
    console.say(
        sentence::TRAIN_ENDED,
        &[
            ("status", console.word(status(run.status))),
            ("epochs", run.epochs.to_string()),
            ("steps", count(run.steps)),
            ("seconds", format!("{:.1}", run.seconds)),
        ],
    );
    run.findings.iter().for_each(|finding| doctor::tell(finding, console));
    if let Some(epoch) = run.best_epoch {
        console.say(sentence::TRAIN_KEPT, &[("epoch", epoch.to_string())]);
    }
    console.text(&format!("\n{}", scores(run, console)));
    console.line("");
    if let Some((metric, value)) = run.validation.first() {
        let interval = run.validation.interval(metric);
        let (part, rows) = (score::role(run.role), run.validation.rows);
        console.line(score::line(metric.name(), value, &interval, rows, part, console));
    }
    if let (true, Some(confusion)) = (shows_confusion(run), run.validation.confusion()) {
        let classes = prepared.data.preprocessing().classes();
        console.text(&score::confusion(score::role(run.role), classes, confusion.rows(), console));
        console.line("");
    }
    match score::not_beaten(run) {
        _ if score::without_value(run).is_some() => {
            let metric = score::without_value(run).unwrap_or_default();
            console.say(sentence::REPORT_NO_VALUE, &[("metric", metric.to_string())]);
        }
        Some((name, value)) => console.say(
            sentence::REPORT_NOT_AHEAD,
            &[("name", score::baseline_name(name, console)), ("value", number(value))],
        ),
        None if run.gain().is_some_and(|gain| !gain.is_clear()) => {
            console.say(sentence::REPORT_BARELY_AHEAD, &[]);
        }
        None if run.baselines.is_empty() => {}
        None => console.say(sentence::REPORT_AHEAD, &[]),
    }
    if let Some(sentence) = score::beside_no_change(run, console.language) {
        console.line(sentence);
    }
    for sentence in calibration::sentences(&run.model, console.language) {
        console.line(sentence);
    }
    if let Some(gap) = &run.least_squares {
        console.say(
            sentence::LEAST_SQUARES_GAP,
            &[("floor", number(gap.floor)), ("network", number(gap.network))],
        );
        if let Some(distance) = gap.distance {
            console.say(sentence::LEAST_SQUARES_DISTANCE, &[("distance", number(distance))]);
        }
    }
    if run.status == Status::Interrupted {
        console.line(format!("\n{}", typed(path)));
        return;
    }
    next(ended, prepared, console);
}

/// Where a rare class is what matters, accuracy alone flatters: another metric
/// selects by default or by choice, and the matrix says what is found and what is missed.
fn shows_confusion(run: &Run) -> bool {
    let selects = run.validation.first().map(|(metric, _)| metric.name());
    matches!(selects, Some("roc_auc" | "average_precision" | "balanced_accuracy"))
}

/// The folder and the two commands that one wants next.
fn next(ended: &Ended, prepared: &Prepared, console: &Console) {
    let run = typed(&ended.path);
    let predict = match prepared.data.preprocessing().vocabulary() {
        Some(_) => (format!("ikhim predict {run} --prefix TEXT"), sentence::NEXT_WRITE),
        None => (format!("ikhim predict {run} FILE"), sentence::NEXT_PREDICT),
    };
    let mut table = vec![predict];
    if !prepared.test.is_empty() {
        table.insert(0, (format!("ikhim test {run}"), sentence::NEXT_TEST));
    }
    let widest = table.iter().map(|(command, _)| command.chars().count()).max().unwrap_or(0);
    console.line(format!("\n{run}"));
    for (command, what) in table {
        console.line(format!("  {command:widest$}  {}", console.word(what)));
    }
}

fn status(status: Status) -> ikhim_text::sentence::Sentence {
    match status {
        Status::Completed => sentence::STATUS_COMPLETED,
        Status::EarlyStopped => sentence::STATUS_EARLY_STOPPED,
        Status::Interrupted => sentence::STATUS_INTERRUPTED,
        Status::StoppedByFinding => sentence::STATUS_STOPPED_BY_FINDING,
    }
}

/// Train and validation beside the simple rules, one line each.
fn scores(run: &Run, console: &Console) -> String {
    let names = run.validation.metrics.iter().map(|(metric, _)| metric.name().to_string());
    let mut columns = vec![
        (console.word(sentence::COLUMN_PART), Side::Left),
        (console.word(sentence::COLUMN_ROWS), Side::Right),
        (console.word(sentence::FIGURE_LOSS), Side::Right),
    ];
    columns.extend(names.map(|name| (name, Side::Right)));
    let mut table = Table::new(columns);
    let mut row = |name: String, judgement: &Judgement| {
        let loss = if judgement.loss.is_nan() { String::new() } else { number(judgement.loss) };
        let values = judgement.metrics.iter().map(|(_, value)| number(*value));
        let cells = [name, judgement.rows.to_string(), loss];
        table.row(cells.into_iter().chain(values));
    };
    row(console.word(sentence::ROLE_TRAIN), &run.train);
    if run.role != "train" {
        row(console.word(sentence::ROLE_VALIDATION), &run.validation);
    }
    for baseline in &run.baselines {
        row(score::baseline_name(baseline.name, console), &baseline.judgement);
    }
    table.render(console.columns(), console.glyphs())
}
