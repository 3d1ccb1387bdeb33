//! Polynomials through a few noisy points of a sine.

use crate::claim::{Found, median};
use ikhim_numeric::{Stream, stream_id};
use ikhim_train::least_squares;
use serde::Deserialize;
use std::f64::consts::PI;

/// `y = sin(πx) + N(0, noise)` at `rows` places, uniform in [−1, 1]; 1,000
/// further points of the same law are the fresh rows.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Polynomial {
    pub(crate) degree: usize,
    /// Times the sum of squared coefficients, added to the sum of squared
    /// errors.
    #[serde(default)]
    pub(crate) ridge: f64,
    /// `train`, `fresh` or `norm`.
    pub(crate) of: String,
    #[serde(default = "ten")]
    pub(crate) rows: usize,
    #[serde(default = "fifth")]
    pub(crate) noise: f64,
    #[serde(default = "two_hundred")]
    pub(crate) repeats: u64,
}

fn ten() -> usize {
    10
}

fn fifth() -> f64 {
    0.2
}

fn two_hundred() -> u64 {
    200
}

const FRESH: usize = 1000;

/// Points of the law.
#[derive(Debug, Clone)]
pub(crate) struct Sample {
    pub(crate) x: Vec<f64>,
    pub(crate) y: Vec<f64>,
}

impl Sample {
    /// So many points, by a seed and the name of what they are for.
    pub(crate) fn draw(rows: usize, noise: f64, seed: u64, purpose: &str) -> Sample {
        let places = Stream::new(seed, stream_id("polynomial", purpose));
        let errors = Stream::new(seed, stream_id("polynomial noise", purpose));
        let x: Vec<f64> =
            (0..rows).map(|i| 2.0 * f64::from(places.uniform(0, i as u64)) - 1.0).collect();
        let y = x
            .iter()
            .enumerate()
            .map(|(i, x)| (PI * x).sin() + noise * f64::from(errors.normal(0, i as u64)));
        Sample { y: y.collect(), x }
    }
}

/// The coefficients, from the constant on. Ridge is least squares with further
/// rows: `√λ` times each coefficient should be 0.
pub(crate) fn fit(sample: &Sample, degree: usize, ridge: f64) -> Vec<f64> {
    let columns = degree + 1;
    let mut design: Vec<f64> =
        sample.x.iter().flat_map(|x| (0..columns).map(|k| x.powi(k as i32))).collect();
    let mut target = sample.y.clone();
    if ridge > 0.0 {
        for row in 0..columns {
            design.extend((0..columns).map(|k| if k == row { ridge.sqrt() } else { 0.0 }));
            target.push(0.0);
        }
    }
    least_squares(columns, &design, &target).unwrap_or_else(|| vec![f64::NAN; columns])
}

pub(crate) fn value(coefficients: &[f64], x: f64) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

fn error(coefficients: &[f64], sample: &Sample) -> f64 {
    let squares =
        sample.x.iter().zip(&sample.y).map(|(x, y)| (value(coefficients, *x) - y).powi(2));
    squares.sum::<f64>() / sample.x.len() as f64
}

impl Polynomial {
    /// The usual ten rows and 200 repeats.
    pub(crate) fn of(degree: usize, ridge: f64, of: &str) -> Polynomial {
        let of = of.to_string();
        Polynomial { degree, ridge, of, rows: ten(), noise: fifth(), repeats: two_hundred() }
    }

    /// The median over repeats.
    pub(crate) fn take(&self) -> f64 {
        let one = |seed| {
            let sample = Sample::draw(self.rows, self.noise, seed, "train");
            let coefficients = fit(&sample, self.degree, self.ridge);
            match self.of.as_str() {
                "train" => error(&coefficients, &sample),
                "fresh" => error(&coefficients, &Sample::draw(FRESH, self.noise, seed, "fresh")),
                "norm" => coefficients.iter().map(|value| value * value).sum::<f64>().sqrt(),
                _ => f64::NAN,
            }
        };
        let found: Vec<Found> = (1..=self.repeats).map(|seed| Found::Number(one(seed))).collect();
        median(&found)
    }
}
