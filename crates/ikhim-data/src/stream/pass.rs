//! One pass over all pieces: the next ones are read and hashed, and those before
//! are taken note of, while these are cut and typed.

use super::Reading;
use super::pieces::Pieces;
use super::witness::Shown;
use crate::cores::on_all_cores;
use crate::source::csv::{Form, Scanned, one};
use ikhim_text::{Fault, Result};
use sha2::{Digest, Sha256};
use std::io::{self, Read};
use std::panic::resume_unwind;
use std::thread;

/// Rows that were read together.
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) scanned: Scanned,
    pub(super) shown: Vec<Shown>,
}

/// What went wrong in a pass, before it has a place.
pub(super) enum Broken {
    Io(io::Error),
    /// A piece is no UTF-8.
    Encoding,
    Stopped,
    Told(Fault),
}

impl From<Fault> for Broken {
    fn from(fault: Fault) -> Broken {
        Broken::Told(fault)
    }
}

/// Reads all pieces and gives them out in their order.
pub(super) fn pass<R: Read + Send>(
    mut pieces: Pieces<R>,
    form: Form<'_>,
    digest: &mut Sha256,
    reading: &Reading,
    mut take: impl FnMut(Piece) -> Result<()>,
) -> std::result::Result<(), Broken> {
    let together = thread::available_parallelism().map_or(1, usize::from) * 2;
    let mut read = || -> io::Result<Vec<Vec<u8>>> {
        let mut round = Vec::new();
        while round.len() < together {
            let piece = pieces.next()?;
            if piece.is_empty() {
                break;
            }
            digest.update(&piece);
            round.push(piece);
        }
        Ok(round)
    };
    let mut next = read().map_err(Broken::Io)?;
    let mut done: Vec<Piece> = Vec::new();
    while !next.is_empty() {
        if reading.is_stopped() {
            return Err(Broken::Stopped);
        }
        let now = std::mem::take(&mut next);
        let (typed, after, taken) = thread::scope(|scope| {
            let typing = scope.spawn(|| on_all_cores(now, |bytes| piece(bytes, form)));
            let reading = scope.spawn(&mut read);
            let taken = done.drain(..).try_for_each(&mut take);
            let typed = typing.join().unwrap_or_else(|panic| resume_unwind(panic));
            (typed, reading.join().unwrap_or_else(|panic| resume_unwind(panic)), taken)
        });
        taken?;
        next = after.map_err(Broken::Io)?;
        done = typed.into_iter().collect::<Option<Vec<Piece>>>().ok_or(Broken::Encoding)?;
    }
    done.drain(..).try_for_each(take)?;
    Ok(())
}

fn piece(bytes: Vec<u8>, form: Form<'_>) -> Option<Piece> {
    let text = String::from_utf8(bytes).ok()?;
    let scanned = one(&text, 0..text.len(), form);
    let shown = scanned.columns.iter().map(Shown::of).collect();
    Some(Piece { text, scanned, shown })
}
