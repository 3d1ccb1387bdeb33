//! `ikhim train`.

mod folds;
mod learning_rate;
mod many;
mod seeds;
mod summary;

use crate::arguments::{Changes, positive, positive_number};
use crate::command::{Answer, check, doctor};
use crate::console::Console;
use crate::document::Document;
use crate::exit::Exit;
use crate::experiment_source::ExperimentSource;
use crate::project::{Project, relative, typed};
use crate::report::progress::ReadingBar;
use crate::report::{events, live, page, progress, samples};
use crate::run::KeptRun;
use crate::signal::Signals;
use crate::{calibration, score};
use clap::Args;
use ikhim_cpu::Runtime;
use ikhim_doctor::{COURSE, Chart, Course, Live, Watch, examine, told};
use ikhim_graph::Array;
use ikhim_report::number;
use ikhim_run::{Checkpoint, RunFolder, folder};
use ikhim_text::{Fault, Result, sentence};
use ikhim_train::experiment::Prepared;
use ikhim_train::{Launch, Run, Status, reopen};
use std::num::NonZero;
use std::path::{Path, PathBuf};

/// Train a network; without arguments on the digits that ikhim carries
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ikhim train                                    1,797 handwritten digits
  ikhim train houses.csv --target price          a table
  ikhim train houses.toml --set training.epochs=20
  ikhim train iris --seed 1 --seeds 5            five runs and their spread
  ikhim train iris --folds 5                     cross-validation: one number and its spread
  ikhim train --resume latest                    go on where it was stopped")]
pub(crate) struct Arguments {
    /// An experiment file, a table, a folder of images or of idx files, or the name of a data set
    source: Option<String>,
    /// The column to be learned; may be repeated; else the last one
    #[arg(long, value_name = "COLUMN")]
    target: Vec<String>,
    #[command(flatten)]
    changes: Changes,
    /// Train so many seeds, from --seed on, and show the spread
    #[arg(long, value_name = "N", display_order = 104, value_parser = positive::<NonZero<u32>>)]
    #[arg(allow_negative_numbers = true)]
    seeds: Option<NonZero<u32>>,
    /// Cross-validate: cut what is not sealed into so many folds, one run for each
    #[arg(long, value_name = "N", display_order = 104, value_parser = positive::<NonZero<u32>>)]
    #[arg(allow_negative_numbers = true, conflicts_with = "seeds")]
    folds: Option<NonZero<u32>>,
    /// Cut the folds so many times anew
    #[arg(long, value_name = "N", display_order = 104, value_parser = positive::<NonZero<u32>>)]
    #[arg(allow_negative_numbers = true, requires = "folds")]
    repeats: Option<NonZero<u32>>,
    /// Keep the run in this folder instead of runs/NAME-0001
    #[arg(long, value_name = "DIR", display_order = 105, conflicts_with_all = ["seeds", "folds"])]
    out: Option<PathBuf>,
    /// Begin a new run with the weights of another
    #[arg(long, value_name = "RUN", display_order = 106)]
    from: Option<String>,
    /// Go on with a run, or from one of its checkpoint files
    #[arg(long, value_name = "RUN", display_order = 107)]
    #[arg(conflicts_with_all = ["source", "target", "set", "seed", "epochs", "name", "seeds", "folds", "out", "from"])]
    resume: Option<String>,
    /// Train for about so many seconds: the length is chosen by the speed of this
    /// machine and written into the run
    #[arg(long, value_name = "SECONDS", display_order = 109, value_parser = positive_number)]
    #[arg(allow_negative_numbers = true, conflicts_with_all = ["epochs", "folds", "resume", "lr_find"])]
    time_limit: Option<f64>,
    /// Try learning rates for a few steps each and suggest one; trains nothing
    #[arg(long, display_order = 109)]
    #[arg(conflicts_with_all = ["seeds", "folds", "out", "from", "resume"])]
    lr_find: bool,
    /// Write a checkpoint every so many steps, instead of about once a second
    #[arg(long, value_name = "STEPS", display_order = 108)]
    #[arg(value_parser = positive::<NonZero<u64>>, allow_negative_numbers = true)]
    checkpoint_every: Option<NonZero<u64>>,
    /// Then put the doctor's treatments to the proof and keep what is significantly
    /// better, as `ikhim doctor RUN --treat` does
    #[arg(long, display_order = 109)]
    #[arg(conflicts_with_all = ["seeds", "folds", "lr_find", "no_doctor", "resume"])]
    treat: bool,
    /// Train without the doctor, who watches and says what is wrong
    #[arg(long, display_order = 109)]
    no_doctor: bool,
}

