//! The idx format of MNIST: a magic number, the sizes of the axes as
//! big-endian 32-bit integers, then bytes.
//!
//! The magic number is `0, 0, type, axes`: type 8 is unsigned bytes. Images
//! have three axes (rows, height, width) or four (and channels), labels one.

use super::bytes;
use super::place::Places;
use super::table::{Cells, Raw, Table, stem};
use crate::{ArrayData, ColumnType, ContentHash, Origin, Part};
use ikhim_text::{Fault, Result};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};

/// Type byte of unsigned bytes.
const UNSIGNED_BYTE: u8 = 8;

/// The files of a folder: train images and labels, test images and labels.
const FILES: [&str; 4] = [
    "train-images-idx3-ubyte",
    "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte",
    "t10k-labels-idx1-ubyte",
];

/// One idx file.
struct Idx {
    path: PathBuf,
    axes: Vec<usize>,
    data: Vec<u8>,
}

/// Whether bytes start as an idx file of bytes does.
pub(crate) fn is_idx(bytes: &[u8]) -> bool {
    matches!(bytes, [0, 0, UNSIGNED_BYTE, 1..=4, ..])
}

/// Whether a folder holds one of the four files.
pub(crate) fn is_folder(path: &Path) -> bool {
    FILES.iter().any(|name| find(path, name).is_some())
}

/// Reads a folder with the four files, plain or packed by gzip. The rows of
/// `train-*` come first and are for training; those of `t10k-*` are the test
/// part.
pub(crate) fn folder(path: &Path) -> Result<Table> {
    let files = FILES.map(|name| find(path, name));
    let missing: Vec<&str> = FILES
        .iter()
        .zip(&files)
        .filter(|(_, file)| file.is_none())
        .map(|(name, _)| *name)
        .collect();
    let [Some(train_images), Some(train_labels), Some(test_images), Some(test_labels)] = files
    else {
        if !path.exists() {
            return Err(Fault::of("file.missing").with("path", path.display()).file(path));
        }
        if missing.len() == FILES.len() {
            return Err(Fault::of("file.is_folder").with("path", path.display()).file(path));
        }
        return Err(Fault::of("data.idx_files")
            .with("path", path.display())
            .with("missing", missing.join(", "))
            .file(path));
    };
    table(path, &[(train_images, train_labels), (test_images, test_labels)])
}

/// Reads a file of images and the file of their labels.
pub(crate) fn pair(images: &Path, labels: &Path) -> Result<Table> {
    table(images, &[(images.to_path_buf(), labels.to_path_buf())])
}

/// Reads a file of images that have no labels.
pub(crate) fn images(path: &Path) -> Result<Table> {
    let mut digest = Sha256::new();
    let images = read(path, &[3, 4], &mut digest)?;
    let shape = images.image_shape();
    assembled(path, digest, Images { shape, pixels: images.data }, None, None)
}

