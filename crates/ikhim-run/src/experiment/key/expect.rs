//! `[expect]`: what is wrong with an experiment, for measuring the doctor.

use super::{Rule, Table, Type, key};

pub(super) const EXPECT: Table = Table {
    keys: &[
        key(
            "finding",
            Type::Text(Rule::Any),
            "The finding that names the cause; `none` of an experiment that is healthy.",
        )
        .required(),
        key("accept", Type::List(&Type::Text(Rule::Any)), "Findings that name the cause as well.")
            .default("[]"),
        key("where", Type::Text(Rule::Any), "The layer, column or key that the finding must name."),
        key("twin", Type::Text(Rule::Any), "The file of the same experiment without the fault."),
    ],
    foreign: &[],
};
