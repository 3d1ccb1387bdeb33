//! How a step follows from the gradients.

use super::KnownAs::{Here, Note};
use super::{Choices, Key, Kind, KnownAs, Range, Type, key, kind};

/// Any optimizer.
pub(super) const OPTIMIZER: Type = Type::Choice(&Choices {
    what: ("optimizer", "최적화 방법"),
    tag: "type",
    kinds: &[OPTIMIZERS],
});

const OPTIMIZERS: &[Kind] = &[
    kind("sgd", "Gradient descent, with momentum if wanted.")
        .builder("Sgd::new")
        .keys(SGD)
        .known_as(&[
            Here("SGD", "Keras", "`sgd`"),
            Here("gradient_descent", "TensorFlow 1", "`sgd`"),
            Here("momentum", "TensorFlow 1", "`sgd` with momentum"),
        ])
        .foreign(FOREIGN),
    kind("adagrad", "Divides by the root of the sum of squared gradients.")
        .builder("Adagrad::new")
        .keys(ADAGRAD)
        .foreign(FOREIGN),
    kind("adadelta", "Divides running sizes of steps by running sizes of gradients.")
        .builder("Adadelta::new")
        .keys(ADADELTA)
        .foreign(FOREIGN),
    kind("rmsprop", "Divides by the running root mean square of gradients.")
        .builder("Rmsprop::new")
        .keys(RMSPROP)
        .known_as(&[Here("RMSprop", "PyTorch", "`rmsprop`")])
        .foreign(FOREIGN),
    kind("adam", "Running mean of gradients over their running root mean square.")
        .builder("Adam::new")
        .keys(ADAM)
        .known_as(&[Here("Adam", "Keras", "`adam`")])
        .foreign(ADAM_FOREIGN),
    kind("adamw", "Adam with `training.weight_decay`, which is 0.01 then unless it is given.")
        .builder("AdamW::new")
        .keys(ADAMW)
        .known_as(&[Here("AdamW", "PyTorch", "`adamw`")])
        .foreign(ADAM_FOREIGN),
];

const SGD: &[Key] = &[
    MOMENTUM.builder("Sgd::momentum"),
    key("nesterov", Type::Boolean, "Takes the gradient ahead of the momentum.")
        .default("false")
        .builder("Sgd::nesterov"),
];

const ADAGRAD: &[Key] = &[
    EPSILON.builder("Adagrad::epsilon"),
    key(
        "initial_accumulator_value",
        Type::Number(Range::AtLeast(0.0)),
        "What the sum of squared gradients begins with.",
    )
    .default("0.1")
    .builder("Adagrad::initial_accumulator_value"),
];

const ADADELTA: &[Key] =
    &[RHO.default("0.95").builder("Adadelta::rho"), EPSILON.builder("Adadelta::epsilon")];

const RMSPROP: &[Key] = &[
    RHO.default("0.9").builder("Rmsprop::rho"),
    MOMENTUM.builder("Rmsprop::momentum"),
    EPSILON.builder("Rmsprop::epsilon"),
];

const ADAM: &[Key] = &[
    BETA_1.builder("Adam::beta_1"),
    BETA_2.builder("Adam::beta_2"),
    EPSILON.builder("Adam::epsilon"),
];

const ADAMW: &[Key] = &[
    BETA_1.builder("AdamW::beta_1"),
    BETA_2.builder("AdamW::beta_2"),
    EPSILON.builder("AdamW::epsilon"),
];

const MOMENTUM: Key =
    key("momentum", Type::Number(Range::Share), "The share of the last step that is taken again.")
        .default("0.0");

const RHO: Key = key("rho", Type::Number(Range::Share), "How much of the running mean is kept.")
    .known_as(&[
        Here("alpha", "PyTorch", "`rho`"),
        Here("decay", "TensorFlow 1", "`rho`"),
        Here("discounting_factor", "TensorFlow 1", "`rho`"),
    ]);

const BETA_1: Key =
    key("beta_1", Type::Number(Range::Share), "How much of the running mean of gradients is kept.")
        .default("0.9")
        .known_as(&[
            Here("beta1", "TensorFlow 1", "`beta_1`"),
            Here("betas", "PyTorch", "`beta_1` and `beta_2`"),
        ]);

const BETA_2: Key =
    key("beta_2", Type::Number(Range::Share), "How much of the running mean of squares is kept.")
        .default("0.999")
        .known_as(&[Here("beta2", "TensorFlow 1", "`beta_2`")]);

const EPSILON: Key = key(
    "epsilon",
    Type::Number(Range::AtLeast(0.0)),
    "Added to the denominator, against division by zero.",
)
.default("1e-7")
.known_as(&[Here("eps", "PyTorch", "`epsilon`")]);

const LEARNING_RATE: KnownAs = Here("learning_rate", "Keras", "`training.learning_rate`");
const LR: KnownAs = Here("lr", "PyTorch", "`training.learning_rate`");
const WEIGHT_DECAY: KnownAs = Here("weight_decay", "PyTorch", "`training.weight_decay`");
const CLIPNORM: KnownAs = Here("clipnorm", "Keras", "`training.clip_norm`");
const CLIPVALUE: KnownAs = Here("clipvalue", "Keras", "`training.clip_value`");

const FOREIGN: &[KnownAs] = &[LEARNING_RATE, LR, WEIGHT_DECAY, CLIPNORM, CLIPVALUE];

const ADAM_FOREIGN: &[KnownAs] = &[
    LEARNING_RATE,
    LR,
    WEIGHT_DECAY,
    CLIPNORM,
    CLIPVALUE,
    Note("amsgrad", "Keras", "this version does not have it", "이 버전에는 없습니다"),
];
