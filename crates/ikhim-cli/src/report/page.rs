//! The page of a run: from what the run has found to `report.html` and the
//! figures beside it.

use super::examination::examination;
use crate::{calibration, pictures, score};
use ikhim_data::{Look, Task, Values};
use ikhim_report::report::{
    Baseline, Column, Comparison, Data, Decision, Epoch, EpochMetric, Examination, Finding, Layer,
    LossMode, Part, Role, Score, Severity, Status, Test,
};
use ikhim_report::{RunReport, number, report};
use ikhim_run::metric::{Direction, Metric};
use ikhim_run::{EpochRecord, Judgement, Model, RunFolder, Wording};
use ikhim_text::{Fault, Language, Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Importance, Run};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// What the page is made of, kept so that a look at the test part can be added.
const KEPT: &str = "report.json";

#[derive(Serialize, Deserialize)]
struct Kept {
    /// The page stays in the language that it was first written in, because its
    /// notices are sentences.
    language: String,
    report: RunReport,
}

/// Writes `report.html`, `report.json` and `figures/*.svg` of a run that has
/// ended. Of the sealed rows they hold the number only.
///
/// # Errors
/// The folder or the ledger cannot be read or written.
pub(crate) fn write(
    folder: &RunFolder,
    prepared: &Prepared,
    run: &Run,
    language: Language,
) -> Result<()> {
    let report = report_of(folder, prepared, run, language)?;
    put(folder, &Kept { language: language.tag().to_string(), report })
}

/// Writes the page again with what a look at the sealed rows has shown, and with
/// what was told of the ledger before it. Only the rows' own opening gives a
/// [`Look`], so the look is counted by now.
///
/// # Errors
/// The folder cannot be read or written.
pub(crate) fn add_test(
    folder: &RunFolder,
    prepared: &Prepared,
    model: &Model,
    look: &Look,
    told: &[Wording],
) -> Result<()> {
    if !folder.file(KEPT).exists() {
        // The run was killed before it had a page.
        return Ok(());
    }
    let mut kept: Kept = folder.read_json(KEPT)?;
    let language = kept.language.parse().unwrap_or_default();
    for told in told.iter().map(|told| told.text(language).to_string()) {
        if !kept.report.notices.contains(&told) {
            kept.report.notices.push(told);
        }
    }
    let found = &look.examination;
    if let Some(rung) = look.rung {
        // The page shows no more than the ladder does.
        let value = ("value", number(found.value));
        let step = ("step", rung.step.to_string());
        let said =
            [("metric", found.metric.clone()), value, step, ("look", look.number.to_string())];
        kept.report.notices.push(sentence::LADDER_SHOWN.say(language, &said));
        kept.report.test = Test::Sealed { n: found.n as u64, looks: look.number as u64 };
        return put(folder, &kept);
    }
    kept.report.test = Test::Opened(Box::new(report::Look {
        metric: found.metric.clone(),
        value: found.value,
        low: found.interval[0],
        high: found.interval[1],
        level: found.level,
        method: found.method.clone(),
        look: look.number as u64,
        models_looked: look.models_looked as u64,
        luck: found.extra["luck"].as_f64().unwrap_or(f64::NAN),
        coverage: found.extra["coverage"].as_f64(),
        examination: opened(prepared, model)?,
    }));
    put(folder, &kept)
}

/// Writes the page again with how much the model depends on each column.
///
/// # Errors
/// The folder cannot be read or written.
pub(crate) fn add_importance(
    folder: &RunFolder,
    metric: &Metric,
    part: &str,
    rows: usize,
    found: &[Importance],
) -> Result<()> {
    if !folder.file(KEPT).exists() {
        return Ok(());
    }
    let mut kept: Kept = folder.read_json(KEPT)?;
    let columns = found.iter().map(|column| report::ColumnImportance {
        column: column.column.clone(),
        mean: column.mean,
        standard_deviation: column.standard_deviation,
    });
    kept.report.importance = Some(report::Importance {
        metric: metric.name().to_string(),
        role: role(part),
        n: rows as u64,
        repetitions: found.first().map_or(0, |column| column.losses.len() as u64),
        columns: columns.collect(),
    });
    put(folder, &kept)
}

