//! What the nearest rows say: a reference that needs no training. Asked within a
//! part it tells whether labels follow features there, asked across the parts
//! whether both follow the same rule, and beside a network whether it has learned
//! what the rows have to tell.

use crate::course::Score;
use ikhim_data::{Encoded, EncodedTarget, EncodedValues};
use ikhim_run::Judgement;
use ikhim_run::metric::Outcome;
use ikhim_train::TrainingData;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};

/// Neighbors that are asked.
const ASKED: usize = 5;

/// Rows of a part that are asked at the most.
const MOST_ROWS: usize = 1000;

/// Multiplications of one question to all rows at the most.
const WORK: usize = 30_000_000;

/// How rows are answered by those next to them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Neighbors {
    /// Train rows by the other train rows.
    pub(crate) train: Score,
    /// Validation rows by the other validation rows.
    pub(crate) validation: Option<Score>,
    /// Validation rows by train rows.
    pub(crate) across: Option<Score>,
}

impl Neighbors {
    /// Asks the neighbors; `None` of texts, and where there are too few rows.
    pub(crate) fn of(data: &TrainingData) -> Option<Neighbors> {
        let train = Part::of(data, data.train().encoded(), None)?;
        let validation = Part::of(data, data.validation().encoded(), Some(&train));
        let enough = validation.as_ref().filter(|part| part.rows > 2 * ASKED);
        Some(Neighbors {
            train: train.asked(&train, true),
            validation: enough.map(|part| part.asked(part, true)),
            across: enough.map(|part| part.asked(&train, false)),
        })
    }
}

/// The rows of a part as points with answers.
struct Part {
    rows: usize,
    width: usize,
    points: Vec<f32>,
    /// Of each row the numbers to be learned: of classes a 1 for the right one.
    answers: Vec<f64>,
    units: usize,
    kind: Kind,
    /// What each column was divided by.
    scales: Vec<f32>,
}

#[derive(Clone, Copy)]
enum Kind {
    Classes,
    Numbers,
    Labels,
}

impl Part {
    fn of(data: &TrainingData, rows: &Encoded, like: Option<&Part>) -> Option<Part> {
        let mut width = 0;
        let mut is_table = true;
        let mut columns: Vec<(&[f32], usize)> = Vec::new();
        for input in &rows.inputs {
            let EncodedValues::F32(values) = &input.values else { return None };
            let size: usize = input.shape.iter().product();
            is_table &= input.shape.len() == 1;
            width += size;
            columns.push((values, size));
        }
        let most = ((WORK / width.max(1)) as f64).sqrt() as usize;
        let count = rows.rows.min(MOST_ROWS).min(most.max(100));
        if width == 0 || count <= 2 * ASKED {
            return None;
        }
        let chosen: Vec<usize> = (0..count).map(|at| at * rows.rows / count).collect();
        let mut points = Vec::with_capacity(count * width);
        for row in &chosen {
            for (values, size) in &columns {
                points.extend_from_slice(&values[row * size..(row + 1) * size]);
            }
        }
        let scales = match like {
            Some(part) => part.scales.clone(),
            // Pixels and steps are of one kind; columns of a table are not.
            None if is_table => deviations(&points, width),
            None => vec![1.0; width],
        };
        for point in points.chunks_mut(width) {
            point.iter_mut().zip(&scales).for_each(|(value, scale)| *value /= scale);
        }
        let (kind, units, answers) = answers(data, rows, &chosen)?;
        Some(Part { rows: count, width, points, answers, units, kind, scales })
    }

    /// These rows answered by the nearest of others; of the same part, not by
    /// themselves.
    fn asked(&self, others: &Part, same: bool) -> Score {
        let mut said = Vec::with_capacity(self.rows * self.units);
        for (at, point) in self.points.chunks(self.width).enumerate() {
            let mut nearest = [(f32::INFINITY, 0_usize); ASKED];
            for (other, candidate) in others.points.chunks(self.width).enumerate() {
                if same && other == at {
                    continue;
                }
                let squares = point.iter().zip(candidate).map(|(a, b)| (a - b) * (a - b));
                let distance: f32 = squares.sum();
                if distance < nearest[ASKED - 1].0 {
                    let place = nearest.partition_point(|(known, _)| *known <= distance);
                    nearest.copy_within(place..ASKED - 1, place + 1);
                    nearest[place] = (distance, other);
                }
            }
            for unit in 0..self.units {
                let answers = nearest.iter().filter(|(distance, _)| distance.is_finite());
                let sum: f64 =
                    answers.map(|(_, row)| others.answers[row * self.units + unit]).sum();
                said.push(sum / ASKED as f64);
            }
        }
        let judged = |outcome| Score::of(&Judgement::of(outcome, f64::NAN, &[]));
        match self.kind {
            Kind::Classes => judged(Outcome::Classes {
                classes: self.units,
                probabilities: said,
                labels: self.answers.chunks(self.units).map(highest).collect(),
                threshold: None,
            }),
            Kind::Numbers => judged(Outcome::Numbers {
                width: self.units,
                predictions: said,
                targets: self.answers.clone(),
            }),
            Kind::Labels => judged(Outcome::Labels {
                width: self.units,
                probabilities: said,
                targets: self.answers.iter().map(|yes| *yes > 0.5).collect(),
            }),
        }
    }
}

fn highest(values: &[f64]) -> usize {
    let best = values.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.map_or(0, |(at, _)| at)
}

