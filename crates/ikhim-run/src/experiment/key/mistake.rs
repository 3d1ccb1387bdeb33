//! `[fault]`: wrong procedures, made on purpose.

use super::{Range, Table, Type, key};

pub(super) const FAULT: Table = Table {
    keys: &[
        key(
            "shuffle_features",
            Type::Boolean,
            "The features of the train rows change places, their labels do not.",
        )
        .default("false"),
        key(
            "label_offset",
            Type::Integer(-1_000_000),
            "Moves the labels of the train rows: classes around the end, numbers by so much.",
        )
        .default("0"),
        key(
            "label_scale",
            Type::Number(Range::Any),
            "Multiplies the numbers that train rows teach, not those that judge.",
        )
        .default("1.0"),
        key(
            "feature_scale",
            Type::Number(Range::Any),
            "Multiplies the features that train rows have, not those of rows that judge.",
        )
        .default("1.0"),
        key(
            "train_on_validation",
            Type::Boolean,
            "The validation rows stand among the train rows too.",
        )
        .default("false"),
        key("flip_gradient", Type::Boolean, "Each step goes up the slope instead of down.")
            .default("false"),
    ],
    foreign: &[],
};
