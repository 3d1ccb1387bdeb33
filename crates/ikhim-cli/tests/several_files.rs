//! Several files as one, by a pattern on the command line: the run names them, and
//! a file that is added changes nobody's part.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn said(project: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap()
}

fn part(project: &Path, name: &str, rows: std::ops::Range<u32>) {
    let rows: String = rows.map(|row| format!("{row},{}\n", row * 7 % 31)).collect();
    std::fs::write(project.join(name), format!("size,price\n{rows}")).unwrap();
}

/// The ids of the sealed rows of a run.
fn sealed(project: &Path, run: &Value) -> Vec<u64> {
    let split = project.join(run["run"].as_str().unwrap()).join("split.json");
    let split: Value = serde_json::from_slice(&std::fs::read(split).unwrap()).unwrap();
    let ids = split["sealed_ids"].as_array().unwrap().iter();
    ids.map(|id| id.as_u64().unwrap()).collect()
}

#[test]
fn a_file_that_is_added_changes_nobodys_part() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    part(project, "part-1.csv", 0..60);
    part(project, "part-2.csv", 60..100);
    let train = ["train", "part-*.csv", "--target", "price", "--epochs", "2"];
    let first = said(project, &train);
    assert_eq!(first["run"], "runs/part-0001", "{first}");
    assert_eq!(first["test"]["n"], 15);
    // The folder alone is enough to open the sealed rows.
    assert_eq!(said(project, &["test", "latest", "--yes"])["n"], 15);
    part(project, "part-3.csv", 100..200);
    let second = said(project, &train);
    assert_eq!(second["test"]["n"], 30, "{second}");
    let (before, after) = (sealed(project, &first), sealed(project, &second));
    // Rows keep their number, as the new file is the last.
    assert!(before.iter().all(|id| after.contains(id)), "{before:?} {after:?}");
    assert_eq!(after.iter().filter(|id| **id < 100).count(), 15);
    // The look at the old rows counts for the new run, which holds them as well.
    assert_eq!(second["test"]["looks"], 1);
    let resolved = project.join("runs/part-0001/experiment.toml");
    let resolved = std::fs::read_to_string(resolved).unwrap();
    assert!(resolved.contains("part-2.csv") && !resolved.contains("part-3.csv"), "{resolved}");
}

#[test]
fn what_is_elsewhere_or_nowhere_is_told() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    for (source, code) in [
        ("https://example.org/a.csv", "file.remote"),
        ("s3://bucket/a.csv", "file.remote"),
        ("part-*.csv", "file.no_match"),
    ] {
        for command in ["train", "init"] {
            let told = said(project, &[command, source]);
            assert_eq!(told["error"]["code"], code, "{command} {source}: {told}");
        }
        let told = said(project, &["data", "show", source]);
        assert_eq!(told["error"]["code"], code, "{source}: {told}");
    }
    part(project, "a.csv", 0..40);
    let grouped = ["check", "a.csv", "--set", "split.group=nobody"];
    let told = said(project, &grouped);
    assert_eq!(told["error"]["code"], "data.unknown_split_column", "{told}");
}
