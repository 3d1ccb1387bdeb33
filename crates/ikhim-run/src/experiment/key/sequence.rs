//! Layers of sequences in `model.layers`.

use super::KnownAs::{Here, Note};
use super::initializer::INITIALIZER;
use super::layer::TRAINABLE;
use super::{AUTO, Choices, Key, Kind, KnownAs, Range, Type, key, kind};

/// Recurrent layers, attention, and what belongs to them.
pub(super) const SEQUENCES: &[Kind] = &[
    kind("one_hot", "A 1 in a row of zeros for each integer.").builder("OneHot::new").keys(ONE_HOT),
    kind(
        "simple_rnn",
        "A recurrence without gates: h = f(x · kernel + h · recurrent_kernel + bias).",
    )
    .builder("SimpleRnn::new")
    .keys(SIMPLE_RNN)
    .known_as(&[
        Here("SimpleRNN", "Keras", "`simple_rnn`"),
        Here("RNN", "PyTorch", "`simple_rnn`"),
        Here("BasicRNNCell", "TensorFlow 1", "`simple_rnn`"),
    ])
    .foreign(RECURRENT_WORDS),
    kind("lstm", "Long short-term memory.")
        .builder("Lstm::new")
        .keys(LSTM)
        .known_as(&[
            Here("LSTM", "Keras", "`lstm`"),
            Here("BasicLSTMCell", "TensorFlow 1", "`lstm`"),
        ])
        .foreign(RECURRENT_WORDS),
    kind("gru", "A gated recurrent unit, its reset gate behind the product.")
        .builder("Gru::new")
        .keys(GRU)
        .known_as(&[Here("GRU", "Keras", "`gru`"), Here("GRUCell", "TensorFlow 1", "`gru`")])
        .foreign(RECURRENT_WORDS),
    kind("multi_head_attention", "Several scaled dot-product attentions side by side.")
        .builder("MultiHeadAttention::new")
        .keys(ATTENTION)
        .known_as(&[
            Here("MultiHeadAttention", "Keras", "`multi_head_attention`"),
            Here("MultiheadAttention", "PyTorch", "`multi_head_attention`"),
        ]),
    kind(
        "transformer_block",
        "Attention and two dense layers, each on normalized values and added to its input.",
    )
    .builder("TransformerBlock::new")
    .keys(BLOCK)
    .known_as(&[Here("TransformerEncoderLayer", "PyTorch", "`transformer_block`")]),
    kind("position_embedding", "A learned vector for each place of a sequence, added to it.")
        .builder("PositionEmbedding::new")
        .keys(POSITION),
    kind("sine_position_encoding", "Sines and cosines of each place of a sequence, added to it.")
        .builder("SinePositionEncoding::new"),
    kind("repeat_vector", "Each row as so many equal steps.")
        .builder("RepeatVector::new")
        .keys(REPEAT)
        .known_as(&[Here("RepeatVector", "Keras", "`repeat_vector`")]),
    kind("global_max_pool1d", "The largest value of each feature over the steps of a row.")
        .builder("GlobalMaxPool1d::new")
        .known_as(&[Here("GlobalMaxPooling1D", "Keras", "`global_max_pool1d`")]),
    kind("global_average_pool1d", "The mean of each feature over the steps of a row.")
        .builder("GlobalAveragePool1d::new")
        .known_as(&[Here("GlobalAveragePooling1D", "Keras", "`global_average_pool1d`")]),
];

/// Layers that may take further inputs behind the first, and how many in all.
pub const TAKES: &[(&str, usize)] =
    &[("simple_rnn", 2), ("lstm", 3), ("gru", 2), ("multi_head_attention", 2)];

/// What other libraries want to know of a recurrent layer.
const RECURRENT_WORDS: &[KnownAs] = &[
    Note(
        "input_size",
        "PyTorch",
        "input widths are inferred; leave it out",
        "입력의 크기는 저절로 정해집니다. 빼면 됩니다",
    ),
    Here("hidden_size", "PyTorch", "`units`"),
    Here("num_units", "TensorFlow 1", "`units`"),
    Here("num_layers", "PyTorch", "a line for each layer"),
    Here("forget_bias", "TensorFlow 1", "`unit_forget_bias`"),
];

const FUNCTIONS: Type = Type::Choice(&Choices {
    what: ("activation", "활성화 함수"),
    tag: "type",
    kinds: &[&[
        kind("tanh", "The hyperbolic tangent.").builder("RnnActivation::Tanh"),
        kind("relu", "The positive part.").builder("RnnActivation::Relu"),
        kind("sigmoid", "The logistic function.").builder("RnnActivation::Sigmoid"),
    ]],
});

const STARTS: Type = Type::Choice(&Choices {
    what: ("initial state", "처음 상태"),
    tag: "type",
    kinds: &[&[
        kind("zeros", "Zeros.").builder("InitialState::Zeros"),
        kind("learned", "Parameters that begin at zero.").builder("InitialState::Learned"),
    ]],
});

