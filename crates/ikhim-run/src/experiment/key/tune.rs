//! `[tune]`: what `ikhim tune` tries, on validation only.

use super::KnownAs::Here;
use super::metric::CHOICES as METRICS;
use super::{AUTO, Choices, Key, NONE, Table, Type, key, kind};

pub(super) const TUNE: Choices = Choices {
    what: ("method of tuning", "탐색 방법"),
    tag: "method",
    kinds: &[&[
        kind("random", "Draws each trial by chance.").keys(RANDOM),
        kind("grid", "Tries all combinations of `values`.").keys(GRID).known_as(&[Here(
            "grid_search",
            "scikit-learn",
            "`grid`",
        )]),
        kind("successive_halving", "Begins many trials and goes on with the better ones.")
            .keys(SUCCESSIVE_HALVING)
            .known_as(&[
                Here("hyperband", "Ray", "`successive_halving`"),
                Here("asha", "Ray", "`successive_halving`, synchronous"),
            ]),
    ]],
};

const RANDOM: &[Key] = &[TRIALS, METRIC, TUNE_SEED, RETRAIN, NESTED, PARAMETERS];
const GRID: &[Key] = &[METRIC, TUNE_SEED, RETRAIN, NESTED, PARAMETERS];
const SUCCESSIVE_HALVING: &[Key] = &[
    TRIALS,
    METRIC,
    TUNE_SEED,
    key("halving", Type::Table(&HALVING), "How long trials run and how many go on.").default("{}"),
    RETRAIN,
    NESTED,
    PARAMETERS,
];

const TRIALS: Key = key("trials", Type::Integer(1), "How many trials.").default("20").known_as(&[
    Here("n_trials", "Optuna", "`trials`"),
    Here("n_iter", "scikit-learn", "`trials`"),
    Here("num_samples", "Ray", "`trials`"),
]);

const METRIC: Key = key(
    "metric",
    Type::Either(&[AUTO, Type::Choice(&METRICS)]),
    "What must get better, on validation; `auto` is the first of `training.metrics`.",
)
.default("auto")
.known_as(&[
    Here("scoring", "scikit-learn", "`metric`"),
    Here("goal", "Ludwig", "known from `metric`"),
]);

const TUNE_SEED: Key = key("seed", super::SEED, "Drives what is tried.").default("0");

const RETRAIN: Key =
    key("retrain", Type::Table(&RETRAINING), "How the winner is trained once more.").default("{}");

const NESTED: Key = key(
    "nested",
    Type::Either(&[NONE, Type::Table(&NESTING)]),
    "Nested cross-validation: what the whole tuning is worth, one number with its spread, instead \
     of a winner. Keys of `[model]` and `[training]` alone, by `grid` or `random`.",
)
.default("none");

const NESTING: Table = Table {
    keys: &[
        key("folds", Type::Integer(2), "Outer folds, on which what was chosen is measured.")
            .default("5"),
        key("inner", Type::Integer(2), "Inner folds, on which it is chosen.").default("3"),
    ],
    foreign: &[],
};

const PARAMETERS: Key = key(
    "parameters",
    Type::Parameters,
    "The keys that are tried, by their paths, each with `values` or with `min` and `max`.",
)
.required()
.known_as(&[
    Here("param_grid", "scikit-learn", "`[tune.parameters]`"),
    Here("param_distributions", "scikit-learn", "`[tune.parameters]`"),
    Here("search_space", "Ray", "`[tune.parameters]`"),
]);

const HALVING: Table = Table {
    keys: &[
        key("min_epochs", Type::Integer(1), "Epochs of the first round.").default("5"),
        key("max_epochs", Type::Integer(1), "Epochs of the last round.").default("100"),
        key("reduction_factor", Type::Integer(2), "One of so many goes on.").default("3").known_as(
            &[
                Here("eta", "Hyperband", "`reduction_factor`"),
                Here("factor", "scikit-learn", "`reduction_factor`"),
            ],
        ),
    ],
    foreign: &[],
};

const RETRAINING: Table = Table {
    keys: &[key("seeds", Type::Integer(0), "With how many seeds; 0 does not train it once more.")
        .default("5")],
    foreign: &[],
};

/// The range of one parameter.
pub const PARAMETER: Table = Table {
    keys: &[
        key("values", Type::Record, "The values that are tried.").known_as(&[
            Here("choices", "Optuna", "`values`"),
            Here("categories", "Ludwig", "`values`"),
        ]),
        key("min", Type::Record, "The smallest value.")
            .known_as(&[Here("lower", "Ray", "`min`"), Here("low", "Optuna", "`min`")]),
        key("max", Type::Record, "The largest value.")
            .known_as(&[Here("upper", "Ray", "`max`"), Here("high", "Optuna", "`max`")]),
        key("distribution", Type::Choice(&DISTRIBUTIONS), "How likely each value is.")
            .known_as(&[Here("space", "Ludwig", "`distribution`")]),
    ],
    foreign: &[Here("log", "Optuna", "`distribution` = \"log_uniform\"")],
};

const DISTRIBUTIONS: Choices = Choices {
    what: ("distribution", "분포"),
    tag: "type",
    kinds: &[&[
        kind("uniform", "All values between `min` and `max` are equally likely."),
        kind("log_uniform", "All orders of magnitude are equally likely; `min` and `max` are values, not exponents.")
            .known_as(&[Here("log_uniform_values", "W&B", "`log_uniform`"), Here("loguniform", "SciPy", "`log_uniform`")]),
    ]],
};
