//! Metrics of classes: counts of the confusion matrix and of probabilities.

use super::{Confusion, Metric, decided, ranking};

/// The value of a metric over rows with one of several classes.
pub(super) fn value(
    metric: &Metric,
    classes: usize,
    probabilities: &[f64],
    labels: &[usize],
    threshold: Option<f64>,
) -> f64 {
    let rows = labels.len() as f64;
    let pairs = || probabilities.chunks(classes).zip(labels.iter().copied());
    match metric {
        Metric::Accuracy => {
            pairs().filter(|(row, label)| decided(row, threshold) == *label).count() as f64 / rows
        }
        Metric::Top5Accuracy => {
            pairs().filter(|(row, label)| rank(row, *label) < 5).count() as f64 / rows
        }
        Metric::LogLoss => {
            pairs().map(|(row, label)| -libm::log(held(row[label]))).sum::<f64>() / rows
        }
        Metric::Brier => pairs().map(|(row, label)| brier(row, label)).sum::<f64>() / rows,
        Metric::RocAuc => ranking::over_classes(classes, probabilities, labels, ranking::roc_auc),
        Metric::AveragePrecision => {
            ranking::over_classes(classes, probabilities, labels, ranking::average_precision)
        }
        _ => of_confusion(metric, &confusion(classes, probabilities, labels, threshold)),
    }
}

/// The mean of a metric over several yes/no answers a row.
pub(super) fn mean_over_answers(
    metric: &Metric,
    width: usize,
    probabilities: &[f64],
    targets: &[bool],
) -> f64 {
    let values = (0..width).map(|answer| {
        let rows = (answer..targets.len()).step_by(width);
        let pairs: Vec<f64> =
            rows.clone().flat_map(|i| [1.0 - probabilities[i], probabilities[i]]).collect();
        let labels: Vec<usize> = rows.map(|i| usize::from(targets[i])).collect();
        value(metric, 2, &pairs, &labels, None)
    });
    values.sum::<f64>() / width as f64
}

fn confusion(
    classes: usize,
    probabilities: &[f64],
    labels: &[usize],
    threshold: Option<f64>,
) -> Confusion {
    let predicted = probabilities.chunks(classes).map(|row| decided(row, threshold));
    Confusion::new(classes, labels.iter().copied().zip(predicted))
}

/// The value of a metric that the confusion matrix tells.
pub(super) fn of_confusion(metric: &Metric, confusion: &Confusion) -> f64 {
    let classes = confusion.classes();
    let mean = |of: &dyn Fn(usize) -> f64| {
        // A class that neither occurs nor is predicted says nothing; the others
        // count alike.
        let seen: Vec<usize> = (0..classes)
            .filter(|class| confusion.actual(*class) + confusion.predicted(*class) > 0)
            .collect();
        seen.iter().map(|class| of(*class)).sum::<f64>() / seen.len() as f64
    };
    match metric {
        Metric::BalancedAccuracy => {
            let present: Vec<usize> =
                (0..classes).filter(|class| confusion.actual(*class) > 0).collect();
            present.iter().map(|class| confusion.recall(*class)).sum::<f64>() / present.len() as f64
        }
        Metric::Precision if classes == 2 => confusion.precision(1),
        Metric::Precision => mean(&|class| confusion.precision(class)),
        Metric::Recall if classes == 2 => confusion.recall(1),
        Metric::Recall => mean(&|class| confusion.recall(class)),
        Metric::F1 if classes == 2 => confusion.f1(1),
        Metric::F1 | Metric::F1Macro => mean(&|class| confusion.f1(class)),
        Metric::F1Weighted => {
            let rows: usize = (0..classes).map(|class| confusion.actual(class)).sum();
            let weighted = |class| confusion.f1(class) * confusion.actual(class) as f64;
            (0..classes).map(weighted).sum::<f64>() / rows as f64
        }
        _ => f64::NAN,
    }
}

/// How many classes are more probable than the true one; ties count for the
/// lower class, as in the choice of the most probable.
fn rank(row: &[f64], label: usize) -> usize {
    row.iter()
        .enumerate()
        .filter(|(class, p)| **p > row[label] || (**p == row[label] && *class < label))
        .count()
}

/// A probability held away from 0 and 1 by the spacing of f64, as scikit-learn
/// does, so that one certain mistake does not make the mean infinite.
fn held(probability: f64) -> f64 {
    probability.clamp(f64::EPSILON, 1.0 - f64::EPSILON)
}

fn brier(row: &[f64], label: usize) -> f64 {
    if let [_, positive] = row {
        return (positive - label as f64).powi(2);
    }
    let truth = |class: usize| f64::from(u8::from(class == label));
    row.iter().enumerate().map(|(class, p)| (p - truth(class)).powi(2)).sum()
}
