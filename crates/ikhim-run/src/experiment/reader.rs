//! From a tree to checked values, by the list of keys alone. Every fault is
//! collected; reading goes on after each.

use super::fault::{self, Placed, Scope};
use super::key::{ALTERNATIVES, Choices, Default, Key, Kind, Rule, Table, Type};
use super::source::Span;
use super::tree::{Node, Pair, Raw};
use super::value::{Choice, Settings, Value};
use super::{layers, parameters, set};
use ikhim_text::Fault;

/// Reads values and collects faults.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) faults: Vec<Placed>,
    /// Names that a layer may take as input beside other layers.
    pub(super) inputs: Vec<String>,
}

/// Where a value stands: its dotted path and the key that names it.
#[derive(Clone)]
pub(super) struct At {
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) layer: Option<String>,
}

impl At {
    pub(super) fn root() -> At {
        At { path: String::new(), span: Span::nowhere(), layer: None }
    }

    pub(super) fn below(&self, key: &str, span: &Span) -> At {
        let path = join(&self.path, key);
        At { path, span: span.clone(), layer: self.layer.clone() }
    }

    /// How to speak of a table that stands here.
    pub(super) fn place(&self) -> (String, String) {
        match (&self.layer, self.path.as_str()) {
            (_, "") => ("the experiment".into(), "실험 파일".into()),
            (Some(layer), path) if path.ends_with(&format!(".{layer}")) => {
                (format!("layer `{layer}`"), format!("층 `{layer}`"))
            }
            (_, path) if path.contains('.') => (format!("`{path}`"), format!("`{path}`")),
            (_, section) => (format!("`[{section}]`"), format!("`[{section}]`")),
        }
    }
}

/// A dotted path with one more part, in quotes where TOML needs them.
pub(super) fn join(path: &str, key: &str) -> String {
    let key = super::resolved::key(key);
    if path.is_empty() { key } else { format!("{path}.{key}") }
}

impl Reader {
    /// A value of a key of type `holds`; nothing after a fault.
    pub(super) fn value(&mut self, node: &Node, holds: &Type, key: &Key, at: &At) -> Option<Value> {
        match (holds, &node.raw) {
            (Type::Boolean, Raw::Boolean(value)) => Some(Value::Boolean(*value)),
            (Type::Integer(least), Raw::Integer(value)) => {
                self.in_range(*value >= *least, Value::Integer(*value), node, key, at)
            }
            (Type::Number(range), Raw::Float(value)) => {
                self.in_range(range.holds(*value), Value::Number(*value), node, key, at)
            }
            (Type::Number(range), Raw::Integer(value)) => {
                let value = *value as f64;
                self.in_range(range.holds(value), Value::Number(value), node, key, at)
            }
            (Type::Text(rule), Raw::Text(text)) => self.text(text, *rule, node, key, at),
            (Type::NonEmpty(_), Raw::List(nodes)) if nodes.is_empty() => {
                self.in_range(false, Value::List(Vec::new()), node, key, at)
            }
            (Type::List(item) | Type::NonEmpty(item), Raw::List(nodes)) => {
                // An item has no key of its own: it is spoken of as the list's.
                let of_item = Key { holds: **item, ..*key };
                let count = self.faults.len();
                let values: Vec<Value> =
                    nodes.iter().filter_map(|node| self.value(node, item, &of_item, at)).collect();
                (self.faults.len() == count).then_some(Value::List(values))
            }
            (Type::Choice(choices), Raw::Text(word)) => match choices.kind(word) {
                Some(kind) => self.kind(&[], choices, kind, &at.below_word(node)),
                None => {
                    self.faults.push(fault::unknown_word(&at.path, choices, &key.holds, node));
                    None
                }
            },
            (Type::Choice(choices), Raw::Table(pairs)) if holds.choices().is_some() => {
                let kind = self.named_kind(pairs, choices, key, at)?;
                self.kind(pairs, choices, kind, at)
            }
            (Type::Table(table), Raw::Table(pairs)) => {
                Some(Value::Table(self.table(pairs, table, at)))
            }
            (Type::Map(value), Raw::Table(pairs)) => Some(self.map(pairs, value, key, at)),
            (Type::Either(types), raw) => match fitting(types, raw) {
                Some(holds) => self.value(node, holds, key, at),
                None => self.wrong_type(node, key, at),
            },
            (Type::Layers, Raw::List(items)) if items.is_empty() => {
                self.in_range(false, Value::Layers(Vec::new()), node, key, at)
            }
            (Type::Layers, Raw::List(items)) => layers::read(self, items, at),
            (Type::Layers, Raw::Table(_)) => {
                self.faults.push((at.span.clone(), Fault::of("experiment.no_layer_list")));
                None
            }
            (Type::Parameters, Raw::Table(pairs)) => Some(parameters::read(self, pairs, at)),
            (Type::Record, raw) => self.record(raw, node, key, at),
            _ => self.wrong_type(node, key, at),
        }
    }

