//! The task, found from the targets.
//!
//! One target: text is classes. Numbers are classes when they are 0 and 1
//! only, or when they are whole, at most 20 of them differ and each stands
//! twice on average; a notice then says how to read them as numbers. All other
//! numbers are a regression. Several targets: multi-label when each has two
//! values, a regression when all are numbers.

use super::scan::Scan;
use crate::{ColumnType, Task};

/// Whole numbers with more different values than this are not classes.
pub(super) const CLASSES_OF_NUMBERS: usize = 20;

/// What the cells of a target allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TargetCells {
    pub(crate) numeric: bool,
    /// Whole numbers, few of which differ.
    pub(crate) few_whole_numbers: bool,
    pub(crate) levels: usize,
}

impl TargetCells {
    /// `levels` are the different values; more than 20 need not be counted.
    pub(crate) fn of(scan: &Scan, levels: usize) -> TargetCells {
        let numeric = scan.is_numeric();
        let count = levels;
        let zero_or_one = scan.finite().all(|value| value == 0.0 || value == 1.0);
        let whole = scan.finite().all(|value| value.fract() == 0.0);
        let few = count <= CLASSES_OF_NUMBERS && count * 2 <= scan.present();
        TargetCells {
            numeric,
            few_whole_numbers: numeric && (zero_or_one || (whole && few)),
            levels: count,
        }
    }
}

/// The task of targets, each with the type that was given for it; `None` when
/// they do not go together.
pub(crate) fn infer(targets: &[(Option<ColumnType>, TargetCells)]) -> Option<Task> {
    use ColumnType::{Binary, Category, Number};
    if let [(kind, cells)] = targets {
        return Some(match kind {
            Some(Number) => Task::Regression,
            Some(Category | Binary) => Task::Classification,
            _ if cells.numeric && !cells.few_whole_numbers => Task::Regression,
            _ => Task::Classification,
        });
    }
    let label = |&(kind, cells): &(Option<ColumnType>, TargetCells)| match kind {
        Some(kind) => kind == Binary,
        None => cells.levels <= 2 && (!cells.numeric || cells.few_whole_numbers),
    };
    let number = |&(kind, cells): &(Option<ColumnType>, TargetCells)| match kind {
        Some(kind) => kind == Number,
        None => cells.numeric,
    };
    if targets.iter().all(label) {
        Some(Task::MultiLabel)
    } else if targets.iter().all(number) {
        Some(Task::Regression)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::levels::different;
    use crate::schema::scan::MissingWords;
    use crate::source::table::{Cells, Raw};

    fn cells(values: &[&str]) -> (Option<ColumnType>, TargetCells) {
        let mut column = Cells::default();
        values.iter().for_each(|cell| column.push(cell));
        let missing = MissingWords(&[]);
        let scan = Scan::of(&column, missing);
        let levels = different(&Raw::Text(column), &scan, missing, CLASSES_OF_NUMBERS + 1);
        (None, TargetCells::of(&scan, levels))
    }

    #[test]
    fn one_target() {
        assert_eq!(infer(&[cells(&["0", "1"])]), Some(Task::Classification));
        assert_eq!(infer(&[cells(&["a", "b", "c"])]), Some(Task::Classification));
        assert_eq!(infer(&[cells(&["2", "2", "1", "1", "0", "0"])]), Some(Task::Classification));
        assert_eq!(infer(&[cells(&["1", "2", "3"])]), Some(Task::Regression));
        assert_eq!(infer(&[cells(&["1.5", "1.5", "2", "2"])]), Some(Task::Regression));
        let number = (Some(ColumnType::Number), cells(&["0", "1"]).1);
        assert_eq!(infer(&[number]), Some(Task::Regression));
    }

    #[test]
    fn several_targets() {
        let labels = [cells(&["0", "1", "1"]), cells(&["yes", "no", "no"])];
        assert_eq!(infer(&labels), Some(Task::MultiLabel));
        assert_eq!(infer(&[cells(&["1.5", "2"]), cells(&["0", "1"])]), Some(Task::Regression));
        assert_eq!(infer(&[cells(&["1.5", "2"]), cells(&["a", "b"])]), None);
    }
}
