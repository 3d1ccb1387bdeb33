//! A claim: what is expected of an experiment, and whether it was found.

use crate::lesson::Words;
use ikhim_report::{count, number};
use ikhim_run::metric::wilson_at;
use ikhim_text::Language;
use serde::Deserialize;

/// What a lesson claims.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The row of the course that it belongs to, e.g. `P7.2` or `F12`.
    pub row: String,
    /// Its own name within the lesson.
    pub name: String,
    /// What is claimed.
    pub words: Words,
    /// The experiment that shows it, where it needs one.
    #[serde(default)]
    pub experiment: Option<String>,
    /// Keys of the experiment that are set for this claim.
    #[serde(default)]
    pub set: Vec<String>,
    /// What is measured.
    pub measure: toml::Table,
    /// What is expected.
    pub expect: Expected,
    /// So many seeds, from 1 on, are measured instead of the experiment's own.
    #[serde(default)]
    pub seeds: Option<u64>,
    /// A file below the folder of `--data`, without which the claim is skipped.
    #[serde(default)]
    pub data: Option<String>,
    /// Whether it takes minutes, and is skipped by `--quick`.
    #[serde(default)]
    pub long: bool,
    /// The change under which the claim must fail.
    pub must_fail: MustFail,
}

/// A change of an experiment or of a measurement.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MustFail {
    /// Keys that are set.
    #[serde(default)]
    pub set: Vec<String>,
    /// Another experiment in its place.
    #[serde(default)]
    pub experiment: Option<String>,
    /// Settings of the measurement that are replaced.
    #[serde(default)]
    pub measure: toml::Table,
}

/// What is expected of the value, or of the values of several seeds.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// The value itself.
    #[serde(default)]
    pub value: Option<f64>,
    /// How far from it, as a share of it.
    #[serde(default)]
    pub relative: Option<f64>,
    /// How far from it.
    #[serde(default)]
    pub absolute: Option<f64>,
    /// A lower bound.
    #[serde(default)]
    pub at_least: Option<f64>,
    /// An upper bound.
    #[serde(default)]
    pub at_most: Option<f64>,
    /// Whether it is a finite number.
    #[serde(default)]
    pub finite: Option<bool>,
    /// A word.
    #[serde(default)]
    pub word: Option<String>,
    /// The share of seeds that fulfil all of the above: passes when it lies in
    /// Wilson's 99 % interval of the share that is found.
    #[serde(default)]
    pub rate: Option<f64>,
    /// Whether the median of the seeds is meant instead of each of them.
    #[serde(default)]
    pub median: bool,
}

/// What a measurement gives.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// A number.
    Number(f64),
    /// A word.
    Word(String),
}

/// How a claim came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Not as expected, or it could not be measured.
    Failed,
    /// It needs data that were not given.
    Skipped,
}

/// A claim that was looked at.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The lesson.
    pub lesson: String,
    /// The row of the course.
    pub row: String,
    /// The claim's own name.
    pub name: String,
    /// What is claimed.
    pub words: Words,
    /// What is expected, in signs that both languages have.
    pub expected: String,
    /// What was found.
    pub found: String,
    /// The number that was found: the median of several, or the share of seeds
    /// where a rate is claimed.
    pub value: Option<f64>,
    /// Where a rate is claimed, the seeds that fulfil it, and all of them.
    pub hits: Option<(usize, usize)>,
    /// How it came out.
    pub verdict: Verdict,
    /// Whether it is skipped because data are missing, not because it takes long.
    pub needs_data: bool,
}

/// The 99.5 % point of the normal distribution, for intervals of 99 %.
const Z: f64 = 2.575_829_303_548_901;

