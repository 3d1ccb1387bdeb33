//! The sections of an experiment, with a getter for each of their keys.

use super::layers::LayerEntry;
use super::value::{Choice, Settings, Value};

/// `[data]`.
#[derive(Debug, Clone, PartialEq)]
pub struct DataSection(pub(super) Settings);

/// `[split]`.
#[derive(Debug, Clone, PartialEq)]
pub struct SplitSection(pub(super) Choice);

/// `[model]`.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelSection(pub(super) Choice);

/// `[training]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingSection(pub(super) Settings);

/// `[tune]`.
#[derive(Debug, Clone, PartialEq)]
pub struct TuneSection(pub(super) Choice);

/// `[fault]`.
#[derive(Debug, Clone, PartialEq)]
pub struct FaultSection(pub(super) Settings);

/// `[expect]`.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectSection(pub(super) Settings);

/// How many trials a search takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trials {
    /// So many.
    Count(usize),
    /// One for each combination.
    All,
}

/// `training.early_stopping`.
#[derive(Debug, Clone, PartialEq)]
pub struct EarlyStopping {
    /// Epochs without getting better before training stops.
    pub patience: usize,
    /// A smaller gain does not count.
    pub min_delta: f64,
    /// What must get better, e.g. `validation.rmse`; without it, the first
    /// metric.
    pub monitor: Option<String>,
    /// Whether the weights of the best epoch are kept at the end.
    pub restore_best: bool,
}

/// A key that is tuned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parameter<'a> {
    /// The path of the key, as TOML writes it: `--set` takes it so.
    pub path: &'a str,
    /// `values`, or `min`, `max` and `distribution`.
    pub range: &'a Settings,
}

impl DataSection {
    /// All keys.
    pub fn settings(&self) -> &Settings {
        &self.0
    }

    /// The file or folder, relative to the experiment's file.
    ///
    /// `None` where there are several.
    pub fn path(&self) -> Option<&str> {
        self.0.text("path")
    }

    /// The files or folders, or patterns of them; none where the rows are no
    /// files.
    pub fn paths(&self) -> Vec<&str> {
        match self.0.get("path") {
            Some(Value::Text(path)) => vec![path],
            Some(Value::List(paths)) => paths.iter().filter_map(Value::text).collect(),
            _ => Vec::new(),
        }
    }

    /// The rows that the file itself holds.
    pub fn rows(&self) -> Option<&[Value]> {
        self.0.list("rows")
    }

