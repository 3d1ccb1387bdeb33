//! Bytes of a file, decompressed.

use flate2::read::MultiGzDecoder;
use ikhim_text::{Fault, Result};
use std::fs::{File, Metadata};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::time::SystemTime;

/// The first two bytes of every gzip file (RFC 1952).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Reads a whole file. What gzip has packed is unpacked, whatever the name of
/// the file says.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    if path.is_dir() {
        return Err(fault("file.is_folder", path));
    }
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let state = || file.metadata().map(|about| State::of(&about));
    let bytes = steady(path, &file, state)?;
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

/// Whether gzip has packed a file, which then stands at its beginning.
pub(crate) fn is_packed(file: &mut File) -> io::Result<bool> {
    let mut first = Vec::new();
    file.by_ref().take(GZIP.len() as u64).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(first == GZIP)
}

/// What shows that a file is written to.
#[derive(Debug, PartialEq)]
struct State {
    length: u64,
    changed: Option<SystemTime>,
}

impl State {
    /// Pipes and the like have no state: what comes out of them is all there is.
    fn of(about: &Metadata) -> Option<State> {
        let state = State { length: about.len(), changed: about.modified().ok() };
        about.is_file().then_some(state)
    }
}

/// All bytes of a file whose state is the same before and after.
fn steady(
    path: &Path,
    mut file: impl Read,
    state: impl Fn() -> io::Result<Option<State>>,
) -> Result<Vec<u8>> {
    let state = || state().map_err(|error| unreadable(path, &error));
    let before = state()?;
    let length = before.as_ref().map_or(0, |state| state.length);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.read_to_end(&mut bytes).map_err(|error| unreadable(path, &error))?;
    match state()? == before {
        true => Ok(bytes),
        false => Err(fault("file.changed", path)),
    }
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

    /// A file that grows with each look at it.
    struct Growing(std::path::PathBuf, u8);

    impl Read for Growing {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 += 1;
            std::fs::write(&self.0, vec![b'1'; 10 + usize::from(self.1)])?;
            into[0] = b'1';
            Ok(usize::from(self.1 < 4))
        }
    }

    #[test]
    fn a_file_that_is_written_to_meanwhile_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        let state = || std::fs::metadata(&path).map(|about| State::of(&about));
        let fault = steady(&path, Growing(path.clone(), 0), state).unwrap_err();
        assert_eq!(fault.code(), "file.changed");
        std::fs::write(&path, "a,b\n1,2\n").unwrap();
        assert_eq!(read(&path).unwrap(), b"a,b\n1,2\n");
    }

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
