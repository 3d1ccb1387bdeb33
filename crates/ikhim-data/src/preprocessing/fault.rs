//! What cannot be encoded.

use crate::Dataset;
use ikhim_text::Fault;
use ikhim_text::nearest::nearest;

pub(super) fn misfit(column: &str, key: &str, found: &str, expected: &str) -> Fault {
    Fault::of("data.word_does_not_fit")
        .with("column", column)
        .with("key", key)
        .with("found", found)
        .with("expected", expected)
}

pub(super) fn no_values(column: &str) -> Fault {
    Fault::of("data.no_values").with("column", column)
}

pub(super) fn no_target() -> Fault {
    Fault::of("data.no_target")
}

pub(super) fn missing_column(column: &str, data: &Dataset) -> Fault {
    let found: Vec<String> = data.columns().iter().map(|column| column.name.clone()).collect();
    Fault::of("data.missing_column").with("column", column).with("found", shortened(&found))
}

pub(super) fn missing_field(column: &str, found: &[String]) -> Fault {
    Fault::of("data.missing_column").with("column", column).with("found", shortened(found))
}

pub(super) fn unknown_field(found: &str, known: &[String]) -> Fault {
    let fault = Fault::of("data.unknown_column").with("found", found);
    let fault = fault.with("expected", shortened(known));
    match nearest(found, known.iter().map(String::as_str)) {
        Some(near) => fault.help(format!("did you mean `{near}`?")),
        None => fault,
    }
}

pub(super) fn row_length(row: usize, expected: usize, found: usize) -> Fault {
    Fault::of("data.row_length")
        .with("row", row + 1)
        .with("expected", expected)
        .with("found", found)
}

pub(super) fn pixel(row: usize, found: &str) -> Fault {
    Fault::of("data.pixel").with("row", row + 1).with("found", found)
}

pub(super) fn image_shape(column: &str, expected: &[usize], found: &[usize]) -> Fault {
    Fault::of("data.image_shape")
        .with("column", column)
        .with("expected", format!("{expected:?}"))
        .with("found", format!("{found:?}"))
}

pub(super) fn label_needed(column: &str, row: u64) -> Fault {
    Fault::of("data.label_needed").with("column", column).with("row", row + 1)
}

pub(super) fn value_needed(column: &str, row: u64) -> Fault {
    Fault::of("data.value_needed").with("column", column).with("row", row + 1)
}

/// A target that is beyond single precision once it is scaled as the train rows are.
pub(super) fn too_large(column: &str, row: u64, found: f64) -> Fault {
    Fault::of("data.too_large")
        .with("column", column)
        .with("row", row + 1)
        .with("found", format!("{found:e}"))
        .with("most", format!("{:.1e}", f32::MAX))
        .with("power", format!("1e{}", found.abs().log10().round()))
}

pub(super) fn unseen_level(column: &str, row: u64, found: &str, known: &[String]) -> Fault {
    Fault::of("data.unseen_level")
        .with("column", column)
        .with("row", row + 1)
        .with("found", found)
        .with("expected", shortened(known))
}

pub(super) fn unseen_class(column: &str, data: &Dataset, row: usize, found: &str) -> Fault {
    Fault::of("data.unseen_class")
        .with("column", column)
        .with("row", data.row_ids().get(row).map_or(0, |id| id + 1))
        .with("found", found)
}

/// The first names of a list that may be long.
fn shortened(names: &[String]) -> String {
    let shown = names.iter().take(8).map(String::as_str).collect::<Vec<_>>().join(", ");
    if names.len() > 8 { format!("{shown}, … ({} in all)", names.len()) } else { shown }
}

pub(super) fn several_inputs(inputs: &[(String, Vec<usize>)]) -> Fault {
    let names: Vec<String> = inputs.iter().map(|(name, _)| format!("`{name}`")).collect();
    Fault::of("data.reconstruction_inputs").with("found", names.join(", "))
}
