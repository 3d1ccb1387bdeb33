use crate::sample::{category, dataset, number, target};
use crate::{Dataset, HandleUnknown, Part, Parts, Split, SplitRecord, Task, Transform, Values};
use proptest::prelude::*;
use std::collections::{HashMap, HashSet};

/// Rows whose only input is their number, with the classes given.
fn classes(labels: &[usize]) -> Dataset {
    let inputs: Vec<f64> = (0..labels.len()).map(|row| row as f64).collect();
    labelled(&inputs, labels)
}

fn labelled(inputs: &[f64], labels: &[usize]) -> Dataset {
    let names: Vec<String> = labels.iter().map(|label| format!("class {label}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let columns = vec![number("x", inputs), target(category("y", &names))];
    dataset(Task::Classification, columns)
}

fn numbers(rows: usize) -> Dataset {
    let inputs: Vec<f64> = (0..rows).map(|row| row as f64).collect();
    dataset(Task::Regression, vec![number("x", &inputs), target(number("y", &inputs))])
}

fn sizes(parts: &Parts) -> [usize; 3] {
    [parts.train.len(), parts.validation.len(), parts.test.len()]
}

fn ids(parts: &Parts) -> [&[u64]; 3] {
    let record = &parts.record;
    [parts.train.dataset().row_ids(), &record.validation_ids, &record.sealed_ids]
}

fn notices(parts: &Parts) -> Vec<String> {
    parts.report.notices.iter().map(ToString::to_string).collect()
}

#[test]
fn methods_follow_from_the_data() {
    let method = |data: &Dataset| data.split(Split::new()).unwrap().record.method.word();
    assert_eq!(method(&classes(&[0, 1].repeat(20))), "stratified");
    assert_eq!(method(&numbers(40)), "random");
    let mut files = classes(&[0, 1].repeat(20));
    files.parts = Some([vec![Part::Train; 30], vec![Part::Test; 10]].concat());
    assert_eq!(method(&files), "files");
}

#[test]
fn no_split_trains_on_all_rows_in_their_order() {
    let parts = numbers(4).split(Split::none()).unwrap();
    assert_eq!(ids(&parts), [&[0, 1, 2, 3][..], &[], &[]]);
    assert!(notices(&parts)[0].starts_with("no test part is sealed"));
    assert!(parts.test.is_empty() && parts.validation.is_empty());
}

#[test]
fn files_keep_their_test_rows_and_give_validation_rows_by_class() {
    let mut data = classes(&[0, 1].repeat(50));
    data.parts = Some([vec![Part::Train; 80], vec![Part::Test; 20]].concat());
    let parts = data.split(Split::files().validation(20)).unwrap();
    assert_eq!(sizes(&parts), [60, 20, 20]);
    assert_eq!(parts.record.sealed_ids, (80..100).collect::<Vec<_>>());
    let rows: Vec<usize> = parts.report.validation.classes.iter().map(|class| class.rows).collect();
    assert_eq!(rows, [10, 10]);
    assert!(parts.train.dataset().row_ids().is_sorted());

    let other = data.split(Split::files().validation(20).seed(1)).unwrap();
    assert_eq!(parts.record.sealed_ids, other.record.sealed_ids);
    assert_ne!(parts.record.validation_ids, other.record.validation_ids);
}

#[test]
fn a_column_says_the_part_and_is_no_input() {
    let words = ["test", "train", "validation", "train"];
    let columns = vec![
        number("x", &[1.0, 2.0, 3.0, 4.0]),
        category("part", &words),
        target(number("y", &[1.0, 2.0, 3.0, 4.0])),
    ];
    let data = dataset(Task::Regression, columns);
    let parts = data.split(Split::column("part").test(0.5)).unwrap();
    assert_eq!(ids(&parts), [&[1, 3][..], &[2], &[0]]);
    let inputs: Vec<&str> =
        parts.train.dataset().inputs().map(|column| column.name.as_str()).collect();
    assert_eq!(inputs, ["x"]);
    assert_eq!(
        notices(&parts)[..2],
        [
            "`part` says the part of each row and is no input",
            "split.test is not used by split.method = \"column\"",
        ]
    );

    let fault = data.split(Split::column("parts")).unwrap_err();
    assert_eq!(fault.code(), "data.unknown_split_column");
    assert!(format!("{:?}", fault.help_text(ikhim_text::Language::English)).contains("`part`"));
    let fault = data.split(Split::column("x")).unwrap_err();
    assert_eq!((fault.code(), fault.found()), ("data.split_word", Some("nothing")));
}

#[test]
fn what_cannot_be_split_is_refused() {
    let code = |data: &Dataset, split: Split| data.split(split).unwrap_err().code();
    let data = classes(&[0, 1].repeat(20));
    assert_eq!(code(&numbers(3), Split::new()), "data.too_few_rows");
    assert_eq!(code(&numbers(0), Split::none()), "data.too_few_rows");
    assert_eq!(code(&numbers(40), Split::new().test(40)), "data.split_too_large");
    assert_eq!(code(&numbers(40), Split::new().test(usize::MAX)), "data.split_too_large");
    assert_eq!(code(&numbers(40), Split::new().validation(0.5).test(0.5)), "data.split_too_large");
    assert_eq!(code(&numbers(40), Split::new().test(1.5)), "data.split_size");
    assert_eq!(code(&numbers(40), Split::new().validation(-1)), "data.split_size");
    let mut several = numbers(40);
    several.columns.push(target(number("z", &[1.0, 2.0].repeat(20))));
    assert_eq!(code(&several, Split::stratified()), "data.not_stratifiable");
    assert_eq!(code(&data, Split::files()), "data.no_part_files");
    assert_eq!(code(&data, Split::of(super::SplitMethod::Column)), "data.no_split_column");
    assert_eq!(code(&classes(&[1; 40]), Split::new()), "data.one_class");
}

/// What would fail only in the sealed part is found before anything is trained.
#[test]
fn a_class_or_level_that_train_rows_do_not_have_is_refused() {
    let mut data = classes(&[0, 1, 0, 1, 0, 1, 2, 2]);
    data.parts = Some([vec![Part::Train; 6], vec![Part::Test; 2]].concat());
    let fault = data.split(Split::files().validation(0)).unwrap_err();
    assert_eq!(fault.to_string(), "class `class 2` of `y` stands in test rows and in no train row");

    let mut data = numbers(8);
    let mut level = category("level", &["a", "b", "a", "b", "a", "b", "c", "c"]);
    level.policy.handle_unknown = HandleUnknown::Error;
    data.columns.push(level);
    data.parts = Some([vec![Part::Train; 6], vec![Part::Test; 2]].concat());
    let fault = data.split(Split::files().validation(0)).unwrap_err();
    assert_eq!(fault.code(), "data.level_not_in_train");
    data.columns[2].policy.handle_unknown = HandleUnknown::Ignore;
    data.columns[1].policy.transform = Transform::Log;
    let fault = data.split(Split::files().validation(0)).unwrap_err();
    assert_eq!((fault.code(), fault.found()), ("data.logarithm", Some("0")));
}

#[test]
fn a_class_with_one_member_stays_in_train() {
    let mut labels = [0, 1].repeat(50);
    labels[17] = 2;
    for seed in 0..20 {
        let parts = classes(&labels).split(Split::new().seed(seed)).unwrap();
        assert_eq!(sizes(&parts), [70, 15, 15]);
        assert!(parts.train.dataset().row_ids().contains(&17));
        assert_eq!(
            notices(&parts)[0],
            "class `class 2` has one row: it stays in train, and nothing measures it"
        );
    }
}

#[test]
fn a_small_test_part_and_shared_rows_are_told() {
    let mut data = labelled(&[1.0, 2.0, 3.0, 4.0, 1.0, 1.0, 4.0, 9.0], &[0, 1].repeat(4));
    data.parts =
        Some([vec![Part::Train; 4], vec![Part::Validation; 1], vec![Part::Test; 3]].concat());
    let parts = data.split(Split::new()).unwrap();
    let shared = parts.report.shared;
    assert_eq!((shared.train_validation, shared.train_test, shared.validation_test), (1, 2, 1));
    assert_eq!(
        notices(&parts),
        [
            "the test part has 3 rows: an accuracy measured on them is uncertain by up to 57 \
             percentage points",
            "1 validation rows have the inputs of a train row",
            "2 test rows have the inputs of a train row",
        ]
    );
}

#[test]
fn the_report_holds_sizes_classes_and_ranges() {
    let parts = numbers(100).split(Split::random().test(20).validation(10)).unwrap();
    assert_eq!([parts.report.train.rows, parts.report.validation.rows], [70, 10]);
    let low = *parts.record.sealed_ids.iter().min().unwrap() as f64;
    let high = *parts.record.sealed_ids.iter().max().unwrap() as f64;
    assert_eq!(parts.report.test.ranges, [[low, high]]);
}

#[test]
fn a_record_draws_the_same_split_again() {
    for split in [Split::stratified().seed(3), Split::random().test(5), Split::none()] {
        let data = classes(&[0, 1, 2].repeat(20));
        let parts = data.split(&split).unwrap();
        let json = serde_json::to_string(&parts.record).unwrap();
        let record: SplitRecord = serde_json::from_str(&json).unwrap();
        let again = data.split_by_record(&record).unwrap();
        assert_eq!((&again.train, &again.validation), (&parts.train, &parts.validation));
        assert_eq!((again.test.id(), &again.record), (parts.test.id(), &parts.record));
        assert_eq!(again.record.hash(), parts.record.hash());
    }
}

#[test]
fn a_record_refuses_other_data() {
    let labels = [0, 1, 2].repeat(20);
    let record = classes(&labels).split(Split::new()).unwrap().record;
    let shorter = classes(&labels[..59]).split_by_record(&record).unwrap_err();
    let longer = classes(&[&labels[..], &[0]].concat()).split_by_record(&record).unwrap_err();
    assert_eq!((shorter.code(), longer.code()), ("seal.split_changed", "seal.split_changed"));
    assert_eq!(longer.argument("what"), Some("43 train rows where there were 42"));
    for row in 0..60 {
        let mut changed = labels.clone();
        changed[row] = (changed[row] + 1) % 3;
        let again = classes(&changed).split_by_record(&record);
        assert_eq!(again.is_ok(), record.sealed_ids.contains(&(row as u64)));
    }
}

/// The part of every row of a split, by row id.
fn assignment(parts: &Parts) -> HashMap<u64, usize> {
    let of_part = |(part, ids): (usize, &[u64])| ids.iter().map(move |&id| (id, part)).collect();
    ids(parts).into_iter().enumerate().flat_map::<Vec<_>, _>(of_part).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_sizes_are_exact_and_parts_are_disjoint(
        rows in 4_usize..300, validation in 0_usize..40, test in 0_usize..40, seed: u64,
    ) {
        prop_assume!(validation + test < rows);
        let split = Split::random().validation(validation).test(test).seed(seed);
        let parts = numbers(rows).split(split).unwrap();
        prop_assert_eq!(sizes(&parts), [rows - validation - test, validation, test]);
        let all: HashSet<u64> = ids(&parts).concat().into_iter().collect();
        prop_assert_eq!(all.len(), rows);
    }

    #[test]
    fn strata_are_within_one_row(
        labels in prop::collection::vec(0_usize..6, 30..200), share in 0.05_f64..0.35, seed: u64,
    ) {
        let mut members = [0; 6];
        labels.iter().for_each(|&label| members[label] += 1);
        prop_assume!(members.iter().all(|&rows| rows != 1));
        prop_assume!(members.iter().filter(|&&rows| rows > 0).count() > 1);
        let split = Split::stratified().validation(share).test(share).seed(seed);
        let data = classes(&labels);
        let Ok(parts) = data.split(split) else {
            // A class of two rows may find none in train when shares are large.
            prop_assert!(share > 0.2);
            return Ok(());
        };
        let size = (share * labels.len() as f64).round();
        let train = labels.len() as f64 - 2.0 * size;
        prop_assert_eq!(sizes(&parts), [train as usize, size as usize, size as usize]);
        let report = &parts.report;
        for (part, size) in [(&report.train, train), (&report.validation, size), (&report.test, size)] {
            for (class, name) in part.classes.iter().zip(data.classes()) {
                let label: usize = name[6..].parse().unwrap();
                let exact = members[label] as f64 * size / labels.len() as f64;
                prop_assert!((class.rows as f64 - exact).abs() < 1.0);
            }
        }
    }

    #[test]
    fn equal_inputs_stay_together_and_sizes_miss_by_less_than_a_group(
        inputs in prop::collection::vec(0_u8..30, 40..150), seed: u64, stratified: bool,
    ) {
        let inputs: Vec<f64> = inputs.into_iter().map(f64::from).collect();
        let labels: Vec<usize> = (0..inputs.len()).map(|row| row % 2).collect();
        let data = labelled(&inputs, &labels);
        let split = if stratified { Split::stratified() } else { Split::random() };
        let parts = data.split(split.seed(seed)).unwrap();
        let assigned = assignment(&parts);
        let mut part_of = HashMap::new();
        let mut group = HashMap::new();
        for (row, input) in inputs.iter().enumerate() {
            let part = assigned[&(row as u64)];
            prop_assert_eq!(*part_of.entry(input.to_bits()).or_insert(part), part);
            *group.entry(input.to_bits()).or_insert(0_usize) += 1;
        }
        let largest = group.values().copied().max().unwrap();
        let strata = if stratified { 2 } else { 1 };
        let wanted = (0.15 * inputs.len() as f64).round() as usize;
        for size in &sizes(&parts)[1..] {
            prop_assert!(*size <= wanted && wanted - size < strata * largest);
        }
        prop_assert_eq!(parts.report.shared, Default::default());
    }

    /// The order is a function of seed and inputs: neither the targets nor the
    /// place in the file have a part in it.
    #[test]
    fn random_parts_depend_on_inputs_only(
        rows in 10_usize..100, seed: u64, shuffle in any::<prop::sample::Index>(),
    ) {
        let data = numbers(rows);
        let parts = data.split(Split::random().seed(seed)).unwrap();
        let mut other = data.clone();
        other.columns[1].values = Values::Number(vec![0.5; rows]);
        let other = other.split(Split::random().seed(seed)).unwrap();
        prop_assert_eq!(ids(&other), ids(&parts));

        let start = shuffle.index(rows);
        let turned: Vec<usize> = (start..rows).chain(0..start).collect();
        let turned = data.take(&turned).split(Split::random().seed(seed)).unwrap();
        prop_assert_eq!(ids(&turned), ids(&parts));
        prop_assert_eq!(turned.test.id(), parts.test.id());
    }

    /// Whoever permutes the labels inside the test part changes no row that
    /// anybody but the examinee sees.
    #[test]
    fn labels_of_the_test_part_have_no_influence(
        labels in prop::collection::vec(0_usize..3, 40..120), seed: u64, turn in 1_usize..10,
        method in prop::sample::select(vec!["random", "stratified", "files"]),
    ) {
        let mut data = classes(&labels);
        data.parts = Some((0..labels.len())
            .map(|row| if row % 4 == 0 { Part::Test } else { Part::Train })
            .collect());
        let split = Split::of(method.parse().unwrap()).seed(seed);
        let Ok(parts) = data.split(&split) else { return Ok(()) };
        let sealed: Vec<usize> = parts.record.sealed_ids.iter().map(|&id| id as usize).collect();
        let mut permuted = labels.clone();
        for (place, &row) in sealed.iter().enumerate() {
            permuted[row] = labels[sealed[(place + turn) % sealed.len()]];
        }
        let mut other = classes(&permuted);
        other.parts = data.parts.clone();

        let again = other.split_by_record(&parts.record).unwrap();
        prop_assert_eq!(again.train.dataset().row_ids(), parts.train.dataset().row_ids());
        prop_assert_eq!(again.train.dataset().columns(), parts.train.dataset().columns());
        prop_assert_eq!(again.validation.dataset().columns(), parts.validation.dataset().columns());
        prop_assert_eq!(again.test.id(), parts.test.id());
        prop_assert_eq!(&again.record, &parts.record);
        prop_assert_eq!(again.report.test, parts.report.test);
        if method != "stratified" {
            // Not even the draw reads them.
            prop_assert_eq!(other.split(&split).unwrap().record, parts.record);
        }
    }
}
