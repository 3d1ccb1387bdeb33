//! Known sets from the network, each file confirmed by its content.
//!
//! The transfer itself is the work of `curl`, which every current system has: it
//! knows proxies, certificates and how to go on after an interruption, and ikhim
//! stays without a library for encrypted connections.

mod catalogue;

pub use catalogue::{KNOWN_SETS, KnownFile, KnownSet, known_set};

use crate::source::bytes;
use ikhim_text::{Fault, Result};
use sha2::{Digest, Sha256};
use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

/// How often the size of a file under way is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// What curl says when a server does not go on in the middle of a file, or has
/// nothing behind its end: HTTP errors, range errors, bad resume.
const NO_RESUME: [i32; 3] = [22, 33, 36];

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fetched {
    /// It was there, with the right content.
    Known,
    /// It was downloaded.
    New,
}

impl KnownSet {
    /// Brings a file of the set into a folder, from the first address that has it
    /// with the right content, and tells how many bytes are there while it is under
    /// way. A part that an interrupted download has left is gone on with.
    ///
    /// # Errors
    /// There is no `curl`, no address gives the file, its content is another one, or
    /// the folder cannot be written. What is wrong does not stay.
    pub fn fetch(
        &self,
        file: &KnownFile,
        addresses: &[&str],
        folder: &Path,
        tell: &mut dyn FnMut(u64),
    ) -> Result<Fetched> {
        let place = folder.join(file.name);
        if place.exists() && hash(&place)? == file.sha256 {
            return Ok(Fetched::Known);
        }
        let write = |error: &io::Error| bytes::unreadable(folder, error);
        fs::create_dir_all(folder).map_err(|error| write(&error))?;
        let part = folder.join(format!("{}.part", file.name));
        let mut last = Fault::of("file.no_address").with("name", self.name);
        for address in addresses {
            let address = format!("{}/{}", address.trim_end_matches('/'), file.remote);
            match download(&address, &part, tell).and_then(|()| confirm(file, &part, &address)) {
                Ok(()) => {
                    fs::rename(&part, &place).map_err(|error| write(&error))?;
                    return Ok(Fetched::New);
                }
                Err(fault) if fault.code() == "file.no_curl" => return Err(fault),
                Err(fault) => last = fault,
            }
        }
        Err(last)
    }
}

/// Checks what has come; a wrong content is removed, so that the next attempt does
/// not go on with it.
fn confirm(file: &KnownFile, part: &Path, address: &str) -> Result<()> {
    let found = hash(part).unwrap_or_else(|_| "no content".to_string());
    if found == file.sha256 {
        return Ok(());
    }
    let _ = fs::remove_file(part);
    let fault = Fault::of("file.checksum").with("path", address);
    Err(fault.with("expected", file.sha256).with("found", found))
}

/// SHA-256 of a file's content after decompression.
fn hash(path: &Path) -> Result<String> {
    Ok(format!("{:x}", Sha256::digest(bytes::read(path)?)))
}

/// Downloads behind what is there; from the start where the server does not go on.
fn download(address: &str, part: &Path, tell: &mut dyn FnMut(u64)) -> Result<()> {
    let has_part = part.metadata().is_ok_and(|part| part.len() > 0);
    let (code, said) = transfer(address, part, has_part, tell)?;
    let (code, said) = match code {
        Some(code) if has_part && NO_RESUME.contains(&code) => {
            // It may be whole already.
            let _ = fs::rename(part, part.with_extension("old"));
            let again = transfer(address, part, false, tell);
            let _ = fs::remove_file(part.with_extension("old"));
            again?
        }
        code => (code, said),
    };
    match code {
        Some(0) => Ok(()),
        _ => {
            let said = said.trim().trim_start_matches("curl: ").to_string();
            Err(Fault::of("file.download").with("path", address).with("found", said))
        }
    }
}

/// The exit code of curl and what it said.
fn transfer(
    address: &str,
    part: &Path,
    goes_on: bool,
    tell: &mut dyn FnMut(u64),
) -> Result<(Option<i32>, String)> {
    let mut curl = Command::new("curl");
    curl.args(["--fail", "--silent", "--show-error", "--location", "--retry", "2"])
        .args(["--proto", "=http,https", "--proto-redir", "=http,https"])
        .args(["--connect-timeout", "20", "--speed-limit", "1", "--speed-time", "60"])
        .arg("--output")
        .arg(part);
    if goes_on {
        curl.args(["--continue-at", "-"]);
    }
    curl.arg("--").arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let child = curl
        .spawn()
        .map_err(|error| Fault::of("file.no_curl").with("path", address).with("found", error))?;
    let output = watched(child, part, tell)
        .map_err(|error| Fault::of("file.download").with("path", address).with("found", error))?;
    Ok((output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned()))
}

/// Waits for the end, and tells the size of the file meanwhile.
fn watched(
    mut child: Child,
    part: &Path,
    tell: &mut dyn FnMut(u64),
) -> io::Result<std::process::Output> {
    let size = || part.metadata().map_or(0, |part| part.len());
    while child.try_wait()?.is_none() {
        tell(size());
        thread::sleep(LOOK);
    }
    tell(size());
    child.wait_with_output()
}