impl Expected {
    /// Whether one value is as expected.
    pub(crate) fn fits(&self, found: &Found) -> bool {
        match found {
            Found::Word(word) => self.word.as_ref() == Some(word),
            Found::Number(value) => {
                let near = self.value.is_none_or(|expected| {
                    let room = self.absolute.unwrap_or(0.0)
                        + self.relative.unwrap_or(0.0) * expected.abs();
                    *value == expected || (value - expected).abs() <= room
                });
                self.word.is_none()
                    && near
                    && self.at_least.is_none_or(|bound| *value >= bound)
                    && self.at_most.is_none_or(|bound| *value <= bound)
                    && self.finite.is_none_or(|finite| value.is_finite() == finite)
            }
        }
    }

    /// Whether the values of all seeds are as expected, and what was found in
    /// few signs.
    pub(crate) fn judge(&self, found: &[Found]) -> (bool, String) {
        if let (Some(rate), Some((hits, seeds))) = (self.rate, self.hits(found)) {
            let (low, high) = wilson_at(hits, seeds, Z);
            let share = hits as f64 / seeds.max(1) as f64;
            let text = format!("{hits}/{seeds} = {share:.2}, 99 % [{low:.2}, {high:.2}]");
            return ((low..=high).contains(&rate), text);
        }
        if self.median {
            let middle = median(found);
            return (self.fits(&Found::Number(middle)), format!("~{}", told(middle, false)));
        }
        let pass = !found.is_empty() && found.iter().all(|found| self.fits(found));
        let text = match found {
            [Found::Word(word)] => word.clone(),
            [Found::Number(value)] => told(*value, self.value.is_some()),
            several => {
                let values = several.iter().filter_map(Found::number);
                let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |ends, value| {
                    (ends.0.min(value), ends.1.max(value))
                });
                format!("{} … {}", told(low, false), told(high, false))
            }
        };
        (pass, text)
    }

    /// Where a rate is claimed: the seeds that fulfil it, and all of them.
    pub(crate) fn hits(&self, found: &[Found]) -> Option<(usize, usize)> {
        let hits = || found.iter().filter(|found| self.fits(found)).count();
        self.rate.map(|_| (hits(), found.len()))
    }

    /// What is expected, in signs.
    pub fn shown(&self) -> String {
        let mut parts = Vec::new();
        if let Some(value) = self.value {
            let room = self.absolute.unwrap_or(0.0) + self.relative.unwrap_or(0.0) * value.abs();
            let near = if room > 0.0 { format!(" ± {}", short(room)) } else { String::new() };
            parts.push(format!("{}{near}", precise(value)));
        }
        parts.extend(self.at_least.map(|bound| format!("≥ {}", precise(bound))));
        parts.extend(self.at_most.map(|bound| format!("≤ {}", precise(bound))));
        parts.extend(
            self.finite.map(
                |finite| {
                    if finite { "finite".to_string() } else { "inf, nan".to_string() }
                },
            ),
        );
        parts.extend(self.word.clone());
        let what = parts.join(", ");
        match (self.rate, self.median) {
            (Some(rate), _) => format!("{rate:.2} ({what})"),
            (None, true) => format!("~{what}"),
            (None, false) => what,
        }
    }
}

impl Found {
    /// The number, where it is one.
    pub fn number(&self) -> Option<f64> {
        match self {
            Found::Number(value) => Some(*value),
            Found::Word(_) => None,
        }
    }
}

