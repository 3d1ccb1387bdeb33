//! The values of a column, typed.

use crate::{SeriesWindows, TokenWindows};
use std::hash::{BuildHasherDefault, Hasher};

/// The values of one column, one entry per row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Values {
    /// Finite numbers; a missing one is NaN.
    Number(Vec<f64>),
    /// Categories: for each row the index of its level, `None` when missing.
    /// Levels are sorted: by value when all are numbers, else by code point.
    Category {
        /// Names of the levels, without repetition.
        levels: Vec<String>,
        /// Index into `levels` for each row.
        indices: Vec<Option<u32>>,
    },
    /// Text as it stands in the source; `None` when missing.
    Text(Vec<Option<String>>),
    /// Arrays of one shape, row after row in row-major order.
    Array {
        /// Shape of one row: `[height, width, channels]` of an image.
        shape: Vec<usize>,
        /// All elements.
        data: ArrayData,
        /// What stands for full intensity: 255 in an idx file. Scaling `unit`
        /// divides by it.
        full_scale: f64,
    },
    /// Windows over a text.
    Tokens(TokenWindows),
    /// Windows over a series in time.
    Series(SeriesWindows),
}

/// Elements of an array column.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ArrayData {
    /// Bytes, as images have them.
    U8(Vec<u8>),
    /// Single precision.
    F32(Vec<f32>),
}

impl ArrayData {
    /// Number of elements of all rows.
    pub fn len(&self) -> usize {
        match self {
            ArrayData::U8(data) => data.len(),
            ArrayData::F32(data) => data.len(),
        }
    }

    /// Whether there is no element.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The elements `start..end` as f32; out of range is empty.
    pub fn range_f32(&self, start: usize, end: usize) -> Vec<f32> {
        match self {
            ArrayData::U8(data) => {
                data.get(start..end).unwrap_or_default().iter().map(|&x| f32::from(x)).collect()
            }
            ArrayData::F32(data) => data.get(start..end).unwrap_or_default().to_vec(),
        }
    }
}

impl Values {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Values::Number(values) => values.len(),
            Values::Category { indices, .. } => indices.len(),
            Values::Text(values) => values.len(),
            Values::Array { shape, data, .. } => data.len() / width(shape).max(1),
            Values::Tokens(windows) => windows.len(),
            Values::Series(windows) => windows.len(),
        }
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Number of rows without a value.
    pub fn missing(&self) -> usize {
        match self {
            Values::Number(values) => values.iter().filter(|value| value.is_nan()).count(),
            Values::Category { indices, .. } => indices.iter().filter(|x| x.is_none()).count(),
            Values::Text(values) => values.iter().filter(|x| x.is_none()).count(),
            Values::Array { .. } | Values::Tokens(_) | Values::Series(_) => 0,
        }
    }

    /// Whether a row has no value; a row out of range has none.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Values::Number(values) => values.get(row).is_none_or(|value| value.is_nan()),
            Values::Category { indices, .. } => indices.get(row).is_none_or(Option::is_none),
            Values::Text(values) => values.get(row).is_none_or(Option::is_none),
            Values::Array { .. } | Values::Tokens(_) | Values::Series(_) => row >= self.len(),
        }
    }

    /// Adds the cell of a row to a hash, as [`RowHasher`](crate::RowHasher) says.
    pub(crate) fn hash(&self, row: usize, hasher: &mut crate::RowHasher) {
        if self.is_missing(row) {
            return hasher.missing();
        }
        match self {
            Values::Number(values) => hasher.number(values[row]),
            Values::Category { levels, indices } => {
                let level = indices[row].and_then(|index| levels.get(index as usize));
                hasher.cell(level.map_or("", String::as_str));
            }
            Values::Text(texts) => hasher.cell(texts[row].as_deref().unwrap_or_default()),
            Values::Tokens(windows) => hasher.text(&windows.row(row)),
            Values::Series(windows) => windows.hash(row, hasher),
            Values::Array { shape, data, .. } => {
                let width = width(shape);
                let values = data.range_f32(row * width, (row + 1) * width);
                let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
                hasher.bytes(&bytes);
            }
        }
    }

    /// The given rows in the given order, repeated where an index repeats;
    /// an index out of range is left out.
    pub(crate) fn take(&self, rows: &[usize]) -> Values {
        match self {
            Values::Number(values) => Values::Number(pick(values, rows)),
            Values::Category { levels, indices } => {
                Values::Category { levels: levels.clone(), indices: pick(indices, rows) }
            }
            Values::Text(values) => Values::Text(pick(values, rows)),
            Values::Tokens(windows) => Values::Tokens(windows.take(rows)),
            Values::Series(windows) => Values::Series(windows.take(rows)),
            Values::Array { shape, data, full_scale } => {
                let width = width(shape);
                let data = match data {
                    ArrayData::U8(data) => ArrayData::U8(pick_rows(data, width, rows)),
                    ArrayData::F32(data) => ArrayData::F32(pick_rows(data, width, rows)),
                };
                Values::Array { shape: shape.clone(), data, full_scale: *full_scale }
            }
        }
    }
}

/// A hasher for the bits of numbers: one multiplication and shift each (the
/// finalizer of splitmix64, Vigna 2015). Nobody chooses them to harm.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct BitsHasher(u64);

/// Makes a [`BitsHasher`].
pub(crate) type Mixing = BuildHasherDefault<BitsHasher>;

impl Hasher for BitsHasher {
    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    #[inline]
    fn write_u64(&mut self, bits: u64) {
        let mixed = (self.0 ^ bits).wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        self.0 = mixed ^ (mixed >> 31);
    }
}

/// Number of elements of one row of a shape.
fn width(shape: &[usize]) -> usize {
    shape.iter().product()
}

/// The places of numbers in ascending order; equal ones in the order of the rows. All that
/// orders rows by a number does it here, for a sort is a large piece of code.
pub(crate) fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order
}

/// The entries at `rows`.
pub(crate) fn pick<T: Clone>(values: &[T], rows: &[usize]) -> Vec<T> {
    let mut picked = Vec::with_capacity(rows.len());
    picked.extend(rows.iter().filter_map(|&row| values.get(row).cloned()));
    picked
}

pub(crate) fn pick_rows<T: Copy>(data: &[T], width: usize, rows: &[usize]) -> Vec<T> {
    let mut picked = Vec::with_capacity(rows.len() * width);
    for &row in rows {
        picked.extend_from_slice(data.get(row * width..(row + 1) * width).unwrap_or_default());
    }
    picked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_rows_of_every_kind() {
        let number = Values::Number(vec![1.0, f64::NAN, 3.0]);
        assert_eq!(number.take(&[2, 0, 9]), Values::Number(vec![3.0, 1.0]));
        assert_eq!((number.len(), number.missing()), (3, 1));
        assert!(number.is_missing(1) && !number.is_missing(0));

        let image = Values::Array {
            shape: vec![1, 2, 1],
            data: ArrayData::U8(vec![1, 2, 3, 4, 5, 6]),
            full_scale: 255.0,
        };
        assert_eq!(image.len(), 3);
        let Values::Array { data, .. } = image.take(&[2, 0]) else { panic!("not an array") };
        assert_eq!(data, ArrayData::U8(vec![5, 6, 1, 2]));
        assert_eq!(data.range_f32(1, 3), [6.0, 1.0]);
    }
}
