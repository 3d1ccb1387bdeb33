//! The values of a resolved experiment.

use super::key::Key;
use super::layers::LayerEntry;

/// A value of a key, of the type that the key declares.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `true` or `false`.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// A finite number.
    Number(f64),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Value>),
    /// One of the words that the key declares, with its parameters.
    Choice(Choice),
    /// A table.
    Table(Settings),
    /// The layers of a model.
    Layers(Vec<LayerEntry>),
}

/// A word with its parameters, e.g. `adam` with `beta_1`.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// The word.
    pub kind: &'static str,
    /// Its parameters, all of them.
    pub settings: Settings,
}

/// Keys with their values, in the order of their declaration; a key that has
/// no default and was not given is not there.
///
/// The getters answer `None` for such a key, for the words `none` and `auto`
/// where another type is asked for, and for a key of another type.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings {
    pairs: Vec<(String, Value)>,
}

impl Settings {
    /// No keys.
    pub(super) const EMPTY: Settings = Settings { pairs: Vec::new() };

    pub(super) fn push(&mut self, key: impl Into<String>, value: Value) {
        self.pairs.push((key.into(), value));
    }

    /// All but the given keys.
    pub(super) fn without(mut self, keys: &[Key]) -> Settings {
        self.pairs.retain(|(name, _)| !keys.iter().any(|key| key.name == name));
        self
    }

    /// The value of a key, to be changed.
    pub(super) fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.pairs.iter_mut().find(|(known, _)| known == key).map(|(_, value)| value)
    }

    /// Takes a value out.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let index = self.pairs.iter().position(|(known, _)| known == key)?;
        Some(self.pairs.remove(index).1)
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.pairs.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.iter().find(|(known, _)| *known == key).map(|(_, value)| value)
    }

    /// `true` or `false`.
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.get(key)?.boolean()
    }

    /// An integer.
    pub fn integer(&self, key: &str) -> Option<i64> {
        self.get(key)?.integer()
    }

    /// An integer that counts something.
    pub fn count(&self, key: &str) -> Option<usize> {
        self.get(key)?.count()
    }

    /// A number; an integer is one too.
    pub fn number(&self, key: &str) -> Option<f64> {
        self.get(key)?.number()
    }

    /// A string.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// The word of a choice.
    pub fn word(&self, key: &str) -> Option<&'static str> {
        self.get(key)?.word()
    }

    /// A choice.
    pub fn choice(&self, key: &str) -> Option<&Choice> {
        self.get(key)?.choice()
    }

    /// The values of a list.
    pub fn list(&self, key: &str) -> Option<&[Value]> {
        self.get(key)?.list()
    }

    /// The keys of a table.
    pub fn table(&self, key: &str) -> Option<&Settings> {
        self.get(key)?.table()
    }
}

impl<K: Into<String>> FromIterator<(K, Value)> for Settings {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(pairs: I) -> Settings {
        Settings { pairs: pairs.into_iter().map(|(key, value)| (key.into(), value)).collect() }
    }
}

impl Value {
    /// The value on one line, as TOML.
    pub fn to_toml(&self) -> String {
        super::resolved::inline(self)
    }

    /// `true` or `false`.
    pub fn boolean(&self) -> Option<bool> {
        match self {
            Value::Boolean(value) => Some(*value),
            _ => None,
        }
    }

    /// An integer.
    pub fn integer(&self) -> Option<i64> {
        match self {
            Value::Integer(value) => Some(*value),
            _ => None,
        }
    }

    /// An integer that counts something.
    pub fn count(&self) -> Option<usize> {
        usize::try_from(self.integer()?).ok()
    }

    /// A number; an integer is one too.
    pub fn number(&self) -> Option<f64> {
        match self {
            Value::Number(value) => Some(*value),
            Value::Integer(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// A string.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The word of a choice.
    pub fn word(&self) -> Option<&'static str> {
        Some(self.choice()?.kind)
    }

    /// A choice.
    pub fn choice(&self) -> Option<&Choice> {
        match self {
            Value::Choice(choice) => Some(choice),
            _ => None,
        }
    }

    /// The values of a list.
    pub fn list(&self) -> Option<&[Value]> {
        match self {
            Value::List(values) => Some(values),
            _ => None,
        }
    }

    /// The keys of a table.
    pub fn table(&self) -> Option<&Settings> {
        match self {
            Value::Table(settings) => Some(settings),
            _ => None,
        }
    }
}
