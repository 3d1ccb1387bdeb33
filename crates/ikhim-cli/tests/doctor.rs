//! What the doctor says on the command line: while a training goes on, of its
//! treatments, and of runs that were not watched, were cut or never began.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Softmax over one output: nothing can be learned, and one change cures it.
const ONE_OUTPUT: &str = "
[data]
dataset = 'breast_cancer'
[model]
layers = [
  { type = 'dense', units = 8, activation = 'relu' },
  { type = 'dense', units = 1, activation = 'softmax' },
]
[training]
loss = { type = 'binary_cross_entropy', from_logits = false }
learning_rate = 0.01
epochs = 10
";

const WINE: &str = "
[data]
dataset = 'wine'
[model]
hidden = [16]
[training]
learning_rate = 0.01
epochs = 30
";

fn ikhim(project: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
    command.current_dir(project).args(arguments).env("LC_ALL", "en_US.UTF-8").output().unwrap()
}

fn document(project: &Path, arguments: &[&str]) -> Value {
    let output = ikhim(project, &[arguments, &["--json"]].concat());
    assert!(output.status.success(), "{arguments:?}: {output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn project(text: &str) -> tempfile::TempDir {
    let project = tempfile::tempdir().unwrap();
    std::fs::write(project.path().join("e.toml"), text).unwrap();
    project
}

/// The project of a run that has ended, and its folder.
fn trained(text: &str, more: &[&str]) -> (tempfile::TempDir, PathBuf) {
    let project = project(text);
    document(project.path(), &[&["train", "e.toml"], more].concat());
    let run = project.path().join("runs/e-0001");
    (project, run)
}

fn ids(document: &Value) -> Vec<&str> {
    let findings = document["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["id"].as_str().unwrap()).collect()
}

fn unjudged(document: &Value) -> String {
    document["unjudged"].to_string()
}

#[test]
fn a_training_is_treated_and_what_cures_is_kept_as_a_run() {
    let project = project(ONE_OUTPUT);
    let trained = document(project.path(), &["train", "e.toml", "--treat"]);
    let treated = &trained["treated"];
    assert_eq!(ids(treated)[0], "softmax-on-one-output");
    let treatment = &treated["treatment"];
    let kept = treatment["kept"].as_u64().unwrap() as usize;
    let arm = &treatment["treated"][kept];
    assert!(arm["p"].as_f64().unwrap() < 0.05, "{treatment}");
    assert_eq!(arm["values"].as_array().unwrap().len(), 5);
    assert!(!treatment["random"].as_array().unwrap().is_empty());
    // What is kept is a run like any other, and learns what the first one could not.
    let run = treatment["run"].as_str().unwrap();
    let found = document(project.path(), &["doctor", run]);
    assert!(!ids(&found).contains(&"softmax-on-one-output"), "{found}");
    // The sealed rows were not looked at.
    assert_eq!(document(project.path(), &["doctor"])["project"]["looks"], 0);
}

#[test]
fn a_training_that_is_well_is_given_no_treatment() {
    let project = project(WINE);
    let trained = document(project.path(), &["train", "e.toml", "--treat"]);
    assert_eq!(trained["treated"]["treatment"]["kept"], Value::Null);
    let runs: Vec<_> = std::fs::read_dir(project.path().join("runs")).unwrap().collect();
    let treated =
        runs.iter().flatten().any(|run| run.file_name().to_string_lossy().contains("treated"));
    assert!(!treated);
}

#[test]
fn what_is_grave_is_said_beside_the_training_and_once() {
    let lines = |text: &str, more: &[&str]| -> Vec<String> {
        let project = project(text);
        let shown = ikhim(project.path(), &[&["train", "e.toml"], more].concat());
        let errors = String::from_utf8(shown.stderr).unwrap();
        errors.lines().filter(|line| line.starts_with("step ")).map(str::to_string).collect()
    };
    let said = lines(ONE_OUTPUT, &[]);
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].starts_with("step 0: Error: softmax-on-one-output"), "{said:?}");
    assert_eq!(lines(WINE, &[]), Vec::<String>::new());
    assert_eq!(lines(ONE_OUTPUT, &["--no-doctor"]), Vec::<String>::new());
}

