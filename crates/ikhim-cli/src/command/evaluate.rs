use crate::command::Answer;
use crate::console::Console;
use crate::document::Document;
use crate::project::Project;
use crate::run::KeptRun;
use crate::{calibration, score};
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_data::{
    Dataset, Examinee, Ledger, LookRequest, Recorded, RowHash, RowSet, RowWarning, Task, facts,
};
use ikhim_report::terminal::{Side, Table};
use ikhim_run::Model;
use ikhim_run::metric::Interval;
use ikhim_text::sentence::Sentence;
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::Prepared;
use std::collections::HashSet;

/// Measure a run on new labelled data
#[derive(Debug, Args)]
#[command(after_help = "\
Says how many of the rows were trained on. When sealed rows of any run are among
them, this is a look at them and is counted.")]
pub(crate) struct Arguments {
    /// A run: its path, its name, the beginning of its name, or `latest`
    run: String,
    /// A table or a folder of idx files, with the target
    data: String,
}

/// The rows that were asked about are of no part.
const MEASURED: Sentence = Sentence { english: "measured", korean: "측정한" };

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let run = KeptRun::find(&project, &arguments.run)?;
    let model = run.model(runtime)?;
    let preprocessing = model.preprocessing();
    let data = Dataset::path(&arguments.data).schema(preprocessing.schema()).load()?.with_targets();
    let needs_target = preprocessing.task() != Task::Reconstruction;
    if needs_target && data.targets().next().is_none() {
        let names = preprocessing.target_names().join(", ");
        let found: Vec<&str> = data.columns().iter().map(|column| column.name.as_str()).collect();
        let fault = Fault::of("data.missing_column").with("column", names);
        return Err(fault.with("found", found.join(", ")).file(&arguments.data));
    }
    for notice in data.notices() {
        console.warn(notice.text(console.language));
    }
    let rows = preprocessing.encode_labelled(&data).map_err(|fault| data.locate(fault))?;
    let prepared = run.prepared(&project).ok();
    let train = prepared.as_ref().map(train_rows);
    let seen = match (&prepared, &train) {
        (Some(prepared), Some(train)) => Some(seen_rows(prepared, train, &data)?),
        _ => None,
    };
    let drifts = train.as_ref().map(|train| facts::drift(train, &data)).unwrap_or_default();
    // The look is written down before anything is measured.
    let ledger = run.whole_ledger(&project, console)?.ledger;
    let sealed = ledger.overlap(&data.row_hashes().iter().collect())?;
    // The metric is that of the rows of the file, so each counts as it stands there,
    // as rows of a test part that are alike do; for the ledger they are one.
    let sealed_rows = data.row_hashes().iter().filter(|hash| sealed.contains(hash)).count();
    let ladder = run.folder.experiment()?.split.ladder().is_some();
    if ladder && !sealed.is_empty() {
        return Err(Fault::of("seal.ladder").with("count", sealed_rows));
    }
    let look = look(&ledger, &model, &sealed)?;
    let judgement = model.judge(&rows.encoded, &model.metrics())?;
    let coverage = model.coverage(&rows.encoded, 0.95)?;
    if let (Some(look), Some((metric, value))) = (&look, judgement.first()) {
        ledger.record_value_among(look, metric.name(), value, judgement.rows)?;
    }

    let mut table = Table::new([
        (console.word(sentence::COLUMN_METRIC), Side::Left),
        (console.word(sentence::COLUMN_VALUE), Side::Right),
    ]);
    for (metric, value) in &judgement.metrics {
        table.row([metric.name().to_string(), ikhim_report::number(*value)]);
    }
    console.say(
        sentence::EVALUATE_ROWS,
        &[("n", judgement.rows.to_string()), ("path", arguments.data.clone())],
    );
    console.text(&format!("\n{}\n", table.render(console.columns(), console.glyphs())));
    if let Some(share) = coverage {
        console.line(calibration::coverage(share, console.language));
    }
    match seen {
        Some(0) => console.say(sentence::EVALUATE_NONE_SEEN, &[]),
        Some(rows) => console.say(sentence::EVALUATE_SEEN, &[("rows", rows.to_string())]),
        None => console.say(sentence::EVALUATE_NOT_KNOWN, &[]),
    }
    for drift in &drifts {
        console.say(
            sentence::EVALUATE_DRIFT,
            &[
                ("column", drift.column.clone()),
                ("distance", format!("{:.0}", drift.distance * 100.0)),
            ],
        );
    }
    let is_unseen = |warning: &&RowWarning| matches!(warning, RowWarning::UnseenLevel { .. });
    let unseen = rows.warnings.iter().filter(is_unseen).count();
    if unseen > 0 {
        console.say(sentence::EVALUATE_UNSEEN, &[("rows", unseen.to_string())]);
    }
    let looks = look.as_ref().map_or(1, |look| look.number);
    let interval = judgement
        .first()
        .map(|(metric, _)| Interval::after_looks(metric, &judgement.outcome, looks));
    if let Some(look) = &look {
        console.say(
            sentence::EVALUATE_LOOK,
            &[
                ("look", look.number.to_string()),
                ("n", sealed_rows.to_string()),
                ("models", look.models_looked.to_string()),
            ],
        );
        if sealed.len() < sealed_rows {
            console.say(sentence::EVALUATE_ALIKE, &[("rows", sealed.len().to_string())]);
        }
        if look.number > 1 {
            console.say(sentence::LOOKS_WIDENED, &[("looks", look.number.to_string())]);
            if let (Some((metric, value)), Some(interval)) = (judgement.first(), &interval) {
                let (name, rows) = (metric.name(), judgement.rows);
                console.line(score::line(name, value, interval, rows, MEASURED, console));
            }
        }
    }
    let document = Document::new("evaluate")
        .with("run", run.path().display().to_string())
        .with("data", &arguments.data);
    let document = judged(document, &judgement, interval)
        .maybe("coverage", coverage)
        .with("rows_in_train", seen)
        .with("drift", &drifts)
        .with("sealed_rows", sealed_rows)
        .with("sealed_rows_distinct", sealed.len())
        .with("look", look.as_ref().map(|look| look.number))
        .with("models_looked", look.as_ref().map(|look| look.models_looked))
        .with("warnings", &rows.warnings);
    Ok(Answer::done(document))
}

