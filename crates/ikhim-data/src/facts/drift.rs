use crate::{Dataset, Values};
use serde::Serialize;
use std::collections::HashMap;

/// An input whose values are distributed otherwise in new rows.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Drift {
    /// The column.
    pub column: String,
    /// How far the two distributions are apart, from 0 to 1: the largest distance
    /// of their distribution functions for numbers (Kolmogorov and Smirnov), half
    /// the sum of the distances of the shares for levels (total variation).
    pub distance: f64,
    /// How often chance alone gives so large a distance.
    pub p: f64,
}

/// A distance that is less likely by chance is told.
const UNLIKELY: f64 = 0.001;
/// A smaller distance is of no weight, however many rows show it.
const OF_WEIGHT: f64 = 0.1;

/// The inputs whose values are distributed otherwise in `new` than in `known`, the
/// farthest first. Missing values are left aside; arrays are not compared.
///
/// ```
/// use ikhim_data::{Dataset, facts::drift};
/// let rows = |shift: i32| (0..200).map(move |i| [i % 50 + shift, i % 7, i % 2]);
/// let known = Dataset::rows(["x", "z", "y"], rows(0)).load()?;
/// let new = Dataset::rows(["x", "z", "y"], rows(20)).schema(&known.schema()).load()?;
/// let found = drift(&known, &new);
/// assert_eq!((found.len(), found[0].column.as_str()), (1, "x"));
/// assert!((found[0].distance - 0.4).abs() < 1e-12);
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
pub fn drift(known: &Dataset, new: &Dataset) -> Vec<Drift> {
    let mut found: Vec<Drift> = known
        .inputs()
        .filter_map(|column| {
            let other = new.column(&column.name)?;
            let (distance, p) = match (&column.values, &other.values) {
                (Values::Number(one), Values::Number(other)) => numbers(one, other)?,
                (one, other) => levels(&shares(one)?, &shares(other)?)?,
            };
            let told = distance >= OF_WEIGHT && p < UNLIKELY;
            told.then(|| Drift { column: column.name.clone(), distance, p })
        })
        .collect();
    found.sort_by(|one, other| other.distance.total_cmp(&one.distance));
    found
}