fn put(folder: &RunFolder, kept: &Kept) -> Result<()> {
    let language = kept.language.parse().unwrap_or_default();
    let json = serde_json::to_string(kept)
        .map_err(|error| Fault::of("file.failed").with("path", KEPT).with("found", error))?;
    folder.write(KEPT, json + "\n")?;
    for (name, figure) in kept.report.figures(language) {
        folder.write(&format!("figures/{name}"), figure)?;
    }
    folder.write("report.html", kept.report.html(language))
}

fn report_of(
    folder: &RunFolder,
    prepared: &Prepared,
    run: &Run,
    language: Language,
) -> Result<RunReport> {
    let record = folder.record()?;
    let layers = prepared.layers()?.into_iter().map(|layer| Layer {
        path: layer.path,
        kind: layer.kind,
        output: layer.shape.to_string(),
        parameters: layer.parameters as u64,
    });
    let decisions = prepared.decisions.iter().map(|decision| Decision {
        key: decision.key.to_string(),
        value: decision.value.clone(),
        because: decision.because.text(language),
    });
    let role = role(run.role);
    Ok(RunReport {
        name: folder.name(),
        ikhim: record.ikhim,
        task: task(prepared, language),
        status: status(run.status),
        seed: run.seed,
        created: record.started,
        seconds: record.seconds,
        steps: run.steps,
        scores: scores(prepared, run, role),
        data: data(prepared, language),
        layers: layers.collect(),
        epochs: run.history.iter().map(|record| epoch(record, role)).collect(),
        best_epoch: run.best_epoch,
        comparison: comparison(run, role, language),
        validation: match role {
            Role::Validation => judged(prepared, &run.validation),
            _ => Examination::default(),
        },
        importance: None,
        pictures: pictures::of_report(&run.model, prepared.data.judged().0, language)?,
        test: sealed(prepared)?,
        findings: run.findings.iter().map(|found| finding(found, language)).collect(),
        notices: prepared.report.notices.iter().map(|notice| notice.text(language)).collect(),
        decisions: decisions.collect(),
        experiment: experiment(folder)?,
    })
}

fn task(prepared: &Prepared, language: Language) -> String {
    let preprocessing = prepared.data.preprocessing();
    let classes = preprocessing.classes().len().to_string();
    match preprocessing.task() {
        Task::Regression => sentence::TASK_REGRESSION.say(language, &[]),
        Task::MultiLabel => sentence::TASK_MULTI_LABEL.say(language, &[]),
        Task::Reconstruction => sentence::TASK_RECONSTRUCTION.say(language, &[]),
        Task::NextToken => sentence::TASK_NEXT_TOKEN.say(language, &[("tokens", classes)]),
        _ => sentence::TASK_CLASSIFICATION.say(language, &[("classes", classes)]),
    }
}

fn status(status: ikhim_train::Status) -> Status {
    match status {
        ikhim_train::Status::Completed => Status::Completed,
        ikhim_train::Status::EarlyStopped => Status::EarlyStopped,
        ikhim_train::Status::Interrupted => Status::Interrupted,
        ikhim_train::Status::StoppedByFinding => Status::StoppedByFinding,
    }
}

fn role(word: &str) -> Role {
    if word == "train" { Role::Train } else { Role::Validation }
}