#[test]
fn a_run_that_was_not_watched_is_judged_by_its_log_and_its_model() {
    let (project, run) = trained(WINE, &["--no-doctor"]);
    assert!(!run.join("course.json").exists());
    let found = document(project.path(), &["doctor", "latest"]);
    assert!(unjudged(&found).contains("not watched"), "{found}");
    assert_eq!(ids(&found), Vec::<&str>::new());
}

#[test]
fn a_course_of_an_older_version_or_cut_in_the_middle_is_no_course() {
    let (project, run) = trained(WINE, &[]);
    let whole = std::fs::read(run.join("course.json")).unwrap();
    let others: [&[u8]; 4] = [&whole[..whole.len() / 2], b"{\"steps\": 12}", b"", b"\xff\xfe"];
    for bytes in others {
        std::fs::write(run.join("course.json"), bytes).unwrap();
        let found = document(project.path(), &["doctor", "latest"]);
        assert!(unjudged(&found).contains("not watched"), "{found}");
        assert_eq!(ids(&found), Vec::<&str>::new());
    }
    // A later version may know more: what this one knows is read.
    let mut later: Value = serde_json::from_slice(&whole).unwrap();
    later["of_later"] = true.into();
    std::fs::write(run.join("course.json"), later.to_string()).unwrap();
    assert_eq!(unjudged(&document(project.path(), &["doctor", "latest"])), "[]");
}

#[test]
fn a_log_that_ends_in_the_middle_of_a_line_is_read_up_to_there() {
    let (project, run) = trained(WINE, &["--no-doctor"]);
    let log = run.join("metrics.csv");
    let whole = std::fs::read_to_string(&log).unwrap();
    assert_eq!(ikhim_run::epochs(&run).unwrap().len(), 30);
    for cut in [1, 4, 12] {
        std::fs::write(&log, &whole[..whole.len() - cut]).unwrap();
        let found = document(project.path(), &["doctor", "latest"]);
        assert_eq!(ids(&found), Vec::<&str>::new(), "{cut}");
        // A number that was cut is another number.
        assert_eq!(ikhim_run::epochs(&run).unwrap().len(), 29, "{cut}");
    }
}

#[test]
fn what_was_lost_from_a_run_is_told_as_not_judged() {
    let (project, run) = trained(WINE, &[]);
    let said = || unjudged(&document(project.path(), &["doctor", "latest"]));
    assert_eq!(said(), "[]");
    let log = std::fs::read(run.join("log.jsonl")).unwrap();
    let (middle, word) = (&log[..log.len() - 20], "hold every epoch");
    for bytes in [middle, b""] {
        std::fs::write(run.join("log.jsonl"), bytes).unwrap();
        assert!(said().contains(word), "{}", said());
    }
    std::fs::remove_file(run.join("log.jsonl")).unwrap();
    assert!(said().contains(word), "{}", said());
    std::fs::write(run.join("log.jsonl"), log).unwrap();
    std::fs::write(run.join("findings.json"), "[{\"id\": ").unwrap();
    assert!(said().contains("findings.json cannot be read"), "{}", said());
    std::fs::write(run.join("findings.json"), "[]").unwrap();
    let record = std::fs::read_to_string(run.join("run.json")).unwrap();
    let other = record.replace(concat!("\"", env!("CARGO_PKG_VERSION"), "\""), "\"0.0.1\"");
    assert_ne!(record, other);
    std::fs::write(run.join("run.json"), other).unwrap();
    assert!(said().contains("another version"), "{}", said());
}

