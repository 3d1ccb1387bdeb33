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

/// The little-endian bytes of numbers.
fn doubles(numbers: impl IntoIterator<Item = f64>) -> Vec<u8> {
    numbers.into_iter().flat_map(f64::to_le_bytes).collect()
}

/// An archive of arrays that are not packed, as `np.savez` writes it.
fn archive(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, content) in members {
        let name = format!("{name}.npy");
        let mut sum = flate2::Crc::new();
        sum.update(content);
        let size = (content.len() as u32).to_le_bytes();
        let about = [&sum.sum().to_le_bytes()[..], &size, &size].concat();
        let name_length = (name.len() as u16).to_le_bytes();
        let start = (bytes.len() as u32).to_le_bytes();
        bytes.extend([b"PK\x03\x04", &[0; 10][..], &about, &name_length, &[0; 2]].concat());
        bytes.extend([name.as_bytes(), content].concat());
        directory.extend([b"PK\x01\x02", &[0; 12][..], &about, &name_length].concat());
        directory.extend([&[0; 12][..], &start, name.as_bytes()].concat());
    }
    let (count, start) = ((members.len() as u16).to_le_bytes(), (bytes.len() as u32).to_le_bytes());
    let size = (directory.len() as u32).to_le_bytes();
    bytes.extend(directory);
    bytes.extend([b"PK\x05\x06", &[0; 4][..], &count, &count, &size, &start, &[0; 2]].concat());
    bytes
}

fn written(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// By the rule that holds for a file of separated values: 0 and 1, or few whole numbers.
#[test]
fn labels_of_few_whole_numbers_are_classes() {
    let rows = 60;
    let table =
        |label: fn(usize) -> f64| doubles((0..rows).flat_map(|row| [row as f64 / 7.0, label(row)]));
    for (label, task, classes) in [
        ((|row| (row % 2) as f64) as fn(usize) -> f64, Task::Classification, &["0", "1"][..]),
        (|row| (row % 3) as f64 + 1.0, Task::Classification, &["1", "2", "3"]),
        (|row| row as f64, Task::Regression, &[]),
        (|row| (row % 2) as f64 / 2.0, Task::Regression, &[]),
    ] {
        let csv: String =
            (0..rows).map(|row| format!("{},{}\n", row as f64 / 7.0, label(row))).collect();
        let (_folder, path) = written("t.csv", csv.as_bytes());
        assert_eq!(Dataset::path(path).load().unwrap().task(), task, "a file");
        let (_folder, path) = written("t.npy", &array("<f8", "(60, 2)", &table(label)));
        let data = Dataset::path(path).load().unwrap();
        assert_eq!((data.task(), data.classes()), (task, &classes_of(classes)[..]));
        let x = array("<f8", "(60, 1)", &doubles((0..rows).map(|row| row as f64)));
        let y = array("<f8", "(60,)", &doubles((0..rows).map(label)));
        let (_folder, path) = written("t.npz", &archive(&[("x", x), ("y", y)]));
        let data = Dataset::path(path).load().unwrap();
        assert_eq!((data.task(), data.classes()), (task, &classes_of(classes)[..]));
    }
    let truths: Vec<u8> = (0..2 * rows).map(|place| u8::from(place % 3 == 0)).collect();
    let (_folder, path) = written("t.npy", &array("|b1", "(60, 2)", &truths));
    let data = Dataset::path(&path).load().unwrap();
    assert_eq!((data.task(), data.classes()), (Task::Classification, &classes_of(&["0", "1"])[..]));
    // A person's word comes first.
    let data = Dataset::path(&path).task(Task::Regression).load().unwrap();
    assert_eq!(data.task(), Task::Regression);
}

fn classes_of(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| word.to_string()).collect()
}

#[test]
fn what_does_not_fit_is_told_with_its_place() {
    let numbers = |count: usize| doubles((0..count).map(|place| place as f64 / 3.0));
    let x = array("<f8", "(8, 2)", &numbers(16));
    let y = array("<f8", "(6,)", &numbers(6));
    let (_folder, path) = written("two.npz", &archive(&[("X", x), ("y", y)]));
    let fault = Dataset::path(&path).load().unwrap_err();
    assert_eq!(fault.to_string(), "`X` has 8 rows, and its labels `y` have 6");
    assert_eq!(fault.location().file.as_deref(), Some(path.as_path()));

    let letters: Vec<u8> =
        ["a", "b", "1", "2"].iter().flat_map(|it| [it.as_bytes()[0], 0, 0, 0]).collect();
    let (_folder, path) = written("words.npy", &array("<U1", "(2, 2)", &letters));
    assert_eq!(Dataset::path(&path).load().unwrap_err().code(), "data.npy_texts");

    let mut values: Vec<f64> = (0..16).map(|place| f64::from(place) / 3.0).collect();
    values[10] = f64::NEG_INFINITY;
    let (_folder, path) = written("inf.npy", &array("<f8", "(8, 2)", &doubles(values)));
    let fault = Dataset::path(&path).load().unwrap_err();
    assert_eq!(fault.to_string(), "column `column_1`, row 6: `-inf` is not finite");
    assert_eq!(fault.location().file.as_deref(), Some(path.as_path()));
    assert!(fault.help_text(ikhim_text::Language::English).unwrap().contains("NaN"));
}
