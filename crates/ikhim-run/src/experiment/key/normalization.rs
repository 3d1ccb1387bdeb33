//! The keys of layers that normalize values, and of the dropout of channels.

use super::KnownAs::Here;
use super::layer::{RATE, TRAINABLE};
use super::{Key, Range, Type, key};

pub(super) const BATCH_NORM: &[Key] = &[
    key(
        "momentum",
        Type::Number(Range::Between(0.0, 1.0)),
        "The share of the batch in the running statistics (as PyTorch; Keras's momentum is 1 minus this).",
    )
    .default("0.1")
    .builder("BatchNorm::momentum")
    .known_as(&[Here("decay", "TensorFlow 1", "`momentum` = 1 - decay")]),
    key("epsilon", Type::Number(Range::Above(0.0)), "What is added to the variance.")
        .default("1e-5")
        .builder("BatchNorm::epsilon")
        .known_as(&[Here("eps", "PyTorch", "`epsilon`")]),
    TRAINABLE,
];

pub(super) const LAYER_NORM: &[Key] = &[
    key("epsilon", Type::Number(Range::Above(0.0)), "What is added to the variance.")
        .default("1e-5")
        .builder("LayerNorm::epsilon")
        .known_as(&[Here("eps", "PyTorch", "`epsilon`")]),
    TRAINABLE,
];

pub(super) const GROUP_NORM: &[Key] = &[
    key("groups", Type::Integer(1), "Into how many groups the channels fall.")
        .required()
        .builder("GroupNorm::new")
        .known_as(&[Here("num_groups", "PyTorch", "`groups`")]),
    key("epsilon", Type::Number(Range::Above(0.0)), "What is added to the variance.")
        .default("1e-5")
        .builder("GroupNorm::epsilon")
        .known_as(&[Here("eps", "PyTorch", "`epsilon`")]),
    TRAINABLE,
];

pub(super) const SPATIAL_DROPOUT: &[Key] =
    &[key("rate", Type::Number(Range::Share), "The share of channels that are set to zero.")
        .required()
        .builder("SpatialDropout::new")
        .known_as(RATE)];
