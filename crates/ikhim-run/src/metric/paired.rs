//! Two models on the same rows: how far apart they are, and how far that could
//! be the luck of the rows.

use super::interval::{RESAMPLES, Z, at_shares};
use super::{Metric, Outcome};
use ikhim_numeric::random::{Stream, stream_id};
use serde::{Deserialize, Serialize};

/// The difference of a metric between two models on the same rows: the second
/// minus the first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The second model's value minus the first's.
    pub value: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Level of confidence.
    pub level: f64,
    /// How the interval was made: `bonett_price` or `paired_bootstrap`.
    pub method: String,
    /// How often chance alone gives so large a difference between two models that
    /// are equally good: of accuracy by the exact test of McNemar, else by the
    /// resamples.
    pub p: f64,
    /// Of classes: rows that only the first and only the second has right.
    pub only_right: Option<(usize, usize)>,
}

impl Difference {
    /// The difference with its 95 % interval. Rows are resampled together for
    /// both models, so what is hard for both does not blur the difference. For
    /// accuracy the interval has a closed form: Bonett and Price, "Adjusted Wald
    /// confidence intervals for a difference of binomial proportions based on
    /// paired data", 2012.
    ///
    /// `None` when the outcomes are not of the same rows: then their truths
    /// differ.
    pub fn of(metric: &Metric, first: &Outcome, second: &Outcome) -> Option<Difference> {
        if !same_truth(first, second) {
            return None;
        }
        let value = metric.value(second) - metric.value(first);
        let only_right = only_right(first, second);
        let ((low, high), p, method) = match (metric, only_right) {
            (Metric::Accuracy, Some((one, other))) => {
                (bonett_price(one, other, first.rows()), mcnemar(one, other), "bonett_price")
            }
            _ => {
                let differences = bootstrap(metric, first, second);
                let p = achieved_level(&differences);
                (at_shares(differences), p, "paired_bootstrap")
            }
        };
        let method = method.to_string();
        Some(Difference { value, low, high, level: 0.95, method, p, only_right })
    }