/// Every metric and the loss: on the rows that selected the weights, then on
/// the train rows.
fn scores(prepared: &Prepared, run: &Run, role: Role) -> Vec<Score> {
    let loss = prepared.experiment.training.loss().kind;
    let of = |judgement: &Judgement, role| {
        let rows = judgement.rows as u64;
        let metrics = judgement.metrics.iter();
        metrics
            .map(|(metric, value)| Score::new(metric.name(), *value, role, rows))
            .chain([Score::new(loss, judgement.loss, role, rows)])
            .collect::<Vec<_>>()
    };
    let mut scores = of(&run.validation, role);
    if role != Role::Train {
        scores.extend(of(&run.train, Role::Train));
    }
    scores
}

fn epoch(record: &EpochRecord, role: Role) -> Epoch {
    let metrics = record.metrics.iter();
    Epoch {
        epoch: record.epoch,
        train_loss: record.train_loss,
        train_loss_mode: LossMode::Running,
        validation_loss: record.validation_loss,
        metrics: metrics
            .map(|(name, value)| EpochMetric::new(name.clone(), role, *value))
            .collect(),
    }
}

/// The network beside what can be had without one.
fn comparison(run: &Run, role: Role, language: Language) -> Option<Comparison> {
    let (metric, network) = run.validation.first()?;
    let baselines = run.baselines.iter().filter_map(|baseline| {
        let name = match baseline.name {
            "majority" => sentence::BASELINE_MAJORITY.say(language, &[]),
            "mean" => sentence::BASELINE_MEAN.say(language, &[]),
            "linear" => sentence::BASELINE_LINEAR.say(language, &[]),
            "nearest_centroid" => sentence::BASELINE_CENTROID.say(language, &[]),
            "last_value" => sentence::BASELINE_LAST.say(language, &[]),
            other => other.to_string(),
        };
        Some(Baseline::new(name, baseline.judgement.first()?.1))
    });
    Some(Comparison {
        metric: metric.name().to_string(),
        higher_is_better: metric.direction() == Direction::Higher,
        role,
        n: run.validation.rows as u64,
        network,
        baselines: baselines.collect(),
        is_uncertain: run.gain().is_some_and(|gain| !gain.is_clear()),
        remarks: score::beside_no_change(run, language)
            .into_iter()
            .chain(least_squares(run, language))
            .chain(calibration::sentences(&run.model, language))
            .collect(),
    })
}

fn least_squares(run: &Run, language: Language) -> Vec<String> {
    let Some(gap) = run.least_squares else { return Vec::new() };
    let errors = [("floor", number(gap.floor)), ("network", number(gap.network))];
    let distance = gap.distance.map(|distance| {
        sentence::LEAST_SQUARES_DISTANCE.say(language, &[("distance", number(distance))])
    });
    [Some(sentence::LEAST_SQUARES_GAP.say(language, &errors)), distance]
        .into_iter()
        .flatten()
        .collect()
}

/// The rows that the network was judged on, one by one.
fn judged(prepared: &Prepared, judgement: &Judgement) -> Examination {
    let (rows, _) = prepared.data.judged();
    examination(&prepared.dataset, prepared.data.preprocessing(), rows, judgement)
}

/// The sealed rows one by one, after they were opened.
fn opened(prepared: &Prepared, model: &Model) -> Result<Examination> {
    // Of a table that is read in pieces they are not at hand any more.
    if prepared.dataset.is_streamed() {
        return Ok(Examination { n: prepared.test.len() as u64, ..Examination::default() });
    }
    let ids: HashSet<u64> = prepared.split.sealed_ids.iter().copied().collect();
    let all = prepared.dataset.row_ids().iter().enumerate();
    let positions: Vec<usize> =
        all.filter(|(_, id)| ids.contains(id)).map(|(position, _)| position).collect();
    let rows = prepared.dataset.take(&positions);
    let encoded = model.preprocessing().encode_labelled(&rows)?.encoded;
    let judgement = model.judge(&encoded, &model.metrics())?;
    Ok(examination(&rows, model.preprocessing(), &encoded, &judgement))
}

fn sealed(prepared: &Prepared) -> Result<Test> {
    if prepared.test.is_empty() {
        return Ok(Test::Absent);
    }
    let looks = prepared.test.looks()?.number() as u64;
    Ok(Test::Sealed { n: prepared.test.len() as u64, looks })
}

