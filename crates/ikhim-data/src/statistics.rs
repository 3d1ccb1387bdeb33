//! Descriptive statistics in double precision, accurate to the last digits.
//!
//! Sums are carried in two doubles, and deviations are taken from the mean
//! before they are squared, so that neither many values nor a large common
//! offset costs digits. Missing values (NaN) are left out everywhere; a
//! statistic that the remaining values do not define is NaN.
//!
//! ```
//! use ikhim_data::statistics::{mean, standard_deviation};
//! let values = [10_000_001.0, 10_000_003.0, 10_000_002.0];
//! assert_eq!((mean(&values), standard_deviation(&values)), (10_000_002.0, 1.0));
//! ```

use std::collections::HashMap;

/// A sum in two doubles: the rounded sum and what rounding has cost.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    high: f64,
    low: f64,
}

impl Sum {
    fn of(values: impl Iterator<Item = f64>) -> Sum {
        let mut sum = Sum::default();
        values.for_each(|value| sum.add(value));
        sum
    }

    /// Adds a value. The error of each addition is exact (Knuth's TwoSum).
    fn add(&mut self, value: f64) {
        let sum = self.high + value;
        let part = sum - self.high;
        self.low += (self.high - (sum - part)) + (value - part);
        self.high = sum;
    }

    /// Adds a product with its rounding error.
    fn add_product(&mut self, a: f64, b: f64) {
        let product = a * b;
        self.add(product);
        self.low += a.mul_add(b, -product);
    }

    fn value(self) -> f64 {
        self.high + self.low
    }

    /// The sum divided by a count, again in two doubles.
    fn divided(self, count: usize) -> Sum {
        let count = count as f64;
        let high = self.value() / count;
        let remainder = (-high).mul_add(count, self.high) + self.low;
        Sum { high, low: remainder / count }
    }
}

/// The values that are there.
fn present(values: &[f64]) -> impl Iterator<Item = f64> + Clone {
    values.iter().copied().filter(|value| !value.is_nan())
}

/// Mean in two doubles and the number of values.
fn center(values: &[f64]) -> (Sum, usize) {
    let count = present(values).count();
    (Sum::of(present(values)).divided(count), count)
}

/// What a value lies above the mean.
fn deviation(value: f64, mean: Sum) -> f64 {
    let difference = value - mean.high;
    let part = difference - value;
    let error = (value - (difference - part)) - (mean.high + part);
    difference + (error - mean.low)
}

/// The arithmetic mean, `Σxᵢ / n`.
pub fn mean(values: &[f64]) -> f64 {
    let (mean, count) = center(values);
    if count == 0 { f64::NAN } else { mean.value() }
}

/// The standard deviation of a sample, `√(Σ(xᵢ − x̄)² / (n − 1))`; NaN for
/// fewer than two values.
pub fn standard_deviation(values: &[f64]) -> f64 {
    let (mean, count) = center(values);
    if count < 2 {
        return f64::NAN;
    }
    (squares(values, mean) / (count as f64 - 1.0)).sqrt()
}

fn squares(values: &[f64], mean: Sum) -> f64 {
    let mut sum = Sum::default();
    for value in present(values) {
        let deviation = deviation(value, mean);
        sum.add_product(deviation, deviation);
    }
    sum.value()
}

/// The autocorrelation at lag 1, `Σ(xᵢ − x̄)(xᵢ₋₁ − x̄) / Σ(xᵢ − x̄)²`, the
/// first sum from the second value on; NaN for fewer than two values or when
/// all are equal.
pub fn lag_1_autocorrelation(values: &[f64]) -> f64 {
    let (mean, count) = center(values);
    if count < 2 {
        return f64::NAN;
    }
    let mut products = Sum::default();
    for (later, earlier) in present(values).skip(1).zip(present(values)) {
        products.add_product(deviation(later, mean), deviation(earlier, mean));
    }
    products.value() / squares(values, mean)
}

/// The smallest value.
pub fn minimum(values: &[f64]) -> f64 {
    present(values).fold(f64::NAN, f64::min)
}

