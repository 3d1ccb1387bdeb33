//! `experiment.schema.json`: the list of keys as a JSON Schema (draft
//! 2020-12), for completion and hints in editors.
//!
//! What an editor cannot check stands in the reader only: names of layers,
//! keys that exclude each other, sums of shares.

use super::key::{
    Choices, Default, ENTRY, FILE, Key, Kind, LAYERS, PARAMETER, Range, Rule, Table, Type,
};
use super::set;
use super::tree::{Node, Raw};
use serde_json::{Map, Value as Json, json};

/// The schema as text, ready to be written beside an experiment.
pub fn schema() -> String {
    let mut definitions = Map::new();
    let mut file = table(&FILE, &mut definitions);
    file.insert("$defs".into(), Json::Object(definitions));
    let mut schema = Map::new();
    schema.insert("$schema".into(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".into(), "An experiment of ikhim".into());
    schema.append(&mut file);
    // A map of strings, numbers and maps always becomes text.
    serde_json::to_string_pretty(&Json::Object(schema)).unwrap_or_default() + "\n"
}

fn table(table: &Table, definitions: &mut Map<String, Json>) -> Map<String, Json> {
    keys(table.keys.iter(), definitions)
}

fn keys<'a>(
    keys: impl Iterator<Item = &'a Key>,
    definitions: &mut Map<String, Json>,
) -> Map<String, Json> {
    let mut properties = Map::new();
    for key in keys {
        properties.insert(key.name.into(), property(key, definitions));
    }
    // What is required may stand in the file that this one extends.
    object([
        ("type", "object".into()),
        ("properties", Json::Object(properties)),
        ("additionalProperties", false.into()),
    ])
}

fn property(key: &Key, definitions: &mut Map<String, Json>) -> Json {
    let mut alternatives = alternatives(&key.holds, definitions);
    let default_word = json!({ "const": "default" });
    // The word takes a key back to its default, over an extended file. In a
    // string or a record it would be no news, for a section it has no use.
    let takes_none =
        matches!(key.holds, Type::Text(_) | Type::Table(_) | Type::Record | Type::Parameters);
    if !takes_none {
        alternatives.push(default_word);
    }
    let mut property = match alternatives.len() {
        1 => match alternatives.remove(0) {
            Json::Object(map) => map,
            other => object([("const", other)]),
        },
        _ => object([("anyOf", Json::Array(alternatives))]),
    };
    property.insert("description".into(), key.doc.into());
    if let Default::Value(line) = key.default {
        property.insert("default".into(), literal(&set::value(line)));
    }
    Json::Object(property)
}

/// The schemas of which a value fulfils one.
fn alternatives(holds: &Type, definitions: &mut Map<String, Json>) -> Vec<Json> {
    match holds {
        Type::Boolean => vec![json!({ "type": "boolean" })],
        Type::Integer(least) => vec![json!({ "type": "integer", "minimum": least })],
        Type::Number(range) => vec![Json::Object(number(*range))],
        Type::Text(Rule::Character) => {
            vec![json!({ "type": "string", "minLength": 1, "maxLength": 1 })]
        }
        Type::Text(_) => vec![json!({ "type": "string" })],
        Type::List(item) => vec![json!({ "type": "array", "items": one(item, definitions) })],
        Type::NonEmpty(item) => {
            vec![json!({ "type": "array", "minItems": 1, "items": one(item, definitions) })]
        }
        Type::Choice(choices) => vec![choice(choices, definitions)],
        Type::Table(inner) => vec![Json::Object(table(inner, definitions))],
        Type::Map(value) => {
            vec![json!({ "type": "object", "additionalProperties": one(value, definitions) })]
        }
        Type::Either(types) => {
            types.iter().flat_map(|holds| alternatives(holds, definitions)).collect()
        }
        Type::Layers => layers(definitions),
        Type::Parameters => vec![parameters(definitions)],
        Type::Record => vec![json!({})],
    }
}

fn one(holds: &Type, definitions: &mut Map<String, Json>) -> Json {
    let mut alternatives = alternatives(holds, definitions);
    match alternatives.len() {
        1 => alternatives.remove(0),
        _ => json!({ "anyOf": alternatives }),
    }
}

fn number(range: Range) -> Map<String, Json> {
    let mut schema = object([("type", "number".into())]);
    let bounds: &[(&str, f64)] = match range {
        Range::Any => &[],
        Range::AtLeast(least) => &[("minimum", least)],
        Range::Above(bound) => &[("exclusiveMinimum", bound)],
        Range::Share => &[("minimum", 0.0), ("exclusiveMaximum", 1.0)],
        Range::Between(least, most) => &[("minimum", least), ("maximum", most)],
    };
    schema.extend(bounds.iter().map(|(bound, value)| (bound.to_string(), json!(value))));
    schema
}

/// A choice is defined once and referred to by its name.
fn choice(choices: &Choices, definitions: &mut Map<String, Json>) -> Json {
    let kinds: Vec<&Kind> = choices.kinds().collect();
    if let [kind] = kinds.as_slice() {
        return json!({ "const": kind.name, "description": kind.doc });
    }
    let name = choices.what.0.replace(' ', "_");
    if !definitions.contains_key(&name) {
        // The place is taken before the keys are visited: they may refer to it.
        definitions.insert(name.clone(), Json::Null);
        let has_keys = kinds.iter().any(|kind| !kind.keys.is_empty());
        let mut alternatives = Vec::new();
        for kind in kinds {
            alternatives.push(json!({ "const": kind.name, "description": kind.doc }));
            if has_keys {
                alternatives.push(Json::Object(tagged(choices.tag, kind, &[], definitions)));
            }
        }
        if has_keys {
            alternatives.push(untagged(choices, definitions));
        }
        definitions.insert(name.clone(), json!({ "anyOf": alternatives }));
    }
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A table that names a word by its tag.
fn tagged(
    tag: &str,
    kind: &Kind,
    common: &[Key],
    definitions: &mut Map<String, Json>,
) -> Map<String, Json> {
    let mut schema = keys(common.iter().chain(kind.keys), definitions);
    let tag_schema = json!({ "const": kind.name, "description": kind.doc });
    if let Some(Json::Object(properties)) = schema.get_mut("properties") {
        properties.insert(tag.into(), tag_schema);
    }
    schema.insert("description".into(), kind.doc.into());
    if !kind.implied() {
        schema.insert("required".into(), json!([tag]));
    }
    schema
}

/// A table that names no word: it changes parameters of the default, or of the
/// word of the file that is extended.
fn untagged(choices: &Choices, definitions: &mut Map<String, Json>) -> Json {
    let mut known: Vec<&Key> = Vec::new();
    for key in choices.kinds().flat_map(|kind| kind.keys) {
        if !known.iter().any(|other| other.name == key.name) {
            known.push(key);
        }
    }
    Json::Object(keys(known.into_iter(), definitions))
}

/// Layers in a list, or a table that edits the layers of an extended file.
fn layers(definitions: &mut Map<String, Json>) -> Vec<Json> {
    let mut alternatives: Vec<Json> = LAYERS
        .kinds()
        .map(|kind| Json::Object(tagged(LAYERS.tag, kind, ENTRY.keys, definitions)))
        .collect();
    let mut shared = table(&ENTRY, definitions);
    shared.insert("required".into(), json!(["share"]));
    alternatives.push(Json::Object(shared));
    definitions.insert("layer".into(), json!({ "anyOf": alternatives }));
    vec![
        json!({ "type": "array", "items": { "$ref": "#/$defs/layer" } }),
        json!({ "type": "object", "additionalProperties": { "type": "object" } }),
    ]
}

fn parameters(definitions: &mut Map<String, Json>) -> Json {
    let range = table(&PARAMETER, definitions);
    definitions.insert(
        "parameters".into(),
        json!({
            "type": "object",
            "additionalProperties": { "anyOf": [range, { "$ref": "#/$defs/parameters" }] },
        }),
    );
    json!({ "$ref": "#/$defs/parameters" })
}

fn object<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

fn literal(node: &Node) -> Json {
    match &node.raw {
        Raw::Boolean(value) => json!(value),
        Raw::Integer(value) => json!(value),
        Raw::Float(value) => json!(value),
        Raw::Text(text) => json!(text),
        Raw::Other(what) => json!(what),
        Raw::List(nodes) => nodes.iter().map(literal).collect(),
        Raw::Table(pairs) => Json::Object(
            pairs.iter().map(|pair| (pair.key.clone(), literal(&pair.value))).collect(),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_has_a_definition() {
        let text = schema();
        let schema: Json = serde_json::from_str(&text).expect("it is JSON");
        let definitions = schema["$defs"].as_object().expect("it has definitions");
        assert!(definitions.values().all(Json::is_object));
        for part in text.split("\"#/$defs/").skip(1) {
            let name = part.split('"').next().expect("a reference has an end");
            assert!(definitions.contains_key(name), "{name}");
        }
    }
}