/// The middle of the numbers; the mean of the two middle ones.
pub(crate) fn median(found: &[Found]) -> f64 {
    let mut values: Vec<f64> = found.iter().filter_map(Found::number).collect();
    values.sort_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

/// How far a value may be off, in one or two digits.
fn short(value: f64) -> String {
    match value {
        value if (0.01..1.0).contains(&value) => trimmed(format!("{value:.3}")),
        value if (1.0..1e4).contains(&value) => trimmed(format!("{value:.1}")),
        value => format!("{value:.0e}"),
    }
}

fn trimmed(text: String) -> String {
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// A found number: whole ones as they are, others with four digits, or with
/// seven where a precise one is expected.
pub(crate) fn told(value: f64, is_precise: bool) -> String {
    let magnitude = value.abs();
    if value == value.round() && magnitude < 1e7 {
        return format!("{value:.0}");
    }
    if !is_precise || !value.is_finite() {
        return number(value);
    }
    if !(1e-3..1e6).contains(&magnitude) {
        return format!("{value:.6e}");
    }
    let decimals = (6.0 - magnitude.log10().floor()).max(0.0) as usize;
    trimmed(format!("{value:.decimals$}"))
}

/// A number within a sentence: whole ones with their groups of three digits,
/// others with four digits, of which zeros at the end only say how near it is.
pub(crate) fn in_text(value: f64) -> String {
    // From a thousand on four digits leave no decimals.
    let last = if value == value.round() { 1e10 } else { 1e6 };
    if (1e3..last).contains(&value.abs()) {
        let sign = if value < 0.0 { "−" } else { "" };
        return format!("{sign}{}", count(value.abs().round() as u64));
    }
    let text = told(value, false);
    let text = text.strip_prefix('-').map_or(text.clone(), |size| format!("−{size}"));
    if !text.contains('.') || text.contains('e') {
        return text;
    }
    let short = text.trim_end_matches('0').trim_end_matches('.');
    match short.replace('−', "-").parse::<f64>() {
        Ok(same) if (same - value).abs() <= 1e-6 * value.abs() => short.to_string(),
        _ => text,
    }
}

/// As many digits as were written down.
fn precise(value: f64) -> String {
    let magnitude = value.abs();
    if value == 0.0 || (1e-4..1e7).contains(&magnitude) {
        value.to_string()
    } else {
        format!("{value:e}")
    }
}

impl Checked {
    /// Where the course says it: the lecture, or the lab.
    pub fn origin(&self, language: Language) -> String {
        crate::origin::origin(&self.row, language)
    }

    /// The words of the claim in a language.
    pub fn say(&self, language: Language) -> &str {
        self.words.say(language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_passes_inside_the_interval_only() {
        let expected = Expected { at_least: Some(1.0), rate: Some(0.66), ..Expected::default() };
        let of = |hits: usize| -> Vec<Found> {
            (0..50).map(|i| Found::Number(f64::from(u8::from(i < hits)))).collect()
        };
        assert!(expected.judge(&of(33)).0);
        assert!(!expected.judge(&of(50)).0);
        assert!(!expected.judge(&of(10)).0);
        // All or none may be by a rate of 1 or 0: the ends have no rounding.
        for seeds in 1..=200 {
            for (hit, rate) in [(0.0, 0.0), (1.0, 1.0)] {
                let expected = Expected { rate: Some(rate), ..expected.clone() };
                assert!(expected.judge(&vec![Found::Number(hit); seeds]).0, "{seeds}: {rate}");
            }
        }
    }

    #[test]
    fn a_number_in_a_sentence_has_no_zeros_that_say_nothing() {
        let cases = [
            (0.75, "0.75"),
            (7.5, "7.5"),
            (1.000_04, "1.000"),
            (1239.0, "1,239"),
            (1e7, "10,000,000"),
            (405_116.4, "405,116"),
            (-7178.0, "−7,178"),
            (150.0, "150"),
            (-12.0, "−12"),
            (-0.25, "−0.25"),
            (0.432_109_87, "0.4321"),
            (1.733e-5, "1.733e-5"),
            (f64::NAN, "nan"),
        ];
        for (value, expected) in cases {
            assert_eq!(in_text(value), expected);
        }
    }

    #[test]
    fn not_a_number_is_within_no_bounds() {
        let near = Expected { value: Some(1.0), relative: Some(0.5), ..Expected::default() };
        let above = Expected { at_least: Some(1.0), ..Expected::default() };
        let broken = Expected { finite: Some(false), ..Expected::default() };
        let nan = Found::Number(f64::NAN);
        assert!(!near.fits(&nan) && !above.fits(&nan) && broken.fits(&nan));
        assert!(!near.fits(&Found::Word("1".to_string())));
    }
}
