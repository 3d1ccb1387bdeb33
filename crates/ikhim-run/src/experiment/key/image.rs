//! The layers for images and sequences.

use super::KnownAs::{Here, Note};
use super::activation::ACTIVATION;
use super::initializer::INITIALIZER;
use super::layer::{REGULARIZER, TRAINABLE};
use super::normalization::{BATCH_NORM, GROUP_NORM, LAYER_NORM, SPATIAL_DROPOUT};
use super::{AUTO, Choices, Key, Kind, KnownAs, NONE, Type, key, kind};

/// Layers of one input that is an image or a sequence, or normalizes values.
pub(super) const IMAGES: &[Kind] = &[
    kind("conv1d", "Filters moved along a sequence [N, length, channels].")
        .builder("Conv1d::new")
        .keys(CONV1D)
        .known_as(&[Here("Conv1D", "Keras", "`conv1d`")])
        .foreign(CHANNELS),
    kind("conv2d", "Filters moved over an image [N, height, width, channels].")
        .builder("Conv2d::new")
        .keys(CONV2D)
        .known_as(&[
            Here("Conv2D", "Keras", "`conv2d`"),
            Here("conv", "", "`conv2d`"),
            Here("depthwise_conv2d", "Keras", "`conv2d` with `groups` as many as channels"),
        ])
        .foreign(CHANNELS),
    kind("conv2d_transpose", "A convolution turned around: the image grows by the stride.")
        .builder("Conv2dTranspose::new")
        .keys(CONV2D_TRANSPOSE)
        .known_as(&[
            Here("Conv2DTranspose", "Keras", "`conv2d_transpose`"),
            Here("ConvTranspose2d", "PyTorch", "`conv2d_transpose`"),
        ])
        .foreign(CHANNELS),
    kind("max_pool1d", "The largest value of each window of a sequence.")
        .builder("MaxPool1d::new")
        .keys(MAX_POOL1D)
        .known_as(&[Here("MaxPooling1D", "Keras", "`max_pool1d`")]),
    kind("max_pool2d", "The largest value of each window of an image.")
        .builder("MaxPool2d::new")
        .keys(MAX_POOL2D)
        .known_as(&[
            Here("MaxPooling2D", "Keras", "`max_pool2d`"),
            Here("max_pooling2d", "TensorFlow 1", "`max_pool2d`"),
            Here("max_pool", "TensorFlow 1", "`max_pool2d`"),
        ]),
    kind("average_pool1d", "The mean of each window of a sequence.")
        .builder("AveragePool1d::new")
        .keys(AVERAGE_POOL1D)
        .known_as(&[Here("AvgPool1d", "PyTorch", "`average_pool1d`")]),
    kind("average_pool2d", "The mean of each window of an image.")
        .builder("AveragePool2d::new")
        .keys(AVERAGE_POOL2D)
        .known_as(&[
            Here("AveragePooling2D", "Keras", "`average_pool2d`"),
            Here("avg_pool2d", "PyTorch", "`average_pool2d`"),
        ]),
    kind("global_max_pool2d", "The largest value of each channel of a whole image.")
        .builder("GlobalMaxPool2d::new")
        .known_as(&[Here("GlobalMaxPooling2D", "Keras", "`global_max_pool2d`")]),
    kind("global_average_pool2d", "The mean of each channel of a whole image.")
        .builder("GlobalAveragePool2d::new")
        .known_as(&[Here("GlobalAveragePooling2D", "Keras", "`global_average_pool2d`")]),
    kind("adaptive_max_pool2d", "The largest value of as many windows as the result has.")
        .builder("AdaptiveMaxPool2d::new")
        .keys(ADAPTIVE_MAX_POOL2D)
        .known_as(&[Here("AdaptiveMaxPool2d", "PyTorch", "`adaptive_max_pool2d`")]),
    kind("adaptive_average_pool2d", "The mean of as many windows as the result has.")
        .builder("AdaptiveAveragePool2d::new")
        .keys(ADAPTIVE_AVERAGE_POOL2D)
        .known_as(&[Here("AdaptiveAvgPool2d", "PyTorch", "`adaptive_average_pool2d`")]),
    kind(
        "batch_norm",
        "Each channel to mean 0 and variance 1 over the batch; in use by running statistics.",
    )
    .builder("BatchNorm::new")
    .keys(BATCH_NORM)
    .known_as(&[
        Here("BatchNormalization", "Keras", "`batch_norm`"),
        Here("BatchNorm1d", "PyTorch", "`batch_norm`"),
        Here("BatchNorm2d", "PyTorch", "`batch_norm`"),
    ]),
    kind("layer_norm", "Each row to mean 0 and variance 1 over its last axis.")
        .builder("LayerNorm::new")
        .keys(LAYER_NORM)
        .known_as(&[Here("LayerNormalization", "Keras", "`layer_norm`")]),
    kind("group_norm", "Each row and group of channels to mean 0 and variance 1.")
        .builder("GroupNorm::new")
        .keys(GROUP_NORM)
        .known_as(&[Here("GroupNormalization", "Keras", "`group_norm`")]),
    kind(
        "spatial_dropout",
        "In training, sets whole channels to zero by chance and scales the others up.",
    )
    .builder("SpatialDropout::new")
    .keys(SPATIAL_DROPOUT)
    .known_as(&[
        Here("SpatialDropout2D", "Keras", "`spatial_dropout`"),
        Here("Dropout2d", "PyTorch", "`spatial_dropout`"),
    ]),
    kind("up_sampling2d", "Each cell of an image repeated, so that it grows by whole factors.")
        .builder("UpSampling2d::new")
        .keys(UP_SAMPLING2D)
        .known_as(&[
            Here("UpSampling2D", "Keras", "`up_sampling2d`"),
            Here("Upsample", "PyTorch", "`up_sampling2d`"),
        ]),
    kind("zero_padding2d", "Zeros around an image.")
        .builder("ZeroPadding2d::new")
        .keys(ZERO_PADDING2D)
        .known_as(&[
            Here("ZeroPadding2D", "Keras", "`zero_padding2d`"),
            Here("ZeroPad2d", "PyTorch", "`zero_padding2d`"),
        ]),
];

