//! How numbers are written for a person, and how serde keeps those that JSON
//! cannot hold.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Four significant digits; powers of ten for the very small and very large.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return not_finite(value).to_string();
    }
    if value == 0.0 {
        return "0".to_string();
    }
    let magnitude = value.abs().log10().floor();
    if !(-4.0..6.0).contains(&magnitude) {
        return format!("{value:.3e}");
    }
    let decimals = (3.0 - magnitude).max(0.0) as usize;
    format!("{value:.decimals$}")
}

/// A label of an axis: up to five significant digits, no zeros at the end.
pub(crate) fn tick(value: f64) -> String {
    if value == 0.0 || !(1e-3..1e5).contains(&value.abs()) {
        return format!("{value:.1e}").replace(".0e", "e").replace("0e0", "0");
    }
    let decimals = (4.0 - value.abs().log10().floor()).clamp(0.0, 5.0) as usize;
    let text = format!("{value:.decimals$}");
    if decimals == 0 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_string() }
}

/// A count with a comma after each group of three digits.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The word for a value that is no number: `nan`, `inf` or `-inf`.
fn not_finite(value: f64) -> &'static str {
    if value.is_nan() {
        "nan"
    } else if value > 0.0 {
        "inf"
    } else {
        "-inf"
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Form {
    Number(f64),
    Word(String),
}

impl Form {
    fn of(value: f64) -> Form {
        if value.is_finite() { Form::Number(value) } else { Form::Word(not_finite(value).into()) }
    }

    fn value(self) -> Result<f64, String> {
        match self {
            Form::Number(value) => Ok(value),
            Form::Word(word) => match word.as_str() {
                "nan" => Ok(f64::NAN),
                "inf" => Ok(f64::INFINITY),
                "-inf" => Ok(f64::NEG_INFINITY),
                other => Err(format!("expected a number, nan, inf or -inf, found `{other}`")),
            },
        }
    }
}

/// For `serde(with)`: a finite value is a number, any other its word.
pub(crate) mod plain {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        Form::of(*value).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        Form::deserialize(from)?.value().map_err(serde::de::Error::custom)
    }
}

/// As [`plain`], for a list.
pub(crate) mod many {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(values: &[f64], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(values.iter().map(|value| Form::of(*value)))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        Vec::<Form>::deserialize(from)?
            .into_iter()
            .map(|form| form.value().map_err(serde::de::Error::custom))
            .collect()
    }
}

/// As [`plain`], for a value that may be absent.
pub(crate) mod optional {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
        value.map(Form::of).serialize(to)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
        Option::<Form>::deserialize(from)?
            .map(|form| form.value().map_err(serde::de::Error::custom))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_four_significant_digits() {
        let cases = [
            (0.0, "0"),
            (0.97412, "0.9741"),
            (1.0, "1.000"),
            (12.345, "12.35"),
            (123_456.7, "123457"),
            (-0.001_234_56, "-0.001235"),
            (1e-7, "1.000e-7"),
            (1e30, "1.000e30"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, expected) in cases {
            assert_eq!(number(value), expected);
        }
    }

    #[test]
    fn writes_ticks_and_counts() {
        for (value, expected) in [
            (0.0, "0"),
            (0.5, "0.5"),
            (200.0, "200"),
            (49_850.133, "49850"),
            (-0.0625, "-0.0625"),
            (1e-6, "1e-6"),
            (2.5e7, "2.5e7"),
        ] {
            assert_eq!(tick(value), expected);
        }
        for (value, expected) in [(0, "0"), (999, "999"), (1797, "1,797"), (1_234_567, "1,234,567")]
        {
            assert_eq!(count(value), expected);
        }
    }
}
