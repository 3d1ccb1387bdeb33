//! Data of NumPy: a table in one array, or inputs and labels in an archive.

use super::arrays::{self, Features, Labels};
use super::npy::{MAGIC, Npy, NpyValues};
use super::place::Places;
use super::table::{Raw, Table, stem};
use crate::{ContentHash, Origin, Part};
use flate2::Crc;
use flate2::read::DeflateDecoder;
use ikhim_text::{Fault, Result};
use std::io::Read;
use std::path::Path;

/// The first bytes of an archive with a file in it.
const ARCHIVE: &[u8] = b"PK\x03\x04";
/// What the array of inputs may be called.
const INPUTS: &[&str] = &["x", "X", "features", "data", "images", "inputs"];
/// What the array of labels may be called.
const LABELS: &[&str] = &["y", "Y", "labels", "label", "target", "targets"];

/// Whether a file is one of NumPy: an array, or an archive of arrays by its name.
pub(crate) fn is_numpy(content: &[u8], path: &Path) -> bool {
    let named = path.extension().is_some_and(|extension| extension == "npz");
    content.starts_with(MAGIC) || (named && content.starts_with(ARCHIVE))
}

/// Reads a table, or an archive with inputs and labels: `x` and `y`, or `x_train`,
/// `y_train`, `x_test` and `y_test`, of which the last two are the test part.
pub(crate) fn read(content: &[u8], path: &Path) -> Result<Table> {
    let mut table = match content.starts_with(MAGIC) {
        true => of_array(Npy::read(content, &path.display().to_string(), path)?, path)?,
        false => of_archive(&entries(content, path)?, path)?,
    };
    table.name = stem(path);
    table.places = Places::Folder(path.to_path_buf());
    table.origin = Origin::File(path.to_path_buf());
    table.content_hash = ContentHash::of(content);
    Ok(table)
}

/// An array of two axes: rows and columns.
fn of_array(array: Npy, path: &Path) -> Result<Table> {
    let [rows, width] = *array.shape else {
        return Err(unfit("an array of two axes, rows and columns", &array, path));
    };
    let numbers = numbers(&array.values).ok_or_else(|| texts(path))?;
    if rows == 0 || width == 0 {
        return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
    }
    let column = |column: usize| -> Vec<f64> {
        numbers.iter().skip(column).step_by(width).copied().collect()
    };
    Ok(Table {
        name: String::new(),
        origin: Origin::Inline,
        content_hash: ContentHash::of(&[]),
        names: (1..=width).map(|number| format!("column_{number}")).collect(),
        named: false,
        columns: (0..width).map(|index| Raw::Numbers(column(index))).collect(),
        kinds: vec![None; width],
        class_names: Vec::new(),
        notices: Vec::new(),
        places: Places::Inline,
        default_target: None,
        parts: None,
        credit: None,
        row_hashes: None,
    })
}

