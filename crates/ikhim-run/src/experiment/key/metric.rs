//! The numbers by which a model is judged, named and oriented as in
//! scikit-learn but never negated.

use super::KnownAs::Here;
use super::{Choices, Kind, Type, kind};

/// A metric, or `auto`.
pub(super) const METRICS: Type = Type::Either(&[
    Type::Choice(&Choices {
        what: ("metric", "평가 지표"),
        tag: "type",
        kinds: &[&[kind("auto", "Chosen by the target.")]],
    }),
    Type::NonEmpty(&METRIC),
]);

/// One metric.
pub(super) const METRIC: Type = Type::Choice(&CHOICES);

/// The metrics.
pub(super) const CHOICES: Choices =
    Choices { what: ("metric", "평가 지표"), tag: "type", kinds: &[WORDS] };

const WORDS: &[Kind] = &[
    kind("accuracy", "Share of rows whose class is right.").builder("Metric::Accuracy").known_as(
        &[Here("acc", "Keras", "`accuracy`"), Here("accuracy_score", "scikit-learn", "`accuracy`")],
    ),
    kind("balanced_accuracy", "Mean over classes of the share that is right.")
        .builder("Metric::BalancedAccuracy"),
    kind("top_5_accuracy", "Share of rows whose class is among the five likeliest.")
        .builder("Metric::Top5Accuracy")
        .known_as(&[Here("top_k_categorical_accuracy", "Keras", "`top_5_accuracy`")]),
    kind("precision", "Of the rows called positive, the share that is.")
        .builder("Metric::Precision"),
    kind("recall", "Of the positive rows, the share that is called so.")
        .builder("Metric::Recall")
        .known_as(&[Here("sensitivity", "medicine", "`recall`")]),
    kind("f1", "Harmonic mean of precision and recall, for two classes.")
        .builder("Metric::F1")
        .known_as(&[Here("f1_score", "scikit-learn", "`f1`")]),
    kind("f1_macro", "Mean over classes of f1.").builder("Metric::F1Macro"),
    kind("f1_weighted", "Mean over classes of f1, weighted by their rows.")
        .builder("Metric::F1Weighted"),
    kind("roc_auc", "Probability that a positive row scores above a negative one.")
        .builder("Metric::RocAuc")
        .known_as(&[Here("auc", "Keras", "`roc_auc`"), Here("auroc", "PyTorch", "`roc_auc`")]),
    kind("average_precision", "Area under precision over recall.")
        .builder("Metric::AveragePrecision")
        .known_as(&[Here("pr_auc", "", "`average_precision`")]),
    kind("log_loss", "Mean negative logarithm of the probability of the right class.")
        .builder("Metric::LogLoss"),
    kind("brier", "Mean squared distance of the probabilities from the truth.")
        .builder("Metric::Brier")
        .known_as(&[Here("brier_score_loss", "scikit-learn", "`brier`")]),
    kind("rmse", "Root of the mean squared error.").builder("Metric::Rmse").known_as(&[Here(
        "root_mean_squared_error",
        "scikit-learn",
        "`rmse`",
    )]),
    kind("mse", "Mean squared error.").builder("Metric::Mse").known_as(&[
        Here("mean_squared_error", "scikit-learn", "`mse`"),
        Here("neg_mean_squared_error", "scikit-learn", "`mse`, not negated"),
    ]),
    kind("mae", "Mean absolute error.").builder("Metric::Mae").known_as(&[
        Here("mean_absolute_error", "scikit-learn", "`mae`"),
        Here("neg_mean_absolute_error", "scikit-learn", "`mae`, not negated"),
    ]),
    kind("mape", "Mean absolute error relative to the truth.").builder("Metric::Mape"),
    kind("r2", "Share of the variance that is explained.").builder("Metric::R2").known_as(&[Here(
        "r2_score",
        "scikit-learn",
        "`r2`",
    )]),
    kind("max_error", "The largest absolute error.").builder("Metric::MaxError"),
    kind("perplexity", "e to the mean loss of a token: so many equal choices are as hard.")
        .builder("Metric::Perplexity"),
    kind("bits_per_character", "Negative base-2 logarithm of a text's probability, a character.")
        .builder("Metric::BitsPerCharacter")
        .known_as(&[Here("bpc", "", "`bits_per_character`")]),
];