/// What other libraries want to know of the input.
const CHANNELS: &[KnownAs] = &[Note(
    "in_channels",
    "PyTorch",
    "input widths are inferred; leave it out",
    "입력의 크기는 저절로 정해집니다. 빼면 됩니다",
)];

/// One number, or one for height and one for width.
const SIZE: Type = Type::Either(&[Type::Integer(1), Type::NonEmpty(&Type::Integer(1))]);

const SIZE_OR_AUTO: Type =
    Type::Either(&[Type::Integer(1), Type::NonEmpty(&Type::Integer(1)), AUTO]);

const LENGTH: Type = Type::Integer(1);

const LENGTH_OR_AUTO: Type = Type::Either(&[Type::Integer(1), AUTO]);

/// Cells of padding: one number, one for each axis, or one for each side.
const CELLS: Type =
    Type::NonEmpty(&Type::Either(&[Type::Integer(0), Type::NonEmpty(&Type::Integer(0))]));

const WORDS: Type = Type::Choice(&Choices {
    what: ("padding", "패딩"),
    tag: "type",
    kinds: &[&[
        kind("valid", "None: windows stand inside only."),
        kind("same", "So many that a stride of 1 keeps the size (TensorFlow's rule)."),
    ]],
});

const PADDING: Type = Type::Either(&[WORDS, Type::Integer(0), CELLS]);

const PADDING_ALONG: Type = Type::Either(&[WORDS, Type::Integer(0)]);

const PADDED: &str = "Cells of zeros around the input: `valid` is none, `same` keeps the size at a stride of 1, \
     numbers are cells.";

