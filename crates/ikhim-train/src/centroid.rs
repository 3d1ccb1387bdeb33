//! The nearest centroid: the class whose mean of the train rows is nearest.

use ikhim_data::{Encoded, EncodedTarget};
use ikhim_run::metric::Outcome;

/// Judges the rows by the class means of the train rows. The probability of a
/// class is that of equally frequent classes that are round clouds of one width,
/// `p ∝ exp(−d² / 2σ²)` with `σ²` the mean squared deviation of a feature from its
/// class mean, so the most probable class is the nearest one. `None` without
/// classes, or where a class has no train row.
pub(crate) fn nearest_centroid(
    train: &Encoded,
    rows: &Encoded,
    features: impl Fn(&Encoded) -> Option<(Vec<f64>, usize)>,
    classes: usize,
) -> Option<Outcome> {
    let (EncodedTarget::Class(known), EncodedTarget::Class(labels)) = (&train.target, &rows.target)
    else {
        return None;
    };
    let (values, width) = features(train)?;
    if width == 0 {
        return None;
    }
    let mut counts = vec![0_usize; classes];
    let mut means = vec![0.0; classes * width];
    for (row, &class) in values.chunks(width).zip(known) {
        counts[class as usize] += 1;
        let mean = &mut means[class as usize * width..][..width];
        mean.iter_mut().zip(row).for_each(|(mean, value)| *mean += value);
    }
    if counts.contains(&0) {
        return None;
    }
    for (mean, &count) in means.chunks_mut(width).zip(&counts) {
        mean.iter_mut().for_each(|mean| *mean /= count as f64);
    }
    let distance = |row: &[f64], class: usize| -> f64 {
        let mean = &means[class * width..][..width];
        row.iter().zip(mean).map(|(value, mean)| (value - mean).powi(2)).sum()
    };
    let within: f64 = values
        .chunks(width)
        .zip(known)
        .map(|(row, &class)| distance(row, class as usize))
        .sum::<f64>()
        / (known.len() * width) as f64;
    // Clouds of no width: any small one keeps the nearest class.
    let within = within.max(f64::MIN_POSITIVE.sqrt());
    let (values, _) = features(rows)?;
    let mut probabilities = Vec::with_capacity(labels.len() * classes);
    for row in values.chunks(width) {
        let distances: Vec<f64> = (0..classes).map(|class| distance(row, class)).collect();
        let nearest = distances.iter().copied().fold(f64::INFINITY, f64::min);
        let weights: Vec<f64> = distances
            .iter()
            .map(|distance| libm::exp(-(distance - nearest) / (2.0 * within)))
            .collect();
        let sum: f64 = weights.iter().sum();
        probabilities.extend(weights.iter().map(|weight| weight / sum));
    }
    let labels = labels.iter().map(|label| *label as usize).collect();
    Some(Outcome::Classes { classes, probabilities, labels, threshold: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ikhim_data::{Column, Dataset, Scaling, Split};
    use ikhim_run::metric::Metric;

    /// 139 of the 150 flowers of iris lie nearest to the mean of their own class, by
    /// a NumPy script over the same rows.
    #[test]
    fn iris_by_its_class_means() {
        let data = Dataset::named("iris")
            .defaults(ikhim_data::ColumnType::Number, Column::number().scaling(Scaling::None));
        let parts = data.load().unwrap().split(Split::none()).unwrap();
        let preprocessing = ikhim_data::Preprocessing::fit(&parts.train).unwrap();
        let train = preprocessing.encode_train(&parts.train).unwrap();
        let rows = train.encoded();
        let features = |rows: &Encoded| {
            let input = rows.input(ikhim_nn::FEATURES)?;
            let values = input.values.as_f32()?.iter().map(|value| f64::from(*value)).collect();
            Some((values, input.shape.iter().product()))
        };
        let outcome = nearest_centroid(rows, rows, features, 3).unwrap();
        let accuracy = Metric::Accuracy.value(&outcome);
        assert!((accuracy - 139.0 / 150.0).abs() < 1e-12, "{accuracy}");
        let Outcome::Classes { probabilities, .. } = &outcome else { panic!("no classes") };
        assert!(probabilities.chunks(3).all(|row| (row.iter().sum::<f64>() - 1.0).abs() < 1e-12));
    }
}