impl Arguments {
    /// The changes with those that the flags of a cross-validation say.
    fn with_folds(&self) -> Changes {
        let mut changes = self.changes.clone();
        changes.set.extend(self.folds.map(|folds| format!("split.folds={folds}")));
        changes.set.extend(self.repeats.map(|repeats| format!("split.repeats={repeats}")));
        changes
    }
}

pub(crate) fn run(arguments: Arguments, runtime: &Runtime, console: &Console) -> Result<Answer> {
    let session = Session {
        project: Project::find(),
        signals: Signals::listen()?,
        checkpoint_every: arguments.checkpoint_every,
        has_doctor: !arguments.no_doctor,
        runtime,
        console,
    };
    match &arguments.resume {
        Some(meant) => session.resume(meant),
        None => session.train(&arguments),
    }
}

/// Trains an experiment with several seeds, as `--seeds` does.
pub(super) fn with_seeds(
    source: ExperimentSource,
    seeds: usize,
    runtime: &Runtime,
    console: &Console,
) -> Result<Answer> {
    let session = Session {
        project: Project::find(),
        signals: Signals::listen()?,
        checkpoint_every: None,
        has_doctor: false,
        runtime,
        console,
    };
    let ledger = session.project.ledger();
    let prepared = Prepared::in_project(&source.experiment, &source.base, ledger)?;
    session.seeds(&prepared, &source, None, seeds as u32)
}

/// What all trainings of one command share.
struct Session<'a> {
    project: Project,
    signals: Signals,
    checkpoint_every: Option<NonZero<u64>>,
    has_doctor: bool,
    runtime: &'a Runtime,
    console: &'a Console,
}

/// Whether a run has the machine for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Company {
    /// It has all threads.
    Alone,
    /// Several runs go on at a time, on one thread each.
    Others,
}

/// What a training that is resumed has behind it.
#[derive(Default)]
struct Before {
    epochs: u64,
    course: Course,
}

/// A run that ended, where it was kept.
struct Ended {
    path: PathBuf,
    run: Run,
}

