//! What the columns hold, shown as a table.

use crate::statistics::{maximum, mean, minimum, standard_deviation};
use crate::{ArrayData, ColumnData, ColumnType, Dataset, Role, Values};
use ikhim_text::Language;
use ikhim_text::sentence::{self, Sentence};
use serde::Serialize;
use std::collections::HashSet;

/// Levels shown of a category.
const SHOWN_LEVELS: usize = 8;

/// Statistics of all columns over the rows of a [`Dataset`].
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Number of rows.
    pub rows: usize,
    /// The columns, in the order of the source.
    pub columns: Vec<ColumnSummary>,
}

/// Statistics of one column.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ColumnSummary {
    /// Name.
    pub name: String,
    /// Type.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// What it is for.
    pub role: Role,
    /// Rows without a value.
    pub missing: usize,
    /// Number of different values; `None` for arrays.
    pub distinct: Option<usize>,
    /// Of a column of numbers, and of the elements of arrays.
    pub numbers: Option<NumberSummary>,
    /// Of a column of numbers: how many values lie in each of eight equal
    /// intervals from the smallest to the largest.
    pub histogram: Vec<usize>,
    /// The first different values, as they are written.
    pub examples: Vec<String>,
    /// Of a category: each level with its rows.
    pub levels: Vec<(String, usize)>,
    /// Shape of one row of arrays.
    pub shape: Vec<usize>,
}

/// Statistics of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[non_exhaustive]
pub struct NumberSummary {
    /// Smallest value.
    pub min: f64,
    /// Mean.
    pub mean: f64,
    /// Largest value.
    pub max: f64,
    /// Standard deviation of a sample (n − 1).
    pub sd: f64,
}

impl NumberSummary {
    fn of(values: &[f64]) -> NumberSummary {
        NumberSummary {
            min: minimum(values),
            mean: mean(values),
            max: maximum(values),
            sd: standard_deviation(values),
        }
    }
}

impl Dataset {
    /// Statistics of all columns over the rows at hand. Of a whole data set
    /// they speak of test rows too: after a split, summarize the train part.
    pub fn summary(&self) -> Summary {
        Summary { rows: self.len(), columns: self.columns.iter().map(summarize).collect() }
    }
}

fn summarize(column: &ColumnData) -> ColumnSummary {
    let mut summary = ColumnSummary {
        name: column.name.clone(),
        kind: column.kind,
        role: column.role,
        missing: column.values.missing(),
        distinct: None,
        numbers: None,
        histogram: Vec::new(),
        examples: examples(&column.values),
        levels: Vec::new(),
        shape: Vec::new(),
    };
    match &column.values {
        Values::Number(values) => {
            let present = values.iter().filter(|value| !value.is_nan());
            let different: HashSet<u64> = present.map(|value| (value + 0.0).to_bits()).collect();
            summary.distinct = Some(different.len());
            summary.numbers = Some(NumberSummary::of(values));
            summary.histogram = histogram(values);
        }
        Values::Category { levels, indices } => {
            let mut counts = vec![0; levels.len()];
            for index in indices.iter().flatten() {
                if let Some(count) = counts.get_mut(*index as usize) {
                    *count += 1;
                }
            }
            summary.distinct = Some(counts.iter().filter(|&&count| count > 0).count());
            summary.levels = levels.iter().cloned().zip(counts).collect();
        }
        Values::Text(values) => {
            summary.distinct = Some(values.iter().flatten().collect::<HashSet<_>>().len());
        }
        Values::Tokens(windows) => {
            summary.shape = vec![windows.length()];
            summary.distinct = Some(windows.text().symbols().len());
        }
        Values::Series(windows) => {
            let of_moments = windows.values.take(&windows.seen());
            let moments = summarize(&ColumnData { values: of_moments, ..column.clone() });
            return ColumnSummary { shape: vec![windows.length()], ..moments };
        }
        Values::Array { shape, data, .. } => {
            summary.shape = shape.clone();
            summary.numbers = Some(match data {
                ArrayData::U8(data) => of_bytes(data),
                ArrayData::F32(data) => {
                    NumberSummary::of(&data.iter().map(|&x| f64::from(x)).collect::<Vec<_>>())
                }
            });
        }
    }
    summary
}

/// Intervals of a small histogram.
const INTERVALS: usize = 8;
/// Values shown of a column.
const EXAMPLES: usize = 3;
/// Longer examples are cut.
const EXAMPLE_LENGTH: usize = 24;

