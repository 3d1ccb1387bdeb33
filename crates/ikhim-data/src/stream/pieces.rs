//! A source of separated values in pieces that end where a record ends.

use crate::source::place::{end_of_field, skip_comments};
use std::io::{self, Read};

/// A quoted field that goes on for so many bytes was never closed.
const LONGEST: usize = 64 << 20;

/// The pieces of a source.
pub(super) struct Pieces<R> {
    source: R,
    separator: u8,
    comment: Option<u8>,
    /// Bytes of a piece.
    length: usize,
    rest: Vec<u8>,
}

impl<R: Read> Pieces<R> {
    /// Pieces of a source, behind bytes of it that were read before.
    pub(super) fn new(
        source: R,
        before: Vec<u8>,
        [separator, comment]: [Option<u8>; 2],
        length: usize,
    ) -> Pieces<R> {
        let separator = separator.unwrap_or(b',');
        Pieces { source, separator, comment, length: length.max(1), rest: before }
    }

    /// The next piece; empty at the end. It ends behind the end of a line that ends
    /// a record, or where the source ends.
    pub(super) fn next(&mut self) -> io::Result<Vec<u8>> {
        let mut piece = std::mem::take(&mut self.rest);
        let mut wanted = self.length;
        loop {
            if piece.len() < wanted {
                let missing = wanted - piece.len();
                let read = self.source.by_ref().take(missing as u64).read_to_end(&mut piece)?;
                if read < missing {
                    return Ok(piece);
                }
            }
            let end = last_end(&piece, self.separator, self.comment);
            if let Some(end) = end.filter(|end| *end > 0) {
                self.rest = piece.split_off(end);
                return Ok(piece);
            }
            if wanted > LONGEST {
                return Ok(piece);
            }
            wanted = piece.len() + self.length;
        }
    }
}

/// Where the last record ends that surely ends within bytes which start one.
fn last_end(bytes: &[u8], separator: u8, comment: Option<u8>) -> Option<usize> {
    if !bytes.contains(&b'"') {
        return bytes.iter().rposition(|byte| *byte == b'\n').map(|end| end + 1);
    }
    let (mut start, mut last) = (0, None);
    loop {
        (start, _) = skip_comments(bytes, start, comment);
        loop {
            let (end, _) = end_of_field(bytes, start, separator);
            match bytes.get(end) {
                None => return last,
                Some(byte) if *byte == separator => start = end + 1,
                // A line may end with two signs, of which the second may be cut off.
                Some(b'\n') => {
                    start = end + 1;
                    last = Some(start);
                    break;
                }
                Some(_) => {
                    start = end + 1;
                    break;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(text: &str, length: usize) -> Vec<String> {
        let signs = [Some(b','), Some(b'#')];
        let mut pieces = Pieces::new(text.as_bytes(), Vec::new(), signs, length);
        let mut all = Vec::new();
        loop {
            let piece = pieces.next().unwrap();
            if piece.is_empty() {
                return all;
            }
            all.push(String::from_utf8(piece).unwrap());
        }
    }

    #[test]
    fn end_where_a_record_ends() {
        assert_eq!(pieces("1,2\n3,4\n5", 6), ["1,2\n", "3,4\n5"]);
        assert_eq!(pieces("1,\"a\nb\"\n3,4\n", 5), ["1,\"a\nb\"\n", "3,4\n"]);
        assert_eq!(pieces("# \"\n1,2\n3,4\n", 5), ["# \"\n1,2\n", "3,4\n"]);
        assert_eq!(pieces("1,\"a\n2,b\n", 4), ["1,\"a\n2,b\n"], "a quote that is never closed");
        assert!(pieces("", 4).is_empty());
    }

    proptest! {
        #[test]
        fn are_the_whole_text_and_break_no_record(
            cells in prop::collection::vec("[a-c]{0,3}|\"[a\n,]{0,4}(\"\")?\"|1\\.5", 1..40),
            length in 1_usize..30,
        ) {
            let text: String = cells.chunks(2).map(|row| row.join(",") + "\n").collect();
            let found = pieces(&text, length);
            prop_assert_eq!(found.concat(), text.clone());
            let reader = |text: &str| {
                let mut reader = csv::ReaderBuilder::new();
                let mut reader = reader.has_headers(false).flexible(true).from_reader(text.as_bytes());
                reader.records().count()
            };
            let records: usize = found.iter().map(|piece| reader(piece)).sum();
            prop_assert_eq!(records, reader(&text));
        }
    }
}
