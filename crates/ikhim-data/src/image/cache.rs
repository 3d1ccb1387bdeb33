//! Decoded images of a folder, kept for the next reading.
//!
//! A cache is one file for each policy. It is looked up by the hash of each
//! file's content, so a changed file is decoded again and a renamed one is not.
//! What is damaged, cut or of another version is as good as none: the last 32
//! bytes are the SHA-256 of all before them.

use crate::ContentHash;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The folder within the folder of images.
const FOLDER: &str = ".ikhim-cache";

/// The first bytes, with the version of the form and of the policy's code.
const MAGIC: &[u8; 16] = b"ikhim images 1\0\0";

const HASH: usize = 32;

/// Images of one width in bytes, by the hash of their files.
#[derive(Debug, Default)]
pub(super) struct Cache {
    images: HashMap<ContentHash, Vec<u8>>,
}

/// The file for a policy.
pub(super) fn place(folder: &Path, policy: &str) -> PathBuf {
    let name = format!("images-{}", ContentHash::of(policy.as_bytes()));
    folder.join(FOLDER).join(&name[..24])
}

impl Cache {
    /// What a file holds; nothing where there is none that is whole.
    pub(super) fn read(path: &Path, policy: &str, width: usize) -> Cache {
        fs::read(path)
            .ok()
            .and_then(|bytes| Cache::parse(&bytes, policy, width))
            .unwrap_or_default()
    }

    fn parse(bytes: &[u8], policy: &str, width: usize) -> Option<Cache> {
        let (content, digest) = bytes.split_at_checked(bytes.len().checked_sub(HASH)?)?;
        let head = header(policy, width);
        if ContentHash::of(content).0 != digest || !content.starts_with(&head) {
            return None;
        }
        let mut images = HashMap::new();
        for entry in content[head.len()..].chunks_exact(HASH + width) {
            let (hash, pixels) = entry.split_at(HASH);
            images.insert(ContentHash(hash.try_into().ok()?), pixels.to_vec());
        }
        Some(Cache { images })
    }

    pub(super) fn get(&self, hash: &ContentHash) -> Option<&[u8]> {
        self.images.get(hash).map(Vec::as_slice)
    }

    /// Whether it holds these files.
    pub(super) fn holds_all<'a>(&self, mut hashes: impl Iterator<Item = &'a ContentHash>) -> bool {
        hashes.all(|hash| self.images.contains_key(hash))
    }
}

/// Writes the images of a folder, beside the place and then into it.
///
/// # Errors
/// The folder cannot be written. Nothing depends on a cache, so this is nothing
/// to stop for.
pub(super) fn write(
    path: &Path,
    policy: &str,
    hashes: &[ContentHash],
    pixels: &[u8],
) -> io::Result<()> {
    let width = pixels.len() / hashes.len().max(1);
    let folder = path.parent().unwrap_or(Path::new(""));
    fs::create_dir_all(folder)?;
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    let written = (|| {
        let mut file = io::BufWriter::new(File::create(&beside)?);
        let mut digest = Sha256::new();
        let mut put = |bytes: &[u8]| {
            digest.update(bytes);
            file.write_all(bytes)
        };
        put(&header(policy, width))?;
        for (hash, image) in hashes.iter().zip(pixels.chunks_exact(width.max(1))) {
            put(&hash.0)?;
            put(image)?;
        }
        file.write_all(&digest.finalize())?;
        file.flush()?;
        file.get_ref().sync_all()?;
        fs::rename(&beside, path)
    })();
    if written.is_err() {
        // What is left half written is of no use to anybody.
        let _ = fs::remove_file(&beside);
    }
    written
}

fn header(policy: &str, width: usize) -> Vec<u8> {
    let mut header = MAGIC.to_vec();
    header.extend(ContentHash::of(policy.as_bytes()).0);
    header.extend((width as u64).to_le_bytes());
    header
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_found_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let hashes = [ContentHash::of(b"a"), ContentHash::of(b"b")];
        let path = place(folder.path(), "crop 1x2");
        write(&path, "crop 1x2", &hashes, &[1, 2, 3, 4]).unwrap();
        let cache = Cache::read(&path, "crop 1x2", 2);
        assert_eq!(cache.get(&hashes[1]), Some(&[3, 4][..]));
        assert_eq!(cache.get(&ContentHash::of(b"c")), None);
        assert!(cache.holds_all(hashes.iter()));
        for (policy, width) in [("pad 1x2", 2), ("crop 1x2", 4)] {
            assert!(Cache::read(&path, policy, width).images.is_empty());
        }
    }

    #[test]
    fn what_is_damaged_is_no_cache() {
        let folder = tempfile::tempdir().unwrap();
        let path = place(folder.path(), "p");
        write(&path, "p", &[ContentHash::of(b"a")], &[1, 2]).unwrap();
        let whole = fs::read(&path).unwrap();
        for place in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            assert!(Cache::parse(&bytes, "p", 2).is_none(), "{place}");
            assert!(Cache::parse(&whole[..place], "p", 2).is_none(), "{place}");
        }
        assert!(Cache::parse(&whole, "p", 2).is_some());
    }
}
