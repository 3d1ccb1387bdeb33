//! Columns that tell the target alone: in data that is known to be healthy there are none.

use ikhim_data::facts::leaks;
use ikhim_data::{Dataset, DatasetBuilder, Split};
use std::path::PathBuf;

fn suspects(data: DatasetBuilder) -> Vec<String> {
    let parts = data.load().unwrap().split(Split::new()).unwrap();
    let told = parts.report.notices.iter().filter(|notice| notice.code() == "data.suspect");
    told.filter_map(|notice| notice.argument("column")).map(str::to_string).collect()
}

#[test]
fn healthy_data_has_no_column_that_tells_the_class() {
    for name in ["iris", "wine", "breast_cancer", "digits"] {
        assert_eq!(suspects(Dataset::named(name)), [""; 0], "{name}");
    }
    let folder = std::env::var_os("IKHIM_SHARED_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    for (file, target) in [
        ("penguins.csv", "species"),
        ("penguins.csv", "sex"),
        ("titanic.csv", "survived"),
        ("california_housing.csv.gz", "median_house_value"),
    ] {
        let path = folder.join("tabular").join(file);
        if !path.exists() {
            println!("skipped: {file} needs the reference data");
            continue;
        }
        let found = suspects(Dataset::csv(&path).target(target));
        assert_eq!(found, [""; 0], "{file}");
    }
}

/// What a person measured before, and what only looks like it: numbers of rows, of which
/// no two are equal.
#[test]
fn ranges_that_tell_the_class_are_named() {
    let rows = 400_u32;
    let value = |row: u32| f64::from(row * 149 % rows) / 100.0 - 2.0;
    let table: Vec<[String; 4]> = (0..rows)
        .map(|row| {
            let far = if value(row).abs() > 1.0 { "far" } else { "near" };
            let noise = f64::from(row.wrapping_mul(2_654_435_761) >> 8);
            [value(row).to_string(), row.to_string(), noise.to_string(), far.to_string()]
        })
        .collect();
    let data = Dataset::rows(["value", "place", "noise", "y"], table).target("y").load().unwrap();
    let parts = data.split(Split::new()).unwrap();
    let told = parts.report.notices.iter().find(|notice| notice.code() == "data.suspect");
    assert_eq!(told.and_then(|notice| notice.argument("column")), Some("value"));
    let found: Vec<String> =
        leaks(parts.train.dataset()).into_iter().map(|leak| leak.column).collect();
    assert_eq!(found, ["value"]);
}