    /// The data set that ikhim carries.
    pub fn dataset(&self) -> Option<&'static str> {
        self.0.word("dataset")
    }

    /// The rule that makes the rows, with its parameters.
    pub fn generate(&self) -> Option<&Choice> {
        self.0.choice("generate")
    }

    /// Whether the first row names the columns, where the file says so.
    pub fn has_header(&self) -> Option<bool> {
        self.0.boolean("header")
    }

    /// The names of the columns, where the file gives them.
    pub fn header(&self) -> Option<Vec<&str>> {
        Some(self.0.list("header")?.iter().filter_map(Value::text).collect())
    }

    /// The columns that are predicted; none where the file does not say.
    pub fn targets(&self) -> Vec<&str> {
        match self.0.get("target") {
            Some(Value::Text(target)) => vec![target],
            Some(Value::List(targets)) => targets.iter().filter_map(Value::text).collect(),
            _ => Vec::new(),
        }
    }

    /// What is learned; `None` where the target tells it.
    pub fn task(&self) -> Option<&'static str> {
        self.0.word("task").filter(|task| *task != "auto")
    }

    /// What a text is cut into, where the task is to learn what follows.
    pub fn tokenizer(&self) -> &'static str {
        self.0.word("tokenizer").unwrap_or("char")
    }

    /// Length and stride of the windows over a text.
    pub fn window(&self) -> [usize; 2] {
        let count = |key: &str| self.0.table("window").and_then(|table| table.count(key));
        let length = count("length").unwrap_or(64);
        [length, count("stride").unwrap_or(length)]
    }

    /// Which column is read token by token, where one is.
    pub fn sequence(&self) -> Option<&Settings> {
        self.0.table("sequence")
    }

    /// How moments become windows, where the rows are a series in time.
    pub fn series(&self) -> Option<&Settings> {
        self.0.table("series")
    }

    /// Whether one token stands for all that the train rows do not have.
    pub fn unknown_is_token(&self) -> bool {
        self.0.word("unknown") == Some("token")
    }

    /// How many rows of the train part are used at most.
    pub fn limit(&self) -> Option<usize> {
        self.0.count("limit")
    }

    /// Whether a table is read in pieces; `None` where its size tells it.
    pub fn streaming(&self) -> Option<bool> {
        self.0.boolean("streaming")
    }

    /// The character between two cells; `None` where the file tells it.
    pub fn separator(&self) -> Option<char> {
        self.0.text("separator")?.chars().next()
    }

    /// The sign that comment lines start with; `None` where no line is one.
    pub fn comment(&self) -> Option<char> {
        self.0.text("comment")?.chars().next()
    }

    /// Further cells that mean a missing value.
    pub fn missing_values(&self) -> Vec<&str> {
        self.0.list("missing_values").unwrap_or_default().iter().filter_map(Value::text).collect()
    }

    /// What is said about single columns, with their names.
    pub fn columns(&self) -> impl Iterator<Item = (&str, &Settings)> {
        let columns = self.0.table("columns").into_iter().flat_map(Settings::iter);
        columns.filter_map(|(name, value)| Some((name, value.table()?)))
    }

    /// What is done to the columns of a type: `number`, `category`, `binary` or
    /// `image`.
    pub fn defaults(&self, kind: &str) -> Option<&Settings> {
        self.0.table("defaults")?.table(kind)
    }
}

impl SplitSection {
    /// The method with its parameters.
    pub fn choice(&self) -> &Choice {
        &self.0
    }

    /// The method; `auto` where the data decide.
    pub fn method(&self) -> &'static str {
        self.0.kind
    }

    /// The size of validation: a share ([`Value::Number`]) or a number of rows
    /// ([`Value::Integer`]).
    pub fn validation(&self) -> Option<&Value> {
        self.0.settings.get("validation")
    }

    /// The size of the sealed test part, as [`validation`](Self::validation).
    pub fn test(&self) -> Option<&Value> {
        self.0.settings.get("test")
    }

    /// What drives the split.
    pub fn seed(&self) -> u64 {
        self.0.settings.integer("seed").unwrap_or_default().unsigned_abs()
    }

    /// The step of the ladder through which sealed rows are looked at.
    pub fn ladder(&self) -> Option<f64> {
        self.0.settings.number("ladder")
    }

    /// The column that says the part, or the moment, of each row.
    pub fn column(&self) -> Option<&str> {
        self.0.settings.text("column")
    }

    /// The column whose equal values stay together.
    pub fn group(&self) -> Option<&str> {
        self.0.settings.text("group")
    }

    /// Which end of the rows is the past.
    pub fn order(&self) -> Option<&'static str> {
        self.0.settings.word("order")
    }

    /// Rows between two parts that belong to none.
    pub fn gap(&self) -> Option<usize> {
        self.0.settings.count("gap")
    }

    /// The folds of a cross-validation.
    pub fn folds(&self) -> Option<usize> {
        self.0.settings.count("folds")
    }

    /// How often the rows are cut into folds.
    pub fn repeats(&self) -> usize {
        self.0.settings.count("repeats").unwrap_or(1)
    }

    /// The one fold that is validation, from 1.
    pub fn fold(&self) -> Option<usize> {
        self.0.settings.count("fold")
    }
}

impl ModelSection {
    /// The type with its parameters.
    pub fn choice(&self) -> &Choice {
        &self.0
    }

