//! The line of a cell that turned out wrong after its file was read.

use super::place::Places;
use super::{bytes, csv, json_lines};
use crate::{ContentHash, Dataset, Origin};
use ikhim_text::Fault;

impl Dataset {
    /// Gives a fault that names a row and a column of these rows the line of the file
    /// that they stand in. The file is read again for it; one that is no text, or that
    /// changed since, gives no line.
    pub fn locate(&self, fault: Fault) -> Fault {
        fault.each(|fault| self.with_line(fault))
    }

    fn with_line(&self, fault: Fault) -> Fault {
        let row = fault.argument("row").and_then(|row| row.parse::<usize>().ok());
        let name = fault.argument("column").map(str::to_string);
        let (Some(row), Some(name), None) = (row, name, fault.location().line) else {
            return fault;
        };
        match self.places() {
            Some((places, names)) => {
                // A row is named from 1 on, by its place in the source.
                let column = names.iter().position(|known| *known == name).unwrap_or(0);
                places.cell(fault, row.saturating_sub(1), column)
            }
            None => fault,
        }
    }

    /// Where the cells of a text file are, and the names of its columns.
    fn places(&self) -> Option<(Places, Vec<String>)> {
        let Origin::File(path) = &self.origin else { return None };
        let content = bytes::read(path).ok().filter(|_| path.is_file())?;
        if ContentHash::of(&content) != self.content_hash {
            return None;
        }
        let table = match json_lines::is_json_lines(&content, path) {
            true => json_lines::parse(content, path),
            false => {
                let mut options = self.format.options(Vec::new());
                options.known = self.columns.iter().map(|column| column.name.clone()).collect();
                options.missing.clone_from(&self.format.missing_values);
                csv::parse_file(content, path, &options)
            }
        };
        table.ok().map(|table| (table.places, table.names))
    }
}
