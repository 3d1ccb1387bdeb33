//! What looking more than once costs: intervals for all looks together, and the
//! luck of the best of several models.

use super::interval::{Interval, Z, wilson_at};
use super::{Metric, Outcome};
use ikhim_data::Influence;

impl Interval {
    /// The interval of a look that is not the first at its rows: wide enough to
    /// hold the true values of all `looks` together in 95 of 100 cases, whatever
    /// the looks have to do with each other. Each is given the level
    /// `1 − 0.05 / looks` (Bonferroni): Wilson's interval at that level, or the
    /// ends of the bootstrap moved outward by the ratio of the normal quantiles.
    pub fn after_looks(metric: &Metric, outcome: &Outcome, looks: usize) -> Interval {
        let one = Interval::of(metric, outcome);
        if looks < 2 {
            return one;
        }
        let z = normal_quantile(1.0 - 0.025 / looks as f64);
        let method = format!("{}_bonferroni", one.method);
        if one.method == "wilson" {
            let rows = outcome.rows();
            let hits = (metric.value(outcome) * rows as f64).round() as usize;
            let (low, high) = wilson_at(hits, rows, z);
            return Interval { low, high, method, ..one };
        }
        let value = metric.value(outcome);
        let (least, most) = range(metric);
        let moved = |end: f64| (value + (end - value) * z / Z).clamp(least, most);
        Interval { low: moved(one.low), high: moved(one.high), method, ..one }
    }

    /// How much better than it is the best of `models` equally good models looks
    /// on the same rows, on average: the standard error, read off the interval of
    /// one look, times the expected largest of so many standard normal values.
    /// Models that make the same mistakes have less luck than this.
    pub fn luck_of_the_best(&self, models: usize) -> f64 {
        (self.high - self.low) / (2.0 * Z) * expected_largest(models)
    }
}

impl Metric {
    /// Smallest and largest value; infinite where there is none.
    pub fn range(&self) -> [f64; 2] {
        let (least, most) = range(self);
        [least, most]
    }

    /// How far one row moves it.
    pub fn influence(&self) -> Influence {
        match self {
            Metric::Accuracy | Metric::Top5Accuracy | Metric::Brier => Influence::Rows,
            Metric::BalancedAccuracy => Influence::Classes,
            Metric::Recall => Influence::Positives,
            Metric::RocAuc => Influence::Pairs,
            // Means without bounds, and what a row moves farther the fewer others there are.
            _ => Influence::Unknown,
        }
    }
}

/// Between which values a metric lies.
fn range(metric: &Metric) -> (f64, f64) {
    match metric {
        Metric::Custom { .. } => (f64::NEG_INFINITY, f64::INFINITY),
        Metric::R2 => (f64::NEG_INFINITY, 1.0),
        // Of several classes a probability of 1 for a wrong one: 1 there, 1 at the true one.
        Metric::Brier => (0.0, 2.0),
        Metric::LogLoss
        | Metric::Rmse
        | Metric::Mse
        | Metric::Mae
        | Metric::Mape
        | Metric::MaxError
        | Metric::Perplexity
        | Metric::BitsPerCharacter => (0.0, f64::INFINITY),
        Metric::Accuracy
        | Metric::BalancedAccuracy
        | Metric::Top5Accuracy
        | Metric::Precision
        | Metric::Recall
        | Metric::F1
        | Metric::F1Macro
        | Metric::F1Weighted
        | Metric::RocAuc
        | Metric::AveragePrecision => (0.0, 1.0),
    }
}

/// The share of a standard normal distribution below `x`.
fn normal_share(x: f64) -> f64 {
    0.5 * libm::erfc(-x / std::f64::consts::SQRT_2)
}

