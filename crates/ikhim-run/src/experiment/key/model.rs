//! `[model]`: the network.

use super::KnownAs::Here;
use super::activation::ACTIVATION;
use super::ensemble::{ALONE, ENSEMBLE};
use super::initializer::INITIALIZER;
use super::{Choices, Key, KnownAs, Range, Type, key, kind};

pub(super) const MODEL: Choices = Choices {
    what: ("model type", "모델의 종류"),
    tag: "type",
    kinds: &[&[
        kind("auto", "The data decide: `cnn` for images, `mlp` for all else. Keys of one of them choose it.")
            .keys(ALONE)
            .otherwise(&["mlp", "cnn"]),
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
        kind("cnn", "A small convolutional network: blocks of 3×3 convolutions with a pooling each, dropout, and a dense layer.")
            .builder("Cnn::new")
            .keys(CNN),
        kind("lab_11_1", "Two convolutions with pooling and a dense layer: the first convolutional network of the course.")
            .builder("CourseNet::new")
            .keys(ALONE),
        kind("lab_11_2", "Three convolutions with pooling and dropout, and two dense layers.")
            .builder("CourseNet::new")
            .keys(ALONE),
        kind("lab_11_4", "`lab_11_2` with biases, Glorot's initial weights and more dropout at the end.")
            .builder("CourseNet::new")
            .keys(ALONE),
        kind("lenet5", "LeNet-5: two convolutions with average pooling and three dense layers.")
            .builder("LeNet5::new")
            .keys(ALONE),
        kind("vgg", "Blocks of 3×3 convolutions with batch norm, each with a pooling, and a dense layer.")
            .builder("Vgg::new")
            .keys(VGG),
        kind("resnet", "The residual network for small images: three stages of blocks with a way around.")
            .builder("ResNet::new")
            .keys(RESNET)
            .known_as(&[Here("resnet20", "", "`resnet` with depth = 20")]),
        kind("inception", "Two blocks of convolutions of several sizes side by side.")
            .builder("InceptionNet::new")
            .keys(ALONE),
        kind("autoencoder", "Convolutions that make an image smaller and large again, for task = \"reconstruction\".")
            .builder("Autoencoder::new")
            .keys(AUTOENCODER),
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
    ENSEMBLE,
];

const BLOCKS: Choices = Choices {
    what: ("blocks", "블록"),
    tag: "type",
    kinds: &[&[kind(
        "auto",
        "[[32, 32], [64]], and for images of more than 256 cells blocks of 16 filters before them that \
         halve the sides until no more are left.",
    )]],
};

const CNN: &[Key] = &[
    key(
        "blocks",
        Type::Either(&[Type::NonEmpty(&Type::NonEmpty(&Type::Integer(1))), Type::Choice(&BLOCKS)]),
        "The filters of each convolution, block by block; each block ends by a maximum of 2×2.",
    )
    .default("auto")
    .builder("Cnn::blocks"),
    key("activation", ACTIVATION, "The function after each convolution.")
        .default("relu")
        .builder("Cnn::activation"),
    key(
        "dropout",
        Type::Number(Range::Share),
        "The share of values dropped before the dense layer.",
    )
    .default("0.5")
    .builder("Cnn::dropout"),
    INITIALIZERS[0].builder("Cnn::kernel_initializer"),
    INITIALIZERS[1].builder("Cnn::bias_initializer"),
    ENSEMBLE,
];

const VGG: &[Key] = &[
    key(
        "blocks",
        Type::NonEmpty(&Type::NonEmpty(&Type::Integer(1))),
        "The filters of each convolution, block by block.",
    )
    .default("[[32, 32], [64, 64], [128, 128]]")
    .builder("Vgg::blocks"),
    ENSEMBLE,
];

const RESNET: &[Key] = &[
    key(
        "depth",
        Type::Integer(8),
        "How many layers with a kernel: 20, 32, 44, 56, 110, or 6n + 2.",
    )
    .default("20")
    .builder("ResNet::new"),
    ENSEMBLE,
];

const AUTOENCODER: &[Key] = &[
    key(
        "filters",
        Type::NonEmpty(&Type::Integer(1)),
        "The filters of each layer on the way to the smallest image; each halves height and width.",
    )
    .default("[16, 32]")
    .builder("Autoencoder::new"),
    ENSEMBLE,
];

const LINEAR: &[Key] = &[
    key("use_bias", Type::Boolean, "Whether it adds a bias.")
        .default("true")
        .builder("Linear::use_bias"),
    INITIALIZERS[0].builder("Linear::kernel_initializer"),
    INITIALIZERS[1].builder("Linear::bias_initializer"),
    ENSEMBLE,
];

const INITIALIZERS: [Key; 2] = [
    key("kernel_initializer", INITIALIZER, "How the kernels begin.").default("glorot_uniform"),
    key("bias_initializer", INITIALIZER, "How the biases begin.").default("zeros"),
];

const LAYERS: &[Key] = &[
    key("layers", Type::Layers, "The layers, one inline table a line.")
        .required()
        .builder("Network::new"),
    ENSEMBLE,
];

const HIDDEN: &[KnownAs] = &[Here("num_layers", "", "`hidden` = [width, width, …]")];
