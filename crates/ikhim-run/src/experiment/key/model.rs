//! `[model]`: the network.

use super::KnownAs::Here;
use super::activation::ACTIVATION;
use super::initializer::INITIALIZER;
use super::{Choices, Key, KnownAs, Range, Type, key, kind};

pub(super) const MODEL: Choices = Choices {
    what: ("model type", "모델의 종류"),
    tag: "type",
    kinds: &[&[
        kind(
            "mlp",
            "Dense layers one after another; the widths of input and output come from the data.",
        )
        .builder("Mlp::new")
        .keys(MLP)
        .foreign(HIDDEN),
        kind("linear", "One dense layer: linear regression, or logistic with a cross-entropy.")
            .builder("Linear::new")
            .keys(LINEAR)
            .known_as(&[
                Here("logistic_regression", "scikit-learn", "`linear`"),
                Here("linear_regression", "scikit-learn", "`linear`"),
            ]),
        kind("layers", "The layers, line by line.").builder("Network::new").keys(LAYERS),
    ]],
};

const WIDTHS: Choices = Choices {
    what: ("widths", "너비"),
    tag: "type",
    kinds: &[&[kind("auto", "Chosen by the numbers of rows, inputs and classes.")]],
};

const MLP: &[Key] = &[
    key(
        "hidden",
        Type::Either(&[Type::List(&Type::Integer(1)), Type::Choice(&WIDTHS)]),
        "The widths of the hidden layers.",
    )
    .default("auto")
    .builder("Mlp::new")
    .known_as(&[
        Here("hidden_layer_sizes", "scikit-learn", "`hidden`"),
        Here("hidden_sizes", "", "`hidden`"),
        Here("units", "Keras", "`hidden` = [units, …]"),
    ]),
    key("activation", ACTIVATION, "The function after each hidden layer.")
        .default("relu")
        .builder("Mlp::activation"),
    key("dropout", Type::Number(Range::Share), "The share of hidden values dropped in training.")
        .default("0.0")
        .builder("Mlp::dropout")
        .known_as(&[
            Here("keep_prob", "TensorFlow 1", "`dropout` = 1 - keep_prob"),
            Here("dropout_rate", "", "`dropout`"),
        ]),
    INITIALIZERS[0].builder("Mlp::kernel_initializer"),
    INITIALIZERS[1].builder("Mlp::bias_initializer"),
];

const LINEAR: &[Key] = &[
    key("use_bias", Type::Boolean, "Whether it adds a bias.")
        .default("true")
        .builder("Linear::use_bias"),
    INITIALIZERS[0].builder("Linear::kernel_initializer"),
    INITIALIZERS[1].builder("Linear::bias_initializer"),
];

const INITIALIZERS: [Key; 2] = [
    key("kernel_initializer", INITIALIZER, "How the kernels begin.").default("glorot_uniform"),
    key("bias_initializer", INITIALIZER, "How the biases begin.").default("zeros"),
];

const LAYERS: &[Key] = &[key("layers", Type::Layers, "The layers, one inline table a line.")
    .required()
    .builder("Network::new")];

const HIDDEN: &[KnownAs] = &[Here("num_layers", "", "`hidden` = [width, width, …]")];
