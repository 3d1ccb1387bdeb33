//! The list of keys of an experiment file, each declared once.
//!
//! A [`Key`] has a name, a type with its range, a default written as one would
//! write it in the file, a sentence, the method of the Rust API that says the
//! same, and the names that other libraries give it. From the list come the
//! reader, the resolved file, the JSON Schema, the reference page, the checks
//! of `--set` and `[tune]` and the nearest key to a misspelled one.
//!
//! To add a layer, a loss or a key, add one entry.

mod activation;
mod augmentation;
mod data;
mod describe;
mod ensemble;
mod expect;
mod image;
mod image_files;
mod initializer;
mod layer;
mod loss;
mod metric;
mod mistake;
mod model;
mod normalization;
mod optimizer;
mod schedule;
mod sequence;
mod split;
mod training;
mod tune;
mod walk;

pub use layer::{ENTRY, JOINING, LAYERS};
pub use sequence::TAKES;
pub use tune::PARAMETER;
pub use walk::{Entry, find, has_keys, walk};

/// One key of the experiment file.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// The last word of its dotted path.
    pub name: &'static str,
    /// What values it takes.
    pub holds: Type,
    /// What it means, in one sentence or two.
    pub doc: &'static str,
    /// What it is when the file does not say.
    pub default: Default,
    /// The method of the Rust API that says the same, e.g. `Dense::units`.
    pub builder: &'static str,
    /// The names that other libraries give it.
    pub known_as: &'static [KnownAs],
    /// The key and word beside it without which it has no meaning; `*` is any
    /// value.
    pub only_with: Option<(&'static str, &'static str)>,
}

/// What a key is when the file does not say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Default {
    /// The file must say it.
    Required,
    /// Nothing.
    Absent,
    /// A value, in the syntax of `--set`.
    Value(&'static str),
}

/// The values that a key takes.
#[derive(Debug, Clone, Copy)]
pub enum Type {
    /// `true` or `false`.
    Boolean,
    /// An integer of at least this.
    Integer(i64),
    /// A finite number in a range.
    Number(Range),
    /// A string under a rule.
    Text(Rule),
    /// A list of values of one type, which may be empty.
    List(&'static Type),
    /// A list of one value of a type at least.
    NonEmpty(&'static Type),
    /// A word, or a table that names the word and its parameters.
    Choice(&'static Choices),
    /// A table with declared keys.
    Table(&'static Table),
    /// A table whose keys are named by the person, such as columns.
    Map(&'static Type),
    /// The first of these types that fits.
    Either(&'static [Type]),
    /// The layers of a model.
    Layers,
    /// The keys that are tuned, by their paths.
    Parameters,
    /// Anything: what the tool itself wrote.
    Record,
}

/// A range of numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Range {
    /// Every finite number.
    Any,
    /// This and above.
    AtLeast(f64),
    /// Above this.
    Above(f64),
    /// From 0 to below 1.
    Share,
    /// From the first to the second, both included.
    Between(f64, f64),
}

/// What a string must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Any string.
    Any,
    /// One character.
    Character,
    /// A name that can be a folder on every system.
    FileName,
    /// A name that can stand in a dotted path and before a `/`.
    LayerName,
    /// A number that is watched, e.g. `validation.rmse`.
    Monitor,
}

/// A closed list of words, each with its parameters.
#[derive(Debug)]
pub struct Choices {
    /// What is chosen, in English and Korean: `optimizer`, `최적화 방법`.
    pub what: (&'static str, &'static str),
    /// The key that names the word in a table: `type` or `method`.
    pub tag: &'static str,
    /// The words.
    pub kinds: &'static [&'static [Kind]],
}

/// One word of a choice.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// The word.
    pub name: &'static str,
    /// What it means.
    pub doc: &'static str,
    /// The type or constant of the Rust API, e.g. `Adam::new`; empty for words
    /// such as `auto` that stand for nothing of their own.
    pub builder: &'static str,
    /// Its parameters.
    pub keys: &'static [Key],
    /// The names that other libraries give the word.
    pub known_as: &'static [KnownAs],
    /// Parameters that other libraries have and this word has not.
    pub foreign: &'static [KnownAs],
    /// The words that a table may stand for which does not choose and has keys
    /// that this one has not: the first one that has them all. None where such
    /// keys are a fault.
    pub otherwise: &'static [&'static str],
}

/// A table with declared keys.
#[derive(Debug)]
pub struct Table {
    /// Its keys, in the order of the resolved file.
    pub keys: &'static [Key],
    /// Keys that other libraries have and this table has not.
    pub foreign: &'static [KnownAs],
}

/// A word of another library.
#[derive(Debug, Clone, Copy)]
pub enum KnownAs {
    /// Word, library, and what is written here instead.
    Here(&'static str, &'static str, &'static str),
    /// Word, library, and what to know, in English and Korean.
    Note(&'static str, &'static str, &'static str, &'static str),
}

/// A key; without more it is absent when the file does not say it.
const fn key(name: &'static str, holds: Type, doc: &'static str) -> Key {
    let default = Default::Absent;
    Key { name, holds, doc, default, builder: "", known_as: &[], only_with: None }
}

impl Key {
    const fn required(mut self) -> Key {
        self.default = Default::Required;
        self
    }

    const fn default(mut self, line: &'static str) -> Key {
        self.default = Default::Value(line);
        self
    }

    const fn builder(mut self, path: &'static str) -> Key {
        self.builder = path;
        self
    }

    const fn known_as(mut self, words: &'static [KnownAs]) -> Key {
        self.known_as = words;
        self
    }

