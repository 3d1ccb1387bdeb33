//! `ikhim tune`.

mod nested;

use crate::arguments::Changes;
use crate::command::{Answer, train};
use crate::console::Console;
use crate::document::Document;
use crate::experiment_source::ExperimentSource;
use crate::project::{Project, relative, typed};
use crate::signal::Signals;
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_report::terminal::{Side, Table};
use ikhim_report::{count, number};
use ikhim_run::experiment::Experiment;
use ikhim_run::{RunFolder, durable};
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::{Prepared, placed};
use ikhim_train::tune::{Tried, Tuning};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The folder of the tunings of a project, beside that of the runs.
const TUNINGS: &str = "tunings";
/// One line for each trial and round that ended.
const JOURNAL: &str = "trials.jsonl";
/// The experiment of the winner.
const WINNER: &str = "winner.toml";
/// Trials that are shown.
const SHOWN: usize = 10;

/// Try values of an experiment's keys, on validation only
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ikhim tune houses-tuned.toml                  what its section [tune] says
  ikhim tune houses-tuned.toml --set tune.trials=50
  ikhim tune houses-tuned.toml --folds 5        what the tuning is worth, by nested folds
  ikhim tune --resume tunings/houses-0001       go on where it was stopped
Trials run one on each thread (--threads). The best one is trained once more with
several seeds; the test part stays sealed.")]
pub(crate) struct Arguments {
    /// An experiment file with a section [tune]
    #[arg(required_unless_present = "resume")]
    source: Option<String>,
    #[command(flatten)]
    changes: Changes,
    /// Nested cross-validation over so many outer folds: what the tuning is worth
    #[arg(long, value_name = "N")]
    folds: Option<usize>,
    /// Inner folds of a nested cross-validation, on which is chosen (3 by default)
    #[arg(long, value_name = "N", requires = "folds")]
    inner: Option<usize>,
    /// Go on with a tuning
    #[arg(long, value_name = "DIR", conflicts_with_all = ["source", "set", "seed", "epochs", "name", "folds"])]
    resume: Option<PathBuf>,
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let project = Project::find();
    let signals = Signals::listen()?;
    let (mut source, folder) = match &arguments.resume {
        Some(path) => resumed(path)?,
        None => {
            let meant = arguments.source.as_deref();
            (ExperimentSource::of(meant, &[], &arguments.changes, console)?, None)
        }
    };
    if let Some(folds) = arguments.folds.filter(|_| source.experiment.tune.is_some()) {
        let inner = arguments.inner.unwrap_or(3);
        let setting = format!("tune.nested={{folds={folds}, inner={inner}}}");
        source.experiment = source.experiment.with(&[setting])?;
    }
    if nested::is_asked(&source.experiment) {
        return nested::run(&source, folder, &project, &signals, runtime, console);
    }
    let tuning = Tuning::new(&source.experiment, &source.base, project.ledger())?;
    tuning.prepared().keep_assignment()?;
    let folder = match folder {
        Some(folder) => folder,
        None => begin(&project, &source.experiment, tuning.prepared())?,
    };
    let known = known(&folder, JOURNAL);
    before(&tuning, known.len(), console);
    let journal = Mutex::new(folder.file(JOURNAL));
    let tried = tuning.run(runtime, &signals.interrupt(), known, |tried| {
        tell(&tuning, tried, console);
        let path = journal.lock().map_err(|_| Fault::of("file.failed"))?;
        append(&path, tried)
    })?;
    if signals.interrupt().is_requested() {
        console.warn(format!("ikhim tune --resume {}", typed(folder.path())));
        let document = document(&tuning, &tried, &folder).with("winner", None::<Document>);
        return Ok(Answer { document, exit: signals.exit() });
    }
    after(&tuning, &tried, &folder, runtime, console)
}

/// The folder of a tuning, with the experiment as it was.
fn resumed(path: &Path) -> Result<(ExperimentSource, Option<RunFolder>)> {
    // A folder that holds no tuning is left as it is.
    let source = ExperimentSource::of_file(&path.join("experiment.toml"), &[])?;
    Ok((source, Some(RunFolder::reopen(path)?)))
}

