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

/// An array as NumPy's format 1.0 has it.
fn array(kind: &str, shape: &str, data: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
    let length = (header.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
}

#[test]
fn a_member_that_is_damaged_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Stored members, so that every other check would let the damage pass.
    let whole = std::fs::read(file("parts.npz")).unwrap();
    let path = folder.path().join("damaged.npz");
    let magic = |place: &usize| whole[*place..].starts_with(b"\x93NUMPY");
    let member = (0..whole.len()).find(magic);
    let Some(start) = member else { panic!("a member that is not packed") };
    let mut bytes = whole.clone();
    let value = start + 128;
    bytes[value] ^= 0xff;
    std::fs::write(&path, &bytes).unwrap();
    let fault = Dataset::path(&path).load().unwrap_err();
    let found = fault.found().unwrap().to_string();
    assert_eq!(fault.code(), "data.npz");
    assert!(found.starts_with("`x_train.npy` is damaged: its CRC-32 is "), "{found}");
    assert_eq!(fault.location().file.as_deref(), Some(path.as_path()));

    // The size that the directory announces must be the size that is there.
    let mut bytes = whole;
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    bytes[directory + 24] ^= 1;
    std::fs::write(&path, &bytes).unwrap();
    let fault = Dataset::path(&path).load().unwrap_err();
    assert!(fault.found().unwrap().contains("announced are"), "{fault}");
}

#[test]
fn an_array_with_more_data_than_its_shape_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long.npy");
    let numbers: Vec<u8> = (0..8).flat_map(|value| f64::from(value).to_le_bytes()).collect();
    std::fs::write(&path, array("<f8", "(4, 2)", &numbers)).unwrap();
    assert_eq!(Dataset::path(&path).load().unwrap().len(), 4);
    std::fs::write(&path, array("<f8", "(3, 2)", &numbers)).unwrap();
    let fault = Dataset::path(&path).load().unwrap_err();
    assert_eq!(
        (fault.code(), fault.found()),
        ("data.npy", Some("64 bytes of data, where its header announces 48"))
    );
}
