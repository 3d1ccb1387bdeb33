use super::pattern::{FEWEST_ROWS, codes};
use crate::{ColumnData, Dataset, Values};
use serde::Serialize;

/// An input that tells the target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Leak {
    /// The input.
    pub column: String,
    /// The target that it tells.
    pub target: String,
    /// In which share of the rows it alone tells it; 1 when it repeats it.
    pub share: f64,
    /// Whether it is the target in other words, and so no input: one value of it
    /// for each value of the target, or the same numbers. A column of which a
    /// person said the type stays, and so does the last input.
    pub is_left_out: bool,
}

/// An input that alone is right in this share of the rows is suspect.
const SUSPECT: f64 = 0.99;
/// Where one class has this share, every rule is right.
const ONE_SIDED: f64 = 0.95;
/// Each level stands for so many rows on average, or it tells single rows apart.
const ROWS_OF_A_LEVEL: usize = 10;

/// The inputs that repeat a target, or tell it nearly always. Give it train rows.
pub fn leaks(train: &Dataset) -> Vec<Leak> {
    if train.len() < FEWEST_ROWS {
        return Vec::new();
    }
    let mut found: Vec<(Leak, bool)> = Vec::new();
    for target in train.targets() {
        for column in train.inputs() {
            if found.iter().any(|(leak, _)| leak.column == column.name) {
                continue;
            }
            if let Some((share, repeats)) = tells(column, target) {
                let leak = Leak {
                    column: column.name.clone(),
                    target: target.name.clone(),
                    share,
                    is_left_out: repeats && !column.is_given,
                };
                found.push((leak, repeats));
            }
        }
    }
    let left_out = found.iter().filter(|(leak, _)| leak.is_left_out).count();
    if left_out == train.inputs().count() {
        found.iter_mut().for_each(|(leak, _)| leak.is_left_out = false);
    }
    found.into_iter().map(|(leak, _)| leak).collect()
}

/// In which share of the rows a column tells a target, and whether it repeats it.
fn tells(column: &ColumnData, target: &ColumnData) -> Option<(f64, bool)> {
    match (&target.values, &column.values) {
        (Values::Number(targets), Values::Number(values)) => (targets == values
            && values.iter().any(|value| *value != values[0]))
        .then_some((1.0, true)),
        (Values::Category { .. }, Values::Number(_) | Values::Category { .. }) => {
            let (values, classes) = (codes(column)?, codes(target)?);
            let levels = values.iter().max().map_or(0, |last| *last as usize + 1);
            if levels < 2 || levels * ROWS_OF_A_LEVEL > values.len() {
                return None;
            }
            if values == classes {
                return Some((1.0, true));
            }
            let count = classes.iter().max().map_or(0, |last| *last as usize + 1);
            let mut table = vec![0_usize; levels * count];
            for (value, class) in values.iter().zip(&classes) {
                table[*value as usize * count + *class as usize] += 1;
            }
            let right: usize = table.chunks(count).filter_map(|of| of.iter().max()).sum();
            let largest = (0..count).map(|class| table.iter().skip(class).step_by(count).sum());
            let largest: usize = largest.max().unwrap_or(0);
            let rows = values.len() as f64;
            let suspect = right as f64 >= SUSPECT * rows && largest as f64 <= ONE_SIDED * rows;
            suspect.then_some((right as f64 / rows, false))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::{category, dataset, number, target};
    use crate::{Role, Task};

    fn found(columns: Vec<ColumnData>) -> Vec<(String, bool)> {
        let leaks = leaks(&dataset(Task::Classification, columns));
        leaks.into_iter().map(|leak| (leak.column, leak.is_left_out)).collect()
    }

    fn every<'a>(words: &[&'a str]) -> Vec<&'a str> {
        words.iter().copied().cycle().take(60).collect()
    }

    #[test]
    fn the_target_in_other_words_is_left_out() {
        let x: Vec<f64> = (0..60).map(|row| f64::from(row * 7 % 11)).collect();
        let columns = || {
            vec![
                number("x", &x),
                category("alive", &every(&["no", "yes"])),
                target(category("survived", &every(&["0", "1"]))),
            ]
        };
        assert_eq!(found(columns()), [("alive".to_string(), true)]);
        let mut given = columns();
        given[1].is_given = true;
        assert_eq!(found(given), [("alive".to_string(), false)]);
        // The last input stays: without it there is nothing to learn from.
        let mut alone = columns();
        alone[0].role = Role::Ignored;
        assert_eq!(found(alone), [("alive".to_string(), false)]);
    }

    #[test]
    fn what_is_nearly_always_right_is_suspect() {
        let mut words = every(&["a", "b", "c"]);
        words.extend(every(&["a", "b", "c"]));
        let mut classes = words.clone();
        classes[0] = "b";
        let x: Vec<f64> = (0..120).map(|row| f64::from(row * 7 % 11)).collect();
        let columns =
            vec![number("x", &x), category("test", &words), target(category("y", &classes))];
        let leaks = leaks(&dataset(Task::Classification, columns));
        assert_eq!((leaks.len(), leaks[0].is_left_out), (1, false));
        assert_eq!(leaks[0].share, 119.0 / 120.0);
    }

    #[test]
    fn what_differs_in_each_row_tells_nothing() {
        let x: Vec<f64> = (0..60).map(f64::from).collect();
        let columns = vec![number("x", &x), target(category("y", &every(&["0", "1"])))];
        assert_eq!(found(columns), []);
    }

    #[test]
    fn a_copy_of_the_numbers_is_left_out() {
        let y: Vec<f64> = (0..60).map(|row| f64::from(row * row % 17)).collect();
        let x: Vec<f64> = (0..60).map(f64::from).collect();
        let double: Vec<f64> = y.iter().map(|y| 2.0 * y).collect();
        let columns = vec![
            number("x", &x),
            number("double", &double),
            number("copy", &y),
            target(number("y", &y)),
        ];
        let leaks = leaks(&dataset(Task::Regression, columns));
        assert_eq!(leaks.len(), 1);
        assert_eq!((leaks[0].column.as_str(), leaks[0].is_left_out), ("copy", true));
    }
}
