//! The seal through the command line: every look at the same rows is counted,
//! whichever run and seed takes it.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn document(project: &Path, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{arguments:?}: {text}");
    assert_eq!(text.lines().count(), 1, "{arguments:?}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn twenty_runs_with_twenty_seeds_show_looks_1_to_20() {
    let project = tempfile::tempdir().unwrap();
    let text = "[data]\ndataset = 'iris'\n[model]\nhidden = [4]\n[training]\nepochs = 2\n";
    std::fs::write(project.path().join("iris.toml"), text).unwrap();
    for look in 1..=20_u64 {
        let (run, seed) = (format!("seed-{look}"), look.to_string());
        document(project.path(), &["train", "iris.toml", "--seed", &seed, "--out", &run]);
        let shown = document(project.path(), &["test", &run, "--yes", "--reason", "counting"]);
        assert_eq!(shown["look"], look, "{shown}");
        assert_eq!(shown["models_looked"], look, "{shown}");
        assert_eq!(shown["looks_of_this_run"], 1, "{shown}");
        let [low, high] = [&shown["interval"][0], &shown["interval"][1]].map(Value::as_f64);
        let value = shown["value"].as_f64();
        assert!(low <= value && value <= high, "{shown}");
    }
    // A copy of a run's folder under another name is the same rows again.
    let copied = project.path().join("copied");
    std::fs::create_dir_all(copied.join("checkpoints")).unwrap();
    for entry in std::fs::read_dir(project.path().join("seed-1")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), copied.join(entry.file_name())).unwrap();
        }
    }
    let shown = document(project.path(), &["test", "copied", "--yes"]);
    assert_eq!((&shown["look"], &shown["looks_of_this_run"]), (&21.into(), &2.into()), "{shown}");
    assert_eq!(shown["models_looked"], 20, "{shown}");
}

#[test]
fn without_the_ledger_sealed_rows_stay_sealed() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let rows: Vec<String> =
        (0..200).map(|row| format!("{},{},{}", row, row * 7 % 13, row % 2)).collect();
    let table = |rows: &[String]| format!("a,b,y\n{}\n", rows.join("\n"));
    std::fs::write(project.join("rows.csv"), table(&rows)).unwrap();
    document(project, &["train", "rows.csv", "--epochs", "2", "--out", "run"]);
    let split = std::fs::read_to_string(project.join("run/split.json")).unwrap();
    let split: Value = serde_json::from_str(&split).unwrap();
    let sealed = split["sealed_ids"].as_array().unwrap();
    let sealed: Vec<String> =
        sealed.iter().map(|id| rows[id.as_u64().unwrap() as usize].clone()).collect();
    std::fs::write(project.join("sealed.csv"), table(&sealed)).unwrap();
    let look = || document(project, &["evaluate", "run", "sealed.csv"]);
    let first = look();
    assert_eq!((&first["sealed_rows"], &first["look"]), (&sealed.len().into(), &1.into()));
    // The run's own copy of the ledger knows the rows and the look.
    std::fs::remove_file(project.join(".ikhim/ledger.jsonl")).unwrap();
    let second = look();
    assert_eq!((&second["sealed_rows"], &second["look"]), (&sealed.len().into(), &2.into()));
    std::fs::remove_file(project.join(".ikhim/ledger.jsonl")).unwrap();
    let learned = document(project, &["learn", "run", "rows.csv", "-o", "model.safetensors"]);
    assert_eq!(learned["sealed_rows"], sealed.len());
}
