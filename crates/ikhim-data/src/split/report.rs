use super::SplitMethod;
use super::assemble::Draw;
use crate::cores::on_all_cores;
use crate::{Dataset, Notice, RowHash, Task, Values};
use ikhim_text::sentence;
use serde::Serialize;

/// Below this many rows a test part is called small: an accuracy measured on
/// 100 rows is uncertain by ten percentage points.
const SMALL_TEST: usize = 100;

/// What is said about a split. It is all that anybody but an examinee learns of
/// the sealed part.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct SplitReport {
    /// How the rows were assigned.
    pub method: SplitMethod,
    /// The seed of the draw.
    pub seed: u64,
    /// The train part.
    pub train: PartReport,
    /// The validation part.
    pub validation: PartReport,
    /// The sealed part.
    pub test: PartReport,
    /// Rows whose inputs also stand in another part.
    pub shared: SharedRows,
    /// What a person must hear of.
    pub notices: Vec<Notice>,
}

/// Sizes of a part and of its classes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct PartReport {
    /// Number of rows.
    pub rows: usize,
    /// Rows of each class; empty when the task is not classification.
    pub classes: Vec<ClassCount>,
    /// Smallest and largest value of each numeric target.
    pub ranges: Vec<[f64; 2]>,
}

/// How many rows a class has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// The class.
    pub class: String,
    /// Its rows.
    pub rows: usize,
}

/// Rows whose inputs stand in two parts. A drawn split has none; files and
/// columns may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[non_exhaustive]
pub struct SharedRows {
    /// Validation rows whose inputs are those of a train row.
    pub train_validation: usize,
    /// Test rows whose inputs are those of a train row.
    pub train_test: usize,
    /// Test rows whose inputs are those of a validation row.
    pub validation_test: usize,
}

impl SharedRows {
    fn of(train: &Dataset, validation: &Dataset, test: &Dataset) -> SharedRows {
        // Equal rows lie in one bucket, and each bucket in a processor's cache.
        let mut buckets: Vec<[Vec<RowHash>; 3]> = vec![Default::default(); 256];
        for (place, part) in [train, validation, test].into_iter().enumerate() {
            for hash in part.input_hashes() {
                buckets[usize::from(hash.0[0])][place].push(*hash);
            }
        }
        let counted = on_all_cores(buckets, |mut parts| {
            parts.iter_mut().for_each(|part| part.sort_unstable());
            let count = |part: &[RowHash], known: &[RowHash]| {
                part.iter().filter(|hash| known.binary_search(hash).is_ok()).count()
            };
            let [train, validation, test] = &parts;
            SharedRows {
                train_validation: count(validation, train),
                train_test: count(test, train),
                validation_test: count(test, validation),
            }
        });
        counted.into_iter().fold(SharedRows::default(), |all, of| SharedRows {
            train_validation: all.train_validation + of.train_validation,
            train_test: all.train_test + of.train_test,
            validation_test: all.validation_test + of.validation_test,
        })
    }
}

impl SplitReport {
    pub(super) fn of(
        draw: &Draw,
        [train, validation, test]: [&Dataset; 3],
        mut notices: Vec<Notice>,
    ) -> SplitReport {
        let shared = SharedRows::of(train, validation, test);
        small(&PartReport::of(test), test.task(), &mut notices);
        for (part, rows) in [("validation", shared.train_validation), ("test", shared.train_test)] {
            if rows > 0 {
                let notice = Notice::new("split.shared_rows", sentence::SPLIT_SHARED_ROWS);
                notices.push(notice.with("rows", rows).with("part", part));
            }
        }
        SplitReport {
            method: draw.method,
            seed: draw.seed,
            train: PartReport::of(train),
            validation: PartReport::of(validation),
            test: PartReport::of(test),
            shared,
            notices,
        }
    }
}

/// Says where the sealed part is small.
pub(super) fn small(test: &PartReport, task: Task, notices: &mut Vec<Notice>) {
    if test.rows == 0 {
        notices.push(Notice::new("split.nothing_sealed", sentence::SPLIT_NOTHING_SEALED));
    } else if test.rows < SMALL_TEST && task == Task::Regression {
        let sentence = sentence::SPLIT_SMALL_TEST_NUMBERS;
        notices.push(Notice::new("split.small_test", sentence).with("rows", test.rows));
    } else if test.rows < SMALL_TEST {
        // Half a 95 % interval of a share of one half, the widest.
        let points = (98.0 / (test.rows as f64).sqrt()).round();
        let notice = Notice::new("split.small_test", sentence::SPLIT_SMALL_TEST);
        notices.push(notice.with("rows", test.rows).with("points", points));
    }
}

impl PartReport {
    pub(super) fn of(part: &Dataset) -> PartReport {
        let mut classes: Vec<ClassCount> = part
            .classes()
            .iter()
            .map(|class| ClassCount { class: class.clone(), rows: 0 })
            .collect();
        let mut ranges = Vec::new();
        for target in part.targets() {
            match &target.values {
                Values::Category { indices, .. } if part.task() == Task::Classification => {
                    for index in indices.iter().flatten() {
                        if let Some(class) = classes.get_mut(*index as usize) {
                            class.rows += 1;
                        }
                    }
                }
                Values::Number(values) if !values.is_empty() => {
                    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
                    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    ranges.push([low, high]);
                }
                _ => {}
            }
        }
        PartReport { rows: part.len(), classes, ranges }
    }
}
