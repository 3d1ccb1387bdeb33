//! What can be had without a network: every result stands beside it.

use crate::centroid::nearest_centroid;
use ikhim_data::{Encoded, EncodedInput, EncodedTarget, EncodedValues};
use ikhim_run::Judgement;
use ikhim_run::metric::{Metric, Outcome, TokenScores};

/// Above this many multiply-adds the least-squares fit is left out: it would
/// take longer than the network.
const MOST_WORK: usize = 2_000_000_000;

/// A simple predictor and how it does on the rows that the network is judged
/// on.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Baseline {
    /// `majority`, `nearest_centroid`, `mean`, `linear`, `last_value` or `bigram`.
    pub name: &'static str,
    /// Its metrics, in the order of the network's.
    pub judgement: Judgement,
}

/// How far a regression is from the exact least-squares solution on its train
/// rows.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct LeastSquaresGap {
    /// Mean squared error of the exact solution on the train rows, in the units
    /// that the network learns in.
    pub floor: f64,
    /// The network's on the same rows and in the same units.
    pub network: f64,
    /// `‖w − w*‖ / ‖w*‖` over all coefficients, when the network is one linear
    /// layer.
    pub distance: Option<f64>,
}

/// The exact linear fit of one target on the features and a constant.
pub(crate) struct LinearFit {
    /// One coefficient for each feature, then the constant.
    pub(crate) coefficients: Vec<f64>,
}

impl LinearFit {
    /// Fits column `column` of the encoded targets of train rows.
    pub(crate) fn of(train: &Encoded, column: usize) -> Option<LinearFit> {
        let EncodedTarget::Number { width, values, .. } = &train.target else { return None };
        let (features, inputs) = features(train)?;
        let columns = inputs + 1;
        if train.rows * columns * columns > MOST_WORK {
            return None;
        }
        let target: Vec<f64> =
            values.iter().skip(column).step_by(*width).map(|value| f64::from(*value)).collect();
        solve(columns, &with_constant(features, inputs), &target)
            .map(|coefficients| LinearFit { coefficients })
    }

    pub(crate) fn predict(&self, rows: &Encoded) -> Option<Vec<f64>> {
        let (features, inputs) = features(rows)?;
        let design = with_constant(features, inputs);
        let of_row = |row: &[f64]| row.iter().zip(&self.coefficients).map(|(x, w)| x * w).sum();
        Some(design.chunks(inputs + 1).map(of_row).collect())
    }
}

#[cfg(feature = "least-squares")]
use crate::least_squares as solve;

/// Without the feature `least-squares` there is no line.
#[cfg(not(feature = "least-squares"))]
fn solve(_columns: usize, _design: &[f64], _target: &[f64]) -> Option<Vec<f64>> {
    None
}

/// What is known of the target before each row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum NoChange<'a> {
    /// Nothing.
    Unknown,
    /// The rows follow each other in time.
    OfRowBefore,
    /// For each row the value of its target when its window ended.
    Known(&'a [f64]),
}

/// The baselines that fit the target, judged on `rows`, which are validation
/// rows or, where there are none, the train rows. Of rows in the order of time the
/// value before is one too.
pub(crate) fn baselines(
    train: &Encoded,
    rows: &Encoded,
    metrics: &[Metric],
    invert: impl Fn(&[f32]) -> Vec<f64>,
    classes: usize,
    no_change: NoChange<'_>,
    characters: &[f64],
) -> Vec<Baseline> {
    let judged =
        |name, outcome| Baseline { name, judgement: Judgement::of(outcome, f64::NAN, metrics) };
    match (&train.target, &rows.target) {
        (EncodedTarget::Class(known), EncodedTarget::Class(labels)) => {
            let values = |rows: &Encoded| {
                let (values, width) = features(rows)?;
                Some((values.iter().map(|value| f64::from(*value)).collect(), width))
            };
            let nearest = nearest_centroid(train, rows, values, classes);
            let mut found = vec![judged("majority", majority(known, labels, classes))];
            found.extend(nearest.map(|outcome| judged("nearest_centroid", outcome)));
            found
        }
        (
            EncodedTarget::Number { width, original: train_values, .. },
            EncodedTarget::Number { original, .. },
        ) => {
            let mut found = vec![judged("mean", mean(*width, train_values, original))];
            // A straight line gives its own input back without an error.
            let columns = if is_input(train) { 0..0 } else { 0..*width };
            let fits: Option<Vec<Vec<f64>>> =
                columns.map(|column| LinearFit::of(train, column)?.predict(rows)).collect();
            if let Some(columns) = fits.filter(|columns| !columns.is_empty()) {
                let scaled: Vec<f32> = (0..rows.rows)
                    .flat_map(|row| columns.iter().map(move |column| column[row] as f32))
                    .collect();
                let outcome = Outcome::Numbers {
                    width: *width,
                    predictions: invert(&scaled),
                    targets: original.clone(),
                };
                found.push(judged("linear", outcome));
            }
            let last = match no_change {
                NoChange::Known(values) => Some(values.to_vec()),
                NoChange::OfRowBefore => Some(last_values(*width, train_values, original)),
                NoChange::Unknown => None,
            };
            found.extend(last.map(|predictions| {
                let targets = original.clone();
                judged("last_value", Outcome::Numbers { width: *width, predictions, targets })
            }));
            found
        }
        (
            EncodedTarget::MultiLabel { width, values: train },
            EncodedTarget::MultiLabel { values, .. },
        ) => vec![judged("majority", answers(*width, train, values))],
        (
            EncodedTarget::Sequence { steps, values: train_tokens },
            EncodedTarget::Sequence { values, .. },
        ) => bigrams(train, train_tokens, rows, values, *steps, characters)
            .map(|scores| judged("bigram", Outcome::Tokens(scores)))
            .into_iter()
            .collect(),
        _ => Vec::new(),
    }
}

