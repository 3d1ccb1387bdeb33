//! Pictures for the tests, as PNG without compression, and a project of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// CRC-32 as in Annex D of the PNG specification.
fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |mut crc, &byte| {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 };
        }
        crc
    })
}

/// An image of grey (1) or red, green and blue (3).
pub(crate) fn png(height: usize, width: usize, channels: usize, pixels: &[u8]) -> Vec<u8> {
    let rows = pixels.chunks(width * channels).flat_map(|row| [0].iter().chain(row)).copied();
    let content: Vec<u8> = rows.collect();
    assert!(content.len() < 65_536 && content.len() == height * (1 + width * channels));
    let (low, high) = content.iter().fold((1_u32, 0_u32), |(low, high), byte| {
        let low = (low + u32::from(*byte)) % 65_521;
        (low, (high + low) % 65_521)
    });
    let length = content.len() as u16;
    let mut packed = vec![0x78, 0x01, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(content);
    packed.extend((high << 16 | low).to_be_bytes());
    let mut header = (width as u32).to_be_bytes().to_vec();
    header.extend((height as u32).to_be_bytes());
    header.extend([8, if channels == 1 { 0 } else { 2 }, 0, 0, 0]);
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in [(b"IHDR", header), (b"IDAT", packed), (b"IEND", Vec::new())] {
        bytes.extend((content.len() as u32).to_be_bytes());
        let start = bytes.len();
        bytes.extend(kind);
        bytes.extend(content);
        let sum = crc(&bytes[start..]);
        bytes.extend(sum.to_be_bytes());
    }
    bytes
}

/// A bright bar, standing or lying, on noise that depends on a number.
pub(crate) fn bar(number: usize, side: usize, standing: bool) -> Vec<u8> {
    let place = side / 4 + number % (side / 2);
    let pixel = |i: usize| {
        let (row, column) = (i / side, i % side);
        let on = if standing { column } else { row } == place;
        let noise = (i * 31 + number * 17) % 23;
        if on { 230 + noise as u8 } else { 20 + noise as u8 }
    };
    (0..side * side).map(pixel).collect()
}

pub(crate) struct Photos {
    folder: TempDir,
}

impl Photos {
    /// `사진/` with two classes of images of several sizes.
    pub(crate) fn new() -> Photos {
        let photos = Photos::empty();
        for number in 0..24 {
            let side = 8 + number % 3;
            for (class, standing) in [("세로", true), ("가로", false)] {
                let image = png(side, side, 1, &bar(number, side, standing));
                photos.put(&format!("사진/{class}/{number:02}.png"), &image);
            }
        }
        photos
    }

    pub(crate) fn empty() -> Photos {
        Photos { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn put(&self, place: &str, bytes: &[u8]) {
        let path = self.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn ikhim(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
        command.current_dir(self.path()).args(arguments).env_remove("LANG").env_remove("LC_ALL");
        command.output().unwrap()
    }

    /// What a command that must succeed prints.
    pub(crate) fn told(&self, arguments: &[&str]) -> String {
        let output = self.ikhim(arguments);
        let (out, err) = (text(output.stdout), text(output.stderr));
        assert!(output.status.success(), "{arguments:?}: {out}{err}");
        out + &err
    }
}

pub(crate) fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}
