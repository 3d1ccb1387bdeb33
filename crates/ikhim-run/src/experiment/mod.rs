//! The experiment file: read, checked, with all its defaults.
//!
//! Everything about a key is declared once, in [`key`]. [`Experiment::read`]
//! gives the whole file checked and resolved, or all its faults at once;
//! [`Experiment::resolved_toml`] writes it with every default, so that it can
//! be run again.
//!
//! ```
//! use ikhim_run::experiment::Experiment;
//! let text = "[data]\ndataset = 'digits'\n[training]\noptimizer = { type = 'adam', beta_1 = 0.8 }";
//! let experiment = Experiment::parse(text, "digits.toml", &[])?;
//! assert_eq!(experiment.training.optimizer().settings.number("beta_1"), Some(0.8));
//! assert_eq!(experiment.training.learning_rate(), 1e-3);
//!
//! let fault = Experiment::parse("[data]\nrow = [[1]]", "bad.toml", &[]).unwrap_err();
//! assert_eq!(fault.to_string(), "unknown key `row` in `[data]`");
//! # Ok::<(), ikhim_text::Fault>(())
//! ```

mod augmentation;
mod build;
mod check;
mod extends;
mod fault;
mod image_files;
pub mod key;
mod layers;
mod parameters;
mod places;
mod reader;
pub mod reference;
mod resolved;
pub mod schema;
mod section;
mod set;
mod source;
mod tree;
mod value;
pub(crate) mod written;

pub use layers::LayerEntry;
pub use section::{
    DataSection, DecisionThreshold, EarlyStopping, ExpectSection, FaultSection, ModelSection,
    Parameter, SplitSection, TrainingSection, Trials, TuneSection,
};
pub use set::complete;
pub use source::Source;
pub use value::{Choice, Settings, Value};

use check::check;
use extends::Loaded;
use ikhim_text::sentence::{Sentence, TUNE_IGNORED};
use ikhim_text::{Fault, Language, Result};
use places::Places;
use reader::Reader;
use source::{NOWHERE, Span};
use std::path::{Path, PathBuf};

/// Faults of one file that are told; the rest is counted.
const TOLD: usize = 100;

/// A section of the experiment that only the evaluation of the doctor reads.
const EXPECT_IGNORED: Sentence = Sentence {
    english: "`train` ignores `[expect]`; `ikhim doctor --evaluate` uses it",
    korean: "`train`은 `[expect]`를 쓰지 않습니다. `ikhim doctor --evaluate`가 씁니다",
};

/// The version of experiment files that this crate reads and writes.
pub const VERSION: i64 = 1;

/// An experiment with all its keys: given ones and defaults.
///
/// Two experiments are equal when their keys are, wherever they were read.
#[derive(Debug, Clone)]
pub struct Experiment {
    /// The version of the format.
    pub version: i64,
    /// The name of the experiment and of its run folders.
    pub name: String,
    /// Drives the initial weights, the order of the batches and dropout.
    pub seed: u64,
    /// Where the rows come from and what they mean.
    pub data: DataSection,
    /// How the rows are parted.
    pub split: SplitSection,
    /// The network.
    pub model: ModelSection,
    /// How it learns.
    pub training: TrainingSection,
    /// What `ikhim tune` tries.
    pub tune: Option<TuneSection>,
    /// Wrong procedures, made on purpose.
    pub fault: Option<FaultSection>,
    /// What `ikhim doctor --evaluate` shall find.
    pub expect: Option<ExpectSection>,
    /// What ikhim noted in a resolved file, as information.
    pub resolved: Option<Settings>,
    file: PathBuf,
    /// Whether a person can look into `file`.
    written: bool,
    sources: Vec<Source>,
    places: Places,
}

impl PartialEq for Experiment {
    fn eq(&self, other: &Experiment) -> bool {
        self.settings(true) == other.settings(true)
    }
}

impl Experiment {
    /// Reads a file, lays it over the file that it extends and `settings`
    /// (`KEY=VALUE`, as after `--set`) over both.
    ///
    /// # Errors
    /// The first fault of the file, with all others in
    /// [`Fault::others`](ikhim_text::Fault::others).
    pub fn read(file: impl AsRef<Path>, settings: &[String]) -> Result<Experiment> {
        let file = file.as_ref();
        Experiment::parse(&extends::read(file)?, file, settings)
    }