    fn in_range(
        &mut self,
        inside: bool,
        value: Value,
        node: &Node,
        key: &Key,
        at: &At,
    ) -> Option<Value> {
        if !inside {
            self.faults.push(fault::out_of_range(&at.path, &key.holds, node));
        }
        inside.then_some(value)
    }

    fn text(&mut self, text: &str, rule: Rule, node: &Node, key: &Key, at: &At) -> Option<Value> {
        if rule.holds(text) {
            return Some(Value::Text(text.to_string()));
        }
        let (span, mut fault) = fault::wrong_type(&at.path, &key.holds, node);
        if let (Rule::Monitor, Some(measure)) = (rule, text.strip_prefix("val_")) {
            fault = fault::did_you_mean(fault, &format!("validation.{measure}"));
        }
        self.faults.push((span, fault));
        None
    }

    fn wrong_type(&mut self, node: &Node, key: &Key, at: &At) -> Option<Value> {
        self.faults.push(fault::wrong_type(&at.path, &key.holds, node));
        None
    }

    /// The word that a table stands for: its tag, a key of the same name, or
    /// the default of the key.
    fn named_kind(
        &mut self,
        pairs: &[Pair],
        choices: &'static Choices,
        key: &Key,
        at: &At,
    ) -> Option<&'static Kind> {
        let given = |name: &str| pairs.iter().find(|pair| pair.key == name);
        // Keys that a word which leaves the choice open does not have choose.
        let meant = |kind: &'static Kind| {
            let has_all = |kind: &Kind| {
                let has = |pair: &Pair| kind.keys.iter().any(|key| key.name == pair.key);
                pairs.iter().all(|pair| pair.key == choices.tag || has(pair))
            };
            let mut others = kind.otherwise.iter().filter_map(|word| choices.kind(word));
            match others.clone().next() {
                Some(first) if !has_all(kind) => others.find(|kind| has_all(kind)).unwrap_or(first),
                _ => kind,
            }
        };
        let Some(tag) = given(choices.tag).filter(|pair| !is_default(&pair.value)) else {
            let default = match key.default {
                Default::Value(word) => choices.kind(word),
                _ => None,
            };
            let implied = choices.implied(|name| given(name).is_some());
            return implied.or(default.or(choices.kinds().next()).map(meant));
        };
        let at = at.below(choices.tag, &tag.key_span);
        let holds = Type::Choice(choices);
        match tag.value.text().map(|word| choices.kind(word)) {
            Some(Some(kind)) => Some(meant(kind)),
            Some(None) => {
                self.faults.push(fault::unknown_word(&at.path, choices, &holds, &tag.value));
                None
            }
            None => {
                self.faults.push(fault::wrong_type(&at.path, &holds, &tag.value));
                None
            }
        }
    }

    fn kind(
        &mut self,
        pairs: &[Pair],
        choices: &'static Choices,
        kind: &'static Kind,
        at: &At,
    ) -> Option<Value> {
        let scope = Scope {
            place: at.place(),
            keys: kind.keys.iter().collect(),
            foreign: kind.foreign.iter().collect(),
            of: Some((choices, kind)),
        };
        let settings = self.keys(pairs, &scope, Some(choices.tag), at);
        Some(Value::Choice(Choice { kind: kind.name, settings }))
    }

    pub(super) fn table(&mut self, pairs: &[Pair], table: &'static Table, at: &At) -> Settings {
        let scope = Scope {
            place: at.place(),
            keys: table.keys.iter().collect(),
            foreign: table.foreign.iter().collect(),
            of: None,
        };
        self.keys(pairs, &scope, None, at)
    }

    /// The keys of a table: those that are given and the defaults of the rest,
    /// in the order of their declaration.
    pub(super) fn keys(
        &mut self,
        pairs: &[Pair],
        scope: &Scope,
        tag: Option<&str>,
        at: &At,
    ) -> Settings {
        let meant = self.strangers(pairs, scope, tag);
        let given =
            |name: &str| pairs.iter().find(|pair| pair.key == name && !is_default(&pair.value));
        let mut settings = Settings::default();
        let mut broken = Vec::new();
        for key in &scope.keys {
            let alternative_given = rivals(key.name, scope).any(|name| given(name).is_some());
            let value = match (given(key.name), key.default) {
                (Some(pair), _) if self.has_effect(key, pair, &settings, &broken, at) => {
                    let value = self.value(
                        &pair.value,
                        &key.holds,
                        key,
                        &at.below(key.name, &pair.key_span),
                    );
                    if value.is_none() {
                        broken.push(key.name);
                    }
                    value
                }
                (Some(_), _) | (None, Default::Absent) => None,
                (None, Default::Required) => {
                    if !meant.contains(&key.name) && !alternative_given {
                        self.missing(key, scope, at);
                    }
                    None
                }
                (None, Default::Value(_)) if alternative_given || !applies(key, &settings) => None,
                (None, Default::Value(line)) => {
                    self.value(&set::value(line), &key.holds, key, &at.below(key.name, &at.span))
                }
            };
            if let Some(value) = value {
                settings.push(key.name, value);
            }
        }
        settings
    }

    fn missing(&mut self, key: &Key, scope: &Scope, at: &At) {
        let expected = key.holds.describe();
        let fault = Fault::of("experiment.missing_key")
            .with("key", key.name)
            .with_words("place", &scope.place.0, &scope.place.1)
            .with_words("expected", expected.english, expected.korean);
        self.faults.push((at.span.clone(), fault));
    }

    /// Keys that a table does not have, and keys that exclude each other.
    /// Returns the keys that were meant, as far as can be told: that they are
    /// missing need not be told as well.
    pub(super) fn strangers(
        &mut self,
        pairs: &[Pair],
        scope: &Scope,
        tag: Option<&str>,
    ) -> Vec<&'static str> {
        let mut meant = Vec::new();
        for pair in pairs.iter().filter(|pair| Some(pair.key.as_str()) != tag) {
            if !scope.keys.iter().any(|key| key.name == pair.key) {
                let (fault, key) = fault::unknown_key(pair, scope);
                self.faults.push(fault);
                meant.extend(key);
            }
        }
        for group in ALTERNATIVES {
            let rivals: Vec<&Pair> = pairs
                .iter()
                .filter(|pair| group.contains(&pair.key.as_str()) && !is_default(&pair.value))
                .filter(|pair| scope.keys.iter().any(|key| key.name == pair.key))
                .collect();
            if let [first, second, ..] = rivals.as_slice() {
                let fault = Fault::of("experiment.conflict")
                    .with("key", &second.key)
                    .with("other", &first.key);
                self.faults.push((second.key_span.clone(), fault));
            }
        }
        meant
    }

    /// Whether a given key means something beside the others. Where it does
    /// not, its own default is let pass: a resolved file may hold it.
    fn has_effect(
        &mut self,
        key: &Key,
        pair: &Pair,
        settings: &Settings,
        broken: &[&str],
        at: &At,
    ) -> bool {
        let Some((other, word)) = key.only_with else { return true };
        if applies(key, settings) {
            return true;
        }
        let is_own_default = match key.default {
            Default::Value(line) => set::value(line).raw == pair.value.raw,
            _ => false,
        };
        if !is_own_default && !broken.contains(&other) {
            let needed = match word {
                "*" => other.to_string(),
                "true" | "false" => format!("{other} = {word}"),
                word => format!("{other} = {word:?}"),
            };
            let fault = Fault::of("experiment.no_effect")
                .with("key", join(&at.path, key.name))
                .with("expected", needed);
            self.faults.push((pair.key_span.clone(), fault));
        }
        false
    }

    fn map(&mut self, pairs: &[Pair], value: &Type, key: &Key, at: &At) -> Value {
        let of_item = Key { holds: *value, default: Default::Absent, ..*key };
        let mut settings = Settings::default();
        for pair in pairs {
            let at = at.below(&pair.key, &pair.key_span);
            if let Some(value) = self.value(&pair.value, value, &of_item, &at) {
                settings.push(&pair.key, value);
            }
        }
        Value::Table(settings)
    }

    /// Anything that TOML can hold, but dates and numbers that are not finite.
    fn record(&mut self, raw: &Raw, node: &Node, key: &Key, at: &At) -> Option<Value> {
        match raw {
            Raw::Boolean(value) => Some(Value::Boolean(*value)),
            Raw::Integer(value) => Some(Value::Integer(*value)),
            Raw::Float(value) if value.is_finite() => Some(Value::Number(*value)),
            Raw::Text(text) => Some(Value::Text(text.clone())),
            Raw::List(nodes) => {
                let values = nodes.iter().filter_map(|node| self.record(&node.raw, node, key, at));
                Some(Value::List(values.collect()))
            }
            Raw::Table(pairs) => Some(self.map(pairs, &Type::Record, key, at)),
            Raw::Float(_) | Raw::Other(_) => self.wrong_type(node, key, at),
        }
    }
}