/// The deviation of each column; 1 of one that is constant.
fn deviations(points: &[f32], width: usize) -> Vec<f32> {
    let rows = (points.len() / width).max(1) as f64;
    let of_column = |column: usize| {
        let values = || points.iter().skip(column).step_by(width).map(|value| f64::from(*value));
        let mean = values().sum::<f64>() / rows;
        let deviation = (values().map(|it| (it - mean).powi(2)).sum::<f64>() / rows).sqrt();
        if deviation > 0.0 && deviation.is_finite() { deviation as f32 } else { 1.0 }
    };
    (0..width).map(of_column).collect()
}

/// What some rows have to be answered.
fn answers(
    data: &TrainingData,
    rows: &Encoded,
    chosen: &[usize],
) -> Option<(Kind, usize, Vec<f64>)> {
    let of = |values: &[f32], width: usize| -> Vec<f64> {
        let rows = chosen.iter().flat_map(|row| &values[row * width..(row + 1) * width]);
        rows.map(|value| f64::from(*value)).collect()
    };
    match &rows.target {
        EncodedTarget::Class(labels) => {
            let classes = data.preprocessing().classes().len().max(2);
            let mut answers = vec![0.0; chosen.len() * classes];
            for (at, row) in chosen.iter().enumerate() {
                let class = usize::try_from(labels[*row]).ok().filter(|it| *it < classes)?;
                answers[at * classes + class] = 1.0;
            }
            Some((Kind::Classes, classes, answers))
        }
        EncodedTarget::Number { width, values, .. } => {
            Some((Kind::Numbers, *width, of(values, *width)))
        }
        EncodedTarget::MultiLabel { width, values } => {
            Some((Kind::Labels, *width, of(values, *width)))
        }
        _ => None,
    }
}

/// The share of validation rows that have the very inputs of a train row, as far
/// as inputs differ among train rows: what is the same in all of them, such as the
/// word for their part, tells no rows apart. 0 of more numbers than can be looked
/// through in no time.
pub(crate) fn copies(data: &TrainingData) -> f64 {
    let (train, validation) = (data.train().encoded(), data.validation().encoded());
    let width: usize = train.inputs.iter().map(|it| it.shape.iter().product::<usize>()).sum();
    if width * (train.rows + validation.rows) > WORK {
        return 0.0;
    }
    let varying: Vec<Vec<usize>> =
        train.inputs.iter().map(|input| varies(input, train.rows)).collect();
    if validation.rows == 0 || varying.iter().all(Vec::is_empty) {
        return 0.0;
    }
    let hash = |rows: &Encoded, row: usize| -> u64 {
        let mut hasher = DefaultHasher::new();
        for (input, columns) in rows.inputs.iter().zip(&varying) {
            let width: usize = input.shape.iter().product();
            columns
                .iter()
                .for_each(|column| hasher.write_u32(bit(&input.values, row * width + column)));
        }
        hasher.finish()
    };
    let known: HashSet<u64> = (0..train.rows).map(|row| hash(train, row)).collect();
    let copied = (0..validation.rows).filter(|row| known.contains(&hash(validation, *row)));
    copied.count() as f64 / validation.rows as f64
}

/// The numbers of an input that are not the same in all rows.
fn varies(input: &ikhim_data::EncodedInput, rows: usize) -> Vec<usize> {
    let width: usize = input.shape.iter().product();
    let differs = |column: &usize| {
        let first = bit(&input.values, *column);
        (1..rows).any(|row| bit(&input.values, row * width + column) != first)
    };
    if rows == 0 { Vec::new() } else { (0..width).filter(differs).collect() }
}

fn bit(values: &EncodedValues, at: usize) -> u32 {
    match values {
        EncodedValues::F32(values) => values[at].to_bits(),
        EncodedValues::I32(values) => values[at] as u32,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::prepared;

    fn asked(text: &str) -> Neighbors {
        Neighbors::of(&prepared(text).data).unwrap()
    }

    const IRIS: &str = "[data]\ndataset = 'iris'\n[split]\nvalidation = 0.4\ntest = 0.0\n";

    #[test]
    fn neighbors_know_what_the_rows_tell_and_no_more() {
        // Five neighbors of iris are right in more than nine of ten rows
        // (Fisher's table; any text on nearest neighbors).
        let known = asked(IRIS);
        for score in [known.train, known.validation.unwrap(), known.across.unwrap()] {
            assert!(score.gain > 0.85, "{known:?}");
        }
        let noise = asked(
            "[data]\nheader = ['a', 'b', 'c', 'd', 'e', 'f', 'y']\nrows = {noise}\n\
             target = 'y'\ntask = 'classification'\n",
        );
        assert!(noise.train.gain < 0.4, "{noise:?}");
    }

    #[test]
    fn features_out_of_step_are_seen_within_train_and_moved_labels_across() {
        let shuffled = asked(&format!("{IRIS}[fault]\nshuffle_features = true\n"));
        assert!(shuffled.train.gain < 0.2 && shuffled.validation.unwrap().gain > 0.8);
        let moved = asked(&format!("{IRIS}[fault]\nlabel_offset = 1\n"));
        assert!(moved.train.gain > 0.8 && moved.across.unwrap().gain < -0.3, "{moved:?}");
    }

    #[test]
    fn copies_are_counted_by_what_varies() {
        // One of three rows of each number: every validation row has its twin.
        let text = "[data]\nheader = ['part', 'x', 'y']\nrows = {shared}\ntarget = 'y'\n\
                    [split]\nmethod = 'column'\ncolumn = 'part'\n";
        assert_eq!(copies(&prepared(text).data), 1.0);
        assert!(copies(&prepared(IRIS).data) < 0.1);
    }
}
