//! Whole rows from shares.

/// Distributes the rows of each stratum over the parts: entry `[s][p]` is
/// `strata[s] · parts[p] / n` rounded down or up, every stratum and every part
/// keeps its size. (Such a rounding always exists: Cox 1987, "A constructive
/// procedure for unbiased controlled rounding".) Both sizes must sum to `n`.
///
/// All entries start rounded down. What then remains is a matching: each
/// stratum hands out its remaining rows, at most one to each part whose entry
/// is no whole number, until the parts are full.
pub(super) fn apportion<const P: usize>(strata: &[usize], parts: [usize; P]) -> Vec<[usize; P]> {
    let n = parts.iter().sum::<usize>().max(1) as u128;
    let exact = |stratum: usize, part: usize| strata[stratum] as u128 * parts[part] as u128;
    let mut table: Vec<[usize; P]> = (0..strata.len())
        .map(|stratum| std::array::from_fn(|part| (exact(stratum, part) / n) as usize))
        .collect();

    let mut matching = Matching {
        open: (0..strata.len())
            .map(|stratum| std::array::from_fn(|part| exact(stratum, part) % n > 0))
            .collect(),
        up: vec![[false; P]; strata.len()],
        room: std::array::from_fn(|part| {
            parts[part] - table.iter().map(|row| row[part]).sum::<usize>()
        }),
    };
    let mut left: Vec<usize> = strata
        .iter()
        .zip(&table)
        .map(|(rows, entries)| rows - entries.iter().sum::<usize>())
        .collect();

    // The largest remainders first, as far as there is room; then whatever
    // needs others to move.
    let mut order: Vec<(usize, usize)> =
        (0..strata.len()).flat_map(|stratum| (0..P).map(move |part| (stratum, part))).collect();
    order.sort_by_key(|&(stratum, part)| std::cmp::Reverse(exact(stratum, part) % n));
    for (stratum, part) in order {
        if left[stratum] > 0 && matching.room[part] > 0 && matching.open[stratum][part] {
            matching.room[part] -= 1;
            matching.up[stratum][part] = true;
            left[stratum] -= 1;
        }
    }
    for (stratum, &rows) in left.iter().enumerate() {
        for _ in 0..rows {
            matching.place(stratum, &mut [false; P]);
        }
    }

    for (entries, up) in table.iter_mut().zip(&matching.up) {
        for (entry, &up) in entries.iter_mut().zip(up) {
            *entry += usize::from(up);
        }
    }
    table
}

struct Matching<const P: usize> {
    /// Where an entry may be rounded up.
    open: Vec<[bool; P]>,
    /// Where it is.
    up: Vec<[bool; P]>,
    /// How many more entries of a part are rounded up.
    room: [usize; P],
}

impl<const P: usize> Matching<P> {
    /// Rounds up one more entry of a stratum; where its parts are full another
    /// stratum moves to another part (an augmenting path).
    fn place(&mut self, stratum: usize, tried: &mut [bool; P]) -> bool {
        for part in 0..P {
            if !self.open[stratum][part] || self.up[stratum][part] || tried[part] {
                continue;
            }
            tried[part] = true;
            if self.room[part] > 0 {
                self.room[part] -= 1;
                self.up[stratum][part] = true;
                return true;
            }
            for other in 0..self.up.len() {
                if self.up[other][part] && self.place(other, tried) {
                    self.up[other][part] = false;
                    self.up[stratum][part] = true;
                    return true;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn iris_and_digits() {
        // 150 flowers of 3 kinds in 106, 22 and 22 rows: 35.33, 7.33, 7.33 each.
        let table = apportion(&[50, 50, 50], [106, 22, 22]);
        for row in &table {
            assert!(matches!(row, [36, 7, 7] | [35, 8, 7] | [35, 7, 8]), "{table:?}");
        }
    }

    /// Two strata want test or validation, two want test or train: giving both
    /// test rows to the first two would leave no row for validation.
    #[test]
    fn moves_others_where_the_greedy_choice_is_a_dead_end() {
        let parts = [3, 3, 2];
        let table = apportion(&[2, 2, 2, 2], parts);
        for part in 0..3 {
            assert_eq!(table.iter().map(|row| row[part]).sum::<usize>(), parts[part]);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn every_entry_is_its_share_rounded_down_or_up(
            strata in prop::collection::vec(0_usize..40, 1..12),
            cuts in (0.0..1.0, 0.0..1.0),
        ) {
            let n: usize = strata.iter().sum();
            let first = (cuts.0 * n as f64) as usize;
            let second = (cuts.1 * (n - first) as f64) as usize;
            let parts = [n - first - second, first, second];
            let table = apportion(&strata, parts);
            for (rows, entries) in strata.iter().zip(&table) {
                prop_assert_eq!(*rows, entries.iter().sum::<usize>());
                for (entry, part) in entries.iter().zip(parts) {
                    let exact = rows * part;
                    let (low, high) = (exact / n.max(1), exact.div_ceil(n.max(1)));
                    prop_assert!((low..=high).contains(entry), "{strata:?} {parts:?} {table:?}");
                }
            }
            for (part, rows) in parts.into_iter().enumerate() {
                prop_assert_eq!(table.iter().map(|row| row[part]).sum::<usize>(), rows);
            }
        }
    }
}
