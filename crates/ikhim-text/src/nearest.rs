//! The nearest known word to a misspelled one.

/// The known word nearest to `word`, when it is near enough to be what was
/// meant: at most a third of the letters differ, and at least one does not.
///
/// ```
/// use ikhim_text::nearest::nearest;
/// assert_eq!(nearest("epoch", ["epochs", "steps"]), Some("epochs"));
/// assert_eq!(nearest("banana", ["epochs", "steps"]), None);
/// assert_eq!(nearest("z", ["a", "b"]), None);
/// ```
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    known
        .into_iter()
        .map(|candidate| (distance(&word, &candidate.to_lowercase()), candidate))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, candidate)| {
            let (left, right) = (word.chars().count(), candidate.chars().count());
            *distance * 3 <= left.max(right).max(3) && *distance < left.min(right)
        })
        .map(|(_, candidate)| candidate)
}

/// Edit distance where a swap of neighbors counts once (optimal string
/// alignment).
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows = vec![vec![0; right.len() + 1]; left.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=left.len() {
        for j in 1..=right.len() {
            let substitution = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut best = substitution.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if swapped {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[left.len()][right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_edits_and_swaps() {
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("unist", "units"), 1);
    }
}
