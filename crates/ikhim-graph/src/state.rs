use crate::{Array, Definition};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Everything that lives from step to step: parameters, slots, statistics and
/// counters, by name, in logical row-major order. Two programs over one state
/// see the same values.
#[derive(Debug, Default)]
pub struct State {
    entries: BTreeMap<String, Array>,
    /// Who left or read the entries as they are, the latest first.
    stamps: Mutex<Stamps>,
}

/// Enough for the programs that take turns over one state: those that update it,
/// measure it and look into it.
type Stamps = [Option<Arc<()>>; 4];

impl Clone for State {
    fn clone(&self) -> State {
        // The copy will go its own way.
        State { entries: self.entries.clone(), stamps: Mutex::default() }
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
        State { entries, stamps: Mutex::default() }
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

    /// Marks the entries as known to the owner of a stamp. Any change takes all
    /// marks away, and a copy has none, so that a program knows whether what it
    /// derived from the entries still holds. Of more than a few marks the oldest
    /// goes.
    pub fn mark(&self, stamp: &Arc<()>) {
        let mut own = self.stamps.lock().unwrap_or_else(PoisonError::into_inner);
        let place = own.iter().position(|own| is(own, stamp)).unwrap_or(own.len() - 1);
        own[..=place].rotate_right(1);
        own[0] = Some(stamp.clone());
    }

    /// Whether the entries are as the owner of the stamp knows them.
    pub fn is_marked(&self, stamp: &Arc<()>) -> bool {
        let own = self.stamps.lock().unwrap_or_else(PoisonError::into_inner);
        own.iter().any(|own| is(own, stamp))
    }

    fn forget(&mut self) {
        *self.stamps.get_mut().unwrap_or_else(PoisonError::into_inner) = Stamps::default();
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
        State { entries: entries.into_iter().collect(), stamps: Mutex::default() }
    }
}

fn is(own: &Option<Arc<()>>, stamp: &Arc<()>) -> bool {
    own.as_ref().is_some_and(|own| Arc::ptr_eq(own, stamp))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_know_the_entries_take_turns_until_one_changes() {
        let mut state = State::new();
        let owners: Vec<Arc<()>> = (0..5).map(|_| Arc::new(())).collect();
        for owner in &owners[..4] {
            state.mark(owner);
        }
        state.mark(&owners[0]);
        assert!(owners[..4].iter().all(|owner| state.is_marked(owner)));
        assert!(!state.clone().is_marked(&owners[0]));
        // The second has been silent for longest.
        state.mark(&owners[4]);
        let known: Vec<bool> = owners.iter().map(|owner| state.is_marked(owner)).collect();
        assert_eq!(known, [true, false, true, true, true]);
        state.set("bias", Array::scalar(1.0));
        assert!(!owners.iter().any(|owner| state.is_marked(owner)));
    }
}
