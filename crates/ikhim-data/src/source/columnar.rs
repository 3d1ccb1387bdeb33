//! Files that hold tables column by column: Parquet, and Arrow's own, which is also
//! Feather's second version. They are read with the feature `parquet`.

use ikhim_text::{Fault, Result};
use std::path::Path;

/// A form of file that holds columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Columnar {
    Parquet,
    Arrow,
}

impl Columnar {
    /// What a file is by its first bytes.
    pub(crate) fn of(content: &[u8]) -> Option<Columnar> {
        match content {
            content if content.starts_with(b"PAR1") => Some(Columnar::Parquet),
            content if content.starts_with(b"ARROW1") => Some(Columnar::Arrow),
            _ => None,
        }
    }
}

/// Says how to have such a file read, where this program cannot.
#[cfg(not(feature = "parquet"))]
pub(crate) fn read(form: Columnar, _content: Vec<u8>, path: &Path) -> Result<super::table::Table> {
    let (name, reader) = match form {
        Columnar::Parquet => ("Parquet", "read_parquet"),
        Columnar::Arrow => ("Arrow", "read_feather"),
    };
    let fault = Fault::of("data.not_utf8").with("path", path.display()).with("byte", 1);
    Err(fault.file(path).help_words(
        format!(
            "this is a {name} file: write it as CSV, e.g. with pandas: {reader}(…).to_csv(…, \
             index=False), or build ikhim so that it reads them: cargo build --release -p \
             ikhim-cli --features parquet"
        ),
        format!(
            "{name} 파일입니다. 예를 들어 pandas의 {reader}(…).to_csv(…, index=False)로 CSV로 \
             바꾸거나, 이런 파일을 읽도록 빌드하세요: cargo build --release -p ikhim-cli \
             --features parquet"
        ),
    ))
}

#[cfg(feature = "parquet")]
pub(crate) use reading::read;

#[cfg(feature = "parquet")]
mod reading {
    use super::{Columnar, Fault, Path, Result};
    use crate::source::csv::first_repeated;
    use crate::source::place::Places;
    use crate::source::table::{Cells, Raw, Table, stem};
    use crate::{ContentHash, Origin};
    use arrow_array::RecordBatch;
    use arrow_cast::display::{ArrayFormatter, FormatOptions};
    use arrow_ipc::reader::FileReader;
    use arrow_schema::{ArrowError, DataType, SchemaRef};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
    use parquet::errors::ParquetError;
    use std::fmt::{Display, Write};
    use std::fs::File;
    use std::io::Cursor;

    /// Reads all rows. A cell becomes the text that a file of separated values would
    /// hold, so that types, missing words and hashes of rows are those of such a file.
    pub(crate) fn read(form: Columnar, content: Vec<u8>, path: &Path) -> Result<Table> {
        let content_hash = ContentHash::of(&content);
        let broken = |error: &dyn Display| {
            Fault::of("file.failed").with("path", path.display()).with("found", error).file(path)
        };
        let (schema, columns) = match form {
            Columnar::Parquet => parquet(path, &broken)?,
            Columnar::Arrow => arrow(&content, &broken)?,
        };
        let names: Vec<String> = schema.fields().iter().map(|field| field.name().clone()).collect();
        if let Some((earlier, later)) = first_repeated(&names) {
            return Err(Fault::of("data.duplicate_column")
                .with("column", &names[later])
                .with("first", earlier + 1)
                .with("second", later + 1)
                .file(path));
        }
        if columns.first().is_none_or(|cells| cells.len() == 0) {
            return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
        }
        Ok(Table {
            name: stem(path),
            origin: Origin::File(path.to_path_buf()),
            content_hash,
            named: true,
            kinds: vec![None; names.len()],
            names,
            columns: columns.into_iter().map(Raw::Text).collect(),
            class_names: Vec::new(),
            notices: Vec::new(),
            places: Places::Folder(path.to_path_buf()),
            default_target: None,
            parts: None,
            credit: None,
            row_hashes: None,
        })
    }

    type Broken<'a> = &'a dyn Fn(&dyn Display) -> Fault;

    fn parquet(path: &Path, broken: Broken<'_>) -> Result<(SchemaRef, Vec<Cells>)> {
        let file = File::open(path).map_err(|error| broken(&error))?;
        let of = |error: &ParquetError| broken(error);
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| of(&error))?;
        let schema = builder.schema().clone();
        let batches = builder.build().map_err(|error| of(&error))?;
        let columns = columns(&schema, batches, broken)?;
        Ok((schema, columns))
    }

    fn arrow(content: &[u8], broken: Broken<'_>) -> Result<(SchemaRef, Vec<Cells>)> {
        let batches =
            FileReader::try_new(Cursor::new(content), None).map_err(|error| broken(&error))?;
        let schema = batches.schema();
        let columns = columns(&schema, batches, broken)?;
        Ok((schema, columns))
    }

    fn columns(
        schema: &SchemaRef,
        batches: impl Iterator<Item = std::result::Result<RecordBatch, ArrowError>>,
        broken: Broken<'_>,
    ) -> Result<Vec<Cells>> {
        for field in schema.fields() {
            if !is_cell(field.data_type()) {
                let (name, kind) = (field.name(), field.data_type());
                let found = format!(
                    "column `{name}` holds {kind}, expected numbers, words, dates or yes and no"
                );
                return Err(broken(&found));
            }
        }
        let mut columns = vec![Cells::default(); schema.fields().len()];
        // What is missing is an empty cell.
        let options = FormatOptions::default().with_null("");
        let mut cell = String::new();
        for batch in batches {
            let batch = batch.map_err(|error| broken(&error))?;
            for (array, cells) in batch.columns().iter().zip(&mut columns) {
                let shown = ArrayFormatter::try_new(array.as_ref(), &options);
                let shown = shown.map_err(|error| broken(&error))?;
                for row in 0..array.len() {
                    cell.clear();
                    write!(cell, "{}", shown.value(row)).map_err(|error| broken(&error))?;
                    cells.push(&cell);
                }
            }
        }
        Ok(columns)
    }

    /// Whether a value is one cell of a table.
    fn is_cell(kind: &DataType) -> bool {
        let bytes = matches!(
            kind,
            DataType::Binary
                | DataType::LargeBinary
                | DataType::BinaryView
                | DataType::FixedSizeBinary(_)
        );
        match kind {
            DataType::Dictionary(_, values) => is_cell(values),
            kind => !kind.is_nested() && !bytes,
        }
    }
}