    /// Reads a text as if it stood in `file`, which need not exist.
    ///
    /// # Errors
    /// As [`read`](Experiment::read).
    pub fn parse(text: &str, file: impl AsRef<Path>, settings: &[String]) -> Result<Experiment> {
        let file = file.as_ref();
        let mut loaded = Loaded::of(text, file);
        settings.iter().for_each(|argument| loaded.set(argument));
        if loaded.incomplete {
            return Err(placed(loaded.faults, &loaded.sources));
        }
        let mut reader = Reader { faults: loaded.faults, ..Reader::default() };
        match check(&mut reader, &loaded.tree, file) {
            Some(settings) if reader.faults.is_empty() => {
                let places = Places::of(&loaded.tree);
                Ok(Experiment::of(settings, file, loaded.sources, places))
            }
            _ => Err(placed(reader.faults, &loaded.sources)),
        }
    }

    /// The same experiment with other values, as after `--set`: how the data
    /// decide what is `auto`, how seeds are repeated and keys are tuned.
    ///
    /// ```
    /// use ikhim_run::experiment::Experiment;
    /// let base = Experiment::parse("[data]\ndataset = 'iris'", "iris.toml", &[])?;
    /// let decided = base.with(&["training.loss = 'cross_entropy'".to_string()])?;
    /// assert_eq!(decided.training.loss().kind, "cross_entropy");
    /// # Ok::<(), ikhim_text::Fault>(())
    /// ```
    ///
    /// # Errors
    /// As [`read`](Experiment::read); the place of a fault is the setting.
    pub fn with(&self, settings: &[String]) -> Result<Experiment> {
        let mut changed = Experiment::parse(&self.resolved_toml(), &self.file, settings)?;
        changed.sources.clone_from(&self.sources);
        changed.places.clone_from(&self.places);
        changed.written = self.written;
        Ok(changed)
    }

    /// The same experiment of which nobody can see a file: faults have no place
    /// in it.
    pub fn unwritten(mut self) -> Experiment {
        self.written = false;
        self
    }

    /// The same with what ikhim notes about the data that it found, as the last
    /// section of the resolved file. It informs, and nothing depends on it.
    pub fn with_record(mut self, record: Settings) -> Experiment {
        self.resolved = Some(record);
        self
    }

    /// The whole file with every default, as TOML 1.0. Reading it gives an
    /// equal experiment.
    pub fn resolved_toml(&self) -> String {
        resolved::toml(&self.settings(true))
    }

    /// SHA-256 of the resolved file without its last section, which only
    /// informs: 64 hexadecimal digits.
    pub fn hash(&self) -> String {
        written::of(&resolved::toml(&self.settings(false)))
    }

    /// The files and settings that were read, the experiment's own text first.
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// A path of the experiment from here: paths in it are relative to its file.
    pub fn locate(&self, path: &str) -> PathBuf {
        self.file.parent().unwrap_or(Path::new("")).join(path)
    }

    /// Gives a fault of the network the place of its layer in the file, or of
    /// the model, instead of a line of ikhim's own source; and what the data do
    /// not have, the place where the file speaks of it.
    pub fn place(&self, fault: Fault) -> Fault {
        fault.each(|fault| match &fault.location().layer {
            Some(layer) => {
                let span = match fault.code() {
                    // The loss reads what the last layer gives.
                    "shape.loss" => self.places.last(),
                    _ => self.places.find(layer),
                };
                let place = span.and_then(|span| self.source(span));
                let fault = fault.without_place();
                match place {
                    Some((source, span)) => source.locate(fault, span.start..span.end),
                    None if self.written => fault.file(&self.file),
                    None => fault,
                }
            }
            None => {
                let span = self.key_of(&fault).and_then(|key| self.places.key(&key));
                match span.and_then(|span| self.source(span)) {
                    Some((source, span)) => source.locate(fault, span.start..span.end),
                    None => fault,
                }
            }
        })
    }

    /// The key that asks for what a fault of the data says is not there.
    fn key_of(&self, fault: &Fault) -> Option<String> {
        match fault.code() {
            "data.unknown_target" => Some(format!("data.target.{}", fault.found()?)),
            "data.unknown_column" => Some(format!("data.columns.{}", fault.found()?)),
            "data.unknown_split_column" => fault.argument("key").map(str::to_string),
            "file.missing" | "file.is_folder" | "file.no_match" | "file.named_twice" => {
                let named = fault.argument("path")?;
                let is_it = |path: &&str| self.locate(path).display().to_string() == named;
                self.data.paths().iter().any(is_it).then(|| "data.path".to_string())
            }
            _ => None,
        }
    }

