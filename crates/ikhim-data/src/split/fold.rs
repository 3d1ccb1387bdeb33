//! Folds of a cross-validation.

use super::draw::{groups, in_order};
use crate::RowHash;

/// Deals rows into folds: groups of equal keys in the order of the draw, each
/// into the fold that has the fewest rows of its stratum so far, then the fewest
/// rows at all. Single rows give folds whose sizes, and whose strata, differ by
/// one row at most.
pub(super) fn folds(keys: &[RowHash], strata: &[usize], folds: usize) -> Vec<usize> {
    let mut of_row = vec![0; keys.len()];
    let count = strata.iter().max().map_or(0, |last| last + 1);
    let mut rows = vec![0_usize; folds];
    let order = in_order(keys);
    let mut groups = groups(&order, keys, strata);
    groups.sort_by_key(|group| group.stratum);
    let mut of_stratum = vec![vec![0_usize; folds]; count];
    for group in groups {
        let counts = &mut of_stratum[group.stratum];
        let fewest = (0..folds).min_by_key(|&fold| (counts[fold], rows[fold], fold)).unwrap_or(0);
        counts[fewest] += group.rows.len();
        rows[fewest] += group.rows.len();
        group.rows.iter().for_each(|&row| of_row[row] = fewest);
    }
    of_row
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn folds_and_strata_differ_by_one_row(
            strata in prop::collection::vec(0_usize..4, 20..200), count in 2_usize..12,
        ) {
            let keys: Vec<RowHash> =
                (0..strata.len()).map(|row| RowHash::of(&row.to_le_bytes())).collect();
            let of_row = folds(&keys, &strata, count);
            let sizes = |stratum: Option<usize>| -> Vec<usize> {
                (0..count)
                    .map(|fold| {
                        let rows = of_row.iter().zip(&strata);
                        rows.filter(|(f, s)| **f == fold && stratum.is_none_or(|it| it == **s)).count()
                    })
                    .collect()
            };
            for stratum in [None, Some(0), Some(1), Some(2), Some(3)] {
                let sizes = sizes(stratum);
                let (least, most) = (sizes.iter().min().unwrap(), sizes.iter().max().unwrap());
                prop_assert!(most - least <= 1, "{stratum:?} {sizes:?}");
            }
        }
    }
}
