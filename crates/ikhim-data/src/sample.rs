//! Small data sets for the tests of this crate, without a source.

use crate::{
    Column, ColumnData, ColumnType, ContentHash, Dataset, FileFormat, Origin, Role, RowHash,
    RowHasher, Task, Values,
};

/// An input column of numbers; NaN is missing.
pub(crate) fn number(name: &str, values: &[f64]) -> ColumnData {
    column(name, ColumnType::Number, Values::Number(values.to_vec()))
}

/// An input column of levels; an empty one is missing.
pub(crate) fn category(name: &str, values: &[&str]) -> ColumnData {
    let mut levels: Vec<String> =
        values.iter().filter(|value| !value.is_empty()).map(|value| value.to_string()).collect();
    levels.sort();
    levels.dedup();
    let index = |value: &&str| levels.iter().position(|level| level == value).map(|i| i as u32);
    let indices = values.iter().map(index).collect();
    column(name, ColumnType::Category, Values::Category { levels, indices })
}

fn column(name: &str, kind: ColumnType, values: Values) -> ColumnData {
    let policy = Column::of(kind).decide(kind, false);
    ColumnData { name: name.to_string(), kind, role: Role::Input, policy, is_given: false, values }
}

/// Makes a column the target.
pub(crate) fn target(column: ColumnData) -> ColumnData {
    let policy = Column::of(column.kind).decide(column.kind, true);
    ColumnData { role: Role::Target, policy, ..column }
}

/// Data of some columns; rows are numbered from 0.
pub(crate) fn dataset(task: Task, columns: Vec<ColumnData>) -> Dataset {
    let rows = columns.first().map_or(0, |column| column.values.len());
    let hash = |row: usize, only: Option<Role>| {
        let mut hasher = RowHasher::new();
        for column in columns.iter().filter(|column| only.is_none_or(|role| column.role == role)) {
            column.values.hash(row, &mut hasher);
        }
        hasher.finish()
    };
    let row_hashes: Vec<RowHash> = (0..rows).map(|row| hash(row, None)).collect();
    let input_hashes = (0..rows).map(|row| hash(row, Some(Role::Input))).collect();
    let bytes: Vec<u8> = row_hashes.iter().flat_map(|hash| hash.0).collect();
    Dataset {
        name: "sample".to_string(),
        origin: Origin::Inline,
        task,
        row_ids: (0..rows as u64).collect(),
        content_hash: ContentHash::of(&bytes),
        columns,
        row_hashes,
        input_hashes,
        parts: None,
        notices: Vec::new(),
        credit: None,
        format: FileFormat::default(),
        series: None,
        sequence: None,
        stream: None,
        in_source: Vec::new(),
    }
}