    /// The text that a place is in, unless it is one that nobody can see.
    fn source<'a>(&'a self, span: &'a Span) -> Option<(&'a Source, &'a Span)> {
        let source = self.sources.get(span.source)?;
        (self.written || source.file != self.file).then_some((source, span))
    }

    /// What `ikhim train` does not use in this file, a sentence for each
    /// section, which names the command that does.
    pub fn ignored(&self, language: Language) -> Vec<String> {
        let file = self.file.display().to_string();
        let tune = self.tune.iter().map(|_| TUNE_IGNORED.say(language, &[("file", file.clone())]));
        tune.chain(self.expect.iter().map(|_| EXPECT_IGNORED.say(language, &[]))).collect()
    }

    fn of(mut settings: Settings, file: &Path, sources: Vec<Source>, places: Places) -> Experiment {
        let table = |value: Option<Value>| match value {
            Some(Value::Table(settings)) => settings,
            _ => Settings::default(),
        };
        let choice = |value: Option<Value>| match value {
            Some(Value::Choice(choice)) => Some(choice),
            _ => None,
        };
        let none = Choice { kind: "auto", settings: Settings::default() };
        Experiment {
            version: settings.integer("version").unwrap_or(VERSION),
            name: settings.text("name").unwrap_or_default().to_string(),
            seed: settings.integer("seed").unwrap_or_default().unsigned_abs(),
            data: DataSection(table(settings.take("data"))),
            split: SplitSection(choice(settings.take("split")).unwrap_or(none.clone())),
            model: ModelSection(choice(settings.take("model")).unwrap_or(none)),
            training: TrainingSection(table(settings.take("training"))),
            tune: choice(settings.take("tune")).map(TuneSection),
            fault: settings.take("fault").map(|value| FaultSection(table(Some(value)))),
            expect: settings.take("expect").map(|value| ExpectSection(table(Some(value)))),
            resolved: settings.take("resolved").map(|value| table(Some(value))),
            file: file.to_path_buf(),
            written: true,
            sources,
            places,
        }
    }

    /// The keys again, as one table in the order of the file.
    fn settings(&self, with_resolved: bool) -> Settings {
        let mut settings = Settings::default();
        settings.push("version", Value::Integer(self.version));
        settings.push("name", Value::Text(self.name.clone()));
        settings.push("seed", Value::Integer(self.seed as i64));
        settings.push("data", Value::Table(self.data.0.clone()));
        settings.push("split", Value::Choice(self.split.0.clone()));
        settings.push("model", Value::Choice(self.model.0.clone()));
        settings.push("training", Value::Table(self.training.0.clone()));
        if let Some(tune) = &self.tune {
            settings.push("tune", Value::Choice(tune.0.clone()));
        }
        if let Some(fault) = &self.fault {
            settings.push("fault", Value::Table(fault.0.clone()));
        }
        // What is expected of an experiment changes nothing of what it computes.
        if let Some(expect) = self.expect.as_ref().filter(|_| with_resolved) {
            settings.push("expect", Value::Table(expect.0.clone()));
        }
        if let Some(resolved) = self.resolved.as_ref().filter(|_| with_resolved) {
            settings.push("resolved", Value::Table(resolved.clone()));
        }
        settings
    }
}

/// The faults as one, in the order of the files and of their lines.
fn placed(mut faults: Vec<(Span, Fault)>, sources: &[Source]) -> Fault {
    faults.sort_by(|(left, _), (right, _)| left.cmp(right));
    faults.dedup();
    if let Some(more) = faults.len().checked_sub(TOLD).filter(|more| *more > 0) {
        faults.truncate(TOLD);
        faults.push((Span::nowhere(), Fault::of("experiment.more").with("count", more)));
    }
    let mut located = faults.into_iter().map(|(span, fault)| match sources.get(span.source) {
        Some(source) => source.locate(fault, span.start..span.end),
        // Of the file as a whole, e.g. a section that is missing.
        None if span.source == NOWHERE => match sources.first() {
            Some(source) => fault.file(&source.file),
            None => fault,
        },
        None => fault,
    });
    let first = located.next().unwrap_or_else(|| Fault::of("experiment.syntax"));
    first.also(located)
}