/// What was done so far, a line of a journal for each; one that was cut short is done
/// again.
fn known<T: DeserializeOwned>(folder: &RunFolder, journal: &str) -> Vec<T> {
    let text = std::fs::read_to_string(folder.file(journal)).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Makes the folder of a tuning, with the whole experiment.
fn begin(project: &Project, experiment: &Experiment, prepared: &Prepared) -> Result<RunFolder> {
    let root = project.folder().join(TUNINGS);
    let folder = RunFolder::next(&root, &experiment.name)?;
    let whole = match placed(prepared.dataset.origin()) {
        Some(setting) => experiment.with(&[setting])?,
        None => experiment.clone(),
    };
    folder.write("experiment.toml", whole.resolved_toml())?;
    Ok(folder)
}

fn append(path: &Path, done: &impl Serialize) -> Result<()> {
    let write = || -> std::io::Result<()> {
        // A line that was cut short must not swallow the next one.
        let is_cut =
            std::fs::read(path).is_ok_and(|text| text.last().is_some_and(|at| *at != b'\n'));
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        let line = format!("{}{}\n", if is_cut { "\n" } else { "" }, serde_json::to_string(done)?);
        file.write_all(line.as_bytes())?;
        file.sync_all()
    };
    write().map_err(|error| durable::fault(path, &error))
}

fn before(tuning: &Tuning, known: usize, console: &Console) {
    let prepared = tuning.prepared();
    super::data::headline(&prepared.dataset, console);
    console.say(sentence::TRAIN_PARTS, &super::data::sizes(&prepared.report));
    let rounds: Vec<String> = tuning
        .rounds()
        .iter()
        .map(|round| match round.epochs {
            Some(epochs) => format!("{} × {epochs}", round.trials),
            None => round.trials.to_string(),
        })
        .collect();
    console.say(
        sentence::TUNE_BEFORE,
        &[("trials", rounds.join(" → ")), ("metric", tuning.metric().name().to_string())],
    );
    if known > 0 {
        console.say(sentence::TUNE_KNOWN, &[("known", known.to_string())]);
    }
}

/// The progress on a terminal: a line for each trial that ended.
fn tell(tuning: &Tuning, tried: &Tried, console: &Console) {
    if !console.is_watched() {
        return;
    }
    let value = tried.value.map_or(tried.status.clone(), number);
    let settings = tuning.trial(tried.trial).map(|trial| trial.arguments().join(", "));
    console.warn(format!("{:>4}  {value}  {}", tried.trial, settings.unwrap_or_default()));
}

/// The table, the winner, and the winner once more with several seeds.
fn after(
    tuning: &Tuning,
    tried: &[Tried],
    folder: &RunFolder,
    runtime: &Runtime,
    console: &Console,
) -> Result<Answer> {
    let ranked = tuning.ranked(tried);
    folder.write("trials.csv", csv(tuning, tried))?;
    let language = console.language;
    let points: Vec<(u64, f64)> =
        tried.iter().filter_map(|tried| Some((tried.trial as u64, tried.value?))).collect();
    let figure = ikhim_report::figure::trials(&points, tuning.metric().name(), language);
    folder.write("figures/trials.svg", figure.to_string())?;
    console.text(&format!("\n{}", table(tuning, &ranked, console)));
    let winner = ranked.first().filter(|tried| tried.value.is_some());
    let Some((tried_best, trial)) = winner.and_then(|best| Some((best, tuning.trial(best.trial)?)))
    else {
        return Err(Fault::of("train.no_trial_worked")
            .with("trials", tuning.trials().len())
            .with("found", ranked.first().map_or("", |tried| tried.status.as_str())));
    };
    let experiment = tuning.experiment(trial)?;
    let placed = match placed(tuning.prepared().dataset.origin()) {
        Some(setting) => experiment.with(&[setting])?,
        None => experiment.clone(),
    };
    folder.write(WINNER, placed.resolved_toml())?;
    let value = tried_best.value.unwrap_or(f64::NAN);
    console.say(
        sentence::TUNE_WINNER,
        &[
            ("trial", trial.number.to_string()),
            ("metric", tuning.metric().name().to_string()),
            ("value", number(value)),
            ("trials", count(tuning.trials().len() as u64)),
        ],
    );
    for argument in trial.arguments() {
        console.line(format!("  {argument}"));
    }
    let winner = Document::part()
        .with("trial", trial.number)
        .with("settings", settings(trial))
        .number("value", value)
        .with("experiment", relative(&folder.file(WINNER)).display().to_string());
    let document = document(tuning, tried, folder).with("winner", winner);
    let seeds = tuning.retrain_seeds();
    if seeds == 0 {
        return Ok(Answer::done(document));
    }
    console.line("");
    console.say(sentence::TUNE_RETRAIN, &[("seeds", seeds.to_string())]);
    let source = ExperimentSource::of_file(&folder.file(WINNER), &[])?;
    let retrained = train::with_seeds(source, seeds, runtime, console)?;
    let exit = retrained.exit;
    Ok(Answer { document: document.with("retrained", retrained.document), exit })
}

fn settings(trial: &ikhim_train::tune::Trial) -> Document {
    trial
        .settings
        .iter()
        .fold(Document::part(), |document, (path, value)| document.with(path, value))
}

fn document(tuning: &Tuning, tried: &[Tried], folder: &RunFolder) -> Document {
    let trial = |tried: &Tried| {
        let settings = tuning.trial(tried.trial).map(settings).unwrap_or_default();
        Document::part()
            .with("trial", tried.trial)
            .with("round", tried.round)
            .with("settings", settings)
            .maybe("value", tried.value)
            .with("epochs", tried.epochs)
            .with("best_epoch", tried.best_epoch)
            .with("status", &tried.status)
            .number("seconds", tried.seconds)
    };
    Document::new("tune")
        .with("folder", relative(folder.path()).display().to_string())
        .with("metric", tuning.metric().name())
        .with("trials", tried.iter().map(trial).collect::<Vec<_>>())
}

fn table(tuning: &Tuning, ranked: &[&Tried], console: &Console) -> String {
    let paths = tuning.trials().first().map(|trial| trial.settings.clone()).unwrap_or_default();
    // The last part of a path is the key; the table would be wide with the rest.
    let short = |path: &String| path.rsplit('.').next().unwrap_or(path).to_string();
    let keys = paths.iter().map(|(path, _)| (short(path), Side::Right));
    let part = console.word(sentence::ROLE_VALIDATION);
    let mut table = Table::new(
        [(console.word(sentence::COLUMN_TRIAL), Side::Right)].into_iter().chain(keys).chain([
            (console.word(sentence::COLUMN_EPOCHS), Side::Right),
            (format!("{part} {}", tuning.metric().name()), Side::Right),
        ]),
    );
    for tried in ranked.iter().take(SHOWN) {
        let Some(trial) = tuning.trial(tried.trial) else { continue };
        let values = trial.settings.iter().map(|(_, value)| rounded(value));
        table.row(
            [tried.trial.to_string()].into_iter().chain(values).chain([
                tried.epochs.to_string(),
                tried.value.map_or(tried.status.clone(), number),
            ]),
        );
    }
    table.render(console.columns(), console.glyphs())
}

/// A drawn number as one reads it; everything else as it is.
fn rounded(value: &str) -> String {
    match value.parse::<f64>() {
        Ok(number) if value.len() > 8 => format!("{number:.3e}"),
        _ => value.to_string(),
    }
}

/// All that was tried, for pandas.
fn csv(tuning: &Tuning, tried: &[Tried]) -> String {
    let quoted = |cell: &str| match cell.contains([',', '"', '\n']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell.to_string(),
    };
    let first = tuning.trials().first();
    let keys = first.into_iter().flat_map(|trial| trial.settings.iter().map(|(path, _)| path));
    let mut header = vec!["trial".to_string(), "round".to_string()];
    header.extend(keys.map(|path| quoted(path)));
    header.extend(["epochs", "value", "best_epoch", "status", "seconds"].map(str::to_string));
    let mut text = header.join(",") + "\n";
    for tried in tried {
        let mut cells = vec![tried.trial.to_string(), tried.round.to_string()];
        let trial = tuning.trial(tried.trial);
        cells.extend(trial.into_iter().flat_map(|trial| {
            trial.settings.iter().map(|(_, value)| quoted(value)).collect::<Vec<_>>()
        }));
        cells.push(tried.epochs.to_string());
        cells.push(tried.value.map_or(String::new(), |value| value.to_string()));
        cells.push(tried.best_epoch.map_or(String::new(), |epoch| epoch.to_string()));
        cells.extend([tried.status.clone(), format!("{:.3}", tried.seconds)]);
        text += &(cells.join(",") + "\n");
    }
    text
}
