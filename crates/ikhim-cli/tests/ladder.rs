//! `split.ladder` through the command: what a look shows, what the run's page and the
//! ledger hold, and what `evaluate` and `verify` say.

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

#[test]
fn a_look_through_a_ladder_shows_no_more_than_the_best_in_whole_steps() {
    let project = tempfile::tempdir().unwrap();
    let project = project.path();
    let rows: String =
        (0..300).map(|x| format!("{},{},{}\n", x, x * 7 % 13, x * 5 % 11 % 2)).collect();
    std::fs::write(project.join("t.csv"), format!("a,b,y\n{rows}")).unwrap();
    let train = |ladder: &[&str], epochs: &str| {
        let mut words = vec!["train", "t.csv", "--target", "y", "--epochs", epochs, "--no-doctor"];
        words.extend(ladder);
        let run = said(project, &words);
        assert_eq!(run["status"], "completed", "{run}");
        run["run"].as_str().unwrap().to_string()
    };
    let ladder = ["--set", "split.ladder=0.05"];
    let runs = [train(&ladder, "1"), train(&ladder, "2"), train(&ladder, "60")];
    let mut best = f64::NEG_INFINITY;
    for (number, run) in runs.iter().enumerate() {
        let look = said(project, &["test", run, "--yes"]);
        assert_eq!(look["look"], number as u64 + 1, "{look}");
        let value = look["value"].as_f64().unwrap();
        assert!((value / 0.05 - (value / 0.05).round()).abs() < 1e-9, "{value}");
        assert!(value >= best, "{value} {best}");
        assert_eq!(look["ladder"]["is_best"], value > best, "{look}");
        best = value;
        assert_eq!(look["confusion"], Value::Null);
        assert_eq!(look["metrics"].as_object().unwrap().len(), 1);
        assert_eq!(look["luck"], Value::Null);
        assert_eq!(look["method"], "mcdiarmid_bonferroni");
    }
    let page = std::fs::read_to_string(project.join(&runs[2]).join("report.html")).unwrap();
    assert!(page.contains("by the ladder with the step 0.05"));
    let ledger = std::fs::read_to_string(project.join(".ikhim/ledger.jsonl")).unwrap();
    assert_eq!(ledger.matches("\"kind\":\"rung\"").count(), 3);
    assert!(!ledger.contains("\"kind\":\"value\""));

    let refused = said(project, &["evaluate", &runs[2], "t.csv"]);
    assert_eq!(refused["error"]["code"], "seal.ladder", "{refused}");
    let verified = said(project, &["verify", &runs[0]]);
    assert_eq!(verified["test_confirmed"], Value::Null, "{verified}");
    let wrong = said(project, &["train", "t.csv", "--set", "split.ladder=0"]);
    assert!(wrong["error"]["code"].as_str().unwrap().starts_with("experiment."), "{wrong}");

    // The same rows without the key: the assignment is the same one.
    let open = train(&[], "1");
    let look = said(project, &["test", &open, "--yes"]);
    assert_eq!((&look["look"], &look["ladder"]), (&4.into(), &Value::Null));
}
