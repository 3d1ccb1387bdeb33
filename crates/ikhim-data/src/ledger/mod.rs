//! The ledger: what is sealed and who looked.
//!
//! It is one file, `.ikhim/ledger.jsonl`, in the project folder, and it belongs
//! to the sealed rows, not to a run: a look is counted together with every
//! earlier one that shares a row, whichever run, seed or split it came from.
//! Lines are only ever appended, under a lock, flushed to the disk before the
//! append returns, and each names the hash of the line before it.
//!
//! What it cannot stop: somebody who deletes the folder and forgets the runs,
//! or who computes all hashes anew. It makes that an act instead of an
//! accident, and a run that keeps the head it saw tells it.

mod chain;
mod entry;
mod rows;
mod state;
mod witness;

pub use chain::{Chain, LedgerHead, Looks};
pub use entry::{Entry, Line};
pub use rows::RowSet;
pub(crate) use rows::short;
pub use state::LedgerState;
pub use witness::Witness;

use crate::{MetricScale, Rung, iso_8601};
use ikhim_text::{Fault, Result};
use std::collections::HashSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

const FOLDER: &str = ".ikhim";
const FILE: &str = "ledger.jsonl";

/// The ledger of a project folder. The value holds only the path: every call
/// reads the file as it is now, so several processes may use one ledger.
///
/// ```
/// # fn main() -> ikhim_text::Result<()> {
/// use ikhim_data::{Ledger, LookRequest, RowHash, RowSet};
/// # let project = tempfile::tempdir().unwrap();
/// # let project = project.path();
/// let ledger = Ledger::in_project(project);
/// let [first, second, third] = [b"1", b"2", b"3"].map(|cells| RowHash::of(cells));
///
/// let rows = &RowSet::from_iter(&[first, second]);
/// let look = LookRequest { run: "a", model: "m", metric: "accuracy", reason: "first", rows };
/// assert_eq!(ledger.record(&look)?.number, 1);
///
/// let rows = &RowSet::from_iter(&[second, third]);
/// let look = LookRequest { run: "b", model: "m", metric: "accuracy", reason: "again", rows };
/// assert_eq!(ledger.record(&look)?.number, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Ledger {
    project: PathBuf,
    witness: Option<Arc<dyn Witness>>,
}

/// Two values are the same ledger, whoever watches it.
impl PartialEq for Ledger {
    fn eq(&self, other: &Ledger) -> bool {
        self.project == other.project
    }
}

impl Eq for Ledger {}

/// A look that is about to happen.
#[derive(Debug, Clone, Copy)]
pub struct LookRequest<'a> {
    /// The run that looks.
    pub run: &'a str,
    /// The hash of the model that is examined.
    pub model: &'a str,
    /// The metric that will be computed.
    pub metric: &'a str,
    /// Why the person looks.
    pub reason: &'a str,
    /// The rows that will be seen.
    pub rows: &'a RowSet,
}

/// A look that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// How often any of the rows was looked at, this time included.
    pub number: usize,
    /// How many of these looks the same run took.
    pub looks_of_this_run: usize,
    /// How many different models took them.
    pub models_looked: usize,
    /// Whether exactly this set of rows was written down before the look.
    pub sealed_before: bool,
    /// The state of the ledger's own chain before the look.
    pub state: LedgerState,
    id: String,
}

impl Ledger {
    /// The ledger of the project that `folder` belongs to: the nearest folder
    /// upwards that has a folder `.ikhim`, as `.git` is found. Where there is
    /// none, `folder` becomes the project; `.ikhim` is made by the first entry.
    pub fn find(folder: impl AsRef<Path>) -> Ledger {
        let folder = folder.as_ref();
        // A relative path such as `.` ends too early on the way up.
        let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
        let project = folder.ancestors().find(|above| above.join(FOLDER).is_dir());
        Ledger::in_project(project.unwrap_or(&folder))
    }

    /// The ledger of this project folder, without a search.
    pub fn in_project(project: impl Into<PathBuf>) -> Ledger {
        Ledger { project: project.into(), witness: None }
    }

    /// Shows to `witness` what the ledger holds after each append through this value.
    pub fn witnessed(self, witness: impl Witness + 'static) -> Ledger {
        Ledger { witness: Some(Arc::new(witness)), ..self }
    }

    /// The file of the ledger; it exists from the first entry on.
    pub fn path(&self) -> PathBuf {
        self.project.join(FOLDER).join(FILE)
    }

