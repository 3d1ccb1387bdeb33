//! Several files as one table.

use ikhim_data::{Dataset, Origin, Values};
use std::path::Path;

fn written(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    folder
}

fn sizes(data: &Dataset) -> Vec<f64> {
    match &data.column("size").unwrap().values {
        Values::Number(values) => values.clone(),
        other => panic!("{other:?}"),
    }
}

const FIRST: &str = "size,price\n1,2.5\n2,3.5\n";

#[test]
fn a_pattern_is_the_files_that_it_matches_by_name() {
    let folder = written(&[
        ("part-2.csv", "price;size\n9.5;5\n8.5;4\n"),
        ("part-1.csv", FIRST),
        ("part-10.csv", "size,price\n3,1.5\n"),
        (".part-9.csv", "size,price\n0,0\n"),
        ("other.csv", "a,b\n1,2\n"),
    ]);
    let data = Dataset::path(folder.path().join("part-*.csv")).target("price").load().unwrap();
    // By name `part-10` stands before `part-2`, whose columns stand in another
    // order and are parted by semicolons.
    assert_eq!(sizes(&data), [1.0, 2.0, 3.0, 5.0, 4.0]);
    assert_eq!(data.name(), "part");
    assert_eq!(data.row_ids(), [0, 1, 2, 3, 4]);
    let Origin::Files(files) = data.origin() else { panic!("{:?}", data.origin()) };
    let names: Vec<&str> = files.iter().filter_map(|file| file.file_name()?.to_str()).collect();
    assert_eq!(names, ["part-1.csv", "part-10.csv", "part-2.csv"]);
    let told = data.notices().iter().any(|notice| notice.code() == "data.files");
    assert!(told, "{:?}", data.notices());

    // The rows are those of one file with the same content.
    let whole = "size,price\n1,2.5\n2,3.5\n3,1.5\n5,9.5\n4,8.5\n";
    let one = Dataset::csv_bytes("one", whole).target("price").load().unwrap();
    assert_eq!(one.row_hashes(), data.row_hashes());
    assert_eq!(one.input_hashes(), data.input_hashes());
    // A list has its own order.
    let listed = ["part-2.csv", "part-1.csv"].map(|name| folder.path().join(name));
    let listed = Dataset::files(listed).target("price").load().unwrap();
    assert_eq!(sizes(&listed), [5.0, 4.0, 1.0, 2.0]);
    assert_ne!(listed.content_hash(), data.content_hash());
}

#[test]
fn patterns_stand_for_folders_too_and_for_json_lines() {
    let folder = written(&[
        ("2023/a.jsonl", "{\"size\": 1, \"price\": 2.5}\n"),
        ("2024/a.jsonl", "{\"price\": 3.5, \"size\": 2}\n{\"price\": 1.5, \"size\": 3}\n"),
    ]);
    let data = Dataset::path(folder.path().join("20??/*.jsonl")).target("price").load().unwrap();
    assert_eq!(sizes(&data), [1.0, 2.0, 3.0]);
    // Files without a header have none in any.
    let folder = written(&[("a.csv", "1,2\n3,4\n"), ("b.csv", "5,6\n")]);
    let data = Dataset::path(folder.path().join("*.csv")).load().unwrap();
    assert_eq!(data.len(), 3);
}

#[track_caller]
fn fault(folder: &Path, paths: &[&str]) -> ikhim_text::Fault {
    Dataset::files(paths.iter().map(|path| folder.join(path))).target("price").load().unwrap_err()
}

#[test]
fn faults_name_the_file_and_the_line() {
    let folder = written(&[
        ("1.csv", FIRST),
        ("2.csv", "size,price\n3,1.5\nmany,2.5\n"),
        ("3.csv", "size,cost\n1,2\n"),
        ("4.csv", "1,2\n3,4\n"),
        ("5.csv", "size,price,year\n1,2,3\n"),
        ("6.csv", "size,price\n1,2\n1,2,3\n"),
    ]);
    let folder = folder.path();
    let told = |paths: &[&str]| {
        let fault = fault(folder, paths);
        let place = fault.location();
        let file = place.file.as_ref().map(|file| file.file_name().unwrap().to_owned());
        let file = file.map(|file| file.to_string_lossy().into_owned()).unwrap_or_default();
        (fault.code(), file, place.line)
    };
    let differ = |file: &str| ("data.columns_differ", file.to_string(), Some(1));
    assert_eq!(told(&["1.csv", "3.csv"]), differ("3.csv"));
    assert_eq!(told(&["1.csv", "4.csv"]), differ("4.csv"));
    assert_eq!(told(&["1.csv", "5.csv"]), differ("5.csv"));
    assert_eq!(told(&["1.csv", "6.csv"]), ("data.ragged_row", "6.csv".into(), Some(3)));
    assert_eq!(told(&["1.csv", "gone.csv"]).0, "file.missing");
    assert_eq!(told(&["1.csv", "x*.csv"]).0, "file.no_match");
    assert_eq!(told(&["1.csv", "1*.csv"]), ("file.named_twice", "1.csv".into(), None));
    // A cell that is no number, in a column that is said to hold them.
    let files = ["1.csv", "2.csv"].map(|name| folder.join(name));
    let data = Dataset::files(files).target("price").column("size", ikhim_data::Column::number());
    let fault = data.load().unwrap_err();
    let place = fault.location();
    assert_eq!(place.file.as_ref().unwrap(), &folder.join("2.csv"));
    assert_eq!((place.line, place.column), (Some(3), Some(1)), "{fault}");
}
