//! Bytes of a file, decompressed.

use flate2::read::MultiGzDecoder;
use ikhim_text::{Fault, Result};
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// The first two bytes of every gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a whole file. What gzip has packed is unpacked, whatever the name of
/// the file says.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    if path.is_dir() {
        return Err(fault("file.is_folder", path));
    }
    let mut bytes = Vec::new();
    let mut file = File::open(path).map_err(|error| unreadable(path, &error))?;
    file.read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    if bytes.is_empty() {
        return Err(fault("file.empty", path));
    }
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes);
    }
    let content =
        unpack(&bytes).map_err(|error| fault("file.broken_gzip", path).with("found", error))?;
    if content.is_empty() {
        return Err(fault("file.empty", path));
    }
    Ok(content)
}

/// The content of gzip bytes.
pub(crate) fn unpack(packed: &[u8]) -> io::Result<Vec<u8>> {
    let mut content = Vec::with_capacity(packed.len() * 4);
    MultiGzDecoder::new(packed).read_to_end(&mut content)?;
    Ok(content)
}

/// Says why a file could not be read.
pub(crate) fn unreadable(path: &Path, error: &io::Error) -> Fault {
    if let Some(address) = remote(path) {
        return Fault::of("file.remote").with("path", &address).file(address);
    }
    match error.kind() {
        io::ErrorKind::NotFound => fault("file.missing", path),
        io::ErrorKind::IsADirectory => fault("file.is_folder", path),
        io::ErrorKind::PermissionDenied => fault("file.no_permission", path),
        _ => fault("file.failed", path).with("found", error),
    }
}

/// The address in a path that names something on another machine, such as
/// `https://…` or `s3://…`.
fn remote(path: &Path) -> Option<String> {
    let text = path.to_string_lossy();
    let (before, behind) = text.split_once("://")?;
    let scheme = before.rsplit(['/', '\\']).next().unwrap_or(before);
    let is_scheme = !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric());
    is_scheme.then(|| format!("{scheme}://{behind}"))
}

fn fault(code: &'static str, path: &Path) -> Fault {
    Fault::of(code).with("path", path.display()).file(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_refuses_is_told() {
        let address = Path::new("data/s3://bucket/a.csv");
        let fault = unreadable(address, &io::Error::from(io::ErrorKind::NotFound));
        assert_eq!(fault.code(), "file.remote");
        assert!(fault.to_string().starts_with("s3://bucket/a.csv "), "{fault}");
        let told = |kind| unreadable(Path::new("a.csv"), &io::Error::from(kind)).to_string();
        assert_eq!(told(io::ErrorKind::NotFound), "no such file or folder: a.csv");
        assert_eq!(told(io::ErrorKind::PermissionDenied), "a.csv: no permission");
        assert_eq!(told(io::ErrorKind::IsADirectory), "a.csv is a folder, expected a file");
        assert_eq!(told(io::ErrorKind::TimedOut), "a.csv: timed out");
    }
}
