use super::Chain;
use ikhim_text::Result;
use std::fmt;

/// Who remembers what a ledger held, so that lines that are cut off or edited later
/// are missed: the folder of a run.
///
/// A look is seen by the witness after its line is on the disk and before a row is
/// given out. Who dies in between has counted a look at rows that nobody saw; the
/// other way round a witness would miss a line that was never written.
pub trait Witness: fmt::Debug + Send + Sync {
    /// Sees the chain and the bytes of the file. Nobody appends meanwhile: the ledger
    /// is locked, and reading it here would wait for ever.
    ///
    /// # Errors
    /// What was seen cannot be kept: then no rows are given out.
    fn see(&self, chain: &Chain, bytes: &[u8]) -> Result<()>;
}
