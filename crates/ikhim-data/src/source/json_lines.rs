//! JSON lines: one object on each line, its fields are the columns.

use super::encoding;
use super::place::{Places, WHOLE_LINES, mark};
use super::table::{Cells, Raw, Table, stem};
use crate::{ContentHash, Notice, Origin};
use ikhim_text::{Fault, Result, sentence};
use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::collections::HashMap;
use std::fmt;
use std::path::Path;

/// The fields of one object, each as often as it stands there.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Fields, D::Error> {
        struct Object;
        impl<'de> Visitor<'de> for Object {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(Object)
    }
}

/// What is wrong with a line, without the place that is told beside it, and the
/// letter at which it is wrong, from 0.
fn told(error: &serde_json::Error) -> (String, usize) {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text).to_string();
    (what, error.column().saturating_sub(1))
}

/// Whether a file holds JSON lines: it is called so, or its first line is an
/// object.
pub(crate) fn is_json_lines(content: &[u8], path: &Path) -> bool {
    let name = path.to_string_lossy().to_lowercase();
    let name = name.strip_suffix(".gz").unwrap_or(&name);
    let first = content.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let is_object = |line: &[u8]| serde_json::from_slice::<Map<String, Value>>(line).is_ok();
    name.ends_with(".jsonl")
        || name.ends_with(".ndjson")
        || name.ends_with(".json")
        || first.is_some_and(is_object)
}

/// Whether a text is one JSON document: a list, or an object over several lines.
fn is_document(text: &str) -> bool {
    let text = text.trim_start();
    let spread = || {
        text.starts_with('{')
            && text.lines().next().is_some_and(|line| line.trim_end() == "{")
            && serde_json::from_str::<IgnoredAny>(text).is_ok()
    };
    text.starts_with('[') || spread()
}

/// Cuts the lines into cells. Columns stand in the order in which their names
/// first appear; a field that a line does not have, and `null`, are missing.
pub(crate) fn parse(content: Vec<u8>, path: &Path) -> Result<Table> {
    let content_hash = ContentHash::of(&content);
    let (text, encoding) = encoding::decode(content, path)?;
    if is_document(&text) {
        let start = text.len() - text.trim_start().len();
        let fault = Fault::of("data.json_document").with("path", path.display()).file(path);
        return Err(mark(fault, &text, start, start + 1));
    }
    let mut names: Vec<String> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    let mut rows: Vec<Vec<(usize, String)>> = Vec::new();
    let mut starts = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let place = start;
        start += line.len();
        let content = line.trim();
        if content.is_empty() {
            continue;
        }
        let fault = |code, found: String| {
            let end = place + line.trim_end().len();
            mark(Fault::of(code).with("found", found).file(path), &text, place, end.max(place))
        };
        let Fields(fields) = serde_json::from_str(content).map_err(|error| {
            let (what, letter) = told(&error);
            let before = line.len() - line.trim_start().len();
            let mut at = place + before + letter.min(content.len().saturating_sub(1));
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            let fault = Fault::of("data.json_line").with("found", what).file(path);
            mark(fault, &text, at, at + 1)
        })?;
        let mut row: Vec<(usize, String)> = Vec::new();
        for (name, value) in fields {
            let Some(cell) = cell(&value) else {
                let what = if value.is_array() { "a list" } else { "an object" };
                return Err(fault("data.json_nested", what.to_string()).with("column", name));
            };
            let next = names.len();
            let column = *known.entry(name.clone()).or_insert(next);
            if row.iter().any(|(known, _)| *known == column) {
                return Err(fault("data.json_repeated", cell).with("column", name));
            }
            if column == next {
                names.push(name);
            }
            row.push((column, cell));
        }
        rows.push(row);
        starts.push(place);
    }
    if rows.is_empty() || names.is_empty() {
        return Err(Fault::of("data.no_rows").with("path", path.display()).file(path));
    }
    let mut columns = vec![Cells::default(); names.len()];
    for row in &rows {
        let mut cells: Vec<&str> = vec![""; names.len()];
        row.iter().for_each(|(column, cell)| cells[*column] = cell);
        columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
    }
    let notices = encoding
        .into_iter()
        .map(|name| Notice::new("data.encoding", sentence::DATA_ENCODING).with("encoding", name));
    Ok(Table {
        name: stem(path),
        origin: Origin::File(path.to_path_buf()),
        content_hash,
        kinds: vec![None; names.len()],
        names,
        named: true,
        columns: columns.into_iter().map(Raw::Text).collect(),
        class_names: Vec::new(),
        notices: notices.collect(),
        places: Places::File {
            path: path.to_path_buf(),
            text: text.into(),
            separator: WHOLE_LINES,
            starts,
            header: None,
        },
        default_target: None,
        parts: None,
        credit: None,
        row_hashes: None,
    })
}

/// A value as a cell of a file; nothing for what is no single value.
fn cell(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.clone()),
        Value::Array(_) | Value::Object(_) => None,
    }
}
