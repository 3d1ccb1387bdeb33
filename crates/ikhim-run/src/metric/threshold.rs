//! From which probability on a row is called the second of two classes.

use super::classification::of_confusion;
use super::{Confusion, Metric, Outcome};

/// The threshold at which a metric of decisions is highest, and its value there.
///
/// A row is called the second class where its probability is above the
/// threshold, so every threshold between two neighboring probabilities decides
/// alike: the middles between them are tried, and one half. Of several that are
/// equally good the one nearest to one half is taken, then the smaller.
/// `None` where there are no two classes, where a probability is no number, or
/// where the metric does not depend on a threshold.
pub fn best_threshold(metric: &Metric, outcome: &Outcome) -> Option<(f64, f64)> {
    let Outcome::Classes { classes: 2, probabilities, labels, .. } = outcome else { return None };
    let mut rows: Vec<(f64, usize)> =
        probabilities.chunks(2).map(|row| row[1]).zip(labels.iter().copied()).collect();
    if rows.is_empty() || rows.iter().any(|(probability, _)| !probability.is_finite()) {
        return None;
    }
    rows.sort_by(|one, other| one.0.total_cmp(&other.0));
    // Every row is called the second class at first, then one after the other is
    // called the first.
    let second = labels.iter().filter(|label| **label == 1).count();
    let mut counts = [0, rows.len() - second, 0, second];
    let mut best: Option<(f64, f64)> = None;
    let mut offer = |threshold: f64, counts: &[usize; 4]| {
        let Some(value) = value(metric, counts).filter(|value| !value.is_nan()) else { return };
        let apart = |threshold: f64| (threshold - 0.5).abs();
        let is_better = best.is_none_or(|(kept, highest)| {
            value > highest || (value == highest && apart(threshold) < apart(kept))
        });
        if is_better {
            best = Some((threshold, value));
        }
    };
    // No probability is below 0, so a row of 0 is never called the second class.
    if rows[0].0 > 0.0 {
        offer(between(0.0, rows[0].0), &counts);
    }
    for (place, (probability, label)) in rows.iter().enumerate() {
        // From the cell of those called the second class to the one of the first.
        counts[2 * label + 1] -= 1;
        counts[2 * label] += 1;
        match rows.get(place + 1) {
            Some((next, _)) if next > probability => offer(between(*probability, *next), &counts),
            None => offer(between(*probability, 1.0), &counts),
            // Equal probabilities are decided alike.
            _ => {}
        }
    }
    best
}

/// A threshold that parts two probabilities: one half where it does, else their
/// middle; the lower one where no number lies between them.
fn between(low: f64, high: f64) -> f64 {
    let middle = low + (high - low) / 2.0;
    match (low <= 0.5 && 0.5 < high, middle < high) {
        (true, _) => 0.5,
        (false, true) => middle,
        (false, false) => low,
    }
}

/// The value of a metric by the counts of true class, then predicted class.
fn value(metric: &Metric, counts: &[usize; 4]) -> Option<f64> {
    let rows: usize = counts.iter().sum();
    match metric {
        Metric::Accuracy => Some((counts[0] + counts[3]) as f64 / rows as f64),
        Metric::BalancedAccuracy
        | Metric::Precision
        | Metric::Recall
        | Metric::F1
        | Metric::F1Macro
        | Metric::F1Weighted => Some(of_confusion(metric, &Confusion::of_two(*counts))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(second: &[f64], labels: &[usize]) -> Outcome {
        Outcome::Classes {
            classes: 2,
            probabilities: second.iter().flat_map(|p| [1.0 - p, *p]).collect(),
            labels: labels.to_vec(),
            threshold: None,
        }
    }

    /// Ten rows by hand: f1 = 2·TP / (2·TP + FP + FN) is 0 at one half, and above
    /// 0.25 it is 2·3 / (2·3 + 1 + 0) = 6/7, which no other threshold reaches.
    #[test]
    fn f1_by_hand() {
        let second = [0.05, 0.1, 0.12, 0.15, 0.2, 0.22, 0.3, 0.35, 0.4, 0.45];
        let labels = [0, 0, 0, 0, 0, 0, 1, 0, 1, 1];
        let outcome = outcome(&second, &labels);
        assert_eq!(Metric::F1.value(&outcome), 0.0);
        let (threshold, value) = best_threshold(&Metric::F1, &outcome).unwrap();
        assert!((threshold - 0.26).abs() < 1e-12, "{threshold}");
        assert!((value - 6.0 / 7.0).abs() < 1e-12, "{value}");
        assert_eq!(Metric::F1.value(&outcome.with_threshold(Some(threshold))), value);
    }

    /// Whatever the rows are, no threshold on a fine grid is better than the one
    /// that was chosen, and the metric itself has the value that was told.
    #[test]
    fn no_threshold_of_a_grid_is_better() {
        use ikhim_numeric::random::{Stream, stream_id};
        let stream = Stream::new(3, stream_id("threshold", "rows"));
        for case in 0..40 {
            let draw = |index: u64| f64::from(stream.uniform(case, index));
            let rows = 1 + case % 30;
            // Coarse probabilities, so that some are equal.
            let second: Vec<f64> = (0..rows).map(|row| (draw(row) * 12.0).round() / 12.0).collect();
            let labels: Vec<usize> =
                (0..rows).map(|row| usize::from(draw(row + 100) < 0.3)).collect();
            let outcome = outcome(&second, &labels);
            for metric in [Metric::Accuracy, Metric::BalancedAccuracy, Metric::F1, Metric::F1Macro]
            {
                let (threshold, value) = best_threshold(&metric, &outcome).unwrap();
                let at = |t: f64| metric.value(&outcome.clone().with_threshold(Some(t)));
                assert!((at(threshold) - value).abs() < 1e-12, "{metric:?} {threshold}");
                for step in 0..=200 {
                    let tried = f64::from(step) / 200.0;
                    assert!(at(tried) <= value + 1e-12, "{metric:?} {threshold} {tried}");
                }
            }
        }
    }

    /// Nothing is gained by leaving one half where it is as good as any other.
    #[test]
    fn one_half_is_kept_where_it_is_best() {
        let outcome = outcome(&[0.1, 0.2, 0.8, 0.9], &[0, 0, 1, 1]);
        assert_eq!(best_threshold(&Metric::Accuracy, &outcome), Some((0.5, 1.0)));
        assert_eq!(best_threshold(&Metric::RocAuc, &outcome), None);
    }
}