const CONV1D: &[Key] = &[
    key("filters", Type::Integer(1), "How many filters, which are the channels of its values.")
        .required()
        .builder("Conv1d::new")
        .known_as(&[Here("out_channels", "PyTorch", "`filters`")]),
    key("kernel_size", LENGTH, "The length of the filters.")
        .required()
        .builder("Conv1d::new")
        .known_as(&[Here("kernel", "", "`kernel_size`")]),
    key("stride", LENGTH, "Cells from one place of a filter to the next.")
        .default("1")
        .builder("Conv1d::stride")
        .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING_ALONG, PADDED).default("valid").builder("Conv1d::padding"),
    key("dilation", LENGTH, "Cells from one cell of a filter to the next.")
        .default("1")
        .builder("Conv1d::dilation")
        .known_as(&[Here("dilation_rate", "Keras", "`dilation`")]),
    key(
        "groups",
        Type::Integer(1),
        "Into how many groups the channels fall; each filter sees one of them.",
    )
    .default("1")
    .builder("Conv1d::groups"),
    key("activation", ACTIVATION, "The function applied to its values.")
        .default("linear")
        .builder("Conv1d::activation"),
    key("use_bias", Type::Boolean, "Whether it adds a bias.")
        .default("true")
        .builder("Conv1d::use_bias")
        .known_as(&[Here("bias", "PyTorch", "`use_bias`")]),
    key("kernel_initializer", INITIALIZER, "How the kernel begins.")
        .default("glorot_uniform")
        .builder("Conv1d::kernel_initializer"),
    key("bias_initializer", INITIALIZER, "How the bias begins.")
        .default("zeros")
        .builder("Conv1d::bias_initializer")
        .only_with("use_bias", "true"),
    key(
        "kernel_regularizer",
        Type::Either(&[Type::Table(&REGULARIZER), NONE]),
        "A penalty on the kernel of this layer, added to the loss.",
    )
    .default("none")
    .builder("Conv1d::kernel_regularizer"),
    TRAINABLE,
];

const CONV2D: &[Key] = &[
    key("filters", Type::Integer(1), "How many filters, which are the channels of its values.")
        .required()
        .builder("Conv2d::new")
        .known_as(&[Here("out_channels", "PyTorch", "`filters`")]),
    key("kernel_size", SIZE, "Height and width of the filters; one number is both.")
        .required()
        .builder("Conv2d::new")
        .known_as(&[Here("kernel", "", "`kernel_size`")]),
    key("stride", SIZE, "Cells from one place of a filter to the next.")
        .default("1")
        .builder("Conv2d::stride")
        .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING, PADDED).default("valid").builder("Conv2d::padding"),
    key("dilation", SIZE, "Cells from one cell of a filter to the next.")
        .default("1")
        .builder("Conv2d::dilation")
        .known_as(&[Here("dilation_rate", "Keras", "`dilation`")]),
    key(
        "groups",
        Type::Integer(1),
        "Into how many groups the channels fall; each filter sees one of them.",
    )
    .default("1")
    .builder("Conv2d::groups"),
    key("activation", ACTIVATION, "The function applied to its values.")
        .default("linear")
        .builder("Conv2d::activation"),
    key("use_bias", Type::Boolean, "Whether it adds a bias.")
        .default("true")
        .builder("Conv2d::use_bias")
        .known_as(&[Here("bias", "PyTorch", "`use_bias`")]),
    key("kernel_initializer", INITIALIZER, "How the kernel begins.")
        .default("glorot_uniform")
        .builder("Conv2d::kernel_initializer"),
    key("bias_initializer", INITIALIZER, "How the bias begins.")
        .default("zeros")
        .builder("Conv2d::bias_initializer")
        .only_with("use_bias", "true"),
    key(
        "kernel_regularizer",
        Type::Either(&[Type::Table(&REGULARIZER), NONE]),
        "A penalty on the kernel of this layer, added to the loss.",
    )
    .default("none")
    .builder("Conv2d::kernel_regularizer"),
    TRAINABLE,
];

const CONV2D_TRANSPOSE: &[Key] = &[
    key("filters", Type::Integer(1), "How many filters, which are the channels of its values.")
        .required()
        .builder("Conv2dTranspose::new")
        .known_as(&[Here("out_channels", "PyTorch", "`filters`")]),
    key("kernel_size", SIZE, "Height and width of the filters; one number is both.")
        .required()
        .builder("Conv2dTranspose::new")
        .known_as(&[Here("kernel", "", "`kernel_size`")]),
    key("stride", SIZE, "Cells from one place of a filter to the next.")
        .default("1")
        .builder("Conv2dTranspose::stride")
        .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING, PADDED).default("valid").builder("Conv2dTranspose::padding"),
    key("dilation", SIZE, "Cells from one cell of a filter to the next.")
        .default("1")
        .builder("Conv2dTranspose::dilation")
        .known_as(&[Here("dilation_rate", "Keras", "`dilation`")]),
    key(
        "groups",
        Type::Integer(1),
        "Into how many groups the channels fall; each filter sees one of them.",
    )
    .default("1")
    .builder("Conv2dTranspose::groups"),
    key("activation", ACTIVATION, "The function applied to its values.")
        .default("linear")
        .builder("Conv2dTranspose::activation"),
    key("use_bias", Type::Boolean, "Whether it adds a bias.")
        .default("true")
        .builder("Conv2dTranspose::use_bias")
        .known_as(&[Here("bias", "PyTorch", "`use_bias`")]),
    key("kernel_initializer", INITIALIZER, "How the kernel begins.")
        .default("glorot_uniform")
        .builder("Conv2dTranspose::kernel_initializer"),
    key("bias_initializer", INITIALIZER, "How the bias begins.")
        .default("zeros")
        .builder("Conv2dTranspose::bias_initializer")
        .only_with("use_bias", "true"),
    key(
        "kernel_regularizer",
        Type::Either(&[Type::Table(&REGULARIZER), NONE]),
        "A penalty on the kernel of this layer, added to the loss.",
    )
    .default("none")
    .builder("Conv2dTranspose::kernel_regularizer"),
    TRAINABLE,
];

