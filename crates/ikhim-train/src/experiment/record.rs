//! `[resolved]`: what ikhim notes in a resolved file about the data that it
//! found. It only informs: nothing reads it again.

use ikhim_data::{ColumnData, Dataset, SplitRecord, Values};
use ikhim_run::experiment::{Settings, Value};

/// Reference evaluator and compiled programs share one set of bits; processors
/// without fused multiply-add would have another.
const BITS: &str = "fma";

pub(super) fn record(dataset: &Dataset, split: &SplitRecord) -> Settings {
    let rows = |count: usize| Value::Integer(count as i64);
    let text = |text: String| Value::Text(text);
    let data = [
        ("sha256", text(dataset.content_hash().to_string())),
        ("rows", rows(dataset.all_rows())),
        ("train", rows(split.train.rows)),
        ("validation", rows(split.validation.rows)),
        ("test", rows(split.sealed_ids.len())),
        ("split_hash", text(split.hash().to_string())),
    ];
    let columns = dataset.columns().iter();
    let schema = columns.map(|column| (column.name.clone(), Value::Table(entry(column, dataset))));
    [
        ("ikhim", text(env!("CARGO_PKG_VERSION").to_string())),
        ("bits", text(BITS.to_string())),
        ("data", Value::Table(data.into_iter().collect())),
        ("schema", Value::Table(schema.collect())),
    ]
    .into_iter()
    .collect()
}

/// What was found in a column.
fn entry(column: &ColumnData, dataset: &Dataset) -> Settings {
    // Of a table that is read in pieces only some rows are here.
    let own = if dataset.is_streamed() { 0 } else { dataset.len() };
    let missing = (0..own).filter(|row| column.values.is_missing(*row)).count();
    let mut found = vec![("type", Value::Text(column.kind.word().to_string()))];
    match &column.values {
        Values::Category { levels, .. } => {
            found.push(("levels", Value::Integer(levels.len() as i64)));
        }
        Values::Array { shape, .. } => {
            let sizes = shape.iter().map(|size| Value::Integer(*size as i64));
            found.push(("shape", Value::List(sizes.collect())));
        }
        _ => {}
    }
    if missing > 0 {
        found.push(("missing", Value::Integer(missing as i64)));
    }
    found.into_iter().collect()
}
