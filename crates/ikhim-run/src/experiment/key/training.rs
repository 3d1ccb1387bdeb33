//! `[training]`: how the network learns.

use super::KnownAs::{Here, Note};
use super::loss::LOSS;
use super::metric::METRICS;
use super::optimizer::OPTIMIZER;
use super::schedule::SCHEDULE;
use super::{AUTO, Choices, NONE, Range, Rule, Table, Type, key, kind};

pub(super) const TRAINING: Table = Table {
    keys: &[
        key("loss", LOSS, "What training minimizes.")
            .default("auto")
            .builder("Trainer::loss")
            .known_as(&[
                Here("criterion", "PyTorch", "`loss`"),
                Here("loss_function", "", "`loss`"),
                Here("objective", "XGBoost", "`loss`"),
            ]),
        key("metrics", METRICS, "What is measured each epoch; the first one selects the best, on validation.")
            .default("auto")
            .builder("Trainer::metrics")
            .known_as(&[Here("metric", "", "`metrics` = [metric]")]),
        key("optimizer", OPTIMIZER, "How a step follows from the gradients.")
            .default("adam")
            .builder("Trainer::optimizer")
            .known_as(&[Here("solver", "scikit-learn", "`optimizer`"), Here("optim", "PyTorch", "`optimizer`")]),
        key("learning_rate", Type::Number(Range::Any), "The size of a step; any finite number.")
            .default("1e-3")
            .builder("Trainer::learning_rate")
            .known_as(&[
                Here("lr", "PyTorch", "`learning_rate`"),
                Here("learning_rate_init", "scikit-learn", "`learning_rate`"),
                Here("eta", "XGBoost", "`learning_rate`"),
                Here("base_learning_rate", "", "`learning_rate`"),
            ]),
        key("schedule", SCHEDULE, "How the learning rate changes while training goes on.")
            .default("auto")
            .builder("Trainer::schedule")
            .known_as(&[
                Here("scheduler", "PyTorch", "`schedule`"),
                Here("lr_scheduler", "PyTorch", "`schedule`"),
                Here("learning_rate_scheduler", "Ludwig", "`schedule`"),
            ]),
        key(
            "weight_decay",
            Type::Number(Range::AtLeast(0.0)),
            "Each step shrinks kernels by this share of the learning rate, apart from the loss, with any \
             optimizer; 0.01 with `adamw` unless it is given.",
        )
        .default("0.0")
        .builder("Objective::weight_decay"),
        key("l1", Type::Number(Range::AtLeast(0.0)), "Adds this times the sum of absolute kernels to the loss.")
            .default("0.0")
            .builder("Objective::l1"),
        key("l2", Type::Number(Range::AtLeast(0.0)), "Adds this times the sum of squared kernels to the loss.")
            .default("0.0")
            .builder("Objective::l2")
            .known_as(&[
                Here("regularization_lambda", "Ludwig", "`l2`"),
                Here("reg_lambda", "XGBoost", "`l2`"),
            ]),
        key(
            "decision_threshold",
            Type::Either(&[Type::Number(Range::Between(0.0, 1.0)), Type::Choice(&THRESHOLD)]),
            "Of two classes the second is predicted where its probability is above this; the name of a \
             metric is the threshold at which it is highest on validation. One half when not said.",
        )
        .builder("Trainer::decision_threshold")
        .known_as(&[Here("threshold", "Ludwig", "`decision_threshold`")]),
        key("class_weight", Type::Either(&[NONE, BALANCED, Type::Map(&WEIGHT)]), "How much the rows of a class count in the loss.")
            .default("none")
            .builder("Objective::class_weight")
            .known_as(&[
                Here("class_weights", "Ludwig", "`class_weight`"),
                Here("pos_weight", "PyTorch", "`class_weight` = { class = weight }"),
            ]),
        key("clip_norm", Type::Either(&[Type::Number(Range::Above(0.0)), NONE]), "Shrinks all gradients together when their norm is larger.")
            .default("none")
            .builder("Objective::clip_norm")
            .known_as(&[
                Here("clipnorm", "Keras", "`clip_norm`"),
                Here("global_clipnorm", "Keras", "`clip_norm`"),
                Here("max_norm", "PyTorch", "`clip_norm`"),
                Here("gradient_clip_val", "Lightning", "`clip_norm`"),
            ]),
        key("clip_value", Type::Either(&[Type::Number(Range::Above(0.0)), NONE]), "Cuts each value of a gradient to at most this, either sign.")
            .default("none")
            .builder("Objective::clip_value")
            .known_as(&[Here("clipvalue", "Keras", "`clip_value`")]),
        key("on_nonfinite", Type::Choice(&ON_NONFINITE), "What happens when the loss is no longer a finite number.")
            .default("stop")
            .builder("Trainer::on_nonfinite"),
        key("precision", Type::Choice(&PRECISION), "The numbers that are computed with.")
            .default("f32")
            .builder("Trainer::precision")
            .known_as(&[Here("dtype", "PyTorch", "`precision`")]),
        key("batch_size", Type::Either(&[Type::Integer(1), FULL]), "Rows of one step; `full` is all train rows.")
            .default("32")
            .builder("Trainer::batch_size")
            .known_as(&[Here("batch", "", "`batch_size`")]),
        key("shuffle", Type::Boolean, "Draws a new order of the rows for each epoch.")
            .default("true")
            .builder("Trainer::shuffle"),
        key(
            "epochs",
            Type::Either(&[Type::Integer(0), AUTO]),
            "How often training goes through all train rows; 0 only evaluates. `auto` is 100, and more where \
             few rows would make that less than 4,000 steps; for a `cnn` 10, and more up to 1,200 steps.",
        )
            .default("auto")
            .builder("Trainer::epochs")
            .known_as(&[
                Here("max_iter", "scikit-learn", "`epochs`"),
                Here("max_epochs", "Lightning", "`epochs`"),
                Here("num_epochs", "PyTorch", "`epochs`"),
                Here("nb_epoch", "Keras 1", "`epochs`"),
                Here("n_epochs", "", "`epochs`"),
                Here("training_epochs", "TensorFlow 1", "`epochs`"),
            ]),
        key("steps", Type::Integer(0), "How many steps to take, instead of epochs; 0 only evaluates.")
            .builder("Trainer::steps")
            .known_as(&[
                Here("max_steps", "Lightning", "`steps`"),
                Here("train_steps", "Ludwig", "`steps`"),
                Here("iterations", "", "`steps`"),
            ]),
        key("early_stopping", Type::Either(&[Type::Table(&EARLY_STOPPING), NONE]), "Stops when validation has not got better for a while.")
            .default("none")
            .builder("Trainer::early_stopping")
            .known_as(&[
                Here("EarlyStopping", "Keras", "`early_stopping` = { patience = … }"),
                Here("early_stop", "Ludwig", "`early_stopping` = { patience = … }"),
                Here("patience", "Keras", "`early_stopping` = { patience = … }"),
            ]),
        key(
            "sample",
            Type::Table(&SAMPLE),
            "What a model of a text writes after each epoch, to look at.",
        )
        .builder("Model::generate"),
    ],
    foreign: &[
        Note(
            "validation_split",
            "Keras",
            "the parts are drawn in `[split]`: `split.validation`",
            "나누기는 `[split]`에서 합니다: `split.validation`",
        ),
        Note(
            "num_workers",
            "PyTorch",
            "threads are a flag, `--threads`: they do not change the result",
            "스레드는 결과를 바꾸지 않으므로 `--threads` 플래그로 정합니다",
        ),
        Note(
            "device",
            "PyTorch",
            "ikhim runs on the processor; leave it out",
            "ikhim은 CPU에서 돕니다. 빼면 됩니다",
        ),
        Note(
            "verbose",
            "Keras",
            "what is printed is a matter of flags; leave it out",
            "출력은 플래그로 정합니다. 빼면 됩니다",
        ),
        Here("random_state", "scikit-learn", "`seed`, at the top of the file"),
    ],
};

