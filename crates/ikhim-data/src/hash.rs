//! Hashes of a source's bytes and of single rows.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;

/// Declares a hash of a fixed number of bytes that is written in hexadecimal.
macro_rules! hash {
    ($(#[$meta:meta])* $name:ident, $bytes:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; $bytes]);

        impl $name {
            /// The hash of bytes: SHA-256, of which the first bytes are kept.
            pub fn of(bytes: &[u8]) -> $name {
                $name::from_digest(Sha256::new_with_prefix(bytes))
            }

            fn from_digest(digest: Sha256) -> $name {
                let mut hash = [0; $bytes];
                hash.copy_from_slice(&digest.finalize()[..$bytes]);
                $name(hash)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = String;

            fn from_str(text: &str) -> Result<$name, String> {
                let wrong = || format!("expected {} hexadecimal digits, got `{text}`", 2 * $bytes);
                if text.len() != 2 * $bytes || !text.is_ascii() {
                    return Err(wrong());
                }
                let mut hash = [0; $bytes];
                for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
                    let pair = std::str::from_utf8(pair).map_err(|_| wrong())?;
                    *byte = u8::from_str_radix(pair, 16).map_err(|_| wrong())?;
                }
                Ok($name(hash))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

hash! {
    /// SHA-256 of the bytes of a source after decompression; a folder is
    /// hashed as its files one after the other, a folder of images with their names.
    ContentHash, 32
}

hash! {
    /// The first 16 bytes of the SHA-256 of a row's cells. It depends on what
    /// the cells mean and not on how they are typed: see [`RowHasher`].
    RowHash, 16
}

/// Hashes the cells of one row, in the order of the columns.
///
/// A cell counts by its meaning, so that a file written again by another
/// program is recognized: `1`, `1.0` and `1e0` are one number, every word for
/// a missing value is the same absence, other text counts without the blanks
/// around it. How a column is typed, named or used has no part in it.
///
/// ```
/// use ikhim_data::{RowHash, RowHasher};
/// let row = |cells: &[&str]| {
///     let mut hasher = RowHasher::new();
///     cells.iter().for_each(|cell| hasher.cell(cell));
///     hasher.finish()
/// };
/// assert_eq!(row(&["1.0", "a "]), row(&["1", "a"]));
/// assert_ne!(row(&["ab", "c"]), row(&["a", "bc"]));
/// ```
#[derive(Debug, Clone, Default)]
pub struct RowHasher {
    /// What is hashed: a row is short, and hashing it at once is several times
    /// faster than cell by cell.
    bytes: Vec<u8>,
}

impl RowHasher {
    /// A hasher that has seen no cell.
    pub fn new() -> RowHasher {
        RowHasher::default()
    }

    /// Adds a cell as it stands in a file.
    pub fn cell(&mut self, text: &str) {
        let text = text.trim();
        if crate::source::is_missing_word(text) {
            return self.missing();
        }
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => self.number(number),
            _ => self.text(text),
        }
    }

    /// Adds a missing cell.
    #[inline]
    pub fn missing(&mut self) {
        self.bytes.push(0);
    }

    /// Adds a number; 0 and −0 are one number, NaN is a missing cell.
    #[inline]
    pub fn number(&mut self, number: f64) {
        if number.is_nan() {
            return self.missing();
        }
        let mut cell = [1; 9];
        cell[1..].copy_from_slice(&(number + 0.0).to_le_bytes());
        self.bytes.extend_from_slice(&cell);
    }

    /// Adds a text.
    pub fn text(&mut self, text: &str) {
        self.bytes.push(2);
        self.bytes.extend_from_slice(&(text.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(text.as_bytes());
    }

    /// Adds a cell that is an array, by its bytes in little-endian order.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.push(3);
        self.bytes.extend_from_slice(&(bytes.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(bytes);
    }

    /// The hash of the cells added so far.
    pub fn finish(mut self) -> RowHash {
        self.next_row()
    }

    /// The same; the hasher then begins the next row.
    pub(crate) fn next_row(&mut self) -> RowHash {
        let hash = RowHash::of(&self.bytes);
        self.bytes.clear();
        hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_sha256_of_the_bytes() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(ContentHash::of(b"abc").to_string(), expected);
        assert_eq!(expected.parse(), Ok(ContentHash::of(b"abc")));
        assert_eq!(RowHash::of(b"abc").to_string(), expected[..32]);
        assert!("xyz".parse::<RowHash>().is_err());
        assert!("가".repeat(16).parse::<RowHash>().is_err());
    }

    #[test]
    fn cells_count_by_meaning() {
        let hash = |text: &str| {
            let mut hasher = RowHasher::new();
            hasher.cell(text);
            hasher.finish()
        };
        for same in [["1", "1.00"], ["0", "-0.0"], ["", "NA"], ["?", "NaN"], ["a", " a"]] {
            assert_eq!(hash(same[0]), hash(same[1]), "{same:?}");
        }
        for other in [["1", "2"], ["", "0"], ["a", "b"], ["inf", "NaN"]] {
            assert_ne!(hash(other[0]), hash(other[1]), "{other:?}");
        }
    }
}