    const fn only_with(mut self, key: &'static str, word: &'static str) -> Key {
        self.only_with = Some((key, word));
        self
    }
}

/// A word without parameters.
const fn kind(name: &'static str, doc: &'static str) -> Kind {
    Kind { name, doc, builder: "", keys: &[], known_as: &[], foreign: &[], otherwise: &[] }
}

impl Kind {
    const fn builder(mut self, path: &'static str) -> Kind {
        self.builder = path;
        self
    }

    const fn keys(mut self, keys: &'static [Key]) -> Kind {
        self.keys = keys;
        self
    }

    const fn known_as(mut self, words: &'static [KnownAs]) -> Kind {
        self.known_as = words;
        self
    }

    const fn foreign(mut self, words: &'static [KnownAs]) -> Kind {
        self.foreign = words;
        self
    }

    const fn otherwise(mut self, words: &'static [&'static str]) -> Kind {
        self.otherwise = words;
        self
    }
}

impl Type {
    /// The choice whose words may have parameters, when this is one.
    pub fn choices(&self) -> Option<&'static Choices> {
        match self {
            Type::Choice(choices) => {
                choices.kinds().any(|kind| !kind.keys.is_empty()).then_some(*choices)
            }
            Type::Either(types) => types.iter().find_map(Type::choices),
            _ => None,
        }
    }
}

impl Choices {
    /// All words.
    pub fn kinds(&self) -> impl Iterator<Item = &'static Kind> + Clone {
        self.kinds.iter().copied().flatten()
    }

    /// The word of this name.
    pub fn kind(&self, name: &str) -> Option<&'static Kind> {
        self.kinds().find(|kind| kind.name == name)
    }

    /// The word that a table stands for: the one it names, or the one that has
    /// the name of a key, as `layers` in `[model]`.
    pub fn implied(&self, has: impl Fn(&str) -> bool) -> Option<&'static Kind> {
        self.kinds().find(|kind| kind.implied() && has(kind.name))
    }
}

impl Kind {
    /// Whether a key of the same name says this word without a tag.
    pub fn implied(&self) -> bool {
        self.keys.iter().any(|key| key.name == self.name)
    }
}

impl KnownAs {
    /// The word of the other library.
    pub fn word(&self) -> &'static str {
        match self {
            KnownAs::Here(word, ..) | KnownAs::Note(word, ..) => word,
        }
    }
}

/// Keys of which a table may have one at most. A file that extends another and
/// gives one of them takes away the others.
pub const ALTERNATIVES: &[&[&str]] = &[
    &["path", "rows", "dataset", "generate"],
    &["epochs", "steps"],
    &["input", "inputs"],
    &["kernel", "kernel_initializer"],
    &["bias", "bias_initializer"],
    &["warmup_epochs", "warmup_steps"],
    &["values", "min"],
    &["values", "max"],
    &["values", "distribution"],
];

/// The word `none`, for keys that may be switched off.
const NONE: Type = Type::Choice(&Choices {
    what: ("value", "값"),
    tag: "type",
    kinds: &[&[kind("none", "Off.")]],
});

/// The word `auto`, for keys that the data decide.
const AUTO: Type = Type::Choice(&Choices {
    what: ("value", "값"),
    tag: "type",
    kinds: &[&[kind("auto", "The data decide.")]],
});

const SEED: Type = Type::Integer(0);

/// The whole file.
pub const FILE: Table = Table {
    keys: &[
        key("version", Type::Integer(1), "The version of the format of this file: 1.").default("1"),
        key(
            "name",
            Type::Text(Rule::FileName),
            "The name of the experiment and of its run folders; without it, the name of the file.",
        )
        .builder("Trainer::name"),
        key(
            "seed",
            SEED,
            "Drives the initial weights, the order of the batches and dropout; never the split.",
        )
        .default("0")
        .builder("Trainer::seed")
        .known_as(&[
            KnownAs::Here("random_state", "scikit-learn", "`seed`"),
            KnownAs::Here("random_seed", "Ludwig", "`seed`"),
        ]),
        key(
            "extends",
            Type::Text(Rule::Any),
            "Another experiment file: its keys hold where this file does not say otherwise.",
        ),
        key("data", Type::Table(&data::DATA), "Where the rows come from and what they mean.")
            .required(),
        key(
            "split",
            Type::Choice(&split::SPLIT),
            "How the rows are parted into train, validation and the sealed test.",
        )
        .default("{}"),
        key("model", Type::Choice(&model::MODEL), "The network.").default("{}"),
        key("training", Type::Table(&training::TRAINING), "How the network learns.").default("{}"),
        key("tune", Type::Choice(&tune::TUNE), "What `ikhim tune` tries; ignored by `train`."),
        key(
            "fault",
            Type::Table(&mistake::FAULT),
            "Wrong procedures made on purpose, for studying what they do.",
        ),
        key(
            "expect",
            Type::Table(&expect::EXPECT),
            "What `ikhim doctor --evaluate` shall find in a training of this file; ignored by `train`.",
        ),
        key("resolved", Type::Record, "Written by ikhim into a resolved file, as information."),
    ],
    foreign: &[
        KnownAs::Here("input_features", "Ludwig", "`[data.columns]`"),
        KnownAs::Here("output_features", "Ludwig", "`data.target`"),
        KnownAs::Here("preprocessing", "Ludwig", "`[data.columns]` and `[split]`"),
        KnownAs::Here("trainer", "Ludwig", "`[training]`"),
        KnownAs::Here("hyperopt", "Ludwig", "`[tune]`"),
        KnownAs::Here("layers", "Keras", "`model.layers`"),
    ],
};
