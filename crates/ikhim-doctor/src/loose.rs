//! Numbers in JSON, those that are not finite as words.

use serde::{Deserialize, Deserializer, Serializer};

#[derive(Deserialize)]
#[serde(untagged)]
enum Either {
    Number(f64),
    Word(String),
}

pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    match ikhim_run::non_finite(*value) {
        Some(word) => serializer.serialize_str(word),
        None => serializer.serialize_f64(*value),
    }
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    Ok(match Either::deserialize(deserializer)? {
        Either::Number(value) => value,
        Either::Word(word) if word == "inf" => f64::INFINITY,
        Either::Word(word) if word == "-inf" => f64::NEG_INFINITY,
        Either::Word(_) => f64::NAN,
    })
}
