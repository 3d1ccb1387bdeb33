//! How the learning rate changes while training goes on.

use super::KnownAs::Here;
use super::{Choices, Key, Kind, Range, Type, key, kind};

/// Any schedule.
pub(super) const SCHEDULE: Type =
    Type::Choice(&Choices {
        what: ("schedule", "학습률 계획"), tag: "type", kinds: &[SCHEDULES]
    });

const SCHEDULES: &[Kind] = &[
    kind("auto", "`cosine` for a `cnn`, `constant` for all else.").keys(CONSTANT),
    kind("constant", "The same rate always.").builder("Schedule::constant").keys(CONSTANT),
    kind("step", "Times gamma after every `step_size` epochs.")
        .builder("StepDecay::new")
        .keys(STEP)
        .known_as(&[Here("StepLR", "PyTorch", "`step`")]),
    kind("exponential", "Times gamma after every epoch.")
        .builder("Exponential::new")
        .keys(EXPONENTIAL)
        .known_as(&[Here("ExponentialLR", "PyTorch", "`exponential`")]),
    kind("cosine", "Falls along half a cosine from the rate to `min_factor` of it at the end.")
        .builder("Cosine::new")
        .keys(COSINE)
        .known_as(&[
            Here("CosineAnnealingLR", "PyTorch", "`cosine`"),
            Here("CosineDecay", "Keras", "`cosine`"),
        ]),
    kind("one_cycle", "Rises to the rate, then falls far below it; the rate is the peak.")
        .builder("OneCycle::new")
        .keys(ONE_CYCLE)
        .known_as(&[Here("OneCycleLR", "PyTorch", "`one_cycle`")])
        .foreign(&[Here("max_lr", "PyTorch", "`training.learning_rate`, the peak")]),
    kind("reduce_on_plateau", "Times factor when validation has not got better for a while.")
        .builder("ReduceOnPlateau::new")
        .keys(PLATEAU)
        .known_as(&[
            Here("ReduceLROnPlateau", "Keras", "`reduce_on_plateau`"),
            Here("plateau", "", "`reduce_on_plateau`"),
        ]),
];

const CONSTANT: &[Key] = &[WARMUP_EPOCHS, WARMUP_STEPS];

const STEP: &[Key] = &[
    key("step_size", Type::Integer(1), "Epochs between two changes.")
        .default("10")
        .builder("StepDecay::new"),
    GAMMA.default("0.1").builder("StepDecay::gamma"),
    WARMUP_EPOCHS,
    WARMUP_STEPS,
];

const EXPONENTIAL: &[Key] =
    &[GAMMA.default("0.95").builder("Exponential::new"), WARMUP_EPOCHS, WARMUP_STEPS];

const COSINE: &[Key] = &[
    key(
        "min_factor",
        Type::Number(Range::Between(0.0, 1.0)),
        "Where it ends, as a share of the rate.",
    )
    .default("0.0")
    .builder("Cosine::min_factor")
    .known_as(&[
        Here("alpha", "Keras", "`min_factor`"),
        Here("eta_min", "PyTorch", "`min_factor` = eta_min / learning_rate"),
    ]),
    WARMUP_EPOCHS,
    WARMUP_STEPS,
];

const ONE_CYCLE: &[Key] = &[
    key(
        "pct_start",
        Type::Number(Range::Between(0.0, 1.0)),
        "The share of training in which the rate rises.",
    )
    .default("0.3")
    .builder("OneCycle::pct_start"),
    key("div_factor", Type::Number(Range::AtLeast(1.0)), "It begins at the rate over this.")
        .default("25.0")
        .builder("OneCycle::div_factor"),
    key(
        "final_div_factor",
        Type::Number(Range::AtLeast(1.0)),
        "It ends at the beginning over this.",
    )
    .default("10000.0")
    .builder("OneCycle::final_div_factor"),
];

const PLATEAU: &[Key] = &[
    key("factor", Type::Number(Range::Share), "What the rate is multiplied by.")
        .default("0.1")
        .builder("ReduceOnPlateau::factor")
        .known_as(&[Here("gamma", "PyTorch", "`factor`")]),
    key("patience", Type::Integer(0), "Epochs without getting better before the rate falls.")
        .default("10")
        .builder("ReduceOnPlateau::patience"),
    key(
        "threshold",
        Type::Number(Range::AtLeast(0.0)),
        "Better by a smaller share of the best does not count.",
    )
    .default("1e-4")
    .builder("ReduceOnPlateau::threshold")
    .known_as(&[Here("min_delta", "Keras", "`threshold`, a share of the best")]),
    key("cooldown", Type::Integer(0), "Epochs to wait after a change.")
        .default("0")
        .builder("ReduceOnPlateau::cooldown"),
    key(
        "min_learning_rate",
        Type::Number(Range::AtLeast(0.0)),
        "The rate does not fall below this.",
    )
    .default("0.0")
    .builder("ReduceOnPlateau::min_learning_rate")
    .known_as(&[Here("min_lr", "Keras", "`min_learning_rate`")]),
    WARMUP_EPOCHS,
    WARMUP_STEPS,
];

const GAMMA: Key = key("gamma", Type::Number(Range::Above(0.0)), "What the rate is multiplied by.")
    .known_as(&[Here("decay_rate", "Keras", "`gamma`")]);

const WARMUP_EPOCHS: Key = key(
    "warmup_epochs",
    Type::Number(Range::AtLeast(0.0)),
    "Epochs, also a part of one, in which the rate rises to its value.",
)
.default("0.0")
.builder("Schedule::warmup_epochs");

const WARMUP_STEPS: Key =
    key("warmup_steps", Type::Integer(0), "The same in steps.").builder("Schedule::warmup_steps");
