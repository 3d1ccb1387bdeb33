//! Writing so that nothing good is ever lost: beside the old file, to the disk,
//! then in its place.

use ikhim_text::{Fault, Result};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

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
    let (beside, mut file) = unfinished(path).map_err(|error| fault(path, &error))?;
    let written = write(&mut file).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| fs::rename(&beside, path)) {
        // The cause is told; that the unfinished file could not be removed as
        // well would say nothing more.
        let _ = fs::remove_file(&beside);
        return Err(fault(path, &error));
    }
    drop(file);
    remove_abandoned(path);
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

/// Begins a file beside the one that it will replace. Two trainings may write
/// `latest` at once, so each takes a name of its own, and holds a lock for as
/// long as it writes: by that an unfinished file differs from one whose process
/// has died.
fn unfinished(path: &Path) -> std::io::Result<(PathBuf, File)> {
    static WRITTEN: AtomicU64 = AtomicU64::new(0);
    loop {
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}{}-{number}{ENDING}", beginning(path), std::process::id());
        let beside = path.with_file_name(name);
        match File::create_new(&beside) {
            Ok(file) => {
                // Where there are no locks, nothing is removed either.
                let _ = file.lock();
                // Between the two calls another process may have taken the file
                // for an abandoned one.
                if beside.exists() {
                    return Ok((beside, file));
                }
            }
            // A process of this number died here before.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
}

/// Removes what processes that are gone began to write for the same file.
fn remove_abandoned(path: &Path) {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let entries = fs::read_dir(folder.unwrap_or(Path::new("."))).into_iter().flatten();
    let beginning = beginning(path);
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(&beginning) && name.ends_with(ENDING) {
            let Ok(file) = File::options().write(true).open(entry.path()) else { continue };
            // The lock is held until the file is gone, so that who has just
            // begun it waits and then sees that it is.
            if file.try_lock().is_ok() {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

const ENDING: &str = ".unfinished";

fn beginning(path: &Path) -> String {
    let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
    format!(".{name}.")
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
    fn many_may_replace_a_file_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("latest");
        std::thread::scope(|scope| {
            for writer in 0..8_u8 {
                let path = &path;
                scope.spawn(move || {
                    for _ in 0..20 {
                        replace(path, &[writer; 1000]).unwrap();
                    }
                });
            }
        });
        let last = fs::read(&path).unwrap();
        assert_eq!(last, [last[0]; 1000]);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_a_dead_process_began_is_removed_and_what_is_being_written_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights");
        let dead = folder.path().join(".weights.1-0.unfinished");
        fs::write(&dead, b"half").unwrap();
        let (written, _file) = unfinished(&path).unwrap();
        replace(&path, b"whole").unwrap();
        assert!(!dead.exists() && written.exists());
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
