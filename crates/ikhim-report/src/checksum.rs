//! The two 32-bit cyclic redundancy checks of the formats written here: PNG
//! uses the polynomial of IEEE 802.3, TensorFlow's records that of Castagnoli.

/// A reflected CRC with initial value and final xor of all ones.
pub(crate) struct Crc32([u32; 256]);

/// CRC-32 of IEEE 802.3 (PNG specification, section 5.5).
pub(crate) static IEEE: Crc32 = Crc32::of_polynomial(0xEDB8_8320);

/// CRC-32C of Castagnoli (RFC 3720, appendix B.4).
pub(crate) static CASTAGNOLI: Crc32 = Crc32::of_polynomial(0x82F6_3B78);

impl Crc32 {
    const fn of_polynomial(reflected: u32) -> Crc32 {
        let mut table = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            let mut remainder = byte as u32;
            let mut bit = 0;
            while bit < 8 {
                let carry = remainder & 1;
                remainder = (remainder >> 1) ^ (carry * reflected);
                bit += 1;
            }
            table[byte] = remainder;
            byte += 1;
        }
        Crc32(table)
    }

    pub(crate) fn of(&self, bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0, |crc, byte| (crc >> 8) ^ self.0[usize::from((crc as u8) ^ byte)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_check_values() {
        // The "check" column of the catalogue of parametrised CRC algorithms.
        assert_eq!(IEEE.of(b"123456789"), 0xCBF4_3926);
        assert_eq!(CASTAGNOLI.of(b"123456789"), 0xE306_9283);
        // RFC 3720, appendix B.4.
        assert_eq!(CASTAGNOLI.of(&[0; 32]), 0x8A91_36AA);
        assert_eq!(CASTAGNOLI.of(&[0xFF; 32]), 0x62A8_AB43);
        let ascending: Vec<u8> = (0..32).collect();
        assert_eq!(CASTAGNOLI.of(&ascending), 0x46DD_794E);
        let descending: Vec<u8> = (0..32).rev().collect();
        assert_eq!(CASTAGNOLI.of(&descending), 0x113F_DB5C);
        let read_command = [
            0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0,
            0, 0, 0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ];
        assert_eq!(CASTAGNOLI.of(&read_command), 0xD996_3A56);
    }
}
