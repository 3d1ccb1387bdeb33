//! What training minimizes.

use super::KnownAs::{Here, Note};
use super::{Choices, Key, Kind, Range, Type, key, kind};

/// Any loss.
pub(super) const LOSS: Type = Type::Choice(&Choices {
    what: ("loss", "손실 함수"),
    tag: "type",
    kinds: &[&[kind("auto", "Chosen by the target.")], LOSSES],
});

const LOSSES: &[Kind] = &[
    kind("mse", "The mean of squared errors.").builder("Mse::new").keys(REDUCED).known_as(&[
        Here("mean_squared_error", "Keras", "`mse`"),
        Here("MSELoss", "PyTorch", "`mse`"),
        Here("l2", "", "`mse`"),
    ]),
    kind("mae", "The mean of absolute errors.").builder("Mae::new").keys(REDUCED).known_as(&[
        Here("mean_absolute_error", "Keras", "`mae`"),
        Here("L1Loss", "PyTorch", "`mae`"),
        Here("l1", "", "`mae`"),
    ]),
    kind("huber", "Squared errors up to delta, absolute ones beyond.")
        .builder("Huber::new")
        .keys(HUBER)
        .known_as(&[
            Here("smooth_l1", "PyTorch", "`huber`"),
            Here("HuberLoss", "PyTorch", "`huber`"),
        ]),
    kind("sum_squared_error", "The sum of squared errors.").builder("SumSquaredError::new"),
    kind("cross_entropy", "Of a softmax over classes; labels are class numbers or one-hot.")
        .builder("CrossEntropy::new")
        .keys(CROSS_ENTROPY)
        .known_as(&[
            Here("categorical_crossentropy", "Keras", "`cross_entropy`"),
            Here("sparse_categorical_crossentropy", "Keras", "`cross_entropy`"),
            Here("CrossEntropyLoss", "PyTorch", "`cross_entropy`"),
            Here("softmax_cross_entropy", "TensorFlow 1", "`cross_entropy`"),
            Note(
                "log_loss",
                "scikit-learn",
                "as a loss it is `cross_entropy` or `binary_cross_entropy`",
                "손실로는 `cross_entropy`나 `binary_cross_entropy`입니다",
            ),
        ]),
    kind("binary_cross_entropy", "Of a sigmoid, for targets that are yes or no.")
        .builder("BinaryCrossEntropy::new")
        .keys(BINARY_CROSS_ENTROPY)
        .known_as(&[
            Here("binary_crossentropy", "Keras", "`binary_cross_entropy`"),
            Here("bce", "PyTorch", "`binary_cross_entropy`"),
            Here("BCELoss", "PyTorch", "`binary_cross_entropy` with from_logits = false"),
            Here("BCEWithLogitsLoss", "PyTorch", "`binary_cross_entropy`"),
        ]),
];

const REDUCED: &[Key] = &[REDUCTION];

const HUBER: &[Key] = &[
    key("delta", Type::Number(Range::Above(0.0)), "Where the loss turns from squared to absolute.")
        .default("1.0")
        .builder("Huber::delta")
        .known_as(&[Here("beta", "PyTorch", "`delta`")]),
    REDUCTION,
];

const CROSS_ENTROPY: &[Key] = &[
    FROM_LOGITS,
    CLIP,
    key(
        "renormalize",
        Type::Boolean,
        "Divides the probabilities by their sum first, as Keras does.",
    )
    .default("false")
    .builder("CrossEntropy::renormalize")
    .only_with("from_logits", "false"),
    LABEL_SMOOTHING,
    REDUCTION,
];

const BINARY_CROSS_ENTROPY: &[Key] = &[FROM_LOGITS, CLIP, LABEL_SMOOTHING, REDUCTION];

const FROM_LOGITS: Key = key(
    "from_logits",
    Type::Boolean,
    "Whether the last layer gives logits, so that the loss holds sigmoid or softmax; else probabilities.",
)
.default("true")
.builder("CrossEntropy::from_logits");

const CLIP: Key = key(
    "clip",
    Type::Number(Range::Between(0.0, 0.5)),
    "Keeps probabilities between clip and 1 - clip before the logarithm; 0 is the bare formula.",
)
.default("1e-7")
.builder("CrossEntropy::clip")
.known_as(&[Here("epsilon", "Keras", "`clip`"), Here("eps", "scikit-learn", "`clip`")])
.only_with("from_logits", "false");

const LABEL_SMOOTHING: Key = key(
    "label_smoothing",
    Type::Number(Range::Share),
    "The share of each label spread over all classes.",
)
.default("0.0")
.builder("CrossEntropy::label_smoothing");

const REDUCTION: Key = key(
    "reduction",
    Type::Choice(&Choices {
        what: ("reduction", "모으는 방법"),
        tag: "type",
        kinds: &[&[
            kind("mean", "The mean over rows.").builder("Reduction::Mean").known_as(&[Here(
                "sum_over_batch_size",
                "Keras",
                "`mean`",
            )]),
            kind("sum", "The sum over rows.").builder("Reduction::Sum"),
        ]],
    }),
    "How the losses of the rows become one.",
)
.default("mean")
.builder("Mse::reduction");
