//! A table of text cells, as a source has it before any type is known.

use super::csv::Typed;
use super::place::Places;
use crate::values::{pick, pick_rows};
use crate::{ArrayData, ColumnType, ContentHash, Credit, Notice, Origin, Part, RowHash, RowHasher};
use ikhim_text::Fault;
use std::path::Path;
use std::sync::Arc;

/// The cells of one column, one text behind the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cells {
    text: String,
    ends: Vec<usize>,
}

impl Cells {
    pub(crate) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Puts the cells of another column behind these.
    pub(crate) fn append(&mut self, more: &mut Cells) {
        let before = self.text.len();
        self.text.push_str(&more.text);
        self.ends.extend(more.ends.iter().map(|end| before + end));
        *more = Cells::default();
    }

    /// The cell of a row; empty when there is no such row.
    pub(crate) fn get(&self, row: usize) -> &str {
        let start = row.checked_sub(1).and_then(|row| self.ends.get(row)).copied().unwrap_or(0);
        let end = self.ends.get(row).copied().unwrap_or(start);
        &self.text[start..end]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|row| self.get(row))
    }
}

/// A column as its source has it.
#[derive(Debug, Clone)]
pub(crate) enum Raw {
    /// Text of which the type is still to be found.
    Text(Cells),
    /// Cells of a file that were typed while it was cut.
    Typed(Arc<Typed>),
    /// Numbers; a missing one is NaN.
    Numbers(Vec<f64>),
    /// What names the rows in their source, e.g. files. A row stays the same
    /// under another name, so names are no part of its hash.
    Names(Cells),
    /// Arrays, row after row. Where each is a file of its own, the hash of its
    /// content: a row is known again whatever size it was brought to.
    Arrays {
        shape: Vec<usize>,
        data: ArrayData,
        full_scale: f64,
        content: Option<Vec<ContentHash>>,
    },
}

impl Raw {
    pub(crate) fn len(&self) -> usize {
        match self {
            Raw::Text(cells) | Raw::Names(cells) => cells.len(),
            Raw::Typed(typed) => typed.len(),
            Raw::Numbers(values) => values.len(),
            Raw::Arrays { shape, data, .. } => data.len() / shape.iter().product::<usize>().max(1),
        }
    }

    /// These rows only.
    fn take(&self, rows: &[usize]) -> Raw {
        let cells = |cells: &Cells| {
            let mut taken = Cells::default();
            rows.iter().for_each(|&row| taken.push(cells.get(row)));
            taken
        };
        match self {
            Raw::Text(all) => Raw::Text(cells(all)),
            Raw::Names(all) => Raw::Names(cells(all)),
            Raw::Typed(typed) => Raw::Typed(Arc::new(typed.take(rows))),
            Raw::Numbers(values) => Raw::Numbers(pick(values, rows)),
            Raw::Arrays { shape, data, full_scale, content } => {
                let width = shape.iter().product();
                let data = match data {
                    ArrayData::U8(data) => ArrayData::U8(pick_rows(data, width, rows)),
                    ArrayData::F32(data) => ArrayData::F32(pick_rows(data, width, rows)),
                };
                let content = content.as_ref().map(|content| pick(content, rows));
                Raw::Arrays { shape: shape.clone(), data, full_scale: *full_scale, content }
            }
        }
    }

    /// Adds the cell of a row to a hash.
    pub(crate) fn hash(&self, row: usize, hasher: &mut RowHasher) {
        match self {
            Raw::Text(cells) => hasher.cell(cells.get(row)),
            Raw::Names(_) => {}
            Raw::Typed(typed) => typed.hash(row, hasher),
            Raw::Numbers(values) => hasher.number(values.get(row).copied().unwrap_or(f64::NAN)),
            Raw::Arrays { content: Some(content), .. } => {
                hasher.bytes(content.get(row).map_or(&[], |hash| &hash.0));
            }
            Raw::Arrays { shape, data, .. } => {
                let width = shape.iter().product::<usize>();
                let cut = row * width..(row + 1) * width;
                match data {
                    ArrayData::U8(data) => hasher.bytes(data.get(cut).unwrap_or_default()),
                    ArrayData::F32(data) => {
                        let data = data.get(cut).unwrap_or_default();
                        let bytes: Vec<u8> =
                            data.iter().flat_map(|x| (x + 0.0).to_le_bytes()).collect();
                        hasher.bytes(&bytes);
                    }
                }
            }
        }
    }
}

/// A table before its types are known, with what is needed to say where a
/// cell stands.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) origin: Origin,
    pub(crate) content_hash: ContentHash,
    /// Column names, unique.
    pub(crate) names: Vec<String>,
    /// Whether the source names its columns, or they are only counted.
    pub(crate) named: bool,
    pub(crate) columns: Vec<Raw>,
    /// Types that the source itself knows, for each column.
    pub(crate) kinds: Vec<Option<ColumnType>>,
    /// Names for the values 0, 1, … of the last column, where the source gives
    /// them.
    pub(crate) class_names: Vec<String>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) places: Places,
    /// The target where none is named, when the source knows it.
    pub(crate) default_target: Option<&'static str>,
    pub(crate) parts: Option<Vec<Part>>,
    pub(crate) credit: Option<Credit>,
    /// The hash of all cells of each row, where it was made while reading and the
    /// columns are still those.
    pub(crate) row_hashes: Option<Vec<RowHash>>,
}

impl Table {
    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.columns.first().map_or(0, Raw::len)
    }

    /// Keeps these rows only.
    pub(crate) fn take(&mut self, rows: &[usize]) {
        for column in &mut self.columns {
            *column = column.take(rows);
        }
        self.parts = self.parts.as_ref().map(|parts| pick(parts, rows));
        self.row_hashes = self.row_hashes.as_ref().map(|hashes| pick(hashes, rows));
        match &mut self.places {
            Places::File { starts, .. } => *starts = pick(starts, rows),
            Places::Files { rows: of_file, .. } => *of_file = pick(of_file, rows),
            _ => {}
        }
    }

    /// Makes those columns text again whose type keeps the cells as they are written.
    pub(crate) fn keep_text(&mut self, kinds: impl IntoIterator<Item = (usize, ColumnType)>) {
        use ColumnType::{Binary, Category, Number};
        let keeps = |(index, kind): &(usize, ColumnType)| {
            matches!(self.columns[*index], Raw::Typed(_))
                && !matches!(kind, Number | Category | Binary)
        };
        let columns: Vec<usize> = kinds.into_iter().filter(keeps).map(|(index, _)| index).collect();
        self.as_text(&columns);
    }

    /// Makes columns that were typed while they were read text again.
    pub(crate) fn as_text(&mut self, columns: &[usize]) {
        for (&index, cells) in columns.iter().zip(self.places.cells(columns)) {
            self.columns[index] = Raw::Text(cells);
        }
    }

    /// Adds the place of a cell to a fault.
    pub(crate) fn at(&self, fault: Fault, row: usize, column: usize) -> Fault {
        self.places.cell(fault, row, column)
    }
}

/// The name of a file without folder and extensions.
pub(crate) fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_string(),
        _ => name.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_kept_apart() {
        let mut cells = Cells::default();
        ["a", "", "가나"].into_iter().for_each(|cell| cells.push(cell));
        assert_eq!(cells.iter().collect::<Vec<_>>(), ["a", "", "가나"]);
        assert_eq!(cells.get(7), "");
    }
}
