//! Rows that stand in an experiment or come from a program.

use super::csv::first_repeated;
use super::place::Places;
use super::table::{Cells, Raw, Table};
use crate::{ContentHash, Origin};
use ikhim_text::{Fault, Result};

/// One cell of an inline row.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Cell {
    /// A number; NaN is a missing value.
    Number(f64),
    /// A text, read as a cell of a file: `"1.5"` is a number.
    Text(String),
    /// No value.
    Missing,
}

impl Cell {
    fn text(&self) -> String {
        match self {
            // The shortest decimal that reads back as the same number.
            Cell::Number(number) => number.to_string(),
            Cell::Text(text) => text.clone(),
            Cell::Missing => String::new(),
        }
    }
}

/// Declares what becomes a cell of a number.
macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Cell {
            fn from(number: $number) -> Cell {
                Cell::Number(f64::from(number))
            }
        }
    )*};
}

numbers!(f64, f32, i32, u32, i16, u16, i8, u8);

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_string())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<bool> for Cell {
    fn from(yes: bool) -> Cell {
        Cell::Text(yes.to_string())
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(cell: Option<T>) -> Cell {
        cell.map_or(Cell::Missing, Into::into)
    }
}

/// Makes a table of rows.
pub(crate) fn table(header: &[String], rows: &[Vec<Cell>]) -> Result<Table> {
    if let Some((first, second)) = first_repeated(header) {
        return Err(Fault::of("data.duplicate_column")
            .with("column", &header[second])
            .with("first", first + 1)
            .with("second", second + 1));
    }
    let mut columns = vec![Cells::default(); header.len()];
    let mut content = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.len() != header.len() {
            return Err(Fault::of("data.ragged_row")
                .with("row", index + 1)
                .with("expected", header.len())
                .with("found", row.len()));
        }
        for (column, cell) in columns.iter_mut().zip(row) {
            let text = cell.text();
            column.push(&text);
            content.extend_from_slice(text.as_bytes());
            content.push(0x1f);
        }
        content.push(0x1e);
    }
    if rows.is_empty() {
        return Err(Fault::of("data.no_rows").with("path", "rows"));
    }
    Ok(Table {
        name: "rows".to_string(),
        origin: Origin::Inline,
        content_hash: ContentHash::of(&content),
        names: header.to_vec(),
        named: true,
        kinds: vec![None; header.len()],
        columns: columns.into_iter().map(Raw::Text).collect(),
        class_names: Vec::new(),
        notices: Vec::new(),
        places: Places::Inline,
        default_target: None,
        parts: None,
        credit: None,
        row_hashes: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_made_of_what_programs_have() {
        let row: Vec<Cell> =
            vec![1.into(), 2.5.into(), "a".into(), true.into(), None::<f64>.into()];
        let texts: Vec<String> = row.iter().map(Cell::text).collect();
        assert_eq!(texts, ["1", "2.5", "a", "true", ""]);
    }

    #[test]
    fn rows_must_be_as_long_as_the_header() {
        let header = ["a".to_string(), "b".to_string()];
        let fault = table(&header, &[vec![1.into(), 2.into()], vec![1.into()]]).unwrap_err();
        assert_eq!(fault.code(), "data.ragged_row");
        assert_eq!(fault.to_string(), "row 2: expected 2 cells, found 1");
    }
}