    /// The type, such as `mlp`, `cnn` or `layers`; `auto` where the data decide.
    pub fn kind(&self) -> &'static str {
        self.0.kind
    }

    /// The widths of the hidden layers of an `mlp`; `None` where they are
    /// chosen by the data.
    pub fn hidden(&self) -> Option<Vec<usize>> {
        Some(self.0.settings.list("hidden")?.iter().filter_map(Value::count).collect())
    }

    /// The filters of a `cnn`, block by block; `None` where they are chosen by the
    /// size of the images.
    pub fn blocks(&self) -> Option<Vec<Vec<usize>>> {
        let blocks = self.0.settings.list("blocks")?.iter();
        let filters = |block: &Value| {
            block.list().unwrap_or_default().iter().filter_map(Value::count).collect()
        };
        Some(blocks.map(filters).collect())
    }

    /// The layers, where the file lists them.
    pub fn layers(&self) -> Option<&[LayerEntry]> {
        match self.0.settings.get("layers") {
            Some(Value::Layers(entries)) => Some(entries),
            _ => None,
        }
    }
}

impl TrainingSection {
    /// All keys.
    pub fn settings(&self) -> &Settings {
        &self.0
    }

    /// The loss; `auto` where the target decides.
    pub fn loss(&self) -> &Choice {
        self.choice("loss")
    }

    /// The metrics, the one that selects first; `None` where the target
    /// decides.
    pub fn metrics(&self) -> Option<Vec<&'static str>> {
        Some(self.0.list("metrics")?.iter().filter_map(Value::word).collect())
    }

    /// The optimizer.
    pub fn optimizer(&self) -> &Choice {
        self.choice("optimizer")
    }

    /// The size of a step.
    pub fn learning_rate(&self) -> f64 {
        self.number("learning_rate")
    }

    /// How the learning rate changes.
    pub fn schedule(&self) -> &Choice {
        self.choice("schedule")
    }

    /// The share by which kernels shrink, times the learning rate, each step.
    pub fn weight_decay(&self) -> f64 {
        self.number("weight_decay")
    }

    /// What the sum of absolute kernels is multiplied by in the loss.
    pub fn l1(&self) -> f64 {
        self.number("l1")
    }

    /// What the sum of squared kernels is multiplied by in the loss.
    pub fn l2(&self) -> f64 {
        self.number("l2")
    }

    /// Where a probability becomes the second of two classes; `None` at one half.
    pub fn decision_threshold(&self) -> Option<DecisionThreshold> {
        match (self.0.number("decision_threshold"), self.0.word("decision_threshold")) {
            (Some(value), _) => Some(DecisionThreshold::At(value)),
            (None, Some(metric)) => Some(DecisionThreshold::Highest(metric)),
            (None, None) => None,
        }
    }

    /// Whether classes weigh the same in total.
    pub fn balanced_classes(&self) -> bool {
        self.0.word("class_weight") == Some("balanced")
    }

    /// The weights of single classes, by their names.
    pub fn class_weights(&self) -> Vec<(&str, f64)> {
        let weights = self.0.table("class_weight").into_iter().flat_map(Settings::iter);
        weights.filter_map(|(class, weight)| Some((class, weight.number()?))).collect()
    }

    /// The largest norm of all gradients together.
    pub fn clip_norm(&self) -> Option<f64> {
        self.0.number("clip_norm")
    }

    /// The largest absolute value in a gradient.
    pub fn clip_value(&self) -> Option<f64> {
        self.0.number("clip_value")
    }

    /// Whether training stops when the loss is no finite number.
    pub fn stop_on_nonfinite(&self) -> bool {
        self.0.word("on_nonfinite") == Some("stop")
    }

    /// `f32` or `f64`.
    pub fn precision(&self) -> &'static str {
        self.0.word("precision").unwrap_or("f32")
    }

    /// Rows of one step; `None` for all train rows.
    pub fn batch_size(&self) -> Option<usize> {
        self.0.count("batch_size")
    }

    /// Whether each epoch has a new order of rows.
    pub fn shuffle(&self) -> bool {
        self.0.boolean("shuffle").unwrap_or(true)
    }

    /// How often training goes through the rows; `None` where
    /// [`steps`](Self::steps) are given, or where the data decide.
    pub fn epochs(&self) -> Option<usize> {
        self.0.count("epochs")
    }

    /// How many steps to take, where the file says so instead of epochs.
    pub fn steps(&self) -> Option<usize> {
        self.0.count("steps")
    }

    /// When to stop early, if at all.
    pub fn early_stopping(&self) -> Option<EarlyStopping> {
        let table = self.0.table("early_stopping")?;
        Some(EarlyStopping {
            patience: table.count("patience")?,
            min_delta: table.number("min_delta")?,
            monitor: table.text("monitor").map(str::to_string),
            restore_best: table.boolean("restore_best")?,
        })
    }

    /// What is written after each epoch, if anything.
    pub fn sample(&self) -> Option<SampleSection> {
        let table = self.0.table("sample")?;
        Some(SampleSection {
            prefix: table.text("prefix")?.to_string(),
            length: table.count("length")?,
            temperature: table.number("temperature")?,
            top_k: table.count("top_k"),
            top_p: table.number("top_p"),
        })
    }

    /// A number that has a default and so is always there.
    fn number(&self, key: &str) -> f64 {
        self.0.number(key).unwrap_or_default()
    }

    /// A choice that has a default and so is always there.
    fn choice(&self, key: &str) -> &Choice {
        const NOTHING: &Choice = &Choice { kind: "auto", settings: Settings::EMPTY };
        self.0.choice(key).unwrap_or(NOTHING)
    }
}

