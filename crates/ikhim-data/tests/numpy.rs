//! Files that NumPy wrote (`numpy/make.py`).

use ikhim_data::{ArrayData, Dataset, Part, Split, SplitMethod, Task, Values};
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/numpy").join(name)
}

fn numbers(data: &Dataset, name: &str) -> Vec<f64> {
    match &data.column(name).unwrap().values {
        Values::Number(values) => values.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn train_and_test_arrays_are_parts() {
    let data = Dataset::path(file("parts.npz")).load().unwrap();
    assert_eq!(
        (data.len(), data.name(), data.classes()),
        (6, "parts", &["0", "1", "2"].map(String::from)[..])
    );
    assert_eq!(data.parts().unwrap()[3..5], [Part::Train, Part::Test]);
    let Values::Array { shape, data: pixels, full_scale } = &data.column("image").unwrap().values
    else {
        panic!("no images");
    };
    assert_eq!((shape.as_slice(), *full_scale), (&[3, 2, 1][..], 255.0));
    assert_eq!(*pixels, ArrayData::U8((0..36).collect()));
    let parts = data.split(Split::new().validation(1)).unwrap();
    assert_eq!(parts.record.method, SplitMethod::Files);
    assert_eq!(parts.record.sealed_ids, [4, 5]);
}

#[test]
fn packed_numbers_are_a_regression() {
    let data = Dataset::path(file("packed.npz")).load().unwrap();
    assert_eq!((data.task(), data.inputs().count()), (Task::Regression, 3));
    assert_eq!(numbers(&data, "y"), [1.5, 2.5, 4.0]);
    assert!(numbers(&data, "x1")[2].is_nan());
    assert_eq!(numbers(&data, "x2"), [-1.25, 2.0, 0.0]);
}

#[test]
fn one_array_is_a_table_in_either_order() {
    for name in ["table.npy", "fortran.npy"] {
        let data = Dataset::path(file(name)).load().unwrap();
        assert_eq!((data.len(), data.targets().next().unwrap().name.as_str()), (3, "column_3"));
        assert_eq!(numbers(&data, "column_3"), [3.0, 4.0, 5.0], "{name}");
        assert_eq!(numbers(&data, "column_2"), [-1.25, 2.0, 0.0], "{name}");
    }
}

#[test]
fn texts_are_classes() {
    let data = Dataset::path(file("words.npz")).load().unwrap();
    assert_eq!(
        (data.task(), data.classes()),
        (Task::Classification, &["가", "나다"].map(String::from)[..])
    );
}

#[test]
fn what_is_no_whole_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["parts.npz", "packed.npz", "table.npy"] {
        let whole = std::fs::read(file(name)).unwrap();
        let path = folder.path().join(name);
        for length in 7..whole.len() {
            std::fs::write(&path, &whole[..length]).unwrap();
            let fault = Dataset::path(&path).load().unwrap_err();
            assert!(fault.code().starts_with("data.np"), "{name} {length}: {fault}");
        }
    }
    let path = folder.path().join("other.npz");
    let whole = std::fs::read(file("words.npz")).unwrap();
    let mut bytes = whole;
    for place in 0..bytes.len() - 8 {
        if bytes[place..].starts_with(b"features") {
            bytes[place..place + 8].copy_from_slice(b"whatever");
        }
    }
    std::fs::write(&path, bytes).unwrap();
    let fault = Dataset::path(&path).load().unwrap_err();
    assert_eq!((fault.code(), fault.found()), ("data.npz_names", Some("whatever, labels")));
}