/// Whether the target is the input itself.
fn is_input(train: &Encoded) -> bool {
    match (&train.target, features(train)) {
        (EncodedTarget::Number { values, .. }, Some((features, _))) => values == features,
        _ => false,
    }
}

/// What a table says of how often each token follows each other one in the train
/// rows, every count one higher, so that no pair is impossible (Laplace).
fn bigrams(
    train: &Encoded,
    train_tokens: &[i32],
    rows: &Encoded,
    tokens: &[i32],
    steps: usize,
    characters: &[f64],
) -> Option<TokenScores> {
    let before = |rows: &Encoded| match rows.input(ikhim_nn::FEATURES).map(|it| &it.values) {
        Some(EncodedValues::I32(values)) => Some(values.clone()),
        _ => None,
    };
    let classes = characters.len();
    if classes * classes > MOST_WORK / 100 {
        return None;
    }
    let mut table = vec![1.0; classes * classes];
    for (before, token) in before(train)?.iter().zip(train_tokens) {
        table[*before as usize * classes + *token as usize] += 1.0;
    }
    for row in table.chunks_mut(classes.max(1)) {
        let whole: f64 = row.iter().sum();
        row.iter_mut().for_each(|share| *share /= whole);
    }
    let mut scores = TokenScores::of_rows(rows.rows);
    let all = before(rows)?;
    for (row, (before, tokens)) in all.chunks(steps).zip(tokens.chunks(steps)).enumerate() {
        let probabilities: Vec<f64> = before
            .iter()
            .flat_map(|token| &table[*token as usize * classes..(*token as usize + 1) * classes])
            .copied()
            .collect();
        scores.set(row, &probabilities, tokens, characters);
    }
    Some(scores)
}

/// Every row gets the shares of the classes among the train rows.
fn majority(train: &[i32], labels: &[i32], classes: usize) -> Outcome {
    let mut shares = vec![0.0; classes];
    for label in train {
        shares[*label as usize] += 1.0 / train.len() as f64;
    }
    Outcome::Classes {
        classes,
        probabilities: labels.iter().flat_map(|_| shares.iter().copied()).collect(),
        labels: labels.iter().map(|label| *label as usize).collect(),
        threshold: None,
    }
}

fn mean(width: usize, train: &[f64], targets: &[f64]) -> Outcome {
    let rows = (train.len() / width.max(1)).max(1) as f64;
    let means: Vec<f64> = (0..width)
        .map(|column| train.iter().skip(column).step_by(width).sum::<f64>() / rows)
        .collect();
    let predictions = (0..targets.len()).map(|index| means[index % width]).collect();
    Outcome::Numbers { width, predictions, targets: targets.to_vec() }
}

/// The targets of the row before each row; of the first those of the last train
/// row.
fn last_values(width: usize, train: &[f64], targets: &[f64]) -> Vec<f64> {
    let before = &train[train.len().saturating_sub(width)..];
    let earlier = &targets[..targets.len().saturating_sub(width)];
    [before, earlier].concat()
}

fn answers(width: usize, train: &[f32], values: &[f32]) -> Outcome {
    let rows = (train.len() / width.max(1)).max(1) as f64;
    let shares: Vec<f64> = (0..width)
        .map(|column| {
            train.iter().skip(column).step_by(width).map(|v| f64::from(*v)).sum::<f64>() / rows
        })
        .collect();
    Outcome::Labels {
        width,
        probabilities: (0..values.len()).map(|index| shares[index % width]).collect(),
        targets: values.iter().map(|value| *value > 0.5).collect(),
    }
}

/// The features of all rows and their number for each row; `None` when there
/// are other inputs beside them, which no linear fit reads.
fn features(rows: &Encoded) -> Option<(&[f32], usize)> {
    if rows.inputs.len() != 1 {
        return None;
    }
    let input: &EncodedInput = rows.input(ikhim_nn::FEATURES)?;
    Some((input.values.as_f32()?, input.shape.iter().product()))
}

fn with_constant(features: &[f32], inputs: usize) -> Vec<f64> {
    if inputs == 0 {
        return Vec::new();
    }
    features
        .chunks(inputs)
        .flat_map(|row| row.iter().map(|value| f64::from(*value)).chain([1.0]))
        .collect()
}
