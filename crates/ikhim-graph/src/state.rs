use crate::{Array, Definition};
use std::collections::BTreeMap;

/// Everything that lives from step to step: parameters, slots, statistics and
/// counters, by name, in logical row-major order. Two programs over one state
/// see the same values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct State {
    entries: BTreeMap<String, Array>,
}

impl State {
    /// A state without entries.
    pub fn new() -> State {
        State::default()
    }

    /// The state at step 0: each variable's initial value for a seed.
    pub fn initial(definition: &Definition, seed: u64) -> State {
        let entries = definition
            .variables()
            .iter()
            .map(|variable| (variable.path.clone(), (variable.initial)(seed)))
            .collect();
        State { entries }
    }

    /// The value of an entry.
    pub fn get(&self, path: &str) -> Option<&Array> {
        self.entries.get(path)
    }

    /// The value of an entry, to be changed in place.
    pub fn get_mut(&mut self, path: &str) -> Option<&mut Array> {
        self.entries.get_mut(path)
    }

    /// Sets an entry.
    pub fn set(&mut self, path: impl Into<String>, value: Array) {
        self.entries.insert(path.into(), value);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, path: &str) -> Option<Array> {
        self.entries.remove(path)
    }

    /// All entries in the order of their paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Array)> {
        self.entries.iter().map(|(path, value)| (path.as_str(), value))
    }

    /// Number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is no entry.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl FromIterator<(String, Array)> for State {
    fn from_iter<I: IntoIterator<Item = (String, Array)>>(entries: I) -> State {
        State { entries: entries.into_iter().collect() }
    }
}
