use super::fault;
use super::scaler::Scaler;
use crate::statistics::{maximum, mean, median, minimum, most_frequent};
use crate::{Missing, Policy, Transform};
use ikhim_numeric::Real;
use ikhim_text::Result;
use serde::{Deserialize, Serialize};

/// A column of numbers: transform, then fill what is missing, then scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct NumberStep {
    transform: Transform,
    /// What takes the place of a missing value, transformed; without it a
    /// missing value is a fault.
    fill: Option<f64>,
    indicator: bool,
    scaler: Scaler,
    /// The smallest and the largest train value.
    range: [f64; 2],
}

impl NumberStep {
    pub(super) fn fit(name: &str, values: &[f64], policy: &Policy) -> Result<NumberStep> {
        let transform = policy.transform;
        let mut transformed = transformed(name, values, transform)?;
        let fill = match &policy.missing {
            Missing::Mean => Some(mean(&transformed)),
            Missing::Median => Some(median(&transformed)),
            Missing::MostFrequent => Some(most_frequent(&transformed)),
            Missing::Constant(text) => {
                let value: f64 = text.trim().parse().unwrap_or(f64::NAN);
                Some(apply(name, value, transform)?)
            }
            Missing::Drop | Missing::Error => None,
            other => return Err(fault::misfit(name, "missing", other.word(), "number")),
        };
        // Every statistic of no value is NaN.
        if fill.is_some_and(f64::is_nan) || values.iter().all(|value| value.is_nan()) {
            return Err(fault::no_values(name));
        }
        for value in transformed.iter_mut().filter(|value| value.is_nan()) {
            *value = fill.unwrap_or(f64::NAN);
        }
        Ok(NumberStep {
            transform,
            fill,
            indicator: policy.missing_indicator,
            scaler: Scaler::fit(policy.scaling, &transformed),
            range: [minimum(values), maximum(values)],
        })
    }

    pub(super) fn feature_names(&self, name: &str) -> Vec<String> {
        let indicator = self.indicator.then(|| format!("{name}:missing"));
        [name.to_string()].into_iter().chain(indicator).collect()
    }

    /// Writes the features of a value; `row` is for the fault.
    pub(super) fn write(&self, name: &str, row: u64, value: f64, out: &mut [f32]) -> Result<()> {
        let missing = value.is_nan();
        let value = if missing {
            self.fill.ok_or_else(|| fault::value_needed(name, row))?
        } else {
            apply(name, value, self.transform)?
        };
        out[0] = self.scaler.apply(value) as f32;
        if self.indicator {
            out[1] = f32::from(u8::from(missing));
        }
        Ok(())
    }

    /// The range of the train values, when a value lies outside.
    pub(super) fn range_left_by(&self, value: f64) -> Option<[f64; 2]> {
        let [low, high] = self.range;
        (value < low || value > high).then_some(self.range)
    }
}

/// A numeric target: transform, then scale.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct NumberTarget {
    pub(super) name: String,
    transform: Transform,
    scaler: Scaler,
}

impl NumberTarget {
    pub(super) fn fit(name: &str, values: &[f64], policy: &Policy) -> Result<NumberTarget> {
        let transform = policy.transform;
        let scaler = Scaler::fit(policy.scaling, &transformed(name, values, transform)?);
        Ok(NumberTarget { name: name.to_string(), transform, scaler })
    }

    pub(super) fn apply(&self, value: f64) -> Result<f64> {
        Ok(self.scaler.apply(apply(&self.name, value, self.transform)?))
    }

    pub(super) fn invert(&self, encoded: f64) -> f64 {
        let value = self.scaler.invert(encoded);
        match self.transform {
            Transform::Log => Real::exp(value),
            _ => value,
        }
    }
}

fn transformed(name: &str, values: &[f64], transform: Transform) -> Result<Vec<f64>> {
    values.iter().map(|&value| apply(name, value, transform)).collect()
}

/// Transforms a value; a missing one stays missing.
fn apply(name: &str, value: f64, transform: Transform) -> Result<f64> {
    match transform {
        Transform::Log if value <= 0.0 => Err(crate::split::not_positive(name, value)),
        // Of the same bits on every machine, unlike the system's.
        Transform::Log => Ok(Real::log(value)),
        _ => Ok(value),
    }
}
