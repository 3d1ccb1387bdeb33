//! What a run remembers of the ledger of looks.

use crate::{RunFolder, durable};
use ikhim_data::{Chain, Ledger, LedgerHead, LedgerState, Witness};
use ikhim_text::{Fault, Result};
use std::path::PathBuf;

/// The heads of looks; that of the training stands in `run.json`, which is the
/// trainer's to write.
const HEADS: &str = "ledger_heads.json";
const COPY: &str = "ledger.jsonl";

/// What a run remembers of the ledger: the head that it saw when it drew its split,
/// the one that its last look left, and a copy of the whole. As the [`Witness`] of a
/// ledger it keeps both at each look.
#[derive(Debug, Clone)]
pub struct LedgerMemory {
    folder: PathBuf,
    drawn: Option<LedgerHead>,
}

impl LedgerMemory {
    /// The memory of the run in a folder.
    ///
    /// # Errors
    /// It is no run.
    pub fn of(folder: &RunFolder) -> Result<LedgerMemory> {
        let drawn = folder.record()?.ledger_head;
        Ok(LedgerMemory { folder: folder.path().to_path_buf(), drawn })
    }

    /// The copy of the ledger; a run from before the first look of all has an empty
    /// one.
    pub fn copy(&self) -> PathBuf {
        self.folder.join(COPY)
    }

    /// The heads that the ledger must hold.
    ///
    /// # Errors
    /// What looks have left is there and cannot be read.
    pub fn heads(&self) -> Result<Vec<LedgerHead>> {
        let kept = self.kept()?;
        Ok(self.drawn.iter().cloned().chain(kept).collect())
    }

    /// How a ledger stands to what the run saw of it.
    ///
    /// # Errors
    /// The ledger or the heads cannot be read.
    pub fn state(&self, ledger: &Ledger) -> Result<LedgerState> {
        // The heads first: a look that is taken meanwhile makes the ledger longer.
        let heads = self.heads()?;
        Ok(state(&heads, &ledger.read()?))
    }

    fn kept(&self) -> Result<Vec<LedgerHead>> {
        let path = self.folder.join(HEADS);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| {
                let fault = Fault::of("file.damaged").with("path", path.display());
                fault.with("found", error).file(&path)
            }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(durable::fault(&path, &error)),
        }
    }
}

/// How a ledger stands to heads that somebody saw.
pub fn state(heads: &[LedgerHead], chain: &Chain) -> LedgerState {
    chain.state(heads.iter().find(|head| !chain.holds(head)))
}

impl Witness for LedgerMemory {
    /// Keeps the copy, then the head. A head that this ledger does not hold is not
    /// replaced: what is lost is told as long as it is lost.
    fn see(&self, chain: &Chain, bytes: &[u8]) -> Result<()> {
        durable::replace(&self.copy(), bytes)?;
        let mut heads = self.kept()?;
        heads.retain(|head| !chain.holds(head));
        heads.push(chain.head());
        let text = serde_json::to_string_pretty(&heads)
            .map_err(|error| Fault::of("file.failed").with("path", HEADS).with("found", error))?;
        durable::replace(&self.folder.join(HEADS), (text + "\n").as_bytes())
    }
}
