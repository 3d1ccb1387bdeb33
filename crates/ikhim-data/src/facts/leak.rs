use super::intervals;
use super::pattern::{FEWEST_ROWS, bits, level};
use crate::cores::on_all_cores;
use crate::values::Mixing;
use crate::{ColumnData, Dataset, Values};
use serde::Serialize;
use std::collections::HashMap;

/// An input that tells the target.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Leak {
    /// The input.
    pub column: String,
    /// The target that it tells.
    pub target: String,
    /// In which share of the rows it alone tells it, by its values or by intervals of
    /// them; 1 when it repeats it.
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
    let is_alone = train.inputs().count() == 1;
    for target in train.targets() {
        let is_new =
            |column: &&ColumnData| !found.iter().any(|(leak, _)| leak.column == column.name);
        let columns: Vec<&ColumnData> = train.inputs().filter(is_new).collect();
        let told = on_all_cores(columns, |column| (tells(column, target), column));
        for (told, column) in told {
            // A rule of the only input is what there is to be learned.
            let is_rule = !is_alone || matches!(column.values, Values::Category { .. });
            let told = told.filter(|(_, repeats)| *repeats || is_rule);
            if let Some((share, repeats)) = told {
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
pub(crate) fn tells(column: &ColumnData, target: &ColumnData) -> Option<(f64, bool)> {
    match (&target.values, &column.values) {
        (Values::Number(targets), Values::Number(values)) => (targets == values
            && values.iter().any(|value| *value != values[0]))
        .then_some((1.0, true)),
        (Values::Category { indices: classes, .. }, Values::Number(values)) => {
            told(values.iter().map(|value| bits(*value)), classes)
                .or_else(|| by_intervals(values, classes))
        }
        (Values::Category { indices: classes, .. }, Values::Category { indices, .. }) => {
            told(indices.iter().map(|index| level(*index)), classes)
        }
        _ => None,
    }
}

/// The same of values by which equal ones are known. It ends as soon as it is
/// known that the column tells too little: each row may add a mistake, and none
/// takes one away.
fn told(values: impl Iterator<Item = u64>, classes: &[Option<u32>]) -> Option<(f64, bool)> {
    let rows = classes.len() as f64;
    let most_levels = classes.len() / ROWS_OF_A_LEVEL;
    // Codes count values and classes by their first appearance.
    let mut codes: HashMap<u64, u32, Mixing> = HashMap::default();
    let mut of_level: Vec<usize> = Vec::new();
    let mut of_class: Vec<usize> = Vec::new();
    // For each class its code, and one more where a class is missing.
    let count = classes.iter().flatten().max().map_or(0, |last| *last as usize + 1);
    let mut class_codes: Vec<Option<usize>> = vec![None; count + 1];
    let mut together = Together { classes: count + 1, ..Together::default() };
    let (mut is_equal, mut right) = (true, 0_usize);
    for (row, (value, class)) in values.zip(classes).enumerate() {
        let next = codes.len() as u32;
        let value = *codes.entry(value).or_insert(next) as usize;
        let class = class.map_or(count, |class| class as usize);
        let class = *class_codes[class].get_or_insert(of_class.len());
        is_equal &= value == class;
        if value == of_level.len() {
            of_level.push(0);
        }
        if class == of_class.len() {
            of_class.push(0);
        }
        of_class[class] += 1;
        let rows_of_both = together.add(value, class);
        if rows_of_both > of_level[value] {
            of_level[value] = rows_of_both;
            right += 1;
        }
        let wrong = row + 1 - right;
        let is_lost = ((classes.len() - wrong) as f64) < SUSPECT * rows;
        if of_level.len() > most_levels || (!is_equal && is_lost) {
            return None;
        }
    }
    if of_level.len() < 2 {
        return None;
    }
    if is_equal {
        return Some((1.0, true));
    }
    let largest = of_class.iter().copied().max().unwrap_or(0);
    let suspect = right as f64 >= SUSPECT * rows && largest as f64 <= ONE_SIDED * rows;
    suspect.then_some((right as f64 / rows, false))
}

/// Where a number has too many values for that, its intervals may tell the class.
fn by_intervals(values: &[f64], classes: &[Option<u32>]) -> Option<(f64, bool)> {
    // Most numbers tell too little, so the classes are counted for few of them.
    let share = intervals::told(values, classes, SUSPECT)?;
    let mut of_class: HashMap<u64, usize, Mixing> = HashMap::default();
    classes.iter().for_each(|class| *of_class.entry(level(*class)).or_default() += 1);
    let largest = of_class.values().copied().max().unwrap_or(0);
    (largest as f64 <= ONE_SIDED * classes.len() as f64).then_some((share, false))
}

/// Rows of each level and class.
#[derive(Default)]
struct Together {
    classes: usize,
    /// Of few classes all pairs, level by level.
    few: Vec<usize>,
    /// Of many classes the pairs that there are.
    many: HashMap<u64, usize, Mixing>,
}

impl Together {
    /// From so many classes on, most pairs have no row.
    const MANY: usize = 32;

    /// Counts a row; gives the rows of its pair so far.
    fn add(&mut self, level: usize, class: usize) -> usize {
        let pair = level * self.classes + class;
        let rows = if self.classes < Self::MANY {
            if pair >= self.few.len() {
                self.few.resize((level + 1) * self.classes, 0);
            }
            &mut self.few[pair]
        } else {
            self.many.entry(pair as u64).or_default()
        };
        *rows += 1;
        *rows
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

    #[test]
    fn ranges_of_a_number_are_suspect() {
        let x: Vec<f64> = (0..200).map(|row| f64::from(row * 37 % 200) / 50.0 - 2.0).collect();
        let z: Vec<f64> = (0..200).map(|row| f64::from(row * 7 % 11)).collect();
        let classes: Vec<&str> =
            x.iter().map(|x| if x.abs() > 1.0 { "far" } else { "near" }).collect();
        let columns = || vec![number("x", &x), number("z", &z), target(category("y", &classes))];
        assert_eq!(found(columns()), [("x".to_string(), false)]);
        // A rule over the only input is the task itself.
        let mut alone = columns();
        alone[1].role = Role::Ignored;
        assert_eq!(found(alone), []);
    }
}
