//! Functions applied to each value: as `activation` of a layer and as layers.

use super::KnownAs::{Here, Note};
use super::{Choices, Key, Kind, Range, Type, key, kind};

/// Any activation.
pub(super) const ACTIVATION: Type = Type::Choice(&Choices {
    what: ("activation", "활성화 함수"),
    tag: "type",
    kinds: &[ACTIVATIONS],
});

/// The activations, which are layers too.
pub(super) const ACTIVATIONS: &[Kind] = &[
    kind("linear", "x, the identity.")
        .builder("Activation::Linear")
        .known_as(&[Here("identity", "PyTorch", "`linear`"), Here("none", "", "`linear`")])
        .foreign(&[
            Note(
                "units",
                "Keras",
                "`linear` is the identity; a layer with units is `dense`",
                "`linear`는 항등 함수입니다. units가 있는 층은 `dense`입니다",
            ),
            Here("in_features", "PyTorch", "type = \"dense\", inputs inferred"),
            Here("out_features", "PyTorch", "type = \"dense\", `units`"),
        ]),
    kind("relu", "max(x, 0).").builder("Activation::Relu"),
    kind("leaky_relu", "x where it is positive, else negative_slope · x.")
        .builder("Activation::LeakyRelu")
        .keys(LEAKY_RELU)
        .known_as(&[Here("lrelu", "", "`leaky_relu`")]),
    kind("elu", "x where it is positive, else alpha · (exp(x) - 1).")
        .builder("Activation::Elu")
        .keys(ELU),
    kind("selu", "1.0507 · elu(x) with alpha 1.6733, which keeps mean 0 and variance 1.")
        .builder("Activation::Selu"),
    kind("gelu", "x · Φ(x), Φ the normal distribution.").builder("Activation::Gelu"),
    kind("silu", "x · sigmoid(x).")
        .builder("Activation::Silu")
        .known_as(&[Here("swish", "Keras", "`silu`")]),
    kind("softplus", "log(1 + exp(x)).").builder("Activation::Softplus"),
    kind("sigmoid", "1 / (1 + exp(-x)).").builder("Activation::Sigmoid").known_as(&[Here(
        "logistic",
        "scikit-learn",
        "`sigmoid`",
    )]),
    kind("tanh", "Hyperbolic tangent.").builder("Activation::Tanh"),
    kind("exponential", "exp(x).").builder("Activation::Exponential").known_as(&[Here(
        "exp",
        "NumPy",
        "`exponential`",
    )]),
    kind("softmax", "exp(x) over its sum along the last axis.").builder("Activation::Softmax"),
    kind("maxout", "The largest of each group of neighboring values.")
        .builder("Activation::Maxout")
        .keys(MAXOUT),
];

const LEAKY_RELU: &[Key] =
    &[key("negative_slope", Type::Number(Range::Any), "The slope where x is negative.")
        .default("0.01")
        .known_as(&[Here("alpha", "Keras 2", "`negative_slope`")])];

const ELU: &[Key] =
    &[key("alpha", Type::Number(Range::Any), "The limit for very negative x is -alpha.")
        .default("1.0")];

const MAXOUT: &[Key] =
    &[key("pieces", Type::Integer(1), "How many values compete for one.").default("2")];
