//! Arrays that a program holds.

use super::place::Places;
use super::table::{Cells, Raw, Table};
use crate::{ArrayData, ColumnType, ContentHash, Origin};
use ikhim_text::{Fault, Result};

/// Input values of a program, row after row in row-major order.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Features {
    /// Bytes, as images have them; full intensity is 255.
    U8(Vec<u8>),
    /// Single precision.
    F32(Vec<f32>),
    /// Double precision. Kept for rows of one axis, rounded to f32 for others.
    F64(Vec<f64>),
}

/// What a program wants learned, one entry per row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Labels {
    /// Names of classes.
    Classes(Vec<String>),
    /// Numbers.
    Numbers(Vec<f64>),
}

/// Declares what becomes features or labels.
macro_rules! become_one {
    ($($source:ty => $result:ident::$variant:ident, $value:ident: $map:expr;)*) => {$(
        impl From<Vec<$source>> for $result {
            fn from(values: Vec<$source>) -> $result {
                $result::$variant(values.into_iter().map(|$value| $map).collect())
            }
        }
    )*};
}

become_one! {
    u8 => Features::U8, x: x;
    f32 => Features::F32, x: x;
    f64 => Features::F64, x: x;
    &str => Labels::Classes, x: x.to_string();
    String => Labels::Classes, x: x;
    bool => Labels::Classes, x: x.to_string();
    u8 => Labels::Classes, x: x.to_string();
    u32 => Labels::Classes, x: x.to_string();
    i32 => Labels::Classes, x: x.to_string();
    i64 => Labels::Classes, x: x.to_string();
    usize => Labels::Classes, x: x.to_string();
    f32 => Labels::Numbers, x: f64::from(x);
    f64 => Labels::Numbers, x: x;
}

impl Features {
    fn len(&self) -> usize {
        match self {
            Features::U8(data) => data.len(),
            Features::F32(data) => data.len(),
            Features::F64(data) => data.len(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Features::U8(data) => data.clone(),
            Features::F32(data) => data.iter().flat_map(|x| x.to_le_bytes()).collect(),
            Features::F64(data) => data.iter().flat_map(|x| x.to_le_bytes()).collect(),
        }
    }

    fn get(&self, index: usize) -> f64 {
        match self {
            Features::U8(data) => data.get(index).map_or(f64::NAN, |&x| f64::from(x)),
            Features::F32(data) => data.get(index).map_or(f64::NAN, |&x| f64::from(x)),
            Features::F64(data) => data.get(index).copied().unwrap_or(f64::NAN),
        }
    }
}

impl Labels {
    fn len(&self) -> usize {
        match self {
            Labels::Classes(names) => names.len(),
            Labels::Numbers(values) => values.len(),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        match self {
            Labels::Classes(names) => {
                names.iter().flat_map(|name| name.bytes().chain([0x1f])).collect()
            }
            Labels::Numbers(values) => values.iter().flat_map(|x| x.to_le_bytes()).collect(),
        }
    }
}

/// Makes a table: one column per element for rows of one axis, one column of
/// arrays for rows of more; then the label.
pub(crate) fn table(shape: &[usize], features: &Features, labels: &Labels) -> Result<Table> {
    let rows = labels.len();
    let width = shape.iter().try_fold(1_usize, |size, &axis| size.checked_mul(axis));
    let expected = width.and_then(|width| width.checked_mul(rows));
    if expected != Some(features.len()) || width == Some(0) {
        return Err(Fault::of("data.array_length")
            .with("expected", format!("{rows} rows of shape {shape:?}"))
            .with("found", features.len()));
    }
    if rows == 0 {
        return Err(Fault::of("data.no_rows").with("path", "arrays"));
    }
    let width = width.unwrap_or(1);
    let mut content = features.bytes();
    content.extend(labels.bytes());
    let (mut names, mut columns, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    if shape.len() > 1 {
        names.push("image".to_string());
        kinds.push(Some(ColumnType::Image));
        columns.push(arrays(shape, features));
    } else {
        for column in 0..width {
            names.push(format!("x{}", column + 1));
            kinds.push(Some(ColumnType::Number));
            let values = (0..rows).map(|row| features.get(row * width + column)).collect();
            columns.push(Raw::Numbers(values));
        }
    }
    names.push("y".to_string());
    match labels {
        Labels::Classes(classes) => {
            let mut cells = Cells::default();
            classes.iter().for_each(|class| cells.push(class));
            columns.push(Raw::Text(cells));
            kinds.push(Some(ColumnType::Category));
        }
        Labels::Numbers(values) => {
            columns.push(Raw::Numbers(values.clone()));
            kinds.push(Some(ColumnType::Number));
        }
    }
    Ok(Table {
        name: "arrays".to_string(),
        origin: Origin::Inline,
        content_hash: ContentHash::of(&content),
        names,
        named: true,
        columns,
        kinds,
        class_names: Vec::new(),
        notices: Vec::new(),
        places: Places::Inline,
        default_target: Some("y"),
        parts: None,
        credit: None,
        row_hashes: None,
    })
}

fn arrays(shape: &[usize], features: &Features) -> Raw {
    let (data, full_scale) = match features {
        Features::U8(data) => (ArrayData::U8(data.clone()), 255.0),
        Features::F32(data) => (ArrayData::F32(data.clone()), 1.0),
        Features::F64(data) => (ArrayData::F32(data.iter().map(|&x| x as f32).collect()), 1.0),
    };
    Raw::Arrays { shape: shape.to_vec(), data, full_scale, content: None }
}