impl Session<'_> {
    fn train(&self, arguments: &Arguments) -> Result<Answer> {
        if let Some(path) = &arguments.out {
            RunFolder::check_free(path)?;
        }
        let (mut source, parent) = self.source(arguments)?;
        for ignored in source.experiment.ignored(self.console.language) {
            self.console.warn(ignored);
        }
        if arguments.lr_find {
            return self.learning_rate(&source);
        }
        let split = &source.experiment.split;
        if split.folds().is_some() && split.fold().is_none() {
            return self.folds(&source, arguments);
        }
        let ledger = self.project.ledger();
        let reading = self.signals.reading();
        let bar = ReadingBar::of(&reading, self.console.language, self.console.glyphs());
        let prepared =
            Prepared::in_project_reading(&source.experiment, &source.base, ledger, &reading);
        drop(bar);
        let prepared = prepared?;
        // A network that does not fit leaves no folder behind.
        prepared.step()?;
        prepared.keep_assignment()?;
        let prepared = match arguments.time_limit {
            Some(seconds) => self.within(seconds, &mut source, &prepared)?,
            None => prepared,
        };
        summary::before(&prepared, self.console)?;
        let from = parent.as_ref();
        let prepared = match from {
            Some(parent) => self.going_on(parent, prepared)?,
            None => prepared,
        };
        match arguments.seeds {
            Some(seeds) => self.seeds(&prepared, &source, from, seeds.get()),
            None => {
                let folder = self.folder(arguments.out.as_deref(), &prepared)?;
                let path = folder.path().to_path_buf();
                let seed = source.experiment.seed;
                let run = self.launch(folder, &prepared, &source, from, seed, Company::Alone)?;
                let is_over = run.status != Status::Interrupted;
                let answer = self.ended(&Ended { path: path.clone(), run }, &prepared)?;
                if !(arguments.treat && is_over) {
                    return Ok(answer);
                }
                let treated = doctor::treated(&path, &self.project, self.runtime, self.console)?;
                let document = answer.document.with("treated", treated);
                Ok(Answer { document, exit: answer.exit })
            }
        }
    }

    /// The experiment with the length that takes about so many seconds.
    fn within(
        &self,
        seconds: f64,
        source: &mut ExperimentSource,
        prepared: &Prepared,
    ) -> Result<Prepared> {
        let (steps, per_epoch) = check::steps_within(prepared, seconds)?;
        let setting = match prepared.experiment.training.steps() {
            Some(_) => format!("training.steps={}", steps.max(1)),
            None => format!("training.epochs={}", (steps / per_epoch.max(1)).max(1)),
        };
        source.experiment = source.experiment.with(std::slice::from_ref(&setting))?;
        let words = [("seconds", number(seconds)), ("setting", setting)];
        self.console.say(sentence::TRAIN_TIME_LIMIT, &words);
        let limited = prepared.with_experiment(&source.experiment)?;
        Ok(limited.in_ledger(self.project.ledger()))
    }

    /// The experiment, and the run whose weights begin it. Without an experiment
    /// of its own a new run takes that of the other.
    fn source(&self, arguments: &Arguments) -> Result<(ExperimentSource, Option<KeptRun>)> {
        let (meant, targets) = (arguments.source.as_deref(), arguments.target.as_slice());
        let Some(from) = &arguments.from else {
            let changes = arguments.with_folds();
            let source = ExperimentSource::of(meant, targets, &changes, self.console)?;
            return Ok((source, None));
        };
        let parent = KeptRun::find(&self.project, from)?;
        let source = match meant {
            Some(_) => ExperimentSource::of(meant, targets, &arguments.changes, self.console)?,
            None => ExperimentSource {
                experiment: parent
                    .experiment(&self.project)?
                    .with(&arguments.changes.settings())?,
                base: parent.folder.path().to_path_buf(),
                original: None,
            },
        };
        Ok((source, Some(parent)))
    }

    /// The rows by the preprocessing of the run whose weights are taken over, so that
    /// a weight keeps its meaning, where it fits their columns.
    fn going_on(&self, parent: &KeptRun, prepared: Prepared) -> Result<Prepared> {
        let model = parent.model(self.runtime)?;
        let (prepared, is_kept) = match prepared.going_on(model.preprocessing())? {
            Some(kept) => (kept.in_ledger(self.project.ledger()), true),
            None => (prepared, false),
        };
        self.tell_parent(parent, &prepared)?;
        if !is_kept {
            self.console.say(sentence::TRAIN_FROM_REFITTED, &[]);
        }
        Ok(prepared)
    }

    /// Says which weights of the other run have a place in this network, and
    /// refuses when none has.
    fn tell_parent(&self, parent: &KeptRun, prepared: &Prepared) -> Result<()> {
        let weights = parent.model(self.runtime)?;
        let own = prepared.start(0)?.state;
        let fits = |path: &str, array: &Array| {
            own.get(path).is_some_and(|own| own.shape() == array.shape())
        };
        let all = weights.state().iter().count();
        let fitting = weights.state().iter().filter(|(path, array)| fits(path, array)).count();
        let run = parent.path().display().to_string();
        if fitting == 0 {
            return Err(Fault::of("train.no_weights_fit").with("path", run));
        }
        self.console.say(sentence::TRAIN_FROM, &[("run", run)]);
        if fitting < all {
            let layers = prepared.parameters()?;
            let new = layers.into_iter().filter(|path| {
                let taken = weights.state().get(path).is_some_and(|array| fits(path, array));
                !taken
            });
            let new: Vec<String> = new.collect();
            self.console.say(
                sentence::TRAIN_FROM_PART,
                &[
                    ("fitting", fitting.to_string()),
                    ("all", all.to_string()),
                    ("new", if new.is_empty() { "–".to_string() } else { new.join(", ") }),
                ],
            );
        }
        Ok(())
    }

    fn folder(&self, out: Option<&Path>, prepared: &Prepared) -> Result<RunFolder> {
        let runs = self.project.runs();
        let folder = match out {
            Some(path) => RunFolder::create(path)?,
            None => RunFolder::next(&runs, &prepared.experiment.name)?,
        };
        if folder.path().parent() == Some(runs.as_path()) {
            folder::set_latest(&runs, &folder.name())?;
        }
        Ok(folder)
    }

    fn launch(
        &self,
        folder: RunFolder,
        prepared: &Prepared,
        source: &ExperimentSource,
        parent: Option<&KeptRun>,
        seed: u64,
        company: Company,
    ) -> Result<Run> {
        let path = folder.path().to_path_buf();
        let mut launch = Launch::new(folder, self.project.ledger()).seed(seed).command(command());
        if let Some(original) = &source.original {
            launch = launch.original(original);
        }
        if let Some(parent) = parent {
            let state = parent.model(self.runtime)?.state().clone();
            launch = launch.from_run(parent.record.id.clone(), state);
        }
        let before = Before::default();
        self.watched(&path, launch, prepared, before, company, |launch| launch.run(prepared))
    }

    /// Trains under everybody who watches, then writes the page. Only a training
    /// that is alone shows its progress and has all threads.
    fn watched(
        &self,
        path: &Path,
        launch: Launch,
        prepared: &Prepared,
        before: Before,
        company: Company,
        train: impl FnOnce(Launch) -> Result<Run>,
    ) -> Result<Run> {
        let (language, glyphs) = (self.console.language, self.console.glyphs());
        let alone = company == Company::Alone;
        let runtime = match company {
            Company::Alone => self.runtime.clone(),
            Company::Others => Runtime::builder().threads(1).cpu(self.runtime.level()).build(),
        };
        let columns = self.console.columns();
        let watch = match self.has_doctor {
            true => Some(Watch::new(prepared, &runtime)?.after(before.course)),
            false => None,
        };
        let record = watch.as_ref().map(Watch::record);
        let (progress, bar) = progress::observer(language, glyphs, alone, columns);
        let mut launch = launch
            .runtime(runtime)
            .observer(events::observer(path, prepared, before.epochs)?)
            .observer(progress)
            .interrupt(self.signals.interrupt());
        let shown = alone && !self.console.json;
        if let Some(samples) = samples::observer(path, prepared, before.epochs, language, shown)? {
            launch = launch.observer(samples);
        }
        if let Some(steps) = self.checkpoint_every {
            launch = launch.checkpoint_every(steps.get());
        }
        if let Some(watch) = watch {
            launch = launch.observer(watch);
        }
        let mut run = match record.clone().filter(|_| shown) {
            None => train(launch)?,
            Some(record) => {
                let doctor = Live::new(prepared, prepared.experiment.seed)?;
                let (quarters, receiver) = live::observer(record);
                let launch = launch.observer(quarters);
                let (bar, console) = (&bar, self.console);
                std::thread::scope(|scope| {
                    scope.spawn(move || live::listen(doctor, &receiver, bar, console));
                    train(launch)
                })?
            }
        };
        if let Some(record) = record {
            let mut course = record.course();
            course.ended(&run, prepared);
            let folder = RunFolder::read(path)?;
            folder.write_json(COURSE, &course)?;
            if run.status != Status::Interrupted {
                let chart = Chart::before(prepared, run.seed)?.with(&course);
                run.findings.extend(told(examine(&chart)));
                folder.write_json("findings.json", &run.findings)?;
            }
        }
        page::write(&RunFolder::read(path)?, prepared, &run, language)?;
        Ok(run)
    }

    fn resume(&self, meant: &str) -> Result<Answer> {
        let is_file = Path::new(meant).is_file();
        let path = if is_file { PathBuf::from(meant) } else { self.project.run(meant)? };
        let (folder, prepared, checkpoint) = reopen(&path)?;
        let prepared = prepared.in_ledger(self.project.ledger());
        summary::before(&prepared, self.console)?;
        self.tell_resumed(&folder, &checkpoint);
        let path = folder.path().to_path_buf();
        // Of a run that was killed, or that nobody watched, there is no course.
        let course = folder.read_json(COURSE).unwrap_or_default();
        let launch = Launch::new(folder, self.project.ledger());
        let before = Before { epochs: checkpoint.control.epoch, course };
        let run = self.watched(&path, launch, &prepared, before, Company::Alone, |launch| {
            launch.resume(&prepared, checkpoint)
        })?;
        self.ended(&Ended { path, run }, &prepared)
    }

    fn tell_resumed(&self, folder: &RunFolder, checkpoint: &Checkpoint) {
        let sentence = match checkpoint.control.finished {
            Some(_) => sentence::TRAIN_ALREADY_DONE,
            None => sentence::TRAIN_RESUMED,
        };
        let step = checkpoint.control.step.to_string();
        self.console.say(sentence, &[("run", folder.name()), ("step", step)]);
    }

    fn ended(&self, ended: &Ended, prepared: &Prepared) -> Result<Answer> {
        summary::after(ended, prepared, self.console);
        let exit = self.exit(ended.run.status);
        if matches!(exit, Exit::Interrupted | Exit::Terminated) {
            self.console.warn(resume_command(&ended.path));
        }
        let document = document(Document::new("train"), ended, prepared)?;
        Ok(Answer { document, exit })
    }

    fn exit(&self, status: Status) -> Exit {
        match status {
            Status::Interrupted => self.signals.exit(),
            Status::StoppedByFinding => Exit::Finding,
            _ => Exit::Done,
        }
    }
}