/// The largest value.
pub fn maximum(values: &[f64]) -> f64 {
    present(values).fold(f64::NAN, f64::max)
}

/// Quantiles at `shares` in `0..=1`: with the sorted values at the positions
/// 0 to 1, the value at that position, on a straight line between two
/// neighbors (NumPy's `linear`, type 7 of Hyndman and Fan, 1996). NaN for a
/// share outside.
///
/// ```
/// use ikhim_data::statistics::quantiles;
/// assert_eq!(quantiles(&[4.0, 1.0, 3.0, 2.0], &[0.0, 0.25, 1.0]), [1.0, 1.75, 4.0]);
/// ```
pub fn quantiles(values: &[f64], shares: &[f64]) -> Vec<f64> {
    let mut sorted: Vec<f64> = present(values).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let at = |&share: &f64| {
        let position = share * (sorted.len() as f64 - 1.0);
        if sorted.is_empty() || !(0.0..=1.0).contains(&share) {
            return f64::NAN;
        }
        let below = sorted[position.floor() as usize];
        let above = sorted[position.ceil() as usize];
        below + (above - below) * position.fract()
    };
    shares.iter().map(at).collect()
}

/// The median: the middle value, the mean of the two middle ones when their
/// number is even.
pub fn median(values: &[f64]) -> f64 {
    quantiles(values, &[0.5])[0]
}

/// The value that occurs most often, the smallest of those that tie.
pub fn most_frequent(values: &[f64]) -> f64 {
    let mut counts: HashMap<u64, usize> = HashMap::new();
    for value in present(values) {
        // 0 and −0 are one value.
        *counts.entry((value + 0.0).to_bits()).or_default() += 1;
    }
    let best = counts.into_iter().map(|(bits, count)| (count, f64::from_bits(bits))).max_by(
        |(count, value), (other_count, other)| {
            count.cmp(other_count).then_with(|| other.total_cmp(value))
        },
    );
    best.map_or(f64::NAN, |(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_offsets_and_cancellation_cost_no_digit() {
        // Σ = 2 exactly, where plain addition gives 0.
        assert_eq!(mean(&[1.0, 1e100, 1.0, -1e100]), 0.5);
        let shifted: Vec<f64> = [1.0, 2.0, 3.0, 4.0].iter().map(|x| x + 1e15).collect();
        assert_eq!(standard_deviation(&shifted), (5.0_f64 / 3.0).sqrt());
    }

    #[test]
    fn autocorrelation_of_a_short_series() {
        // Mean 2.5, deviations −1.5, −0.5, 0.5, 1.5: (0.75 − 0.25 + 0.75) / 5.
        assert_eq!(lag_1_autocorrelation(&[1.0, 2.0, 3.0, 4.0]), 0.25);
    }

    #[test]
    fn order_statistics() {
        let values = [3.0, f64::NAN, 1.0, 2.0, 2.0];
        assert_eq!((minimum(&values), maximum(&values), median(&values)), (1.0, 3.0, 2.0));
        assert_eq!(median(&[1.0, 2.0]), 1.5);
        // numpy.quantile([3, 1, 2, 2], [0.1, 0.9])
        assert_eq!(quantiles(&values, &[0.1, 0.9]), [1.3, 2.7]);
        assert_eq!(most_frequent(&values), 2.0);
        assert_eq!(most_frequent(&[5.0, 4.0, 5.0, 4.0]), 4.0);
    }

    #[test]
    fn what_is_not_defined_is_nan() {
        assert!(mean(&[]).is_nan() && mean(&[f64::NAN]).is_nan());
        assert!(standard_deviation(&[1.0]).is_nan());
        assert!(lag_1_autocorrelation(&[1.0, 1.0]).is_nan());
        assert!(minimum(&[]).is_nan() && median(&[]).is_nan() && most_frequent(&[]).is_nan());
        assert!(quantiles(&[1.0], &[1.5])[0].is_nan());
    }
}
