//! Writing so that nothing good is ever lost: beside the old file, to the disk,
//! then in its place.

use ikhim_text::{Fault, Result};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Replaces a file as a whole: a reader, and a machine that loses its power,
/// find the old content or the new one, never a part.
///
/// # Errors
/// The folder cannot be written or the disk is full; the old file is then
/// unharmed and the unfinished one removed.
pub fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    replace_by(path, |file| file.write_all(bytes))
}

/// The same of content that is written piece by piece.
///
/// # Errors
/// As [`replace`].
pub fn replace_by(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    let beside = beside(path);
    let written = write_and_sync(&beside, write).and_then(|()| fs::rename(&beside, path));
    if let Err(error) = written {
        // The cause is told; that the unfinished file could not be removed as
        // well would say nothing more.
        let _ = fs::remove_file(&beside);
        return Err(fault(path, &error));
    }
    sync_folder(path)
}

/// The fault of a failed file operation.
pub fn fault(path: &Path, error: &std::io::Error) -> Fault {
    use std::io::ErrorKind;
    let code = match error.kind() {
        ErrorKind::NotFound => "file.missing",
        ErrorKind::PermissionDenied => "file.no_permission",
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "file.disk_full",
        _ => "file.failed",
    };
    Fault::of(code).with("path", path.display()).with("found", error).file(path)
}

/// Moves a file to another name in the same folder and makes that durable.
///
/// # Errors
/// As [`replace`].
pub fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|error| fault(to, &error))?;
    sync_folder(to)
}

fn beside(path: &Path) -> PathBuf {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    path.with_file_name(format!(".{name}.unfinished"))
}

fn write_and_sync(
    path: &Path,
    write: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> std::io::Result<()> {
    let mut file = File::create(path)?;
    write(&mut file)?;
    file.sync_all()
}

/// Makes a rename durable. Windows cannot open a folder as a file and orders
/// renames itself.
fn sync_folder(path: &Path) -> Result<()> {
    #[cfg(unix)]
    if let Some(folder) = path.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(|error| fault(folder, &error))?;
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_a_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("가중치.txt");
        replace(&path, b"old").unwrap();
        replace(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_failed_write_keeps_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::create_dir(&path).unwrap();
        let fault = replace(&path, b"new").unwrap_err();
        assert!(fault.code().starts_with("file."), "{fault}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
