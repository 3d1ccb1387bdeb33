//! What lies beyond memory or beyond the range of numbers, and a value of other rows
//! than the sealed ones, through the command.

use serde_json::Value;
use std::path::Path;
use std::process::Command;

fn said(project: &Path, arguments: &[&str], exit: i32) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_ikhim"))
        .current_dir(project)
        .args(arguments)
        .arg("--json")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(exit), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{output:?}"))
}

fn table() -> String {
    let rows = (0..200).map(|x| format!("{},{},{}\n", x, x * 7 % 13, ["no", "yes"][x / 100]));
    format!("a,b,y\n{}", rows.collect::<String>())
}

/// `evaluate` on the whole table counts as a look at its sealed rows, but its value
/// is of all rows, so a later `verify` must not hold it against the model.
#[test]
fn a_value_of_more_rows_than_the_sealed_ones_is_not_held_against_a_run() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("t.csv"), table()).unwrap();
    let train = ["train", "t.csv", "--target", "y", "--epochs", "5", "--no-doctor"];
    let run = said(project, &train, 0)["run"].as_str().unwrap().to_string();
    said(project, &["test", &run, "--yes"], 0);
    assert_eq!(said(project, &["verify", &run], 0)["test_confirmed"], true);
    let wider = said(project, &["evaluate", &run, "t.csv"], 0);
    assert_eq!(wider["look"], 2, "{wider}");
    assert_eq!(said(project, &["verify", &run], 0)["test_confirmed"], true);
    let ledger = std::fs::read_to_string(project.join(".ikhim/ledger.jsonl")).unwrap();
    assert_eq!(ledger.matches("\"measured\":200").count(), 1, "{ledger}");
}

/// Rows that are alike are counted each, as `test` counts them.
#[test]
fn sealed_rows_that_are_alike_are_counted_each() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let rows = (0..200).map(|row| format!("{},{}\n", row % 40, ["no", "yes"][row % 40 / 25]));
    std::fs::write(project.join("t.csv"), format!("a,y\n{}", rows.collect::<String>())).unwrap();
    let train = ["train", "t.csv", "--target", "y", "--epochs", "2", "--no-doctor"];
    let run = said(project, &train, 0)["run"].as_str().unwrap().to_string();
    let sealed = said(project, &["test", &run, "--yes"], 0)["n"].clone();
    assert!(sealed.as_u64().unwrap() > 20, "{sealed}");
    assert_eq!(said(project, &["evaluate", &run, "t.csv"], 0)["sealed_rows"], sealed);
}

/// A sealed row that stands twice in a file is measured twice and is said to be one.
#[test]
fn a_sealed_row_that_stands_twice_is_said_to_be_one() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("t.csv"), table()).unwrap();
    let train = ["train", "t.csv", "--target", "y", "--epochs", "2", "--no-doctor"];
    let run = said(project, &train, 0)["run"].as_str().unwrap().to_string();
    let sealed = said(project, &["test", &run, "--yes"], 0)["n"].as_u64().unwrap();
    let (header, rows) =
        table().split_once('\n').map(|(a, b)| (a.to_string(), b.to_string())).unwrap();
    std::fs::write(project.join("twice.csv"), format!("{header}\n{rows}{rows}")).unwrap();
    let once = said(project, &["evaluate", &run, "t.csv"], 0);
    let counts =
        |found: &Value| ["sealed_rows", "sealed_rows_distinct"].map(|it| found[it].as_u64());
    assert_eq!(counts(&once), [Some(sealed), Some(sealed)]);
    let twice = said(project, &["evaluate", &run, "twice.csv"], 0);
    assert_eq!(counts(&twice), [Some(2 * sealed), Some(sealed)]);
    assert_eq!(twice["look"], 3);
    let told = |language: &str, file: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
        let arguments = ["evaluate", &run, file, "--lang", language];
        let output = command.current_dir(project).args(arguments).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let english = told("en", "twice.csv");
    let look = format!("{} of these rows are sealed: look 4 at them", 2 * sealed);
    assert!(english.contains(&look), "{english}");
    assert!(english.contains(&format!("different ones: {sealed}.")), "{english}");
    assert!(told("ko", "twice.csv").contains(&format!("서로 다른 행: {sealed}개")));
    assert!(!told("en", "t.csv").contains("different ones"));
}

/// A network that fits in no memory is refused before any of it is made.
#[test]
fn a_network_beyond_the_memory_is_refused_with_its_size() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let file = |hidden: &str| format!("[data]\ndataset = 'iris'\n[model]\nhidden = {hidden}\n");
    // Three numbers of 4 bytes for each of 4·10⁶ + 10⁶ + 10¹² + 10⁶ + 3·10⁶ + 3
    // parameters, and the counter of steps, are 11,444,194.8 MiB.
    std::fs::write(project.join("large.toml"), file("[1000000, 1000000]")).unwrap();
    std::fs::write(project.join("huge.toml"), file("[9000000000000000000]")).unwrap();
    for command in ["check", "train"] {
        let large = said(project, &[command, "large.toml"], 1);
        assert_eq!(large["error"]["code"], "train.memory_of_state", "{large}");
        let message = large["error"]["message"].as_str().unwrap();
        assert!(
            message.contains("11444195 MiB") && message.contains("`dense_2.kernel`"),
            "{message}"
        );
        let huge = said(project, &[command, "huge.toml"], 2);
        assert_eq!(huge["error"]["code"], "shape.too_large", "{huge}");
    }
}

/// No class is the most probable one where there is no number.
#[test]
fn an_answer_that_is_no_number_is_refused_with_its_row() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    std::fs::write(project.join("t.csv"), table()).unwrap();
    let train = ["train", "t.csv", "--target", "y", "--epochs", "2", "--no-doctor"];
    let run = said(project, &train, 0)["run"].as_str().unwrap().to_string();
    std::fs::write(project.join("far.csv"), "a,b\n1,2\n1e300,2\n").unwrap();
    let refused = said(project, &["predict", &run, "far.csv"], 1);
    assert_eq!(refused["error"]["code"], "data.no_answer", "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("row 2"), "{refused}");
    said(project, &["predict", &run, "--row", "1,2"], 0);
}
