//! Two processes that want the same folder.

use crate::case::text;
use crate::project::{Project, files};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Longest time to wait for a process to come to its work.
const PATIENCE: Duration = Duration::from_secs(60);

/// A training that does not end by itself.
fn endless(project: &Project, out: &str) -> Child {
    let long = ["train", "good.csv", "--epochs", "100000000", "--out", out, "--json"];
    let mut command = project.command(&long);
    command.args(["--checkpoint-every", "50"]);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !project.path().join(out).join("checkpoints/last.safetensors").exists() {
        assert!(started.elapsed() < PATIENCE, "no checkpoint was written");
        std::thread::sleep(Duration::from_millis(5));
    }
    child
}

fn refusal(project: &Project, arguments: &[&str]) -> String {
    let output = project.ikhim(arguments);
    let told = text(output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
    told
}

#[test]
fn a_folder_has_one_writer_at_a_time() {
    let project = Project::new();
    let mut first = endless(&project, "same");
    let others = [
        refusal(&project, &["train", "good.csv", "--out", "same"]),
        refusal(&project, &["train", "--resume", "same"]),
    ];
    let still_running = first.try_wait().unwrap().is_none();
    first.kill().unwrap();
    first.wait().unwrap();
    for told in others {
        assert!(told.starts_with("error: another process is writing same\n"), "{told}");
        assert!(told.contains("= help: wait for it to end, or choose another folder"), "{told}");
    }
    assert!(still_running, "the first run was disturbed");
    // The lock ends with its process: what is left is a run that was stopped.
    let told = refusal(&project, &["train", "good.csv", "--out", "same"]);
    assert!(told.starts_with("error: same holds a run already\n"), "{told}");
    assert!(project.ikhim(&["predict", "earlier", "--row", "1,2"]).status.success());
}

/// Of many that begin at once, one gets the folder and none of the others
/// leaves anything in it.
#[test]
fn of_many_at_once_one_wins() {
    let project = Project::new();
    let call = ["train", "good.csv", "--epochs", "3", "--out", "wanted"];
    let racers: Vec<Child> = (0..6)
        .map(|_| {
            let mut command = project.command(&call);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    let ends: Vec<_> = racers.into_iter().map(|racer| racer.wait_with_output().unwrap()).collect();
    let winners = ends.iter().filter(|end| end.status.success()).count();
    assert_eq!(winners, 1, "{ends:?}");
    for end in ends.iter().filter(|end| !end.status.success()) {
        assert_eq!(end.status.code(), Some(1), "{end:?}");
        let told = text(end.stderr.clone());
        let known = ["another process is writing wanted", "wanted holds a run already"];
        assert!(known.iter().any(|sentence| told.contains(sentence)), "{told}");
    }
    let model = |run: &str| {
        let mut files = files(&project.path().join(run));
        files.remove(Path::new("checkpoints/last.safetensors")).unwrap()
    };
    assert!(model("wanted") == model("earlier"), "the winner has other bits");
}