const THRESHOLD: Choices = Choices {
    what: ("metric for the threshold", "기준값을 고를 지표"),
    tag: "type",
    kinds: &[&[
        kind("accuracy", "The share of rows that are called right.").builder("Metric::Accuracy"),
        kind("balanced_accuracy", "The mean over both classes of what is found of each.")
            .builder("Metric::BalancedAccuracy"),
        kind("f1", "The harmonic mean of precision and recall of the second class.")
            .builder("Metric::F1"),
        kind("f1_macro", "The mean of the f1 of both classes.").builder("Metric::F1Macro"),
        kind("f1_weighted", "The same, weighted by rows.").builder("Metric::F1Weighted"),
    ]],
};

const WEIGHT: Type = Type::Number(Range::AtLeast(0.0));

const BALANCED: Type = Type::Choice(&Choices {
    what: ("class weight", "클래스 가중치"),
    tag: "type",
    kinds: &[&[kind("balanced", "Rows over classes times rows of the class, as in scikit-learn.")]],
});

const FULL: Type = Type::Choice(&Choices {
    what: ("batch size", "배치 크기"),
    tag: "type",
    kinds: &[&[kind("full", "All train rows in one step.")]],
});

const ON_NONFINITE: Choices = Choices {
    what: ("policy", "방침"),
    tag: "type",
    kinds: &[&[
        kind("stop", "Training stops with a finding and keeps the best weights.")
            .builder("OnNonFinite::Stop"),
        kind("continue", "Training goes on.").builder("OnNonFinite::Continue"),
    ]],
};

