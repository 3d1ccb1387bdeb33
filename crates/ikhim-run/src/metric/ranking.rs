//! Metrics of the order in which rows are ranked by a score.

/// The mean of a ranking metric over classes against the rest; of the second
/// class alone when there are two. Classes that do not occur are left out.
pub(super) fn over_classes(
    classes: usize,
    probabilities: &[f64],
    labels: &[usize],
    metric: fn(&[(f64, bool)]) -> f64,
) -> f64 {
    let of_class = |class: usize| {
        let scores = probabilities.chunks(classes).map(|row| row[class]);
        let pairs: Vec<(f64, bool)> =
            scores.zip(labels.iter().map(|label| *label == class)).collect();
        metric(&pairs)
    };
    if classes == 2 {
        return of_class(1);
    }
    let present: Vec<usize> = (0..classes).filter(|class| labels.contains(class)).collect();
    present.iter().map(|class| of_class(*class)).sum::<f64>() / present.len() as f64
}

/// Area under the receiver operating characteristic: the chance that a positive
/// row scores above a negative one, ties counting half (Mann and Whitney 1947).
pub(super) fn roc_auc(pairs: &[(f64, bool)]) -> f64 {
    let mut wins = 0.0;
    let (mut positives, mut negatives) = (0.0, 0.0);
    for (hits, misses) in groups(pairs) {
        // Positives seen before score above these negatives.
        wins += misses * (positives + hits / 2.0);
        positives += hits;
        negatives += misses;
    }
    if positives == 0.0 || negatives == 0.0 { f64::NAN } else { wins / (positives * negatives) }
}

/// Average precision: `Σ (Rₙ − Rₙ₋₁)·Pₙ` over falling thresholds.
pub(super) fn average_precision(pairs: &[(f64, bool)]) -> f64 {
    let total = pairs.iter().filter(|(_, positive)| *positive).count() as f64;
    let (mut positives, mut seen, mut sum) = (0.0, 0.0, 0.0);
    for (hits, misses) in groups(pairs) {
        positives += hits;
        seen += hits + misses;
        sum += hits / total * (positives / seen);
    }
    if total == 0.0 { f64::NAN } else { sum }
}

/// Positives and negatives of each distinct score, highest first.
fn groups(pairs: &[(f64, bool)]) -> Vec<(f64, f64)> {
    let mut sorted = pairs.to_vec();
    sorted.sort_by(|left, right| right.0.total_cmp(&left.0));
    let mut groups: Vec<(f64, f64)> = Vec::new();
    let mut previous = None;
    for (score, positive) in sorted {
        if previous != Some(score) {
            groups.push((0.0, 0.0));
        }
        previous = Some(score);
        if let Some(group) = groups.last_mut() {
            if positive { group.0 += 1.0 } else { group.1 += 1.0 }
        }
    }
    groups
}
