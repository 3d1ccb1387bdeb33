//! Metrics of numbers; several numbers a row are averaged with equal weight.

use super::Metric;

/// The value of a metric over rows of numbers.
pub(super) fn value(metric: &Metric, width: usize, predictions: &[f64], targets: &[f64]) -> f64 {
    if *metric == Metric::MaxError {
        let errors = predictions.iter().zip(targets).map(|(p, t)| (p - t).abs());
        return errors
            .fold(0.0, |max: f64, error| if error > max || error.is_nan() { error } else { max });
    }
    let columns = (0..width).map(|column| {
        let pick = |values: &[f64]| -> Vec<f64> {
            values.iter().skip(column).step_by(width).copied().collect()
        };
        of_column(metric, &pick(predictions), &pick(targets))
    });
    columns.sum::<f64>() / width as f64
}

fn of_column(metric: &Metric, predictions: &[f64], targets: &[f64]) -> f64 {
    let rows = targets.len() as f64;
    let mean = |of: fn(f64, f64) -> f64| {
        predictions.iter().zip(targets).map(|(p, t)| of(*p, *t)).sum::<f64>() / rows
    };
    let squared = |p: f64, t: f64| (p - t) * (p - t);
    match metric {
        Metric::Mse => mean(squared),
        Metric::Rmse => mean(squared).sqrt(),
        Metric::Mae => mean(|p, t| (p - t).abs()),
        // A true value of 0 counts as the spacing of f64, as in scikit-learn.
        Metric::Mape => mean(|p, t| (p - t).abs() / t.abs().max(f64::EPSILON)),
        Metric::R2 => {
            let center = targets.iter().sum::<f64>() / rows;
            let spread = targets.iter().map(|t| (t - center).powi(2)).sum::<f64>();
            let error = mean(squared) * rows;
            match (error == 0.0, spread == 0.0) {
                (true, true) => 1.0,
                (false, true) => 0.0,
                _ => 1.0 - error / spread,
            }
        }
        _ => f64::NAN,
    }
}
