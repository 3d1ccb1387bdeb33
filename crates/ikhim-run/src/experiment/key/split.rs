//! `[split]`: how the rows are parted, before anything else reads them.

use super::KnownAs::Here;
use super::{Choices, Key, Range, Rule, Type, key, kind};

pub(super) const SPLIT: Choices = Choices {
    what: ("method of splitting", "나누는 방법"),
    tag: "method",
    kinds: &[&[
        kind(
            "auto",
            "Parts that come with the data, else stratified for classes, else by time where \
             neighboring rows are alike, else random.",
        )
        .builder("Split::new")
        .keys(AUTO)
        .foreign(FOREIGN),
        kind("random", "Each row falls into a part by chance; equal inputs into the same one.")
            .builder("Split::random")
            .keys(DRAWN)
            .foreign(FOREIGN),
        kind(
            "stratified",
            "By chance, but each class has the same share in each part; of a target of numbers, \
             each of its tenths.",
        )
        .builder("Split::stratified")
        .keys(DRAWN)
        .foreign(FOREIGN)
        .known_as(&[Here("stratify", "scikit-learn", "`stratified`")]),
        kind("group", "By chance, but rows with the same value in a column stay together.")
            .builder("Split::group")
            .keys(GROUPED)
            .foreign(FOREIGN)
            .known_as(&[Here("groups", "scikit-learn", "`group`")]),
        kind("time", "The oldest rows are train, the newest are sealed.")
            .builder("Split::time")
            .keys(TIME)
            .foreign(FOREIGN)
            .known_as(&[Here("datetime", "Ludwig", "`time`"), Here("chronological", "", "`time`")]),
        kind("column", "A column says the part: `train`, `validation` or `test`.")
            .builder("Split::column")
            .keys(COLUMN)
            .known_as(&[Here("fixed", "Ludwig", "`column`")]),
        kind("files", "The files of the data are parts already; validation is drawn from train.")
            .builder("Split::files")
            .keys(FILES),
        kind("none", "One part: every row is train, and every number says so.")
            .builder("Split::none"),
    ]],
};

const SHARE: Type = Type::Either(&[Type::Integer(0), Type::Number(Range::Share)]);

const VALIDATION: Key = key(
    "validation",
    SHARE,
    "Rows that choose the best epoch: below 1 a share, an integer a number of rows.",
)
.builder("Split::validation")
.known_as(&[Here("validation_split", "Keras", "`validation`"), Here("val", "", "`validation`")]);

const TEST: Key = key(
    "test",
    SHARE,
    "Rows that are sealed: below 1 a share, an integer a number of rows; 0 is none.",
)
.builder("Split::test")
.known_as(&[Here("test_size", "scikit-learn", "`test`")]);

const SPLIT_SEED: Key = key(
    "seed",
    super::SEED,
    "Drives the split, and nothing else does; all seeds of training share it.",
)
.default("0")
.builder("Split::seed")
.known_as(&[Here("random_state", "scikit-learn", "`seed`")]);

const GROUP: Key = key(
    "group",
    Type::Text(Rule::Any),
    "The column whose equal values stay in one part; it is no input.",
)
.builder("Split::group")
.known_as(&[Here("groups", "scikit-learn", "`group`")]);

const ORDER: Key = key(
    "order",
    Type::Choice(&ORDERS),
    "Which end of the rows is the past, where no column tells; the first row, when not said.",
)
.builder("Split::order");

const ORDERS: Choices = Choices {
    what: ("order", "순서"),
    tag: "type",
    kinds: &[&[
        kind("oldest_first", "The first row is the oldest.").builder("Order::OldestFirst"),
        kind("newest_first", "The first row is the newest.").builder("Order::NewestFirst"),
    ]],
};

const GAP: Key = key(
    "gap",
    Type::Integer(0),
    "Rows, or tokens of a text, between two parts that belong to none, so that what looks back \
     sees no other part.",
)
.builder("Split::gap");

const FOLDS: Key = key(
    "folds",
    Type::Integer(2),
    "Cross-validation: the rows that are not sealed are cut into so many folds, and each is \
     validation in a run of its own.",
)
.builder("Split::fold")
.known_as(&[Here("n_splits", "scikit-learn", "`folds`"), Here("cv", "scikit-learn", "`folds`")]);

const REPEATS: Key = key(
    "repeats",
    Type::Integer(1),
    "How often the rows are cut into folds anew, each time with a run for each fold.",
)
.only_with("folds", "*")
.known_as(&[Here("n_repeats", "scikit-learn", "`repeats`")]);

const FOLD: Key = key(
    "fold",
    Type::Integer(1),
    "The one fold that is validation, from 1; beyond `folds` it is one of the next cut.",
)
.only_with("folds", "*")
.builder("Split::fold");

const LADDER: Key = key(
    "ladder",
    Type::Number(Range::Above(0.0)),
    "A look at the sealed rows shows a value only where it is better than the best one so far by \
     more than this step, and in whole steps.",
)
.builder("SealedTest::on_ladder");

const DRAWN: &[Key] =
    &[VALIDATION.default("0.15"), TEST.default("0.15"), SPLIT_SEED, FOLDS, REPEATS, FOLD, LADDER];

const GROUPED: &[Key] = &[
    GROUP.required(),
    VALIDATION.default("0.15"),
    TEST.default("0.15"),
    SPLIT_SEED,
    FOLDS,
    REPEATS,
    FOLD,
    LADDER,
];

const TIME: &[Key] = &[
    key(
        "column",
        Type::Text(Rule::Any),
        "The column of dates or numbers that orders the rows; without it, their place in the file.",
    )
    .builder("Split::time_by"),
    ORDER,
    VALIDATION.default("0.15"),
    TEST.default("0.15"),
    GAP,
    SPLIT_SEED,
    LADDER,
];

/// Sizes have no default here: where the data come in parts, they have none.
const AUTO: &[Key] =
    &[VALIDATION, TEST, SPLIT_SEED, GROUP, ORDER, GAP, FOLDS, REPEATS, FOLD, LADDER];

const COLUMN: &[Key] = &[
    key("column", Type::Text(Rule::Any), "The column that says the part of each row.")
        .required()
        .builder("Split::column"),
    LADDER,
];

const FILES: &[Key] = &[VALIDATION.default("0.15"), SPLIT_SEED, LADDER];

const FOREIGN: &[super::KnownAs] =
    &[Here("train_size", "scikit-learn", "what `validation` and `test` leave")];
