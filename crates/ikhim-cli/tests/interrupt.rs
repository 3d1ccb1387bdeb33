//! Ctrl-C and termination: the run is kept, the last line says how to go on,
//! and going on gives the bits of a run that was never stopped.
#![cfg(unix)]

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const EXPERIMENT: &str = "
[data]
dataset = 'iris'
[model]
hidden = [8]
dropout = 0.2
[training]
learning_rate = 1e-2
schedule = 'one_cycle'
batch_size = 8
epochs = 200
";

/// Longest time to wait for a process to come to its work.
const PATIENCE: Duration = Duration::from_secs(60);

fn ikhim(project: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts a run and waits for its first checkpoint.
fn started(project: &Path, run: &str, more: &[&str]) -> Child {
    let fixed = ["train", "experiment.toml", "--out", run, "--checkpoint-every", "1"];
    let child = ikhim(project, &[&fixed[..], more].concat()).spawn().unwrap();
    let begun = Instant::now();
    while !project.join(run).join("checkpoints/last.safetensors").exists() {
        assert!(begun.elapsed() < PATIENCE, "no checkpoint was written");
        std::thread::sleep(Duration::from_millis(1));
    }
    child
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
    assert!(status.unwrap().success());
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// Stops a run by a signal and resumes it by the very line that it printed.
fn stops_and_goes_on(name: &str, code: i32) {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("experiment.toml"), EXPERIMENT).unwrap();
    let whole = ikhim(project, &["train", "experiment.toml", "--out", "whole"]).output().unwrap();
    assert!(whole.status.success(), "{}", stderr(&whole));

    let child = started(project, "stopped", &[]);
    signal(&child, name);
    let output = child.wait_with_output().unwrap();
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{told}");
    let last = told.lines().last().unwrap_or_default();
    assert_eq!(last, "ikhim train --resume stopped", "{told}");
    let predicted = ikhim(project, &["predict", "stopped", "--row", "5.1,3.5,1.4,0.2"]);
    assert!({ predicted }.status().unwrap().success());

    let arguments: Vec<&str> = last.split(' ').skip(1).collect();
    let resumed = ikhim(project, &arguments).output().unwrap();
    assert!(resumed.status.success(), "{}", stderr(&resumed));
    for file in ["checkpoints/last.safetensors", "metrics.csv", "predictions/validation.csv"] {
        let read = |run: &str| std::fs::read(project.join(run).join(file)).unwrap();
        assert!(read("stopped") == read("whole"), "{name}: {file}");
    }
    // The doctor has seen as much as of a run that was never stopped.
    let looks = |run: &str| {
        let text = std::fs::read(project.join(run).join("course.json")).unwrap();
        serde_json::from_slice::<serde_json::Value>(&text).unwrap()["looks"].clone()
    };
    assert!(looks("whole").as_array().is_some_and(|looks| looks.len() > 20));
    assert_eq!(looks("stopped"), looks("whole"), "{name}");
}

#[test]
fn ctrl_c_keeps_the_run_and_says_how_to_go_on() {
    stops_and_goes_on("INT", 130);
}

#[test]
fn termination_keeps_the_run_and_says_how_to_go_on() {
    stops_and_goes_on("TERM", 143);
}

#[test]
fn a_program_that_interrupts_gets_one_document() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("experiment.toml"), EXPERIMENT).unwrap();
    let child = started(project, "my run", &["--json"]);
    signal(&child, "INT");
    let output = child.wait_with_output().unwrap();
    let told = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert_eq!(told.lines().count(), 1, "{told}");
    let document: serde_json::Value = serde_json::from_str(&told).unwrap();
    assert_eq!(document["status"], "interrupted");
    // A path with a blank can be pasted.
    let last = stderr(&output).lines().last().unwrap_or_default().to_string();
    assert_eq!(last, "ikhim train --resume \"my run\"");
}

/// What a tuning has done stands in its folder line by line; with the last lines gone
/// it is one that was stopped there.
#[test]
fn a_tuning_that_was_stopped_goes_on() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let text = "[data]\ndataset = 'iris'\n[model]\nhidden = [4]\n[training]\nepochs = 4\n\
                [tune]\nmethod = 'grid'\nretrain = { seeds = 0 }\n[tune.parameters]\n\
                training.learning_rate = { values = [1e-9, 3e-2, 1e-2] }\n";
    std::fs::write(project.join("tuned.toml"), text).unwrap();
    let run = |words: &[&str]| {
        let output = ikhim(project, words).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
    };
    for (words, journal, result) in [
        (["tune", "tuned.toml"].as_slice(), "trials.jsonl", "winner.toml"),
        (&["tune", "tuned.toml", "--folds", "3", "--inner", "2"], "nested.jsonl", "nested.csv"),
    ] {
        run(words);
        let tunings = project.join("tunings");
        let folder = std::fs::read_dir(&tunings).unwrap().next().unwrap().unwrap().path();
        let (journal, result) = (folder.join(journal), folder.join(result));
        let lines = std::fs::read_to_string(&journal).unwrap();
        let first = lines.lines().next().unwrap();
        // The second line was cut short.
        std::fs::write(&journal, &lines[..first.len() + 20]).unwrap();
        let whole = std::fs::read(&result).unwrap();
        std::fs::remove_file(&result).unwrap();
        run(&["tune", "--resume", folder.to_str().unwrap()]);
        assert!(std::fs::read(&result).unwrap() == whole);
        let resumed = std::fs::read_to_string(&journal).unwrap();
        assert_eq!(resumed.lines().next(), Some(first), "what was done is not done again");
        assert_eq!(resumed.lines().count(), 4, "one line that was cut, and two anew");
        std::fs::remove_dir_all(&folder).unwrap();
    }
    let output = ikhim(project, &["tune", "--resume", "."]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(!project.join(".lock").exists());
}
