//! Predictions of one part of the data, row by row, as a person looks at them.

use ikhim_data::{ColumnData, Dataset, Encoded, Preprocessing, Values};
use ikhim_report::figure::Image;
use ikhim_report::number;
use ikhim_report::report::{Confusion, Examination, Input, WrongExample};
use ikhim_run::Judgement;
use ikhim_run::metric::Outcome;

/// Wrong rows that are kept for the page.
const WRONG_KEPT: usize = 24;
/// Columns of a wrong row that are shown; a table of hundreds is read by
/// nobody.
const FIELDS_SHOWN: usize = 12;

/// What a model says of rows of `data` that were encoded for it.
pub(super) fn examination(
    data: &Dataset,
    preprocessing: &Preprocessing,
    rows: &Encoded,
    judgement: &Judgement,
) -> Examination {
    let examination = Examination { n: rows.rows as u64, ..Examination::default() };
    match &judgement.outcome {
        Outcome::Classes { .. } => {
            let classes = preprocessing.classes();
            let name = |class: usize| classes.get(class).cloned().unwrap_or_default();
            let wrong = judgement.wrong_rows(rows, usize::MAX);
            let examples = wrong.iter().take(WRONG_KEPT).map(|wrong| WrongExample {
                row: wrong.row,
                input: input(data, wrong.row),
                truth: name(wrong.truth),
                predicted: name(wrong.predicted),
                probability: Some(wrong.probability),
            });
            let counts = judgement.confusion().map(|confusion| {
                let count = |row: &[usize]| row.iter().map(|count| *count as u64).collect();
                confusion.rows().map(count).collect()
            });
            Examination {
                confusion: counts.map(|counts| Confusion { classes: classes.to_vec(), counts }),
                wrong: examples.collect(),
                wrong_rows: Some(wrong.len() as u64),
                ..examination
            }
        }
        Outcome::Numbers { width, predictions, targets } => {
            let errors: Vec<f64> = predictions.iter().zip(targets).map(|(p, t)| p - t).collect();
            let worst = worst_first(&relative(&errors, *width), *width);
            let examples = worst.into_iter().take(WRONG_KEPT).map(|row| {
                let of_row = |values: &[f64], written: fn(f64) -> String| {
                    let numbers = values[row * width..(row + 1) * width].iter();
                    numbers.map(|value| written(*value)).collect::<Vec<_>>().join(", ")
                };
                let id = rows.row_ids.get(row).copied().unwrap_or(row as u64);
                WrongExample {
                    row: id,
                    input: input(data, id),
                    truth: of_row(targets, |value| value.to_string()),
                    predicted: of_row(predictions, number),
                    probability: None,
                }
            });
            let wrong = examples.collect();
            // Errors of several targets have several units.
            let residuals = if *width == 1 { errors } else { Vec::new() };
            Examination { residuals, wrong, ..examination }
        }
        Outcome::Labels { width, probabilities, targets } => {
            let said: Vec<bool> = probabilities.iter().map(|share| *share >= 0.5).collect();
            let misses: Vec<f64> = (probabilities.iter().zip(targets).zip(&said))
                .map(|((share, truth), said)| match said == truth {
                    true => 0.0,
                    false => (share - 0.5).abs() + f64::MIN_POSITIVE,
                })
                .collect();
            let wrong: Vec<usize> = worst_first(&misses, *width)
                .into_iter()
                .filter(|row| misses[row * width..(row + 1) * width].iter().any(|miss| *miss > 0.0))
                .collect();
            let names = preprocessing.target_names();
            let yes = |row: usize, answers: &[bool]| {
                let answers = names.iter().zip(&answers[row * width..(row + 1) * width]);
                let yes: Vec<&str> =
                    answers.filter(|(_, yes)| **yes).map(|(name, _)| *name).collect();
                if yes.is_empty() { "–".to_string() } else { yes.join(", ") }
            };
            let examples = wrong.iter().take(WRONG_KEPT).map(|&row| {
                let id = rows.row_ids.get(row).copied().unwrap_or(row as u64);
                WrongExample {
                    row: id,
                    input: input(data, id),
                    truth: yes(row, targets),
                    predicted: yes(row, &said),
                    probability: None,
                }
            });
            Examination {
                wrong: examples.collect(),
                wrong_rows: Some(wrong.len() as u64),
                ..examination
            }
        }
        _ => examination,
    }
}

/// Errors of each target as multiples of their root mean square.
fn relative(errors: &[f64], width: usize) -> Vec<f64> {
    let rows = (errors.len() / width.max(1)).max(1) as f64;
    let scale = |column: usize| {
        let squares = errors.iter().skip(column).step_by(width).map(|error| error * error);
        (squares.sum::<f64>() / rows).sqrt()
    };
    let scales: Vec<f64> = (0..width).map(scale).collect();
    errors.iter().enumerate().map(|(index, error)| error / scales[index % width]).collect()
}

/// The rows by their largest error, the worst first; what is not a number is
/// the worst.
fn worst_first(errors: &[f64], width: usize) -> Vec<usize> {
    let size = |row: usize| {
        let errors = errors[row * width..(row + 1) * width].iter();
        errors.map(|error| error.abs()).max_by(f64::total_cmp).unwrap_or(0.0)
    };
    let mut rows: Vec<usize> = (0..errors.len() / width.max(1)).collect();
    rows.sort_by(|a, b| size(*b).total_cmp(&size(*a)));
    rows
}

/// The row of an id as a person sees it: its image, or its fields.
fn input(data: &Dataset, id: u64) -> Input {
    let Some(row) = data.row_ids().iter().position(|known| *known == id) else {
        return Input::Fields(Vec::new());
    };
    match data.inputs().find_map(|column| image(column, row)) {
        Some(image) => Input::Image(image),
        None => {
            let columns = data.inputs().take(FIELDS_SHOWN);
            Input::Fields(columns.map(|column| (column.name.clone(), cell(column, row))).collect())
        }
    }
}

fn image(column: &ColumnData, row: usize) -> Option<Image> {
    let Values::Array { shape, data, full_scale } = &column.values else { return None };
    let width: usize = shape.iter().product();
    let values = data.range_f32(row * width, (row + 1) * width);
    let drawn = matches!(shape.as_slice(), [_, _] | [_, _, 1 | 3]);
    drawn.then(|| Image::of_values(shape, &values, 0.0, *full_scale as f32))
}

fn cell(column: &ColumnData, row: usize) -> String {
    let written = match &column.values {
        Values::Number(values) => values.get(row).filter(|v| !v.is_nan()).map(f64::to_string),
        Values::Category { levels, indices } => {
            let level = indices.get(row).copied().flatten();
            level.and_then(|level| levels.get(level as usize).cloned())
        }
        Values::Text(values) => values.get(row).cloned().flatten(),
        _ => None,
    };
    written.unwrap_or_else(|| "–".to_string())
}
