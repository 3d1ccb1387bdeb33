//! A ledger that is not what a run saw, through the commands: what is told of it,
//! what goes on counting, and that the same ledger is whole again afterwards.

use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

struct Project(tempfile::TempDir);

impl Project {
    /// Two runs of one table that differ by their seeds.
    fn new() -> Project {
        let project = Project(tempfile::tempdir().unwrap());
        // A project of its own, whatever lies above the folder of temporary files.
        fs::create_dir(project.path(".ikhim")).unwrap();
        let rows = (0..120).map(|row| format!("{},{},{}\n", row, row * 7 % 13, row % 2));
        let rows: String = rows.collect();
        fs::write(project.path("rows.csv"), format!("a,b,y\n{rows}")).unwrap();
        let train = ["train", "rows.csv", "--epochs", "2", "--no-doctor"];
        for (run, seed) in [("runs/one", "1"), ("runs/two", "2")] {
            project.document(&[&train[..], &["--seed", seed, "--out", run]].concat());
        }
        project
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn ikhim(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
        let output = command.current_dir(self.0.path()).args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output
    }

    fn document(&self, arguments: &[&str]) -> Value {
        let output = self.ikhim(&[arguments, &["--json"]].concat());
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn look(&self, run: &str) -> Value {
        self.document(&["test", run, "--yes"])
    }

    /// What `compare` says of the ledger, to a program and to a person.
    fn compared(&self, one: &str, other: &str) -> (Value, String) {
        let output = self.ikhim(&["compare", one, other, "--json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        (document["ledger"]["state"].clone(), String::from_utf8(output.stderr).unwrap())
    }

    fn ledger(&self) -> PathBuf {
        self.path(".ikhim/ledger.jsonl")
    }

    fn lines(&self) -> Vec<String> {
        fs::read_to_string(self.ledger()).unwrap().lines().map(str::to_string).collect()
    }

    fn write(&self, lines: &[String]) {
        fs::write(self.ledger(), lines.join("\n") + "\n").unwrap();
    }

    fn page(&self, run: &str) -> String {
        fs::read_to_string(self.path(run).join("report.html")).unwrap()
    }
}

#[test]
fn lines_that_were_cut_off_after_a_look_are_told() {
    let project = Project::new();
    assert_eq!(project.look("one")["look"], 1);
    let whole = project.lines();
    assert_eq!(project.compared("one", "two").0, "whole");
    // The look and its value: neither run saw them when it drew its split.
    project.write(&whole[..whole.len() - 2]);
    for (one, other) in [("one", "two"), ("two", "one")] {
        let (state, said) = project.compared(one, other);
        assert_eq!(state, "shorter");
        assert!(said.contains("one: the ledger of looks has 1 lines"), "{said}");
    }
    let look = project.look("one");
    assert_eq!(look["ledger"]["state"], "shorter", "{look}");
    assert_eq!(look["look"], 2, "the copy of the run knows the look: {look}");
    let page = project.page("runs/one");
    assert!(page.contains("the ledger of looks has 1 lines"));
    assert!(page.contains("which count again: 1"));
    // What the copy knew stands in the ledger again.
    assert_eq!(project.compared("one", "two").0, "whole");
    assert_eq!(project.look("one")["ledger"]["state"], "whole");
    assert_eq!(project.look("two")["look"], 4);
}

#[test]
fn a_value_that_was_edited_after_a_look_is_told() {
    let project = Project::new();
    let value = project.look("one")["value"].clone();
    let mut lines = project.lines();
    let last = lines.len() - 1;
    let edited = lines[last].replace(&format!("\"value\":{value}"), "\"value\":0.25");
    assert_ne!(edited, lines[last]);
    lines[last] = edited;
    project.write(&lines);
    let (state, said) = project.compared("two", "one");
    assert_eq!(state, "edited");
    assert!(said.contains(&format!("was changed at line {}", last + 1)), "{said}");
    assert_eq!(project.look("one")["ledger"]["state"], "edited");
    assert_eq!(project.look("one")["ledger"]["state"], "whole");
}

/// Without a copy nothing can be taken over, and the loss is told for good.
#[test]
fn what_is_lost_for_good_is_told_for_good() {
    let project = Project::new();
    project.look("one");
    let lines = project.lines();
    project.write(&lines[..lines.len() - 2]);
    for number in 1..4 {
        fs::remove_file(project.path("runs/one/ledger.jsonl")).unwrap();
        // Two looks of one second and one reason would be the same lines.
        let reason = number.to_string();
        let look = project.document(&["test", "one", "--yes", "--reason", &reason]);
        assert_ne!(look["ledger"]["state"], "whole", "{look}");
        assert_eq!(look["look"], number);
    }
}

/// The look stands in the ledger before the run remembers it: between the two a
/// process may die.
#[test]
fn a_run_that_remembers_less_than_the_ledger_holds_raises_no_alarm() {
    let project = Project::new();
    let run = project.path("runs/one");
    let names = || -> Vec<PathBuf> {
        fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().path()).collect()
    };
    let before = names();
    let copy = fs::read(run.join("ledger.jsonl")).unwrap();
    project.look("one");
    fs::write(run.join("ledger.jsonl"), copy).unwrap();
    let made: Vec<PathBuf> = names().into_iter().filter(|name| !before.contains(name)).collect();
    assert!(!made.is_empty(), "the look left no trace in the run");
    made.iter().for_each(|name| fs::remove_file(name).unwrap());
    let look = project.look("one");
    assert_eq!((&look["look"], &look["ledger"]["state"]), (&2.into(), &"whole".into()), "{look}");
}

#[test]
fn a_look_that_is_killed_at_any_moment_raises_no_alarm() {
    let project = Project::new();
    for wait in 0..24 {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ikhim"));
        let command = command.current_dir(project.0.path()).args(["test", "one", "--yes"]);
        let mut child = command.stdout(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(wait));
        child.kill().unwrap();
        child.wait().unwrap();
        let (state, said) = project.compared("one", "two");
        assert_eq!(state, "whole", "{wait} ms: {said}");
    }
    let looks = project.lines().concat().matches("\"kind\":\"look\"").count();
    assert_eq!(project.look("one")["look"], looks + 1, "each counts once");
}

#[test]
fn a_deleted_ledger_is_taken_over_from_the_copy_of_a_run_once() {
    let project = Project::new();
    project.look("two");
    project.look("one");
    for number in 3..5 {
        fs::remove_file(project.ledger()).unwrap();
        assert_eq!(project.compared("two", "one").0, "missing");
        let output = project.ikhim(&["test", "one", "--yes", "--json", "--lang", "ko"]);
        let look: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(look["ledger"]["state"], "missing", "{look}");
        assert_eq!(look["look"], number, "{look}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("열람 기록(ledger)이 없습니다"), "{said}");
        assert!(said.contains(&format!("이어받은 열람: {}번", number - 1)), "{said}");
        // From then on the ledger is whole for every run, also for one that looked
        // before, and the ledger shows what happened.
        assert_eq!(project.compared("two", "one").0, "whole");
        let adoptions = project.lines().concat().matches("\"kind\":\"adoption\"").count();
        assert_eq!(adoptions as u64, number - 2);
    }
    assert_eq!(project.look("one")["ledger"]["state"], "whole");
    let said = project.ikhim(&["doctor"]);
    assert!(String::from_utf8_lossy(&said.stdout).contains("whole, 5 looks"), "{said:?}");
}

/// `evaluate` and `learn` do not write the page and say the same.
#[test]
fn evaluate_leaves_a_ledger_that_is_whole() {
    let project = Project::new();
    let evaluate = || project.ikhim(&["evaluate", "one", "rows.csv", "--json"]);
    evaluate();
    fs::remove_file(project.ledger()).unwrap();
    let said = evaluate();
    let document: Value = serde_json::from_slice(&said.stdout).unwrap();
    assert_eq!(document["look"], 2);
    assert!(String::from_utf8_lossy(&said.stderr).contains("ledger of looks is missing"));
    let again = evaluate();
    assert!(!String::from_utf8_lossy(&again.stderr).contains("ledger"), "{again:?}");
    // Its look is remembered as one by `test` is.
    let lines = project.lines();
    project.write(&lines[..lines.len() - 1]);
    assert_eq!(project.compared("one", "two").0, "shorter");
}

#[test]
fn the_doctor_tells_of_a_ledger_that_a_run_saw_otherwise() {
    let project = Project::new();
    project.look("one");
    let altered = |found: &Value| -> Vec<String> {
        let findings = found["findings"].as_array().unwrap().iter();
        let altered = findings.filter(|finding| finding["id"] == "ledger-altered");
        altered.map(|finding| finding["evidence"].to_string()).collect()
    };
    let of_project = project.document(&["doctor"]);
    assert_eq!(of_project["project"]["ledger"]["state"], "whole");
    assert_eq!(altered(&of_project), Vec::<String>::new());
    let of_run = project.document(&["doctor", "one"]);
    assert_eq!(of_run["ledger"]["state"], "whole");
    assert_eq!(altered(&of_run), Vec::<String>::new());

    let whole = project.lines();
    project.write(&whole[..whole.len() - 1]);
    let of_project = project.document(&["doctor"]);
    assert_eq!(of_project["project"]["ledger"]["state"], "shorter", "{of_project}");
    let told = altered(&of_project);
    assert_eq!(told.len(), 1, "{of_project}");
    assert!(told[0].contains("one: ") && !told[0].contains("two: "), "{told:?}");
    assert_eq!(altered(&project.document(&["doctor", "one"])).len(), 1);
    assert_eq!(altered(&project.document(&["doctor", "two"])).len(), 0, "it saw less");

    fs::remove_file(project.ledger()).unwrap();
    let of_project = project.document(&["doctor"]);
    assert_eq!(of_project["project"]["ledger"]["state"], "missing", "{of_project}");
    let told = altered(&of_project);
    assert!(told[0].contains("one: ") && told[0].contains("two: "), "{told:?}");
    let of_run = project.document(&["doctor", "two"]);
    assert_eq!(of_run["ledger"]["state"], "missing");
    assert_eq!(altered(&of_run).len(), 1);
    let korean = project.ikhim(&["doctor", "--lang", "ko"]);
    let korean = String::from_utf8(korean.stdout).unwrap();
    assert!(korean.contains("one: 열람 기록(ledger)이 없습니다"), "{korean}");
    let korean = project.ikhim(&["doctor", "two", "--lang", "ko"]);
    let korean = String::from_utf8(korean.stdout).unwrap();
    assert!(korean.contains("열람 기록(ledger)이 없습니다"), "{korean}");
}

/// Of a line that was cut in half nobody can say that it was no look.
#[test]
fn a_look_that_was_cut_in_half_counts() {
    let project = Project::new();
    project.look("one");
    let mut lines = project.lines();
    lines.pop();
    let half = lines.pop().unwrap();
    fs::write(project.ledger(), lines.join("\n") + "\n" + &half[..half.len() / 2]).unwrap();
    assert_eq!(project.document(&["doctor", "two"])["ledger"]["state"], "torn");
    let look = project.look("two");
    assert_eq!((&look["look"], &look["models_looked"]), (&2.into(), &2.into()), "{look}");
    assert_eq!(look["ledger"]["state"], "torn", "{look}");
    let told = format!("line {} of the ledger of looks cannot be read", lines.len() + 1);
    assert!(project.page("runs/two").contains(&told));
    // The line of the next look holds it fast, and it stays counted.
    let look = project.look("two");
    assert_eq!((&look["look"], &look["ledger"]["state"]), (&3.into(), &"whole".into()), "{look}");
    // The run that had looked saw a whole line.
    assert_eq!(project.compared("two", "one").0, "edited");
}

/// A copy that was edited brings back what it holds and vouches for nothing.
#[test]
fn a_copy_that_was_edited_makes_no_ledger_whole() {
    let project = Project::new();
    project.look("one");
    project.look("one");
    let copy = project.path("runs/one/ledger.jsonl");
    let text = fs::read_to_string(&copy).unwrap();
    let edited = text.replacen("\"number\":1", "\"number\":8", 1);
    assert_ne!(text, edited);
    fs::write(&copy, edited).unwrap();
    fs::remove_file(project.ledger()).unwrap();
    assert_eq!(project.look("one")["look"], 3, "sealed rows and looks are known still");
    assert_ne!(project.look("one")["ledger"]["state"], "whole");
}