fn resume_command(path: &Path) -> String {
    format!("ikhim train --resume {}", typed(path))
}

/// The line of command as a person would type it.
fn command() -> String {
    let arguments = std::env::args().skip(1).map(|argument| {
        if argument.contains(char::is_whitespace) { format!("\"{argument}\"") } else { argument }
    });
    ["ikhim".to_string()].into_iter().chain(arguments).collect::<Vec<_>>().join(" ")
}

/// Everything that is known of a run at its end.
fn document(document: Document, ended: &Ended, prepared: &Prepared) -> Result<Document> {
    let Ended { path, run } = ended;
    let record = RunFolder::read(path)?.record()?;
    let train = score::with_loss(&run.train).with("mode", "eval");
    let (train, validation) = if run.role == "train" {
        (score::beside_rules(train, run), None)
    } else {
        let validation = score::with_loss(&run.validation);
        (train, Some(score::beside_rules(validation, run)))
    };
    let parameters = run.model.definition().parameters();
    let model = Document::part()
        .with("parameters", parameters)
        .with("file", relative(&path.join("model.safetensors")).display().to_string())
        .with("threshold", calibration::document(&run.model));
    let sealed = prepared.test.len();
    let looks = if sealed > 0 { prepared.test.looks()?.number() } else { 0 };
    let test = Document::part().with("n", sealed).with("sealed", sealed > 0).with("looks", looks);
    let document = document
        .with("run", relative(path).display().to_string())
        .with("id", &record.id)
        .with("status", run.status.word())
        .with("task", prepared.dataset.task())
        .with("epochs", run.epochs)
        .with("steps", run.steps)
        .with("best_epoch", run.best_epoch)
        .number("seconds", record.seconds)
        .with("seed", run.seed)
        .with("threads", record.threads)
        .with("cpu", &record.cpu)
        .number("learning_rate", run.learning_rate)
        .with("train", train)
        .with("validation", validation)
        .with("test", test)
        .with("model", model)
        .with("parent", &record.parent)
        .with("decisions", check::decisions(prepared))
        .with(
            "notices",
            prepared.notices.iter().chain(&prepared.report.notices).collect::<Vec<_>>(),
        )
        .with("findings", &run.findings);
    Ok(match &run.least_squares {
        Some(gap) => document.with(
            "least_squares",
            Document::part()
                .number("floor", gap.floor)
                .number("network", gap.network)
                .maybe("distance", gap.distance),
        ),
        None => document,
    })
}
