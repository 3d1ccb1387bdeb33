//! Metrics: how good predictions are. The definitions are scikit-learn's; a
//! metric is never negated, its direction is a property.

mod classification;
mod confusion;
mod interval;
mod looks;
mod paired;
mod ranking;
mod regression;
mod threshold;
mod tokens;

pub use confusion::Confusion;
pub use interval::{Interval, wilson, wilson_at};
pub use paired::Difference;
pub use threshold::best_threshold;
pub use tokens::TokenScores;

use std::fmt;
use std::sync::Arc;

/// Predictions beside the truth, in the units of the data.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Outcome {
    /// One of several classes a row.
    Classes {
        /// Number of classes.
        classes: usize,
        /// Probability of each class, `[rows, classes]` row by row.
        probabilities: Vec<f64>,
        /// The true class of each row.
        labels: Vec<usize>,
        /// The probability above which the second of two classes is predicted;
        /// without one the first of the most probable classes is.
        threshold: Option<f64>,
    },
    /// One or several numbers a row.
    Numbers {
        /// Numbers a row.
        width: usize,
        /// The predicted numbers, row by row.
        predictions: Vec<f64>,
        /// The true numbers, row by row.
        targets: Vec<f64>,
    },
    /// Several yes/no answers a row.
    Labels {
        /// Answers a row.
        width: usize,
        /// Probability of yes, row by row.
        probabilities: Vec<f64>,
        /// The true answers, row by row.
        targets: Vec<bool>,
    },
    /// What follows each token of a text.
    Tokens(TokenScores),
}