fn of_archive(arrays: &[(String, Npy)], path: &Path) -> Result<Table> {
    let find = |names: &[&str], end: &str| {
        let fits = |name: &String| names.iter().any(|known| *name == format!("{known}{end}"));
        arrays.iter().find(|(name, _)| fits(name))
    };
    let pair = |end: &str| Some((find(INPUTS, end)?, find(LABELS, end)?));
    type Named = (String, Npy);
    let pairs: Vec<(&Named, &Named)> = match pair("") {
        Some(pair) => vec![pair],
        None => ["_train", "_test"].into_iter().filter_map(pair).collect(),
    };
    if pairs.is_empty() || (pair("").is_none() && pair("_train").is_none()) {
        let found: Vec<&str> = arrays.iter().map(|(name, _)| name.as_str()).collect();
        return Err(Fault::of("data.npz_names").with("found", found.join(", ")).file(path));
    }
    let (mut features, mut labels, mut parts) = (None::<Features>, None::<Labels>, Vec::new());
    let shape = row_shape(&pairs[0].0.1);
    for (((x, inputs), (y, targets)), part) in pairs.iter().zip([Part::Train, Part::Test]) {
        if inputs.rows() != targets.rows() {
            return Err(Fault::of("data.npz_rows")
                .with("x", x)
                .with("y", y)
                .with("expected", inputs.rows())
                .with("found", targets.rows())
                .file(path));
        }
        if row_shape(inputs) != shape {
            return Err(unfit(&format!("rows of shape {shape:?} in `{x}`"), inputs, path));
        }
        let own = inputs_of(inputs, shape.len()).ok_or_else(|| texts(path))?;
        let said =
            labels_of(targets).ok_or_else(|| unfit("one label for each row", targets, path))?;
        features =
            Some(joined(features, own).ok_or_else(|| unfit("inputs of one type", inputs, path))?);
        labels = Some(match (labels, said) {
            (None, said) => said,
            (Some(Labels::Classes(all)), Labels::Classes(more)) => {
                Labels::Classes([all, more].concat())
            }
            (Some(Labels::Numbers(all)), Labels::Numbers(more)) => {
                Labels::Numbers([all, more].concat())
            }
            _ => return Err(unfit("labels of one type", targets, path)),
        });
        parts.extend(std::iter::repeat_n(part, inputs.rows()));
    }
    let (Some(features), Some(labels)) = (features, labels) else {
        return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
    };
    let mut table = arrays::table(&shape, &features, &labels)?;
    if let (Labels::Numbers(_), Some(of_labels)) = (&labels, table.kinds.last_mut()) {
        // NumPy often writes 0.0 and 1.0 for classes: they are read as a file's would be.
        *of_labels = None;
    }
    table.parts = (pairs.len() == 2).then_some(parts);
    Ok(table)
}

/// The shape of one row; an image of one channel has that axis too.
fn row_shape(array: &Npy) -> Vec<usize> {
    match array.shape.get(1..) {
        None | Some([]) => vec![1],
        Some([height, width]) => vec![*height, *width, 1],
        Some(shape) => shape.to_vec(),
    }
}

fn inputs_of(array: &Npy, axes: usize) -> Option<Features> {
    Some(match &array.values {
        NpyValues::Bytes(values) => Features::U8(values.clone()),
        NpyValues::Single(values) => Features::F32(values.clone()),
        NpyValues::Double(values) if axes > 1 => {
            Features::F32(values.iter().map(|value| *value as f32).collect())
        }
        values => Features::F64(numbers(values)?),
    })
}

fn joined(all: Option<Features>, more: Features) -> Option<Features> {
    Some(match (all, more) {
        (None, more) => more,
        (Some(Features::U8(all)), Features::U8(more)) => Features::U8([all, more].concat()),
        (Some(Features::F32(all)), Features::F32(more)) => Features::F32([all, more].concat()),
        (Some(Features::F64(all)), Features::F64(more)) => Features::F64([all, more].concat()),
        _ => return None,
    })
}

/// Whole numbers by their type, truth values and texts are classes; what other numbers
/// are, the schema finds.
fn labels_of(array: &Npy) -> Option<Labels> {
    if array.shape.iter().skip(1).any(|axis| *axis != 1) {
        return None;
    }
    Some(match &array.values {
        NpyValues::Bytes(values) => Labels::from(values.clone()),
        NpyValues::Whole(values) => Labels::from(values.clone()),
        NpyValues::Truths(values) => Labels::from(values.clone()),
        NpyValues::Words(values) => Labels::from(values.clone()),
        NpyValues::Single(values) => Labels::from(values.clone()),
        NpyValues::Double(values) => Labels::from(values.clone()),
    })
}