/// The file of a name in a folder: as it is, packed, or spelled with a period.
fn find(folder: &Path, name: &str) -> Option<PathBuf> {
    let spelled = name.replace("-idx", ".idx");
    [name.to_string(), format!("{name}.gz"), spelled.clone(), format!("{spelled}.gz")]
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

fn table(path: &Path, pairs: &[(PathBuf, PathBuf)]) -> Result<Table> {
    let mut digest = Sha256::new();
    let (mut pixels, mut labels, mut parts) = (Vec::new(), Cells::default(), Vec::new());
    let mut image_axes: Option<Vec<usize>> = None;
    for ((images, classes), part) in pairs.iter().zip([Part::Train, Part::Test]) {
        let images = read(images, &[3, 4], &mut digest)?;
        let classes = read(classes, &[1], &mut digest)?;
        let rows = images.axes.first().copied().unwrap_or(0);
        if rows != classes.data.len() {
            return Err(Fault::of("data.idx_count")
                .with("images", images.path.display())
                .with("expected", rows)
                .with("found", classes.data.len())
                .file(&classes.path));
        }
        let axes = images.image_shape();
        if image_axes.get_or_insert_with(|| axes.clone()) != &axes {
            return Err(Fault::of("data.idx_shape")
                .with("expected", format!("{:?}", image_axes.unwrap_or_default()))
                .with("found", format!("{axes:?}"))
                .file(&images.path));
        }
        classes.data.iter().for_each(|class| labels.push(&class.to_string()));
        parts.extend(std::iter::repeat_n(part, rows));
        if pixels.is_empty() {
            pixels = images.data;
        } else {
            pixels.extend_from_slice(&images.data);
        }
    }
    // One pair has no test part of its own: it is split as any data.
    let parts = (pairs.len() == 2).then_some(parts);
    let images = Images { shape: image_axes.unwrap_or_default(), pixels };
    assembled(path, digest, images, Some(labels), parts)
}

/// All images of a source.
struct Images {
    shape: Vec<usize>,
    pixels: Vec<u8>,
}

fn assembled(
    path: &Path,
    digest: Sha256,
    images: Images,
    labels: Option<Cells>,
    parts: Option<Vec<Part>>,
) -> Result<Table> {
    if images.pixels.is_empty() {
        return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
    }
    let data = ArrayData::U8(images.pixels);
    let mut columns =
        vec![Raw::Arrays { shape: images.shape, data, full_scale: 255.0, content: None }];
    let mut names = vec!["image".to_string()];
    let mut kinds = vec![Some(ColumnType::Image)];
    if let Some(labels) = labels {
        columns.push(Raw::Text(labels));
        names.push("label".to_string());
        kinds.push(Some(ColumnType::Category));
    }
    Ok(Table {
        name: stem(path),
        origin: Origin::File(path.to_path_buf()),
        content_hash: ContentHash(digest.finalize().into()),
        names,
        named: true,
        kinds,
        columns,
        class_names: Vec::new(),
        notices: Vec::new(),
        places: Places::Inline,
        default_target: Some("label"),
        parts,
        credit: None,
        row_hashes: None,
    })
}

impl Idx {
    /// Height, width and channels of one image.
    fn image_shape(&self) -> Vec<usize> {
        let mut shape = self.axes.get(1..).unwrap_or_default().to_vec();
        if shape.len() == 2 {
            shape.push(1);
        }
        shape
    }
}

/// Reads one file and checks that its magic number has one of the given
/// numbers of axes and that its length is what its sizes say.
fn read(path: &Path, axes: &[u8], digest: &mut Sha256) -> Result<Idx> {
    let mut content = bytes::read(path)?;
    digest.update(&content);
    let fault = |code| Fault::of(code).with("path", path.display()).file(path);
    let count = match content.as_slice() {
        [0, 0, UNSIGNED_BYTE, count, ..] if axes.contains(count) => usize::from(*count),
        other => {
            let found: String = other.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
            let expected: Vec<String> =
                axes.iter().map(|count| format!("0000{UNSIGNED_BYTE:02x}{count:02x}")).collect();
            return Err(fault("data.idx_magic")
                .with("expected", expected.join(" or "))
                .with("found", found));
        }
    };
    let truncated = |expected: usize, found: usize| {
        fault("data.idx_length").with("expected", expected).with("found", found)
    };
    let start = 4 + 4 * count;
    let Some(header) = content.get(4..start) else {
        return Err(truncated(start, content.len()));
    };
    let sizes: Vec<usize> = header
        .chunks_exact(4)
        .map(|size| size.iter().fold(0, |value, &byte| value << 8 | usize::from(byte)))
        .collect();
    let expected = sizes
        .iter()
        .try_fold(1_usize, |size, &axis| size.checked_mul(axis))
        .and_then(|size| size.checked_add(start))
        .unwrap_or(usize::MAX);
    if content.len() != expected {
        return Err(truncated(expected, content.len()));
    }
    content.drain(..start);
    Ok(Idx { path: path.to_path_buf(), axes: sizes, data: content })
}
