//! The assignment of rows to parts, kept with the data: when rows are appended,
//! those that are known keep their part.

use super::Parts;
use super::sorted::Sorted;
use crate::ledger::short;
use crate::stream::Rows;
use crate::{Part, RowHash};
use ikhim_text::Result;
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Read, Write};

/// The first bytes of an assignment as it is kept.
const FIRST: &[u8; 16] = b"ikhim parts   2\n";

/// Hashes that are read or written at a time.
const TOGETHER: usize = 1 << 12;

/// Rows whose hashes are read at a time.
const ROWS: usize = 1 << 16;

/// The parts in the order in which they are kept.
const PARTS: [Part; 3] = [Part::Train, Part::Validation, Part::Test];

/// For each input that was assigned, its part. Rows are known by the hash of
/// their inputs, so the order of the file has no part in it, and nothing of it
/// tells a target. An input takes 8 bytes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Assignment {
    /// Inputs of train, validation and sealed rows.
    inputs: [Sorted; 3],
}

/// Where the inputs of the rows of a split are: in memory, or in the scratch file of
/// a table that is read in pieces.
#[derive(Debug)]
pub struct Assigned(Inputs);

#[derive(Debug)]
enum Inputs {
    InMemory(Assignment),
    InPieces([Rows; 3]),
}

/// An assignment in the form of its first version.
#[derive(Deserialize)]
struct First {
    train: Vec<RowHash>,
    validation: Vec<RowHash>,
    test: Vec<RowHash>,
}

impl Assigned {
    pub(super) fn in_pieces(parts: [Rows; 3]) -> Assigned {
        Assigned(Inputs::InPieces(parts))
    }
}

impl Assignment {
    /// The assignment of a split.
    ///
    /// # Errors
    /// The scratch file of a table that is read in pieces cannot be read.
    pub fn of(parts: &Parts) -> Result<Assignment> {
        let mut whole = Assignment::default();
        whole.join(&parts.assigned())?;
        Ok(whole)
    }

    fn new(inputs: [Vec<u64>; 3]) -> Assignment {
        Assignment { inputs: inputs.map(Sorted::of) }
    }

    /// Number of inputs that are assigned.
    pub fn len(&self) -> usize {
        self.inputs.iter().map(|part| part.as_slice().len()).sum()
    }

    /// Whether nothing is assigned.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes up the inputs of a split that it does not know; those that it knows keep
    /// their part. Gives how many are new.
    ///
    /// # Errors
    /// The scratch file of a table that is read in pieces cannot be read.
    pub fn join(&mut self, split: &Assigned) -> Result<usize> {
        let before = self.len();
        // One part after the other: no input is in two parts of a split.
        for place in 0..PARTS.len() {
            let mut new: Vec<u64> = Vec::new();
            let mut take = |hash: u64| {
                if !self.inputs.iter().any(|part| part.has(hash)) {
                    new.push(hash);
                }
            };
            match &split.0 {
                Inputs::InMemory(split) => {
                    split.inputs[place].as_slice().iter().for_each(|hash| take(*hash));
                }
                Inputs::InPieces(parts) => {
                    let rows = &parts[place];
                    for start in (0..rows.len()).step_by(ROWS) {
                        let hashes = rows.input_hashes(start..rows.len().min(start + ROWS))?;
                        hashes.iter().for_each(|hash| take(short(hash)));
                    }
                }
            }
            self.inputs[place].extend(new);
        }
        Ok(self.len() - before)
    }

    /// The part of an input.
    pub fn part(&self, inputs: &RowHash) -> Option<Part> {
        // What was sealed stays so, whatever else is said of it.
        let known = PARTS.iter().zip(&self.inputs).rev();
        known.into_iter().find(|(_, part)| part.contains(inputs)).map(|(part, _)| *part)
    }