fn numbers(values: &NpyValues) -> Option<Vec<f64>> {
    Some(match values {
        NpyValues::Bytes(values) => values.iter().map(|value| f64::from(*value)).collect(),
        NpyValues::Single(values) => values.iter().map(|value| f64::from(*value)).collect(),
        NpyValues::Double(values) => values.clone(),
        NpyValues::Whole(values) => values.iter().map(|value| *value as f64).collect(),
        NpyValues::Truths(values) => {
            values.iter().map(|value| f64::from(u8::from(*value))).collect()
        }
        NpyValues::Words(_) => return None,
    })
}

fn texts(path: &Path) -> Fault {
    Fault::of("data.npy_texts").with("path", path.display()).file(path)
}

fn unfit(expected: &str, found: &Npy, path: &Path) -> Fault {
    Fault::of("data.npy_shape")
        .with("expected", expected)
        .with("found", format!("{:?}", found.shape))
        .file(path)
}

/// The arrays of an archive: the zip format as NumPy writes it, by its central
/// directory (PKWARE's APPNOTE, sections 4.3.12 and 4.3.16).
fn entries(bytes: &[u8], path: &Path) -> Result<Vec<(String, Npy)>> {
    let broken = |found: &str| Fault::of("data.npz").with("found", found.to_string()).file(path);
    let short =
        |at: usize| bytes.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]) as usize);
    let long = |at: usize| {
        bytes.get(at..at + 4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]]) as usize)
    };
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06");
    let cut = || broken("the file was cut");
    // The record at the end takes 22 bytes.
    let end = end.filter(|end| end + 22 <= bytes.len()).ok_or_else(cut)?;
    let (count, mut at) = (short(end + 10).ok_or_else(cut)?, long(end + 16).ok_or_else(cut)?);
    let mut found = Vec::new();
    for _ in 0..count {
        if bytes.get(at..at + 4) != Some(b"PK\x01\x02") {
            return Err(broken("its directory is damaged"));
        }
        let field = |offset: usize| short(at + offset).ok_or_else(cut);
        let (method, name_length) = (field(10)?, field(28)?);
        let (extra, comment) = (field(30)?, field(32)?);
        let checksum = long(at + 16).ok_or_else(cut)?;
        let size = long(at + 20).ok_or_else(cut)?;
        let unpacked_size = long(at + 24).ok_or_else(cut)?;
        let local = long(at + 42).ok_or_else(cut)?;
        if size == u32::MAX as usize || local == u32::MAX as usize {
            return Err(broken("an array of four gigabytes or more"));
        }
        let name = bytes.get(at + 46..at + 46 + name_length).ok_or_else(cut)?;
        let member = String::from_utf8_lossy(name).into_owned();
        let name = member.trim_end_matches(".npy").to_string();
        at += 46 + name_length + extra + comment;
        let own = short(local + 26).zip(short(local + 28)).ok_or_else(cut)?;
        let start = local + 30 + own.0 + own.1;
        let packed = bytes.get(start..start + size).ok_or_else(cut)?;
        let content = match method {
            0 => packed.to_vec(),
            8 => {
                let mut content = Vec::new();
                // One byte more than is announced shows that there is more.
                let most = unpacked_size as u64 + 1;
                let unpacked = DeflateDecoder::new(packed).take(most).read_to_end(&mut content);
                unpacked.map_err(|error| broken(&format!("`{member}`: {error}")))?;
                content
            }
            _ => return Err(broken("it is packed in a way that NumPy does not use")),
        };
        if content.len() != unpacked_size {
            let found = content.len();
            let found =
                format!("`{member}` has {found} bytes or more, announced are {unpacked_size}");
            return Err(broken(&found));
        }
        let mut sum = Crc::new();
        sum.update(&content);
        if sum.sum() as usize != checksum {
            let found = sum.sum();
            let found = format!(
                "`{member}` is damaged: its CRC-32 is {found:08x}, announced is {checksum:08x}"
            );
            return Err(broken(&found));
        }
        found.push((name.clone(), Npy::read(&content, &name, path)?));
    }
    Ok(found)
}
