//! How a camera was held, as EXIF says it.
//!
//! CIPA DC-008 (Exif 2.3), tag 0x0112 in the first directory of a TIFF header:
//! 1 is upright, 2 mirrored, 3 turned by 180°, 4 mirrored upside down, 5 to 8
//! lie on a side.

/// The tag of the orientation.
const TAG: u16 = 0x0112;
/// The type of its value, an unsigned 16-bit integer.
const SHORT: u16 = 3;

/// The orientation of EXIF data that start at their TIFF header; 1 where they
/// say nothing or nonsense.
pub(crate) fn orientation(exif: &[u8]) -> u8 {
    found(exif).filter(|value| (1..=8).contains(value)).unwrap_or(1)
}

fn found(exif: &[u8]) -> Option<u8> {
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| -> Option<u16> {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let long = |at: usize| -> Option<usize> {
        let bytes: [u8; 4] = exif.get(at..at.checked_add(4)?)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) } as usize)
    };
    let directory = long(4)?;
    let entries = usize::from(short(directory)?);
    (0..entries)
        .find_map(|entry| {
            let at = directory.checked_add(2 + 12 * entry)?;
            (short(at)? == TAG && short(at + 2)? == SHORT).then(|| short(at + 8))?
        })?
        .try_into()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header with two entries, the second of which is the orientation.
    fn exif(little: bool, value: u16) -> Vec<u8> {
        let short = |x: u16| if little { x.to_le_bytes() } else { x.to_be_bytes() };
        let long = |x: u32| if little { x.to_le_bytes() } else { x.to_be_bytes() };
        let mut bytes = if little { b"II*\0".to_vec() } else { b"MM\0*".to_vec() };
        bytes.extend(long(8));
        bytes.extend(short(2));
        for (tag, value) in [(0x010e, 7), (TAG, value)] {
            bytes.extend(short(tag));
            bytes.extend(short(SHORT));
            bytes.extend(long(1));
            bytes.extend(short(value));
            bytes.extend([0, 0]);
        }
        bytes
    }

    #[test]
    fn both_orders_of_bytes_are_read() {
        for value in 1..=8 {
            assert_eq!(orientation(&exif(true, value)), value as u8);
            assert_eq!(orientation(&exif(false, value)), value as u8);
        }
    }

    #[test]
    fn nonsense_is_upright() {
        assert_eq!(orientation(&exif(true, 9)), 1);
        assert_eq!(orientation(&exif(false, 0)), 1);
        let whole = exif(true, 6);
        for length in 0..whole.len() - 4 {
            assert_eq!(orientation(&whole[..length]), 1, "{length}");
        }
        assert_eq!(orientation(b"II*\0\xff\xff\xff\xff"), 1);
    }
}
