//! Intervals: how far a metric could be from its value by the luck of the rows.

use super::{Metric, Outcome};
use ikhim_numeric::random::{Stream, stream_id};
use serde::{Deserialize, Serialize};

/// Resamples of a bootstrap: enough for the 2.5 % points to settle to two
/// digits (Efron and Tibshirani, *An Introduction to the Bootstrap*, 1993).
pub(super) const RESAMPLES: usize = 1000;

/// The 97.5 % point of the normal distribution.
pub(super) const Z: f64 = 1.959_963_984_540_054;

/// An interval around a metric at a level of confidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Level of confidence.
    pub level: f64,
    /// How it was made: `wilson` or `bootstrap`.
    pub method: String,
}

impl Interval {
    /// The 95 % interval of a metric over an outcome: Wilson's for accuracy, else
    /// the percentile bootstrap over rows with a fixed seed, so that the same
    /// outcome always has the same interval.
    pub fn of(metric: &Metric, outcome: &Outcome) -> Interval {
        if let (Metric::Accuracy, Outcome::Classes { labels, .. }) = (metric, outcome) {
            let predicted = outcome.predicted_classes();
            let hits = predicted.iter().zip(labels).filter(|(p, l)| p == l).count();
            let (low, high) = wilson(hits, labels.len());
            return Interval { low, high, level: 0.95, method: "wilson".to_string() };
        }
        bootstrap(metric, outcome)
    }
}

/// Wilson's 95 % interval of a share of `hits` in `of` trials (Wilson 1927):
/// `(p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n)`.
///
/// ```
/// let (low, high) = ikhim_run::metric::wilson(8, 10);
/// assert!((low - 0.4902).abs() < 1e-4 && (high - 0.9433).abs() < 1e-4);
/// ```
pub fn wilson(hits: usize, of: usize) -> (f64, f64) {
    wilson_at(hits, of, Z)
}

/// The same at another quantile `z` of the normal distribution. Where none or all
/// hit, the ends are 0 and 1, without rounding.
///
/// ```
/// use ikhim_run::metric::wilson_at;
/// let (low, high) = wilson_at(8, 10, 2.575_829_303_548_901);
/// assert!((low - 0.400_819).abs() < 1e-6 && (high - 0.959_869).abs() < 1e-6);
/// assert_eq!((wilson_at(0, 43, 2.0).0, wilson_at(43, 43, 2.0).1), (0.0, 1.0));
/// ```
pub fn wilson_at(hits: usize, of: usize, z: f64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let n = of as f64;
    let p = hits as f64 / n;
    let center = p + z * z / (2.0 * n);
    let margin = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    let low = if hits == 0 { 0.0 } else { (center - margin) / scale };
    let high = if hits == of { 1.0 } else { (center + margin) / scale };
    (low, high)
}

fn bootstrap(metric: &Metric, outcome: &Outcome) -> Interval {
    let rows = outcome.rows();
    let stream = Stream::new(0, stream_id("metric", "bootstrap"));
    let values = (0..RESAMPLES)
        .map(|resample| {
            let drawn: Vec<usize> = (0..rows)
                .map(|row| stream.below(rows as u64, resample as u64, row as u64) as usize)
                .collect();
            metric.value(&outcome.select(&drawn))
        })
        .filter(|value| value.is_finite())
        .collect();
    let (low, high) = at_shares(values);
    Interval { low, high, level: 0.95, method: "bootstrap".to_string() }
}

/// The 2.5 % and the 97.5 % point; not numbers where there is no value.
pub(super) fn at_shares(mut values: Vec<f64>) -> (f64, f64) {
    values.sort_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * values.len().saturating_sub(1) as f64;
        values.get(place.round() as usize).copied().unwrap_or(f64::NAN)
    };
    (at(0.025), at(0.975))
}