#[test]
fn a_run_without_a_model_or_without_a_step_says_what_cannot_be_judged() {
    let (project, run) = trained(WINE, &["--no-doctor"]);
    std::fs::remove_file(run.join("model.safetensors")).unwrap();
    let found = document(project.path(), &["doctor", "latest"]);
    assert!(unjudged(&found).contains("no model"), "{found}");

    let (project, _) = trained(WINE, &["--set", "training.epochs=0"]);
    let found = document(project.path(), &["doctor", "latest"]);
    assert!(unjudged(&found).contains("never took a step"), "{found}");
    assert_eq!(ids(&found), Vec::<&str>::new());
    // What the experiment shows is said all the same.
    let (project, _) = trained(ONE_OUTPUT, &["--set", "training.epochs=0"]);
    let found = document(project.path(), &["doctor", "latest"]);
    assert_eq!(ids(&found)[0], "softmax-on-one-output");
}

#[test]
fn a_record_that_was_cut_is_told_as_damaged() {
    let (project, run) = trained(WINE, &[]);
    std::fs::write(run.join("run.json"), "{\"format\": 1, \"id\": \"7").unwrap();
    let output = ikhim(project.path(), &["doctor", "runs/e-0001", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((output.status.code(), &found["error"]["code"]), (Some(1), &"file.damaged".into()));
}

#[test]
fn the_first_op_that_made_no_number_is_found_by_replaying_the_step() {
    // The logarithm of a probability that is rounded to 0: the inputs are so large
    // that the softmax of the first step gives exact zeros.
    let text = "
[data]
dataset = 'wine'
[data.defaults]
number = { scaling = 'none' }
[model]
layers = [{ type = 'dense', units = 3, activation = 'softmax', kernel_initializer = { type = 'normal', stddev = 1.0 } }]
[training]
loss = { type = 'cross_entropy', from_logits = false, clip = 0.0 }
optimizer = 'sgd'
learning_rate = 0.1
epochs = 5
";
    let project = project(text);
    let stopped = ikhim(project.path(), &["train", "e.toml"]);
    assert_eq!(stopped.status.code(), Some(3), "{stopped:?}");
    let found = document(project.path(), &["doctor", "latest"]);
    let findings = found["findings"].as_array().unwrap();
    let loss = findings.iter().find(|it| it["id"] == "loss-not-finite").unwrap();
    let evidence = loss["evidence"].to_string();
    assert!(evidence.contains("log(") && evidence.contains("not finite"), "{evidence}");
    assert_eq!(ids(&found)[0], "naive-logarithm");
}

#[test]
fn an_evaluation_that_was_cut_off_goes_on_with_what_was_kept() {
    let project = tempfile::tempdir().unwrap();
    let cases = project.path().join("cases");
    std::fs::create_dir(&cases).unwrap();
    let sound = ONE_OUTPUT.replace("softmax", "sigmoid");
    std::fs::write(cases.join("sound.toml"), sound + "[expect]\nfinding = 'none'\n").unwrap();
    let expect =
        "[expect]\nfinding = 'softmax-on-one-output'\nwhere = 'dense_2'\ntwin = 'sound.toml'\n";
    std::fs::write(cases.join("one.toml"), format!("{ONE_OUTPUT}{expect}")).unwrap();
    let arguments = ["doctor", "--evaluate", "cases", "--seeds", "2", "--draws", "2"];
    let kept = [&arguments[..], &["--keep", "kept.jsonl"]].concat();
    let whole = document(project.path(), &kept);
    assert_eq!(whole["repair"]["hits"], 1, "{whole}");
    assert_eq!(whole["chance"]["of"], 1);
    assert_eq!(whole["repairs"][0]["by_chance"].as_array().unwrap().len(), 2);
    // Cut in the middle of a line: what is missing is found again, and the same.
    let file = project.path().join("kept.jsonl");
    let text = std::fs::read_to_string(&file).unwrap();
    let lines = text.lines().count();
    std::fs::write(&file, &text[..text.len() * 2 / 3]).unwrap();
    assert_eq!(document(project.path(), &kept), whole);
    let again = std::fs::read_to_string(&file).unwrap();
    // The cut line stands beside the one that was written in its place.
    assert!((lines..=lines + 1).contains(&again.lines().count()));
    // Nothing is left to be trained.
    assert_eq!(document(project.path(), &kept), whole);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), again);
    // Without a file it is the same.
    assert_eq!(document(project.path(), &arguments), whole);
}