fn histogram(values: &[f64]) -> Vec<usize> {
    let (low, high) = (minimum(values), maximum(values));
    if low.is_nan() {
        return Vec::new();
    }
    let mut counts = vec![0; INTERVALS];
    for value in values.iter().filter(|value| !value.is_nan()) {
        // Halves, because the difference of two finite numbers may be none; equal
        // values give 0/0, which the cast makes the first interval.
        let share = (value / 2.0 - low / 2.0) / (high / 2.0 - low / 2.0);
        counts[((share * INTERVALS as f64) as usize).min(INTERVALS - 1)] += 1;
    }
    counts
}

fn examples(values: &Values) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for row in 0..values.len() {
        let value = match values {
            Values::Number(values) if !values[row].is_nan() => short(values[row]),
            Values::Category { levels, indices } => match indices[row] {
                Some(index) => levels.get(index as usize).cloned().unwrap_or_default(),
                None => continue,
            },
            Values::Text(texts) => match &texts[row] {
                Some(text) => text.clone(),
                None => continue,
            },
            Values::Array { .. } | Values::Tokens(_) | Values::Series(_) => break,
            Values::Number(_) => continue,
        };
        if !found.contains(&value) {
            found.push(value);
        }
        if found.len() == EXAMPLES {
            break;
        }
    }
    for example in &mut found {
        if example.chars().count() > EXAMPLE_LENGTH {
            *example = example.chars().take(EXAMPLE_LENGTH).chain(['…']).collect();
        }
    }
    found
}

/// A histogram as one character for each interval: its height in eighths of the
/// tallest one, a dot where nothing lies.
fn bars(counts: &[usize]) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = counts.iter().copied().max().unwrap_or(0).max(1);
    let bar = |count: &usize| match count {
        0 => '·',
        count => HEIGHTS[(count * 8).div_ceil(most) - 1],
    };
    counts.iter().map(bar).collect()
}

/// Statistics of bytes by how often each of the 256 values occurs: all sums
/// are of whole numbers and exact.
fn of_bytes(data: &[u8]) -> NumberSummary {
    let mut counts = [0_u64; 256];
    for &byte in data {
        counts[usize::from(byte)] += 1;
    }
    let used = || (0..256).filter(|&value: &usize| counts[value] > 0);
    let count = data.len() as f64;
    let mean = used().map(|value| value as u64 * counts[value]).sum::<u64>() as f64 / count;
    let squares: f64 =
        used().map(|value| (value as f64 - mean).powi(2) * counts[value] as f64).sum();
    NumberSummary {
        min: used().next().map_or(f64::NAN, |value| value as f64),
        mean,
        max: used().next_back().map_or(f64::NAN, |value| value as f64),
        sd: (squares / (count - 1.0)).sqrt(),
    }
}

impl Summary {
    /// One line per column, aligned, with a heading in a language.
    pub fn table(&self, language: Language) -> String {
        let heading = |sentence: Sentence| sentence.say(language, &[]);
        let mut lines = vec![
            [
                sentence::SUMMARY_COLUMN,
                sentence::SUMMARY_TYPE,
                sentence::SUMMARY_ROLE,
                sentence::SUMMARY_MISSING,
                sentence::SUMMARY_DISTINCT,
                sentence::SUMMARY_MIN,
                sentence::SUMMARY_MEAN,
                sentence::SUMMARY_MAX,
                sentence::SUMMARY_SD,
                sentence::SUMMARY_HISTOGRAM,
                sentence::SUMMARY_LEVELS,
            ]
            .map(heading),
        ];
        lines.extend(self.columns.iter().map(|column| column.line(language)));
        align(&lines)
    }
}

impl ColumnSummary {
    fn line(&self, language: Language) -> [String; 11] {
        let number = |of: fn(&NumberSummary) -> f64| {
            self.numbers.as_ref().map_or(String::new(), |n| short(of(n)))
        };
        let role = match self.role {
            Role::Input => sentence::SUMMARY_INPUT,
            Role::Target => sentence::SUMMARY_TARGET,
            Role::Ignored => sentence::SUMMARY_IGNORED,
        };
        let kind = match self.shape.as_slice() {
            [] => self.kind.to_string(),
            shape => format!("{} {shape:?}", self.kind),
        };
        [
            self.name.clone(),
            kind,
            role.say(language, &[]),
            self.missing.to_string(),
            self.distinct.map_or(String::new(), |distinct| distinct.to_string()),
            number(|n| n.min),
            number(|n| n.mean),
            number(|n| n.max),
            number(|n| n.sd),
            bars(&self.histogram),
            if self.levels.is_empty() { self.shown_examples() } else { self.shown_levels() },
        ]
    }

