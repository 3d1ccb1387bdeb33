//! The file as a whole: its keys, and the rules between keys that no single
//! declaration can tell.

use super::VERSION;
use super::key::{FILE, Rule};
use super::reader::{At, Reader};
use super::source::Span;
use super::tree::{Node, Raw};
use super::value::{Settings, Value};
use ikhim_text::Fault;
use std::path::Path;

/// Reads the whole file and applies the rules between its keys.
pub(super) fn check(reader: &mut Reader, tree: &Node, file: &Path) -> Option<Settings> {
    let Raw::Table(pairs) = &tree.raw else { return None };
    check_version(reader, tree);
    if let Some(Raw::Table(columns)) =
        tree.get("data").and_then(|data| data.get("columns")).map(|columns| &columns.raw)
    {
        reader.inputs = columns.iter().map(|pair| pair.key.clone()).collect();
    }
    let mut settings = reader.table(pairs, &FILE, &At::root());
    check_source(reader, tree);
    check_header(reader, tree);
    fill_weight_decay(tree, &mut settings);
    check_rows(reader, tree);
    check_repeated(reader, tree, "data", "header");
    check_repeated(reader, tree, "data", "target");
    check_repeated(reader, tree, "training", "metrics");
    check_shares(reader, tree, &settings);
    super::image_files::check(reader, tree, &settings);
    if settings.get("name").is_none() {
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let name = stem.filter(|stem| Rule::FileName.holds(stem));
        settings.push("name", Value::Text(name.unwrap_or_else(|| "experiment".to_string())));
    }
    Some(settings)
}

fn check_version(reader: &mut Reader, tree: &Node) {
    let Some(node) = tree.get("version") else { return };
    if let Raw::Integer(version) = node.raw
        && version != VERSION
        && version >= 1
    {
        let fault =
            Fault::of("experiment.version").with("found", version).with("expected", VERSION);
        reader.faults.push((node.span.clone(), fault));
    }
}

/// The rows come from one place.
fn check_source(reader: &mut Reader, tree: &Node) {
    let Some(data) = tree.get("data") else { return };
    let Raw::Table(_) = &data.raw else { return };
    let given = ["path", "rows", "dataset"].iter().any(|key| data.get(key).is_some());
    // A key that is nearly one of them has been told already.
    let told = reader.faults.iter().any(|(_, fault)| {
        fault.code() == "experiment.unknown_key" && fault.argument("place") == Some("`[data]`")
    });
    if !given && !told {
        let fault = Fault::of("experiment.one_of")
            .with("place", "`[data]`")
            .with("expected", "`path`, `rows`, `dataset`");
        reader.faults.push((data.span.clone(), fault));
    }
}

/// A list names the columns of inline rows or of a file, `true` and `false` speak
/// of a file.
fn check_header(reader: &mut Reader, tree: &Node) {
    let Some(data) = tree.get("data") else { return };
    let needed = match data.get("header").map(|header| &header.raw) {
        Some(Raw::List(_)) if data.get("path").is_some() => return,
        Some(Raw::List(_)) => "rows",
        Some(Raw::Boolean(_)) => "path",
        _ => return,
    };
    if data.get(needed).is_none()
        && let Some(header) = data.get("header")
    {
        let fault =
            Fault::of("experiment.no_effect").with("key", "data.header").with("expected", needed);
        reader.faults.push((header.span.clone(), fault));
    }
}

/// The decay that `adamw` has in PyTorch: without one it would be `adam`.
fn fill_weight_decay(tree: &Node, settings: &mut Settings) {
    let given = tree.get("training").and_then(|training| training.get("weight_decay"));
    if given.is_some_and(|node| node.text() != Some("default")) {
        return;
    }
    if let Some(Value::Table(training)) = settings.get_mut("training")
        && training.word("optimizer") == Some("adamw")
        && let Some(weight_decay) = training.get_mut("weight_decay")
    {
        *weight_decay = Value::Number(0.01);
    }
}

/// Every row is as wide as the first, and as the header.
fn check_rows(reader: &mut Reader, tree: &Node) {
    let Some(data) = tree.get("data") else { return };
    let Some(Raw::List(rows)) = data.get("rows").map(|rows| &rows.raw) else { return };
    let header = match data.get("header").map(|header| &header.raw) {
        Some(Raw::List(names)) => Some(names.len()),
        _ => None,
    };
    let width = |row: &Node| match &row.raw {
        Raw::List(cells) => Some(cells.len()),
        _ => None,
    };
    let Some(expected) = header.or(rows.first().and_then(width)) else { return };
    for (index, row) in rows.iter().enumerate() {
        if let Some(found) = width(row).filter(|found| *found != expected) {
            let fault = Fault::of("experiment.row_width")
                .with("row", index + 1)
                .with("found", found)
                .with("expected", expected);
            reader.faults.push((row.span.clone(), fault));
        }
    }
}

/// A list of names has each once.
fn check_repeated(reader: &mut Reader, tree: &Node, section: &str, key: &str) {
    let list = tree.get(section).and_then(|section| section.get(key)).map(|list| &list.raw);
    let Some(Raw::List(items)) = list else { return };
    for (index, item) in items.iter().enumerate() {
        let repeated = items[..index].iter().any(|earlier| earlier.raw == item.raw);
        if let Some(word) = item.text().filter(|_| repeated) {
            let fault = Fault::of("experiment.repeated")
                .with("found", word)
                .with("key", format!("{section}.{key}"));
            reader.faults.push((item.span.clone(), fault));
        }
    }
}

fn check_shares(reader: &mut Reader, tree: &Node, settings: &Settings) {
    let Some(split) = settings.choice("split") else { return };
    let share = |key: &str| match split.settings.get(key) {
        Some(Value::Number(share)) => *share,
        _ => 0.0,
    };
    if share("validation") + share("test") >= 1.0 {
        let span = tree
            .get("split")
            .and_then(|split| split.get("test").or(split.get("validation")))
            .map_or_else(Span::nowhere, |node| node.span.clone());
        reader.faults.push((span, Fault::of("experiment.no_train_rows")));
    }
}