const PRECISION: Choices = Choices {
    what: ("precision", "정밀도"),
    tag: "type",
    kinds: &[&[
        kind("f32", "Single precision.")
            .builder("Precision::F32")
            .known_as(&[Here("float32", "NumPy", "`f32`"), Here("32", "Lightning", "`f32`")]),
        kind("f64", "Double precision, on the reference evaluator: slow.")
            .builder("Precision::F64")
            .known_as(&[Here("float64", "NumPy", "`f64`"), Here("double", "PyTorch", "`f64`")]),
    ]],
};

const EARLY_STOPPING: Table = Table {
    keys: &[
        key("patience", Type::Integer(0), "Epochs without getting better before training stops.")
            .default("10")
            .builder("EarlyStopping::patience"),
        key("min_delta", Type::Number(Range::AtLeast(0.0)), "A smaller gain does not count.")
            .default("0.0")
            .builder("EarlyStopping::min_delta"),
        key(
            "monitor",
            Type::Either(&[AUTO, Type::Text(Rule::Monitor)]),
            "What must get better, e.g. `validation.rmse`; `auto` is the first metric.",
        )
        .default("auto")
        .builder("EarlyStopping::monitor"),
        key(
            "restore_best",
            Type::Boolean,
            "Whether the weights of the best epoch are kept at the end.",
        )
        .default("true")
        .builder("Trainer::restore_best")
        .known_as(&[Here("restore_best_weights", "Keras", "`restore_best`")]),
    ],
    foreign: &[Note(
        "mode",
        "Keras",
        "the direction is known from the metric; leave it out",
        "좋아지는 방향은 지표가 압니다. 빼면 됩니다",
    )],
};

const SAMPLE: Table = Table {
    keys: &[
        key("prefix", Type::Text(Rule::Any), "The text that it goes on with.")
            .required()
            .builder("Model::generate"),
        key("length", Type::Integer(1), "How many tokens it writes.")
            .default("200")
            .builder("Model::generate"),
        key(
            "temperature",
            Type::Number(Range::AtLeast(0.0)),
            "Below 1 probable tokens gain; 0 always takes the most probable one.",
        )
        .default("1.0")
        .builder("Sampling::temperature"),
        key(
            "top_k",
            Type::Either(&[Type::Integer(1), NONE]),
            "Draws among so many of the most probable tokens only.",
        )
        .default("none")
        .builder("Sampling::top_k"),
        key(
            "top_p",
            Type::Either(&[Type::Number(Range::Between(0.0, 1.0)), NONE]),
            "Draws among the fewest tokens whose probabilities come to this.",
        )
        .default("none")
        .builder("Sampling::top_p"),
    ],
    foreign: &[],
};
