//! A folder with good and bad files, and one run that must stay as it is.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    /// The files, and the run `earlier` of the good table.
    pub(crate) fn new() -> Project {
        let project = Project { folder: tempfile::tempdir().unwrap() };
        project.write("good.csv", good().as_bytes());
        let output = project.ikhim(&["train", "good.csv", "--epochs", "3", "--out", "earlier"]);
        assert!(output.status.success(), "{output:?}");
        project
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// The command with an environment that does not depend on who tests.
    pub(crate) fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
        command.current_dir(self.path()).args(arguments).stdin(Stdio::null());
        command.env("LC_ALL", "C").env("NO_COLOR", "1").env_remove("IKHIM_CPU");
        command
    }

    pub(crate) fn ikhim(&self, arguments: &[impl AsRef<OsStr>]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// A copy of the earlier run, with one of its files replaced.
    pub(crate) fn damaged(&self, run: &str, file: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) {
        for (name, bytes) in files(&self.path().join("earlier")) {
            let target = self.path().join(run).join(name);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
        let path = self.path().join(run).join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(path, change(bytes)).unwrap();
    }

    /// Every file of the earlier run with its bytes.
    pub(crate) fn earlier(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        files(&self.path().join("earlier"))
    }
}

/// Thirty rows with `y = 2 a`.
pub(crate) fn good() -> String {
    let rows = (1..=30).map(|a| format!("{a},{},{}\n", a * 7 % 11, a * 2));
    format!("a,b,y\n{}", rows.collect::<String>())
}

/// The good table with its fourth row replaced.
pub(crate) fn with_fourth_row(row: &str) -> String {
    good().replace("\n4,6,8\n", &format!("\n{row}\n"))
}

/// Every file below a folder by its path.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_path_buf();
                found.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    found
}
