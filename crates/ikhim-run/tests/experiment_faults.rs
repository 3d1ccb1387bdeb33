//! Golden texts of the faults of malformed experiment files: each
//! `experiment/faults/NAME.toml` gives exactly `NAME.txt`, in English and, when
//! there is a `NAME.ko.txt`, in Korean.
//!
//! `UPDATE_GOLDEN=1 cargo test` writes the texts anew; they are then read, line
//! by line, before they are committed.

use ikhim_run::experiment::Experiment;
use ikhim_text::{Language, block::block};
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/experiment/faults")
}

fn cases() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder())
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_string))
        .filter(|name| !name.starts_with('_'))
        .collect();
    names.sort();
    names
}

/// The text for a case; places are told relative to the folder.
fn told(name: &str, language: Language) -> String {
    let path = folder().join(format!("{name}.toml"));
    // Settings of the command line stand in a first comment `# --set …`.
    let settings: Vec<String> = fs::read_to_string(&path)
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.strip_prefix("# --set ").map(str::to_string))
        .collect();
    let fault = Experiment::read(&path, &settings).expect_err(name);
    block(&fault, language, false).replace(&format!("{}/", folder().display()), "")
}

fn check(name: &str, extension: &str, language: Language) {
    let golden = folder().join(format!("{name}.{extension}"));
    let told = told(name, language);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&golden, &told).unwrap();
    }
    let expected = fs::read_to_string(&golden).unwrap_or_default();
    assert!(told == expected, "{name}\n--- expected\n{expected}--- told\n{told}---");
}

#[test]
fn faults_are_told_as_recorded() {
    let cases = cases();
    assert!(cases.len() >= 25, "{} cases", cases.len());
    for name in cases {
        check(&name, "txt", Language::English);
        if folder().join(format!("{name}.ko.txt")).exists() {
            check(&name, "ko.txt", Language::Korean);
        }
    }
}
