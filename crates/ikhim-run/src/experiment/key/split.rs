//! `[split]`: how the rows are parted, before anything else reads them.

use super::KnownAs::Here;
use super::{Choices, Key, Range, Rule, Type, key, kind};

pub(super) const SPLIT: Choices = Choices {
    what: ("method of splitting", "나누는 방법"),
    tag: "method",
    kinds: &[&[
        kind("auto", "Parts that come with the data, else stratified for classes, else random.")
            .builder("Split::new")
            .keys(AUTO)
            .foreign(FOREIGN),
        kind("random", "Each row falls into a part by chance; equal inputs into the same one.")
            .builder("Split::random")
            .keys(DRAWN)
            .foreign(FOREIGN),
        kind("stratified", "By chance, but each class has the same share in each part.")
            .builder("Split::stratified")
            .keys(DRAWN)
            .foreign(FOREIGN)
            .known_as(&[Here("stratify", "scikit-learn", "`stratified`")]),
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

const DRAWN: &[Key] = &[VALIDATION.default("0.15"), TEST.default("0.15"), SPLIT_SEED];

/// Sizes have no default here: where the data come in parts, they have none.
const AUTO: &[Key] = &[VALIDATION, TEST, SPLIT_SEED];

const COLUMN: &[Key] =
    &[key("column", Type::Text(Rule::Any), "The column that says the part of each row.")
        .required()
        .builder("Split::column")];

const FILES: &[Key] = &[VALIDATION.default("0.15"), SPLIT_SEED];

const FOREIGN: &[super::KnownAs] =
    &[Here("train_size", "scikit-learn", "what `validation` and `test` leave")];
