//! The one JSON document that a command prints under `--json`.

pub(crate) mod schema;

use ikhim_run::insert_number;
use ikhim_text::brief::brief;
use ikhim_text::{Fault, Language};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};
use std::fmt;

/// A JSON object under construction; its keys keep their order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document(Map<String, Value>);

impl Document {
    /// A document of a command, e.g. `ikhim/train/1`.
    pub(crate) fn new(name: &str) -> Document {
        Document::part()
            .with("schema", format!("ikhim/{name}/1"))
            .with("ikhim", env!("CARGO_PKG_VERSION"))
    }

    /// A part of a document.
    pub(crate) fn part() -> Document {
        Document::default()
    }

    pub(crate) fn with(mut self, name: &str, value: impl Serialize) -> Document {
        self.0.insert(name.to_string(), json!(value));
        self
    }

    /// The same with the fields of another.
    pub(crate) fn and(mut self, mut other: Document) -> Document {
        self.0.append(&mut other.0);
        self
    }

    /// A number; one that is not finite is `null` beside `<name>_is`.
    pub(crate) fn number(mut self, name: &str, value: f64) -> Document {
        insert_number(&mut self.0, name, value);
        self
    }

    /// The two ends of an interval; where one is not finite it is `null`, and
    /// `<name>_is` says what stands there.
    pub(crate) fn interval(self, name: &str, ends: [f64; 2]) -> Document {
        let document = self.with(name, ends);
        let words = ends.map(not_finite);
        if words == [None, None] { document } else { document.with(&format!("{name}_is"), words) }
    }

    /// A number that may not exist: then it is `null` alone.
    pub(crate) fn maybe(self, name: &str, value: Option<f64>) -> Document {
        match value {
            Some(value) => self.number(name, value),
            None => self.with(name, Value::Null),
        }
    }

    /// The document of a fault. Its words are English: a program reads them.
    pub(crate) fn of_fault(fault: &Fault) -> Document {
        Document::new("error").with("error", described(fault))
    }
}

/// What JSON has no number for.
fn not_finite(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("nan"),
        f64::INFINITY => Some("inf"),
        f64::NEG_INFINITY => Some("-inf"),
        _ => None,
    }
}

/// A list of names has its place in a document, a file within a cell has not.
fn short(value: &str) -> String {
    brief(value, 1_000).into_owned()
}

fn described(fault: &Fault) -> Document {
    let place = fault.location();
    let document = Document::part()
        .with("code", fault.code())
        .with("message", fault.text(Language::English))
        .with("file", place.file.as_ref().map(|file| file.display().to_string()))
        .with("line", place.line)
        .with("column", place.column)
        .with("expected", fault.expected().map(short))
        .with("found", fault.found().map(short))
        .with("help", fault.help_text(Language::English));
    let document = match &place.layer {
        Some(layer) => document.with("layer", layer),
        None => document,
    };
    match fault.others() {
        [] => document,
        others => document.with("others", others.iter().map(described).collect::<Vec<_>>()),
    }
}

impl Serialize for Document {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", json!(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_finite_is_null_with_a_word_beside_it() {
        let document = Document::part()
            .number("loss", f64::NEG_INFINITY)
            .interval("interval", [f64::NAN, 1.0])
            .interval("other", [0.0, 1.0]);
        assert_eq!(
            document.to_string(),
            r#"{"loss":null,"loss_is":"-inf","interval":[null,1.0],"interval_is":["nan",null],"other":[0.0,1.0]}"#
        );
    }
}
