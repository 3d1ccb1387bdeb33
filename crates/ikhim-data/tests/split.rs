//! Splits of real data.

use ikhim_data::{Column, Dataset, Split, SplitMethod};
use std::collections::HashSet;
use std::path::PathBuf;

/// A file of the reference data, which is not part of this repository.
fn reference(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    assert!(
        std::env::var_os("IKHIM_REQUIRE_DATA").is_none_or(|word| word != "1"),
        "{path} is missing"
    );
    println!("skipped: {path} needs the reference data");
    None
}

#[test]
fn digits_have_270_sealed_rows_of_all_classes() {
    let data = Dataset::digits().load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    assert_eq!(parts.record.method, SplitMethod::Stratified);
    assert_eq!([parts.train.len(), parts.validation.len(), parts.test.len()], [1_257, 270, 270]);
    for (class, whole) in parts.report.test.classes.iter().zip(counts(&data)) {
        let exact = whole as f64 * 270.0 / 1_797.0;
        assert!((class.rows as f64 - exact).abs() < 1.0);
    }
    assert!(parts.report.notices.is_empty(), "{:?}", parts.report.notices);
}

/// Rows of each class.
fn counts(data: &Dataset) -> Vec<usize> {
    let all = data.split(Split::none()).unwrap().report.train.classes;
    all.into_iter().map(|class| class.rows).collect()
}

#[test]
fn a_run_of_another_seed_has_the_same_split() {
    let data = Dataset::digits().load().unwrap();
    let first = data.split(Split::new()).unwrap();
    assert_eq!(first.record, data.split(Split::new().seed(0)).unwrap().record);
    let other = data.split(Split::new().seed(1)).unwrap().record;
    assert_ne!(first.record.sealed_ids, other.sealed_ids);
}

/// 42 of the 101 animals have the features of another one.
#[test]
fn equal_animals_never_cross_a_split() {
    let Some(path) = reference("course/data-04-zoo.csv") else { return };
    let data =
        Dataset::csv(path).column("column_17", Column::category()).target("column_17").load();
    let data = data.unwrap_or_else(|fault| panic!("{fault}"));
    assert_eq!(data.len(), 101);
    let mut seen = HashSet::new();
    let repeated = data.input_hashes().iter().filter(|hash| !seen.insert(**hash)).count();
    assert_eq!(repeated, 42);
    for seed in 0..50 {
        for split in [Split::stratified(), Split::random()] {
            // A random draw may leave a class of four animals without train rows.
            let Ok(parts) = data.split(split.seed(seed)) else { continue };
            assert_eq!(parts.report.shared, Default::default());
            assert!(parts.test.len() <= 15 && parts.test.len() >= 12, "{}", parts.test.len());
            assert_eq!(parts.train.len() + parts.validation.len() + parts.test.len(), 101);
        }
    }
}

#[test]
fn mnist_keeps_its_test_files() {
    let Some(folder) = reference("mnist") else { return };
    let data = Dataset::idx(folder).load().unwrap();
    let parts = data.split(Split::new().validation(5_000)).unwrap();
    assert_eq!(parts.record.method, SplitMethod::Files);
    assert_eq!(
        [parts.train.len(), parts.validation.len(), parts.test.len()],
        [55_000, 5_000, 10_000]
    );
    assert_eq!(parts.record.sealed_ids, (60_000..70_000).collect::<Vec<u64>>());
    // The counts of the ten digits in train-labels-idx1-ubyte.
    let pool = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949];
    for (class, whole) in parts.report.validation.classes.iter().zip(pool) {
        assert!((class.rows as f64 - f64::from(whole) / 12.0).abs() < 1.0);
    }
}

#[test]
fn a_validation_part_that_stays_empty_is_told() {
    // Ten different rows, six times each: a class of five different rows has none for
    // both parts beside train.
    let rows = (0..60).map(|row| [row % 10, row % 2]);
    let data = Dataset::rows(["x", "y"], rows).target("y").load().unwrap();
    let told = |split: Split| {
        let parts = data.split(split).unwrap();
        let mut notices = parts.report.notices.iter();
        let told = notices.find(|notice| notice.code() == "split.no_validation");
        assert_eq!(told.is_some(), parts.validation.is_empty());
        told.and_then(|notice| notice.argument("different")).map(str::to_string)
    };
    let seeds = (0..20).filter_map(|seed| told(Split::stratified().seed(seed)));
    assert!(seeds.collect::<Vec<_>>().contains(&"10".to_string()));
    // Nobody wanted one.
    let parts = data.split(Split::stratified().validation(0)).unwrap();
    assert!(parts.report.notices.iter().all(|notice| notice.code() != "split.no_validation"));
}