fn judged(
    document: Document,
    judgement: &ikhim_run::Judgement,
    interval: Option<Interval>,
) -> Document {
    let document = document.and(score::document(judgement));
    match interval {
        Some(interval) => document
            .interval("interval", [interval.low, interval.high])
            .with("level", interval.level)
            .with("method", interval.method),
        None => document,
    }
}

/// The rows that the run was trained on, as far as they are in memory.
fn train_rows(prepared: &Prepared) -> Dataset {
    let ids: HashSet<u64> = prepared.data.train().encoded().row_ids.iter().copied().collect();
    let own = prepared.dataset.row_ids().iter().enumerate();
    let rows: Vec<usize> = own.filter(|(_, id)| ids.contains(id)).map(|(place, _)| place).collect();
    prepared.dataset.take(&rows)
}

/// How many of the rows are train rows.
fn seen_rows(prepared: &Prepared, train: &Dataset, data: &Dataset) -> Result<usize> {
    let wanted: HashSet<RowHash> = data.row_hashes().iter().copied().collect();
    let known: HashSet<RowHash> = match prepared.data.train().streamed_among(&wanted)? {
        Some(known) => known,
        None => train.row_hashes().iter().copied().collect(),
    };
    Ok(data.row_hashes().iter().filter(|hash| known.contains(*hash)).count())
}

/// Counts the look at the sealed rows, when there are some.
fn look(ledger: &Ledger, model: &Model, sealed: &RowSet) -> Result<Option<Recorded>> {
    if sealed.is_empty() {
        return Ok(None);
    }
    let (hash, metric) = (model.model(), model.metric());
    let request = LookRequest {
        run: model.run(),
        model: &hash,
        metric: &metric,
        reason: "ikhim evaluate",
        rows: sealed,
    };
    ledger.record(&request).map(Some)
}
