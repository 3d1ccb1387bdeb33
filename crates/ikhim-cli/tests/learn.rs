//! A model that goes on learning from a stream of rows, in chunks.

use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

fn said(project: &Path, arguments: &[&str], input: Option<&str>) -> Value {
    let mut child = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .arg("--json")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // A command that fails does not read it all.
    let _ = child.stdin.take().unwrap().write_all(input.unwrap_or_default().as_bytes());
    serde_json::from_slice(&child.wait_with_output().unwrap().stdout).unwrap()
}

/// `y = x` left of 1 and `y = 3x − 2` right of it, with a little that no input
/// tells.
fn rows(range: std::ops::Range<u32>) -> String {
    let row = |step: u32| {
        let x = f64::from(step) / 400.0;
        let y = if x < 1.0 { x } else { 3.0 * x - 2.0 };
        // Every step is a multiple of 389 further, so that the order is mixed.
        let noise = f64::from(step * 389 % 97) / 97.0 - 0.5;
        format!("{x},{}\n", y + 0.02 * noise)
    };
    let length = range.len() as u32;
    let mixed = range.clone().map(|step| range.start + (step * 389) % length);
    mixed.map(row).collect()
}

/// A project with a run that knows the left side.
fn project() -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("old.csv"), format!("x,y\n{}", rows(0..400))).unwrap();
    std::fs::write(project.path().join("new.csv"), format!("x,y\n{}", rows(400..800))).unwrap();
    let train =
        ["train", "old.csv", "--target", "y", "--set", "model.hidden=[32]", "--epochs", "60"];
    let trained = said(project.path(), &train, None);
    assert_eq!(trained["status"], "completed", "{trained}");
    project
}

fn value(document: &Value, rows: &str, when: &str) -> f64 {
    document[rows][when]["value"].as_f64().unwrap()
}

#[test]
fn what_is_new_is_learned_and_what_was_known_is_kept() {
    let project = project();
    let project = project.path();
    let learn = |rehearsal: &str, file: &str| {
        let words = ["learn", "latest", "new.csv", "--chunk", "40", "-o", file];
        let words = [words.as_slice(), &["--learning-rate", "0.01", "--rehearsal", rehearsal]];
        said(project, &words.concat(), None)
    };
    let (kept, forgot) = (learn("2", "kept.safetensors"), learn("0", "forgot.safetensors"));
    assert_eq!((&kept["n"], &kept["chunks"]), (&400.into(), &10.into()), "{kept}");
    // While it learned, each row was judged before: better than by what was known.
    assert!(value(&kept, "new", "after") < 0.8 * value(&kept, "new", "before"), "{kept}");
    // The old rows are the validation rows of the run.
    assert_eq!(kept["old"]["before"]["n"], 60);
    assert_eq!(value(&kept, "old", "before"), value(&forgot, "old", "before"));
    // Without old rows among the new ones, more is forgotten.
    let (with, without) = (value(&kept, "old", "after"), value(&forgot, "old", "after"));
    assert!(with < 0.7 * without, "{with} {without}");
    // The new model is better on the new rows, and the run's own is what it was.
    let judged = |model: &str| {
        let table = said(project, &["predict", model, "new.csv"], None);
        let rows = std::fs::read_to_string(project.join("new.csv")).unwrap();
        let truth: Vec<f64> = rows
            .lines()
            .skip(1)
            .map(|row| row.split(',').nth(1).unwrap().parse().unwrap())
            .collect();
        let found = table["predictions"].as_array().unwrap().iter();
        let errors =
            found.zip(&truth).map(|(row, y)| (row["prediction"].as_f64().unwrap() - y).powi(2));
        (errors.sum::<f64>() / truth.len() as f64).sqrt()
    };
    assert!(judged("kept.safetensors") < 0.5 * judged("latest"));
}

#[test]
fn a_stream_is_a_file_and_its_faults_have_their_lines() {
    let project = project();
    let project = project.path();
    let new = std::fs::read_to_string(project.join("new.csv")).unwrap();
    let words = |data: &'static str, file: &'static str| {
        ["learn", "latest", data, "--chunk", "64", "-o", file]
    };
    said(project, &words("new.csv", "file.safetensors"), None);
    said(project, &words("-", "stream.safetensors"), Some(&format!("# measured\n\n{new}")));
    let bytes = |name: &str| std::fs::read(project.join(name)).unwrap();
    assert_eq!(bytes("file.safetensors"), bytes("stream.safetensors"));
    // Line 202 is in the fourth chunk.
    let broken: String = new
        .lines()
        .enumerate()
        .map(|(line, text)| if line == 201 { "many,1\n".into() } else { format!("{text}\n") })
        .collect();
    let fault = said(project, &words("-", "broken.safetensors"), Some(&broken));
    assert_eq!(
        (&fault["error"]["line"], &fault["error"]["column"]),
        (&202.into(), &1.into()),
        "{fault}"
    );
    assert!(!project.join("broken.safetensors").exists());
}

#[test]
fn sealed_rows_are_not_learned() {
    let project = project();
    let project = project.path();
    let old = std::fs::read_to_string(project.join("old.csv")).unwrap();
    let learned = said(project, &["learn", "latest", "-", "-o", "again.safetensors"], Some(&old));
    assert_eq!((&learned["n"], &learned["sealed_rows"]), (&340.into(), &60.into()), "{learned}");
}

/// Nothing but sealed rows is not nothing at all, and the model stays as it is.
#[test]
fn a_file_of_nothing_but_sealed_rows_is_said_to_be_sealed() {
    let project = project();
    let project = project.path();
    let old = std::fs::read_to_string(project.join("old.csv")).unwrap();
    let mut runs = std::fs::read_dir(project.join("runs")).unwrap();
    let run = runs.find_map(|run| Some(run.unwrap().path()).filter(|path| path.is_dir())).unwrap();
    let split = std::fs::read(run.join("split.json")).unwrap();
    let split: Value = serde_json::from_slice(&split).unwrap();
    let sealed = split["sealed_ids"].as_array().unwrap().iter();
    let lines: Vec<&str> = old.lines().collect();
    // The header is the line before row 0.
    let sealed = sealed.map(|id| format!("{}\n", lines[id.as_u64().unwrap() as usize + 1]));
    let sealed = format!("x,y\n{}", sealed.collect::<String>());
    assert_eq!(sealed.lines().count(), 61);
    let words = ["learn", "latest", "-", "--chunk", "25", "-o", "again.safetensors"];
    let refused = said(project, &words, Some(&sealed));
    assert_eq!(refused["error"]["code"], "seal.all_sealed", "{refused}");
    let message = refused["error"]["message"].as_str().unwrap();
    assert!(message.contains("all 60 rows"), "{message}");
    assert!(!project.join("again.safetensors").exists());
    // Without a row there is nothing that could be sealed.
    let empty = said(project, &words, Some("x,y\n"));
    assert_eq!(empty["error"]["code"], "data.no_rows", "{empty}");
}
