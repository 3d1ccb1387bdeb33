//! Small images as PNG data inside a page or an SVG.
//!
//! The pixels are stored without compression: the images shown are a few
//! kilobytes, and this needs no encoder.

use crate::checksum::IEEE;
use serde::{Deserialize, Serialize};

/// An image of 8-bit pixels, row by row from the top.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Image {
    /// Rows of pixels.
    pub height: usize,
    /// Pixels of a row.
    pub width: usize,
    /// 1 for gray, 3 for red, green and blue.
    pub channels: usize,
    /// `height · width · channels` values, `[height, width, channels]`.
    pub pixels: Vec<u8>,
}

impl Image {
    /// An image of values of any range: `black` becomes 0, `white` 255, values
    /// beyond are clipped, one that is no number is black. `shape` is
    /// `[height, width]` or `[height, width, channels]`.
    ///
    /// ```
    /// use ikhim_report::figure::Image;
    /// let image = Image::of_values(&[1, 3, 1], &[0.0, 8.0, 16.0], 0.0, 16.0);
    /// assert_eq!(image.pixels, [0, 128, 255]);
    /// ```
    pub fn of_values(shape: &[usize], values: &[f32], black: f32, white: f32) -> Image {
        let size = |axis: usize| shape.get(axis).copied().unwrap_or(1);
        let (height, width, channels) = (size(0), size(1), size(2));
        let level = |value: &f32| ((value - black) / (white - black) * 255.0).round() as u8;
        Image { height, width, channels, pixels: values.iter().map(level).collect() }
    }

    /// The image as a `data:` address that needs no file; `None` where the
    /// pixels do not fill the shape or the channels are neither 1 nor 3.
    pub(crate) fn data_uri(&self) -> Option<String> {
        self.png().map(|bytes| format!("data:image/png;base64,{}", base64(&bytes)))
    }

    /// The image as a PNG file; `None` where the pixels do not fill the shape or
    /// the channels are neither 1 nor 3.
    ///
    /// PNG specification, second edition: signature, header, one data chunk,
    /// end.
    pub fn png(&self) -> Option<Vec<u8>> {
        const GRAY: u8 = 0;
        const TRUE_COLOR: u8 = 2;
        let color = match self.channels {
            1 => GRAY,
            3 => TRUE_COLOR,
            _ => return None,
        };
        let row = self.width.checked_mul(self.channels)?;
        if row == 0 || self.height == 0 || self.pixels.len() != self.height.checked_mul(row)? {
            return None;
        }
        let mut header = Vec::new();
        header.extend(u32::try_from(self.width).ok()?.to_be_bytes());
        header.extend(u32::try_from(self.height).ok()?.to_be_bytes());
        // Eight bits a channel, deflate, adaptive filters, not interlaced.
        header.extend([8, color, 0, 0, 0]);
        // Each row begins with its filter; 0 is none.
        let rows = self.pixels.chunks(row).flat_map(|row| [0].iter().chain(row)).copied();
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        chunk(&mut bytes, b"IHDR", &header);
        chunk(&mut bytes, b"IDAT", &zlib_stored(&rows.collect::<Vec<u8>>()));
        chunk(&mut bytes, b"IEND", &[]);
        Some(bytes)
    }
}

fn chunk(to: &mut Vec<u8>, kind: &[u8; 4], content: &[u8]) {
    let start = to.len() + 4;
    to.extend((content.len() as u32).to_be_bytes());
    to.extend(kind);
    to.extend(content);
    let crc = IEEE.of(&to[start..]);
    to.extend(crc.to_be_bytes());
}

/// RFC 1950 around stored blocks of RFC 1951, section 3.2.4.
fn zlib_stored(content: &[u8]) -> Vec<u8> {
    const LARGEST: usize = 0xFFFF;
    let mut bytes = vec![0x78, 0x01];
    let blocks = content.chunks(LARGEST).count();
    for (index, block) in content.chunks(LARGEST).enumerate() {
        let length = block.len() as u16;
        bytes.push(u8::from(index + 1 == blocks));
        bytes.extend(length.to_le_bytes());
        bytes.extend((!length).to_le_bytes());
        bytes.extend(block);
    }
    bytes.extend(adler32(content).to_be_bytes());
    bytes
}

/// RFC 1950, section 9.
fn adler32(content: &[u8]) -> u32 {
    const BASE: u32 = 65_521;
    let (low, high) = content.iter().fold((1, 0), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % BASE;
        (low, (high + low) % BASE)
    });
    (high << 16) | low
}

/// RFC 4648, section 4.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| {
            (bits << 8) | usize::from(group.get(index).copied().unwrap_or(0))
        });
        for position in 0..4 {
            let sextet = (bits >> (18 - 6 * position)) & 63;
            text.push(if position <= group.len() { char::from(ALPHABET[sextet]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_gives_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ];
        for (plain, encoded) in vectors {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn zlib_gives_the_bytes_of_pythons_zlib() {
        // zlib.compress(b"Wikipedia", 0).hex()
        let found: String =
            zlib_stored(b"Wikipedia").iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(found, "7801010900f6ff57696b69706564696111e60398");
    }

    #[test]
    fn png_has_the_known_end_and_refuses_what_it_cannot_hold() {
        let gray = Image { height: 2, width: 2, channels: 1, pixels: vec![0, 255, 255, 0] };
        let bytes = gray.png().unwrap();
        // The empty end chunk is the same in every PNG file.
        assert!(bytes.ends_with(&[0, 0, 0, 0, b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60, 0x82]));
        assert!(gray.data_uri().unwrap().starts_with("data:image/png;base64,iVBORw0KGgo"));
        assert_eq!(Image { channels: 2, ..gray.clone() }.png(), None);
        assert_eq!(Image { height: 3, ..gray }.png(), None);
        assert_eq!(Image::default().png(), None);
    }
}
