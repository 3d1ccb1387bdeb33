//! The layers of `model.layers`.

use super::KnownAs::{Here, Note};
use super::activation::{ACTIVATION, ACTIVATIONS};
use super::image::IMAGES;
use super::initializer::INITIALIZER;
use super::sequence::SEQUENCES;
use super::{AUTO, Choices, Key, Kind, KnownAs, NONE, Range, Rule, Table, Type, key, kind};

/// Every layer type.
pub const LAYERS: Choices = Choices {
    what: ("layer type", "층의 종류"),
    tag: "type",
    kinds: &[SINGLE, IMAGES, SEQUENCES, SHAPING, JOINING, ACTIVATIONS],
};

/// The keys of every layer, beside those of its type.
pub const ENTRY: Table = Table {
    keys: &[
        key(
            "name",
            Type::Text(Rule::LayerName),
            "The layer's name in parameters, findings and paths; without it, `<type>_<k>`.",
        )
        .builder("Entry::named"),
        key("input", Type::Text(Rule::Any), "The layer whose output it takes, instead of the line above.")
            .builder("Entry::inputs"),
        key(
            "inputs",
            Type::NonEmpty(&Type::Text(Rule::Any)),
            "The layers whose outputs it takes; `previous` is the line above, `features` the data.",
        )
        .builder("Entry::inputs"),
        key(
            "share",
            Type::Text(Rule::Any),
            "Instead of `type`: applies the layer of this name once more, with the same parameters.",
        )
        .builder("Entry::share"),
    ],
    foreign: &[
        Note(
            "input_shape",
            "Keras",
            "input widths are inferred; leave it out",
            "입력의 크기는 저절로 정해집니다. 빼면 됩니다",
        ),
        Note(
            "input_dim",
            "Keras",
            "input widths are inferred; leave it out",
            "입력의 크기는 저절로 정해집니다. 빼면 됩니다",
        ),
    ],
};

pub(super) const TRAINABLE: Key = key("trainable", Type::Boolean, "Whether its parameters learn.")
    .default("true")
    .builder("Entry::trainable")
    .known_as(&[Here("requires_grad", "PyTorch", "`trainable`")]);

/// Layers of one input.
const SINGLE: &[Kind] = &[
    kind("dense", "x · kernel + bias, then the activation.")
        .builder("Dense::new")
        .keys(DENSE)
        .known_as(&[
            Here("Dense", "Keras", "`dense`"),
            Here("Linear", "PyTorch", "`dense`"),
            Here("fc", "", "`dense`"),
            Here("fully_connected", "TensorFlow 1", "`dense`"),
        ])
        .foreign(WEIGHTS),
    kind("embedding", "A learned vector for each integer.")
        .builder("Embedding::new")
        .keys(EMBEDDING)
        .known_as(&[Here("Embedding", "Keras", "`embedding`")]),
    kind("dropout", "In training, sets values to zero by chance and scales the others up.")
        .builder("Dropout::new")
        .keys(DROPOUT)
        .known_as(&[Here("Dropout", "Keras", "`dropout`")]),
    kind("alpha_dropout", "Dropout for `selu`: keeps mean and variance.")
        .builder("AlphaDropout::new")
        .keys(ALPHA_DROPOUT),
];

/// Layers that put values under another shape.
const SHAPING: &[Kind] =
    &[
        kind("flatten", "All axes but the rows become one.")
            .builder("Flatten::new")
            .known_as(&[Here("Flatten", "Keras", "`flatten`")]),
        kind("reshape", "The values of a row in another shape.")
            .builder("Reshape::new")
            .keys(RESHAPE)
            .known_as(&[Here("view", "PyTorch", "`reshape`")]),
    ];

/// Layers of several inputs.
pub const JOINING: &[Kind] = &[
    kind("add", "The sum of its inputs.").builder("Layer::Add"),
    kind("multiply", "The product of its inputs, value by value.").builder("Layer::Multiply"),
    kind("concat", "Its inputs side by side.")
        .builder("Concat::new")
        .keys(CONCAT)
        .known_as(&[Here("concatenate", "Keras", "`concat`"), Here("cat", "PyTorch", "`concat`")]),
];

