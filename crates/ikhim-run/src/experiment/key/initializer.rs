//! How the parameters of a layer begin.

use super::KnownAs::Here;
use super::{Choices, Key, Kind, Range, Type, key, kind};

/// Any initializer.
pub(super) const INITIALIZER: Type = Type::Choice(&Choices {
    what: ("initializer", "초기화 방법"),
    tag: "type",
    kinds: &[INITIALIZERS],
});

const INITIALIZERS: &[Kind] = &[
    kind("zeros", "0.").builder("Initializer::zeros"),
    kind("ones", "1.").builder("Initializer::ones"),
    kind("constant", "One number.").builder("Initializer::constant").keys(CONSTANT),
    kind("uniform", "Equally likely between two bounds.")
        .builder("Initializer::uniform")
        .keys(UNIFORM)
        .foreign(&[
            Here("low", "NumPy", "`minval`"),
            Here("high", "NumPy", "`maxval`"),
            Here("a", "PyTorch", "`minval`"),
            Here("b", "PyTorch", "`maxval`"),
        ])
        .known_as(&[
            Here("random_uniform", "Keras", "`uniform`"),
            Here("RandomUniform", "Keras", "`uniform`"),
        ]),
    kind("normal", "A normal deviate.").builder("Initializer::normal").keys(NORMAL).known_as(&[
        Here("random_normal", "Keras", "`normal`"),
        Here("RandomNormal", "Keras", "`normal`"),
        Here("gaussian", "", "`normal`"),
    ]),
    kind("truncated_normal", "A normal deviate, drawn again beyond two standard deviations.")
        .builder("Initializer::truncated_normal")
        .keys(NORMAL),
    kind("glorot_uniform", "Uniform within √(6 / (inputs + units)).")
        .builder("Initializer::glorot_uniform")
        .known_as(&[
            Here("xavier", "TensorFlow 1", "`glorot_uniform`"),
            Here("xavier_uniform", "PyTorch", "`glorot_uniform`"),
        ]),
    kind("glorot_normal", "Truncated normal of standard deviation √(2 / (inputs + units)).")
        .builder("Initializer::glorot_normal")
        .known_as(&[Here("xavier_normal", "PyTorch", "`glorot_normal`")]),
    kind("he_uniform", "Uniform within √(6 / inputs).")
        .builder("Initializer::he_uniform")
        .known_as(&[
            Here("kaiming", "PyTorch", "`he_uniform` or `he_normal`"),
            Here("he", "", "`he_uniform` or `he_normal`"),
            Here("kaiming_uniform", "PyTorch", "`he_uniform`"),
        ]),
    kind("he_normal", "Truncated normal of standard deviation √(2 / inputs).")
        .builder("Initializer::he_normal")
        .known_as(&[Here("kaiming_normal", "PyTorch", "`he_normal`")]),
    kind("lecun_uniform", "Uniform within √(3 / inputs).").builder("Initializer::lecun_uniform"),
    kind("lecun_normal", "Truncated normal of standard deviation √(1 / inputs).")
        .builder("Initializer::lecun_normal"),
    kind("orthogonal", "Rows or columns that are orthogonal to each other.")
        .builder("Initializer::orthogonal")
        .keys(ORTHOGONAL),
];

const CONSTANT: &[Key] = &[key("value", Type::Number(Range::Any), "The number.").required()];

const UNIFORM: &[Key] = &[
    key("minval", Type::Number(Range::Any), "The lower bound.").default("-0.05"),
    key("maxval", Type::Number(Range::Any), "The upper bound.").default("0.05"),
];

const NORMAL: &[Key] = &[
    key("mean", Type::Number(Range::Any), "The mean.").default("0.0"),
    key("stddev", Type::Number(Range::AtLeast(0.0)), "The standard deviation.")
        .default("0.05")
        .known_as(&[
            Here("std", "PyTorch", "`stddev`"),
            Here("scale", "NumPy", "`stddev`"),
            Here("sigma", "", "`stddev`"),
        ]),
];

const ORTHOGONAL: &[Key] =
    &[key("gain", Type::Number(Range::Any), "Multiplies the matrix.").default("1.0")];