    /// Whether the interval leaves out zero, so that chance alone is an unlikely
    /// cause.
    pub fn is_clear(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

fn same_truth(first: &Outcome, second: &Outcome) -> bool {
    match (first, second) {
        (Outcome::Classes { labels, .. }, Outcome::Classes { labels: others, .. }) => {
            labels == others
        }
        (Outcome::Numbers { targets, .. }, Outcome::Numbers { targets: others, .. }) => {
            targets == others
        }
        (Outcome::Labels { targets, .. }, Outcome::Labels { targets: others, .. }) => {
            targets == others
        }
        // Sums keep no truth; equal steps and characters of every row stand for it.
        (Outcome::Tokens(first), Outcome::Tokens(second)) => {
            first.counts == second.counts && first.characters == second.characters
        }
        _ => false,
    }
}

fn only_right(first: &Outcome, second: &Outcome) -> Option<(usize, usize)> {
    let Outcome::Classes { labels, .. } = first else { return None };
    let (mut one, mut other) = (0, 0);
    let guesses = first.predicted_classes().into_iter().zip(second.predicted_classes());
    for ((a, b), label) in guesses.zip(labels) {
        one += usize::from(a == *label && b != *label);
        other += usize::from(a != *label && b == *label);
    }
    Some((one, other))
}

/// With `p = (one + 1)/(n + 2)` and `q = (other + 1)/(n + 2)` the interval
/// `q − p ± z·√((p + q − (q − p)²)/(n + 2))`.
fn bonett_price(one: usize, other: usize, rows: usize) -> (f64, f64) {
    let n = rows as f64 + 2.0;
    let (p, q) = ((one as f64 + 1.0) / n, (other as f64 + 1.0) / n);
    let center = q - p;
    let margin = Z * ((p + q - center * center) / n).sqrt();
    ((center - margin).max(-1.0), (center + margin).min(1.0))
}

/// The exact test of McNemar (1947): of the rows that only one model has right,
/// each would be either's with chance one half; the share of ways to fall at least
/// so far from half and half.
fn mcnemar(one: usize, other: usize) -> f64 {
    let (least, n) = (one.min(other), one + other);
    // ln of the binomial coefficients, so that thousands of rows do not overflow.
    let mut log = -(n as f64) * std::f64::consts::LN_2;
    let mut share = 0.0;
    for k in 0..=least {
        share += libm::exp(log);
        log += libm::log((n - k) as f64 / (k + 1) as f64);
    }
    (2.0 * share).min(1.0)
}

/// The smallest level at which an interval of the resamples leaves out zero, never
/// below what so many resamples can show (Davison and Hinkley, *Bootstrap Methods
/// and their Application*, 1997, section 4.2).
fn achieved_level(differences: &[f64]) -> f64 {
    let beyond = |side: fn(f64) -> bool| {
        let count = differences.iter().filter(|difference| side(**difference)).count();
        (count + 1) as f64 / (differences.len() + 1) as f64
    };
    (2.0 * beyond(|d| d <= 0.0).min(beyond(|d| d >= 0.0))).min(1.0)
}

fn bootstrap(metric: &Metric, first: &Outcome, second: &Outcome) -> Vec<f64> {
    let rows = first.rows();
    let stream = Stream::new(0, stream_id("metric", "bootstrap"));
    (0..RESAMPLES)
        .map(|resample| {
            let drawn: Vec<usize> = (0..rows)
                .map(|row| stream.below(rows as u64, resample as u64, row as u64) as usize)
                .collect();
            metric.value(&second.select(&drawn)) - metric.value(&first.select(&drawn))
        })
        .filter(|value| value.is_finite())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes(predicted: &[usize], labels: &[usize]) -> Outcome {
        let probabilities =
            predicted.iter().flat_map(|class| [1.0 - *class as f64, *class as f64]).collect();
        Outcome::Classes { classes: 2, probabilities, labels: labels.to_vec(), threshold: None }
    }

    fn numbers(predictions: Vec<f64>, targets: Vec<f64>) -> Outcome {
        Outcome::Numbers { width: 1, predictions, targets }
    }

    /// Expected values from the formula in Python: 20 rows, 1 that only the
    /// first has right, 6 that only the second has.
    #[test]
    fn accuracy_has_a_closed_form() {
        let labels = [1; 20];
        let (mut first, mut second) = ([1; 20], [1; 20]);
        first[..6].fill(0);
        second[19] = 0;
        let found = Difference::of(
            &Metric::Accuracy,
            &classes(&first, &labels),
            &classes(&second, &labels),
        )
        .unwrap();
        assert_eq!(found.only_right, Some((1, 6)));
        assert!((found.value - 0.25).abs() < 1e-12);
        assert!((found.low - -0.022_552_977_6).abs() < 1e-9, "{}", found.low);
        assert!((found.high - 0.477_098_432_1).abs() < 1e-9, "{}", found.high);
        assert!(!found.is_clear());
        // 2·(1 + 7)/2⁷.
        assert!((found.p - 0.125).abs() < 1e-12, "{}", found.p);
        assert_eq!(mcnemar(0, 0), 1.0);
        assert!((mcnemar(0, 10) - 2.0 / 1024.0).abs() < 1e-15);
        // Two thousand rows do not overflow.
        assert!(mcnemar(900, 1_100) < 1e-4 && mcnemar(1_000, 1_000) == 1.0);
    }

    #[test]
    fn a_constant_improvement_has_no_width() {
        let targets: Vec<f64> = (0..50).map(f64::from).collect();
        let off = |by: f64| numbers(targets.iter().map(|t| t + by).collect(), targets.clone());
        let found = Difference::of(&Metric::Mae, &off(3.0), &off(1.0)).unwrap();
        for value in [found.value, found.low, found.high] {
            assert!((value - -2.0).abs() < 1e-9, "{value}");
        }
        assert!(found.is_clear());
        assert_eq!(found.p, 2.0 / 1_001.0);
        assert_eq!(found.method, "paired_bootstrap");
    }

    #[test]
    fn other_rows_are_not_compared() {
        let (one, other) = (numbers(vec![1.0], vec![1.0]), numbers(vec![1.0], vec![2.0]));
        assert_eq!(Difference::of(&Metric::Mae, &one, &other), None);
        assert_eq!(Difference::of(&Metric::Mae, &one, &classes(&[1], &[1])), None);
    }
}
