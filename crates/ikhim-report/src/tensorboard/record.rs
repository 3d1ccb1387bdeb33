//! TensorFlow's record format: length, checksum of the length, content,
//! checksum of the content, all little-endian.

use crate::checksum::CASTAGNOLI;

/// The bytes of a record.
pub(super) fn record(content: &[u8]) -> Vec<u8> {
    let length = (content.len() as u64).to_le_bytes();
    let mut bytes = Vec::with_capacity(content.len() + 16);
    bytes.extend(length);
    bytes.extend(masked(&length).to_le_bytes());
    bytes.extend(content);
    bytes.extend(masked(content).to_le_bytes());
    bytes
}

/// A rotated and shifted CRC-32C: the checksum of data that hold checksums
/// themselves would be weak (leveldb's and TensorFlow's `crc32c::Mask`).
fn masked(bytes: &[u8]) -> u32 {
    CASTAGNOLI.of(bytes).rotate_right(15).wrapping_add(0xA282_EAD8)
}
