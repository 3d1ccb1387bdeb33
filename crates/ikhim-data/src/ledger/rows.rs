use crate::RowHash;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use sha2::{Digest, Sha256};

/// A set of rows, known by the first 64 bits of their hashes, in ascending
/// order and without repetition. A million sealed rows meet a million others
/// by chance with a probability below 10⁻⁷.
///
/// Its JSON form is one string of 16 hexadecimal digits a row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowSet(Vec<u64>);

impl RowSet {
    /// Number of different rows.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the row is in the set.
    pub fn contains(&self, row: &RowHash) -> bool {
        self.0.binary_search(&short(row)).is_ok()
    }

    /// The rows that are in any of `others` too.
    pub fn within<'a>(&self, others: impl IntoIterator<Item = &'a RowSet>) -> RowSet {
        let mut common: Vec<u64> = others
            .into_iter()
            .flat_map(|other| &other.0)
            .copied()
            .filter(|&row| self.has(row))
            .collect();
        common.sort_unstable();
        common.dedup();
        RowSet(common)
    }

    /// Whether both sets hold a common row.
    pub fn meets(&self, other: &RowSet) -> bool {
        other.0.iter().any(|&row| self.has(row))
    }

    /// The name of the set: the SHA-256 of its hashes in ascending order.
    pub fn id(&self) -> String {
        let mut hasher = Sha256::new();
        for row in &self.0 {
            hasher.update(row.to_be_bytes());
        }
        format!("{:x}", hasher.finalize())
    }

    fn has(&self, row: u64) -> bool {
        self.0.binary_search(&row).is_ok()
    }
}

/// The first 64 bits of a hash.
pub(crate) fn short(row: &RowHash) -> u64 {
    row.0.iter().take(8).fold(0, |bits, &byte| bits << 8 | u64::from(byte))
}

impl<'a> FromIterator<&'a RowHash> for RowSet {
    fn from_iter<I: IntoIterator<Item = &'a RowHash>>(rows: I) -> RowSet {
        let mut rows: Vec<u64> = rows.into_iter().map(short).collect();
        rows.sort_unstable();
        rows.dedup();
        RowSet(rows)
    }
}

impl Serialize for RowSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let digits: String = self.0.iter().map(|row| format!("{row:016x}")).collect();
        serializer.serialize_str(&digits)
    }
}

impl<'de> Deserialize<'de> for RowSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<RowSet, D::Error> {
        let text = String::deserialize(deserializer)?;
        let row = |digits: &[u8]| {
            let digits = str::from_utf8(digits).map_err(D::Error::custom)?;
            u64::from_str_radix(digits, 16).map_err(D::Error::custom)
        };
        let mut rows = text.as_bytes().chunks(16).map(row).collect::<Result<Vec<u64>, _>>()?;
        // Searching relies on the order, and a file may say anything.
        rows.sort_unstable();
        rows.dedup();
        Ok(RowSet(rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(rows: &[u64]) -> RowSet {
        let hash = |row: &u64| {
            let mut bytes = [0xee; 16];
            bytes[..8].copy_from_slice(&row.to_be_bytes());
            RowHash(bytes)
        };
        rows.iter().map(hash).collect::<Vec<_>>().iter().collect()
    }

    #[test]
    fn a_set_is_sorted_and_survives_json() {
        let json = serde_json::to_string(&set(&[u64::MAX, 1, 1])).unwrap();
        assert_eq!(json, "\"0000000000000001ffffffffffffffff\"");
        assert_eq!(serde_json::from_str::<RowSet>(&json).unwrap(), set(&[1, u64::MAX]));
        let reversed = "\"ffffffffffffffff0000000000000001\"";
        assert_eq!(serde_json::from_str::<RowSet>(reversed).unwrap(), set(&[1, u64::MAX]));
        assert!(serde_json::from_str::<RowSet>("\"xyz\"").is_err());
    }

    #[test]
    fn sets_meet_in_common_rows() {
        let rows = set(&[1, 2, 3]);
        assert!(rows.meets(&set(&[3, 4])) && !rows.meets(&set(&[4, 5])) && !rows.meets(&set(&[])));
        assert_eq!(rows.within([&set(&[3, 9]), &set(&[2, 3])]), set(&[2, 3]));
    }

    /// `hashlib.sha256(bytes(7) + b"\1" + b"\xff" * 8).hexdigest()`
    #[test]
    fn the_name_of_a_set_is_the_hash_of_its_hashes() {
        assert_eq!(
            set(&[u64::MAX, 1]).id(),
            "193ac9f4b115b42ea40c1a1687ea865cceccf741a5b995cd91f1d26153efabb9"
        );
    }
}