/// The two-sample statistic of Kolmogorov and Smirnov and its level (Stephens
/// 1970: `Q(λ) = 2 Σ (−1)^(k−1) e^(−2k²λ²)` with `λ = (√n + 0.12 + 0.11/√n) D`, n
/// the product of the sizes over their sum).
fn numbers(one: &[f64], other: &[f64]) -> Option<(f64, f64)> {
    let sorted = |values: &[f64]| {
        let mut values: Vec<f64> = values.iter().copied().filter(|it| !it.is_nan()).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let (one, other) = (sorted(one), sorted(other));
    if one.is_empty() || other.is_empty() {
        return None;
    }
    let (mut i, mut j, mut distance) = (0, 0, 0.0_f64);
    while i < one.len() && j < other.len() {
        let value = one[i].min(other[j]);
        while i < one.len() && one[i] <= value {
            i += 1;
        }
        while j < other.len() && other[j] <= value {
            j += 1;
        }
        let apart = i as f64 / one.len() as f64 - j as f64 / other.len() as f64;
        distance = distance.max(apart.abs());
    }
    let (n, m) = (one.len() as f64, other.len() as f64);
    let root = (n * m / (n + m)).sqrt();
    let lambda = (root + 0.12 + 0.11 / root) * distance;
    let term = |k: i32| {
        let sign = if k % 2 == 1 { 1.0 } else { -1.0 };
        sign * (-2.0 * f64::from(k * k) * lambda * lambda).exp()
    };
    // Below this the sum does not settle, and the level is 1.
    let p = if lambda < 0.2 { 1.0 } else { 2.0 * (1..=100).map(term).sum::<f64>() };
    Some((distance, p.clamp(0.0, 1.0)))
}

/// How often each level stands.
fn shares(values: &Values) -> Option<HashMap<String, f64>> {
    let mut counts = HashMap::new();
    match values {
        Values::Category { levels, indices } => {
            for index in indices.iter().flatten() {
                let level = levels.get(*index as usize)?;
                *counts.entry(level.clone()).or_insert(0.0) += 1.0;
            }
        }
        _ => return None,
    }
    Some(counts)
}

/// Total variation, and the level of the chi-squared test of equal shares: of two
/// levels exactly, of more by the cube root that is nearly normal (Wilson and
/// Hilferty 1931).
fn levels(one: &HashMap<String, f64>, other: &HashMap<String, f64>) -> Option<(f64, f64)> {
    let (n, m) = (one.values().sum::<f64>(), other.values().sum::<f64>());
    if n == 0.0 || m == 0.0 {
        return None;
    }
    let mut names: Vec<&String> = one.keys().chain(other.keys()).collect();
    names.sort();
    names.dedup();
    let (mut distance, mut chi) = (0.0, 0.0);
    for name in &names {
        let count = |counts: &HashMap<String, f64>| counts.get(*name).copied().unwrap_or(0.0);
        let (a, b) = (count(one), count(other));
        distance += (a / n - b / m).abs() / 2.0;
        chi += (a * (m / n).sqrt() - b * (n / m).sqrt()).powi(2) / (a + b);
    }
    let degrees = names.len() as f64 - 1.0;
    if degrees < 1.0 {
        return Some((distance, 1.0));
    }
    if degrees == 1.0 {
        return Some((distance, 2.0 * upper_tail(chi.sqrt())));
    }
    let spread = 2.0 / (9.0 * degrees);
    let z = ((chi / degrees).cbrt() - (1.0 - spread)) / spread.sqrt();
    Some((distance, upper_tail(z)))
}

/// The share of a normal distribution above `z`, to 1.5e-7 (Abramowitz and Stegun,
/// 7.1.26).
fn upper_tail(z: f64) -> f64 {
    let x = z.abs() / std::f64::consts::SQRT_2;
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let polynomial = [1.061_405_429, -1.453_152_027, 1.421_413_741, -0.284_496_736, 0.254_829_592]
        .into_iter()
        .fold(0.0, |sum, c| sum * t + c);
    let tail = 0.5 * polynomial * t * (-x * x).exp();
    if z >= 0.0 { tail } else { 1.0 - tail }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scipy.stats.ks_2samp(range(100), [i + 30 for i in range(80)])` has the
    /// statistic 0.3; its asymptotic level differs from Stephens's in the third
    /// digit.
    #[test]
    fn distances_of_numbers() {
        let one: Vec<f64> = (0..100).map(f64::from).collect();
        let other: Vec<f64> = (30..110).map(f64::from).collect();
        let (distance, p) = numbers(&one, &other).unwrap();
        assert!((distance - 0.3).abs() < 1e-12, "{distance}");
        assert!((3e-4..8e-4).contains(&p), "{p}");
        assert_eq!(numbers(&one, &one).unwrap(), (0.0, 1.0));
        assert_eq!(numbers(&one, &[f64::NAN]), None);
    }

    /// A table of 30, 70 and 60, 40: chi-squared 18.18 with one degree, whose level
    /// is 2.0e-5.
    #[test]
    fn distances_of_levels() {
        let table = |a: f64, b: f64| HashMap::from([("a".to_string(), a), ("b".to_string(), b)]);
        let (distance, p) = levels(&table(30.0, 70.0), &table(60.0, 40.0)).unwrap();
        assert!((distance - 0.3).abs() < 1e-12);
        assert!((1e-5..4e-5).contains(&p), "{p}");
        let (distance, p) = levels(&table(30.0, 70.0), &table(60.0, 140.0)).unwrap();
        assert!(distance < 1e-12 && p > 0.5, "{p}");
    }

    #[test]
    fn tails() {
        for (z, expected) in [(0.0, 0.5), (1.959_964, 0.025), (3.290_527, 5e-4), (-1.0, 0.841_345)]
        {
            assert!((upper_tail(z) - expected).abs() < 1e-6, "{z}");
        }
    }
}
