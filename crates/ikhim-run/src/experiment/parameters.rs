//! `[tune.parameters]`: keys of the experiment by their paths, each with the
//! values that are tried.

use super::fault::{self, Scope};
use super::key::{self, Default, Key, PARAMETER, Range, Type};
use super::reader::{At, Reader, join};
use super::tree::{Node, Pair, Raw};
use super::value::{Settings, Value};
use ikhim_text::Fault;

/// Reads the parameters: each path, as TOML writes it, with a table of
/// `values`, or of `min`, `max` and `distribution`.
pub(super) fn read(reader: &mut Reader, pairs: &[Pair], at: &At) -> Value {
    let mut settings = Settings::default();
    below(reader, pairs, &mut Vec::new(), at, &mut settings);
    Value::Table(settings)
}

fn below<'a>(
    reader: &mut Reader,
    pairs: &'a [Pair],
    path: &mut Vec<&'a str>,
    at: &At,
    settings: &mut Settings,
) {
    for pair in pairs {
        path.push(&pair.key);
        let at = at.below(&pair.key, &pair.key_span);
        match (key::find(path), &pair.value.raw) {
            (Err((_, names)), _) => {
                let parent =
                    path[..path.len() - 1].iter().fold(String::new(), |path, key| join(&path, key));
                let place = if parent.is_empty() {
                    ("`tune.parameters`".to_string(), "`tune.parameters`".to_string())
                } else {
                    (format!("`{parent}`"), format!("`{parent}`"))
                };
                let names = names.into_iter();
                reader.faults.push(fault::unknown_name(pair, (&place.0, &place.1), names));
            }
            (Ok(holds), Raw::Table(range)) if is_range(range) || !key::has_keys(&holds) => {
                let name = path.iter().fold(String::new(), |path, key| join(&path, key));
                settings.push(name, Value::Table(self::range(reader, range, &holds, &at)));
            }
            (Ok(_), Raw::Table(inner)) => below(reader, inner, path, &at, settings),
            (Ok(_), _) => {
                let holds = Type::Table(&PARAMETER);
                reader.faults.push(fault::wrong_type(&at.path, &holds, &pair.value));
            }
        }
        path.pop();
    }
}

/// A table that says what is tried, instead of going deeper into the file.
fn is_range(pairs: &[Pair]) -> bool {
    pairs.iter().any(|pair| {
        PARAMETER.keys.iter().any(|key| key.name == pair.key)
            && !matches!(pair.value.raw, Raw::Table(_))
    })
}

fn range(reader: &mut Reader, pairs: &[Pair], holds: &Type, at: &At) -> Settings {
    let scope = Scope {
        place: at.place(),
        keys: PARAMETER.keys.iter().collect(),
        foreign: PARAMETER.foreign.iter().collect(),
        of: None,
    };
    reader.strangers(pairs, &scope, None);
    let given = |name: &str| pairs.iter().find(|pair| pair.key == name);
    let mut settings = Settings::default();
    for key in PARAMETER.keys {
        let Some(pair) = given(key.name) else { continue };
        let at = at.below(key.name, &pair.key_span);
        let value = match key.name {
            "values" => values(reader, &pair.value, holds, key, &at),
            "min" | "max" => bound(reader, &pair.value, holds, key, &at),
            _ => reader.value(&pair.value, &key.holds, key, &at),
        };
        if let Some(value) = value {
            settings.push(key.name, value);
        }
    }
    if given("values").is_none() && (given("min").is_none() || given("max").is_none()) {
        let fault = Fault::of("experiment.one_of")
            .with_words("place", &scope.place.0, &scope.place.1)
            .with_words("expected", "`values`, `min` and `max`", "`values`, `min`과 `max`");
        reader.faults.push((at.span.clone(), fault));
    }
    check_bounds(reader, &settings, given("min"), at);
    settings
}

/// The values that are tried, each of the type of the key.
fn values(reader: &mut Reader, node: &Node, holds: &Type, key: &Key, at: &At) -> Option<Value> {
    let nodes = match &node.raw {
        Raw::List(nodes) if !nodes.is_empty() => nodes,
        _ => {
            const VALUES: Type = Type::NonEmpty(&Type::Record);
            reader.faults.push(fault::wrong_type(&at.path, &VALUES, node));
            return None;
        }
    };
    let of_item = Key { holds: *holds, default: Default::Absent, ..*key };
    let values = nodes.iter().filter_map(|node| reader.value(node, holds, &of_item, at));
    Some(Value::List(values.collect()))
}

/// A bound, which is a number of the type of the key.
fn bound(reader: &mut Reader, node: &Node, holds: &Type, key: &Key, at: &At) -> Option<Value> {
    let of_bound = Key { holds: *holds, default: Default::Absent, ..*key };
    let value = reader.value(node, holds, &of_bound, at)?;
    if value.number().is_none() {
        reader.faults.push(fault::wrong_type(&at.path, &Type::Number(Range::Any), node));
        return None;
    }
    Some(value)
}

fn check_bounds(reader: &mut Reader, settings: &Settings, min: Option<&Pair>, at: &At) {
    let (Some(pair), Some(least), Some(most)) =
        (min, settings.number("min"), settings.number("max"))
    else {
        return;
    };
    let log = settings.word("distribution") == Some("log_uniform");
    if least > most || (log && least <= 0.0) {
        let fault = Fault::of("experiment.empty_range").with("key", &at.path);
        reader.faults.push((pair.value.span.clone(), fault));
    }
}
