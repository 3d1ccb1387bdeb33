//! What the train rows say, as a network takes them: columns and target.

use crate::text::TextFacts;
use ikhim_data::{ColumnType, EncodedTarget, EncodedValues, Preprocessing, Task};
use ikhim_train::TrainingData;
use std::collections::HashMap;

/// Rows that are enough to know a column by.
const MOST_ROWS: usize = 20_000;

/// Columns whose order is compared with that of a number.
const MOST_ORDERED: usize = 200;

/// A column of the features, or all pixels of an image.
#[derive(Debug, Clone)]
pub(crate) struct ColumnFacts {
    pub(crate) name: String,
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
    /// The column of the same values that stands before it.
    pub(crate) twin: Option<String>,
    /// Whether it holds zeros and ones only.
    pub(crate) is_indicator: bool,
    /// How far the means of two classes lie apart, by the deviation within them;
    /// `None` where there are not two classes.
    pub(crate) apart: Option<f64>,
    /// The squared correlation of its order with that of the target (Spearman);
    /// `None` where the target is not one number.
    pub(crate) order: Option<f64>,
}

impl ColumnFacts {
    /// The root of the mean square: what a weight of 1 would pass on.
    pub(crate) fn rms(&self) -> f64 {
        self.mean.hypot(self.deviation)
    }

    /// The largest distance from 0.
    pub(crate) fn reach(&self) -> f64 {
        self.low.abs().max(self.high.abs())
    }
}

/// What is learned.
#[derive(Debug, Clone)]
pub(crate) struct TargetFacts {
    pub(crate) task: Task,
    /// Train rows of each class.
    pub(crate) classes: Vec<usize>,
    /// The share of yes of each label.
    pub(crate) labels: Vec<f64>,
    /// Encoded numbers, column by column.
    pub(crate) numbers: Vec<Vec<f64>>,
    /// What a table knows, of a text.
    pub(crate) text: Option<TextFacts>,
}

impl TargetFacts {
    pub(crate) fn of(data: &TrainingData) -> TargetFacts {
        let train = data.train().encoded();
        let mut facts = TargetFacts {
            task: data.preprocessing().task(),
            classes: data.class_counts(),
            labels: Vec::new(),
            numbers: Vec::new(),
            text: TextFacts::of(data),
        };
        let columns = |width: usize, values: &[f32]| -> Vec<Vec<f64>> {
            let column =
                |at| values.iter().skip(at).step_by(width).map(|v| f64::from(*v)).collect();
            (0..width).map(column).collect()
        };
        match &train.target {
            EncodedTarget::Number { width, values, .. } => {
                facts.numbers = columns(*width, values);
            }
            EncodedTarget::MultiLabel { width, values } => {
                let mean =
                    |column: &Vec<f64>| column.iter().sum::<f64>() / column.len().max(1) as f64;
                facts.labels = columns(*width, values).iter().map(mean).collect();
            }
            _ => {}
        }
        facts
    }

    /// The shares of the classes that have rows.
    pub(crate) fn shares(&self) -> Vec<f64> {
        let rows: usize = self.classes.iter().sum();
        let present = self.classes.iter().filter(|count| **count > 0);
        present.map(|count| *count as f64 / rows.max(1) as f64).collect()
    }

    /// The entropy of the labels in nats: the cross-entropy of the best
    /// constant answer.
    pub(crate) fn entropy(&self) -> f64 {
        if self.task == Task::MultiLabel {
            let all: f64 = self.labels.iter().map(|share| binary_entropy(*share)).sum();
            return all / self.labels.len().max(1) as f64;
        }
        self.shares().iter().map(|share| -share * share.ln()).sum()
    }