/// `training.decision_threshold`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DecisionThreshold {
    /// At a probability.
    At(f64),
    /// Where the metric of this name is highest on validation.
    Highest(&'static str),
}

/// `training.sample`: what a model of a text writes after each epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct SampleSection {
    /// The text that it goes on with.
    pub prefix: String,
    /// How many tokens it writes.
    pub length: usize,
    /// Below 1, probable tokens gain.
    pub temperature: f64,
    /// Among how many of the most probable tokens it draws.
    pub top_k: Option<usize>,
    /// Among the fewest tokens whose probabilities come to this.
    pub top_p: Option<f64>,
}

impl TuneSection {
    /// The method with its parameters.
    pub fn choice(&self) -> &Choice {
        &self.0
    }

    /// How many trials.
    pub fn trials(&self) -> Trials {
        self.0.settings.count("trials").map_or(Trials::All, Trials::Count)
    }

    /// The keys that are tuned.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        let ranges = self.0.settings.table("parameters").into_iter().flat_map(Settings::iter);
        ranges.filter_map(|(path, range)| Some(Parameter { path, range: range.table()? }))
    }
}

impl ExpectSection {
    /// The finding that names the cause; `None` of a healthy experiment.
    pub fn finding(&self) -> Option<&str> {
        self.0.text("finding").filter(|finding| *finding != "none")
    }

    /// Findings that name it as well.
    pub fn accept(&self) -> Vec<&str> {
        self.0.list("accept").unwrap_or_default().iter().filter_map(Value::text).collect()
    }

    /// The layer, column or key that the finding must name.
    pub fn place(&self) -> Option<&str> {
        self.0.text("where")
    }

    /// The file of the healthy twin.
    pub fn twin(&self) -> Option<&str> {
        self.0.text("twin")
    }
}

impl FaultSection {
    /// Whether the features of train rows change places.
    pub fn shuffles_features(&self) -> bool {
        self.0.boolean("shuffle_features") == Some(true)
    }

    /// By how much the labels of train rows are moved.
    pub fn label_offset(&self) -> i64 {
        self.0.integer("label_offset").unwrap_or(0)
    }

    /// What the numbers that train rows teach are multiplied by.
    pub fn label_scale(&self) -> f64 {
        self.0.number("label_scale").unwrap_or(1.0)
    }

    /// What the features of train rows are multiplied by.
    pub fn feature_scale(&self) -> f64 {
        self.0.number("feature_scale").unwrap_or(1.0)
    }

    /// Whether validation rows are learned too.
    pub fn trains_on_validation(&self) -> bool {
        self.0.boolean("train_on_validation") == Some(true)
    }

    /// Whether each step goes up the slope.
    pub fn flips_gradient(&self) -> bool {
        self.0.boolean("flip_gradient") == Some(true)
    }
}
