//! Images and labels in the idx format.

use ikhim_data::{ArrayData, Dataset, Part, Values};
use std::path::Path;

/// An idx file of bytes.
fn idx(sizes: &[u32], data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, sizes.len() as u8];
    sizes.iter().for_each(|size| bytes.extend(size.to_be_bytes()));
    bytes.extend(data);
    bytes
}

/// A folder as MNIST has it, with three train and two test images of 2×2.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "train-images-idx3-ubyte", &idx(&[3, 2, 2], &(0..12).collect::<Vec<_>>()));
    write(folder.path(), "train-labels.idx1-ubyte", &idx(&[3], &[7, 2, 7]));
    write(folder.path(), "t10k-images-idx3-ubyte", &idx(&[2, 2, 2], &[255; 8]));
    write(folder.path(), "t10k-labels-idx1-ubyte", &idx(&[2], &[2, 7]));
    folder
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    std::fs::write(folder.join(name), bytes).unwrap();
}

fn fault(folder: &tempfile::TempDir) -> String {
    let fault = Dataset::idx(folder.path()).load().expect_err("a fault");
    format!("{}: {fault}", fault.code()).replace(&format!("{}/", folder.path().display()), "")
}

#[test]
fn a_folder_keeps_its_parts() {
    let folder = folder();
    let data = Dataset::path(folder.path()).load().unwrap();
    use Part::{Test, Train};
    assert_eq!(data.parts(), Some(&[Train, Train, Train, Test, Test][..]));
    assert_eq!(data.classes(), ["2", "7"]);
    let Values::Array { shape, data: ArrayData::U8(pixels), full_scale } =
        &data.column("image").unwrap().values
    else {
        panic!("no images")
    };
    assert_eq!((shape.as_slice(), *full_scale), (&[2, 2, 1][..], 255.0));
    assert_eq!(pixels[..12], (0..12).collect::<Vec<u8>>());
    assert_eq!(data.input_hashes()[3], data.input_hashes()[4], "equal images");
    assert_ne!(data.row_hashes()[3], data.row_hashes()[4], "with other labels");
}

#[test]
fn one_pair_has_no_parts_and_images_alone_are_new_rows() {
    let folder = folder();
    let images = folder.path().join("train-images-idx3-ubyte");
    let pair = Dataset::idx_pair(&images, folder.path().join("train-labels.idx1-ubyte"));
    let data = pair.load().unwrap();
    assert_eq!((data.len(), data.parts()), (3, None));
    for new in [Dataset::idx_images(&images), Dataset::path(&images)] {
        let rows = new.schema(&data.schema()).load().unwrap();
        assert_eq!((rows.len(), rows.targets().count()), (3, 0));
        assert_eq!(rows.input_hashes(), data.input_hashes());
    }
    let other = Dataset::from_arrays(&[1, 2, 1], vec![0_u8; 4], vec![0_u8, 1]);
    let fault = other.schema(&data.schema()).load().unwrap_err();
    assert_eq!(
        fault.to_string(),
        "column `image` holds arrays of shape [1, 2, 1], the model needs [2, 2, 1]"
    );
}

#[test]
fn bad_files() {
    let with = |name: &str, bytes: &[u8]| {
        let folder = folder();
        write(folder.path(), name, bytes);
        fault(&folder)
    };
    assert_eq!(
        with("t10k-images-idx3-ubyte", &idx(&[2, 2, 2], &[0; 5])),
        "data.idx_length: t10k-images-idx3-ubyte has 21 bytes, its header announces 24"
    );
    assert_eq!(
        with("t10k-images-idx3-ubyte", &idx(&[2, 2, 2], &[0; 9])),
        "data.idx_length: t10k-images-idx3-ubyte has 25 bytes, its header announces 24"
    );
    assert_eq!(
        with("t10k-images-idx3-ubyte", &[0, 0, 8, 3, 0]),
        "data.idx_length: t10k-images-idx3-ubyte has 5 bytes, its header announces 16"
    );
    assert_eq!(
        with("t10k-images-idx3-ubyte", &idx(&[u32::MAX, u32::MAX, u32::MAX], &[])),
        format!(
            "data.idx_length: t10k-images-idx3-ubyte has 16 bytes, its header announces {}",
            usize::MAX
        )
    );
    assert_eq!(
        with("t10k-images-idx3-ubyte", &idx(&[2], &[0, 1])),
        "data.idx_magic: t10k-images-idx3-ubyte starts with 00000801, expected 00000803 or 00000804"
    );
    assert_eq!(
        with("t10k-labels-idx1-ubyte", b"label\n"),
        "data.idx_magic: t10k-labels-idx1-ubyte starts with 6c616265, expected 00000801"
    );
    assert_eq!(
        with("t10k-labels-idx1-ubyte", &idx(&[3], &[0, 1, 2])),
        "data.idx_count: t10k-images-idx3-ubyte has 2 images, their labels are 3"
    );
    assert_eq!(
        with("t10k-images-idx3-ubyte", &idx(&[2, 1, 2], &[0; 4])),
        "data.idx_shape: images of shape [1, 2, 1] follow images of shape [2, 2, 1]"
    );
    let folder = folder();
    std::fs::remove_file(folder.path().join("t10k-labels-idx1-ubyte")).unwrap();
    assert!(fault(&folder).ends_with("lacks t10k-labels-idx1-ubyte"), "{}", fault(&folder));
}