    /// The loss of one row under the best constant answer: what a network has
    /// to beat to have learned anything.
    pub(crate) fn baseline(&self, loss: &str, width: usize) -> f64 {
        let classes = self.classes.len();
        if let Some(text) = self.text {
            return text.alone;
        }
        match (self.task, loss) {
            (Task::Regression, _) => {
                let each = self.numbers.iter().map(|column| spread_loss(column, loss));
                let sum: f64 = each.sum();
                if loss == "sum_squared_error" {
                    sum
                } else {
                    sum / self.numbers.len().max(1) as f64
                }
            }
            (Task::MultiLabel, "binary_cross_entropy" | "cross_entropy") => self.entropy(),
            (Task::MultiLabel, _) => {
                let each = self.labels.iter().map(|p| squared_or_absolute(*p, loss));
                each.sum::<f64>() / self.labels.len().max(1) as f64
            }
            (_, "cross_entropy") => self.entropy(),
            (_, "binary_cross_entropy") if width <= 1 => self.entropy(),
            (_, "binary_cross_entropy") => {
                let all: f64 = self.shares().iter().map(|share| binary_entropy(*share)).sum();
                all / classes.max(1) as f64
            }
            _ if width <= 1 => {
                squared_or_absolute(self.shares().last().copied().unwrap_or(0.0), loss)
            }
            _ => {
                let all: f64 = self.shares().iter().map(|p| squared_or_absolute(*p, loss)).sum();
                if loss == "sum_squared_error" { all } else { all / classes.max(1) as f64 }
            }
        }
    }
}

fn binary_entropy(share: f64) -> f64 {
    let part = |p: f64| if p > 0.0 { -p * p.ln() } else { 0.0 };
    part(share) + part(1.0 - share)
}

fn squared_or_absolute(share: f64, loss: &str) -> f64 {
    match loss {
        "mae" => share.min(1.0 - share),
        "huber" => share * (1.0 - share) / 2.0,
        _ => share * (1.0 - share),
    }
}

/// The loss of the mean (of the median, for absolute errors) over a column.
fn spread_loss(column: &[f64], loss: &str) -> f64 {
    let rows = column.len().max(1) as f64;
    let mean = column.iter().sum::<f64>() / rows;
    match loss {
        "mae" => {
            let mut sorted = column.to_vec();
            sorted.sort_by(f64::total_cmp);
            let median = sorted.get(sorted.len() / 2).copied().unwrap_or(0.0);
            column.iter().map(|value| (value - median).abs()).sum::<f64>() / rows
        }
        "huber" => {
            let one = |error: f64| {
                if error.abs() <= 1.0 { error * error / 2.0 } else { error.abs() - 0.5 }
            };
            column.iter().map(|value| one(value - mean)).sum::<f64>() / rows
        }
        _ => column.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / rows,
    }
}

/// The columns of the features of train rows; an image is one column.
pub(crate) fn columns(data: &TrainingData) -> Vec<ColumnFacts> {
    let train = data.train().encoded();
    let names = data.preprocessing().feature_names();
    let is_of_text = of_texts(data.preprocessing());
    let mut found: Vec<ColumnFacts> = Vec::new();
    let mut known: HashMap<Vec<u32>, String> = HashMap::new();
    for input in &train.inputs {
        let EncodedValues::F32(values) = &input.values else { continue };
        let width: usize = input.shape.iter().product();
        if width == 0 {
            continue;
        }
        let rows = (values.len() / width).min(MOST_ROWS);
        // Of a window of moments a column is its values at all of them.
        let is_table = input.name == "features"
            && input.shape.len() <= 2
            && input.shape.last() == Some(&names.len());
        let in_row = width / names.len().max(1);
        if !is_table {
            found.push(facts(&input.name, values[..rows * width].iter().copied()));
            continue;
        }
        let order = match &train.target {
            EncodedTarget::Number { width: 1, values, .. } if width <= MOST_ORDERED => {
                Some(ranks(values.iter().copied().take(rows)))
            }
            _ => None,
        };
        for (column, name) in names.iter().enumerate() {
            let of_column =
                || values.iter().skip(column).step_by(names.len()).take(rows * in_row).copied();
            let mut facts = facts(name, of_column());
            let bits: Vec<u32> = of_column().map(f32::to_bits).collect();
            if in_row == 1 {
                facts.apart = apart(of_column(), &train.target);
            }
            if is_of_text(column) {
                // Terms that always stand together are no mistake of anybody's.
                found.push(facts);
                continue;
            }
            if in_row == 1 {
                facts.order = order.as_ref().map(|order| squared(&ranks(of_column()), order));
            }
            facts.twin = known.get(&bits).cloned();
            known.entry(bits).or_insert_with(|| name.clone());
            found.push(facts);
        }
    }
    found
}