/// The value below which a share of a standard normal distribution lies, found by
/// halving.
pub(super) fn normal_quantile(share: f64) -> f64 {
    let (mut low, mut high) = (-40.0, 40.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if normal_share(middle) < share { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// The expected largest of `count` independent standard normal values,
/// `∫₀^∞ 1 − Φ(x)ⁿ dx − ∫₋∞⁰ Φ(x)ⁿ dx`, by Simpson's rule.
pub(super) fn expected_largest(count: usize) -> f64 {
    const STEPS: usize = 4_000;
    const END: f64 = 12.0;
    if count < 2 {
        return 0.0;
    }
    let width = END / STEPS as f64;
    let integral = |height: &dyn Fn(f64) -> f64| {
        let weight = |step: usize| match step {
            0 | STEPS => 1.0,
            step if step % 2 == 1 => 4.0,
            _ => 2.0,
        };
        (0..=STEPS).map(|step| weight(step) * height(step as f64 * width)).sum::<f64>() * width
            / 3.0
    };
    let power = |x: f64| libm::pow(normal_share(x), count as f64);
    integral(&|x| 1.0 - power(x)) - integral(&|x| power(-x))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Quantiles from Python's `NormalDist().inv_cdf`; expected values of the largest from
    /// Harter, "Expected values of normal order statistics", 1961 (2 and 3 have a
    /// closed form, 1/√π and 3/(2√π)), and Tippett 1925 for 1000.
    #[test]
    fn quantiles_and_largest_values() {
        for (share, expected) in
            [(0.5, 0.0), (0.975, Z), (0.9875, 2.241_402_727_604_947), (0.999_975, 4.055_626_981)]
        {
            assert!((normal_quantile(share) - expected).abs() < 1e-8, "{share}");
        }
        let pi = std::f64::consts::PI.sqrt();
        for (count, expected, within) in [
            (1, 0.0, 0.0),
            (2, 1.0 / pi, 1e-9),
            (3, 1.5 / pi, 1e-9),
            (10, 1.538_752_730_8, 1e-8),
            (100, 2.507_593_6, 1e-6),
            (1000, 3.241_44, 1e-5),
        ] {
            let found = expected_largest(count);
            assert!((found - expected).abs() <= within, "{count}: {found}");
        }
    }

    fn accuracy(hits: usize, rows: usize) -> Outcome {
        Outcome::Classes {
            classes: 2,
            probabilities: (0..rows)
                .flat_map(|row| if row < hits { [0.0, 1.0] } else { [1.0, 0.0] })
                .collect(),
            labels: vec![1; rows],
            threshold: None,
        }
    }

    /// Wilson's interval of 240 in 270 at the level 1 − 0.05/7, by its
    /// formula in Python with `statistics.NormalDist().inv_cdf(1 - 0.025 / 7)`.
    #[test]
    fn looks_widen_an_interval() {
        let outcome = accuracy(240, 270);
        let one = Interval::after_looks(&Metric::Accuracy, &outcome, 1);
        assert_eq!(one, Interval::of(&Metric::Accuracy, &outcome));
        let seven = Interval::after_looks(&Metric::Accuracy, &outcome, 7);
        assert_eq!(seven.method, "wilson_bonferroni");
        assert!((seven.low - 0.826958289606).abs() < 1e-9, "{}", seven.low);
        assert!((seven.high - 0.930517211037).abs() < 1e-9, "{}", seven.high);
        let ranks = Interval::after_looks(&Metric::BalancedAccuracy, &outcome, 7);
        let single = Interval::of(&Metric::BalancedAccuracy, &outcome);
        assert!(ranks.low < single.low && ranks.high > single.high && ranks.high <= 1.0);
    }

    /// Of 1,000 models that guess on 100 rows the best shows 0.66 instead of 0.5.
    #[test]
    fn the_best_of_a_thousand_guesses() {
        let guess = Interval::of(&Metric::Accuracy, &accuracy(50, 100));
        let best = 0.5 + guess.luck_of_the_best(1_000);
        assert!((best - 0.66).abs() < 0.005, "{best}");
        assert_eq!(guess.luck_of_the_best(1), 0.0);
    }
}
