//! In which share of the rows the intervals of a number tell the class.

use super::pattern::bits;
use crate::values::{ascending, pick};

/// An interval holds so many rows at least. A number that has nothing to do with the
/// classes, such as that of a row, then follows them by chance in no data: ten
/// neighbors of one class are a fact, and each row in an interval of its own is none. So
/// the rows that the rule was found on are fit to judge it.
const ROWS_OF_AN_INTERVAL: usize = 10;
/// Rows that show most numbers to tell too little …
const FIRST_ROWS: usize = 4096;
/// … with intervals of so few rows, and so much less than the share.
const FEW_ROWS_THERE: usize = 4;
const LESS: f64 = 0.02;

/// The largest share of the rows that any rule of this kind is right in: a class for each
/// interval of the number. `None` where it is below `least`. Rows whose number or class is
/// missing count as of one value and one class.
pub(super) fn told(values: &[f64], classes: &[Option<u32>], least: f64) -> Option<f64> {
    let step = values.len().div_ceil(FIRST_ROWS).max(1);
    if step > 1 {
        let some: Vec<usize> = (0..values.len()).step_by(step).collect();
        let right = most_right(&pick(values, &some), &pick(classes, &some), FEW_ROWS_THERE);
        if (right as f64) < (least - LESS) * some.len() as f64 {
            return None;
        }
    }
    let right = most_right(values, classes, ROWS_OF_AN_INTERVAL);
    let share = right as f64 / values.len().max(1) as f64;
    (share >= least).then_some(share)
}

/// In how many rows the best rule is right.
///
/// Over ascending rows, `ending[c]` is the most that can be right where the last interval
/// is of class c and long enough, and `best[i]` the largest of them behind i rows. An
/// interval goes on, or a new one has become long enough. `NONE` is a rule that there is
/// not.
fn most_right(values: &[f64], classes: &[Option<u32>], shortest: usize) -> usize {
    const NONE: i64 = i64::MIN / 2;
    let order = ascending(values);
    let missing = classes.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let class = |place: usize| classes[order[place]].map_or(missing, |class| class as usize);
    let value = |place: usize| bits(values[order[place]]);
    let rows = values.len();
    let is_border = |place: usize| place == 0 || place == rows || value(place - 1) != value(place);
    let mut ending = vec![NONE; missing + 1];
    let mut best = vec![NONE; rows + 1];
    best[0] = 0;
    // Rows of each class among the last ones.
    let mut window = vec![0; missing + 1];
    for place in 0..rows {
        window[class(place)] += 1;
        ending[class(place)] += 1;
        if place >= shortest {
            window[class(place - shortest)] -= 1;
        }
        let start = (place + 1).wrapping_sub(shortest);
        if start <= place && is_border(start) {
            for class in 0..ending.len() {
                ending[class] = ending[class].max(best[start] + window[class]);
            }
        }
        if is_border(place + 1) {
            best[place + 1] = ending.iter().copied().fold(NONE, i64::max);
        }
    }
    best[rows].max(0) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by trying every border.
    fn by_trying(values: &[f64], classes: &[Option<u32>], shortest: usize) -> usize {
        let mut rows: Vec<(f64, u32)> =
            values.iter().copied().zip(classes.iter().map(|class| class.unwrap_or(9))).collect();
        rows.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut best: Vec<Option<usize>> = vec![None; rows.len() + 1];
        best[0] = Some(0);
        for end in 1..=rows.len() {
            if end < rows.len() && rows[end].0 == rows[end - 1].0 {
                continue;
            }
            for start in 0..=end.saturating_sub(shortest) {
                let Some(before) = best[start].filter(|_| end >= shortest) else { continue };
                let of = |class: u32| rows[start..end].iter().filter(|row| row.1 == class).count();
                let most = (0..10).map(of).max().unwrap_or(0);
                best[end] = best[end].max(Some(before + most));
            }
        }
        best[rows.len()].unwrap_or(0)
    }

    proptest! {
        #[test]
        fn the_best_rule_is_found(
            rows in prop::collection::vec((0_i32..12, prop::option::of(0_u32..3)), 0..40),
            shortest in 1_usize..6,
        ) {
            let values: Vec<f64> = rows.iter().map(|row| f64::from(row.0)).collect();
            let classes: Vec<Option<u32>> = rows.iter().map(|row| row.1).collect();
            let expected = by_trying(&values, &classes, shortest);
            prop_assert_eq!(most_right(&values, &classes, shortest), expected);
        }
    }

    #[test]
    fn two_ranges_tell_and_numbers_of_rows_do_not() {
        for rows in [100_usize, 20_000] {
            // 7919 is a prime: these are all numbers up to the rows, in another order.
            let values: Vec<f64> = (0..rows).map(|row| (row * 7919 % rows) as f64).collect();
            let share = |of: &dyn Fn(f64) -> bool| {
                let classes: Vec<Option<u32>> =
                    values.iter().map(|value| Some(u32::from(of(*value)))).collect();
                told(&values, &classes, 0.99)
            };
            let middle = rows as f64 / 2.0;
            let range = rows as f64 / 4.0;
            assert_eq!(share(&|value| (value - middle).abs() > range), Some(1.0));
            assert_eq!(share(&|value| value % 2.0 == 0.0), None);
            let bit = |value: f64| (value as usize).wrapping_mul(2_654_435_761) >> 13 & 1 == 1;
            assert_eq!(share(&bit), None);
        }
    }
}