const DENSE: &[Key] = &[
    key(
        "units",
        Type::Either(&[
            Type::Integer(1),
            Type::Choice(&Choices {
                what: ("width", "너비"),
                tag: "type",
                kinds: &[&[kind("auto", "The width that the target needs.")]],
            }),
        ]),
        "How many values it gives; `auto` is the width that the target needs.",
    )
    .required()
    .builder("Dense::new")
    .known_as(&[
        Here("out_features", "PyTorch", "`units`"),
        Here("num_outputs", "TensorFlow 1", "`units`"),
        Here("n_units", "", "`units`"),
    ]),
    key("activation", ACTIVATION, "The function applied to its values.")
        .default("linear")
        .builder("Dense::activation")
        .known_as(&[Here("activation_fn", "TensorFlow 1", "`activation`")]),
    key("use_bias", Type::Boolean, "Whether it adds a bias.")
        .default("true")
        .builder("Dense::use_bias"),
    key("kernel_initializer", INITIALIZER, "How the kernel begins.")
        .default("glorot_uniform")
        .builder("Dense::kernel_initializer")
        .known_as(&[
            Here("init", "Keras 1", "`kernel_initializer`"),
            Here("weights_initializer", "TensorFlow 1", "`kernel_initializer`"),
        ]),
    key("bias_initializer", INITIALIZER, "How the bias begins.")
        .default("zeros")
        .builder("Dense::bias_initializer")
        .known_as(&[Here("biases_initializer", "TensorFlow 1", "`bias_initializer`")])
        .only_with("use_bias", "true"),
    key(
        "kernel_regularizer",
        Type::Either(&[Type::Table(&REGULARIZER), NONE]),
        "A penalty on the kernel of this layer, added to the loss.",
    )
    .default("none")
    .builder("Dense::kernel_regularizer")
    .known_as(&[Here("W_regularizer", "Keras 1", "`kernel_regularizer`")]),
    key(
        "kernel",
        Type::NonEmpty(&Type::NonEmpty(&Type::Number(Range::Any))),
        "The kernel to begin with, one row for each input: [inputs, units].",
    )
    .builder("Dense::kernel"),
    key(
        "bias",
        Type::NonEmpty(&Type::Number(Range::Any)),
        "The bias to begin with, one number a unit.",
    )
    .builder("Dense::bias")
    .only_with("use_bias", "true"),
    TRAINABLE,
];

/// PyTorch's words for what a dense layer holds.
const WEIGHTS: &[KnownAs] = &[
    Here("weight", "PyTorch", "`kernel`, [inputs, units]: the transpose of weight, [out, in]"),
    Here("weights", "Keras", "`kernel` and `bias`"),
    Note(
        "in_features",
        "PyTorch",
        "input widths are inferred; leave it out",
        "입력의 크기는 저절로 정해집니다. 빼면 됩니다",
    ),
    Here("l2", "Keras", "`kernel_regularizer` = { l2 = … }"),
    Here("dropout", "", "a line { type = \"dropout\", rate = … } below"),
];

pub(super) const REGULARIZER: Table = Table {
    keys: &[
        key("l1", Type::Number(Range::AtLeast(0.0)), "Times the sum of absolute values.")
            .default("0.0")
            .builder("Penalty::l1"),
        key("l2", Type::Number(Range::AtLeast(0.0)), "Times the sum of squares.")
            .default("0.0")
            .builder("Penalty::l2"),
    ],
    foreign: &[],
};

const EMBEDDING: &[Key] = &[
    key("output_dim", Type::Integer(1), "The length of each vector.")
        .required()
        .builder("Embedding::new")
        .known_as(&[Here("embedding_dim", "PyTorch", "`output_dim`")]),
    key(
        "input_dim",
        Type::Either(&[Type::Integer(1), AUTO]),
        "How many integers there are; `auto` is as many as the data have.",
    )
    .default("auto")
    .builder("Embedding::input_dim")
    .known_as(&[Here("num_embeddings", "PyTorch", "`input_dim`")]),
    key("embeddings_initializer", INITIALIZER, "How the vectors begin.")
        .default("uniform")
        .builder("Embedding::embeddings_initializer"),
    TRAINABLE,
];

const DROPOUT: &[Key] =
    &[key("rate", Type::Number(Range::Share), "The share of values that are set to zero.")
        .required()
        .builder("Dropout::new")
        .known_as(RATE)];

const ALPHA_DROPOUT: &[Key] =
    &[key("rate", Type::Number(Range::Share), "The share of values that are dropped.")
        .required()
        .builder("AlphaDropout::new")
        .known_as(RATE)];

pub(super) const RATE: &[KnownAs] = &[
    Here("keep_prob", "TensorFlow 1", "`rate` = 1 - keep_prob"),
    Here("p", "PyTorch", "`rate`"),
    Here("drop_prob", "", "`rate`"),
];

const RESHAPE: &[Key] = &[key(
    "target_shape",
    Type::NonEmpty(&Type::Integer(-1)),
    "The shape of a row; -1 takes what is left.",
)
.required()
.builder("Reshape::new")
.known_as(&[
    Here("shape", "PyTorch", "`target_shape`"),
    Here("size", "PyTorch", "`target_shape`"),
])];

const CONCAT: &[Key] =
    &[key("axis", Type::Integer(-8), "The axis along which they are joined; -1 is the last.")
        .default("-1")
        .builder("Concat::axis")
        .known_as(&[Here("dim", "PyTorch", "`axis`")])];
