//! The resolved file: every key with its value, as TOML 1.0 that reads back to
//! the same experiment.

use super::key::{FILE, JOINING};
use super::layers::{FEATURES, LayerEntry};
use super::value::{Choice, Settings, Value};
use std::fmt::Write;

/// The whole file. Sections are tables, what stands in them is one line each,
/// layers are inline tables of one line.
pub(super) fn toml(settings: &Settings) -> String {
    let mut text = String::new();
    let mut sections = String::new();
    for (name, value) in settings.iter() {
        let is_section = matches!(value, Value::Table(_))
            || matches!(value, Value::Choice(_)) && FILE.keys.iter().any(|key| key.name == name);
        if is_section {
            section(&mut sections, name, value);
        } else {
            line(&mut text, name, value);
        }
    }
    text + &sections
}

fn section(text: &mut String, path: &str, value: &Value) {
    let _ = writeln!(text, "\n[{path}]");
    let mut tables = Vec::new();
    let settings = match value {
        Value::Choice(choice) => {
            if let Some(tag) = tag(path, choice) {
                line(text, tag, &Value::Text(choice.kind.to_string()));
            }
            &choice.settings
        }
        Value::Table(settings) => settings,
        _ => return,
    };
    for (name, value) in settings.iter() {
        match value {
            // `[data.columns]` and the like: many entries, one line each.
            Value::Table(inner) if inner.iter().any(|(_, value)| value.table().is_some()) => {
                tables.push((name, value));
            }
            // The keys that are tuned are paths, written as such.
            value if path == "tune.parameters" => {
                let _ = writeln!(text, "{name} = {}", inline(value));
            }
            value => line(text, name, value),
        }
    }
    for (name, value) in tables {
        section(text, &format!("{path}.{}", key(name)), value);
    }
}

/// The key that names the word of a section, unless a key of the same name does.
fn tag(section: &str, choice: &Choice) -> Option<&'static str> {
    let key = FILE.keys.iter().find(|key| key.name == section)?;
    let choices = key.holds.choices()?;
    let implied = choices.kind(choice.kind).is_some_and(|kind| kind.implied());
    (!implied).then_some(choices.tag)
}

fn line(text: &mut String, name: &str, value: &Value) {
    let _ = match value {
        Value::Layers(entries) => writeln!(text, "{name} = [\n{}]", layers(entries)),
        value => writeln!(text, "{} = {}", key(name), inline(value)),
    };
}

fn layers(entries: &[LayerEntry]) -> String {
    let mut previous = FEATURES;
    let mut text = String::new();
    for entry in entries {
        let _ = writeln!(text, "  {{ {} }},", layer(entry, previous).join(", "));
        previous = &entry.path;
    }
    text
}

fn layer(entry: &LayerEntry, previous: &str) -> Vec<String> {
    let mut parts = Vec::new();
    match &entry.share {
        Some(share) => parts.push(format!("share = {}", string(share))),
        None => parts.push(format!("type = {}", string(entry.kind))),
    }
    parts.extend(entry.name.as_ref().map(|name| format!("name = {}", string(name))));
    let joins = JOINING.iter().any(|kind| kind.name == entry.kind);
    if joins || entry.inputs != [previous] {
        let inputs: Vec<String> = entry.inputs.iter().map(|input| string(input)).collect();
        parts.push(format!("inputs = [{}]", inputs.join(", ")));
    }
    if entry.share.is_none() {
        parts.extend(pairs(&entry.settings));
    }
    parts
}

fn pairs(settings: &Settings) -> Vec<String> {
    settings.iter().map(|(name, value)| format!("{} = {}", key(name), inline(value))).collect()
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::Boolean(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        // The shortest digits that read back to the same number.
        Value::Number(value) => format!("{value:?}"),
        Value::Text(text) => string(text),
        Value::List(values) => {
            format!("[{}]", values.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Value::Choice(choice) if choice.settings.is_empty() => string(choice.kind),
        Value::Choice(choice) => {
            let mut parts = vec![format!("type = {}", string(choice.kind))];
            parts.extend(pairs(&choice.settings));
            format!("{{ {} }}", parts.join(", "))
        }
        Value::Table(settings) if settings.is_empty() => "{}".to_string(),
        Value::Table(settings) => format!("{{ {} }}", pairs(settings).join(", ")),
        Value::Layers(entries) => {
            let mut previous = FEATURES;
            let mut parts = Vec::new();
            for entry in entries {
                parts.push(format!("{{ {} }}", layer(entry, previous).join(", ")));
                previous = &entry.path;
            }
            format!("[{}]", parts.join(", "))
        }
    }
}

/// A string in quotes. JSON's escapes are TOML 1.0's, but for DEL, which TOML
/// wants escaped.
fn string(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted.replace('\u{7f}', "\\u007F")
}

/// A key, in quotes where TOML needs them.
pub(super) fn key(name: &str) -> String {
    let bare = |letter: char| letter.is_ascii_alphanumeric() || "_-".contains(letter);
    if !name.is_empty() && name.chars().all(bare) { name.to_string() } else { string(name) }
}