    /// Writes it down.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, to: &mut dyn Write) -> io::Result<()> {
        to.write_all(FIRST)?;
        for part in &self.inputs {
            to.write_all(&(part.as_slice().len() as u64).to_le_bytes())?;
            for hashes in part.as_slice().chunks(TOGETHER) {
                let bytes: Vec<u8> = hashes.iter().flat_map(|hash| hash.to_le_bytes()).collect();
                to.write_all(&bytes)?;
            }
        }
        Ok(())
    }

    /// Reads what [`write`](Assignment::write) wrote, or the JSON of its first
    /// version.
    ///
    /// # Errors
    /// What the reader says, and what is neither.
    pub fn read(from: &mut dyn Read) -> io::Result<Assignment> {
        let mut first = [0; FIRST.len()];
        from.read_exact(&mut first)?;
        if &first != FIRST {
            let whole = io::BufReader::new(first.as_slice().chain(from));
            let First { train, validation, test } = serde_json::from_reader(whole)?;
            let short = |part: Vec<RowHash>| part.iter().map(short).collect();
            return Ok(Assignment::new([train, validation, test].map(short)));
        }
        let mut inputs: [Vec<u64>; 3] = Default::default();
        for part in &mut inputs {
            let mut count = [0; 8];
            from.read_exact(&mut count)?;
            let mut left = u64::from_le_bytes(count);
            let mut bytes = vec![0; TOGETHER * 8];
            while left > 0 {
                let now = left.min(TOGETHER as u64);
                let bytes = &mut bytes[..now as usize * 8];
                from.read_exact(bytes)?;
                part.extend(bytes.as_chunks().0.iter().map(|hash| u64::from_le_bytes(*hash)));
                left -= now;
            }
        }
        match from.read(&mut [0])? {
            0 => Ok(Assignment::new(inputs)),
            _ => Err(io::ErrorKind::InvalidData.into()),
        }
    }

    /// The part of each key of the draw: that of the first row with this key that
    /// is known, a sealed one before all others.
    pub(super) fn parts_of_keys(
        &self,
        keys: &[RowHash],
        inputs: &[RowHash],
    ) -> HashMap<RowHash, Part> {
        let mut parts = HashMap::new();
        for (&key, inputs) in keys.iter().zip(inputs) {
            match self.part(inputs) {
                Some(Part::Test) => {
                    parts.insert(key, Part::Test);
                }
                Some(part) => {
                    parts.entry(key).or_insert(part);
                }
                None => {}
            }
        }
        parts
    }
}

impl From<Assignment> for Cow<'_, Assignment> {
    fn from(assignment: Assignment) -> Self {
        Cow::Owned(assignment)
    }
}

impl<'a> From<&'a Assignment> for Cow<'a, Assignment> {
    fn from(assignment: &'a Assignment) -> Self {
        Cow::Borrowed(assignment)
    }
}

impl Parts {
    /// Where the inputs of its rows are, for an [`Assignment`].
    pub fn assigned(&self) -> Assigned {
        if let Some(rows) = &self.in_pieces {
            return Assigned::in_pieces(rows.clone());
        }
        let parts = [
            self.train.dataset().input_hashes(),
            self.validation.dataset().input_hashes(),
            self.test.input_hashes(),
        ];
        Assigned(Inputs::InMemory(Assignment::new(
            parts.map(|part| part.iter().map(short).collect()),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some() -> Assignment {
        let hashes = |numbers: std::ops::Range<u32>| {
            numbers.map(|number| short(&RowHash::of(&number.to_le_bytes()))).collect()
        };
        Assignment::new([hashes(0..9_000), hashes(9_000..9_007), hashes(9_007..9_100)])
    }

    #[test]
    fn is_read_as_it_was_written_and_never_in_part() {
        let mut bytes = Vec::new();
        some().write(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 16 + 3 * 8 + 9_100 * 8);
        assert_eq!(Assignment::read(&mut bytes.as_slice()).unwrap(), some());
        for end in [0, 7, 16, 30, bytes.len() / 2, bytes.len() - 1] {
            assert!(Assignment::read(&mut &bytes[..end]).is_err(), "{end}");
        }
        bytes.push(0);
        assert!(Assignment::read(&mut bytes.as_slice()).is_err());
    }

    /// As projects of earlier versions have it.
    #[test]
    fn reads_the_json_of_its_first_version() {
        let [a, b, c] = ["1", "2", "3"].map(|digit| digit.repeat(32));
        let text = format!(
            "{{\"format\":1,\"train\":[\"{a}\"],\"validation\":[\"{b}\"],\"test\":[\"{c}\"]}}"
        );
        let read = Assignment::read(&mut text.as_bytes()).unwrap();
        let part = |digit: u8| read.part(&RowHash([digit; 16]));
        assert_eq!(
            [part(0x11), part(0x22), part(0x33), part(0x44)],
            [Some(Part::Train), Some(Part::Validation), Some(Part::Test), None]
        );
    }
}