    /// The first values of a column that has no levels.
    fn shown_examples(&self) -> String {
        match self.examples.as_slice() {
            [] => String::new(),
            examples => format!("{}, …", examples.join(", ")),
        }
    }

    fn shown_levels(&self) -> String {
        let shown: Vec<String> = self
            .levels
            .iter()
            .take(SHOWN_LEVELS)
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        match self.levels.len().saturating_sub(SHOWN_LEVELS) {
            0 => shown.join(", "),
            more => format!("{}, … (+{more})", shown.join(", ")),
        }
    }
}

/// A number with five significant digits, without zeros at its end.
fn short(number: f64) -> String {
    if number == 0.0 || !number.is_finite() {
        return if number.is_nan() { String::new() } else { number.to_string() };
    }
    let magnitude = number.abs().log10().floor() as i32;
    if !(-4..7).contains(&magnitude) {
        return format!("{number:.4e}");
    }
    let text = format!("{number:.*}", (4 - magnitude).max(0) as usize);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_string(),
        false => text,
    }
}

/// Lines in columns: the first three and the last two to the left, numbers to the
/// right. A column without any content is left out.
fn align(lines: &[[String; 11]]) -> String {
    let widths: Vec<usize> = (0..11)
        .map(|column| {
            let used = lines.iter().skip(1).any(|line| !line[column].is_empty());
            let widest = lines.iter().map(|line| width(&line[column])).max().unwrap_or(0);
            if used { widest } else { 0 }
        })
        .collect();
    let mut table = String::new();
    for line in lines {
        let mut text = String::new();
        for (column, cell) in line.iter().enumerate().filter(|(column, _)| widths[*column] > 0) {
            let blanks = " ".repeat(widths[column].saturating_sub(width(cell)));
            let left = !(3..9).contains(&column);
            text.push_str(if column > 0 { "  " } else { "" });
            text.push_str(if left { "" } else { &blanks });
            text.push_str(cell);
            text.push_str(if left { &blanks } else { "" });
        }
        table.push_str(text.trim_end());
        table.push('\n');
    }
    table
}

/// Columns of a terminal that a text takes: Hangul, Han and kana are two wide.
fn width(text: &str) -> usize {
    let wide = |c: char| {
        matches!(c, '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}'
            | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}')
    };
    text.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        for (number, text) in [
            (0.0, "0"),
            (5.84333333, "5.8433"),
            (150.0, "150"),
            (-0.00012345, "-0.00012345"),
            (20640.0, "20640"),
            (1234567.0, "1234567"),
            (1e-9, "1.0000e-9"),
            (6.02e23, "6.0200e23"),
            (f64::NAN, ""),
        ] {
            assert_eq!(short(number), text);
        }
    }

    #[test]
    fn histograms_are_small() {
        let values: Vec<f64> = (0..16).map(f64::from).chain([f64::NAN]).collect();
        assert_eq!(histogram(&values), [2; 8]);
        assert_eq!(histogram(&[3.0, 3.0]), [2, 0, 0, 0, 0, 0, 0, 0]);
        assert!(histogram(&[f64::NAN]).is_empty());
        assert_eq!(bars(&[8, 0, 1, 4]), "█·▁▄");
    }

    #[test]
    fn examples_are_different_values() {
        let texts = ["b", "b", "a sentence that is longer than what fits", "c", "d"];
        let found = examples(&Values::Text(texts.map(|text| Some(text.to_string())).to_vec()));
        assert_eq!(found, ["b", "a sentence that is longe…", "c"]);
        assert_eq!(examples(&Values::Number(vec![f64::NAN, 2.0, 2.0, 0.5])), ["2", "0.5"]);
    }

    #[test]
    fn statistics_of_bytes() {
        let summary = of_bytes(&[1, 2, 3, 4]);
        assert_eq!((summary.min, summary.mean, summary.max), (1.0, 2.5, 4.0));
        assert_eq!(summary.sd, (5.0_f64 / 3.0).sqrt());
    }
}
