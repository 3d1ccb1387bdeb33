//! Arrays as NumPy writes them: `.npy` (NumPy Enhancement Proposal 1).

use ikhim_text::{Fault, Result};
use std::path::Path;

/// The first bytes of every such file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// One array in row-major order.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Npy {
    pub(super) shape: Vec<usize>,
    pub(super) values: NpyValues,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum NpyValues {
    Bytes(Vec<u8>),
    Single(Vec<f32>),
    Double(Vec<f64>),
    Whole(Vec<i64>),
    Truths(Vec<bool>),
    Words(Vec<String>),
}

impl Npy {
    /// Reads an array; `name` is what faults call it.
    pub(super) fn read(bytes: &[u8], name: &str, path: &Path) -> Result<Npy> {
        parse(bytes).map_err(|found| {
            Fault::of("data.npy").with("name", name).with("found", found).file(path)
        })
    }

    /// Number of rows.
    pub(super) fn rows(&self) -> usize {
        self.shape.first().copied().unwrap_or(0)
    }
}

fn parse(bytes: &[u8]) -> std::result::Result<Npy, String> {
    let cut = || "the file was cut".to_string();
    let [major, _] = *bytes.get(6..8).ok_or_else(cut)? else { return Err(cut()) };
    let (length, start) = match major {
        1 => (u16::from_le_bytes(two(bytes, 8).ok_or_else(cut)?) as usize, 10),
        2 | 3 => (u32::from_le_bytes(four(bytes, 8).ok_or_else(cut)?) as usize, 12),
        other => return Err(format!("version {other} of the format")),
    };
    let end = start + length;
    let header = String::from_utf8_lossy(bytes.get(start..end).ok_or_else(cut)?).into_owned();
    let kind = text_after(&header, "'descr':").ok_or("no type in the header")?;
    let fortran = field(&header, "'fortran_order':").is_some_and(|it| it.starts_with("True"));
    let shape = shape(&header).ok_or("no shape in the header")?;
    let count = shape.iter().try_fold(1_usize, |count, &axis| count.checked_mul(axis));
    let count = count.ok_or("a shape beyond all memory")?;
    let data = &bytes[end..];
    let values = values(&kind, data, count)?;
    if !fortran || shape.len() < 2 {
        return Ok(Npy { shape, values });
    }
    let order = row_major(&shape);
    Ok(Npy { values: values.reordered(&order), shape })
}

fn two(bytes: &[u8], at: usize) -> Option<[u8; 2]> {
    bytes.get(at..at + 2)?.try_into().ok()
}

fn four(bytes: &[u8], at: usize) -> Option<[u8; 4]> {
    bytes.get(at..at + 4)?.try_into().ok()
}

/// What follows a key of the header, which is a Python dictionary.
fn field<'a>(header: &'a str, key: &str) -> Option<&'a str> {
    Some(header[header.find(key)? + key.len()..].trim_start())
}

fn text_after(header: &str, key: &str) -> Option<String> {
    let rest = field(header, key)?.strip_prefix('\'')?;
    Some(rest[..rest.find('\'')?].to_string())
}

fn shape(header: &str) -> Option<Vec<usize>> {
    let rest = field(header, "'shape':")?.strip_prefix('(')?;
    let inner = &rest[..rest.find(')')?];
    let axes = inner.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    axes.map(|axis| axis.parse().ok()).collect()
}

/// Elements of a type such as `<f8`: byte order, kind, size.
fn values(kind: &str, data: &[u8], count: usize) -> std::result::Result<NpyValues, String> {
    let unknown = || format!("elements of type {kind}; numbers, truth values and texts are read");
    let (order, rest) = kind.split_at_checked(1).ok_or_else(unknown)?;
    let (letter, size) = rest.split_at_checked(1).ok_or_else(unknown)?;
    let size: usize = size.parse().map_err(|_| unknown())?;
    let big = order == ">";
    let width = if letter == "U" { size * 4 } else { size };
    let needed = count.checked_mul(width).filter(|needed| *needed <= data.len());
    let needed = needed.ok_or("the file was cut")?;
    if data.len() > needed {
        let found = data.len();
        return Err(format!("{found} bytes of data, where its header announces {needed}"));
    }
    if width == 0 {
        return Err(unknown());
    }
    let element = |cell: &[u8]| {
        let mut bytes = [0_u8; 8];
        for (place, byte) in cell.iter().enumerate() {
            bytes[if big { cell.len() - 1 - place } else { place }] = *byte;
        }
        u64::from_le_bytes(bytes)
    };
    let cells = data.chunks(width);
    Ok(match (letter, size) {
        ("u", 1) => NpyValues::Bytes(data.to_vec()),
        ("b", 1) => NpyValues::Truths(data.iter().map(|byte| *byte != 0).collect()),
        ("f", 4) => {
            NpyValues::Single(cells.map(|cell| f32::from_bits(element(cell) as u32)).collect())
        }
        ("f", 8) => NpyValues::Double(cells.map(|cell| f64::from_bits(element(cell))).collect()),
        ("i", 1 | 2 | 4 | 8) => {
            let unused = 64 - 8 * size as u32;
            let signed = |cell| ((element(cell) << unused) as i64) >> unused;
            NpyValues::Whole(cells.map(signed).collect())
        }
        ("u", 2 | 4) => NpyValues::Whole(cells.map(|cell| element(cell) as i64).collect()),
        ("U", _) => {
            let word = |cell: &[u8]| {
                let letters = cell.chunks(4).map(element).take_while(|code| *code != 0);
                letters.filter_map(|code| char::from_u32(code as u32)).collect()
            };
            NpyValues::Words(cells.map(word).collect())
        }
        _ => return Err(unknown()),
    })
}

impl NpyValues {
    fn reordered(self, order: &[usize]) -> NpyValues {
        fn pick<T: Clone>(values: &[T], order: &[usize]) -> Vec<T> {
            order.iter().filter_map(|&place| values.get(place).cloned()).collect()
        }
        match self {
            NpyValues::Bytes(values) => NpyValues::Bytes(pick(&values, order)),
            NpyValues::Single(values) => NpyValues::Single(pick(&values, order)),
            NpyValues::Double(values) => NpyValues::Double(pick(&values, order)),
            NpyValues::Whole(values) => NpyValues::Whole(pick(&values, order)),
            NpyValues::Truths(values) => NpyValues::Truths(pick(&values, order)),
            NpyValues::Words(values) => NpyValues::Words(pick(&values, order)),
        }
    }
}

/// For each element in row-major order its place in column-major order.
fn row_major(shape: &[usize]) -> Vec<usize> {
    let count: usize = shape.iter().product();
    (0..count)
        .map(|mut rest| {
            let mut index = vec![0; shape.len()];
            for axis in (0..shape.len()).rev() {
                index[axis] = rest % shape[axis];
                rest /= shape[axis];
            }
            let mut stride = 1;
            index.iter().zip(shape).fold(0, |place, (&at, &size)| {
                let place = place + at * stride;
                stride *= size;
                place
            })
        })
        .collect()
}