impl Outcome {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        match self {
            Outcome::Classes { labels, .. } => labels.len(),
            Outcome::Numbers { width, targets, .. } => targets.len() / width.max(&1),
            Outcome::Labels { width, targets, .. } => targets.len() / width.max(&1),
            Outcome::Tokens(scores) => scores.losses.len(),
        }
    }

    /// Puts the rows of another outcome of the same kind behind these; one of
    /// another kind is left out.
    pub fn append(&mut self, more: Outcome) {
        match (self, more) {
            (
                Outcome::Classes { probabilities, labels, .. },
                Outcome::Classes { probabilities: more, labels: truth, .. },
            ) => {
                probabilities.extend(more);
                labels.extend(truth);
            }
            (
                Outcome::Numbers { predictions, targets, .. },
                Outcome::Numbers { predictions: more, targets: truth, .. },
            ) => {
                predictions.extend(more);
                targets.extend(truth);
            }
            (
                Outcome::Labels { probabilities, targets, .. },
                Outcome::Labels { probabilities: more, targets: truth, .. },
            ) => {
                probabilities.extend(more);
                targets.extend(truth);
            }
            _ => {}
        }
    }

    /// The rows of the given indices, which may repeat.
    pub fn select(&self, rows: &[usize]) -> Outcome {
        fn take<E: Copy>(values: &[E], width: usize, rows: &[usize]) -> Vec<E> {
            rows.iter().flat_map(|row| &values[row * width..(row + 1) * width]).copied().collect()
        }
        match self {
            Outcome::Classes { classes, probabilities, labels, threshold } => Outcome::Classes {
                classes: *classes,
                probabilities: take(probabilities, *classes, rows),
                labels: take(labels, 1, rows),
                threshold: *threshold,
            },
            Outcome::Numbers { width, predictions, targets } => Outcome::Numbers {
                width: *width,
                predictions: take(predictions, *width, rows),
                targets: take(targets, *width, rows),
            },
            Outcome::Labels { width, probabilities, targets } => Outcome::Labels {
                width: *width,
                probabilities: take(probabilities, *width, rows),
                targets: take(targets, *width, rows),
            },
            Outcome::Tokens(scores) => Outcome::Tokens(scores.select(rows)),
        }
    }

    /// The same decided at another threshold; only classes are decided.
    pub fn with_threshold(mut self, threshold: Option<f64>) -> Outcome {
        if let Outcome::Classes { threshold: kept, .. } = &mut self {
            *kept = threshold;
        }
        self
    }

    /// The predicted class of each row, as [`decided`] says.
    pub fn predicted_classes(&self) -> Vec<usize> {
        match self {
            Outcome::Classes { classes, probabilities, threshold, .. } => {
                probabilities.chunks(*classes).map(|row| decided(row, *threshold)).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The first index of the largest value; an index of a value that is not a
/// number is never chosen over one that is.
pub fn most_probable(values: &[f64]) -> usize {
    let mut best = 0;
    for (index, value) in values.iter().enumerate() {
        if *value > values[best] || (values[best].is_nan() && !value.is_nan()) {
            best = index;
        }
    }
    best
}

/// The class that a row is given: of two the second where its probability is
/// above the threshold, else the first of the most probable ones.
pub fn decided(probabilities: &[f64], threshold: Option<f64>) -> usize {
    match (probabilities, threshold) {
        ([_, second], Some(threshold)) => usize::from(*second > threshold),
        _ => most_probable(probabilities),
    }
}

/// Which way a metric is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Larger is better.
    Higher,
    /// Smaller is better.
    Lower,
}

impl Direction {
    /// Whether `new` is better than `old` by more than `margin`. A value that is
    /// not a number is never better, and every number is better than it.
    pub fn improves(self, new: f64, old: f64, margin: f64) -> bool {
        if new.is_nan() {
            return false;
        }
        old.is_nan()
            || match self {
                Direction::Higher => new > old + margin,
                Direction::Lower => new < old - margin,
            }
    }
}

type Function = Arc<dyn Fn(&Outcome) -> f64 + Send + Sync>;

/// How predictions are judged.
#[derive(Clone)]
#[non_exhaustive]
pub enum Metric {
    /// Share of rows whose most probable class is the true one.
    Accuracy,
    /// Mean over classes of the share of their rows that are found.
    BalancedAccuracy,
    /// Share of rows whose true class is among the five most probable.
    Top5Accuracy,
    /// Share of true ones among the rows called positive; the mean over classes
    /// when there are more than two.
    Precision,
    /// Share of rows called positive among the true ones; the mean over classes
    /// when there are more than two.
    Recall,
    /// Harmonic mean of precision and recall of the positive class; `f1_macro`
    /// when there are more than two classes.
    F1,
    /// Mean over classes of their f1.
    F1Macro,
    /// Mean over classes of their f1, weighted by their rows.
    F1Weighted,
    /// Chance that a positive row ranks above a negative one; the mean of
    /// one-versus-rest over classes when there are more than two.
    RocAuc,
    /// Mean precision over the steps of recall; the mean over classes when there
    /// are more than two.
    AveragePrecision,
    /// Mean of −ln p(true class), p held inside \[ε, 1 − ε\] of f64.
    LogLoss,
    /// Mean squared distance of the probabilities from the truth: of the
    /// positive class for two classes, summed over classes for more.
    Brier,
    /// Root of the mean squared error.
    Rmse,
    /// Mean squared error.
    Mse,
    /// Mean absolute error.
    Mae,
    /// Mean of the absolute error as a share of the true value.
    Mape,
    /// 1 − squared error over the squared spread of the truth.
    R2,
    /// The largest absolute error.
    MaxError,
    /// e to the mean of −ln p(token): as many equally probable tokens would be as
    /// hard to foresee.
    Perplexity,
    /// −log₂ p of a text over its characters, whatever its tokens are.
    BitsPerCharacter,
    /// A metric of the caller's.
    Custom {
        /// Its name in logs.
        name: Arc<str>,
        /// Which way it is better.
        direction: Direction,
        /// The value over an outcome.
        function: Function,
    },
}

/// All metrics with a name of their own.
const NAMED: [(&str, Metric); 20] = [
    ("accuracy", Metric::Accuracy),
    ("balanced_accuracy", Metric::BalancedAccuracy),
    ("top_5_accuracy", Metric::Top5Accuracy),
    ("precision", Metric::Precision),
    ("recall", Metric::Recall),
    ("f1", Metric::F1),
    ("f1_macro", Metric::F1Macro),
    ("f1_weighted", Metric::F1Weighted),
    ("roc_auc", Metric::RocAuc),
    ("average_precision", Metric::AveragePrecision),
    ("log_loss", Metric::LogLoss),
    ("brier", Metric::Brier),
    ("rmse", Metric::Rmse),
    ("mse", Metric::Mse),
    ("mae", Metric::Mae),
    ("mape", Metric::Mape),
    ("r2", Metric::R2),
    ("max_error", Metric::MaxError),
    ("perplexity", Metric::Perplexity),
    ("bits_per_character", Metric::BitsPerCharacter),
];

impl Metric {
    /// A metric of one's own.
    pub fn new(
        name: impl Into<Arc<str>>,
        direction: Direction,
        function: impl Fn(&Outcome) -> f64 + Send + Sync + 'static,
    ) -> Metric {
        Metric::Custom { name: name.into(), direction, function: Arc::new(function) }
    }

    /// The metric of a name.
    ///
    /// ```
    /// use ikhim_run::metric::Metric;
    /// assert_eq!(Metric::named("roc_auc").unwrap().name(), "roc_auc");
    /// assert!(Metric::named("auc").is_none());
    /// ```
    pub fn named(name: &str) -> Option<Metric> {
        NAMED.iter().find(|(known, _)| *known == name).map(|(_, metric)| metric.clone())
    }

    /// The names of all metrics.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMED.iter().map(|(name, _)| *name)
    }

    /// Its name in files, logs and JSON.
    pub fn name(&self) -> &str {
        if let Metric::Custom { name, .. } = self {
            return name;
        }
        let same = |metric: &Metric| std::mem::discriminant(metric) == std::mem::discriminant(self);
        NAMED.iter().find(|(_, metric)| same(metric)).map_or("", |(name, _)| name)
    }

    /// Which way it is better.
    pub fn direction(&self) -> Direction {
        match self {
            Metric::LogLoss
            | Metric::Brier
            | Metric::Rmse
            | Metric::Mse
            | Metric::Mae
            | Metric::Mape
            | Metric::MaxError
            | Metric::Perplexity
            | Metric::BitsPerCharacter => Direction::Lower,
            Metric::Custom { direction, .. } => *direction,
            _ => Direction::Higher,
        }
    }

    /// Whether the metric judges this kind of outcome.
    pub fn judges(&self, outcome: &Outcome) -> bool {
        let of_numbers = matches!(
            self,
            Metric::Rmse | Metric::Mse | Metric::Mae | Metric::Mape | Metric::R2 | Metric::MaxError
        );
        match self {
            Metric::Custom { .. } => true,
            Metric::Perplexity | Metric::BitsPerCharacter => matches!(outcome, Outcome::Tokens(_)),
            Metric::Accuracy | Metric::LogLoss if matches!(outcome, Outcome::Tokens(_)) => true,
            _ if matches!(outcome, Outcome::Tokens(_)) => false,
            _ => of_numbers == matches!(outcome, Outcome::Numbers { .. }),
        }
    }

    /// The value over an outcome; not a number where it is not defined: no rows,
    /// one class only for a ranking, a kind of outcome that it does not judge.
    pub fn value(&self, outcome: &Outcome) -> f64 {
        if let Metric::Custom { function, .. } = self {
            return function(outcome);
        }
        if outcome.rows() == 0 {
            return f64::NAN;
        }
        match outcome {
            Outcome::Classes { classes, probabilities, labels, threshold } => {
                classification::value(self, *classes, probabilities, labels, *threshold)
            }
            Outcome::Numbers { width, predictions, targets } => {
                regression::value(self, *width, predictions, targets)
            }
            Outcome::Tokens(scores) => tokens::value(self, scores),
            Outcome::Labels { width, probabilities, targets } => {
                classification::mean_over_answers(self, *width, probabilities, targets)
            }
        }
    }
}

impl fmt::Debug for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Metric({})", self.name())
    }
}

impl PartialEq for Metric {
    fn eq(&self, other: &Metric) -> bool {
        self.name() == other.name()
    }
}
