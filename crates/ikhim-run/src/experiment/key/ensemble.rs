//! `model.ensemble`: several networks of one kind that answer together.

use super::{Choices, Key, NONE, Table, Type, key, kind};

pub(super) const ENSEMBLE: Key = key(
    "ensemble",
    Type::Either(&[Type::Table(&TABLE), NONE]),
    "Trains several such networks on the same batches, each by its own loss, as one model.",
)
.default("none")
.builder("Ensemble::new");

const TABLE: Table = Table {
    keys: &[
        key("members", Type::Integer(1), "How many networks.")
            .default("5")
            .builder("Ensemble::new"),
        key(
            "combine",
            Type::Choice(&Choices {
                what: ("way to combine", "합치는 방법"),
                tag: "type",
                kinds: &[&[
                    kind("logits", "The mean of what they give."),
                    kind("probabilities", "The mean of their probabilities."),
                ]],
            }),
            "How the predictions of the networks become one.",
        )
        .default("logits")
        .builder("Ensemble::combine"),
    ],
    foreign: &[],
};

/// For a model without keys of its own.
pub(super) const ALONE: &[Key] = &[ENSEMBLE];