fn finding(found: &ikhim_run::Finding, language: Language) -> Finding {
    let treatments = found.treatments.iter().map(|treatment| {
        let settings = treatment.set.iter().map(|setting| format!(" (--set {setting})"));
        format!("{}{}", treatment.text.text(language), settings.collect::<String>())
    });
    Finding {
        id: found.id.clone(),
        severity: match found.severity {
            ikhim_run::Severity::Information => Severity::Note,
            ikhim_run::Severity::Warning => Severity::Warning,
            ikhim_run::Severity::Error => Severity::Error,
        },
        place: found.place.clone(),
        evidence: std::iter::once(&found.sentence)
            .filter(|told| !told.is_empty())
            .chain(&found.evidence)
            .chain(&found.counter_evidence)
            .map(|told| told.text(language).to_string())
            .collect(),
        treatments: treatments.collect(),
    }
}

fn data(prepared: &Prepared, language: Language) -> Data {
    let dataset = &prepared.dataset;
    let parts = [
        (Role::Train, prepared.data.train().len()),
        (Role::Validation, prepared.data.validation().len()),
        (Role::Test, prepared.test.len()),
    ];
    Data {
        source: dataset.name().to_string(),
        sha256: dataset.content_hash().to_string(),
        split: prepared.report.method.word().to_string(),
        parts: parts.into_iter().map(|(role, rows)| Part::new(role, rows as u64)).collect(),
        columns: columns(prepared, language),
        notices: prepared.notices.iter().map(|notice| notice.text(language)).collect(),
    }
}

/// The columns with what is missing among the train rows.
fn columns(prepared: &Prepared, language: Language) -> Vec<Column> {
    let train: HashSet<u64> = prepared.data.train().encoded().row_ids.iter().copied().collect();
    let ids = prepared.dataset.row_ids();
    let column = |column: &ikhim_data::ColumnData| {
        let rows = ids.iter().enumerate().filter(|(_, id)| train.contains(id));
        let missing = rows.filter(|(row, _)| column.values.is_missing(*row)).count() as u64;
        let kind = match &column.values {
            Values::Array { shape, .. } => {
                let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
                format!("{} {}", column.kind.word(), sizes.join("×"))
            }
            _ => column.kind.word().to_string(),
        };
        Column {
            name: column.name.clone(),
            kind,
            target: column.role == ikhim_data::Role::Target,
            missing,
            encoding: encoding(column, missing, language),
        }
    };
    prepared.dataset.columns().iter().map(column).collect()
}

/// The words of the experiment for what is done to a column.
fn encoding(column: &ikhim_data::ColumnData, missing: u64, language: Language) -> String {
    let policy = &column.policy;
    let mut words = Vec::new();
    match (&column.values, column.role) {
        (_, ikhim_data::Role::Ignored) => return sentence::REPORT_LEFT_OUT.say(language, &[]),
        (Values::Category { levels, .. }, ikhim_data::Role::Input) => {
            words.push(format!("{} ({})", policy.encoding.word(), levels.len()));
        }
        (Values::Number(_) | Values::Array { .. }, _) => {
            if policy.transform != ikhim_data::Transform::None {
                words.push(policy.transform.word().to_string());
            }
            words.push(policy.scaling.word().to_string());
        }
        (Values::Category { levels, .. }, _) => {
            let count = [("levels", levels.len().to_string())];
            words.push(sentence::REPORT_LEVELS.say(language, &count));
        }
        _ => {}
    }
    if missing > 0 {
        words.push(policy.missing.word().to_string());
    }
    words.join(", ")
}

fn experiment(folder: &RunFolder) -> Result<String> {
    let path = folder.file("experiment.toml");
    std::fs::read_to_string(&path).map_err(|error| ikhim_run::durable::fault(&path, &error))
}
