//! Parquet and Arrow files hold the table that a file of separated values would.
//!
//! The files are written by `fixtures/columnar/write.py`.

use ikhim_data::{ColumnType, Dataset};
use std::path::PathBuf;

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/columnar").join(name)
}

#[test]
fn the_same_table_in_three_forms() {
    let load = |name| Dataset::path(file(name)).target("price").load().unwrap();
    let text = load("table.csv");
    for name in ["table.parquet", "table.feather"] {
        let data = load(name);
        // By their words, as a missing number is not equal to itself.
        assert_eq!(format!("{:?}", data.columns()), format!("{:?}", text.columns()), "{name}");
        assert_eq!(data.row_hashes(), text.row_hashes(), "{name}");
        assert_eq!(data.input_hashes(), text.input_hashes(), "{name}");
        assert_eq!((data.name(), data.task()), ("table", text.task()));
    }
    let kinds: Vec<ColumnType> = text.columns().iter().map(|column| column.kind).collect();
    use ColumnType::{Binary, Category, Date, Number};
    assert_eq!(kinds, [Number, Number, Number, Category, Binary, Date, Number]);
    assert_eq!(text.columns()[0].values.missing() + text.columns()[3].values.missing(), 2);
}

#[test]
fn what_is_no_table_is_told() {
    let told = |path: PathBuf| Dataset::path(path).load().unwrap_err();
    let fault = told(file("lists.parquet"));
    assert!(fault.to_string().contains("column `x` holds List"), "{fault}");
    let folder = tempfile::tempdir().unwrap();
    for name in ["table.parquet", "table.feather"] {
        let whole = std::fs::read(file(name)).unwrap();
        let cut = folder.path().join(name);
        for length in [whole.len() / 2, whole.len() - 3, 9] {
            std::fs::write(&cut, &whole[..length]).unwrap();
            assert_eq!(told(cut.clone()).code(), "file.failed", "{name} {length}");
        }
    }
}

#[test]
fn new_rows_may_stand_in_another_form() {
    let first = Dataset::csv(file("table.csv")).target("price").load().unwrap();
    let new = Dataset::path(file("table.parquet")).schema(&first.schema()).load().unwrap();
    let values = |data: &Dataset| format!("{:?}", data.columns()[0].values);
    assert_eq!(values(&new), values(&first));
}