impl At {
    /// A word without a table: what its parameters miss is told at the word.
    fn below_word(&self, node: &Node) -> At {
        At { span: node.span.clone(), ..self.clone() }
    }
}

/// The word `default` returns a key to its default.
fn is_default(node: &Node) -> bool {
    node.text() == Some("default")
}

/// The other keys of a table of which only one may stand.
fn rivals<'a>(name: &'a str, scope: &'a Scope) -> impl Iterator<Item = &'static str> + 'a {
    ALTERNATIVES
        .iter()
        .filter(move |group| group.contains(&name))
        .flat_map(|group| group.iter().copied())
        .filter(move |other| *other != name && scope.keys.iter().any(|key| key.name == *other))
}

/// Whether the key beside it has the value without which a key means nothing.
fn applies(key: &Key, settings: &Settings) -> bool {
    let Some((other, word)) = key.only_with else { return true };
    match settings.get(other) {
        Some(_) if word == "*" => true,
        Some(Value::Boolean(value)) => value.to_string() == word,
        Some(value) => value.word() == Some(word),
        None => false,
    }
}

/// The first type that can hold a value; of a string, the first that knows it.
fn fitting<'a>(types: &'a [Type], raw: &Raw) -> Option<&'a Type> {
    let mut candidates = types.iter().filter(|holds| accepts(holds, raw));
    let knows = |holds: &&Type| match (holds, raw) {
        (Type::Choice(choices), Raw::Text(word)) => choices.kind(word).is_some(),
        _ => true,
    };
    candidates.clone().find(knows).or(candidates.next_back())
}

fn accepts(holds: &Type, raw: &Raw) -> bool {
    match (holds, raw) {
        (Type::Boolean, Raw::Boolean(_))
        | (Type::Integer(_), Raw::Integer(_))
        | (Type::Number(_), Raw::Integer(_) | Raw::Float(_))
        | (Type::Text(_), Raw::Text(_))
        | (Type::Choice(_), Raw::Text(_))
        | (Type::List(_) | Type::NonEmpty(_) | Type::Layers, Raw::List(_))
        | (Type::Table(_) | Type::Map(_) | Type::Parameters, Raw::Table(_))
        | (Type::Record, _) => true,
        (Type::Choice(_), Raw::Table(_)) => holds.choices().is_some(),
        (Type::Either(types), raw) => types.iter().any(|holds| accepts(holds, raw)),
        _ => false,
    }
}
