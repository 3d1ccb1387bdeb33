//! The documents of the commands, declared field by field: `ikhim schema NAME`
//! prints them as JSON Schema, and the tests hold the commands to them.

mod declared;

use serde_json::{Map, Value, json};

/// What a field holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Text,
    /// One of these words.
    Word(&'static [&'static str]),
    Integer,
    /// A number; when it is not finite, `null` beside a field `<name>_is`.
    Number,
    Boolean,
    /// Two numbers, the low end and the high one; `null` where an end is not
    /// finite, with the words in a field `<name>_is`.
    Interval,
    /// Numbers by name, e.g. of metrics; one that is not finite is `null` beside
    /// `<its name>_is`.
    Numbers,
    List(&'static Kind),
    Object(&'static [Field]),
    /// Or `null`.
    Maybe(&'static Kind),
    /// Whatever is written there.
    Any,
}

/// A field of a document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    name: &'static str,
    kind: Kind,
    doc: &'static str,
    optional: bool,
}

/// The document of a command.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declared {
    name: &'static str,
    doc: &'static str,
    fields: &'static [Field],
}

const fn field(name: &'static str, kind: Kind, doc: &'static str) -> Field {
    Field { name, kind, doc, optional: false }
}

impl Field {
    const fn optional(mut self) -> Field {
        self.optional = true;
        self
    }
}

/// The names of all documents.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    declared::ALL.iter().map(|declared| declared.name)
}

/// The document of a command.
pub(crate) fn find(name: &str) -> Option<&'static Declared> {
    declared::ALL.iter().find(|declared| declared.name == name)
}

/// The JSON Schema (draft 2020-12) of a document.
pub(crate) fn json_schema(declared: &Declared) -> String {
    let mut schema = Map::new();
    schema.insert("$schema".to_string(), "https://json-schema.org/draft/2020-12/schema".into());
    schema.insert("title".to_string(), format!("ikhim/{}/1", declared.name).into());
    schema.insert("description".to_string(), declared.doc.into());
    let version = [
        field("schema", Kind::Text, "The name and number of this document."),
        field("ikhim", Kind::Text, "The version of ikhim that wrote it."),
    ];
    schema.extend(object(version.iter().chain(declared.fields)));
    // A map of strings and maps always becomes text.
    serde_json::to_string_pretty(&Value::Object(schema)).unwrap_or_default() + "\n"
}

fn object<'a>(fields: impl Iterator<Item = &'a Field>) -> Map<String, Value> {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for field in fields {
        let mut property = kind(&field.kind);
        if let (Value::Object(property), false) = (&mut property, field.doc.is_empty()) {
            property.insert("description".to_string(), field.doc.into());
        }
        properties.insert(field.name.to_string(), property);
        if !field.optional {
            required.push(field.name);
        }
        if may_be_not_finite(&field.kind) {
            properties.insert(format!("{}_is", field.name), not_finite());
        }
        if matches!(field.kind, Kind::Interval) {
            let word = json!({ "anyOf": [not_finite(), { "type": "null" }] });
            let words = json!({ "type": "array", "items": word });
            properties.insert(format!("{}_is", field.name), words);
        }
    }
    // Later versions may add fields within a number.
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    match schema {
        Value::Object(schema) => schema,
        _ => Map::new(),
    }
}

fn may_be_not_finite(kind: &Kind) -> bool {
    matches!(kind, Kind::Number | Kind::Maybe(Kind::Number))
}

fn not_finite() -> Value {
    json!({ "enum": ["nan", "inf", "-inf"], "description": "What the number is when it is not finite." })
}

fn kind(of: &Kind) -> Value {
    match of {
        Kind::Text => json!({ "type": "string" }),
        Kind::Word(words) => json!({ "enum": words }),
        Kind::Integer => json!({ "type": "integer" }),
        Kind::Number => json!({ "type": ["number", "null"] }),
        Kind::Boolean => json!({ "type": "boolean" }),
        Kind::Interval => {
            let end = json!({ "type": ["number", "null"] });
            json!({ "type": "array", "items": end, "minItems": 2, "maxItems": 2 })
        }
        Kind::Numbers => {
            let number = json!({ "type": ["number", "null"] });
            json!({ "type": "object", "additionalProperties": { "anyOf": [number, not_finite()] } })
        }
        Kind::List(item) => json!({ "type": "array", "items": kind(item) }),
        Kind::Object(fields) => Value::Object(object(fields.iter())),
        Kind::Maybe(Kind::Number) => kind(&Kind::Number),
        Kind::Maybe(inner) => json!({ "anyOf": [kind(inner), { "type": "null" }] }),
        Kind::Any => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_number_may_be_null_with_a_word_beside_it() {
        const FIELDS: &[Field] = &[
            field("loss", Kind::Number, "The loss."),
            field("file", Kind::Maybe(&Kind::Text), "").optional(),
        ];
        let schema = Value::Object(object(FIELDS.iter()));
        assert_eq!(schema["properties"]["loss"]["type"], json!(["number", "null"]));
        assert_eq!(schema["properties"]["loss_is"]["enum"], json!(["nan", "inf", "-inf"]));
        assert_eq!(schema["properties"]["file"]["anyOf"][1], json!({ "type": "null" }));
        assert_eq!(schema["required"], json!(["loss"]));
    }

    #[test]
    fn every_document_has_a_name_of_its_own_and_every_field_a_sentence() {
        let mut seen = BTreeSet::new();
        for declared in declared::ALL {
            assert!(seen.insert(declared.name), "{}", declared.name);
            assert!(declared.doc.ends_with('.'), "{}", declared.name);
            for field in declared.fields {
                assert!(field.doc.ends_with('.'), "{}.{}", declared.name, field.name);
            }
        }
    }
}