    /// The bytes of the file, for a copy in a run folder; none where there is
    /// no ledger yet.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        match File::open(self.path()).and_then(read_locked) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            read => read.map_err(|error| self.unusable(&error)),
        }
    }

    /// Reads the whole ledger; one that does not exist is empty.
    pub fn read(&self) -> Result<Chain> {
        Ok(Chain::parse(&self.bytes()?))
    }

    /// The end of the ledger, for a run to remember.
    pub fn head(&self) -> Result<LedgerHead> {
        Ok(self.read()?.head())
    }

    /// Compares the ledger with its own chain and with the head that a run
    /// remembers.
    pub fn state(&self, remembered: Option<&LedgerHead>) -> Result<LedgerState> {
        Ok(self.read()?.state(remembered))
    }

    /// Writes down that these rows are sealed, once, and returns the head after
    /// it. From then on [`overlap`](Ledger::overlap) knows the rows.
    pub fn seal(&self, rows: &RowSet) -> Result<LedgerHead> {
        if rows.is_empty() {
            return self.head();
        }
        let chain = self.append(|chain| seal_entry(chain, rows).into_iter().collect())?;
        Ok(chain.head())
    }

    /// Which of these rows are sealed, by whichever run. Evaluating any of them
    /// is a look.
    pub fn overlap(&self, rows: &RowSet) -> Result<RowSet> {
        Ok(rows.within(self.read()?.sets().into_values()))
    }

    /// The looks so far that share a row with `rows`.
    pub fn looks(&self, rows: &RowSet) -> Result<Looks> {
        Ok(self.read()?.looks(rows))
    }

    /// Counts a look and writes it down. Only after this returns may the rows
    /// be seen: a look counts also when the process dies right after it.
    pub fn record(&self, look: &LookRequest<'_>) -> Result<Recorded> {
        let mut found = None;
        let chain = self.append(|chain| {
            let mut looks = chain.looks(look.rows);
            looks.push(look.run, look.model);
            let seal = seal_entry(chain, look.rows);
            let entry = Entry::Look {
                number: looks.number(),
                run: look.run.to_string(),
                model: look.model.to_string(),
                set: look.rows.id(),
                n: look.rows.len(),
                metric: look.metric.to_string(),
                reason: look.reason.to_string(),
            };
            found = Some((looks, seal.is_none(), chain.state(None)));
            seal.into_iter().chain([entry]).collect()
        })?;
        let (looks, sealed_before, state) =
            found.unwrap_or((Looks::default(), false, LedgerState::Whole));
        Ok(Recorded {
            number: looks.number(),
            looks_of_this_run: looks.of_run(look.run),
            models_looked: looks.models(),
            sealed_before,
            state,
            id: chain.head().hash,
        })
    }

    /// Adds to a counted look what it showed.
    pub fn record_value(&self, look: &Recorded, metric: &str, value: f64) -> Result<LedgerHead> {
        let chain = self.append(|_| vec![Entry::value(&look.id, metric, value, None)])?;
        Ok(chain.head())
    }

    /// The same for a value of so many rows, of which the sealed ones were a part:
    /// it says nothing of those alone.
    pub fn record_value_among(
        &self,
        look: &Recorded,
        metric: &str,
        value: f64,
        measured: usize,
    ) -> Result<LedgerHead> {
        let chain = self.append(|_| vec![Entry::value(&look.id, metric, value, Some(measured))])?;
        Ok(chain.head())
    }

    /// Adds to a counted look what a ladder with this step shows of it: the best value
    /// shown so far is looked up and the new one written under one lock.
    pub(crate) fn record_rung(
        &self,
        look: &Recorded,
        rows: &RowSet,
        metric: &str,
        found: (f64, f64, &MetricScale),
    ) -> Result<(Rung, LedgerHead)> {
        let (value, step, scale) = found;
        let mut rung = Rung::of(value, None, step, scale);
        let chain = self.append(|chain| {
            rung = Rung::of(value, chain.best_shown(rows, metric, scale), step, scale);
            vec![Entry::Rung { look: look.id.clone(), metric: metric.to_string(), rung }]
        })?;
        Ok((rung, chain.head()))
    }

    /// Takes over from a copy of a ledger, such as the one in a run folder that
    /// came from elsewhere, what this ledger does not know, so that its looks
    /// go on counting, and writes down that it did. Where the copy is whole, every
    /// head that it holds is held by this ledger from then on. Returns the number of
    /// looks taken over.
    pub fn adopt(&self, copy: &Path) -> Result<usize> {
        let bytes = fs::read(copy).map_err(|error| unusable(copy, &error))?;
        let copy = Chain::parse(&bytes);
        let mut looks = 0;
        self.append_lines(|chain| {
            let known: HashSet<&str> = chain.named().map(|(name, _)| name).collect();
            let unknown = copy.named().filter(|(name, _)| !known.contains(name));
            let mut lines: Vec<Line> = unknown
                .map(|(name, line)| Line { origin: Some(name.to_string()), ..line.clone() })
                .collect();
            let unreadable = copy.torn().len().saturating_sub(chain.torn().len());
            if lines.is_empty() {
                return lines;
            }
            let taken = lines.iter().filter(|line| matches!(line.entry, Entry::Look { .. }));
            looks = taken.count() + unreadable;
            // It stands last, so that no head is ever that of a line taken over: such a
            // line has another hash in every ledger.
            lines.push(now(Entry::Adoption {
                lines: lines.len(),
                looks,
                unreadable,
                whole: copy.vouches(),
            }));
            lines
        })?;
        Ok(looks)
    }

    fn append(&self, entries: impl FnOnce(&Chain) -> Vec<Entry>) -> Result<Chain> {
        self.append_lines(|chain| entries(chain).into_iter().map(now).collect())
    }

    /// The only way into the file: locks it, reads it, lets the caller decide
    /// from what it holds, links the new lines to the last one, writes them in
    /// one piece, waits for the disk and lets the witness see. Returns the chain
    /// after it.
    fn append_lines(&self, lines: impl FnOnce(&Chain) -> Vec<Line>) -> Result<Chain> {
        let appended = self.append_locked(lines).map_err(|error| self.unusable(&error))?;
        if let Some(witness) = self.witness.as_ref().filter(|_| appended.is_more) {
            witness.see(&appended.chain, &appended.bytes)?;
        }
        Ok(appended.chain)
    }

    fn append_locked(&self, lines: impl FnOnce(&Chain) -> Vec<Line>) -> io::Result<Appended> {
        let folder = self.project.join(FOLDER);
        fs::create_dir_all(&folder)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(self.path())?;
        file.lock()?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut chain = Chain::parse(&bytes);
        let before = bytes.len();
        for line in lines(&chain) {
            // What an interrupted append left stays in the file, on a line of
            // its own: the ledger is never cut.
            if !bytes.is_empty() && !bytes.ends_with(b"\n") {
                bytes.push(b'\n');
            }
            let line = serde_json::to_vec(&Line { previous: chain.tail().to_string(), ..line })?;
            chain.push(&line);
            bytes.extend(line);
            bytes.push(b'\n');
        }
        let is_more = bytes.len() > before;
        if is_more {
            file.write_all(&bytes[before..])?;
            file.sync_all()?;
            if before == 0 {
                sync_folder(&folder)?;
            }
        }
        Ok(Appended { chain, bytes, is_more, _lock: file })
    }

    fn unusable(&self, error: &io::Error) -> Fault {
        unusable(&self.path(), error)
    }
}

/// The ledger after an append, locked still.
struct Appended {
    chain: Chain,
    bytes: Vec<u8>,
    /// Whether anything was written.
    is_more: bool,
    /// Held for its lock, which ends with it.
    _lock: File,
}

/// A line of this moment, to be linked to the one before it.
fn now(entry: Entry) -> Line {
    Line { previous: String::new(), time: iso_8601(SystemTime::now()), origin: None, entry }
}

/// The line that seals a set, when the ledger does not know the set yet.
fn seal_entry(chain: &Chain, rows: &RowSet) -> Option<Entry> {
    let set = rows.id();
    let known = rows.is_empty() || chain.sets().contains_key(set.as_str());
    (!known).then(|| Entry::Seal { set, rows: rows.clone() })
}

/// Reads under a shared lock, so that no half of a running append is seen.
fn read_locked(mut file: File) -> io::Result<Vec<u8>> {
    file.lock_shared()?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unusable(path: &Path, error: &io::Error) -> Fault {
    Fault::of("seal.ledger_unusable").with("path", path.display()).with("reason", error).file(path)
}

/// A new file is safe only when its folder is on the disk too; Windows has no
/// such call and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
