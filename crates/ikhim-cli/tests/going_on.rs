//! `train --from`: the weights of another run mean something only behind its
//! preprocessing, so that is taken over too.

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
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

fn table(project: &Path, name: &str, shift: i32) {
    let rows: String = (0..80)
        .map(|x| format!("{},{},{}\n", x + shift, x * 7 % 13 - shift, 3 * x + shift))
        .collect();
    std::fs::write(project.join(name), format!("a,b,y\n{rows}")).unwrap();
}

fn predictions(project: &Path, run: &str) -> Vec<f64> {
    let answers = said(project, &["predict", run, "first.csv"]);
    let rows = answers["predictions"].as_array().unwrap_or_else(|| panic!("{answers}"));
    rows.iter().map(|row| row["prediction"].as_f64().unwrap()).collect()
}

#[test]
fn a_run_goes_on_with_the_preprocessing_of_its_parent() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    table(project, "first.csv", 0);
    table(project, "later.csv", 500);
    let first = said(project, &["train", "first.csv", "--target", "y", "--epochs", "20"]);
    let first = first["run"].as_str().unwrap().to_string();
    // Without a step the new run is the old model, for every row.
    let from = |words: &[&str]| {
        let train = ["train", "later.csv", "--target", "y", "--from", &first];
        said(project, &[&train[..], words].concat())
    };
    let child = from(&["--set", "training.steps=0"]);
    let child = child["run"].as_str().unwrap_or_else(|| panic!("{child}")).to_string();
    assert_eq!(predictions(project, &child), predictions(project, &first));
    assert!(project.join(&child).join("preprocessing.json").exists());
    assert!(!project.join(&first).join("preprocessing.json").exists());

    // Later commands read its rows in the same way, also when the parent is gone.
    let learned = from(&["--epochs", "2"]);
    let learned = learned["run"].as_str().unwrap().to_string();
    std::fs::remove_dir_all(project.join(&first)).unwrap();
    let look = said(project, &["test", &learned, "--yes"]);
    assert_eq!(look["n"], 12, "{look}");
    let importance = said(project, &["importance", &learned, "--repetitions", "1"]);
    assert_eq!(importance["columns"].as_array().unwrap().len(), 2, "{importance}");
    let resumed = said(project, &["train", "--resume", &learned]);
    assert_eq!(resumed["status"], "completed", "{resumed}");

    // Other columns, or another scaling, are fitted anew, and that is said.
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(["train", "later.csv", "--target", "y", "--from", &learned, "--epochs", "1"])
        .args(["--set", "data.defaults.number.scaling=min_max", "--lang", "en"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(told.contains("its preprocessing does not fit"), "{told}");
}

#[test]
fn a_run_that_was_cut_off_is_no_spelling_mistake() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    table(project, "first.csv", 0);
    said(project, &["train", "first.csv", "--target", "y", "--epochs", "2", "--out", "cut"]);
    // As it stands when the process dies in the middle.
    let record = std::fs::read_to_string(project.join("cut/run.json")).unwrap();
    std::fs::write(project.join("cut/run.json"), record.replace("\"completed\"", "\"running\""))
        .unwrap();
    std::fs::remove_file(project.join("cut/model.safetensors")).unwrap();
    for words in [&["predict", "cut", "first.csv"][..], &["test", "cut", "--yes"]] {
        let fault = &said(project, words)["error"];
        assert_eq!(fault["code"], "file.run_unfinished", "{fault}");
    }
}
