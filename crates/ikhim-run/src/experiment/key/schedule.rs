//! How the learning rate changes while training goes on.

use super::KnownAs::Here;
use super::{Choices, Key, Kind, Range, Type, key, kind};

/// Any schedule.
pub(super) const SCHEDULE: Type =
    Type::Choice(&Choices {
        what: ("schedule", "학습률 계획"), tag: "type", kinds: &[SCHEDULES]
    });

const SCHEDULES: &[Kind] = &[
    kind("constant", "The same rate always.").builder("Schedule::constant").keys(CONSTANT),
    kind("step", "Times gamma after every `step_size` epochs.")
        .builder("Schedule::step")
        .keys(STEP)
        .known_as(&[Here("StepLR", "PyTorch", "`step`")]),
    kind("exponential", "Times gamma after every epoch.")
        .builder("Schedule::exponential")
        .keys(EXPONENTIAL)
        .known_as(&[Here("ExponentialLR", "PyTorch", "`exponential`")]),
    kind("cosine", "Falls along half a cosine from the rate to `min_learning_rate` at the end.")
        .builder("Schedule::cosine")
        .keys(COSINE)
        .known_as(&[
            Here("CosineAnnealingLR", "PyTorch", "`cosine`"),
            Here("CosineDecay", "Keras", "`cosine`"),
        ]),
    kind("one_cycle", "Rises to the rate, then falls far below it; the rate is the peak.")
        .builder("Schedule::one_cycle")
        .keys(ONE_CYCLE)
        .known_as(&[Here("OneCycleLR", "PyTorch", "`one_cycle`")])
        .foreign(&[Here("max_lr", "PyTorch", "`training.learning_rate`, the peak")]),
    kind("reduce_on_plateau", "Times factor when validation has not got better for a while.")
        .builder("Schedule::reduce_on_plateau")
        .keys(PLATEAU)
        .known_as(&[
            Here("ReduceLROnPlateau", "Keras", "`reduce_on_plateau`"),
            Here("plateau", "", "`reduce_on_plateau`"),
        ]),
];

const CONSTANT: &[Key] = &[WARMUP_EPOCHS, WARMUP_STEPS];

const STEP: &[Key] = &[
    key("step_size", Type::Integer(1), "Epochs between two changes.")
        .required()
        .builder("Schedule::step"),
    GAMMA.default("0.1"),
    WARMUP_EPOCHS,
    WARMUP_STEPS,
];

const EXPONENTIAL: &[Key] = &[GAMMA.required(), WARMUP_EPOCHS, WARMUP_STEPS];

const COSINE: &[Key] = &[MIN_LEARNING_RATE, WARMUP_EPOCHS, WARMUP_STEPS];

const ONE_CYCLE: &[Key] = &[
    key(
        "pct_start",
        Type::Number(Range::Between(0.0, 1.0)),
        "The share of training in which the rate rises.",
    )
    .default("0.3"),
    key("div_factor", Type::Number(Range::AtLeast(1.0)), "It begins at the rate over this.")
        .default("25.0"),
    key(
        "final_div_factor",
        Type::Number(Range::AtLeast(1.0)),
        "It ends at the beginning over this.",
    )
    .default("10000.0"),
];

const PLATEAU: &[Key] = &[
    key("factor", Type::Number(Range::Share), "What the rate is multiplied by.")
        .default("0.1")
        .known_as(&[Here("gamma", "PyTorch", "`factor`")]),
    key("patience", Type::Integer(0), "Epochs without getting better before the rate falls.")
        .default("10"),
    key("min_delta", Type::Number(Range::AtLeast(0.0)), "A smaller gain does not count.")
        .default("1e-4")
        .known_as(&[Here("threshold", "PyTorch", "`min_delta`")]),
    key("cooldown", Type::Integer(0), "Epochs to wait after a change.").default("0"),
    MIN_LEARNING_RATE,
    WARMUP_EPOCHS,
    WARMUP_STEPS,
];

const GAMMA: Key = key("gamma", Type::Number(Range::Above(0.0)), "What the rate is multiplied by.")
    .builder("Schedule::gamma")
    .known_as(&[Here("decay_rate", "Keras", "`gamma`")]);

const MIN_LEARNING_RATE: Key = key(
    "min_learning_rate",
    Type::Number(Range::AtLeast(0.0)),
    "The rate does not fall below this.",
)
.default("0.0")
.known_as(&[
    Here("min_lr", "Keras", "`min_learning_rate`"),
    Here("eta_min", "PyTorch", "`min_learning_rate`"),
]);

const WARMUP_EPOCHS: Key =
    key("warmup_epochs", Type::Integer(0), "Epochs in which the rate rises from 0 to its value.")
        .default("0")
        .builder("Schedule::warmup_epochs");

const WARMUP_STEPS: Key =
    key("warmup_steps", Type::Integer(0), "The same in steps.").builder("Schedule::warmup_steps");