/// Which features are terms of a text.
fn of_texts(preprocessing: &Preprocessing) -> impl Fn(usize) -> bool {
    let schema = preprocessing.schema();
    let is_text =
        |name: &str| schema.column(name).is_some_and(|column| column.kind == ColumnType::Text);
    let columns = preprocessing.input_columns().into_iter();
    let cells: Vec<Vec<usize>> =
        columns.filter(|column| is_text(&column.name)).map(|column| column.cells).collect();
    move |feature| cells.iter().any(|cells| cells.contains(&feature))
}

fn facts(name: &str, values: impl Iterator<Item = f32> + Clone) -> ColumnFacts {
    let numbers = values.map(f64::from);
    let count = numbers.clone().count().max(1) as f64;
    let mean = numbers.clone().sum::<f64>() / count;
    let squares: f64 = numbers.clone().map(|value| (value - mean).powi(2)).sum();
    ColumnFacts {
        name: name.to_string(),
        mean,
        deviation: (squares / count).sqrt(),
        low: numbers.clone().fold(f64::INFINITY, f64::min),
        high: numbers.clone().fold(f64::NEG_INFINITY, f64::max),
        twin: None,
        apart: None,
        order: None,
        is_indicator: numbers.clone().all(|value| value == 0.0 || value == 1.0),
    }
}

/// The place of each value in their order; equal ones share the middle of theirs.
fn ranks(values: impl Iterator<Item = f32>) -> Vec<f64> {
    let mut sorted: Vec<(f32, usize)> = values.enumerate().map(|(at, value)| (value, at)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut ranks = vec![0.0; sorted.len()];
    let mut from = 0;
    for run in sorted.chunk_by(|a, b| a.0 == b.0) {
        let middle = from as f64 + (run.len() - 1) as f64 / 2.0;
        run.iter().for_each(|(_, row)| ranks[*row] = middle);
        from += run.len();
    }
    ranks
}

/// The squared correlation of two lists; 0 where one of them is constant.
fn squared(a: &[f64], b: &[f64]) -> f64 {
    let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len().max(1) as f64;
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut both, mut own, mut other) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        both += (a - mean_a) * (b - mean_b);
        own += (a - mean_a).powi(2);
        other += (b - mean_b).powi(2);
    }
    if own > 0.0 && other > 0.0 { both * both / (own * other) } else { 0.0 }
}

/// The distance of the means of two classes in a column, by the root of the mean
/// variance within them.
fn apart(values: impl Iterator<Item = f32>, target: &EncodedTarget) -> Option<f64> {
    let EncodedTarget::Class(labels) = target else { return None };
    // Count, sum and sum of squares of each class.
    let mut sums = [[0.0_f64; 3]; 2];
    for (value, label) in values.map(f64::from).zip(labels) {
        let of = sums.get_mut(usize::try_from(*label).ok()?)?;
        of[0] += 1.0;
        of[1] += value;
        of[2] += value * value;
    }
    if sums.iter().any(|of| of[0] < 10.0) {
        return None;
    }
    let [a, b] = sums.map(|[count, sum, squares]| {
        let mean = sum / count;
        (mean, (squares / count - mean * mean).max(0.0))
    });
    let within = (f64::midpoint(a.1, b.1)).sqrt();
    let between = (a.0 - b.0).abs();
    if between == 0.0 { Some(0.0) } else { Some(between / within.max(1e-12)) }
}