const MAX_POOL1D: &[Key] = &[
    key("pool_size", LENGTH, "The length of a window.")
        .required()
        .builder("MaxPool1d::new")
        .known_as(&[Here("kernel_size", "PyTorch", "`pool_size`")]),
    key(
        "stride",
        LENGTH_OR_AUTO,
        "Cells from one window to the next; `auto` is the size of a window.",
    )
    .default("auto")
    .builder("MaxPool1d::stride")
    .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING_ALONG, PADDED).default("valid").builder("MaxPool1d::padding"),
];

const MAX_POOL2D: &[Key] = &[
    key("pool_size", SIZE, "Height and width of a window; one number is both.")
        .required()
        .builder("MaxPool2d::new")
        .known_as(&[Here("kernel_size", "PyTorch", "`pool_size`")]),
    key(
        "stride",
        SIZE_OR_AUTO,
        "Cells from one window to the next; `auto` is the size of a window.",
    )
    .default("auto")
    .builder("MaxPool2d::stride")
    .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING, PADDED).default("valid").builder("MaxPool2d::padding"),
];

const AVERAGE_POOL1D: &[Key] = &[
    key("pool_size", LENGTH, "The length of a window.")
        .required()
        .builder("AveragePool1d::new")
        .known_as(&[Here("kernel_size", "PyTorch", "`pool_size`")]),
    key(
        "stride",
        LENGTH_OR_AUTO,
        "Cells from one window to the next; `auto` is the size of a window.",
    )
    .default("auto")
    .builder("AveragePool1d::stride")
    .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING_ALONG, PADDED).default("valid").builder("AveragePool1d::padding"),
    key("count_include_pad", Type::Boolean, "Whether a mean divides by the cells of padding too.")
        .default("false")
        .builder("AveragePool1d::count_include_pad"),
];

const AVERAGE_POOL2D: &[Key] = &[
    key("pool_size", SIZE, "Height and width of a window; one number is both.")
        .required()
        .builder("AveragePool2d::new")
        .known_as(&[Here("kernel_size", "PyTorch", "`pool_size`")]),
    key(
        "stride",
        SIZE_OR_AUTO,
        "Cells from one window to the next; `auto` is the size of a window.",
    )
    .default("auto")
    .builder("AveragePool2d::stride")
    .known_as(&[Here("strides", "Keras", "`stride`")]),
    key("padding", PADDING, PADDED).default("valid").builder("AveragePool2d::padding"),
    key("count_include_pad", Type::Boolean, "Whether a mean divides by the cells of padding too.")
        .default("false")
        .builder("AveragePool2d::count_include_pad"),
];

const ADAPTIVE_MAX_POOL2D: &[Key] =
    &[key("output_size", SIZE, "Height and width of the result; one number is both.")
        .required()
        .builder("AdaptiveMaxPool2d::new")];

const ADAPTIVE_AVERAGE_POOL2D: &[Key] =
    &[key("output_size", SIZE, "Height and width of the result; one number is both.")
        .required()
        .builder("AdaptiveAveragePool2d::new")];

const UP_SAMPLING2D: &[Key] =
    &[key("size", SIZE, "How many times each cell, along height and width; one number is both.")
        .required()
        .builder("UpSampling2d::new")
        .known_as(&[Here("scale_factor", "PyTorch", "`size`")])];

const ZERO_PADDING2D: &[Key] = &[key(
    "padding",
    Type::Either(&[Type::Integer(0), CELLS]),
    "Cells around the image: one number, [height, width] or [[top, bottom], [left, right]].",
)
.required()
.builder("ZeroPadding2d::new")];
