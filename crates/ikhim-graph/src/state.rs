use crate::{Array, Definition};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that lives from step to step: parameters, slots, statistics and
/// counters, by name, in logical row-major order. Two programs over one state
/// see the same values.
#[derive(Debug, Default)]
pub struct State {
    entries: BTreeMap<String, Array>,
    /// Who left the entries as they are.
    stamp: Mutex<Option<Arc<()>>>,
}

impl Clone for State {
    fn clone(&self) -> State {
        // The copy will go its own way.
        State { entries: self.entries.clone(), stamp: Mutex::default() }
    }
}

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        self.entries == other.entries
    }
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
        State { entries, stamp: Mutex::default() }
    }

    /// The value of an entry.
    pub fn get(&self, path: &str) -> Option<&Array> {
        self.entries.get(path)
    }

    /// The value of an entry, to be changed in place.
    pub fn get_mut(&mut self, path: &str) -> Option<&mut Array> {
        self.forget();
        self.entries.get_mut(path)
    }

    /// Sets an entry.
    pub fn set(&mut self, path: impl Into<String>, value: Array) {
        self.forget();
        self.entries.insert(path.into(), value);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, path: &str) -> Option<Array> {
        self.forget();
        self.entries.remove(path)
    }

    /// Marks the entries as left by the owner of a stamp. Any change takes the
    /// mark away, and a copy has none, so that a program knows whether what it
    /// derived from the entries still holds.
    pub fn mark(&self, stamp: &Arc<()>) {
        *self.stamp.lock().unwrap_or_else(PoisonError::into_inner) = Some(stamp.clone());
    }

    /// Whether the entries are as the owner of the stamp left them.
    pub fn is_marked(&self, stamp: &Arc<()>) -> bool {
        let own = self.stamp.lock().unwrap_or_else(PoisonError::into_inner);
        own.as_ref().is_some_and(|own| Arc::ptr_eq(own, stamp))
    }

    fn forget(&mut self) {
        *self.stamp.get_mut().unwrap_or_else(PoisonError::into_inner) = None;
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
        State { entries: entries.into_iter().collect(), stamp: Mutex::default() }
    }
}
