use super::entry::Line;
use super::{Entry, LedgerState, RowSet};
use crate::MetricScale;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};

/// What the first line names as the line before it.
const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The end of the ledger as somebody saw it: a run keeps it and later finds
/// out whether the ledger still holds what it held then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerHead {
    /// Number of whole lines.
    pub lines: usize,
    /// SHA-256 of the last of them; 64 zeros when there was none.
    pub hash: String,
}

/// The lines of a ledger as read, with their hashes.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    links: Vec<Link>,
    torn: Vec<usize>,
    /// The last whole line and the torn ones after it: what the next line
    /// names by its hash. No byte of the file lies outside the chain.
    end: Vec<u8>,
    /// Their hash; empty at the start.
    tail: String,
}

#[derive(Debug, Clone)]
struct Link {
    hash: String,
    line: Line,
    /// Number of the line in the file.
    number: usize,
    /// Whether it names what stands before it.
    follows: bool,
}

impl Chain {
    /// Reads the bytes of a ledger. Nothing in them is an error: what is no
    /// whole line is [`torn`](Chain::torn), what does not fit the chain shows
    /// in the [`state`](Chain::state).
    pub fn parse(bytes: &[u8]) -> Chain {
        let mut chain = Chain::default();
        for text in bytes.split(|byte| *byte == b'\n').filter(|text| !text.is_empty()) {
            chain.push(text);
        }
        chain
    }

    /// Adds the text of a line, without its line feed.
    pub(super) fn push(&mut self, text: &[u8]) {
        let number = self.links.len() + self.torn.len() + 1;
        let Ok(line) = serde_json::from_slice::<Line>(text) else {
            self.torn.push(number);
            self.end.push(b'\n');
            self.end.extend(text);
            self.tail = sha256(&self.end);
            return;
        };
        let (hash, follows) = (sha256(text), line.previous == self.tail());
        self.tail.clone_from(&hash);
        self.links.push(Link { hash, line, number, follows });
        self.end = text.to_vec();
    }

    /// What the next line has to name as the line before it.
    pub(super) fn tail(&self) -> &str {
        if self.tail.is_empty() { START } else { &self.tail }
    }

    /// The head to remember.
    pub fn head(&self) -> LedgerHead {
        let hash = self.links.last().map_or(START, |link| &link.hash);
        LedgerHead { lines: self.links.len(), hash: hash.to_string() }
    }

    /// Numbers of the lines that cannot be read: an append was interrupted, or
    /// somebody cut a line. Each counts as a look, because nobody can say that it
    /// was none.
    pub fn torn(&self) -> &[usize] {
        &self.torn
    }

