//! Files as they are found in courses and repositories.

use ikhim_data::{Dataset, Notice, Part, Task, Values};
use std::path::PathBuf;

/// A file of the reference data, or `None` after saying what is skipped.
fn reference(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    if folder.is_dir() {
        return Some(folder.join(path));
    }
    let required = std::env::var_os("IKHIM_REQUIRE_DATA").is_some_and(|value| value == "1");
    assert!(!required, "{path} needs the reference data in {}", folder.display());
    println!("skipped: {path} needs the reference data");
    None
}

fn codes(data: &Dataset) -> Vec<&str> {
    data.notices().iter().map(Notice::code).collect()
}

fn inputs(data: &Dataset) -> Vec<&str> {
    data.inputs().map(|column| column.name.as_str()).collect()
}

fn class_counts(data: &Dataset) -> Vec<usize> {
    let summary = data.summary();
    let target = summary.columns.iter().find(|column| column.role == ikhim_data::Role::Target);
    target.unwrap().levels.iter().map(|(_, count)| *count).collect()
}

#[test]
fn test_scores() {
    let Some(path) = reference("course/data-01-test-score.csv") else { return };
    let data = Dataset::csv(path).load().unwrap();
    assert_eq!((data.len(), data.inputs().count(), data.task()), (25, 3, Task::Regression));
    assert_eq!(codes(&data), ["data.no_header", "data.last_is_target"]);
}

#[test]
fn stock_prices_are_named_by_a_comment() {
    let Some(path) = reference("course/data-02-stock_daily.csv") else { return };
    let data = Dataset::csv(path).target("Close").load().unwrap();
    assert_eq!((data.len(), data.task()), (732, Task::Regression));
    assert_eq!(inputs(&data), ["Open", "High", "Low", "Volume"]);
    assert_eq!(codes(&data), ["data.comments", "data.comment_header"]);
}

#[test]
fn diabetes() {
    let Some(path) = reference("course/data-03-diabetes.csv") else { return };
    let data = Dataset::csv(path).load().unwrap();
    assert_eq!((data.len(), data.inputs().count(), data.task()), (759, 8, Task::Classification));
    assert_eq!(class_counts(&data), [263, 496]);
}

#[test]
fn zoo_has_quotes_in_its_comments_and_rows_that_repeat() {
    let Some(path) = reference("course/data-04-zoo.csv") else { return };
    let data = Dataset::csv(path).load().unwrap();
    assert_eq!((data.len(), data.inputs().count()), (101, 16));
    assert_eq!(class_counts(&data), [41, 20, 5, 13, 4, 8, 10]);
    let mut different = data.row_hashes().to_vec();
    different.sort();
    different.dedup();
    assert_eq!(different.len(), 59);
}

#[test]
fn first_lines_of_counts() {
    for (name, rows, width, classes) in
        [("iris", 150, 4, 3), ("wine_data", 178, 13, 3), ("breast_cancer", 569, 30, 2)]
    {
        let Some(path) = reference(&format!("tabular/{name}.csv")) else { return };
        let data = Dataset::csv(path).load().unwrap();
        assert_eq!((data.len(), data.inputs().count()), (rows, width), "{name}");
        assert_eq!(data.classes().len(), classes, "{name}");
        assert_eq!(codes(&data), ["data.counts_header", "data.last_is_target"]);
    }
}

#[test]
fn titanic_and_penguins_have_missing_values() {
    let Some(path) = reference("tabular/titanic.csv") else { return };
    let data = Dataset::csv(path).target("survived").load().unwrap();
    assert_eq!((data.len(), class_counts(&data)), (891, vec![549, 342]));
    assert_eq!(data.column("age").unwrap().values.missing(), 177);
    assert_eq!(
        codes(&data),
        ["data.header", "data.same_columns", "data.repeated_rows", "data.missing_values"]
    );
    let same = data.notices()[1].argument("columns");
    assert_eq!(same, Some("`pclass` = `class`, `embarked` = `embark_town`"));
    assert_eq!(data.notices()[2].argument("repeated"), Some("107"));

    let Some(path) = reference("tabular/penguins.csv") else { return };
    let data = Dataset::csv(path).target("species").load().unwrap();
    assert_eq!(class_counts(&data), [152, 68, 124]);
    assert_eq!(data.column("sex").unwrap().values.missing(), 11);
}

#[test]
fn california_housing_is_packed() {
    let Some(path) = reference("tabular/california_housing.csv.gz") else { return };
    let data = Dataset::csv(path).target("median_house_value").load().unwrap();
    assert_eq!(
        (data.name(), data.len(), data.task()),
        ("california_housing", 20_640, Task::Regression)
    );
    assert_eq!(data.column("total_bedrooms").unwrap().values.missing(), 207);
    let Values::Category { levels, .. } = &data.column("ocean_proximity").unwrap().values else {
        panic!("no category")
    };
    assert_eq!(levels, &["<1H OCEAN", "INLAND", "ISLAND", "NEAR BAY", "NEAR OCEAN"]);
}

#[test]
fn digits_are_those_that_ikhim_carries() {
    let Some(path) = reference("tabular/digits.csv.gz") else { return };
    let file = Dataset::csv(path).load().unwrap();
    let carried = Dataset::digits().load().unwrap();
    let Values::Array { data, .. } = &carried.column("image").unwrap().values else {
        panic!("no images")
    };
    for (pixel, column) in file.columns().iter().enumerate().take(64) {
        // Pixels that are 0 in every image are kept as text.
        let Values::Number(values) = &column.values else { continue };
        let carried = (0..1797)
            .map(|row| f64::from(data.range_f32(row * 64 + pixel, row * 64 + pixel + 1)[0]));
        assert!(values.iter().copied().eq(carried), "{}", column.name);
    }
    assert_eq!(class_counts(&file), class_counts(&carried));
}

#[test]
fn korean_sentences_are_inputs() {
    let Some(path) = reference("text/ChatbotData-ko.csv") else { return };
    let data = Dataset::csv(path).target("label").load().unwrap();
    let inputs: Vec<(&str, &str)> =
        data.inputs().map(|column| (column.name.as_str(), column.kind.word())).collect();
    assert_eq!(inputs, [("Q", "text"), ("A", "text")]);
    assert_eq!(class_counts(&data), [5290, 3570, 2963]);
}

#[test]
fn mnist() {
    let Some(path) = reference("mnist") else { return };
    let data = Dataset::idx(path).load().unwrap();
    assert_eq!((data.len(), data.classes().len()), (70_000, 10));
    let parts = data.parts().unwrap();
    assert_eq!(parts.iter().filter(|part| **part == Part::Train).count(), 60_000);
    assert_eq!(parts[59_999..60_001], [Part::Train, Part::Test]);
    let summary = data.summary();
    // numpy: mean and std(ddof=1) of all pixels of both files.
    let image = summary.columns[0].numbers.unwrap();
    assert!((image.mean - 33.385_964_741).abs() < 1e-8, "{image:?}");
    assert!((image.sd - 78.654_374_343).abs() < 1e-8, "{image:?}");
}