/// The keys that all recurrent layers have, with further ones.
macro_rules! recurrent {
    ($layer:literal $(, $own:expr)*) => {
        &[
            key("units", Type::Integer(1), "How many values the state has.")
                .required()
                .builder(concat!($layer, "::new")),
            key(
                "return_sequences",
                Type::Boolean,
                "Whether it gives the state of every step, or only that at the end of each row.",
            )
            .default("true")
            .builder(concat!($layer, "::return_sequences")),
            key(
                "stateful",
                Type::Boolean,
                "Whether each row of a batch goes on from the state in which the same row of the \
                 batch before ended; an epoch begins at zero. The rows are then not shuffled.",
            )
            .default("false")
            .builder(concat!($layer, "::stateful")),
            key(
                "bidirectional",
                Type::Boolean,
                "Whether a second one reads the sequence from its end; both stand side by side.",
            )
            .default("false")
            .builder(concat!($layer, "::bidirectional")),
            key("initial_state", STARTS, "The state before the first step.")
                .default("zeros")
                .builder(concat!($layer, "::initial_state")),
            key(
                "dropout",
                Type::Number(Range::Share),
                "The share of inputs that are 0 in training, the same in all steps of a row.",
            )
            .default("0.0")
            .builder(concat!($layer, "::dropout")),
            key(
                "recurrent_dropout",
                Type::Number(Range::Share),
                "The share of the state that the recurrent product sees as 0 in training, the same \
                 in all steps.",
            )
            .default("0.0")
            .builder(concat!($layer, "::recurrent_dropout")),
            key("use_bias", Type::Boolean, "Whether it adds a bias.")
                .default("true")
                .builder(concat!($layer, "::use_bias")),
            key("kernel_initializer", INITIALIZER, "How the kernel begins.")
                .default("glorot_uniform")
                .builder(concat!($layer, "::kernel_initializer")),
            key("recurrent_initializer", INITIALIZER, "How the recurrent kernel begins.")
                .default("orthogonal")
                .builder(concat!($layer, "::recurrent_initializer")),
            key("bias_initializer", INITIALIZER, "How the bias begins.")
                .default("zeros")
                .builder(concat!($layer, "::bias_initializer"))
                .only_with("use_bias", "true"),
            $($own,)*
            TRAINABLE,
        ]
    };
}

const SIMPLE_RNN: &[Key] = recurrent!(
    "SimpleRnn",
    key("activation", FUNCTIONS, "The function of the new state.")
        .default("tanh")
        .builder("SimpleRnn::activation")
        .known_as(&[Here("nonlinearity", "PyTorch", "`activation`")])
);

const LSTM: &[Key] = recurrent!(
    "Lstm",
    key(
        "unit_forget_bias",
        Type::Boolean,
        "Whether the bias of the forget gate begins at 1, which keeps the cell at first.",
    )
    .default("true")
    .builder("Lstm::unit_forget_bias")
    .only_with("use_bias", "true")
);

const GRU: &[Key] = recurrent!("Gru");

const ONE_HOT: &[Key] = &[key(
    "depth",
    Type::Either(&[Type::Integer(1), AUTO]),
    "How many integers there are; `auto` is as many as the data have.",
)
.default("auto")
.builder("OneHot::depth")];

const ATTENTION: &[Key] = &[
    key("num_heads", Type::Integer(1), "How many attentions stand side by side.")
        .required()
        .builder("MultiHeadAttention::new"),
    key("key_dim", Type::Integer(1), "How many values a query and a key of one of them have.")
        .required()
        .builder("MultiHeadAttention::new"),
    key("causal", Type::Boolean, "Whether a step sees itself and the steps before it only.")
        .default("false")
        .builder("MultiHeadAttention::causal")
        .known_as(&[Here("use_causal_mask", "Keras", "`causal`")]),
    key("dropout", Type::Number(Range::Share), "The share of the weights that are 0 in training.")
        .default("0.0")
        .builder("MultiHeadAttention::dropout"),
    key("use_bias", Type::Boolean, "Whether the projections have a bias.")
        .default("true")
        .builder("MultiHeadAttention::use_bias"),
    key("kernel_initializer", INITIALIZER, "How the kernels begin.")
        .default("glorot_uniform")
        .builder("MultiHeadAttention::kernel_initializer"),
    TRAINABLE,
];

const BLOCK: &[Key] = &[
    key("num_heads", Type::Integer(1), "How many attentions stand side by side.")
        .required()
        .builder("TransformerBlock::new")
        .known_as(&[Here("nhead", "PyTorch", "`num_heads`")]),
    key("intermediate_dim", Type::Integer(1), "How many units stand between the dense layers.")
        .required()
        .builder("TransformerBlock::new")
        .known_as(&[Here("dim_feedforward", "PyTorch", "`intermediate_dim`")]),
    key("causal", Type::Boolean, "Whether a step sees itself and the steps before it only.")
        .default("false")
        .builder("TransformerBlock::causal"),
    key(
        "dropout",
        Type::Number(Range::Share),
        "The share of values behind each part that are 0 in training.",
    )
    .default("0.0")
    .builder("TransformerBlock::dropout"),
    TRAINABLE,
];

const POSITION: &[Key] = &[
    key("embeddings_initializer", INITIALIZER, "How the vectors begin.")
        .default("glorot_uniform")
        .builder("PositionEmbedding::embeddings_initializer"),
    TRAINABLE,
];

const REPEAT: &[Key] =
    &[key("n", Type::Integer(1), "How many steps.").required().builder("RepeatVector::new")];