    /// The whole lines in order.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.links.iter().map(|link| &link.line)
    }

    /// Compares the ledger with its own chain and with a remembered head.
    pub fn state(&self, remembered: Option<&LedgerHead>) -> LedgerState {
        let all = self.links.len() + self.torn.len();
        let lost = remembered.filter(|head| !self.holds(head));
        match lost {
            Some(_) if all == 0 => return LedgerState::Missing,
            Some(head) if all < head.lines => {
                return LedgerState::Shorter { lines: all, remembered: head.lines };
            }
            _ => {}
        }
        if let Some(broken) = self.broken() {
            let elsewhere = self.links.iter().any(|link| link.hash == broken.line.previous);
            return if elsewhere || (broken.line.previous == START && broken.number > 1) {
                LedgerState::Reordered { line: broken.number }
            } else {
                LedgerState::Edited { line: broken.number.saturating_sub(1).max(1) }
            };
        }
        match (lost, self.torn.last()) {
            (Some(head), _) => {
                let there = self.links.get(head.lines.saturating_sub(1));
                LedgerState::Edited { line: there.map_or(all, |link| link.number) }
            }
            (None, Some(&line)) if line == all => LedgerState::Torn { line },
            _ => LedgerState::Whole,
        }
    }

    /// Whether the line of a remembered head stands in the ledger: at its place, or
    /// taken over from a copy that was whole itself.
    pub fn holds(&self, head: &LedgerHead) -> bool {
        let Some(place) = head.lines.checked_sub(1) else { return true };
        self.links.get(place).is_some_and(|link| link.hash == head.hash)
            || self.has_adopted(&head.hash)
    }

    /// Whether a line came from a whole copy: the first adoption behind it tells.
    fn has_adopted(&self, hash: &str) -> bool {
        let from = self.links.iter().skip_while(|link| link.line.origin.as_deref() != Some(hash));
        let mut adoptions = from.filter(|link| link.line.origin.is_none());
        adoptions.find_map(|link| link.line.entry.adopted_whole()).unwrap_or(false)
    }

    /// Whether what is taken over from this ledger can be relied on: its chain holds,
    /// and it has taken over nothing that could not be.
    pub(super) fn vouches(&self) -> bool {
        self.broken().is_none()
            && self.lines().all(|line| line.entry.adopted_whole().unwrap_or(true))
    }

    /// The first line that does not name what stands before it.
    fn broken(&self) -> Option<&Link> {
        self.links.iter().find(|link| !link.follows)
    }

    /// Every line under the name by which others refer to it: its own hash, or
    /// that of the line from which it was adopted.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, &Line)> {
        self.links
            .iter()
            .map(|link| (link.line.origin.as_deref().unwrap_or(&link.hash), &link.line))
    }

    /// The sealed sets by name.
    pub(super) fn sets(&self) -> HashMap<&str, &RowSet> {
        self.lines()
            .filter_map(|line| match &line.entry {
                Entry::Seal { set, rows } => Some((set.as_str(), rows)),
                _ => None,
            })
            .collect()
    }

    /// The metric and the value that the last look of a model at exactly these
    /// rows, and no others, showed.
    pub fn value_of(&self, model: &str, rows: &RowSet) -> Option<(String, f64)> {
        let set = rows.id();
        let own: HashSet<&str> = self
            .named()
            .filter(|(_, line)| match &line.entry {
                Entry::Look { model: by, set: at, .. } => by == model && *at == set,
                _ => false,
            })
            .map(|(name, _)| name)
            .collect();
        let values = self.lines().filter_map(|line| match &line.entry {
            Entry::Value { look, metric, value, value_is, measured: None }
                if own.contains(look.as_str()) =>
            {
                let number = match (value, value_is.as_deref()) {
                    (Some(value), _) => *value,
                    (None, Some("inf")) => f64::INFINITY,
                    (None, Some("-inf")) => f64::NEG_INFINITY,
                    _ => f64::NAN,
                };
                Some((metric.clone(), number))
            }
            _ => None,
        });
        values.last()
    }

    /// The names of the sealed sets that share a row with `rows`.
    fn meeting(&self, rows: &RowSet) -> HashSet<&str> {
        let sets = self.sets().into_iter();
        sets.filter(|(_, other)| other.meets(rows)).map(|(set, _)| set).collect()
    }

    /// The best value of a metric that any look which shares a row with `rows` has
    /// shown.
    pub(crate) fn best_shown(
        &self,
        rows: &RowSet,
        metric: &str,
        scale: &MetricScale,
    ) -> Option<f64> {
        let meeting = self.meeting(rows);
        let looks: HashSet<&str> = self
            .named()
            .filter(|(_, line)| match &line.entry {
                Entry::Look { set, .. } => meeting.contains(set.as_str()),
                _ => false,
            })
            .map(|(name, _)| name)
            .collect();
        let shown = self.lines().filter_map(|line| match &line.entry {
            Entry::Value { look, metric: of, value, .. }
                if of == metric && looks.contains(look.as_str()) =>
            {
                *value
            }
            Entry::Rung { look, metric: of, rung }
                if of == metric && looks.contains(look.as_str()) =>
            {
                Some(rung.value)
            }
            _ => None,
        });
        shown.reduce(|one, other| scale.better(one, other))
    }

    /// The looks that share a row with `rows`, and the lines that cannot be read.
    pub fn looks(&self, rows: &RowSet) -> Looks {
        let meeting = self.meeting(rows);
        let mut looks = Looks::default();
        let mut counted = HashSet::new();
        for (name, line) in self.named() {
            if let Entry::Look { run, model, set, .. } = &line.entry
                && meeting.contains(set.as_str())
                && counted.insert(name)
            {
                looks.push(run, model);
            }
        }
        looks.add_unreadable(self.unreadable());
        looks
    }

    /// How many looks at whichever rows.
    pub fn number_of_looks(&self) -> usize {
        let looks = self.named().filter(|(_, line)| matches!(line.entry, Entry::Look { .. }));
        looks.map(|(name, _)| name).collect::<HashSet<_>>().len() + self.unreadable()
    }

    /// How many lines cannot be read, here or in a copy that was taken over.
    fn unreadable(&self) -> usize {
        let elsewhere = self.lines().map(|line| match line.entry {
            Entry::Adoption { unreadable, .. } => unreadable,
            _ => 0,
        });
        self.torn.len() + elsewhere.sum::<usize>()
    }
}

/// The looks at some rows: run and model of each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Looks(Vec<(String, String)>);

impl Looks {
    /// How many looks.
    pub fn number(&self) -> usize {
        self.0.len()
    }

    /// How many of them by this run.
    pub fn of_run(&self, run: &str) -> usize {
        self.0.iter().filter(|(by, _)| by == run).count()
    }

    /// How many different models looked.
    pub fn models(&self) -> usize {
        self.0.iter().map(|(_, model)| model).collect::<HashSet<_>>().len()
    }

    pub(super) fn push(&mut self, run: &str, model: &str) {
        self.0.push((run.to_string(), model.to_string()));
    }

    /// Adds looks of which nothing is known: each may be that of another model.
    fn add_unreadable(&mut self, count: usize) {
        for number in 1..=count {
            self.push("", &format!("unreadable {number}"));
        }
    }
}

/// The SHA-256 of some bytes in hexadecimal digits.
fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}
