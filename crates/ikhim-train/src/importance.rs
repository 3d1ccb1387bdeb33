//! How much a model depends on each column.

use crate::TrainingData;
use ikhim_data::statistics::{mean, standard_deviation};
use ikhim_data::{Encoded, EncodedValues, InputColumn};
use ikhim_numeric::random::{Stream, stream_id};
use ikhim_run::Model;
use ikhim_run::metric::{Direction, Metric};
use ikhim_text::{Fault, Result};

/// How much worse a model gets when a column says nothing any more.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Importance {
    /// The column.
    pub column: String,
    /// By how much the metric gets worse when the values of the column change
    /// places, in the mean over the repetitions; below 0 it gets better.
    pub mean: f64,
    /// The standard deviation of a sample over the repetitions; not a number
    /// where there is one.
    pub standard_deviation: f64,
    /// The loss of each repetition.
    pub losses: Vec<f64>,
}

/// The permutation importance of each input column on the rows that the model was
/// chosen on, the largest first (Breiman 2001, *Random Forests*, section 10, on
/// held-out rows).
///
/// In each repetition the values of one column change places among the rows, all
/// others stay, and the metric is measured anew. The order of the places is a
/// function of the seed, the column's name and the repetition. No sealed row is
/// read. A column whose information another one holds as well looks unimportant:
/// the model reads it from the other.
///
/// ```
/// use ikhim_data::{Dataset, Split, Task};
/// use ikhim_nn::Mlp;
/// use ikhim_run::metric::Metric;
/// use ikhim_train::{Trainer, TrainingData, permutation_importance};
///
/// let rows = (0..200).map(|row| [row % 7, row % 5, 3 * (row % 7)]);
/// let data = Dataset::rows(["x", "noise", "y"], rows).target("y").task(Task::Regression);
/// let parts = data.load()?.split(Split::new())?;
/// let data = TrainingData::fit(&parts.train, &parts.validation)?;
/// let run = Trainer::new(Mlp::new([8])).epochs(40).fit_encoded(&data)?;
/// let found = permutation_importance(run.model(), &data, &Metric::Rmse, 5, 0)?;
/// assert_eq!(found[0].column, "x");
/// assert!(found[0].mean > 10.0 * found[1].mean.abs());
/// # Ok::<(), ikhim_text::Fault>(())
/// ```
///
/// # Errors
/// A text, whose windows have no columns; a metric that does not judge the
/// target.
pub fn permutation_importance(
    model: &Model,
    data: &TrainingData,
    metric: &Metric,
    repetitions: usize,
    seed: u64,
) -> Result<Vec<Importance>> {
    let (rows, _) = data.judged();
    let columns = data.preprocessing().input_columns();
    if columns.is_empty() {
        return Err(Fault::of("train.no_columns"));
    }
    let metrics = [metric.clone()];
    let measured = |rows: &Encoded| -> Result<f64> {
        Ok(model.judge(rows, &metrics)?.first().map_or(f64::NAN, |(_, value)| value))
    };
    let whole = measured(rows)?;
    if whole.is_nan() {
        return Err(Fault::of("train.metric_of_target").with("metric", metric.name()));
    }
    let sign = match metric.direction() {
        Direction::Higher => 1.0,
        Direction::Lower => -1.0,
    };
    let mut found = Vec::with_capacity(columns.len());
    let mut mixed = rows.clone();
    for column in columns {
        let stream = Stream::new(seed, stream_id(&column.name, "importance"));
        let mut losses = Vec::with_capacity(repetitions);
        for repetition in 0..repetitions {
            let order = stream.permutation(rows.rows, repetition as u64);
            mix(rows, &mut mixed, &column, &order);
            losses.push(sign * (whole - measured(&mixed)?));
        }
        restore(rows, &mut mixed, &column.input);
        found.push(Importance {
            column: column.name,
            mean: mean(&losses),
            standard_deviation: standard_deviation(&losses),
            losses,
        });
    }
    found.sort_by(|one, other| other.mean.total_cmp(&one.mean));
    Ok(found)
}

/// Puts into some cells of each row what another row has there.
fn mix(rows: &Encoded, mixed: &mut Encoded, column: &InputColumn, order: &[usize]) {
    let source = rows.inputs.iter().find(|input| input.name == column.input);
    let target = mixed.inputs.iter_mut().find(|input| input.name == column.input);
    let (Some(source), Some(target)) = (source, target) else { return };
    let (width, cells) = (source.shape.iter().product(), &column.cells);
    match (&source.values, &mut target.values) {
        (EncodedValues::F32(from), EncodedValues::F32(to)) => places(from, to, width, cells, order),
        (EncodedValues::I32(from), EncodedValues::I32(to)) => places(from, to, width, cells, order),
        _ => {}
    }
}

fn places<T: Copy>(from: &[T], to: &mut [T], width: usize, cells: &[usize], order: &[usize]) {
    for (row, other) in order.iter().enumerate() {
        for cell in cells {
            to[row * width + cell] = from[other * width + cell];
        }
    }
}

fn restore(rows: &Encoded, mixed: &mut Encoded, name: &str) {
    let source = rows.inputs.iter().find(|input| input.name == name);
    let target = mixed.inputs.iter_mut().find(|input| input.name == name);
    if let (Some(source), Some(target)) = (source, target) {
        target.values.clone_from(&source.values);
    }
}
